"""Events of n with a normal effect of each study on the logit: likelihood and its maximum.

The integral over each study's effect is a trapezoidal sum along a hyperbolic sine, fine where the
counts bend the integrand and wide where the normal distribution does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import expit, gammaln, log_expit, logit, logsumexp

Floats = NDArray[np.float64]

POINTS = 101
"""Points per study: the log-likelihood is right to 1e-10 for up to 2,000 people and spreads
up to 100."""
_REACH = 9.0
"""Standard deviations beyond which a normal effect has no mass left in double precision."""
_MOST_STEPS = 50
_MOST_LOOKS = 12
_SPREADS = np.array([0.0, *np.geomspace(0.1, 400, 9), 1e4])
"""Where the profile likelihood of the spread is looked at before its top is sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinomialNormalFit:
    """Mean logit with its standard error, spread, and log-likelihood.

    Attributes
    ----------
    mean, se : float
        Logits.
    tau : float
        Standard deviation of the logits between studies; 0 where nothing above it is likelier.
    loglik : float
    """

    mean: float
    se: float
    tau: float
    loglik: float


@dataclass(frozen=True, slots=True)
class _Point:
    """Log-likelihood with its first and second derivatives in mean and spread."""

    mean: float
    loglik: float
    slope: Floats
    bend: Floats


def fit_binomial_normal(x: Floats, n: Floats) -> BinomialNormalFit:
    """Mean and spread of greatest likelihood, of x events in n people per study.

    Neither none nor all may have the event in every study (the mean has no estimate), nor either
    in each (the likelihood grows with the spread without end).

    x_i ~ Binomial(n_i, p_i), logit(p_i) = b + tau z_i, z_i standard normal and integrated out.
    Given tau the likelihood is log-concave in b, so one Newton search finds its top; in tau it may
    have several, so a grid is looked at first. With s = x - n p and means E over z given the data,
    the slope is sum E(s (1, z)), its derivative sum Var(s (1, z)) - E(n p (1 - p) (1, z)(1, z)').

    Source: Stijnen, Hamza and Özdemir (2010), Statistics in Medicine 29, 3046-3067.
    doi:10.1002/sim.4040
    """
    spreads, near = _SPREADS, float(logit(x.sum() / n.sum()))
    for _ in range(_MOST_LOOKS):
        tops = _tops(x, n, spreads, near)
        best = int(np.argmax([top.loglik for top in tops]))
        if spreads[best] == 0 and tops[best].bend[1, 1] <= 0:
            return _fit(tops[best], 0.0)
        near = tops[best].mean
        rises = [_rise(top, tau) for top, tau in zip(tops, spreads, strict=True)]
        first = min(best - (rises[best] < 0), len(spreads) - 2)
        if rises[first] > 0 > rises[first + 1]:
            break
        spreads = _closer(spreads, best)
    else:
        return _fit(tops[best], float(spreads[best]))
    low, high = spreads[first], spreads[first + 1]
    tau = float(scipy.optimize.brentq(_slope, low, high, args=(x, n, near), rtol=1e-13))
    return _fit(_top(x, n, tau, near), tau)


def log_likelihood(x: Floats, n: Floats, mean: float, tau: float) -> float:
    """Marginal log-likelihood of the counts at one mean logit and one spread."""
    return _at(x, n, mean, tau).loglik


def _fit(top: _Point, tau: float) -> BinomialNormalFit:
    bend = top.bend if tau else top.bend[:1, :1]
    se = math.sqrt(np.linalg.inv(-bend)[0, 0])
    return BinomialNormalFit(mean=top.mean, se=se, tau=tau, loglik=top.loglik)


def _closer(spreads: Floats, best: int) -> Floats:
    """A finer grid on both sides of the best point, for a peak narrower than the steps."""
    left, right = max(best - 1, 0), min(best + 1, len(spreads) - 1)
    sides = [np.linspace(spreads[i], spreads[i + 1], 6) for i in range(left, right)]
    return np.unique(np.concatenate(sides))


def _tops(x: Floats, n: Floats, spreads: Floats, near: float) -> list[_Point]:
    """The top at each spread, each sought from the mean of the one before."""
    tops: list[_Point] = []
    for tau in spreads:
        tops.append(_top(x, n, float(tau), tops[-1].mean if tops else near))
    return tops


def _slope(tau: float, x: Floats, n: Floats, near: float) -> float:
    """Slope of the profile likelihood of the spread."""
    return _rise(_top(x, n, tau, near), tau)


def _rise(top: _Point, tau: float) -> float:
    """Slope of the likelihood in the spread; at 0, where it has none, its bend."""
    return float(top.slope[1] if tau else top.bend[1, 1])


def _top(x: Floats, n: Floats, tau: float, near: float) -> _Point:
    """Mean of greatest likelihood at this spread: guarded Newton steps on a concave function."""
    here = _at(x, n, near, tau)
    for _ in range(_MOST_STEPS):
        step = -here.slope[0] / here.bend[0, 0]
        there = _at(x, n, here.mean + step, tau)
        while there.loglik < here.loglik - 1e-9 * abs(here.loglik):
            step /= 2
            there = _at(x, n, here.mean + step, tau)
        here = there
        if step**2 * -here.bend[0, 0] < 1e-12:  # the next step would be its square
            break
    return here


def _at(x: Floats, n: Floats, mean: float, tau: float) -> _Point:
    """Log-likelihood and its derivatives, each study's effect summed over its own nodes."""
    z, log_steps = _nodes(x, n, mean, tau)
    eta = mean + tau * z
    log_terms = x[:, None] * log_expit(eta) + (n - x)[:, None] * log_expit(-eta) - z**2 / 2
    log_terms += log_steps
    log_sums = logsumexp(log_terms, axis=1, keepdims=True)
    shares = np.exp(log_terms - log_sums)
    p = expit(eta)
    s, turn = x[:, None] - n[:, None] * p, n[:, None] * p * (1 - p)
    directions = np.stack([np.ones_like(z), z])
    scores = (shares * s * directions).sum(axis=2)
    squares = np.einsum("kj,akj,bkj->ab", shares * (s**2 - turn), directions, directions)
    constant = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) - math.log(2 * math.pi) / 2
    return _Point(
        mean=mean,
        loglik=float((constant + log_sums[:, 0]).sum()),
        slope=scores.sum(axis=1),
        bend=squares - scores @ scores.T,
    )


def _nodes(x: Floats, n: Floats, mean: float, tau: float) -> tuple[Floats, Floats]:
    """Standard normal effects at which the integrand is summed, and logarithms of their steps."""
    p = (x + 0.5) / (n + 1)
    far, own, unit = logit(p) - mean, 1 / np.sqrt((n + 1) * p * (1 - p)), max(tau, 1e-300)
    mode, sd = _modes(x, n, mean, tau, tau * far / (tau**2 + own**2))
    centre = np.where(own < tau, far / unit, mode)
    scale = np.where(own < tau, own / unit, sd)
    ends = np.arcsinh((mode + np.array([[-_REACH], [_REACH]]) - centre) / scale)
    u = np.linspace(ends[0], ends[1], POINTS, axis=1)
    log_steps = np.log(scale * (ends[1] - ends[0]) / (POINTS - 1))
    return centre[:, None] + scale[:, None] * np.sinh(u), np.log(np.cosh(u)) + log_steps[:, None]


def _modes(x: Floats, n: Floats, mean: float, tau: float, z: Floats) -> tuple[Floats, Floats]:
    """Mode, to a tenth of its width, and width of each study's effect given its counts."""
    pull = tau * (x - n * expit(mean))
    low, high = np.minimum(pull, 0.0), np.maximum(pull, 0.0)
    z = np.clip(z, low, high)
    while True:
        p = expit(mean + tau * z)
        sd = 1 / np.sqrt(1 + tau**2 * n * p * (1 - p))
        pull = tau * (x - n * p) - z
        low, high = np.where(pull > 0, z, low), np.where(pull > 0, high, z)
        tried = z + pull * sd**2
        step = np.where((tried < low) | (tried > high), (low + high) / 2, tried) - z
        if (np.abs(step) <= 0.1 * sd).all():
            return z, sd
        z = z + step
