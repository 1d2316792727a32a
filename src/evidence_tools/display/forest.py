"""Forest plot: contrasts with their intervals, the pooled effect, and what others found.

The words of a row stand above its interval: the study, then its facts in columns. So the whole
width belongs to the effects, and the figure stays readable on a phone. Heights are in inches.
Weights are written, and decide the size of a symbol, only where rows are pooled. Published
estimates stand below a line and are never in the pool.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.lines import Line2D

from evidence_tools.display.frame import Frame, draw_grid
from evidence_tools.display.style import INK, LABEL_BOX, MARK, MUTED, RUNGS, rung
from evidence_tools.display.words import room_of, wrapped, write_sides

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PREDICTION = "where a new study would be expected (prediction interval)"
POOLED = "pooled effect and its interval"
OUTSIDE = "Published pooled estimates, never part of ours"

_FRAME = Frame(top=0.4, bottom=0.62, right=0.96, line=0.2, legend=0.52)
_LABEL_SIZE, _CELL_SIZE = 10.0, 9.0
_SPACING = 1.35
_LABEL_LINE, _CELL_LINE = _SPACING * _LABEL_SIZE / 72, _SPACING * _CELL_SIZE / 72
_DESCENT = 0.055
"""From the bottom of a line to its baseline."""
_MIDDLE, _BAR, _UNDER = 0.13, 0.34, 0.14
"""From the words of a row to its interval, to the next row, and more for a prediction interval."""
_SIDE = 0.4
"""The shorter side of no effect is at least this share of the longer, so that its words fit."""
_COLUMNS: dict[str, tuple[str, float, float, Literal["left", "right"]]] = {
    "detail": ("", 0.0, 0.515, "left"),
    "dose": ("drug and dose", 0.0, 0.325, "left"),
    "comparator": ("against", 0.33, 0.525, "left"),
    "time": ("time", 0.53, 0.82, "left"),
    "n": ("n", 0.82, 0.89, "right"),
    "weight": ("weight", 0.89, 1.0, "right"),
}
"""Heading of each column, its sides as shares of the width, and how its words are aligned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One contrast or published estimate to draw.

    Attributes
    ----------
    label : str
        The study, as it is called in every figure.
    rung : str
        Directness; decides colour and symbol. Empty for a file of other people.
    yi, low, high : float
        Effect and the ends of its interval, on the axis' scale (logs for ratios).
    dose, comparator, time, n : str
        Cells of the columns; empty where not seen.
    detail : str
        What tells an estimate from others of its study; stands in place of dose and comparator,
        which a review has many of.
    weight : float, optional
        Share of the pooled weight, 0 to 1; None where nothing is pooled.
    """

    label: str
    rung: str
    yi: float
    low: float
    high: float
    dose: str = ""
    comparator: str = ""
    time: str = ""
    n: str = ""
    detail: str = ""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diamond:
    """The pooled effect of the rows above it, and where a new study would be expected."""

    label: str
    estimate: float
    low: float
    high: float
    pi_low: float | None = None
    pi_high: float | None = None

    @property
    def predicts(self) -> bool:
        """True if both ends of the prediction interval are known."""
        return self.pi_low is not None and self.pi_high is not None


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a row, wrapped to the width."""

    label: str
    cells: dict[str, str]

    @property
    def label_height(self) -> float:
        """Inches of the label."""
        return _LABEL_LINE * _lines(self.label)

    @property
    def height(self) -> float:
        """Inches from the top of the row to the room of its interval."""
        return self.label_height + _CELL_LINE * max(map(_lines, self.cells.values()), default=0)


def draw_forest(
    rows: Sequence[ForestRow | Diamond],
    *,
    outside: Sequence[ForestRow] = (),
    ratio: bool = False,
    xlabel: str = "Standardised difference (SD units)",
    favours: tuple[str, str] = ("favours ketamine", "favours control"),
    empty: str = "no eligible studies",
    ax: Axes | None = None,
) -> Axes:
    """Contrasts, their pooled effects, and published estimates below a line.

    Parameters
    ----------
    rows : sequence of ForestRow or Diamond
        Drawn from top to bottom; a diamond follows the rows that it pools.
    outside : sequence of ForestRow
        Published estimates, below a line.
    ratio : bool
        True if effects are logs of ratios; the axis then shows ratios.
    xlabel, empty : str
        Words of the axis, and what stands where no row is.
    favours : (str, str)
        Words left and right of no effect.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    everything = [*rows, *outside]
    room = room_of(ax, _FRAME.left, _FRAME.right)
    words = [_words(row, room) for row in everything]
    tops, height = _tops(words, everything, len(rows), bool(outside))
    handles = _legend_handles(everything)
    nothing = "" if everything else empty
    with _FRAME.drawn(ax, height, handles, rows=height, empty=nothing) as ax:
        _set_axis(ax, everything)
        _write_headings(ax, words)
        for row, its, top in zip(everything, words, tops, strict=True):
            _write(ax, its, top, bold=isinstance(row, Diamond))
            _draw(ax, row, top + its.height + _MIDDLE)
        if outside:
            _draw_line(ax, tops[len(rows)] - 1.5 * _CELL_LINE)
            if not rows:
                _write_empty(ax, empty)
        ax.set_xlabel(xlabel, color=MUTED)
        if ratio:
            _show_ratios(ax)
        write_sides(ax, favours)
    return ax


def _words(row: ForestRow | Diamond, room: float) -> _Words:
    """The words of a row, wrapped."""
    bold = "bold" if isinstance(row, Diamond) else "normal"
    label = wrapped(row.label, room, size=_LABEL_SIZE, weight=bold)
    if isinstance(row, Diamond):
        return _Words(label, {})
    given = {"time": row.time, "n": row.n}
    given |= {"detail": row.detail} if row.detail else _treatment(row)
    if row.weight is not None:
        given["weight"] = f"{100 * row.weight:.0f}%"
    cells = {
        name: wrapped(cell, room * (_COLUMNS[name][2] - _COLUMNS[name][1]), size=_CELL_SIZE)
        for name, cell in given.items()
        if cell
    }
    return _Words(label, cells)


def _treatment(row: ForestRow) -> dict[str, str]:
    return {"dose": row.dose, "comparator": row.comparator}


def _lines(words: str) -> int:
    return words.count("\n") + 1


def _tops(
    words: Sequence[_Words], rows: Sequence[ForestRow | Diamond], ours: int, outside: bool
) -> tuple[list[float], float]:
    """Top of each row in inches, and the height of all; the line needs room above `outside`."""
    at = 1.5 * _CELL_LINE * any(its.cells for its in words)
    at += 0.0 if ours or not outside else 2 * _LABEL_LINE
    tops = []
    for index, (its, row) in enumerate(zip(words, rows, strict=True)):
        at += 1.7 * _CELL_LINE * (outside and index == ours)
        tops.append(at)
        at += its.height + _BAR + _UNDER * (isinstance(row, Diamond) and row.predicts)
    return tops, max(at, 1.0)


def _set_axis(ax: Axes, rows: Sequence[ForestRow | Diamond]) -> None:
    ends = [value for row in rows for value in (row.low, row.high)]
    spread = [end for row in rows if isinstance(row, Diamond) for end in (row.pi_low, row.pi_high)]
    ends += [value for value in spread if value is not None]
    below, above = max([-value for value in ends] + [0.5]), max([*ends, 0.5])
    left, right = max(below, _SIDE * above), max(above, _SIDE * below)
    margin = 0.06 * (left + right)
    ax.set_xlim(-left - margin, right + margin)
    draw_grid(ax)
    ax.axvline(0, color=INK, linewidth=1)


def _write_headings(ax: Axes, words: Sequence[_Words]) -> None:
    for name, (heading, *_) in _COLUMNS.items():
        if heading and any(name in its.cells for its in words):
            _write_cell(ax, name, heading, 0.0, bold=True)


def _write(ax: Axes, words: _Words, top: float, *, bold: bool) -> None:
    """The words of a row from its top downwards."""
    ax.text(
        0,
        top + words.label_height - _DESCENT,
        words.label,
        transform=ax.get_yaxis_transform(),
        color=INK,
        fontsize=_LABEL_SIZE,
        weight="bold" if bold else "normal",
        va="baseline",
        linespacing=_SPACING,
        bbox=LABEL_BOX,
    )
    for name, cell in words.cells.items():
        _write_cell(ax, name, cell, top + words.label_height)


def _write_cell(ax: Axes, name: str, words: str, top: float, *, bold: bool = False) -> None:
    _, left, right, side = _COLUMNS[name]
    ax.text(
        left if side == "left" else right,
        top + _CELL_LINE * _lines(words) - _DESCENT,
        words,
        transform=ax.get_yaxis_transform(),
        color=MUTED,
        fontsize=_CELL_SIZE,
        weight="bold" if bold else "normal",
        ha=side,
        va="baseline",
        linespacing=_SPACING,
        bbox=LABEL_BOX,
    )


def _draw(ax: Axes, row: ForestRow | Diamond, middle: float) -> None:
    if isinstance(row, Diamond):
        _draw_diamond(ax, row, middle)
        return
    look = rung(row.rung or "direct")
    ax.plot([row.low, row.high], [middle, middle], color=look.colour, linewidth=2.2)
    size = 7.0 if row.weight is None else 5 + 7 * math.sqrt(row.weight)
    ax.plot([row.yi], [middle], marker=look.symbol, color=look.colour, markersize=size)


def _draw_diamond(ax: Axes, pooled: Diamond, middle: float) -> None:
    xs = [pooled.low, pooled.estimate, pooled.high, pooled.estimate]
    ax.fill(xs, [middle, middle - 0.07, middle, middle + 0.07], color=INK)
    if pooled.pi_low is not None and pooled.pi_high is not None:
        under = middle + _UNDER
        ax.plot([pooled.pi_low, pooled.pi_high], [under, under], color=MARK, linewidth=1.4)


def _write_empty(ax: Axes, empty: str) -> None:
    """What stands above the published estimates where no row of ours is."""
    where = {"transform": ax.get_yaxis_transform(), "va": "top"}
    ax.text(0, 1.5 * _CELL_LINE, empty, color=MUTED, bbox=LABEL_BOX, **where)


def _draw_line(ax: Axes, at: float) -> None:
    ax.axhline(at, color=MUTED, linewidth=0.8)
    where = {"transform": ax.get_yaxis_transform(), "va": "top", "weight": "bold"}
    ax.text(0, at + 0.05, OUTSIDE, color=MUTED, fontsize=_CELL_SIZE, bbox=LABEL_BOX, **where)


def _legend_handles(rows: Sequence[ForestRow | Diamond]) -> list[Artist]:
    """One entry per rung that is drawn, then the diamond and the prediction interval."""
    rungs = {row.rung for row in rows if isinstance(row, ForestRow)}
    handles: list[Artist] = [
        Line2D([], [], color=look.colour, marker=look.symbol, label=f"{look.words} ({name})")
        for name, look in RUNGS.items()
        if name in rungs
    ]
    diamonds = [row for row in rows if isinstance(row, Diamond)]
    if diamonds:
        look = {"color": INK, "marker": "d", "markersize": 9, "linestyle": "none"}
        handles.append(Line2D([], [], label=POOLED, **look))
    if any(diamond.predicts for diamond in diamonds):
        handles.append(Line2D([], [], color=MARK, linewidth=1.4, label=PREDICTION))
    return handles


def _show_ratios(ax: Axes) -> None:
    """Ticks at round ratios on the axis of logs, as close as their words allow."""
    left, right = ax.get_xlim()
    shown = [r for r in _round_ratios(right - left) if left <= math.log(r) <= right]
    ax.set_xticks([math.log(ratio) for ratio in shown], [f"{ratio:g}" for ratio in shown])


def _round_ratios(span: float) -> list[float]:
    if span <= 2:
        return [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5]
    if span <= 7:
        return [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 20, 50, 100, 200, 500, 1000]
    step = math.ceil(span / 20)
    most = 300 // step  # a float ends at about 10 to the 308th
    return [10.0 ** (step * i) for i in range(-most, most + 1)]
