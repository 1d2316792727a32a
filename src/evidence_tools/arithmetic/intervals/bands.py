"""Known still there, unknown, known gone: what intervals say at each time, without a model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from evidence_tools.arithmetic.intervals.intervals import EventIntervals, Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnowledgeBands:
    """Shares of the rows in three states of knowledge over time.

    Attributes
    ----------
    times : array of float, shape (t,)
    still_there, unknown, gone : array of float, shape (t,)
        Shares of the weight, which sum to 1 at each time.
    n : int
        Rows.
    k : int
        Clusters.
    weight : float
        Sum of the weights.
    """

    times: Floats
    still_there: Floats
    unknown: Floats
    gone: Floats
    n: int
    k: int
    weight: float

    def to_frame(self) -> pd.DataFrame:
        """One row per time."""
        import pandas as pd

        names = ("still_there", "unknown", "gone")
        return pd.DataFrame({"time": self.times} | {name: getattr(self, name) for name in names})

    def summary(self) -> str:
        """Rows, and the largest share that is ever known to be gone."""
        if not self.n or not len(self.times):
            return "no intervals"
        return f"{self.n} rows; known gone at the last time: {self.gone[-1]:.0%}"


def knowledge_bands(intervals: EventIntervals, times: ArrayLike) -> KnowledgeBands:
    """Shares known still there, unknown and known gone at each time.

    Parameters
    ----------
    intervals : EventIntervals
        Intervals in which something was lost.
    times : array of float, shape (t,)
        In the unit of the intervals.

    Returns
    -------
    KnowledgeBands
        Without rows everything is unknown.

    Notes
    -----
    At a time a row is gone if its upper bound lies there or before; else still there if its lower
    bound lies there or after; else unknown. So what was last seen at day 7 counts as there at day
    7, what was first found gone at day 14 counts as gone at day 14, and an exact loss at day 7
    counts as gone at day 7.

    Examples
    --------
    >>> from evidence_tools.arithmetic.intervals import event_intervals
    >>> bands = knowledge_bands(event_intervals([7, 3], [None, 7]), [3, 5, 7])
    >>> bands.still_there.tolist(), bands.gone.tolist()
    ([1.0, 0.5, 0.5], [0.0, 0.0, 0.5])
    """
    at = np.array(times, dtype=float, ndmin=1)
    is_gone = intervals.upper <= at[:, None]
    is_there = (intervals.lower >= at[:, None]) & ~is_gone
    return KnowledgeBands(
        times=at,
        still_there=_shares(intervals.weight, is_there),
        unknown=_shares(intervals.weight, ~is_gone & ~is_there)
        if len(intervals)
        else np.ones(len(at)),
        gone=_shares(intervals.weight, is_gone),
        n=len(intervals),
        k=len(np.unique(intervals.cluster)),
        weight=math.fsum(intervals.weight),
    )


def _shares(weight: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Shares of the weight; sums rounded once, so that more rows never give less."""
    total = math.fsum(weight) or 1.0
    return np.array([math.fsum(weight[row]) / total for row in chosen], dtype=float)
