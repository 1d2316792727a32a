"""When side effects peak and when they are gone: rows, pictures, tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.clock import DOSE_CLOCK, clock_times
from evidence_tools.loading import Evidence
from evidence_tools.plots.timeline import Span, TimelineRow, draw_timeline
from evidence_tools.readings import Readings, both_readings
from evidence_tools.report.display import Cell, Picture, Prose, Table
from evidence_tools.report.sources import (
    ROUTES,
    as_entered,
    number,
    people,
    remark,
    shorten,
    source_link,
    spoken,
    study_words,
    text,
    why_not,
)
from evidence_tools.style import count_words, time_words
from evidence_tools.units import duration_words

PEAK, GONE, BEGAN = "side-effect-peak", "side-effect-resolved", "side-effect-onset"
_VEIN, _OTHER, _UNKNOWN = "Infusion into a vein", "Other routes", "Route not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffectTiming:
    """Peaks and ends of side effects, held against both readings of the page.

    Attributes
    ----------
    peak, gone : Readings
        Rows on the peak and on the end, with yes, no or cannot tell for each reading.
    began : DataFrame
        Rows on the beginning.
    labels : mapping of str to str
        Plain words of each preferred term.
    infusion : float
        The most frequent length of an infusion among the arms, in minutes; the figures shade it.
    named_peak, named_gone : float
        The times that the page names, in minutes.
    """

    evidence: Evidence
    peak: Readings
    gone: Readings
    began: pd.DataFrame
    labels: dict[str, str]
    infusion: float
    named_peak: float
    named_gone: float

    def to_frame(self) -> pd.DataFrame:
        """All rows, unrounded."""
        return pd.concat([self.peak.rows, self.gone.rows, self.began], ignore_index=True)

    def summary(self) -> str:
        """Two sentences: how many rows speak for each reading of each claim."""
        return f"{self._sentence_peak()} {self._sentence_gone()}"

    def answer(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def _sentence_peak(self) -> str:
        low, high = self.peak.claimed
        return (
            f"The peak of a side effect is timed in {_extent(self.peak.rows)}. Counted from the "
            f"start of the dose, {self._fit(self.peak, 'from_start', 'yes')} within {low:g} to "
            f"{high:g} minutes and {self._fit(self.peak, 'from_start', 'no')} outside. Counted "
            f"from the end of an infusion, {self._fit(self.peak, 'from_end', 'yes')} within and "
            f"{self._fit(self.peak, 'from_end', 'no')} outside."
        )

    def _sentence_gone(self) -> str:
        within = duration_words(self.named_gone)
        return (
            f"The end of a side effect is timed in {_extent(self.gone.rows)}. Counted from the "
            f"start of the dose, {self._fit(self.gone, 'from_start', 'yes')} within {within} and "
            f"{self._fit(self.gone, 'from_start', 'no')} later. Counted from the end of an "
            f"infusion, {self._fit(self.gone, 'from_end', 'yes')} within and "
            f"{self._fit(self.gone, 'from_end', 'no')} later. The other rows cannot tell: they "
            f"looked later, give no latest time, were read second-hand, or do not say from when "
            f"they count."
        )

    def _fit(self, readings: Readings, reading: str, answer: str) -> str:
        """How many rows give an answer, from how many studies and on which side effects."""
        rows = readings.rows[readings.rows[reading] == answer]
        if rows.empty:
            return "none lies"
        effects = sorted({self._terms(row).lower() for _, row in rows.iterrows()})
        verb = "lies" if len(rows) == 1 else "lie"
        return f"{_extent(rows)} ({', '.join(effects)}) {verb}"

    def picture_peak(self) -> Picture:
        """One bar per row on the peak."""
        return self._picture(self.peak, "Peak of side effects", self.named_peak, (5, 480))

    def picture_gone(self) -> Picture:
        """One bar per row on the end."""
        return self._picture(self.gone, "End of side effects", self.named_gone, (5, 60_000))

    def caption(self) -> Prose:
        """What the figures show, in words under them."""
        return Prose(
            f"Each pale bar spans the time in which the peak or the end may lie. Grey, behind the "
            f"rows on infusions: {duration_words(self.infusion)}, the commonest length among the "
            f"arms that state one. Dashed lines: the time that the page names, counted from the "
            f"start of the dose and, for infusions, from the end of one of that length. Dotted "
            f"bars cannot decide; the table says why."
        )

    def table_peak(self) -> Table:
        """The numbers of the first figure, with both readings."""
        return self._table(self.peak)

    def table_gone(self) -> Table:
        """The numbers of the second figure, with both readings."""
        return self._table(self.gone)

    def table_of_beginnings(self) -> Table:
        """Rows on when a side effect began."""
        return Table(
            columns=("Side effect", "Study", "Began", "As entered", "n", "Read in", "Remark"),
            rows=tuple(
                (
                    self._terms(row),
                    study_words(row),
                    _when(row),
                    as_entered(row),
                    people(row),
                    source_link(self.evidence, row),
                    remark(row),
                )
                for _, row in self.began.iterrows()
            ),
        )

    def _terms(self, row: pd.Series[Any]) -> str:
        return ", ".join(self.labels[term] for term in text(row, "term").split(";"))

    def _picture(
        self, readings: Readings, title: str, named: float, limits: tuple[float, float]
    ) -> Picture:
        rows = _by_route(readings.rows[readings.rows["clock"] == DOSE_CLOCK])
        words = duration_words(named)
        axes = draw_timeline(
            [self._timeline_row(row) for _, row in rows.iterrows()],
            marks={f"{words} from start": named, f"{words} from end": named + self.infusion},
            span=Span(
                words=f"infusion of {duration_words(self.infusion)}",
                begin=0,
                end=self.infusion,
                group=_VEIN,
            ),
            limits=limits,
            empty="no study gives such a time",
        )
        parts = [spoken(row, f"{self._terms(row)}, {_when(row)}") for _, row in rows.iterrows()]
        return Picture(axes=axes, alt=f"{title}, one bar per row. " + "; ".join(parts) + ".")

    def _label(self, row: pd.Series[Any]) -> str:
        return f"{self._terms(row)} — {study_words(row)}"

    def _timeline_row(self, row: pd.Series[Any]) -> TimelineRow:
        return TimelineRow(
            label=shorten(self._label(row)),
            rung=text(row, "directness"),
            lower=number(row, "lower_min"),
            upper=number(row, "upper_min"),
            faint=bool(why_not(row)),
            group=_route_group(row),
        )

    def _table(self, readings: Readings) -> Table:
        return Table(
            columns=(
                "Side effect",
                "Study",
                "Route",
                "When",
                "As entered",
                "n",
                "Fits, from start?",
                "Fits, from end?",
                "Read in",
                "Remark",
            ),
            rows=tuple(self._cells(row) for _, row in _by_route(readings.rows).iterrows()),
        )

    def _cells(self, row: pd.Series[Any]) -> tuple[Cell, ...]:
        return (
            self._terms(row),
            study_words(row),
            ROUTES[text(row, "route")],
            _when(row),
            as_entered(row),
            people(row),
            text(row, "from_start"),
            text(row, "from_end"),
            source_link(self.evidence, row),
            remark(row),
        )


def side_effect_timing(evidence: Evidence) -> SideEffectTiming:
    """Everything in the evidence on when side effects begin, peak and end.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    SideEffectTiming
        Every row with a side-effect event is in one of its three parts.
    """
    times = clock_times(evidence)
    marks = evidence.rules["marks"]
    peak, gone = marks["side_effect_peak"], marks["side_effects_gone"]
    terms = evidence.side_effect_terms
    rows = times.rows
    return SideEffectTiming(
        evidence=evidence,
        peak=both_readings(times, PEAK, (peak["from"], peak["to"])),
        gone=both_readings(times, GONE, (gone["from"], gone["to"])),
        began=rows[rows["event"] == BEGAN].reset_index(drop=True),
        labels=dict(zip(terms["term"], terms["label"], strict=True)),
        infusion=float(evidence.arms["infusion_minutes"].mode().iloc[0]),
        named_peak=peak["named"],
        named_gone=gone["named"],
    )


def _extent(rows: pd.DataFrame) -> str:
    """How many rows there are, and from how many studies."""
    studies = count_words(rows["study_id"].nunique(), "study", "studies")
    return f"{count_words(len(rows), 'row')} of {studies}"


def _by_route(rows: pd.DataFrame) -> pd.DataFrame:
    order = {_VEIN: 0, _OTHER: 1, _UNKNOWN: 2}
    groups = [order[_route_group(row)] for _, row in rows.iterrows()]
    ordered = rows.assign(_group=groups).sort_values(
        ["_group", "term", "lower_min", "study_id"], ignore_index=True
    )
    return ordered.drop(columns="_group")


def _route_group(row: pd.Series[Any]) -> str:
    route = text(row, "route")
    return _UNKNOWN if not route else _VEIN if route == "iv" else _OTHER


def _when(row: pd.Series[Any]) -> str:
    return time_words(number(row, "lower_min"), number(row, "upper_min"))
