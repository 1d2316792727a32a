"""Bias-reduced sandwich covariance (CR2) and Satterthwaite degrees of freedom, study by study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from evidence_tools.arithmetic.pooling.working_covariance import WorkingCovariance

Floats = NDArray[np.float64]

_NO_RESIDUAL = 1e-10
"""Share of a study's variance below which a direction is taken as fitted exactly."""


def cr2_covariance(
    yi: Floats,
    design: Floats,
    covariance: WorkingCovariance,
    variances: tuple[float, float],
    beta: Floats,
    model_covariance: Floats,
) -> tuple[Floats, Floats]:
    """CR2 covariance of p coefficients, and the degrees of freedom of each (0: no residual).

    `variances` are sigma2_study and sigma2_effect, `model_covariance` is C = (X'M^-1 X)^-1 and
    `beta` the coefficients by generalised least squares with the inverse of M as weights.

    With G_i = A_i M_i^-1 X_i C the covariance is sum G_i' r_i r_i' G_i. For one coefficient with
    columns g_i, the quadratic form of its variance estimate has under the working model the
    matrix S = diag(a_i) - H C H', a_i = g_i' M_i g_i, rows of H h_i = X_i' g_i, and df = (tr S)² /
    tr S²; both traces are sums over studies.

    Source: Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36, 672-683.
    doi:10.1080/07350015.2016.1247004
    """
    p = design.shape[1]
    total = np.zeros((p, p))
    own, shared = [], []
    for rows, block in zip(covariance.rows, covariance.blocks, strict=True):
        x = design[rows]
        m = block + variances[0] + variances[1] * np.eye(len(rows))
        g = _adjusted(m, x, model_covariance)
        score = g.T @ (yi[rows] - x @ beta)
        total += np.outer(score, score)
        own.append(np.einsum("ij,ij->j", g, m @ g))
        shared.append(x.T @ g)
    return total, _degrees(np.array(own), np.array(shared), model_covariance)


def _adjusted(m: Floats, x: Floats, c: Floats) -> Floats:
    """G_i: the weights of a study's residuals, turned so that their spread is unbiased."""
    upper = np.linalg.cholesky(m).T
    inner = upper @ (m - x @ c @ x.T) @ upper.T
    values, axes = np.linalg.eigh((inner + inner.T) / 2)
    kept = values > _NO_RESIDUAL * np.trace(m) ** 2
    root = axes[:, kept] / np.sqrt(values[kept]) @ axes[:, kept].T
    return np.asarray(upper.T @ root @ upper @ np.linalg.solve(m, x @ c))


def _degrees(own: Floats, shared: Floats, c: Floats) -> Floats:
    """Satterthwaite degrees of freedom; `own` is (k, p), `shared` is (k, p, p)."""
    df = []
    for a, h in zip(own.T, np.moveaxis(shared, 2, 0), strict=True):
        through = np.einsum("ij,jl,il->i", h, c, h)
        gathered = c @ h.T @ h
        trace = a.sum() - through.sum()
        square = (a**2).sum() - 2 * (a * through).sum() + np.trace(gathered @ gathered)
        df.append(trace**2 / square if square > 0 and trace > 0 else 0.0)
    return np.array(df)
