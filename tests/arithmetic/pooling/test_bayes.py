"""The Bayesian random-effects model, against integrals done another way and against closed forms.

No number here comes from a book: the joint posterior of (mu, tau), made of scipy's densities, is
integrated in two dimensions, which shares no formula with the grid (once by `scipy.integrate`,
else by products of Gauss points), and conjugate normal theory gives the rest.
"""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from evidence_tools.arithmetic.pooling.bayes import (
    HalfCauchy,
    HalfNormal,
    NormalPrior,
    Uniform,
    pool_bayesian,
)
from evidence_tools.arithmetic.pooling.posterior import Posterior
from evidence_tools.base.errors import NotEstimableError

TWO = ([-0.9, -0.2], [0.09, 0.04])
THREE = ([-0.9, -0.2, 0.4], [0.09, 0.04, 0.16])
SCIPY_PRIORS = {
    HalfNormal(0.5): stats.halfnorm(scale=0.5),
    HalfCauchy(0.5): stats.halfcauchy(scale=0.5),
    Uniform(3.0): stats.uniform(0, 3.0),
}
EVERY_PRIOR = pytest.mark.parametrize("prior", SCIPY_PRIORS, ids=str)
FIELDS = [field.name for field in dataclasses.fields(Posterior)]


def joint(yi, vi, tau_prior, mu_prior=None):
    """Joint density of (mu, tau), not normalised, from scipy's densities alone."""

    def density(mu, tau):
        value = SCIPY_PRIORS[tau_prior].pdf(tau)
        value = value * (stats.norm.pdf(mu, mu_prior.mean, mu_prior.sd) if mu_prior else 1)
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
    return [fit.mu, fit.tau, fit.new_effect, *fit.study_effects]


def assert_same(one, other, rtol):
    for first, second in zip(summaries(one), summaries(other), strict=True):
        for name in FIELDS:
            a, b = getattr(first, name), getattr(second, name)
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, rel=rtol, abs=1e-12)


@pytest.mark.parametrize(
    ("tau_prior", "mu_prior", "tau_end"),
    [
        (HalfNormal(0.5), None, 4.5),
        (HalfNormal(0.5), NormalPrior(0.0, 1.0), 4.5),
        (Uniform(3.0), NormalPrior(-0.5, 0.5), 3.0),
    ],
)
def test_moments_and_probabilities_equal_a_double_integral(tau_prior, mu_prior, tau_end):
    fit = pool_bayesian(*THREE, tau_prior=tau_prior, mu_prior=mu_prior)
    density = joint(*THREE, tau_prior, mu_prior)
    whole = integral(density, -15, 15, tau_end)
    mean = integral(lambda m, t: m * density(m, t), -15, 15, tau_end) / whole
    square = integral(lambda m, t: m * m * density(m, t), -15, 15, tau_end) / whole
    tau_mean = integral(lambda m, t: t * density(m, t), -15, 15, tau_end) / whole
    below = integral(density, -15, -0.3, tau_end) / whole
    assert fit.log_evidence == pytest.approx(math.log(whole), abs=1e-8)
    assert fit.mu.mean == pytest.approx(mean, rel=1e-7)
    assert fit.mu.sd == pytest.approx(math.sqrt(square - mean**2), rel=1e-7)
    assert fit.tau.mean == pytest.approx(tau_mean, rel=1e-7)
    assert fit.probability_below(-0.3) == pytest.approx(below, rel=1e-7)


def test_the_evidence_equals_the_adaptive_double_integral_of_scipy():
    density = joint(*TWO, HalfNormal(0.5))
    whole = integrate.dblquad(density, 0, 4.5, -4, 3, epsabs=0, epsrel=1e-3)[0]
    assert pool_bayesian(*TWO).log_evidence == pytest.approx(math.log(whole), abs=1e-4)


def test_the_new_effect_equals_a_double_integral():
    fit = pool_bayesian(*TWO)
    density = joint(*TWO, HalfNormal(0.5))
    whole = integral(density, -15, 15, 4.5)

    def below(mu, tau):
        return density(mu, tau) * stats.norm.cdf(0.0, mu, tau)

    wanted = integral(below, -15, 15, 4.5) / whole
    square = integral(lambda m, t: (m * m + t * t) * density(m, t), -15, 15, 4.5) / whole
    assert fit.new_effect.sd == pytest.approx(math.sqrt(square - fit.mu.mean**2), rel=1e-7)
    # The integrand is a step where tau is near 0, which Gauss points meet to four digits only.
    assert fit.probability_below(0.0, of="new effect") == pytest.approx(wanted, abs=1e-4)


def test_a_study_effect_equals_a_double_integral():
    """Its mean given mu and tau is (yi tau² + mu vi) / (tau² + vi)."""
    fit = pool_bayesian(*TWO)
    density = joint(*TWO, HalfNormal(0.5))
    whole = integral(density, -15, 15, 4.5)

    def shrunken(mu, tau):
        return density(mu, tau) * (-0.9 * tau**2 + mu * 0.09) / (tau**2 + 0.09)

    assert fit.study_effects[0].mean == pytest.approx(
        integral(shrunken, -15, 15, 4.5) / whole, rel=1e-7
    )


@EVERY_PRIOR
def test_quantiles_of_tau_cut_the_density_where_they_say(prior):
    fit = pool_bayesian(*THREE, tau_prior=prior)
    for bound, mass in [(fit.tau.ci_low, 0.025), (fit.tau.median, 0.5), (fit.tau.ci_high, 0.975)]:
        found = integrate.quad(lambda t: float(fit.density_tau(t)), 0, bound, epsabs=1e-12)[0]
        assert found == pytest.approx(mass, abs=1e-9)


@EVERY_PRIOR
def test_intervals_of_the_effect_hold_their_probability(prior):
    fit = pool_bayesian(*THREE, tau_prior=prior, ci_level=90)
    below = fit.probability_below
    assert below(fit.mu.ci_low) == pytest.approx(0.05)
    assert below(fit.mu.ci_high) == pytest.approx(0.95)
    assert below(fit.mu.median) == pytest.approx(0.5)
    assert below(fit.mu.shortest_high) - below(fit.mu.shortest_low) == pytest.approx(0.9)
    ends = fit.density_mu([fit.mu.shortest_low, fit.mu.shortest_high])
    assert ends[0] == pytest.approx(ends[1], rel=1e-6)


@EVERY_PRIOR
def test_the_shortest_interval_is_not_longer(prior):
    for one in summaries(pool_bayesian(*THREE, tau_prior=prior)):
        shortest = one.shortest_high - one.shortest_low
        assert shortest <= (one.ci_high - one.ci_low) * (1 + 1e-12)


GRIDS = {
    "one study": ([0.3], [0.04]),
    "two studies": TWO,
    "equal effects": ([0.1, 0.1, 0.1], [0.02, 0.02, 0.02]),
    "one huge variance": ([0.1, -0.5, 3.0], [0.02, 0.05, 1e6]),
    "variances over seven powers of ten": (np.linspace(-1, 1, 13), np.geomspace(1e-6, 10, 13)),
}


@EVERY_PRIOR
@pytest.mark.parametrize("case", GRIDS)
def test_a_grid_twice_as_fine_changes_no_summary(case, prior):
    fit = pool_bayesian(*GRIDS[case], tau_prior=prior)
    finer = pool_bayesian(*GRIDS[case], tau_prior=prior, refinement=2)
    assert len(finer.tau_nodes) == 2 * len(fit.tau_nodes)
    assert_same(fit, finer, rtol=1e-6)


def test_the_grid_follows_data_that_overrule_the_prior():
    """Effects a thousand prior scales apart once lay beyond the end of the grid."""
    yi, vi = np.linspace(-1, 1, 13), np.full(13, 1e-6)
    fit = pool_bayesian(yi, vi, tau_prior=HalfNormal(0.001))
    assert_same(fit, pool_bayesian(yi, vi, tau_prior=HalfNormal(0.001), refinement=2), rtol=1e-6)
    assert fit.tau.median > 0.01


def test_without_spread_the_posterior_is_the_conjugate_normal():
    """tau held at 0 by a very narrow prior: precisions add."""
    yi, vi = np.array(THREE[0]), np.array(THREE[1])
    precision = (1 / vi).sum() + 1 / 0.8**2
    mean = ((yi / vi).sum() + 0.2 / 0.8**2) / precision
    fit = pool_bayesian(yi, vi, tau_prior=HalfNormal(1e-7), mu_prior=NormalPrior(0.2, 0.8))
    expected = stats.norm(mean, precision**-0.5)
    assert fit.mu.mean == pytest.approx(expected.mean(), rel=1e-10)
    assert fit.mu.sd == pytest.approx(expected.std(), rel=1e-10)
    assert fit.mu.ci_low == pytest.approx(expected.ppf(0.025), rel=1e-8)
    assert fit.mu.shortest_high == pytest.approx(expected.ppf(0.975), rel=1e-6)
    assert fit.probability_below(-0.3) == pytest.approx(expected.cdf(-0.3), rel=1e-8)
    marginal = stats.multivariate_normal(np.full(3, 0.2), np.diag(vi) + 0.8**2)
    assert fit.log_evidence == pytest.approx(marginal.logpdf(yi), rel=1e-8)


@EVERY_PRIOR
def test_one_study_leaves_the_prior_of_tau_as_it_was(prior):
    fit = pool_bayesian([0.3], [0.04], tau_prior=prior)
    expected = SCIPY_PRIORS[prior]
    assert fit.tau.median == pytest.approx(expected.median(), rel=1e-9)
    assert fit.tau.ci_high == pytest.approx(expected.ppf(0.975), rel=1e-9)
    assert fit.mu.median == pytest.approx(0.3)
    assert "One study says nothing about tau" in fit.notes[0]


def test_one_study_and_a_half_normal_prior_give_the_variance_by_hand():
    """Var(mu) = vi + E(tau²) = 0.04 + 0.25."""
    fit = pool_bayesian([0.3], [0.04])
    assert fit.mu.sd == pytest.approx(math.sqrt(0.29), rel=1e-10)
    assert fit.new_effect.sd == pytest.approx(math.sqrt(0.54), rel=1e-10)
    assert fit.study_effects[0].mean == pytest.approx(0.3)
    assert fit.study_effects[0].sd == pytest.approx(0.2, rel=1e-10)


@pytest.mark.parametrize(
    ("k", "mu_prior", "has_mean", "has_sd"),
    [
        (1, None, False, False),
        (2, None, True, False),
        (3, None, True, True),
        (1, NormalPrior(0, 1), True, False),
    ],
)
def test_a_half_cauchy_prior_has_moments_only_with_enough_studies(k, mu_prior, has_mean, has_sd):
    fit = pool_bayesian([0.1] * k, [0.04] * k, tau_prior=HalfCauchy(0.5), mu_prior=mu_prior)
    assert (fit.tau.mean is not None, fit.tau.sd is not None) == (has_mean, has_sd)
    assert has_sd or any("too long" in note for note in fit.notes)


def test_the_shortest_interval_of_tau_begins_at_zero_where_the_density_falls():
    fit = pool_bayesian([0.1, 0.1, 0.1], [0.02, 0.02, 0.02])
    assert fit.tau.shortest_low == 0.0 < fit.tau.ci_low


def test_tau_has_no_density_below_zero():
    assert pool_bayesian(*TWO).density_tau([-0.1, 0.1])[0] == 0.0


def test_table_and_words():
    fit = pool_bayesian(*TWO)
    frame = fit.to_frame()
    assert list(frame["quantity"]) == ["effect", "tau", "new effect", "study 1", "study 2"]
    assert frame.loc[0, "median"] == fit.mu.median
    assert "2 studies" in fit.summary()
    assert "HalfNormal(scale=0.5)" in fit.summary()


@pytest.mark.parametrize(
    ("yi", "vi", "options", "words"),
    [
        ([], [], {}, "not empty"),
        ([0.1, 0.2], [0.1], {}, "shapes"),
        ([0.1], [0.0], {}, "vi > 0"),
        ([math.nan], [0.1], {}, "finite"),
        ([0.1], [0.1], {"tau_prior": HalfNormal(0.0)}, "positive"),
        ([0.1], [0.1], {"mu_prior": NormalPrior(0.0, -1.0)}, "positive"),
        ([0.1], [0.1], {"ci_level": 0.95e3}, "percent"),
    ],
)
def test_what_cannot_be_pooled_says_why(yi, vi, options, words):
    with pytest.raises(NotEstimableError, match=words):
        pool_bayesian(yi, vi, **options)


studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=1, max_size=5).map(
    lambda pairs: ([y for y, _ in pairs], [v for _, v in pairs])
)


@given(studies, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(data, random):
    order = list(range(len(data[0])))
    random.shuffle(order)
    fit = pool_bayesian(*data)
    other = pool_bayesian(*([column[i] for i in order] for column in data))
    assert fit.mu.median == pytest.approx(other.mu.median, abs=1e-9)
    assert fit.tau.ci_high == pytest.approx(other.tau.ci_high, rel=1e-9)


@given(studies, st.floats(-5, 5))
def test_a_shift_moves_the_effect_and_nothing_else(data, shift):
    fit = pool_bayesian(*data)
    moved = pool_bayesian([y + shift for y in data[0]], data[1])
    assert moved.mu.ci_low == pytest.approx(fit.mu.ci_low + shift, abs=1e-8)
    assert moved.new_effect.ci_high == pytest.approx(fit.new_effect.ci_high + shift, abs=1e-8)
    assert moved.tau.median == pytest.approx(fit.tau.median, rel=1e-8)


@given(studies, st.floats(0.1, 10))
def test_another_unit_multiplies_everything(data, factor):
    fit = pool_bayesian(*data, tau_prior=HalfNormal(0.5))
    yi, vi = [y * factor for y in data[0]], [v * factor**2 for v in data[1]]
    other = pool_bayesian(yi, vi, tau_prior=HalfNormal(0.5 * factor))
    assert other.mu.median == pytest.approx(factor * fit.mu.median, rel=1e-7, abs=1e-9)
    assert other.tau.median == pytest.approx(factor * fit.tau.median, rel=1e-7)


@given(studies)
def test_intervals_contain_the_median_and_a_new_study_varies_more(data):
    fit = pool_bayesian(*data)
    assert fit.tau_weights.sum() == pytest.approx(1)
    for one in summaries(fit):
        assert one.ci_low <= one.median <= one.ci_high
        assert one.shortest_low < one.shortest_high
    assert fit.new_effect.sd > fit.mu.sd
    assert min(data[0]) - 1e-9 <= fit.mu.median <= max(data[0]) + 1e-9
