"""Lanes of time: many intervals, grouped by what they are about, on one logarithmic axis.

A lane is one thing (a side effect, the beginning of relief); each mark in it is one report of a
study. Marks are thin and carry their words beside them, so that minutes and weeks fit into one
picture. Sections put lanes apart: each repeats the ticks of the axis and has windows of its own.

A bar spans what is possible. A symbol stands at each known bound, an arrowhead at the left edge
where the bound is the start itself, an arrow to the right where nobody looked any further.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from evidence_tools.display.frame import PALE, Frame, faint_handle, rung_handles
from evidence_tools.display.style import CLOCK_TICKS, INFUSION, INK, LABEL_BOX, MARK, MUTED
from evidence_tools.display.time_axis import (
    Interval,
    draw_arrow,
    draw_bar,
    draw_ends,
    set_time_axis,
    ticks_within,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SIDE_EFFECTS = (4.0, 60_000.0)
"""Four minutes to six weeks, the longest that a side effect is reported to have lasted."""
ONE_CLOCK = (4.0, 180_000.0)
"""Four minutes to four months, for benefit and harm together."""

SECTION_HEIGHT, LANE_HEIGHT, MARK_HEIGHT = 0.58, 0.30, 0.20
"""Inches for a section's heading with its ticks, a lane's heading, and one mark."""
WINDOW_HEIGHT = 0.19
"""Inches for the words of one window."""

_FRAME = Frame(top=0.12, bottom=0.98, left=0.03, right=0.98)
_SMALL, _TINY = 9.0, 8.0
_SHADE = 0.1
_CHARACTER, _MARGIN = 0.0132, 0.015
"""Width of a small letter and of the gap beside a bar, as shares of the axis."""
_FEWEST = 12
"""Letters for which there must be room beside a bar; with less the words stand over it."""
_ARROW = 1.5
"""An arrow reaches to this multiple of the time from which it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneMark(Interval):
    """One report in a lane, its label beside its bar; 0 or None as `lower` is "from the start".

    Attributes
    ----------
    cut_off : str
        What ended the watching, written at the arrow of an open end.
    infusion : float or None
        Minutes of the infusion, shaded behind the mark; None where not stated or there is none.
    """

    cut_off: str = ""
    infusion: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One thing and the reports on it; a lane without marks is a remark in small letters."""

    words: str
    marks: tuple[LaneMark, ...]
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time named at the head of a section.

    Attributes
    ----------
    words : str
        What it is.
    begin, end : float
        Minutes.
    section : str
        Behind whose lanes it stands.
    colour : str
        Of its line, its words and its shade; that of the page's claims by default.
    shaded : bool
        False draws its line alone, so that readings beside the first do not cover it.
    """

    words: str
    begin: float
    end: float
    section: str = ""
    colour: str = MARK
    shaded: bool = True


def draw_lanes(
    lanes: Sequence[Lane],
    *,
    windows: Sequence[Window] = (),
    limits: tuple[float, float],
    empty: str = "no study gives such a time",
    ax: Axes | None = None,
) -> Axes:
    """Lanes of intervals on a logarithmic axis of time.

    Parameters
    ----------
    lanes : sequence of Lane
        Drawn from top to bottom; a heading is written where the section changes.
    windows : sequence of Window
        Claimed stretches; those of a section without lanes are not drawn.
    limits : (float, float)
        Ends of the axis in minutes, the first above 0.
    empty : str
        What an empty figure says.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into; its vertical unit is an inch of the fitting height.
    """
    sections = list(dict.fromkeys(lane.section for lane in lanes))
    height = max(sum(_height(lanes, windows, name) for name in sections), 0.8)
    handles = _legend_handles(lanes)
    nothing = "" if lanes else empty
    with _FRAME.drawn(ax, height, handles, rows=height, empty=nothing) as ax:
        set_time_axis(ax, limits, "Time since the dose began", ticks=CLOCK_TICKS)
        at = 0.0
        for name in sections:
            _draw_section(ax, name, lanes, windows, at)
            at += _height(lanes, windows, name)
    return ax


def _height(lanes: Sequence[Lane], windows: Sequence[Window], section: str) -> float:
    """Inches of a section: heading, windows, lanes."""
    inside = [lane for lane in lanes if lane.section == section]
    marks = sum(len(lane.marks) for lane in inside)
    named = sum(window.section == section for window in windows)
    return SECTION_HEIGHT + WINDOW_HEIGHT * named + LANE_HEIGHT * len(inside) + MARK_HEIGHT * marks


def _draw_section(
    ax: Axes, name: str, lanes: Sequence[Lane], windows: Sequence[Window], top: float
) -> None:
    left = ax.get_xlim()[0]
    ax.text(left, top + 0.2, name, color=INK, weight="bold", fontsize=11, va="center")
    for word, at in ticks_within(CLOCK_TICKS, ax.get_xlim()).items():
        ax.text(at, top + 0.44, word, color=MUTED, fontsize=_TINY, ha="center", va="center")
    at, bottom = top + SECTION_HEIGHT, top + _height(lanes, windows, name)
    for window in windows:
        if window.section == name:
            _draw_window(ax, window, at, bottom)
            at += WINDOW_HEIGHT
    for lane in lanes:
        if lane.section == name:
            look = {"color": INK} if lane.marks else {"color": MUTED, "fontsize": _SMALL}
            ax.text(left, at + 0.17, lane.words, va="center", bbox=LABEL_BOX, **look)
            at += LANE_HEIGHT
            for mark in lane.marks:
                _draw_mark(ax, mark, at + MARK_HEIGHT / 2)
                at += MARK_HEIGHT


def _draw_window(ax: Axes, window: Window, top: float, bottom: float) -> None:
    """Shade the window, and name it in a line of its own so that windows may overlap."""
    left, right = ax.get_xlim()
    begin, end = max(window.begin, left), min(window.end, right)
    middle = top + WINDOW_HEIGHT / 2
    if window.shaded:
        shade = {"color": window.colour, "alpha": _SHADE, "linewidth": 0, "zorder": 0}
        ax.fill_between([begin, end], top, bottom, **shade)
    ax.plot([begin, end], [middle, middle], color=window.colour, lw=2, solid_capstyle="butt")
    beside = _share(ax, end) < 0.5
    ax.annotate(
        window.words,
        (end if beside else begin, middle),
        xytext=(4 if beside else -4, 0),
        textcoords="offset points",
        ha="left" if beside else "right",
        va="center",
        color=window.colour,
        fontsize=_SMALL,
    )


def _share(ax: Axes, minutes: float) -> float:
    """Where a time stands on the axis, from 0 at the left edge to 1 at the right."""
    left, right = ax.get_xlim()
    inside = min(max(minutes, left), right)
    return math.log(inside / left) / math.log(right / left)


def _draw_mark(ax: Axes, mark: LaneMark, middle: float) -> None:
    left, right = ax.get_xlim()
    if mark.infusion:
        half = MARK_HEIGHT * 0.46
        span = [left, min(mark.infusion, right)]
        ax.fill_between(
            span, middle - half, middle + half, color=INFUSION, alpha=0.6, zorder=0.5, linewidth=0
        )
    begin = max(mark.lower or 0.0, left)
    still = mark.upper is None and begin > left
    end = _arrow_end(begin, right) if still else right if mark.upper is None else mark.upper
    if not still:
        ends = min(begin, right), min(max(end, left), right)
        draw_bar(ax, mark, *ends, middle, pale=not mark.faint)
    draw_ends(ax, mark, middle, size=4.8)
    if mark.upper is None or mark.upper > right:
        begins = begin if still else right / _ARROW
        draw_arrow(ax, mark, begins, min(end, right), middle, size=8)
    if begin <= left:
        ax.plot([left], [middle], marker="<", markersize=5, color=mark.colour, clip_on=False)
    _write_label(ax, mark, begin, min(max(end, left), right), middle)


def _arrow_end(begin: float, right: float) -> float:
    return min(begin * _ARROW, right)


def _write_label(ax: Axes, mark: LaneMark, begin: float, end: float, middle: float) -> None:
    """Words beside the bar, on the side with room; over a bar that fills the axis."""
    before, after = (
        int((share - _MARGIN) / _CHARACTER) for share in (_share(ax, begin), 1 - _share(ax, end))
    )
    if mark.upper is None and before >= _FEWEST:  # the other side is the arrow's
        at, offset, side, room = begin, -5, "right", before
    elif len(mark.label) <= after or after >= max(before, _FEWEST):
        at, offset, side, room = end, 6, "left", after
    elif before >= _FEWEST:
        at, offset, side, room = begin, -5, "right", before
    else:
        at, offset, side, room = ax.get_xlim()[0], 14, "left", len(mark.label)
    ax.annotate(
        mark.label if len(mark.label) <= room else mark.label[: room - 1].rstrip() + "…",
        (at, middle),
        xytext=(offset, -0.5),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=_SMALL,
        color=MUTED if mark.faint else INK,
        bbox=LABEL_BOX if at == ax.get_xlim()[0] else None,
        zorder=4,
    )
    if mark.cut_off and mark.upper is None:
        _write_cut_off(ax, mark.cut_off, end, middle)


def _write_cut_off(ax: Axes, words: str, at: float, middle: float) -> None:
    place = {"textcoords": "offset points", "ha": "left", "va": "center"}
    ax.annotate(words, (at, middle), xytext=(3, -0.5), color=MUTED, fontsize=_TINY, **place)


def _legend_handles(lanes: Sequence[Lane]) -> list[Artist]:
    marks = [mark for lane in lanes for mark in lane.marks]
    handles = rung_handles({mark.rung for mark in marks if not mark.faint}, linewidth=3)
    keys = {
        "somewhere in here": (
            {"color": INK, "alpha": PALE, "linewidth": 4},
            any(not mark.faint and mark.lower != mark.upper for mark in marks),
        ),
        "no earlier look: it may be from the start": (
            {"color": INK, "marker": "<", "linestyle": "none", "markersize": 5},
            any(not mark.lower for mark in marks),
        ),
        "still so at the last look, no later one": (
            {"color": INK, "marker": "$\\rightarrow$", "linestyle": "none", "markersize": 12},
            any(mark.upper is None for mark in marks),
        ),
    }
    handles += [Line2D([], [], label=words, **look) for words, (look, any_) in keys.items() if any_]
    if any(mark.faint for mark in marks):
        handles.append(faint_handle())
    if any(mark.infusion for mark in marks):
        words = "infusion, where its length is stated"
        handles.append(Patch(color=INFUSION, alpha=0.6, label=words))
    return handles
