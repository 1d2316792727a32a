"""The figure of what is known when: lanes, their areas, words, and empty input."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from drawn import legend_words, words
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


def test_areas_are_hatched_apart_are_shares_and_last_to_the_end_of_the_axis():
    axes = draw_knowledge_bands([LANE])
    assert words(axes) == ["PTSD (2 programmes)"]
    assert (list(axes.lines), len(legend_words(axes))) == ([], 3)
    assert len({shape.get_hatch() for shape in areas(axes)}) == 3
    there, unknown, gone = areas(axes)
    assert heights(there, LIMITS[1]) == pytest.approx(0.5)
    assert heights(unknown, LIMITS[1]) == pytest.approx(0)
    assert heights(gone, LIMITS[1]) == pytest.approx(0.5)
    assert heights(there, LIMITS[0]) == pytest.approx(1)


def test_the_claimed_time_stands_between_two_lines_and_in_the_legend():
    axes = draw_knowledge_bands([LANE], window=WINDOW)
    lines = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata())]
    assert lines == [7 * DAY, 14 * DAY]
    assert legend_words(axes) == [
        "known still there",
        "unknown",
        "known gone",
        "the page: 1 to 2 weeks",
    ]


def test_a_lane_with_nothing_says_so():
    axes = draw_knowledge_bands([LANE, NOTHING])
    assert words(axes) == ["PTSD (2 programmes)", "OCD", "no usable period"]
    assert len(areas(axes)) == 3
