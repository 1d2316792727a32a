"""The density of a posterior, its interval and a threshold: artists, not pixels."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.stats import norm

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


def legend_words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def shaded(ax: Axes):
    """Corners of the shaded part."""
    (shade,) = ax.collections
    return shade.get_paths()[0].vertices


def area(corners) -> float:
    x, y = corners.T
    return 0.5 * abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))


def beyond(ax: Axes) -> list[str]:
    """Words that are drawn beyond the edge of the figure."""
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    left, right = ax.get_xlim()
    pairs = zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)
    ticks = [label for label, at in pairs if left <= at <= right]
    assert len(ticks) >= 3
    found = []
    for text in [*ax.texts, *ticks, ax.xaxis.label, *ax.get_legend().get_texts()]:
        box = text.get_window_extent(ax.figure.canvas.get_renderer())
        across = box.x0 < 0 or box.x1 > ax.figure.bbox.width
        if across or box.y0 < 0 or box.y1 > ax.figure.bbox.height:
            found.append(text.get_text())
    return found


# The density and its interval


def test_the_curve_is_the_density_that_was_given():
    line = curve(posterior())
    assert list(line.get_xdata()) == list(X)
    assert list(line.get_ydata()) == list(Y)
    assert line.get_color() == RUNGS["direct"].colour


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


def test_the_shading_is_pale_and_has_the_colour_of_the_curve():
    ax = posterior()
    (shade,) = ax.collections
    assert mpl.colors.to_hex(shade.get_facecolor()[0]) == curve(ax).get_color()
    assert shade.get_alpha() < 0.5


def test_a_real_posterior_is_shaded_over_its_credible_interval():
    effect = pool_bayesian([-0.5, -0.2, -0.9], [0.04, 0.02, 0.09], tau_prior=HalfNormal(scale=0.5))
    x = np.linspace(-4, 3, 4001)
    ends = (effect.mu.ci_low, effect.mu.ci_high)
    corners = shaded(posterior(x, effect.density_mu(x), interval=ends))
    assert (corners[:, 0].min(), corners[:, 0].max()) == ends
    assert area(corners) == pytest.approx(0.95, abs=1e-3)


def test_the_density_stands_on_the_ground_and_fits_in():
    ax = posterior()
    bottom, top = ax.get_ylim()
    assert bottom == 0
    assert top > Y.max()
    assert list(ax.get_yticks()) == []


# Lines and words


LINES = {"no effect": 0.0, "minimal important difference": -0.25}


@pytest.mark.parametrize("at", [0.0, -0.25, 5.0, -40.0])
def test_a_mark_is_a_dashed_line_within_the_axis(at):
    ax = posterior(marks={"some effect": at})
    (line,) = marks(ax)
    assert list(line.get_xdata()) == [at, at]
    assert line.is_dashed()
    left, right = ax.get_xlim()
    assert left < at < right
    assert left < X.min()
    assert right > X.max()


def test_no_effect_is_marked_unless_other_marks_are_given():
    (line,) = marks(posterior())
    assert list(line.get_xdata()) == [0, 0]
    assert marks(posterior(marks={})) == []


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


def test_the_legend_stands_below_the_words_of_the_axis():
    ax = posterior(marks=LINES)
    assert beyond(ax) == []
    renderer = ax.figure.canvas.get_renderer()
    label = ax.xaxis.label.get_window_extent(renderer)
    assert ax.get_legend().get_window_extent(renderer).y1 <= label.y0


def test_words_of_the_axis_and_of_the_shading_can_be_given():
    ax = posterior(words=WORDS, xlabel="Points of HAM-A")
    assert [text.get_text() for text in ax.texts] == [WORDS]
    assert ax.get_xlabel() == "Points of HAM-A"
    assert posterior().get_xlabel() == "Standardised difference (SD units)"


EXTREMES = {
    "usual": {},
    "narrow": {"x": X / 1000, "interval": (-0.001, -0.0001)},
    "wide": {"x": X * 1e5, "interval": (-1e5, -1e4)},
    "mark far away": {"marks": {"no effect": 80.0}},
    "many lines": {"marks": LINES},
    "long words": {"words": f"{WORDS}, and 57% that it is larger than half a standard deviation"},
}


@pytest.mark.parametrize("name", EXTREMES)
def test_all_words_stay_in_the_figure(name):
    """A second sentence ran out of the figure instead of onto a second line."""
    assert beyond(posterior(**{"words": WORDS, **EXTREMES[name]})) == []


def test_words_stand_above_the_curve():
    ax = posterior(words=EXTREMES["long words"]["words"])
    assert beyond(ax) == []
    (text,) = ax.texts
    box = text.get_window_extent(ax.figure.canvas.get_renderer())
    assert box.y0 >= ax.get_window_extent().y1
