"""Refits and case diagnostics against metafor, and at the edges."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evidence_tools.arithmetic.pooling.influence import influence
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.refits import cumulate, leave_one_out
from evidence_tools.base.errors import NotEstimableError

REFERENCE = Path(__file__).parents[2] / "reference"
DEFAULT = json.loads((REFERENCE / "metafor.json").read_text(encoding="utf-8"))["univariate"]
CONVERGED = json.loads((REFERENCE / "metafor-converged.json").read_text(encoding="utf-8"))[
    "univariate"
]
TEST_OF = {"z": "normal", "knha": "knapp-hartung"}
GRID = {(method, test) for method in ("REML", "DL", "FE") for test in TEST_OF}
CASES = [(data, case) for data in CONVERGED for case in data["cases"]]
IDS = [f"{data['dataset']}-{c['method']}-{TEST_OF[c['test']]}" for data, c in CASES]
every_case = pytest.mark.parametrize(("data", "case"), CASES, ids=IDS)

DIAGNOSTIC_OF = {
    "rstudent": "rstudent",
    "dffits": "dffits",
    "dfbetas": "dfbetas",
    "cook.d": "cook_d",
    "cov.r": "cov_ratio",
    "tau2.del": "tau2_del",
    "QE.del": "q_del",
    "hat": "hat",
    "weight": "weight",
    "is_infl": "is_influential",
}
FIELD_OF = {
    "estimate": "estimate",
    "se": "se",
    "ci.lb": "ci_low",
    "ci.ub": "ci_high",
    "tau2": "tau2",
    "I2": "i2",
    "Q": "q",
}
PERCENT = {"weight": 100}
"""metafor gives weights in percent, we give shares."""


def settings(case):
    return {"method": case["method"], "test": TEST_OF[case["test"]]}


def numbers(values):
    return np.array(values, dtype=float)  # null, where metafor gave up, becomes NaN


def check(result, expected, field_of, skip=()):
    for name, field in field_of.items():
        if name not in expected:
            continue
        found, wanted = numbers(getattr(result, field)), numbers(expected[name])
        found *= PERCENT.get(name, 1)
        assert found.shape == wanted.shape
        known = ~np.isin(np.arange(len(wanted)), skip)
        np.testing.assert_allclose(
            found[known], wanted[known], rtol=1e-8, atol=1e-10, err_msg=field
        )


def test_the_reference_covers_what_we_compute():
    for data in CONVERGED:
        assert {(c["method"], c["test"]) for c in data["cases"]} == GRID
        for case in data["cases"]:
            assert set(case["influence"]) == set(DIAGNOSTIC_OF)
            fixed = {"tau2"} if case["method"] == "FE" else set()
            assert set(case["leave1out"]) == set(FIELD_OF) - fixed
            assert set(case["cumulative"]) == set(FIELD_OF) - fixed - {"Q"}


@every_case
def test_diagnostics(data, case):
    result = influence(data["yi"], data["vi"], **settings(case))
    check(result, case["influence"], DIAGNOSTIC_OF)


@every_case
def test_leave_one_out(data, case):
    result = leave_one_out(data["yi"], data["vi"], **settings(case))
    check(result, case["leave1out"], FIELD_OF)
    assert set(result.k) == {len(data["yi"]) - 1}


METAFOR_GAVE_UP = {("dat.nielweise2007 OR (rare events)", "REML"): [7]}
"""Entries, counted from 0, for which Fisher scoring in metafor did not converge."""


@every_case
def test_cumulative(data, case):
    result = cumulate(data["yi"], data["vi"], **settings(case))
    skip = METAFOR_GAVE_UP.get((data["dataset"], case["method"]), [])
    nulls = np.flatnonzero(np.isnan(numbers(case["cumulative"]["estimate"])))
    assert nulls.tolist() == skip
    check(result, case["cumulative"], FIELD_OF, skip=skip)
    assert result.k.tolist() == list(range(1, len(data["yi"]) + 1))


def test_where_metafor_gave_up_ours_is_the_peak_of_the_likelihood():
    data = CONVERGED[3]
    yi, vi = np.array(data["yi"][:8]), np.array(data["vi"][:8])
    found = cumulate(data["yi"], data["vi"]).tau2[7]

    def minus_log_likelihood(tau2):
        w = 1 / (vi + tau2)
        rest = yi - np.sum(w * yi) / np.sum(w)
        return 0.5 * (-np.log(w).sum() + np.log(w.sum()) + np.sum(w * rest**2))

    grid = np.concatenate([np.linspace(0, 3, 301), found + np.array([-1e-3, 1e-3])])
    assert all(minus_log_likelihood(found) < minus_log_likelihood(t) for t in grid)


DEFAULT_STOP = 1e-2
"""metafor.json stops at a change of tau² below 1e-5, in half-steps (see test_pool.py): up to 0.3%
of tau² where it is small (raudenbush1985), twice that in a squared shift like Cook's distance."""


@pytest.mark.parametrize("data", DEFAULT, ids=[data["dataset"] for data in DEFAULT])
def test_agrees_with_metafor_at_its_default_stop(data):
    yi, vi = data["yi"], data["vi"]
    close = {"rtol": DEFAULT_STOP, "atol": 5e-4}
    without = leave_one_out(yi, vi, test="normal")
    for name, field in {"estimate": "estimate", "se": "se", "tau2": "tau2"}.items():
        wanted = numbers(data["leave1out_reml"][name])
        np.testing.assert_allclose(getattr(without, field), wanted, err_msg=field, **close)
    added = cumulate(yi, vi, test="normal")
    for name in ("estimate", "se", "tau2"):
        wanted = numbers(data["cumulative_reml"][name])
        np.testing.assert_allclose(getattr(added, name), wanted, err_msg=name, **close)
    cases = influence(yi, vi, test="normal")
    for name in ("rstudent", "cook_d", "hat", "dffits", "dfbetas"):
        wanted = numbers(data["influence_reml"][name])
        np.testing.assert_allclose(getattr(cases, name), wanted, err_msg=name, **close)


# --- what the answers mean ----------------------------------------------------------------------

YI, VI = [0.1, 0.6, 1.4, -0.3, 0.9], [0.04, 0.09, 0.05, 0.12, 0.03]


@pytest.mark.parametrize("test", ["normal", "knapp-hartung", "knapp-hartung-guarded"])
def test_each_refit_is_the_pool_of_its_studies(test):
    without = leave_one_out(YI, VI, test=test)
    added = cumulate(YI, VI, test=test)
    diagnostics = influence(YI, VI, test=test)
    for i in range(5):
        rest = [j for j in range(5) if j != i]
        pooled = pool(np.array(YI)[rest], np.array(VI)[rest], test=test)
        wanted = [pooled.estimate, pooled.se, pooled.tau2, pooled.q]
        found = [without.estimate[i], without.se[i], without.tau2[i], without.q[i]]
        np.testing.assert_allclose(found, wanted, rtol=1e-9)
        found = [diagnostics.estimate_del[i], diagnostics.se_del[i]]
        np.testing.assert_allclose(found, wanted[:2], rtol=1e-9)
        first = pool(YI[: i + 1], VI[: i + 1], test=test)
        np.testing.assert_allclose(added.ci_low[i], first.ci_low, rtol=1e-9)


def test_an_outlier_is_found():
    result = influence([*YI, 9.0], [*VI, 0.05], labels=list("abcdef"), test="normal")
    assert np.argmax(result.cook_d) == 5
    assert result.is_influential.tolist() == [False] * 5 + [True]
    assert "influential: f" in result.summary()
    assert list(result.to_frame()["label"]) == list("abcdef")


def test_faces_of_refits():
    result = leave_one_out(YI, VI)
    assert list(result.to_frame()["label"])[:2] == ["study 1", "study 2"]
    assert "without study" in result.summary()
    assert "up to study 1" in cumulate(YI, VI).summary()


def test_two_studies_leave_one():
    result = influence([0.0, 1.0], [0.1, 0.2])
    assert result.estimate_del.tolist() == [1.0, 0.0]
    assert result.tau2_del.tolist() == [0, 0]
    assert "one study is the study itself" in result.notes[0]


def test_equal_effects_have_no_influence():
    result = influence([0.5, 0.5, 0.5], [0.1, 0.2, 0.4])
    np.testing.assert_allclose(result.cook_d, 0, atol=1e-30)
    assert not result.is_influential.any()


REFUSALS = [
    ("one study", lambda: influence([1], [1]), "influence: found 1 study"),
    ("nothing left", lambda: leave_one_out([1], [1]), "only study 1"),
    ("labels too many", lambda: influence(YI, VI, labels=list("abcdef")), "labels: found 6"),
    ("no study", lambda: cumulate([], []), "no studies"),
    (
        "collapsed interval",
        lambda: influence([0.1] * 3, [0.1, 0.2, 0.7], test="knapp-hartung"),
        "a variance of 0.*guarded",
    ),
]


@pytest.mark.parametrize(
    ("call", "words"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_refuses_and_says_why(call, words):
    with pytest.raises(NotEstimableError, match=words):
        call()
