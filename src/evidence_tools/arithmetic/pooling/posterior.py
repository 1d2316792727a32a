"""Summaries of a posterior: median and equal-tailed interval.

A posterior comes as a grid of cells, as its quantile function, or as a mixture of normals. Nothing
here knows a study.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

Floats = NDArray[np.float64]

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(8)

CI_LEVEL: float = 95
"""Percent, of credible intervals."""
_NO_MASS = 1e-20
"""Parts of a mixture below this probability touch no quantile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What is believed of one number: its median and its equal-tailed credible interval."""

    median: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class TauGrid:
    """Cells even in x = asinh(tau / unit), with the posterior density of x."""

    tau: Floats
    weights: Floats
    edges: Floats
    log_density: Callable[[Floats], Floats]
    log_evidence: float
    unit: float

    def quantile(self, probability: float) -> float:
        """Tau below which this posterior probability lies."""
        cells = self.weights.reshape(-1, len(_NODES)).sum(axis=1)
        below = np.concatenate([[0.0], np.cumsum(cells)])
        cell = int(np.clip(np.searchsorted(below, probability) - 1, 0, len(cells) - 1))
        left, right = self.edges[cell], self.edges[cell + 1]
        wanted = float(np.clip(probability - below[cell], 0, cells[cell]))

        def missing(x: float) -> float:
            nodes = left + (x - left) * (_NODES + 1) / 2
            log_values = self.log_density(nodes) - self.log_evidence
            return float((x - left) / 2 * (_NODE_WEIGHTS @ np.exp(log_values))) - wanted

        if missing(right) <= 0:
            return float(self.unit * np.sinh(right))
        return float(self.unit * np.sinh(scipy.optimize.brentq(missing, left, right, xtol=1e-15)))


def log_masses(
    log_density: Callable[[Floats], Floats], left: Floats, right: Floats
) -> tuple[Floats, Floats]:
    """Gauss points of each cell, shape (cells, 8), and the logarithm of their masses."""
    half = (right - left)[:, None] / 2
    x = left[:, None] + half * (_NODES + 1)
    return x, log_density(x.ravel()).reshape(x.shape) + np.log(half * _NODE_WEIGHTS)


def fine_edges(log_density: Callable[[Floats], Floats], edges: Floats) -> Floats:
    """Edges, cells halved until halving one more changes no mass beyond rounding.

    Rounding is 1e-14 of the whole, and more where the log-density itself is large.
    """
    for _ in range(40):
        left, right = edges[:-1], edges[1:]
        middle = (left + right) / 2
        whole = logsumexp(log_masses(log_density, left, right)[1], axis=1)
        first = logsumexp(log_masses(log_density, left, middle)[1], axis=1)
        second = logsumexp(log_masses(log_density, middle, right)[1], axis=1)
        parts = np.logaddexp(first, second)
        total = logsumexp(parts)
        off = np.abs(np.exp(whole - total) - np.exp(parts - total)) > 1e-14 + 1e-15 * abs(total)
        if not off.any():
            break
        edges = np.sort(np.concatenate([edges, middle[off]]))
    return edges


def mixture_posterior(weights: Floats, centre: Floats, variance: Floats) -> Posterior:
    """Summaries of a mixture of normals."""
    sds = np.sqrt(variance)
    top = int(weights.argmax())
    heavy = weights > _NO_MASS
    parts, centres, spreads = weights[heavy], centre[heavy], sds[heavy]

    def quantile(probability: float) -> float:
        def missing(x: float) -> float:
            return float(parts @ ndtr((x - centres) / spreads)) - probability

        low, high, step = centre[top], centre[top], sds[top]
        while missing(low) > 0:
            low, step = low - step, 2 * step
        while missing(high) < 0:
            high, step = high + step, 2 * step
        return (
            float(scipy.optimize.brentq(missing, low, high, xtol=1e-14 * sds[top]))
            if low < high
            else low
        )

    return summarise(quantile)


def mixture_density(x: Floats, weights: Floats, centre: Floats, variance: Floats) -> Floats:
    """Density of a mixture of normals at each x."""
    squares = (x[..., None] - centre) ** 2 / variance
    return np.asarray(np.exp(-squares / 2) / np.sqrt(2 * math.pi * variance) @ weights)


def summarise(quantile: Callable[[float], float]) -> Posterior:
    """Median and interval of the number with these quantiles."""
    outside = (1 - CI_LEVEL / 100) / 2
    return Posterior(
        median=float(quantile(0.5)),
        ci_low=float(quantile(outside)),
        ci_high=float(quantile(1 - outside)),
    )
