"""Structure of the tables, checked by frictionless against ``datapackage.json``.

frictionless finds wrong types, empty required cells, ranges and words outside a vocabulary, in one
pass over the columns that are already parsed; here that becomes findings in the words of the
project, with line, row id and the nearest allowed word. Ids that stand twice and links between
tables are looked up here, over whole columns.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence_tools.base.errors import did_you_mean
from evidence_tools.evidence.loading import Evidence, at_cell

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.dictionary import Field, TableSchema

_RULES = {
    "type": "wrong-type",
    "enum": "unknown-term",
    "required": "missing-required-value",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "exclusiveMinimum": "out-of-range",
}
"""The rule of each thing that frictionless says of a cell; any other is a malformed value."""
_CHECKED = ("name", "type", "format", "constraints")
"""What frictionless needs of a field; words for readers would only be copied again and again."""
_LINKS = {"url", "read_at"}

_Departure = tuple[str, str, int, str]
"""Rule, column, index of the row, and what frictionless says."""


def check_structure(evidence: Evidence) -> Iterator[Finding]:
    """Everything in which the tables depart from the data dictionary. Rules ``wrong-type``,
    ``missing-required-value``, ``unknown-term``, ``out-of-range``, ``malformed-value``,
    ``malformed-link``, ``duplicate-id``, ``broken-link`` and ``table-structure``.
    """
    usable = {
        name: table
        for name, table in evidence.schema.tables.items()
        if table.path not in evidence.unreadable and len(evidence.text[name])
    }
    schemas = {entry["name"]: entry["schema"] for entry in evidence.schema.descriptor["resources"]}
    version = evidence.schema.descriptor.get("$schema")
    for name, table in usable.items():
        printed = evidence.text[name]
        departures = (
            *_kept_departures(_bare(schemas[name], version), table.primary_key, printed),
            *_broken_links(evidence, table, usable),
        )
        seen: set[tuple[int, str, str]] = set()
        for rule, column, index, note in departures:
            if (index, column, rule) not in seen:
                seen.add((index, column, rule))
                yield _finding(table, printed, rule, column, index, note)


def _bare(schema: Mapping[str, Any], version: str | None) -> str:
    """The schema of a table without its links and without the words for readers, as JSON."""
    fields = [{k: v for k, v in field.items() if k in _CHECKED} for field in schema["fields"]]
    missing = {k: v for k, v in schema.items() if k == "missingValues"}
    return json.dumps({"$schema": version, "fields": fields, **missing})


def _kept_departures(
    schema: str, key: tuple[str, ...], printed: pd.DataFrame
) -> tuple[_Departure, ...]:
    cells = tuple(printed.to_numpy(dtype=object).ravel())
    return _departures(schema, key, tuple(printed.columns), tuple(printed.index), cells)


@lru_cache(maxsize=64)
def _departures(
    schema: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    index: tuple[int, ...],
    cells: tuple[str, ...],
) -> tuple[_Departure, ...]:
    """Where the cells of one table depart from its schema; the same cells are checked once."""
    grid = np.array(cells, dtype=object).reshape(len(index), len(columns))
    printed = pd.DataFrame(grid, columns=list(columns), index=list(index))
    fields = _frictionless().Schema.from_descriptor(json.loads(schema)).fields
    return (
        *_empty_rows(printed),
        *_wrong_cells(printed, fields),
        *_repeated_ids(printed, key),
    )


@contextmanager
def without_link_grammar() -> Iterator[None]:
    """Imports within, without an optional grammar of jsonschema that alone takes over a second.
    jsonschema builds a parser for international links whenever rfc3987_syntax is installed, as it
    is with JupyterLab; neither our descriptor nor a notebook has such links.
    """
    blocked = "rfc3987_syntax"
    absent = blocked not in sys.modules
    if absent:
        sys.modules[blocked] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[blocked]


def _frictionless() -> Any:
    with without_link_grammar():
        import frictionless
        import jsonschema  # noqa: F401
    return frictionless


def _empty_rows(printed: pd.DataFrame) -> Iterator[_Departure]:
    for index in printed.index[(printed == "").all(axis=1)]:
        yield "table-structure", "", index, ""


def _wrong_cells(printed: pd.DataFrame, fields: Iterable[Any]) -> Iterator[_Departure]:
    """What frictionless says of the cells; a text that stands in many rows is read once."""
    filled = printed[(printed != "").any(axis=1)]
    for field in fields:
        read, cells = field.create_cell_reader(), filled[field.name]
        for value in cells.unique():
            _, notes = read(value)
            for name, note in (notes or {}).items():
                rule = _RULES.get(name, "malformed-value")
                if rule == "malformed-value" and field.name in _LINKS:
                    rule = "malformed-link"
                for index in cells.index[cells == value]:
                    yield rule, field.name, index, note


def _repeated_ids(printed: pd.DataFrame, key: tuple[str, ...]) -> Iterator[_Departure]:
    """Rows whose key, in one column or several, an earlier row has, and rows without a key."""
    keys = printed[list(key)]
    for index in printed.index[keys.duplicated() | (keys == "").all(axis=1)]:
        yield "duplicate-id", ", ".join(key), index, ""


def _broken_links(
    evidence: Evidence, table: TableSchema, usable: Container[str]
) -> Iterator[_Departure]:
    """Cells that name a row which the table at the other end does not have."""
    for key in table.foreign_keys:
        if key.table in usable:
            cells = evidence.text[table.name][key.column]
            known = {*evidence.text[key.table][key.target], ""}
            for index in cells.index[~cells.isin(known)]:
                yield "broken-link", key.column, index, ""


def _finding(
    table: TableSchema, printed: pd.DataFrame, rule: str, column: str, index: int, note: str
) -> Finding:
    value = str(printed.at[index, column]) if column in printed else ""
    allowed, hint = _advice(table, rule, column, value, note)
    found = "an empty cell" if rule == "missing-required-value" and not value else ""
    words = {"rule": rule, "found": found, "allowed": allowed, "hint": hint}
    return at_cell(table, printed, index, column, **words)


def _advice(table: TableSchema, rule: str, column: str, value: str, note: str) -> tuple[str, str]:
    """What is allowed there, and what to do."""
    field = table[column] if column in table.columns else None
    if rule == "unknown-term" and field:
        hint = did_you_mean(value, field.vocabulary, otherwise="Choose one of these words.")
        return ", ".join(field.vocabulary), hint
    if rule == "out-of-range" and field:
        return _range(field), "Look at the source again."
    if rule == "missing-required-value":
        return "a value", "Fill it in, or leave the row out."
    if rule == "duplicate-id":
        return "an id that no other row has", "Give one of the two rows another id."
    if rule == "broken-link":
        target = next((k for k in table.foreign_keys if k.column == column), None)
        where = f"an id in {target.table}.csv" if target else "an existing id"
        return where, "Correct the id, or add the row that it names."
    if rule == "malformed-link":
        return "an address that begins with http:// or https://", "Copy it from the browser."
    if rule == "wrong-type" and field:
        return f"a {field.type}", "Leave the cell empty if it was not seen."
    pattern = field.pattern if field else ""
    return f"text of the form {pattern}" if pattern else "", note


def _range(field: Field) -> str:
    if field.above is not None:
        return f"more than {field.above:g}"
    if field.minimum is not None and field.maximum is not None:
        return f"{field.minimum:g} to {field.maximum:g}"
    return (
        f"{field.minimum:g} or more" if field.minimum is not None else f"{field.maximum:g} or less"
    )
