"""The ledger of claims for people: verdict, certainty, why, and the rows behind it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.base.words import count_words, time_words
from evidence_tools.display.display import Column, Lines, Link, PageAnswer, Parts, Table
from evidence_tools.display.style import VERDICTS
from evidence_tools.verdicts.ledger import ClaimAssessment, ClaimLedger, assess_claims, stands_on
from evidence_tools.verdicts.page_of_claim import ClaimBlock
from evidence_tools.verdicts.sweeps import Sweep, sweep_bounds
from evidence_tools.verdicts.words import (
    UNJUDGED,
    certainty_words,
    first_sentence,
    look_mark,
    look_words,
    programme_words,
    rating_of,
    verdict_cell,
    verdict_of,
    why,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.verdicts.parts import Part

LEDGER_PAGE = "06-verdicts-and-certainty.ipynb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts(PageAnswer):
    """All claims with verdicts and certainty, ready to be shown."""

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

    def tables(self) -> Parts[Table]:
        """All claims or the headline ones; everything behind one, by its id; what verdicts hang on.
        "proposals" holds recorded and proposed verdicts beside each other, for a terminal.
        """
        claims = self.ledger.assessments
        headline = [a for a in claims if a.claim.headline]
        return {
            "all": lambda: Table.of(self._columns(), claims, stacked=True),
            "headline": lambda: Table.of(self._columns(), headline, stacked=True),
            "proposals": self._proposals,
            "carried": self._carried,
            "sweep": lambda: Table.of(_OF_A_SWEEP, sweep_bounds(self.evidence)),
            **{a.claim.claim_id: self._block(a).table for a in claims},
        }

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Claim", _claim),
            Column("Verdict", verdict_cell),
            Column("Certainty", lambda a: certainty_words(rating_of(self.evidence, a))),
            Column("Why", lambda a: first_sentence(why(a))),
        )

    def _proposals(self) -> Table:
        columns = (
            Column("claim", lambda a: a.claim.claim_id),
            Column("verdict", _verdict),
            Column("proposed", lambda a: a.proposal.verdict),
            Column("rung", lambda a: a.proposal.rung),
            Column("certainty", lambda a: rating_of(self.evidence, a).replace("-", " ")),
            Column("studies", lambda a: len(a.studies), "right"),
            Column("why", lambda a: a.proposal.why),
        )
        return Table.of(columns, self.ledger.assessments)

    def _block(self, assessment: ClaimAssessment) -> ClaimBlock:
        return ClaimBlock(evidence=self.evidence, assessment=assessment, ledger=self.ledger)

    def _carried(self) -> Table:
        """Verdicts that one programme carries: without it the proposal would be another one."""
        alone = stands_on(self.evidence)
        columns = (
            Column("Claim", lambda a: a.claim.claim),
            Column("Verdict", verdict_cell),
            Column("Stands on", lambda a: programme_words(self.evidence, alone[a.claim.claim_id])),
        )
        carried = [a for a in self.ledger.assessments if alone[a.claim.claim_id]]
        return Table.of(columns, carried, empty="No verdict stands on one programme alone.")


def _claim(assessment: ClaimAssessment) -> Link:
    claim = assessment.claim
    return Link(claim.claim, LEDGER_PAGE + (f"#{claim.claim_id}" if claim.headline else ""))


def _verdict(assessment: ClaimAssessment) -> str:
    draft = (assessment.recorded or {}).get("status") == "draft"
    return verdict_of(assessment) + (" (draft)" if draft else "")


def _at_others(sweep: Sweep) -> Lines:
    return Lines(
        tuple(
            (f"{_bounds(window, sweep.part)}: ", look_mark(other.verdict))
            for window, other in sweep.others
        )
    )


_OF_A_SWEEP = (
    Column("Test", lambda sweep: sweep.part.asks),
    Column("As stated", lambda sweep: Lines(((look_mark(sweep.stated.verdict),),))),
    Column("At other bounds", _at_others),
    Column("Hangs on the bound?", lambda sweep: "yes" if sweep.moves else "no"),
)


def claim_verdicts(evidence: Evidence, *, without: Collection[str] = ()) -> Verdicts:
    """All claims with their verdicts, ready to be shown.

    Parameters
    ----------
    evidence : Evidence
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
    """The claims with the keys of ``evidence claims --json``. In the order of ``claims.yml``;
    `verdict` is None while `status` is "unjudged".
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
        for a in claim_verdicts(evidence, without=without).ledger.assessments
    ]


def _bounds(window: tuple[float, float], part: Part) -> str:
    if part.reading == "infusion":
        return f"{100 * window[0]:.0f} to {100 * window[1]:.0f}% of the infusion"
    return time_words(window[0], None if math.isinf(window[1]) else window[1])
