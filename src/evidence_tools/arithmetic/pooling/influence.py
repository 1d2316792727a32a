"""Case diagnostics: how far each study lies from the others, and how much it moves the answer.

Leave-one-out and cumulative refits, which show the same as estimates, are made in `refits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import chdtr

from evidence_tools.arithmetic.pooling.heterogeneity import Stack, weigh
from evidence_tools.arithmetic.pooling.refits import (
    Labels,
    fit_and_infer,
    named_effects,
    refit_notes,
)
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.pooling.tau2 import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """Case diagnostics of each study; arrays of shape (k,).

    Attributes
    ----------
    label : tuple of str
        The studies.
    rstudent : array of float
        Studentised deleted residuals: distance of the study from the others, in standard errors.
    dffits, dfbetas : array of float
        Shift of the estimate when the study is left out, in standard errors.
    cook_d : array of float
        Cook's distance: the squared shift over the variance of the estimate.
    cov_ratio : array of float
        Variance of the estimate without the study over that with it.
    tau2_del, q_del : array of float
        Between-study variance and Cochran's Q without the study.
    hat, weight : array of float
        Leverage, which in this model is the share of the weight; both sum to 1.
    estimate_del, se_del : array of float
        Estimate and standard error without the study.
    is_influential : array of bool
        By the rules of Viechtbauer and Cheung (2010).
    method, test : str
        As asked for.
    notes : tuple of str
        What to beware of.
    """

    label: tuple[str, ...]
    rstudent: Array
    dffits: Array
    cook_d: Array
    cov_ratio: Array
    tau2_del: Array
    q_del: Array
    hat: Array
    weight: Array
    dfbetas: Array
    estimate_del: Array
    se_del: Array
    is_influential: npt.NDArray[np.bool_]
    method: str
    test: str
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per study, unrounded."""
        import pandas as pd

        settings = ("method", "test", "notes")
        names = [name for name in self.__slots__ if name not in settings]
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def summary(self) -> str:
        """Two or three lines: who is influential, and the farthest outlier."""
        named = [name for name, is_it in zip(self.label, self.is_influential, strict=True) if is_it]
        far = int(np.argmax(np.abs(self.rstudent)))
        lines = [
            f"{len(self.label)} studies, {self.method}, {self.test}; influential: "
            f"{', '.join(named) or 'none'}.",
            f"Farthest from the others: {self.label[far]} ({self.rstudent[far]:.2g} standard "
            "errors).",
        ]
        if self.notes:
            lines.append(" ".join(self.notes))
        return "\n".join(lines)


def influence(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    labels: Labels = None,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
) -> Influence:
    """Case diagnostics: how far each study lies from the others and how much it moves the answer.

    Parameters
    ----------
    yi, vi : array of float, shape (k,), k >= 2
        Effect sizes and their sampling variances.
    labels : sequence of str, shape (k,), optional
        Names of the studies; "study 1" and so on by default.
    method, test
        As in `pool`; under Knapp-Hartung, variances carry the variance ratio.

    Returns
    -------
    Influence
        One entry per study.

    Raises
    ------
    NotEstimableError
        If the numbers cannot be pooled, or there is one study only.

    Notes
    -----
    With (-i) for a fit without study i, w for 1 / (v + tau²), c for the applied variance ratio
    (1 under the normal test), V = c / sum(w) and h_i = w_i / sum(w):

    - rstudent = (y_i - m(-i)) / sqrt(c(-i) (v_i + tau²(-i)) + V(-i))
    - dffits = (m - m(-i)) / sqrt(c(-i) h_i (v_i + tau²(-i)))
    - dfbetas = (m - m(-i)) / sqrt(c(-i) / sum_j 1 / (v_j + tau²(-i))), over all studies j
    - Cook's distance = (m - m(-i))² / V; covariance ratio = V(-i) / V

    Influential: abs(dffits) > 3 sqrt(1 / (k - 1)), Cook's distance above the median of chi-squared
    on 1 degree of freedom, h_i > 3 / k, or abs(dfbetas) > 1. With two studies each is compared
    with the other only.

    References
    ----------
    Viechtbauer and Cheung (2010).

    Examples
    --------
    >>> influence([0.0, 1.0, 5.0], [1.0] * 3, method="FE", test="normal").cook_d.tolist()
    [3.0, 0.75, 6.75]
    """
    effects, variances, names = named_effects(yi, vi, labels, method, test)
    k = len(effects)
    if k < 2:
        raise NotEstimableError("influence", found="1 study", allowed="two or more")
    with np.errstate(all="ignore"):  # what cannot be divided is refused below
        full, with_all = fit_and_infer(Stack.of(effects, variances), method, test)
        fits, without = fit_and_infer(Stack.of(effects, variances, 1 - np.eye(k)), method, test)
        weights, _, _ = weigh(Stack.of(effects, variances), full.tau2)
        hat = weights[:, 0] / weights.sum()
        shift, spread = full.estimate - fits.estimate, variances + fits.tau2
        total = (1 / (variances[:, None] + fits.tau2)).sum(axis=0)
        dffits = shift / np.sqrt(without.ratio * hat * spread)
        dfbetas = shift / np.sqrt(without.ratio / total)
        cook_d = shift**2 / with_all.se**2
        rstudent = (effects - fits.estimate) / np.sqrt(without.ratio * (spread + fits.variance))
        cov_ratio = without.se**2 / with_all.se**2
    _refuse_collapse(rstudent, dffits, dfbetas, cook_d, cov_ratio)
    flags = np.abs(dffits) > 3 * np.sqrt(1 / (k - 1))
    flags |= (chdtr(1, cook_d) > 0.5) | (hat > 3 / k) | (np.abs(dfbetas) > 1)
    return Influence(
        label=names,
        rstudent=rstudent,
        dffits=dffits,
        cook_d=cook_d,
        cov_ratio=cov_ratio,
        tau2_del=fits.tau2,
        q_del=fits.q,
        hat=hat,
        weight=hat,
        dfbetas=dfbetas,
        estimate_del=fits.estimate,
        se_del=without.se,
        is_influential=flags,
        method=method,
        test=test,
        notes=tuple(refit_notes(fits, variances)),
    )


def _refuse_collapse(*diagnostics: Array) -> None:
    """A Knapp-Hartung variance of 0 leaves nothing to divide by."""
    if not all(np.isfinite(diagnostic).all() for diagnostic in diagnostics):
        raise NotEstimableError(
            "influence",
            found="a variance of 0, or numbers that overflow",
            hint="With equal effects use test='knapp-hartung-guarded' or 'normal'.",
        )
