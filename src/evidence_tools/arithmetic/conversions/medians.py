"""Means and standard deviations from medians, quartiles and ranges.

All six formulas assume values from a normal distribution and are poor guesses otherwise, while
papers print medians because their values are not normal. So each mean carries a note when the
numbers themselves look skewed. The mean comes from one paper and the standard deviation from
another; both papers want the number of participants, 5 or more. The quartiles themselves go in,
not their distance.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from evidence_tools.arithmetic.conversions.derived import (
    Derived,
    require,
    require_finite,
    require_participants,
)

LEAST_PARTICIPANTS = 5
"""The formulas were made for samples of 5, 9, 13 …; metafor refuses fewer than 5 as well."""


def mean_from_range(*, minimum: float, median: float, maximum: float, n: float) -> Derived:
    """Mean from the median and the smallest and largest value.

    mean = w (minimum + maximum) / 2 + (1 - w) median, w = 4 / (4 + n^0.75). Skewed if
    |minimum + maximum - 2 median| / (maximum - minimum) is at least
    1 / log(n + 9) + 2.5 / (n + 1).

    Source: Luo, Wan, Liu, Tong (2018), equation 7. doi:10.1177/0962280216669183 Shi et al. (2023),
    skewness. doi:10.1177/09622802231172043

    >>> round(mean_from_range(minimum=2, median=6, maximum=14, n=16).value, 4)
    6.6667
    """
    _require_order(n, minimum=minimum, median=median, maximum=maximum)
    w = 4 / (4 + n**0.75)
    mean = w * (minimum + maximum) / 2 + (1 - w) * median
    notes = _skew_note(_lean(minimum, median, maximum), 1 / math.log(n + 9) + 2.5 / (n + 1))
    return Derived(
        quantity="mean", value=mean, derivation="from-range", method="Luo 2018", notes=notes
    )


def mean_from_quartiles(*, q1: float, median: float, q3: float, n: float) -> Derived:
    """Mean from the median and the quartiles.

    mean = w (q1 + q3) / 2 + (1 - w) median, w = 0.7 + 0.39 / n. Skewed if
    |q1 + q3 - 2 median| / (q3 - q1) is at least 2.65 / sqrt(n) - 6 / n^2.

    Source: Luo, Wan, Liu, Tong (2018), equation 11. doi:10.1177/0962280216669183 Shi et al. (2023),
    skewness. doi:10.1177/09622802231172043

    >>> round(mean_from_quartiles(q1=4, median=6, q3=10, n=39).value, 2)
    6.71
    """
    _require_order(n, q1=q1, median=median, q3=q3)
    w = 0.7 + 0.39 / n
    mean = w * (q1 + q3) / 2 + (1 - w) * median
    notes = _skew_note(_lean(q1, median, q3), 2.65 / math.sqrt(n) - 6 / n**2)
    return Derived(
        quantity="mean", value=mean, derivation="from-quartiles", method="Luo 2018", notes=notes
    )


def mean_from_five_numbers(
    *, minimum: float, q1: float, median: float, q3: float, maximum: float, n: float
) -> Derived:
    """Mean from the median, the quartiles and the range.

    mean = v (minimum + maximum) / 2 + w (q1 + q3) / 2 + (1 - v - w) median,
    v = 2.2 / (2.2 + n^0.75), w = 0.7 - 0.72 / n^0.55. Skewed if the larger of
    2.65 log(0.6 n) / sqrt(n) times the statistic of `mean_from_range`, and the statistic of
    `mean_from_quartiles`, is at least 3 / sqrt(n) - 40 / n^3.

    Source: Luo, Wan, Liu, Tong (2018), equation 15. doi:10.1177/0962280216669183 Shi et al. (2023),
    skewness. doi:10.1177/09622802231172043

    >>> symmetric = {"minimum": 0, "q1": 4, "median": 6, "q3": 8, "maximum": 12}
    >>> round(mean_from_five_numbers(**symmetric, n=20).value, 6)
    6.0
    """
    _require_order(n, minimum=minimum, q1=q1, median=median, q3=q3, maximum=maximum)
    _require_order(n, q1=q1, median=median, q3=q3)
    v, w = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    mean = v * (minimum + maximum) / 2 + w * (q1 + q3) / 2 + (1 - v - w) * median
    ends = 2.65 * math.log(0.6 * n) / math.sqrt(n) * _lean(minimum, median, maximum)
    notes = _skew_note(max(ends, _lean(q1, median, q3)), 3 / math.sqrt(n) - 40 / n**3)
    return Derived(
        quantity="mean", value=mean, derivation="from-five-numbers", method="Luo 2018", notes=notes
    )


def sd_from_range(*, minimum: float, maximum: float, n: float) -> Derived:
    """Standard deviation from the smallest and largest value.

    sd = (maximum - minimum) / (2 z((n - 0.375) / (n + 0.25))), z the normal quantile. The paper
    prefers a table of the exact divisors up to 50 participants; the formula stays within 1.5
    percent of it, and metafor uses the formula throughout.

    Source: Wan, Wang, Liu, Tong (2014), equation 9 and table 1. doi:10.1186/1471-2288-14-135

    >>> round(sd_from_range(minimum=2, maximum=14, n=20).value, 4)
    3.2116
    """
    _require_order(n, minimum=minimum, maximum=maximum)
    sd = (maximum - minimum) / range_in_sds(n)
    return Derived(quantity="sd", value=sd, derivation="from-range", method="Wan 2014")


def sd_from_quartiles(*, q1: float, q3: float, n: float) -> Derived:
    """Standard deviation from the quartiles.

    sd = (q3 - q1) / (2 z((0.75 n - 0.125) / (n + 0.25))), z the normal quantile.

    Source: Wan, Wang, Liu, Tong (2014), equation 16. doi:10.1186/1471-2288-14-135

    >>> round(sd_from_quartiles(q1=4, q3=10, n=20).value, 4)
    4.7871
    """
    _require_order(n, q1=q1, q3=q3)
    sd = (q3 - q1) / quartiles_in_sds(n)
    return Derived(quantity="sd", value=sd, derivation="from-quartiles", method="Wan 2014")


def sd_from_five_numbers(
    *, minimum: float, q1: float, q3: float, maximum: float, n: float
) -> Derived:
    """Standard deviation from the quartiles and the range.

    w times the result of `sd_from_range` plus 1 - w times that of `sd_from_quartiles`,
    w = 1 / (1 + 0.07 n^0.6).

    Source: Shi et al. (2020), equation 10. doi:10.1002/jrsm.1429

    >>> round(sd_from_five_numbers(minimum=2, q1=4, q3=10, maximum=14, n=20).value, 4)
    3.6794
    """
    _require_order(n, minimum=minimum, q1=q1, q3=q3, maximum=maximum)
    _require_order(n, q1=q1, q3=q3)
    w = 1 / (1 + 0.07 * n**0.6)
    sd = w * (maximum - minimum) / range_in_sds(n) + (1 - w) * (q3 - q1) / quartiles_in_sds(n)
    return Derived(quantity="sd", value=sd, derivation="from-five-numbers", method="Shi 2020")


def range_in_sds(n: float) -> float:
    """Expected range of n normal values, in standard deviations (Wan 2014, equation 9)."""
    return 2 * float(ndtri((n - 0.375) / (n + 0.25)))


def quartiles_in_sds(n: float) -> float:
    """Expected distance of their quartiles, in standard deviations (Wan 2014, equation 16)."""
    return 2 * float(ndtri((0.75 * n - 0.125) / (n + 0.25)))


def _lean(low: float, median: float, high: float) -> float:
    """How far the median lies off the middle, in parts of the width."""
    return abs(low + high - 2 * median) / (high - low)


def _skew_note(statistic: float, critical: float) -> tuple[str, ...]:
    """A note where the numbers look skewed (Shi 2023), as metafor would leave them out."""
    if statistic < critical:
        return ()
    return (
        f"looks skewed ({statistic:.3f}, critical {critical:.3f}): mean and SD are poor guesses",
    )


def _require_order(n: float, **ascending: float) -> None:
    """Refuse numbers that do not ascend, that span nothing, or too few participants."""
    values = list(ascending.values())
    names = ", ".join(ascending)
    require_finite("five numbers", **ascending)
    require_participants("five numbers", LEAST_PARTICIPANTS, n=n)
    require(
        values == sorted(values) and values[0] < values[-1],
        names,
        found=", ".join(f"{value:g}" for value in values),
        allowed="ascending, not all equal",
    )
