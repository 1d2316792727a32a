"""Benefit and harm on one clock: what was reported after one dose, from minutes to weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words, time_words
from evidence_tools.display.cells import (
    REMARK,
    RUNG,
    STUDY,
    by_directness,
    can_decide,
    clock_words,
    effect_words,
    number,
    short_name,
    source_link,
    terms_of,
    text,
    timing_behind,
    why_not,
)
from evidence_tools.display.display import Column, Link, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.effect_lanes import (
    EVENTS,
    HARM,
    deciding,
    effect_lanes,
    on_the_clock,
    spoken_lanes,
)
from evidence_tools.display.lanes import ONE_CLOCK, Lane, LaneMark, Window, draw_lanes
from evidence_tools.display.style import MUTED
from evidence_tools.evidence.clock import DOSE_CLOCK, clock_times
from evidence_tools.evidence.relief import relief_periods

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

SINGLE = "after-single-dose"
RELIEF = "Relief of anxiety, PTSD or OCD"
CUT_OFF = {"next-dose": "next dose", "study-end": "study ended", "abstract-stops": "text stops"}
"""What ended the watching, as it is written at an arrow."""

_HARM_MARKS = {
    "side_effect_peak": ("peak {} after its end", "the same, counted from the start"),
    "side_effects_gone": ("gone {} after its end", "the same, counted from the start"),
}
_RELIEF_MARKS = {
    "relief_one_hour": "begins within {}",
    "relief_three_hours": "as early as {}",
    "relief_one_week": "lasts up to {}",
    "relief_two_weeks": "often lost after {}",
}
"""Times that the page names, and the words for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneClock(PageAnswer):
    """Side effects and relief after one dose, on the common clock.

    `harm`: clock rows on side effects with a time; `lower_min` and `upper_min` bound what happened.
    `onset`: clock rows on the onset of relief after a single dose.
    `relief`: periods of relief after a single dose: `lower_min` is the last time relief was seen,
        `upper_min` the first time it was found gone, missing where nobody looked later.
    `windows`: the times that the page names.
    """

    evidence: Evidence
    harm: pd.DataFrame
    onset: pd.DataFrame
    relief: pd.DataFrame
    windows: tuple[Window, ...]

    def to_frame(self) -> pd.DataFrame:
        """Everything that is drawn, unrounded; `part` is harm, onset or relief."""
        return pd.concat(
            [rows.assign(part=part) for part, rows in self._parts()], ignore_index=True
        )

    @property
    def timing_ids(self) -> set[str]:
        """The timing rows behind the picture."""
        periods = (timing_id for ids in self.relief["timing_ids"] for timing_id in ids)
        return {*self.harm["timing_id"], *self.onset["timing_id"], *periods}

    def summary(self) -> str:
        """Three sentences: how much is drawn, and how far side effects and relief reach."""
        decide = int(can_decide(self.to_frame()).sum())
        return (
            f"{count_words(len(self.harm), 'report')} on side effects and "
            f"{count_words(len(self.onset) + len(self.relief), 'report')} on relief give a time "
            f"after one dose; the picture has the {decide} of them that can decide something. "
            f"{self._harm()} {self._benefit()}"
        )

    def pictures(self) -> Parts[Picture]:
        """What can decide: side effects above, relief below, from minutes to weeks."""
        return {"lanes": self._picture}

    def captions(self) -> Parts[Prose]:
        """What the picture shows."""
        return {"lanes": lambda: Prose(_CAPTION)}

    def tables(self) -> Parts[Table]:
        """The numbers of the picture."""
        return {"rows": self._table}

    def _harm(self) -> str:
        gone = self.harm[self.harm["event"] == "side-effect-resolved"]
        latest = gone[can_decide(gone)]["upper_min"].max()
        if pd.isna(latest):
            return "No report that can decide says when a side effect was gone."
        return (
            f"Where the end of a side effect is bounded, it was gone {time_words(0, latest)} at "
            f"the latest; the table has those in whom it lasted longer."
        )

    def _benefit(self) -> str:
        first = self.onset[can_decide(self.onset)]["upper_min"].min()
        last = self.relief[can_decide(self.relief) & self.relief["upper_min"].isna()]["lower_min"]
        if pd.isna(first) or last.empty:
            return "No report that can decide follows relief from its beginning to its last look."
        return (
            f"Relief was seen {time_words(0, first)} in the study that looked first, and still at "
            f"{duration_words(last.max())} in the one that looked longest."
        )

    def _picture(self) -> Picture:
        harm = deciding(effect_lanes(self.evidence, self.harm))
        benefit = deciding(list(self._benefit_lanes()))
        axes = draw_lanes([*harm, *benefit], windows=self.windows, limits=ONE_CLOCK)
        alt = (
            f"Benefit and harm on one clock. {self.summary()} {HARM}. {spoken_lanes(harm)} "
            f"{RELIEF}. {spoken_lanes(benefit)}"
        )
        return Picture(axes=axes, alt=alt)

    def _table(self) -> Table:
        terms = self.evidence.side_effect_terms
        labels = dict(zip(terms["term"], terms["label"], strict=True))
        columns = (
            Column("What", lambda row: _what(row, labels)),
            *(STUDY, RUNG, Column("When", clock_words)),
            *(Column("Then", _cut_off), Column("Read in", self._read_in), REMARK),
        )
        return Table.of(columns, self.to_frame(), empty="No study gives such a time.")

    def _read_in(self, row: pd.Series[Any]) -> Link:
        return source_link(self.evidence, timing_behind(self.evidence, row)[0])

    def _parts(self) -> tuple[tuple[str, pd.DataFrame], ...]:
        return (("harm", self.harm), ("onset", self.onset), ("relief", self.relief))

    def _benefit_lanes(self) -> Iterator[Lane]:
        lost = self.relief["upper_min"].notna()
        lanes = {
            "First seen": self.onset,
            "Still seen at the last look": self.relief[~lost],
            "Lost": self.relief[lost],
        }
        for words, rows in lanes.items():
            if len(rows):
                marks = tuple(_mark(row) for _, row in rows.iterrows())
                yield Lane(words=words, section=RELIEF, marks=marks)


_CAPTION = (
    "One mark per report. Orange: what the page says. Its times for side effects are "
    "counted from the end of an infusion (shaded) and, beside it, from the start; its "
    "times for relief from the start. A spray or an injection has no end to count from. "
    "Side effects are timed after one dose, also where it was one of several; relief only "
    "after a single dose. Words at an arrow say what ended the watching: nobody looked "
    "later, so the arrow promises nothing."
)


def one_clock(evidence: Evidence) -> OneClock:
    """Side effects and relief after one dose on one axis of time.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    OneClock
        Rows without a time, on another clock or, for relief, after other than a single dose stay
        out; so do means and medians of durations, which bound nobody.
    """
    times = clock_times(evidence)
    rows = times.rows
    onset = rows[(rows["event"] == "relief-onset") & (rows["phase"] == SINGLE)]
    periods = relief_periods(times).rows
    periods = periods[(periods["phase"] == SINGLE) & ~periods["kind"].isin(["median", "mean"])]
    periods = periods.rename(columns={"seen_until_min": "lower_min", "gone_by_min": "upper_min"})
    return OneClock(
        evidence=evidence,
        harm=on_the_clock(rows).reset_index(drop=True),
        onset=by_directness(_drawn(onset), "upper_min", "study_id"),
        relief=by_directness(_drawn(periods), "lower_min", "study_id"),
        windows=tuple(_windows(evidence)),
    )


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """Relief of anxiety, PTSD or OCD on the common clock, with a time."""
    target = rows["about"] != ""
    timed = rows["lower_min"].notna() | rows["upper_min"].notna()
    return rows[target & timed & (rows["clock"] == DOSE_CLOCK)]


def _windows(evidence: Evidence) -> Iterator[Window]:
    """The infusion, then the times that the page names, in its order."""
    lengths = evidence.arms["infusion_minutes"].mode()
    length = float(lengths.iloc[0])
    words = f"infusion of {duration_words(length)}"
    yield Window(words=words, begin=0, end=length, section=HARM, colour=MUTED)
    marks = evidence.rules.marks
    for mark, (after, before) in _HARM_MARKS.items():
        claimed, named = marks[mark], duration_words(marks[mark].named)
        first, last = claimed.window
        words = f"page: {after.format(named)}"
        begin = first + length if first else 0
        yield Window(words=words, begin=begin, end=last + length, section=HARM)
        yield Window(words=before, begin=first, end=last, section=HARM, shaded=False)
    for mark, said in _RELIEF_MARKS.items():
        claimed = marks[mark]
        words = f"page: {said.format(duration_words(claimed.named))}"
        begin, end = claimed.window
        yield Window(words=words, begin=begin, end=end, section=RELIEF)


def _what(row: pd.Series[Any], labels: Mapping[str, str]) -> str:
    """What a line of the table times."""
    if row["part"] == "harm":
        return f"{terms_of(row, labels)}: {EVENTS[text(row, 'event')]}"
    return f"{effect_words(row)}: relief {'first seen' if row['part'] == 'onset' else _ended(row)}"


def _cut_off(row: pd.Series[Any]) -> str:
    return CUT_OFF.get(text(row, "censored_by"), "")


def _ended(row: pd.Series[Any]) -> str:
    return "still seen" if number(row, "upper_min") is None else "lost"


def _label(row: pd.Series[Any]) -> str:
    """The study, and what relief was of where it was not anxiety."""
    effect = effect_words(row)
    return short_name(row) if "anxiety" in effect else f"{short_name(row)} ({effect})"


def _mark(row: pd.Series[Any]) -> LaneMark:
    return LaneMark(
        label=_label(row),
        rung=text(row, "directness"),
        lower=number(row, "lower_min"),
        upper=number(row, "upper_min"),
        faint=bool(why_not(row)),
        cut_off=_cut_off(row),
    )
