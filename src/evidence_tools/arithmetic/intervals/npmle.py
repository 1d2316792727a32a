"""Turnbull's estimate: the distribution of an event's time from intervals, without a model.

Mass can only be placed in the innermost intervals, those that no other bound cuts; where inside
one it lies, nobody can tell. The masses are found by constrained Newton steps and are returned
with a certificate: how much the likelihood could still grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.intervals.intervals import EventIntervals, Floats

_CERTAIN = 1e-12
"""How much the mean log-likelihood may at most still grow when the search ends."""

_MOST_STEPS = 2_000
_SAME = 1e-9
"""Two probabilities this near are one: masses are sums of rounded numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalEstimate:
    """Turnbull's estimate of the time of an event.

    Attributes
    ----------
    left, right : array of float, shape (m,)
        The innermost intervals, closed, in order; `right` is infinite where the last is open.
    mass : array of float, shape (m,)
        Probability in each; they sum to 1.
    survival : array of float, shape (m,)
        Probability that the event comes later than each interval.
    n : int
        Rows.
    weight : float
        Sum of their weights.
    gap : float or None
        How much the mean log-likelihood could still grow at most; None without a row.
    notes : tuple of str
    """

    left: Floats
    right: Floats
    mass: Floats
    survival: Floats
    n: int
    weight: float
    gap: float | None
    notes: tuple[str, ...]

    @property
    def support(self) -> tuple[tuple[float, float | None], ...]:
        """The innermost intervals as pairs; None is open."""
        pairs = zip(self.left, self.right, strict=True)
        return tuple((float(low), _bound(high)) for low, high in pairs)

    def survival_at(self, time: float) -> tuple[float, float]:
        """Lowest and highest probability that the event comes later than `time`.

        They differ only inside an innermost interval, where the data do not say how the mass
        lies; without a row nothing is known, from 0 to 1.
        """
        if not self.n:
            return 0.0, 1.0
        low = float(self.mass[self.left > time].sum())
        high = float(self.mass[self.right > time].sum())
        return min(low, 1.0), min(high, 1.0)

    def quantile(self, probability: float) -> tuple[float, float | None] | None:
        """The interval in which the quantile lies; None as its end is open, None alone unknown."""
        carries = self.mass > _SAME
        if not carries.any():
            return None
        left, right = self.left[carries], self.right[carries]
        cumulated = np.cumsum(self.mass[carries])
        first = min(int(np.searchsorted(cumulated, probability - _SAME)), len(left) - 1)
        exact = abs(cumulated[first] - probability) <= _SAME
        last = min(first + 1, len(left) - 1) if exact else first
        return float(left[first]), _bound(right[last])

    def to_frame(self) -> pd.DataFrame:
        """One row per innermost interval; a missing `right` is open."""
        import pandas as pd

        columns = {"left": self.left, "right": self.right, "mass": self.mass}
        frame = pd.DataFrame(columns | {"survival": self.survival})
        return frame.assign(right=frame["right"].where(np.isfinite(frame["right"])))

    def summary(self) -> str:
        """Rows, intervals that carry mass, where the median lies, and the notes."""
        carrying = int((self.mass > _SAME).sum())
        lines = [f"{self.n} rows, mass in {carrying} of {len(self.mass)} innermost intervals"]
        middle = self.quantile(0.5)
        if middle is not None:
            end = "open" if middle[1] is None else f"{middle[1]:g}"
            lines.append(f"median between {middle[0]:g} and {end}")
        return "\n".join([*lines, *self.notes])


def npmle(intervals: EventIntervals) -> SurvivalEstimate:
    """Turnbull's nonparametric maximum likelihood estimate of an event's time.

    Parameters
    ----------
    intervals : EventIntervals
        Closed intervals with weights, from `event_intervals`.

    Returns
    -------
    SurvivalEstimate
        Masses of the innermost intervals; without a row they are empty and a note says so.

    Notes
    -----
    With a_ij = 1 where row i contains innermost interval j, the masses p maximise
    sum w_i log(sum_j a_ij p_j) over p >= 0, sum p = 1. The problem is concave, so p is the answer
    exactly if no derivative d_j = sum_i w_i a_ij / (A p)_i / sum w exceeds 1 (Kuhn-Tucker), and
    max d_j - 1 bounds what the mean log-likelihood could still grow: that is `gap`. The masses are
    the only ones: A p is unique, and A has full column rank, since each innermost interval but
    the first begins where a row begins and each ends where a row ends. Each Newton
    step is a least-squares problem with non-negative unknowns that sum to 1 (Wang 2008); a step of
    self-consistency (Turnbull's) stands in where it fails. Intervals that touch in one point
    share it, so that [0, 7] and [7, 14] meet in an exact 7; where the event is known to come
    after the lower bound, pass a bound just after it.

    References
    ----------
    Turnbull (1976), J R Stat Soc B 38:290-295. Gentleman and Geyer (1994), Biometrika 81:618-623
    (conditions of Kuhn and Tucker). Wang (2007), doi:10.1111/j.1467-9868.2007.00583.x,
    and Wang (2008), doi:10.1016/j.csda.2007.10.018 (constrained Newton method).

    Examples
    --------
    >>> from evidence_tools.arithmetic.intervals import event_intervals
    >>> fit = npmle(event_intervals([0, 1, 4], [2, 3, 5]))
    >>> fit.support, fit.mass.round(6).tolist()
    (((1.0, 2.0), (4.0, 5.0)), [0.666667, 0.333333])
    """
    left, right = innermost(intervals.lower, intervals.upper)
    if not len(intervals):
        empty = np.empty(0)
        return SurvivalEstimate(
            left=left,
            right=right,
            mass=empty,
            survival=empty,
            n=0,
            weight=0.0,
            gap=None,
            notes=("No intervals, so nothing is known.",),
        )
    member, share = _membership(intervals, left, right)
    mass, gap = _maximise(member, share)
    return SurvivalEstimate(
        left=left,
        right=right,
        mass=mass,
        survival=np.maximum(1 - np.cumsum(mass), 0.0),
        n=len(intervals),
        weight=float(intervals.weight.sum()),
        gap=gap,
        notes=_notes(intervals, gap),
    )


def innermost(lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Innermost intervals: a lower bound with an upper bound next to it in the order of time.

    At one and the same time lower bounds come first, since the intervals are closed.

    >>> low, high = innermost(np.array([0.0, 1.0, 4.0]), np.array([2.0, 3.0, 5.0]))
    >>> low.tolist(), high.tolist()
    ([1.0, 4.0], [2.0, 5.0])
    """
    time = np.concatenate([lower, upper])
    is_upper = np.repeat([False, True], len(lower))
    order = np.lexsort((is_upper, time))
    time, is_upper = time[order], is_upper[order]
    pairs = np.flatnonzero(~is_upper[:-1] & is_upper[1:])
    return time[pairs], time[pairs + 1]


def _membership(intervals: EventIntervals, left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Which different row contains which innermost interval, and the share of each such row."""
    bounds = np.column_stack([intervals.lower, intervals.upper])
    rows, where = np.unique(bounds, axis=0, return_inverse=True)
    share = np.bincount(where.ravel(), weights=intervals.weight) / intervals.weight.sum()
    member = (rows[:, :1] <= left) & (right <= rows[:, 1:])
    return member.astype(float), share


def _maximise(member: Floats, share: Floats) -> tuple[Floats, float]:
    """Masses of greatest likelihood, and how much it could still grow."""
    mass = np.full(member.shape[1], 1 / member.shape[1])
    gap = np.inf
    for _ in range(_MOST_STEPS):
        slope = member.T @ (share / (member @ mass))
        gap = float(slope.max() - 1)
        if gap <= _CERTAIN:
            break
        mass = mass * slope  # self-consistency; it never lowers the likelihood
        mass = _newton(member, share, mass / mass.sum())
    return mass, max(gap, 0.0)


def _newton(member: Floats, share: Floats, mass: Floats) -> Floats:
    """Masses after one constrained Newton step, or as they were where none makes them likelier."""
    fitted = member @ mass
    slope = member.T @ (share / fitted)
    chosen = (mass > 0) | (slope > 1)
    weighted = np.sqrt(share)[:, None] * (member[:, chosen] / fitted[:, None] - 2)
    design = np.vstack([weighted, np.ones(weighted.shape[1])])
    try:
        solution, _ = scipy.optimize.nnls(design, np.append(np.zeros(len(share)), 1.0))
    except RuntimeError:
        return mass
    if solution.sum() <= 0:
        return mass
    target = np.zeros_like(mass)
    target[chosen] = solution / solution.sum()
    return _backtrack(member, share, mass, target)


def _backtrack(member: Floats, share: Floats, mass: Floats, target: Floats) -> Floats:
    """The farthest of ever shorter steps towards the target that makes the data likelier."""
    here = float(share @ np.log(member @ mass))
    rise = float((share / (member @ mass)) @ (member @ (target - mass)))
    step = 1.0
    while step > 1e-6:
        trial = mass + step * (target - mass)
        fitted = member @ trial
        if (fitted > 0).all() and share @ np.log(fitted) >= here + step * rise / 3 - 1e-15:
            return trial
        step /= 2
    return mass


def _notes(intervals: EventIntervals, gap: float) -> tuple[str, ...]:
    notes = []
    if not intervals.seen.any():
        notes.append("No event was seen, so it is known only that all come later.")
    if gap > _CERTAIN:
        notes.append(f"The search ended before it was certain (gap {gap:.1e}).")
    return tuple(notes)


def _bound(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
