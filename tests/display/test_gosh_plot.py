"""One point per subset of the studies: artists, not pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from drawn import beyond, box_of, legend_words, ticks, words
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


@pytest.mark.parametrize("name", EXTREMES)
def test_each_subset_is_a_point_within_the_axes_and_no_word_is_cut(name):
    estimate, i2, whole = EXTREMES[name]
    ax = draw_gosh(estimate, i2, whole=whole)
    assert cloud(ax).get_offsets().tolist() == [list(p) for p in zip(estimate, i2, strict=True)]
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert bottom < 0
    assert top > 100
    assert all(left < at < right for at in [*estimate, *(whole or ())[:1]])
    assert beyond(ax) == []
    assert len(ticks(ax.xaxis)) >= 3
    assert len(marks(ax)) == (2 if whole else 0)


def test_the_legend_covers_no_point():
    """It stood in the upper right corner, where a subset may lie."""
    ax = draw_gosh([0.0, 1.0], [100.0, 100.0], whole=(1.0, 100.0))
    assert beyond(ax) == []
    assert box_of(ax.get_legend(), ax).y1 <= box_of(ax.xaxis.label, ax).y0


def test_the_more_subsets_the_paler_and_smaller_and_a_large_cloud_can_still_be_seen():
    clouds = [cloud(draw_gosh(np.zeros(n), np.zeros(n))) for n in (10, 1000, 2**14, 2**17)]
    sizes = [of.get_sizes()[0] for of in (clouds[0], *clouds[2:])]
    assert sizes == sorted(set(sizes), reverse=True)
    assert sizes[-1] > 0
    few, more, many, most = [of.get_alpha() for of in clouds]
    assert 1 > few > more > many >= most >= 0.02
    assert clouds[-1].get_rasterized()


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


def test_the_legend_counts_the_subsets_and_those_drawn_and_stays_in_the_figure():
    """A million subsets drawn from four million ran out of it."""
    (all_of_them,) = legend_words(draw_gosh(np.zeros(8191), np.zeros(8191)))
    assert "8,191 in all" in all_of_them
    many = np.zeros(2**20)
    ax = draw_gosh(many, many, subsets=2**62 - 1, whole=(-0.4, 55.0))
    assert "1,048,576 drawn from 4,611,686,018,427,387,903" in legend_words(ax)[0]
    assert beyond(ax) == []


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


def test_one_and_two_studies_are_told_apart_by_their_subsets():
    one, two = gosh([-0.4], [0.02]), gosh([-0.4, -0.2], [0.02, 0.04])
    alone = draw_gosh(one.estimate, one.i2)
    assert (words(alone), alone.get_legend()) == ([FEWER], None)
    assert words(draw_gosh(two.estimate, two.i2)) == []
