"""What holds for every set of studies, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.arithmetic.pooling.inference import TESTS
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.regression import regress
from evidence_tools.arithmetic.pooling.tau2 import METHODS

effects = st.integers(-3000, 3000).map(lambda n: n / 1000)
variances = st.integers(10, 4000).map(lambda n: n / 1000)
studies = st.lists(st.tuples(effects, variances), min_size=2, max_size=7)
methods, tests = st.sampled_from(METHODS), st.sampled_from(TESTS)
CLOSE = {"rtol": 1e-6, "atol": 1e-8}
"""Searches end within 1e-10 of tau², but a flat likelihood makes rounding count for more."""


def columns(pairs):
    yi, vi = np.array(pairs).T
    return yi, vi


@given(studies, methods, tests, st.randoms(use_true_random=False))
def test_order_does_not_matter(pairs, method, test, random):
    mixed = list(pairs)
    random.shuffle(mixed)
    one, other = (pool(*columns(p), method=method, test=test) for p in (pairs, mixed))
    np.testing.assert_allclose(one.tau2, other.tau2, **CLOSE)
    np.testing.assert_allclose(one.ci_low, other.ci_low, **CLOSE)


@given(studies, methods, tests, st.integers(-5, 5))
def test_a_constant_moves_only_the_estimate(pairs, method, test, constant):
    yi, vi = columns(pairs)
    here, there = (pool(yi + c, vi, method=method, test=test) for c in (0, constant))
    np.testing.assert_allclose(there.estimate, here.estimate + constant, **CLOSE)
    for name in ("se", "tau2", "i2", "q", "weights"):
        np.testing.assert_allclose(getattr(there, name), getattr(here, name), **CLOSE)


@given(studies, methods, tests, st.sampled_from([0.01, 0.5, 10, -1, 1000]))
def test_another_unit_scales_tau2_by_its_square(pairs, method, test, c):
    yi, vi = columns(pairs)
    here, there = (pool(s * yi, s**2 * vi, method=method, test=test) for s in (1, c))
    np.testing.assert_allclose(there.tau2 / c**2, here.tau2, **CLOSE)
    np.testing.assert_allclose(there.estimate / c, here.estimate, **CLOSE)
    np.testing.assert_allclose(there.se / abs(c), here.se, **CLOSE)
    np.testing.assert_allclose(there.i2, here.i2, **CLOSE)


@given(studies, methods)
def test_the_estimate_lies_between_the_studies(pairs, method):
    yi, vi = columns(pairs)
    pooled = pool(yi, vi, method=method)
    assert yi.min() - 1e-12 <= pooled.estimate <= yi.max() + 1e-12
    assert np.all(pooled.weights > 0)
    assert pooled.weights.sum() == pytest.approx(1)


@given(effects, st.lists(variances, min_size=2, max_size=7), methods)
def test_equal_effects_give_no_between_study_variance(effect, vi, method):
    pooled = pool([effect] * len(vi), vi, method=method)
    assert pooled.tau2 == pytest.approx(0, abs=1e-20)
    assert pooled.estimate == pytest.approx(effect)


@given(studies, methods, tests)
def test_bounds_and_intervals(pairs, method, test):
    pooled = pool(*columns(pairs), method=method, test=test)
    assert 0 <= pooled.i2 <= 100
    assert pooled.tau2 >= 0
    assert pooled.ci_low <= pooled.estimate <= pooled.ci_high
    if pooled.pi_low is not None:
        assert pooled.pi_low <= pooled.ci_low + 1e-12
        assert pooled.pi_high >= pooled.ci_high - 1e-12
    if pooled.tau2_ci_low is not None:
        assert 0 <= pooled.tau2_ci_low <= pooled.tau2_ci_high
        assert pooled.i2_ci_low <= pooled.i2_ci_high


@given(studies, methods, tests)
def test_nothing_is_nan_or_infinite(pairs, method, test):
    row = pool(*columns(pairs), method=method, test=test).to_frame().iloc[0]
    numbers = [v for v in row.drop(["method", "test", "notes"]) if v is not None]
    assert np.isfinite(np.array(numbers, dtype=float)).all()


@given(studies, methods)
def test_the_guarded_interval_is_never_narrower(pairs, method):
    yi, vi = columns(pairs)
    plain, guarded = (pool(yi, vi, method=method, test=test) for test in TESTS[1:])
    assert guarded.se >= plain.se
    assert guarded.se >= pool(yi, vi, method=method, test="normal").se - 1e-15


@given(studies)
def test_the_interval_of_tau2_holds_its_paule_mandel_estimate(pairs):
    pooled = pool(*columns(pairs), method="PM")
    if pooled.tau2_ci_low is not None:
        assert pooled.tau2_ci_low <= pooled.tau2 + 1e-9
        assert pooled.tau2 <= pooled.tau2_ci_high + 1e-9


@given(st.lists(st.tuples(effects, variances), min_size=4, max_size=7), methods)
def test_a_moderator_may_be_shifted_and_rescaled(pairs, method):
    yi, vi = columns(pairs)
    x = np.arange(len(yi)) ** 2
    here = regress(yi, vi, {"x": x}, method=method)
    there = regress(yi, vi, {"x": 10 * x + 3}, method=method)
    np.testing.assert_allclose(there.tau2, here.tau2, **CLOSE)
    np.testing.assert_allclose(10 * there.coefficients[1], here.coefficients[1], **CLOSE)
    np.testing.assert_allclose(there.qm, here.qm, **CLOSE)
