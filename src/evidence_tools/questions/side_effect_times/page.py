"""When side effects peak and when they are gone: sentences, pictures and tables.

The counting is done in `tallies`, row by row in `readings`; here it becomes words. The tables are
made in `side_effect_tables`, the lanes in `side_effect_lanes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words
from evidence_tools.display.cells import (
    clock_words,
    number,
    shorten,
    spoken,
    study_words,
    terms_of,
    text,
    why_not,
)
from evidence_tools.display.display import PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.effect_lanes import HARM, effect_lanes, on_the_clock, spoken_lanes
from evidence_tools.display.lanes import SIDE_EFFECTS, Window, draw_lanes
from evidence_tools.display.timeline import Span, TimelineRow, draw_timeline
from evidence_tools.evidence.clock import DOSE_CLOCK, clock_times
from evidence_tools.questions.side_effect_times import tables
from evidence_tools.questions.side_effect_times.readings import Readings, both_readings
from evidence_tools.questions.side_effect_times.tables import extent
from evidence_tools.questions.side_effect_times.tallies import (
    GONE,
    PEAK,
    SUPPORTS,
    Tallies,
    gone_within_hour,
    lasting_longer,
    midway_and_faded,
    peak_after_infusion,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

BEGAN = "side-effect-onset"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffectTiming(PageAnswer):
    """Peaks and ends of side effects, held against what the page says.

    `peak`, `gone`: rows on the peak and on the end, with yes, no or cannot tell for each reading.
    `began`: rows on the beginning.
    `tallies`: studies and programmes for "peak", "gone" and "midway".
    `longer`: people in whom an effect lasted more than a day.
    `labels`: plain words of each preferred term.
    `infusion`: the most frequent length of an infusion among the arms, in minutes; two figures
        shade it.
    `named_peak`, `named_gone`: the times that the page names, in minutes.
    """

    evidence: Evidence
    peak: Readings
    gone: Readings
    began: pd.DataFrame
    tallies: dict[str, Tallies]
    longer: pd.DataFrame
    labels: dict[str, str]
    infusion: float
    named_peak: float
    named_gone: float

    def to_frame(self) -> pd.DataFrame:
        """All rows, unrounded."""
        return pd.concat([self.peak.rows, self.gone.rows, self.began], ignore_index=True)

    def summary(self) -> str:
        """The three claims in turn: how many studies could tell, and what they say."""
        return "\n".join([self._sentence_peak(), self._sentence_gone(), self._sentence_midway()])

    def answers(self) -> Parts[Prose]:
        """The summary; what the schedules of assessments could not have seen."""
        return {**PageAnswer.answers(self), "unseen": self._unseen}

    def pictures(self) -> Parts[Picture]:
        """One lane per side effect; one bar per row on the peak, and on the end."""
        return {
            "lanes": self._lanes,
            "peak": lambda: self._picture(
                self.peak, "Peak of side effects", self.named_peak, (5, 480)
            ),
            "gone": lambda: self._picture(
                self.gone, "End of side effects", self.named_gone, (5, 60_000)
            ),
        }

    def captions(self) -> Parts[Prose]:
        """What the lanes show, and what the figures of the peak and of the end do."""
        return {"lanes": self._caption_of_lanes, "bars": self._caption_of_bars}

    def tables(self) -> Parts[Table]:
        """Studies that could tell and what they say; the rows behind them; what nobody saw."""
        evidence, labels = self.evidence, self.labels
        return {
            "shares": lambda: tables.table_of_shares(self.tallies, self.longer),
            "midway": lambda: tables.table_midway(self.tallies["midway"]),
            "peak": lambda: tables.table_of_readings(evidence, self.peak, labels),
            "gone": lambda: tables.table_of_readings(evidence, self.gone, labels),
            "lasting": lambda: tables.table_of_lasting(self.longer, labels),
            "beginnings": lambda: tables.table_of_beginnings(evidence, self.began, labels),
            "unseen": lambda: tables.table_of_unseen(self.tallies),
        }

    def _sentence_peak(self) -> str:
        low, high = self.peak.claimed
        tally = self.tallies["peak"]
        return (
            f"The peak of a side effect is timed in {extent(self.peak.rows)}. Counted from the "
            f"start of the dose, a peak within {low:g} to {high:g} minutes is supported by "
            f"{_voices(tally, 'peak', 'from_start')}; counted from the end of an infusion, by "
            f"{_voices(tally, 'peak', 'from_end')}.{_caution(tally, 'peak')}"
        )

    def _sentence_gone(self) -> str:
        tally, within = self.tallies["gone"], duration_words(self.named_gone)
        return (
            f"The end of a side effect is timed in {extent(self.gone.rows)}. Counted from the "
            f"start of the dose, an end within {within} is supported by "
            f"{_voices(tally, 'gone', 'from_start')}; counted from the end of an infusion, by "
            f"{_voices(tally, 'gone', 'from_end')}.{_caution(tally, 'gone')}"
            f"{self._sentence_longer()}"
        )

    def _sentence_midway(self) -> str:
        tally = self.tallies["midway"]
        faded = duration_words(self.evidence.rules.marks["side_effects_faded"].window[1])
        return (
            f"A peak midway through the infusion is supported by "
            f"{_voices(tally, 'peak midway', 'midway')}; an end within {faded} of the infusion's "
            f"end, by {_voices(tally, 'faded', 'from_end')}. Studies that cannot tell looked "
            f"later, give no latest time, were read second-hand, or do not say from when they "
            f"count or how long the infusion was."
        )

    def _sentence_longer(self) -> str:
        """In how many people any side effect lasted more than a day."""
        lasted = self.longer[self.longer["term"] == "any-adverse-event"]
        return "".join(
            f" In {row['label'].split(' (')[0]}, {row['events']:.0f} of {row['n']:.0f} people "
            f"given ketamine had a side effect for more than a day."
            for _, row in lasted.iterrows()
        )

    def _lanes(self) -> Picture:
        lanes = effect_lanes(self.evidence, self.to_frame(), infusions=True)
        peak, gone = self.peak.claimed, self.gone.claimed
        windows = [
            Window(words="page: peak, from start", begin=peak[0], end=peak[1], section=HARM),
            Window(words="page: gone, from start", begin=gone[0], end=gone[1], section=HARM),
        ]
        axes = draw_lanes(
            lanes, windows=windows, limits=SIDE_EFFECTS, empty="no study times a side effect"
        )
        return Picture(axes=axes, alt=f"Side effects over time. {spoken_lanes(lanes)}")

    def _caption_of_lanes(self) -> Prose:
        rows = self.to_frame()
        left_out = len(rows) - len(on_the_clock(rows))
        return Prose(
            f"One lane per side effect, one mark per report: when it began, peaked and was gone, "
            f"after one dose, whether it was the only one or one of several. Orange: the times "
            f"that the page names, counted from the start. Grey, behind a mark: the infusion of "
            f"that study, where its length is stated. "
            f"{count_words(left_out, 'row').capitalize()} on another clock or without any time "
            f"cannot be drawn; the tables have them."
        )

    def _caption_of_bars(self) -> Prose:
        return Prose(
            f"Each pale bar spans the time in which the peak or the end may lie. Grey, behind the "
            f"rows on infusions: {duration_words(self.infusion)}, the commonest length among the "
            f"arms that state one. Dashed lines: the time that the page names, counted from the "
            f"start of the dose and, for infusions, from the end of one of that length. Dotted "
            f"bars cannot decide; the table says why."
        )

    def _unseen(self) -> Prose:
        rows = self.gone.rows[self.gone.rows["upper_min"].notna()]
        within = rows[rows["upper_min"] <= self.named_gone]
        missed = rows[(rows["lower_min"] < self.named_gone) & (rows["upper_min"] > self.named_gone)]
        hour = duration_words(self.named_gone)
        return Prose(
            f"{extent(missed).capitalize()} may hold an end within {hour} of the start and could "
            f"not have shown it: the first look, or the first time that is reported, came later. "
            f"{_gives(within)} a latest time within {hour}."
        )

    def _picture(
        self, readings: Readings, title: str, named: float, limits: tuple[float, float]
    ) -> Picture:
        rows = tables.by_route(readings.rows[readings.rows["clock"] == DOSE_CLOCK])
        words = duration_words(named)
        axes = draw_timeline(
            [self._timeline_row(row) for _, row in rows.iterrows()],
            marks={f"{words} from start": named, f"{words} from end": named + self.infusion},
            span=Span(
                words=f"infusion of {duration_words(self.infusion)}",
                begin=0,
                end=self.infusion,
                group=tables.VEIN,
            ),
            limits=limits,
            empty="no study gives such a time",
        )
        parts = [
            spoken(row, f"{terms_of(row, self.labels)}, {clock_words(row)}")
            for _, row in rows.iterrows()
        ]
        return Picture(axes=axes, alt=f"{title}, one bar per row. " + "; ".join(parts) + ".")

    def _timeline_row(self, row: pd.Series[Any]) -> TimelineRow:
        return TimelineRow(
            label=shorten(f"{terms_of(row, self.labels)} — {study_words(row)}"),
            rung=text(row, "directness"),
            lower=number(row, "lower_min"),
            upper=number(row, "upper_min"),
            faint=bool(why_not(row)),
            group=tables.route_group(row),
        )


def side_effect_timing(evidence: Evidence) -> SideEffectTiming:
    """Everything in the evidence on when side effects begin, peak and end.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    SideEffectTiming
        Every row with a side-effect event is in one of its three parts.
    """
    times = clock_times(evidence)
    marks = evidence.rules.marks
    peak, gone = marks["side_effect_peak"], marks["side_effects_gone"]
    terms = evidence.side_effect_terms
    rows = times.rows
    return SideEffectTiming(
        evidence=evidence,
        peak=both_readings(times, PEAK, peak.window),
        gone=both_readings(times, GONE, gone.window),
        began=rows[rows["event"] == BEGAN].reset_index(drop=True),
        tallies={
            "peak": peak_after_infusion(evidence),
            "gone": gone_within_hour(evidence),
            "midway": midway_and_faded(evidence),
        },
        longer=lasting_longer(evidence),
        labels=dict(zip(terms["term"], terms["label"], strict=True)),
        infusion=float(evidence.arms["infusion_minutes"].mode().iloc[0]),
        named_peak=peak.named,
        named_gone=gone.named,
    )


def _gives(rows: pd.DataFrame) -> str:
    verb = "gives" if len(rows) <= 1 else "give"
    return f"No row {verb}" if rows.empty else f"{extent(rows)} {verb}"


def _voices(tally: Tallies, part: str, reading: str) -> str:
    """Who supports a claim among the studies that could tell, after "supported by"."""
    line = tally.line(part, reading)
    if not line["could_tell"]:
        return f"no study: none of the {line['total']} could tell"
    if line["could_tell"] == 1:
        return "the one study that could tell" if line[SUPPORTS] else "none (one study could tell)"
    return f"{line[SUPPORTS] or 'none'} of the {line['could_tell']} studies that could tell"


def _caution(tally: Tallies, part: str) -> str:
    """That too few programmes could tell for a word such as "typically"."""
    could = max(
        tally.line(part, reading, by="programmes")["could_tell"]
        for reading in ("from_start", "from_end")
    )
    if could >= tally.fewest:
        return ""
    return (
        f" With {count_words(could, 'programme')} that could tell, fewer than {tally.fewest}, "
        f"no share of studies can be named."
    )
