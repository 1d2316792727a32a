"""Restricted likelihood of effects nested in studies, and the variances that maximise it.

Each study's block is turned once into its own axes; after that every evaluation is a handful of
sums over rows, so thousands of studies cost no more per row than three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

if TYPE_CHECKING:
    from evidence_tools.arithmetic.pooling.working_covariance import WorkingCovariance

Floats = NDArray[np.float64]
Variances = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NestedFit:
    """Coefficients, their covariance, the log-likelihood and its slope at given variances."""

    beta: Floats
    covariance: Floats
    loglik: float
    slope: Floats


class NestedModel:
    """yi = X b + u_study + w_effect + e, with Var(e) in blocks.

    Notes
    -----
    In the axes of a block V_i = Q D Q', M_i = Q (D + sigma2_effect) Q' + sigma2_study 11', and
    the inverse of that sum of a diagonal and a rank-one matrix is known. The restricted
    log-likelihood is -1/2 ((n - p) log 2 pi - log|X'X| + log|M| + log|X'M^-1 X| + r'M^-1 r).
    """

    def __init__(self, yi: Floats, design: Floats, covariance: WorkingCovariance) -> None:
        sizes = np.array([len(rows) for rows in covariance.rows])
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self._study = np.repeat(np.arange(len(sizes)), sizes)
        columns = np.column_stack([yi, np.ones(len(yi)), design])
        turned, values = [], []
        for rows, block in zip(covariance.rows, covariance.blocks, strict=True):
            eigenvalues, axes = np.linalg.eigh(block)
            values.append(eigenvalues)
            turned.append(axes.T @ columns[rows])
        self._values = np.concatenate(values)
        everything = np.concatenate(turned)
        self._y, self._one, self._x = everything[:, 0], everything[:, 1], everything[:, 2:]
        self._constant = (len(yi) - design.shape[1]) * math.log(2 * math.pi)
        self._constant -= float(np.linalg.slogdet(design.T @ design)[1])
        precise = 1 / np.concatenate([np.diag(block) for block in covariance.blocks])
        ordered = yi[np.concatenate(covariance.rows)]
        centre = np.average(ordered, weights=precise)
        spread = np.average((ordered - centre) ** 2, weights=precise)
        self.scale = float(spread + 1 / precise.mean())

    def _sums(self, rows: Floats) -> Floats:
        return np.asarray(np.add.reduceat(rows, self._starts, axis=0))

    def at(self, sigma2_study: float, sigma2_effect: float) -> NestedFit:
        """Everything at these variances."""
        x, y, one = self._x, self._y, self._one
        weights = 1 / (self._values + sigma2_effect)
        pulled = weights * one
        c, u, v = self._sums(pulled * one), self._sums(pulled[:, None] * x), self._sums(pulled * y)
        grown = 1 + sigma2_study * c
        shrink = sigma2_study / grown
        information = x.T @ (weights[:, None] * x) - u.T @ (shrink[:, None] * u)
        covariance = np.linalg.inv(information)
        beta = covariance @ (x.T @ (weights * y) - u.T @ (shrink * v))
        residuals, of_study = y - x @ beta, v - u @ beta
        squares = (weights * residuals**2).sum() - (shrink * of_study**2).sum()
        log_det = -np.log(weights).sum() + np.log(grown).sum()
        total = self._constant + log_det + np.linalg.slogdet(information)[1] + squares

        u_grown = u / grown[:, None]
        slope_study = ((of_study / grown) ** 2).sum() - (c / grown).sum()
        slope_study += np.trace(covariance @ (u_grown.T @ u_grown))
        back = self._study
        solved_x = weights[:, None] * x - pulled[:, None] * (shrink[:, None] * u)[back]
        solved_e = weights * residuals - pulled * (shrink * of_study)[back]
        slope_effect = (solved_e**2).sum() + np.trace(covariance @ (solved_x.T @ solved_x))
        slope_effect -= weights.sum() - (shrink * self._sums(pulled**2)).sum()
        slope = np.array([slope_study, slope_effect]) / 2
        return NestedFit(beta, covariance, float(-total / 2), slope)


def fit_variances(model: NestedModel, *, nested: bool) -> Variances:
    """REML variances between studies and between effects, both at least 0.

    The likelihood may have several peaks: quasi-Newton from every peak of a grid, then Newton
    steps on the exact slope of the best until nothing moves in the twelfth digit.
    """
    scale = model.scale

    def loss(shares: Floats) -> tuple[float, Floats]:
        fit = model.at(*(shares * scale))
        return -fit.loglik, -fit.slope * scale

    bounds = [(0.0, None), (0.0, None if nested else 0.0)]
    starts = _peaks(model, nested)
    fits = [
        scipy.optimize.minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}
        )
        for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    study, effect = _polished(model, np.array(best.x) * scale, nested)
    return float(study), float(effect)


def _peaks(model: NestedModel, nested: bool) -> Floats:
    """Points of a grid, in units of the scale, that no neighbour exceeds."""
    shares = np.array([0.0, *np.geomspace(1e-3, 3, 9)])
    others = shares if nested else shares[:1]
    heights = np.full((len(shares) + 2, len(others) + 2), -np.inf)
    heights[1:-1, 1:-1] = [
        [model.at(model.scale * one, model.scale * other).loglik for other in others]
        for one in shares
    ]
    around = sliding_window_view(heights, (3, 3)).max(axis=(2, 3))
    first, second = np.nonzero(heights[1:-1, 1:-1] >= around)
    return np.column_stack([shares[first], others[second]])


def _polished(model: NestedModel, variances: Floats, nested: bool) -> Floats:
    """Newton steps from a point near the maximum; a variance at 0 with a falling slope stays."""
    tiny = 1e-7 * model.scale
    for _ in range(40):
        fit = model.at(*variances)
        variances = np.where((variances < tiny) & (fit.slope <= 0), 0.0, variances)
        free = (variances > 0) | (fit.slope > 0)
        free[1] &= nested
        if not free.any():
            break
        curvature = _slopes_change(model, variances)[np.ix_(free, free)]
        step = np.zeros(2)
        step[free] = np.linalg.lstsq(curvature, -fit.slope[free], rcond=None)[0]
        for _ in range(30):
            proposed = np.maximum(variances + step, 0.0)
            if model.at(*proposed).loglik >= fit.loglik - 1e-12 * abs(fit.loglik):
                break
            step = step / 2
        moved = np.abs(proposed - variances).max()
        variances = proposed
        if moved < 1e-12 * model.scale:
            break
    return variances


def _slopes_change(model: NestedModel, variances: Floats) -> Floats:
    """Second derivatives, by differences of the exact slopes."""
    columns = []
    for i in range(2):
        width = 1e-4 * max(float(variances[i]), 1e-2 * model.scale)
        shift = np.eye(2)[i] * width
        if variances[i] > width:
            change = model.at(*(variances + shift)).slope - model.at(*(variances - shift)).slope
            columns.append(change / (2 * width))
        else:
            change = model.at(*(variances + shift)).slope - model.at(*variances).slope
            columns.append(change / width)
    matrix = np.column_stack(columns)
    return np.asarray((matrix + matrix.T) / 2)
