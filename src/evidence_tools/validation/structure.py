"""Structure of the tables, checked by frictionless against ``datapackage.json``.

frictionless finds wrong types, empty required cells, ranges, words outside a vocabulary and ids
that stand twice; here its errors become findings in the words of the project, with line, row id
and the nearest allowed word. Links between tables are looked up here, since frictionless would
read the table at the other end once more for every link.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Container, Iterator
from typing import Any

import pandas as pd

from evidence_tools.findings import Finding
from evidence_tools.loading import Evidence, row_id
from evidence_tools.schema import Field, TableSchema

_CONSTRAINTS = {
    "enum": "unknown-term",
    "required": "missing-required-value",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "exclusiveMinimum": "out-of-range",
    "pattern": "malformed-value",
    "unique": "duplicate-id",
}
_KINDS = {"type-error": "wrong-type", "primary-key": "duplicate-id"}
_CHECKED = ("name", "type", "format", "constraints")
"""What frictionless needs of a field; words for readers would only be copied again and again."""
_LINKS = {"url", "read_at"}


def check_structure(evidence: Evidence) -> Iterator[Finding]:
    """Everything in which the tables depart from the data dictionary.

    Parameters
    ----------
    evidence : Evidence
        As read; tables of unreadable files are left out, and links into them are not checked.

    Yields
    ------
    Finding
        Rules ``wrong-type``, ``missing-required-value``, ``unknown-term``, ``out-of-range``,
        ``malformed-value``, ``malformed-link``, ``duplicate-id`` and ``broken-link``.
    """
    usable = {
        name: table
        for name, table in evidence.schema.tables.items()
        if table.path not in evidence.unreadable and len(evidence.text[name])
    }
    package = _frictionless().Package.from_descriptor(_descriptor(evidence, usable))
    for resource in package.resources:
        table = usable[resource.name]
        errors = _errors(resource, evidence.text[table.name])
        departures = (_departure(evidence, table, error) for error in errors)
        seen: set[tuple[int, str, str]] = set()
        for finding in (*departures, *_broken_links(evidence, table, usable)):
            key = (finding.line or 0, finding.column, finding.rule)
            if key not in seen:
                seen.add(key)
                yield finding


def _frictionless() -> Any:
    """The library, imported without an optional grammar that alone takes over a second.

    jsonschema builds a parser for international links whenever rfc3987_syntax is installed, as
    it is with JupyterLab; the descriptor has no such links.
    """
    blocked = "rfc3987_syntax"
    absent = blocked not in sys.modules
    if absent:
        sys.modules[blocked] = None  # type: ignore[assignment]
    try:
        import frictionless
        import jsonschema  # noqa: F401
    finally:
        if absent:
            del sys.modules[blocked]
    return frictionless


def _descriptor(evidence: Evidence, usable: Container[str]) -> dict[str, Any]:
    """The data dictionary of the tables that can be checked, the cells left out."""
    resources = [
        {
            "name": entry["name"],
            "type": "table",
            "data": [],
            "schema": _of_single_tables(entry["schema"]),
        }
        for entry in evidence.schema.descriptor["resources"]
        if entry["name"] in usable
    ]
    version = evidence.schema.descriptor.get("$schema")
    return {"$schema": version, "name": "evidence", "resources": resources}


def _errors(resource: Any, printed: pd.DataFrame) -> Iterator[Any]:
    """What frictionless says of the cells, which no file is read a second time for.

    They are handed over last: all that stands in a descriptor is copied several times.
    """
    resource.data = [list(printed.columns), *printed.to_numpy().tolist()]
    with resource:
        yield from resource.header.errors
        for row in resource.row_stream:
            yield from row.errors


def _of_single_tables(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a table without its links and without the words for readers."""
    own = {name: part for name, part in schema.items() if name != "foreignKeys"}
    fields = [{k: v for k, v in field.items() if k in _CHECKED} for field in schema["fields"]]
    return own | {"fields": fields}


def _departure(evidence: Evidence, table: TableSchema, error: Any) -> Finding:
    details = error.to_descriptor()
    column = details.get("fieldName") or ", ".join(_columns(table, error.type, details))
    rule = _rule(error.type, str(details.get("note", "")), column)
    return _finding(evidence, table, rule, column, details)


def _broken_links(
    evidence: Evidence, table: TableSchema, usable: Container[str]
) -> Iterator[Finding]:
    """Cells that name a row which the table at the other end does not have."""
    for key in table.foreign_keys:
        if key.table in usable:
            cells = evidence.text[table.name][key.column]
            known = {*evidence.text[key.table][key.target], ""}
            for index in cells.index[~cells.isin(known)]:
                details = {"rowNumber": index + 2}
                yield _finding(evidence, table, "broken-link", key.column, details)


def _finding(
    evidence: Evidence, table: TableSchema, rule: str, column: str, details: dict[str, Any]
) -> Finding:
    line = details.get("rowNumber")
    printed = evidence.text[table.name]
    index = line - 2 if line else None
    known = index is not None and column in printed.columns
    value = str(printed.at[index, column]) if known else str(details.get("cell", ""))
    allowed, hint = _advice(table, rule, column, value, details)
    return Finding(
        rule=rule,
        severity="error",
        file=table.path,
        line=line,
        row_id=row_id(table, printed, index) if index is not None else "",
        column=column,
        value=value,
        found="" if value else "an empty cell" if rule == "missing-required-value" else "",
        allowed=allowed,
        hint=hint,
    )


def _columns(table: TableSchema, kind: str, details: dict[str, Any]) -> list[str]:
    """The columns of a key, which frictionless does not always name."""
    return list(table.primary_key) if kind == "primary-key" else details.get("fieldNames", [])


def _rule(kind: str, note: str, column: str) -> str:
    if kind == "constraint-error":
        name = note.split('"')[1] if '"' in note else ""
        rule = _CONSTRAINTS.get(name, "malformed-value")
        return "malformed-link" if rule == "malformed-value" and column in _LINKS else rule
    return _KINDS.get(kind, "table-structure")


def _advice(
    table: TableSchema, rule: str, column: str, value: str, details: dict[str, Any]
) -> tuple[str, str]:
    """What is allowed there, and what to do."""
    field = table[column] if column in table.columns else None
    if rule == "unknown-term" and field:
        near = _nearest(value, list(field.vocabulary))
        hint = f"Did you mean {near!r}?" if near else "Choose one of these words."
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
    return f"text of the form {pattern}" if pattern else "", str(details.get("note", ""))


def _nearest(value: str, words: list[str]) -> str:
    """The allowed word that was probably meant: "hours" begins like "h"."""
    near = difflib.get_close_matches(value, words, n=1, cutoff=0.4)
    begun = sorted((word for word in words if value.startswith(word)), key=len)
    return near[0] if near else begun[-1] if begun else ""


def _range(field: Field) -> str:
    if field.above is not None:
        return f"more than {field.above:g}"
    if field.minimum is not None and field.maximum is not None:
        return f"{field.minimum:g} to {field.maximum:g}"
    return (
        f"{field.minimum:g} or more" if field.minimum is not None else f"{field.maximum:g} or less"
    )
