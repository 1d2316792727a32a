"""How common side effects are, for readers: sentences, tables, figures and the command line."""

import json
import re

import pytest

import evidence_tools as et
from evidence_tools.display.style import HARM_RUNGS
from evidence_tools.questions.side_effect_counts.tables import harm_records, harms_table
from evidence_tools.questions.side_effect_counts.words import per_hundred
from made.side_effects import SPRAY, made

RUNG = HARM_RUNGS["racemic-infusion"]


@pytest.fixture(scope="module")
def shipped(evidence):
    return et.side_effect_frequency(evidence)


def counts(study, events, n, term="headache", **facts):
    return {"arm_id": f"{study}/ketamine", "term": term, "events": events, "n": n} | facts


@pytest.fixture(scope="module")
def small(evidence):
    """A trial of infusions against placebo, and one of the spray without a control."""
    rows = [
        counts("one", 40, 100),
        counts("one", 10, 100) | {"arm_id": "one/placebo"},
        counts("one", 50, 100, "fatigue"),
        counts("one", 0, 100, "nausea"),
        counts("one", 0, 100, "nausea") | {"arm_id": "one/placebo"},
        counts("one", 2, 100, "did-not-complete"),
        counts("one", 4, 100, "headache", qualifier="lasting-over-24-h"),
        counts("two", 30, 60),
        counts("two", None, 60, "serious-adverse-event", measure="qualitative", serious="yes"),
    ]
    return et.side_effect_frequency(made(evidence, rows, arms={"two/ketamine": SPRAY}))


# Sentences


def test_the_answer_tells_the_named_the_control_and_the_unnamed(small):
    words = small.summary()
    assert f"with {RUNG}: headache 40 (30 to 50; 1 study of 100 people)" in words
    assert re.search(r"Not counted in any study: .*dizziness", words)
    more = f"More often than under placebo or saline in the same trials: headache ({RUNG});"
    assert more in words
    assert f"at least as common: with {RUNG}, fatigue 50." in words
    assert small.answer().text.split("\n\n") == words.split("\n")
    assert f"not shown to be more often: nausea ({RUNG});" in words
    never = re.search(r"never counted beside placebo or saline: (.*?)\.", words)[1]
    assert never == "dizziness, a faster heart rate"


def test_per_hundred_the_number_needed_stands_beside_the_risk_of_the_controls(small):
    text = small.answer("per-hundred").text
    assert f"Of 100 people given {RUNG}, about 40 had headache at any time (30 to 50; " in text
    assert (
        "40 of 100 people, 1 study); of 100 given placebo or saline in the same trials, 10" in text
    )
    assert (
        "+30 (+19 to +41) per 100: at that risk of the controls, one more for about every 3" in text
    )
    assert "no placebo or other control that counts stood beside them" in text


def test_every_sentence_with_a_number_needed_has_a_control(shipped):
    lines = shipped.answer("per-hundred").text.split("\n")
    needed = [line for line in lines if "one more for about every" in line]
    assert needed
    assert all("in the same trials" in line for line in needed)


def test_what_cannot_be_estimated_is_said(evidence):
    rows = [counts("one", 0, 10), counts("two", 10, 10)]
    found = et.harm_frequencies(made(evidence, rows))
    assert "cannot be estimated" in per_hundred(found.frequencies[0], None)


def test_how_people_were_asked_counts_every_included_row(shipped):
    text = shipped.answer("how-asked").text
    ways = shipped.found.incidences.included["elicitation"].value_counts()
    assert f"Of {ways.sum()} rows that count people" in text
    assert f"and {ways['not-stated']} do not say" in text


# Tables


def columns(table, *names):
    return [tuple(record[name] for name in names) for record in table.to_records()]


def test_the_table_of_the_named_effects_has_one_line_per_study_and_group(small):
    shown = columns(small.table("named"), "Study", "Counted", "With the effect")
    assert ("one", "at any time", "40 of 100") in shown
    assert ("one", "at any time", "10 of 100") in shown
    assert ("one", "lasting more than a day", "4 of 100") in shown
    assert ("two", "at any time", "30 of 60") in shown
    assert "fatigue" not in str(small.table("named")).lower()


def test_none_among_many_shows_what_remains_possible(small):
    shown = columns(small.table("all"), "Side effect", "Among", "Percent (95% interval)")
    assert ("Nausea", RUNG, "none; up to 3% possible") in shown


def test_serious_events_and_stopping_are_in_a_table_of_their_own(small):
    apart = columns(small.table("serious-and-stopping"), "Side effect", "People")
    assert apart == [("Did not complete", "2 of 100")]
    everything = {name for (name,) in columns(small.table("all"), "Side effect")}
    assert everything == {"Headache", "Nausea", "Fatigue"}
    (left,) = small.table("left-out").to_records()
    assert left["Why not counted"] == "a finding in words"


def test_contrasts_show_difference_ratio_and_number_needed(small):
    row, nobody = small.table("against-control").to_records()
    assert nobody["Ratio (95% interval)"] == "none in one arm: no ratio"
    assert nobody["One more for every"] == "not shown to be more often"
    assert row["Control"] == "placebo or saline: 10 of 100 (10%)"
    assert row["More per 100 (95% interval)"] == "+30 (+19 to +41)"
    assert row["Ratio (95% interval)"].startswith("4.00 (")
    assert row["One more for every"] == "3 (2 to 5) treated, where 10% have it without"


def test_every_row_is_in_the_table_of_reasons(evidence, shipped):
    numbers = [int(count) for (count,) in columns(shipped.table("reasons"), "Rows")]
    assert sum(numbers) == len(evidence.side_effects)


def test_dissociation_is_told_by_definition_and_by_dose(shipped):
    counted = columns(shipped.table("definitions"), "Dissociation counted")
    assert {("at any time",), ("by a rating scale",)} <= set(counted)
    people = {words for (words,) in columns(shipped.table("named"), "People")}
    assert not people & {"mdd", "trd", ""}
    assert {kind for (kind,) in columns(shipped.table("sizes"), "Kind of mean")} == {
        *("mean change", "mean of the largest rises")
    }
    assert ("40 min, after infusion start",) in columns(shipped.table("sizes"), "When")
    doses = shipped.table("by-dose").to_records()
    assert {row["In our pool?"] == "yes" for row in doses} == {True, False}
    ratings = columns(shipped.table("ratings"), "Study", "CADSS", "When")
    assert ("reed-2017", "20 CADSS", "1 wk, after first dose") in ratings


def test_empty_evidence_is_told_honestly(evidence):
    rows = [counts("one", 3, 30, source_level="secondary")]
    empty = et.side_effect_frequency(made(evidence, rows))
    assert empty.summary().startswith("Not counted in any study: headache, ")
    assert "No effect that the page leaves out" in empty.summary()
    assert empty.table("named").to_records() == []
    assert "nobody counted it" in [t.get_text() for t in empty.picture("named").axes.texts]
    assert empty.picture("named").alt.endswith("Nobody counted it.")


# Figures


def test_the_figure_has_a_pooled_row_below_several_studies(evidence):
    rows = [counts("one", 10, 40), counts("two", 20, 50)]
    picture = et.side_effect_frequency(made(evidence, rows)).picture("named")
    words = [text.get_text() for text in picture.axes.texts]
    assert words[1:] == [
        "Headache – ketamine infusion, at any time",
        "one: 10 of 40",
        "two: 20 of 50",
        "2 studies pooled: 30 of 90",
    ]


def test_the_alternative_text_tells_the_same_numbers(small):
    alt = small.picture("named").alt
    assert "one: 40 of 100 · 10 of 100: ketamine or esketamine 40% (30% to 50%)" in alt
    assert "placebo or saline 10% (5% to 18%)" in alt


# Records and the command line


def test_records_carry_both_groups_and_the_contrast(evidence):
    rows = [counts("one", 40, 100), counts("one", 10, 100) | {"arm_id": "one/placebo"}]
    treated, control = harm_records(made(evidence, rows))
    assert (treated["group"], treated["k"], treated["events"], treated["n"]) == (
        *("treated", 1),
        *(40, 100),
    )
    assert treated["risk_difference"] is None
    assert control["group"] == "inactive"
    assert control["risk_difference"] == pytest.approx(0.3)
    assert control["number_needed_to_harm"] == pytest.approx(1 / 0.3)
    assert control["side_effect_ids"] == ["made/s02"]


def test_the_table_of_the_command_line_names_route_and_comparator(evidence):
    rows = [counts("one", 40, 100), counts("one", 10, 100) | {"arm_id": "one/placebo"}]
    table = harms_table(made(evidence, rows), "headache")
    assert columns(table, "Among", "People") == [
        (RUNG, "40 of 100"),
        ("… placebo or saline", "10 of 100"),
    ]
    nobody = harms_table(made(evidence, rows), "nausea")
    assert repr(nobody) == "Nobody counted it among people treated."


def test_the_command_prints_one_effect_as_json_or_a_table(run):
    code, out, err = run("harms", "headache")
    assert (code, err) == (0, "")
    assert HARM_RUNGS["esketamine-spray"] in out
    code, out, err = run("harms", "Headache", "--json")
    assert (code, err) == (0, "")
    records = json.loads(out)
    assert {record["term"] for record in records} == {"headache"}
    assert {"rung", "group", "proportion", "risk_difference", "upper_if_none"} <= set(records[0])
