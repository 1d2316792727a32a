"""How common side effects are: dots with exact intervals, treated people above their controls.

The words of a row stand above its dots, so that the figure stays readable on a phone. A pooled
row is bold, its dots filled; dots of single studies are open. Symbol and colour say who was
counted, and the legend says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from evidence_tools.display.frame import Frame, draw_grid
from evidence_tools.display.style import INK, LABEL_BOX, MUTED, harm_group

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.5
_FRAME = Frame(top=0.3, bottom=0.66, right=0.95, line=0.24, legend=0.47)
_HEADING = 0.62
"""Rows of room for the words of a group."""
_LABEL, _FIRST, _STEP = 0.22, 0.58, 0.24
"""Where in a row the words, the first and each further dot stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmMark:
    """How common an effect is among one group of people, in percent.

    Attributes
    ----------
    group : str
        "treated" or a class of comparators; decides colour, symbol and words.
    percent, low, high : float
        Percent of people and the ends of its interval.
    """

    group: str
    percent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """One study, or several pooled, with its dots from top to bottom.

    Attributes
    ----------
    label : str
        Words above the dots.
    marks : tuple of HarmMark
        Treated people first.
    pooled : bool
        True for the pooled row of several studies.
    group : str
        Heading; written where it changes from one row to the next.
    """

    label: str
    marks: tuple[HarmMark, ...]
    pooled: bool = False
    group: str = ""


def draw_harms(
    rows: Sequence[HarmRow],
    *,
    threshold: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Percentages of people with a side effect, treated against control.

    Parameters
    ----------
    rows : sequence of HarmRow
        Drawn from top to bottom.
    threshold : float, optional
        Percent at which a dashed line stands.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    headings = [i for i, row in enumerate(rows) if row.group and _is_new(rows, i)]
    lines = max(len(rows) + _HEADING * len(headings), 2)
    nothing = "" if rows else "nobody counted it"
    with _FRAME.drawn(ax, ROW_HEIGHT * lines, _handles(rows), rows=lines, empty=nothing) as ax:
        _set_axis(ax, threshold)
        position = 0.0
        for index, row in enumerate(rows):
            if index in headings:
                _write(ax, row.group, position + 0.36, size=10.5, weight="bold")
                position += _HEADING
            _draw_row(ax, row, position)
            position += 1
        ax.set_xlabel("People with the side effect (%)", color=MUTED)
    return ax


def _is_new(rows: Sequence[HarmRow], index: int) -> bool:
    return index == 0 or rows[index].group != rows[index - 1].group


def _handles(rows: Sequence[HarmRow]) -> list[Line2D]:
    """One entry of the legend per group, in the order in which they first appear."""
    groups = dict.fromkeys(mark.group for row in rows for mark in row.marks)
    looks = [harm_group(group) for group in groups]
    return [
        Line2D([], [], color=look.colour, marker=look.symbol, linewidth=1.8, label=look.words)
        for look in looks
    ]


def _set_axis(ax: Axes, threshold: float | None) -> None:
    ax.set_xlim(-1, 101)
    ax.set_xticks(range(0, 101, 20))
    draw_grid(ax)
    if threshold is not None:
        ax.axvline(threshold, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        words = f"{threshold:g} of 100"
        place = {"transform": ax.get_xaxis_transform(), "va": "bottom", "ha": "center"}
        ax.text(threshold, 1.0, words, color=MUTED, fontsize=9, **place)


def _draw_row(ax: Axes, row: HarmRow, position: float) -> None:
    _write(ax, row.label, position + _LABEL, size=9.5, weight="bold" if row.pooled else "normal")
    for index, mark in enumerate(row.marks):
        look = harm_group(mark.group)
        height = position + _FIRST + _STEP * index
        ax.plot([mark.low, mark.high], [height, height], color=look.colour, linewidth=1.8)
        ax.plot(
            [mark.percent],
            [height],
            marker=look.symbol,
            color=look.colour,
            markerfacecolor=look.colour if row.pooled else "white",
            markersize=6.5 if row.pooled else 5.5,
        )


def _write(ax: Axes, words: str, position: float, *, size: float, weight: str) -> None:
    ax.text(
        0.0,
        position,
        words,
        transform=ax.get_yaxis_transform(),
        color=INK,
        fontsize=size,
        weight=weight,
        va="center",
        bbox=LABEL_BOX,
    )
