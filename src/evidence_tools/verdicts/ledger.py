"""Each claim with its votes, its tallies, the proposed verdict and the recorded one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.findings import Finding
from evidence_tools.evidence.joined import joined, once
from evidence_tools.verdicts.incidence_votes import incidence_votes, more_than_control_votes
from evidence_tools.verdicts.link_votes import SOURCES, link_votes
from evidence_tools.verdicts.parts import Part, parts_of
from evidence_tools.verdicts.relief_votes import lasting_votes, onset_votes
from evidence_tools.verdicts.result_votes import contrast_votes, share_votes
from evidence_tools.verdicts.side_effect_votes import side_effect_time_votes
from evidence_tools.verdicts.tables import HARM_RUNGS, Tables, prepare, records
from evidence_tools.verdicts.tally import Proposal, Tally, combine, propose, tally_votes
from evidence_tools.verdicts.votes import Vote, hold_back_reviews

if TYPE_CHECKING:
    from evidence_tools.evidence.claims_file import Claim
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import ClaimRules

UNJUDGED = "unjudged"
READ_AGAIN = "read-again"

Voters = Callable[[Part, Tables], Iterator[Vote]]

_KINDS: dict[str, tuple[Voters, ...]] = {
    "onset": (onset_votes, contrast_votes),
    "lasting": (lasting_votes, contrast_votes),
    "loss": (lasting_votes,),
    "side-effect-time": (side_effect_time_votes,),
    "share": (share_votes,),
    "contrast": (contrast_votes,),
    "links": (link_votes,),
    "incidence": (incidence_votes,),
    "more-than-control": (more_than_control_votes,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One test of a claim: its votes, counted, and what the rule makes of them."""

    part: Part
    votes: tuple[Vote, ...]
    tallies: tuple[Tally, ...]
    proposal: Proposal

    @property
    def deciding(self) -> tuple[Vote, ...]:
        """The votes that say yes or no, on the rung that gives the verdict."""
        return tuple(v for v in self.votes if v.decided and v.rung == self.proposal.rung)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAssessment:
    """A claim held against the evidence.

    Attributes
    ----------
    claim : Claim
        The page's sentence in our words.
    results : tuple of PartResult
        Its tests, those beside it included.
    proposal : Proposal
        What the rule proposes, from the tests that count.
    recorded : mapping of str to str, or None
        The row of ``verdicts.csv``; None while the claim is unjudged.
    """

    claim: Claim
    results: tuple[PartResult, ...]
    proposal: Proposal
    recorded: dict[str, str] | None

    @property
    def counting(self) -> tuple[PartResult, ...]:
        """The tests that have a say in the verdict."""
        return tuple(result for result in self.results if not result.part.beside)

    @property
    def votes(self) -> tuple[Vote, ...]:
        """All votes of the tests that count."""
        return tuple(vote for result in self.counting for vote in result.votes)

    @property
    def deciding(self) -> tuple[Vote, ...]:
        """The votes that say yes or no, on the rungs that give each test its verdict."""
        return tuple(vote for result in self.counting for vote in result.deciding)

    @property
    def programmes(self) -> tuple[str, ...]:
        """Programmes whose rows decide."""
        return tuple(sorted({vote.programme for vote in self.deciding}))

    @property
    def studies(self) -> tuple[str, ...]:
        """Studies whose rows decide."""
        return tuple(sorted({vote.study_id for vote in self.deciding if vote.study_id}))

    @property
    def could_contradict(self) -> tuple[str, ...]:
        """Rows that could have shown that the claim is wrong."""
        rows = (r for result in self.counting for t in result.tallies for r in t.could_contradict)
        return tuple(dict.fromkeys(rows))

    @property
    def basis(self) -> str:
        """The tally in one line, as it is kept in ``verdicts.csv``."""
        parts = (
            f"{result.part.test_id} = {result.proposal.verdict}"
            + "".join(f" [{tally}]" for tally in result.tallies)
            for result in self.counting
        )
        return " | ".join(parts)

    @property
    def moved(self) -> bool:
        """True if a verdict is recorded and the tally it was based on is another one now."""
        return self.recorded is not None and self.recorded["basis"] != self.basis

    def to_frame(self) -> pd.DataFrame:
        """Every vote, one row each, with the test it was cast on."""
        return pd.DataFrame(
            [
                {"test_id": result.part.test_id, "beside": result.part.beside, **_plain(vote)}
                for result in self.results
                for vote in result.votes
            ]
        )

    def summary(self) -> str:
        """Two to four lines: claim, verdict proposed and recorded, and the tallies."""
        verdict = self.recorded["verdict"] if self.recorded else UNJUDGED
        rung = f" ({self.proposal.rung})" if self.proposal.rung else ""
        return "\n".join(
            [
                self.claim.claim,
                f"recorded: {verdict}; proposed: {self.proposal.verdict}{rung}",
                self.proposal.why,
                self.basis,
            ]
        )


def _plain(vote: Vote) -> dict[str, Any]:
    plain = {name: getattr(vote, name) for name in vote.__dataclass_fields__}
    return plain | {"row_ids": "; ".join(vote.row_ids)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLedger:
    """All claims, assessed.

    Attributes
    ----------
    assessments : tuple of ClaimAssessment
        In the order of ``claims.yml``.
    without : tuple of str
        Programmes whose rows were withdrawn.
    """

    assessments: tuple[ClaimAssessment, ...]
    without: tuple[str, ...] = ()

    def __getitem__(self, claim_id: str) -> ClaimAssessment:
        """The assessment of a claim."""
        found = {assessment.claim.claim_id: assessment for assessment in self.assessments}
        return found[claim_id]

    def to_frame(self) -> pd.DataFrame:
        """One row per claim: verdicts, rung, and what decides."""
        return pd.DataFrame(
            [
                {
                    "claim_id": a.claim.claim_id,
                    "verdict": a.recorded["verdict"] if a.recorded else None,
                    "proposed_verdict": a.proposal.verdict,
                    "rung": a.proposal.rung,
                    "n_studies": len(a.studies),
                    "n_programmes": len(a.programmes),
                    "basis": a.basis,
                }
                for a in self.assessments
            ]
        )

    def summary(self) -> str:
        """One line: how many claims carry each proposed verdict."""
        counts = self.to_frame()["proposed_verdict"].value_counts(sort=False)
        words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        return f"{len(self.assessments)} claims: {words or 'none'}"


def assess_claims(evidence: Evidence, *, without: Collection[str] = ()) -> ClaimLedger:
    """Every claim held against the evidence.

    Parameters
    ----------
    evidence : Evidence
    without : collection of str
        Programmes whose rows are withdrawn, to see which verdicts stand on them.

    Returns
    -------
    ClaimLedger
        In the order of ``claims.yml``.
    """
    votes = _all_votes(evidence)
    return _ledger(evidence, votes, tuple(without))


def stands_on(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """For each claim, the programmes without which its proposed verdict would be another one.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    dict of str to tuple of str
        By claim; empty where no single programme carries the verdict.
    """
    votes = _all_votes(evidence)
    whole = _ledger(evidence, votes, ())
    carriers: dict[str, list[str]] = {a.claim.claim_id: [] for a in whole.assessments}
    for programme in sorted({name for a in whole.assessments for name in a.programmes}):
        for before, after in zip(
            whole.assessments, _ledger(evidence, votes, (programme,)).assessments, strict=True
        ):
            if before.proposal.verdict != after.proposal.verdict:
                carriers[before.claim.claim_id].append(programme)
    return {claim_id: tuple(names) for claim_id, names in carriers.items()}


def stale(evidence: Evidence, ledger: ClaimLedger) -> tuple[Finding, ...]:
    """A finding for every recorded verdict whose basis moved: read the claim again.

    Parameters
    ----------
    evidence : Evidence
    ledger : ClaimLedger
        From `assess_claims`.

    Returns
    -------
    tuple of Finding
        Rule "read-again", one per claim, in the order of ``claims.yml``.
    """
    lines = {claim: line for line, claim in enumerate(evidence.verdicts["claim_id"], start=2)}
    return tuple(
        Finding(
            rule=READ_AGAIN,
            file="verdicts.csv",
            line=lines[assessment.claim.claim_id],
            row_id=assessment.claim.claim_id,
            column="basis",
            value=(assessment.recorded or {})["basis"],
            found="the evidence has moved since this verdict was recorded",
            allowed=assessment.basis,
            hint="Read the rows again, then record verdict, reason and the basis of now.",
        )
        for assessment in ledger.assessments
        if assessment.moved
    )


_Votes = dict[str, list[tuple[Part, tuple[Vote, ...]]]]


@once
def _all_votes(evidence: Evidence) -> _Votes:
    """Votes of every test, cast once; withdrawing a programme only counts them anew."""
    tables = prepare(evidence)
    return {
        claim.claim_id: [(part, cast_votes(part, tables)) for part in parts_of(claim, evidence)]
        for claim in evidence.claims
    }


def cast_votes(part: Part, tables: Tables) -> tuple[Vote, ...]:
    """The votes of every row that one test asks, reviews held back."""
    votes = [vote for voters in _KINDS[part.kind] for vote in voters(part, tables)]
    return hold_back_reviews(votes, joined(tables.evidence))


def rungs_of(rules: ClaimRules) -> tuple[str, ...]:
    """All rungs, nearest to the claims first: of benefit, of side effects, and of linked facts."""
    return (*rules.ladder, *HARM_RUNGS, SOURCES)


def _ledger(evidence: Evidence, votes: _Votes, without: tuple[str, ...]) -> ClaimLedger:
    rules = evidence.rules.claims
    rungs = rungs_of(rules)
    recorded = {row["claim_id"]: dict(row) for row in records(evidence.verdicts)}
    assessments = []
    for claim in evidence.claims:
        results = []
        for part, cast in votes[claim.claim_id]:
            kept = tuple(vote for vote in cast if vote.programme not in without)
            tallies = tally_votes(kept, rungs)
            proposal = propose(part, tallies, rules)
            results.append(PartResult(part=part, votes=kept, tallies=tallies, proposal=proposal))
        assessments.append(_assessed(claim, results, recorded.get(claim.claim_id)))
    return ClaimLedger(assessments=tuple(assessments), without=without)


def _named(result: PartResult) -> Proposal:
    """A proposal that says which part it is about, for a claim of several."""
    return dataclasses.replace(result.proposal, why=f"{result.part.test_id}: {result.proposal.why}")


def _assessed(
    claim: Claim, results: Sequence[PartResult], recorded: dict[str, str] | None
) -> ClaimAssessment:
    counting = [_named(result) for result in results if not result.part.beside]
    if len(counting) == 1:
        counting = [result.proposal for result in results if not result.part.beside]
    return ClaimAssessment(
        claim=claim, results=tuple(results), proposal=combine(counting), recorded=recorded
    )
