"""Checks that compute with the evidence join those of validation, over a whole readable folder.

That the screens of numbers join it stands in `test_integrity.py`.
"""

import pytest

from evidence_tools.checks import check_path
from evidence_tools.checks.registry import RULES
from evidence_tools.evidence.loading import load
from spoiling import delete_rows, edit_text, read_rows, set_cell

JUDGEMENTS = {"verdicts": ("claim_id", "read-again"), "certainty": ("subject", "rate-again")}


def moved(folder):
    """The first verdict and the first certainty, as if they had been based on something else."""
    expected = set()
    for table, (key, rule) in JUDGEMENTS.items():
        name = read_rows(folder, table)[0][key]
        line = set_cell(folder, table, name, "basis", "another tally")
        expected.add((rule, f"{table}.csv", line, name))
    return expected


def test_a_verdict_and_a_certainty_with_another_basis_are_found(folder):
    assert list(RULES["read-again"].findings(load(folder))) == []
    expected = moved(folder)
    found = list(RULES["read-again"].findings(load(folder)))
    assert {(f.rule, f.file, f.line, f.row_id) for f in found} == expected


def test_the_check_of_a_folder_runs_them(folder):
    expected = moved(folder)
    report = check_path(folder)
    assert not report.ok
    assert {(f.rule, f.file, f.line, f.row_id) for f in report.errors} == expected


def no_unit(folder):
    row = next(row for row in read_rows(folder, "timing") if row["unit"])
    set_cell(folder, "timing", row["timing_id"], "unit", "")


def no_kind(folder):
    edit_text(folder, "claims.yml", "kind: onset\n", "kind: onse\n")


def no_statement(folder):
    lost = read_rows(folder, "statements")[0]["statement_id"]
    delete_rows(folder, "statements", lambda row: row["statement_id"] == lost)


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("value-without-unit", no_unit),
        ("claim-test-unknown-word", no_kind),
        ("link-to-unknown-row", no_statement),
    ],
)
def test_they_wait_for_what_they_rest_on_to_be_mended(folder, rule, spoil):
    """A number cannot be placed, a vote not cast, a row not found: one finding, no traceback."""
    moved(folder)
    spoil(folder)
    rules = {f.rule for f in check_path(folder).errors}
    assert rule in rules
    assert not rules & {"read-again", "rate-again"}


def test_the_check_of_one_file_does_not(folder):
    moved(folder)
    assert [f.rule for f in check_path(folder / "verdicts.csv").errors] == []
