"""The axis of time: logarithmic, ticks in words, none beyond its ends."""

import pytest
from matplotlib.figure import Figure

from evidence_tools.display.time_axis import set_time_axis, ticks_within

TICKS = {"10 min": 10, "1 h": 60, "1 d": 1440}


@pytest.fixture
def ax():
    return Figure().add_subplot()


def test_ticks_at_the_ends_of_the_axis_count_as_on_it():
    assert ticks_within(TICKS, (10, 60)) == {"10 min": 10, "1 h": 60}
    assert ticks_within(TICKS, (11, 59)) == {}


def test_the_axis_is_logarithmic_with_its_ticks_in_words(ax):
    set_time_axis(ax, (5, 100), "Time since the dose began", ticks=TICKS)
    assert (ax.get_xscale(), ax.get_xlim()) == ("log", (5, 100))
    assert ax.get_xticks().tolist() == [10, 60]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["10 min", "1 h"]
    assert ax.get_xticks(minor=True).tolist() == []
    assert ax.get_xlabel() == "Time since the dose began"


@pytest.mark.parametrize(("grid", "across"), [("x", False), ("both", True)])
def test_lines_stand_at_the_ticks_and_across_if_asked(ax, grid, across):
    set_time_axis(ax, (5, 100), "", ticks=TICKS, grid=grid)
    assert all(line.get_visible() for line in ax.get_xgridlines())
    assert {line.get_visible() for line in ax.get_ygridlines()} == {across}
    assert ax.get_axisbelow() is True
