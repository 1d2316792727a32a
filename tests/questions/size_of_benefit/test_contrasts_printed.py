"""Contrasts that a paper prints: mean differences and standardised ones, turned and by hand."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from made.trials import PRINTED, TIGHT, check, hedges


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
