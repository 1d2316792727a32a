"""Standard deviations of the values, from what a paper prints about a mean or a difference.

Every function takes either one group (`n`: the mean of an arm, a mean change, a mean difference
within persons) or two independent arms (`n` and `n_control`: the standard deviation is then the
one that both arms share). An estimate that was adjusted for covariates, or taken from a model of
repeated measures, gives a standard deviation that is too small; no number can show that.
"""

from __future__ import annotations

import math
from dataclasses import replace

from evidence_tools.arithmetic.conversions.derived import (
    Derived,
    require_participants,
    require_positive,
)
from evidence_tools.arithmetic.conversions.standard_errors import (
    se_from_ci,
    se_from_f,
    se_from_p,
    se_from_t,
    se_from_z,
)


def sd_from_se(*, se: float, n: float, n_control: float | None = None) -> Derived:
    """Standard deviation from the standard error of a mean or of a difference of two arms.

    One group: sd = se sqrt(n). Two arms of equal standard deviation:
    sd = se / sqrt(1 / n + 1 / n_control).

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, sections 7.7.3.2 and 7.7.3.3.

    >>> sd_from_se(se=2, n=36).value, sd_from_se(se=2, n=8, n_control=8).value
    (12.0, 4.0)
    """
    require_positive("standard error", se=se)
    known = Derived(quantity="se", value=se, derivation="from-se", method="se over its factor")
    return _spread(known, n, n_control)


def sd_from_ci(
    *,
    ci_low: float,
    ci_high: float,
    n: float,
    n_control: float | None = None,
    ci_level: float = 95,
) -> Derived:
    """Standard deviation from the confidence interval of a mean or of a difference of two arms.

    The standard error of `se_from_ci` with n - 1 (two arms: n + n_control - 2) degrees of
    freedom, then as `sd_from_se`.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, sections 7.7.3.2 (25 participants: the
    width is 4.128 standard errors) and 7.7.3.3.

    >>> round(sd_from_ci(ci_low=0, ci_high=4.128, n=25).value, 3)
    5.0
    """
    df = _df(n, n_control)
    se = se_from_ci(ci_low=ci_low, ci_high=ci_high, ci_level=ci_level, df=df)
    return _spread(se, n, n_control)


def sd_from_p(
    *, estimate: float, p_value: float, n: float, n_control: float | None = None
) -> Derived:
    """Standard deviation from the p-value of a t test of a mean or of a difference.

    The standard error of `se_from_p` with n - 1 (two arms: n + n_control - 2) degrees of
    freedom, then as `sd_from_se`.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3.

    >>> round(sd_from_p(estimate=3.8, p_value=0.008, n=25, n_control=22).value, 1)
    4.7
    """
    se = se_from_p(estimate=estimate, p_value=p_value, df=_df(n, n_control))
    return _spread(se, n, n_control)


def sd_from_t(*, estimate: float, t: float, n: float, n_control: float | None = None) -> Derived:
    """Standard deviation from a t statistic; of a paired t, that of the differences.

    se = |estimate| / |t|, then as `sd_from_se`.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3.

    >>> sd_from_t(estimate=6, t=3, n=9).value
    6.0
    """
    return _spread(se_from_t(estimate=estimate, t=t), n, n_control)


def sd_from_z(*, estimate: float, z: float, n: float, n_control: float | None = None) -> Derived:
    """Standard deviation from a z statistic of a mean or of a difference.

    se = |estimate| / |z|, then as `sd_from_se`. The z of a rank test (Wilcoxon, Mann-Whitney) is
    not of this kind.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3 (the same step for t).

    >>> sd_from_z(estimate=6, z=3, n=9).value
    6.0
    """
    return _spread(se_from_z(estimate=estimate, z=z), n, n_control)


def sd_from_f(*, estimate: float, f: float, n: float, n_control: float | None = None) -> Derived:
    """Standard deviation from an F statistic on 1 numerator degree of freedom.

    se = |estimate| / sqrt(F), then as `sd_from_se`.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 16.1.3.2 (names F values as a
    source).

    >>> sd_from_f(estimate=6, f=9, n=9).value
    6.0
    """
    return _spread(se_from_f(estimate=estimate, f=f), n, n_control)


def _df(n: float, n_control: float | None) -> float:
    """Degrees of freedom of a t test of one group or of two arms."""
    require_participants("degrees of freedom", 2, n=n)
    if n_control is None:
        return n - 1
    require_participants("degrees of freedom", 2, n_control=n_control)
    return n + n_control - 2


def _spread(se: Derived, n: float, n_control: float | None) -> Derived:
    """The standard deviation behind a standard error, with the same history."""
    _df(n, n_control)
    share = 1 / n if n_control is None else 1 / n + 1 / n_control
    return replace(se, quantity="sd", value=se.value / math.sqrt(share))
