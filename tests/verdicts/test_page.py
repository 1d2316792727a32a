"""The ledger for people: tables, records, and what is said of drafts and moved verdicts."""

from __future__ import annotations

import dataclasses

import pytest

import evidence_tools as et
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.verdicts.page import claim_records, claim_verdicts
from evidence_tools.verdicts.words import find_assessment, verdict_cell

KEYS = {
    *("claim_id", "claim", "headline", "verdict", "proposed_verdict", "status", "certainty"),
    *("n_studies", "n_programmes", "rungs", "reason"),
}


@pytest.fixture(scope="module")
def shown(evidence):
    return et.claim_verdicts(evidence)


def judged(evidence, claim_id, **changes):
    """The evidence with one recorded verdict in the place of its own."""
    row = {
        "claim_id": claim_id,
        "verdict": "supported",
        "rung": "direct",
        "reason": "First reason. Second reason.",
        "does_not_mean": "That it works for all.",
        "would_change": "A larger trial.",
        "basis": "what it was",
        "status": "draft",
        "rater": "draft-rule",
        "date": "2026-11-24",
    } | changes
    table = evidence.verdicts.iloc[:0].copy()
    for column, value in row.items():
        table.loc[0, column] = value
    return dataclasses.replace(evidence, verdicts=table.astype("str"))


def test_records_have_the_keys_of_the_contract(evidence):
    records = claim_records(evidence)
    assert {frozenset(record) for record in records} == {frozenset(KEYS)}
    assert [r["claim_id"] for r in records] == [c.claim_id for c in evidence.claims]


def test_an_unjudged_claim_has_no_verdict_but_a_proposal(evidence):
    bare = dataclasses.replace(evidence, verdicts=evidence.verdicts.iloc[:0])
    records = claim_records(bare)
    assert {record["verdict"] for record in records} == {None}
    assert {record["status"] for record in records} == {"unjudged"}
    assert all(record["proposed_verdict"] for record in records)


def test_a_draft_is_shown_as_such_and_a_moved_one_says_read_again(evidence):
    recorded = judged(evidence, "onset-hours")
    (assessment,) = [
        a for a in claim_verdicts(recorded).ledger.assessments if a.claim.claim_id == "onset-hours"
    ]
    words = str(verdict_cell(assessment))
    assert "supported (anxiety disorders), draft" in words
    assert "read again" in words
    settled = judged(evidence, "onset-hours", basis=assessment.basis, status="confirmed")
    words = str(verdict_cell(find_assessment(claim_verdicts(settled).ledger, "onset-hours")))
    assert "draft" not in words
    assert "read again" not in words


def test_the_headline_table_holds_the_headline_claims(evidence, shown):
    headline = [c.claim for c in evidence.claims if c.headline]
    assert [str(row[0]) for row in shown.table("headline").rows] == headline
    assert len(shown.table().rows) == len(evidence.claims)


def test_an_unknown_claim_or_programme_is_named_with_what_is_allowed(evidence, shown):
    with pytest.raises(UnknownTermError, match="onset-hours"):
        shown.table("no-such-claim")
    with pytest.raises(UnknownTermError, match="reed-anxiety"):
        claim_verdicts(evidence, without=["no-such-programme"])


def test_the_summary_counts_all_headline_claims(evidence, shown):
    headline = sum(claim.headline for claim in evidence.claims)
    assert f"Of {headline} headline claims" in shown.summary()
    assert shown.answer().text == shown.summary()


def test_carried_verdicts_name_the_programme(shown):
    alone = et.stands_on(shown.evidence)
    assert len(shown.table("carried").rows) == sum(bool(names) for names in alone.values())
