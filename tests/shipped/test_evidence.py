"""Tests of the evidence itself: what every row must keep to, whatever is added."""

import re

import pandas as pd
import pytest

READ_SOMEWHERE = ["studies", "arms", "results", "timing", "side_effects", "statements"]
LINKED = ["results", "timing", "side_effects", "statements"]
READ_SOMEWHERE += ["risk_of_bias"]


@pytest.fixture(params=READ_SOMEWHERE)
def sourced(request, evidence) -> pd.DataFrame:
    """Each table whose rows were read somewhere, with the source of each row as `source`."""
    frame = evidence.table(request.param)
    if "study_id" not in frame:
        return frame.assign(source=frame["reference"])
    of_study = evidence.studies.set_index("study_id")["reference"]
    own = frame["reference"] if request.param != "studies" else pd.Series(pd.NA, frame.index)
    return frame.assign(source=own.fillna(frame["study_id"].map(of_study)))


def test_no_table_is_empty(evidence):
    assert [name for name in evidence.schema.tables if evidence.table(name).empty] == []
    assert {claim.headline for claim in evidence.claims} == {True, False}


def test_every_key_is_unique_and_every_link_leads_to_a_row(evidence):
    for table in evidence.schema.tables.values():
        frame = evidence.table(table.name)
        twice = frame[frame.duplicated(list(table.primary_key))]
        assert twice.index.tolist() == [], f"{table.path}: an id twice"
        for key in table.foreign_keys:
            known = set(evidence.table(key.table)[key.target])
            lost = set(frame[key.column].dropna()) - known
            assert lost == set(), f"{table.path}, {key.column}: not in {key.table}.csv"


def test_every_source_of_a_row_is_in_the_bibliography(evidence, sourced):
    assert set(sourced["source"].dropna()) - set(evidence.references) == set()


def test_further_sources_of_a_study_are_in_the_bibliography(evidence):
    others = evidence.studies["other_references"].dropna().str.split(r";\s*", regex=True).explode()
    assert set(others) - set(evidence.references) == set()


def test_the_page_with_the_claims_is_in_the_bibliography(evidence):
    assert evidence.claims_source in evidence.references


def test_every_row_says_how_and_where_it_was_seen(sourced):
    assert sourced["source_level"].notna().all()
    assert sourced["locator"].notna().all()


def test_every_row_has_a_link_or_a_source_that_can_be_found(evidence, sourced):
    """By its link, the pages of its journal, or a note that says what was seen of it."""
    found = {
        key
        for key, reference in evidence.references.items()
        if reference.link or reference.pages or reference.note
    }
    assert set(sourced.loc[sourced["url"].isna(), "source"]) - found == set()


def test_every_word_stands_in_its_vocabulary(evidence):
    for table in evidence.schema.tables.values():
        for field in table.fields:
            if field.vocabulary:
                words = set(evidence.table(table.name)[field.name].dropna())
                assert words <= set(field.vocabulary), f"{table.path}, {field.name}"


def test_every_word_of_a_vocabulary_is_used_or_marked_reserved(evidence):
    for table in evidence.schema.tables.values():
        for field in table.fields:
            used = set(evidence.table(table.name)[field.name].dropna())
            unused = {
                word
                for word, label in field.vocabulary.items()
                if word not in used and not label.startswith("(reserved)")
            }
            assert unused == set(), f"{table.path}, {field.name}"


def test_every_word_of_a_vocabulary_is_explained(evidence):
    for table in evidence.schema.tables.values():
        for field in table.fields:
            dumb = [word for word, label in field.vocabulary.items() if not label]
            assert dumb == [], f"{table.path}, {field.name}"


def test_the_dictionary_describes_the_columns_that_are_there(evidence):
    for table in evidence.schema.tables.values():
        text = (evidence.folder / table.path).read_text(encoding="utf-8")
        assert text.split("\n", 1)[0].split(",") == table.columns, table.path


def test_the_dictionary_describes_the_tables_that_are_there(evidence):
    files = {path.name for path in evidence.folder.glob("*.csv")}
    assert files == {table.path for table in evidence.schema.tables.values()}


def test_every_field_has_a_description_and_every_number_a_unit(evidence):
    for table in evidence.schema.tables.values():
        assert table.description, table.path
        for field in table.fields:
            assert field.title, f"{table.path}, {field.name}"
            assert field.description.endswith("."), f"{table.path}, {field.name}"
            if field.type in ("number", "integer"):
                assert field.unit, f"{table.path}, {field.name}"


def test_rows_are_sorted_by_id_so_that_a_diff_shows_only_what_changed(evidence):
    for table in evidence.schema.tables.values():
        keys = evidence.table(table.name)[list(table.primary_key)]
        ordered = keys.sort_values(list(table.primary_key), kind="stable")
        assert keys.index.tolist() == ordered.index.tolist(), table.path


def test_arms_and_rows_belong_to_the_study_that_they_name(evidence):
    study_of_arm = evidence.arms.set_index("arm_id")["study_id"]
    for name in ("results", "timing", "side_effects"):
        frame = evidence.table(name).dropna(subset=["arm_id"])
        strangers = frame[frame["arm_id"].map(study_of_arm) != frame["study_id"]]
        assert strangers.index.tolist() == [], name


@pytest.fixture
def decisive(evidence) -> pd.DataFrame:
    """Links that support or contradict a claim."""
    links = evidence.claim_links
    return links[links["relation"].isin(["supports", "contradicts"])]


def test_every_claim_has_links_and_every_link_a_claim(evidence):
    known = {claim.claim_id for claim in evidence.claims}
    assert set(evidence.claim_links["claim_id"]) == known | {"none"}


def test_every_statement_is_linked_or_marked_as_bearing_on_no_claim(evidence):
    links = evidence.claim_links[evidence.claim_links["table"] == "statements"]
    assert set(links["row_id"]) == set(evidence.statements["statement_id"])
    marked = set(links["row_id"][links["claim_id"] == "none"])
    assert marked & set(links["row_id"][links["claim_id"] != "none"]) == set()


@pytest.mark.parametrize("table", LINKED)
def test_every_linked_row_stands_in_its_table(evidence, table):
    key = evidence.schema[table].primary_key[0]
    linked = evidence.claim_links["row_id"][evidence.claim_links["table"] == table]
    assert set(linked) - set(evidence.table(table)[key]) == set()
    assert len(linked) > 0


def test_depression_and_suicidality_decide_no_claim_about_anxiety(evidence, decisive):
    results = evidence.results[evidence.results["construct"].isin(["depression", "suicidality"])]
    timing = evidence.timing[evidence.timing["effect"].isin(["depression", "suicidality"])]
    of_mood = {*results["result_id"], *timing["timing_id"]}
    assert set(decisive["row_id"]) & of_mood == set()
    assert set(evidence.claim_links["row_id"]) & of_mood != set()


@pytest.mark.parametrize("table", ["results", "timing", "side_effects"])
def test_rows_read_second_hand_or_in_a_retracted_source_decide_no_claim(evidence, table, decisive):
    key = evidence.schema[table].primary_key[0]
    frame = evidence.table(table)
    of_study = evidence.studies.set_index("study_id")["reference"]
    source = frame["reference"].fillna(frame["study_id"].map(of_study))
    retracted = {key for key, entry in evidence.references.items() if entry.status == "retracted"}
    barred = frame[key][(frame["source_level"] == "secondary") | source.isin(retracted)]
    assert set(decisive["row_id"]) & set(barred) == set()


def test_a_number_in_a_reason_stands_in_the_row(evidence):
    for table in LINKED:
        key = evidence.schema[table].primary_key[0]
        facts = evidence.text[table].set_index(key)
        facts = facts.drop(columns=["url", "read_at", "reference"])
        cells = facts.agg(" ".join, axis=1)
        links = evidence.claim_links[evidence.claim_links["table"] == table]
        for row, reason in zip(links["row_id"], links["reason"], strict=True):
            numbers = set(re.findall(r"\d+(?:\.\d+)?", reason))
            assert numbers <= set(re.findall(r"\d+(?:\.\d+)?", cells[row])), f"{row}: {reason}"


def test_the_longest_infusion_of_the_rules_is_the_longest_in_the_arms(evidence):
    longest = evidence.rules.clock.longest_infusion_minutes
    assert longest == evidence.arms["infusion_minutes"].max()
