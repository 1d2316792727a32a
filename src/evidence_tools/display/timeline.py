"""Intervals of time, one row each, on one logarithmic axis.

Two kinds of row. A moment (onset, peak, end of a side effect) lies somewhere between two times:
a pale bar spans what is possible, a lone symbol is an exact time, an arrow an open end. A period
of relief is known to last up to one time and to be over by another: a full bar up to the first, a
pale bar between the two, an arrow where nobody looked any further.

The label stands above its bar, so that the whole width belongs to time and the figure stays
readable on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from evidence_tools.display.frame import DASHED, PALE, Frame, faint_handle, rung_handles
from evidence_tools.display.style import INK, LABEL_BOX, MARK, MUTED, SHADE, TIME_TICKS
from evidence_tools.display.time_axis import (
    Interval,
    draw_arrow,
    draw_bar,
    draw_ends,
    set_time_axis,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.40
"""Inches for one row: a line of words and its bar."""

_FRAME = Frame(top=0.62, bottom=0.95)
_SYMBOL = 5.5
_ARROW = 1.5
"""An arrow reaches to this multiple of the time from which it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow(Interval):
    """One interval to draw, its label above its bar.

    Attributes
    ----------
    period : bool
        False for a moment between the two times, True for a period known to last until `lower`
        and to be over by `upper`.
    group : str
        Heading under which the row stands; rows of one group follow each other.
    """

    period: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A shaded stretch of time behind the rows of one group, or of all.

    Attributes
    ----------
    words : str
        What it is, for the legend.
    begin, end : float
        Minutes.
    group : str
        Heading of the rows behind which it is drawn; empty means all.
    """

    words: str
    begin: float
    end: float
    group: str = ""

    def behind(self, row: TimelineRow) -> bool:
        """True for a row behind which it is drawn."""
        return self.group in ("", row.group)


def draw_timeline(
    rows: Sequence[TimelineRow],
    *,
    marks: Mapping[str, float] | None = None,
    span: Span | None = None,
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
        Words and minutes of dashed lines, such as the times that a claim names.
    span : Span, optional
        A shaded stretch of time, such as the infusion.
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
    headings = _headings(rows)
    lines = max(len(rows) + len(headings), 2)
    handles = _legend_handles(rows, span)
    nothing = "" if rows else empty
    with _FRAME.drawn(ax, ROW_HEIGHT * lines, handles, rows=lines, empty=nothing) as ax:
        set_time_axis(ax, limits, xlabel, ticks=TIME_TICKS)
        _draw_marks(ax, marks or {})
        _draw_span(ax, rows, headings, span)
        _draw_rows(ax, rows, headings)
    return ax


def _headings(rows: Sequence[TimelineRow]) -> dict[int, str]:
    """Index of the first row of each group, and its heading."""
    return {
        index: row.group
        for index, row in enumerate(rows)
        if row.group and (index == 0 or rows[index - 1].group != row.group)
    }


def _draw_span(
    ax: Axes, rows: Sequence[TimelineRow], headings: Mapping[int, str], span: Span | None
) -> None:
    """Shade the stretch behind the rows of its group, headings included."""
    inside = [index for index, row in enumerate(rows) if span and span.behind(row)]
    if span is None or not inside:
        return
    above, within = (sum(index <= end for index in headings) for end in (inside[0], inside[-1]))
    first, last = inside[0] + max(above - 1, 0), inside[-1] + within + 1
    begin = max(span.begin, ax.get_xlim()[0])
    ax.fill_between([begin, span.end], first, last, color=SHADE, zorder=0, linewidth=0)


def _draw_marks(ax: Axes, marks: Mapping[str, float]) -> None:
    for index, (words, at) in enumerate(marks.items()):
        ax.axvline(at, color=MARK, linewidth=1.1, linestyle=DASHED, zorder=1)
        ax.annotate(
            words,
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + 12 * (index % 3)),
            textcoords="offset points",
            ha="center",
            color=MARK,
            fontsize=9,
        )


def _draw_rows(ax: Axes, rows: Sequence[TimelineRow], headings: Mapping[int, str]) -> None:
    position, left = 0.0, ax.get_xlim()[0]
    for index, row in enumerate(rows):
        if index in headings:
            ax.text(
                left,
                position + 0.62,
                headings[index],
                color=INK,
                weight="bold",
                va="center",
                bbox=LABEL_BOX,
            )
            position += 1
        ax.text(
            left, position + 0.34, row.label, color=INK, fontsize=9.5, va="center", bbox=LABEL_BOX
        )
        middle = position + 0.72
        if row.lower is None and row.upper is None:
            ax.text(left, middle, "no time given", color=MUTED, fontsize=9, va="center")
        elif row.period:
            _draw_period(ax, row, middle)
        else:
            _draw_moment(ax, row, middle)
        position += 1


def _draw_moment(ax: Axes, row: TimelineRow, middle: float) -> None:
    left, right = ax.get_xlim()
    begin, end = max(row.lower or 0.0, left), right if row.upper is None else row.upper
    draw_bar(ax, row, min(begin, end), min(end, right), middle, pale=True)
    draw_ends(ax, row, middle, size=_SYMBOL)
    if end >= right:
        draw_arrow(ax, row, right / _ARROW, right, middle)
    elif end <= left:
        draw_arrow(ax, row, left * _ARROW, left, middle)


def _draw_period(ax: Axes, row: TimelineRow, middle: float) -> None:
    left, right = ax.get_xlim()
    known = max(row.lower or 0.0, left)
    if row.lower and row.lower > left:
        draw_bar(ax, row, left, min(known, right), middle, pale=False)
    if row.upper is None:
        draw_arrow(ax, row, min(known, right / _ARROW), min(known * _ARROW, right), middle)
    else:
        draw_bar(ax, row, known, min(row.upper, right), middle, pale=True)
    draw_ends(ax, row, middle, size=_SYMBOL)


def _legend_handles(rows: Sequence[TimelineRow], span: Span | None) -> list[Artist]:
    handles = rung_handles({row.rung for row in rows if not row.faint}, linewidth=3)
    periods = any(row.period for row in rows)
    words = "pale: lost somewhere in here" if periods else "pale: somewhere in here"
    if any(_is_pale(row) for row in rows):
        handles.append(Line2D([], [], color=INK, alpha=PALE, linewidth=4, label=words))
    if any(row.faint for row in rows):
        handles.append(faint_handle())
    if span and any(span.behind(row) for row in rows):
        handles.append(Patch(color=SHADE, label=span.words))
    return handles


def _is_pale(row: TimelineRow) -> bool:
    """True for a row that is drawn with a pale bar."""
    if row.lower is None and row.upper is None:
        return False
    return (
        row.upper is not None and row.lower != row.upper if row.period else row.lower != row.upper
    )
