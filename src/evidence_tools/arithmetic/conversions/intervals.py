"""Quantiles of normal and t distributions, and the t statistic behind a p-value."""

from __future__ import annotations

from scipy.special import ndtri, stdtrit

from evidence_tools.arithmetic.conversions.derived import (
    Derived,
    require,
    require_positive,
)


def upper_quantile(tail: float, df: float | None) -> float:
    """The point with this probability above it, under a t distribution or (df None) a normal."""
    if df is not None:
        require_positive("t distribution", df=df)
    value = -ndtri(tail) if df is None else -stdtrit(df, tail)
    return float(value)


def critical_value(ci_level: float, df: float | None) -> float:
    """Standard errors from an estimate to a bound of its interval."""
    require(0 < ci_level < 100, "ci_level", found=f"{ci_level:g}", allowed="above 0, below 100")
    return upper_quantile((1 - ci_level / 100) / 2, df)


def distribution(df: float | None) -> str:
    """The words for the distribution that a conversion assumed."""
    return "normal" if df is None else f"t, {df:g} degrees of freedom"


def t_from_p(*, p_value: float, df: float) -> Derived:
    """Size of the t statistic of a two-sided test, from its p-value.

    The quantile of the t distribution at 1 - p / 2.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3 (p = 0.008 with 25 and
    22 participants: t = 2.78).

    >>> round(t_from_p(p_value=0.008, df=45).value, 2)
    2.78
    """
    require(0 < p_value < 1, "p-value", found=f"{p_value:g}", allowed="above 0, below 1")
    t = upper_quantile(p_value / 2, df)
    return Derived(quantity="t", value=t, derivation="from-p", method=distribution(df))
