"""Votes of linked rows: facts that somebody read and held against a claim, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence_tools.evidence.joined import SECOND_HAND, joined, text_of
from evidence_tools.verdicts.tables import Tables, records
from evidence_tools.verdicts.votes import AGAINST, FOR, SILENT, Relation, Row, Vote

if TYPE_CHECKING:
    from evidence_tools.verdicts.parts import Part

SOURCES = "sources"
"""The rung of linked facts: who was studied does not rank them."""

_RELATIONS: dict[str, Relation] = {"supports": FOR, "contradicts": AGAINST}


def link_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes of the rows that ``claim_links.csv`` links to a claim as for or against it. One per
    linked row; what only qualifies or gives background cannot tell. No difference between groups
    that nobody randomised is no evidence against an effect: such a row is listed and cannot tell.
    """
    links = joined(tables.evidence).claim_links
    mine = links[(links["claim_id"] == part.claim_id) & links["table"].isin(part.tables)]
    for link in records(mine):
        if link["test_id"] and part.test_id not in link["test_id"]:
            continue
        row = tables.linked_row(link["table"], link["row_id"])
        reference = text_of(row["reference"])
        relation, reason = _linked(row, link, part)
        decisive = _decisive(row, part)
        if relation == AGAINST and not decisive and _asks_for_an_effect(part, tables):
            relation, reason = SILENT, f"no randomised comparison: {reason}"
        yield Vote(
            row_ids=(link["row_id"],),
            table=link["table"],
            study_id=text_of(row.get("study_id")),
            label=text_of(row.get("label")) or text_of(row.get("issuer")) or reference,
            programme=text_of(row.get("programme")) or tables.voice_of(reference),
            rung=SOURCES,
            relation=relation,
            reason=reason,
            decisive=decisive and relation in (FOR, AGAINST),
            could_contradict=relation in (FOR, AGAINST),
            source_level=text_of(row["source_level"]),
        )


def _asks_for_an_effect(part: Part, tables: Tables) -> bool:
    """Facts, and shares of studies or people, need no randomised contrast; an effect does."""
    return part.strength not in ("facts", *tables.rules.strengths_without_contrast)


def _decisive(row: Row, part: Part) -> bool:
    """An effect needs a randomised contrast; a fact needs to have been read at first hand."""
    if part.strength == "facts":
        return SECOND_HAND not in row["barred"]
    return bool(row.get("randomised")) and bool(text_of(row.get("comparator_arm_id")))


def _linked(row: Row, link: Row, part: Part) -> tuple[Relation, str]:
    relation = _RELATIONS.get(link["relation"])
    if relation is None:
        return SILENT, f"{link['relation']}: {link['reason']}"
    bars = (why for why in row["barred"] if why != SECOND_HAND or not part.second_hand)
    if why := next(bars, ""):
        return SILENT, f"{why}: {link['reason']}"
    return relation, text_of(link["reason"])
