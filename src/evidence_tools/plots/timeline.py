"""Intervals of time, one row each, on one axis.

A row says that an event lies somewhere between two times. A bar spans what is possible; a lone
symbol is an exact time; an arrow is an open end. The label stands above its bar, so that the
whole width belongs to time and the figure stays readable on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from evidence_tools.style import (
    FIGURE_WIDTH,
    INK,
    MARK,
    MUTED,
    RC,
    RUNGS,
    SHADE,
    TIME_TICKS,
    rung,
)

ROW_HEIGHT = 0.40
"""Inches for one row: a line of words and its bar."""

_TOP = 0.62


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One interval to draw.

    Attributes
    ----------
    label : str
        Words above the bar.
    rung : str
        Directness; decides colour and symbol.
    lower, upper : float or None
        Minutes; None is open. Both None draws the label alone.
    faint : bool
        Draw hollow and grey-edged: seen, but it cannot decide (no stated anchor, retracted).
    group : str
        Heading under which the row stands; rows of one group follow each other.
    """

    label: str
    rung: str
    lower: float | None
    upper: float | None
    faint: bool = False
    group: str = ""


def draw_timeline(
    rows: Sequence[TimelineRow],
    *,
    marks: Mapping[str, float] | None = None,
    span: tuple[str, float, float] | None = None,
    limits: tuple[float, float] = (5.0, 200_000.0),
    xlabel: str = "Time since the dose began",
    empty: str = "no study gives such a time",
    ax: Axes | None = None,
) -> Axes:
    """Rows of intervals on a logarithmic axis of time.

    Parameters
    ----------
    rows : sequence of TimelineRow
        Drawn from top to bottom; a heading is written where the group changes.
    marks : mapping of str to float, optional
        Words and minutes of vertical lines, such as the times that a claim names.
    span : (str, float, float), optional
        Words, begin and end in minutes of a shaded stretch, such as the infusion.
    limits : (float, float)
        Ends of the axis in minutes; intervals from 0 begin at the left edge.
    xlabel, empty : str
        Words of the axis, and what an empty figure says.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        headings = _headings(rows)
        lines = len(rows) + len(headings)
        handles = _legend_handles(rows)
        ax = ax or _new_axes(lines, len(handles))
        _set_axis(ax, limits, max(lines, 2), xlabel)
        _draw_context(ax, marks or {}, span)
        if not rows:
            ax.text(0.5, 0.5, empty, transform=ax.transAxes, ha="center", color=MUTED)
        position = 0.0
        for index, row in enumerate(rows):
            if index in headings:
                ax.text(
                    limits[0],
                    position + 0.62,
                    headings[index],
                    color=INK,
                    weight="bold",
                    va="center",
                )
                position += 1
            _draw_row(ax, row, position, limits)
            position += 1
        _draw_legend(ax, handles)
    return ax


def _headings(rows: Sequence[TimelineRow]) -> dict[int, str]:
    """Index of the first row of each group, and its heading."""
    return {
        index: row.group
        for index, row in enumerate(rows)
        if row.group and (index == 0 or rows[index - 1].group != row.group)
    }


def _new_axes(lines: int, legend_lines: int) -> Axes:
    bottom = 0.95 + 0.21 * legend_lines
    height = ROW_HEIGHT * max(lines, 2) + _TOP + bottom
    figure = Figure(figsize=(FIGURE_WIDTH, height), dpi=RC["figure.dpi"])
    figure.subplots_adjust(left=0.03, right=0.97, top=1 - _TOP / height, bottom=bottom / height)
    return figure.add_subplot()


def _set_axis(ax: Axes, limits: tuple[float, float], lines: int, xlabel: str) -> None:
    ax.set_xscale("log")
    ax.set_xlim(*limits)
    ax.set_ylim(lines, 0)
    ax.set_yticks([])
    ticks = {word: at for word, at in TIME_TICKS.items() if limits[0] <= at <= limits[1]}
    ax.xaxis.set_major_locator(FixedLocator(list(ticks.values())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticklabels(list(ticks), rotation=45, ha="right", rotation_mode="anchor", fontsize=9.5)
    ax.set_xlabel(xlabel, color=MUTED)
    ax.grid(axis="x", color=SHADE, linewidth=0.8)
    ax.set_axisbelow(True)


def _draw_context(
    ax: Axes, marks: Mapping[str, float], span: tuple[str, float, float] | None
) -> None:
    if span:
        words, begin, end = span
        left = ax.get_xlim()[0]
        ax.axvspan(max(begin, left), end, color=SHADE, zorder=0)
        ax.annotate(
            words,
            (max(begin, left), 1),
            xycoords=("data", "axes fraction"),
            xytext=(2, 3),
            textcoords="offset points",
            color=MUTED,
            fontsize=9,
        )
    for index, (words, at) in enumerate(marks.items()):
        ax.axvline(at, color=MARK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
        ax.annotate(
            words,
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + 11 * (index % 3)),
            textcoords="offset points",
            ha="center",
            color=MARK,
            fontsize=9,
        )


def _draw_row(ax: Axes, row: TimelineRow, position: float, limits: tuple[float, float]) -> None:
    look = rung(row.rung)
    colour = MUTED if row.faint else look.colour
    middle = position + 0.72
    ax.text(
        limits[0],
        position + 0.34,
        row.label,
        color=INK,
        fontsize=9.5,
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85},
    )
    if row.lower is None and row.upper is None:
        ax.text(limits[0], middle, "no time given", color=MUTED, fontsize=9, va="center")
        return
    left = max(row.lower or 0.0, limits[0])
    right = min(row.upper if row.upper is not None else limits[1], limits[1])
    style = (0, (1, 1)) if row.faint else "solid"
    ax.plot(
        [left, right],
        [middle, middle],
        color=colour,
        linewidth=4 if not row.faint else 2.5,
        linestyle=style,
        solid_capstyle="butt",
    )
    face = "white" if row.faint else colour
    for at in _ends(row, limits):
        ax.plot(
            [at],
            [middle],
            marker=look.symbol,
            color=colour,
            markerfacecolor=face,
            markersize=5.5,
            linestyle="none",
        )
    if row.upper is None or row.upper > limits[1]:
        ax.annotate(
            "",
            (limits[1], middle),
            xytext=(limits[1] / 1.25, middle),
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.5},
        )


def _ends(row: TimelineRow, limits: tuple[float, float]) -> list[float]:
    """Ends of the bar that are known times inside the axis."""
    known = {at for at in (row.lower, row.upper) if at is not None}
    return sorted(at for at in known if limits[0] <= at <= limits[1])


def _legend_handles(rows: Sequence[TimelineRow]) -> list[Line2D]:
    handles = [
        Line2D([], [], color=look.colour, marker=look.symbol, linewidth=3, label=look.words)
        for name, look in RUNGS.items()
        if any(row.rung == name for row in rows)
    ]
    if any(row.faint for row in rows):
        words = "cannot decide: start not stated, or retracted"
        dotted = (0, (1, 1))
        handles.append(
            Line2D(
                [],
                [],
                color=MUTED,
                linestyle=dotted,
                marker="o",
                markerfacecolor="white",
                label=words,
            )
        )
    return handles


def _draw_legend(ax: Axes, handles: list[Line2D]) -> None:
    figure = ax.get_figure()
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
