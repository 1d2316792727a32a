"""Funnel plot: effects against their standard errors, with contours of significance."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evidence_tools.display.style import FIGURE_WIDTH, INK, MARK, MUTED, RC, RUNGS
from evidence_tools.display.words import write_sides

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = (90.0, 95.0, 99.0)
_SHADES = ("#ffffff", "#e3e8ec", "#cdd5db", "#b7c2ca")


def draw_funnel(
    yi: Sequence[float],
    sei: Sequence[float],
    *,
    estimate: float | None = None,
    xlabel: str = "Standardised difference (SD units)",
    favours: tuple[str, str] = ("favours ketamine", "favours control"),
    empty: str = "no eligible studies",
    ax: Axes | None = None,
) -> Axes:
    """Effects against standard errors, the smallest on top, around the line of no effect.

    Parameters
    ----------
    yi, sei : sequence of float
        Effects and their standard errors.
    estimate : float, optional
        Pooled effect, drawn as a dashed line.
    xlabel, empty : str
        Words of the axis, and what an empty figure says.
    favours : (str, str)
        Words left and right of no effect.
    ax : Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        if ax is None:
            figure = Figure(figsize=(FIGURE_WIDTH, 4.8), dpi=RC["figure.dpi"])
            figure.subplots_adjust(left=0.17, right=0.96, top=0.93, bottom=0.33)
            ax = figure.add_subplot()
        effects, errors = np.asarray(yi, dtype=float), np.asarray(sei, dtype=float)
        most = float(errors.max()) * 1.1 if len(errors) else 1.0
        reach = max(2.6 * most, float(np.abs(effects).max()) * 1.1 if len(effects) else 1.0)
        ax.set_xlim(-reach, reach)
        ax.set_ylim(most, 0)
        _draw_contours(ax, most, reach)
        if not len(effects):
            ax.text(0.5, 0.5, empty, transform=ax.transAxes, ha="center", color=MUTED)
        ax.axvline(0, color=INK, linewidth=1)
        colour = RUNGS["direct"].colour
        label = "one study" if len(effects) else "_"
        ax.plot(effects, errors, "o", color=colour, markersize=6, label=label)
        if estimate is not None:
            style = {"color": MARK, "linewidth": 1.4, "linestyle": (0, (4, 2))}
            ax.axvline(estimate, label="pooled effect", **style)
        ax.set_xlabel(xlabel, color=MUTED)
        ax.set_ylabel("Standard error", color=MUTED)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        write_sides(ax, favours)
        legend = ax.legend(
            loc="upper left",
            bbox_to_anchor=(0, -0.2),
            ncols=2,
            title="A study's own p-value, against no effect",
            alignment="left",
        )
        for patch in legend.get_patches():
            patch.set(edgecolor=MUTED, linewidth=0.6)
    return ax


def _draw_contours(ax: Axes, most: float, reach: float) -> None:
    """Bands between which a two-sided test of no effect has the named p-values."""
    quantiles = [NormalDist().inv_cdf(0.5 + level / 200) for level in LEVELS]
    edges = [0.0, *(quantile * most for quantile in quantiles), reach]
    words = ["p above 0.10", "p 0.05 to 0.10", "p 0.01 to 0.05", "p below 0.01"]
    for shade, inner, outer, label in zip(_SHADES, edges, edges[1:], words, strict=False):
        top = reach if outer == reach else 0.0  # without any error, every effect is beyond
        for sign, name in ((1, label), (-1, "_")):
            ax.fill_betweenx(
                [0, most],
                [0, sign * inner],
                [sign * top, sign * outer],
                color=shade,
                linewidth=0,
                zorder=0,
                label=name,
            )
