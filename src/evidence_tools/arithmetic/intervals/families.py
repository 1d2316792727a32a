"""Three families of times whose logarithms have a location and a scale.

``log T = location + scale * error``: the error is normal (log-normal), logistic (log-logistic) or
the smallest extreme value (Weibull). Each family gives logarithms of its density, of what lies
below and of what lies above, for standardised logarithms of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_expit, log_ndtr, logit, ndtri

if TYPE_CHECKING:
    from evidence_tools.arithmetic.intervals.intervals import EventIntervals, Floats

_FARTHEST = 600.0
"""Standardised times beyond this are held here, so that their exponentials stay finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of distributions on the positive times.

    Attributes
    ----------
    name : str
    log_density, log_below, log_above : function of array
        Of the standardised error.
    quantile : function of float
        The standardised error below which a given probability lies.
    """

    name: str
    log_density: Callable[[Floats], Floats]
    log_below: Callable[[Floats], Floats]
    log_above: Callable[[Floats], Floats]
    quantile: Callable[[float], float]


FAMILIES = (
    Family(
        name="weibull",
        log_density=lambda z: z - np.exp(z),
        log_below=lambda z: np.log(-np.expm1(-np.exp(z))),
        log_above=lambda z: -np.exp(z),
        quantile=lambda p: float(np.log(-np.log1p(-p))),
    ),
    Family(
        name="log-normal",
        log_density=lambda z: -0.5 * z**2 - 0.5 * np.log(2 * np.pi),
        log_below=log_ndtr,
        log_above=lambda z: log_ndtr(-z),
        quantile=lambda p: float(ndtri(p)),
    ),
    Family(
        name="log-logistic",
        log_density=lambda z: log_expit(z) + log_expit(-z),
        log_below=log_expit,
        log_above=lambda z: log_expit(-z),
        quantile=lambda p: float(logit(p)),
    ),
)


def log_likelihood(
    family: Family, intervals: EventIntervals, location: float, scale: float
) -> float:
    """Weighted log-likelihood of intervals and exact times; minus infinity where impossible."""
    exact = intervals.lower == intervals.upper
    with np.errstate(divide="ignore", invalid="ignore"):
        begin = _standardised(intervals.lower, location, scale)
        end = _standardised(intervals.upper, location, scale)
        densities = family.log_density(begin[exact]) - np.log(scale * intervals.lower[exact])
        ranges = _log_between(family, begin[~exact], end[~exact])
    total = intervals.weight[exact] @ densities + intervals.weight[~exact] @ ranges
    return float(total) if np.isfinite(total) else -np.inf


def _standardised(times: Floats, location: float, scale: float) -> Floats:
    z = (np.log(times) - location) / scale
    return np.where(np.isfinite(z), np.clip(z, -_FARTHEST, _FARTHEST), z)


def _log_between(family: Family, begin: Floats, end: Floats) -> Floats:
    """Logarithm of the probability between two errors, from the tail in which both lie."""
    from_above = _log_difference(family.log_above(begin), family.log_above(end))
    from_below = _log_difference(family.log_below(end), family.log_below(begin))
    return np.where(begin > 0, from_above, from_below)


def _log_difference(more: Floats, less: Floats) -> Floats:
    return more + np.log(-np.expm1(less - more))
