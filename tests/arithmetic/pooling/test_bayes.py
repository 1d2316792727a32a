"""The Bayesian random-effects model, against integrals done another way and against closed forms.

No number here comes from a book: the joint posterior of (mu, tau), made of scipy's densities, is
integrated in two dimensions, which shares no formula with the grid (once by `scipy.integrate`,
else by products of Gauss points), and conjugate normal theory gives the rest.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from evidence_tools.arithmetic.pooling import posterior
from evidence_tools.arithmetic.pooling.bayes import HalfNormal, pool_bayesian
from evidence_tools.base.errors import NotEstimableError

TWO = ([-0.9, -0.2], [0.09, 0.04])
THREE = ([-0.9, -0.2, 0.4], [0.09, 0.04, 0.16])
PRIOR = stats.halfnorm(scale=0.5)


def joint(yi, vi):
    """Joint density of (mu, tau), not normalised, from scipy's densities alone."""

    def density(mu, tau):
        value = PRIOR.pdf(tau)
        for effect, variance in zip(yi, vi, strict=True):
            value = value * stats.norm.pdf(effect, mu, np.sqrt(variance + tau * tau))
        return value

    return density


def integral(function, low, high, tau_end):
    """Integral over mu from low to high and tau from 0 to its end, 600 by 200 Gauss points."""
    mu, mu_weights = gauss(low, high, 600)
    tau, tau_weights = gauss(0, tau_end, 200)
    return mu_weights @ function(mu[:, None], tau) @ tau_weights


def gauss(low, high, points):
    nodes, weights = special.roots_legendre(points)
    return low + (high - low) * (nodes + 1) / 2, weights * (high - low) / 2


def summaries(fit):
    return [fit.mu, fit.tau, fit.new_effect]


def numbers(fit):
    return [n for one in summaries(fit) for n in (one.median, one.ci_low, one.ci_high)]


@pytest.mark.parametrize("data", [TWO, THREE])
def test_probabilities_of_the_effect_equal_a_double_integral(data):
    fit, density = pool_bayesian(*data), joint(*data)
    whole = integral(density, -15, 15, 4.5)
    below = integral(density, -15, -0.3, 4.5) / whole
    assert fit.probability_below(-0.3) == pytest.approx(below, rel=1e-7)
    for bound, mass in [(fit.mu.ci_low, 0.025), (fit.mu.median, 0.5), (fit.mu.ci_high, 0.975)]:
        assert integral(density, -15, bound, 4.5) / whole == pytest.approx(mass, rel=1e-6)


def test_quantiles_of_tau_equal_a_double_integral():
    fit, density = pool_bayesian(*THREE), joint(*THREE)
    whole = integral(density, -15, 15, 4.5)
    for bound, mass in [(fit.tau.ci_low, 0.025), (fit.tau.median, 0.5), (fit.tau.ci_high, 0.975)]:
        assert integral(density, -15, 15, bound) / whole == pytest.approx(mass, rel=1e-6)


def test_a_probability_equals_the_adaptive_double_integral_of_scipy():
    density = joint(*TWO)
    whole, below = (
        integrate.dblquad(density, 0, 4.5, -4, high, epsabs=0, epsrel=1e-3)[0] for high in (3, -0.5)
    )
    assert pool_bayesian(*TWO).probability_below(-0.5) == pytest.approx(below / whole, abs=1e-3)


def test_the_new_effect_equals_a_double_integral():
    fit, density = pool_bayesian(*TWO), joint(*TWO)
    whole = integral(density, -15, 15, 4.5)

    def below(mu, tau):
        return density(mu, tau) * stats.norm.cdf(fit.new_effect.ci_low, mu, tau)

    # The integrand is a step where tau is near 0, which Gauss points meet to four digits only.
    assert integral(below, -15, 15, 4.5) / whole == pytest.approx(0.025, abs=1e-4)


def test_the_density_of_the_effect_is_the_slope_of_its_probability():
    fit = pool_bayesian(*THREE)
    slope = (fit.probability_below(-0.2 + 1e-5) - fit.probability_below(-0.2 - 1e-5)) / 2e-5
    assert fit.density_mu([-0.2])[0] == pytest.approx(slope, rel=1e-6)


GRIDS = {
    "one study": ([0.3], [0.04], 0.5),
    "two studies": (*TWO, 0.5),
    "equal effects": ([0.1, 0.1, 0.1], [0.02, 0.02, 0.02], 0.5),
    "one huge variance": ([0.1, -0.5, 3.0], [0.02, 0.05, 1e6], 0.5),
    "variances over seven powers of ten": (np.linspace(-1, 1, 13), np.geomspace(1e-6, 10, 13), 0.5),
    # a thousand prior scales apart: they once lay beyond the end of the grid
    "data that overrule the prior": (np.linspace(-1, 1, 13), np.full(13, 1e-6), 0.001),
}


@pytest.mark.parametrize("case", GRIDS)
def test_a_grid_twice_as_fine_changes_no_summary(case, monkeypatch):
    yi, vi, scale = GRIDS[case]
    fit = pool_bayesian(yi, vi, tau_prior=HalfNormal(scale))
    even = posterior.fine_edges

    def halved(log_density, edges):
        found = even(log_density, edges)
        return np.sort(np.concatenate([found, (found[:-1] + found[1:]) / 2]))

    monkeypatch.setattr("evidence_tools.arithmetic.pooling.bayes.fine_edges", halved)
    finer = pool_bayesian(yi, vi, tau_prior=HalfNormal(scale))
    assert len(finer.tau_nodes) == 2 * len(fit.tau_nodes)
    assert numbers(finer) == pytest.approx(numbers(fit), rel=1e-6, abs=1e-12)


def test_without_spread_the_posterior_is_the_normal_of_added_precisions():
    """tau held at 0 by a very narrow prior."""
    yi, vi = np.array(THREE[0]), np.array(THREE[1])
    precision = (1 / vi).sum()
    fit = pool_bayesian(yi, vi, tau_prior=HalfNormal(1e-7))
    expected = stats.norm((yi / vi).sum() / precision, precision**-0.5)
    assert fit.mu.median == pytest.approx(expected.mean(), rel=1e-10)
    assert fit.mu.ci_low == pytest.approx(expected.ppf(0.025), rel=1e-8)
    assert fit.probability_below(-0.3) == pytest.approx(expected.cdf(-0.3), rel=1e-8)


def test_one_study_leaves_the_prior_of_tau_as_it_was():
    fit = pool_bayesian([0.3], [0.04])
    assert fit.tau.median == pytest.approx(PRIOR.median(), rel=1e-9)
    assert fit.tau.ci_high == pytest.approx(PRIOR.ppf(0.975), rel=1e-9)
    assert fit.mu.median == pytest.approx(0.3)
    assert "One study says nothing about tau" in fit.notes[0]


def test_table_and_words():
    fit = pool_bayesian(*TWO)
    frame = fit.to_frame()
    assert list(frame["quantity"]) == ["effect", "tau", "new effect"]
    assert frame.loc[0, "median"] == fit.mu.median
    assert "2 studies" in fit.summary()
    assert "HalfNormal(scale=0.5)" in fit.summary()


@pytest.mark.parametrize(
    ("yi", "vi", "scale", "words"),
    [
        ([], [], 0.5, "no studies"),
        ([0.1, 0.2], [0.1], 0.5, "1 sampling variances for 2"),
        ([0.1], [0.0], 0.5, "above 0"),
        ([math.nan], [0.1], 0.5, "finite"),
        ([0.1], [0.1], 0.0, "positive"),
    ],
)
def test_what_cannot_be_pooled_says_why(yi, vi, scale, words):
    with pytest.raises(NotEstimableError, match=words):
        pool_bayesian(yi, vi, tau_prior=HalfNormal(scale))


studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=1, max_size=5).map(
    lambda pairs: ([y for y, _ in pairs], [v for _, v in pairs])
)


@settings(max_examples=max(settings().max_examples // 2, 1))  # each fits twice
@given(studies, st.floats(-5, 5), st.floats(0.1, 10), st.randoms(use_true_random=False))
def test_a_shift_another_unit_and_another_order_change_nothing_else(data, shift, factor, random):
    order = list(range(len(data[0])))
    random.shuffle(order)
    fit = pool_bayesian(*data, tau_prior=HalfNormal(0.5))
    yi = [factor * (data[0][i] + shift) for i in order]
    vi = [factor**2 * data[1][i] for i in order]
    other = pool_bayesian(yi, vi, tau_prior=HalfNormal(0.5 * factor))

    def moved(value):
        return pytest.approx(factor * (value + shift), rel=1e-7, abs=1e-7)

    assert other.mu.median == moved(fit.mu.median)
    assert other.mu.ci_low == moved(fit.mu.ci_low)
    assert other.new_effect.ci_high == moved(fit.new_effect.ci_high)
    assert other.tau.median == pytest.approx(factor * fit.tau.median, rel=1e-7)
    assert other.tau.ci_high == pytest.approx(factor * fit.tau.ci_high, rel=1e-7)


@given(studies)
def test_intervals_contain_the_median_and_a_new_study_varies_more(data):
    fit = pool_bayesian(*data)
    assert fit.tau_weights.sum() == pytest.approx(1)
    for one in summaries(fit):
        assert one.ci_low <= one.median <= one.ci_high
    reach, certain = fit.new_effect, fit.mu
    assert reach.ci_high - reach.ci_low > certain.ci_high - certain.ci_low
    assert min(data[0]) - 1e-9 <= fit.mu.median <= max(data[0]) + 1e-9
