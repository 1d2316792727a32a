"""Turnbull's estimate: hand-worked cases, lifelines, and what must hold for any intervals."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.arithmetic.intervals.npmle import innermost, npmle

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "npmle.json").read_text(encoding="utf-8")
)
SETS = REFERENCE["sets"]


def fitted(lower, upper, **more):
    return npmle(event_intervals(lower, upper, **more))


def open_ended(values):
    return [np.inf if value is None else value for value in values]


# lifelines 0.30.3, validation/lifelines/npmle.py


def test_the_reference_says_who_made_it_and_is_whole():
    assert "lifelines 0.30.3" in REFERENCE["source"]
    assert len(SETS) == 20
    assert all(abs(reference["gap"]) < 1e-12 for reference in SETS)
    assert any(None in reference["upper"] for reference in SETS)
    assert any(max(reference["weights"]) > 1 for reference in SETS)
    exact = [set(zip(s["lower"], s["upper"], strict=True)) for s in SETS]
    assert any(low == high for pairs in exact for low, high in pairs)


@pytest.mark.parametrize("reference", SETS, ids=range(len(SETS)))
def test_survival_is_that_of_lifelines(reference):
    fit = fitted(reference["lower"], reference["upper"], weights=reference["weights"])
    assert fit.left.tolist() == reference["left"]
    assert fit.right.tolist() == open_ended(reference["right"])
    assert fit.survival == pytest.approx(reference["survival"], abs=1e-6)
    assert fit.gap < 1e-11
    assert fit.notes == ()


# By hand


def test_three_rows_by_hand():
    """[0, 2] and [1, 3] share [1, 2]; [4, 5] stands alone: 2/3 and 1/3."""
    fit = fitted([0, 1, 4], [2, 3, 5])
    assert fit.support == ((1, 2), (4, 5))
    assert fit.mass == pytest.approx([2 / 3, 1 / 3])
    assert fit.survival == pytest.approx([1 / 3, 0], abs=1e-12)


def test_a_chain_by_hand():
    """[0,1], [0,3], [2,3]: masses p on [0,1] and 1-p on [2,3], likelihood p(1-p), so a half."""
    fit = fitted([0, 0, 2], [1, 3, 3])
    assert fit.support == ((0, 1), (2, 3))
    assert fit.mass == pytest.approx([0.5, 0.5])


def test_an_innermost_interval_without_mass_by_hand():
    """p, q, r on [1,2], [3,4], [5,6]; the rows hold p+q once, q+r once, p and r w times each.

    By symmetry p = r and q = 1 - 2p, so the likelihood is (1-p)^2 p^(2w). Its logarithm rises
    with p where w / p > 1 / (1-p); at w = 1 that holds up to p = 1/2, so q = 0 there and beyond,
    while at w = 1/2 it is greatest at p = 1/3.
    """
    rows = [1, 3, 1, 5], [4, 6, 2, 6]
    bare = fitted(*rows, weights=[1, 1, 1, 1])
    assert bare.support == ((1, 2), (3, 4), (5, 6))
    assert bare.mass == pytest.approx([1 / 2, 0, 1 / 2], abs=1e-6)
    filled = fitted(*rows, weights=[2, 2, 1, 1])
    assert filled.mass == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=1e-9)


def test_right_censoring_gives_kaplan_meier():
    """Losses at 1, 3, 4 and open ends at 2, 5: S = 4/5, 4/5*2/3, 4/5*2/3*1/2, by hand."""
    fit = fitted([1, 2, 3, 4, 5], [1, None, 3, 4, None])
    for time, survival in ((1, 4 / 5), (3, 8 / 15), (4, 4 / 15)):
        assert fit.survival_at(time) == pytest.approx((survival, survival))
    low, high = fit.survival_at(100)
    assert (low, high) == pytest.approx((0, 4 / 15))


def test_touching_intervals_share_their_point():
    fit = fitted([0, 7], [7, 14])
    assert fit.support == ((7, 7),)
    assert fit.quantile(0.5) == (7, 7)


# Edge cases


def test_without_rows_nothing_is_known():
    fit = fitted([], [])
    assert (fit.n, fit.gap, fit.support, len(fit.mass)) == (0, None, (), 0)
    assert fit.survival_at(3) == (0, 1)
    assert fit.quantile(0.5) is None
    assert fit.notes == ("No intervals, so nothing is known.",)
    assert "nothing is known" in fit.summary()
    assert fit.to_frame().empty


def test_one_row():
    fit = fitted([3], [8])
    assert (fit.support, fit.mass.tolist()) == (((3, 8),), [1])
    assert [fit.survival_at(time) for time in (2, 3, 5, 8)] == [(1, 1), (0, 1), (0, 1), (0, 0)]


def test_all_open_says_only_that_it_comes_later():
    fit = fitted([3, 7, 5], [None, None, None])
    assert fit.support == ((7, None),)
    assert fit.survival_at(6.9) == (1, 1)
    assert fit.survival_at(8) == (0, 1)
    assert fit.quantile(0.5) == (7, None)
    assert "No event was seen" in fit.notes[0]
    assert "median between 7 and open" in fit.summary()
    assert fit.to_frame()["right"].isna().all()


def test_all_exact_is_the_share_of_each_time():
    fit = fitted([2, 1, 2, 5], [2, 1, 2, 5])
    assert fit.support == ((1, 1), (2, 2), (5, 5))
    assert fit.mass == pytest.approx([1 / 4, 2 / 4, 1 / 4])


def test_duplicates_are_weights():
    twice = fitted([0, 0, 1, 4], [2, 2, 3, 5])
    weighted = fitted([0, 1, 4], [2, 3, 5], weights=[2, 1, 1])
    assert twice.mass == pytest.approx(weighted.mass)
    assert (twice.n, weighted.n, twice.weight, weighted.weight) == (4, 3, 4, 4)


def test_the_quantile_at_a_step_spans_the_flat_part():
    fit = fitted([1, 4], [2, 5])
    assert fit.quantile(0.5) == (1, 5)
    assert fit.quantile(0.4) == (1, 2)
    assert fit.quantile(0.6) == (4, 5)
    assert fit.quantile(1) == (4, 5)


def test_a_frame_has_one_row_per_innermost_interval():
    frame = fitted([0, 1, 4], [2, 3, 5]).to_frame()
    assert list(frame.columns) == ["left", "right", "mass", "survival"]
    assert frame["left"].tolist() == [1, 4]


# Any intervals

times = st.integers(0, 12)


@st.composite
def rows(draw):
    lower = draw(times)
    return lower, draw(st.none() | st.integers(lower, 14))


many = st.lists(st.tuples(rows(), st.integers(1, 4)), min_size=1, max_size=12)


def split(drawn):
    lower = [low for (low, _), _ in drawn]
    upper = [high for (_, high), _ in drawn]
    return lower, upper, [weight for _, weight in drawn]


def probability_of_each(fit, lower, upper):
    inside = [
        (low <= fit.left) & (fit.right <= (np.inf if high is None else high))
        for low, high in zip(lower, upper, strict=True)
    ]
    return np.array(inside) @ fit.mass


@given(many)
def test_masses_are_a_distribution_and_no_row_is_impossible(drawn):
    lower, upper, weights = split(drawn)
    fit = fitted(lower, upper, weights=weights)
    assert fit.mass.sum() == pytest.approx(1)
    assert (fit.mass >= 0).all()
    assert (np.diff(fit.survival) <= 1e-12).all()
    assert (probability_of_each(fit, lower, upper) > 0).all()
    assert fit.gap < 1e-9


@given(many)
def test_no_derivative_exceeds_one(drawn):
    """Kuhn and Tucker, written out again row by row."""
    lower, upper, weights = split(drawn)
    fit = fitted(lower, upper, weights=weights)
    chance = probability_of_each(fit, lower, upper)
    for left, right in fit.support:
        end = np.inf if right is None else right
        slope = sum(
            weight / p
            for low, high, weight, p in zip(lower, upper, weights, chance, strict=True)
            if low <= left and end <= (np.inf if high is None else high)
        )
        assert slope <= sum(weights) * (1 + 1e-8)


@given(many, st.sampled_from([0.5, 2.0, 1440.0]))
def test_another_unit_changes_only_the_times(drawn, factor):
    lower, upper, weights = split(drawn)
    one = fitted(lower, upper, weights=weights)
    scaled = [None if high is None else high * factor for high in upper]
    other = fitted([low * factor for low in lower], scaled, weights=[9 * w for w in weights])
    assert other.left.tolist() == (one.left * factor).tolist()
    one_chance = probability_of_each(one, lower, upper)
    assert one_chance == pytest.approx(
        probability_of_each(other, [low * factor for low in lower], scaled), abs=1e-6
    )


@given(many)
def test_the_order_of_rows_does_not_matter(drawn):
    lower, upper, weights = split(drawn)
    forth = fitted(lower, upper, weights=weights)
    back = fitted(lower[::-1], upper[::-1], weights=weights[::-1])
    assert forth.mass == pytest.approx(back.mass, abs=1e-9)


@given(many)
def test_there_is_one_answer_only(drawn):
    """What contains what has full column rank, so equal chances of the rows mean equal masses."""
    lower, upper, weights = split(drawn)
    fit = fitted(lower, upper, weights=weights)
    ends = open_ended(upper)
    inside = [(low <= fit.left) & (fit.right <= end) for low, end in zip(lower, ends, strict=True)]
    assert np.linalg.matrix_rank(np.array(inside, dtype=float)) == len(fit.mass)


def test_a_general_optimiser_finds_nothing_likelier():
    """SLSQP on the simplex, started from the middle, for the first five reference sets."""
    for reference in SETS[:5]:
        lower, upper = reference["lower"], reference["upper"]
        weights = np.array(reference["weights"], dtype=float)
        fit = fitted(lower, upper, weights=weights)
        low, high = np.array(lower)[:, None], np.array(open_ended(upper))[:, None]
        inside = ((low <= fit.left) & (fit.right <= high)).astype(float)
        start = np.full(len(fit.mass), 1 / len(fit.mass))
        found = minimize(
            lambda p, a=inside, w=weights: -(w @ np.log(np.maximum(a @ p, 1e-300))),
            start,
            method="SLSQP",
            bounds=[(0, 1)] * len(start),
            constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
        )
        assert weights @ np.log(inside @ fit.mass) >= -found.fun - 1e-9


def test_innermost_intervals_by_eye():
    """0..2, 1..3, 4..5 and the exact 5: between a lower bound and the next upper bound."""
    left, right = innermost(np.array([0.0, 1, 4, 5]), np.array([2.0, 3, 5, 5]))
    assert left.tolist() == [1, 5]
    assert right.tolist() == [2, 5]
