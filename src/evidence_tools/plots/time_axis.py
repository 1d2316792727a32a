"""The logarithmic axis of time that several figures share."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from evidence_tools.style import MUTED, SHADE


def ticks_within(ticks: Mapping[str, float], limits: tuple[float, float]) -> dict[str, float]:
    """The ticks that lie on an axis.

    Parameters
    ----------
    ticks : mapping of str to float
        Words and minutes, such as `style.TIME_TICKS`.
    limits : (float, float)
        Ends of the axis in minutes.

    Returns
    -------
    dict of str to float
    """
    return {word: at for word, at in ticks.items() if limits[0] <= at <= limits[1]}


def set_time_axis(
    ax: Axes,
    limits: tuple[float, float],
    xlabel: str,
    *,
    ticks: Mapping[str, float],
    grid: str = "x",
) -> None:
    """A logarithmic axis of time with ticks in words, and lines behind what is drawn.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    limits : (float, float)
        Ends of the axis in minutes.
    xlabel : str
        What the time is counted from.
    ticks : mapping of str to float
        Words and minutes; those beyond the limits are left out.
    grid : {"x", "both"}
        Which lines to draw.
    """
    ax.set_xscale("log")
    ax.set_xlim(*limits)
    shown = ticks_within(ticks, limits)
    ax.xaxis.set_major_locator(FixedLocator(list(shown.values())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticklabels(list(shown), rotation=45, ha="right", rotation_mode="anchor", fontsize=9.5)
    ax.set_xlabel(xlabel, color=MUTED)
    ax.grid(axis=grid, color=SHADE, linewidth=0.8)
    ax.set_axisbelow(True)
