"""The door for times of events: intervals, weights and clusters, checked once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence_tools.base.errors import NotEstimableError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventIntervals:
    """Closed intervals in which events lie, one per row.

    Attributes
    ----------
    lower, upper : array of float, shape (n,)
        ``0 <= lower <= upper``; `upper` is infinite where the event was not seen; equal bounds
        are an exact time.
    weight : array of float, shape (n,)
        Positive; how many times a row counts.
    cluster : array of int, shape (n,)
        Rows of one number belong together and are resampled together.
    """

    lower: Floats
    upper: Floats
    weight: Floats
    cluster: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """True for the rows whose event was seen to have happened."""
        return np.isfinite(self.upper)

    def take(self, rows: NDArray[np.int64]) -> EventIntervals:
        """The rows with these numbers; a row may be taken more than once."""
        return EventIntervals(
            lower=self.lower[rows],
            upper=self.upper[rows],
            weight=self.weight[rows],
            cluster=self.cluster[rows],
        )


def event_intervals(
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> EventIntervals:
    """Times of events, checked and in one form.

    Parameters
    ----------
    lower, upper : array of float or None, shape (n,)
        Bounds of each event in one unit of time since one start; a missing lower is 0, a missing
        upper is open.
    weights : array of float, shape (n,), optional
        Positive; 1 each where left out.
    clusters : sequence of anything, shape (n,), optional
        Which rows belong together, such as the programme; each row alone where left out.

    Returns
    -------
    EventIntervals
        In the order given; it may be empty.

    Raises
    ------
    NotEstimableError
        If the lists differ in length, a time is negative, an interval is reversed, or a weight is
        not a positive number; the message names the first such row.

    Examples
    --------
    >>> event_intervals([0, 7], [7, None]).upper
    array([ 7., inf])
    """
    low, high = _numbers(lower, missing=0.0), _numbers(upper, missing=np.inf)
    weight = np.ones_like(low) if weights is None else _numbers(weights, missing=np.nan)
    names = list(range(len(low))) if clusters is None else list(clusters)
    sizes = (len(low), len(high), len(weight), len(names))
    if len(set(sizes)) > 1:
        found = f"{sizes[0]} lower, {sizes[1]} upper, {sizes[2]} weights, {sizes[3]} clusters"
        raise NotEstimableError("times of events", found=found, allowed="equally many of each")
    _refuse(~(np.isfinite(low) & (low >= 0)), low, "lower", "a number from 0 on, or missing")
    _refuse(~(high >= low), high, "upper", "lower or more, or missing")
    _refuse(~(np.isfinite(weight) & (weight > 0)), weight, "weight", "a number above 0")
    order = {name: position for position, name in enumerate(dict.fromkeys(names))}
    numbers = np.array([order[name] for name in names], dtype=np.int64)
    return EventIntervals(lower=low, upper=high, weight=weight, cluster=numbers)


def _numbers(values: ArrayLike, *, missing: float) -> Floats:
    numbers = np.array(values, dtype=float, ndmin=1)
    return np.where(np.isnan(numbers), missing, numbers)


def _refuse(bad: NDArray[np.bool_], values: Floats, name: str, allowed: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise NotEstimableError(
            f"times of events, row {row + 1}, {name}", found=f"{values[row]:g}", allowed=allowed
        )
