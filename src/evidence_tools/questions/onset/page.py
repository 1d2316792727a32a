"""How soon relief of anxiety was seen: rows, picture, table and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words
from evidence_tools.display.cells import (
    PEOPLE,
    REMARK,
    RUNG,
    STUDY,
    WHEN_ENTERED,
    by_directness,
    can_decide,
    clock_words,
    effect_words,
    number,
    read_in,
    route_words,
    rung_words,
    spoken,
    study_words,
    text,
    why_not,
)
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.timeline import TimelineRow, draw_timeline
from evidence_tools.evidence.clock import DOSE_CLOCK, clock_times

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetAnswer(PageAnswer):
    """Rows on the onset of relief, split by what they can say.

    `on_clock`: relief of anxiety, PTSD or OCD on the common clock, nearest rung first.
    `other_clocks`: the same, counted from a first dose or from baseline.
    `background`: onset of relief of depression or suicidality.
    `marks`: the times that the claims name, in minutes.
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

    def pictures(self) -> Parts[Picture]:
        """One bar per row, by rung."""
        return {"on-clock": self._picture}

    def captions(self) -> Parts[Prose]:
        """What the figure shows."""
        return {"on-clock": self._caption}

    def tables(self) -> Parts[Table]:
        """The numbers of the figure; rows on other clocks; rows that decide nothing on anxiety."""
        return {
            "on-clock": self._on_clock,
            "other-clocks": lambda: Table.of((STUDY, RUNG, *self._counted()), self.other_clocks),
            "background": self._background,
        }

    def _picture(self) -> Picture:
        axes = draw_timeline(
            [_timeline_row(row) for _, row in self.on_clock.iterrows()],
            marks=self.marks,
            limits=(5, 45_000),
            empty="no study gives such a time",
        )
        parts = [spoken(row, clock_words(row)) for _, row in self.on_clock.iterrows()]
        alt = "Onset of relief after a dose, one bar per study. " + "; ".join(parts) + "."
        return Picture(axes=axes, alt=alt)

    def _caption(self) -> Prose:
        faint = int((~can_decide(self.on_clock)).sum())
        marks = ", ".join(self.marks)
        return Prose(
            f"Each pale bar spans the time in which relief may have begun "
            f"({count_words(len(self.on_clock), 'row')}, as in the table below): a bar from the "
            f"left edge means that nobody looked, or reported, earlier. Dotted bars "
            f"({faint}) cannot decide; the table says why. Dashed lines: the times that the "
            f"clinic's page names ({marks})."
        )

    def _on_clock(self) -> Table:
        columns = (STUDY, RUNG, Column("Drug and route", route_words), _SEEN, WHEN_ENTERED)
        ends = (PEOPLE, read_in(self.evidence), REMARK)
        empty = "No study gives such a time."
        return Table.of((*columns, *ends), self.on_clock, empty=empty)

    def _background(self) -> Table:
        columns = (STUDY, Column("Of what", effect_words), *self._counted())
        folded = f"{count_words(len(self.background), 'row')} on depression and suicidality"
        return Table.of(columns, self.background, folded=folded)

    def _counted(self) -> tuple[Column, ...]:
        """The columns of a row that is counted from a start of its own."""
        return (_COUNTED_FROM, _SEEN, PEOPLE, read_in(self.evidence), REMARK)


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

    Returns
    -------
    OnsetAnswer
        Every row with the event relief-onset is in one of its three tables.
    """
    rows = clock_times(evidence).rows
    onset = by_directness(rows[rows["event"] == "relief-onset"], "upper_min", "study_id")
    target = onset["about"] != ""
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
        group=rung_words(row),
    )


def _start(row: pd.Series[Any]) -> str:
    return text(row, "anchor").replace("-", " ") or "not stated"


_SEEN = Column("Relief seen", clock_words)
_COUNTED_FROM = Column("Counted from", _start)
