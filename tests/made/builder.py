"""From a few cells to a whole folder of evidence: what a test does not state is filled in."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import evidence_tools as et
from made.defaults import CLAIM, CLINIC, SOURCE_COLUMNS, Row, with_defaults

SHIPPED = Path(__file__).resolve().parents[2] / "evidence"
DEFINITIONS = ("datapackage.json", "rules.yml", "questions.yml")


def made_evidence(**tables: Any) -> et.Evidence:
    """Typed evidence of the rows given, read from the files that `made_folder` writes."""
    with tempfile.TemporaryDirectory() as folder:
        return et.load(made_folder(Path(folder) / "evidence", **tables))


def made_folder(
    folder: Path,
    *,
    claims: Iterable[Row] = (),
    references: Mapping[str, Row] | None = None,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    questions: Mapping[str, Mapping[str, Any]] | None = None,
    **tables: Iterable[Row],
) -> Path:
    """A folder of evidence that holds the rows given and those they need.

    Rows are given by table name; cells that are not stated get sensible defaults, and arms,
    studies, sources, instruments and terms that a row names are made where none is given. A row
    of side effects may name its `term` (";" joins several). `rules` and `questions` replace
    single entries of a section.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = _columns()
    rows = with_defaults({name: [dict(row) for row in tables.pop(name, ())] for name in columns})
    assert not tables, f"no table {sorted(tables)}"
    for name, (header, key) in columns.items():
        ordered = sorted(rows[name], key=lambda row: [str(row[column]) for column in key])
        _write(folder / f"{name}.csv", _csv(header, ordered))
    _write(folder / "references.bib", _bibliography(rows, references or {}))
    _write(folder / "claims.yml", _claims(claims))
    for name, changed in (("rules.yml", rules), ("questions.yml", questions)):
        _write(folder / name, _sections(name, changed))
    _write(folder / "datapackage.json", _text("datapackage.json"))
    return folder


@cache
def _text(name: str) -> str:
    return (SHIPPED / name).read_text(encoding="utf-8")


@cache
def _columns() -> dict[str, tuple[list[str], list[str]]]:
    """Columns and key of every table."""
    schemas = {r["name"]: r["schema"] for r in json.loads(_text("datapackage.json"))["resources"]}
    return {
        name: ([field["name"] for field in schema["fields"]], list(schema["primaryKey"]))
        for name, schema in schemas.items()
    }


def _sections(name: str, changed: Mapping[str, Mapping[str, Any]] | None) -> str:
    """The shipped definitions; comments and lines stay unless an entry is replaced."""
    if not changed:
        return _text(name)
    sections = yaml.load(_text(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for section, entries in changed.items():
        sections[section] |= entries
    return yaml.safe_dump(sections, sort_keys=False, allow_unicode=True)


def _claims(claims: Iterable[Row]) -> str:
    """The claims with what every claim must state."""
    document = {
        "source": CLINIC,
        "claims": [{"claim_id": claim["claim_id"]} | CLAIM | claim for claim in claims],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _csv(header: list[str], rows: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _bibliography(rows: dict[str, list[Row]], stated: Mapping[str, Row]) -> str:
    """An entry for every source that a row names."""
    sources = [row.get(c) for table in rows.values() for row in table for c in SOURCE_COLUMNS]
    others = [str(row.get("other_references") or "").split(";") for row in rows["studies"]]
    keys = {CLINIC, *stated, *filter(None, sources)}
    keys |= {key.strip() for cell in others for key in cell if key.strip()}
    return "\n".join(bibtex(key, stated.get(key, {})) for key in sorted(keys))


def bibtex(key: str, stated: Row) -> str:
    """One entry; an empty value leaves the field away."""
    fields = {
        "title": f"A made-up paper called {key}",
        "author": "Maker, Ada and Writer, Bo",
        "year": "2020",
        "journal": "Journal of Made-up Results",
        "url": f"https://example.org/{key}",
        "abstract_seen": "yes",
    } | dict(stated)
    kind = "misc" if "type" in fields else "article"
    if kind == "misc" and "journal" not in stated:
        fields["journal"] = ""
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
