"""Periods of relief of each group together: bands, Turnbull's estimate, pooled medians.

One programme has one voice: the intervals of a programme share a weight of 1. So a curve speaks
of research programmes, each of which reports a group, and not of people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evidence_tools.arithmetic.intervals import EventIntervals, event_intervals
from evidence_tools.arithmetic.intervals.bands import KnowledgeBands, knowledge_bands
from evidence_tools.arithmetic.intervals.bootstrap import SurvivalBand, bootstrap_band
from evidence_tools.arithmetic.intervals.medians import (
    PooledMedian,
    median_of_medians,
    pool_log_medians,
)
from evidence_tools.arithmetic.intervals.npmle import SurvivalEstimate, npmle
from evidence_tools.arithmetic.intervals.parametric import FamilyFits, fit_families
from evidence_tools.evidence.clock import clock_times
from evidence_tools.evidence.relief import relief_periods
from evidence_tools.questions.duration.groups import (
    AVERAGES,
    CLOCKS,
    CONDITIONS,
    PHASES,
    judged_periods,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import DurationRules

_JUST_AFTER = 1 + 1e-9
"""What was last seen at a time is unknown just after it."""

_AT_ONCE = 1e-6
"""Minutes just after the start, from which relief that nobody saw later is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationGroup:
    """One condition in one phase of dosing. Times are minutes on `clock`.

    `condition`, `phase`: as in `CONDITIONS` and `PHASES`.
    `clock`: from when the times count; None where single or repeated dosing is not stated.
    `periods`, `averages`: periods bounded by looks, and medians and means, with `used`, `reason`,
        `weight`.
    `intervals`: the used periods, the voices as clusters.
    `n_programmes`: voices behind them.
    `known`: known still there, unknown, known gone, at each bound and just after it.
    `survival`, `band`, `families`: None where there are too few intervals; `notes` says so.
    `median`: median of the medians, each programme counted alike.
    `modelled_median`: Log-normal random effects over the medians whose number of people was seen.
    """

    condition: str
    phase: str
    clock: str | None
    periods: pd.DataFrame
    averages: pd.DataFrame
    intervals: EventIntervals
    n_programmes: int
    known: KnowledgeBands
    survival: SurvivalEstimate | None
    band: SurvivalBand | None
    families: FamilyFits | None
    median: PooledMedian
    modelled_median: PooledMedian
    notes: tuple[str, ...]

    @property
    def n_losses(self) -> int:
        """Used intervals in which relief was seen to be lost."""
        return int(self.intervals.seen.sum())

    def censored(self) -> pd.DataFrame:
        """Used periods whose end was not seen, with what ended the watching."""
        open_end = self.periods["used"] & self.periods["gone_by_min"].isna()
        return self.periods[open_end]

    def to_frame(self) -> pd.DataFrame:
        """All rows of the group."""
        return pd.concat([self.periods, self.averages], ignore_index=True)

    def summary(self) -> str:
        """What is there, what is used, and the notes."""
        head = f"{CONDITIONS[self.condition]}, {PHASES[self.phase].lower()}: "
        head += f"{len(self.intervals)} of {len(self.periods)} intervals used, "
        head += f"{self.n_losses} of them a loss, from {self.n_programmes} programmes"
        return "\n".join([head, *self.notes])


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationSynthesis:
    """All groups, and the results on relapse that stand beside them.

    Attributes
    ----------
    groups : tuple of DurationGroup
        Those that hold a row, conditions nearest to the claims first.
    relapse : DataFrame
        Rows of ``results.csv`` on relapse, with `reason` where they are of something else.
    nothing : DataFrame
        The columns of periods, for an evidence without any.
    """

    groups: tuple[DurationGroup, ...]
    relapse: pd.DataFrame
    nothing: pd.DataFrame

    def group(self, condition: str, phase: str) -> DurationGroup | None:
        """One group, or None where no row belongs to it."""
        wanted = (condition, phase)
        return next((g for g in self.groups if (g.condition, g.phase) == wanted), None)

    def to_frame(self) -> pd.DataFrame:
        """Every period, median and mean once, with its use."""
        return self._all(group.to_frame() for group in self.groups)

    def periods(self, phase: str) -> pd.DataFrame:
        """The periods of one phase of dosing, of every condition."""
        return self._all(group.periods for group in self.groups if group.phase == phase)

    def _all(self, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
        every = list(frames)
        return pd.concat(every, ignore_index=True) if every else self.nothing

    def left_out(self) -> pd.DataFrame:
        """The rows that are not used; `reason` says why."""
        rows = self.to_frame()
        return rows[~rows["used"]].reset_index(drop=True)

    def summary(self) -> str:
        """One line or more per group."""
        return "\n".join(group.summary() for group in self.groups)


def synthesise_duration(evidence: Evidence) -> DurationSynthesis:
    """Everything that the rows on loss of relief say together.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence; thresholds stand in ``rules.yml``, section duration.

    Returns
    -------
    DurationSynthesis
        Every timing row on last seen, lost, median or mean duration is in one of its groups.
    """
    rows = judged_periods(evidence, relief_periods(clock_times(evidence)).rows)
    rules = evidence.rules.duration
    groups = []
    for condition in CONDITIONS:
        for phase in PHASES:
            chosen = rows[(rows["condition"] == condition) & (rows["phase"] == phase)]
            if len(chosen):
                groups.append(_group(condition, phase, chosen, rules))
    nothing = _weighted(rows.iloc[:0])
    return DurationSynthesis(groups=tuple(groups), relapse=_relapse(evidence), nothing=nothing)


def _group(condition: str, phase: str, rows: pd.DataFrame, rules: DurationRules) -> DurationGroup:
    average = rows["kind"].isin(AVERAGES)
    periods, averages = _weighted(rows[~average]), _weighted(rows[average])
    used = periods[periods["used"]]
    intervals = _intervals(used)
    programmes = int(used["voice"].nunique())
    few = _too_few(intervals, programmes, rules)
    known = knowledge_bands(intervals, _moments(intervals))
    medians = averages[averages["used"]]
    return DurationGroup(
        condition=condition,
        phase=phase,
        clock=CLOCKS.get(phase),
        periods=periods,
        averages=averages,
        intervals=intervals,
        n_programmes=programmes,
        known=known,
        survival=None if few else npmle(intervals),
        band=None if few else _band(intervals, known.times, rules),
        families=None if few else fit_families(intervals, fewest_seen=rules.fewest_losses),
        median=_median(medians),
        modelled_median=_modelled(medians, rules),
        notes=(few,) if few else (),
    )


def _intervals(used: pd.DataFrame) -> EventIntervals:
    """The used periods; what was last seen at a time is lost after it, not at it."""
    begin = used["seen_until_min"].to_numpy(dtype=float)
    end = used["gone_by_min"].to_numpy(dtype=float)
    return event_intervals(
        np.where(begin == end, begin, begin * _JUST_AFTER),
        end,
        weights=used["weight"].to_numpy(dtype=float),
        clusters=list(used["voice"]),
    )


def _weighted(rows: pd.DataFrame) -> pd.DataFrame:
    """Used rows with a weight of 1 shared within their programme; the others without."""
    used = rows[rows["used"]]
    shared = 1 / used.groupby("voice")["voice"].transform("size")
    return rows.assign(weight=shared.reindex(rows.index).astype(float)).reset_index(drop=True)


def _too_few(intervals: EventIntervals, programmes: int, rules: DurationRules) -> str:
    """Why no curve is drawn through the intervals, or nothing."""
    needed, voices = rules.fewest_intervals, rules.fewest_programmes
    if len(intervals) >= needed and programmes >= voices and intervals.seen.any():
        return ""
    if not len(intervals):
        return "No interval can be used."
    seen = "" if intervals.seen.any() else ", in none of which relief was seen to be lost"
    return (
        f"No curve: usable intervals {len(intervals)}, programmes {programmes}{seen}; needed are "
        f"{needed} from {voices}, with a loss among them."
    )


def _moments(intervals: EventIntervals) -> np.ndarray:
    bounds = np.concatenate([intervals.lower, intervals.upper[intervals.seen]])
    return np.unique(np.concatenate([[0.0, _AT_ONCE], bounds, bounds * _JUST_AFTER]))


def _band(intervals: EventIntervals, times: np.ndarray, rules: DurationRules) -> SurvivalBand:
    return bootstrap_band(intervals, times, n_resamples=rules.n_resamples, seed=rules.seed)


def _median(medians: pd.DataFrame) -> PooledMedian:
    alone = medians.assign(middle=_middles(medians)).groupby("voice")["middle"].median()
    return median_of_medians(alone.to_numpy(dtype=float))


def _modelled(medians: pd.DataFrame, rules: DurationRules) -> PooledMedian:
    known = medians[medians["n"].notna()].drop_duplicates("voice")
    return pool_log_medians(
        _middles(known),
        known["n"].to_numpy(dtype=float),
        log_sd=rules.log_sd_of_durations,
        fewest=rules.fewest_programmes,
    )


def _middles(medians: pd.DataFrame) -> np.ndarray:
    """Middle of each median's interval, which the clock may have widened."""
    both = medians[["seen_until_min", "gone_by_min"]]
    return both.mean(axis=1).to_numpy(dtype=float)


def _relapse(evidence: Evidence) -> pd.DataFrame:
    """Results that speak of relapse in the instrument, the definition or the note."""
    results = evidence.results
    words = ("instrument", "response_definition", "note")
    found = [results[name].str.contains("relaps", case=False, na=False) for name in words]
    chosen = results[pd.concat(found, axis=1).any(axis=1)].reset_index(drop=True)
    columns = ["study_id", "label", "programme", "directness"]
    rows = chosen.merge(evidence.studies[columns], on="study_id", how="left")
    other = ~rows["construct"].isin(["anxiety", "ptsd", "ocd", "depression"])
    return rows.assign(reason=["relapse of something else" if one else "" for one in other])
