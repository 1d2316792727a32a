"""Parametric fits: scipy's own fits, known answers, simulated times, and what has no answer."""

import math

import numpy as np
import pytest
from scipy import stats

from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.arithmetic.intervals.families import FAMILIES, log_likelihood
from evidence_tools.arithmetic.intervals.parametric import fit_families

NAMES = ("weibull", "log-normal", "log-logistic")
SCIPY = {"weibull": stats.weibull_min, "log-normal": stats.lognorm, "log-logistic": stats.fisk}


def shape_of(name, scale):
    return scale if name == "log-normal" else 1 / scale


def simulated(n=120, seed=5):
    """Weibull times, looked at on a schedule; some exact, some open."""
    generator = np.random.default_rng(seed)
    times = 12 * generator.weibull(1.4, size=n)
    visits = np.sort(generator.uniform(0, 30, size=(n, 4)))
    edges = np.column_stack([np.zeros(n), visits, np.full(n, np.inf)])
    place = (edges < times[:, None]).sum(axis=1)
    low, high = edges[np.arange(n), place - 1], edges[np.arange(n), place]
    low[:15] = high[:15] = times[:15]
    return low, high


@pytest.fixture(scope="module")
def fits():
    return fit_families(event_intervals(*simulated()))


@pytest.mark.parametrize("name", NAMES)
def test_likelihood_is_that_of_scipy(name):
    low, high = simulated()
    family = next(family for family in FAMILIES if family.name == name)
    distribution = SCIPY[name](shape_of(name, 0.7), scale=math.exp(2.2))
    exact = low == high
    expected = distribution.logpdf(low[exact]).sum()
    ranges = distribution.cdf(high[~exact]) - distribution.cdf(low[~exact])
    expected += np.log(ranges).sum()
    found = log_likelihood(family, event_intervals(low, high), 2.2, 0.7)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_fit_is_that_of_scipy(fits, name):
    """``dist.fit(CensoredData, floc=0)``, scipy's own likelihood and optimiser."""
    low, high = simulated()
    exact, is_open = low == high, np.isinf(high)
    between = ~exact & ~is_open
    data = stats.CensoredData(
        uncensored=low[exact],
        right=low[is_open],
        interval=np.column_stack([low[between], high[between]]),
    )
    shape, _, scale = SCIPY[name].fit(data, floc=0)
    fit = fits.fit(name)
    assert shape_of(name, fit.scale) == pytest.approx(shape, rel=1e-3)
    assert math.exp(fit.location) == pytest.approx(scale, rel=1e-3)


def test_exact_log_normal_times_give_mean_and_spread_of_the_logarithms():
    """Closed form: location = mean of the logs, scale² their mean square, variance scale²/n."""
    times = np.array([2.0, 3, 5, 8, 13, 21])
    logs = np.log(times)
    fit = fit_families(event_intervals(times, times)).fit("log-normal")
    assert fit.location == pytest.approx(logs.mean(), abs=1e-6)
    assert fit.scale == pytest.approx(logs.std(), abs=1e-6)
    assert fit.covariance[0, 0] == pytest.approx(logs.var() / 6, rel=1e-4)
    assert fit.covariance[1, 1] == pytest.approx(1 / 12, rel=1e-4)
    middle = fit.quantile(0.5)
    half = stats.norm.ppf(0.975) * logs.std() / math.sqrt(6)
    assert middle.estimate == pytest.approx(math.exp(logs.mean()), rel=1e-6)
    assert middle.ci_high == pytest.approx(math.exp(logs.mean() + half), rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_quantiles_are_those_of_scipys_distribution(fits, name):
    fit = fits.fit(name)
    distribution = SCIPY[name](shape_of(name, fit.scale), scale=math.exp(fit.location))
    for probability in (0.1, 0.5, 0.9):
        found = fit.quantile(probability)
        assert found.estimate == pytest.approx(distribution.ppf(probability))
        assert found.ci_low < found.estimate < found.ci_high


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_repetitions(name):
    low, high = simulated(n=20)
    weights = np.arange(20) % 3 + 1
    once = fit_families(event_intervals(low, high, weights=weights)).fit(name)
    again = fit_families(event_intervals(np.repeat(low, weights), np.repeat(high, weights)))
    assert once.location == pytest.approx(again.fit(name).location, abs=1e-5)
    assert once.aic == pytest.approx(again.fit(name).aic, abs=1e-6)
    assert once.covariance == pytest.approx(again.fit(name).covariance, rel=1e-3)


def test_another_unit_multiplies_the_median():
    low, high = simulated(n=40)
    days = fit_families(event_intervals(low, high)).fit("weibull").quantile(0.5)
    minutes = fit_families(event_intervals(1440 * low, 1440 * high)).fit("weibull").quantile(0.5)
    assert minutes.estimate == pytest.approx(1440 * days.estimate, rel=1e-5)
    assert minutes.ci_low == pytest.approx(1440 * days.ci_low, rel=1e-4)


@pytest.mark.parametrize(("name", "seed"), [("weibull", 1), ("log-normal", 2), ("log-logistic", 3)])
def test_many_times_of_a_family_give_it_back(name, seed):
    generator = np.random.default_rng(seed)
    family = next(family for family in FAMILIES if family.name == name)
    errors = np.array([family.quantile(p) for p in generator.uniform(size=3000)])
    times = np.exp(2 + 0.6 * errors)
    low = np.floor(times)
    fits = fit_families(event_intervals(low, low + 1))
    assert fits.chosen == name
    assert fits.fit(name).location == pytest.approx(2, abs=0.05)
    assert fits.fit(name).scale == pytest.approx(0.6, abs=0.03)


def test_the_smallest_aic_is_chosen_and_all_are_shown(fits):
    frame = fits.to_frame()
    assert list(frame["family"]) == list(NAMES)
    assert frame.loc[frame["chosen"], "aic"].item() == frame["aic"].min()
    assert (frame["aic"] == 4 - 2 * frame["loglik"]).all()
    assert fits.summary().count("AIC") == 4
    assert "(smallest AIC)" in fits.summary()


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        ([], [], "seen in 0 rows, and 2 are needed"),
        ([3, 5], [None, None], "seen in 0 rows"),
        ([3, 5], [7, None], "seen in 1 rows"),
        ([0, 0], [7, 14], "No row says that the event came later than the start"),
        ([1, 2, 3], [7, 8, None], "One time lies in every row"),
        ([5, 2, 5], [5, 8, 5], "One time lies in every row"),
        ([0, 2], [0, 8], "A time of 0 has no logarithm"),
    ],
)
def test_what_has_no_answer_says_why(lower, upper, reason):
    fits = fit_families(event_intervals(lower, upper))
    assert fits.chosen is None
    assert len(fits.fits) == 3
    for fit in fits.fits:
        assert (fit.location, fit.aic, fit.quantile(0.5)) == (None, None, None)
        assert reason in fit.notes[0]
    assert not fits.to_frame()["chosen"].any()
    assert reason in fits.summary()


def test_more_rows_can_be_asked_for():
    low, high = simulated(n=20)
    fits = fit_families(event_intervals(low, high), fewest_seen=50)
    assert "50 are needed" in fits.fits[0].notes[0]


def test_a_likelihood_without_a_top_is_not_taken_for_one():
    """Half gone by 5, half still there at 7: the wider the spread, the likelier."""
    fits = fit_families(event_intervals([0, 0, 7, 7], [5, 5, None, None]))
    for fit in fits.fits:
        assert fit.notes == ("The likelihood has no clear top.",)
        assert fit.location is None
