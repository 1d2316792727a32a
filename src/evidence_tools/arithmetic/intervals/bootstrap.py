"""How far Turnbull's estimate would move if other programmes had done the studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.intervals.npmle import npmle

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from evidence_tools.arithmetic.intervals.intervals import EventIntervals, Floats

CI_LEVEL: float = 95
"""Percent, of the band."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalBand:
    """Pointwise bounds of a survival curve.

    Attributes
    ----------
    times : array of float, shape (t,)
    low, high : array of float, shape (t,), or None
        Bounds of the probability that the event comes later; None below two clusters.
    k : int
        Clusters.
    n_resamples, seed : int
    ci_level : float
        Percent, pointwise.
    notes : tuple of str
    """

    times: Floats
    low: Floats | None
    high: Floats | None
    k: int
    n_resamples: int
    seed: int
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per time."""
        import pandas as pd

        return pd.DataFrame({"time": self.times, "low": self.low, "high": self.high})

    def summary(self) -> str:
        """Clusters, resamples, and the notes."""
        line = f"{self.ci_level:g}% band from {self.n_resamples} resamples of {self.k} clusters"
        return "\n".join([line, *self.notes])


def bootstrap_band(
    intervals: EventIntervals,
    times: ArrayLike,
    *,
    n_resamples: int = 500,
    seed: int = 0,
) -> SurvivalBand:
    """Pointwise 95% band of Turnbull's estimate, by resampling whole clusters.

    Parameters
    ----------
    intervals : EventIntervals
        With the clusters that are drawn together.
    times : array of float, shape (t,)
        Where the band is wanted.
    n_resamples : int, default 500
        Resamples.
    seed : int, default 0
        Start of the random numbers; the same seed gives the same band.

    Returns
    -------
    SurvivalBand
        The percentile of the lowest possible curve below, of the highest possible one above, so
        that what the data leave open inside an innermost interval widens the band.

    Notes
    -----
    Percentile bootstrap of clusters. Turnbull's estimate converges slower than the square root of
    n and the bootstrap of it is not exact; with few clusters the band is a hint, not an interval
    of stated coverage.

    References
    ----------
    Field and Welsh (2007), J R Stat Soc B 69:369-390 (resampling clusters).
    """
    tail = (1 - CI_LEVEL / 100) / 2
    at = np.array(times, dtype=float, ndmin=1)
    groups = [np.flatnonzero(intervals.cluster == name) for name in np.unique(intervals.cluster)]
    low = high = None
    notes: tuple[str, ...] = ("Below two clusters there is nothing to resample.",)
    if len(groups) > 1:
        generator = np.random.default_rng(seed)
        curves = np.array([_curve(intervals, groups, generator, at) for _ in range(n_resamples)])
        low = np.quantile(curves[:, 0], tail, axis=0)
        high = np.quantile(curves[:, 1], 1 - tail, axis=0)
        notes = ("A hint only: with few clusters the coverage of the band is not known.",)
    return SurvivalBand(
        times=at,
        low=low,
        high=high,
        k=len(groups),
        n_resamples=n_resamples,
        seed=seed,
        ci_level=CI_LEVEL,
        notes=notes,
    )


def _curve(
    intervals: EventIntervals,
    groups: list[np.ndarray],
    generator: np.random.Generator,
    at: Floats,
) -> Floats:
    """Lowest and highest curve of one resample, shape (2, t)."""
    drawn = generator.integers(len(groups), size=len(groups))
    fit = npmle(intervals.take(np.concatenate([groups[number] for number in drawn])))
    return np.array([fit.survival_at(float(time)) for time in at]).T
