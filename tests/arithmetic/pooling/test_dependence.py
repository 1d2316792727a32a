"""Many effects per study, against metafor and clubSandwich, and against dense matrices.

Numbers come from metafor 3.8-1 and clubSandwich 0.5.8: `tests/reference/metafor.json`, and the R
session of `validation/metafor/dependence.R` for moderators, time and shared arms. The dense
formulas below are the definitions, with no block algebra.
"""

import dataclasses
import json
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from evidence_tools.arithmetic.pooling.dependence import correlated_hierarchical, three_level
from evidence_tools.arithmetic.pooling.working_covariance import Arms, working_covariance
from evidence_tools.base.errors import NotEstimableError

TOLERANCE = 1e-6
FIVE = ([0.1, 0.5, 0.3, -0.2, 0.8, 0.4, 0.0], [0.05, 0.08, 0.1, 0.04, 0.09, 0.06, 0.07])
FIVE_STUDIES = ["a", "a", "b", "c", "c", "d", "e"]


@pytest.fixture(scope="module")
def models(root):
    path = root / "tests" / "reference" / "metafor.json"
    return json.loads(path.read_text(encoding="utf-8"))["models"]


@pytest.fixture(scope="module")
def konstantopoulos(models):
    return models["multilevel"][0]


@pytest.fixture(scope="module")
def assink(models):
    return models["che"][0]


def assert_agrees(fit, reference):
    robust = reference["cr2"]
    pairs = {
        "sigma2_study": (fit.sigma2_study, reference["sigma2"][0]),
        "sigma2_effect": (fit.sigma2_effect, reference["sigma2"][1]),
        "estimate": (fit.coefficients[0], reference["beta"]),
        "se": (fit.se[0], reference["se"]),
        "CR2 se": (fit.se_robust[0], robust["se"]),
        "CR2 df": (fit.df[0], robust["df"]),
        "CR2 ci_low": (fit.ci_low[0], robust["ci_lb"]),
        "CR2 ci_high": (fit.ci_high[0], robust["ci_ub"]),
        "CR2 p": (fit.p_values[0], robust["p"]),
    }
    for name, (found, expected) in pairs.items():
        assert found == pytest.approx(expected, rel=TOLERANCE), name


# Against metafor and clubSandwich


def test_konstantopoulos_2011(konstantopoulos):
    data = konstantopoulos
    fit = three_level(data["yi"], data["vi"], data["outer"])
    assert_agrees(fit, data)
    assert fit.loglik == pytest.approx(data["loglik_reml"], rel=1e-10)
    assert (fit.k_studies, fit.n_effects, fit.interpretable) == (11, 56, True)


def test_assink_2016(assink):
    covariance = working_covariance(assink["vi"], assink["cluster"], rho=assink["rho"])
    assert_agrees(correlated_hierarchical(assink["yi"], covariance), assink)


def test_assink_2016_with_moderators_over_outcomes_and_time(assink):
    """`validation/metafor/dependence.R`: sigma2, beta, se, loglik, CR2 se, df and p."""
    nested, cluster = np.array(assink["obs"]), np.array(assink["cluster"])
    vi, outcome, time = np.array(assink["vi"]), nested % 2, (nested + nested % 2) / 2
    covariance = working_covariance(vi, assink["cluster"], rho=0.5)
    blocks = []
    for rows in covariance.rows:  # outcomes correlate by 0.5, and less by 0.8 over a unit of time
        correlation = np.where(outcome[rows][:, None] == outcome[rows], 1, 0.5)
        correlation = correlation * 0.8 ** np.abs(time[rows][:, None] - time[rows])
        blocks.append(correlation * np.sqrt(np.outer(vi[rows], vi[rows])))
    covariance = dataclasses.replace(covariance, blocks=tuple(blocks))
    first_row = [0.074, 0.02713484844255, 0.04772856586993, 0.01682189050018]
    assert blocks[0][0, :4] == pytest.approx(first_row, rel=1e-12)
    design = np.column_stack([np.ones(100), (nested - 1) / 10, cluster % 2])
    fit = correlated_hierarchical(
        assink["yi"], covariance, design=design, names=["intercept", "late", "odd"]
    )
    variances = [fit.sigma2_study, fit.sigma2_effect]
    assert variances == pytest.approx([0.3609825939369, 0.02134854115222], rel=TOLERANCE)
    beta = [0.3879654932149, -0.9500595061554, 0.5586417337568]
    assert fit.coefficients == pytest.approx(beta, rel=TOLERANCE)
    se = [0.2200007083542, 0.09749432619296, 0.3070421366331]
    assert fit.se == pytest.approx(se, rel=TOLERANCE)
    assert fit.loglik == pytest.approx(-15.77482254354, rel=1e-10)
    robust = [0.1017197854608, 0.2195107530508, 0.2919047444085]
    assert fit.se_robust == pytest.approx(robust, rel=TOLERANCE)
    df = [7.076042488049, 2.912971221253, 14.79238957465]
    assert fit.df == pytest.approx(df, rel=TOLERANCE)
    p_values = [0.00646019214416, 0.02414425236207, 0.07519932392643]
    assert fit.p_values == pytest.approx(p_values, rel=TOLERANCE)
    assert not fit.interpretable
    assert fit.notes[0] == "Fewer than 4 degrees of freedom, not to be interpreted: late (2.9)."
    assert list(fit.to_frame()["interpretable"]) == [True, False, True]


def test_shared_arms_equal_vcalc():
    """`validation/metafor/dependence.R`: arms."""
    arms = Arms(active="xyx", control="zzy", n_active=[20, 30, 20], n_control=[25, 25, 30])
    found = working_covariance(
        [0.09, 0.08, 0.1], ["s"] * 3, rho=0.6, outcome="ppq", arms=arms
    ).blocks[0]
    expected = np.array([0.04177863742937, 0.02661931629475, -0.01853531273493])
    expected /= [1, 0.9**2, 0.9**2]  # there the third stands two units of time apart
    assert found[[0, 0, 1], [1, 2, 2]] == pytest.approx(expected, rel=1e-10)


def test_degrees_of_freedom_may_exceed_the_number_of_studies_less_one():
    """`validation/metafor/dependence.R`, last lines: 2.0012 for three studies of unequal blocks."""
    yi, vi, study = [0, 0, 0, 0, 1], [1, 0.5, 0.5, 1, 0.5], [0, 0, 1, 2, 2]
    fit = correlated_hierarchical(yi, working_covariance(vi, study, rho=0.5))
    assert (fit.sigma2_study, fit.sigma2_effect) == (0, 0)
    assert fit.coefficients[0] == pytest.approx(0.276757583224731, rel=1e-12)
    assert fit.loglik == pytest.approx(-3.55300927734715, rel=1e-12)
    assert fit.se_robust[0] == pytest.approx(0.263009550144491, rel=1e-12)
    assert fit.df[0] == pytest.approx(2.00116615794712, rel=1e-12)
    assert fit.p_values[0] == pytest.approx(0.402994993639826, rel=1e-12)
    independent = three_level(yi, vi, study)
    assert independent.df[0] == pytest.approx(1.92442672058467, rel=1e-12)


# Against the definitions, without block algebra


def dense(fit, yi, covariance, design):
    """M, C and the hat matrix of the whole data."""
    m = (fit.sigma2_effect or 0) * np.eye(len(yi))
    for rows, block in zip(covariance.rows, covariance.blocks, strict=True):
        m[np.ix_(rows, rows)] += block + fit.sigma2_study
    inverse = np.linalg.inv(m)
    c = np.linalg.inv(design.T @ inverse @ design)
    return m, inverse, c


def restricted(variances, yi, covariance, design):
    fit = type("At", (), {"sigma2_study": variances[0], "sigma2_effect": variances[1]})
    m, inverse, c = dense(fit, yi, covariance, design)
    residuals = yi - design @ (c @ design.T @ inverse @ yi)
    total = (len(yi) - design.shape[1]) * math.log(2 * math.pi) - np.linalg.slogdet(c)[1]
    total += np.linalg.slogdet(m)[1] - np.linalg.slogdet(design.T @ design)[1]
    return (total + residuals @ inverse @ residuals) / 2


def test_the_variances_maximise_the_dense_restricted_likelihood():
    yi, covariance = np.array(FIVE[0]), working_covariance(FIVE[1], FIVE_STUDIES, rho=0.3)
    design = np.ones((7, 1))
    fit = correlated_hierarchical(yi, covariance)
    best = optimize.minimize(
        restricted, [0.05, 0.05], (yi, covariance, design), bounds=[(0, None)] * 2, tol=1e-14
    )
    assert fit.loglik == pytest.approx(-best.fun, abs=1e-9)
    variances = np.array([fit.sigma2_study, fit.sigma2_effect])
    assert variances == pytest.approx(best.x, abs=1e-4)


def test_no_grid_finds_variances_that_are_likelier():
    """Made sets of 4 to 8 studies with one to three effects of very unequal precision."""
    shares = np.array([0.0, *np.geomspace(1e-3, 4, 16)])
    for number in range(10):
        random = np.random.default_rng(number)
        study = np.repeat(np.arange(random.integers(4, 9)), 1 + random.integers(0, 3))
        vi = 10 ** random.uniform(-3, 0, len(study))
        yi = random.standard_t(2, len(study)) * np.sqrt(vi + 0.05)
        covariance = working_covariance(vi, study.tolist(), rho=0.4)
        fit, design = correlated_hierarchical(yi, covariance), np.ones((len(yi), 1))
        if fit.sigma2_effect is None:
            continue
        scale = yi.var()
        heights = [
            -restricted((scale * one, scale * other), yi, covariance, design)
            for one in shares
            for other in shares
        ]
        assert fit.loglik >= max(heights) - 1e-9, number


def test_cr2_is_unbiased_under_the_working_model():
    """E(sum of r r') with r = A (I - H) y must give C back: the definition of CR2."""
    yi, covariance = np.array(FIVE[0]), working_covariance(FIVE[1], FIVE_STUDIES, rho=0.3)
    design = np.column_stack([np.ones(7), [0, 1, 0, 1, 0, 1, 1]])
    fit = correlated_hierarchical(yi, covariance, design=design)
    m, inverse, c = dense(fit, yi, covariance, design)
    left_over = m - design @ c @ design.T
    columns = []
    for rows in covariance.rows:
        upper = np.linalg.cholesky(m[np.ix_(rows, rows)]).T
        inner = upper @ left_over[np.ix_(rows, rows)] @ upper.T
        values, axes = np.linalg.eigh(inner)
        a = upper.T @ (axes / np.sqrt(values)) @ axes.T @ upper
        g = np.zeros((7, 2))
        g[rows] = a @ inverse[np.ix_(rows, rows)] @ design[rows] @ c
        columns.append(g)
    residuals = yi - design @ fit.coefficients
    sandwich = sum(np.outer(g.T @ residuals, g.T @ residuals) for g in columns)
    assert fit.se_robust == pytest.approx(np.sqrt(np.diag(sandwich)), rel=1e-9)
    expected = sum(g.T @ left_over @ g for g in columns)
    assert expected == pytest.approx(c, rel=1e-9)
    for j in range(2):
        spread = np.array(
            [[one[:, j] @ left_over @ two[:, j] for two in columns] for one in columns]
        )
        df = np.trace(spread) ** 2 / np.trace(spread @ spread)
        assert fit.df[j] == pytest.approx(df, rel=1e-9)


def test_one_effect_per_study_and_equal_variances_is_the_t_test_of_the_mean():
    yi = np.array([0.1, 0.5, 0.3, -0.2, 0.8])
    fit = three_level(yi, [0.01] * 5, list("abcde"))
    expected = stats.ttest_1samp(yi, 0)
    assert fit.df[0] == pytest.approx(4)
    assert fit.p_values[0] == pytest.approx(expected.pvalue)
    assert fit.sigma2_study == pytest.approx(yi.var(ddof=1) - 0.01)
    assert fit.sigma2_effect is None
    assert fit.interpretable
    assert "one effect" in fit.notes[0]


# Edge cases


def test_equal_effects_have_no_robust_standard_error():
    fit = three_level([0.1] * 5, [0.1] * 5, list("aabcd"))
    assert fit.coefficients[0] == pytest.approx(0.1)
    assert (fit.sigma2_study, fit.sigma2_effect) == (0, 0)
    assert fit.se_robust == fit.df == fit.ci_low == fit.p_values == (None,)
    assert not fit.interpretable
    assert "Residuals are all zero" in fit.notes[0]
    assert math.isnan(fit.to_frame()["se_robust"][0])
    assert "effect 0.1\n" in fit.summary()


def test_two_studies_are_fitted_and_not_interpreted():
    fit = three_level([0.1, 0.4, 0.9], [0.1, 0.1, 0.2], list("aab"))
    assert fit.df[0] < 4
    assert not fit.interpretable
    assert "not to be interpreted: effect" in fit.summary()


def test_one_huge_variance_does_not_move_the_rest():
    fit = three_level(FIVE[0], FIVE[1], FIVE_STUDIES)
    more = three_level([*FIVE[0], 5.0], [*FIVE[1], 1e7], [*FIVE_STUDIES, "f"])
    assert more.coefficients[0] == pytest.approx(fit.coefficients[0], abs=1e-5)
    assert more.sigma2_study == pytest.approx(fit.sigma2_study, abs=1e-5)


def test_rows_of_a_study_need_not_be_adjacent():
    order = [0, 2, 3, 5, 1, 6, 4]
    fit = three_level(*FIVE, FIVE_STUDIES)
    shuffled = three_level(*([column[i] for i in order] for column in (*FIVE, FIVE_STUDIES)))
    assert shuffled.coefficients == pytest.approx(fit.coefficients, rel=1e-9)
    assert shuffled.se_robust == pytest.approx(fit.se_robust, rel=1e-8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"study": ["a"] * 7}, "1 for 1 coefficients"),
        ({"yi": [0.1, 0.2]}, "7 finite numbers"),
        ({"yi": [math.nan] * 7}, "not finite"),
        ({"design": np.ones((7, 2))}, "depend on each other"),
        ({"design": np.ones((3, 1))}, r"allowed: \(7, p\)"),
        ({"names": ["a", "b"]}, "one per column"),
        ({"ci_level": 0}, "percent"),
    ],
)
def test_what_cannot_be_fitted_says_why(options, words):
    arguments = {"yi": FIVE[0], "vi": FIVE[1], "study": FIVE_STUDIES} | options
    with pytest.raises(NotEstimableError, match=words):
        three_level(**arguments)


@pytest.mark.parametrize(
    ("vi", "options", "words"),
    [
        ([0.1, -0.1], {}, "above 0"),
        ([0.1], {}, "2 labels"),
        ([0.1, 0.1], {"rho": 1.0}, "0 to below 1"),
        ([0.1, 0.1], {"outcome": ["x", "x"]}, "positive definite"),
    ],
)
def test_an_impossible_covariance_says_why(vi, options, words):
    with pytest.raises(NotEstimableError, match=words):
        working_covariance(vi, ["a", "a"], **options)


def test_effects_of_a_study_correlate_by_rho_wherever_their_rows_stand():
    found = working_covariance([1.0, 1.0, 4.0], ["a", "b", "a"], rho=0.6)
    assert [block.tolist() for block in found.blocks] == [[[1, 1.2], [1.2, 4]], [[1]]]
    assert [rows.tolist() for rows in found.rows] == [[0, 2], [1]]


def test_contrasts_with_one_control_arm_of_equal_size_correlate_by_a_half():
    arms = Arms(active=["x", "y"], control=["z", "z"], n_active=[20, 20], n_control=[20, 20])
    found = working_covariance([1.0, 1.0], ["a", "a"], outcome=["o", "o"], arms=arms)
    assert found.blocks[0][0, 1] == pytest.approx(0.5)


# Properties


@st.composite
def dependent_effects(draw):
    sizes = draw(st.lists(st.integers(1, 3), min_size=3, max_size=6))
    n = sum(sizes)
    yi = draw(st.lists(st.floats(-2, 2), min_size=n, max_size=n))
    vi = draw(st.lists(st.floats(0.02, 1), min_size=n, max_size=n))
    return np.round(yi, 3), np.array(vi), np.repeat(np.arange(len(sizes)), sizes).tolist()


@given(dependent_effects(), st.floats(-5, 5))
def test_a_shift_moves_the_estimate_only(data, shift):
    yi, vi, study = data
    fit, moved = three_level(yi, vi, study), three_level(yi + shift, vi, study)
    assert moved.coefficients[0] == pytest.approx(fit.coefficients[0] + shift, abs=1e-5)
    assert moved.loglik == pytest.approx(fit.loglik, abs=1e-7)


@given(dependent_effects(), st.floats(0.1, 10))
def test_another_unit_scales_everything(data, factor):
    yi, vi, study = data
    fit, other = three_level(yi, vi, study), three_level(yi * factor, vi * factor**2, study)
    assert other.coefficients[0] == pytest.approx(factor * fit.coefficients[0], abs=1e-5 * factor)
    assert other.sigma2_study == pytest.approx(factor**2 * fit.sigma2_study, abs=1e-4 * factor**2)


@given(dependent_effects())
def test_the_interval_contains_an_estimate_inside_the_data(data):
    yi, vi, study = data
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = correlated_hierarchical(yi, working_covariance(vi, study, rho=0.5))
    assert fit.sigma2_study >= 0
    assert fit.sigma2_effect is None or fit.sigma2_effect >= 0
    if fit.df[0] is not None:
        assert fit.ci_low[0] < fit.coefficients[0] < fit.ci_high[0]
        # (tr S)² <= rank(S) tr(S²), and S has one row per study
        assert 0 < fit.df[0] <= len(set(study)) * (1 + 1e-9)
        assert 0 <= fit.p_values[0] <= 1
