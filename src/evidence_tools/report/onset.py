"""How soon relief of anxiety was seen: rows, picture, table and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.clock import DOSE_CLOCK, clock_times
from evidence_tools.loading import Evidence
from evidence_tools.plots.timeline import TimelineRow, draw_timeline
from evidence_tools.report.cells import (
    as_entered,
    by_directness,
    can_decide,
    effect_words,
    number,
    people,
    remark,
    route_words,
    source_link,
    spoken,
    study_words,
    text,
    why_not,
)
from evidence_tools.report.display import Cell, Picture, Prose, Table
from evidence_tools.style import RUNGS
from evidence_tools.units import duration_words
from evidence_tools.words import count_words, time_words

ANXIETY = r"\banxiety\b|\bptsd\b|\bocd\b"
"""Effects of the claims' kind; depression and suicidality are background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetAnswer:
    """Rows on the onset of relief, split by what they can say.

    Attributes
    ----------
    on_clock : DataFrame
        Relief of anxiety, PTSD or OCD on the common clock, nearest rung first.
    other_clocks : DataFrame
        The same, counted from a first dose or from baseline.
    background : DataFrame
        Onset of relief of depression or suicidality.
    marks : mapping of str to float
        The times that the claims name, in minutes.
    """

    evidence: Evidence
    on_clock: pd.DataFrame
    other_clocks: pd.DataFrame
    background: pd.DataFrame
    marks: dict[str, float]

    def to_frame(self) -> pd.DataFrame:
        """All rows on onset, unrounded."""
        return pd.concat([self.on_clock, self.other_clocks, self.background], ignore_index=True)

    def summary(self) -> str:
        """Two sentences: what was seen in anxiety disorders, and what the first looks allow."""
        deciding = self.on_clock[can_decide(self.on_clock)]
        direct = deciding[deciding["directness"] == "direct"]
        hour = direct[direct["upper_min"] <= self.marks["1 hour"]]
        controlled = int((hour["basis"] == "significant-vs-control").sum())
        timed = self.on_clock[self.on_clock["upper_min"].notna()]
        absent = (timed["lower_min"] > 0) & (timed["lower_min"] < timed["upper_min"])
        return (
            f"Relief within one hour of a dose is reported in "
            f"{count_words(hour['study_id'].nunique(), 'study', 'studies')} of people with an "
            f"anxiety disorder, "
            f"from {count_words(hour['programme'].nunique(), 'research programme')}; "
            f"{_share(controlled)} on a comparison with a control at that time. "
            f"{count_words(len(timed), 'report').capitalize()} on anxiety, PTSD or OCD give a "
            f"latest time by which relief was seen; {_says(int(absent.sum()))} when it was still "
            f"absent. So they tell when somebody first looked, not when relief began."
        )

    def answer(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def picture(self) -> Picture:
        """One bar per row, by rung."""
        rows = [_timeline_row(row) for _, row in self.on_clock.iterrows()]
        axes = draw_timeline(
            rows,
            marks=self.marks,
            limits=(5, 45_000),
            empty="no study gives such a time",
        )
        return Picture(axes=axes, alt=self._alt())

    def caption(self) -> Prose:
        """What the figure shows, in words under it."""
        faint = int((~can_decide(self.on_clock)).sum())
        marks = ", ".join(self.marks)
        return Prose(
            f"Each pale bar spans the time in which relief may have begun "
            f"({count_words(len(self.on_clock), 'row')}, as in the table below): a bar from the "
            f"left edge means that nobody looked, or reported, earlier. Dotted bars "
            f"({faint}) cannot decide; the table says why. Dashed lines: the times that the "
            f"clinic's page names ({marks})."
        )

    def table(self) -> Table:
        """The same numbers as the figure, with the place where each was read."""
        return Table(
            columns=(
                "Study",
                "Rung",
                "Drug and route",
                "Relief seen",
                "As entered",
                "n",
                "Read in",
                "Remark",
            ),
            rows=tuple(_cells(self.evidence, row) for _, row in self.on_clock.iterrows()),
            empty="No study gives such a time.",
        )

    def table_of_other_clocks(self) -> Table:
        """Rows counted from a first dose or from baseline."""
        return Table(
            columns=("Study", "Rung", "Counted from", "Relief seen", "n", "Read in", "Remark"),
            rows=tuple(_other_cells(self.evidence, row) for _, row in self.other_clocks.iterrows()),
        )

    def table_of_background(self) -> Table:
        """Rows on depression and suicidality, which decide nothing about anxiety."""
        return Table(
            columns=("Study", "Of what", "Counted from", "Relief seen", "n", "Read in", "Remark"),
            rows=tuple(
                (cells[0], effect_words(row), *cells[2:])
                for _, row in self.background.iterrows()
                for cells in [_other_cells(self.evidence, row)]
            ),
            folded=f"{count_words(len(self.background), 'row')} on depression and suicidality",
        )

    def _alt(self) -> str:
        parts = [spoken(row, _seen(row)) for _, row in self.on_clock.iterrows()]
        return "Onset of relief after a dose, one bar per study. " + "; ".join(parts) + "."


def _share(number: int) -> str:
    words = {0: "none of the reports rests", 1: "one of the reports rests"}
    return words.get(number, f"{number} of the reports rest")


def _says(number: int) -> str:
    words = {0: "none of them says", 1: "one of them says"}
    return words.get(number, f"{number} of them say")


def onset_answer(evidence: Evidence) -> OnsetAnswer:
    """Everything in the evidence on how soon relief was seen.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    OnsetAnswer
        Every row with the event relief-onset is in one of its three tables.
    """
    rows = clock_times(evidence).rows
    onset = by_directness(rows[rows["event"] == "relief-onset"], "upper_min", "study_id")
    target = onset["effect"].fillna("").str.contains(ANXIETY, case=False, regex=True)
    common = onset["clock"] == DOSE_CLOCK
    named = evidence.rules.marks
    return OnsetAnswer(
        evidence=evidence,
        on_clock=onset[target & common].reset_index(drop=True),
        other_clocks=onset[target & ~common].reset_index(drop=True),
        background=onset[~target].reset_index(drop=True),
        marks={
            duration_words(named[name].named).replace("60 minutes", "1 hour"): named[name].named
            for name in ("relief_one_hour", "relief_three_hours")
        },
    )


def _timeline_row(row: pd.Series[Any]) -> TimelineRow:
    return TimelineRow(
        label=study_words(row),
        rung=text(row, "directness"),
        lower=number(row, "lower_min"),
        upper=number(row, "upper_min"),
        faint=bool(why_not(row)),
        group=RUNGS[text(row, "directness")].words,
    )


def _seen(row: pd.Series[Any]) -> str:
    return time_words(number(row, "lower_min"), number(row, "upper_min"))


def _cells(evidence: Evidence, row: pd.Series[Any]) -> tuple[Cell, ...]:
    return (
        study_words(row),
        RUNGS[text(row, "directness")].words,
        route_words(row),
        _seen(row),
        as_entered(row),
        people(row),
        source_link(evidence, row),
        remark(row),
    )


def _other_cells(evidence: Evidence, row: pd.Series[Any]) -> tuple[Cell, ...]:
    anchor = text(row, "anchor").replace("-", " ") or "not stated"
    return (
        study_words(row),
        RUNGS[text(row, "directness")].words,
        anchor,
        _seen(row),
        people(row),
        source_link(evidence, row),
        remark(row),
    )
