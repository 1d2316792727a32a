"""Pooled medians, with and without a model."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evidence_tools.arithmetic.intervals.medians import median_of_medians, pool_log_medians
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.base.errors import NotEstimableError


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9))
def test_it_is_the_median_of_the_values(values):
    assert median_of_medians(values).estimate == pytest.approx(float(np.median(values)))


@pytest.mark.parametrize("k", range(6, 25))
def test_the_interval_holds_what_a_sign_test_does_not_reject(k):
    """Values 1 to k; a median m in a gap is kept where the two-sided p is above 5%."""
    kept = [m for m in range(k + 1) if binomtest(m, k).pvalue > 0.05]
    found = median_of_medians(range(1, k + 1))
    assert (found.ci_low, found.ci_high) == (kept[0], kept[-1] + 1)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_few_medians_have_no_interval(k):
    found = median_of_medians(range(1, k + 1))
    assert (found.ci_low, found.ci_high) == (None, None)
    assert found.estimate == (k + 1) / 2
    assert found.notes == (f"No interval: {k} medians are too few for 95%.",)


def test_two_medians_by_hand():
    """41 and 27.5 days: the middle of both."""
    assert median_of_medians([41, 27.5]).estimate == pytest.approx(34.25)


def test_nothing_to_pool():
    found = median_of_medians([])
    assert (found.estimate, found.k, found.notes) == (None, 0, ("No medians to pool.",))
    assert found.to_frame()["estimate"].isna().all()
    assert "no pooled median" in found.summary()


IMPOSSIBLE = [([0, 3], [1, 1]), ([2, 3], [1, 0]), ([2], [1, 2])]


@pytest.mark.parametrize(("values", "n"), IMPOSSIBLE)
def test_impossible_numbers_are_refused(values, n):
    with pytest.raises(NotEstimableError, match="medians"):
        pool_log_medians(values, n, log_sd=1)


def test_the_model_pools_logarithms():
    medians, n = np.array([20.0, 41, 18, 60]), np.array([14, 12, 30, 8])
    found = pool_log_medians(medians, n, log_sd=0.8)
    effect = pool(np.log(medians), math.pi / 2 * 0.64 / n)
    assert found.estimate == pytest.approx(math.exp(effect.estimate))
    assert found.ci_low == pytest.approx(math.exp(effect.ci_low))
    assert found.ci_high == pytest.approx(math.exp(effect.ci_high))
    assert found.notes[0].startswith("Assumed, not seen: single people's times are log-normal")
    assert "4 medians (log-normal random effects)" in found.summary()


def test_the_variance_of_a_log_median_by_simulation():
    """20,000 samples of 101 log-normal times: variance pi sd² / (2 n)."""
    generator = np.random.default_rng(1)
    samples = generator.normal(0, 0.7, size=(20_000, 101))
    assert np.median(samples, axis=1).var() == pytest.approx(math.pi * 0.49 / 202, rel=0.03)


def test_one_median_is_not_pooled():
    found = pool_log_medians([20], [10], log_sd=1)
    assert found.estimate is None
    assert found.notes == ("1 medians with their n, and 2 are needed.",)
    more = pool_log_medians([20, 30], [10, 10], log_sd=1, fewest=3)
    assert (more.estimate, more.notes) == (None, ("2 medians with their n, and 3 are needed.",))


@pytest.mark.parametrize("log_sd", [0, -1, math.inf])
def test_an_impossible_spread_is_refused(log_sd):
    with pytest.raises(NotEstimableError, match="log_sd"):
        pool_log_medians([20, 30], [10, 10], log_sd=log_sd)
