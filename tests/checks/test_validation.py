"""Validation as a whole: the shipped evidence, acceptances, unreadable files, the catalogue."""

from __future__ import annotations

import ast
import re
import time
from dataclasses import replace

import pandas as pd
import pytest

from evidence_tools.base.findings import ValidationReport
from evidence_tools.checks import validate, validate_folder
from evidence_tools.checks.catalogue import rules_markdown
from evidence_tools.checks.registry import RULES
from spoiling import delete_rows, edit_field, edit_text, pick, set_cell

EARLY = {slug: rule for slug, rule in RULES.items() if not rule.late}
READERS = ["form.py", "loading.py", "bibliography.py", "claims_file.py"]
OTHER_WORDS_WITH_HYPHENS = {
    "constraint-error",
    "foreign-key",
    "incollection",
    "more-than-control",
    "primary-key",
    "side-effect-time",
    "type-error",
    "utf-8",
}
ONE_WORD = {"tab"}
TWO_TRIALS = ["ames-2025", "dale-2020"]


@pytest.fixture(scope="module")
def report(evidence) -> ValidationReport:
    return validate(evidence)


def test_the_made_up_world_has_no_errors(report):
    assert [finding.message for finding in report.errors] == []
    assert report.ok


def test_folder_and_loaded_evidence_give_the_same_findings(report, world_folder):
    assert validate_folder(world_folder).findings == report.findings


def test_accepted_findings_show_as_notes_with_their_reason(report, evidence):
    shown = {(f.rule, f.row_id, f.column): f for f in report.notes}
    for row in evidence.accepted.itertuples():
        note = shown[(row.rule, row.row_id, row.column)]
        assert note.hint == f"Accepted: {row.reason}"
        assert RULES[row.rule].severity == "error"
    assert [f for f in report.notes if f.rule == "unused-acceptance"] == []


def test_no_acceptance_is_called_idle_while_a_file_cannot_be_read(folder):
    edit_text(folder, "rules.yml", "largest_standardised_effect", "largest_effect")
    assert "unused-acceptance" not in {f.rule for f in validate_folder(folder).findings}


def test_an_acceptance_lapses_when_the_value_changes(folder):
    accepted = pick(folder, "accepted", lambda row: row["rule"] == "smd-implausibly-large")
    set_cell(folder, "results", accepted["row_id"], "estimate", "3.08")
    found = validate_folder(folder)
    assert [(f.rule, f.row_id, f.value) for f in found.errors] == [
        ("smd-implausibly-large", accepted["row_id"], "3.08")
    ]
    assert [f.row_id for f in found.notes if f.rule == "unused-acceptance"] == [
        f"smd-implausibly-large {accepted['row_id']}"
    ]


@pytest.mark.parametrize("name", ["results.csv", "studies.csv", "arms.csv", "references.bib"])
def test_an_unreadable_file_is_one_finding_and_no_flood(folder, name):
    (folder / name).write_bytes(b"")
    found = validate_folder(folder)
    assert [(f.rule, f.file) for f in found.errors] == [("empty-file", name)]
    assert found.unreadable == {name}


def test_an_entry_that_is_lost_is_reported_once_for_all_rows_that_name_it(folder):
    edit_text(folder, "references.bib", "\n}\n", "\n", after="{ford2021,")
    lost = [f for f in validate_folder(folder).errors if f.rule == "unknown-reference"]
    assert len(lost) == 1
    assert "more rows" in lost[0].message


def test_a_study_that_is_lost_breaks_links_but_not_the_validation(folder):
    delete_rows(folder, "studies", lambda row: row["study_id"] == "ford-2021")
    assert "broken-link" in {f.rule for f in validate_folder(folder).errors}


@pytest.mark.parametrize("table", ["results", "side_effects"])
def test_a_table_with_a_header_and_no_rows_breaks_no_rule(evidence, table):
    text = {**evidence.text, table: evidence.text[table].head(0)}
    empty = replace(evidence, text=text, **{table: evidence.table(table).head(0)})
    for slug, rule in EARLY.items():
        assert all(finding.file != f"{table}.csv" for finding in rule.findings(empty)), slug


CELLS = {
    "percent-disagrees-with-events": ("side_effects", "events", "n", "percent"),
    "p-and-interval-disagree": ("results", "p_value", "ci_low", "ci_high"),
    "se-and-interval-disagree": ("results", "se", "n", "estimate", "ci_low", "ci_high"),
}
MAY_DIFFER = {
    "percent-disagrees-with-events": {
        True: ["17 40 42.5", "17 40 42", "17 40 43", "1 3 33.3", "1 3 33", "6 50 12", "0 50 0"],
        False: ["17 40 42.4", "1 3 33.4"],
    },
    "p-and-interval-disagree": {
        True: ["0.04 0.1 2", "0.05 0.1 2", "0.05 -0.1 2", "0.06 0 2", "0.04 0 2"],
        False: ["0.06 0.01 2", "0.04 -0.3 2"],
    },
    "se-and-interval-disagree": {  # the interval of a small sample may be wider
        True: ["1 200 0 -1.96 1.96", "0.8 10 0 -1.96 1.96", "0.65 - 0 -1.96 1.96"],
        False: ["0.8 200 0 -1.96 1.96", "0.4 - 0 -1.96 1.96", "1.3 10 0 -1.96 1.96"],
    },
}


@pytest.mark.parametrize(
    ("slug", "cells", "fits"),
    [
        (slug, cells, fits)
        for slug, sides in MAY_DIFFER.items()
        for fits, rows in sides.items()
        for cells in rows
    ],
)
def test_printed_numbers_may_differ_by_their_rounding_only(evidence, slug, cells, fits):
    table, *columns = CELLS[slug]
    values = ["" if cell == "-" else cell for cell in cells.split()]
    more = {"measure": "mean-difference", "ci_level": "95"} if table == "results" else {}
    changed = spoilt(evidence, table, **dict(zip(columns, values, strict=True)), **more)
    found = [finding.line - 2 for finding in RULES[slug].findings(changed)]
    assert (0 not in found) is fits


def test_the_standard_error_of_a_ratio_is_on_the_log_scale(evidence):
    values = {"measure": "odds-ratio", "ci_level": "95", "ci_low": "1", "ci_high": "4", "n": "300"}
    rule = RULES["se-and-interval-disagree"]
    assert not list(rule.findings(spoilt(evidence, "results", se="0.354", **values)))
    assert list(rule.findings(spoilt(evidence, "results", se="0.765", **values)))


def spoilt(evidence, table, **cells):
    """The evidence with cells of the first row of a table changed, in memory."""
    printed, typed = evidence.text[table].copy(), evidence.table(table).copy()
    for column, value in cells.items():
        printed.loc[0, column] = value
        number = evidence.schema[table][column].type in ("number", "integer")
        typed.loc[0, column] = (float(value) if value else pd.NA) if number else value
    return replace(evidence, text={**evidence.text, table: printed}, **{table: typed})


def test_studies_of_one_programme_may_share_a_registration(evidence):
    group = evidence.studies.programme == "reed-anxiety"
    for members, found in ((group, 0), (evidence.studies.study_id.isin(TWO_TRIALS), 1)):
        studies = evidence.studies.assign(registration=None)
        studies.loc[members, "registration"] = "NCT02000002"
        shared = replace(evidence, studies=studies.astype(evidence.studies.dtypes.to_dict()))
        assert len(list(RULES["shared-registration"].findings(shared))) == found


def test_a_status_needs_date_and_link(folder):
    edit_field(folder, "void2025", "status_date", "")
    edit_field(folder, "void2025", "status_url", "")
    found = validate_folder(folder).errors
    assert [(f.rule, f.column) for f in found] == [
        ("status-without-date-and-link", "status_date"),
        ("status-without-date-and-link", "status_url"),
    ]


def test_every_rule_says_why_it_matters():
    for slug, rule in RULES.items():
        assert len(rule.why.split()) > 5, slug
        assert rule.why.rstrip().endswith("."), slug


def test_words_in_the_thresholds_are_words_of_the_vocabularies(evidence):
    rules, schema = evidence.rules.validation, evidence.schema
    measures = {*rules.null_value, *rules.standardised_measures, *rules.measures_in_words}
    designs = {*rules.controlled_designs, *rules.one_arm_each_designs, *rules.review_designs}
    events = {*rules.events_of_loss, *rules.events_of_side_effects}
    assert measures <= set(schema["results"]["measure"].vocabulary)
    assert designs <= set(schema["studies"]["design"].vocabulary)
    assert events <= set(schema["timing"]["event"].vocabulary)


def test_the_domain_rules_take_half_a_second(evidence):
    start = time.process_time()
    for rule in EARLY.values():
        list(rule.findings(evidence))
    assert time.process_time() - start < 0.5


def slugs_in_the_source(root) -> set[str]:
    """Every word with a hyphen that a reader or a check of structure has as a string."""
    package = root / "src" / "evidence_tools"
    files = [package / "evidence" / name for name in READERS]
    files += [package / "checks" / name for name in ("structure.py", "__init__.py")]
    words = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
    return {w for w in words if re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", w) or w in ONE_WORD}


def test_every_rule_made_while_reading_is_in_the_catalogue(root):
    made = slugs_in_the_source(root) - OTHER_WORDS_WITH_HYPHENS
    assert made - set(RULES) == set()
    stated = {slug for slug, rule in RULES.items() if rule.check is None and not rule.late}
    assert stated - made == set()


def test_the_page_of_the_rules_is_the_one_made_from_the_code(root):
    page = (root / "docs" / "validation-rules.md").read_text(encoding="utf-8")
    assert page.startswith(rules_markdown()), "run `evidence docs` and commit what it writes"
    assert [slug for slug in RULES if f"| `{slug}` |" not in page] == []
