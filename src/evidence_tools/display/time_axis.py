"""A logarithmic axis of time, and the intervals that are drawn along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.ticker import FixedLocator, NullLocator

from evidence_tools.display.frame import DOTTED, PALE, draw_grid
from evidence_tools.display.style import MUTED, rung

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Something that lies between two times.

    `label`: words at its bar.
    `rung`: directness; decides colour and symbol.
    `lower`, `upper`: minutes; None is open.
    `faint`: dotted and grey: seen, but it cannot decide (start not stated, read second-hand,
        retracted).
    """

    label: str
    rung: str
    lower: float | None
    upper: float | None
    faint: bool = False

    @property
    def colour(self) -> str:
        """Of its rung; grey if it cannot decide."""
        return MUTED if self.faint else rung(self.rung).colour


def draw_bar(
    ax: Axes, of: Interval, begin: float, end: float, middle: float, *, pale: bool
) -> None:
    """The bar of an interval from one time to another, in minutes, at a height of the axes."""
    ax.plot(
        [begin, end],
        [middle, middle],
        color=of.colour,
        alpha=PALE if pale else 1.0,
        linewidth=2.2 if of.faint else 4,
        linestyle=DOTTED if of.faint else "solid",
        solid_capstyle="butt",
    )


def draw_ends(ax: Axes, of: Interval, middle: float, *, size: float) -> None:
    """A symbol at each known end of an interval, as far as it is on the axis."""
    left, right = ax.get_xlim()
    ends = sorted({at for at in (of.lower, of.upper) if at is not None and left <= at <= right})
    ax.plot(
        ends,
        [middle] * len(ends),
        marker=rung(of.rung).symbol,
        color=of.colour,
        markerfacecolor="white" if of.faint else of.colour,
        markersize=size,
        linestyle="none",
    )


def draw_arrow(
    ax: Axes, of: Interval, begin: float, end: float, middle: float, *, size: float = 10
) -> None:
    """An arrow from one time to another: nobody looked any further."""
    style = {"arrowstyle": "-|>", "color": of.colour, "linewidth": 1.3, "shrinkA": 0}
    style |= {"shrinkB": 0, "mutation_scale": size}
    ax.annotate("", (end, middle), xytext=(begin, middle), arrowprops=style)


def ticks_within(ticks: Mapping[str, float], limits: tuple[float, float]) -> dict[str, float]:
    """The ticks that lie on an axis."""
    return {word: at for word, at in ticks.items() if limits[0] <= at <= limits[1]}


def set_time_axis(
    ax: Axes,
    limits: tuple[float, float],
    xlabel: str,
    *,
    ticks: Mapping[str, float],
    grid: Literal["x", "both"] = "x",
) -> None:
    """A logarithmic axis of time with ticks in words, and lines behind what is drawn."""
    ax.set_xscale("log")
    ax.set_xlim(*limits)
    shown = ticks_within(ticks, limits)
    ax.xaxis.set_major_locator(FixedLocator(list(shown.values())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticklabels(list(shown), rotation=45, ha="right", rotation_mode="anchor", fontsize=9.5)
    ax.set_xlabel(xlabel, color=MUTED)
    draw_grid(ax, grid)
