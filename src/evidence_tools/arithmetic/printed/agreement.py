"""Estimates, intervals, p-values and statistics: do they follow from each other?

Every printed number stands for all numbers that round to it, so each answer is a range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit

from evidence_tools.base.errors import NotEstimableError

Statistic = Literal["t", "z", "F", "chi2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The smallest and the largest number that a printed number can stand for."""

    low: float
    high: float

    def misses(self, other: Bounds, *, factor: float = 1) -> bool:
        """Whether the two do not meet, even if one is moved by a factor (both at least 0)."""
        return self.low > other.high * factor or self.high * factor < other.low


def decimals_of(printed: str) -> int:
    """Decimals in a number as printed: 2 for "4.50", 0 for "12".

    >>> decimals_of(".010")
    3
    """
    return len(printed.strip().partition(".")[2])


def rounded(value: float, decimals: int) -> Bounds:
    """All numbers that are printed as this one, both limits included.

    >>> rounded(12.5, 1)
    Bounds(low=12.45, high=12.55)
    """
    half = 0.5 * 10.0**-decimals
    return Bounds(low=value - half, high=value + half)


def off_centre(estimate: Bounds, ci_low: Bounds, ci_high: Bounds, *, log_scale: bool) -> float:
    """By which share of its interval's width an estimate misses the middle, rounding forgiven.

    |estimate - (ci_low + ci_high) / 2| at its smallest within rounding, over the printed width.

    Source: Viechtbauer (2010), metafor: `conv.wald` warns where this share exceeds 0.1.

    >>> bounds = [rounded(value, 1) for value in (2.0, 1.0, 5.0)]
    >>> round(off_centre(*bounds, log_scale=False), 3)
    0.225
    """
    estimate, low, high = (_on_scale(each, log_scale) for each in (estimate, ci_low, ci_high))
    width = (high.low + high.high - low.low - low.high) / 2
    if width <= 0:
        raise NotEstimableError("interval", found="no width", allowed="ci_low below ci_high")
    middle = Bounds(low=(low.low + high.low) / 2, high=(low.high + high.high) / 2)
    return max(estimate.low - middle.high, middle.low - estimate.high, 0.0) / width


def p_of_interval(
    estimate: Bounds,
    ci_low: Bounds,
    ci_high: Bounds,
    *,
    ci_level: float,
    log_scale: bool,
    df: float | None,
) -> Bounds:
    """The two-sided p-values that an estimate and its interval allow, against no difference.

    p = 2 P(T > q |estimate| / h), where h is half the width of the interval and q the quantile
    of its level, at the ends of rounding and under both distributions: normal, and t with `df`, the
    fewest degrees of freedom that may stand behind the interval (None for the normal alone).

    Source: Altman and Bland (2011), How to obtain the P value from a confidence interval, BMJ
    343:d2304, doi:10.1136/bmj.d2304; exact tails here in place of their approximation.

    >>> bounds = [rounded(value, 2) for value in (1.0, 0.0, 2.0)]
    >>> p = p_of_interval(*bounds, ci_level=95, log_scale=False, df=None)
    >>> p.low < 0.05 < p.high
    True
    """
    estimate, low, high = (_on_scale(each, log_scale) for each in (estimate, ci_low, ci_high))
    narrow, wide = (high.low - low.high) / 2, (high.high - low.low) / 2
    if narrow <= 0:
        raise NotEstimableError("interval", found="no width", allowed="ci_low below ci_high")
    nearest, farthest = _distances(estimate)
    near, far = nearest / wide, farthest / narrow
    cumulative = 0.5 + ci_level / 200
    values = [2 * ndtr(-ndtri(cumulative) * ratio) for ratio in (near, far)]
    if df is not None:
        values += [2 * stdtr(df, -stdtrit(df, cumulative) * ratio) for ratio in (near, far)]
    return Bounds(low=float(min(values)), high=float(max(values)))


def p_of_statistic(
    kind: Statistic, value: Bounds, *, df: float | None = None, df_within: float | None = None
) -> Bounds:
    """The p-values that a printed statistic allows (two-sided; its sign is not used).

    The upper tail of the distribution, doubled for t and z, at both ends of rounding.

    Source: Nuijten et al. (2016), The prevalence of statistical reporting errors in psychology
    (statcheck), doi:10.3758/s13428-015-0664-2.

    >>> p = p_of_statistic("t", rounded(2.2, 1), df=28)
    >>> p.low < 0.036 < p.high
    True
    """
    needed = {"t": (df,), "z": (), "F": (df, df_within), "chi2": (df,)}[kind]
    if any(number is None or number <= 0 for number in needed):
        found = f"{kind} on {', '.join(map(str, needed))}"
        raise NotEstimableError("statistic", found=found, allowed="degrees of freedom above 0")
    near, far = _distances(value)
    low, high = (_tail(kind, x, df, df_within) for x in (far, near))
    return Bounds(low=low, high=high)


def _tail(kind: Statistic, x: float, df: float | None, df_within: float | None) -> float:
    """The p-value of one statistic of at least 0."""
    if kind == "t":
        return float(2 * stdtr(df, -x))
    if kind == "z":
        return float(2 * ndtr(-x))
    return float(fdtrc(df, df_within, x) if kind == "F" else chdtrc(df, x))


def se_of_sd(sd: Bounds, n: int) -> Bounds:
    """The standard errors of a mean that its standard deviation allows.

    se = sd / sqrt(n).

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.2.

    >>> se_of_sd(Bounds(low=8.0, high=8.0), 16)
    Bounds(low=2.0, high=2.0)
    """
    if n < 1:
        raise NotEstimableError("standard error", found=f"n {n}", allowed="1 person or more")
    return Bounds(low=max(sd.low, 0.0) / math.sqrt(n), high=sd.high / math.sqrt(n))


def _distances(bounds: Bounds) -> tuple[float, float]:
    """How near to 0 and how far from it a number within these bounds can lie."""
    ends = abs(bounds.low), abs(bounds.high)
    return (0.0 if bounds.low <= 0 <= bounds.high else min(ends)), max(ends)


def _on_scale(bounds: Bounds, log_scale: bool) -> Bounds:
    """The bounds, or their logs; a ratio that rounding lets reach 0 has no lower end."""
    if not log_scale:
        return bounds
    if bounds.high <= 0 or bounds.low + bounds.high <= 0:
        raise NotEstimableError("ratio", found=f"{bounds.high:g}", allowed="above 0")
    low = math.log(bounds.low) if bounds.low > 0 else -math.inf
    return Bounds(low=low, high=math.log(bounds.high))
