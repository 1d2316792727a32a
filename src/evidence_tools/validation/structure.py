"""Structure of the tables, checked by frictionless against ``datapackage.json``.

Types, required cells, ranges, vocabularies, keys and links. frictionless finds them; here its
errors become findings in the words of the project, with line, row id and the nearest allowed
word.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

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
_KINDS = {"type-error": "wrong-type", "primary-key": "duplicate-id", "foreign-key": "broken-link"}
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
    package = _frictionless().Package.from_descriptor(_descriptor(evidence))
    for task in package.validate().tasks:
        table = evidence.schema[task.name]
        seen: set[tuple[int, str, str]] = set()
        for error in task.errors:
            finding = _finding(evidence, table, error)
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


def _descriptor(evidence: Evidence) -> dict[str, Any]:
    """The data dictionary with the cells in it, so that no file is read a second time."""
    readable = {
        name for name, t in evidence.schema.tables.items() if t.path not in evidence.unreadable
    }
    resources = []
    for entry in evidence.schema.descriptor["resources"]:
        if entry["name"] not in readable:
            continue
        printed = evidence.text[entry["name"]]
        schema = deepcopy(entry["schema"])
        schema["foreignKeys"] = [
            key
            for key in schema.get("foreignKeys", [])
            if (key["reference"]["resource"] or entry["name"]) in readable
        ]
        if len(printed):
            rows = [list(printed.columns), *printed.to_numpy().tolist()]
            resources.append(
                {"name": entry["name"], "type": "table", "data": rows, "schema": schema}
            )
    named = {resource["name"] for resource in resources}
    for resource in resources:
        keys = resource["schema"]["foreignKeys"]
        resource["schema"]["foreignKeys"] = [k for k in keys if k["reference"]["resource"] in named]
    version = evidence.schema.descriptor.get("$schema")
    return {"$schema": version, "name": "evidence", "resources": resources}


def _finding(evidence: Evidence, table: TableSchema, error: Any) -> Finding:
    details = error.to_descriptor()
    line = details.get("rowNumber")
    column = details.get("fieldName") or ", ".join(_columns(table, error.type, details))
    printed = evidence.text[table.name]
    index = line - 2 if line else None
    known = index is not None and column in printed.columns
    value = str(printed.at[index, column]) if known else str(details.get("cell", ""))
    rule = _rule(error.type, str(details.get("note", "")), column)
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
