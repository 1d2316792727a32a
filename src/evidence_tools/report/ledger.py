"""The ledger of claims for people: verdict, certainty, why, and the rows behind it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evidence_tools.certainty import Certainty, claim_certainty
from evidence_tools.claims import ClaimAssessment, ClaimLedger, assess_claims, stands_on
from evidence_tools.claims.parts import Part
from evidence_tools.claims.sweeps import sweep_bounds
from evidence_tools.claims.tally import Tally
from evidence_tools.claims.votes import AGAINST, FOR, MAYBE, SILENT, Vote
from evidence_tools.errors import UnknownTermError
from evidence_tools.loading import Evidence
from evidence_tools.report.display import Cell, Link, Prose, Table
from evidence_tools.report.sources import ROUTES
from evidence_tools.style import CERTAINTIES, VERDICTS, count_words, time_words

UNJUDGED = "unjudged"
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
            verdict_words(assessment),
            certainty_words(self.rating(assessment)),
            first_sentence(why(assessment)),
        )

    def rating(self, assessment: ClaimAssessment) -> str:
        """The recorded certainty of a claim, else the proposed one; empty where none applies."""
        return rating_of(self.evidence, assessment)

    def claim(self, claim_id: str) -> Table:
        """Everything behind one verdict, question by question.

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
        proposed = claim_certainty(assessment, self.evidence)
        rows: list[tuple[Cell, ...]] = [
            ("The page says", assessment.claim.claim),
            ("Verdict", verdict_words(assessment)),
            ("Certainty", _certainty_cell(self.rating(assessment), proposed)),
            ("Why", why(assessment)),
            *(
                (f"Test: {r.part.asks}", _test_cell(r.tallies, r.proposal))
                for r in assessment.counting
            ),
            ("Rows that decide", _rows_cell(assessment.deciding)),
            *_marks(assessment.deciding),
            ("Rows that could have contradicted it", _listed(assessment.could_contradict)),
            *(
                (f"Beside it: {r.part.asks}", _test_cell(r.tallies, r.proposal))
                for r in assessment.results
                if r.part.beside
            ),
            *(("The page also says", self._other(name)) for name in assessment.claim.differs_from),
        ]
        if assessment.recorded:
            rows.append(("It does not mean", assessment.recorded["does_not_mean"]))
            rows.append(("What would change it", assessment.recorded["would_change"]))
        return Table(columns=("", claim_id), rows=tuple(rows))

    def _other(self, claim_id: str) -> str:
        other = find_assessment(self.ledger, claim_id)
        return f"{other.claim.claim} ({verdict_words(other)})"

    def carried(self) -> Table:
        """Verdicts that one programme carries: without it the proposal would be another one."""
        alone = stands_on(self.evidence)
        rows = [
            (a.claim.claim, verdict_words(a), ", ".join(alone[a.claim.claim_id]))
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
                f"{sweep.part.claim_id}: {sweep.part.asks}",
                look_words(sweep.stated.verdict),
                "; ".join(
                    f"{_bounds(window, sweep.part)}: {look_words(other.verdict)}"
                    for window, other in sweep.others
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
                vote.rung.replace("-", " "),
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


def verdict_words(assessment: ClaimAssessment) -> str:
    """Symbol, word, rung and status of a verdict."""
    verdict = verdict_of(assessment)
    if verdict not in VERDICTS:
        return verdict
    rung = str((assessment.recorded or {}).get("rung") or "")
    rung = f" ({rung.replace('-', ' ')})" if rung and rung != "nan" else ""
    status = (assessment.recorded or {})["status"]
    draft = ", draft" if status == "draft" else ""
    again = "; the evidence has moved: read again" if assessment.moved else ""
    return f"{VERDICTS[verdict].symbol} {VERDICTS[verdict].words}{rung}{draft}{again}"


def certainty_words(rating: str) -> str:
    """Symbol and word of a certainty; a dash where GRADE does not apply."""
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


def _test_cell(tallies: Sequence[Tally], proposal: Any) -> str:
    told = "; ".join(_tally_words(tally) for tally in tallies if tally.decided)
    silent = sum(tally.counts[SILENT] + tally.counts[MAYBE] for tally in tallies)
    verdict = f"{look_words(proposal.verdict)}: {proposal.why}"
    return ". ".join(filter(None, (verdict, told, f"{count_words(silent, 'row')} could not tell")))


def _bounds(window: tuple[float, float], part: Part) -> str:
    if part.reading == "infusion":
        return f"{100 * window[0]:.0f} to {100 * window[1]:.0f}% of the infusion"
    return time_words(window[0], None if math.isinf(window[1]) else window[1])


def _tally_words(tally: Tally) -> str:
    return (
        f"{tally.rung.replace('-', ' ')}: {count_words(tally.counts[FOR], 'row')} for "
        f"({count_words(len(tally.programmes_for), 'programme')}), "
        f"{count_words(tally.counts[AGAINST], 'row')} against"
    )


def _rows_cell(votes: Sequence[Vote]) -> str:
    words = dict.fromkeys(f"{'; '.join(v.row_ids)} ({v.reason})" for v in votes)
    return "; ".join(words) or "none"


def _marks(votes: Sequence[Vote]) -> list[tuple[Cell, ...]]:
    """By which route and against which control, and whether blinding was probably lost."""
    rows: list[tuple[Cell, ...]] = []
    routes = _counted(ROUTES.get(vote.route, vote.route) for vote in votes if vote.drug)
    controls = _counted(vote.comparator or "none" for vote in votes if vote.drug)
    early = [vote for vote in votes if vote.unblinded]
    if routes:
        rows.append(("By route", routes))
        rows.append(("Control group of the study", controls))
    if early:
        words = count_words(len(early), "row was rated", "rows were rated")
        rows.append(
            ("Blinding", f"{words} while drug effects were present; blinding was probably lost")
        )
    return rows


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).items())


def _listed(rows: Sequence[str]) -> str:
    return "; ".join(rows) or "none: nothing in the evidence could have shown otherwise"


def _certainty_cell(rating: str, proposed: Certainty | None) -> str:
    if proposed is None:
        return certainty_words(rating)
    steps = "; ".join(f"{s.domain}: {s.reason}" for s in proposed.steps if s.levels)
    return f"{certainty_words(rating)}. Rests on {proposed.rests_on}. Steps down: {steps or 'none'}"
