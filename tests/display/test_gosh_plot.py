"""One point per subset of the studies: artists, not pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from evidence_tools.arithmetic.pooling.gosh import gosh
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.display.gosh import draw_gosh
from evidence_tools.display.style import INK

ESTIMATE = [-0.9, -0.4, 0.2]
I2 = [0.0, 55.0, 100.0]
FEWER = "fewer than two studies: no subsets to compare"
EXTREMES = {
    "three": (ESTIMATE, I2, (-0.4, 55.0)),
    "all alike": ([-0.4] * 7, [0.0] * 7, (-0.4, 0.0)),
    "full inconsistency": ([1.0, 2.0, 3.0], [100.0] * 3, (3.0, 100.0)),
    "huge": ([-40000.0, 90000.0], [0.0, 99.0], (0.0, 50.0)),
    "tiny": ([0.00001, 0.00002], [0.0, 1.0], None),
    "one": ([-0.4], [0.0], None),
    "nothing": ([], [], None),
}


def cloud(ax: Axes):
    (points,) = ax.collections
    return points


def marks(ax: Axes):
    """Marks and lines: where they stand, and as what."""
    return [(line.get_xdata()[0], line.get_ydata()[0], line.get_marker()) for line in ax.lines]


def legend_words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def draw(ax: Axes):
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    return ax.figure.canvas.get_renderer()


def ticks(axis) -> list:
    low, high = sorted(axis.get_view_interval())
    pairs = zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
    return [label for label, at in pairs if low <= at <= high]


def beyond(ax: Axes) -> list[str]:
    """Words that are drawn beyond the edge of the figure."""
    renderer, legend = draw(ax), ax.get_legend()
    texts = [*ax.texts, *ticks(ax.xaxis), *ticks(ax.yaxis), ax.xaxis.label, ax.yaxis.label]
    found = []
    for text in [*texts, *(legend.get_texts() if legend else [])]:
        box = text.get_window_extent(renderer)
        across = box.x0 < 0 or box.x1 > ax.figure.bbox.width
        if across or box.y0 < 0 or box.y1 > ax.figure.bbox.height:
            found.append(text.get_text())
    return found


# Points


def test_each_subset_is_a_point_at_its_estimate_and_inconsistency():
    points = cloud(draw_gosh(ESTIMATE, I2)).get_offsets()
    assert points.tolist() == [list(pair) for pair in zip(ESTIMATE, I2, strict=True)]


def test_the_cloud_is_paler_the_more_subsets_there_are():
    opacity = [cloud(draw_gosh(np.zeros(n), np.zeros(n))).get_alpha() for n in (10, 1000, 5000)]
    assert opacity == sorted(opacity, reverse=True)
    assert len(set(opacity)) == 3
    assert all(0 < alpha < 1 for alpha in opacity)


def test_a_very_large_cloud_can_still_be_seen_and_is_stored_as_an_image():
    points = cloud(draw_gosh(np.zeros(2**16), np.zeros(2**16)))
    assert points.get_alpha() >= 0.02
    assert points.get_rasterized()


def test_the_answer_of_all_studies_is_a_dashed_line_with_a_mark_both_named():
    ax = draw_gosh(ESTIMATE, I2, whole=(-0.4, 55.0))
    assert marks(ax) == [(-0.4, 0, "None"), (-0.4, 55.0, "D")]
    line, mark = ax.lines
    assert line.is_dashed()
    assert list(line.get_xdata()) == [-0.4, -0.4]
    assert {line.get_color(), mark.get_color()} == {INK}
    assert mark.get_zorder() > cloud(ax).get_zorder()
    handle = ax.get_legend().legend_handles[-1]
    assert (handle.get_marker(), handle.is_dashed(), handle.get_color()) == ("D", True, INK)
    assert legend_words(ax)[-1] == "pool of all studies"


def test_the_legend_counts_the_subsets():
    ax = draw_gosh(np.zeros(8191), np.zeros(8191))
    assert legend_words(ax) == ["pool of one subset of the studies (8,191 in all)"]


def test_the_legend_says_of_how_many_subsets_a_sample_was_drawn():
    ax = draw_gosh(ESTIMATE, I2, subsets=2**25 - 1, whole=(-0.4, 55.0))
    assert legend_words(ax)[0] == "pool of one subset of the studies\n(3 drawn from 33,554,431)"


def test_the_legend_of_the_largest_sample_stays_in_the_figure():
    """A million subsets drawn from four million ran out of it."""
    many = np.zeros(2**20)
    ax = draw_gosh(many, many, subsets=2**62 - 1, whole=(-0.4, 55.0))
    assert "1,048,576 drawn from 4,611,686,018,427,387,903" in legend_words(ax)[0]
    assert beyond(ax) == []


def test_points_are_smaller_the_more_subsets_there_are():
    sizes = [cloud(draw_gosh(np.zeros(n), np.zeros(n))).get_sizes()[0] for n in (9, 2**14, 2**17)]
    assert sizes == sorted(set(sizes), reverse=True)
    assert sizes[-1] > 0


def test_without_the_answer_of_all_studies_there_is_no_line():
    ax = draw_gosh(ESTIMATE, I2)
    assert marks(ax) == []
    assert len(legend_words(ax)) == 1


@pytest.mark.parametrize("name", EXTREMES)
def test_the_axes_cover_every_point_and_all_of_0_to_100_percent(name):
    estimate, i2, whole = EXTREMES[name]
    ax = draw_gosh(estimate, i2, whole=whole)
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert bottom < 0
    assert top > 100
    assert all(left < at < right for at in [*estimate, *(whole or ())[:1]])


def test_the_subsets_of_real_numbers_are_all_there_with_the_whole_among_them():
    yi, vi = [-0.9, -0.4, 0.2, -0.1, -1.5], [0.04, 0.02, 0.09, 0.01, 0.05]
    fits, together = gosh(yi, vi), pool(yi, vi)
    ax = draw_gosh(fits.estimate, fits.i2, whole=(together.estimate, together.i2))
    points = cloud(ax).get_offsets()
    assert len(points) == 2**5 - 1
    (_, (x, y, _)) = marks(ax)
    distance = np.abs(points - np.array([x, y])).max(axis=1)
    assert distance.min() < 1e-4
    assert set(yi) <= set(points[:, 0].round(12).tolist())


# Words


@pytest.mark.parametrize("name", EXTREMES)
def test_all_words_stay_in_the_figure(name):
    estimate, i2, whole = EXTREMES[name]
    ax = draw_gosh(estimate, i2, whole=whole)
    assert beyond(ax) == []
    assert len(ticks(ax.xaxis)) >= 3


def test_the_legend_covers_no_point():
    """It stood in the upper right corner, where a subset may lie."""
    ax = draw_gosh([0.0, 1.0], [100.0, 100.0], whole=(1.0, 100.0))
    renderer = draw(ax)
    label = ax.xaxis.label.get_window_extent(renderer)
    assert ax.get_legend().get_window_extent(renderer).y1 <= label.y0


def test_the_axes_say_what_they_show():
    ax = draw_gosh(ESTIMATE, I2)
    assert ax.get_xlabel() == "Pooled standardised difference of a subset (SD units)"
    assert ax.get_ylabel() == "Inconsistency, I² (percent)"
    assert draw_gosh(ESTIMATE, I2, xlabel="Points").get_xlabel() == "Points"


@pytest.mark.parametrize(("estimate", "i2"), [([], []), ([-0.4], [0.0])])
def test_fewer_than_two_studies_say_that_there_is_nothing_to_compare(estimate, i2):
    ax = draw_gosh(estimate, i2)
    assert [text.get_text() for text in ax.texts] == [FEWER]
    assert ax.get_legend() is None
    assert len(cloud(ax).get_offsets()) == len(estimate)


def test_one_and_two_studies_are_told_apart_by_their_subsets():
    one, two = gosh([-0.4], [0.02]), gosh([-0.4, -0.2], [0.02, 0.04])
    assert [text.get_text() for text in draw_gosh(one.estimate, one.i2).texts] == [FEWER]
    assert list(draw_gosh(two.estimate, two.i2).texts) == []
