"""One id: what carries it, its source first, and all that hangs on it."""

import json
from functools import partial

import pytest

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.command_line.lookup import look_up
from spoiling import read_rows


@pytest.fixture
def read(world_folder):
    """The rows of a table as they stand in its file."""
    return partial(read_rows, world_folder)


def only(evidence, wanted):
    (match,) = look_up(evidence, wanted)
    return match


def test_a_study_has_its_source_first_and_everything_that_hangs_on_it(evidence, read):
    match = only(evidence, "lane-2018")
    assert (match.kind, match.id, match.status) == ("study", "lane-2018", "")
    assert list(match.source)[:2] == ["link", "place"]
    assert match.source["link"] == "https://example.org/lane2018"
    assert match.source["reference"] == "lane2018"
    assert [len(match.related[name]) for name in ("arms", "results", "timing")] == [2, 4, 3]
    for study in ("lane-2018", "reed-2017", "park-2022"):
        related = only(evidence, study).related
        for table in ("arms", "results", "timing", "side_effects"):
            rows = [row for row in read(table) if row["study_id"] == study]
            assert len(related.get(table, [])) == len(rows), table


def test_a_review_names_the_trials_that_it_contains_and_a_trial_its_reviews(evidence, read):
    pair = read("contains")[0]
    review, trial = only(evidence, pair["review"]), only(evidence, pair["study"])
    assert pair["study"] in [row["study"] for row in review.related["contains"]]
    assert pair["review"] in [row["review"] for row in trial.related["contained in"]]


def test_cells_are_as_they_stand_in_the_file_and_empty_ones_are_left_out(evidence, read):
    row = next(row for row in read("results") if row["ci_low"] and "." in row["estimate"])
    facts = only(evidence, row["result_id"]).facts
    own = {k: v for k, v in row.items() if v and k in facts}
    assert {"result_id", "study_id", "estimate", "ci_low"} <= set(own)
    assert set(facts) == set(own)
    assert "" not in facts.values()
    for name, value in facts.items():
        assert value == (own[name] if isinstance(value, str) else float(own[name]))
    arm = only(evidence, "lane-2018/ketamine").facts
    assert (arm["infusion_minutes"], arm["dose"]) == (40, 0.5)
    assert isinstance(arm["infusion_minutes"], int), "whole numbers have no decimal point"


def test_the_place_of_a_row_wins_over_that_of_its_study_which_stands_in_for_it(evidence, read):
    row = next(row for row in read("timing") if row["reference"] == "lanefollowup")
    source = only(evidence, row["timing_id"]).source
    assert source["link"] == row["url"]
    assert source["place"] == row["locator"]
    assert source["reference"] == "lanefollowup"
    row = next(row for row in read("arms") if not row.get("reference"))
    (study,) = [one for one in read("studies") if one["study_id"] == row["study_id"]]
    assert only(evidence, row["arm_id"]).source["reference"] == study["reference"]


@pytest.mark.parametrize("wanted", ["void-2025", "void2025", "void-2025/t01"])
def test_a_retracted_source_is_named_wherever_it_appears(evidence, wanted):
    assert only(evidence, wanted).status.startswith("RETRACTED 2026-03-31: ")
    assert only(evidence, wanted).status.endswith("https://example.org/withdrawn")


def test_a_claim_says_its_verdict_and_what_would_settle_it(evidence, read):
    match = only(evidence, "onset-one-hour")
    wanted = [row for row in read("wanted") if "onset-one-hour" in row["claim_ids"].split(";")]
    (recorded,) = [row for row in read("verdicts") if row["claim_id"] == "onset-one-hour"]
    for name in ("verdict", "status", "reason", "would_change"):
        assert match.facts[name] == recorded[name]
    assert match.facts["proposed_verdict"]
    assert len(match.related["wanted"]) == len(wanted) > 0
    assert match.source["place"] == "A heading"
    assert match.source["reference"] == evidence.claims_source
    assert "" not in match.source.values()


def test_a_claim_has_its_links_by_relation_and_what_contradicts_it_comes_first(evidence, read):
    related = only(evidence, "relief-up-to-one-week").related
    links = [row for row in read("claim_links") if row["claim_id"] == "relief-up-to-one-week"]
    asked = [name for name in related if name.startswith("asked whether")]
    assert list(related)[: len(asked) + 2] == [*asked, "contradicts", "supports"]
    for relation in {row["relation"] for row in links}:
        named = [row["row_id"] for row in links if row["relation"] == relation]
        assert [row["row_id"] for row in related[relation]] == named


def test_a_row_names_the_claims_it_bears_on(evidence, read):
    links = [row for row in read("claim_links") if row["row_id"] == "lane-2018/r02"]
    (own,) = [m for m in look_up(evidence, "lane-2018/r02") if m.kind == "results"]
    keys = ("claim_id", "relation", "reason")
    assert own.related["claims"] == [{key: row[key] for key in keys} for row in links]
    assert len(links) > 0


def test_a_reference_names_the_rows_that_were_read_in_it(evidence, read):
    related = only(evidence, "lane2018").related
    assert [row["study_id"] for row in related["studies"]] == ["lane-2018"]
    statements = [row for row in read("statements") if row["reference"] == "lane2018"]
    assert len(related.get("statements", [])) == len(statements)


def test_a_preferred_term_and_an_instrument_name_the_rows_that_use_them(evidence, read):
    term, instrument = look_up(evidence, "systolic-blood-pressure")
    rows = [r for r in read("side_effect_row_terms") if r["term"] == "systolic-blood-pressure"]
    results = [r for r in read("results") if r["instrument_id"] == "systolic-blood-pressure"]
    assert len(term.related.get("side_effects", [])) == len(rows)
    assert len(instrument.related.get("results", [])) == len(results)
    assert len(rows) + len(results) > 0
    row = read("side_effect_row_terms")[0]
    terms = only(evidence, row["side_effect_id"]).related["terms"]
    assert row["term"] in [entry["term"] for entry in terms]


@pytest.mark.parametrize("wanted", ["lane-2018", "onset-hours", "void2025", "w001"])
def test_a_match_is_data_for_json(evidence, wanted):
    data = [match.to_dict() for match in look_up(evidence, wanted)]
    assert json.loads(json.dumps(data, allow_nan=False))[0]["id"] == wanted


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("lane-208", "lane-2018"),
        ("lane2018socal", "lane2018"),
        ("onset-one-our", "onset-one-hour"),
        ("spraylabl", "spraylabel"),
        ("", ""),
        ("§§§§§§§§", ""),
    ],
)
def test_an_unknown_id_names_the_nearest_and_one_like_no_other_none(evidence, wanted, near):
    said = f"found '{wanted}'.*Did you mean .*{near}" if near else "Try a study id"
    with pytest.raises(UnknownTermError, match=said):
        look_up(evidence, wanted)
