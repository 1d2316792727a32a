"""From rows to contrasts: nothing lost, nothing twice, signs turned once, effects by hand.

Expected effects are computed here from the numbers that the papers print (the rows named beside
them), with plain arithmetic and scipy's quantiles; none of the package's formulas is used.
"""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest
from scipy import stats

from evidence_tools.questions.size_of_benefit.contrasts import COLUMNS, all_contrasts
from made_up_trials import ACTIVE, CONTROL, TIGHT, check, from_quartiles, g_of, hedges

CONSTRUCTS = ["anxiety", "fear", "ptsd", "ocd"]
RUNGS = ["direct", "related", "indirect"]
REVIEWS = ["meta-analysis", "systematic-review", "narrative-review", "pooled-analysis"]


@pytest.fixture(scope="module")
def contrasts(evidence):
    return all_contrasts(evidence).rows


@pytest.fixture(scope="module")
def by_id(contrasts):
    return {row["contrast_id"]: row for row in contrasts.to_dict("records")}


@pytest.fixture(scope="module")
def with_pairs(evidence):
    """The evidence as if feder-2014 had printed that 29 people had both periods."""
    results = evidence.results.copy()
    results.loc[results["result_id"] == "feder-2014/r01", "n"] = 29
    return dataclasses.replace(evidence, results=results)


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


def test_every_row_is_in_one_line_but_for_a_control_that_two_readings_share(contrasts):
    rows = pd.Series([row for pair in contrasts["contrast_id"].map(parts) for row in pair if row])
    often = rows[rows.duplicated()].tolist()
    # Phase 2 of rodriguez-2013 (r05) meets the control of phase 1; it has no effect.
    assert often == ["rodriguez-2013/r02"]


def test_no_line_twice(contrasts):
    assert contrasts["contrast_id"].is_unique
    assert contrasts["contrast_id"].is_monotonic_increasing


def test_nothing_of_a_review_is_a_contrast(contrasts, evidence):
    reviews = set(evidence.studies.loc[evidence.studies["design"].isin(REVIEWS), "study_id"])
    assert reviews
    assert reviews & set(contrasts["study_id"]) == set()
    assert contrasts["programme"].notna().all()


def test_columns_are_those_of_the_guide(contrasts):
    assert list(contrasts.columns) == COLUMNS
    guide = ["contrast_id", "study_id", "label", "yi", "vi", "measure", "time_h", "derivation"]
    assert {*guide, "source_level", "included", "reason"} <= set(COLUMNS)


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


def test_partners_differ_in_the_arm_alone(by_id, printed, evidence):
    role = evidence.arms.set_index("arm_id")["role"]
    same = ["study_id", "instrument_id", "construct", "measure", "time_anchor", "time_unit"]
    same += ["time_value", "time_window_low", "time_window_high", "direction"]
    pairs = [pair for pair in map(parts, by_id) if pair[1]]
    assert len(pairs) > 5
    for active, control in pairs:
        one, other = printed[active], printed[control]
        assert (role[one["arm_id"]], role[other["arm_id"]]) == ("active", "control")
        for column in same:
            a, c = one[column], other[column]
            assert a == c or (pd.isna(a) and pd.isna(c)), (active, column)


def test_the_table_that_prints_no_day_is_not_paired(by_id):
    """anderson-2017 prints mid-ECT and end of ECT without a day: two readings of each arm."""
    for row in ("r02", "r05", "r11", "r12"):
        assert by_id[f"anderson-2017/{row}"]["reason"].startswith("more than one value of the")


# Signs


def test_signs_are_those_that_the_papers_name(by_id, printed):
    checked = 0
    for contrast_id, row in by_id.items():
        favours = printed[parts(contrast_id)[0]]["favours"]
        if pd.notna(row["yi"]) and favours in ("active", "control"):
            assert (row["yi"] < 0) == (favours == "active"), contrast_id
            checked += 1
    assert checked == 6


def test_signs_of_arms_are_those_of_their_difference(by_id, printed):
    """Where a paper favours neither, lower scores of the active arm are below zero."""
    for contrast_id in ("anderson-2017/r04 v anderson-2017/r07", "song-2025/r04 v song-2025/r03"):
        active, control = parts(contrast_id)
        assert printed[active]["direction"] == "lower-is-better"
        difference = printed[active]["estimate"] - printed[control]["estimate"]
        assert math.copysign(1, by_id[contrast_id]["yi"]) == math.copysign(1, difference)


# Effects by hand


def test_anderson_2017_is_hedges_g_of_its_means(by_id):
    """Table 4, CAS at 4 months: 4.95 (4.73), n 19; 3.67 (4.92), n 18."""
    g, v = g_of(4.95, 4.73, 19, 3.67, 4.92, 18)
    check(by_id["anderson-2017/r04 v anderson-2017/r07"], g, v, "arm-means")


@pytest.mark.parametrize(
    ("contrast_id", "active", "control"),
    [
        ("song-2025/r04 v song-2025/r03", (7, 9, 11), (8, 9.5, 11)),
        ("song-2025/r08 v song-2025/r07", (7.75, 9.5, 11), (8, 10, 12)),
    ],
)
def test_song_2025_is_hedges_g_of_means_from_quartiles(by_id, contrast_id, active, control):
    """Table 3, HADS-A, medians with quartiles, 102 people per arm."""
    n = 102
    g, v = g_of(*from_quartiles(*active, n), n, *from_quartiles(*control, n), n)
    row = by_id[contrast_id]
    assert row["yi"] == pytest.approx(g, **TIGHT)
    assert row["vi"] == pytest.approx(v, **TIGHT)
    assert row["derivation"].split(";")[0] == "medians"


@pytest.mark.parametrize(
    ("contrast_id", "active", "control"),
    [
        ("song-2025/r04 v song-2025/r03", (7, 9, 11), (8, 9.5, 11)),
        ("song-2025/r06 v song-2025/r05", (8, 9, 11), (7.75, 9.5, 11)),
        ("song-2025/r08 v song-2025/r07", (7.75, 9.5, 11), (8, 10, 12)),
        ("song-2025/r11 v song-2025/r10", (7, 10, 11), (8, 10, 11.75)),
    ],
)
def test_quartiles_of_skewed_scores_are_left_out(by_id, contrast_id, active, control):
    """Shi (2023): |q1 + q3 - 2 median| / (q3 - q1) against 2.65 / sqrt(n) - 6 / n^2."""
    critical = 2.65 / math.sqrt(102) - 6 / 102**2
    leans = [abs(q1 + q3 - 2 * median) / (q3 - q1) for q1, median, q3 in (active, control)]
    skewed = max(leans) >= critical
    reason = "quartiles say that the scores are skewed" if skewed else ""
    assert by_id[contrast_id]["reason"] == reason
    assert skewed == (contrast_id in SKEWED)


SKEWED = {"song-2025/r06 v song-2025/r05", "song-2025/r11 v song-2025/r10"}


@pytest.mark.parametrize(
    ("contrast_id", "p"),
    [("song-2025/r01", 0.5864), ("song-2025/r02", 0.5046), ("song-2025/r09", 0.2879)],
)
def test_song_2025_prints_the_p_value_of_each_difference_of_medians(by_id, contrast_id, p):
    """Table 3: differences of 0 with their p; the medians of esketamine are the lower ones."""
    d = stats.t.isf(p / 2, 202) * math.sqrt(2 / 102) * hedges(202)
    words = "test by its p-value, as of t; sign from the arms' medians"
    check(by_id[contrast_id], -d, 2 / 102 + d**2 / 408, words)
    assert by_id[contrast_id]["control_drug"] == "saline"
    assert by_id[contrast_id]["n"] == 204


def feder_2014(r):
    """IES-R at 24 h: 12.7 (2.5 to 22.8), as if 29 people had both periods."""
    se = (22.8 - 2.5) / (2 * stats.t.ppf(0.975, 28))
    d = hedges(28) * 12.7 / se * math.sqrt(2 * (1 - r) / 29)
    return -d, 2 * (1 - r) / 29 + d**2 / (2 * 29)


def test_feder_2014_is_its_t_over_the_pairs(with_pairs):
    rows = all_contrasts(with_pairs).rows.set_index("contrast_id")
    check(
        rows.loc["feder-2014/r01"],
        *feder_2014(0.5),
        "mean difference by its t; SE from the interval; crossover, correlation of periods 0.5",
    )
    assert rows.loc["feder-2014/r01", "included"]


def test_only_the_row_itself_says_how_many_had_both_periods(with_pairs, contrasts):
    """The smaller arm of feder-2014 was taken for its pairs; now only that row has changed."""
    same = contrasts["contrast_id"] != "feder-2014/r01"
    pd.testing.assert_frame_equal(all_contrasts(with_pairs).rows[same], contrasts[same])


def test_feder_2021_printed_d_is_corrected_and_has_the_variance_of_its_interval(by_id):
    """CAPS-5 at 2 weeks: d 1.13 (0.36 to 1.91), positive favours ketamine, 15 people per arm."""
    se = (1.91 - 0.36) / (2 * stats.t.ppf(0.975, 28))
    words = "printed d, corrected for small samples; SE from the interval"
    check(by_id["feder-2021/r02"], -1.13 * hedges(28), (se * hedges(28)) ** 2, words)


def test_feder_2021_mean_difference_is_its_t(by_id):
    """CAPS-5 at 2 weeks: 11.88 points, SE 3.96, 15 people per arm."""
    d = hedges(28) * 11.88 / 3.96 * math.sqrt(2 / 15)
    check(
        by_id["feder-2021/r01"],
        -d,
        2 / 15 + d**2 / 60,
        "mean difference by its t, too large if adjusted; SE as printed",
    )


def test_feder_2021_response_is_10_and_3_of_15(by_id):
    """67 and 20 percent of 15: 5 against 12 without response."""
    check(
        by_id["feder-2021/r03 v feder-2021/r04"],
        math.log((5 / 15) / (12 / 15)),
        1 / 5 - 1 / 15 + 1 / 12 - 1 / 15,
        "counts from a percentage that gives whole people; "
        "people of the whole arms, those of the reading not seen",
    )


def test_rodriguez_2013_first_phase_is_two_groups(by_id):
    """50 percent of 8 and 0 percent of 7: 4 of 8 and 7 of 7 without response, nothing added."""
    check(
        by_id["rodriguez-2013/r01 v rodriguez-2013/r02"],
        math.log(4 / 8),
        1 / 4 - 1 / 8,
        "counts from a percentage that gives whole people",
    )


def test_taylor_2018_response_is_that_of_the_same_people(by_id):
    """33.33 percent of 18 and 0 percent of 18: only 6 changed, so (b + c) / ((a + b) (a + c))."""
    check(
        by_id["taylor-2018/r04 v taylor-2018/r05"],
        math.log(12 / 18),
        (0 + 6) / (12 * 18),
        "counts from a percentage that gives whole people; "
        "people of the whole arms, those of the reading not seen; "
        "crossover, correlation of periods 0.5",
    )


@pytest.mark.parametrize(
    ("contrast_id", "people"),
    [
        ("feder-2014/r01", 41),
        ("feder-2021/r02", 30),
        ("rodriguez-2013/r01 v rodriguez-2013/r02", 15),
        ("song-2025/r04 v song-2025/r03", 204),
        ("duek-2023/r01", 27),
        ("duek-2023/r02", 27),
        ("taylor-2018/r04 v taylor-2018/r05", 18),
    ],
)
def test_people_are_counted_once(by_id, contrast_id, people):
    assert by_id[contrast_id]["n"] == people


@pytest.mark.parametrize("r", [0.3, 0.5, 0.7])
def test_the_correlation_of_periods_changes_crossover_rows_only(with_pairs, r):
    contrasts = all_contrasts(with_pairs).rows
    swept = all_contrasts(with_pairs, period_correlation=r).rows
    changed = swept["yi"].notna() & (swept["yi"] != contrasts["yi"])
    assert swept.loc[changed, "contrast_id"].tolist() == ([] if r == 0.5 else ["feder-2014/r01"])
    row = swept.set_index("contrast_id").loc["feder-2014/r01"]
    assert (row["yi"], row["vi"]) == pytest.approx(feder_2014(r), **TIGHT)
    assert f"correlation of periods {r:g}" in row["derivation"]
    others = [name for name in COLUMNS if name not in ("yi", "vi", "derivation")]
    pd.testing.assert_frame_equal(swept[others], contrasts[others])


# What never enters


def test_a_retracted_source_never_enters(contrasts):
    retracted = contrasts[contrasts["retracted"]]
    assert set(retracted["study_id"]) == {"mills-2025"}
    assert not retracted["included"].any()
    assert set(retracted["reason"]) == {"its source was retracted"}


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


@pytest.mark.parametrize(
    ("contrast_id", "reason"),
    [
        ("anderson-2017/r08 v anderson-2017/r09", "before treatment"),
        ("anderson-2017/r03 v anderson-2017/r06", "no mean with a standard deviation"),
        ("rodriguez-2013/r05 v rodriguez-2013/r02", "11% of 8 gives no single number of people"),
        ("taylor-2018/r07 v taylor-2018/r08", "52.94% of 18 gives no single number of people"),
        ("feder-2014/r02", "no number, only words"),
        ("taylor-2018/r01", "a test over several readings, not of two arms at one time"),
        ("taylor-2018/r02", "a test over several readings, not of two arms at one time"),
        ("taylor-2018/r03", "a test not known to compare scores: wilcoxon signed rank"),
        ("taylor-2018/r06", "a test not known to compare scores: wilcoxon signed rank"),
        ("beaglehole-2025-ocd/r01", "a trend over doses, not a comparison of two arms"),
        ("zhou-2023/r01", "only a threshold of p is printed"),
        ("rodriguez-2013/r07", "only a threshold of p is printed"),
        ("mills-2025/r04", "its source was retracted"),
        ("falk-2020/r01", "not a randomised comparison"),
        ("feder-2014/r01", "the number of people with both periods was not seen"),
        ("kucuk-2024/r01", "the numbers of people in both arms were not seen"),
        ("anderson-2017/r01", "the numbers of people in both arms were not seen"),
    ],
)
def test_reasons_of_real_rows(by_id, contrast_id, reason):
    assert by_id[contrast_id]["reason"] == reason


# Made-up trials


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source_level": "secondary"}, "read second-hand"),
        ({"time_value": 0, "time_anchor": "baseline"}, "before treatment"),
        ({"reference": "RETRACTED"}, "its source was retracted"),
    ],
)
def test_what_bars_a_contrast_that_has_an_effect(world, evidence, change, reason):
    key = next(key for key, reference in evidence.references.items() if reference.retracted)
    change = {name: key if value == "RETRACTED" else value for name, value in change.items()}
    (line,) = world(ACTIVE | change, CONTROL | change)
    assert math.isfinite(line["yi"])
    assert (line["reason"], line["included"]) == (reason, False)


def test_a_retracted_control_or_second_hand_control_bars_too(world, evidence):
    key = next(key for key, reference in evidence.references.items() if reference.retracted)
    for change in ({"source_level": "secondary"}, {"reference": key}):
        (line,) = world(ACTIVE, CONTROL | change)
        assert not line["included"]


def test_rows_that_count_people_are_listed_with_the_risk_ratios(world):
    rows = [{"measure": measure} for measure in ("response", "incidence", "odds-ratio", "mean")]
    lines = world(*rows, design="open-label")
    assert [line["measure"] for line in lines] == ["RR", "RR", "RR", "SMD"]


# The clock


@pytest.mark.parametrize(
    ("anchor", "route", "minutes", "bounds"),
    [
        ("infusion-start", "iv", 40, (1440, 1440)),
        ("infusion-end", "iv", 40, (1480, 1480)),
        ("infusion-end", "iv", None, (1440, 1540)),
        ("dose", "iv", 40, (1440, 1480)),
        ("dose", "iv", None, (1440, 1540)),
        ("dose", "intranasal", None, (1440, 1440)),
        ("infusion-end", None, None, (1440, 1540)),
        ("last-dose", "iv", 40, (1440, 1440)),
        ("baseline", "iv", None, (1440, 1440)),
    ],
)
def test_times_are_counted_from_the_start_of_the_dose(world, anchor, route, minutes, bounds):
    """100 minutes are the longest infusion of rules.yml."""
    at = {"time_anchor": anchor}
    arm = {"route": route, "infusion_minutes": minutes}
    (line,) = world(ACTIVE | at, CONTROL | at, arm=arm)
    assert (line["earliest_min"], line["latest_min"]) == bounds
    assert (line["from_min"], line["to_min"], line["time_h"]) == (1440, 1440, 24)


def test_a_first_look_stays_at_the_start(world):
    window = {"time_value": None, "time_window_high": 14, "time_anchor": "infusion-end"}
    arm = {"route": "iv", "infusion_minutes": 40}
    (line,) = world(ACTIVE | window, CONTROL | window, arm=arm)
    assert (line["earliest_min"], line["latest_min"]) == (0, 14 * 1440 + 40)


def test_a_line_without_a_time_has_no_bounds(world):
    (line,) = world(ACTIVE | {"time_value": None}, CONTROL | {"time_value": None})
    assert math.isnan(line["earliest_min"])
    assert math.isnan(line["latest_min"])


def test_every_real_reading_lies_in_its_widened_interval(contrasts):
    timed = contrasts[contrasts["to_min"].notna()]
    assert len(timed) > 50
    assert (timed["earliest_min"] <= timed["latest_min"]).all()
    assert (timed["latest_min"] >= timed["to_min"]).all()
    own = timed["time_anchor"].isin(["baseline", "first-dose", "last-dose"])
    assert (timed.loc[own, "latest_min"] == timed.loc[own, "to_min"]).all()


# What has no line


@pytest.mark.parametrize("directness", ["context", "safety-only"])
def test_a_study_off_the_rungs_has_no_line(world, directness):
    assert world(ACTIVE, CONTROL, study={"directness": directness}) == []


def test_another_construct_has_no_line(world):
    assert world(ACTIVE | {"construct": "depression"}) == []


def test_a_review_has_no_line(world):
    assert world(ACTIVE, CONTROL, study={"programme": None, "design": "meta-analysis"}) == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(2, 4, (2880, 5760)), (None, 4, (0, 5760)), (None, None, (1440, 1440))],
)
def test_a_window_of_time_keeps_both_ends(world, low, high, expected):
    window = {"time_window_low": low, "time_window_high": high}
    window |= {"time_value": None} if high else {}
    (line,) = world(ACTIVE | window, CONTROL | window)
    assert (line["from_min"], line["to_min"]) == expected


# The object


def test_summary_counts_lines_and_reasons(evidence):
    contrasts = all_contrasts(evidence)
    first, second = contrasts.summary().splitlines()
    rows = contrasts.rows
    studies = rows.loc[rows["included"], "study_id"].nunique()
    words = f"{rows['included'].sum()} of {len(rows)} lines are contrasts that may be pooled, from"
    assert first == f"{words} {studies} studies"
    assert f"not a randomised comparison: {(rows['design'].str[:3] != 'rct').sum()}" in second
    assert len(contrasts.included) == rows["included"].sum() > 5


def test_frame_is_a_copy(evidence):
    contrasts = all_contrasts(evidence)
    before = contrasts.rows["yi"].notna().sum()
    copy = contrasts.to_frame()
    copy["yi"] = 0.0
    assert contrasts.rows["yi"].notna().sum() == before < len(copy)
