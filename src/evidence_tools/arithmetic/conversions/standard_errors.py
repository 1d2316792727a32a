"""Standard errors of an estimate, from its interval, p-value or test statistic."""

from __future__ import annotations

import math

from evidence_tools.arithmetic.conversions.derived import (
    Derived,
    require,
    require_finite,
    require_participants,
    require_positive,
)
from evidence_tools.arithmetic.conversions.intervals import (
    critical_value,
    distribution,
    upper_quantile,
)

OFF_CENTRE = 0.1
"""Share of an interval's width by which the estimate may miss its middle without a note; the
limit is metafor's (`conv.wald`)."""


def se_from_ci(
    *,
    ci_low: float,
    ci_high: float,
    ci_level: float = 95,
    estimate: float | None = None,
    df: float | None = None,
    log_scale: bool = False,
) -> Derived:
    """Standard error of an estimate from its confidence interval.

    se = (ci_high - ci_low) / (2 q), where q is the quantile of the normal or t distribution at
    (1 + ci_level / 100) / 2. For ratios (`log_scale`) the logs of the bounds are taken first. The
    estimate serves as a check only: a note says when it is off the middle by a tenth of the width,
    since the interval is then not of this kind, or a bound misread.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3.

    >>> round(se_from_ci(ci_low=-1.96, ci_high=1.96).value, 4)
    1.0
    """
    place = f"interval {ci_low:g} to {ci_high:g}"
    require_finite(place, ci_low=ci_low, ci_high=ci_high)
    require(ci_low < ci_high, place, found="no width above 0", allowed="ci_low below ci_high")
    low, high = _on_scale(place, ci_low, log_scale), _on_scale(place, ci_high, log_scale)
    notes: tuple[str, ...] = ()
    if estimate is not None:
        require(
            ci_low <= estimate <= ci_high, place, found=f"{estimate:g}", allowed="a value within it"
        )
        off = abs(_on_scale(place, estimate, log_scale) - (low + high) / 2) / (high - low)
        if off > OFF_CENTRE:
            notes = (f"the estimate {estimate:g} is not midway between {ci_low:g} and {ci_high:g}",)
    se = (high - low) / (2 * critical_value(ci_level, df))
    method = distribution(df) + (", log scale" if log_scale else "")
    return Derived(quantity="se", value=se, derivation="from-ci", method=method, notes=notes)


def se_from_p(
    *, estimate: float, p_value: float, df: float | None = None, log_scale: bool = False
) -> Derived:
    """Standard error of an estimate from its two-sided p-value.

    se = |estimate| / q, where q is the quantile of the normal or t distribution at 1 - p / 2.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3 (3.8 points, p = 0.008,
    25 and 22 participants: t = 2.78, se = 1.37).

    >>> round(se_from_p(estimate=3.8, p_value=0.008, df=45).value, 2)
    1.37
    """
    place = f"p-value of {estimate:g}"
    require(0 < p_value < 1, place, found=f"{p_value:g}", allowed="above 0, below 1")
    q = upper_quantile(p_value / 2, df)
    difference = _on_scale(place, estimate, log_scale)
    method = distribution(df) + (", log scale" if log_scale else "")
    return _se_from_statistic(difference, q, "from-p", method)


def se_from_t(*, estimate: float, t: float) -> Derived:
    """Standard error of an estimate from its t statistic.

    se = |estimate| / |t|.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3.

    >>> se_from_t(estimate=-6, t=2).value
    3.0
    """
    return _se_from_statistic(estimate, t, "from-t", "estimate over t")


def se_from_z(*, estimate: float, z: float) -> Derived:
    """Standard error of an estimate from its z statistic.

    se = |estimate| / |z|.

    Source: Viechtbauer (2010), metafor, function `conv.wald`.

    >>> se_from_z(estimate=1.5, z=-3).value
    0.5
    """
    return _se_from_statistic(estimate, z, "from-z", "estimate over z")


def se_from_f(*, estimate: float, f: float) -> Derived:
    """Standard error of a difference from an F statistic on 1 numerator degree of freedom.

    F(1, df) is the square of t on df, so se = |estimate| / sqrt(F). Of an analysis with
    covariates it is the standard error of the adjusted difference.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 16.1.3.2 (names F values as a
    source).

    >>> se_from_f(estimate=-6, f=4).value
    3.0
    """
    require_positive("F statistic", f=f)
    return _se_from_statistic(estimate, math.sqrt(f), "from-f", "estimate over root of F")


def se_from_sd(*, sd: float, n: float) -> Derived:
    """Standard error of one group's mean from its standard deviation.

    se = sd / sqrt(n).

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 16.4.6.4 (sd 2, n 10: se 0.632).

    >>> se_from_sd(sd=12, n=36).value
    2.0
    """
    require_positive("standard deviation", sd=sd)
    require_participants("standard error", 2, n=n)
    return Derived(
        quantity="se", value=sd / math.sqrt(n), derivation="from-sd", method="sd over root of n"
    )


def _on_scale(place: str, value: float, log_scale: bool) -> float:
    """The value itself, or the log of a ratio."""
    if not log_scale:
        return value
    require_positive(place, ratio=value)
    return math.log(value)


def _se_from_statistic(estimate: float, statistic: float, derivation: str, method: str) -> Derived:
    """|estimate| / |statistic|, refused where either is 0."""
    place = f"standard error {derivation}"
    require_finite(place, estimate=estimate, statistic=statistic)
    require(
        estimate != 0 and statistic != 0,
        place,
        found=f"estimate {estimate:g}, statistic {statistic:g}",
        allowed="both other than 0",
        hint="No difference fits every standard error.",
    )
    se = abs(estimate) / abs(statistic)
    return Derived(quantity="se", value=se, derivation=derivation, method=method)
