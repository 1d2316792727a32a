"""Posterior of a pooled effect: the density, its interval, and the share on either side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evidence_tools.style import FIGURE_WIDTH, INK, MARK, MUTED, RC, RUNGS, SHADE


def draw_posterior(
    effect: Sequence[float],
    density: Sequence[float],
    *,
    interval: tuple[float, float],
    threshold: float = 0.0,
    words: str = "",
    xlabel: str = "Standardised difference (SD units)",
    ax: Axes | None = None,
) -> Axes:
    """The density of a posterior, with its credible interval and a threshold.

    Parameters
    ----------
    effect, density : sequence of float
        Points of the posterior density, in ascending order of the effect.
    interval : (float, float)
        Ends of the credible interval; shaded.
    threshold : float
        Where a dashed line stands, such as no effect.
    words : str
        What the shaded part means, such as the probability below the threshold; up to two lines.
    xlabel : str
        Words of the axis.
    ax : Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        if ax is None:
            figure = Figure(figsize=(FIGURE_WIDTH, 2.8), dpi=RC["figure.dpi"])
            figure.subplots_adjust(left=0.05, right=0.96, top=0.85, bottom=0.22)
            ax = figure.add_subplot()
        x, y = np.asarray(effect, dtype=float), np.asarray(density, dtype=float)
        colour = RUNGS["direct"].colour
        between = x[(x > interval[0]) & (x < interval[1])]
        shaded = np.concatenate([interval[:1], between, interval[1:]])
        ax.fill_between(shaded, 0, np.interp(shaded, x, y), color=colour, alpha=0.25, linewidth=0)
        ax.plot(x, y, color=colour, linewidth=1.8)
        ax.axvline(threshold, color=MARK, linewidth=1.1, linestyle=(0, (4, 2)))
        ax.set_yticks([])
        ax.set_ylim(0, None)
        ax.set_xlabel(xlabel, color=MUTED)
        ax.grid(axis="x", color=SHADE, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.text(0.0, 1.04, words, transform=ax.transAxes, color=INK, fontsize=9.5, wrap=True)
    return ax
