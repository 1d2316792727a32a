"""Known still there, unknown, known gone: one lane per group of people, on one axis of time.

A lane is as high as its programmes are many, so its colours at a time are shares. They differ in
hatching too, and the words of a lane stand above it, so that the figure stays readable on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from evidence_tools.display.frame import DASHED, Frame
from evidence_tools.display.style import INK, LABEL_BOX, MARK, MUTED, TIME_TICKS
from evidence_tools.display.time_axis import set_time_axis

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from evidence_tools.display.timeline import Span

Floats = NDArray[np.float64]

LIMITS = (50.0, 800_000.0)
"""Ends of the axis in minutes; the last state lasts to its right end."""

LANE_HEIGHT = 0.85
"""Inches for one lane: a line of words and its colours."""

_FRAME = Frame(top=0.15, bottom=1.75, line=0)
_DASHED = {"color": MARK, "linewidth": 1.1, "linestyle": DASHED}
_WORDS = 0.38
"""Share of a lane that its words take."""

_LOOKS = {
    "known still there": {"facecolor": "#0b5fa5", "hatch": ""},
    "unknown": {"facecolor": "#dfe4e8", "hatch": "..."},
    "known gone": {"facecolor": "#d9844a", "hatch": "///"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLane:
    """One group of people.

    Attributes
    ----------
    label : str
        Words above the lane.
    times : array of float
        Minutes, rising.
    still_there, gone : array of float
        Shares at each time, which last until the next; what is left is unknown. Empty writes
        `empty` into the lane.
    empty : str
        What to say where nothing can be drawn.
    """

    label: str
    times: Floats
    still_there: Floats
    gone: Floats
    empty: str = "no usable period"


def draw_knowledge_bands(
    lanes: Sequence[BandLane],
    *,
    window: Span | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Shares known still there, unknown and known gone over time, one lane per group.

    Parameters
    ----------
    lanes : sequence of BandLane
        Drawn from top to bottom.
    window : Span, optional
        The claimed time, between two dashed lines.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    rows, nothing = max(len(lanes), 1), "" if lanes else "no study followed relief"
    with _FRAME.drawn(ax, LANE_HEIGHT * rows, _handles(window), rows=rows, empty=nothing) as ax:
        set_time_axis(ax, LIMITS, "Time since the dose began", ticks=TIME_TICKS)
        for position, lane in enumerate(lanes):
            _draw_lane(ax, lane, position)
        for at in (window.begin, window.end) if window else ():
            ax.axvline(at, zorder=4, **_DASHED)
    return ax


def _draw_lane(ax: Axes, lane: BandLane, position: int) -> None:
    left, right = ax.get_xlim()
    words = {"color": INK, "fontsize": 9.5, "va": "center", "zorder": 5, "bbox": LABEL_BOX}
    ax.text(left, position + _WORDS / 2 + 0.03, lane.label, **words)
    bottom, top = position + 0.96, position + _WORDS
    if not len(lane.times):
        middle = (bottom + top) / 2
        ax.text(left * 1.1, middle, lane.empty, color=MUTED, fontsize=9, va="center")
        return
    times = np.append(np.maximum(lane.times, left), right)
    there = bottom - (bottom - top) * _lasting(lane.still_there)
    gone = top + (bottom - top) * _lasting(lane.gone)
    floor, ceiling = np.full_like(there, bottom), np.full_like(there, top)
    edges = zip(_LOOKS.values(), ((floor, there), (there, gone), (gone, ceiling)), strict=True)
    for look, (low, high) in edges:
        ax.fill_between(
            times, low, high, step="post", linewidth=0, edgecolor="white", zorder=2, **look
        )


def _lasting(shares: Floats) -> Floats:
    """Shares with the last one once more, as it lasts to the end of the axis."""
    return np.append(shares, shares[-1])


def _handles(window: Span | None) -> list[Artist]:
    """One entry of the legend per colour, and one for the claimed time."""
    handles: list[Artist] = [
        Patch(edgecolor="white", label=words, **look) for words, look in _LOOKS.items()
    ]
    if window is not None:
        handles.append(Line2D([], [], label=window.words, **_DASHED))
    return handles
