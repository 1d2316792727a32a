"""Published estimates with their intervals, one row each, around the line of no effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evidence_tools.style import FIGURE_WIDTH, INK, LABEL_BOX, MUTED, RC, SHADE, rung

ROW_HEIGHT = 0.42
_TOP, _BOTTOM = 0.35, 0.6
_SIDE = 0.4
"""The shorter side of zero is at least this share of the longer, so that its words fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One estimate to draw, with the ends of its interval and the words above it."""

    label: str
    rung: str
    estimate: float
    low: float
    high: float


def draw_estimates(
    rows: Sequence[EstimateRow],
    *,
    xlabel: str = "Standardised difference (SD units)",
    favours: tuple[str, str] = ("favours ketamine", "favours control"),
    empty: str = "no published estimate with an interval",
    ax: Axes | None = None,
) -> Axes:
    """Estimates and their intervals around zero.

    Parameters
    ----------
    rows : sequence of EstimateRow
        Drawn from top to bottom.
    xlabel : str
        Words of the axis, with the unit.
    favours : (str, str)
        Words left and right of the line of no effect.
    empty : str
        What an empty figure says.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    with rc_context(RC):
        ax = ax or _new_axes(len(rows))
        ax.set_xlim(*_limits(rows))
        ax.set_ylim(max(len(rows), 2), 0)
        ax.set_yticks([])
        ax.grid(axis="x", color=SHADE, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.axvline(0, color=INK, linewidth=1)
        if not rows:
            ax.text(0.5, 0.5, empty, transform=ax.transAxes, ha="center", color=MUTED)
        for position, row in enumerate(rows):
            _draw_row(ax, row, position)
        ax.set_xlabel(xlabel, color=MUTED)
        _write_sides(ax, favours)
    return ax


def _limits(rows: Sequence[EstimateRow]) -> tuple[float, float]:
    """Ends of the axis: all intervals, zero, and room for the words on either side of it."""
    below = max((-row.low for row in rows), default=1.0)
    above = max((row.high for row in rows), default=1.0)
    left = max(below, 0.5, _SIDE * above)
    right = max(above, 0.5, _SIDE * below)
    margin = 0.06 * (left + right)
    return -left - margin, right + margin


def _new_axes(lines: int) -> Axes:
    height = _TOP + _BOTTOM + ROW_HEIGHT * max(lines, 2)
    figure = Figure(figsize=(FIGURE_WIDTH, height), dpi=RC["figure.dpi"])
    figure.subplots_adjust(left=0.05, right=0.96, top=1 - _TOP / height, bottom=_BOTTOM / height)
    return figure.add_subplot()


def _draw_row(ax: Axes, row: EstimateRow, position: int) -> None:
    look = rung(row.rung)
    middle = position + 0.74
    ax.text(
        0.0,
        position + 0.34,
        row.label,
        transform=ax.get_yaxis_transform(),
        color=INK,
        fontsize=9.5,
        va="center",
        bbox=LABEL_BOX,
    )
    ax.plot([row.low, row.high], [middle, middle], color=look.colour, linewidth=2.2)
    ax.plot([row.estimate], [middle], marker=look.symbol, color=look.colour, markersize=7)


def _write_sides(ax: Axes, favours: tuple[str, str]) -> None:
    zero = ax.transData.transform((0, 0))[0]
    left, right = (ax.transAxes.transform((at, 0))[0] for at in (0, 1))
    share = (zero - left) / (right - left)
    ax.text(share - 0.01, 1.02, f"← {favours[0]}", transform=ax.transAxes, ha="right", color=MUTED)
    ax.text(share + 0.01, 1.02, f"{favours[1]} →", transform=ax.transAxes, ha="left", color=MUTED)
