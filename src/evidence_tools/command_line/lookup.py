"""One id, and everything in the evidence that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.errors import UnknownTermError, did_you_mean
from evidence_tools.evidence.joined import joined
from evidence_tools.verdicts.ledger import ClaimAssessment, assess_claims

if TYPE_CHECKING:
    from evidence_tools.evidence.bibliography import Reference
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.verdicts.ledger import PartResult

_PROVENANCE = (
    "source_level",
    "locator",
    "url",
    "reference",
    "read_at",
    "extractions",
    "checked",
    "check_note",
)
_SHOWN_WITH_THE_CLAIM = ("verdicts", "certainty")
_STUDY_TABLES = ("arms", "results", "timing", "side_effects", "risk_of_bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One thing that carries the id.

    Attributes
    ----------
    kind : str
        study, claim, reference, or the name of the table for a row.
    source : mapping of str to str
        Where it was read: link first, then place and level.
    facts : mapping of str to anything
        Its own cells, the empty ones left out.
    related : mapping of str to list of mapping
        What hangs on it, by table; the rows linked to a claim by relation.
    status : str
        That its source was retracted or corrected, when, why and where that was announced.
    """

    kind: str
    id: str
    source: dict[str, str]
    facts: dict[str, Any]
    related: dict[str, list[dict[str, Any]]]
    status: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The match with plain keys, for JSON."""
        return asdict(self)


def look_up(evidence: Evidence, wanted: str) -> tuple[Match, ...]:
    """Every study, claim, reference and row that carries an id; UnknownTermError if none does."""
    matches = (*_claims(evidence, wanted), *_references(evidence, wanted), *_rows(evidence, wanted))
    if matches:
        return matches
    hint = did_you_mean(wanted, _all_ids(evidence), most=3, otherwise="Try a study id.")
    raise UnknownTermError(
        "id", found=repr(wanted), allowed="the id of a study, row, reference or claim", hint=hint
    )


def _claims(evidence: Evidence, wanted: str) -> Iterator[Match]:
    for claim in evidence.claims:
        if claim.claim_id == wanted:
            facts = {
                key: value
                for key, value in asdict(claim).items()
                if value not in ("", ()) and key != "tests"
            }
            page = evidence.references.get(evidence.claims_source)
            source = {
                "link": page.link if page else "",
                "place": claim.locator,
                "citation": page.citation if page else "",
                "reference": evidence.claims_source,
            }
            claims = joined(evidence).wanted["claim_ids"]
            asked = evidence.wanted[[wanted in claim_ids for claim_ids in claims]]
            assessment = assess_claims(evidence)[wanted]
            related = {f"asked whether {r.part.asks}": _votes(r) for r in assessment.results}
            yield Match(
                kind="claim",
                id=wanted,
                source={key: value for key, value in source.items() if value},
                facts=facts | _verdict(assessment),
                related=related | _links_of_claim(evidence, wanted) | {"wanted": records(asked)},
            )


def _links_of_claim(evidence: Evidence, claim: str) -> dict[str, list[dict[str, Any]]]:
    """The rows linked to a claim, by relation: what contradicts it comes first."""
    links = evidence.claim_links[evidence.claim_links["claim_id"] == claim]
    shown = links[["row_id", "table", "reason"]]
    relations = evidence.schema["claim_links"]["relation"].vocabulary
    groups = {relation: records(shown[links["relation"] == relation]) for relation in relations}
    return {relation: rows for relation, rows in groups.items() if rows}


def _verdict(assessment: ClaimAssessment) -> dict[str, Any]:
    """What was decided and what the rule proposes; no verdict while a claim is unjudged."""
    unjudged: dict[str, Any] = {"verdict": None, "status": "unjudged"}
    recorded = assessment.recorded or unjudged
    kept = {key: value for key, value in recorded.items() if key != "claim_id" and value == value}
    proposal = assessment.proposal
    return kept | {
        "proposed_verdict": proposal.verdict,
        "proposed_because": proposal.why,
        "could_have_contradicted": assessment.could_contradict,
    }


def _votes(result: PartResult) -> list[dict[str, Any]]:
    """The rows that were asked, those that say yes or no first."""
    ordered = sorted(result.votes, key=lambda vote: (not vote.decided, vote.relation))
    return [
        {
            "row_id": "; ".join(vote.row_ids),
            "study": vote.label,
            "rung": vote.rung,
            "says": vote.relation,
            "because": vote.reason,
        }
        for vote in ordered
    ]


def _references(evidence: Evidence, wanted: str) -> Iterator[Match]:
    reference = evidence.references.get(wanted)
    if reference is None:
        return
    facts = {key: value for key, value in asdict(reference).items() if value not in ("", (), 0)}
    related = {}
    for name in ("studies", *_STUDY_TABLES, "statements"):
        table = evidence.table(name)
        related[name] = records(table[table["reference"] == wanted])
    yield Match(
        kind="reference",
        id=wanted,
        source={"link": reference.link, "citation": reference.citation},
        facts=facts,
        related={name: rows for name, rows in related.items() if rows},
        status=_status(reference),
    )


def _rows(evidence: Evidence, wanted: str) -> Iterator[Match]:
    for name, schema in evidence.schema.tables.items():
        if len(schema.primary_key) != 1 or name in _SHOWN_WITH_THE_CLAIM:
            continue
        table = evidence.table(name)
        for _, row in table[table[schema.primary_key[0]] == wanted].iterrows():
            facts = _facts(row)
            reference = evidence.references.get(_reference_key(evidence, facts))
            yield Match(
                kind="study" if name == "studies" else name,
                id=wanted,
                source=_source(reference, facts),
                facts={key: value for key, value in facts.items() if key not in _PROVENANCE},
                related=_related(evidence, name, wanted),
                status=_status(reference),
            )


def _related(evidence: Evidence, name: str, wanted: str) -> dict[str, list[dict[str, Any]]]:
    related: dict[str, list[dict[str, Any]]] = {}
    if name == "studies":
        for table in _STUDY_TABLES:
            rows = evidence.table(table)
            related[table] = records(rows[rows["study_id"] == wanted])
        contains = evidence.contains
        related["contained in"] = records(contains[contains["study"] == wanted])
        related["contains"] = records(contains[contains["review"] == wanted])
    elif name == "side_effects":
        terms = evidence.side_effect_row_terms
        related["terms"] = records(terms[terms["side_effect_id"] == wanted])
    elif name in ("instruments", "side_effect_terms"):
        related = _users(evidence, name, wanted)
    if name in evidence.schema["claim_links"]["table"].vocabulary:
        links = evidence.claim_links
        own = links[(links["table"] == name) & (links["row_id"] == wanted)]
        related["claims"] = records(own[["claim_id", "relation", "reason"]])
    return {table: rows for table, rows in related.items() if rows}


def _users(evidence: Evidence, name: str, wanted: str) -> dict[str, list[dict[str, Any]]]:
    """Rows that name an instrument or a preferred term."""
    if name == "instruments":
        results = evidence.results
        return {"results": records(results[results["instrument_id"] == wanted])}
    terms = evidence.side_effect_row_terms
    ids = terms.loc[terms["term"] == wanted, "side_effect_id"]
    effects = evidence.side_effects
    return {"side_effects": records(effects[effects["side_effect_id"].isin(ids)])}


def _reference_key(evidence: Evidence, facts: dict[str, Any]) -> str:
    """The row's own reference, else that of its study."""
    if "reference" in facts:
        return str(facts["reference"])
    studies = evidence.studies
    main = studies.loc[studies["study_id"] == facts.get("study_id"), "reference"]
    return "" if main.empty else str(main.iloc[0])


def _status(reference: Reference | None) -> str:
    if reference is None or not reference.status:
        return ""
    return (
        f"{reference.status.upper()} {reference.status_date}: {reference.status_note} "
        f"{reference.status_url}"
    )


def _source(reference: Reference | None, facts: dict[str, Any]) -> dict[str, str]:
    source = {
        "link": facts.get("url") or (reference.link if reference else ""),
        "place": facts.get("locator", ""),
        "seen in": facts.get("source_level", ""),
        "read at": facts.get("read_at", ""),
        "checked": facts.get("checked", ""),
        "remark of the check": facts.get("check_note", ""),
        "citation": reference.citation if reference else "",
        "reference": reference.key if reference else "",
    }
    return {key: str(value) for key, value in source.items() if value}


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries, the empty cells left out."""
    return [_facts(row) for _, row in rows.iterrows()]


def _facts(row: pd.Series[Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in row.items() if not pd.isna(value)}


def _plain(value: Any) -> Any:
    """A number without its decimal point where it is whole; everything else as it is."""
    if isinstance(value, str):
        return value
    return int(value) if float(value).is_integer() else float(value)


def _all_ids(evidence: Evidence) -> list[str]:
    ids = [claim.claim_id for claim in evidence.claims] + list(evidence.references)
    for name, schema in evidence.schema.tables.items():
        if len(schema.primary_key) == 1:
            ids += evidence.table(name)[schema.primary_key[0]].dropna().tolist()
    return ids
