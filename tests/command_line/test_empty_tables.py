"""No verb falls where a table holds its header alone: whoever begins has no rows yet."""

import pytest

from made import made_folder
from made.world import CLAIMS

VERBS = ("validate", "timeline", "harms", "duration", "claims", "certainty", "gaps", "screen")
ARM = {"arm_id": "one-2020/ketamine", "n": 20}
ROWS = {
    "results": [ARM | {"measure": "mean", "estimate": 9, "time_value": 1, "time_unit": "d"}],
    "timing": [ARM | {"upper": 4}, ARM | {"event": "relief-still-present", "lower": 7}],
    "side_effects": [ARM | {"term": "nausea", "events": 3}],
    "statements": [{}],
    "wanted": [{"claim_ids": "onset-hours"}],
}


def header_alone(folder, table):
    path = folder / f"{table}.csv"
    path.write_text(path.read_text().split("\n")[0] + "\n")


@pytest.mark.parametrize("table", [*ROWS, "side_effect_terms", "side_effect_row_terms", "arms"])
def test_a_table_without_rows_is_no_error_of_a_verb(run, tmp_path, monkeypatch, table):
    folder = made_folder(tmp_path / "evidence", claims=CLAIMS, **ROWS)
    header_alone(folder, table)
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    for verb in VERBS:
        code, out, err = run(verb, "--json")
        assert code == 0 or verb == "validate", err
        assert out.startswith(("[", "{")), f"{verb}: {err}"


def test_a_link_to_a_row_that_is_gone_is_named_in_one_line(run, folder, monkeypatch):
    header_alone(folder, "results")
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    code, _, err = run("claims")
    assert code == 2
    assert "claim_links.csv: found '" in err
    assert err.count("\n") == 1
