"""The density of a posterior, its interval and a threshold: artists, not pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from scipy.stats import norm

from drawn import beyond, box_of, legend_words, ticks, words
from evidence_tools.arithmetic.pooling.bayes import HalfNormal, pool_bayesian
from evidence_tools.display.posterior import draw_posterior
from evidence_tools.display.style import MARK, RUNGS

X = np.linspace(-2.0, 1.0, 61)
Y = norm.pdf(X, -0.5, 0.3)
INTERVAL = (-0.5 - 1.96 * 0.3, -0.5 + 1.96 * 0.3)
WORDS = "99% probability that the effect favours ketamine"


def posterior(x=X, y=Y, **others) -> Axes:
    return draw_posterior(x, y, **{"interval": INTERVAL, **others})


def curve(ax: Axes):
    (line,) = [line for line in ax.lines if line.get_color() == RUNGS["direct"].colour]
    return line


def marks(ax: Axes):
    return [line for line in ax.lines if line.get_color() == MARK]


def shaded(ax: Axes):
    """Corners of the shaded part."""
    (shade,) = ax.collections
    return shade.get_paths()[0].vertices


def area(corners) -> float:
    x, y = corners.T
    return 0.5 * abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


# The density and its interval


def test_the_curve_is_the_density_that_was_given_standing_on_the_ground():
    ax = posterior()
    line = curve(ax)
    assert (list(line.get_xdata()), list(line.get_ydata())) == (list(X), list(Y))
    bottom, top = ax.get_ylim()
    assert bottom == 0
    assert top > Y.max()
    assert list(ax.get_yticks()) == []


@pytest.mark.parametrize(
    "interval",
    [INTERVAL, (-0.52, -0.48), (-0.501, -0.499), (-2.0, 1.0), (-0.5, 0.5), (-1.98, -1.96)],
)
def test_the_shading_covers_exactly_the_interval(interval):
    """It ended at the nearest points of the curve inside the interval."""
    corners = shaded(posterior(interval=interval))
    assert (corners[:, 0].min(), corners[:, 0].max()) == interval
    top = corners[corners[:, 1] > 0]
    assert top[:, 1] == pytest.approx(np.interp(top[:, 0], X, Y))
    for end in interval:
        assert corners[corners[:, 0] == end][:, 1].min() == 0


def test_the_shaded_share_of_the_area_is_the_level_of_the_interval():
    fine = np.linspace(-3.0, 2.0, 2001)
    corners = shaded(posterior(fine, norm.pdf(fine, -0.5, 0.3)))
    assert area(corners) == pytest.approx(0.95, abs=1e-4)


def test_a_real_posterior_is_shaded_over_its_credible_interval():
    effect = pool_bayesian([-0.5, -0.2, -0.9], [0.04, 0.02, 0.09], tau_prior=HalfNormal(scale=0.5))
    x = np.linspace(-4, 3, 4001)
    ends = (effect.mu.ci_low, effect.mu.ci_high)
    corners = shaded(posterior(x, effect.density_mu(x), interval=ends))
    assert (corners[:, 0].min(), corners[:, 0].max()) == ends
    assert area(corners) == pytest.approx(0.95, abs=1e-3)


# Lines and words


LINES = {"no effect": 0.0, "minimal important difference": -0.25}


@pytest.mark.parametrize("at", [0.0, -0.25, 5.0, -40.0])
def test_a_mark_is_a_dashed_line_within_the_axis_and_no_effect_where_none_is_given(at):
    (none,) = marks(posterior())
    assert list(none.get_xdata()) == [0, 0]
    assert marks(posterior(marks={})) == []
    ax = posterior(marks={"some effect": at})
    (line,) = marks(ax)
    assert list(line.get_xdata()) == [at, at]
    assert line.is_dashed()
    left, right = ax.get_xlim()
    assert left < at < right
    assert left < X.min()
    assert right > X.max()


def test_every_line_has_a_name_and_no_two_dashes_of_a_colour_are_alike():
    """One dashed line without a name stood for whatever the reader took it for."""
    ax = posterior(marks=LINES)
    assert legend_words(ax) == [
        *("posterior of the pooled effect", "its credible interval"),
        *LINES,
    ]
    looks = [(line.get_color(), str(line._dash_pattern)) for line in ax.lines]
    assert len(set(looks)) == len(looks)
    assert [line.get_label() for line in ax.lines if line.is_dashed()] == [*LINES]


EXTREMES = {
    "usual": {},
    "narrow": {"x": X / 1000, "interval": (-0.001, -0.0001)},
    "wide": {"x": X * 1e5, "interval": (-1e5, -1e4)},
    "mark far away": {"marks": {"no effect": 80.0}},
    "many lines": {"marks": LINES},
    "long words": {"words": f"{WORDS}, and 57% that it is larger than half a standard deviation"},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_all_words_stay_in_the_figure_above_the_curve_and_the_legend_below_the_axis(name):
    """A second sentence ran out of the figure instead of onto a second line."""
    ax = posterior(**{"words": WORDS, "xlabel": "Points of HAM-A", **EXTREMES[name]})
    assert beyond(ax) == []
    assert len(ticks(ax.xaxis)) >= 3
    assert ax.get_xlabel() == "Points of HAM-A"
    (text,) = ax.texts
    assert box_of(text, ax).y0 >= ax.get_window_extent().y1
    assert words(ax)[0].replace("\n", " ") == EXTREMES[name].get("words", WORDS)
    assert box_of(ax.get_legend(), ax).y1 <= box_of(ax.xaxis.label, ax).y0
