"""A map of the evidence: outcomes by rung, what was found, and in how many people.

Each row is one outcome on one rung, each column what the programmes found. A symbol grows
with the people studied, the number beside it counts the programmes. An empty field is a
finding too: nobody has looked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.display.frame import Frame
from evidence_tools.display.style import DIRECTIONS, INK, SHADE, rung

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.4
_HEADING = 0.36
_FRAME = Frame(top=0.75, bottom=0.5, left=0.02, right=0.98)
_LABEL = 1.5
"""Columns that the words of a row take."""

_LARGEST_AREA, _SMALLEST_AREA = 330.0, 10.0
"""Square points of the largest symbol, and of one behind which no number of people was seen. The
area goes with the square root of the people: studies of ten and of ten thousand share a map.
"""

HEADS = {
    "better": "better\nthan\ncontrol",
    "mixed": "both,\nby row",
    "no-difference": "no\ndiffer-\nence",
    "worse": "control\nbetter",
    "uncontrolled": "no ran-\ndomised\ntrial",
    "not-told": "not\ntold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """What programmes found for one outcome on one rung.

    Attributes
    ----------
    rung, outcome, direction : str
        Rung of directness, words of the outcome, key of `style.DIRECTIONS`.
    people : float
        People in these programmes, each programme once; 0 where no number was seen.
    programmes : int
        How many programmes.
    """

    rung: str
    outcome: str
    direction: str
    people: float
    programmes: int


def draw_evidence_map(
    cells: Sequence[MapCell],
    *,
    outcomes: Sequence[str],
    rungs: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Symbols by rung, outcome and direction.

    Parameters
    ----------
    cells : sequence of MapCell
        At most one for each rung, outcome and direction.
    outcomes : sequence of str
        Rows within each rung, from top to bottom; drawn also where nobody has looked.
    rungs : sequence of str
        Groups of rows, from top to bottom.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    nothing = "" if cells else "no study reports such an outcome"
    places = _places(outcomes, rungs)
    height = max(len(rungs) * (_HEADING + ROW_HEIGHT * len(outcomes)), 2 * ROW_HEIGHT)
    with _FRAME.drawn(ax, height, rows=height, empty=nothing) as ax:
        _set_axis(ax)
        _draw_words(ax, places, rungs)
        largest = max((cell.people for cell in cells), default=0.0)
        for cell in cells:
            _draw_cell(ax, cell, places[cell.rung, cell.outcome], largest)
    return ax


def _places(outcomes: Sequence[str], rungs: Sequence[str]) -> dict[tuple[str, str], float]:
    """Middle of each row in inches from the top."""
    group = _HEADING + ROW_HEIGHT * len(outcomes)
    return {
        (name, outcome): place * group + _HEADING + ROW_HEIGHT * (line + 0.5)
        for place, name in enumerate(rungs)
        for line, outcome in enumerate(outcomes)
    }


def _set_axis(ax: Axes) -> None:
    ax.set_xlim(0, _LABEL + len(DIRECTIONS))
    columns = [_LABEL + place + 0.5 for place in range(len(DIRECTIONS))]
    ax.set_xticks(columns, [HEADS[name] for name in DIRECTIONS], fontsize=8)
    ax.tick_params(axis="x", labeltop=True, length=0, labelcolor=INK)
    ax.spines["bottom"].set_visible(False)


def _draw_words(ax: Axes, places: dict[tuple[str, str], float], rungs: Sequence[str]) -> None:
    seen: set[str] = set()
    for (name, outcome), middle in places.items():
        if name not in seen:
            top = middle - ROW_HEIGHT / 2
            look = rung(name)
            ax.text(0, top - 0.14, look.words, fontsize=9, weight="bold", color=look.colour)
            seen.add(name)
        ax.axhline(middle + ROW_HEIGHT / 2, color=SHADE, linewidth=0.8, zorder=0)
        ax.text(0.05, middle, outcome, fontsize=8.5, color=INK, va="center")


def _draw_cell(ax: Axes, cell: MapCell, middle: float, largest: float) -> None:
    column = _LABEL + list(DIRECTIONS).index(cell.direction) + 0.5
    look = DIRECTIONS[cell.direction]
    share = math.sqrt(cell.people / largest) if largest else 0.0
    area = max(_LARGEST_AREA * share, _SMALLEST_AREA)
    ax.scatter([column - 0.12], [middle], s=area, marker=look.symbol, color=look.colour, alpha=0.85)
    ax.text(column + 0.24, middle, f"{cell.programmes}", fontsize=8.5, color=INK, va="center")
