"""A selection model: studies that are not significant are less likely to be seen.

Effects and variances of independent studies in, one frozen result out. The three numbers (mean,
spread, and how much less likely) come from one likelihood; below ten studies it refuses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr, ndtri

from evidence_tools.arithmetic.pooling.curvature import curvature_of
from evidence_tools.arithmetic.pooling.frames import one_row
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.small_study import admitted
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

STEP = 0.025
"""One-sided p below which a study is taken to be seen for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionEffect:
    """The effect if non-significant studies were less (or more) likely to be seen.

    Attributes
    ----------
    estimate, se, ci_low, ci_high : float or None
        Mean effect corrected for selection, in units of the measure.
    p_value : float or None
    tau2 : float
        Between-study variance.
    weight, weight_ci_low, weight_ci_high : float or None
        Chance of being seen of a study beyond the step, relative to one within it: below 1 is
        selection against non-significant studies.
    lrt, lrt_p : float
        Likelihood ratio against weight 1, on 1 degree of freedom.
    alternative : {"less", "greater"}
        Direction in which significance counts.
    n_significant, k : int
    loglik : float
    estimate_before : float
        Maximum likelihood estimate without selection.
    ci_level : float
        Percent.
    notes : tuple of str
    """

    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    tau2: float
    weight: float
    weight_ci_low: float | None
    weight_ci_high: float | None
    lrt: float
    lrt_p: float
    alternative: str
    n_significant: int
    k: int
    loglik: float
    estimate_before: float
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self)

    def summary(self) -> str:
        """Estimates without and with selection, the weight, and the notes."""
        interval = ""
        if self.ci_low is not None:
            interval = f" ({self.ci_level:g}% CI {self.ci_low:.3g} to {self.ci_high:.3g})"
        return "\n".join(
            [
                f"Three-parameter selection model, {self.k} studies, {self.n_significant} of them "
                "significant",
                f"estimate {self.estimate_before:.3g} without, {self.estimate:.3g} with selection"
                f"{interval}",
                f"a non-significant study is {self.weight:.2g} times as likely to be seen "
                f"(p = {self.lrt_p:.3f})",
                *self.notes,
            ]
        )


def select(yi: ArrayLike, vi: ArrayLike, *, at_any_k: bool = False) -> SelectionEffect:
    """Three-parameter selection model with one step at a one-sided p of 0.025.

    Significance counts in the direction of the unselected ML estimate. Turned so that this is
    "greater", p_i = 1 - Phi(yi / sei) and a study is seen with weight 1 if p_i <= 0.025 and
    weight d otherwise. log L = sum over studies of log w_i + log phi(yi; m, vi + tau²) - log A_i,
    A_i = S_i + d (1 - S_i), S_i = Phi((m - 1.96 sei) / sqrt(vi + tau²)). Standard errors from the
    curvature in m, tau² and log d; if tau² is 0, in m and log d only. No answer
    (NotEstimableError) below 10 studies, or if all lie on one side of the step.

    Source: Vevea and Hedges (1995), Psychometrika 60, 419-435. doi:10.1007/BF02294384 McShane,
    Böckenholt and Hansen (2016), Perspectives on Psychological Science 11, 730-749.
    doi:10.1177/1745691616662243

    >>> fit = select([0.5, 0.6, 0.1, -0.1], [0.04, 0.05, 0.04, 0.03], at_any_k=True)
    >>> fit.n_significant, fit.alternative
    (2, 'greater')
    """
    effects, variances = admitted(yi, vi, at_any_k)
    plain = pool(effects, variances, method="ML", test="normal")
    sign = -1.0 if plain.estimate < 0 else 1.0
    model = _Selection(sign * effects, variances)
    inside = int(model.significant.sum())
    if inside in (0, len(effects)):
        raise NotEstimableError(
            "selection model",
            found=f"{inside} of {len(effects)} studies with one-sided p <= {STEP}",
            allowed="studies on both sides of the step",
        )
    mean, tau2, log_weight = model.best(sign * plain.estimate, plain.tau2 or 0.0)
    without = -model.loss(np.array([sign * plain.estimate, plain.tau2 or 0.0, 0.0]))
    loglik = -model.loss(np.array([mean, tau2, log_weight]))
    lrt = max(0.0, 2 * (loglik - without))
    z, spreads = float(ndtri(0.975)), model.standard_errors(mean, tau2, log_weight)
    se, weight_se = spreads or (None, None)
    estimate = sign * mean
    return SelectionEffect(
        estimate=estimate,
        se=se,
        ci_low=None if se is None else estimate - z * se,
        ci_high=None if se is None else estimate + z * se,
        p_value=None if se is None else float(2 * ndtr(-abs(estimate / se))),
        tau2=tau2,
        weight=math.exp(log_weight),
        weight_ci_low=None if weight_se is None else math.exp(log_weight - z * weight_se),
        weight_ci_high=None if weight_se is None else math.exp(log_weight + z * weight_se),
        lrt=lrt,
        lrt_p=float(chdtrc(1, lrt)),
        alternative="less" if sign < 0 else "greater",
        n_significant=inside,
        k=len(effects),
        loglik=loglik,
        estimate_before=plain.estimate,
        ci_level=95,
        notes=_notes(inside, len(effects), tau2, se),
    )


class _Selection:
    """The likelihood of (mean, tau², log weight), significance counted upwards."""

    def __init__(self, yi: Floats, vi: Floats) -> None:
        self.yi, self.vi, self.sei = yi, vi, np.sqrt(vi)
        self.significant = ndtr(-yi / self.sei) <= STEP
        self.unit = float(np.ptp(yi) + self.sei.mean())

    def loss(self, parameters: Floats) -> float:
        """Minus the log-likelihood."""
        mean, tau2, log_weight = (float(one) for one in parameters)
        total = self.vi + tau2
        if total.min() <= 0 or abs(log_weight) > 500:
            return math.inf
        seen = ndtr((mean + float(ndtri(STEP)) * self.sei) / np.sqrt(total))
        log_normal = -(np.log(2 * math.pi * total) + (self.yi - mean) ** 2 / total) / 2
        chance = np.log(seen + math.exp(log_weight) * (1 - seen))
        unseen = int((~self.significant).sum())
        return float(chance.sum() - log_normal.sum()) - unseen * log_weight

    def best(self, mean: float, tau2: float) -> tuple[float, float, float]:
        """Maximum likelihood, from several starts; tau² is 0 where nothing above it is better."""
        options = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000, "maxfev": 4000}

        def scaled(x: Floats) -> float:
            return self.loss(np.array([x[0] * self.unit, (x[1] * self.unit) ** 2, x[2]]))

        tau = math.sqrt(tau2) / self.unit
        starts = [(share * mean / self.unit, t, w) for share, t, w in _starts(tau)]
        fits = [
            scipy.optimize.minimize(scaled, x, method="Nelder-Mead", options=options)
            for x in starts
        ]
        found = min(fits, key=lambda fit: float(fit.fun))
        again = scipy.optimize.minimize(scaled, found.x, method="Nelder-Mead", options=options)
        if abs(again.x[1]) < 1e-4:
            flat = scipy.optimize.minimize(
                lambda x: scaled(np.array([x[0], 0.0, x[1]])),
                again.x[[0, 2]],
                method="Nelder-Mead",
                options=options,
            )
            if flat.fun <= again.fun + 1e-9:
                return float(flat.x[0]) * self.unit, 0.0, float(flat.x[1])
        spread = (float(again.x[1]) * self.unit) ** 2
        return float(again.x[0]) * self.unit, spread, float(again.x[2])

    def standard_errors(
        self, mean: float, tau2: float, log_weight: float
    ) -> tuple[float, float] | None:
        """Of mean and log weight; None where the likelihood is too flat."""
        if tau2 > 0:
            scales = np.array([self.unit, tau2, 1.0])
        else:
            scales = np.array([self.unit, 0.0, 1.0])
        free = np.flatnonzero(scales)
        at = np.array([mean, tau2, log_weight])

        def moved(x: Floats) -> float:
            shifted = at.copy()
            shifted[free] += x * scales[free]
            return self.loss(shifted)

        information = curvature_of(moved, np.zeros(len(free)))
        values = np.linalg.eigvalsh(information)
        if not np.isfinite(values).all() or values[0] <= 1e-8 * values[-1]:
            return None
        spread = np.sqrt(np.diag(np.linalg.inv(information)))
        return float(spread[0] * self.unit), float(spread[-1])


def _starts(tau: float) -> list[tuple[float, float, float]]:
    """Share of the unselected mean, tau in units, log weight."""
    return [(1.0, max(tau, 0.05), 0.0), (0.5, 0.02, -1.5), (1.2, max(tau, 0.1), 1.0)]


def _notes(inside: int, k: int, tau2: float, se: float | None) -> tuple[str, ...]:
    notes = []
    if min(inside, k - inside) < 4:
        notes.append(f"Only {min(inside, k - inside)} studies on one side: the weight is a guess.")
    if tau2 == 0:
        notes.append("No spread between the studies was found: tau2 is 0.")
    if se is None:
        notes.append("The likelihood is too flat for standard errors.")
    return tuple(notes)
