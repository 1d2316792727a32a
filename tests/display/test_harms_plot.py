"""The figure of side-effect frequencies: dots, intervals, words; artists, not pixels."""

import pytest
from matplotlib.colors import to_hex

import evidence_tools as et
from drawn import beyond, legend_words, words
from evidence_tools.display.harms import HarmMark, HarmRow, draw_harms
from evidence_tools.display.style import HARM_GROUPS

TREATED = HarmMark(group="treated", percent=30, low=20, high=42)
PLACEBO = HarmMark(group="inactive", percent=10, low=4, high=20)
ROWS = [
    HarmRow(label="One: 3 of 10", marks=(TREATED, PLACEBO), group="Headache"),
    HarmRow(label="2 studies pooled", marks=(TREATED, PLACEBO), pooled=True, group="Headache"),
    HarmRow(label="Two: 6 of 20", marks=(TREATED,), group="Nausea"),
]


@pytest.fixture
def ax():
    return draw_harms(ROWS, threshold=10)


def dots(ax):
    return [line for line in ax.lines if len(line.get_xdata()) == 1]


def intervals(ax):
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2]
    return [tuple(line.get_xdata()) for line in lines if line.get_linestyle() == "-"]


def test_every_mark_is_a_dot_in_its_interval(ax):
    assert [line.get_xdata()[0] for line in dots(ax)] == [30, 10, 30, 10, 30]
    assert intervals(ax) == [(20, 42), (4, 20), (20, 42), (4, 20), (20, 42)]
    low, high = ax.get_xlim()
    assert low <= 0
    assert high >= 100


def test_symbol_and_colour_say_who_was_counted_and_filled_dots_are_pooled(ax):
    groups = ["treated", "inactive"] * 2 + ["treated"]
    for place, (dot, group) in enumerate(zip(dots(ax), groups, strict=True)):
        look = HARM_GROUPS[group]
        assert (dot.get_marker(), to_hex(dot.get_color())) == (look.symbol, look.colour)
        assert (to_hex(dot.get_markerfacecolor()) != "#ffffff") == (place in (2, 3))
    assert legend_words(ax) == [HARM_GROUPS[group].words for group in ("treated", "inactive")]


def test_rows_stand_in_order_under_the_heading_of_their_group(ax):
    shown = [text for text in words(ax) if text != "10 of 100"]
    assert shown == ["Headache", ROWS[0].label, ROWS[1].label, "Nausea", ROWS[2].label]
    heights = [text.get_position()[1] for text in ax.texts if text.get_text() != "10 of 100"]
    assert heights == sorted(heights)
    first, second = (dot.get_ydata()[0] for dot in dots(ax)[:2])
    assert heights[1] < first < second < heights[2]


def test_the_threshold_is_a_dashed_line_with_its_words(ax):
    (dashed,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert list(dashed.get_xdata()) == [10, 10]
    assert "10 of 100" in words(ax)
    bare = draw_harms(ROWS)
    assert "10 of 100" not in words(bare)
    assert not [line for line in bare.lines if line.get_linestyle() == "--"]


def test_an_unknown_group_is_named():
    row = HarmRow(label="x", marks=(HarmMark(group="ect", percent=1, low=0, high=2),))
    with pytest.raises(et.UnknownTermError, match="ect"):
        draw_harms([row])


@pytest.mark.parametrize("part", ["named", "unnamed"])
def test_no_word_of_a_picture_is_cut_off(evidence, part):
    assert beyond(et.side_effect_frequency(evidence).picture(part).axes) == []
