"""GOSH plot: the pooled effect and the heterogeneity of every subset of the studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evidence_tools.display.style import FIGURE_WIDTH, INK, MUTED, RC, RUNGS, SHADE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHED = (0, (4, 2))


def draw_gosh(
    estimate: npt.ArrayLike,
    i2: npt.ArrayLike,
    *,
    whole: tuple[float, float] | None = None,
    subsets: int | None = None,
    xlabel: str = "Pooled standardised difference of a subset (SD units)",
    empty: str = "fewer than two studies: no subsets to compare",
    ax: Axes | None = None,
) -> Axes:
    """One point per subset: a cloud in two parts points at studies that do not fit together.

    Parameters
    ----------
    estimate, i2 : array of float, shape (subsets,)
        Pooled effect and I² in percent of each subset.
    whole : (float, float), optional
        The same of all studies together: a dashed line, and a mark on it.
    subsets : int, optional
        How many subsets there are, where only a sample of them was fitted.
    xlabel, empty : str
        Words of the axis, and what an empty figure says.
    ax : Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        if ax is None:
            figure = Figure(figsize=(FIGURE_WIDTH, 4.2), dpi=RC["figure.dpi"])
            figure.subplots_adjust(left=0.13, right=0.96, top=0.97, bottom=0.28)
            ax = figure.add_subplot()
        x, y = np.asarray(estimate, dtype=float), np.asarray(i2, dtype=float)
        ax.set_ylim(-4, 104)
        ax.grid(color=SHADE, linewidth=0.8)
        ax.set_axisbelow(True)
        if len(x) < 2:
            ax.text(0.5, 0.5, empty, transform=ax.transAxes, ha="center", color=MUTED)
        opacity = float(np.clip(200 / max(len(x), 1), 0.02, 0.6))
        size = float(np.clip(40_000 / max(len(x), 1), 0.6, 6))
        look = RUNGS["direct"]
        ax.scatter(x, y, s=size, color=look.colour, alpha=opacity, linewidths=0, rasterized=True)
        if whole is not None:
            ax.axvline(whole[0], color=INK, linewidth=1, linestyle=_DASHED)
            ax.plot([whole[0]], [whole[1]], "D", color=INK, markersize=7)
        ax.set_xlabel(xlabel, color=MUTED)
        ax.set_ylabel("Inconsistency, I² (percent)", color=MUTED)
        if len(x) > 1:
            _write_legend(ax, len(x), subsets or len(x), whole is not None)
    return ax


def _write_legend(ax: Axes, fitted: int, subsets: int, whole: bool) -> None:
    count = f" ({fitted:,} in all)"
    if fitted < subsets:
        count = f"\n({fitted:,} drawn from {subsets:,})"
    colour = RUNGS["direct"].colour
    point = {"color": colour, "marker": "o", "markersize": 4, "linestyle": "none"}
    handles = [Line2D([], [], label=f"pool of one subset of the studies{count}", **point)]
    if whole:
        line = {"color": INK, "marker": "D", "linewidth": 1, "linestyle": _DASHED}
        handles.append(Line2D([], [], label="pool of all studies", **line))
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.17), handlelength=2.6)
