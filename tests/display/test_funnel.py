"""Effects against their standard errors: artists, not pixels; contours against p-values."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from scipy.stats import norm

from evidence_tools.display.funnel import draw_funnel
from evidence_tools.display.style import INK, MARK

YI = [-0.9, -0.4, 0.2, -0.1]
SEI = [0.4, 0.2, 0.3, 0.1]
FAVOURS = ["← favours ketamine", "favours control →"]
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


def other_words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text() not in FAVOURS]


def legend_words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def draw(ax: Axes) -> None:
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()


def ticks(axis) -> list:
    low, high = sorted(axis.get_view_interval())
    pairs = zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
    return [label for label, at in pairs if low <= at <= high]


def beyond(ax: Axes) -> list[str]:
    """Words that are drawn beyond the edge of the figure."""
    draw(ax)
    texts = [*ax.texts, *ticks(ax.xaxis), *ticks(ax.yaxis), ax.xaxis.label, ax.yaxis.label]
    found = []
    for text in [*texts, *ax.get_legend().get_texts()]:
        box = text.get_window_extent(ax.figure.canvas.get_renderer())
        across = box.x0 < 0 or box.x1 > ax.figure.bbox.width
        if across or box.y0 < 0 or box.y1 > ax.figure.bbox.height:
            found.append(text.get_text())
    return found


# Points


def test_the_smallest_error_stands_on_top():
    bottom, top = draw_funnel(YI, SEI).get_ylim()
    assert top == 0
    assert bottom > max(SEI)


def test_the_pooled_effect_is_a_dashed_line_only_where_given():
    assert [line for line in draw_funnel(YI, SEI).lines if line.is_dashed()] == []
    ax = draw_funnel(YI, SEI, estimate=-0.3)
    (line,) = [line for line in ax.lines if line.is_dashed()]
    assert list(line.get_xdata()) == [-0.3, -0.3]
    assert line.get_color() == MARK


def test_no_effect_is_a_line_that_is_not_dashed():
    (line,) = [
        line for line in draw_funnel(YI, SEI, estimate=-0.3).lines if line.get_color() == INK
    ]
    assert list(line.get_xdata()) == [0, 0]
    assert not line.is_dashed()


def test_the_legend_names_contours_points_and_the_dashed_line():
    """The dashed line had no name."""
    ax = draw_funnel(YI, SEI, estimate=-0.3)
    assert ax.get_legend().get_title().get_text() == "A study's own p-value, against no effect"
    assert legend_words(ax) == [*BANDS, "one study", "pooled effect"]
    assert ax.get_legend().legend_handles[-1].is_dashed()
    assert legend_words(draw_funnel(YI, SEI)) == [*BANDS, "one study"]


@pytest.mark.parametrize("name", EXTREMES)
def test_each_side_of_no_effect_says_whom_it_favours(name):
    ax = draw_funnel(*EXTREMES[name])
    draw(ax)
    zero = ax.transData.transform((0, 0))[0]
    renderer = ax.figure.canvas.get_renderer()
    boxes = {text.get_text(): text.get_window_extent(renderer) for text in ax.texts}
    assert boxes[FAVOURS[0]].x1 < zero < boxes[FAVOURS[1]].x0
    other = draw_funnel(*EXTREMES[name], favours=("fewer", "more"))
    assert {"← fewer", "more →"} <= {text.get_text() for text in other.texts}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_axes_cover_every_point_and_are_symmetrical_around_no_effect(name):
    yi, sei = EXTREMES[name]
    ax = draw_funnel(yi, sei)
    left, right = ax.get_xlim()
    assert left == -right
    assert all(left < at < right for at in yi)
    assert all(0 < at < ax.get_ylim()[0] for at in sei)


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
def test_all_words_stay_in_the_figure(name):
    """The words beside long numbers of the left axis were cut off."""
    ax = draw_funnel(*EXTREMES[name], estimate=None)
    assert beyond(ax) == []
    assert beyond(draw_funnel(*EXTREMES[name], estimate=0.0)) == []
    assert len(ticks(ax.xaxis)) >= 3
    assert len(ticks(ax.yaxis)) >= 3


@pytest.mark.parametrize("name", EXTREMES)
def test_the_legend_stands_below_the_words_of_the_axis(name):
    ax = draw_funnel(*EXTREMES[name])
    draw(ax)
    renderer = ax.figure.canvas.get_renderer()
    legend, label = ax.get_legend(), ax.xaxis.label
    assert legend.get_window_extent(renderer).y1 <= label.get_window_extent(renderer).y0


@pytest.mark.parametrize("name", EXTREMES)
def test_words_of_the_left_axis_do_not_cover_its_numbers(name):
    ax = draw_funnel(*EXTREMES[name])
    draw(ax)
    renderer = ax.figure.canvas.get_renderer()
    numbers = [label.get_window_extent(renderer).x0 for label in ticks(ax.yaxis)]
    assert ax.yaxis.label.get_window_extent(renderer).x1 <= min(numbers)


def test_the_axes_say_what_they_show():
    ax = draw_funnel(YI, SEI)
    assert ax.get_xlabel() == "Standardised difference (SD units)"
    assert ax.get_ylabel() == "Standard error"
    assert draw_funnel(YI, SEI, xlabel="Points of HAM-A").get_xlabel() == "Points of HAM-A"


def test_empty_input_says_so_and_draws_no_point():
    ax = draw_funnel([], [], empty="no trial was found")
    assert other_words(ax) == ["no trial was found"]
    assert points(ax) == ([], [])
    assert legend_words(ax) == BANDS


def test_the_sentence_for_empty_input_is_not_written_over_points():
    assert other_words(draw_funnel(YI, SEI, empty="nothing")) == []
