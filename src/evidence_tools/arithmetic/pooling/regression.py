"""Meta-regression: how the effect varies with what the studies differ in.

The same model, estimators and tests as in `pool`, with a linear predictor in place of the mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, fdtrc

from evidence_tools.arithmetic.pooling.heterogeneity import Stack
from evidence_tools.arithmetic.pooling.inference import (
    check_choices,
    check_effects,
    check_finite,
    infer,
    shared_notes,
)
from evidence_tools.arithmetic.pooling.tau2 import Array, Flags, Rows, estimate_tau2
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaRegression:
    """Coefficients of a meta-regression.

    Attributes
    ----------
    terms : tuple of str
        "intercept", then the moderators.
    coefficients, se, ci_low, ci_high, p_value : array of float, shape (p,)
        One per term; a coefficient is the change of the effect per unit of its moderator.
    tau2 : float
        Between-study variance that is left.
    i2, h2 : float
        Share of what is left that is not sampling error (percent); H².
    qm, qm_df, qm_p : float, int, float
        Test that all moderators are 0: chi-squared under the normal test, F (already divided by
        `qm_df`, on `qm_df` and `qe_df` degrees of freedom) under Knapp-Hartung.
    qe, qe_df, qe_p : float, int, float
        Test for heterogeneity that is left.
    r2 : float or None
        Percent of tau² without moderators that they account for; never below 0.
    k : int
        Studies.
    method, test : str
        As asked for.
    ci_level : float
        Percent.
    notes : tuple of str
        What to beware of.
    """

    terms: tuple[str, ...]
    coefficients: Array
    se: Array
    ci_low: Array
    ci_high: Array
    p_value: Array
    tau2: float
    i2: float
    h2: float
    qm: float
    qm_df: int
    qm_p: float
    qe: float
    qe_df: int
    qe_p: float
    r2: float | None
    k: int
    method: str
    test: str
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per term, unrounded."""
        import pandas as pd

        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.coefficients,
                "se": self.se,
                "ci_low": self.ci_low,
                "ci_high": self.ci_high,
                "p_value": self.p_value,
            }
        )

    def summary(self) -> str:
        """Two to four lines: the coefficients, what they account for, notes."""
        each = zip(self.terms, self.coefficients, self.ci_low, self.ci_high, strict=True)
        words = "; ".join(
            f"{term} {b:.3g} ({low:.3g} to {high:.3g})" for term, b, low, high in each
        )
        lines = [
            f"Coefficients ({self.ci_level:g}% CI): {words}.",
            f"{self.k} studies, {self.method}, {self.test}; tau² left {self.tau2:.3g}, "
            f"p of all moderators {self.qm_p:.2g}.",
        ]
        if self.r2 is not None:
            lines.append(f"They account for {self.r2:.0f}% of the between-study variance.")
        if self.notes:
            lines.append(" ".join(self.notes))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """One meta-regression: effects, sampling variances, and the terms as columns."""

    yi: Array
    vi: Array
    x: Array

    @property
    def scale(self) -> Array:
        """Harmonic mean of the sampling variances, shape (1,)."""
        return np.array([len(self.vi) / np.sum(1 / self.vi)])

    @property
    def k(self) -> Array:
        """Studies, shape (1,)."""
        return np.array([float(len(self.x))])

    @property
    def df(self) -> Array:
        """Studies less terms, shape (1,)."""
        return self.k - len(self.x.T)

    @property
    def range(self) -> tuple[float, float]:
        """The smallest sampling variance, and the sum of squares around the terms."""
        return float(self.vi.min()), 2 * float(self.unweighted()[0][0])

    def columns(self, chosen: Flags | Rows) -> Design:
        """Itself: there is one model only."""
        return self

    def spread(self) -> Array:
        """Sum of squares of y around its plain mean."""
        return np.var(self.yi) * self.k

    def unweighted(self) -> tuple[Array, Array]:
        """Sum of squares around the terms, and what the sampling variances add to it."""
        out = Design(yi=self.yi, vi=np.ones_like(self.vi), x=self.x).projection(0.0)[0]
        return np.array([self.yi @ out @ self.yi]), np.array([np.diag(out) @ self.vi])

    def pearson(self, tau2: Array) -> tuple[Array, Array]:
        """Y'Py and y'PPy at each tau²."""
        pulls = np.array([self.projection(float(t))[0] @ self.yi for t in tau2])
        return np.maximum(pulls @ self.yi, 0.0), (pulls**2).sum(axis=1)  # 0 but for rounding

    def score(self, tau2: Array, restricted: bool) -> tuple[Array, Array, Array, Array]:
        """Forms of the slope of the likelihood and of its bend, at each tau²."""
        forms = []
        for t in tau2:
            p, _ = self.projection(float(t))
            pulls, a = p @ self.yi, p if restricted else np.diag(1 / (self.vi + t))
            forms.append((pulls @ pulls, pulls @ p @ pulls, np.trace(a), np.sum(a**2)))
        squares, cubes, trace, expected = np.array(forms).reshape(-1, 4).T
        return squares, cubes, trace, expected

    def heights(self, grid: Array, restricted: bool) -> Array:
        """Slope of the likelihood on a grid."""
        squares, _, trace, _ = self.score(grid, restricted)
        return (squares - trace)[:, None]

    def loglik(self, tau2: Array, restricted: bool) -> Array:
        """Log-likelihood at each tau², up to a constant."""
        logs = np.array([np.log(self.vi + t).sum() for t in tau2]) + self.pearson(tau2)[0]
        if restricted:
            logs -= [np.linalg.slogdet(self.projection(float(t))[1])[1] for t in tau2]
        return -logs / 2

    def projection(self, tau2: float) -> tuple[Array, Array]:
        """P = W - W X (X'WX)^-1 X'W, which takes the terms out, and (X'WX)^-1."""
        weights = 1 / (self.vi + tau2)
        roots = np.sqrt(weights)
        q, r = np.linalg.qr(self.x * roots[:, None])
        inverse = np.linalg.inv(r)
        out = np.eye(len(weights)) - q @ q.T
        return roots[:, None] * out * roots, inverse @ inverse.T


def regress(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    moderators: Mapping[str, npt.ArrayLike],
    *,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
    ci_level: float = 95,
) -> MetaRegression:
    """A meta-regression of independent studies on one or more moderators.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances.
    moderators : mapping of str to array of float, shape (k,)
        One column per moderator; an intercept is added.
    method, test, ci_level
        As in `pool`, with k less the number of terms as degrees of freedom.

    Returns
    -------
    MetaRegression
        One coefficient per term, the intercept first.

    Raises
    ------
    NotEstimableError
        If there are not more studies than terms, moderators say the same thing twice (one is
        constant, or a sum of others), or the terms fit exactly and `test` has no guard.

    Notes
    -----
    y = X b + u + e, u_i ~ N(0, tau²), e_i ~ N(0, v_i). With W = diag(1 / (v + tau²)),
    b = (X'WX)^-1 X'Wy, var(b) = (X'WX)^-1, and tau² by `tau2.estimate_tau2`. Knapp-Hartung
    multiplies var(b) by y'Py / df; guarded, by no less than 1. I² takes the typical sampling
    variance df / tr(P) at tau² = 0.

    References
    ----------
    Raudenbush (2009); Knapp and Hartung (2003); Röver, Knapp and Friede (2015).

    Examples
    --------
    >>> fitted = regress([1.0, 2.0, 3.0, 4.0], [1.0] * 4, {"dose": [0, 1, 2, 3]}, method="FE")
    >>> [round(float(b), 12) for b in fitted.coefficients]
    [1.0, 1.0]
    """
    check_choices(method, test, ci_level)
    effects, variances = check_effects(yi, vi)
    terms, x = _design(moderators, len(effects))
    design = Design(yi=effects, vi=variances, x=x)
    with np.errstate(all="ignore"):  # overflow is refused, with the numbers
        tau2, converged = estimate_tau2(design, method)
        without, _ = estimate_tau2(Stack.of(effects, variances), method)
        notes = shared_notes(variances, bool(converged[0]))
        return describe(
            design,
            terms,
            float(tau2[0]),
            float(without[0]),
            notes,
            method=method,
            test=test,
            level=ci_level,
        )


def describe(
    design: Design,
    terms: tuple[str, ...],
    tau2: float,
    without: float,
    notes: list[str],
    *,
    method: str,
    test: str,
    level: float,
) -> MetaRegression:
    """The meta-regression that follows from a given between-study variance."""
    yi, vi, x, df = design.yi, design.vi, design.x, int(design.df[0])
    p, inverse = design.projection(tau2)
    fixed, _ = design.projection(0.0)
    b = inverse @ (x.T @ (yi / (vi + tau2)))
    ratio, qe, h2 = yi @ p @ yi / df, float(yi @ fixed @ yi), tau2 * np.trace(fixed) / df + 1
    made = infer(b, np.diag(inverse), ratio, np.full(len(b), float(df)), test, level)
    check_finite(yi, vi, b, made.ci_low, made.ci_high, np.array([tau2, qe]))
    qm = float(b[1:] @ np.linalg.solve(inverse[1:, 1:], b[1:]))
    m = len(b) - 1
    if method == "FE":
        h2 = qe / df
    if test != "normal":
        qm /= m * _above_zero(float(made.ratio[0]))
    if without == 0:
        notes.append("Without moderators tau² is 0: there is nothing for R² to account for.")
    return MetaRegression(
        terms=terms,
        coefficients=b,
        se=made.se,
        ci_low=made.ci_low,
        ci_high=made.ci_high,
        p_value=made.p_value,
        tau2=tau2,
        i2=float(100 * max(0.0, h2 - 1) / max(1.0, h2)),
        h2=float(h2),
        qm=qm,
        qm_df=m,
        qm_p=float(chdtrc(m, qm) if test == "normal" else fdtrc(m, df, qm)),
        qe=qe,
        qe_df=df,
        qe_p=float(chdtrc(df, qe)),
        r2=max(0.0, 100 * (without - tau2) / without) if without else None,
        k=len(yi),
        method=method,
        test=test,
        ci_level=level,
        notes=tuple(notes),
    )


def _above_zero(ratio: float) -> float:
    if ratio == 0:
        raise NotEstimableError(
            "moderators",
            found="terms that fit every study exactly, so that a Knapp-Hartung variance is 0",
            hint="Use test='knapp-hartung-guarded' or 'normal'.",
        )
    return ratio


def _design(moderators: Mapping[str, npt.ArrayLike], k: int) -> tuple[tuple[str, ...], Array]:
    """Names of the terms, and their columns with the intercept first."""
    columns = {name: np.asarray(numbers, dtype=float) for name, numbers in moderators.items()}
    for name, column in columns.items():
        if column.shape != (k,) or not np.isfinite(column).all():
            raise NotEstimableError(
                f"moderators, {name}",
                found=f"{column.tolist()}",
                allowed=f"{k} finite numbers, one per study",
            )
    x = np.column_stack([np.ones(k), *columns.values()])
    if k <= x.shape[1]:
        raise NotEstimableError(
            "moderators", found=f"{x.shape[1]} terms for {k} studies", allowed="fewer than studies"
        )
    if np.linalg.matrix_rank(x / np.abs(x).max(axis=0).clip(min=1e-300)) < x.shape[1]:
        raise NotEstimableError(
            "moderators",
            found=f"columns that say the same thing twice among {', '.join(columns)}",
            allowed="moderators that vary, none a sum of others",
        )
    return (INTERCEPT, *columns), x
