"""Standardised effects over time after one dose, with what reviews published for whole windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from evidence_tools.display.frame import Frame, rung_handles
from evidence_tools.display.style import CLOCK_TICKS, INK, MUTED, rung
from evidence_tools.display.time_axis import set_time_axis

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LIMITS = (25.0, 45_000.0)
"""Minutes: from half an hour to a month after the dose."""
_FRAME = Frame(top=0.4, bottom=1.1, left=0.17, line=0.23, legend=0.9)
_HEIGHT = 3.0
_NARROW = 1.12
"""A single time of a review is drawn this wide, as a ratio, so that it can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEstimate:
    """An effect with its interval, between two times (the same for a single one), in minutes."""

    rung: str
    estimate: float
    low: float
    high: float
    begin: float
    end: float


def draw_benefit_course(
    points: Sequence[CourseEstimate],
    *,
    published: Sequence[CourseEstimate] = (),
    lines: Sequence[Sequence[CourseEstimate]] = (),
    remark: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Effects over a logarithmic axis of time.

    Parameters
    ----------
    points : sequence of CourseEstimate
        Our contrasts.
    published : sequence of CourseEstimate
        Pooled estimates of reviews, drawn as hollow boxes over their window.
    lines : sequence of sequence of CourseEstimate
        Fitted lines with their intervals, in the order of time.
    remark : str
        Words in the figure, such as that nothing carries a line.
    ax : Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    nothing = "" if points or published else "no effect after one dose can be placed in time"
    handles = _legend_handles(points, published, lines)
    with _FRAME.drawn(ax, _HEIGHT, handles, empty=nothing) as ax:
        _set_axis(ax)
        for estimate in published:
            _draw_published(ax, estimate)
        for line in lines:
            _draw_line(ax, line)
        for point in points:
            _draw_point(ax, point)
        if remark and not nothing:
            ax.text(0.02, 1.03, remark, transform=ax.transAxes, color=MUTED, fontsize=9)
    return ax


def _set_axis(ax: Axes) -> None:
    set_time_axis(ax, LIMITS, "Time since the dose", ticks=CLOCK_TICKS, grid="both")
    ax.set_ylabel("Standardised difference (SD units)\nbelow zero favours ketamine", color=MUTED)
    ax.axhline(0, color=INK, linewidth=1)


def _draw_point(ax: Axes, point: CourseEstimate) -> None:
    look = rung(point.rung)
    ax.plot([point.end] * 2, [point.low, point.high], color=look.colour, linewidth=2)
    ax.plot([point.end], [point.estimate], marker=look.symbol, color=look.colour, markersize=6)


def _draw_published(ax: Axes, estimate: CourseEstimate) -> None:
    """The window as a box from end to end of the interval, the estimate a line across it."""
    colour = rung(estimate.rung).colour
    begin, end = max(estimate.begin, LIMITS[0]), min(estimate.end, LIMITS[1])
    if end / begin < _NARROW:
        begin, end = begin / _NARROW, end * _NARROW
    ax.fill_between(
        [begin, end], estimate.low, estimate.high, color=colour, alpha=0.14, linewidth=0
    )
    ax.plot([begin, end], [estimate.estimate] * 2, color=colour, linewidth=1.6, linestyle="--")
    symbol = {"marker": rung(estimate.rung).symbol, "markerfacecolor": "white", "markersize": 5}
    ax.plot([(begin * end) ** 0.5], [estimate.estimate], color=colour, **symbol)


def _draw_line(ax: Axes, line: Sequence[CourseEstimate]) -> None:
    colour = rung(line[0].rung).colour
    at = [estimate.end for estimate in line]
    low, high = [estimate.low for estimate in line], [estimate.high for estimate in line]
    ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(at, [estimate.estimate for estimate in line], color=colour, linewidth=2)


def _legend_handles(
    points: Sequence[CourseEstimate],
    published: Sequence[CourseEstimate],
    lines: Sequence[Sequence[CourseEstimate]],
) -> list[Artist]:
    shown = {estimate.rung for estimate in (*points, *published)}
    handles = rung_handles(shown, linestyle="none")
    if points:
        handles.append(Line2D([], [], color=INK, marker="|", label="one trial with its interval"))
    if published:
        box = "pooled by a review over this window; never in our own"
        handles.append(Patch(facecolor=INK, alpha=0.14, linestyle="--", label=box))
    if lines:
        handles.append(Line2D([], [], color=INK, linewidth=2, label="line through our trials"))
    return handles
