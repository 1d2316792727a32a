"""Certainty: where it starts, each step down by name, and what is never exceeded."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import evidence_tools as et
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.questions.size_of_benefit.answers import Answer, answer_question
from evidence_tools.verdicts.certainty import (
    DOMAINS,
    claim_certainty,
    people_behind,
    question_certainty,
)
from evidence_tools.verdicts.ledger import ClaimAssessment, PartResult, assess_claims
from evidence_tools.verdicts.parts import Part
from evidence_tools.verdicts.tally import combine, propose, tally_votes
from evidence_tools.verdicts.votes import AGAINST, FOR, SILENT, Vote

RUNGS = ("direct", "related")
QUESTION = "direct/24h/single/any/severity"


def vote(programme="ford-2014", **changes):
    """A randomised contrast read in a full text against midazolam, on the nearest rung."""
    stated = {
        "row_ids": (f"{programme}/r1",),
        "table": "results",
        "study_id": programme,
        "label": programme,
        "programme": programme,
        "rung": "direct",
        "relation": FOR,
        "reason": "",
        "decisive": True,
        "could_contradict": True,
        "comparator": "midazolam",
        "source_level": "full-text",
    }
    return Vote(**(stated | changes))


@pytest.fixture(scope="module")
def near(evidence):
    """The evidence as if every study were of people with an anxiety disorder."""
    return dataclasses.replace(evidence, studies=evidence.studies.assign(directness="direct"))


@pytest.fixture
def rate(evidence, near):
    def call(*votes, strength="plain", kind="onset", world=near):
        part = Part(claim_id="c", test_id="t", asks="", kind=kind, strength=strength)
        rules = evidence.rules.claims
        tallies = tally_votes(votes, (*RUNGS, "sources"))
        proposal = propose(part, tallies, rules)
        result = PartResult(part=part, votes=votes, tallies=tallies, proposal=proposal)
        assessment = ClaimAssessment(
            claim=evidence.claims[0],
            results=(result,),
            proposal=combine([proposal]),
            recorded=None,
        )
        return claim_certainty(assessment, world)

    return call


def domains(certainty):
    return [step.domain for step in certainty.steps if step.levels]


BIG = ("tang-2020", "ford-2014")


@pytest.mark.parametrize(
    ("changes", "domain"),
    [
        ({"source_level": "abstract"}, "risk of bias"),
        ({"comparator": "saline"}, "risk of bias"),
        ({"unblinded": True}, "risk of bias"),
    ],
)
def test_each_fault_is_one_step_and_without_one_the_start_is_kept(rate, evidence, changes, domain):
    faultless = [vote(name) for name in BIG]
    assert (rate(*faultless).rating, domains(rate(*faultless))) == ("high", [])
    certainty = rate(*(vote(name, **changes) for name in BIG))
    assert (certainty.rating, domains(certainty)) == ("moderate", [domain])
    others = rate(*faultless, world=evidence)
    assert (others.rating, domains(others)) == ("moderate", ["indirectness"])


def test_disagreement_no_control_and_times_of_side_effects(rate):
    assert domains(rate(vote(BIG[0]), vote(BIG[1], relation=AGAINST))) == ["inconsistency"]
    uncontrolled = [vote(name, decisive=False) for name in BIG]
    assert rate(*uncontrolled).rating == "very-low"
    assert rate(*uncontrolled, strength="studies", kind="side-effect-time").start == "low"


def test_one_programme_never_exceeds_low(rate, evidence):
    certainty = rate(vote("tang-2020"))
    assert evidence.studies.set_index("study_id").loc["tang-2020", "n_analysed"] > 50
    assert domains(certainty) == ["imprecision"]
    assert certainty.rating == evidence.rules.certainty.best_of_one_programme == "low"


def test_few_people_are_imprecise(rate, evidence):
    small = ("lane-2018", "cole-2013")
    certainty = rate(*(vote(name) for name in small))
    people, unseen = people_behind([vote(name) for name in small], evidence)
    assert unseen == 0
    assert people < evidence.rules.certainty.fewest_people
    assert domains(certainty) == ["imprecision"]


def test_facts_and_undecided_claims_are_not_rated(rate):
    assert rate(vote(relation=SILENT)) is None
    assert rate(vote(rung="sources"), kind="links", strength="facts") is None


def test_a_programme_counts_once_with_its_largest_study(evidence):
    group = evidence.studies.query("programme == 'reed-anxiety'")
    sizes = group["n_analysed"].fillna(group["n_enrolled"]).astype("float64")
    votes = [vote("reed-anxiety", study_id=study) for study in group["study_id"]]
    people, unseen = people_behind(votes, evidence)
    assert people == sizes.max()
    assert unseen == int(sizes.isna().sum())


# Questions.


@pytest.fixture
def pooled(evidence):
    question = et.find_question(evidence, QUESTION)

    def call(yi, vi, **changes):
        rows = pd.DataFrame(
            {
                "programme": [f"p{i}" for i in range(len(yi))],
                "source_level": "full-text",
                "control_drug": "midazolam",
                "n": 300.0,
                "included": True,
            }
        ).assign(**changes)
        asked = dataclasses.replace(question, directness=("direct",))
        answer = Answer(question=asked, rows=rows, pooled=pool(yi, vi), bayesian=None, notes=())
        return question_certainty(answer, evidence)

    return call


@pytest.mark.parametrize(
    ("yi", "vi", "n", "expected"),
    [
        ([-0.5, -0.52, -0.48], 0.01, 300.0, []),
        ([-0.1, 0.1, 0.0], 0.05, 300.0, ["imprecision"]),
        ([-0.5, -0.52], 0.001, 20.0, ["imprecision"]),
    ],
    ids=["precise and consistent", "holds no effect", "few people"],
)
def test_a_pool_is_rated_by_its_interval_and_its_people(pooled, yi, vi, n, expected):
    certainty = pooled(yi, [vi] * len(yi), n=n)
    assert domains(certainty) == expected
    assert (certainty.rating == "high") == (expected == [])


def test_a_pool_of_unlike_studies_is_inconsistent_and_a_question_nobody_answers_not_rated(
    pooled, evidence
):
    assert "inconsistency" in domains(pooled([-3.0, -0.2, -1.5], [0.001, 0.001, 0.001]))
    answer = answer_question(evidence, et.find_question(evidence, QUESTION))
    assert (answer.pooled, question_certainty(answer, evidence)) == (None, None)


def test_every_step__has_a_reason(evidence):
    rated = [claim_certainty(a, evidence) for a in assess_claims(evidence).assessments]
    rated = [certainty for certainty in rated if certainty is not None]
    assert rated
    for certainty in rated:
        assert certainty.rating in evidence.rules.certainty.ratings
        assert all(step.reason and step.domain in DOMAINS for step in certainty.steps)
        assert certainty.basis.startswith(certainty.rating)
        assert len(certainty.to_frame()) == len(certainty.steps)
        assert certainty.rests_on in certainty.summary()
