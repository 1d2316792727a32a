"""What a reader sees of a result: a table, a picture, a paragraph.

Each is made of finished text and can show itself in a notebook. Texts are the same on every run,
so that notebooks can be compared word by word; a picture carries its alternative text, made from
the same numbers.
"""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page, with a remark on hovering."""

    words: str
    url: str
    title: str = ""

    def html(self) -> str:
        """The link as HTML, or its words alone where there is no address."""
        words = html.escape(self.words)
        if not self.url:
            return words
        title = f' title="{html.escape(self.title)}"' if self.title else ""
        return f'<a href="{html.escape(self.url)}"{title}>{words}</a>'

    def __str__(self) -> str:
        return self.words


Cell = str | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of finished words.

    Attributes
    ----------
    columns : tuple of str
        Headings.
    rows : tuple of tuple of (str or Link)
        Cells, row by row.
    empty : str
        What to say where there is no row.
    folded : str
        Words behind which a page hides the table until it is opened; empty shows it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "No rows."
    folded: str = ""

    def to_records(self) -> list[dict[str, str]]:
        """One dictionary of plain words per row."""
        return [
            dict(zip(self.columns, (str(cell) for cell in row), strict=True)) for row in self.rows
        ]

    def __repr__(self) -> str:
        if not self.rows:
            return self.empty
        lines = [" | ".join(self.columns)]
        lines += [" | ".join(str(cell) for cell in row) for row in self.rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{html.escape(self.empty)}</p>"
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "\n".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        table = (
            f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody></table></div>"
        )
        if not self.folded:
            return table
        words = html.escape(self.folded)
        return f'<details class="rows"><summary>{words}</summary>{table}</details>'


def _cells(row: Sequence[Cell]) -> str:
    return "".join(
        f"<td>{cell.html() if isinstance(cell, Link) else html.escape(cell)}</td>" for cell in row
    )


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph in Markdown whose numbers come from the analysis."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure with its alternative text.

    Attributes
    ----------
    axes : Axes
        What was drawn.
    alt : str
        What the figure shows, for those who cannot see it; made from the same numbers.
    """

    axes: Axes
    alt: str

    @property
    def figure(self) -> Figure:
        """The figure around the axes."""
        figure = self.axes.get_figure(root=True)
        assert isinstance(figure, Figure)
        return figure

    def png(self) -> bytes:
        """The figure as PNG, without a date or a version in it."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", metadata={"Software": None}, facecolor="white")
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": self.png(), "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt}}
