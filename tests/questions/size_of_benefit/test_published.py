"""Published pooled estimates: turned once, timed in minutes, never invented."""

import dataclasses

import pandas as pd
import pytest

from evidence_tools.questions.size_of_benefit.published import REVIEWS, published_estimates

STANDARDISED = ("smd", "hedges-g", "cohens-d")

ANXIETY = ("anxiety",)
PTSD_OCD = ("ptsd", "ocd")


@pytest.fixture(scope="module")
def anxiety(evidence) -> pd.DataFrame:
    return published_estimates(evidence, ANXIETY).rows.set_index("result_id")


@pytest.fixture(scope="module")
def related(evidence) -> pd.DataFrame:
    return published_estimates(evidence, PTSD_OCD).rows.set_index("result_id")


@pytest.fixture(scope="module")
def everything(evidence) -> pd.DataFrame:
    constructs = tuple(evidence.schema["results"]["construct"].vocabulary)
    return published_estimates(evidence, constructs).rows.set_index("result_id")


def rows_with(evidence, result_ids, **cells) -> pd.DataFrame:
    """Estimates on PTSD and OCD after some cells of the results have been changed."""
    results = evidence.results.copy()
    chosen = results["result_id"].isin(result_ids)
    assert chosen.sum() == len(result_ids)
    for column, value in cells.items():
        results.loc[chosen, column] = value
    changed = dataclasses.replace(evidence, results=results)
    return published_estimates(changed, PTSD_OCD).rows.set_index("result_id")


def drawn(row: pd.Series) -> tuple[float, float, float]:
    return row["yi_low"], row["yi"], row["yi_high"]


def test_a_review_that_prints_benefit_as_negative_is_kept_as_printed(anxiety):
    assert anxiety.loc["hartland-2023/r01", "estimate"] == -1.17
    assert drawn(anxiety.loc["hartland-2023/r01"]) == (-1.89, -1.17, -0.44)


def test_a_review_that_prints_benefit_as_positive_is_turned(related):
    assert related.loc["borgogna-2024/r03", "estimate"] == 0.35
    assert drawn(related.loc["borgogna-2024/r03"]) == (-0.64, -0.35, -0.06)


def test_a_row_without_a_winner_is_turned_like_its_review(related):
    """24 h against active controls: 0.24 (-0.3 to 0.78), favours neither."""
    row = related.loc["borgogna-2024/r05"]
    assert (row["favours"], row["estimate"]) == ("neither", 0.24)
    assert drawn(row) == (-0.78, -0.24, 0.3)


def test_a_row_without_a_winner_keeps_the_sign_of_its_review(anxiety):
    row = anxiety.loc["marchi-2022/r01"]
    assert row["favours"] == "neither"
    assert drawn(row) == (-0.84, -0.42, 0.003)


def test_negative_favours_the_drug_wherever_a_row_names_a_winner(everything):
    named = everything[everything["yi"].notna()]
    assert (named.loc[named["favours"] == "active", "yi"] < 0).all()
    assert (named.loc[named["favours"] == "control", "yi"] > 0).all()
    assert (named["favours"] == "active").sum() > 20


def test_a_row_that_favours_control_stays_against_the_drug(evidence):
    """One row of a review that prints benefit as positive is made a loss."""
    rows = rows_with(
        evidence,
        ["borgogna-2024/r04"],
        estimate=-0.44,
        ci_low=-0.85,
        ci_high=-0.03,
        favours="control",
    )
    assert drawn(rows.loc["borgogna-2024/r04"]) == (0.03, 0.44, 0.85)
    assert drawn(rows.loc["borgogna-2024/r03"]) == (-0.64, -0.35, -0.06)


OTHERS = [f"borgogna-2024/r0{number}" for number in (1, 2, 4, 5, 6)]


def test_rows_without_a_winner_do_not_outvote_one_that_names_it(evidence):
    rows = rows_with(evidence, OTHERS, favours="neither")
    assert drawn(rows.loc["borgogna-2024/r03"]) == (-0.64, -0.35, -0.06)
    assert drawn(rows.loc["borgogna-2024/r01"]) == (-0.51, -0.27, -0.03)


def test_the_direction_can_be_read_from_a_row_that_favours_control(evidence):
    """Control is named beside a positive number, so benefit is printed as negative."""
    results = evidence.results.copy()
    borgogna = results["study_id"] == "borgogna-2024"
    results.loc[borgogna, "favours"] = "neither"
    results.loc[results["result_id"] == "borgogna-2024/r03", "favours"] = "control"
    changed = dataclasses.replace(evidence, results=results)
    row = published_estimates(changed, PTSD_OCD).rows.set_index("result_id")
    assert drawn(row.loc["borgogna-2024/r03"]) == (0.06, 0.35, 0.64)
    assert drawn(row.loc["borgogna-2024/r01"]) == (0.03, 0.27, 0.51)


@pytest.mark.parametrize("favours", ["neither", None])
def test_a_review_whose_rows_name_no_winner_has_no_direction(evidence, related, favours):
    """Neither sign would be read off its numbers; every other review stays as it was."""
    every = [*OTHERS, "borgogna-2024/r03"]
    rows = rows_with(evidence, every, favours=favours)
    assert related.loc[every, "yi"].notna().all()
    assert rows.loc[every, "estimate"].notna().all()
    assert rows.loc[every, ["yi", "yi_low", "yi_high"]].isna().all(axis=None)
    others = related.index.difference(every)
    assert related.loc[others, "yi"].notna().any()
    pd.testing.assert_frame_equal(rows.loc[others], related.loc[others])


def test_a_review_without_a_direction_is_still_listed_with_its_times(evidence, related):
    every = [*OTHERS, "borgogna-2024/r03"]
    rows = rows_with(evidence, every, favours="neither")
    assert list(rows.index) == list(related.index)
    columns = ["estimate", "ci_low", "ci_high", "from_min", "to_min"]
    pd.testing.assert_frame_equal(rows[columns], related[columns])


def test_one_row_that_names_a_winner_is_enough_for_a_direction(evidence, related):
    every = [*OTHERS, "borgogna-2024/r03"]
    rows = rows_with(evidence, OTHERS, favours="neither")
    for column in ("yi", "yi_low", "yi_high"):
        assert rows.loc[every, column].to_list() == related.loc[every, column].to_list()


def test_where_no_review_has_a_direction_nothing_is_drawn(evidence):
    results = evidence.results.assign(favours="neither")
    result = published_estimates(dataclasses.replace(evidence, results=results), ANXIETY)
    assert len(result.rows) == 18
    assert result.rows[["yi", "yi_low", "yi_high"]].isna().all(axis=None)
    assert result.summary() == "18 published pooled results, 0 standardised with an interval"


def test_every_standardised_row_of_a_review_that_names_a_winner_has_a_sign(everything):
    """A sign is given exactly where the review names a winner among its contrasts."""
    contrasts = everything[
        everything["measure"].isin(STANDARDISED) & (everything["comparator"] != "none")
    ]
    named = contrasts["favours"].isin(["active", "control"])
    speaking = contrasts["study_id"].isin(contrasts.loc[named, "study_id"])
    expected = speaking & contrasts["estimate"].notna()
    assert expected.sum() > 20
    assert list(contrasts["yi"].notna()) == list(expected)
    assert everything["yi"].notna().sum() == expected.sum()


def test_bounds_and_estimate_are_in_order_and_keep_their_width(everything):
    both = everything.dropna(subset=["yi_low", "yi_high"])
    assert len(both) >= 20
    assert (both["yi_low"] <= both["yi"]).all()
    assert (both["yi"] <= both["yi_high"]).all()
    widths = both["yi_high"] - both["yi_low"]
    assert widths.to_list() == pytest.approx((both["ci_high"] - both["ci_low"]).to_list())


def test_half_an_interval_is_no_interval(everything):
    row = everything.loc["nikolin-2023/r05"]
    assert row["ci_low"] == -1.02
    assert pd.isna(row["ci_high"])
    assert pd.isna(row["yi_low"])
    assert pd.isna(row["yi_high"])
    assert row["yi"] == -0.61


def test_a_change_from_before_to_after_is_no_contrast(related):
    row = related.loc["prepost-preprint-cooper/r01"]
    assert (row["measure"], row["estimate"], row["comparator"]) == ("smd", 3.07, "none")
    assert pd.isna([*drawn(row)]).all()


def test_a_change_without_comparator_does_not_turn_its_review(evidence):
    """With a comparator the same row would be drawn."""
    studies = evidence.studies.copy()
    study = studies["study_id"] == "prepost-preprint-cooper"
    studies.loc[study, "comparator"] = "saline"
    compared = published_estimates(dataclasses.replace(evidence, studies=studies), PTSD_OCD).rows
    row = compared.set_index("result_id").loc["prepost-preprint-cooper/r01"]
    assert drawn(row) == (-4.6, -3.07, -1.54)


@pytest.mark.parametrize("column", ["yi", "yi_low", "yi_high"])
def test_other_scales_and_words_have_no_standardised_estimate(everything, column):
    other = everything[~everything["measure"].isin(STANDARDISED)]
    assert {"mean-difference", "odds-ratio", "qualitative"} <= set(other["measure"])
    assert other[column].isna().all()


@pytest.mark.parametrize("study_id", ["slee-2019", "issari-2016", "coelho-2025", "taylor-2006"])
def test_rows_of_other_drugs_are_listed_and_never_drawn(everything, study_id):
    rows = everything[everything["study_id"] == study_id]
    assert len(rows) >= 1
    assert rows["estimate"].notna().all()
    assert set(rows["directness"]) == {"context"}
    assert rows["yi"].isna().all()


@pytest.mark.parametrize(
    ("result_id", "begin", "end"),
    [
        ("hartland-2023/r01", 0, 12 * 60),
        ("hartland-2023/r02", 1440, 1440),
        ("hartland-2023/r03", 7 * 1440, 14 * 1440),
        ("borgogna-2024/r03", 1440, 1440),
        ("borgogna-2024/r06", 7 * 1440, 7 * 1440),
        ("almeida-2024/r01", 7 * 1440, 28 * 1440),
    ],
)
def test_windows_are_in_minutes_and_one_time_is_both_ends(everything, result_id, begin, end):
    row = everything.loc[result_id]
    assert (row["from_min"], row["to_min"]) == (begin, end)


def test_a_window_that_is_not_stated_stays_missing(anxiety):
    row = anxiety.loc["shi-2026/r01"]
    assert pd.isna(row["from_min"])
    assert pd.isna(row["to_min"])


def test_a_time_without_a_unit_is_no_time(evidence):
    rows = rows_with(evidence, ["borgogna-2024/r03"], time_unit=None)
    assert pd.isna(rows.loc["borgogna-2024/r03", "from_min"])
    assert rows.loc["borgogna-2024/r04", "from_min"] == 1440


def test_only_reviews_and_only_the_constructs_asked_for(evidence, anxiety, related):
    assert set(anxiety["construct"]) == {"anxiety"}
    assert set(related["construct"]) == {"ptsd", "ocd"}
    assert set(anxiety["design"]) | set(related["design"]) <= set(REVIEWS)
    assert "correlation" not in set(anxiety["measure"]) | set(related["measure"])
    assert published_estimates(evidence, ()).rows.empty


def test_every_result_of_a_review_is_listed_once(evidence, everything):
    reviews = evidence.studies.loc[evidence.studies["design"].isin(REVIEWS), "study_id"]
    results = evidence.results[evidence.results["study_id"].isin(reviews)]
    expected = results.loc[results["measure"] != "correlation", "result_id"]
    assert sorted(everything.index) == sorted(expected)


def test_rows_stand_by_study_and_window(everything):
    assert list(everything["study_id"]) == sorted(everything["study_id"])
    hartland = everything[
        (everything["study_id"] == "hartland-2023") & (everything["construct"] == "anxiety")
    ]
    assert list(hartland.index) == ["hartland-2023/r01", "hartland-2023/r02", "hartland-2023/r03"]


def test_facts_are_left_as_printed(evidence, everything):
    printed = evidence.results.set_index("result_id").loc[everything.index]
    columns = ["estimate", "ci_low", "ci_high", "favours", "time_value", "time_unit"]
    pd.testing.assert_frame_equal(everything[columns], printed[columns])


def test_summary_counts_the_rows_and_those_with_an_interval(evidence):
    result = published_estimates(evidence, ANXIETY)
    assert len(result.rows) == 18
    assert result.summary() == "18 published pooled results, 6 standardised with an interval"
    frame = result.to_frame()
    frame["yi"] = 0.0
    assert not (result.rows["yi"] == 0).any()
