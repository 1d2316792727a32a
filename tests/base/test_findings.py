import dataclasses

import pytest

from evidence_tools.base.findings import Finding, ValidationReport

UNIT = Finding(
    rule="unknown-term",
    severity="error",
    file="results.csv",
    line=3,
    row_id="a-2020/r01",
    column="time_unit",
    value="hours",
    allowed="min, h",
    hint="Did you mean 'h'?",
)
NOTE = Finding(rule="few-people", severity="note", file="arms.csv", line=9, value="3")


def test_message_quotes_the_value_and_names_the_place():
    assert UNIT.place == "results.csv, line 3, row a-2020/r01, time_unit"
    assert UNIT.message == (
        "results.csv, line 3, row a-2020/r01, time_unit: found 'hours'; allowed: min, h. "
        "Did you mean 'h'?"
    )


def test_words_of_the_rule_replace_the_quoted_value():
    finding = Finding(rule="empty-file", severity="error", file="arms.csv", found="an empty file")
    assert finding.message == "arms.csv: found an empty file"


def test_json_has_the_keys_that_the_command_line_promises():
    keys = ["rule", "severity", "file", "line", "row_id", "column", "value", "message", "hint"]
    assert list(UNIT.to_dict()) == keys
    assert UNIT.to_dict()["message"] == UNIT.message


def test_finding_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        UNIT.rule = "other"


def test_report_puts_errors_first_then_files_and_lines():
    late = dataclasses.replace(UNIT, line=10)
    other_file = dataclasses.replace(UNIT, file="timing.csv", line=2)
    report = ValidationReport.of([other_file, NOTE, late, UNIT])
    assert report.findings == (UNIT, late, other_file, NOTE)
    assert report.errors == (UNIT, late, other_file)
    assert report.notes == (NOTE,)


def test_report_is_ok_without_errors_only():
    assert ValidationReport.of([NOTE]).ok
    assert not ValidationReport.of([NOTE, UNIT]).ok


def test_report_counts_by_severity_and_by_rule():
    report = ValidationReport.of([UNIT, dataclasses.replace(UNIT, line=4), NOTE])
    assert report.counts() == {"error": 2, "note": 1}
    assert report.by_rule() == {("error", "unknown-term"): 2, ("note", "few-people"): 1}
    assert report.to_dict()["counts"] == report.counts()
    assert [f["line"] for f in report.to_dict()["findings"]] == [3, 4, 9]
