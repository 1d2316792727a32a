"""Effects against their standard errors: artists, not pixels; contours against p-values."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from scipy.stats import norm

from drawn import beyond, box_of, legend_words, ticks
from evidence_tools.display.funnel import draw_funnel
from evidence_tools.display.style import INK, MARK

YI = [-0.9, -0.4, 0.2, -0.1]
SEI = [0.4, 0.2, 0.3, 0.1]
BANDS = ["p above 0.10", "p 0.05 to 0.10", "p 0.01 to 0.05", "p below 0.01"]
EXTREMES = {
    "several": (YI, SEI),
    "one": ([-0.4], [0.2]),
    "far away": ([-30.0], [0.2]),
    "all on one side": ([2.0, 3.0, 5.0], [0.1, 0.2, 0.3]),
    "imprecise": ([0.1], [900.0]),
    "precise": ([0.0001], [0.00125]),
    "thirty": (np.linspace(-2, 2, 30), np.linspace(0.05, 1.0, 30)),
    "nothing": ([], []),
}


def points(ax: Axes):
    (line,) = [line for line in ax.lines if line.get_marker() == "o"]
    return list(line.get_xdata()), list(line.get_ydata())


def bands(ax: Axes):
    """Colour and outline of every shaded band, both sides of each."""
    return [(to_hex(c.get_facecolor()[0]), c.get_paths()[0]) for c in ax.collections]


# Points


@pytest.mark.parametrize("name", EXTREMES)
def test_points_stand_within_axes_that_are_symmetrical_with_the_smallest_error_on_top(name):
    yi, sei = EXTREMES[name]
    ax = draw_funnel(yi, sei)
    assert points(ax) == (list(yi), list(sei))
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert (left, top) == (-right, 0)
    assert all(left < at < right for at in yi)
    assert all(0 < at < bottom for at in sei)


def test_the_pooled_effect_is_a_dashed_line_only_where_given_and_no_effect_is_not_dashed():
    assert [line for line in draw_funnel(YI, SEI).lines if line.is_dashed()] == []
    ax = draw_funnel(YI, SEI, estimate=-0.3)
    (line,) = [line for line in ax.lines if line.is_dashed()]
    assert (list(line.get_xdata()), line.get_color()) == ([-0.3, -0.3], MARK)
    (zero,) = [line for line in ax.lines if line.get_color() == INK]
    assert (list(zero.get_xdata()), zero.is_dashed()) == ([0, 0], False)


def test_the_legend_names_contours_points_and_the_dashed_line():
    """The dashed line had no name."""
    ax = draw_funnel(YI, SEI, estimate=-0.3)
    assert ax.get_legend().get_title().get_text() == "A study's own p-value, against no effect"
    assert legend_words(ax) == [*BANDS, "one study", "pooled effect"]
    assert ax.get_legend().legend_handles[-1].is_dashed()
    assert legend_words(draw_funnel(YI, SEI)) == [*BANDS, "one study"]


# Contours


@pytest.mark.parametrize("name", EXTREMES)
def test_contours_meet_the_quantiles_of_the_normal_distribution(name):
    ax = draw_funnel(*EXTREMES[name])
    most, reach = ax.get_ylim()[0], ax.get_xlim()[1]
    quantiles = [norm.ppf(1 - p / 2) for p in (0.10, 0.05, 0.01)]
    edges = [0.0, *(most * q for q in quantiles), reach]
    expected = [
        sign * np.array(pair) for pair in zip(edges, edges[1:], strict=False) for sign in (1, -1)
    ]
    assert len(ax.collections) == len(expected) == 8
    for (_, path), pair in zip(bands(ax), expected, strict=True):
        at_bottom = path.vertices[path.vertices[:, 1] == most][:, 0]
        assert [at_bottom.min(), at_bottom.max()] == pytest.approx(sorted(pair))


@pytest.mark.parametrize("name", EXTREMES)
def test_every_place_lies_in_the_band_of_its_p_value_and_in_no_other(name):
    """The upper corners were white, as if the p-value there were above 0.10."""
    ax = draw_funnel(*EXTREMES[name])
    reach, most = ax.get_xlim()[1], ax.get_ylim()[0]
    patches = ax.get_legend().get_patches()
    words = legend_words(ax)[: len(patches)]
    colours = dict(zip(words, (to_hex(h.get_facecolor()) for h in patches), strict=True))
    assert list(colours) == BANDS
    assert len(set(colours.values())) == 4
    seen = set()
    for x in np.linspace(-0.97, 0.97, 24) * reach:
        for y in np.linspace(0.03, 0.97, 12) * most:
            p = 2 * norm.sf(abs(x / y))
            word = BANDS[int(np.searchsorted([-0.10, -0.05, -0.01], -p))]
            inside = [colour for colour, path in bands(ax) if path.contains_point((x, y))]
            assert inside == [colours[word]]
            seen.add(word)
    assert "p below 0.01" in seen


def test_each_colour_of_the_legend_has_an_edge():
    """White on white could not be seen."""
    patches = draw_funnel(YI, SEI).get_legend().get_patches()
    assert len(patches) == 4
    for patch in patches:
        assert to_hex(patch.get_edgecolor()) != to_hex(patch.get_facecolor())
        assert patch.get_linewidth() > 0


def test_bands_lie_behind_the_points_and_do_not_move_the_axes():
    ax = draw_funnel(YI, SEI)
    assert max(c.get_zorder() for c in ax.collections) < min(x.get_zorder() for x in ax.lines)
    assert ax.get_ylim() == (pytest.approx(1.1 * max(SEI)), 0)


# Words


@pytest.mark.parametrize("name", EXTREMES)
def test_all_words_stay_in_the_figure_on_their_own_side_and_off_each_other(name):
    """The words beside long numbers of the left axis were cut off."""
    assert beyond(draw_funnel(*EXTREMES[name], estimate=0.0)) == []
    ax = draw_funnel(*EXTREMES[name], favours=("fewer", "more"), xlabel="Points")
    assert beyond(ax) == []
    assert min(len(ticks(ax.xaxis)), len(ticks(ax.yaxis))) >= 3
    assert ax.get_xlabel() == "Points"
    boxes = {text.get_text(): box_of(text, ax) for text in ax.texts}
    assert boxes["← fewer"].x1 < ax.transData.transform((0, 0))[0] < boxes["more →"].x0
    assert box_of(ax.get_legend(), ax).y1 <= box_of(ax.xaxis.label, ax).y0
    numbers = [box_of(label, ax).x0 for label in ticks(ax.yaxis)]
    assert box_of(ax.yaxis.label, ax).x1 <= min(numbers)
