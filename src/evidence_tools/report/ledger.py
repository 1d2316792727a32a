"""The ledger of claims for people: verdict, certainty, why, and the rows behind it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from evidence_tools.claims import ClaimAssessment, ClaimLedger, assess_claims, stands_on
from evidence_tools.claims.parts import Part
from evidence_tools.claims.sweeps import sweep_bounds
from evidence_tools.claims.votes import AGAINST, FOR, MAYBE, SILENT
from evidence_tools.errors import UnknownTermError
from evidence_tools.loading import Evidence
from evidence_tools.report.claim_block import ClaimBlock
from evidence_tools.report.claim_words import (
    UNJUDGED,
    certainty_words,
    find_assessment,
    first_sentence,
    look_mark,
    look_words,
    programme_words,
    rating_of,
    rung_words,
    verdict_cell,
    verdict_of,
    why,
)
from evidence_tools.report.display import Cell, Lines, Link, Prose, Table
from evidence_tools.style import VERDICTS
from evidence_tools.words import count_words, time_words

LEDGER_PAGE = "06-verdicts-and-certainty.ipynb"

_SIDES = {FOR: "for", AGAINST: "against", MAYBE: "compatible", SILENT: "cannot tell"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """All claims with verdicts and certainty, ready to be shown.

    Attributes
    ----------
    evidence : Evidence
        Loaded evidence.
    ledger : ClaimLedger
        All claims, assessed.
    """

    evidence: Evidence
    ledger: ClaimLedger

    def summary(self) -> str:
        """One or two sentences: how many headline claims carry each verdict, and their status."""
        headline = [a for a in self.ledger.assessments if a.claim.headline]
        counts = {
            name: sum(verdict_of(a) == name for a in headline) for name in (*VERDICTS, UNJUDGED)
        }
        words = ", ".join(f"{count} {look_words(name)}" for name, count in counts.items() if count)
        drafts = sum(a.recorded is not None and a.recorded["status"] == "draft" for a in headline)
        draft = count_words(drafts, "of these verdicts is a draft", "of these verdicts are drafts")
        return (
            f"Of {count_words(len(headline), 'headline claim')}: {words}. "
            f"{draft.capitalize()} that no person with expertise has confirmed yet."
        )

    def answer(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def table(self, *, headline: bool = False) -> Table:
        """Claim, verdict, certainty, why in a sentence, and where the rows are.

        Parameters
        ----------
        headline : bool
            Only the headline claims.
        """
        chosen = [a for a in self.ledger.assessments if a.claim.headline or not headline]
        return Table(
            columns=("Claim", "Verdict", "Certainty", "Why"),
            rows=tuple(self._headline(assessment) for assessment in chosen),
            stacked=True,
        )

    def table_of_proposals(self) -> Table:
        """Recorded and proposed verdicts beside each other, for a terminal."""
        return Table(
            columns=("claim", "verdict", "proposed", "rung", "certainty", "studies", "why"),
            rows=tuple(
                (
                    a.claim.claim_id,
                    verdict_of(a)
                    + (" (draft)" if (a.recorded or {}).get("status") == "draft" else ""),
                    a.proposal.verdict,
                    a.proposal.rung,
                    self.rating(a).replace("-", " "),
                    str(len(a.studies)),
                    a.proposal.why,
                )
                for a in self.ledger.assessments
            ),
        )

    def _headline(self, assessment: ClaimAssessment) -> tuple[Cell, ...]:
        claim = assessment.claim
        where = f"{LEDGER_PAGE}#{claim.claim_id}" if claim.headline else LEDGER_PAGE
        return (
            Link(claim.claim, where),
            verdict_cell(assessment),
            certainty_words(self.rating(assessment)),
            first_sentence(why(assessment)),
        )

    def rating(self, assessment: ClaimAssessment) -> str:
        """The recorded certainty of a claim, else the proposed one; empty where none applies."""
        return rating_of(self.evidence, assessment)

    def claim(self, claim_id: str) -> Table:
        """Everything behind one verdict, what a reader needs first on top.

        Parameters
        ----------
        claim_id : str
            A claim of ``claims.yml``.

        Raises
        ------
        UnknownTermError
            If there is no such claim.
        """
        assessment = find_assessment(self.ledger, claim_id)
        block = ClaimBlock(evidence=self.evidence, assessment=assessment, ledger=self.ledger)
        return block.table()

    def carried(self) -> Table:
        """Verdicts that one programme carries: without it the proposal would be another one."""
        alone = stands_on(self.evidence)
        rows = [
            (
                a.claim.claim,
                verdict_cell(a),
                programme_words(self.evidence, alone[a.claim.claim_id]),
            )
            for a in self.ledger.assessments
            if alone[a.claim.claim_id]
        ]
        return Table(
            columns=("Claim", "Verdict", "Stands on"),
            rows=tuple(rows),
            empty="No verdict stands on one programme alone.",
        )

    def sweep(self) -> Table:
        """Each test at other bounds than the stated ones."""
        sweeps = sweep_bounds(self.evidence)
        rows = [
            (
                sweep.part.asks,
                Lines(((look_mark(sweep.stated.verdict),),)),
                Lines(
                    tuple(
                        (f"{_bounds(window, sweep.part)}: ", look_mark(other.verdict))
                        for window, other in sweep.others
                    )
                ),
                "yes" if sweep.moves else "no",
            )
            for sweep in sweeps
        ]
        return Table(
            columns=("Test", "As stated", "At other bounds", "Hangs on the bound?"),
            rows=tuple(rows),
        )

    def votes(self, claim_id: str) -> Table:
        """Every row that was asked about a claim, with its answer and the reason.

        Parameters
        ----------
        claim_id : str
            A claim of ``claims.yml``.
        """
        assessment = find_assessment(self.ledger, claim_id)
        rows = tuple(
            (
                result.part.asks,
                "; ".join(vote.row_ids),
                vote.label,
                rung_words(vote.rung),
                _SIDES[vote.relation],
                vote.reason,
            )
            for result in assessment.results
            for vote in result.votes
        )
        return Table(
            columns=("Test", "Rows", "Study", "Rung", "Says", "Why"),
            rows=rows,
            folded=f"{count_words(len(rows), 'answer')} of rows, and why",
        )


def verdicts(evidence: Evidence, *, without: Collection[str] = ()) -> Verdicts:
    """All claims with their verdicts, ready to be shown.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    without : collection of str
        Programmes whose rows are withdrawn.

    Returns
    -------
    Verdicts

    Raises
    ------
    UnknownTermError
        If a programme to withdraw is none of ``studies.csv``.
    """
    known = set(evidence.studies["programme"].dropna())
    for programme in without:
        if programme not in known:
            allowed = ", ".join(sorted(known))
            raise UnknownTermError("programme", found=repr(programme), allowed=allowed)
    return Verdicts(evidence=evidence, ledger=assess_claims(evidence, without=without))


def claim_records(evidence: Evidence, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """The claims with the keys of ``evidence claims --json``.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    without : collection of str
        Programmes whose rows are withdrawn.

    Returns
    -------
    list of dict
        In the order of ``claims.yml``; `verdict` is None while `status` is "unjudged".
    """
    return [
        {
            "claim_id": a.claim.claim_id,
            "claim": a.claim.claim,
            "headline": a.claim.headline,
            "verdict": a.recorded["verdict"] if a.recorded else None,
            "proposed_verdict": a.proposal.verdict,
            "status": a.recorded["status"] if a.recorded else UNJUDGED,
            "certainty": rating_of(evidence, a) or None,
            "n_studies": len(a.studies),
            "n_programmes": len(a.programmes),
            "rungs": sorted({r.proposal.rung for r in a.counting if r.proposal.rung}),
            "reason": why(a),
        }
        for a in verdicts(evidence, without=without).ledger.assessments
    ]


def _bounds(window: tuple[float, float], part: Part) -> str:
    if part.reading == "infusion":
        return f"{100 * window[0]:.0f} to {100 * window[1]:.0f}% of the infusion"
    return time_words(window[0], None if math.isinf(window[1]) else window[1])
