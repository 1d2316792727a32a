"""Words of figures: wrapped whole, and no wider than their room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from evidence_tools.display.style import FIGURE_WIDTH, RC
from evidence_tools.display.words import room_of, wrapped, write_sides


def width(words, size=9.0):
    font = FontProperties(family=RC["font.family"], size=size)
    return TextToPath().get_text_width_height_descent(words, font, ismath=False)[0]


@given(
    st.lists(st.text("abcWil-/", min_size=1, max_size=30), min_size=1, max_size=8),
    st.floats(40, 300),
)
def test_no_line_is_wider_than_the_room_and_no_letter_is_lost(words, room):
    found = wrapped(" ".join(words), room, size=9.0)
    assert all(width(line) <= room for line in found.split("\n"))
    assert found.replace("\n", "").replace(" ", "") == "".join(words)


def test_words_that_fit_stay_on_one_line():
    assert wrapped("Taylor 2018 (social anxiety)", 300, size=9.0) == "Taylor 2018 (social anxiety)"
    assert wrapped("", 300, size=9.0) == ""


def test_lines_break_between_words():
    found = wrapped("none (conventional anaesthesia)", width("(conventional") + 1, size=9.0)
    assert found == "none\n(conventional\nanaesthesia)"


def test_room_is_that_of_the_axes_or_of_a_new_figure():
    assert room_of(None, 0.1, 0.9) == pytest.approx(72 * FIGURE_WIDTH * 0.8)
    ax = Figure(figsize=(3, 2)).add_axes((0.2, 0.2, 0.5, 0.5))
    assert room_of(ax, 0.1, 0.9) == pytest.approx(72 * 3 * 0.5)


@pytest.mark.parametrize("limits", [(-1.0, 1.0), (-3.0, 1.0), (-0.5, 2.0)])
def test_sides_meet_at_no_effect(limits):
    ax = Figure().add_subplot()
    ax.set_xlim(*limits)
    write_sides(ax, ("less", "more"))
    zero = -limits[0] / (limits[1] - limits[0])
    left, right = ax.texts
    assert (left.get_text(), left.get_ha()) == ("← less", "right")
    assert (right.get_text(), right.get_ha()) == ("more →", "left")
    assert left.xy[0] < zero < right.xy[0]
    assert (left.xy[0] + right.xy[0]) / 2 == pytest.approx(zero)
