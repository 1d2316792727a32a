"""Small-study effects: tests of asymmetry, trim and fill, selection.

Reference numbers are metafor's (3.8-1): `tests/reference/small_study.json`, made by
`validation/metafor/small_study.R`, which opens with its source; and `metafor.json`, made
elsewhere with its default tolerances. Beside them stand independent routes: scipy's linregress and
kendalltau, and the likelihood of the selection model by numerical integration.
"""

import json
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import integrate, stats

from evidence_tools.arithmetic.pooling.missing_studies import trim_and_fill
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.selection_model import select
from evidence_tools.arithmetic.pooling.small_study import begg, egger
from evidence_tools.base.errors import NotEstimableError

SETS = {"bcg": 0, "normand1999": 1, "raudenbush1985": 2, "nielweise2007": 3}
every_set = pytest.mark.parametrize("name", SETS)
TWELVE = (
    np.array([0.9, 0.2, 0.4, -0.1, 0.7, 0.05, 0.6, 0.3, 1.2, 0.15, 0.35, 0.8]),
    np.array([0.2, 0.01, 0.04, 0.05, 0.1, 0.02, 0.15, 0.03, 0.3, 0.012, 0.07, 0.12]),
)
METHODS = {
    "egger": egger,
    "begg": begg,
    "trim and fill": trim_and_fill,
    "selection": select,
}
every_method = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(scope="module")
def references(root):
    """Effects, metafor's numbers at tight tolerance, and those at its default tolerance."""
    folder = root / "tests" / "reference"
    default = json.loads((folder / "metafor.json").read_text(encoding="utf-8"))["univariate"]
    tight = json.loads((folder / "small_study.json").read_text(encoding="utf-8"))["sets"]
    return list(zip(default, tight, strict=True))


def of(references, name):
    default, tight = references[SETS[name]]
    return (default["yi"], default["vi"]), tight, default


def test_the_reference_covers_every_set(references):
    assert len(references) == len(SETS)
    assert [a["dataset"] for a, _ in references] == [b["dataset"] for _, b in references]


# Against metafor


@every_set
def test_egger_agrees_with_metafor(references, name):
    data, expected, default = of(references, name)
    fit, wanted = egger(*data, at_any_k=True), expected["egger"]
    found = [fit.bias, fit.se, fit.statistic, fit.df, fit.p_value]
    found += [fit.limit, fit.limit_ci_low, fit.limit_ci_high]
    names = ("bias", "se", "statistic", "df", "p", "limit", "limit_low", "limit_high")
    assert found == pytest.approx([wanted[n] for n in names], rel=1e-9)
    assert fit.statistic == pytest.approx(default["egger_lm"]["stat"], rel=1e-9)


@every_set
def test_begg_agrees_with_metafor(references, name):
    data, expected, default = of(references, name)
    fit = begg(*data, at_any_k=True)
    assert fit.tau_b == pytest.approx(expected["begg"]["tau"], rel=1e-10)
    assert fit.p_value == pytest.approx(expected["begg"]["p"], rel=1e-9)
    assert fit.p_value == pytest.approx(default["begg"]["p"], rel=1e-9)


@every_set
def test_trim_and_fill_agrees_with_metafor(references, name):
    (yi, vi), expected, _ = of(references, name)
    fit, wanted = trim_and_fill(yi, vi, at_any_k=True), expected["fill_L0"]
    assert (fit.k_filled, fit.side) == (wanted["k0"], wanted["side"])
    assert fit.estimate == pytest.approx(wanted["estimate"], rel=1e-8)
    assert fit.tau2 == pytest.approx(wanted["tau2"], rel=1e-7)
    assert len(fit.filled_yi) == len(fit.filled_vi) == fit.k_filled
    filled = np.append(yi, fit.filled_yi), np.append(vi, fit.filled_vi)
    assert pool(*filled, test="normal").se == pytest.approx(wanted["se"], rel=1e-8)


@every_set
def test_trim_and_fill_at_the_tolerance_of_the_shared_reference(references, name):
    """metafor's default search for tau² stops at 1e-5 in every step."""
    data, _, default = of(references, name)
    fit, wanted = trim_and_fill(*data, at_any_k=True), default["trimfill_reml"]
    assert (fit.k_filled, fit.side) == (wanted["k0"], wanted["side"])
    assert fit.estimate == pytest.approx(wanted["beta"], rel=1e-4)
    assert fit.tau2 == pytest.approx(wanted["tau2"], rel=1e-3)


@every_set
def test_the_selection_model_agrees_with_metafor(references, name):
    """metafor's optimiser stops at about 1e-6 of the estimates; our likelihood is no lower."""
    data, expected, default = of(references, name)
    fit, wanted = select(*data, at_any_k=True), expected["selection"]
    assert fit.alternative == wanted["alternative"]
    assert fit.estimate == pytest.approx(wanted["estimate"], rel=5e-6)
    assert fit.se == pytest.approx(wanted["se"], rel=5e-6)
    assert fit.tau2 == pytest.approx(wanted["tau2"], rel=5e-6, abs=1e-11)
    assert fit.weight == pytest.approx(wanted["weight"], rel=5e-6)
    assert fit.loglik == pytest.approx(wanted["loglik"], abs=1e-8)
    assert fit.loglik >= wanted["loglik"] - 1e-10
    assert fit.lrt == pytest.approx(wanted["lrt"], rel=1e-7)
    assert fit.lrt_p == pytest.approx(wanted["lrt_p"], rel=1e-7)
    assert fit.estimate == pytest.approx(default["selmodel_step025_ml"]["beta"], rel=3e-3)


# By independent routes


def test_egger_is_the_intercept_of_the_standardised_effects_on_precision():
    """scipy.stats.linregress of yi / sei on 1 / sei."""
    yi, vi = TWELVE
    expected = stats.linregress(1 / np.sqrt(vi), yi / np.sqrt(vi))
    fit = egger(yi, vi)
    assert fit.bias == pytest.approx(expected.intercept)
    assert fit.se == pytest.approx(expected.intercept_stderr)
    assert fit.limit == pytest.approx(expected.slope)


def test_begg_counts_pairs():
    """Concordant less discordant pairs, counted one by one."""
    yi, vi = TWELVE
    weights = 1 / vi
    turned = (yi - weights @ yi / weights.sum()) / np.sqrt(vi - 1 / weights.sum())
    pairs = [
        np.sign((turned[i] - turned[j]) * (vi[i] - vi[j])) for i in range(12) for j in range(i)
    ]
    assert begg(yi, vi).tau_b == pytest.approx(sum(pairs) / 66)


def test_the_likelihood_of_the_selection_model_integrates_to_one():
    """The density of each seen study, normalised by integration instead of the normal integral."""
    yi, vi = TWELVE
    fit = select(yi, vi)

    def seen(y, variance):
        weight = 1.0 if stats.norm.sf(y / math.sqrt(variance)) <= 0.025 else fit.weight
        return weight * stats.norm.pdf(y, fit.estimate, math.sqrt(variance + fit.tau2))

    total = 0.0
    for y, variance in zip(yi, vi, strict=True):
        edge = stats.norm.isf(0.025) * math.sqrt(variance)
        parts = [
            integrate.quad(seen, *span, args=(variance,), epsabs=1e-12)[0]
            for span in ((-8, edge), (edge, 8))
        ]
        total += math.log(seen(y, variance) / sum(parts))
    assert fit.loglik == pytest.approx(total, abs=1e-7)


def test_a_weight_of_one_is_the_plain_model():
    fit = select(*TWELVE)
    assert fit.lrt >= 0
    assert fit.lrt_p == pytest.approx(stats.chi2.sf(fit.lrt, 1))


# The gate and the edges


@every_method
def test_nine_studies_are_refused_and_told_why(name):
    yi, vi = TWELVE[0][:9], TWELVE[1][:9]
    with pytest.raises(NotEstimableError, match="found 9 studies; allowed: at least 10"):
        METHODS[name](yi, vi)
    assert METHODS[name](yi, vi, at_any_k=True).summary()


@every_method
def test_ten_studies_are_answered(name):
    assert METHODS[name](TWELVE[0][:10], TWELVE[1][:10]).summary()


@every_method
@pytest.mark.parametrize("k", [1, 2])
def test_one_or_two_studies_are_refused_at_any_k(name, k):
    with pytest.raises(NotEstimableError, match="at least 3"):
        METHODS[name](TWELVE[0][:k], TWELVE[1][:k], at_any_k=True)


@pytest.mark.parametrize("name", ["egger", "begg"])
def test_equal_variances_have_no_order(name):
    with pytest.raises(NotEstimableError, match="same standard error|equal variances"):
        METHODS[name](TWELVE[0], [0.1] * 12)


def test_equal_effects():
    yi, vi = [0.3] * 12, TWELVE[1]
    with pytest.raises(NotEstimableError, match="equal effects"):
        begg(yi, vi)
    with pytest.raises(NotEstimableError, match="exactly on a line"):
        egger(yi, vi)
    assert trim_and_fill(yi, vi).k_filled == 0


def test_equal_variances_are_filled_on_the_left():
    assert trim_and_fill(TWELVE[0], [0.1] * 12).side == "left"


@pytest.mark.parametrize(("shift", "inside"), [(5.0, 12), (0.0, 0)])
def test_all_studies_on_one_side_of_the_step(shift, inside):
    yi = TWELVE[0] * (0.01 if inside == 0 else 1) + shift
    with pytest.raises(NotEstimableError, match=f"found {inside} of 12 studies"):
        select(yi, TWELVE[1])


def test_one_huge_variance_changes_little():
    yi, vi = np.append(TWELVE[0], 0.4), np.append(TWELVE[1], 1e6)
    assert select(yi, vi).estimate == pytest.approx(select(*TWELVE).estimate, abs=0.05)
    assert math.isfinite(egger(yi, vi).p_value)


def test_variances_below_zero_are_refused():
    with pytest.raises(NotEstimableError, match="vi"):
        begg(TWELVE[0], -TWELVE[1])


def test_tables():
    assert list(egger(*TWELVE).to_frame()["k"]) == [12]
    assert list(begg(*TWELVE).to_frame()["k"]) == [12]
    assert trim_and_fill(*TWELVE).to_frame().loc[0, "estimator"] == "L0"
    assert select(*TWELVE).to_frame().loc[0, "alternative"] == "greater"


# Properties


def is_scattered(data):
    """Several variances, and effects that lie on no line in the standard error."""
    yi, vi = data
    if len(set(vi)) < 2:
        return False
    line = np.polynomial.polynomial.polyfit(np.sqrt(vi), yi, 1)
    return np.abs(yi - np.polynomial.polynomial.polyval(np.sqrt(vi), line)).max() > 1e-6


studies = (
    st.lists(
        st.tuples(st.integers(-30, 30), st.integers(1, 40)), min_size=10, max_size=14, unique=True
    )
    .map(lambda pairs: (np.array(pairs)[:, 0] / 10, (np.array(pairs)[:, 1] / 20) ** 2))
    .filter(is_scattered)
)


@given(studies, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(data, random):
    yi, vi = data
    order = list(range(len(yi)))
    random.shuffle(order)
    assert egger(yi[order], vi[order]).bias == pytest.approx(egger(yi, vi).bias, abs=1e-8)


@given(st.permutations(range(12)))
def test_the_order_of_studies_does_not_matter_to_ranks(order):
    fit = begg(TWELVE[0][order], TWELVE[1][order])
    assert fit.tau_b == pytest.approx(begg(*TWELVE).tau_b, abs=1e-12)
    assert fit.p_value == pytest.approx(begg(*TWELVE).p_value, rel=1e-9)


@given(studies, st.integers(-8, 8))
def test_a_shift_moves_the_limit_and_not_the_bias(data, shift):
    yi, vi = data
    fit, moved = egger(yi, vi), egger(yi + shift, vi)
    assert moved.bias == pytest.approx(fit.bias, abs=1e-6)
    assert moved.limit == pytest.approx(fit.limit + shift, abs=1e-6)


@given(studies)
def test_turning_all_signs_turns_the_side(data):
    yi, vi = data
    one, other = trim_and_fill(yi, vi), trim_and_fill(-yi, vi)
    assume(abs(egger(yi, vi).bias) > 1e-6)
    assert {one.side, other.side} == {"left", "right"}
    assert one.k_filled == other.k_filled
    assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)
    assert one.ci_low <= one.estimate <= one.ci_high


def test_the_selection_model_turns_with_the_signs_and_scales_with_the_unit():
    fit, turned = select(*TWELVE), select(-TWELVE[0], TWELVE[1])
    assert turned.estimate == pytest.approx(-fit.estimate, rel=1e-6)
    assert turned.alternative == "less"
    scaled = select(TWELVE[0] * 10, TWELVE[1] * 100)
    assert scaled.estimate == pytest.approx(10 * fit.estimate, rel=1e-5)
    assert scaled.weight == pytest.approx(fit.weight, rel=1e-5)
    assert scaled.se == pytest.approx(10 * fit.se, rel=1e-4)
