"""Rows joined with their study, arm and source, and what keeps them from deciding."""

import dataclasses

import pandas as pd
import pytest

import evidence_tools as et
from evidence_tools.evidence.joined import (
    AMONG_AFFECTED,
    CONTROL_ARM,
    RETRACTED,
    SECOND_HAND,
    joined,
    listed,
)
from evidence_tools.site.overview import gap_records
from made import made_evidence

TIME = {"timing_id": "one/t1", "arm_id": "one/ketamine", "effect": "anxiety", "upper": 2}
HARM = {"event": "side-effect-resolved", "effect": "nausea and headache"}


def timing(study=None, *, references=None, **row):
    """The one joined timing row of a made study."""
    evidence = made_evidence(
        studies=[{"study_id": "one", **(study or {})}], timing=[TIME | row], references=references
    )
    (line,) = joined(evidence).timing.to_dict("records")
    return line


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("a;b", ("a", "b")),
        ("a; b ;c", ("a", "b", "c")),
        ("a;", ("a",)),
        ("", ()),
        (float("nan"), ()),
    ],
)
def test_lists_are_split_and_stripped(cell, items):
    assert listed(cell) == items


def test_a_row_carries_its_study_its_arm_and_its_source():
    row = timing({"condition": "ptsd", "directness": "related"}, effect="ptsd")
    assert (row["condition"], row["directness"], row["rung"]) == ("ptsd", "related", "related")
    assert (row["drug"], row["route"], row["infusion_minutes"]) == ("ketamine", "iv", 40)
    assert row["about"] == "ptsd"
    assert row["randomised"]
    assert not row["review"]
    assert row["barred"] == ()
    without = timing(arm_id=None)
    assert without["label"] == row["label"]
    assert pd.isna(without["drug"])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"source_level": "secondary"}, SECOND_HAND),
        ({"basis": "range-among-affected"}, AMONG_AFFECTED),
        ({"arm_id": "one/placebo"}, CONTROL_ARM),
    ],
)
def test_what_keeps_a_row_from_deciding_is_said_once(cells, reason):
    assert timing(**cells)["barred"] == (reason,)


def test_retraction_follows_the_source_of_the_row_else_of_its_study():
    gone = {"status": "retracted", "status_date": "2026-01-01", "status_note": "withdrawn"}
    withdrawn = {"gone2020": gone, "paper2020": {}}
    own = timing({"reference": "paper2020"}, reference="gone2020", references=withdrawn)
    of_study = timing({"reference": "gone2020"}, reference=None, references=withdrawn)
    other = timing({"reference": "gone2020"}, reference="paper2020", references=withdrawn)
    assert own["barred"] == of_study["barred"] == (RETRACTED,)
    assert other["barred"] == ()


@pytest.mark.parametrize(
    ("directness", "design", "condition", "rung"),
    [
        ("direct", "rct-crossover", "sad", "direct"),
        ("related", "rct-crossover", "ptsd", "related"),
        ("indirect", "rct-crossover", "bipolar", "depression-or-bipolar"),
        ("indirect", "case-series", "palliative", "serious-illness"),
        ("indirect", "rct-parallel", "perioperative", "perioperative"),
        ("indirect", "cohort-retrospective", "mixed", "clinic-cohorts"),
        ("indirect", "rct-parallel", "substance-use", "other-conditions"),
        ("context", "rct-parallel", "mdd", ""),
    ],
)
def test_studies_stand_on_their_rung(directness, design, condition, rung):
    study = {"directness": directness, "design": design, "condition": condition}
    assert timing(study)["rung"] == rung


@pytest.mark.parametrize(
    ("effect", "about"),
    [("anxiety", "anxiety"), ("anxiety and depression", ""), ("depression", ""), (None, "")],
)
def test_the_ladder_says_what_a_row_is_about(effect, about):
    """Several constructs in one are on no page and in no ledger as anxiety."""
    assert timing(effect=effect)["about"] == about


@pytest.mark.parametrize(
    ("design", "review"),
    [("meta-analysis", True), ("narrative-review", True), ("regulatory", False)],
)
def test_a_page_of_a_regulator_is_no_review(design, review):
    study = {"design": design, "programme": None, "directness": "context"}
    assert timing(study)["review"] is review


def test_trials_of_a_review_that_speak_are_named_in_order():
    evidence = made_evidence(
        studies=[{"study_id": "many", "design": "meta-analysis", "programme": None}],
        contains=[{"review": "many", "study": one} for one in ("two", "one")],
    )
    every = joined(evidence)
    assert every.speaking_trials("many", {"two", "one", "three"}) == ("one", "two")
    assert every.speaking_trials("many", {"three"}) == ()
    assert every.speaking_trials("one", {"two"}) == ()


def test_a_blank_after_the_semicolon_loses_no_claim_of_what_is_wanted():
    wanted = {"wanted_id": "w1", "what": "a table", "why": "not seen", "where_likely": "a paper"}
    claims = [{"claim_id": name, "claim": "It helps."} for name in ("first", "second")]
    evidence = made_evidence(claims=claims, wanted=[wanted | {"claim_ids": "first; second"}])
    found = {record["claim_id"]: len(record["wanted"]) for record in gap_records(evidence)}
    assert found == {"first": 1, "second": 1, None: 0}


def test_a_blank_after_the_semicolon_is_no_other_term():
    row = TIME | HARM | {"term": "nausea; headache"}
    evidence = made_evidence(
        timing=[row],
        side_effect_terms=[
            {"term": "nausea", "label": "Nausea"},
            {"term": "headache", "label": "Headache"},
        ],
    )
    assert joined(evidence).timing["terms"].tolist() == [("nausea", "headache")]
    assert et.side_effect_timing(evidence).to_frame()["timing_id"].tolist() == ["one/t1"]
    places = et.places_of_timing_rows(evidence)
    assert len(places.lost) == 0


def test_rows_are_joined_once_anew_for_other_evidence_and_never_doubled():
    evidence = made_evidence(timing=[TIME])
    assert joined(evidence) is joined(evidence)
    other = dataclasses.replace(evidence, timing=evidence.timing.iloc[:0])
    assert joined(other) is not joined(evidence)
    assert len(joined(other).timing) == 0
    twice = pd.concat([evidence.studies, evidence.studies], ignore_index=True)
    assert len(joined(dataclasses.replace(evidence, studies=twice)).timing) == 1
