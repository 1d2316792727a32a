"""How long relief lasts, group by group: what may be used, what is known when, what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evidence_tools.duration import (
    CONDITIONS,
    PHASES,
    SINGLE,
    DurationGroup,
    DurationSynthesis,
    LossWindow,
    claimed_windows,
    loss_within,
    synthesise_duration,
)
from evidence_tools.loading import Evidence
from evidence_tools.plots.knowledge_bands import BandLane, draw_knowledge_bands
from evidence_tools.plots.timeline import Span
from evidence_tools.report.cells import effect_words, number, source_link, study_words, text
from evidence_tools.report.display import Cell, Picture, Prose, Table
from evidence_tools.report.relief_words import ENDINGS, period_words
from evidence_tools.units import duration_words
from evidence_tools.words import count_words, printed_interval, printed_number

WINDOWS = {
    "one-to-two-weeks": "one to two weeks",
    "about-two-weeks": "about two weeks",
}

STARTS = {
    "dose-began": "the dose began",
    "last-dose": "the last dose",
    "first-dose": "the first dose",
    None: "a start that is not stated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationGroups:
    """The synthesis of durations, for readers.

    Attributes
    ----------
    evidence : Evidence
    synthesis : DurationSynthesis
        All groups and what is left out.
    windows : mapping of str to LossWindow
        The stretches of time that the page claims, held against the rows.
    """

    evidence: Evidence
    synthesis: DurationSynthesis
    windows: Mapping[str, LossWindow]

    def to_frame(self) -> pd.DataFrame:
        """Every period, median and mean once, with its use and the reason."""
        return self.synthesis.to_frame()

    def summary(self) -> str:
        """Sentences: how many studies could tell when relief is lost, and what they say."""
        found = self.windows["one-to-two-weeks"]
        background = found.shares["condition"] == "background"
        low, high = (duration_words(bound) for bound in found.window)
        rows = found.rows[found.rows["condition"] != "background"]
        studies = count_words(int(rows["study_id"].nunique()), "study", "studies")
        return (
            f"Is relief lost {low} to {high} after a single dose? Of {studies} that followed "
            f"relief of anxiety, PTSD or OCD after one dose, {_told(found.shares[~background])}. "
            f"In depression, as background, {_told(found.shares[background])}."
        )

    def answer(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def picture(self, phase: str = SINGLE) -> Picture:
        """Known still there, unknown and known gone over time, one lane per condition."""
        groups = [group for group in self.synthesis.groups if group.phase == phase]
        lanes = [_lane(group) for group in groups]
        span = self._span() if phase == SINGLE else None
        xlabel = f"Time since {STARTS[groups[0].clock]}" if groups else "Time"
        axes = draw_knowledge_bands(lanes, window=span, xlabel=xlabel)
        parts = [_spoken(group) for group in groups]
        alt = f"What is known of relief over time, {PHASES[phase].lower()}. " + "; ".join(parts)
        return Picture(axes=axes, alt=alt + ".")

    def table(self) -> Table:
        """One row per group: what is used, what ended the watching, what the medians say."""
        columns = ("Group", "Dosing", "Used", "Loss seen", "Programmes", "Watching ended by")
        return Table(
            columns=(*columns, "Median of printed medians", "Remark"),
            rows=tuple(_group_cells(group) for group in self.synthesis.groups),
            empty="No study followed relief.",
        )

    def table_of_windows(self) -> Table:
        """Per group and claimed time: studies that could tell, and what they say."""
        columns = ("Group", "Lost after", "Studies", "Could tell", "Say yes", "Say no")
        rows = [
            _window_cells(name, row)
            for name, found in self.windows.items()
            for _, row in found.shares.iterrows()
        ]
        return Table(
            columns=(*columns, "Split", "Share of those that could tell"), rows=tuple(rows)
        )

    def table_of_left_out(self) -> Table:
        """Rows that are not used, and why."""
        rows = self.synthesis.left_out()
        return Table(
            columns=("Study", "Group", "Dosing", "Relief", "Left out because", "Read in"),
            rows=tuple(_left_out_cells(self.evidence, row) for _, row in rows.iterrows()),
            folded=f"{count_words(len(rows), 'period')} left out, with the reason",
        )

    def table_of_relapse(self) -> Table:
        """Printed results on relapse; they stand beside the periods and are not pooled."""
        rows = self.synthesis.relapse
        columns = ("Study", "Relapse of", "What was printed", "Favours", "Read in", "Remark")
        return Table(
            columns=columns,
            rows=tuple(_relapse_cells(self.evidence, row) for _, row in rows.iterrows()),
            folded=f"{count_words(len(rows), 'result')} on relapse",
        )

    def schedule(self) -> Prose:
        """What the visits of the studies could not have seen after a single dose."""
        rows = self.windows["one-to-two-weeks"].rows
        near = rows[rows["used"] & (rows["condition"] != "background")]
        low, high = self.windows["one-to-two-weeks"].window
        past_low = int((near["seen_until_min"] > low).sum())
        past_high = int((near["seen_until_min"] >= high).sum())
        ended = near.loc[near["gone_by_min"].isna(), "censored_by"]
        reasons = [
            f"{ENDINGS[str(name)] or 'no reason given'} ({count})"
            for name, count in ended.value_counts().items()
        ]
        return Prose(
            f"Of {count_words(len(near), 'usable period')} of relief of anxiety, PTSD or OCD after "
            f"a single dose, {past_low} tell of relief later than {duration_words(low)}, and "
            f"{past_high} of relief at {duration_words(high)} or later. A loss that nobody was "
            f"there to see between the two was not seen, and neither was relief that outlasts "
            f"them. What ended the watching: {'; '.join(reasons) or 'nothing'}."
        )

    def records(self) -> dict[str, Any]:
        """Groups, windows and results on relapse as plain data, numbers unrounded."""
        return {
            "groups": [_group_record(group) for group in self.synthesis.groups],
            "windows": [
                {"name": name, "low_min": found.window[0], "high_min": found.window[1]}
                | {"shares": _plain(found.shares)}
                for name, found in self.windows.items()
            ],
            "relapse": _plain(self.synthesis.relapse[["result_id", "construct", "reason"]]),
        }

    def _span(self) -> Span:
        low, high = self.windows["one-to-two-weeks"].window
        words = f"the page: lost after {duration_words(low)} to {duration_words(high)}"
        return Span(words=words, begin=low, end=high)


def duration_groups(evidence: Evidence) -> DurationGroups:
    """The synthesis of durations for readers.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    DurationGroups
        Tables, pictures, sentences and records.
    """
    synthesis = synthesise_duration(evidence)
    windows = claimed_windows(evidence.rules)
    held = {name: loss_within(synthesis, window) for name, window in windows.items()}
    return DurationGroups(evidence=evidence, synthesis=synthesis, windows=held)


def _told(shares: pd.DataFrame) -> str:
    """How many studies could tell, and how many of them say yes."""
    told, yes = int(shares["could_tell"].sum()), int(shares["supports"].sum())
    if not told:
        return "none could tell"
    return f"{told} could tell, and {yes or 'none'} of {'it' if told == 1 else 'them'} said yes"


def _lane(group: DurationGroup) -> BandLane:
    programmes = count_words(group.n_programmes, "programme")
    label = f"{CONDITIONS[group.condition]} ({programmes})"
    if not len(group.intervals):
        nothing = np.empty(0)
        return BandLane(label=label, times=nothing, still_there=nothing, gone=nothing)
    known = group.known
    return BandLane(label=label, times=known.times, still_there=known.still_there, gone=known.gone)


def _spoken(group: DurationGroup) -> str:
    words = CONDITIONS[group.condition]
    if not len(group.intervals):
        return f"{words}: no usable period"
    known = group.known
    all_there = known.times[known.still_there >= 1 - 1e-9]
    programmes = count_words(group.n_programmes, "programme")
    last = float(round(all_there[-1])) if len(all_there) else 0.0
    there = f"all still relieved up to {duration_words(last)}, " if last else ""
    return f"{words}, {programmes}: {there}{known.gone[-1]:.0%} known gone at the last look"


def _group_cells(group: DurationGroup) -> tuple[Cell, ...]:
    ended = group.censored()["censored_by"].map(lambda name: ENDINGS[name] or "no reason given")
    stopped = "; ".join(f"{words} ({count})" for words, count in ended.value_counts().items())
    k = group.median.k
    median = "none"
    if group.median.estimate is not None:
        medians = count_words(k, "median")
        median = f"{duration_words(group.median.estimate)} ({medians})"
    return (
        CONDITIONS[group.condition],
        PHASES[group.phase],
        f"{len(group.intervals)} of {len(group.periods)}",
        str(group.n_losses),
        str(group.n_programmes),
        stopped,
        median,
        " ".join([_curve_words(group), *group.notes]).strip(),
    )


def _curve_words(group: DurationGroup) -> str:
    """Where the middle programme lost relief, if there is a curve."""
    middle = group.survival.quantile(0.5) if group.survival else None
    if middle is None:
        return ""
    begin, end = middle
    first = duration_words(float(round(begin)))
    if end is None:
        return f"The programme in the middle lost relief after {first}, nobody knows when."
    return f"The programme in the middle lost relief between {first} and {_later(end)}."


def _later(minutes: float) -> str:
    return duration_words(float(round(minutes)))


def _window_cells(name: str, row: pd.Series[Any]) -> tuple[Cell, ...]:
    share = number(row, "share")
    counts = ("studies", "could_tell", "supports", "contradicts", "split")
    return (
        CONDITIONS[text(row, "condition")],
        WINDOWS[name],
        *(f"{row[count]:.0f}" for count in counts),
        "nobody could tell" if share is None else f"{share:.0%}",
    )


def _left_out_cells(evidence: Evidence, row: pd.Series[Any]) -> tuple[Cell, ...]:
    timing = evidence.timing.set_index("timing_id", drop=False)
    first = timing.loc[[text(row, "timing_ids").split("; ")[0]]].iloc[0]
    return (
        study_words(row),
        f"{CONDITIONS[text(row, 'condition')]}: {effect_words(row)}",
        PHASES[text(row, "phase")],
        period_words(row),
        text(row, "reason"),
        source_link(evidence, first),
    )


def _relapse_cells(evidence: Evidence, row: pd.Series[Any]) -> tuple[Cell, ...]:
    return (
        text(row, "label"),
        text(row, "construct").replace("ptsd", "PTSD"),
        _printed(row),
        text(row, "favours"),
        source_link(evidence, row),
        "; ".join(filter(None, (text(row, "reason"), text(row, "note")))),
    )


def _printed(row: pd.Series[Any]) -> str:
    """A result on relapse as it was printed."""
    parts = [text(row, "instrument"), text(row, "measure").replace("qualitative", "")]
    if (estimate := number(row, "estimate")) is not None:
        parts.append(printed_number(estimate))
    low, high = number(row, "ci_low"), number(row, "ci_high")
    if low is not None and high is not None:
        parts.append(f"CI {printed_interval(low, high)}")
    if (events := number(row, "events")) is not None:
        n = number(row, "n")
        parts.append(f"{events:g} people" if n is None else f"{events:g} of {n:g}")
    if (percent := number(row, "percent")) is not None:
        parts.append(f"{printed_number(percent)}%")
    if text(row, "p_text"):
        parts.append(text(row, "p_text"))
    return ", ".join(part for part in parts if part)


_OF_A_PERIOD = ["timing_ids", "study_id", "kind", "seen_until_min", "gone_by_min", "n"]
_OF_A_PERIOD += ["used", "reason", "weight"]


def _group_record(group: DurationGroup) -> dict[str, Any]:
    survival = None if group.survival is None else _plain(group.survival.to_frame())
    return {
        "condition": group.condition,
        "phase": group.phase,
        "clock": group.clock,
        "n_used": len(group.intervals),
        "n_losses": group.n_losses,
        "n_programmes": group.n_programmes,
        "periods": _plain(group.periods[_OF_A_PERIOD]),
        "averages": _plain(group.averages[_OF_A_PERIOD]),
        "survival": survival,
        "median_min": group.median.estimate,
        "modelled_median_min": group.modelled_median.estimate,
        "notes": list(group.notes),
    }


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; what is missing is null."""
    cells = frame.astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in cells.where(frame.notna(), None).to_dict("records")
    ]
