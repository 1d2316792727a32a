"""From a standard error to an interval or a p-value, and the quantiles that both ways share."""

from __future__ import annotations

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from evidence_tools.conversions.derived import (
    Derived,
    require,
    require_finite,
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


def ci_from_se(
    *, estimate: float, se: float, ci_level: float = 95, df: float | None = None
) -> tuple[Derived, Derived]:
    """Confidence interval of an estimate from its standard error.

    Parameters
    ----------
    estimate, se : float
        In the same unit (of a ratio: logs).
    ci_level : float
        Percent, 95 unless told.
    df : float, optional
        Degrees of freedom of a t distribution; otherwise normal.

    Returns
    -------
    tuple of Derived
        ``ci_low`` and ``ci_high``, derivation "from-se".

    Raises
    ------
    NotEstimableError
        If se is not above 0, or the level not between 0 and 100.

    Notes
    -----
    estimate -/+ q se, where q is the quantile of the normal or t distribution at
    (1 + ci_level / 100) / 2; the inverse of `se_from_ci`.

    References
    ----------
    Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.2 (25 participants: q = 2.0639).

    Examples
    --------
    >>> [round(bound.value, 2) for bound in ci_from_se(estimate=10, se=1)]
    [8.04, 11.96]
    """
    require_finite("interval", estimate=estimate)
    require_positive("interval", se=se)
    reach, method = critical_value(ci_level, df) * se, distribution(df)
    return (
        Derived(quantity="ci_low", value=estimate - reach, derivation="from-se", method=method),
        Derived(quantity="ci_high", value=estimate + reach, derivation="from-se", method=method),
    )


def p_from_se(*, estimate: float, se: float, df: float | None = None) -> Derived:
    """Two-sided p-value of an estimate against 0, from its standard error.

    Parameters
    ----------
    estimate, se : float
        In the same unit (of a ratio: logs).
    df : float, optional
        Degrees of freedom of a t test; otherwise normal.

    Returns
    -------
    Derived
        ``p_value``, derivation "from-se".

    Raises
    ------
    NotEstimableError
        If se is not above 0.

    Notes
    -----
    p is twice the upper tail of the normal or t distribution at |estimate| / se; the inverse of
    `se_from_p`.

    References
    ----------
    Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3.

    Examples
    --------
    >>> round(p_from_se(estimate=1.96, se=1).value, 3)
    0.05
    """
    require_finite("p-value", estimate=estimate)
    require_positive("p-value", se=se)
    if df is not None:
        require_positive("p-value", df=df)
    q = abs(estimate) / se
    tail = ndtr(-q) if df is None else stdtr(df, -q)
    return Derived(
        quantity="p_value", value=float(2 * tail), derivation="from-se", method=distribution(df)
    )


def t_from_p(*, p_value: float, df: float) -> Derived:
    """Size of the t statistic of a two-sided test, from its p-value.

    Parameters
    ----------
    p_value : float
        Exact two-sided p-value.
    df : float
        Degrees of freedom of the t test.

    Returns
    -------
    Derived
        ``t``, above 0, derivation "from-p".

    Raises
    ------
    NotEstimableError
        If p is not above 0 and below 1, or the degrees of freedom not above 0.

    Notes
    -----
    The quantile of the t distribution at 1 - p / 2.

    References
    ----------
    Higgins and Green (eds), Cochrane Handbook 5.1, section 7.7.3.3 (p = 0.008 with 25 and 22
    participants: t = 2.78).

    Examples
    --------
    >>> round(t_from_p(p_value=0.008, df=45).value, 2)
    2.78
    """
    require(0 < p_value < 1, "p-value", found=f"{p_value:g}", allowed="above 0, below 1")
    t = upper_quantile(p_value / 2, df)
    return Derived(quantity="t", value=t, derivation="from-p", method=distribution(df))
