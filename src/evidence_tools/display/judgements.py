"""Risk of bias: one light per trial and domain, and the share of each judgement per domain.

A light is a coloured field with a symbol and a word in it, so that nothing hangs on colour, and
"no information" is a judgement like any other. The trial's name stands above its lights, so that
eight domains fit the width of a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.patches import Patch, Rectangle

from evidence_tools.display.frame import Frame, draw_grid
from evidence_tools.display.style import INK, JUDGEMENT_WORDS, JUDGEMENTS, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOTHING = "no trial was judged"
LIGHT_HEIGHT = 0.46
"""Inches for one trial: its name and its lights."""

BAR_HEIGHT = 0.5
_LIGHTS = Frame(top=0.55, bottom=0.55, left=0.03, right=0.96)
_SHARES = Frame(top=0.1, bottom=1.3, left=0.03, right=0.96, line=0, legend=0.52, columns=2)
_SMALLEST_WITH_WORDS = 0.09
"""A narrower part of a bar carries no words; the table beside it has the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightRow:
    """One trial to draw.

    Attributes
    ----------
    label : str
        Words above the lights.
    lights : tuple of (str or None)
        One judgement per domain; None where the domain does not apply.
    """

    label: str
    lights: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """One domain to draw: what share of the weight each judgement has, together 1."""

    label: str
    shares: Mapping[str, float]


def draw_lights(
    rows: Sequence[LightRow],
    domains: Sequence[str],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Trials by domains, one field with symbol and word each.

    Parameters
    ----------
    rows : sequence of LightRow
        Drawn from top to bottom.
    domains : sequence of str
        Headings of the columns, written above and below.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    lines, nothing = max(len(rows), 2), "" if rows else _NOTHING
    with _LIGHTS.drawn(ax, lines * LIGHT_HEIGHT, rows=lines, empty=nothing) as ax:
        ax.set_xlim(0, max(len(domains), 1))
        ax.set_xticks([place + 0.5 for place in range(len(domains))], domains, fontsize=7.5)
        ax.tick_params(axis="x", labeltop=True, length=0, pad=4, labelcolor=INK)
        ax.spines["bottom"].set_visible(False)
        for place, row in enumerate(rows):
            _draw_trial(ax, row, place)
    return ax


def _draw_trial(ax: Axes, row: LightRow, place: int) -> None:
    ax.text(0.03, place + 0.26, row.label, fontsize=8.5, color=INK, va="center")
    for column, judgement in enumerate(row.lights):
        middle = (column + 0.5, place + 0.68)
        if judgement is None:
            ax.text(*middle, "–", fontsize=8.5, color=MUTED, ha="center", va="center")
            continue
        look = JUDGEMENTS[judgement]
        ax.add_patch(
            Rectangle((column + 0.03, place + 0.47), 0.94, 0.42, color=look.colour, linewidth=0)
        )
        ax.text(
            *middle,
            f"{look.symbol} {look.words}",
            fontsize=7.5,
            color="white",
            weight="bold",
            ha="center",
            va="center",
        )


def draw_shares(
    rows: Sequence[ShareRow],
    *,
    ax: Axes | None = None,
) -> Axes:
    """One bar per domain, divided by the weight of each judgement.

    Parameters
    ----------
    rows : sequence of ShareRow
        Drawn from top to bottom.
    ax : Axes, optional
        Where to draw; a new figure of fitting height otherwise.

    Returns
    -------
    Axes
        The axes drawn into.
    """
    lines, nothing = max(len(rows), 2), "" if rows else _NOTHING
    handles = _handles(rows)
    with _SHARES.drawn(ax, lines * BAR_HEIGHT, handles, rows=lines, empty=nothing) as ax:
        ax.set_xlim(0, 1)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        ax.set_xlabel("Share of people in the trials", color=MUTED)
        draw_grid(ax)
        for place, row in enumerate(rows):
            _draw_bar(ax, row, place)
    return ax


def _draw_bar(ax: Axes, row: ShareRow, place: int) -> None:
    ax.text(0, place + 0.24, row.label, fontsize=9, color=INK, va="center")
    left = 0.0
    for name, look in JUDGEMENTS.items():
        share = row.shares.get(name, 0.0)
        if share <= 0:
            continue
        ax.barh(place + 0.65, share, 0.42, left=left, color=look.colour, edgecolor="white")
        if share >= _SMALLEST_WITH_WORDS:
            ax.text(
                left + share / 2,
                place + 0.65,
                f"{look.symbol} {share:.0%}",
                fontsize=8.5,
                color="white",
                weight="bold",
                ha="center",
                va="center",
            )
        left += share


def _handles(rows: Sequence[ShareRow]) -> list[Patch]:
    """One entry of the legend per judgement in the figure."""
    present = {name for row in rows for name, share in row.shares.items() if share > 0}
    return [
        Patch(color=look.colour, label=f"{look.symbol}  {JUDGEMENT_WORDS[name]}")
        for name, look in JUDGEMENTS.items()
        if name in present
    ]
