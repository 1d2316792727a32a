"""How long relief was seen: periods of relief, pictures, tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words, time_words
from evidence_tools.display.cells import (
    PEOPLE,
    REMARK,
    RUNG,
    STUDY,
    as_entered,
    by_directness,
    can_decide,
    effect_words,
    number,
    rung_words,
    source_link,
    spoken,
    study_words,
    text,
    timing_behind,
    why_not,
)
from evidence_tools.display.display import Column, Link, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.timeline import Span, TimelineRow, draw_timeline
from evidence_tools.evidence.clock import clock_times
from evidence_tools.evidence.relief import relief_periods
from evidence_tools.questions.duration.groups import PHASES, SINGLE

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

ENDINGS = {
    "next-dose": "next dose came",
    "study-end": "study ended",
    "abstract-stops": "abstract says no more",
    "unknown": "why it ends there is not stated",
    "": "",
}
LOSSES = {
    "no-longer-different-from-control": "no longer different from control",
    "group-mean-returned": "the group's mean returned",
    "person-relapsed": "people relapsed",
    "unknown": "how loss was judged is not stated",
    "": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationAnswer(PageAnswer):
    """Periods of relief, split by dosing and by what relief is of.

    `single`: relief of anxiety, PTSD or OCD after a single dose, nearest rung first.
    `repeated`: the same after or during repeated dosing, or where the dosing is not stated.
    `background`: depression and suicidality.
    `one_week`, `two_weeks`: the times that the claims name, in minutes.
    """

    evidence: Evidence
    single: pd.DataFrame
    repeated: pd.DataFrame
    background: pd.DataFrame
    one_week: float
    two_weeks: float

    def to_frame(self) -> pd.DataFrame:
        """All periods, unrounded."""
        return pd.concat([self.single, self.repeated, self.background], ignore_index=True)

    def summary(self) -> str:
        """Sentences: how far relief was followed after one dose, and whether its end was seen."""
        decided = self.single[can_decide(self.single)]
        direct = decided[(decided["directness"] == "direct") & decided["programme"].notna()]
        week = direct[direct["seen_until_min"] >= self.one_week]
        beyond = direct[direct["seen_until_min"] >= self.two_weeks]
        ends = direct[direct["kind"].isin(["loss", "lost"])]
        seen = "not been" if ends.empty else "been"
        return (
            f"After a single dose, relief lasting up to one week or longer is reported in "
            f"{count_words(_studies(week), 'primary study', 'primary studies')} of people with an "
            f"anxiety disorder, from "
            f"{count_words(week['programme'].nunique(), 'research programme')}; "
            f"{_followed(_studies(beyond))} two weeks or later. These are the longest times that "
            f"the studies name, not the time that most people had. How soon symptoms return after "
            f"a single dose has {seen} measured in an anxiety disorder, in the texts seen."
        )

    def pictures(self) -> Parts[Picture]:
        """Periods after a single dose; with repeated dosing, each on the clock of its source."""
        return {"single": self._picture_single, "repeated": self._picture_repeated}

    def captions(self) -> Parts[Prose]:
        """What the figures show."""
        return {"single": self._caption_single, "repeated": self._caption_repeated}

    def tables(self) -> Parts[Table]:
        """The numbers of the figures; periods of relief that decide nothing about anxiety."""
        folded = f"{count_words(len(self.background), 'row')} on depression and suicidality"
        return {
            "single": lambda: self._table(self.single),
            "repeated": lambda: self._table(self.repeated, _DOSING),
            "background": lambda: self._table(self.background, _DOSING, folded=folded),
        }

    def _picture_single(self) -> Picture:
        first, last = duration_words(self.one_week), duration_words(self.two_weeks)
        words = f"shaded: {first} to {last}, when the page says that relief is lost"
        span = Span(words=words, begin=self.one_week, end=self.two_weeks)
        marks = {"1 week": self.one_week, "2 weeks": self.two_weeks}
        return self._picture(self.single, "Relief after a single dose", span, marks)

    def _picture_repeated(self) -> Picture:
        return self._picture(self.repeated, "Relief with repeated dosing")

    def _caption_single(self) -> Prose:
        return Prose(
            f"{_HOW_TO_READ} {count_words(len(self.single), 'period').capitalize()} after a "
            f"single dose. Shaded: from {duration_words(self.one_week)} to "
            f"{duration_words(self.two_weeks)}, when the page says that relief is lost."
        )

    def _caption_repeated(self) -> Prose:
        return Prose(
            f"{_HOW_TO_READ} {count_words(len(self.repeated), 'period').capitalize()} with "
            f"repeated dosing, each counted from its own start: the first dose, the last dose, or "
            f"the start of treatment. Relief while dosing went on says nothing of how long one "
            f"dose lasts."
        )

    def _picture(
        self,
        periods: pd.DataFrame,
        title: str,
        span: Span | None = None,
        marks: dict[str, float] | None = None,
    ) -> Picture:
        axes = draw_timeline(
            [_timeline_row(row) for _, row in periods.iterrows()],
            marks=marks,
            span=span,
            limits=(50, 800_000),
            xlabel="Time since the dose began" if span else "Time since each source's own start",
            empty="no study followed relief",
        )
        parts = [spoken(row, period_words(row)) for _, row in periods.iterrows()]
        alt = f"{title}, one bar per group of people. " + "; ".join(parts) + "."
        return Picture(axes=axes, alt=alt)

    def _table(self, periods: pd.DataFrame, *dosing: Column, folded: str = "") -> Table:
        columns = (
            *(STUDY, RUNG, Column("Relief of", effect_words), *dosing),
            Column("Relief", period_words),
            Column("As entered", self._as_entered),
            PEOPLE,
            Column("What ended it, or the watching", _ended),
            Column("Read in", self._read_in),
            REMARK,
        )
        return Table.of(columns, periods, empty="No study followed relief.", folded=folded)

    def _as_entered(self, row: pd.Series[Any]) -> str:
        return "; ".join(as_entered(one) for one in timing_behind(self.evidence, row))

    def _read_in(self, row: pd.Series[Any]) -> Link:
        return source_link(self.evidence, timing_behind(self.evidence, row)[0])


_HOW_TO_READ = (
    "Each bar reaches to the last time relief was seen; a pale bar leads on to the time "
    "by which it was gone; an arrow means that nobody, or no text seen, looked further. "
    "Symbols alone are medians and means. "
)


def _studies(rows: pd.DataFrame) -> int:
    return int(rows["study_id"].nunique())


def _followed(number: int) -> str:
    if number == 0:
        return "none of them names"
    return "one of them names" if number == 1 else f"{number} of them name"


def duration_answer(evidence: Evidence) -> DurationAnswer:
    """Everything in the evidence on how long relief was seen.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    DurationAnswer
        Every row on last seen, lost, median or mean duration is in one of its three tables.
    """
    periods = relief_periods(clock_times(evidence)).rows
    periods = by_directness(periods, "seen_until_min", "study_id")
    target = periods["about"] != ""
    single = periods["phase"] == SINGLE
    marks = evidence.rules.marks
    repeated = periods[target & ~single]
    order = {phase: index for index, phase in enumerate(PHASES)}
    repeated = repeated.sort_values("phase", key=lambda phase: phase.map(order), kind="stable")
    return DurationAnswer(
        evidence=evidence,
        single=periods[target & single].reset_index(drop=True),
        repeated=repeated.reset_index(drop=True),
        background=periods[~target].reset_index(drop=True),
        one_week=marks["relief_one_week"].named,
        two_weeks=marks["relief_two_weeks"].named,
    )


def _timeline_row(row: pd.Series[Any]) -> TimelineRow:
    kind = {"median": " (median)", "mean": " (mean)"}.get(text(row, "kind"), "")
    phase = text(row, "phase")
    heading = rung_words(row) if phase == SINGLE else PHASES[phase]
    return TimelineRow(
        label=study_words(row) + kind,
        rung=text(row, "directness"),
        lower=number(row, "seen_until_min"),
        upper=number(row, "gone_by_min"),
        period=not kind,
        faint=bool(why_not(row)),
        group=heading,
    )


def period_words(row: pd.Series[Any]) -> str:
    """A period of relief in words."""
    seen, gone = number(row, "seen_until_min"), number(row, "gone_by_min")
    kind = text(row, "kind")
    if seen is None and gone is None:
        return "no time given"
    if kind in ("median", "mean") and seen is not None:
        return f"{kind} {duration_words(seen)}"
    if gone is None:
        return f"seen up to {duration_words(seen or 0)}"
    if not seen:
        return f"gone by {_bound_words(gone)}"
    if seen == gone:
        return f"gone at {duration_words(gone)}"
    return f"seen up to {duration_words(seen)}, gone by {_bound_words(gone)}"


def _bound_words(minutes: float) -> str:
    return time_words(0, minutes).removeprefix("by ")


def _ended(row: pd.Series[Any]) -> str:
    ended = (ENDINGS[text(row, "censored_by")], LOSSES[text(row, "loss_kind")])
    return "; ".join(words for words in ended if words)


def _dosing(row: pd.Series[Any]) -> str:
    return PHASES[text(row, "phase")]


_DOSING = Column("Dosing", _dosing)
