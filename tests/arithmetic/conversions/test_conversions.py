"""Conversions: printed examples, what cannot be, and round trips.

Where the expected numbers were seen:
- Cochrane Handbook 5.1 (Higgins and Green), sections 7.7.3.2, 7.7.3.3 and 16.4.6.4, at
  handbook-5-1.cochrane.org.
- metafor 5.1, reference page of `conv.fivenum` (its printed output) and of `conv.wald`, in
  wviechtb/metafor at 71ae8f5a, docs/reference/.
- Wan et al. 2014, table 1, at bmcmedresmethodol.biomedcentral.com (1471-2288-14-135).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from evidence_tools.arithmetic import conversions as cv
from evidence_tools.arithmetic.conversions.medians import quartiles_in_sds, range_in_sds
from evidence_tools.base.errors import NotEstimableError

FIVE = {"minimum": 2, "q1": 4, "median": 6, "q3": 10, "maximum": 14}
WAN_TABLE_1 = {5: 2.326, 8: 2.847, 10: 3.078, 15: 3.472, 20: 3.735, 30: 4.086, 40: 4.322, 50: 4.498}
"""Participants to expected range in standard deviations."""


def some(*names, **more):
    """A part of the five numbers."""
    return {name: FIVE[name] for name in names} | more


# Printed examples


def test_handbook_t_from_p_of_a_difference():
    se = cv.se_from_p(estimate=3.8, p_value=0.008, df=25 + 22 - 2)
    assert 3.8 / se.value == pytest.approx(2.78, abs=0.005)
    assert se.value == pytest.approx(1.37, abs=0.005)
    assert (se.quantity, se.derivation, se.method) == ("se", "from-p", "t, 45 degrees of freedom")


def test_handbook_width_of_an_interval_of_25_participants():
    sd = cv.sd_from_ci(ci_low=10, ci_high=10 + 4.128, n=25)
    assert sd.value == pytest.approx(5, abs=5 * 0.0005 / 4.128)
    assert (sd.quantity, sd.derivation) == ("sd", "from-ci")


@pytest.mark.parametrize(("level", "divisor"), [(95, 3.92), (90, 3.29), (99, 5.15)])
def test_handbook_divisors_of_normal_intervals(level, divisor):
    se = cv.se_from_ci(ci_low=0, ci_high=1, ci_level=level)
    assert 1 / se.value == pytest.approx(divisor, abs=0.005)


def test_handbook_crossover_example():
    assert cv.se_from_sd(sd=2, n=10).value == pytest.approx(0.632, abs=0.0005)
    sd = cv.sd_of_difference(sd_1=2.38, sd_2=2.21, r=0.68)
    assert cv.se_from_sd(sd=sd.value, n=10).value == pytest.approx(0.583, abs=0.0005)
    assert (sd.derivation, sd.method) == ("from-r", "correlation 0.68")


@pytest.mark.parametrize(
    ("odds_ratio", "low", "high", "vi"), [(1.37, 1.03, 1.82, 0.0211), (1.89, 1.60, 2.23, 0.0072)]
)
def test_metafor_conv_wald_odds_ratios_and_intervals(odds_ratio, low, high, vi):
    se = cv.se_from_ci(ci_low=low, ci_high=high, estimate=odds_ratio, log_scale=True)
    assert se.value**2 == pytest.approx(vi, abs=0.00005)
    assert se.notes == ()
    assert se.method == "normal, log scale"


@pytest.mark.parametrize(("ratio", "p", "vi"), [(0.39, 0.12, 0.3668), (1.56, 0.54, 0.5266)])
def test_metafor_conv_wald_odds_ratio_and_p(ratio, p, vi):
    se = cv.se_from_p(estimate=ratio, p_value=p, log_scale=True)
    assert se.value**2 == pytest.approx(vi, abs=0.00005)


def test_metafor_conv_fivenum_of_20_participants():
    n = {"n": 20}
    printed = {
        cv.mean_from_range(**some("minimum", "median", "maximum"), **n): 6.594468,
        cv.mean_from_quartiles(**some("q1", "median", "q3"), **n): 6.719500,
        cv.mean_from_five_numbers(**FIVE, **n): 6.938841,
        cv.sd_from_range(**some("minimum", "maximum"), **n): 3.211576,
        cv.sd_from_quartiles(**some("q1", "q3"), **n): 4.787076,
        cv.sd_from_five_numbers(**some("minimum", "q1", "q3", "maximum"), **n): 3.679435,
    }
    for derived, value in printed.items():
        assert derived.value == pytest.approx(value, abs=5e-7)
        assert derived.notes == ()
    assert [d.derivation for d in printed] == [
        "from-range", "from-quartiles", "from-five-numbers",
    ] * 2  # fmt: skip


def test_metafor_conv_fivenum_leaves_out_skewed_numbers():
    skewed = cv.mean_from_five_numbers(minimum=2, q1=4, median=6, q3=14, maximum=20, n=20)
    (note,) = skewed.notes
    assert note.startswith("looks skewed (0.818, critical 0.666)")


def test_metafor_conv_fivenum_critical_values_of_20_participants():
    ends = cv.mean_from_range(minimum=0, median=1, maximum=10, n=20)
    quartiles = cv.mean_from_quartiles(q1=0, median=1, q3=10, n=20)
    assert "critical 0.416" in ends.notes[0]
    assert "critical 0.578" in quartiles.notes[0]


@pytest.mark.parametrize("n", sorted(WAN_TABLE_1))
def test_wan_2014_range_formula_stays_near_the_exact_table(n):
    assert range_in_sds(n) == pytest.approx(WAN_TABLE_1[n], rel=0.015)


@pytest.mark.parametrize("n", [5, 20, 33, 150])
def test_shi_2020_weights_are_those_of_its_shortcut(n):
    """Equation 11, as R package meta has it (guido-s/meta, R/mean-sd-internal.R)."""
    normal = NormalDist().inv_cdf
    first = (2 + 0.14 * n**0.6) * normal((n - 0.375) / (n + 0.25))
    second = (2 + 2 / (0.07 * n**0.6)) * normal((0.75 * n - 0.125) / (n + 0.25))
    sd = cv.sd_from_five_numbers(**some("minimum", "q1", "q3", "maximum"), n=n)
    assert sd.value == pytest.approx(12 / first + 6 / second, rel=1e-12)


def test_quartiles_of_many_normal_values_lie_1349_standard_deviations_apart():
    assert quartiles_in_sds(10**7) == pytest.approx(2 * 0.6744897501960817, rel=1e-6)


# Against the definitions, on values that are known one by one


def test_statistics_of_a_two_sample_t_test_give_back_its_pooled_sd():
    active, control = np.array([3.0, 5, 4, 7]), np.array([6.0, 8, 10, 9, 7, 8])
    difference = active.mean() - control.mean()
    squares = ((active - active.mean()) ** 2).sum() + ((control - control.mean()) ** 2).sum()
    pooled = math.sqrt(squares / 8)
    t = difference / (pooled * math.sqrt(1 / 4 + 1 / 6))
    arms = {"n": 4, "n_control": 6}
    p = 2 * stats.t.sf(abs(t), 8)
    low, high = stats.t.interval(0.95, 8, loc=difference, scale=difference / t)
    for sd in (
        cv.sd_from_t(estimate=difference, t=t, **arms),
        cv.sd_from_f(estimate=difference, f=t**2, **arms),
        cv.sd_from_z(estimate=difference, z=t, **arms),
        cv.sd_from_p(estimate=difference, p_value=p, **arms),
        cv.sd_from_ci(ci_low=low, ci_high=high, **arms),
        cv.sd_from_se(se=difference / t, **arms),
    ):
        assert sd.value == pytest.approx(pooled, rel=1e-10)


def test_correlation_of_values_that_are_known_one_by_one():
    before, after = np.array([20.0, 25, 31, 18, 27]), np.array([14.0, 15, 25, 16, 13])
    r = cv.correlation_from_sds(
        sd_1=before.std(ddof=1),
        sd_2=after.std(ddof=1),
        sd_difference=(before - after).std(ddof=1),
    )
    assert r.value == pytest.approx(np.corrcoef(before, after)[0, 1], rel=1e-12)
    assert (r.quantity, r.derivation) == ("r", "from-sds")


def test_correlation_from_a_paired_t():
    before, after = np.array([20.0, 25, 31, 18, 27]), np.array([14.0, 15, 25, 16, 13])
    change = after - before
    t = change.mean() / (change.std(ddof=1) / math.sqrt(5))
    of_change = cv.sd_from_t(estimate=change.mean(), t=t, n=5)
    r = cv.correlation_from_sds(
        sd_1=before.std(ddof=1), sd_2=after.std(ddof=1), sd_difference=of_change.value
    )
    assert r.value == pytest.approx(np.corrcoef(before, after)[0, 1], rel=1e-10)


# What cannot be


IMPOSSIBLE = {
    "interval reversed": (cv.se_from_ci, {"ci_low": 2, "ci_high": 1}, "2 to 1"),
    "interval without width": (cv.se_from_ci, {"ci_low": 1, "ci_high": 1}, "1 to 1"),
    "interval without its estimate": (
        cv.se_from_ci,
        {"ci_low": 1, "ci_high": 2, "estimate": 2.5},
        "found 2.5",
    ),
    "interval of a ratio from 0": (
        cv.se_from_ci,
        {"ci_low": 0, "ci_high": 2, "log_scale": True},
        "found 0; allowed: above 0",
    ),
    "interval with an open bound": (
        cv.se_from_ci,
        {"ci_low": 1, "ci_high": math.inf},
        "found inf",
    ),
    "level 100": (cv.se_from_ci, {"ci_low": 1, "ci_high": 2, "ci_level": 100}, "found 100"),
    "level as a proportion of 0": (
        cv.se_from_ci,
        {"ci_low": 1, "ci_high": 2, "ci_level": 0},
        "found 0",
    ),
    "p above 1": (cv.se_from_p, {"estimate": 1, "p_value": 1.2}, "found 1.2"),
    "p of 1": (cv.se_from_p, {"estimate": 1, "p_value": 1}, "found 1"),
    "p of 0": (cv.se_from_p, {"estimate": 1, "p_value": 0}, "found 0"),
    "p missing": (cv.se_from_p, {"estimate": 1, "p_value": math.nan}, "found nan"),
    "p of no difference": (cv.se_from_p, {"estimate": 0, "p_value": 0.5}, "estimate 0"),
    "p with no degrees of freedom": (
        cv.se_from_p,
        {"estimate": 1, "p_value": 0.5, "df": 0},
        "df: found 0",
    ),
    "t of 0": (cv.se_from_t, {"estimate": 1, "t": 0}, "statistic 0"),
    "z missing": (cv.se_from_z, {"estimate": 1, "z": math.nan}, "found nan"),
    "F below 0": (cv.se_from_f, {"estimate": 1, "f": -3}, "found -3"),
    "SD of one person": (cv.sd_from_se, {"se": 1, "n": 1}, "found 1; allowed: a whole number"),
    "SD of half a person": (cv.sd_from_t, {"estimate": 1, "t": 2, "n": 4.5}, "found 4.5"),
    "control arm of one": (
        cv.sd_from_p,
        {"estimate": 1, "p_value": 0.1, "n": 9, "n_control": 1},
        "n_control: found 1",
    ),
    "SE of 0": (cv.sd_from_se, {"se": 0, "n": 9}, "found 0"),
    "SD below 0": (cv.se_from_sd, {"sd": -2, "n": 9}, "found -2"),
    "three SDs that fit no correlation": (
        cv.correlation_from_sds,
        {"sd_1": 5, "sd_2": 5, "sd_difference": 12},
        "found -1.88",
    ),
    "correlation above 1": (cv.sd_of_difference, {"sd_1": 5, "sd_2": 5, "r": 1.1}, "found 1.1"),
    "median above the third quartile": (
        cv.mean_from_quartiles,
        {"q1": 4, "median": 11, "q3": 10, "n": 20},
        "4, 11, 10",
    ),
    "quartiles equal": (cv.sd_from_quartiles, {"q1": 4, "q3": 4, "n": 20}, "4, 4"),
    "quartiles equal within a range": (
        cv.sd_from_five_numbers,
        {"minimum": 1, "q1": 4, "q3": 4, "maximum": 9, "n": 20},
        "4, 4",
    ),
    "median of four participants": (
        cv.mean_from_range,
        {"minimum": 1, "median": 2, "maximum": 3, "n": 4},
        "found 4; allowed: a whole number from 5 on",
    ),
    "range of infinite length": (
        cv.sd_from_range,
        {"minimum": -math.inf, "maximum": 3, "n": 9},
        "found -inf",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_refused_with_the_numbers_in_the_message(case):
    function, numbers, words = IMPOSSIBLE[case]
    with pytest.raises(NotEstimableError) as refusal:
        function(**numbers)
    assert words in str(refusal.value)


def test_estimate_off_the_middle_of_its_interval_is_noted():
    ratio = cv.se_from_ci(ci_low=0.5, ci_high=8, estimate=2)
    assert ratio.notes == ("the estimate 2 is not midway between 0.5 and 8",)
    assert cv.se_from_ci(ci_low=0.5, ci_high=8, estimate=2, log_scale=True).notes == ()


def test_skew_is_noted_from_the_critical_value_on():
    even = cv.mean_from_quartiles(q1=0, median=5, q3=10, n=9)
    skewed = cv.mean_from_quartiles(q1=0, median=0.5, q3=10, n=9)
    assert even.notes == ()
    assert "looks skewed (0.900, critical 0.809)" in skewed.notes[0]
    ends = cv.mean_from_range(minimum=0, median=1, maximum=10, n=50)
    assert "looks skewed (0.800" in ends.notes[0]


def test_signs_of_statistics_are_not_used():
    assert cv.se_from_t(estimate=-6, t=2).value == cv.se_from_t(estimate=6, t=-2).value == 3


def test_every_derivation_is_a_known_word():
    made = {
        cv.se_from_ci(ci_low=0, ci_high=1),
        cv.se_from_p(estimate=1, p_value=0.1),
        cv.se_from_t(estimate=1, t=2),
        cv.se_from_f(estimate=1, f=2),
        cv.se_from_z(estimate=1, z=2),
        cv.se_from_sd(sd=1, n=4),
        cv.sd_from_se(se=1, n=4),
        cv.correlation_from_sds(sd_1=1, sd_2=1, sd_difference=1),
        cv.sd_of_difference(sd_1=1, sd_2=1, r=0),
        cv.sd_from_range(minimum=0, maximum=1, n=9),
        cv.sd_from_quartiles(q1=0, q3=1, n=9),
        cv.sd_from_five_numbers(minimum=0, q1=1, q3=2, maximum=3, n=9),
    }
    assert {number.derivation for number in made} | {"reported"} == set(cv.DERIVATIONS)


# Properties


"""The same examples in every run, and no failure because the machine is busy."""


estimates = st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3)
errors = st.floats(1e-3, 1e3)
levels = st.floats(50, 99.9)
degrees = st.none() | st.floats(1, 500)


@given(estimates, errors, levels, degrees)
def test_se_to_interval_and_back(estimate, se, ci_level, df):
    known = stats.norm() if df is None else stats.t(df)
    low, high = (estimate + se * end for end in known.interval(ci_level / 100))
    back = cv.se_from_ci(ci_low=low, ci_high=high, estimate=estimate, ci_level=ci_level, df=df)
    assert back.value == pytest.approx(se, rel=1e-6)
    assert back.notes == ()


@given(estimates, st.floats(1e-12, 0.999), degrees)
def test_p_to_se_and_back(estimate, p_value, df):
    se = cv.se_from_p(estimate=estimate, p_value=p_value, df=df)
    known = stats.norm() if df is None else stats.t(df)
    assert 2 * known.sf(abs(estimate) / se.value) == pytest.approx(p_value, rel=1e-6)


@given(errors, errors, st.floats(-0.999, 0.999))
def test_correlation_to_sd_of_the_difference_and_back(sd_1, sd_2, r):
    of_difference = cv.sd_of_difference(sd_1=sd_1, sd_2=sd_2, r=r)
    assert abs(sd_1 - sd_2) <= of_difference.value * (1 + 1e-9)
    assert of_difference.value <= (sd_1 + sd_2) * (1 + 1e-9)
    back = cv.correlation_from_sds(sd_1=sd_1, sd_2=sd_2, sd_difference=of_difference.value)
    assert back.value == pytest.approx(r, abs=1e-9 * max(sd_1 / sd_2, sd_2 / sd_1))


@given(
    st.lists(st.integers(-200, 200), min_size=5, max_size=5).map(sorted),
    st.integers(5, 400),
    st.floats(0.1, 10),
)
def test_five_numbers_shift_and_stretch_with_the_instrument(numbers, n, stretch):
    minimum, q1, median, q3, maximum = numbers
    assume(q1 < q3)
    five = {"minimum": minimum, "q1": q1, "median": median, "q3": q3, "maximum": maximum}
    moved = {name: stretch * number + 7 for name, number in five.items()}
    mean, sd = cv.mean_from_five_numbers(**five, n=n), {k: five[k] for k in five if k != "median"}
    assert minimum - 1e-9 <= mean.value <= maximum + 1e-9
    assert cv.mean_from_five_numbers(**moved, n=n).value == pytest.approx(
        stretch * mean.value + 7, rel=1e-9, abs=1e-9
    )
    stretched = {name: stretch * number + 7 for name, number in sd.items()}
    assert cv.sd_from_five_numbers(**stretched, n=n).value == pytest.approx(
        stretch * cv.sd_from_five_numbers(**sd, n=n).value, rel=1e-6
    )


@pytest.mark.parametrize("t", [0.05, 1.0, 2.78, 9.0])
@pytest.mark.parametrize("df", [2, 38, 202])
def test_t_comes_back_from_its_p_value(t, df):
    """p by scipy's own tail."""
    found = cv.t_from_p(p_value=2 * stats.t.sf(t, df), df=df)
    assert found.value == pytest.approx(t, rel=1e-9)
    assert (found.quantity, found.derivation) == ("t", "from-p")


@pytest.mark.parametrize(
    ("p_value", "df", "found"), [(0, 9, "found 0"), (1, 9, "found 1"), (0.5, 0, "found 0")]
)
def test_a_p_value_without_a_t_is_refused(p_value, df, found):
    with pytest.raises(NotEstimableError, match=found):
        cv.t_from_p(p_value=p_value, df=df)
