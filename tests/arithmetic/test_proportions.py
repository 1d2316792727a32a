"""Events of n: intervals, the pooled binomial model, and two arms.

Numbers of the pooled model come from metafor 3.8-1 (`tests/reference/metafor.json`); those of
Mantel-Haenszel and Peto from the R session of `validation/metafor/rare_events.R` (same version);
intervals from scipy.stats.binomtest; the beta-binomial from scipy.stats.betabinom.
"""

import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import optimize, stats
from scipy.special import expit, log_expit, logit, logsumexp

from evidence_tools.arithmetic.pooling.beta_binomial import beta_binomial
from evidence_tools.arithmetic.pooling.binomial_normal import fit_binomial_normal, log_likelihood
from evidence_tools.arithmetic.pooling.curvature import curvature_of
from evidence_tools.arithmetic.pooling.rare_events import mantel_haenszel, peto
from evidence_tools.arithmetic.proportions import (
    pool_proportions,
    proportion_intervals,
    upper_bound_of_none,
)
from evidence_tools.base.errors import NotEstimableError

TRIALS = (
    [1, 0, 3, 0, 7, 2],
    [20, 15, 40, 30, 50, 33],
    [4, 1, 5, 0, 12, 0],
    [22, 15, 38, 31, 51, 30],
)
NOBODY = ([0, 0], [10, 20], [0, 0], [12, 18])


@pytest.fixture(scope="module")
def glmm(root):
    """The binomial model as lme4 fits it with 100 points (validation/metafor/glmm.R)."""
    fits = json.loads((root / "tests/reference/glmm.json").read_text(encoding="utf-8"))["fits"]
    return {fit["dataset"]: fit for fit in fits}


# One arm, one study


@pytest.mark.parametrize(("events", "n"), [(0, 12), (1, 12), (5, 12), (11, 12), (12, 12), (3, 400)])
def test_intervals_equal_those_of_scipy(events, n):
    expected = stats.binomtest(events, n).proportion_ci(method="exact")
    found = proportion_intervals([events], [n])
    assert found.ci_low[0] == pytest.approx(expected.low, rel=1e-9, abs=1e-15)
    assert found.ci_high[0] == pytest.approx(expected.high, rel=1e-9)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_contain_the_proportion(counts):
    events, n = counts
    found = proportion_intervals([events], [n])
    assert 0 <= found.ci_low[0] <= events / n <= found.ci_high[0] <= 1
    assert (found.ci_low[0] == 0) == (events == 0)
    assert (found.ci_high[0] == 1) == (events == n)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_events_and_others_are_mirror_images(counts):
    events, n = counts
    found = proportion_intervals([events, n - events], [n, n])
    assert found.ci_low[0] == pytest.approx(1 - found.ci_high[1], abs=1e-12)


@pytest.mark.parametrize("n", [1, 10, 30, 300])
def test_no_event_in_n_is_just_still_possible_at_the_upper_bound(n):
    bound = upper_bound_of_none([n])[0]
    assert stats.binom.pmf(0, n, bound) == pytest.approx(0.05)
    assert n < 30 or bound == pytest.approx(3 / n, rel=0.05)


# One arm, several studies


WIDE = ([0, 3, 10], [10, 10, 10])


@pytest.mark.parametrize(
    ("dataset", "rel"),
    [("the glmm of metafor.json", 1e-6), ("few events", 1e-6), ("wide", 1e-5)],
)
def test_the_pooled_proportion_agrees_with_lme4(dataset, rel, glmm):
    """Where studies differ widely 100 points are themselves exact to 1e-5 only (rare_events.R)."""
    expected = glmm[dataset]
    fit = pool_proportions(expected["xi"], expected["ni"])
    assert fit.estimate == pytest.approx(expected["beta"], rel=rel)
    assert fit.se == pytest.approx(expected["se"], rel=rel)
    assert fit.tau2 == pytest.approx(expected["tau2"], rel=rel)


def marginal(events, n, mean, tau, reach=12, points=20_001):
    """Log of the probability of the counts, each study's effect summed in very small steps."""
    x, size = (np.array(column, dtype=float)[:, None] for column in (events, n))

    def log_joint(z):
        up = mean + tau * z
        return x * log_expit(up) + (size - x) * log_expit(-up) - z**2 / 2

    z, step = np.linspace(-reach, reach, points, retstep=True)
    choose = stats.binom.logpmf(x, size, 0.5)[:, 0] + size[:, 0] * math.log(2)
    sums = logsumexp(log_joint(z), axis=1) + math.log(step / math.sqrt(2 * math.pi))
    return float((sums + choose).sum())


@pytest.mark.parametrize(
    "counts", [WIDE, ([2, 0, 5, 1, 9], [30, 12, 41, 20, 38]), ([0, 1, 2], [2, 2, 2])]
)
def test_the_fit_is_the_top_of_the_likelihood(counts):
    fit = pool_proportions(*counts)
    mean, tau = fit.estimate, math.sqrt(fit.tau2)
    top = marginal(*counts, mean, tau)
    assert fit.loglik == pytest.approx(top, rel=1e-11)
    for step in (-0.1, 0.1):
        assert marginal(*counts, mean, tau * (1 + step)) < top
        assert marginal(*counts, mean + step, tau) < top
    curved = curvature_of(lambda at: -marginal(*counts, *at), np.array([mean, tau]))
    assert fit.se == pytest.approx(math.sqrt(np.linalg.inv(curved)[0, 0]), rel=1e-5)


@pytest.mark.parametrize(("events", "n"), [(0, 2000), (1, 2000), (1000, 2000), (5, 10), (2, 2)])
@pytest.mark.parametrize("tau", [0.01, 1, 6, 100])
def test_the_points_suffice_for_any_spread(events, n, tau):
    found = log_likelihood(np.array([float(events)]), np.array([float(n)]), -2.0, tau)
    expected = marginal([events], [n], -2.0, tau, reach=40, points=300_001)
    assert found == pytest.approx(expected, rel=1e-10)


def test_one_study_keeps_its_exact_interval():
    fit = pool_proportions([3], [30])
    exact = proportion_intervals([3], [30])
    assert (fit.ci_low, fit.ci_high) == (exact.ci_low[0], exact.ci_high[0])
    assert fit.tau2 is None
    assert "One study" in fit.notes[0]


@pytest.mark.parametrize("everyone", [False, True])
def test_no_events_in_any_study_are_answered_without_a_logit(everyone):
    n = [10, 20, 30]
    fit = pool_proportions(n if everyone else [0, 0, 0], n)
    low, high = (0.025 ** (1 / 60), 1.0) if everyone else (0.0, 1 - 0.025 ** (1 / 60))
    assert fit.proportion == float(everyone)
    assert (fit.ci_low, fit.ci_high) == (pytest.approx(low), pytest.approx(high))
    assert fit.estimate is fit.se is fit.tau2 is None
    assert "as if all studies shared one proportion" in fit.notes[0]


@pytest.mark.parametrize("events", [[0, 2], [2, 0]])
def test_none_in_one_study_and_all_in_another_have_no_estimate_in_either_order(events):
    """The likelihood grows from 1/16 without spread to 1/4 at an endless one; rma.glmm stops
    somewhere (rare_events.R: tau² 16578 with 7 points, 291 with 25, the mean -11.9 and 0)."""
    fit = pool_proportions(events, [2, 2])
    assert fit.estimate is fit.proportion is fit.ci_low is fit.tau2 is None
    assert "only events" in fit.notes[0]
    assert "only events" in fit.summary()


def test_equal_proportions_have_no_spread():
    fit = pool_proportions([1, 2, 3], [10, 20, 30])
    assert fit.tau2 == 0
    assert fit.proportion == pytest.approx(0.1)
    assert fit.se == pytest.approx(math.sqrt(60 / (6 * 54)))
    assert fit.notes[0].startswith("No spread")


def test_two_studies_have_no_prediction_interval():
    assert pool_proportions([1, 8], [20, 20]).pi_low is None


def test_a_study_without_events_counts(glmm):
    x, n = (glmm["the glmm of metafor.json"][name] for name in ("xi", "ni"))
    kept = [pair for pair in zip(x, n, strict=True) if pair[0]]
    with_none = pool_proportions(x, n)
    without = pool_proportions([x for x, _ in kept], [n for _, n in kept])
    assert with_none.proportion < without.proportion


counts = st.lists(
    st.integers(2, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=5,
)


@given(counts)
@example([(0, 4), (11, 22)])
def test_pooling_events_or_others_is_the_same_in_any_order(pairs):
    x, n = np.array(pairs).T
    fit = pool_proportions(x, n)
    mirror, turned = pool_proportions(n - x, n), pool_proportions(x[::-1], n[::-1])
    if fit.proportion is None:
        assert mirror.proportion is turned.proportion is None
        return
    assert fit.ci_low <= fit.proportion <= fit.ci_high
    assert mirror.proportion == pytest.approx(1 - fit.proportion, abs=1e-8)
    assert turned.proportion == pytest.approx(fit.proportion, abs=1e-8)


def test_a_peak_between_two_points_of_the_grid_is_climbed():
    """0 of 4 and 11 of 22: the likelihood falls at both points around its top, as a grid shows."""
    x, n = np.array([0.0, 11.0]), np.array([4.0, 22.0])
    fit = fit_binomial_normal(x, n)
    assert 0.28 < fit.tau < 0.8
    for tau in np.arange(0.0, 3.0, 0.05):
        for mean in np.arange(-2.0, 0.5, 0.05):
            assert log_likelihood(x, n, mean, tau) <= fit.loglik + 1e-10


def test_tables_of_one_arm():
    assert list(proportion_intervals([0, 3], [9, 9]).to_frame()["ci_low"])[0] == 0
    assert "0 of 9" in proportion_intervals([0], [9]).summary()
    row = pool_proportions([1, 2], [10, 12]).to_frame().iloc[0]
    assert (row["events"], row["n"], row["k"]) == (3, 22, 2)
    assert "3 of 22 in 2 studies" in pool_proportions([1, 2], [10, 12]).summary()


@pytest.mark.parametrize(
    ("events", "n", "words"),
    [([5], [4], "5 of 4"), ([0.5], [4], "0.5 of 4"), ([0], [0], "0 of 0"), ([], [], "not empty")],
)
def test_impossible_counts_are_named(events, n, words):
    with pytest.raises(NotEstimableError, match=words):
        pool_proportions(events, n)


# Two arms


@pytest.mark.parametrize(
    ("measure", "estimate", "se", "p_value"),
    [
        ("RR", -0.5220859040643, 0.3286146152051, 0.112117234571),
        ("OR", -0.6036990893034, 0.3757804543472, 0.1081595442308),
    ],
)
def test_mantel_haenszel_agrees_with_metafor(measure, estimate, se, p_value):
    fit = mantel_haenszel(*TRIALS, measure=measure)
    assert fit.estimate == pytest.approx(estimate, rel=1e-10)
    assert fit.se == pytest.approx(se, rel=1e-10)
    assert fit.p_value == pytest.approx(p_value, rel=1e-9)


def test_the_risk_difference_agrees_with_metafor_and_its_variance_with_the_paper():
    """metafor has Sato's variance (se 0.0292), we have that of Greenland and Robins."""
    fit = mantel_haenszel(*TRIALS, measure="RD")
    assert fit.estimate == pytest.approx(-0.04736868654836, rel=1e-10)
    a, n1, c, n2 = (np.array(column, dtype=float) for column in TRIALS)
    weights = n1 * n2 / (n1 + n2)
    each = a * (n1 - a) / n1**3 + c * (n2 - c) / n2**3
    assert fit.se == pytest.approx(math.sqrt((weights**2 * each).sum()) / weights.sum(), rel=1e-12)


def test_peto_agrees_with_metafor():
    fit = peto(*TRIALS)
    assert fit.estimate == pytest.approx(-0.5855272682397, rel=1e-10)
    assert fit.se == pytest.approx(0.3632663101909, rel=1e-10)


def test_the_beta_binomial_maximises_the_likelihood_of_scipy():
    fit = beta_binomial(*TRIALS)

    def loss(parameters):
        control, difference, log_g = parameters
        total = 0.0
        for column, eta in ((0, control + difference), (2, control)):
            p, size = expit(eta), math.exp(-log_g)
            x, n = np.array(TRIALS[column]), np.array(TRIALS[column + 1])
            total -= stats.betabinom.logpmf(x, n, p * size, (1 - p) * size).sum()
        return total

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000, "maxfev": 5000}
    best = optimize.minimize(loss, [-2.0, 0.0, -3.0], method="Nelder-Mead", options=options)
    g = fit.correlation / (1 - fit.correlation)
    assert fit.loglik == pytest.approx(-best.fun, rel=1e-9)
    assert fit.estimate == pytest.approx(best.x[1], rel=1e-5)
    assert g == pytest.approx(math.exp(best.x[2]), rel=1e-4)
    step = 0.01
    profile = [
        optimize.minimize(
            lambda q, d=d: loss([q[0], d, q[1]]),
            best.x[[0, 2]],
            method="Nelder-Mead",
            options=options,
        ).fun
        for d in (best.x[1] - step, best.x[1], best.x[1] + step)
    ]
    curvature = (profile[0] - 2 * profile[1] + profile[2]) / step**2
    assert fit.se == pytest.approx(curvature**-0.5, rel=1e-3)


def test_without_correlation_the_beta_binomial_is_the_binomial():
    fit = beta_binomial([0, 1, 2], [12, 15, 20], [3, 4, 6], [12, 15, 20])
    assert fit.correlation == 0
    assert fit.estimate == pytest.approx(logit(3 / 47) - logit(13 / 47))
    assert fit.se == pytest.approx(math.sqrt(1 / 3 + 1 / 44 + 1 / 13 + 1 / 34))


POOLERS = {
    "RR": lambda *t: mantel_haenszel(*t, measure="RR"),
    "OR": lambda *t: mantel_haenszel(*t, measure="OR"),
    "RD": lambda *t: mantel_haenszel(*t, measure="RD"),
    "Peto": peto,
    "beta-binomial": beta_binomial,
}
every_pooler = pytest.mark.parametrize("name", POOLERS)


@every_pooler
def test_no_events_anywhere(name):
    fit = POOLERS[name](*NOBODY)
    assert fit.se is fit.ci_low is fit.ci_high is fit.p_value is None
    assert fit.estimate == (0.0 if name == "RD" else None)
    assert fit.notes
    assert all(note in fit.summary() for note in fit.notes)


@pytest.mark.parametrize("name", ["RR", "OR", "beta-binomial"])
def test_no_events_in_one_arm_have_no_logarithm(name):
    fit = POOLERS[name]([0, 0], [10, 20], [2, 3], [12, 18])
    assert fit.estimate is None
    assert fit.notes


@pytest.mark.parametrize("name", ["RR", "OR", "Peto"])
def test_a_study_without_events_moves_no_ratio(name):
    fit = POOLERS[name](
        *([*column, extra] for column, extra in zip(TRIALS, (0, 9, 0, 9), strict=True))
    )
    assert fit.estimate == pytest.approx(POOLERS[name](*TRIALS).estimate, rel=1e-12)
    assert "2 studies have the same outcome in everyone." in fit.notes


def test_everyone_has_the_event():
    fit = mantel_haenszel([10], [10], [12], [12])
    assert (fit.estimate, fit.se) == (0.0, None)


@every_pooler
def test_swapping_the_arms_turns_the_sign(name):
    fit, turned = POOLERS[name](*TRIALS), POOLERS[name](*TRIALS[2:], *TRIALS[:2])
    assert turned.estimate == pytest.approx(-fit.estimate, rel=1e-9)
    assert turned.se == pytest.approx(fit.se, rel=1e-9)


@every_pooler
@given(st.permutations(range(6)))
def test_the_order_of_studies_does_not_matter(name, order):
    fit = POOLERS[name](*([column[i] for i in order] for column in TRIALS))
    assert fit.estimate == pytest.approx(POOLERS[name](*TRIALS).estimate, rel=1e-9)


def test_one_study_gives_the_textbook_standard_errors():
    trial = ([3], [20], [6], [25])
    assert mantel_haenszel(*trial).se == pytest.approx(math.sqrt(1 / 3 - 1 / 20 + 1 / 6 - 1 / 25))
    odds = mantel_haenszel(*trial, measure="OR")
    assert odds.se == pytest.approx(math.sqrt(1 / 3 + 1 / 17 + 1 / 6 + 1 / 19))
    difference = mantel_haenszel(*trial, measure="RD")
    assert difference.se == pytest.approx(math.sqrt(3 * 17 / 20**3 + 6 * 19 / 25**3))


def test_table_of_two_arms():
    row = mantel_haenszel(*TRIALS).to_frame().iloc[0]
    assert (row["measure"], row["events_active"], row["n_control"]) == ("RR", 13, 187)


def test_arms_that_do_not_pair_are_refused():
    with pytest.raises(NotEstimableError, match="1 active and 2 control"):
        peto([1], [10], [1, 2], [10, 10])
    with pytest.raises(NotEstimableError, match="allowed: RR, OR, RD"):
        mantel_haenszel(*TRIALS, measure="HR")
