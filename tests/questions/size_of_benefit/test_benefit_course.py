"""Benefit over time: the figure's artists, and what the answer says of the evidence."""

from dataclasses import replace

import pytest

from drawn import beyond, legend_words
from evidence_tools.display.benefit_course import LIMITS, CourseEstimate, draw_benefit_course
from evidence_tools.display.style import RUNGS
from evidence_tools.questions.size_of_benefit.page_course import benefit_course


def estimate(at, value=-0.5, *, until=None, rung="direct") -> CourseEstimate:
    return CourseEstimate(
        rung=rung, estimate=value, low=value - 0.2, high=value + 0.2, begin=at, end=until or at
    )


@pytest.fixture(scope="module")
def course(evidence):
    return benefit_course(evidence)


def test_a_point_is_a_symbol_with_its_interval():
    ax = draw_benefit_course([estimate(1440)])
    (symbol,) = [line for line in ax.lines if line.get_marker() == RUNGS["direct"].symbol]
    assert (list(symbol.get_xdata()), list(symbol.get_ydata())) == ([1440], [-0.5])
    (bar,) = [line for line in ax.lines if list(line.get_xdata()) == [1440, 1440]]
    assert list(bar.get_ydata()) == [-0.7, -0.3]


def test_a_published_window_is_a_box_from_edge_to_edge():
    ax = draw_benefit_course([], published=[estimate(0, until=720)])
    (box,) = ax.collections
    extent = box.get_paths()[0].get_extents()
    assert (extent.x0, extent.x1) == (LIMITS[0], 720)
    assert (extent.y0, extent.y1) == pytest.approx((-0.7, -0.3))
    assert any("never in our own" in words for words in legend_words(ax))


def test_a_single_time_of_a_review_is_wide_enough_to_be_seen():
    ax = draw_benefit_course([], published=[estimate(1440)])
    extent = ax.collections[0].get_paths()[0].get_extents()
    assert extent.x0 < 1440 < extent.x1


def test_a_line_has_its_band_and_its_words():
    line = [estimate(240), estimate(1440, -0.3)]
    ax = draw_benefit_course([estimate(1440)], lines=[line])
    (drawn,) = [one for one in ax.lines if list(one.get_xdata()) == [240, 1440]]
    assert list(drawn.get_ydata()) == [-0.5, -0.3]
    assert "line through our trials" in legend_words(ax)
    assert "line through our trials" not in legend_words(draw_benefit_course([estimate(1440)]))


def test_the_figure_shows_our_points_and_published_windows(course):
    picture = course.picture()
    assert len(picture.axes.collections) == len(course.published) > 0
    shown = [line for line in picture.axes.lines if len(line.get_xdata()) == 1]
    assert len(shown) == len(course.points) + len(course.published)
    assert beyond(picture.axes) == []


def test_every_time_that_is_drawn_is_on_the_axis(course):
    assert course.points["to_min"].between(*LIMITS).all()
    assert course.published["to_min"].between(*LIMITS).all()


def test_the_table_has_what_the_figure_draws_and_says(course):
    records = course.table().to_records()
    assert len(records) == len(course.points) + len(course.published)
    alt = course.picture().alt
    for record in records:
        words = (record["Trial or review"], record["When"], record["Standardised difference"])
        assert "{}, {}: {}".format(*words) in alt


def test_a_point_has_the_interval_of_its_variance(course):
    """1.96 standard errors to either side, as for every standardised difference."""
    point = course.points.iloc[0]
    assert point["high"] - point["yi"] == pytest.approx(1.96 * point["vi"] ** 0.5, rel=1e-4)
    assert point["yi"] - point["low"] == pytest.approx(point["high"] - point["yi"])


def test_without_a_line_it_says_why_for_each_rung(course):
    notes = ("no line: too few",)
    bare = [replace(one, fit=None, line=one.line[:0], notes=notes) for one in course.courses]
    without = replace(course, courses=tuple(bare))
    words = str(without.answer())
    rungs = ", ".join(RUNGS[one.rung].words for one in bare)
    assert f"They carry no curve ({rungs}: too few)." in words
    assert "too few programmes" in without.picture().axes.texts[0].get_text()


def test_published_estimates_never_enter_the_course(evidence, course):
    reviews = set(course.published["study_id"])
    assert reviews
    assert not reviews & set(course.to_frame()["study_id"])


def test_a_line_is_said_and_drawn(evidence, course):
    first = course.courses[0]
    line = first.line.copy()
    line.loc[0] = [24.0, -0.5, -0.7, -0.3, 5.0]
    line.loc[1] = [72.0, -0.4, -0.6, -0.2, 5.0]
    drawn = replace(course, courses=(replace(first, line=line), *course.courses[1:]))
    assert "A line is drawn for: Anxiety disorder." in drawn.summary()
    assert "line through our trials" in legend_words(drawn.picture().axes)
