"""The questions fit the rows that are shipped: every drug, instrument and word has its place."""

import pytest

from evidence_tools.questions.duration.synthesis import synthesise_duration
from evidence_tools.questions.estimands import all_questions
from evidence_tools.questions.size_of_benefit.contrasts.candidates import candidates


@pytest.fixture(scope="module")
def questions(evidence):
    return all_questions(evidence)


def test_every_control_drug_of_the_target_studies_is_of_one_kind(evidence, questions):
    """Inactive, active, or named as neither; a new drug of a control arm needs a decision."""
    studies = set(candidates(evidence)["study_id"])
    arms = evidence.arms[evidence.arms["study_id"].isin(studies)]
    drugs = set(arms.loc[arms["role"] == "control", "drug"].dropna())
    lists = [*{frozenset(q.drugs) for q in questions if q.drugs}]
    lists.append(frozenset(evidence.questions.pooling.no_control))
    assert len(lists) == 3
    assert drugs
    for drug in drugs:
        assert sum(drug in words for words in lists) == 1, drug


def test_instruments_of_the_order_are_known_and_stand_once(evidence):
    order = evidence.questions.pooling.instrument_order
    assert set(order) == set(evidence.rules.risk_of_bias.constructs_that_decide)
    named = [name for names in order.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= set(evidence.instruments["instrument_id"])


def test_every_instrument_of_a_target_row_has_its_place(evidence):
    """Under its own construct, so that the alphabet never decides."""
    order = evidence.questions.pooling.instrument_order
    rows = candidates(evidence).dropna(subset=["instrument_id"])
    pairs = set(zip(rows["construct"], rows["instrument_id"], strict=True))
    assert pairs
    assert {(construct, name) for construct, names in order.items() for name in names} == pairs


def test_primary_instruments_are_those_that_a_note_names(evidence):
    rows = candidates(evidence)
    primary = evidence.questions.pooling.primary_instruments
    assert primary
    for study_id, instrument in primary.items():
        mine = rows[(rows["study_id"] == study_id) & (rows["instrument_id"] == instrument)]
        assert mine["note"].str.contains("primary outcome", case=False).any(), study_id


def test_vocabularies_of_questions_are_those_of_the_tables(evidence, questions):
    fields = {
        "directness": (
            evidence.studies["directness"],
            {d for q in questions for d in q.directness},
        ),
        "construct": (evidence.results["construct"], {c for q in questions for c in q.constructs}),
        "time_anchor": (evidence.results["time_anchor"], {a for q in questions for a in q.anchors}),
        "drug": (evidence.arms["drug"], {d for q in questions for d in q.drugs}),
    }
    for name, (column, words) in fields.items():
        assert words <= set(column.dropna()), name


def test_all_results_on_relapse_are_listed(evidence):
    synthesis = synthesise_duration(evidence)
    results = evidence.results
    printed = results["instrument"].str.contains("relaps", case=False, na=False)
    assert set(results.loc[printed, "result_id"]) <= set(synthesis.relapse["result_id"])
    ratios = results[(results["measure"] == "hazard-ratio")]["result_id"]
    assert set(ratios) <= set(synthesis.relapse["result_id"])
    other = synthesis.relapse["construct"] == "other"
    assert (synthesis.relapse.loc[other, "reason"] == "relapse of something else").all()
