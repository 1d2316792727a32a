"""What a reader sees of a result: a table, a picture, a paragraph.

Each is made of finished text and can show itself in a notebook. Texts are the same on every run,
so that notebooks can be compared word by word; a picture carries its alternative text, made from
the same numbers.
"""

from __future__ import annotations

import html
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from evidence_tools.base.errors import UnknownTermError

if TYPE_CHECKING:  # a table is printed without a library that draws
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

_LONG, _LETTERS = ' class="long"', 60
"""How a cell of more letters than this is marked, so that a page can give it room."""


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


@dataclass(frozen=True, slots=True)
class Mark:
    """Words in a colour of their own; symbol and words say the same without the colour."""

    words: str
    colour: str

    def html(self) -> str:
        """The words as HTML, bold and in their colour."""
        return f'<b style="color:{html.escape(self.colour)}">{html.escape(self.words)}</b>'

    def __str__(self) -> str:
        return self.words


Piece = str | Link | Mark


@dataclass(frozen=True, slots=True)
class Lines:
    """A cell of several lines, each of words, links and marks.

    `lines`: the pieces of each line, joined without a space.
    `empty`: what to say where there is no line.
    """

    lines: tuple[tuple[Piece, ...], ...]
    empty: str = "none"

    def html(self) -> str:
        """One line as it is, several as a list."""
        lines = ["".join(_piece(piece) for piece in line) for line in self.lines]
        if len(lines) < 2:
            return "".join(lines) or html.escape(self.empty)
        return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"

    def __str__(self) -> str:
        return "; ".join("".join(map(str, line)) for line in self.lines) or self.empty


Cell = Piece | Lines


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `head`: its heading.
    `cell`: what it says of a row: words, a link, a mark, lines of them, or a whole number.
    `align`: right for counts, on a terminal.
    """

    head: str
    cell: Callable[[Any], Cell | int]
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of finished words.

    `columns`: headings.
    `rows`: words, links, marks or lines of them, row by row.
    `empty`: what to say where there is no row.
    `folded`: words behind which a page hides the table until it is opened; empty shows it.
    `stacked`: the first cell heads its row, and on a phone each row becomes a block under it.
    `right`: headings of columns of counts.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "No rows."
    folded: str = ""
    stacked: bool = False
    right: frozenset[str] = frozenset()

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[Any] | DataFrame, **words: Any) -> Table:
        """A table of columns, each of which says its part of every row."""
        each = (row for _, row in rows.iterrows()) if hasattr(rows, "iterrows") else rows
        return cls(
            columns=tuple(column.head for column in columns),
            rows=tuple(tuple(_finished(column.cell(row)) for column in columns) for row in each),
            right=frozenset(column.head for column in columns if column.align == "right"),
            **words,
        )

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
        body = "\n".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        looks = "table" + " stacked" * self.stacked + " pairs" * (len(self.columns) == 2)
        table = (
            f'<div class="{looks}" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody></table></div>"
        )
        if not self.folded:
            return table
        words = html.escape(self.folded)
        return f'<details class="rows"><summary>{words}</summary>{table}</details>'

    def _cells(self, row: Sequence[Cell]) -> str:
        """The cells of a row; where rows are stacked each cell carries its column's name."""
        if not self.stacked:
            return "".join(
                f"<td{_LONG if len(str(cell)) > _LETTERS else ''}>{_piece(cell)}</td>"
                for cell in row
            )
        named = zip(self.columns[1:], row[1:], strict=True)
        return f'<th scope="row">{_piece(row[0])}</th>' + "".join(
            f'<td data-label="{html.escape(name)}">{_piece(cell)}</td>' for name, cell in named
        )


def _finished(cell: Cell | int) -> Cell:
    return str(cell) if isinstance(cell, int) else cell


def _piece(piece: Cell) -> str:
    return html.escape(piece) if isinstance(piece, str) else piece.html()


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph in Markdown whose numbers come from the analysis."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text.replace("<", "&lt;")  # a tag in a label is text, not HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure with its alternative text.

    `axes`: what was drawn.
    `alt`: what the figure shows, for those who cannot see it; made from the same numbers.
    """

    axes: Axes
    alt: str

    @property
    def figure(self) -> Figure:
        """The figure around the axes."""
        return cast("Figure", self.axes.get_figure(root=True))

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


Part = TypeVar("Part")
Parts = Mapping[str, Callable[[], Part]]
"""What can be shown, by name; the first is shown where no name is given."""


class PageAnswer(ABC):
    """The answer to one question of a reader; every one of them is asked in the same way. Each of
    the four methods takes the name of a part and shows the first where none is given.
    """

    __slots__ = ()

    def answer(self, part: str = "") -> Prose:
        """The answer in sentences, or another paragraph."""
        return _named(self.answers(), part, "answer")

    def table(self, part: str = "") -> Table:
        """The numbers, with the place where each was read."""
        return _named(self.tables(), part, "table")

    def picture(self, part: str = "") -> Picture:
        """The figure with its alternative text."""
        return _named(self.pictures(), part, "picture")

    def caption(self, part: str = "") -> Prose:
        """What a figure shows, in words under it."""
        return _named(self.captions(), part, "caption")

    @abstractmethod
    def summary(self) -> str:
        """The answer as plain sentences, a line for each paragraph."""

    def answers(self) -> Parts[Prose]:
        """Paragraphs by name; the summary if there is no other."""
        return {"summary": lambda: Prose(self.summary().replace("\n", "\n\n"))}

    def tables(self) -> Parts[Table]:
        """Tables by name."""
        return {}

    def pictures(self) -> Parts[Picture]:
        """Pictures by name."""
        return {}

    def captions(self) -> Parts[Prose]:
        """Captions by name."""
        return {}


def _named(parts: Parts[Part], name: str, kind: str) -> Part:
    """The part of a name, or the first; a name that no part has is an error."""
    chosen = name or next(iter(parts), "")
    if chosen not in parts:
        raise UnknownTermError(kind, found=repr(name), allowed=", ".join(parts) or "none")
    return parts[chosen]()
