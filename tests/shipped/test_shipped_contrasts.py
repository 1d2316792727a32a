"""Contrasts of the shipped rows: nothing lost, nothing twice, none without a reason."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts

CONSTRUCTS = ["anxiety", "fear", "ptsd", "ocd"]
REVIEWS = ["meta-analysis", "systematic-review", "narrative-review", "pooled-analysis"]
RUNGS = ["direct", "related", "indirect"]


@pytest.fixture(scope="module")
def contrasts(evidence):
    return all_contrasts(evidence).rows


@pytest.fixture(scope="module")
def printed(evidence):
    """Rows of results.csv by their id."""
    return {row["result_id"]: row for row in evidence.results.to_dict("records")}


@pytest.fixture(scope="module")
def targets(evidence):
    """Results on the target constructs of primary studies on one of the rungs."""
    studies = evidence.studies[["study_id", "design", "directness", "programme"]]
    rows = evidence.results.merge(studies, on="study_id")
    mine = rows["construct"].isin(CONSTRUCTS) & rows["directness"].isin(RUNGS)
    return rows[mine & ~rows["design"].isin(REVIEWS)]


def parts(contrast_id):
    """Result ids of the active and of the control row; the second None if there is none."""
    active, _, control = contrast_id.partition(" v ")
    return active, control or None


# Nothing lost, nothing twice


def test_every_target_row_is_in_a_line(contrasts, targets):
    seen = {row for pair in contrasts["contrast_id"].map(parts) for row in pair if row}
    assert seen == set(targets["result_id"])


def test_every_row_is_in_one_line_but_for_controls_that_active_arms_share(contrasts):
    pairs = contrasts["contrast_id"].map(parts)
    actives, controls = ({pair[i] for pair in pairs} - {None} for i in (0, 1))
    assert len(actives) == len(contrasts)
    assert actives & controls == set()


def test_no_line_twice(contrasts):
    assert contrasts["contrast_id"].is_unique
    assert contrasts["contrast_id"].is_monotonic_increasing


def test_nothing_of_a_review_is_a_contrast(contrasts, evidence):
    reviews = set(evidence.studies.loc[evidence.studies["design"].isin(REVIEWS), "study_id"])
    assert reviews
    assert reviews & set(contrasts["study_id"]) == set()
    assert contrasts["programme"].notna().all()


def test_a_line_is_in_or_has_a_reason(contrasts):
    assert (contrasts["included"] == (contrasts["reason"] == "")).all()
    for row in contrasts[contrasts["included"]].to_dict("records"):
        assert math.isfinite(row["yi"])
        assert row["vi"] > 0
        assert row["derivation"]


def test_a_line_without_an_effect_has_no_derivation(contrasts):
    empty = contrasts[contrasts["yi"].isna()]
    assert empty["vi"].isna().all()
    assert set(empty["derivation"].fillna("")) == {""}


def test_a_reason_says_more_than_a_number(contrasts):
    for reason in contrasts.loc[~contrasts["included"], "reason"]:
        assert len(reason.split()) >= 2, reason


# Pairs


def test_partners_differ_in_the_arm_alone(contrasts, printed, evidence):
    role = evidence.arms.set_index("arm_id")["role"]
    same = ["study_id", "instrument_id", "construct", "measure", "time_anchor", "time_unit"]
    same += ["time_value", "time_window_low", "time_window_high", "direction"]
    pairs = [pair for pair in contrasts["contrast_id"].map(parts) if pair[1]]
    assert len(pairs) > 5
    for active, control in pairs:
        one, other = printed[active], printed[control]
        assert (role[one["arm_id"]], role[other["arm_id"]]) == ("active", "control")
        for column in same:
            a, c = one[column], other[column]
            assert a == c or (pd.isna(a) and pd.isna(c)), (active, column)


def test_a_named_winner_gives_the_sign(contrasts, printed):
    for contrast_id, yi in contrasts.dropna(subset=["yi"])[["contrast_id", "yi"]].values:
        favours = printed[parts(contrast_id)[0]]["favours"]
        if favours in ("active", "control"):
            assert (yi < 0) == (favours == "active"), contrast_id


def test_a_retracted_source_never_enters(contrasts):
    retracted = contrasts[contrasts["retracted"]]
    assert not retracted["included"].any()
    assert set(retracted["reason"]) <= {"its source was retracted"}


def test_second_hand_and_baseline_rows_never_enter(contrasts):
    included = contrasts[contrasts["included"]]
    assert "secondary" in set(contrasts["source_level"])
    assert "secondary" not in set(included["source_level"])
    assert not ((included["time_anchor"] == "baseline") & (included["to_min"] == 0)).any()


def test_only_randomised_comparisons_enter(contrasts):
    assert set(contrasts.loc[contrasts["included"], "design"]) <= {"rct-parallel", "rct-crossover"}
    others = contrasts[~contrasts["design"].isin(["rct-parallel", "rct-crossover"])]
    others = others[~others["retracted"]]
    assert set(others["reason"]) == {"not a randomised comparison"}


def test_every_real_reading_lies_in_its_widened_interval(contrasts):
    timed = contrasts[contrasts["to_min"].notna()]
    assert len(timed) > 50
    assert (timed["earliest_min"] <= timed["latest_min"]).all()
    assert (timed["latest_min"] >= timed["to_min"]).all()
    own = timed["time_anchor"].isin(["baseline", "first-dose", "last-dose"])
    assert (timed.loc[own, "latest_min"] == timed.loc[own, "to_min"]).all()
