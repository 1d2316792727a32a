"""Small edits of a copy of the evidence. Each returns the line on which the fault now stands."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

Row = dict[str, str]
Condition = Callable[[Row], bool]

KEYS = {
    "studies": ["study_id"],
    "arms": ["arm_id"],
    "results": ["result_id"],
    "timing": ["timing_id"],
    "side_effects": ["side_effect_id"],
    "side_effect_terms": ["term"],
    "side_effect_row_terms": ["side_effect_id", "term"],
    "instruments": ["instrument_id"],
    "statements": ["statement_id"],
    "contains": ["review", "study"],
    "claim_links": ["claim_id", "row_id"],
    "risk_of_bias": ["study_id", "domain"],
    "excluded": ["excluded_id"],
    "searches": ["search_id"],
    "wanted": ["wanted_id"],
    "verdicts": ["claim_id"],
    "certainty": ["subject"],
    "accepted": ["rule", "row_id", "column"],
}
"""Columns that make the id of a row; a test holds them against the data dictionary."""


def read_rows(folder: Path, table: str) -> list[Row]:
    text = (folder / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write_rows(folder: Path, table: str, rows: list[Row]) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8", newline="\n")


def row_id(table: str, row: Row) -> str:
    return " ".join(row[column] for column in KEYS[table])


def pick(folder: Path, table: str, condition: Condition) -> Row:
    """The first row for which the condition holds."""
    return next(row for row in read_rows(folder, table) if condition(row))


def set_cell(folder: Path, table: str, row: str, column: str, value: str) -> int:
    """Change one cell of the row with that id."""
    rows = read_rows(folder, table)
    index = [row_id(table, entry) for entry in rows].index(row)
    rows[index][column] = value
    write_rows(folder, table, rows)
    return index + 2


def insert_row(folder: Path, table: str, row: Row) -> int:
    """Add a row where it belongs in the order of ids."""
    rows = [*read_rows(folder, table), row]
    rows.sort(key=lambda entry: [entry[column] for column in KEYS[table]])
    write_rows(folder, table, rows)
    return rows.index(row) + 2


def delete_rows(folder: Path, table: str, condition: Condition) -> None:
    """Drop every row for which the condition holds."""
    write_rows(folder, table, [row for row in read_rows(folder, table) if not condition(row)])


def edit_text(folder: Path, name: str, old: str, new: str, *, after: str = "") -> int:
    """Replace the first occurrence, after a landmark if one is given; the line of the edit."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    start = text.index(old, text.index(after))
    path.write_text(text[:start] + new + text[start + len(old) :], encoding="utf-8", newline="\n")
    return text.count("\n", 0, start) + 1


def line_of(folder: Path, name: str, words: str) -> int:
    """The first line that holds these words."""
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def edit_field(folder: Path, key: str, field: str, new: str) -> int:
    """Replace the line of a field in a BibTeX entry, or add it; the line of the field."""
    path = folder / "references.bib"
    text = path.read_text(encoding="utf-8")
    start = text.index(f"{{{key},\n")
    end = text.index("\n}", start)
    entry = re.sub(rf"\n  {field} = .*", "", text[start:end])
    head, rest = entry.split("\n", 1)
    edited = text[:start] + head + (f"\n  {new}" if new else "") + "\n" + rest.rstrip(",")
    path.write_text(edited + text[end:], encoding="utf-8", newline="\n")
    return text.count("\n", 0, start) + 2


def entry_line(folder: Path, key: str) -> int:
    """The line on which a BibTeX entry begins."""
    return line_of(folder, "references.bib", f"{{{key},")
