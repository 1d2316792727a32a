"""What a claim on side effects leaves out."""

from __future__ import annotations

import dataclasses

import pytest

import evidence_tools as et
from evidence_tools.verdicts.ledger import assess_claims
from evidence_tools.verdicts.page_of_claim import LEFT_OUT, LONGER, NOBODY, harms_beside


@pytest.fixture(scope="module")
def ledger(evidence):
    return assess_claims(evidence)


def beside(evidence, ledger, claim_id):
    return dict(harms_beside(ledger[claim_id], evidence))


def test_people_in_whom_it_lasted_longer_are_counted_as_in_the_rows(evidence, ledger):
    counted = evidence.side_effects.set_index("side_effect_id").loc["park-2022/s14"]
    words = f"dissociation in {counted['events']:.0f} of {counted['n']:.0f} people"
    assert words in beside(evidence, ledger, "side-effects-gone-one-hour")[LONGER]
    assert beside(evidence, ledger, "dissociation-dose")[LONGER].endswith(words)


def test_a_claim_that_names_an_effect_counts_no_other(evidence, ledger):
    assert "nausea" in beside(evidence, ledger, "side-effects-gone-one-hour")[LONGER]
    assert "nausea" not in beside(evidence, ledger, "dissociation-dose")[LONGER]


def test_where_nobody_counted_it_says_so(evidence, ledger):
    longer = evidence.side_effects["qualifier"] == "lasting-over-24-h"
    without = dataclasses.replace(
        evidence,
        side_effects=evidence.side_effects[~longer],
        timing=evidence.timing[evidence.timing["basis"] != "range-among-affected"],
    )
    told = dict(harms_beside(ledger["side-effects-gone-one-hour"], without))
    assert told[LONGER] == NOBODY


def test_the_commoner_effects_are_those_of_the_frequency_page(evidence, ledger):
    names = beside(evidence, ledger, "side-effects-common")[LEFT_OUT].split(", ")
    expected = [one.label.lower() for one in et.side_effects_common(evidence).unnamed]
    assert names == list(dict.fromkeys(expected))
    assert "dissociation" in names


def test_a_claim_on_benefit_has_nothing_beside_it(evidence, ledger):
    assert list(harms_beside(ledger["onset-hours"], evidence)) == []
