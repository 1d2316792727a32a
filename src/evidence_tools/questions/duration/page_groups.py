"""How long relief lasts, group by group: what may be used, what is known when, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words, printed_interval, printed_number
from evidence_tools.display.cells import (
    STUDY,
    effect_words,
    number,
    read_in,
    source_link,
    text,
    timing_behind,
)
from evidence_tools.display.display import Column, Link, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.knowledge_bands import BandLane, draw_knowledge_bands
from evidence_tools.display.timeline import Span
from evidence_tools.questions.duration.groups import CONDITIONS, PHASES, SINGLE
from evidence_tools.questions.duration.page import ENDINGS, period_words
from evidence_tools.questions.duration.synthesis import (
    DurationGroup,
    DurationSynthesis,
    synthesise_duration,
)
from evidence_tools.questions.duration.window import LossWindow, claimed_windows, loss_within

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

WINDOWS = {
    "one-to-two-weeks": "one to two weeks",
    "about-two-weeks": "about two weeks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationGroups(PageAnswer):
    """The synthesis of durations, for readers.

    `synthesis`: all groups and what is left out.
    `windows`: the stretches of time that the page claims, held against the rows.
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

    def answers(self) -> Parts[Prose]:
        """The summary; what the visits of the studies could not have seen."""
        return {**PageAnswer.answers(self), "schedule": self._schedule}

    def pictures(self) -> Parts[Picture]:
        """Known still there, unknown and known gone over time, one lane per condition."""
        return {"single": self._picture}

    def tables(self) -> Parts[Table]:
        """Groups; claimed times held against them; curves; rows left out; results on relapse."""
        return {
            "groups": self._groups,
            "windows": self._windows,
            "curves": self._curves,
            "left-out": self._left_out,
            "relapse": self._relapse,
        }

    def _picture(self) -> Picture:
        groups = [group for group in self.synthesis.groups if group.phase == SINGLE]
        lanes = [_lane(group) for group in groups]
        axes = draw_knowledge_bands(lanes, window=self._span())
        parts = "; ".join(_spoken(group) for group in groups)
        alt = f"What is known of relief over time, {PHASES[SINGLE].lower()}. {parts}."
        return Picture(axes=axes, alt=alt)

    def _groups(self) -> Table:
        columns = (
            Column("Group", lambda group: CONDITIONS[group.condition]),
            Column("Dosing", lambda group: PHASES[group.phase]),
            Column("Used", lambda group: f"{len(group.intervals)} of {len(group.periods)}"),
            Column("Loss seen", lambda group: group.n_losses, "right"),
            Column("Programmes", lambda group: group.n_programmes, "right"),
            Column("Watching ended by", _stopped),
            Column("Median of printed medians", _median),
            Column("Remark", lambda group: " ".join([_curve_words(group), *group.notes]).strip()),
        )
        return Table.of(columns, self.synthesis.groups, empty="No study followed relief.")

    def _windows(self) -> Table:
        rows = (found.shares.assign(window=WINDOWS[name]) for name, found in self.windows.items())
        return Table.of(_OF_A_WINDOW, pd.concat(rows))

    def _curves(self) -> Table:
        ends = self.windows["one-to-two-weeks"].window
        rows = [
            (CONDITIONS[group.condition], PHASES[group.phase], model, found)
            for group in self.synthesis.groups
            for model, found in _models(group, ends)
        ]
        few = "Too few intervals in every group: nothing can be drawn or fitted."
        return Table(columns=("Group", "Dosing", "Curve", "Says"), rows=tuple(rows), empty=few)

    def _left_out(self) -> Table:
        rows = self.synthesis.left_out()
        columns = (
            STUDY,
            Column("Group", lambda row: f"{_condition(row)}: {effect_words(row)}"),
            Column("Dosing", lambda row: PHASES[text(row, "phase")]),
            Column("Relief", period_words),
            Column("Left out because", lambda row: text(row, "reason")),
            Column("Read in", self._read_in),
        )
        folded = f"{count_words(len(rows), 'period')} left out, with the reason"
        return Table.of(columns, rows, folded=folded)

    def _read_in(self, row: pd.Series[Any]) -> Link:
        return source_link(self.evidence, timing_behind(self.evidence, row)[0])

    def _relapse(self) -> Table:
        rows = self.synthesis.relapse
        columns = (
            Column("Study", lambda row: text(row, "label")),
            Column("Relapse of", lambda row: text(row, "construct").replace("ptsd", "PTSD")),
            Column("What was printed", _printed),
            Column("Favours", lambda row: text(row, "favours")),
            read_in(self.evidence),
            Column("Remark", _remark),
        )
        return Table.of(columns, rows, folded=f"{count_words(len(rows), 'result')} on relapse")

    def _schedule(self) -> Prose:
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


def _stopped(group: DurationGroup) -> str:
    """What ended the watching, with the number of periods of each."""
    ended = group.censored()["censored_by"].map(lambda name: ENDINGS[name] or "no reason given")
    return "; ".join(f"{words} ({count})" for words, count in ended.value_counts().items())


def _median(group: DurationGroup) -> str:
    if group.median.estimate is None:
        return "none"
    return f"{duration_words(group.median.estimate)} ({count_words(group.median.k, 'median')})"


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


def _models(group: DurationGroup, ends: tuple[float, float]) -> Iterator[tuple[str, str]]:
    """Each curve of a group and what it says; nothing where there are too few intervals."""
    if group.band is not None and group.band.low is not None and group.band.high is not None:
        band, low, high = group.band, group.band.low, group.band.high
        at = [int(np.searchsorted(band.times, end, side="right")) - 1 for end in ends]
        parts = [
            f"{low[i]:.0%} to {high[i]:.0%} at {duration_words(end)}"
            for i, end in zip(at, ends, strict=True)
        ]
        words = f"relief not yet lost, {', '.join(parts)} of programmes ({band.ci_level:g}% band)"
        yield "no model, programmes drawn anew", ". ".join([words, *band.notes])
    families = group.families
    for fit in families.fits if families else ():
        middle = fit.quantile(0.5)
        if middle is None:
            yield fit.family, " ".join(fit.notes)
            continue
        span = f"{_later(middle.ci_low)} to {_later(middle.ci_high)}"
        best = ", the smallest AIC" if families and fit.family == families.chosen else ""
        yield fit.family, f"median {_later(middle.estimate)} ({span}){best}"


def _later(minutes: float) -> str:
    return duration_words(float(round(minutes)))


def _condition(row: pd.Series[Any]) -> str:
    return CONDITIONS[text(row, "condition")]


def _share(row: pd.Series[Any]) -> str:
    share = number(row, "share")
    return "nobody could tell" if share is None else f"{share:.0%}"


_OF_A_WINDOW = (
    Column("Group", _condition),
    Column("Lost after", lambda row: row["window"]),
    Column("Studies", lambda row: int(row["studies"]), "right"),
    Column("Could tell", lambda row: int(row["could_tell"]), "right"),
    Column("Say yes", lambda row: int(row["supports"]), "right"),
    Column("Say no", lambda row: int(row["contradicts"]), "right"),
    Column("Split", lambda row: int(row["split"]), "right"),
    Column("Share of those that could tell", _share),
)


def _remark(row: pd.Series[Any]) -> str:
    return "; ".join(filter(None, (text(row, "reason"), text(row, "note"))))


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
        "periods": _periods(group.periods),
        "averages": _periods(group.averages),
        "survival": survival,
        "band": _band_record(group),
        "fits": _fit_records(group),
        "median_min": group.median.estimate,
        "modelled_median_min": group.modelled_median.estimate,
        "notes": list(group.notes),
    }


def _band_record(group: DurationGroup) -> list[dict[str, Any]] | None:
    if group.band is None or group.band.low is None:
        return None
    return _plain(group.band.to_frame().rename(columns={"time": "time_min"}))


def _fit_records(group: DurationGroup) -> list[dict[str, Any]] | None:
    if group.families is None:
        return None
    frame = group.families.to_frame().drop(columns=["location", "scale", "loglik"])
    return _plain(frame.rename(columns=lambda name: name.replace("median", "median_min", 1)))


def _periods(rows: pd.DataFrame) -> list[dict[str, Any]]:
    ids = ["; ".join(one) for one in rows["timing_ids"]]
    return _plain(rows[_OF_A_PERIOD].assign(timing_ids=ids))


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; what is missing is null."""
    cells = frame.astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in cells.where(frame.notna(), None).to_dict("records")
    ]
