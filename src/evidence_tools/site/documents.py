"""Documents that are made from the evidence and kept in the repository.

The data dictionary, the list of validation rules, the rooms of the code, and the parts of the
README that come from data. `evidence docs` writes them; a test holds the files against what is
made here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_tools.checks.catalogue import rules_markdown
from evidence_tools.display.display import Column, Picture, Table
from evidence_tools.questions.onset.page import onset_answer
from evidence_tools.site.overview import summary_of_evidence
from evidence_tools.site.rooms import rooms_markdown
from evidence_tools.verdicts.page import claim_verdicts

if TYPE_CHECKING:
    from evidence_tools.evidence.dictionary import Field, ForeignKey, TableSchema
    from evidence_tools.evidence.loading import Evidence

DICTIONARY = "evidence/README.md"
RULES = "docs/validation-rules.md"
ARCHITECTURE = "docs/architecture.md"
README = "README.md"
PICTURE = "docs/onset.png"

_PART = re.compile(r"(<!-- begin (?P<name>[a-z-]+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)


def documents(evidence: Evidence, repository: Path) -> dict[str, str]:
    """The text of each generated document, by its path in the repository."""
    readme = (repository / README).read_text(encoding="utf-8")
    architecture = (repository / ARCHITECTURE).read_text(encoding="utf-8")
    return {
        DICTIONARY: dictionary(evidence),
        RULES: rules_markdown(),
        README: fill(readme, _readme_parts(evidence)),
        ARCHITECTURE: fill(architecture, {"rooms": rooms_markdown()}),
    }


def readme_picture(evidence: Evidence) -> Picture:
    """The headline timeline that the README shows."""
    return onset_answer(evidence).picture()


def fill(text: str, parts: dict[str, str]) -> str:
    r"""A text whose marked parts are replaced; a part without a text stays as it is.

    >>> fill("<!-- begin a -->\nold\n<!-- end a -->", {"a": "new"})
    '<!-- begin a -->\nnew\n<!-- end a -->'
    """

    def replaced(match: re.Match[str]) -> str:
        part = parts.get(match["name"])
        return match[0] if part is None else f"{match[1]}{part}\n{match[3]}"

    return _PART.sub(replaced, text)


def _readme_parts(evidence: Evidence) -> dict[str, str]:
    onset = onset_answer(evidence)
    return {
        "summary": summary_of_evidence(evidence).text,
        "timeline": f"![{onset.picture().alt}]({PICTURE})\n\n{onset.summary()}",
        "claims": markdown_table(claim_verdicts(evidence).table()),
    }


def markdown_table(table: Table) -> str:
    """A table in Markdown."""
    rows = [table.columns, ("---",) * len(table.columns), *table.rows]
    return "\n".join("| " + " | ".join(_escape(str(cell)) for cell in row) + " |" for row in rows)


def _escape(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def dictionary(evidence: Evidence) -> str:
    """The data dictionary: every table and field, from ``datapackage.json``."""
    schema = evidence.schema
    head = [
        "# The evidence: data dictionary",
        "",
        "<!-- Made by `evidence docs` from datapackage.json; do not edit by hand. -->",
        "",
        str(schema.descriptor["description"]),
        "",
        "Besides the tables: `references.bib` (one entry per source), `claims.yml` (the claims of "
        "the clinic's page), `rules.yml` (every threshold the software uses), `datapackage.json` "
        "(this dictionary for machines). Licence: CC BY 4.0 (`LICENSE`).",
        "",
        markdown_table(_table_of_tables(evidence)),
    ]
    parts = [_table_section(table) for table in schema.tables.values()]
    return "\n".join([*head, *(line for part in parts for line in part)]).rstrip() + "\n"


def _table_of_tables(evidence: Evidence) -> Table:
    columns = (
        Column("Table", lambda table: f"[{table.path}](#{table.name})"),
        Column("Rows", lambda table: len(evidence.table(table.name)), "right"),
        Column("One row is", lambda table: table.description),
        Column("Key", lambda table: ", ".join(table.primary_key)),
    )
    return Table.of(columns, evidence.schema.tables.values())


def _table_section(table: TableSchema) -> list[str]:
    keys = {key.column: key for key in table.foreign_keys}
    columns = (
        Column("Column", lambda field: f"`{field.name}`"),
        Column("Type", lambda field: field.type),
        Column("Unit", lambda field: field.unit),
        Column("Required", lambda field: "yes" if field.required else ""),
        Column("What it says", lambda f: f.description + _limits(f) + _link(keys, f.name)),
    )
    fields = Table.of(columns, table.fields)
    lines = ["", f"## {table.name}", "", table.description, "", markdown_table(fields)]
    for field in table.fields:
        if field.vocabulary:
            lines += ["", f"Words of `{field.name}`:", ""]
            lines += [f"- `{word}`: {label}" for word, label in field.vocabulary.items()]
    return lines


def _limits(field: Field) -> str:
    if field.minimum is not None and field.maximum is not None:
        return f" {field.minimum:g} to {field.maximum:g}."
    if field.minimum is not None:
        return f" {field.minimum:g} or more."
    return f" More than {field.above:g}." if field.above is not None else ""


def _link(keys: dict[str, ForeignKey], column: str) -> str:
    key = keys.get(column)
    return f" An id of [{key.table}](#{key.table})." if key else ""
