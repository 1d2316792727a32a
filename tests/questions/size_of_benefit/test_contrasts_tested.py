"""Contrasts from tests without an effect: what is let in, by hand, and why the rest is not."""

from __future__ import annotations

import dataclasses
import math

import pytest
from scipy import stats

from made.trials import ACTIVE, CONTROL, TIGHT, check, hedges

TEST = {"measure": "test-statistic", "favours": "active"}
BOTH = {"arm_id": "a", "comparator_arm_id": "c"}


@pytest.mark.parametrize(
    ("row", "t", "how"),
    [
        ({"statistic": "t(38) = 2.3"}, 2.3, "test by its t, too large if adjusted"),
        ({"statistic": "t = -2.3"}, 2.3, "test by its t, too large if adjusted"),
        ({"statistic": "F(1, 37)=5.1"}, math.sqrt(5.1), "test by its F, too large if adjusted"),
        ({"statistic": "treatment: z=2.1"}, 2.1, "test by its z, too large if adjusted"),
        ({"p_value": 0.02}, stats.t.isf(0.01, 38), "test by its p-value, as of t"),
        (
            {"statistic": "t(38) = 2.3", "p_value": 0.5},
            2.3,
            "test by its t, too large if adjusted",
        ),
    ],
)
def test_a_test_of_two_arms_gives_their_difference(world, row, t, how):
    """d = t sqrt(1 / 20 + 1 / 20) J(38)."""
    (line,) = world(TEST | BOTH | row, n=20)
    d = t * math.sqrt(2 / 20) * hedges(38)
    check(line, -d, 2 / 20 + d**2 / 80, how)
    assert line["included"]


def test_the_t_of_means_gives_the_contrast_of_the_means(world):
    """scipy's t test from the same means and deviations leads to the same line."""
    t = stats.ttest_ind_from_stats(8, 4, 20, 10, 5, 20).statistic
    (tested,) = world(TEST | BOTH | {"statistic": f"t(38)={float(t)}"}, n=20)
    (of_means,) = world(ACTIVE, CONTROL | {"sd": 5.0})
    assert tested["yi"] == pytest.approx(of_means["yi"], **TIGHT)
    assert tested["vi"] == pytest.approx(of_means["vi"], **TIGHT)


@pytest.mark.parametrize(("favours", "sign"), [("active", -1), ("control", 1)])
@pytest.mark.parametrize("direction", ["lower-is-better", "higher-is-better"])
def test_a_test_is_turned_by_what_it_favours(world, favours, sign, direction):
    row = {"statistic": "t(38) = 2.3", "favours": favours, "direction": direction}
    (line,) = world(TEST | BOTH | row, n=20)
    assert math.copysign(1, line["yi"]) == sign


@pytest.mark.parametrize("r", [0.3, 0.5])
def test_a_crossover_test_counts_the_people_with_both_periods(world, evidence, r):
    """d = t sqrt(2 (1 - r) / n) J(n - 1) with n of the row, 12."""
    row = TEST | BOTH | {"statistic": "paired t(11) = 2.3", "n": 12}
    pooling = dataclasses.replace(evidence.questions.pooling, period_correlation=r)
    questions = dataclasses.replace(evidence.questions, pooling=pooling)
    (line,) = world(row, design="rct-crossover", questions=questions)
    d = 2.3 * math.sqrt(2 * (1 - r) / 12) * hedges(11)
    words = f"test by its t, too large if adjusted; crossover, correlation of periods {r:g}"
    check(line, -d, 2 * (1 - r) / 12 + d**2 / 24, words)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "neither a test statistic nor an exact p-value is printed"),
        ({"p_text": "P < 0.05"}, "only a threshold of p is printed"),
        ({"p_text": "P < 0.05", "p_value": 0.05}, "only a threshold of p is printed"),
        ({"statistic": "chi2 = 5.1"}, "the printed statistic is no t, z or F of one test"),
        ({"statistic": "F(2, 57) = 5.1"}, "an F with several numerator degrees of freedom"),
        (
            {"statistic": "group x time F(1, 38) = 5.1"},
            "a test over several readings, not of two arms at one time",
        ),
        (
            {"statistic": "F(1, 38) = 5.1 for the interaction"},
            "a test over several readings, not of two arms at one time",
        ),
        (
            {"statistic": "linear trend: t(38) = 2.3"},
            "a trend over doses, not a comparison of two arms",
        ),
        (
            {"statistic": "Mann-Whitney z = 2.1"},
            "a test not known to compare scores: mann whitney",
        ),
        (
            {"statistic": "change from baseline t(38) = 2.3"},
            "a test not known to compare scores: change from baseline",
        ),
        (
            {"statistic": "F(1, 115) = 5.1"},
            "more degrees of freedom than 38: repeated readings",
        ),
        ({"p_value": 0.02, "favours": "neither"}, "neither arm is favoured and no sign is printed"),
        ({"p_value": 0.02, "favours": "unclear"}, "neither arm is favoured and no sign is printed"),
        ({"p_value": 0.02, "comparator_arm_id": None}, "not known to compare two arms"),
        ({"p_value": 0.02, "arm_id": None}, "not known to compare two arms"),
        ({"p_value": 0.02, "comparator_arm_id": "a2"}, "not known to compare two arms"),
        ({"p_value": 0.02, "time_value": None}, "not known to be a test at one time"),
        (
            {"p_value": 0.02, "time_value": None, "time_window_low": 0, "time_window_high": 14},
            "not known to be a test at one time",
        ),
        (
            {"p_value": 0.02, "n": 37},
            "the numbers of people in both arms at this time were not seen",
        ),
        ({"p_value": 0.02, "time_value": 0, "time_anchor": "baseline"}, "before treatment"),
    ],
)
def test_a_test_that_may_not_be_used_says_why(world, row, reason):
    (line,) = world(TEST | BOTH | row, n=20)
    assert (line["reason"], line["included"]) == (reason, False)


def test_a_crossover_test_without_its_people_is_refused(world):
    (line,) = world(TEST | BOTH | {"p_value": 0.02}, design="rct-crossover", n=20)
    assert line["reason"] == "the number of people with both periods was not seen"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"p_value": 1.0}, "p-value: found 1; allowed: above 0, below 1"),
        ({"p_value": 0.0}, "p-value: found 0; allowed: above 0, below 1"),
    ],
)
def test_a_p_value_without_a_t_is_told_with_its_place(world, change, reason):
    (line,) = world(TEST | BOTH | change, n=20)
    assert line["reason"] == reason


def test_both_arms_of_a_trial_of_two_need_not_be_named(world):
    (line,) = world(TEST | {"p_value": 0.02}, n=20, two_arms=True)
    assert (line["included"], line["drug"], line["control_drug"]) == (True, "ketamine", "saline")


@pytest.mark.parametrize(
    ("change", "two_arms"),
    [({}, False), ({"arm_id": "a"}, True), ({"time_value": None}, True)],
    ids=["four arms", "only the active arm named", "no time"],
)
def test_arms_are_not_guessed(world, change, two_arms):
    (line,) = world(TEST | {"p_value": 0.02} | change, n=20, two_arms=two_arms)
    assert line["reason"] == "not known to compare two arms"


MEDIAN_DIFFERENCE = BOTH | {"measure": "median-difference", "favours": "neither", "p_value": 0.2}


@pytest.mark.parametrize(
    ("direction", "estimate", "sign"),
    [("lower-is-better", -1.0, -1), ("lower-is-better", 1.0, 1), ("higher-is-better", 1.0, -1)],
)
def test_a_difference_of_medians_has_the_size_of_its_p(world, direction, estimate, sign):
    row = MEDIAN_DIFFERENCE | {"estimate": estimate, "direction": direction}
    (line,) = world(row, n=20)
    d = sign * stats.t.isf(0.1, 38) * math.sqrt(2 / 20) * hedges(38)
    check(line, d, 2 / 20 + d**2 / 80, "test by its p-value, as of t")


@pytest.mark.parametrize(
    ("active", "control", "direction", "sign"),
    [
        (9.0, 9.5, "lower-is-better", -1),
        (9.5, 9.0, "lower-is-better", 1),
        (9.5, 9.0, "higher-is-better", -1),
    ],
)
def test_a_difference_of_0_takes_its_sign_from_the_medians(world, active, control, direction, sign):
    medians = [
        {"measure": "median", "arm_id": arm, "estimate": value, "direction": direction}
        for arm, value in (("a", active), ("c", control))
    ]
    row = MEDIAN_DIFFERENCE | {"estimate": 0.0, "direction": direction}
    line = world(row, *medians, n=20)[0]
    assert math.copysign(1, line["yi"]) == sign
    assert line["derivation"].endswith("; sign from the arms' medians")


@pytest.mark.parametrize(
    "medians",
    [
        [],
        [{"arm_id": "a", "estimate": 9.0}],
        [{"arm_id": "a", "estimate": 9.0}, {"arm_id": "c", "estimate": 9.0}],
        [{"arm_id": "a", "estimate": 9.0}, {"arm_id": "c", "estimate": 9.5, "time_value": 2}],
        [{"arm_id": "a", "estimate": 9.0}, {"arm_id": "c2", "estimate": 9.5}],
        [{"arm_id": "a", "estimate": v} for v in (8.0, 9.0)] + [{"arm_id": "c", "estimate": 9.5}],
    ],
    ids=["none", "one", "equal", "another day", "another control", "two readings"],
)
def test_a_difference_of_0_without_medians_that_differ_has_no_sign(world, medians):
    rows = [{"measure": "median"} | median for median in medians]
    line = world(MEDIAN_DIFFERENCE | {"estimate": 0.0}, *rows, n=20)[0]
    assert line["reason"] == "neither arm is favoured and no sign is printed"
