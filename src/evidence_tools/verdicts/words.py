"""Verdicts, certainties and programmes in words: what every table of claims shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.display.cells import shorten
from evidence_tools.display.display import Lines, Mark, Piece
from evidence_tools.display.style import CERTAINTIES, CLAIM_RUNGS, VERDICTS
from evidence_tools.verdicts.certainty import claim_certainty

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.verdicts.ledger import ClaimAssessment, ClaimLedger

UNJUDGED = "unjudged"


def find_assessment(ledger: ClaimLedger, claim_id: str) -> ClaimAssessment:
    """The assessment of a claim, or an error that names the claims there are."""
    for assessment in ledger.assessments:
        if assessment.claim.claim_id == claim_id:
            return assessment
    allowed = ", ".join(a.claim.claim_id for a in ledger.assessments)
    raise UnknownTermError("claim", found=repr(claim_id), allowed=allowed)


def verdict_of(assessment: ClaimAssessment) -> str:
    """The recorded verdict; "unjudged" until one is recorded."""
    return assessment.recorded["verdict"] if assessment.recorded else UNJUDGED


def look_words(verdict: str) -> str:
    """A verdict in words."""
    return VERDICTS[verdict].words if verdict in VERDICTS else verdict


def look_mark(verdict: str) -> Piece:
    """Symbol and word of a verdict, in its colour."""
    look = VERDICTS.get(verdict)
    return Mark(f"{look.symbol} {look.words}", look.colour) if look else verdict


def verdict_line(assessment: ClaimAssessment) -> tuple[Piece, ...]:
    """Symbol and word of a verdict in its colour, then rung and status."""
    verdict = verdict_of(assessment)
    if assessment.recorded is None or verdict not in VERDICTS:
        return (verdict,)
    rung = rung_words(str(assessment.recorded["rung"]))
    draft = ", draft" if assessment.recorded["status"] == "draft" else ""
    again = "; the evidence has moved: read again" if assessment.moved else ""
    return look_mark(verdict), (f" ({rung})" if rung else "") + draft + again


def verdict_cell(assessment: ClaimAssessment) -> Lines:
    """A verdict as a cell of a table."""
    return Lines((verdict_line(assessment),))


def rung_words(rung: str) -> str:
    """Where a verdict stands, for a reader; empty where none is named."""
    return CLAIM_RUNGS.get(rung, "" if rung == "nan" else rung)


def certainty_words(rating: str) -> str:
    """Symbol and word of a certainty; words alone where GRADE does not apply."""
    return f"{CERTAINTIES[rating]} {rating.replace('-', ' ')}" if rating else "not rated"


def rating_of(evidence: Evidence, assessment: ClaimAssessment) -> str:
    """The recorded certainty of a claim, else the proposed one; empty where none applies."""
    recorded = evidence.certainty.set_index("subject")["rating"]
    if assessment.claim.claim_id in recorded.index:
        return str(recorded[assessment.claim.claim_id])
    proposed = claim_certainty(assessment, evidence)
    return proposed.rating if proposed else ""


def why(assessment: ClaimAssessment) -> str:
    """The recorded reason, or what the rule says."""
    return assessment.recorded["reason"] if assessment.recorded else assessment.proposal.why


def first_sentence(words: str) -> str:
    """The first sentence of a reason."""
    head, stop, _ = words.partition(". ")
    return head + "." if stop else words


def programme_words(evidence: Evidence, programmes: Iterable[str]) -> str:
    """Research programmes by the labels of their studies, sources of facts by their authors. Joined
    by semicolons; a programme of several studies by its first, and how many more.
    """
    return "; ".join(_programme(evidence, name) for name in programmes)


def _programme(evidence: Evidence, name: str) -> str:
    studies = evidence.studies
    labels = list(studies.loc[studies["programme"].fillna(studies["study_id"]) == name, "label"])
    if labels:
        more = f" and {len(labels) - 1} more of the same team" if len(labels) > 1 else ""
        return f"{labels[0]}{more}"
    return source_words(evidence, name) if name in evidence.references else name.replace("-", " ")


def source_words(evidence: Evidence, key: str) -> str:
    """A source by its authors and year, else by where it appeared; never by its key."""
    reference = evidence.references[key]
    if reference.authors or reference.title:
        return shorten(reference.label)
    where = reference.container or f"{reference.kind}, title not seen"
    return f"{where} {reference.year}".strip()
