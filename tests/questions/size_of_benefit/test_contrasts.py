"""From rows to contrasts: effects of papers by hand, what never enters, the clock, the object.

Expected effects are computed here from the numbers that papers print, with plain arithmetic and
scipy's quantiles; none of the package's formulas is used. That no row is lost and none is twice is
held on the shipped rows (`tests/shipped/test_shipped_contrasts.py`).
"""

from __future__ import annotations

import dataclasses
import math

import pytest
from scipy import stats

from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts
from made.trials import (
    ACTIVE,
    CONTROL,
    PRINTED,
    RESPONSE,
    TIGHT,
    check,
    from_quartiles,
    g_of,
    hedges,
)

# Effects by hand


def both(active, control, **cells):
    """Rows of the active and of the control arm."""
    return [cells | {"arm_id": "a"} | active, cells | {"arm_id": "c"} | control]


def test_means_give_hedges_g(world):
    """Anderson 2017, Table 4, CAS at 4 months: 4.95 (4.73), n 19; 3.67 (4.92), n 18."""
    active, control = (4.95, 4.73, 19), (3.67, 4.92, 18)
    rows = [dict(zip(("estimate", "sd", "n"), arm, strict=True)) for arm in (active, control)]
    (line,) = world(*both(*rows, measure="mean"))
    check(line, *g_of(*active, *control), "arm-means")
    assert line["n"] == 37


@pytest.mark.parametrize(
    ("active", "control", "skewed"),
    [
        ((7, 9, 11), (8, 9.5, 11), False),
        ((8, 9, 11), (7.75, 9.5, 11), True),
        ((7.75, 9.5, 11), (8, 10, 12), False),
        ((7, 10, 11), (8, 10, 11.75), True),
    ],
)
def test_quartiles_give_hedges_g_unless_the_scores_are_skewed(world, active, control, skewed):
    """Song 2025, Table 3, HADS-A, 102 per arm, medians with quartiles on four days.

    Shi (2023): skewed where |q1 + q3 - 2 median| / (q3 - q1) reaches 2.65 / sqrt(n) - 6 / n^2.
    """
    n = 102
    rows = [
        {"estimate": float(median), "statistic": f"median {median} (IQR {q1}-{q3})"}
        for q1, median, q3 in (active, control)
    ]
    (line,) = world(*both(*rows, measure="median", n=n))
    leans = [abs(q1 + q3 - 2 * median) / (q3 - q1) for q1, median, q3 in (active, control)]
    assert skewed == (max(leans) >= 2.65 / math.sqrt(n) - 6 / n**2)
    if skewed:
        assert line["reason"] == "quartiles say that the scores are skewed"
        assert math.isnan(line["yi"])
        return
    g, v = g_of(*from_quartiles(*active, n), n, *from_quartiles(*control, n), n)
    assert (line["yi"], line["vi"]) == (pytest.approx(g, **TIGHT), pytest.approx(v, **TIGHT))
    assert (line["derivation"].split(";")[0], line["reason"]) == ("medians", "")


def test_the_p_value_of_a_difference_of_medians_gives_its_size(world):
    """Song 2025, Table 3: a difference of 0, p 0.5864; esketamine 9, placebo 9.5; 102 per arm."""
    row = PRINTED | {"measure": "median-difference", "estimate": 0.0, "p_value": 0.5864}
    medians = both({"estimate": 9.0}, {"estimate": 9.5}, measure="median")
    line = world(row | {"favours": "neither"}, *medians, n=102)[0]
    d = stats.t.isf(0.5864 / 2, 202) * math.sqrt(2 / 102) * hedges(202)
    words = "test by its p-value, as of t; sign from the arms' medians"
    check(line, -d, 2 / 102 + d**2 / 408, words)
    assert (line["control_drug"], line["n"]) == ("saline", 204)


FEDER_2014 = PRINTED | {"estimate": 12.7, "ci_low": 2.5, "ci_high": 22.8, "favours": "active"}


@pytest.mark.parametrize("r", [0.3, 0.5, 0.7])
def test_a_crossover_difference_is_its_t_over_the_pairs(world, evidence, r):
    """Feder 2014, IES-R at 24 h: 12.7 (2.5 to 22.8), as if 29 people had both periods."""
    pooling = dataclasses.replace(evidence.questions.pooling, period_correlation=r)
    questions = dataclasses.replace(evidence.questions, pooling=pooling)
    row = FEDER_2014 | {"n": 29, "ci_level": 95}
    (line,) = world(row, design="rct-crossover", questions=questions)
    se = (22.8 - 2.5) / (2 * stats.t.ppf(0.975, 28))
    d = hedges(28) * 12.7 / se * math.sqrt(2 * (1 - r) / 29)
    words = "mean difference by its t; SE from the interval; crossover, correlation of periods "
    check(line, -d, 2 * (1 - r) / 29 + d**2 / (2 * 29), f"{words}{r:g}")


FEDER_2021 = PRINTED | {"favours": "active", "direction": "lower-is-better"}


def test_a_printed_d_is_corrected_and_has_the_variance_of_its_interval(world):
    """Feder 2021, CAPS-5 at 2 weeks: d 1.13 (0.36 to 1.91), positive favours ketamine, 15 each."""
    d = {"measure": "cohens-d", "estimate": 1.13, "ci_low": 0.36, "ci_high": 1.91, "ci_level": 95}
    (line,) = world(FEDER_2021 | d, n=15)
    se = (1.91 - 0.36) / (2 * stats.t.ppf(0.975, 28))
    words = "printed d, corrected for small samples; SE from the interval"
    check(line, -1.13 * hedges(28), (se * hedges(28)) ** 2, words)
    assert line["n"] == 30


def test_a_mean_difference_is_its_t(world):
    """Feder 2021, CAPS-5 at 2 weeks: 11.88 points, SE 3.96, 15 people per arm."""
    (line,) = world(FEDER_2021 | {"estimate": 11.88, "se": 3.96}, n=15)
    d = hedges(28) * 11.88 / 3.96 * math.sqrt(2 / 15)
    words = "mean difference by its t, too large if adjusted; SE as printed"
    check(line, -d, 2 / 15 + d**2 / 60, words)


FROM_PERCENT = "counts from a percentage that gives whole people"
WHOLE_ARMS = "; people of the whole arms, those of the reading not seen"


def test_responders_of_whole_arms(world):
    """Feder 2021: 67 and 20 percent of 15, so 5 against 12 without response."""
    (line,) = world(*both({"percent": 67.0}, {"percent": 20.0}, **RESPONSE), n=15)
    vi = 1 / 5 - 1 / 15 + 1 / 12 - 1 / 15
    check(line, math.log((5 / 15) / (12 / 15)), vi, FROM_PERCENT + WHOLE_ARMS)


def test_the_first_phase_of_a_crossover_trial_is_two_groups(world):
    """Rodriguez 2013: 50 percent of 8, 0 percent of 7; 4 of 8, 7 of 7 without response."""
    rows = both({"percent": 50.0, "n": 8}, {"percent": 0.0, "n": 7}, **RESPONSE)
    rows = [row | {"note": "First-phase data only"} for row in rows]
    (line,) = world(*rows, design="rct-crossover", study={"n_enrolled": 15})
    check(line, math.log(4 / 8), 1 / 4 - 1 / 8, FROM_PERCENT)
    assert line["n"] == 15


def test_response_of_the_same_people_has_their_covariance(world):
    """Taylor 2018: 33.33 and 0 percent of 18; only 6 changed, so (b + c) / ((a + b) (a + c))."""
    rows = both({"percent": 33.33}, {"percent": 0.0}, **RESPONSE)
    (line,) = world(*rows, design="rct-crossover", n=18, study={"n_enrolled": 18})
    words = FROM_PERCENT + WHOLE_ARMS + "; crossover, correlation of periods 0.5"
    check(line, math.log(12 / 18), (0 + 6) / (12 * 18), words)
    assert line["n"] == 18


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


def test_words_and_studies_of_one_group_are_no_contrasts(world):
    (words,) = world(PRINTED | {"measure": "qualitative", "favours": "active"})
    assert words["reason"] == "no number, only words"
    (alone,) = world(ACTIVE, design="open-label")
    assert alone["reason"] == "not a randomised comparison"


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
    (timeless,) = world(ACTIVE | {"time_value": None}, CONTROL | {"time_value": None}, arm=arm)
    assert math.isnan(timeless["earliest_min"])
    assert math.isnan(timeless["latest_min"])
    assert (line["earliest_min"], line["latest_min"]) == bounds
    assert (line["from_min"], line["to_min"], line["time_h"]) == (1440, 1440, 24)


def test_a_first_look_stays_at_the_start(world):
    window = {"time_value": None, "time_window_high": 14, "time_anchor": "infusion-end"}
    arm = {"route": "iv", "infusion_minutes": 40}
    (line,) = world(ACTIVE | window, CONTROL | window, arm=arm)
    assert (line["earliest_min"], line["latest_min"]) == (0, 14 * 1440 + 40)


# What has no line


@pytest.mark.parametrize(
    "study",
    [
        {"directness": "context"},
        {"directness": "safety-only"},
        {"programme": None, "design": "meta-analysis"},
    ],
)
def test_a_study_off_the_rungs_a_review_and_another_construct_have_no_line(world, study):
    assert world(ACTIVE, CONTROL, study=study) == []
    assert world(ACTIVE | {"construct": "depression"}) == []


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
    effects = rows["yi"].notna().sum()
    copy = contrasts.to_frame()
    copy["yi"] = 0.0
    assert contrasts.rows["yi"].notna().sum() == effects < len(rows)
