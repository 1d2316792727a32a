"""Medians that several sources print, pooled without and with a model.

A median says where the middle person stood, not how the others spread. The median of the medians
asks nothing of that spread; the model has to assume it, and says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr

from evidence_tools.arithmetic.pooling.pool import PooledEffect, pool
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from evidence_tools.arithmetic.intervals.intervals import Floats

CI_LEVEL: float = 95
"""Percent, of every interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledMedian:
    """A pooled median, in the unit of the medians.

    Attributes
    ----------
    estimate, ci_low, ci_high : float or None
        None where not estimable; the notes say why.
    k : int
        Medians.
    method : str
    ci_level : float
        Percent.
    effect : PooledEffect or None
        The random-effects fit of the logarithms behind a modelled estimate.
    notes : tuple of str
    """

    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    k: int
    method: str
    ci_level: float
    effect: PooledEffect | None = None
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        import pandas as pd

        names = ("estimate", "ci_low", "ci_high", "k", "method", "ci_level")
        row = {name: getattr(self, name) for name in names}
        return pd.DataFrame([row | {"notes": " ".join(self.notes)}])

    def summary(self) -> str:
        """Estimate, interval, number of medians, and the notes."""
        if self.estimate is None:
            return "\n".join([f"no pooled median ({self.method})", *self.notes])
        line = f"{self.estimate:.3g}"
        if self.ci_low is not None and self.ci_high is not None:
            line += f", {self.ci_level:g}% CI {self.ci_low:.3g} to {self.ci_high:.3g}"
        medians = "1 median" if self.k == 1 else f"{self.k} medians"
        return "\n".join([f"{line}, {medians} ({self.method})", *self.notes])


def median_of_medians(medians: ArrayLike) -> PooledMedian:
    """The median of the medians, with an exact interval.

    Parameters
    ----------
    medians : array of float, shape (k,)
        Above 0.

    Returns
    -------
    PooledMedian
        Without a median, None and a note. The interval needs enough medians.

    Raises
    ------
    NotEstimableError
        If a median is not a positive number.

    Notes
    -----
    The interval inverts the sign test: from the j-th smallest to the j-th largest median, with the
    largest j for which twice P(Binomial(k, 1/2) < j) is at most 5%; that takes six medians.

    References
    ----------
    McGrath, Zhao, Qin, Steele, Benedetti (2019), doi:10.1002/sim.8013.

    Examples
    --------
    >>> median_of_medians([14, 20, 40]).estimate
    20.0
    """
    values, _ = _checked(medians, np.ones_like(np.array(medians, dtype=float, ndmin=1)))
    method = "median of medians"
    if not len(values):
        return _nothing(method, "No medians to pool.")
    values = np.sort(values)
    low, high, notes = None, None, []
    at_most = bdtr(np.arange(len(values) + 1.0), len(values), 0.5)
    rank = int(np.searchsorted(at_most, (1 - CI_LEVEL / 100) / 2))
    if rank < 1:
        notes.append(f"No interval: {len(values)} medians are too few for {CI_LEVEL:g}%.")
    else:
        low, high = float(values[rank - 1]), float(values[-rank])
    return PooledMedian(
        estimate=float(np.median(values)),
        ci_low=low,
        ci_high=high,
        k=len(values),
        method=method,
        ci_level=CI_LEVEL,
        notes=tuple(notes),
    )


def pool_log_medians(
    medians: ArrayLike, n: ArrayLike, *, log_sd: float, fewest: int = 2
) -> PooledMedian:
    """The typical median over studies, by random effects on the logarithms.

    Parameters
    ----------
    medians : array of float, shape (k,)
        Above 0.
    n : array of float, shape (k,)
        People behind each.
    log_sd : float
        Assumed standard deviation of the logarithms of single people's times.
    fewest : int, default 2
        Medians that are needed.

    Returns
    -------
    PooledMedian
        With fewer medians than needed None and a note.

    Raises
    ------
    NotEstimableError
        If a median, an n or the assumed spread is not a positive number.

    Notes
    -----
    If times are log-normal, the logarithm of a sample median of n people has in large samples the
    variance pi log_sd² / (2 n). The logarithms are pooled by REML with the guarded Knapp-Hartung
    interval. Medians from censored times vary more than this says.

    References
    ----------
    McGrath, Zhao, Qin, Steele, Benedetti (2019), doi:10.1002/sim.8013 (pooling medians). The
    variance is the general one of a sample median, 1 / (4 n f²), at a normal density f.

    Examples
    --------
    >>> round(pool_log_medians([20, 20], [10, 30], log_sd=1).estimate, 6)
    20.0
    """
    values, sizes = _checked(medians, n)
    if not (math.isfinite(log_sd) and log_sd > 0):
        raise NotEstimableError("log_sd", found=f"{log_sd:g}", allowed="a number above 0")
    method = "log-normal random effects"
    if len(values) < max(fewest, 2):
        found = f"{len(values)} medians with their n, and {max(fewest, 2)} are needed."
        return _nothing(method, found)
    effect = pool(np.log(values), math.pi * log_sd**2 / (2 * sizes))
    assumed = (
        f"Assumed, not seen: single people's times are log-normal with a spread of {log_sd:g} on "
        f"the logarithm."
    )
    return PooledMedian(
        estimate=_exponential(effect.estimate),
        ci_low=_exponential(effect.ci_low),
        ci_high=_exponential(effect.ci_high),
        k=len(values),
        method=method,
        ci_level=CI_LEVEL,
        effect=effect,
        notes=(assumed, *effect.notes),
    )


def _exponential(value: float | None) -> float | None:
    return None if value is None else math.exp(value)


def _checked(values: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    numbers = np.array(values, dtype=float, ndmin=1)
    sizes = np.array(n, dtype=float, ndmin=1)
    if numbers.shape != sizes.shape:
        found = f"{len(numbers)} medians and {len(sizes)} n"
        raise NotEstimableError("medians", found=found, allowed="equally many of each")
    good = np.isfinite(numbers) & (numbers > 0) & np.isfinite(sizes) & (sizes > 0)
    if not good.all():
        row = int(np.argmin(good))
        found = f"{numbers[row]:g} with {sizes[row]:g}"
        raise NotEstimableError(f"medians, row {row + 1}", found=found, allowed="numbers above 0")
    return numbers, sizes


def _nothing(method: str, note: str) -> PooledMedian:
    return PooledMedian(
        estimate=None,
        ci_low=None,
        ci_high=None,
        k=0,
        method=method,
        ci_level=CI_LEVEL,
        notes=(note,),
    )
