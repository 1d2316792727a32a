"""Contrasts of two arms: who is the partner of whom, scores, quartiles and responders by hand."""

from __future__ import annotations

import math

import pytest

from made.trials import (
    ACTIVE,
    CONTROL,
    RESPONSE,
    TIGHT,
    check,
    from_quartiles,
    g_of,
    hedges,
)


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


def test_a_time_in_other_units_and_an_instrument_by_its_name_are_the_same(world):
    nameless = {"instrument_id": None}
    same = CONTROL | {"time_value": 24, "time_unit": "h"}
    for lines in (world(ACTIVE, same), world(ACTIVE | nameless, CONTROL | nameless)):
        assert [line["included"] for line in lines] == [True]
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


MEDIAN = {"measure": "median", "sd": None}
NO_MEAN, NO_MEDIAN = "no mean with a standard deviation", "no median with quartiles"
NEITHER = "neither a count nor a percentage"
REFUSED = {
    "no SD": (ACTIVE | {"sd": None}, CONTROL, NO_MEAN),
    "no mean": (ACTIVE | {"estimate": None}, CONTROL, NO_MEAN),
    "no spread": (ACTIVE | {"sd": 0.0}, CONTROL | {"sd": 0.0}, "both standard deviations are 0"),
    "more events than people": (
        RESPONSE | {"arm_id": "a", "events": 12, "n": 10},
        RESPONSE | {"arm_id": "c", "events": 3, "n": 10},
        "found -2",
    ),
    "no count": (
        RESPONSE | {"arm_id": "a"},
        RESPONSE | {"arm_id": "c"},
        NEITHER,
    ),
    "no quartiles": (ACTIVE | MEDIAN, CONTROL | MEDIAN, NO_MEDIAN),
    **{
        words: tuple(arm | MEDIAN | {"statistic": words} for arm in (ACTIVE, CONTROL))
        + (NO_MEDIAN,)
        for words in ("IQR 8", "range 6-14")
    },
}


@pytest.mark.parametrize(("active", "control", "reason"), REFUSED.values(), ids=REFUSED)
def test_numbers_that_are_missing_or_cannot_be_are_a_reason(world, active, control, reason):
    (line,) = world(active, control)
    assert not line["included"]
    told = line["reason"]
    assert told == reason if reason in (NO_MEAN, NO_MEDIAN, NEITHER) else reason in told
    assert ("events_" in told) == (reason == "found -2")


def test_crossover_scores_are_changes_within_persons_but_two_groups_in_the_first_period(world):
    """SMCR: J(n - 1) (8 - 10) / 4; 2 (1 - r) / n + d^2 / (2 n)."""
    (line,) = world(ACTIVE, CONTROL, design="rct-crossover", n=20, study={"n_enrolled": 20})
    d = hedges(19) * (8 - 10) / 4
    derivation = "arm-means; crossover, correlation of periods 0.5"
    check(line, d, 2 * 0.5 / 20 + d**2 / 40, derivation)
    assert line["n"] == 20
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
    if events == n:
        a, n, c, n2 = a + 0.5, n + 1, c + 0.5, n2 + 1
    assert line["yi"] == pytest.approx(math.log((a / n) / (c / n2)), **TIGHT)
    assert line["vi"] == pytest.approx(1 / a - 1 / n + 1 / c - 1 / n2, **TIGHT)
    assert line["derivation"].startswith("counts from a percentage that gives whole people; counts")


@pytest.mark.parametrize(("percent", "n"), [(11, 8), (52.94, 18), (34, 18), (40, 400), (50, 101)])
def test_a_percentage_of_no_one_number_of_people_is_refused_without_a_count(world, percent, n):
    rows = {"percent": percent, "n": n, "arm_id": "a"}, {"events": 5, "n": 20, "arm_id": "c"}
    (line,) = world(*[RESPONSE | row for row in rows])
    assert line["reason"] == f"{percent:g}% of {n} gives no single number of people"
    assert (line["measure"], line["included"]) == ("RR", False)
    rows = {"events": 9, "percent": percent, "n": 20}, {"events": 4, "percent": 20, "n": 20}
    (line,) = world(*[RESPONSE | {"arm_id": a} | r for a, r in zip("ac", rows, strict=True)])
    check(line, math.log(11 / 16), 1 / 11 - 1 / 20 + 1 / 16 - 1 / 20, "counts")


def test_all_respond_in_both_arms(world):
    rows = {"events": 10, "n": 10, "arm_id": "a"}, {"events": 8, "n": 8, "arm_id": "c"}
    (line,) = world(*[RESPONSE | row for row in rows])
    assert line["yi"] == pytest.approx(math.log((0.5 / 11) / (0.5 / 9)), **TIGHT)
    assert "no event in either arm, the effect rests on the 0.5 added" in line["derivation"]


@pytest.mark.parametrize("statistic", ["IQR 6-14", "median 9 (IQR 6 to 14)", "IQR 6–14"])
def test_quartiles_are_read_from_the_statistic(world, statistic):
    one = {"measure": "median", "sd": None, "estimate": 9.0, "statistic": statistic}
    (line,) = world(ACTIVE | one, CONTROL | one | {"estimate": 10.0})
    active, control = from_quartiles(6, 9, 14, 20), from_quartiles(6, 10, 14, 20)
    expected = g_of(*active, 20, *control, 20)
    assert (line["yi"], line["vi"]) == pytest.approx(expected, **TIGHT)


# Responders


def responders(*pairs):
    """Rows of both arms with their responders and people."""
    return [
        RESPONSE | {"arm_id": arm, "events": events, "n": n}
        for arm, (events, n) in zip("ac", pairs, strict=True)
    ]


@pytest.mark.parametrize(
    ("active", "control", "added"),
    [
        ((4, 8), (0, 7), 0.0),
        ((0, 8), (3, 7), 0.0),
        ((8, 8), (3, 7), 0.5),
        ((4, 8), (7, 7), 0.5),
        ((0, 8), (0, 7), 0.5),
        ((8, 8), (7, 7), 0.5),
    ],
    ids=["no control responds", "no active responds", "all active", "all control", "none", "all"],
)
def test_a_half_is_added_only_where_there_is_no_ratio_without_it(world, active, control, added):
    """Compared are those who do not respond; where none responds at all, there is no variance."""
    (line,) = world(*responders(active, control))
    a, c = active[1] - active[0] + added, control[1] - control[0] + added
    n1, n2 = active[1] + 2 * added, control[1] + 2 * added
    assert line["yi"] == pytest.approx(math.log((a / n1) / (c / n2)), **TIGHT)
    assert line["vi"] == pytest.approx(1 / a - 1 / n1 + 1 / c - 1 / n2, **TIGHT)
    assert ("0.5 added" in line["derivation"]) == bool(added)
    assert line["included"]


def test_periods_of_the_same_people_share_a_covariance_and_the_first_alone_has_none(world):
    """12 of 20 and 15 of 20 respond: 8 and 5 do not; v = 1 / 8 - 1 / 20 and 1 / 5 - 1 / 20."""
    rows = responders((12, 20), (15, 20))
    (line,) = world(*rows, design="rct-crossover", study={"n_enrolled": 20})
    one, other = 1 / 8 - 1 / 20, 1 / 5 - 1 / 20
    expected = one + other - 2 * 0.5 * math.sqrt(one * other)
    check(line, math.log(8 / 5), expected, "counts; crossover, correlation of periods 0.5")
    (first,) = world(*rows, design="rct-crossover", study={"n_enrolled": 40})
    check(first, math.log(8 / 5), one + other, "counts")


def test_a_correlation_that_the_counts_forbid_is_lowered_and_named(world):
    """2 of 20 and 19 of 20 respond; 1 of 20 cannot follow 18 of 20 as closely as r = 0.5."""
    rows = responders((2, 20), (19, 20))
    (line,) = world(*rows, design="rct-crossover", study={"n_enrolled": 20})
    # The 1 without response under control is among the 18 without response under active:
    # pairs a = 1, b = 17, c = 0, and metafor's MPRR is (b + c) / ((a + b) (a + c)).
    assert line["vi"] == pytest.approx(17 / (18 * 1), **TIGHT)
    assert line["derivation"].endswith("the counts allow a lower correlation only")


def test_people_of_the_whole_arm_are_named_as_such(world):
    words = "arm-means; people of the whole arms, those of the reading not seen"
    assert world(ACTIVE | {"n": None}, CONTROL)[0]["derivation"] == words
    assert world(ACTIVE, CONTROL)[0]["derivation"] == "arm-means"
