"""Pooling and meta-regression against metafor, and at the edges.

Two references with the same data. `metafor-converged.json` was made with every search run to
convergence: there everything is compared end to end. `metafor.json` was made with metafor's
default stop (a change of tau² below 1e-5, in half-steps): there its tau² is fed in and the rest
compared, and tau² itself is compared as closely as that stop allows.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist
from unittest.mock import patch

import numpy as np
import pytest

from evidence_tools.arithmetic.pooling import heterogeneity, regression
from evidence_tools.arithmetic.pooling.inference import TESTS
from evidence_tools.arithmetic.pooling.pool import PooledEffect, pool
from evidence_tools.arithmetic.pooling.regression import regress
from evidence_tools.arithmetic.pooling.tau2 import METHODS
from evidence_tools.base.errors import NotEstimableError, UnknownTermError

REFERENCE = Path(__file__).parents[2] / "reference"
DEFAULT = json.loads((REFERENCE / "metafor.json").read_text(encoding="utf-8"))
CONVERGED = json.loads((REFERENCE / "metafor-converged.json").read_text(encoding="utf-8"))
TEST_OF = {"z": "normal", "knha": "knapp-hartung"}
DATASETS = [
    "dat.bcg RR",
    "dat.normand1999 SMD",
    "dat.raudenbush1985",
    "dat.nielweise2007 OR (rare events)",
]
EXACT = {"rtol": 1e-8, "atol": 1e-12}
"""Against R at full precision; the absolute part is for zeros."""
PRINTED = {"rtol": 1e-8, "atol": 1e-11}
"""metafor.json has thirteen decimals or digits."""

FIELD_OF = {
    "tau2": "tau2",
    "beta": "estimate",
    "se": "se",
    "p": "p_value",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "Q": "q",
    "Qp": "q_p",
    "I2": "i2",
    "H2": "h2",
    "pi_lb": "pi_low",
    "pi_ub": "pi_high",
    "tau2_ci_lb": "tau2_ci_low",
    "tau2_ci_ub": "tau2_ci_high",
    "I2_ci_lb": "i2_ci_low",
    "I2_ci_ub": "i2_ci_high",
    "H2_ci_lb": "h2_ci_low",
    "H2_ci_ub": "h2_ci_high",
}
REGRESSION_FIELD_OF = {
    "tau2": "tau2",
    "beta": "coefficients",
    "se": "se",
    "p": "p_value",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "Q": "qe",
    "Qp": "qe_p",
    "I2": "i2",
    "H2": "h2",
    "QM": "qm",
    "QMp": "qm_p",
    "R2": "r2",
}


def cases(datasets):
    return [(data, expected) for data in datasets for expected in data["fits"]]


def named(datasets):
    pairs = cases(datasets)
    ids = [f"{data['dataset']}-{e['method']}-{TEST_OF[e['test']]}" for data, e in pairs]
    return pytest.mark.parametrize(("data", "expected"), pairs, ids=ids)


def pooled_like(data, expected):
    return pool(data["yi"], data["vi"], method=expected["method"], test=TEST_OF[expected["test"]])


def pooled_at_its_tau2(data, expected):
    """Everything that follows from the reference's own tau²."""
    yi, vi = np.array(data["yi"]), np.array(data["vi"])
    its_own = np.array([float(expected["tau2"])]), np.array([True])
    with patch.object(heterogeneity, "estimate_tau2", return_value=its_own):
        return pool(yi, vi, method=expected["method"], test=TEST_OF[expected["test"]])


def check(result, expected, field_of, tolerance, only=None):
    for name, field in field_of.items():
        if name in expected and (only is None or name in only):
            np.testing.assert_allclose(
                getattr(result, field), expected[name], err_msg=field, **tolerance
            )


# --- the reference grid -------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [DEFAULT, CONVERGED], ids=["default", "converged"])
def test_the_reference_covers_every_method_and_test(reference):
    assert [data["dataset"] for data in reference["univariate"]] == DATASETS
    for data in reference["univariate"]:
        grid = {(e["method"], e["test"]) for e in data["fits"]}
        assert grid == {(method, test) for method in METHODS for test in TEST_OF}


def test_every_number_of_the_reference_is_compared():
    settings = {"method", "test", "k"}
    elsewhere = {"stat", "se_tau2"}  # stat has a test of its own; we give no error of tau²
    for data in DEFAULT["univariate"] + CONVERGED["univariate"]:
        for expected in data["fits"]:
            assert set(expected) - settings - elsewhere <= set(FIELD_OF)
            if expected["method"] != "FE":
                assert set(FIELD_OF) - set(expected) <= {"H2_ci_lb", "H2_ci_ub"}
                assert None not in expected.values()


# --- metafor, run to convergence ----------------------------------------------------------------


@named(CONVERGED["univariate"])
def test_converged_end_to_end(data, expected):
    pooled = pooled_like(data, expected)
    check(pooled, expected, FIELD_OF, EXACT)
    assert pooled.k == len(data["yi"])
    assert pooled.q_df == pooled.k - 1


# --- metafor at its defaults --------------------------------------------------------------------

SEARCH_ENDS = ("tau2_ci_lb", "tau2_ci_ub", "I2_ci_lb", "I2_ci_ub")
ALL_BUT_SEARCHES = set(FIELD_OF) - set(SEARCH_ENDS)

TAU2_STOP = {"ML": 5e-5, "REML": 5e-5, "EB": 5e-5, "PM": 1.3e-4}
"""How far the reference's tau² may be from its own limit, absolute. ML, REML, EB: half-steps until
a change below 1e-5, and up to five times that is left where steps shrink slowly (raudenbush1985).
PM: R's uniroot stops within .Machine$double.eps^0.25 = 1.22e-4."""


@named(DEFAULT["univariate"])
def test_default_from_its_own_tau2(data, expected):
    pooled = pooled_at_its_tau2(data, expected)
    check(pooled, expected, FIELD_OF, PRINTED, only=ALL_BUT_SEARCHES)
    assert pooled.k == expected["k"]
    np.testing.assert_allclose(pooled.estimate / pooled.se, expected["stat"], **PRINTED)


@named(DEFAULT["univariate"])
def test_default_tau2(data, expected):
    pooled = pooled_like(data, expected)
    stop = TAU2_STOP.get(expected["method"])
    tolerance = PRINTED if stop is None else {"rtol": 0, "atol": stop}
    np.testing.assert_allclose(pooled.tau2, expected["tau2"], **tolerance)


@named(
    [
        {**data, "fits": [e for e in data["fits"] if e["method"] != "FE"]}
        for data in DEFAULT["univariate"]
    ]
)
def test_default_interval_of_tau2_and_i2(data, expected):
    pooled = pooled_like(data, expected)
    ends = np.array([pooled.tau2_ci_low, pooled.tau2_ci_high])
    found = np.array([expected["tau2_ci_lb"], expected["tau2_ci_ub"]])
    np.testing.assert_allclose(ends, found, rtol=0, atol=1.3e-4)  # uniroot again
    a = 1 / np.array(data["vi"])
    typical = (len(a) - 1) / (a.sum() - (a**2).sum() / a.sum())
    i2 = [expected["I2_ci_lb"], expected["I2_ci_ub"]]
    np.testing.assert_allclose(100 * found / (found + typical), i2, **PRINTED)
    own = [pooled.i2_ci_low, pooled.i2_ci_high]
    np.testing.assert_allclose(own, 100 * ends / (ends + typical), **EXACT)


@pytest.mark.parametrize("data", CONVERGED["univariate"], ids=DATASETS)
@pytest.mark.parametrize("method", METHODS)
def test_the_guard_takes_the_wider_of_both_variances(data, method):
    by_test = {e["test"]: e for e in data["fits"] if e["method"] == method}
    guarded = pool(data["yi"], data["vi"], method=method)
    se = max(by_test["z"]["se"], by_test["knha"]["se"])
    plain = by_test["knha"]
    quantile = (plain["ci_ub"] - plain["beta"]) / plain["se"]
    np.testing.assert_allclose(guarded.se, se, **EXACT)
    np.testing.assert_allclose(guarded.ci_high, guarded.estimate + quantile * se, **EXACT)
    np.testing.assert_allclose(guarded.ci_low, guarded.estimate - quantile * se, **EXACT)
    assert any("raised to 1" in note for note in guarded.notes) == (se > 1.000001 * plain["se"])


# --- meta-regression ----------------------------------------------------------------------------


@named(CONVERGED["metareg"])
def test_meta_regression_converged_end_to_end(data, expected):
    fitted = regress(
        data["yi"],
        data["vi"],
        data["X"],
        method=expected["method"],
        test=TEST_OF[expected["test"]],
    )
    check(fitted, expected, REGRESSION_FIELD_OF, EXACT)
    assert fitted.terms == ("intercept", *data["X"])
    assert fitted.qm_df == len(data["X"])


@named(DEFAULT["models"]["metareg"])
def test_meta_regression_default_from_its_own_tau2(data, expected):
    yi, vi = np.array(data["yi"]), np.array(data["vi"])
    x = np.column_stack([np.ones(len(yi)), *data["X"].values()])
    fitted = regression.describe(
        regression.Design(yi=yi, vi=vi, x=x),
        ("intercept", *data["X"]),
        expected["tau2"],
        0.3,
        [],
        method=expected["method"],
        test=TEST_OF[expected["test"]],
        level=95,
    )
    check(fitted, expected, REGRESSION_FIELD_OF, PRINTED)


def test_the_regression_reference_covers_every_method_and_test():
    grid = {(method, test) for method in METHODS for test in TEST_OF}
    for data in CONVERGED["metareg"]:
        assert {(e["method"], e["test"]) for e in data["fits"]} == grid
        assert set(REGRESSION_FIELD_OF) - set(data["fits"][-1]) == set()


BCG = CONVERGED["univariate"][0]
ABLAT = CONVERGED["metareg"][0]["X"]["ablat"]


def test_regression_faces():
    fitted = regress(BCG["yi"], BCG["vi"], {"ablat": ABLAT})
    assert list(fitted.to_frame()["term"]) == ["intercept", "ablat"]
    assert fitted.to_frame()["estimate"].tolist() == fitted.coefficients.tolist()
    assert "ablat -0.0291" in fitted.summary()
    assert "account for 76%" in fitted.summary()


REGRESSION_REFUSALS = [
    ("as many terms as studies", {"x": [0, 1]}, [1, 2], "2 terms for 2 studies"),
    ("a constant moderator", {"x": [3, 3, 3, 3]}, [1, 2, 3, 4], "same thing twice among x"),
    ("too short", {"x": [3, 4]}, [1, 2, 3, 4], r"moderators, x: found \[3.0, 4.0\]"),
    ("not finite", {"x": [3, 4, np.nan, 1]}, [1, 2, 3, 4], "4 finite numbers"),
]


@pytest.mark.parametrize(
    ("moderators", "yi", "words"),
    [case[1:] for case in REGRESSION_REFUSALS],
    ids=[case[0] for case in REGRESSION_REFUSALS],
)
def test_regression_refuses_and_says_why(moderators, yi, words):
    with pytest.raises(NotEstimableError, match=words):
        regress(yi, np.ones(len(yi)), moderators)


def test_terms_that_fit_exactly_need_the_guard():
    exact = ([1, 2, 3, 4], [1, 1, 1, 1], {"x": [0, 1, 2, 3]})
    assert regress(*exact).qm == pytest.approx(5)
    with pytest.raises(NotEstimableError, match="fit every study exactly.*guarded"):
        regress(
            [0.1, 0.4, 0.7, 1.0], [0.1, 0.2, 0.3, 0.4], {"x": [0, 1, 2, 3]}, test="knapp-hartung"
        )


def test_no_r2_without_something_to_account_for():
    fitted = regress([1, 1, 1, 1.01], [1, 1, 1, 1], {"x": [0, 1, 2, 3]})
    assert fitted.r2 is None
    assert "nothing for R²" in fitted.summary()


# --- edges, by name -----------------------------------------------------------------------------


def all_numbers(pooled: PooledEffect) -> list[float]:
    row = pooled.to_frame().iloc[0].drop(["method", "test", "notes"])
    return [float(value) for value in row if value is not None]


every_method = pytest.mark.parametrize("method", METHODS)
every_test = pytest.mark.parametrize("test", TESTS)


@every_method
@every_test
def test_one_study_is_the_study_itself(method, test):
    pooled = pool([0.4], [0.04], method=method, test=test)
    assert (pooled.estimate, pooled.se) == (0.4, 0.2)
    half = 0.2 * NormalDist().inv_cdf(0.975)
    np.testing.assert_allclose([pooled.ci_low, pooled.ci_high], [0.4 - half, 0.4 + half])
    assert (pooled.tau2, pooled.i2, pooled.h2, pooled.pi_low, pooled.pi_high) == (None,) * 5
    assert (pooled.q, pooled.q_df, pooled.q_p) == (0, 0, None)
    assert pooled.weights.tolist() == [1]
    assert "One study" in pooled.notes[0]


@every_method
@every_test
def test_two_studies_are_answered_with_a_warning(method, test):
    pooled = pool([0.0, 1.0], [0.1, 0.2], method=method, test=test)
    assert "do not read as pooled; see the Bayesian fit" in pooled.notes[0]
    assert pooled.pi_low is None
    assert pooled.pi_high is None
    assert pooled.tau2 is not None
    assert np.isfinite(all_numbers(pooled)).all()


@every_method
@every_test
def test_equal_effects_have_no_heterogeneity(method, test):
    pooled = pool([0.5, 0.5, 0.5], [0.1, 0.2, 0.4], method=method, test=test)
    assert pooled.estimate == pytest.approx(0.5)
    assert (pooled.tau2, pooled.i2, pooled.q) == (0, 0, 0)
    assert pooled.tau2_ci_low is None
    assert np.isfinite(all_numbers(pooled)).all()


@pytest.mark.parametrize("effect", [0.5, 0.1, 1e3 + 0.1])  # the latter two round in their mean
def test_equal_effects_collapse_the_unguarded_interval_and_say_so(effect):
    pooled = pool([effect] * 3, [0.1, 0.2, 0.7], test="knapp-hartung")
    assert (pooled.se, pooled.p_value) == (0, None)
    assert any("collapses" in note for note in pooled.notes)


def test_an_empty_interval_of_tau2_is_none_and_said():
    pooled = pool([0.5, 0.5, 0.5001], [0.1, 0.2, 0.4])
    assert pooled.tau2_ci_low is None
    assert pooled.i2_ci_high is None
    assert any("interval is empty" in note for note in pooled.notes)


@every_method
def test_one_huge_variance_hardly_counts(method):
    three = pool([0.1, 0.6, 1.4], [0.1, 0.12, 0.09], method=method, test="normal")
    four = pool([0.1, 0.6, 1.4, 50], [0.1, 0.12, 0.09, 1e6], method=method, test="normal")
    assert np.isfinite(all_numbers(four)).all()
    assert four.weights[3] < 1e-5 or method in ("HE", "SJ")  # which weigh all studies alike in tau²
    if method in ("FE", "ML", "REML"):
        assert four.estimate == pytest.approx(three.estimate, abs=1e-3)
    assert any("ten million" in note for note in four.notes)


@every_method
def test_identical_variances_give_the_plain_mean(method):
    yi = [0.1, 0.5, 0.9, 2.1]
    pooled = pool(yi, [0.04] * 4, method=method)
    assert pooled.estimate == pytest.approx(np.mean(yi))
    np.testing.assert_allclose(pooled.weights, 0.25)
    if method in ("DL", "HE", "REML", "EB", "PM"):
        assert pooled.tau2 == pytest.approx(np.var(yi, ddof=1) - 0.04)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "SJ"])
def test_q_below_its_degrees_of_freedom_gives_zero(method):
    pooled = pool([0.1, 0.2, 0.35], [0.04, 0.05, 0.06], method=method)
    assert pooled.q < pooled.q_df
    assert pooled.tau2 == 0
    assert pooled.i2 == 0


def test_a_flat_likelihood_is_searched_to_its_end():
    # six trials of nielweise2007 on whose likelihood Fisher scoring needs hundreds of steps
    yi = [-2.71574255, -0.14864834, -2.8534672, -0.67473412, -1.05593156, 1.5114575]
    vi = [2.14871818, 0.3801385, 2.16576223, 0.26901778, 1.33902583, 1.28137255]
    pooled = pool(yi, vi)
    assert pooled.tau2 == pytest.approx(0.042713, rel=1e-4)
    assert not any("cut off" in note for note in pooled.notes)


def test_a_search_that_is_cut_off_is_said(monkeypatch):
    monkeypatch.setattr("evidence_tools.arithmetic.pooling.tau2.LONGEST_SEARCH", 1)
    pooled = pool(BCG["yi"], BCG["vi"])
    assert any("cut off" in note for note in pooled.notes)
    assert pooled.tau2 > 0


REFUSALS = [
    ("no studies", [], [], "yi: found no studies"),
    ("lengths differ", [1, 2], [1], "1 sampling variances for 2 effect sizes"),
    ("zero variance", [1, 2], [0.1, 0], r"vi: found 0 \(study 2\)"),
    ("negative variance", [1, 2], [-0.1, 1], r"vi: found -0.1 \(study 1\)"),
    ("infinite variance", [1, 2], [np.inf, 1], r"vi: found inf \(study 1\)"),
    ("missing effect", [1, np.nan], [1, 1], r"yi: found nan \(study 2\)"),
    ("words", ["a", "b"], [1, 1], "numbers only"),
    ("a table", [[1, 2], [3, 4]], [1, 1], r"shape \(2, 2\)"),
    ("overflow", [1e200, 0, 3], [1e-200, 1, 1], "from 0 to 1e"),
    ("many wrong", [1] * 7, [0] * 7, "and 2 more"),
]


@pytest.mark.parametrize(
    ("yi", "vi", "words"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_numbers_that_cannot_be_pooled_are_named(yi, vi, words):
    with pytest.raises(NotEstimableError, match=words):
        pool(yi, vi)


def test_unknown_words_are_refused_with_those_known():
    with pytest.raises(UnknownTermError, match="method: found 'reml'; allowed: FE, DL"):
        pool([1, 2], [1, 1], method="reml")
    with pytest.raises(UnknownTermError, match="test: found 't'; allowed: normal"):
        pool([1, 2], [1, 1], test="t")
    with pytest.raises(NotEstimableError, match="ci_level: found 0.95; .* For 95% write 95"):
        pool([1, 2], [1, 1], ci_level=0.95)


def test_a_higher_level_is_wider():
    at_95, at_99 = (pool(BCG["yi"], BCG["vi"], ci_level=level) for level in (95, 99))
    assert at_99.ci_low < at_95.ci_low
    assert at_99.pi_high > at_95.pi_high
    assert at_99.tau2_ci_high > at_95.tau2_ci_high


def test_faces_agree():
    pooled = pool(BCG["yi"], BCG["vi"])
    frame = pooled.to_frame()
    assert len(frame) == 1
    assert frame.loc[0, "estimate"] == pooled.estimate
    assert frame.loc[0, "method"] == "REML"
    assert "weights" not in frame
    first, second, third = pooled.summary().splitlines()
    assert first == (
        "Effect -0.715 (95% CI -1.11 to -0.321); 13 studies, REML, knapp-hartung-guarded."
    )
    assert "I² 92%" in second
    assert "95% prediction interval" in third


def test_defaults_are_those_of_the_contract():
    pooled = pool(BCG["yi"], BCG["vi"])
    settings = (pooled.method, pooled.test, pooled.ci_level)
    assert settings == ("REML", "knapp-hartung-guarded", 95)


def test_inputs_are_left_alone_and_results_frozen():
    yi, vi = np.array(BCG["yi"]), np.array(BCG["vi"])
    pooled = pool(yi, vi)
    assert yi.tolist() == BCG["yi"]
    with pytest.raises(AttributeError):
        pooled.estimate = 0.0
