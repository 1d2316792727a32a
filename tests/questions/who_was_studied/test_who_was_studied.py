"""Who was studied: counted again from the files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

import evidence_tools as et
from evidence_tools.display.style import RUNGS
from evidence_tools.questions.who_was_studied.page import COMPARATORS, REFRACTORY
from spoiling import read_rows


@pytest.fixture(scope="module")
def who(evidence):
    return et.who_was_studied(evidence)


@pytest.fixture(scope="module")
def primary(evidence):
    """Primary studies whose main source was not retracted, as they stand in the file."""
    gone = {key for key, reference in evidence.references.items() if reference.retracted}
    rows = read_rows(evidence.folder, "studies")
    return [row for row in rows if row["programme"] and row["reference"] not in gone]


def test_people_are_counted_once_per_programme_with_its_largest_study(who, primary):
    for record in who.to_frame().to_dict("records"):
        largest = defaultdict(float)
        for row in primary:
            if row["directness"] == record["directness"]:
                number = float(row["n_enrolled"] or row["n_analysed"] or 0)
                largest[row["programme"]] = max(largest[row["programme"]], number)
        assert record["programmes"] == len(largest)
        assert record["people"] == sum(largest.values())
        assert record["not_seen"] == sum(number == 0 for number in largest.values())


def test_only_a_randomised_trial_with_a_result_counts_as_one(who, evidence):
    trials = who.studies[who.studies["trial"]]
    assert set(trials["design"]) == {"rct-parallel", "rct-crossover"}
    assert set(trials["study_id"]) <= set(evidence.results["study_id"])
    assert "park-2022" not in set(trials["study_id"]), "no result seen"


def test_a_number_that_was_not_seen_is_said_and_is_not_zero(who):
    direct = who.table("people").to_records()[0]
    record = who.to_frame().to_dict("records")[0]
    assert record["not_seen"] > 0
    programmes = "programme" if record["not_seen"] == 1 else "programmes"
    assert direct["People"] == (
        f"{record['people']:.0f}, and {record['not_seen']} {programmes} not seen"
    )


def test_the_answer_says_how_many_people_and_how_many_drafts(who, evidence):
    record = who.to_frame().to_dict("records")[0]
    said = who.summary()
    assert f"{record['people']:.0f} people with an anxiety disorder" in said
    drafts = sum(row["status"] == "draft" for row in read_rows(evidence.folder, "risk_of_bias"))
    assert f"{drafts} of {len(evidence.risk_of_bias)} judgements are drafts" in said
    assert who.answer().text == said


def test_refractory_and_comparators_have_a_word_for_every_word_of_the_vocabulary(evidence):
    studies = evidence.schema["studies"]
    assert set(REFRACTORY) == set(studies["refractory"].vocabulary)
    assert {*COMPARATORS, "none"} == set(studies["comparator"].vocabulary)


def test_refractory_adds_up_to_the_studies(who, primary):
    for record in who.table("refractory").to_records():
        rung = next(name for name, look in RUNGS.items() if look.words == record["Rung"])
        numbers = [int(value) for key, value in record.items() if key != "Rung"]
        assert sum(numbers) == sum(row["directness"] == rung for row in primary)


def test_countries_add_up_one_country_has_one_name_and_not_seen_is_last(who, primary):
    table = who.table("countries")
    for column, rung in enumerate(("direct", "related", "indirect"), start=1):
        assert sum(int(str(row[column])) for row in table.rows) == sum(
            row["directness"] == rung for row in primary
        )
    names = [str(row[0]) for row in table.rows]
    assert "USA" not in names
    assert names[-1] == "not seen"


def test_comparators_add_up_to_the_judged_trials(who, evidence):
    rows = [list(map(str, row)) for row in who.table("comparators").rows]
    trials = {row["study_id"] for row in read_rows(evidence.folder, "risk_of_bias")}
    assert sum(int(row[1]) for row in rows) == len(trials)
    for row in rows:
        assert int(row[1]) == sum(map(int, row[2:]))


def test_funding_is_folded_and_says_for_how_many_it_was_seen(who, primary):
    table = who.table("funding")
    known = [row["label"] for row in primary if row["funding"]]
    assert [str(row[0]) for row in table.rows] == known
    assert table.folded == f"Who paid was seen for {len(known)} of {len(primary)} studies"


def test_a_group_with_a_result_is_named_as_studied(who):
    before = who.answer("left-out").text
    assert "children or adolescents" in before, "the one adolescent cohort has no result"
    assert "Named with a result" not in before
    studies = who.studies.copy()
    studies.loc[studies["study_id"] == "lane-2018", "population"] = "adolescents with anxiety"
    said = replace(who, studies=studies).answer("left-out").text
    assert said.count("children or adolescents") == 1
    assert "Named with a result: children or adolescents." in said
