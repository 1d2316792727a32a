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

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from evidence_tools.plots.time_axis import set_time_axis, ticks_within
from evidence_tools.style import (
    CLOCK_TICKS,
    FIGURE_WIDTH,
    INFUSION,
    INK,
    LABEL_BOX,
    MARK,
    MUTED,
    RC,
    RUNGS,
    rung,
)

SECTION_HEIGHT, LANE_HEIGHT, MARK_HEIGHT = 0.58, 0.30, 0.20
"""Inches for a section's heading with its ticks, a lane's heading, and one mark."""
WINDOW_HEIGHT = 0.19
"""Inches for the words of one window."""

_TOP, _BOTTOM, _LEGEND_LINE = 0.12, 0.98, 0.21
_SMALL, _TINY = 9.0, 8.0
_PALE = 0.4
_SHADE = 0.1
_DOTTED = (0, (1, 1))
_CHARACTER, _MARGIN = 0.0132, 0.015
"""Width of a small letter and of the gap beside a bar, as shares of the axis."""
_FEWEST = 12
"""Letters for which there must be room beside a bar; with less the words stand over it."""
_ARROW = 1.5
"""An arrow reaches to this multiple of the time from which it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneMark:
    """One report in a lane.

    Attributes
    ----------
    label : str
        Words beside the bar.
    rung : str
        Directness; decides colour and symbol.
    lower, upper : float or None
        Minutes between which it lies; 0 or None as `lower` is "from the start", None as `upper`
        is open.
    faint : bool
        Dotted and grey: seen, but it cannot decide.
    cut_off : str
        What ended the watching, written at the arrow of an open end.
    infusion : float or None
        Minutes of the infusion, shaded behind the mark; None where not stated or there is none.
    """

    label: str
    rung: str
    lower: float | None
    upper: float | None
    faint: bool = False
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
    xlabel: str = "Time since the dose began",
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
    xlabel, empty : str
        Words of the axis, and what an empty figure says.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into; its vertical unit is an inch of the fitting height.
    """
    sections = list(dict.fromkeys(lane.section for lane in lanes))
    with rc_context(RC):
        handles = _legend_handles(lanes)
        height = max(sum(_height(lanes, windows, name) for name in sections), 0.8)
        ax = ax or _new_axes(height, len(handles))
        _set_axis(ax, limits, height, xlabel)
        if not lanes:
            ax.text(0.5, 0.5, empty, transform=ax.transAxes, ha="center", color=MUTED)
        at = 0.0
        for name in sections:
            _draw_section(ax, name, lanes, windows, at)
            at += _height(lanes, windows, name)
        _draw_legend(ax, handles)
    return ax


def _height(lanes: Sequence[Lane], windows: Sequence[Window], section: str) -> float:
    """Inches of a section: heading, windows, lanes."""
    inside = [lane for lane in lanes if lane.section == section]
    marks = sum(len(lane.marks) for lane in inside)
    named = sum(window.section == section for window in windows)
    return SECTION_HEIGHT + WINDOW_HEIGHT * named + LANE_HEIGHT * len(inside) + MARK_HEIGHT * marks


def _new_axes(inches: float, legend_lines: int) -> Axes:
    bottom = _BOTTOM + _LEGEND_LINE * legend_lines
    height = inches + _TOP + bottom
    figure = Figure(figsize=(FIGURE_WIDTH, height), dpi=RC["figure.dpi"])
    figure.subplots_adjust(left=0.03, right=0.98, top=1 - _TOP / height, bottom=bottom / height)
    return figure.add_subplot()


def _set_axis(ax: Axes, limits: tuple[float, float], height: float, xlabel: str) -> None:
    set_time_axis(ax, limits, xlabel, ticks=CLOCK_TICKS)
    ax.set_ylim(height, 0)
    ax.set_yticks([])


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
        _draw_bar(ax, mark, min(begin, right), min(max(end, left), right), middle)
    _draw_symbols(ax, mark, middle)
    if mark.upper is None or mark.upper > right:
        _draw_arrow(ax, mark, begin if still else right / _ARROW, min(end, right), middle)
    if begin <= left:
        ax.plot([left], [middle], marker="<", markersize=5, color=_colour(mark), clip_on=False)
    _write_label(ax, mark, begin, min(max(end, left), right), middle)


def _arrow_end(begin: float, right: float) -> float:
    return min(begin * _ARROW, right)


def _draw_bar(ax: Axes, mark: LaneMark, begin: float, end: float, middle: float) -> None:
    ax.plot(
        [begin, end],
        [middle, middle],
        color=_colour(mark),
        alpha=1.0 if mark.faint else _PALE,
        linewidth=1.8 if mark.faint else 4,
        linestyle=_DOTTED if mark.faint else "solid",
        solid_capstyle="butt",
    )


def _draw_symbols(ax: Axes, mark: LaneMark, middle: float) -> None:
    left, right = ax.get_xlim()
    ends = sorted({at for at in (mark.lower, mark.upper) if at and left <= at <= right})
    colour = _colour(mark)
    ax.plot(
        ends,
        [middle] * len(ends),
        marker=rung(mark.rung).symbol,
        color=colour,
        markerfacecolor="white" if mark.faint else colour,
        markersize=4.8,
        linestyle="none",
    )


def _draw_arrow(ax: Axes, mark: LaneMark, begin: float, end: float, middle: float) -> None:
    style = {"arrowstyle": "-|>", "color": _colour(mark), "linewidth": 1.2, "shrinkA": 0}
    style |= {"shrinkB": 0, "mutation_scale": 8}
    ax.annotate("", (end, middle), xytext=(begin, middle), arrowprops=style)


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


def _colour(mark: LaneMark) -> str:
    return MUTED if mark.faint else rung(mark.rung).colour


def _legend_handles(lanes: Sequence[Lane]) -> list[Artist]:
    marks = [mark for lane in lanes for mark in lane.marks]
    handles: list[Artist] = [
        Line2D([], [], color=look.colour, marker=look.symbol, linewidth=3, label=look.words)
        for name, look in RUNGS.items()
        if any(mark.rung == name and not mark.faint for mark in marks)
    ]
    keys = {
        "somewhere in here": (
            {"color": INK, "alpha": _PALE, "linewidth": 4},
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
        "cannot decide (the table says why)": (
            {"color": MUTED, "linestyle": _DOTTED, "marker": "o", "markerfacecolor": "white"},
            any(mark.faint for mark in marks),
        ),
    }
    handles += [Line2D([], [], label=words, **look) for words, (look, any_) in keys.items() if any_]
    if any(mark.infusion for mark in marks):
        handles.append(
            Patch(color=INFUSION, alpha=0.6, label="infusion, where its length is stated")
        )
    return handles


def _draw_legend(ax: Axes, handles: list[Artist]) -> None:
    figure = ax.get_figure(root=True)
    if not handles or figure is None:
        return
    axes_height = ax.get_position().height * figure.get_figheight()
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, -0.82 / axes_height),
        borderaxespad=0,
        handlelength=2.2,
    )
