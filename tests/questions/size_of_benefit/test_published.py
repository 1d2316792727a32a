"""Published pooled estimates: turned once, timed in minutes, never invented."""

import pandas as pd
import pytest

from evidence_tools.questions.size_of_benefit.published import published_estimates
from made import made_evidence

DAY = 1440
WINDOW = {"time_value": None}
SIGNED = ["yi", "yi_low", "yi_high"]


def smd(review, estimate, low=None, high=None, favours="active", **cells):
    """A pooled standardised difference, a day after a dose."""
    row = {"study_id": review, "measure": "smd", "construct": "ptsd", "estimate": estimate}
    row |= {"ci_low": low, "ci_high": high, "ci_level": 95, "favours": favours}
    return row | {"time_value": 1, "time_unit": "d", "time_anchor": "dose"} | cells


def review(name, **cells):
    return {"study_id": name, "design": "meta-analysis", "programme": None} | cells


def published(*rows, constructs=("ptsd", "ocd"), **more):
    """Estimates of made-up reviews by the number of their row; `trial` is none."""
    names = {row["study_id"] for row in rows}
    studies = [review(name, **more) if name != "trial" else {"study_id": name} for name in names]
    keyed = [row | {"result_id": f"{row['study_id']}/r{i}"} for i, row in enumerate(rows, 1)]
    found = published_estimates(made_evidence(studies=studies, results=keyed), constructs)
    return found.rows.set_index(found.rows["result_id"].str.partition("/r")[2].astype(int))


def drawn(row: pd.Series) -> tuple[float, float, float]:
    return row["yi_low"], row["yi"], row["yi_high"]


NAMED = smd("a", 0.35, 0.06, 0.64)
NEITHER = smd("a", 0.24, -0.3, 0.78, "neither")


def test_a_review_that_prints_benefit_as_negative_is_kept_as_printed():
    rows = published(smd("a", -1.17, -1.89, -0.44), smd("a", -0.42, -0.84, 0.003, "neither"))
    assert drawn(rows.loc[1]) == (-1.89, -1.17, -0.44)
    assert drawn(rows.loc[2]) == (-0.84, -0.42, 0.003)


def test_a_review_that_prints_benefit_as_positive_is_turned_with_all_its_rows():
    """The row without a winner is turned like its review, and other reviews are not."""
    rows = published(NAMED, NEITHER, smd("b", -0.5, -0.8, -0.2))
    assert rows.loc[1, "estimate"] == 0.35
    assert drawn(rows.loc[1]) == (-0.64, -0.35, -0.06)
    assert drawn(rows.loc[2]) == (-0.78, -0.24, 0.3)
    assert drawn(rows.loc[3]) == (-0.8, -0.5, -0.2)


def test_a_row_that_favours_control_stays_against_the_drug():
    rows = published(NAMED, NAMED, smd("a", -0.44, -0.85, -0.03, "control"))
    assert drawn(rows.loc[3]) == (0.03, 0.44, 0.85)
    assert drawn(rows.loc[1]) == (-0.64, -0.35, -0.06)


def test_rows_without_a_winner_do_not_outvote_one_that_names_it():
    rows = published(*[smd("a", -0.3, -0.6, 0.0, "neither")] * 3, NAMED)
    assert drawn(rows.loc[4]) == (-0.64, -0.35, -0.06)
    assert drawn(rows.loc[1]) == (0.0, 0.3, 0.6)


def test_the_direction_can_be_read_from_a_row_that_favours_control():
    """Control is named beside a positive number, so benefit is printed as negative."""
    rows = published(smd("a", 0.35, 0.06, 0.64, "control"), smd("a", 0.27, 0.03, 0.51, "neither"))
    assert drawn(rows.loc[1]) == (0.06, 0.35, 0.64)
    assert drawn(rows.loc[2]) == (0.03, 0.27, 0.51)


@pytest.mark.parametrize("favours", ["neither", None])
def test_a_review_whose_rows_name_no_winner_has_no_direction_and_is_listed(favours):
    """Neither sign would be read off its numbers; every other review stays as it was."""
    others = [smd("b", -0.5, -0.8, -0.2), smd("c", 0.5, 0.2, 0.8)]
    rows = published(NAMED | {"favours": favours}, NEITHER, *others)
    before = published(NAMED, NEITHER, *others)
    assert rows.loc[[1, 2], SIGNED].isna().all(axis=None)
    pd.testing.assert_frame_equal(rows.loc[[3, 4]], before.loc[[3, 4]])
    kept = ["estimate", "ci_low", "ci_high", "from_min", "to_min"]
    pd.testing.assert_frame_equal(rows[kept], before[kept])


def test_half_an_interval_is_no_interval():
    row = published(smd("a", -0.61, -1.02)).loc[1]
    assert (row["ci_low"], row["yi"]) == (-1.02, -0.61)
    assert row[["ci_high", "yi_low", "yi_high"]].isna().all()


def test_a_change_from_before_to_after_is_no_contrast():
    """With a comparator the same row is drawn."""
    change = smd("a", 3.07, 1.54, 4.6)
    assert published(change, comparator="none")[SIGNED].isna().all(axis=None)
    assert drawn(published(change, comparator="saline").loc[1]) == (-4.6, -3.07, -1.54)


@pytest.mark.parametrize("measure", ["mean-difference", "odds-ratio", "qualitative"])
def test_other_scales_and_words_have_no_standardised_estimate(measure):
    rows = published(NAMED, NAMED | {"measure": measure})
    assert rows.loc[1, SIGNED].notna().all()
    assert rows.loc[2, SIGNED].isna().all()


@pytest.mark.parametrize(
    ("time", "begin", "end"),
    [
        ({"time_value": 24, "time_unit": "h"}, DAY, DAY),
        (WINDOW | {"time_window_low": 0, "time_window_high": 12, "time_unit": "h"}, 0, 720),
        (
            WINDOW | {"time_window_low": 1, "time_window_high": 4, "time_unit": "wk"},
            7 * DAY,
            28 * DAY,
        ),
        ({"time_value": None, "time_unit": None}, None, None),
        ({"time_unit": None}, None, None),
    ],
)
def test_windows_are_in_minutes_and_one_time_is_both_ends(time, begin, end):
    row = published(NAMED | time).loc[1]
    found = [None if pd.isna(row[name]) else row[name] for name in ("from_min", "to_min")]
    assert found == [begin, end]


def test_only_results_of_reviews_on_what_is_asked_for_by_study_and_window():
    late = {"time_value": 2, "time_unit": "wk"}
    rows = published(
        smd("b", -0.4),
        NAMED | late,
        NAMED,
        NAMED | {"construct": "anxiety"},
        NAMED | {"measure": "correlation"},
        NAMED | {"study_id": "trial"},
    )
    assert list(rows.index) == [3, 2, 1]


def test_facts_are_left_as_printed_and_counted_once(evidence):
    constructs = tuple(evidence.schema["results"]["construct"].vocabulary)
    assert published_estimates(evidence, ()).rows.empty
    found = published_estimates(evidence, constructs)
    assert found.rows["result_id"].is_unique
    printed = evidence.results.set_index("result_id").loc[found.rows["result_id"]].reset_index()
    columns = ["estimate", "ci_low", "ci_high", "favours", "time_value", "time_unit"]
    pd.testing.assert_frame_equal(found.rows[columns], printed[columns])
    both = found.rows.dropna(subset=["yi_low", "yi_high"])
    assert f"{len(found.rows)} published pooled results, {len(both)} standard" in found.summary()
    assert ((both["yi_low"] <= both["yi"]) & (both["yi"] <= both["yi_high"])).all()
    frame = found.to_frame()
    frame["yi"] = 0.0
    assert not (found.rows["yi"] == 0).any()
