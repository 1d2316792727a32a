"""Tests of `consistency`: numbers that can and cannot stand side by side.

Documented examples are those of the R package scrutiny 0.5.0.9000, articles "GRIM" and "GRIMMER"
(https://lhdjung.github.io/scrutiny/articles/). Where those are not enough, every sample of whole
numbers is enumerated and counted, which needs neither formula.
"""

import math
import statistics
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence_tools.arithmetic.printed import (
    Bounds,
    decimals_of,
    mean_is_possible,
    off_centre,
    p_of_interval,
    p_of_statistic,
    people_of_percent,
    rounded,
    se_of_sd,
    why_sd_is_impossible,
)
from evidence_tools.base.errors import NotEstimableError


def exactly(value):
    return Bounds(low=value, high=value)


def printed_as(value, decimals):
    """Both ways in which a number may be printed, a final five going down or up."""
    scaled = value * 10**decimals
    return {math.floor(scaled + 0.5 + 1e-9), math.ceil(scaled - 0.5 - 1e-9)}


# GRIM


@pytest.mark.parametrize(
    ("mean", "n", "items", "possible"),
    [
        (5.27, 43, 1, False),
        *((mean, 28, 1, True) for mean in (2.61, 3.64, 10.46, 7.39)),
        *((mean, 28, 1, False) for mean in (8.97, 7.26, 9.26)),
        *((mean, 40, 1, True) for mean in (5.90, 3.50, 3.82)),
        *((mean, 40, 1, False) for mean in (5.71, 4.61, 5.24)),
        *((mean, 40, 3, True) for mean in (5.90, 5.71, 3.50, 3.82, 4.61, 5.24)),
    ],
)
def test_means_of_the_grim_article(mean, n, items, possible):
    assert mean_is_possible(mean, n=n * items, decimals=2) is possible


@pytest.mark.parametrize("decimals", [0, 1, 2])
@pytest.mark.parametrize("n", [1, 7, 12, 40])
def test_possible_means_are_those_of_all_totals(n, decimals):
    all_totals = range(0, 5 * n + 1)
    printed = set().union(*(printed_as(total / n, decimals) for total in all_totals))
    for scaled in range(0, 4 * 10**decimals):
        possible = mean_is_possible(scaled / 10**decimals, n=n, decimals=decimals)
        assert possible is (scaled in printed), scaled


def test_a_trailing_zero_makes_the_difference():
    assert mean_is_possible(5.3, n=40, decimals=1)
    assert mean_is_possible(5.3, n=40, decimals=2)
    assert mean_is_possible(5.3, n=17, decimals=1)
    assert not mean_is_possible(5.3, n=17, decimals=2)


def test_negative_means_are_as_possible_as_positive_ones():
    assert mean_is_possible(-5.28, n=43, decimals=2)
    assert not mean_is_possible(-5.27, n=43, decimals=2)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2))
def test_a_percentage_of_a_count_is_possible(events, n, decimals):
    percent = round(100 * min(events, n) / n, decimals)
    assert people_of_percent(percent, n=n, decimals=decimals)


@pytest.mark.parametrize(("percent", "possible"), [(33.3, True), (33.4, False), (66.7, True)])
def test_thirds_are_the_only_shares_of_three(percent, possible):
    assert bool(people_of_percent(percent, n=3, decimals=1)) is possible


# GRIMMER


@pytest.mark.parametrize(
    ("mean", "sd", "n", "mean_decimals", "why"),
    [
        (7.3, 2.51, 12, 1, "parity"),
        (2.6, 2.05, 25, 1, "parity"),
        (7.2, 2.89, 25, 1, ""),
        (3.6, 3.11, 25, 1, ""),
        (9.2, 7.13, 25, 1, ""),
        (10.4, 2.53, 25, 1, ""),
        (7.3, 3.14, 25, 1, ""),
        (5.90, 2.19, 40, 2, ""),
        (5.71, 1.42, 40, 2, "mean"),
        (3.50, 1.81, 40, 2, ""),
        (3.82, 2.43, 40, 2, ""),
        (6.92, 2.19, 30, 2, "mean"),
        (4.04, 1.92, 30, 2, "mean"),
        (4.50, 2.51, 30, 2, "parity"),
    ],
)
def test_sds_of_the_grimmer_article(mean, sd, n, mean_decimals, why):
    found = why_sd_is_impossible(mean, sd, n=n, mean_decimals=mean_decimals, sd_decimals=2)
    assert found == why


def test_every_total_that_the_mean_allows_is_tried():
    """The article calls 8.9 with SD 2.81 and n 25 impossible, trying one total; a sample has it."""
    sample = [3, 3, 4, 5, *[8] * 4, *[9] * 5, *[10] * 9, 11, 12, 13]
    found = [s for s in _samples_near(sample) if round(statistics.mean(s), 1) == 8.9]
    assert any(round(statistics.stdev(s), 2) == 2.81 for s in found)
    assert why_sd_is_impossible(8.9, 2.81, n=25, mean_decimals=1, sd_decimals=2) == ""


def _samples_near(sample):
    """Samples with up to two people a few points away."""
    moves = [(a, b) for a in range(-3, 4) for b in range(-3, 4)]
    for i in range(len(sample)):
        for j in range(i + 1, len(sample)):
            for a, b in moves:
                moved = list(sample)
                moved[i] += a
                moved[j] += b
                yield moved


@pytest.mark.parametrize("n", [2, 4, 5, 6])
@pytest.mark.parametrize("decimals", [1, 2])
def test_possible_sds_are_those_of_all_samples(n, decimals):
    """Every sample of n whole numbers from 0 to 8 is enumerated: no other pair passes, none fails.

    Means from 3 to 5 and SDs below 1.5 are looked at, which no sample outside 0 to 8 can have.
    """
    printed = set()
    for sample in combinations_with_replacement(range(9), n):
        mean, sd = statistics.fmean(sample), statistics.stdev(sample)
        printed |= {(m, s) for m in printed_as(mean, decimals) for s in printed_as(sd, decimals)}
    scale = 10**decimals
    for m in range(3 * scale, 5 * scale, 1 if decimals == 1 else 7):
        for s in range(0, 3 * scale // 2, 1 if decimals == 1 else 3):
            found = why_sd_is_impossible(
                m / scale, s / scale, n=n, mean_decimals=decimals, sd_decimals=decimals
            )
            assert (found == "") is ((m, s) in printed), (m, s, found)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=60), st.integers(0, 2), st.integers(0, 2))
def test_what_a_sample_gives_is_never_called_impossible(sample, mean_decimals, sd_decimals):
    mean, sd = statistics.fmean(sample), statistics.stdev(sample)
    found = why_sd_is_impossible(
        round(mean, mean_decimals),
        round(sd, sd_decimals),
        n=len(sample),
        mean_decimals=mean_decimals,
        sd_decimals=sd_decimals,
    )
    assert found == ""


@pytest.mark.parametrize(
    ("sd", "why"), [(0.71, "sum-of-squares"), (0.54, "sd"), (0.82, "parity"), (0.58, "")]
)
def test_each_of_the_three_tests_can_fail(sd, why):
    """Four people with a total of 10, so a sum of squares of 26, 28 …: SDs 0.58, 1.0, 1.29 …"""
    assert why_sd_is_impossible(2.5, sd, n=4, mean_decimals=2, sd_decimals=2) == why


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mean_is_possible(5, n=0, decimals=1), "1 person"),
        (lambda: mean_is_possible(5, n=3, decimals=-1), "-1 decimals"),
        (lambda: people_of_percent(5, n=0, decimals=1), "1 person"),
        (
            lambda: why_sd_is_impossible(5, 1, n=1, mean_decimals=0, sd_decimals=0),
            "2 people or more",
        ),
        (
            lambda: why_sd_is_impossible(5, -1, n=9, mean_decimals=0, sd_decimals=0),
            "no negative SD",
        ),
    ],
)
def test_questions_without_an_answer_are_refused(call, words):
    with pytest.raises(NotEstimableError, match=words):
        call()


# p-values


@pytest.mark.parametrize(
    ("kind", "value", "df", "df_within", "p"),
    [
        ("t", 2.2, 28, None, 0.0362254847788),
        ("t", -2.18, 28, None, 0.0378231485667),
        ("F", 5.52, 1, 198, 0.0197851159181),
        ("F", 8.03, 5, 35, 3.98221909158e-05),
        ("z", 2.24, None, None, 0.0250909228719),
        ("chi2", 0.17, 1, None, 0.680111807679),
    ],
)
def test_p_of_a_statistic_is_that_of_r(kind, value, df, df_within, p):
    """R 4: 2 * pt(2.2, 28, lower = FALSE), pf(…), 2 * pnorm(…), pchisq(…)."""
    found = p_of_statistic(kind, exactly(value), df=df, df_within=df_within)
    assert (found.low, found.high) == (pytest.approx(p, rel=1e-9), pytest.approx(p, rel=1e-9))


def test_rounding_of_a_statistic_widens_p():
    found = p_of_statistic("t", rounded(2.2, 1), df=28)
    assert found.low == pytest.approx(2 * stats.t.sf(2.25, 28))
    assert found.high == pytest.approx(2 * stats.t.sf(2.15, 28))


def test_a_statistic_that_rounds_to_zero_allows_p_of_one():
    assert p_of_statistic("F", rounded(0.0, 1), df=2, df_within=30).high == 1


@pytest.mark.parametrize(("kind", "df"), [("t", None), ("F", 3), ("chi2", None), ("t", 0)])
def test_a_statistic_without_degrees_of_freedom_is_refused(kind, df):
    with pytest.raises(NotEstimableError, match="degrees of freedom above 0"):
        p_of_statistic(kind, exactly(2.0), df=df)


RATIO = [exactly(value) for value in (0.81, 0.70, 0.94)]


@pytest.mark.parametrize(
    ("df", "high"), [(None, 0.00507959777658), (10, 0.00973111966925)], ids=["normal", "t"]
)
def test_p_of_an_interval_is_that_of_r(df, high):
    """R: h <- (log(.94) - log(.70)) / 2; 2 * pnorm(-abs(log(.81)) / h * qnorm(.975)); pt, qt."""
    found = p_of_interval(*RATIO, ci_level=95, log_scale=True, df=df)
    assert found.low == pytest.approx(0.00507959777658, rel=1e-9)
    assert found.high == pytest.approx(high, rel=1e-9)


@pytest.mark.parametrize("z", [1.0, 1.5, 2.0, 2.5, 3.0])
def test_p_of_an_interval_is_near_the_approximation_of_altman_and_bland(z):
    """P = exp(-0.717 z - 0.416 z²), BMJ 343:d2304, box."""
    bounds = [exactly(z), exactly(z - 1.96), exactly(z + 1.96)]
    found = p_of_interval(*bounds, ci_level=95, log_scale=False, df=None)
    assert found.low == pytest.approx(math.exp(-0.717 * z - 0.416 * z**2), rel=0.03)


@given(
    st.floats(-20, 20),
    st.floats(0.5, 10),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(3, 200)),
)
def test_what_follows_from_one_estimate_agrees_in_print(estimate, se, decimals, df):
    """Estimate, interval and p of one analysis, each rounded on its own, never disagree."""
    law = stats.norm() if df is None else stats.t(df)
    reach = law.isf(0.025) * se
    numbers = (estimate, estimate - reach, estimate + reach)
    bounds = [rounded(round(number, decimals), decimals) for number in numbers]
    p = rounded(round(float(2 * law.sf(abs(estimate) / se)), 3), 3)
    assert off_centre(*bounds, log_scale=False) == pytest.approx(0, abs=1e-9)
    found = p_of_interval(*bounds, ci_level=95, log_scale=False, df=df)
    assert not p.misses(found, factor=1 + 1e-9)


def test_an_interval_without_width_is_refused():
    bounds = [rounded(value, 0) for value in (0, 0, 1)]
    with pytest.raises(NotEstimableError, match="no width"):
        p_of_interval(*bounds, ci_level=95, log_scale=False, df=None)
    with pytest.raises(NotEstimableError, match="no width"):
        off_centre(*[exactly(1)] * 3, log_scale=False)


def test_a_ratio_of_zero_or_less_is_refused():
    bounds = [exactly(value) for value in (0.5, 0.0, 2.0)]
    with pytest.raises(NotEstimableError, match="above 0"):
        off_centre(*bounds, log_scale=True)


def test_an_end_that_rounding_lets_reach_zero_leaves_p_open():
    bounds = [rounded(value, 1) for value in (0.5, 0.0, 2.0)]
    bounds[1] = Bounds(low=-0.04, high=0.05)
    found = p_of_interval(*bounds, ci_level=95, log_scale=True, df=None)
    assert found.high == 1


# Intervals


@pytest.mark.parametrize(
    ("numbers", "decimals", "log_scale", "share"),
    [
        ((2.0, 1.0, 5.0), 1, False, 0.225),
        ((2.0, 1.0, 4.0), 2, True, 0.0),
        ((2.5, 1.0, 4.0), 2, True, None),
        ((7.6, 3.9, 11.3), 1, False, 0.0),
    ],
)
def test_how_far_an_estimate_is_off_the_middle(numbers, decimals, log_scale, share):
    """(2.0; 1.0 to 5.0): the middle is 3.0 ± 0.05, the estimate at most 2.05: 0.9 of 4."""
    found = off_centre(*(rounded(x, decimals) for x in numbers), log_scale=log_scale)
    if share is None:
        middle = (math.log(1.005) + math.log(4.005)) / 2
        width = (math.log(4.005) + math.log(3.995) - math.log(1.005) - math.log(0.995)) / 2
        share = (math.log(2.495) - middle) / width
    assert found == pytest.approx(share)


def test_standard_error_of_a_mean():
    found = se_of_sd(rounded(8.0, 1), 16)
    assert (found.low, found.high) == (pytest.approx(7.95 / 4), pytest.approx(8.05 / 4))
    with pytest.raises(NotEstimableError, match="1 person"):
        se_of_sd(rounded(8.0, 1), 0)


# Bounds


@pytest.mark.parametrize(
    ("other", "factor", "misses"),
    [((3, 4), 1, True), ((3, 4), 1.6, False), ((0.1, 0.5), 1, True), ((1.5, 9), 1, False)],
)
def test_bounds_miss_each_other(other, factor, misses):
    one, two = Bounds(low=1, high=2), Bounds(low=other[0], high=other[1])
    assert one.misses(two, factor=factor) is misses
    assert two.misses(one, factor=factor) is misses


@pytest.mark.parametrize(("printed", "decimals"), [("12", 0), ("12.50", 2), (".010", 3), ("", 0)])
def test_decimals_are_counted_as_printed(printed, decimals):
    assert decimals_of(printed) == decimals
