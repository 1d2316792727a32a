"""How sure we are: GRADE as rules that propose, and a recorded decision on top.

A proposal starts by design and steps down by domain, each step with the figures behind it. Where
nothing is pooled there are no weights, so the steps of a claim are about its deciding rows: one
programme, few people, read in abstracts only, blinding that was probably lost, nothing on the
rung nearest to the claim. The software proposes; a person decides, in ``certainty.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from evidence_tools.base.findings import Finding
from evidence_tools.questions.estimands import all_questions
from evidence_tools.questions.size_of_benefit.answers import Answer, answer_question
from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import CertaintyRules
    from evidence_tools.verdicts.ledger import ClaimAssessment, ClaimLedger, PartResult
    from evidence_tools.verdicts.votes import Vote

Domain = Literal["risk of bias", "inconsistency", "indirectness", "imprecision", "missing studies"]
DOMAINS: tuple[Domain, ...] = (
    "risk of bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "missing studies",
)

_TEXTS = {
    "full-text": "full texts",
    "abstract": "abstracts",
    "registry": "registries",
    "label": "drug labels",
    "secondary": "secondary sources",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One domain's judgement: how many levels down, and the figures behind it."""

    domain: Domain
    levels: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """A proposed certainty.

    Attributes
    ----------
    subject : str
        The claim or the question.
    rating : {"high", "moderate", "low", "very-low"}
        What the rule proposes.
    start : str
        Where it started, and why.
    steps : tuple of Step
        One or more per domain that was judged.
    rests_on : str
        People, programmes and where they were read, in words.
    """

    subject: str
    rating: str
    start: str
    steps: tuple[Step, ...]
    rests_on: str

    @property
    def basis(self) -> str:
        """Rating and steps in one line, as it is kept in ``certainty.csv``."""
        steps = "; ".join(f"{s.domain} -{s.levels}: {s.reason}" for s in self.steps if s.levels)
        return f"{self.rating} from {self.start}" + (f"; {steps}" if steps else "")

    def to_frame(self) -> pd.DataFrame:
        """One row per step."""
        return pd.DataFrame(
            [(s.domain, s.levels, s.reason) for s in self.steps],
            columns=["domain", "levels", "reason"],
        )

    def summary(self) -> str:
        """The rating, what it rests on, and one line per step."""
        lines = [f"{self.subject}: {self.rating} ({self.start}); rests on {self.rests_on}"]
        return "\n".join([*lines, *(f"  {s.domain}, -{s.levels}: {s.reason}" for s in self.steps)])


def claim_certainty(assessment: ClaimAssessment, evidence: Evidence) -> Certainty | None:
    """The certainty that the rule proposes for the verdict on a claim.

    Parameters
    ----------
    assessment : ClaimAssessment
        A claim with its votes.
    evidence : Evidence
        Loaded evidence, for the people of each study and the thresholds.

    Returns
    -------
    Certainty or None
        None for claims about facts, to which GRADE does not apply, and for claims that nothing
        decides.

    References
    ----------
    Guyatt et al. (2008), BMJ 336:924-926, for the domains; the steps for evidence that is not
    pooled are our own and stand in ``rules.yml``.
    """
    votes = [v for result in _rated(assessment) for v in result.deciding]
    if not votes:
        return None
    rules = evidence.rules.certainty
    start = _start(assessment, rules)
    steps = tuple(_claim_steps(assessment, votes, evidence, rules))
    rating = _stepped(start, steps, rules)
    if len({vote.programme for vote in votes}) == 1:
        rating = _worse(rating, rules.best_of_one_programme, rules)
    return Certainty(
        subject=assessment.claim.claim_id,
        rating=rating,
        start=start,
        steps=steps,
        rests_on=_rests_on(votes, evidence),
    )


def _rated(assessment: ClaimAssessment) -> tuple[PartResult, ...]:
    """The tests to which GRADE applies: all that count but those about facts."""
    return tuple(result for result in assessment.counting if result.part.kind != "links")


def _start(assessment: ClaimAssessment, rules: CertaintyRules) -> str:
    """The lowest start among the parts that could be tested."""
    starts = [_start_of(result, rules) for result in _rated(assessment) if result.deciding]
    return max(starts, key=rules.ratings.index)


def _start_of(result: PartResult, rules: CertaintyRules) -> str:
    ratings = rules.ratings
    if any(vote.decisive for vote in result.deciding):
        return ratings[0]
    counted = result.part.strength in rules.strengths_without_contrast
    return rules.start_without_contrast if counted else ratings[-1]


def _claim_steps(
    assessment: ClaimAssessment,
    votes: Sequence[Vote],
    evidence: Evidence,
    rules: CertaintyRules,
) -> Iterator[Step]:
    if all(vote.source_level == "abstract" for vote in votes):
        yield Step(domain="risk of bias", levels=1, reason="read in abstracts only")
    told = [v for v in votes if v.unblinded or v.comparator in rules.not_felt]
    if told and len(told) == len(votes):
        reason = "people could tell what they were given, or were rated while it was felt"
        yield Step(domain="risk of bias", levels=1, reason=reason)
    if assessment.proposal.verdict == "mixed":
        yield Step(domain="inconsistency", levels=1, reason="programmes or parts disagree")
    if not _about_anxiety_disorders(votes, evidence):
        yield Step(domain="indirectness", levels=1, reason="no row on anxiety disorders decides")
    programmes = sorted({vote.programme for vote in votes})
    if len(programmes) == 1:
        yield Step(domain="imprecision", levels=1, reason=f"one programme only ({programmes[0]})")
    people, unseen = people_behind(votes, evidence)
    if people < rules.fewest_people and not unseen:
        reason = f"{people:.0f} people, fewer than {rules.fewest_people}"
        yield Step(domain="imprecision", levels=1, reason=reason)
    yield Step(domain="missing studies", levels=0, reason="too few studies to tell")


def _about_anxiety_disorders(votes: Sequence[Vote], evidence: Evidence) -> bool:
    """True if a deciding row comes from a study of people with an anxiety disorder."""
    directness = evidence.studies.set_index("study_id")["directness"]
    return any(directness.get(vote.study_id) == "direct" for vote in votes)


def people_behind(votes: Sequence[Vote], evidence: Evidence) -> tuple[float, int]:
    """People in the studies behind votes, each programme once, and studies of unseen size.

    Of each programme the largest study counts.
    """
    studies = evidence.studies.set_index("study_id")
    sizes = studies["n_analysed"].fillna(studies["n_enrolled"]).astype("float64")
    largest: dict[str, float] = {}
    unseen = 0
    for study, programme in sorted({(v.study_id, v.programme) for v in votes if v.study_id}):
        size = sizes.get(study)
        if size is None or pd.isna(size):
            unseen += 1
        else:
            largest[programme] = max(largest.get(programme, 0.0), float(size))
    return sum(largest.values()), unseen


def _rests_on(votes: Sequence[Vote], evidence: Evidence) -> str:
    people, unseen = people_behind(votes, evidence)
    programmes = len({vote.programme for vote in votes})
    levels = {vote.source_level for vote in votes if vote.source_level}
    also = f" and {unseen} {'study' if unseen == 1 else 'studies'} of unseen size" if unseen else ""
    return (
        f"{people:.0f} people{also}, {programmes} programme{'' if programmes == 1 else 's'}, "
        f"seen in {_texts(levels)}"
    )


def _texts(levels: Iterable[str]) -> str:
    """The kinds of text in which something was seen; a level may name several of them."""
    seen = " ".join(levels)
    return " and ".join(words for level, words in _TEXTS.items() if level in seen) or "no text"


def question_certainty(answer: Answer, evidence: Evidence) -> Certainty | None:
    """The certainty that the rule proposes for the pooled answer to a question.

    Parameters
    ----------
    answer : Answer
        A question with its contrasts.
    evidence : Evidence

    Returns
    -------
    Certainty or None
        None where no contrast answers.

    Notes
    -----
    Imprecision: an interval that holds no effect, or fewer people than an optimal pool needs.
    Inconsistency: I² above the stated share. Risk of bias: a comparator that is not felt, or
    read in abstracts only. Indirectness: a rung below anxiety disorders.
    """
    if answer.pooled is None:
        return None
    rules = evidence.rules.certainty
    rows = answer.included
    steps = tuple(_question_steps(answer, rows, rules))
    rating = _stepped(rules.ratings[0], steps, rules)
    if rows["programme"].nunique() == 1:
        rating = _worse(rating, rules.best_of_one_programme, rules)
    count = rows["programme"].nunique()
    size = f"{rows['n'].sum():.0f} people, {count} programme{'' if count == 1 else 's'}"
    return Certainty(
        subject=answer.question.question_id,
        rating=rating,
        start=rules.ratings[0],
        steps=steps,
        rests_on=f"{size}, seen in {_texts(rows['source_level'])}",
    )


def stale_ratings(evidence: Evidence, ledger: ClaimLedger) -> tuple[Finding, ...]:
    """A finding for every recorded certainty whose proposal moved: rate it again. Rule
    "rate-again", in the order of ``certainty.csv``.
    """
    recorded = evidence.certainty
    if recorded.empty:
        return ()
    now = _proposals(evidence, ledger, set(recorded["subject"]))
    return tuple(
        Finding(
            rule="rate-again",
            file="certainty.csv",
            line=line,
            row_id=subject,
            column="basis",
            value=basis,
            found="what the rule proposes has moved since this certainty was recorded",
            allowed=now.get(subject, "no rating: nothing decides"),
            hint="Read the steps again, then record rating, reason and the basis of now.",
        )
        for line, (subject, basis) in enumerate(
            zip(recorded["subject"], recorded["basis"], strict=True), start=2
        )
        if now.get(subject) != basis
    )


def _proposals(evidence: Evidence, ledger: ClaimLedger, subjects: set[str]) -> dict[str, str]:
    """The basis of each subject as the rule proposes it now; none where it cannot be rated."""
    ratings = [claim_certainty(a, evidence) for a in ledger.assessments]
    contrasts = all_contrasts(evidence)
    for question in all_questions(evidence):
        if question.question_id in subjects:
            answer = answer_question(evidence, question, contrasts=contrasts)
            ratings.append(question_certainty(answer, evidence))
    return {rating.subject: rating.basis for rating in ratings if rating is not None}


def _question_steps(answer: Answer, rows: pd.DataFrame, rules: CertaintyRules) -> Iterator[Step]:
    pooled = answer.pooled
    assert pooled is not None
    if (rows["source_level"] == "abstract").all():
        yield Step(domain="risk of bias", levels=1, reason="read in abstracts only")
    if rows["control_drug"].isin(rules.not_felt).all():
        reason = "the comparator is not felt: people could tell what they were given"
        yield Step(domain="risk of bias", levels=1, reason=reason)
    if pooled.i2 is not None and pooled.i2 > rules.largest_i2:
        yield Step(domain="inconsistency", levels=1, reason=f"I² is {pooled.i2:.0f}%")
    if "direct" not in answer.question.directness:
        reason = f"studied in {answer.question.words.rpartition(' in ')[2]}"
        yield Step(domain="indirectness", levels=1, reason=reason)
    if pooled.ci_low <= 0 <= pooled.ci_high:
        yield Step(domain="imprecision", levels=1, reason="the interval holds no effect")
    people = rows["n"].sum()
    if people < rules.fewest_people_in_pool:
        reason = f"{people:.0f} people, fewer than {rules.fewest_people_in_pool}"
        yield Step(domain="imprecision", levels=1, reason=reason)
    few = pooled.k < rules.fewest_studies_for_missing
    reason = "too few studies to tell" if few else "not judged by rule"
    yield Step(domain="missing studies", levels=0, reason=reason)


def _stepped(start: str, steps: Sequence[Step], rules: CertaintyRules) -> str:
    ratings = rules.ratings
    down = ratings.index(start) + sum(step.levels for step in steps)
    return ratings[min(down, len(ratings) - 1)]


def _worse(one: str, other: str, rules: CertaintyRules) -> str:
    return max(one, other, key=rules.ratings.index)
