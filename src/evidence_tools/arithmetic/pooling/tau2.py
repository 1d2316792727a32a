"""Estimators of the between-study variance tau², once for every kind of model.

A model says what its residual forms are (`Models`); whether its predictor is one mean, for
thousands of meta-analyses side by side (`heterogeneity.Stack`), or a regression
(`regression.Design`), the estimators are the same. Those without a closed form are roots, found by
Newton steps that a bracket guards and run to convergence (relative 1e-10); other software often
stops earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
Excess = Callable[[Any, Array], tuple[Array, Array]]
"""Height of a falling function at each tau², and a positive slope for the next Newton step."""

METHODS = ("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
RELATIVE_TOLERANCE = 1e-10
LONGEST_SEARCH = 200
"""Newton steps, bisections included; eight are usual."""
PATIENCE = 20
"""Steps after which a search changes its slopes."""
_RATIO = 1.5
"""Of v + tau² from one point of the grid to the next: peaks of a likelihood are wider than that."""
_MOST_POINTS = 100


class Models(Protocol):
    """Models side by side; P takes the predictor out of y, W = diag(1 / (v + tau²))."""

    @property
    def k(self) -> Array:
        """Studies."""

    @property
    def df(self) -> Array:
        """Studies less terms of the predictor."""

    @property
    def scale(self) -> Array:
        """Size of a sampling variance, per model."""

    @property
    def range(self) -> tuple[float, float]:
        """The smallest sampling variance, and a tau² beyond which no likelihood has a peak."""

    def columns(self, chosen: Flags | Rows) -> Self:
        """Some of the models."""

    def spread(self) -> Array:
        """Sum of squares of y around its plain mean."""

    def unweighted(self) -> tuple[Array, Array]:
        """Y'My and tr(MV), M being P with unit weights."""

    def pearson(self, tau2: Array) -> tuple[Array, Array]:
        """Y'Py and y'PPy."""

    def score(self, tau2: Array, restricted: bool) -> tuple[Array, Array, Array, Array]:
        """y'PPy, y'PPPy, tr(A) and tr(AA), with A = P if restricted, else W."""

    def heights(self, grid: Array, restricted: bool) -> Array:
        """Y'PPy - tr(A) of each model at each point of a grid, shape (points, models)."""

    def loglik(self, tau2: Array, restricted: bool) -> Array:
        """Log-likelihood, up to a constant."""


def estimate_tau2(models: Models, method: str) -> tuple[Array, Flags]:
    """Between-study variances, and whether each search for them came to rest.

    Each model needs more studies than terms. Estimates below 0 become 0; that of FE is 0. EB and PM
    are one estimator, reached by different routes.

    With P = W - W X (X'WX)^-1 X'W, W = diag(1 / (v + tau²)), M = P with unit weights and df = k
    less the columns of X (X is a column of ones where there are no moderators):

    - DL: (y'Py - df) / tr(P) at tau² = 0
    - HE: (y'My - tr(MV)) / df; HS: (y'Py - k) / tr(W) at tau² = 0
    - SJ: t0 y'Py / df, with t0 the variance of y on k, P at t0
    - PM, EB: the root of y'Py = df, the only one since y'Py falls
    - ML: a root of y'PPy = tr(W); REML: of y'PPy = tr(P)

    The likelihood may have more than one peak. Every peak between the points of a grid, and 0 where
    the likelihood falls from there on, is climbed, and the highest is the answer.

    Source: DerSimonian and Laird (1986); Hedges (1983) for HE; Hunter and Schmidt (2004); Sidik and
    Jonkman (2005); Paule and Mandel (1982) and Morris (1983), shown equal by DerSimonian and Kacker
    (2007); Viechtbauer (2005) for ML, REML and the whole set; Raudenbush (2009) with moderators.
    """
    n = len(models.df)
    if method in ("ML", "REML"):
        return _likeliest(models, method == "REML")
    if method in ("PM", "EB"):
        return search(models, pearson_above(None), np.zeros(n))
    closed = np.zeros(n) if method == "FE" else np.maximum(0.0, _CLOSED[method](models))
    return closed, np.ones(n, dtype=bool)


def search(
    models: Models, excess: Excess, start: Array, within: tuple[Array, Array] | None = None
) -> tuple[Array, Flags]:
    """Where each function crosses zero from above; 0 if it is not above zero there.

    Newton steps, replaced by bisection where they would leave the bracket seen so far (`within` at
    first). A search that is not at rest after `PATIENCE` steps lies on a nearly flat stretch, where
    the slopes given are too careful: from then on the slope is that of the last two heights.
    """
    tau2, scale, active = start.copy(), models.scale, np.arange(len(start))
    low, high = within or (np.zeros_like(start), np.full_like(start, np.inf))
    low, high, scale = low.copy(), high.copy(), np.broadcast_to(scale, start.shape)
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


def pearson_above(target: float | None) -> Excess:
    """1 / target less 1 / y'Py, which is nearly straight; the target is df if none is given.

    Both sides are multiplied by (y'Py)², which leaves the root and the Newton step as they are.
    """

    def excess(models: Models, tau2: Array) -> tuple[Array, Array]:
        q, slope = models.pearson(tau2)
        aim = models.df if target is None else target
        return q * (q - aim) / aim, np.where(slope > 0, slope, 1.0)

    return excess


def _likeliest(models: Models, restricted: bool) -> tuple[Array, Flags]:
    """The highest peak of each likelihood; all are climbed, and several are compared."""

    def excess(models: Models, tau2: Array) -> tuple[Array, Array]:
        squares, cubes, trace, expected = models.score(tau2, restricted)
        # observed information (Newton), held above half the expected one (Fisher scoring)
        return squares - trace, np.maximum(2 * cubes - expected, expected / 2)

    least, end = models.range
    far = np.log1p(end / least)
    points = int(np.clip(far / np.log(_RATIO), 2, _MOST_POINTS)) + 1 if np.isfinite(far) else 2
    grid = least * np.expm1(np.linspace(0, far, points))
    heights = models.heights(grid, restricted)
    cell, model = np.nonzero((heights[:-1] > 0) & ~(heights[1:] > 0))
    above, below = heights[cell, model], heights[cell + 1, model]
    low, high = grid[cell], grid[cell + 1]
    start = low + (high - low) * above / (above - below)
    tops, settled = search(models.columns(model), excess, start, (low, high))
    zero = np.flatnonzero(heights[0] <= 0)
    model, tops = np.append(model, zero), np.append(tops, np.zeros(len(zero)))
    settled = np.append(settled, np.ones(len(zero), dtype=bool))
    rival, height = np.bincount(model, minlength=1)[model] > 1, np.zeros(len(model))
    if rival.any():
        height[rival] = models.columns(model[rival]).loglik(tops[rival], restricted)
    order = np.argsort(height, kind="stable")
    tau2, converged = np.full(len(heights.T), np.nan), np.zeros(len(heights.T), dtype=bool)
    tau2[model[order]], converged[model[order]] = tops[order], settled[order]  # the last one stays
    return tau2, converged


def _moment(models: Models) -> Array:
    zero = np.zeros_like(models.df)
    return (models.pearson(zero)[0] - models.df) / models.score(zero, True)[2]


def _hedges(models: Models) -> Array:
    squares, trace = models.unweighted()
    return (squares - trace) / models.df


def _hunter(models: Models) -> Array:
    zero = np.zeros_like(models.df)
    return (models.pearson(zero)[0] - models.k) / models.score(zero, False)[2]


def _sidik(models: Models) -> Array:
    first = models.spread() / models.k
    return first * models.pearson(first)[0] / models.df


_CLOSED: dict[str, Callable[[Models], Array]] = {
    "DL": _moment,
    "HE": _hedges,
    "HS": _hunter,
    "SJ": _sidik,
}
