"""Rules about the links between claims and rows: both ends exist, and no statement is left out.

A verdict rests on the rows that are linked to its claim. A link that leads nowhere loses its row
without a word, and a statement that nobody linked was perhaps never weighed.
"""

from __future__ import annotations

from collections.abc import Iterator

from evidence_tools.findings import Finding
from evidence_tools.loading import Evidence
from evidence_tools.validation.registry import at, rule, where
from evidence_tools.yaml_files import CLAIMS

_NO_CLAIM = "none"
_LINKED = ("results", "timing", "side_effects", "statements")


@rule("claim_links.csv", CLAIMS)
def link_to_unknown_claim(evidence: Evidence) -> Iterator[Finding]:
    """A link to a claim that does not exist is shown nowhere. Each unknown claim is reported
    once, at the first row that names it.
    """
    known = [claim.claim_id for claim in evidence.claims]
    claims = evidence.claim_links.claim_id.dropna()
    unknown = claims[~claims.isin([*known, _NO_CLAIM])]
    rows = unknown.value_counts().to_dict()
    for index, claim in unknown.drop_duplicates().items():
        more = f", here and in {rows[claim] - 1} more rows" if rows[claim] > 1 else ""
        allowed = ", ".join([*known, _NO_CLAIM])
        yield at(
            evidence,
            "claim_links",
            index,
            "claim_id",
            found=repr(claim) + more,
            allowed=allowed,
            hint="Look for a misspelling.",
        )


@rule("claim_links.csv", *(f"{table}.csv" for table in _LINKED))
def link_to_unknown_row(evidence: Evidence) -> Iterator[Finding]:
    """A link to a row that is not in the table it names loses the row for every verdict. Each
    lost row is reported once, at the first link to it.
    """
    links = evidence.claim_links
    for table in _LINKED:
        key = evidence.schema[table].primary_key[0]
        lost = links.row_id[(links.table == table) & ~links.row_id.isin(evidence.table(table)[key])]
        for index, row in lost.drop_duplicates().items():
            yield at(
                evidence,
                "claim_links",
                index,
                "row_id",
                found=f"{row!r}, which is not in {table}.csv",
                allowed=f"a {key} of {table}.csv",
                hint="Correct the id or the table, or delete the link with the row.",
            )


@rule("statements.csv", "claim_links.csv")
def statement_without_link(evidence: Evidence) -> Iterator[Finding]:
    """Statements carry no claim of their own. One that is linked to no claim, and not marked as
    bearing on none, was perhaps never weighed.
    """
    statements = evidence.statements.statement_id
    linked = evidence.claim_links.row_id[evidence.claim_links.table == "statements"]
    for index in where(statements.notna() & ~statements.isin(linked)):
        allowed = "a line in claim_links.csv"
        hint = f"Link it to the claims it bears on, or to {_NO_CLAIM!r} if it bears on none."
        yield at(
            evidence,
            "statements",
            index,
            "statement_id",
            found="a statement that no line of claim_links.csv names",
            allowed=allowed,
            hint=hint,
        )


@rule("claim_links.csv")
def none_beside_a_claim(evidence: Evidence) -> Iterator[Finding]:
    """A row marked as bearing on no claim cannot bear on one; and the mark is there to account
    for statements, so other rows need none.
    """
    links = evidence.claim_links
    marked = links.claim_id == _NO_CLAIM
    elsewhere = links.row_id.isin(links.row_id[~marked])
    for index in where(marked & (elsewhere | (links.table != "statements"))):
        allowed = "a statement that no other link names"
        hint = "Delete this line, or the links to claims."
        yield at(evidence, "claim_links", index, "claim_id", allowed=allowed, hint=hint)
