"""The between-study variance is the highest peak of its likelihood, wherever that lies.

Grids here come from the definition of the likelihood; metafor's climbs from four starts are in
`tests/reference/lower_peak.json`.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from evidence_tools.arithmetic.pooling.gosh import gosh
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.regression import regress
from evidence_tools.arithmetic.pooling.tau2 import METHODS

REFERENCE = Path(__file__).parents[2] / "reference"
PEAKS = json.loads((REFERENCE / "lower_peak.json").read_text(encoding="utf-8"))
PUBLIC = json.loads((REFERENCE / "metafor.json").read_text(encoding="utf-8"))["univariate"]
either = pytest.mark.parametrize("method", ["ML", "REML"])


def loglik(yi, vi, tau2, method, x=None):
    """Log-likelihood at each tau², with X'X in its constant as metafor has it."""
    x = np.ones((len(yi), 1)) if x is None else x
    total = np.asarray(vi) + np.atleast_1d(tau2)[:, None]
    information = np.einsum("ip,ti,iq->tpq", x, 1 / total, x)
    b = np.linalg.solve(information, np.einsum("ip,ti,i->tp", x, 1 / total, yi)[..., None])[..., 0]
    found = -np.log(2 * np.pi * total).sum(axis=1) - ((yi - b @ x.T) ** 2 / total).sum(axis=1)
    if method == "REML":
        found += x.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(x.T @ x)[1]
        found -= np.linalg.slogdet(information)[1]
    return found / 2


def grid(yi, vi):
    """Two thousand values of tau², close together where the sampling variances are small."""
    end = 2 * np.ptp(yi) ** 2
    return np.min(vi) * np.expm1(np.linspace(0, np.log1p(end / np.min(vi)), 2000))


def lower_than_the_grid(yi, vi, tau2, method, x=None):
    """How far the likelihood lies below the highest of the grid; not above 0 if all is well."""
    return loglik(yi, vi, grid(yi, vi), method, x).max() - loglik(yi, vi, tau2, method, x)[0]


def made(number):
    """Studies whose sizes differ a thousandfold, with heavy tails; one in thirty has two peaks."""
    random = np.random.default_rng(number)
    k = random.integers(3, 13)
    vi = 10 ** random.uniform(-3, 0, k)
    return random.standard_t(2, k) * np.sqrt(vi + random.choice([0, 0.01, 0.1])), vi


def peaks(yi, vi, method):
    height = loglik(yi, vi, grid(yi, vi), method)
    rises = np.diff(height) > 0
    return int((~rises[0]) + (rises[:-1] & ~rises[1:]).sum())


def test_streptokinase_has_two_peaks_and_the_higher_is_taken():
    yi, vi = np.array(PEAKS["yi"]), np.array(PEAKS["vi"])
    climbs = {(fit["method"], fit["start"]): fit for fit in PEAKS["fits"]}
    assert peaks(yi, vi, "REML") == 2
    assert climbs["REML", 0]["loglik"] < climbs["REML", 0.1]["loglik"]
    for method in ("REML", "ML"):
        fit, best = pool(yi, vi, method=method, test="normal"), climbs[method, 0.1]
        assert fit.tau2 == pytest.approx(best["tau2"], rel=1e-8, abs=1e-9)
        assert fit.estimate == pytest.approx(best["beta"], rel=1e-8)
        assert fit.se == pytest.approx(best["se"], rel=1e-8)
        assert loglik(yi, vi, fit.tau2, method)[0] == pytest.approx(best["loglik"], rel=1e-10)
    assert pool(yi, vi).tau2 == pytest.approx(0.012548, abs=1e-6)


@either
@pytest.mark.parametrize("data", PUBLIC, ids=[data["dataset"] for data in PUBLIC])
def test_no_grid_finds_more_on_public_data(data, method):
    yi, vi = np.array(data["yi"]), np.array(data["vi"])
    tau2 = pool(yi, vi, method=method).tau2
    assert lower_than_the_grid(yi, vi, tau2, method) <= 1e-10


@either
def test_no_grid_finds_more_on_500_made_sets(method):
    several = 0
    for number in range(500):
        yi, vi = made(number)
        several += peaks(yi, vi, method) > 1
        tau2 = pool(yi, vi, method=method).tau2
        assert lower_than_the_grid(yi, vi, tau2, method) <= 1e-10, number
    assert several >= 10


@either
def test_no_grid_finds_more_in_meta_regression(method):
    for number in range(60):
        yi, vi = made(number)
        if len(yi) > 3:
            x = np.column_stack([np.ones(len(yi)), np.arange(len(yi)) % 3])
            tau2 = regress(yi, vi, {"x": x[:, 1]}, method=method).tau2
            assert lower_than_the_grid(yi, vi, tau2, method, x) <= 1e-10, number


@either
def test_no_grid_finds_more_in_the_subsets_of_gosh(method):
    yi, vi = np.array(PEAKS["yi"]), np.array(PEAKS["vi"])
    fits = gosh(yi, vi, method=method, most_subsets=300)
    several = 0
    for j, tau2 in enumerate(fits.tau2):
        chosen = [i for i in range(len(yi)) if fits.holds(i)[j]]
        if len(chosen) > 1:
            several += peaks(yi[chosen], vi[chosen], method) > 1
            assert lower_than_the_grid(yi[chosen], vi[chosen], tau2, method) <= 1e-10
    assert several >= 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unit", [1, 10, 1000])
def test_equal_effects_leave_no_variance_to_any_moderator(method, unit):
    """y'Py was -1e-22 by rounding, and Paule-Mandel's tau² 8.7e12."""
    x = unit * np.array([0, 1, 4, 9]) + 3.0
    assert regress([0.001] * 4, [0.01] * 4, {"x": x}, method=method).tau2 == pytest.approx(0)
