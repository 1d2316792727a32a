"""Side effects in lanes: when each begins, peaks and is gone, one lane per effect."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from evidence_tools.plots.lanes import Lane, Window, draw_lanes

LIMITS = (4.0, 60_000.0)
"""Four minutes to six weeks: the longest that a side effect is reported to have lasted."""


def draw_swimlanes(
    lanes: Sequence[Lane], *, windows: Sequence[Window] = (), ax: Axes | None = None
) -> Axes:
    """One lane per side effect, each report a mark, the infusion shaded behind it.

    Parameters
    ----------
    lanes : sequence of Lane
        In the order of drawing.
    windows : sequence of Window
        Times that a claim names.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    empty = "no study times a side effect"
    return draw_lanes(lanes, windows=windows, limits=LIMITS, empty=empty, ax=ax)
