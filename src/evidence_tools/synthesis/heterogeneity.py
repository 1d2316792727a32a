"""Between-study variance, for one meta-analysis or for thousands of them side by side.

A `Stack` holds the studies down and the meta-analyses across, so that every estimator runs on all
meta-analyses at once: `pool` is a stack of one, leave-one-out a stack of k, GOSH a stack of
thousands. Effect sizes, sampling variances and membership go in; estimates of tau² and the
weighted fits that follow from them come out. Inference (tests, intervals) is made in `pool`.

The iterative estimators are roots of one function each, found by Newton steps that a bracket
guards. They are run to convergence (relative 1e-10); other software often stops earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Excess = Callable[[Any, Array], tuple[Array, Array]]
"""Height of a falling function at each tau², and a positive slope for the next Newton step."""

METHODS = ("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
RELATIVE_TOLERANCE = 1e-10
LONGEST_SEARCH = 200
"""Newton steps, bisections included; eight are usual."""
PATIENCE = 20
"""Steps after which a search changes its slopes."""


class Searched(Protocol):
    """What a search for tau² runs on: models side by side."""

    @property
    def scale(self) -> Array:
        """Size of a sampling variance, per model."""

    def columns(self, chosen: Flags) -> Self:
        """Some of the models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Meta-analyses side by side.

    Attributes
    ----------
    yi, vi : array of float, shape (k, 1) or (k, n)
        Effect sizes and sampling variances; one column serves all n meta-analyses.
    member : array of float, shape (k, n)
        1 where study i belongs to meta-analysis j, else 0.
    """

    yi: Array
    vi: Array
    member: Array

    @classmethod
    def of(cls, yi: Array, vi: Array, member: npt.ArrayLike | None = None) -> Stack:
        """One set of studies, and which of them each meta-analysis has (default: all)."""
        chosen = np.ones((len(yi), 1)) if member is None else np.asarray(member, dtype=float)
        return cls(yi=yi[:, None], vi=vi[:, None], member=chosen)

    @property
    def k(self) -> Array:
        """Studies per meta-analysis, shape (n,)."""
        return _sum(self.member)

    @property
    def scale(self) -> Array:
        """Harmonic mean of the sampling variances, shape (n,)."""
        return self.k / _sum(self.member / self.vi)

    def columns(self, chosen: Flags) -> Stack:
        """Some of the meta-analyses."""
        wide = self.yi.shape[1] > 1
        return Stack(
            yi=self.yi[:, chosen] if wide else self.yi,
            vi=self.vi[:, chosen] if wide else self.vi,
            member=self.member[:, chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """Weighted fits of a stack, one number per meta-analysis; shapes (n,).

    Attributes
    ----------
    k : array of float
        Studies.
    estimate, variance : array of float
        Weighted mean, and its variance 1 / sum(w), before any Knapp-Hartung adjustment.
    tau2 : array of float
        Between-study variance; 0 for one study.
    i2, h2 : array of float
        Inconsistency (percent, 0 for one study) and H² (1 for one study).
    q : array of float
        Cochran's Q.
    ratio : array of float
        Knapp-Hartung variance ratio sum(w r²) / (k - 1); 1 for one study.
    converged : array of bool
        False where the search for tau² was cut off; tau² is then its last iterate.
    """

    k: Array
    estimate: Array
    variance: Array
    tau2: Array
    i2: Array
    h2: Array
    q: Array
    ratio: Array
    converged: Flags


def fit(stack: Stack, method: str, tau2: Array | None = None) -> Fits:
    """Weighted fits of every meta-analysis of a stack.

    Parameters
    ----------
    stack : Stack
        The meta-analyses; each has at least one study.
    method : {"FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"}
        Estimator of tau².
    tau2 : array of float, shape (n,), optional
        Use these instead of estimating.

    Returns
    -------
    Fits
        One number per meta-analysis.

    Notes
    -----
    w = 1 / (v + tau²), estimate = sum(w y) / sum(w), variance = 1 / sum(w). With the typical
    sampling variance s² = (k - 1) / (sum(1/v) - sum(1/v²) / sum(1/v)), I² = tau² / (tau² + s²) and
    H² = tau² / s² + 1. For FE, which has no tau², I² = max(0, (Q - k + 1) / Q) and
    H² = Q / (k - 1).

    References
    ----------
    Higgins and Thompson (2002) (s², I², H²). Hartung and Knapp (2001) (the ratio).
    """
    converged = np.ones(stack.member.shape[1], dtype=bool)
    if tau2 is None:
        tau2, converged = estimate_tau2(stack, method)
    k, many = stack.k, stack.k > 1
    df = np.where(many, k - 1, 1.0)
    weights, mean, residuals = weigh(stack, tau2)
    fixed, _, rests = weigh(stack, np.zeros_like(tau2))
    q = np.where(many, _sum(fixed, rests, rests), 0.0)
    spread = _trace(fixed)
    if method == "FE":
        inconsistency, h2 = np.maximum(0.0, q - df) / np.where(q > 0, q, 1.0), q / df
    else:
        h2 = tau2 * spread / df + 1
        inconsistency = 1 - 1 / h2
    return Fits(
        k=k,
        estimate=mean,
        variance=1 / _sum(weights),
        tau2=tau2,
        i2=np.where(many, 100 * inconsistency, 0.0),
        h2=np.where(many, h2, 1.0),
        q=q,
        ratio=np.where(many, _sum(weights, residuals, residuals) / df, 1.0),
        converged=converged,
    )


def estimate_tau2(stack: Stack, method: str) -> tuple[Array, Flags]:
    """Between-study variances, and whether each search for them came to rest.

    Parameters
    ----------
    stack : Stack
        The meta-analyses; one study alone has tau² 0.
    method : {"FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"}
        FE: 0, by definition. EB and PM are the same estimator, reached by different routes.

    Returns
    -------
    tau2 : array of float, shape (n,)
        Never negative: estimates below 0 become 0.
    converged : array of bool, shape (n,)
        Always true for the estimators in closed form (DL, HE, HS, SJ).

    Notes
    -----
    With a = 1/v, A1 = sum(a), A2 = sum(a²), s² the variance of y on k - 1, w = 1 / (v + tau²),
    r = y - sum(w y) / sum(w), W1 = sum(w) and W2 = sum(w²):

    - DL: (Q - k + 1) / (A1 - A2 / A1)
    - HE: s² - mean(v)
    - HS: (Q - k) / A1
    - SJ: t0 sum(w r²) / (k - 1) with t0 = s² (k - 1) / k and w = 1 / (v + t0)
    - PM, EB: the root of sum(w r²) = k - 1
    - ML: the root of sum(w² r²) = W1
    - REML: the root of sum(w² r²) = W1 - W2 / W1

    The likelihood may have more than one peak: ML and REML start from HE and climb.

    References
    ----------
    DerSimonian and Laird (1986); Hedges (1983) for HE; Hunter and Schmidt (2004); Sidik and Jonkman
    (2005); Paule and Mandel (1982) and Morris (1983), shown equal by DerSimonian and Kacker
    (2007); Viechtbauer (2005) for ML, REML and the whole set.
    """
    tau2 = np.zeros(stack.member.shape[1])
    converged = np.ones(len(tau2), dtype=bool)
    many = stack.k > 1
    if method == "FE" or not many.any():
        return tau2, converged
    some = stack if many.all() else stack.columns(many)
    if method in _CLOSED:
        tau2[many] = np.maximum(0.0, _CLOSED[method](some))
    else:
        excess, from_zero = _SEARCHED[method]
        start = np.zeros_like(some.k) if from_zero else np.maximum(0.0, _hedges(some))
        tau2[many], converged[many] = search(some, excess, start)
    return tau2, converged


def search(models: Searched, excess: Excess, start: Array) -> tuple[Array, Flags]:
    """Where each function crosses zero from above; 0 if it is not above zero there.

    Newton steps, replaced by bisection where they would leave the bracket seen so far. A search
    that is not at rest after `PATIENCE` steps lies on a nearly flat stretch, where the slopes
    given are too careful: from then on the slope is that of the last two heights.
    """
    tau2, scale, active = start.copy(), models.scale, np.arange(len(start))
    low, high = np.zeros_like(start), np.full_like(start, np.inf)
    at, height = start, np.zeros_like(start)
    for turn in range(LONGEST_SEARCH):
        last_at, last_height, at = at, height, tau2[active]
        height, slope = excess(models, at)
        if turn > PATIENCE:
            with np.errstate(divide="ignore", invalid="ignore"):
                secant = (height - last_height) / (last_at - at)
            slope = np.where(secant > 0, secant, slope)
        low[active] = below = np.where(height > 0, at, low[active])
        high[active] = above = np.where(height > 0, high[active], at)
        step = np.maximum(0.0, at + height / slope)
        outside = (step < below) | (step > above)
        step = np.where(outside, (below + above) / 2, step)
        tau2[active] = step
        unsettled = np.abs(step - at) > RELATIVE_TOLERANCE * (step + scale[active])
        if not unsettled.all():
            active, models = active[unsettled], models.columns(unsettled)
            at, height = at[unsettled], height[unsettled]
        if not active.size:
            break
    return tau2, ~np.isin(np.arange(len(start)), active)


def q_profile(yi: Array, vi: Array, ci_level: float) -> tuple[float, float] | None:
    """Confidence interval of tau², or None if it is empty.

    Parameters
    ----------
    yi, vi : array of float, shape (k,), k >= 2
        Effect sizes and sampling variances.
    ci_level : float
        Percent.

    Returns
    -------
    (low, high) or None
        None if the studies agree more closely than their own errors allow at this level.

    Notes
    -----
    Q(t) = sum(w r²) with w = 1 / (v + t) falls in t and has a chi-squared distribution on k - 1
    degrees of freedom at the true t; the interval holds every t whose Q(t) lies between the two
    quantiles. It assumes normal effects and known vi, and is the same for every method.

    References
    ----------
    Viechtbauer (2007).
    """
    tail = (1 - ci_level / 100) / 2
    stack, zero = Stack.of(yi, vi), np.zeros(1)
    targets = chdtri(len(yi) - 1, np.array([tail, 1 - tail]))
    low, high = (search(stack, _q_above(target), zero)[0][0] for target in targets)
    if high == 0:
        return None
    return float(low), float(high)


def weigh(stack: Stack, tau2: Array) -> tuple[Array, Array, Array]:
    """Weights (k, n), weighted means (n,) and residuals (k, n) at each tau²."""
    weights = stack.member / (stack.vi + tau2)
    mean = _sum(weights, stack.yi) / _sum(weights)
    return weights, mean, stack.yi - mean


def _sum(first: Array, *factors: Array) -> Array:
    """Sums over the studies of products of arrays (k, n)."""
    for factor in factors:
        first = first * factor
    return np.asarray(np.add.reduce(first, axis=0), dtype=float)


def _trace(weights: Array) -> Array:
    total = _sum(weights)
    return total - _sum(weights, weights) / total


def _moment(stack: Stack) -> Array:
    fixed, _, residuals = weigh(stack, np.zeros(1))
    return (_sum(fixed, residuals, residuals) - stack.k + 1) / _trace(fixed)


def _hedges(stack: Stack) -> Array:
    return _spread(stack) / (stack.k - 1) - _sum(stack.member * stack.vi) / stack.k


def _hunter(stack: Stack) -> Array:
    fixed, _, residuals = weigh(stack, np.zeros(1))
    return (_sum(fixed, residuals, residuals) - stack.k) / _sum(fixed)


def _sidik(stack: Stack) -> Array:
    first = _spread(stack) / stack.k
    weights, _, residuals = weigh(stack, first)
    return first * _sum(weights, residuals, residuals) / (stack.k - 1)


def _spread(stack: Stack) -> Array:
    """Sum of squares of y around its plain mean."""
    mean = _sum(stack.member * stack.yi) / stack.k
    rest = stack.member * (stack.yi - mean)
    return _sum(rest, rest)


def _q_above(target: Array | None) -> Excess:
    """1 / target less 1 / Q(tau²), which is nearly straight; the target is k - 1 if none is given.

    Both sides are multiplied by Q², which leaves the root and the Newton step as they are.
    """

    def excess(stack: Stack, tau2: Array) -> tuple[Array, Array]:
        weights, _, residuals = weigh(stack, tau2)
        pulls = weights * residuals
        q, slope = _sum(pulls, residuals), _sum(pulls, pulls)
        aim = stack.k - 1 if target is None else target
        return q * (q - aim) / aim, np.where(slope > 0, slope, 1.0)

    return excess


def _ml_excess(stack: Stack, tau2: Array) -> tuple[Array, Array]:
    """Twice the score of the likelihood, and a positive curvature."""
    weights, _, residuals = weigh(stack, tau2)
    expected = _sum(weights, weights)
    squares, cubes = _forms(weights, residuals)
    return squares - _sum(weights), curvature(2 * cubes - expected, expected)


def _reml_excess(stack: Stack, tau2: Array) -> tuple[Array, Array]:
    """Twice the score of the restricted likelihood, and a positive curvature."""
    weights, _, residuals = weigh(stack, tau2)
    total, second = _sum(weights), _sum(weights, weights)
    share = second / total
    expected = second - 2 * _sum(weights, weights, weights) / total + share**2
    squares, cubes = _forms(weights, residuals)
    return squares - (total - share), curvature(2 * cubes - expected, expected)


def _forms(weights: Array, residuals: Array) -> tuple[Array, Array]:
    """The forms y'PPy and y'PPPy, P being the projection that takes the weighted mean out."""
    pulls = weights * residuals
    cross = _sum(weights, pulls)
    return _sum(pulls, pulls), _sum(weights, pulls, pulls) - cross**2 / _sum(weights)


def curvature(observed: Array, expected: Array) -> Array:
    """Observed information (Newton), held above half the expected one (Fisher scoring)."""
    return np.maximum(observed, expected / 2)


_CLOSED: dict[str, Callable[[Stack], Array]] = {
    "DL": _moment,
    "HE": _hedges,
    "HS": _hunter,
    "SJ": _sidik,
}
_SEARCHED: dict[str, tuple[Excess, bool]] = {
    "PM": (_q_above(None), True),
    "EB": (_q_above(None), True),
    "ML": (_ml_excess, False),
    "REML": (_reml_excess, False),
}
"""The function whose root is sought, and whether the search starts at 0 or at HE."""
