"""GOSH against metafor and against `pool`, and how it goes about many subsets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evidence_tools.arithmetic.pooling import gosh as module
from evidence_tools.arithmetic.pooling.gosh import gosh
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.tau2 import METHODS
from evidence_tools.base.errors import NotEstimableError

REFERENCE = Path(__file__).parents[2] / "reference"
DEFAULT = json.loads((REFERENCE / "metafor.json").read_text(encoding="utf-8"))["models"]["gosh"]
CONVERGED = json.loads((REFERENCE / "metafor-converged.json").read_text(encoding="utf-8"))["gosh"]
YI, VI = [0.1, 0.6, 1.4, -0.3, 0.9], [0.04, 0.09, 0.05, 0.12, 0.03]


def many(k):
    """Effects and sampling variances of k made-up studies."""
    generator = np.random.default_rng(k)
    return generator.normal(0.3, 0.5, k), generator.gamma(2, 0.05, k)


@pytest.mark.parametrize(
    "expected", CONVERGED["fits"], ids=[f["method"] for f in CONVERGED["fits"]]
)
def test_every_subset_as_in_metafor(expected):
    fits = gosh(CONVERGED["yi"], CONVERGED["vi"], method=expected["method"])
    turn = np.argsort(expected["code"])
    assert np.array(expected["code"])[turn].tolist() == fits.subset.tolist()
    for name, field in {
        "k": fits.k,
        "estimate": fits.estimate,
        "tau2": fits.tau2,
        "I2": fits.i2,
        "QE": fits.q,
    }.items():
        wanted = np.array(expected[name], dtype=float)[turn]
        np.testing.assert_allclose(field, wanted, rtol=1e-8, atol=1e-10, err_msg=name)


def test_the_reference_has_the_methods_and_all_subsets():
    assert [f["method"] for f in CONVERGED["fits"]] == ["REML", "DL", "FE"]
    assert {len(f["code"]) for f in CONVERGED["fits"]} == {255}


def test_the_summary_numbers_of_metafor_at_its_defaults():
    (data,) = DEFAULT
    fits = gosh(data["yi"], data["vi"])
    assert len(fits.estimate) == data["n_subsets"]
    found = [
        np.mean(fits.estimate),
        np.std(fits.estimate, ddof=1),
        np.min(fits.estimate),
        np.max(fits.estimate),
        np.mean(fits.i2),
    ]
    names = ("mean_estimate", "sd_estimate", "min_estimate", "max_estimate", "mean_I2")
    # 1e-4: metafor.json stops at a change of tau² below 1e-5, in half-steps
    np.testing.assert_allclose(found, [data[name] for name in names], rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_each_subset_is_what_pool_makes_of_it(method):
    fits = gosh(YI, VI, method=method)
    assert fits.subset.tolist() == list(range(1, 32))
    for j in range(31):
        chosen = [i for i in range(5) if fits.holds(i)[j]]
        pooled = pool(np.array(YI)[chosen], np.array(VI)[chosen], method=method)
        assert fits.k[j] == pooled.k
        wanted = [pooled.estimate, pooled.tau2 or 0, pooled.i2 or 0, pooled.q]
        found = [fits.estimate[j], fits.tau2[j], fits.i2[j], fits.q[j]]
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def test_single_studies_are_themselves():
    fits = gosh(YI, VI)
    single = fits.k == 1
    assert fits.estimate[single].tolist() == YI
    assert fits.tau2[single].tolist() == fits.i2[single].tolist() == [0] * 5


def test_one_study_has_one_subset():
    fits = gosh([0.3], [0.1])
    assert (fits.estimate.tolist(), fits.k.tolist()) == ([0.3], [1])
    assert "itself" in fits.notes[0]


def test_the_size_of_the_blocks_changes_nothing(monkeypatch):
    yi, vi = many(8)
    whole = gosh(yi, vi)
    monkeypatch.setattr(module, "BLOCK", 7)
    np.testing.assert_allclose(gosh(yi, vi).tau2, whole.tau2, rtol=1e-9, atol=1e-15)


def test_workers_change_nothing_and_keep_the_order(monkeypatch):
    yi, vi = many(8)
    monkeypatch.setattr(module, "BLOCK", 16)
    np.testing.assert_array_equal(gosh(yi, vi, n_jobs=2).tau2, gosh(yi, vi).tau2)


def test_progress_is_told_after_each_block(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 10)
    told = []
    gosh(YI, VI, progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 31), (20, 31), (30, 31), (31, 31)]


def test_too_many_subsets_are_sampled_and_said():
    yi, vi = many(12)
    whole = gosh(yi, vi, method="DL")
    sample = gosh(yi, vi, method="DL", most_subsets=500)
    assert len(np.unique(sample.subset)) == 500
    assert sample.notes == ("A random sample of 500 of the 4,095 subsets (seed 20100).",)
    np.testing.assert_allclose(sample.tau2, whole.tau2[sample.subset - 1], rtol=1e-9, atol=1e-15)
    again = gosh(yi, vi, method="DL", most_subsets=500)
    np.testing.assert_array_equal(sample.subset, again.subset)
    other = gosh(yi, vi, method="DL", most_subsets=500, seed=1)
    assert other.notes == ("A random sample of 500 of the 4,095 subsets (seed 1).",)
    assert (other.subset != sample.subset).any()
    with pytest.raises(NotEstimableError, match="seed: found -1; allowed: 0 or more"):
        gosh(yi, vi, seed=-1)


def test_the_largest_number_of_studies():
    yi, vi = many(62)
    fits = gosh(yi, vi, method="DL", most_subsets=100)
    assert fits.holds(61).any()
    assert fits.k.max() <= 62
    with pytest.raises(NotEstimableError, match="found 63 studies; allowed: up to 62"):
        gosh(*many(63))


def test_wrong_numbers_are_refused():
    with pytest.raises(NotEstimableError, match="vi: found 0"):
        gosh([1, 2], [1, 0])


def test_a_search_that_is_cut_off_is_counted(monkeypatch):
    monkeypatch.setattr("evidence_tools.arithmetic.pooling.tau2.LONGEST_SEARCH", 1)
    assert "cut off" in gosh(YI, VI).notes[0]


def test_faces():
    fits = gosh(YI, VI)
    frame = fits.to_frame()
    assert list(frame) == ["subset", "k", "estimate", "tau2", "i2", "q"]
    assert len(frame) == 31
    assert fits.summary().startswith("31 subsets of 5 studies, REML: estimates from -0.3 to 1.4")
