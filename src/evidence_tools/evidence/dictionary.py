"""The data dictionary: what ``datapackage.json`` says about tables, fields and vocabularies.

One source of truth. Loading takes its types from here, validation its vocabularies, the
documentation its sentences; no other module repeats a vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from evidence_tools.base.errors import EvidenceFileError, UnknownTermError

DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a table.

    `type`: Table Schema type: string, number, integer or date.
    `unit`: unit of a number, in words; empty for text.
    `vocabulary`: allowed words and what each means; empty where the column is open.
    `minimum`, `above`, `maximum`: bounds of a number; `above` excludes the bound itself.
    """

    name: str
    type: str
    title: str = ""
    description: str = ""
    unit: str = ""
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A column whose values are ids of another table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """One table: its file, its columns in order, its key and its links."""

    name: str
    path: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def columns(self) -> list[str]:
        """Column names in the order of the file."""
        return [field.name for field in self.fields]

    def __getitem__(self, column: str) -> Field:
        """The field of that name."""
        for candidate in self.fields:
            if candidate.name == column:
                return candidate
        raise UnknownTermError(
            self.path, found=f"column {column!r}", allowed=", ".join(self.columns)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All tables of the evidence, in the order of the descriptor."""

    tables: Mapping[str, TableSchema]
    descriptor: Mapping[str, Any]

    def __getitem__(self, table: str) -> TableSchema:
        """The table of that name."""
        try:
            return self.tables[table]
        except KeyError:
            raise UnknownTermError(
                DESCRIPTOR, found=f"table {table!r}", allowed=", ".join(self.tables)
            ) from None


def read_descriptor(folder: Path) -> bytes:
    """The bytes of ``datapackage.json``, or an error that says how to name another folder."""
    try:
        return (folder / DESCRIPTOR).read_bytes()
    except FileNotFoundError:
        raise EvidenceFileError(
            str(folder),
            found=f"no {DESCRIPTOR}",
            hint="Name the folder that holds the evidence, or set EVIDENCE_DIR.",
        ) from None


@lru_cache(maxsize=4)
def parse_schema(data: bytes) -> Schema:
    """The data dictionary that stands in the bytes of ``datapackage.json``; errors as above."""
    try:
        descriptor = json.loads(data.decode("utf-8"))
        tables = [_table(resource) for resource in descriptor["resources"]]
    except UnicodeDecodeError as error:
        raise EvidenceFileError(
            DESCRIPTOR, found=f"a byte that is not UTF-8 at position {error.start}", allowed="UTF-8"
        ) from error
    except json.JSONDecodeError as error:
        raise EvidenceFileError(
            f"{DESCRIPTOR}, line {error.lineno}, column {error.colno}",
            found=error.msg,
            allowed="JSON",
        ) from error
    except (KeyError, TypeError) as error:
        raise EvidenceFileError(
            DESCRIPTOR, found=f"no {error} where one belongs", allowed="a Frictionless Data Package"
        ) from error
    return Schema(tables={table.name: table for table in tables}, descriptor=descriptor)


def _table(resource: dict[str, Any]) -> TableSchema:
    schema = resource["schema"]
    keys = schema.get("primaryKey", [])
    return TableSchema(
        name=resource["name"],
        path=resource["path"],
        description=resource.get("description", ""),
        fields=tuple(_field(entry) for entry in schema["fields"]),
        primary_key=(keys,) if isinstance(keys, str) else tuple(keys),
        foreign_keys=tuple(_foreign_key(entry) for entry in schema.get("foreignKeys", [])),
    )


def _field(entry: dict[str, Any]) -> Field:
    constraints = entry.get("constraints", {})
    labels = {c["value"]: c.get("label", "") for c in entry.get("categories", [])}
    return Field(
        name=entry["name"],
        type=entry["type"],
        title=entry.get("title", ""),
        description=entry.get("description", ""),
        unit=entry.get("unit", ""),
        vocabulary={word: labels.get(word, "") for word in constraints.get("enum", [])},
        required=bool(constraints.get("required", False)),
        minimum=constraints.get("minimum"),
        above=constraints.get("exclusiveMinimum"),
        maximum=constraints.get("maximum"),
        pattern=constraints.get("pattern", ""),
    )


def _foreign_key(entry: dict[str, Any]) -> ForeignKey:
    columns, reference = entry["fields"], entry["reference"]
    column = columns if isinstance(columns, str) else columns[0]
    target = reference["fields"]
    return ForeignKey(
        column=column,
        table=reference["resource"],
        target=target if isinstance(target, str) else target[0],
    )
