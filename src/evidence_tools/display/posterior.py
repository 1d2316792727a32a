"""Posterior of a pooled effect: the density, its interval, and the share on either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evidence_tools.display.style import FIGURE_WIDTH, INK, MARK, MUTED, RC, RUNGS, SHADE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ((0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (2, 2)))
"""One pattern per line, so that none is told by its colour alone."""


def draw_posterior(
    effect: Sequence[float],
    density: Sequence[float],
    *,
    interval: tuple[float, float],
    marks: Mapping[str, float] = MappingProxyType({"no effect": 0.0}),
    words: str = "",
    xlabel: str = "Standardised difference (SD units)",
    ax: Axes | None = None,
) -> Axes:
    """The density of a posterior with its credible interval, and lines to hold it against.

    Parameters
    ----------
    effect, density : sequence of float
        Points of the posterior density, in ascending order of the effect.
    interval : (float, float)
        Ends of the credible interval; shaded.
    marks : mapping of str to float
        Names and places of dashed lines, such as no effect and the minimal important difference.
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
        ax = ax or _new_axes(len(marks))
        x, y = np.asarray(effect, dtype=float), np.asarray(density, dtype=float)
        colour = RUNGS["direct"].colour
        ax.plot(x, y, color=colour, linewidth=1.8, label="posterior of the pooled effect")
        between = x[(x > interval[0]) & (x < interval[1])]
        inside = np.concatenate([interval[:1], between, interval[1:]])
        shade = {"color": colour, "alpha": 0.25, "linewidth": 0, "label": "its credible interval"}
        ax.fill_between(inside, 0, np.interp(inside, x, y), **shade)
        for (name, at), dashes in zip(marks.items(), _DASHES, strict=False):
            ax.axvline(at, color=MARK, linewidth=1.2, linestyle=dashes, label=name)
        ax.set_yticks([])
        ax.set_ylim(0, None)
        ax.set_xlabel(xlabel, color=MUTED)
        ax.grid(axis="x", color=SHADE, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.text(0.0, 1.04, words, transform=ax.transAxes, color=INK, fontsize=9.5, wrap=True)
        ax.xaxis.set_major_locator(MaxNLocator(7))
        _write_legend(ax)
    return ax


def _new_axes(lines: int) -> Axes:
    top, bottom = 0.45, 1.05 + 0.2 * lines
    height = top + 1.75 + bottom
    figure = Figure(figsize=(FIGURE_WIDTH, height), dpi=RC["figure.dpi"])
    figure.subplots_adjust(left=0.05, right=0.96, top=1 - top / height, bottom=bottom / height)
    return figure.add_subplot()


def _write_legend(ax: Axes) -> None:
    figure = ax.get_figure(root=True)
    inches = ax.get_position().height * figure.get_figheight() if figure else 1.0
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.5 / inches), handlelength=3)
