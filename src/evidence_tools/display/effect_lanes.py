"""Timing rows of side effects as lanes: one per group of effects, one mark per row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evidence_tools.base.words import count_words, time_words
from evidence_tools.display.cells import number, short_name, shorten, text, why_not
from evidence_tools.display.lanes import Lane, LaneMark
from evidence_tools.evidence.clock import DOSE_CLOCK
from evidence_tools.evidence.joined import OTHERS, group_of

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

EVENTS = {
    "side-effect-onset": "began",
    "side-effect-peak": "peak",
    "side-effect-resolved": "gone",
}
"""What happened, in the order in which it happens."""

HARM = "Side effects"

_LONGEST_TERM = 20


def on_the_clock(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows on side effects that give a time after one dose, and can be drawn."""
    timed = rows["lower_min"].notna() | rows["upper_min"].notna()
    return rows[rows["event"].isin(list(EVENTS)) & (rows["clock"] == DOSE_CLOCK) & timed]


def grouped(evidence: Evidence, rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each group of effects with its rows, in the order of the rules, others last. Within a group
    by event, then by the latest time. A row that names several effects stands in the first group
    that holds one of them, so that no row is drawn twice.
    """
    groups = evidence.rules.side_effect_timing.groups
    order = {event: index for index, event in enumerate(EVENTS)}
    rows = rows.assign(
        group=[group_of(terms, groups) for terms in rows["terms"]], _event=rows["event"].map(order)
    )
    rows = rows.sort_values(["_event", "upper_min", "study_id", "timing_id"]).drop(columns="_event")
    for name in (*groups, OTHERS):
        inside = rows[rows["group"] == name]
        if len(inside):
            yield name, inside


def effect_lanes(
    evidence: Evidence,
    rows: pd.DataFrame,
    *,
    infusions: bool = False,
) -> list[Lane]:
    """Lanes of the rows that can be drawn.

    `infusions`: shade the length of each infusion behind its mark.
    """
    return [
        Lane(
            words=group,
            section=HARM,
            marks=tuple(
                _mark(row, _label(evidence, group, inside, row), infusions=infusions)
                for _, row in inside.iterrows()
            ),
        )
        for group, inside in grouped(evidence, on_the_clock(rows))
    ]


def spoken_lanes(lanes: list[Lane]) -> str:
    """The marks of lanes in words, lane after lane, for an alternative text."""
    said = [(lane.words, "; ".join(_spoken(mark) for mark in lane.marks)) for lane in lanes]
    return " ".join(f"{words}: {marks}." if marks else f"{words}." for words, marks in said)


def deciding(lanes: list[Lane]) -> list[Lane]:
    """The marks that can decide; those that cannot are counted in the words of their lane. Lanes
    without any mark that decides are named together in a last one.
    """
    kept, silent = [], []
    for lane in lanes:
        marks = tuple(mark for mark in lane.marks if not mark.faint)
        others = len(lane.marks) - len(marks)
        more = f" (+{others} that cannot decide)" if others else ""
        if marks:
            kept.append(replace(lane, words=lane.words + more, marks=marks))
        else:
            silent.append(lane)
    if silent:
        names = ", ".join("others" if lane.words == OTHERS else lane.words for lane in silent)
        reports = count_words(sum(len(lane.marks) for lane in silent), "report")
        words = f"{reports} that cannot decide: {names.lower()}"
        kept.append(Lane(words=words, marks=(), section=lanes[0].section))
    return kept


def _spoken(mark: LaneMark) -> str:
    cut_off = f", then {mark.cut_off}" if mark.cut_off else ""
    doubt = " (cannot decide)" if mark.faint else ""
    return f"{mark.label}, {time_words(mark.lower, mark.upper)}{cut_off}{doubt}"


def _mark(row: pd.Series[Any], label: str, *, infusions: bool) -> LaneMark:
    return LaneMark(
        label=label,
        rung=text(row, "directness"),
        lower=number(row, "lower_min"),
        upper=number(row, "upper_min"),
        faint=bool(why_not(row)),
        infusion=number(row, "infusion_minutes") if infusions and row["route"] == "iv" else None,
    )


def _label(evidence: Evidence, group: str, rows: pd.DataFrame, row: pd.Series[Any]) -> str:
    """The study, what happened, and of what where the lane's name does not say it."""
    labels = evidence.side_effect_terms.set_index("term")["label"]
    words = ", ".join(labels[term] for term in row["terms"])
    plain = rows["terms"].nunique() == 1 and group != OTHERS
    event = EVENTS[text(row, "event")]
    if not plain and not words.startswith(group):
        event = f"{event}: {shorten(words.split(',')[0].split(' (')[0].lower(), _LONGEST_TERM)}"
    return f"{short_name(row)} · {event}"
