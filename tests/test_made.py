"""Made-up evidence: what a test leaves out is filled in so that the rows are valid."""

from __future__ import annotations

import re

import pytest

import evidence_tools as et
from evidence_tools.checks import validate
from made import made_evidence, made_folder

ONE_OF_EACH = {
    "results": [{"arm_id": "a-2020/ketamine", "estimate": 9, "sd": 4, "n": 20}],
    "timing": [{"arm_id": "a-2020/ketamine", "lower": 0, "upper": 4}],
    "side_effects": [
        {"arm_id": "a-2020/placebo", "term": "nausea; vomiting", "events": 2, "n": 20}
    ],
    "statements": [{}],
    "contains": [{"review": "review-2021", "study": "a-2020"}],
    "studies": [{"study_id": "review-2021", "design": "meta-analysis", "programme": None}],
    "claims": [{"claim_id": "helps"}],
    "claim_links": [{"claim_id": "helps", "row_id": "said/01"}],
    "excluded": [{"doi_or_pmid": "10.1234/none"}],
    "searches": [{}],
    "wanted": [{"claim_ids": "helps"}],
    "verdicts": [{"claim_id": "helps"}],
    "certainty": [{"subject": "helps"}],
}


def test_rows_get_what_they_need():
    evidence = made_evidence(**ONE_OF_EACH)
    assert set(evidence.studies.study_id) == {"a-2020", "review-2021"}
    assert dict(evidence.arms[["arm_id", "drug"]].values) == {
        "a-2020/ketamine": "ketamine",
        "a-2020/placebo": "placebo",
    }
    assert list(evidence.side_effect_row_terms.term) == ["nausea", "vomiting"]
    assert list(evidence.instruments.instrument_id) == ["ham-a"]
    assert evidence.studies.reference.isin(list(evidence.references)).all()


def test_one_row_of_each_table_is_valid():
    assert [finding.message for finding in validate(made_evidence(**ONE_OF_EACH)).errors] == []


def test_what_is_stated_wins(tmp_path):
    folder = made_folder(
        tmp_path / "evidence",
        arms=[{"arm_id": "b/spray", "drug": "esketamine", "route": "intranasal"}],
        references={"b": {"status": "retracted", "year": "2019"}},
        rules={"clock": {"longest_infusion_minutes": 7}},
    )
    evidence = et.load(folder)
    assert evidence.arms.route[0] == "intranasal"
    assert evidence.references["b"].retracted
    assert "longest_infusion_minutes: 7" in (folder / "rules.yml").read_text(encoding="utf-8")


def test_a_table_that_does_not_exist_is_refused():
    with pytest.raises(AssertionError, match="no table"):
        made_evidence(harms=[])


SHIPPED = re.compile(
    r'(?:root|ROOT|REPOSITORY|parents\[\d\])\)?\s*/\s*"evidence"(?! / "datapackage)|et\.load\(\)'
)
DEFINITIONS_ONLY = {"builder.py"}
"""It copies the data dictionary, the thresholds and the questions, and no row."""


def test_only_the_tests_of_the_shipped_evidence_load_it(root):
    """The others name no path of it; where they name no folder, the made-up world is loaded."""
    tests = root / "tests"
    files = [path for path in tests.rglob("*.py") if "shipped" not in path.relative_to(tests).parts]
    found = [p.name for p in files if SHIPPED.search(p.read_text(encoding="utf-8"))]
    assert sorted(set(found) - DEFINITIONS_ONLY) == []
