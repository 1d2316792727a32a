"""Benefit and harm on one clock: side effects above, relief below, from minutes to weeks."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from evidence_tools.plots.lanes import Lane, Window, draw_lanes

LIMITS = (4.0, 180_000.0)
"""Four minutes to four months."""


def draw_one_clock(
    harm: Sequence[Lane],
    benefit: Sequence[Lane],
    *,
    windows: Sequence[Window] = (),
    ax: Axes | None = None,
) -> Axes:
    """Lanes of harm and lanes of benefit on one axis of time.

    Parameters
    ----------
    harm, benefit : sequence of Lane
        Drawn in this order, each under the heading that its lanes name as their section.
    windows : sequence of Window
        Times that the claims name, each behind its section.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    return draw_lanes([*harm, *benefit], windows=windows, limits=LIMITS, ax=ax)
