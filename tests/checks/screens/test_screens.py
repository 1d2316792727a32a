"""Tests of the integrity screens: one spoilt row per screen, rows that are right, the evidence."""

from dataclasses import replace

import pandas as pd
import pytest

import evidence_tools as et
from evidence_tools import checks
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.checks import check_path, validate
from evidence_tools.checks.catalogue import rules_markdown
from evidence_tools.checks.registry import RULES
from evidence_tools.checks.screens import SCREENS, screen
from evidence_tools.command_line.screening import (
    screen_records,
    screen_table,
    study_words,
)
from evidence_tools.evidence import loading
from made import made_evidence
from spoiling import edit_text

ONE, TWO = "lane-2018", "ford-2014"
"""Two primary studies of different programmes."""

ARM = "ford-2014/ketamine"


@pytest.fixture(scope="module")
def report(evidence):
    return screen(evidence)


def screened(evidence):
    return screen(evidence).findings


def with_rows(evidence, *, results=(), side_effects=()):
    """The evidence with these rows alone in two tables, the cells as printed."""
    text, typed = dict(evidence.text), {}
    for name, rows in (("results", results), ("side_effects", side_effects)):
        schema = evidence.schema[name]
        key = schema.primary_key[0]
        cells = [{key: f"{row['study_id']}/x{i}"} | row for i, row in enumerate(rows)]
        unknown = {column for row in cells for column in row} - set(schema.columns)
        assert unknown == set()
        empty = dict.fromkeys(schema.columns, "")
        whole = [empty | row for row in cells] or {column: [] for column in schema.columns}
        text[name] = pd.DataFrame(whole, columns=schema.columns, dtype="str")
        typed[name], unread = loading._typed(schema, text[name])
        assert unread == []
    return replace(evidence, text=text, **typed)


def result(measure="mean-difference", study_id=ONE, **cells):
    return {"study_id": study_id, "measure": measure} | cells


def mean(estimate, sd, n, decimals="2", instrument="ham-a"):
    return result(
        "mean", estimate=estimate, sd=sd, n=n, decimals=decimals, instrument_id=instrument
    )


def interval(estimate, low, high, p_text="", measure="mean-difference", level="95", **cells):
    ends = {"estimate": estimate, "ci_low": low, "ci_high": high, "ci_level": level}
    return result(measure, p_text=p_text, **ends, **cells)


def effect(study_id=TWO, unit="participants", measure="events", **cells):
    return {"study_id": study_id, "instrument_or_unit": unit, "measure": measure} | cells


# One spoilt row per screen, and the same row as it should be


RESULTS = [
    ("mean-impossible", "estimate", mean("5.27", "", "43"), mean("5.28", "", "43")),
    ("sd-impossible", "sd", mean("4.50", "2.51", "30"), mean("4.50", "2.53", "30")),
    (
        "p-against-statistic",
        "p_text",
        result("test-statistic", statistic="F(1, 198) = 5.52", p_text="P = .007"),
        result("test-statistic", statistic="F(1, 198) = 5.52", p_text="P = .020"),
    ),
    (
        "p-against-interval",
        "p_text",
        interval("-0.36", "-0.67", "-0.06", "p < 0.0001", "smd"),
        interval("-0.36", "-0.67", "-0.06", "p = 0.02", "smd"),
    ),
    (
        "interval-off-centre",
        "estimate",
        interval("15.74", "3.57", "29.91"),
        interval("15.74", "3.57", "27.91"),
    ),
    (
        "interval-off-centre",
        "estimate",
        interval("2.50", "1.00", "4.00", measure="odds-ratio"),
        interval("2.00", "1.00", "4.00", measure="odds-ratio"),
    ),
    (
        "se-against-sd",
        "se",
        result("mean", sd="8.0", se="1.0", n="16"),
        result("mean", sd="8.0", se="2.0", n="16"),
    ),
    (
        "percent-impossible",
        "percent",
        result("response", percent="27.0", n="12"),
        result("response", percent="25.0", n="12"),
    ),
]

SIDE_EFFECTS = [
    (
        "percent-impossible",
        "percent",
        effect(measure="percent", percent="56.4", n="203"),
        effect(measure="percent", percent="56.7", n="203"),
    ),
    (
        "people-exceed-arms",
        "n",
        effect(arm_id=ARM, events="3", n="500"),
        effect(arm_id=ARM, events="3", n="10"),
    ),
]

CASES = [("results", *case) for case in RESULTS]
CASES += [("side_effects", *case) for case in SIDE_EFFECTS]


@pytest.mark.parametrize(("table", "slug", "column", "wrong", "right"), CASES)
def test_a_spoilt_row_is_found_and_the_right_one_passes(
    evidence, table, slug, column, wrong, right
):
    found = screened(with_rows(evidence, **{table: [wrong]}))
    assert [(f.rule, f.column, f.severity) for f in found] == [
        (f"integrity-{slug}", column, "note")
    ]
    assert (found[0].file, found[0].line) == (f"{table}.csv", 2)
    assert found[0].value == wrong[column]
    assert found[0].allowed
    assert "source" in found[0].hint
    clean = screen(with_rows(evidence, **{table: [right]}))
    assert clean.findings == ()
    checked = clean.study(right["study_id"]).checked
    assert checked[f"integrity-{slug}"] == 1


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("results", [mean("22.93", "4.21", "20"), mean("22.93", "4.21", "20") | {"study_id": TWO}]),
        (
            "results",
            [
                result("test-statistic", statistic="F(6,2021)=0.50"),
                result("test-statistic", TWO, statistic="F=0.50, df 6/2021"),
            ],
        ),
        ("side_effects", [effect(ONE, events="112", n="300"), effect(TWO, events="112", n="300")]),
    ],
)
def test_the_same_numbers_in_two_programmes_are_found(evidence, table, rows):
    found = screened(with_rows(evidence, **{table: rows}))
    same = [f for f in found if f.rule == "integrity-same-numbers-in-two-studies"]
    assert [f.row_id for f in same] == [f"{TWO}/x1"]
    assert f"{ONE}/x0" in same[0].found
    twice = with_rows(evidence, **{table: [rows[0], rows[0]]})
    slugs = [f.rule for f in screened(twice)]
    assert "integrity-same-numbers-in-two-studies" not in slugs


def test_few_digits_in_common_are_a_coincidence(evidence):
    rows = [effect(ONE, events="12", n="113"), effect(TWO, events="12", n="113")]
    assert screened(with_rows(evidence, side_effects=rows)) == ()


def test_a_review_may_repeat_the_numbers_of_a_trial(evidence):
    review = evidence.studies[evidence.studies.programme.isna()].study_id.iloc[0]
    rows = [mean("22.93", "4.21", "20"), mean("22.93", "4.21", "20") | {"study_id": review}]
    found = screened(with_rows(evidence, results=rows))
    assert [f for f in found if f.rule == "integrity-same-numbers-in-two-studies"] == []


# What cannot be checked


UNCHECKABLE = {
    "decimals not recorded": mean("5.27", "2.51", "43", decimals=""),
    "no n": mean("5.27", "2.51", ""),
    "not in whole points": mean("5.27", "2.51", "43", instrument="vas-anxiety"),
    "n large for the decimals": mean("5.27", "", "143"),
    "statistic without degrees of freedom": result("test-statistic", statistic="F=4.58"),
    "statistic without p": result("test-statistic", statistic="t=-4.29, df=150"),
    "median": result("median-difference", estimate="0", ci_low="-1", ci_high="0", ci_level="95"),
    "percentage of large n": result("response", percent="27.1", n="1200"),
    "percent change is no share": result("percent-change", percent="27.1", n="12"),
    "words": result("qualitative", note="no difference"),
}


@pytest.mark.parametrize("name", UNCHECKABLE)
def test_what_cannot_be_checked_is_said_to_be_so(evidence, name):
    study = screen(with_rows(evidence, results=[UNCHECKABLE[name]])).study(ONE)
    assert (study.status, dict(study.checked), study.findings) == ("cannot be checked", {}, ())
    assert study.words.startswith("Cannot be checked")


def test_infusions_may_be_more_than_people(evidence):
    rows = [effect(unit="infusions", arm_id=ARM, events="3", n="500")]
    assert screened(with_rows(evidence, side_effects=rows)) == ()


def test_people_of_a_comparison_are_those_of_both_arms(evidence):
    """39 people can be compared in ford-2014, more than either arm has."""
    row = interval("1.0", "-1.0", "3.0", study_id=TWO, arm_id=ARM, n="39")
    control = evidence.arms[evidence.arms.arm_id == "ford-2014/midazolam"]
    assert len(control) == 1
    both = row | {"comparator_arm_id": "ford-2014/midazolam"}
    alone = {f.rule for f in screened(with_rows(evidence, results=[row]))}
    together = {f.rule for f in screened(with_rows(evidence, results=[both]))}
    assert "integrity-people-exceed-arms" in alone
    assert together == set()


def test_an_impossible_mean_is_not_said_twice(evidence):
    found = screened(with_rows(evidence, results=[mean("5.27", "2.51", "43")]))
    assert [f.rule for f in found] == ["integrity-mean-impossible"]


def test_what_validation_says_of_p_and_interval_is_not_said_again(evidence):
    row = interval("0.71", "-0.30", "1.70", measure="cohens-d", p_value="0.033")
    report = screen(with_rows(evidence, results=[row]))
    assert report.findings == ()
    assert [f.rule for f in report.study(ONE).findings] == ["p-and-interval-disagree"]


@pytest.mark.parametrize(("n", "fits"), [("", True), ("8", True), ("400", False)])
def test_p_of_a_small_sample_may_follow_t(evidence, n, fits):
    """Normal, the interval means p < 0.0001; with 3 to 6 degrees of freedom it is larger."""
    row = interval("4.0", "2.0", "6.0", "p = 0.003", n=n)
    assert (screened(with_rows(evidence, results=[row])) == ()) is fits


# A whole folder


def test_accepted_disagreements_count_as_concerns():
    row = {"arm_id": "a-2020/ketamine", "comparator_arm_id": "a-2020/saline", "p_value": 0.033}
    row |= {"measure": "cohens-d", "estimate": 0.71, "ci_low": -0.3, "ci_high": 1.7}
    accepted = {"rule": "p-and-interval-disagree", "row_id": "a-2020/r01", "column": "p_value"}
    made = made_evidence(results=[row | {"ci_level": 95}], accepted=[accepted | {"value": "0.033"}])
    assert validate(made).ok
    assert screen(made).study("a-2020").status == "some concern"
    assert screen(made).study("a-2020").rows == ("a-2020/r01",)


def test_every_study_has_a_status(evidence, report):
    assert [s.study_id for s in report.studies] == evidence.studies.study_id.tolist()
    for study in report.studies:
        assert (study.status == "some concern") is bool(study.findings)
        assert (study.status == "cannot be checked") is (not study.checked)
        assert study.words.startswith(study.status.capitalize())


# The report


def test_the_summary_counts_every_study(report):
    first, second = report.summary().split("\n")
    numbers = [int(word) for word in first.replace(":", "").split() if word.isdigit()]
    assert numbers[0] == sum(numbers[1:]) == len(report.studies)
    assert "no judgement" in second


def test_an_unknown_study_is_named_with_the_nearest(report):
    with pytest.raises(UnknownTermError, match="void-2025"):
        report.study("viod-2025")


def test_one_study_in_words(evidence):
    rows = [interval("15.74", "3.57", "29.91"), interval("15.74", "3.57", "27.91")]
    words = study_words(screen(with_rows(evidence, results=rows)).study(ONE)).split("\n")
    assert words[0].startswith(f"{ONE} (")
    assert sum(line.startswith("  ! integrity-") for line in words) == 1
    assert "  integrity-interval-off-centre: 2 looked at" in words


def test_the_table_puts_concerns_first(report):
    statuses = [row[1] for row in screen_table(report).rows]
    assert statuses[0] == "some concern"
    assert statuses[-1] == "cannot be checked"
    assert len(statuses) == len(report.studies)


def test_records_have_the_documented_keys(report, root):
    documented = (root / "docs" / "json.md").read_text(encoding="utf-8")
    section = documented.split("## `evidence screen")[1].split("\n## ")[0]
    for record in screen_records(report.studies):
        assert all(f"`{key}`" in section for key in record)
        for finding in record["findings"]:
            assert list(finding) == ["rule", "row_id", "column", "message"]


def test_every_screen_says_why_it_matters():
    assert et.screen is screen
    page = rules_markdown()
    for slug in SCREENS:
        assert len(RULES[slug].why.split()) > 10, slug
        assert RULES[slug].why.rstrip().endswith("."), slug
        assert f"| `{slug}` | note |" in page


# Validation with the further checks


def test_validation_of_a_folder_adds_the_screens(folder, report):
    with_screens, without = check_path(folder), checks.validate_folder(folder)
    assert with_screens.ok
    assert set(with_screens.findings) - set(without.findings) == set(report.findings)


def test_one_file_and_an_unreadable_folder_are_not_screened(folder):
    one = check_path(folder / "results.csv").findings
    assert [f for f in one if f.rule in SCREENS] == []
    (folder / "arms.csv").write_text("", encoding="utf-8")
    assert [f for f in check_path(folder).findings if f.rule in SCREENS] == []


def test_a_lost_section_of_thresholds_is_one_finding(folder):
    edit_text(folder, "rules.yml", "\nintegrity:", "\nintegrities:")
    assert [f.rule for f in check_path(folder).errors] == ["threshold-malformed"]
