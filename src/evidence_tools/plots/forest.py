"""Forest plot: contrasts with their intervals, the pooled effect, and what others found.

The words of a row stand above its interval, so that the figure stays readable on a phone. The
size of a symbol is the share of its weight. The prediction interval is a thin line under the
diamond, named in the legend. Published estimates stand below a line and are not in the pool.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath

from evidence_tools.style import FIGURE_WIDTH, INK, LABEL_BOX, MARK, MUTED, RC, SHADE, rung

ROW_HEIGHT = 0.42
_TOP, _BOTTOM = 0.4, 0.6
_LABEL_SIZE = 9.5
_LEGEND = 0.4
"""Inches below the words of the axis for the legend of the prediction interval."""
_UNDER, _GAP = 0.3, 0.2
"""Rows of room for the prediction interval under its diamond, and around the separating line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One contrast to draw.

    Attributes
    ----------
    label : str
        Study, dose, comparator, time and n, as the reader should see them.
    rung : str
        Directness; decides colour and symbol.
    yi, low, high : float
        Effect and the ends of its interval, on the axis' scale (logs for ratios).
    weight : float
        Share of the pooled weight, 0 to 1; decides the symbol's size.
    """

    label: str
    rung: str
    yi: float
    low: float
    high: float
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diamond:
    """The pooled effect to draw, and where a new study would be expected."""

    label: str
    estimate: float
    low: float
    high: float
    pi_low: float | None = None
    pi_high: float | None = None


def draw_forest(
    rows: Sequence[ForestRow],
    *,
    pooled: Diamond | None = None,
    outside: Sequence[ForestRow] = (),
    ratio: bool = False,
    xlabel: str = "Standardised difference (SD units)",
    favours: tuple[str, str] = ("favours ketamine", "favours control"),
    empty: str = "no eligible studies",
    ax: Axes | None = None,
) -> Axes:
    """Contrasts, their pooled effect, and published estimates below a line.

    Parameters
    ----------
    rows : sequence of ForestRow
        Contrasts in the pool, drawn from top to bottom.
    pooled : Diamond, optional
        Their pooled effect; left out where nothing is pooled.
    outside : sequence of ForestRow
        Published estimates, below a line.
    ratio : bool
        True if effects are logs of ratios; the axis then shows ratios.
    xlabel, empty : str
        Words of the axis, and what an empty figure says.
    favours : (str, str)
        Words left and right of no effect.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        predicted = pooled is not None and None not in (pooled.pi_low, pooled.pi_high)
        gaps = _UNDER * predicted + _GAP * bool(outside)
        lines = max(len(rows) + (pooled is not None) + len(outside) + gaps, 2)
        ax = ax or _new_axes(lines, predicted=predicted)
        _set_axis(ax, [*rows, *outside], pooled, lines)
        if not rows and not outside:
            where = {"transform": ax.transAxes, "ha": "center", "bbox": LABEL_BOX}
            ax.text(0.5, 0.5, empty, color=MUTED, **where)
        position = 0.0
        for row in rows:
            _draw_row(ax, row, position)
            position += 1
        if pooled is not None:
            _draw_diamond(ax, pooled, position)
            position += 1 + _UNDER * predicted
        if outside:
            ax.axhline(position + _GAP / 2, color=MUTED, linewidth=0.8)
            position += _GAP
        for row in outside:
            _draw_row(ax, row, position)
            position += 1
        ax.set_xlabel(xlabel, color=MUTED)
        if ratio:
            _show_ratios(ax)
        _write_sides(ax, favours)
    return ax


def _new_axes(lines: float, *, predicted: bool) -> Axes:
    bottom = _BOTTOM + _LEGEND * predicted
    height = _TOP + bottom + ROW_HEIGHT * lines
    figure = Figure(figsize=(FIGURE_WIDTH, height), dpi=RC["figure.dpi"])
    figure.subplots_adjust(left=0.05, right=0.96, top=1 - _TOP / height, bottom=bottom / height)
    return figure.add_subplot()


def _set_axis(ax: Axes, rows: Sequence[ForestRow], pooled: Diamond | None, lines: float) -> None:
    ends = [value for row in rows for value in (row.low, row.high)]
    if pooled is not None:
        spread = (pooled.low, pooled.high, pooled.pi_low, pooled.pi_high)
        ends += [value for value in spread if value is not None]
    widest = max([abs(value) for value in ends] + [0.5])
    left = max([-value for value in ends] + [0.5, 0.35 * widest])
    right = max([*ends, 0.5, 0.35 * widest])
    margin = 0.06 * (left + right)
    ax.set_xlim(-left - margin, right + margin)
    ax.set_ylim(lines, 0)
    ax.set_yticks([])
    ax.grid(axis="x", color=SHADE, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.axvline(0, color=INK, linewidth=1)


def _draw_row(ax: Axes, row: ForestRow, position: float) -> None:
    look = rung(row.rung)
    middle = position + 0.74
    _write(ax, row.label, position)
    ax.plot([row.low, row.high], [middle, middle], color=look.colour, linewidth=2)
    size = 5 + 7 * math.sqrt(row.weight)
    ax.plot([row.yi], [middle], marker=look.symbol, color=look.colour, markersize=size)


def _draw_diamond(ax: Axes, pooled: Diamond, position: float) -> None:
    middle = position + 0.74
    _write(ax, pooled.label, position, weight="bold")
    xs = [pooled.low, pooled.estimate, pooled.high, pooled.estimate]
    ax.fill(xs, [middle, middle - 0.16, middle, middle + 0.16], color=INK)
    if pooled.pi_low is None or pooled.pi_high is None:
        return
    under = middle + 0.3
    ax.plot([pooled.pi_low, pooled.pi_high], [under, under], color=MARK, linewidth=1.4)
    words = "where a new study would be expected (prediction interval)"
    handle = Line2D([], [], color=MARK, linewidth=1.4, label=words)
    figure = ax.get_figure(root=True)
    inches = ax.get_position().height * figure.get_figheight() if figure else 1.0
    ax.legend(handles=[handle], loc="upper left", bbox_to_anchor=(0, -0.62 / inches))


def _write(ax: Axes, words: str, position: float, *, weight: str = "normal") -> None:
    ax.text(
        0.0,
        position + 0.34,
        _fitting(ax, words, weight),
        transform=ax.get_yaxis_transform(),
        color=INK,
        fontsize=_LABEL_SIZE,
        weight=weight,
        va="center",
        bbox=LABEL_BOX,
    )


def _fitting(ax: Axes, words: str, weight: str) -> str:
    """Words cut to what fits between the left side of the axes and the edge of the figure."""
    figure = ax.get_figure(root=True)
    inches = figure.get_figwidth() if figure else FIGURE_WIDTH
    room = 72 * inches * (1 - ax.get_position().x0) - 4
    font = FontProperties(family=RC["font.family"], weight=weight, size=_LABEL_SIZE)
    width_of = TextToPath().get_text_width_height_descent
    kept = words
    while (wide := width_of(kept, font, ismath=False)[0]) > room:
        words = words[: min(len(words) - 1, int(len(words) * room / wide) + 1)]
        kept = words.rstrip() + "…"
    return kept


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


def _write_sides(ax: Axes, favours: tuple[str, str]) -> None:
    left, right = ax.get_xlim()
    share = -left / (right - left)
    ax.text(share - 0.01, 1.02, f"← {favours[0]}", transform=ax.transAxes, ha="right", color=MUTED)
    ax.text(share + 0.01, 1.02, f"{favours[1]} →", transform=ax.transAxes, ha="left", color=MUTED)
