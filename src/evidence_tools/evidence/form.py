"""The form of a text file, before its content: bytes, line ends, quotes, header.

Each check looks at the raw bytes of one file and yields findings with line numbers. A file that
fails one of the `UNREADABLE` rules is not parsed any further, so that one broken file is one
finding and not a flood of broken links.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence_tools.base.findings import Finding

if TYPE_CHECKING:
    from evidence_tools.evidence.dictionary import TableSchema

UNREADABLE = frozenset(
    {"missing-file", "empty-file", "not-utf-8", "conflict-marker", "stray-quote", "ragged-row"}
    | {"missing-column", "extra-column", "unparsed-yaml"}
    | {"threshold-malformed", "question-malformed", "claim-malformed"}
)
"""Rules after which a file is not read any further."""

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def check_text(name: str, data: bytes) -> Iterator[Finding]:
    """Problems of encoding and characters that any text file can have. Rules ``empty-file``,
    ``not-utf-8``, ``byte-order-mark``, ``mixed-line-ends``, ``control-character``, ``tab`` and
    ``conflict-marker``.
    """
    if not data.strip():
        yield _finding("empty-file", name, None, "an empty file", "Restore the file from git.")
        return
    if data.startswith(b"\xef\xbb\xbf"):
        yield _finding(
            "byte-order-mark", name, 1, "a byte-order mark", "Save as UTF-8 without BOM."
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}, which is not UTF-8"
        yield _finding("not-utf-8", name, line, found, "Save the file as UTF-8.")
        return
    yield from _check_line_ends(name, text)
    yield from _check_characters(name, text.removeprefix("\ufeff"))


def _check_line_ends(name: str, text: str) -> Iterator[Finding]:
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        yield _finding(
            "mixed-line-ends",
            name,
            line,
            "a carriage return",
            "End every line with a line feed only (in git: core.autocrlf input).",
        )
    elif not text.endswith("\n"):
        line = text.count("\n") + 1
        yield _finding("mixed-line-ends", name, line, "a last line without an end", "Add one.")


def _check_characters(name: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), start=1):
        if _CONFLICT.match(line) and not (name.endswith(".md") and line.startswith("=")):
            yield _finding(
                "conflict-marker", name, number, repr(line[:20]), "Resolve the merge first."
            )
        if "\t" in line:
            yield _finding("tab", name, number, "a tab", "Use a space.")
        if match := _CONTROL.search(line.rstrip("\r")):
            found = f"control character U+{ord(match[0]):04X}"
            yield _finding("control-character", name, number, found, "Delete it.")


def check_table(table: TableSchema, text: str) -> Iterator[Finding]:
    """Problems of a CSV table's form: quotes, header, number of cells per line. Rules
    ``stray-quote``, ``line-break-in-cell``, ``missing-column``, ``extra-column``, ``column-order``
    and ``ragged-row``.
    """
    name = table.path
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader)
        yield from _check_header(table, header)
        width, previous = len(header), 1
        for row in reader:
            if len(row) != width:
                yield _ragged(name, reader.line_num, len(row), width)
            elif reader.line_num > previous + 1:
                yield _finding(
                    "line-break-in-cell",
                    name,
                    previous + 1,
                    "a cell over several lines",
                    "Write the cell on one line; look for a quotation mark that is not closed.",
                )
            previous = reader.line_num
    except csv.Error as error:
        yield _finding(
            "stray-quote",
            name,
            reader.line_num,
            f"a quotation mark out of place ({error})",
            'Quote the whole cell and double the quotation marks in it: "say ""so""".',
        )
        return
    for number, line in enumerate(_QUOTED.sub(_line_breaks, text).split("\n"), start=1):
        if '"' in line and re.search(r'(?:^|,)[^",]+"', line):
            yield _finding(
                "stray-quote",
                name,
                number,
                "a quotation mark within an unquoted cell",
                'Quote the whole cell and double the quotation marks in it: "say ""so""".',
            )


_QUOTED = re.compile(r'"(?<![^,\n]")(?:[^"]++|"")*+"(?=,|$)', re.MULTILINE)
"""A quoted cell; the mark comes first, so that the search leaps from one mark to the next."""


def _line_breaks(cell: re.Match[str]) -> str:
    return "\n" * cell[0].count("\n")


def _ragged(name: str, line: int, cells: int, width: int) -> Finding:
    return _finding(
        "ragged-row",
        name,
        line,
        f"{cells} cells",
        "Count the commas; a cell that holds a comma stands in quotation marks.",
        allowed=f"{width} cells, as in the header",
    )


def _check_header(table: TableSchema, header: list[str]) -> Iterator[Finding]:
    expected = table.columns
    columns = [column.removeprefix("\ufeff") for column in header]
    for column in expected:
        if column not in columns:
            yield _finding(
                "missing-column",
                table.path,
                1,
                f"no column {column!r}",
                "Restore it; if it was renamed, change datapackage.json too.",
                column=column,
            )
    for position, column in enumerate(columns):
        if column not in expected or column in columns[:position]:
            yield _finding(
                "extra-column",
                table.path,
                1,
                f"column {column!r}",
                "Delete it, or describe it in datapackage.json first.",
                column=column,
                allowed=", ".join(expected),
            )
    if sorted(columns) == sorted(expected) and columns != expected:
        first = next(a for a, b in zip(columns, expected, strict=True) if a != b)
        yield _finding(
            "column-order",
            table.path,
            1,
            f"column {first!r} out of its place",
            "Put the columns in the order of datapackage.json.",
            column=first,
        )


def _finding(
    rule: str,
    name: str,
    line: int | None,
    found: str,
    hint: str,
    column: str = "",
    allowed: str = "",
) -> Finding:
    return Finding(
        rule=rule,
        file=name,
        line=line,
        found=found,
        hint=hint,
        column=column,
        allowed=allowed,
    )
