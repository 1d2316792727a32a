"""Do small studies report larger effects? Two tests, and the funnel that shows it.

Effects and variances of independent studies in, small frozen results out. Below ten studies these
tests have no power and mislead, so they refuse; `at_any_k=True` overrides that knowingly.
Corrections for what may be missing are in `missing_studies` and `selection_model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from evidence_tools.arithmetic.pooling.frames import one_row
from evidence_tools.arithmetic.pooling.inference import check_effects
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

FEWEST_STUDIES = 10
"""Independent studies below which asymmetry is not tested (Sterne et al. 2011)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EggerTest:
    """Does the effect change with its standard error?

    Attributes
    ----------
    bias, se : float
        Change of the effect per unit of standard error.
    statistic, p_value : float
        t on `df`.
    df : int
    limit, limit_ci_low, limit_ci_high : float
        Effect of a study of infinite size, in units of the measure.
    k : int
    model : str
    ci_level : float
        Percent.
    """

    bias: float
    se: float
    statistic: float
    df: int
    p_value: float
    limit: float
    limit_ci_low: float
    limit_ci_high: float
    k: int
    model: str
    ci_level: float

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self)

    def summary(self) -> str:
        """Slope with its test, and the limit."""
        return (
            f"Egger's regression ({self.model}), {self.k} studies: the effect changes by "
            f"{self.bias:.3g} per unit of standard error (p = {self.p_value:.3f})\n"
            f"limit {self.limit:.3g} ({self.ci_level:g}% CI {self.limit_ci_low:.3g} to "
            f"{self.limit_ci_high:.3g})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BeggTest:
    """Rank correlation of standardised effects with their variances.

    Attributes
    ----------
    tau_b : float
        Kendall's rank correlation, -1 to 1.
    p_value : float
    k : int
    """

    tau_b: float
    p_value: float
    k: int

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self)

    def summary(self) -> str:
        """One line."""
        return (
            f"Begg and Mazumdar, {self.k} studies: rank correlation {self.tau_b:.3g} "
            f"(p = {self.p_value:.3f})"
        )


def egger(yi: ArrayLike, vi: ArrayLike, *, at_any_k: bool = False) -> EggerTest:
    """Egger's regression of the effect on its standard error.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        One effect per independent study.
    at_any_k : bool
        Answer below 10 studies too.

    Returns
    -------
    EggerTest

    Raises
    ------
    NotEstimableError
        Below 10 studies (3 with `at_any_k`), or if all standard errors are equal, or the line
        fits exactly.

    Notes
    -----
    yi = limit + bias sei + error by weighted least squares: weights 1 / vi, dispersion
    sum w r² / (k - 2), t on k - 2; the same test as that of the intercept in yi / sei on 1 / sei
    (metafor's ``model="lm"``). For standardised differences and
    odds ratios the effect and its standard error are tied by construction, and the test finds
    asymmetry too often.

    References
    ----------
    Egger, Davey Smith, Schneider and Minder (1997), BMJ 315, 629-634. doi:10.1136/bmj.315.7109.629
    Sterne and Egger (2005), in Rothstein, Sutton and Borenstein (eds), Publication Bias in
    Meta-Analysis.

    Examples
    --------
    >>> fit = egger([0.0, 1.0, 3.0], [1.0, 4.0, 9.0], at_any_k=True)
    >>> fit.df, round(fit.bias, 3)
    (1, 1.346)
    """
    effects, variances = admitted(yi, vi, at_any_k)
    sei = np.sqrt(variances)
    if np.ptp(sei) <= 1e-12 * sei.max():
        raise NotEstimableError(
            "Egger's regression", found="the same standard error in all studies", allowed="several"
        )
    return _classical(effects, sei)


def begg(yi: ArrayLike, vi: ArrayLike, *, at_any_k: bool = False) -> BeggTest:
    """Rank correlation test of Begg and Mazumdar.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        One effect per independent study.
    at_any_k : bool
        Answer below 10 studies too.

    Returns
    -------
    BeggTest

    Raises
    ------
    NotEstimableError
        Below 10 studies (3 with `at_any_k`), or if all effects or all variances are equal.

    Notes
    -----
    Kendall's tau of (yi - m) / sqrt(vi - 1 / sum w) and vi, with m the mean by weights w = 1 / vi.
    The p-value is exact without ties, else from the normal approximation for ties.

    References
    ----------
    Begg and Mazumdar (1994), Biometrics 50, 1088-1101. doi:10.2307/2533446

    Examples
    --------
    >>> begg([0.1, 0.3, 0.6], [0.1, 0.2, 0.3], at_any_k=True).tau_b
    1.0
    """
    effects, variances = admitted(yi, vi, at_any_k)
    if np.ptp(effects) == 0 or np.ptp(variances) == 0:
        what = "effects" if np.ptp(effects) == 0 else "variances"
        raise NotEstimableError("rank correlation", found=f"equal {what}", allowed="an order")
    weights = 1 / variances
    centre = weights @ effects / weights.sum()
    standardised = (effects - centre) / np.sqrt(variances - 1 / weights.sum())
    tied = min(len(np.unique(variances)), len(np.unique(standardised))) < len(effects)
    from scipy.stats import kendalltau  # takes over a second to import, and only this needs it

    found = kendalltau(standardised, variances, method="asymptotic" if tied else "exact")
    return BeggTest(tau_b=float(found.statistic), p_value=float(found.pvalue), k=len(effects))


def admitted(yi: ArrayLike, vi: ArrayLike, at_any_k: bool) -> tuple[Floats, Floats]:
    """Effects and variances, if there are enough independent studies to ask about asymmetry."""
    effects, variances = check_effects(yi, vi)
    fewest = 3 if at_any_k else FEWEST_STUDIES
    if len(effects) < fewest:
        studies = "1 study" if len(effects) == 1 else f"{len(effects)} studies"
        hint = "Asymmetry of so few studies is chance; list what is registered and missing instead."
        raise NotEstimableError(
            "small-study effects", found=studies, allowed=f"at least {fewest}", hint=hint
        )
    return effects, variances


def _classical(yi: Floats, sei: Floats) -> EggerTest:
    """Least squares of yi / sei on sei / sei and 1 / sei, which are bias and limit."""
    x = np.column_stack([np.ones(len(yi)), 1 / sei])
    inverse = np.linalg.inv(x.T @ x)
    bias, limit = inverse @ (x.T @ (yi / sei))
    residuals = yi / sei - x @ np.array([bias, limit])
    df = len(yi) - 2
    if residuals @ residuals <= 1e-24 * ((yi / sei) @ (yi / sei)):
        raise NotEstimableError("Egger's regression", found="effects exactly on a line")
    se_bias, se_limit = np.sqrt(np.diag(inverse) * (residuals @ residuals) / df)
    half = float(stdtrit(df, 0.975) * se_limit)
    return EggerTest(
        bias=float(bias),
        se=float(se_bias),
        statistic=float(bias / se_bias),
        df=df,
        p_value=float(2 * stdtr(df, -abs(bias / se_bias))),
        limit=float(limit),
        limit_ci_low=float(limit - half),
        limit_ci_high=float(limit + half),
        k=len(yi),
        model="classical",
        ci_level=95,
    )
