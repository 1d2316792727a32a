"""Words in figures: wrapped to the width they have, and the words on both sides of no effect."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from evidence_tools.display.style import FIGURE_WIDTH, MUTED, RC

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def room_of(ax: Axes | None, left: float, right: float) -> float:
    """Points between the sides of the axes, or of a new figure with those margins.

    `left`, `right`: sides of the axes of a new figure, as shares of its width.
    """
    figure = None if ax is None else ax.get_figure(root=True)
    if ax is None or figure is None:
        return 72 * FIGURE_WIDTH * (right - left)
    return 72 * figure.get_figwidth() * ax.get_position().width


def wrapped(words: str, room: float, *, size: float, weight: str = "normal") -> str:
    """Words in as few lines as the room allows."""
    font = FontProperties(family=RC["font.family"], weight=weight, size=size)
    measure = TextToPath().get_text_width_height_descent
    lines = [words]
    for letters in range(len(words), 0, -1):
        lines = textwrap.wrap(words, letters)
        if all(measure(line, font, ismath=False)[0] <= room for line in lines):
            break
    return "\n".join(lines)


def write_sides(ax: Axes, favours: tuple[str, str]) -> None:
    """The words left and right of no effect, above the axes."""
    left, right = ax.get_xlim()
    share = -left / (right - left)
    for words, at, side in ((f"← {favours[0]}", -0.01, "right"), (f"{favours[1]} →", 0.01, "left")):
        ax.annotate(
            words,
            (share + at, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            ha=side,
            va="bottom",
            color=MUTED,
        )
