"""Every timing row has a place, and a row that loses its place is found."""

import csv

import pandas as pd
import pytest

import evidence_tools as et
from evidence_tools.site import places as timing_rows
from evidence_tools.site.places import COMPARATORS, OFF, PLACES, places_of_timing_rows


@pytest.fixture(scope="module")
def places(evidence):
    return places_of_timing_rows(evidence)


def test_every_row_of_the_file_stands_in_the_list_once(evidence, places):
    text = (evidence.folder / "timing.csv").read_text(encoding="utf-8").splitlines()
    assert list(places.rows["timing_id"]) == [row["timing_id"] for row in csv.DictReader(text)]


def test_none_is_lost_and_each_has_a_place_and_a_word_on_it(places):
    assert places.lost.empty
    assert set(places.rows["place"]) <= set(PLACES)
    assert (places.rows["shown"] != "").all()
    assert "none is lost" in places.summary()


def test_the_place_follows_the_event(places):
    by_event = places.rows.groupby("event")["place"].unique().map(set)
    assert by_event["relief-onset"] == {"onset of relief"}
    assert by_event["relief-last-seen"] == by_event["relief-lost"] == {"duration of relief"}
    assert by_event["side-effect-peak"] == {"timing of side effects"}
    assert by_event["infusion-duration"] == {OFF}
    assert by_event["drug-onset-other"] == {COMPARATORS, OFF}


def test_plasma_levels_are_no_onset_of_another_drug(places):
    other = places.rows[places.rows["event"] == "drug-onset-other"]
    plasma = other["effect"].str.contains("plasma")
    assert (other.loc[plasma, "place"] == OFF).all()
    assert (other.loc[~plasma, "place"] == COMPARATORS).all()


def test_a_row_that_an_answer_drops_is_found(evidence, monkeypatch):
    whole = et.onset_answer(evidence)
    dropped = whole.on_clock["timing_id"].iloc[0]
    part = timing_rows.onset_answer.__globals__["OnsetAnswer"](
        evidence=evidence,
        on_clock=whole.on_clock.iloc[1:],
        other_clocks=whole.other_clocks,
        background=whole.background,
        marks=whole.marks,
    )
    monkeypatch.setattr(timing_rows, "onset_answer", lambda evidence: part)
    places = places_of_timing_rows(evidence)
    assert list(places.lost["timing_id"]) == [dropped]
    assert "1 row is lost" in places.summary()
    assert sum(record["Used for"] == "LOST" for record in places.table().to_records()) == 1


def test_the_table_has_every_row_and_is_folded(evidence, places):
    table = places.table()
    assert len(table.rows) == len(evidence.timing)
    assert table.folded == f"Where each of the {len(evidence.timing)} time statements stands"
    assert all(all(str(cell) for cell in row) for row in table.rows)


def test_what_is_drawn_on_the_one_clock_is_marked(evidence, places):
    drawn = set(places.rows.loc[places.rows["one_clock"], "timing_id"])
    assert drawn == et.one_clock(evidence).timing_ids
    assert isinstance(places.to_frame(), pd.DataFrame)
