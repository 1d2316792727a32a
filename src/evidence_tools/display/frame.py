"""The frame of every figure: its size, its letters, its legend, and what an empty one says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evidence_tools.display.style import FIGURE_WIDTH, LABEL_BOX, MUTED, RC, RUNGS, SHADE

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PALE = 0.35
"""Opacity of a bar that says "somewhere in here"."""
DOTTED = (0, (1, 1))
DASHED = (0, (4, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The room around the axes of one kind of figure.

    `top`, `bottom`: inches above the axes, and below them without the legend.
    `left`, `right`: sides of the axes, as shares of the figure's width.
    `line`: inches for each line of the legend.
    `legend`: inches from the axes down to the legend.
    `columns`: of the legend.
    """

    top: float
    bottom: float
    left: float = 0.05
    right: float = 0.97
    line: float = 0.21
    legend: float = 0.82
    columns: int = 1

    @contextmanager
    def drawn(
        self,
        ax: Axes | None,
        height: float,
        handles: Sequence[Artist] = (),
        *,
        rows: float | None = None,
        empty: str = "",
    ) -> Iterator[Axes]:
        """Axes to draw into, with the letters of every figure; the legend follows the drawing.

        `rows`: where rows stand under each other: their number, counted downwards.
        `empty`: what stands in the middle of a figure in which nothing can be drawn.
        """
        with rc_context(RC):
            ax = ax or self._new_axes(height, len(handles))
            if rows is not None:
                ax.set_ylim(rows, 0)
                ax.set_yticks([])
            yield ax
            if empty:
                where = {"transform": ax.transAxes, "ha": "center", "bbox": LABEL_BOX}
                ax.text(0.5, 0.5, empty, color=MUTED, **where)
            self._write_legend(ax, handles)

    def _new_axes(self, height: float, lines: int) -> Axes:
        bottom = self.bottom + self.line * lines
        whole = self.top + height + bottom
        figure = Figure(figsize=(FIGURE_WIDTH, whole), dpi=RC["figure.dpi"])
        sides = {"left": self.left, "right": self.right}
        figure.subplots_adjust(top=1 - self.top / whole, bottom=bottom / whole, **sides)
        return figure.add_subplot()

    def _write_legend(self, ax: Axes, handles: Sequence[Artist]) -> None:
        figure = ax.get_figure(root=True)
        if not handles or figure is None:
            return
        inches = ax.get_position().height * figure.get_figheight()
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0, -self.legend / inches),
            borderaxespad=0,
            handlelength=2.2,
            ncols=self.columns,
        )


def draw_grid(ax: Axes, axis: Literal["x", "both"] = "x") -> None:
    """Pale lines behind what is drawn."""
    ax.grid(axis=axis, color=SHADE, linewidth=0.8)
    ax.set_axisbelow(True)


def rung_handles(present: Collection[str], **look: Any) -> list[Artist]:
    """One entry of the legend per rung of directness, nearest to the claims first."""
    return [
        Line2D([], [], color=of.colour, marker=of.symbol, label=of.words, **look)
        for name, of in RUNGS.items()
        if name in present
    ]


def faint_handle() -> Artist:
    """The entry of the legend for what was seen and cannot decide."""
    look = {"color": MUTED, "linestyle": DOTTED, "marker": "o", "markerfacecolor": "white"}
    return Line2D([], [], label="cannot decide (the table says why)", **look)
