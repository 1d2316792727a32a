"""From rows to contrasts: nothing lost, nothing twice, signs turned once, effects by hand.

Expected effects are computed here from the numbers that the papers print (the rows named beside
them), with plain arithmetic and scipy's quantiles; none of the package's formulas is used.
"""

from __future__ import annotations

import dataclasses
import math
from itertools import count

import pandas as pd
import pytest
from scipy import stats

from evidence_tools.contrasts import COLUMNS, all_contrasts

CONSTRUCTS = ["anxiety", "fear", "ptsd", "ocd"]
RUNGS = ["direct", "related", "indirect"]
REVIEWS = ["meta-analysis", "systematic-review", "narrative-review", "pooled-analysis"]
TIGHT = {"rel": 1e-9}


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


def hedges(m):
    """The exact factor, gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2))."""
    return math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))


def g_of(m1, s1, n1, m2, s2, n2):
    """Hedges' g and its large-sample variance."""
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    g = hedges(n1 + n2 - 2) * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


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


def test_the_real_contrasts(contrasts):
    assert contrasts.loc[contrasts["included"], "contrast_id"].tolist() == [
        "anderson-2017/r04 v anderson-2017/r07",
        "duek-2023/r02",
        "feder-2021/r01",
        "feder-2021/r02",
        "feder-2021/r03 v feder-2021/r04",
        "rodriguez-2013/r01 v rodriguez-2013/r02",
        "song-2025/r04 v song-2025/r03",
        "song-2025/r06 v song-2025/r05",
        "song-2025/r08 v song-2025/r07",
        "song-2025/r11 v song-2025/r10",
        "taylor-2018/r04 v taylor-2018/r05",
    ]


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


def check(row, yi, vi, derivation):
    assert row["yi"] == pytest.approx(yi, **TIGHT)
    assert row["vi"] == pytest.approx(vi, **TIGHT)
    assert row["derivation"] == derivation


def test_anderson_2017_is_hedges_g_of_its_means(by_id):
    """Table 4, CAS at 4 months: 4.95 (4.73), n 19; 3.67 (4.92), n 18."""
    g, v = g_of(4.95, 4.73, 19, 3.67, 4.92, 18)
    check(by_id["anderson-2017/r04 v anderson-2017/r07"], g, v, "arm-means")


def from_quartiles(q1, median, q3, n):
    """Luo (2018), equation 11, and Wan (2014), equation 16."""
    w = 0.7 + 0.39 / n
    mean = w * (q1 + q3) / 2 + (1 - w) * median
    return mean, (q3 - q1) / (2 * stats.norm.ppf((0.75 * n - 0.125) / (n + 0.25)))


@pytest.mark.parametrize(
    ("contrast_id", "active", "control"),
    [
        ("song-2025/r04 v song-2025/r03", (7, 9, 11), (8, 9.5, 11)),
        ("song-2025/r06 v song-2025/r05", (8, 9, 11), (7.75, 9.5, 11)),
        ("song-2025/r08 v song-2025/r07", (7.75, 9.5, 11), (8, 10, 12)),
        ("song-2025/r11 v song-2025/r10", (7, 10, 11), (8, 10, 11.75)),
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


def test_medians_off_the_middle_of_their_quartiles_are_named(by_id):
    """Shi (2023): |q1 + q3 - 2 median| / (q3 - q1) against 2.65 / sqrt(n) - 6 / n^2."""
    critical = 2.65 / math.sqrt(102) - 6 / 102**2
    assert abs(7 + 11 - 2 * 10) / (11 - 7) > critical > abs(8 + 11.75 - 2 * 10) / (11.75 - 8)
    assert "active arm looks skewed (0.500" in by_id["song-2025/r11 v song-2025/r10"]["derivation"]
    assert by_id["song-2025/r04 v song-2025/r03"]["derivation"] == "medians"


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
        "counts from a percentage that gives whole people",
    )


def test_rodriguez_2013_first_phase_is_two_groups(by_id):
    """50 percent of 8 and 0 percent of 7; a cell is empty, so 1/2 is added to all four."""
    check(
        by_id["rodriguez-2013/r01 v rodriguez-2013/r02"],
        math.log((4.5 / 9) / (7.5 / 8)),
        1 / 4.5 - 1 / 9 + 1 / 7.5 - 1 / 8,
        "counts from a percentage that gives whole people; "
        "an empty cell, 0.5 added to all four cells",
    )


def test_taylor_2018_response_says_that_periods_are_taken_as_groups(by_id):
    """33.33 percent of 18 and 0 percent of 18, the same people."""
    check(
        by_id["taylor-2018/r04 v taylor-2018/r05"],
        math.log((12.5 / 19) / (18.5 / 19)),
        1 / 12.5 - 1 / 19 + 1 / 18.5 - 1 / 19,
        "counts from a percentage that gives whole people; "
        "an empty cell, 0.5 added to all four cells; "
        "crossover periods treated as independent groups",
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
        ("song-2025/r01", "no contrast can be made of a median-difference"),
        ("feder-2014/r02", "no number, only words"),
        ("taylor-2018/r01", "a test statistic without an effect"),
        ("feder-2014/r01", "the number of people with both periods was not seen"),
        ("kucuk-2024/r01", "the numbers of people in both arms were not seen"),
        ("anderson-2017/r01", "the numbers of people in both arms were not seen"),
    ],
)
def test_reasons_of_real_rows(by_id, contrast_id, reason):
    assert by_id[contrast_id]["reason"] == reason


# Made-up trials


@pytest.fixture
def world(evidence):
    """Lines of contrasts of one made-up trial; each given row is a result of it."""

    def make(*rows, design="rct-parallel", n=40, study=None):
        numbers = count(1)
        arms = {
            "a": {"role": "active", "drug": "ketamine", "n_doses": 1, "n_analysed": n},
            "c": {"role": "control", "drug": "saline", "n_doses": 1, "n_analysed": n},
        }
        arms["a2"] = arms["a"] | {"drug": "esketamine"}
        arms["c2"] = arms["c"] | {"drug": "midazolam"}
        base = {"construct": "anxiety", "instrument": "HAM-A", "instrument_id": "ham-a"}
        base |= {"direction": "lower-is-better", "favours": "unclear", "source_level": "abstract"}
        base |= {"time_value": 1, "time_unit": "d", "time_anchor": "dose"}
        made = [
            {"study_id": "x", "result_id": f"x/r{next(numbers):02}"} | base | row for row in rows
        ]
        trial = {"study_id": "x", "programme": "x", "label": "X", "design": design}
        trial |= {"directness": "direct", "n_enrolled": 2 * n} | (study or {})
        tables = {
            "studies": [trial],
            "arms": [{"study_id": "x", "arm_id": name} | arm for name, arm in arms.items()],
            "results": made,
        }
        frames = {}
        for name, records in tables.items():
            shape = evidence.table(name)
            frame = pd.DataFrame(records).reindex(columns=shape.columns)
            frames[name] = frame.astype(shape.dtypes.to_dict())
        return all_contrasts(dataclasses.replace(evidence, **frames)).rows.to_dict("records")

    return make


MEAN = {"measure": "mean", "estimate": 10.0, "sd": 4.0, "n": 20}
ACTIVE, CONTROL = MEAN | {"arm_id": "a", "estimate": 8.0}, MEAN | {"arm_id": "c"}
RESPONSE = {"measure": "response", "direction": "higher-is-better"}
PRINTED = {"arm_id": "a", "comparator_arm_id": "c", "measure": "mean-difference"}


def test_two_arms_make_one_contrast(world):
    (line,) = world(ACTIVE, CONTROL)
    check(line, *g_of(8, 4, 20, 10, 4, 20), "arm-means")
    assert (line["contrast_id"], line["included"]) == ("x/r01 v x/r02", True)
    assert (line["drug"], line["control_drug"], line["n"]) == ("ketamine", "saline", 40)
    assert (line["from_min"], line["to_min"], line["time_h"]) == (1440, 1440, 24)


def test_where_higher_is_better_the_sign_is_turned(world):
    better = {"direction": "higher-is-better"}
    (line,) = world(ACTIVE | better, CONTROL | better)
    assert line["yi"] == pytest.approx(-g_of(8, 4, 20, 10, 4, 20)[0], **TIGHT)


def test_people_of_the_arm_stand_in_for_those_of_the_row(world):
    (line,) = world(ACTIVE | {"n": None}, CONTROL | {"n": None}, n=15)
    assert (line["yi"], line["vi"]) == pytest.approx(g_of(8, 4, 15, 10, 4, 15), **TIGHT)
    assert line["n"] == 30


@pytest.mark.parametrize(
    "other",
    [
        {"instrument_id": "stai", "instrument": "STAI"},
        {"construct": "fear"},
        {"measure": "median"},
        {"time_value": 2},
        {"time_anchor": "infusion-end"},
        {"time_window_high": 3},
    ],
    ids=lambda other: next(iter(other)),
)
def test_partners_must_agree(world, other):
    lines = world(ACTIVE, CONTROL | other)
    assert [line["contrast_id"] for line in lines] == ["x/r01", "x/r02"]
    reason = "one arm's value without that of the other arm"
    assert {line["reason"] for line in lines} == {reason}


def test_a_time_in_other_units_is_the_same_time(world):
    (line,) = world(ACTIVE, CONTROL | {"time_value": 24, "time_unit": "h"})
    assert line["included"]


def test_an_instrument_without_an_id_is_known_by_its_name(world):
    nameless = {"instrument_id": None}
    (line,) = world(ACTIVE | nameless, CONTROL | nameless)
    assert line["included"]
    assert len(world(ACTIVE | nameless, CONTROL | nameless | {"instrument": "STAI"})) == 2


def test_several_control_arms_are_a_reason_and_none_is_lost(world):
    lines = world(ACTIVE, CONTROL, CONTROL | {"arm_id": "c2"})
    assert [line["contrast_id"] for line in lines] == ["x/r01", "x/r02", "x/r03"]
    reason = "more than one value of the control arm to compare with"
    assert {line["reason"] for line in lines} == {reason}


def test_two_active_arms_share_their_control(world):
    lines = world(ACTIVE, ACTIVE | {"arm_id": "a2", "estimate": 6.0}, CONTROL)
    assert [line["contrast_id"] for line in lines] == ["x/r01 v x/r03", "x/r02 v x/r03"]
    assert [line["drug"] for line in lines] == ["ketamine", "esketamine"]
    assert all(line["included"] for line in lines)


def test_a_row_without_an_arm_is_told_so(world):
    lines = world(ACTIVE | {"arm_id": None}, CONTROL)
    assert [line["reason"] for line in lines] == [
        "the arm is not stated",
        "one arm's value without that of the other arm",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sd": None}, "no mean with a standard deviation"),
        ({"estimate": None}, "no mean with a standard deviation"),
    ],
)
def test_a_missing_number_is_a_reason(world, change, reason):
    (line,) = world(ACTIVE | change, CONTROL)
    assert (line["reason"], line["included"]) == (reason, False)


def test_a_number_that_cannot_be_is_told_with_its_place(world):
    rows = [{"events": 12, "n": 10}, {"events": 3, "n": 10}]
    (line,) = world(*[RESPONSE | {"arm_id": a} | r for a, r in zip("ac", rows, strict=True)])
    assert not line["included"]
    assert "events_" in line["reason"]
    assert "found -2" in line["reason"]


def test_two_equal_arms_without_spread_have_no_effect(world):
    (line,) = world(ACTIVE | {"sd": 0.0}, CONTROL | {"sd": 0.0})
    assert not line["included"]
    assert "both standard deviations are 0" in line["reason"]


def test_crossover_scores_are_changes_within_persons(world):
    """SMCR: J(n - 1) (8 - 10) / 4; 2 (1 - r) / n + d^2 / (2 n)."""
    (line,) = world(ACTIVE, CONTROL, design="rct-crossover", n=20, study={"n_enrolled": 20})
    d = hedges(19) * (8 - 10) / 4
    derivation = "arm-means; crossover, correlation of periods 0.5"
    check(line, d, 2 * 0.5 / 20 + d**2 / 40, derivation)
    assert line["n"] == 20


def test_the_first_period_of_a_crossover_trial_is_two_groups(world):
    (line,) = world(ACTIVE, CONTROL, design="rct-crossover", study={"n_enrolled": 40})
    check(line, *g_of(8, 4, 20, 10, 4, 20), "arm-means")


@pytest.mark.parametrize(
    ("percent", "n", "events"),
    [(67, 15, 10), (20, 15, 3), (33.33, 18, 6), (50, 8, 4), (0, 7, 0), (100, 7, 7), (12.5, 8, 1)],
)
def test_a_percentage_of_few_people_is_a_count(world, percent, n, events):
    rows = {"percent": percent, "n": n, "arm_id": "a"}, {"events": 5, "n": 20, "arm_id": "c"}
    (line,) = world(*[RESPONSE | row for row in rows])
    a, c, n2 = n - events, 15, 20
    if events in (0, n):
        a, n, c, n2 = a + 0.5, n + 1, c + 0.5, n2 + 1
    assert line["yi"] == pytest.approx(math.log((a / n) / (c / n2)), **TIGHT)
    assert line["vi"] == pytest.approx(1 / a - 1 / n + 1 / c - 1 / n2, **TIGHT)
    assert line["derivation"].startswith("counts from a percentage that gives whole people; counts")


@pytest.mark.parametrize(("percent", "n"), [(11, 8), (52.94, 18), (34, 18), (40, 400), (50, 101)])
def test_a_percentage_of_no_one_number_of_people_is_refused(world, percent, n):
    rows = {"percent": percent, "n": n, "arm_id": "a"}, {"events": 5, "n": 20, "arm_id": "c"}
    (line,) = world(*[RESPONSE | row for row in rows])
    assert line["reason"] == f"{percent:g}% of {n} gives no single number of people"
    assert (line["measure"], line["included"]) == ("RR", False)


def test_a_count_wins_over_a_percentage(world):
    rows = {"events": 9, "percent": 50, "n": 20}, {"events": 4, "percent": 20, "n": 20}
    (line,) = world(*[RESPONSE | {"arm_id": a} | r for a, r in zip("ac", rows, strict=True)])
    check(line, math.log(11 / 16), 1 / 11 - 1 / 20 + 1 / 16 - 1 / 20, "counts")


def test_all_respond_in_both_arms(world):
    rows = {"events": 10, "n": 10, "arm_id": "a"}, {"events": 8, "n": 8, "arm_id": "c"}
    (line,) = world(*[RESPONSE | row for row in rows])
    assert line["yi"] == pytest.approx(math.log((0.5 / 11) / (0.5 / 9)), **TIGHT)
    assert "no event in either arm, the effect rests on the 0.5 added" in line["derivation"]


def test_neither_a_count_nor_a_percentage(world):
    (line,) = world(RESPONSE | {"arm_id": "a"}, RESPONSE | {"arm_id": "c"})
    assert line["reason"] == "neither a count nor a percentage"


@pytest.mark.parametrize("statistic", ["IQR 6-14", "median 9 (IQR 6 to 14)", "IQR 6–14"])
def test_quartiles_are_read_from_the_statistic(world, statistic):
    one = {"measure": "median", "sd": None, "estimate": 9.0, "statistic": statistic}
    (line,) = world(ACTIVE | one, CONTROL | one | {"estimate": 10.0})
    active, control = from_quartiles(6, 9, 14, 20), from_quartiles(6, 10, 14, 20)
    expected = g_of(*active, 20, *control, 20)
    assert (line["yi"], line["vi"]) == pytest.approx(expected, **TIGHT)


@pytest.mark.parametrize("statistic", [None, "IQR 8", "range 6-14"])
def test_a_median_without_quartiles_is_refused(world, statistic):
    one = {"measure": "median", "sd": None, "statistic": statistic}
    (line,) = world(ACTIVE | one, CONTROL | one)
    assert line["reason"] == "no median with quartiles"


def test_a_printed_difference_takes_its_se_from_p(world):
    """d = t sqrt(1/n + 1/n) J, t the quantile of p on n1 + n2 - 2 degrees of freedom."""
    (line,) = world(PRINTED | {"estimate": -3.0, "p_value": 0.01, "favours": "active"}, n=12)
    t = stats.t.ppf(0.995, 22)
    d = t * math.sqrt(2 / 12) * hedges(22)
    words = "mean difference by its t, too large if adjusted; SE from p"
    check(line, -d, 2 / 12 + d**2 / 48, words)


def test_a_printed_difference_takes_its_se_from_its_interval(world):
    row = {"estimate": -3.0, "ci_low": -5.5, "ci_high": -0.5, "favours": "active"}
    (line,) = world(PRINTED | row, n=12)
    d = 3.0 / (5.0 / (2 * stats.t.ppf(0.975, 22))) * math.sqrt(2 / 12) * hedges(22)
    words = "mean difference by its t, too large if adjusted; SE from the interval"
    check(line, -d, 2 / 12 + d**2 / 48, words)


@pytest.mark.parametrize(
    ("row", "t", "how"),
    [
        ({"se": 1.25}, 3.0 / 1.25, "as printed"),
        ({"p_value": 0.01}, stats.t.ppf(0.995, 11), "from p"),
        ({"ci_low": -5.5, "ci_high": -0.5}, 1.2 * stats.t.ppf(0.975, 11), "from the interval"),
        (
            {"ci_low": -5.5, "ci_high": -0.5, "ci_level": 90},
            1.2 * stats.t.ppf(0.95, 11),
            "from the interval",
        ),
    ],
)
def test_a_crossover_difference_counts_the_people_of_its_own_row(world, row, t, how):
    """d = t sqrt(2 (1 - r) / n) J(n - 1) with n of the row, 12, not the 40 of each arm."""
    one = PRINTED | {"estimate": -3.0, "n": 12, "favours": "active"} | row
    (line,) = world(one, design="rct-crossover")
    d = t * math.sqrt(2 * 0.5 / 12) * hedges(11)
    words = f"mean difference by its t; SE {how}; crossover, correlation of periods 0.5"
    check(line, -d, 2 * 0.5 / 12 + d**2 / 24, words)
    assert line["included"]


@pytest.mark.parametrize("row", [{"se": 1.25}, {"p_value": 0.01}, {}])
def test_a_crossover_difference_without_its_own_people_is_refused(world, row):
    (line,) = world(PRINTED | {"estimate": -3.0} | row, design="rct-crossover", n=20)
    reason = "the number of people with both periods was not seen"
    assert (line["reason"], line["included"]) == (reason, False)


def test_a_crossover_difference_with_its_people_still_needs_its_error(world):
    (line,) = world(PRINTED | {"estimate": -3.0, "n": 12}, design="rct-crossover")
    reason = "no standard error, interval or p-value"
    assert (line["reason"], line["included"]) == (reason, False)


@pytest.mark.parametrize(
    ("favours", "direction", "estimate", "sign"),
    [
        ("active", "lower-is-better", 3.0, -1),
        ("active", "higher-is-better", 3.0, -1),
        ("control", "lower-is-better", -3.0, 1),
        ("neither", "lower-is-better", -3.0, -1),
        ("neither", "lower-is-better", 3.0, 1),
        ("unclear", "higher-is-better", 3.0, -1),
    ],
)
def test_a_printed_difference_is_turned_by_what_it_favours(
    world, favours, direction, estimate, sign
):
    row = {"favours": favours, "direction": direction, "estimate": estimate, "se": 1.5}
    (line,) = world(PRINTED | row, n=10)
    assert line["yi"] == pytest.approx(sign * 2 * math.sqrt(2 / 10) * hedges(18), **TIGHT)


STANDARDISED = PRINTED | {"estimate": -0.4, "favours": "neither"}
INTERVAL = {"ci_low": -0.9, "ci_high": 0.1}
T_38, NORMAL = stats.t(38).ppf, stats.norm.ppf


@pytest.mark.parametrize("measure", ["smd", "hedges-g"])
@pytest.mark.parametrize("level", [None, 90])
@pytest.mark.parametrize(
    ("unknown", "design", "quantile"),
    [
        ({}, "rct-parallel", T_38),
        ({"comparator_arm_id": None}, "rct-parallel", NORMAL),
        ({"arm_id": None}, "rct-parallel", NORMAL),
        ({}, "rct-crossover", NORMAL),
    ],
    ids=["both", "no control", "no active", "crossover"],
)
def test_a_printed_g_stays_with_its_interval_read_by_t_or_normal(
    world, measure, level, unknown, design, quantile
):
    """By t on 38 degrees of freedom with 20 people per arm; by the normal where they are not."""
    row = STANDARDISED | INTERVAL | {"measure": measure, "ci_level": level} | unknown
    (line,) = world(row, design=design, n=20)
    se = 1.0 / (2 * quantile(0.95 if level else 0.975))
    check(line, -0.4, se**2, "printed; SE from the interval")


@pytest.mark.parametrize(
    ("row", "se", "how"),
    [
        ({"se": 0.3}, 0.3, "as printed"),
        (INTERVAL, 1.0 / (2 * T_38(0.975)), "from the interval"),
        (INTERVAL | {"ci_level": 90}, 1.0 / (2 * T_38(0.95)), "from the interval"),
        ({"p_value": 0.2}, 0.4 / T_38(0.9), "from p"),
    ],
)
def test_a_printed_d_is_corrected_where_both_arms_are_known(world, row, se, how):
    (line,) = world(STANDARDISED | {"measure": "cohens-d"} | row, n=20)
    words = f"printed d, corrected for small samples; SE {how}"
    check(line, -0.4 * hedges(38), (se * hedges(38)) ** 2, words)


@pytest.mark.parametrize(
    ("unknown", "design"),
    [
        ({"comparator_arm_id": None}, "rct-parallel"),
        ({"arm_id": None}, "rct-parallel"),
        ({}, "rct-crossover"),
    ],
    ids=["no control", "no active", "crossover"],
)
@pytest.mark.parametrize(
    ("row", "se", "how"),
    [
        ({"se": 0.3}, 0.3, "as printed"),
        (INTERVAL, 1.0 / (2 * NORMAL(0.975)), "from the interval"),
        ({"p_value": 0.2}, 0.4 / NORMAL(0.9), "from p"),
    ],
)
def test_a_printed_d_keeps_its_bias_and_says_so_where_they_are_not(
    world, unknown, design, row, se, how
):
    row = STANDARDISED | {"measure": "cohens-d"} | row | unknown
    (line,) = world(row, design=design, n=20)
    check(line, -0.4, se**2, f"printed d, small-sample bias left in; SE {how}")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "no number"),
        ({"estimate": -3.0}, "no standard error, interval or p-value"),
        ({"estimate": 0.0, "p_value": 1.0}, "no standard error, interval or p-value"),
        (
            {"estimate": -3.0, "se": 1.0, "comparator_arm_id": None},
            "the numbers of people in both arms were not seen",
        ),
        (
            {"estimate": -3.0, "comparator_arm_id": None},
            "the numbers of people in both arms were not seen",
        ),
    ],
)
def test_a_printed_difference_without_what_it_needs(world, row, reason):
    (line,) = world(PRINTED | row)
    assert (line["reason"], line["included"]) == (reason, False)


def test_an_interval_upside_down_is_a_reason_with_its_place(world):
    (line,) = world(PRINTED | {"estimate": -3.0, "ci_low": -1.0, "ci_high": -5.0})
    assert line["reason"].startswith("interval -1 to -5: found no width above 0")


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
    assert first == (f"11 of {len(rows)} lines are contrasts that may be pooled, from 6 studies")
    assert f"not a randomised comparison: {(rows['design'].str[:3] != 'rct').sum()}" in second
    assert len(contrasts.included) == 11


def test_frame_is_a_copy(evidence):
    contrasts = all_contrasts(evidence)
    copy = contrasts.to_frame()
    copy["yi"] = 0.0
    assert contrasts.rows["yi"].notna().sum() == 12
