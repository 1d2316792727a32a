"""The figure of what is known when: lanes, their areas, words, and empty input."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from evidence_tools.display.knowledge_bands import LIMITS, BandLane, draw_knowledge_bands
from evidence_tools.display.timeline import Span

DAY = 1440.0
LANE = BandLane(
    label="PTSD (2 programmes)",
    times=np.array([0, 3 * DAY, 7 * DAY]),
    still_there=np.array([1.0, 0.5, 0.5]),
    gone=np.array([0, 0, 0.5]),
)
NOTHING = BandLane(label="OCD", times=np.empty(0), still_there=np.empty(0), gone=np.empty(0))
WINDOW = Span(words="the page: 1 to 2 weeks", begin=7 * DAY, end=14 * DAY)


def areas(axes):
    return [shape for shape in axes.collections if isinstance(shape, PolyCollection)]


def heights(shape, time):
    """Share of a lane that one area takes at a time; a lane's colours are 0.58 high."""
    (path,) = shape.get_paths()
    inside = np.isclose(path.vertices[:, 0], time)
    lines = path.vertices[inside, 1]
    return (lines.max() - lines.min()) / 0.58 if inside.any() else 0.0


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_a_lane_has_its_words_and_three_areas():
    axes = draw_knowledge_bands([LANE])
    assert words(axes) == ["PTSD (2 programmes)"]
    assert len(areas(axes)) == 3


def test_areas_are_shares_and_last_to_the_end_of_the_axis():
    axes = draw_knowledge_bands([LANE])
    there, unknown, gone = areas(axes)
    assert heights(there, LIMITS[1]) == pytest.approx(0.5)
    assert heights(unknown, LIMITS[1]) == pytest.approx(0)
    assert heights(gone, LIMITS[1]) == pytest.approx(0.5)
    assert heights(there, LIMITS[0]) == pytest.approx(1)


def test_kinds_differ_in_hatching_too():
    hatches = {shape.get_hatch() for shape in areas(draw_knowledge_bands([LANE]))}
    assert len(hatches) == 3


def test_the_claimed_time_stands_between_two_lines_and_in_the_legend():
    axes = draw_knowledge_bands([LANE], window=WINDOW)
    lines = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata())]
    assert lines == [7 * DAY, 14 * DAY]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["known still there", "unknown", "known gone", "the page: 1 to 2 weeks"]


def test_without_a_window_there_is_no_line():
    axes = draw_knowledge_bands([LANE])
    assert list(axes.lines) == []
    assert len(axes.get_legend().get_texts()) == 3


def test_a_lane_with_nothing_says_so():
    axes = draw_knowledge_bands([LANE, NOTHING])
    assert words(axes) == ["PTSD (2 programmes)", "OCD", "no usable period"]
    assert len(areas(axes)) == 3


def test_no_lanes_draw_an_honest_empty_axes():
    axes = draw_knowledge_bands([])
    assert words(axes) == ["no study followed relief"]
    assert areas(axes) == []


def test_it_draws_into_the_axes_given_and_opens_no_figure():
    before = plt.get_fignums()
    figure = plt.Figure()
    given = figure.add_subplot()
    assert draw_knowledge_bands([LANE], ax=given) is given
    draw_knowledge_bands([LANE])
    assert plt.get_fignums() == before


def test_axis_says_what_is_counted():
    axes = draw_knowledge_bands([LANE])
    assert axes.get_xlabel() == "Time since the dose began"
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()][0] == "1 h"
