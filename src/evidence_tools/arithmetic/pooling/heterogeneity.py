"""Between-study variance, for one meta-analysis or for thousands of them side by side.

A `Stack` holds the studies down and the meta-analyses across, so that every estimator runs on all
meta-analyses at once: `pool` is a stack of one, leave-one-out a stack of k, GOSH a stack of
thousands. Effect sizes, sampling variances and membership go in; the weighted fits that follow from
the estimates of tau² (`tau2`) come out. Inference (tests, intervals) is made in `pool`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from evidence_tools.arithmetic.pooling.tau2 import (
    Array,
    Flags,
    Rows,
    estimate_tau2,
    pearson_above,
    search,
)


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

    @property
    def df(self) -> Array:
        """Studies less one, shape (n,)."""
        return self.k - 1

    @property
    def range(self) -> tuple[float, float]:
        """The smallest sampling variance, and twice the square of the range of the effects."""
        return self.vi.min(), 2 * np.ptp(self.yi, axis=0).max() ** 2

    def columns(self, chosen: Flags | Rows) -> Stack:
        """Some of the meta-analyses."""
        wide = self.yi.shape[1] > 1
        return Stack(
            yi=self.yi[:, chosen] if wide else self.yi,
            vi=self.vi[:, chosen] if wide else self.vi,
            member=self.member[:, chosen],
        )

    def spread(self) -> Array:
        """Sum of squares of y around its plain mean."""
        rest = self.member * (self.yi - _sum(self.member * self.yi) / self.k)
        return _sum(rest, rest)

    def unweighted(self) -> tuple[Array, Array]:
        """Sum of squares, and what the sampling variances add to it."""
        return self.spread(), _sum(self.member * self.vi) * self.df / self.k

    def pearson(self, tau2: Array) -> tuple[Array, Array]:
        """Sums of w r² and of w² r²."""
        weights, _, residuals = weigh(self, tau2)
        pulls = weights * residuals
        return _sum(pulls, residuals), _sum(pulls, pulls)

    def score(self, tau2: Array, restricted: bool) -> tuple[Array, Array, Array, Array]:
        """Forms of the slope of the likelihood and of its bend."""
        weights, _, residuals = weigh(self, tau2)
        total, second = _sum(weights), _sum(weights, weights)
        pulls = weights * residuals
        cross = _sum(weights, pulls)
        squares, cubes = _sum(pulls, pulls), _sum(weights, pulls, pulls) - cross**2 / total
        if not restricted:
            return squares, cubes, total, second
        share = second / total
        expected = second - 2 * _sum(weights, weights, weights) / total + share**2
        return squares, cubes, total - share, expected

    def heights(self, grid: Array, restricted: bool) -> Array:
        """Slopes of the likelihood on a grid."""
        weights, y = 1 / (self.vi[:, None] + grid[:, None]), self.yi - self.yi.mean(axis=0)
        first, second = self.member * y, self.member * y**2
        total, squared = _across(self.member, weights), _across(self.member, weights**2)
        mean = _across(first, weights) / total
        squares = _across(second, weights**2) - 2 * mean * _across(first, weights**2)
        return squares + mean**2 * squared - total + (squared / total if restricted else 0)

    def loglik(self, tau2: Array, restricted: bool) -> Array:
        """Log-likelihood, up to a constant."""
        weights, _, residuals = weigh(self, tau2)
        logs = _sum(self.member * np.log(self.vi + tau2)) + _sum(weights, residuals, residuals)
        return -(logs + (np.log(_sum(weights)) if restricted else 0)) / 2


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


def fit(stack: Stack, method: str) -> Fits:
    """Weighted fits of every meta-analysis of a stack.

    w = 1 / (v + tau²), estimate = sum(w y) / sum(w), variance = 1 / sum(w). With the typical
    sampling variance s² = (k - 1) / (sum(1/v) - sum(1/v²) / sum(1/v)), I² = tau² / (tau² + s²) and
    H² = tau² / s² + 1. For FE, which has no tau², I² = max(0, (Q - k + 1) / Q) and
    H² = Q / (k - 1).

    Source: Higgins and Thompson (2002) (s², I², H²). Hartung and Knapp (2001) (the ratio).
    """
    converged = np.ones(stack.member.shape[1], dtype=bool)
    k, many = stack.k, stack.k > 1
    tau2 = np.zeros_like(k)
    if many.any():
        some = stack if many.all() else stack.columns(many)
        tau2[many], converged[many] = estimate_tau2(some, method)
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


def q_profile(yi: Array, vi: Array, ci_level: float) -> tuple[float, float] | None:
    """Confidence interval of tau², or None if it is empty.

    Q(t) = sum(w r²) with w = 1 / (v + t) falls in t and has a chi-squared distribution on k - 1
    degrees of freedom at the true t; the interval holds every t whose Q(t) lies between the two
    quantiles. It assumes normal effects and known vi, and is the same for every method.

    Source: Viechtbauer (2007).
    """
    tail = (1 - ci_level / 100) / 2
    stack, zero = Stack.of(yi, vi), np.zeros(1)
    targets = chdtri(len(yi) - 1, np.array([tail, 1 - tail]))
    low, high = (search(stack, pearson_above(target), zero)[0][0] for target in targets)
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


def _across(studies: Array, weights: Array) -> Array:
    """Sums over the studies of (k, n) by (k, points, 1 or n), shape (points, n)."""
    if weights.shape[2] == 1:  # without BLAS, whose threads cost more than so few studies
        return np.asarray(np.einsum("kn,kp->pn", studies, weights[..., 0]))
    return np.asarray(np.einsum("kn,kpn->pn", studies, weights))
