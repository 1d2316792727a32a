"""Many effects per study: random effects of studies and of effects, with robust inference.

Effects and their working covariance in, one frozen result out. All algebra goes study by study,
so its cost is linear in the number of studies.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from evidence_tools.arithmetic.pooling.nested_likelihood import NestedModel, fit_variances
from evidence_tools.arithmetic.pooling.sandwich import cr2_covariance
from evidence_tools.arithmetic.pooling.working_covariance import (
    WorkingCovariance,
    working_covariance,
)
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Column = tuple[float | None, ...]

FEWEST_DF = 4
"""Degrees of freedom below which a robust test is not to be interpreted (Tipton 2015)."""
_LEAST = FEWEST_DF - 1e-6
"""The same, for degrees of freedom that are whole but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultilevelEffect:
    """Coefficients of a model with random effects of studies and of effects within them.

    Attributes
    ----------
    names : tuple of str
    coefficients, se : array of float, shape (p,)
        Estimates and model-based standard errors, in units of the measure.
    se_robust, df : tuple of float or None, length p
        CR2 standard errors and Satterthwaite degrees of freedom; None where the residuals behind
        a coefficient are all zero.
    ci_low, ci_high, p_values : tuple of float or None, length p
        From `se_robust` and the t distribution on `df`.
    interpretable : bool
        False if any coefficient has fewer than 4 degrees of freedom.
    sigma2_study, sigma2_effect : float or None
        Variance between studies, and between effects within a study; None if not estimable.
    k_studies, n_effects : int
    rho : float
        Working correlation.
    loglik : float
        Restricted log-likelihood.
    ci_level : float
        Percent.
    method : str
    notes : tuple of str
    """

    names: tuple[str, ...]
    coefficients: Floats
    se: Floats
    se_robust: Column
    df: Column
    ci_low: Column
    ci_high: Column
    p_values: Column
    interpretable: bool
    sigma2_study: float
    sigma2_effect: float | None
    k_studies: int
    n_effects: int
    rho: float
    loglik: float
    ci_level: float
    method: str
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient."""
        import pandas as pd

        columns = ("coefficients", "se", "se_robust", "df", "ci_low", "ci_high", "p_values")
        frame = pd.DataFrame({name: list(getattr(self, name)) for name in columns}, dtype=float)
        frame = frame.rename(columns={"coefficients": "estimate", "p_values": "p_value"})
        frame.insert(0, "name", list(self.names))
        frame["interpretable"] = [df is not None and df >= _LEAST for df in self.df]
        return frame.assign(k=self.k_studies, n_effects=self.n_effects, ci_level=self.ci_level)

    def summary(self) -> str:
        """Counts, each coefficient with its interval, spread, and the notes."""
        level = f"{self.ci_level:g}% CI"
        lines = [f"{self.method}: {self.n_effects} effects in {self.k_studies} studies"]
        for name, estimate, low, high, df in zip(
            self.names, self.coefficients, self.ci_low, self.ci_high, self.df, strict=True
        ):
            known = f" ({level} {low:.3g} to {high:.3g}, {df:.1f} df)" if df is not None else ""
            lines.append(f"{name} {estimate:.3g}{known}")
        effect = "not estimable" if self.sigma2_effect is None else f"{self.sigma2_effect:.3g}"
        lines.append(f"variance between studies {self.sigma2_study:.3g}, within them {effect}")
        return "\n".join([*lines, *self.notes])


def three_level(
    yi: ArrayLike,
    vi: ArrayLike,
    study: Sequence[Hashable],
    *,
    design: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    ci_level: float = 95,
) -> MultilevelEffect:
    """Three-level model: independent sampling errors, random effects of studies and effects.

    Parameters
    ----------
    yi, vi : array of float, shape (n_effects,)
    study : sequence of labels, length n_effects
    design, names, ci_level
        As in `correlated_hierarchical`.

    Returns
    -------
    MultilevelEffect

    Raises
    ------
    NotEstimableError
        As in `correlated_hierarchical`.

    Notes
    -----
    The model of `correlated_hierarchical` with rho = 0.

    References
    ----------
    Konstantopoulos (2011), Research Synthesis Methods 2, 61-76. doi:10.1002/jrsm.35

    Examples
    --------
    >>> fit = three_level([0.1, 0.3, 0.2, 0.6], [0.1] * 4, ["a", "a", "b", "c"])
    >>> fit.k_studies, fit.n_effects, fit.interpretable
    (3, 4, False)
    """
    covariance = working_covariance(vi, study, rho=0.0)
    return correlated_hierarchical(
        yi, covariance, design=design, names=names, ci_level=ci_level, method="three-level model"
    )


def correlated_hierarchical(
    yi: ArrayLike,
    covariance: WorkingCovariance,
    *,
    design: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    ci_level: float = 95,
    method: str = "correlated and hierarchical effects",
) -> MultilevelEffect:
    """Correlated-and-hierarchical effects model with CR2 inference clustered by study.

    Parameters
    ----------
    yi : array of float, shape (n_effects,)
        Effects (logs for ratios).
    covariance : WorkingCovariance
        From `working_covariance`; carries variances, correlations and studies.
    design : array of float, shape (n_effects, p)
        Columns of the model, a column of ones included where wanted; ones alone if None.
    names : sequence of str, length p
        Names of the coefficients.
    ci_level : float
        Percent.
    method : str
        Name of the model in the result.

    Returns
    -------
    MultilevelEffect

    Raises
    ------
    NotEstimableError
        If there are no more studies than coefficients, the design has dependent columns, or a
        number is not finite.

    Notes
    -----
    yi = X b + u_study + w_effect + e, Var(u) = sigma2_study, Var(w) = sigma2_effect, Var(e) = V.
    Variances by REML, b by generalised least squares with W = M^-1, M = V + both variances. The
    sandwich is CR2 with M as its target: the residuals of a study are turned by A_i = D_i'
    (D_i (M_i - X_i C X_i') D_i')^(-1/2) D_i, D_i'D_i = M_i, C = (X'WX)^-1, which makes it
    unbiased if M is right; t tests on Satterthwaite degrees of freedom. If every study has one
    effect the two variances cannot be told apart: sigma2_study holds both, sigma2_effect is
    None.

    References
    ----------
    Pustejovsky and Tipton (2022), Prevention Science 23, 425-438. doi:10.1007/s11121-021-01246-3
    Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36, 672-683.
    doi:10.1080/07350015.2016.1247004
    Tipton (2015), Psychological Methods 20, 375-393 (fewer than 4 degrees of freedom).
    doi:10.1037/met0000011
    """
    effects = np.array(yi, dtype=float)
    matrix = _design(effects, covariance, design)
    labels = _names(matrix.shape[1], names, design is None)
    if not 0 < ci_level < 100:
        raise NotEstimableError("ci_level", found=f"{ci_level:g}", allowed="percent, 0 to 100")
    model = NestedModel(effects, matrix, covariance)
    nested = any(len(rows) > 1 for rows in covariance.rows)
    variances = fit_variances(model, nested=nested)
    fit = model.at(*variances)
    robust, df = cr2_covariance(effects, matrix, covariance, variances, fit.beta, fit.covariance)
    se = np.sqrt(np.diag(fit.covariance))
    tests = [
        _test(*numbers, ci_level) for numbers in zip(fit.beta, se, np.diag(robust), df, strict=True)
    ]
    robust_se, degrees, low, high, p_values = zip(*tests, strict=True)
    return MultilevelEffect(
        names=labels,
        coefficients=fit.beta,
        se=se,
        se_robust=robust_se,
        df=degrees,
        ci_low=low,
        ci_high=high,
        p_values=p_values,
        interpretable=all(one is not None and one >= _LEAST for one in degrees),
        sigma2_study=variances[0],
        sigma2_effect=variances[1] if nested else None,
        k_studies=len(covariance.rows),
        n_effects=len(effects),
        rho=covariance.rho,
        loglik=fit.loglik,
        ci_level=ci_level,
        method=method,
        notes=_notes(labels, degrees, len(covariance.rows), nested, variances),
    )


def _test(beta: float, se: float, robust: float, df: float, ci_level: float) -> Column:
    """Robust standard error, degrees of freedom, interval and p of one coefficient."""
    own = math.sqrt(robust)
    if df == 0 or own <= 1e-9 * se:
        return (None,) * 5
    half = float(stdtrit(df, (100 + ci_level) / 200)) * own
    p_value = 2 * float(stdtr(df, -abs(beta / own)))
    return own, float(df), float(beta - half), float(beta + half), p_value


def _design(yi: Floats, covariance: WorkingCovariance, design: ArrayLike | None) -> Floats:
    n, k = sum(len(rows) for rows in covariance.rows), len(covariance.rows)
    if yi.shape != (n,) or not np.isfinite(yi).all():
        found = f"shape {yi.shape}" if yi.shape != (n,) else "a number that is not finite"
        raise NotEstimableError("yi", found=found, allowed=f"{n} finite numbers")
    matrix = np.ones((n, 1)) if design is None else np.array(design, dtype=float)
    if matrix.ndim != 2 or len(matrix) != n or not np.isfinite(matrix).all():
        raise NotEstimableError(
            "design", found=f"shape {matrix.shape}", allowed=f"({n}, p), finite"
        )
    p = matrix.shape[1]
    if np.linalg.matrix_rank(matrix) < p:
        raise NotEstimableError("design", found="columns that depend on each other")
    if k <= p:
        raise NotEstimableError(
            "studies",
            found=f"{k} for {p} coefficients",
            allowed=f"at least {p + 1}",
            hint="With one study the spread between studies cannot be seen.",
        )
    return matrix


def _names(p: int, names: Sequence[str] | None, plain: bool) -> tuple[str, ...]:
    if names is None:
        return ("effect",) if plain else tuple(f"b{i}" for i in range(p))
    if len(names) != p:
        raise NotEstimableError("names", found=f"{len(names)}", allowed=f"{p}, one per column")
    return tuple(names)


def _notes(
    names: Sequence[str], df: Column, k: int, nested: bool, variances: tuple[float, float]
) -> tuple[str, ...]:
    notes = []
    pairs = list(zip(names, df, strict=True))
    few = [f"{name} ({one:.1f})" for name, one in pairs if one is not None and one < _LEAST]
    none = [name for name, one in pairs if one is None]
    if none:
        notes.append(
            f"Residuals are all zero, so no robust standard error: {', '.join(none)}; "
            "not to be interpreted."
        )
    if few:
        notes.append(
            f"Fewer than {FEWEST_DF} degrees of freedom, not to be interpreted: {', '.join(few)}."
        )
    if not nested:
        notes.append(
            "Each study has one effect: the spread within studies cannot be told from that between."
        )
    elif variances[1] == 0:
        notes.append("No spread between effects within a study was found.")
    if variances[0] == 0:
        notes.append("No spread between studies was found.")
    if k < 5:
        notes.append(f"With {k} studies the spread between them is poorly known.")
    return tuple(notes)
