"""The figure of side-effect frequencies: dots, intervals, words; artists, not pixels."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import evidence_tools as et
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


def words(ax):
    return [text.get_text() for text in ax.texts]


def dots(ax):
    return [line for line in ax.lines if len(line.get_xdata()) == 1]


def intervals(ax):
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2]
    return [tuple(line.get_xdata()) for line in lines if line.get_linestyle() == "-"]


def test_every_mark_is_a_dot_in_its_interval(ax):
    assert [line.get_xdata()[0] for line in dots(ax)] == [30, 10, 30, 10, 30]
    assert intervals(ax) == [(20, 42), (4, 20), (20, 42), (4, 20), (20, 42)]


def test_symbol_and_colour_say_who_was_counted(ax):
    for dot, group in zip(dots(ax), ["treated", "inactive"] * 2 + ["treated"], strict=True):
        look = HARM_GROUPS[group]
        assert (dot.get_marker(), to_hex(dot.get_color())) == (look.symbol, look.colour)


def test_the_legend_says_it_in_words(ax):
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == [HARM_GROUPS[group].words for group in ("treated", "inactive")]


def test_pooled_dots_are_filled_and_those_of_single_studies_open(ax):
    faces = [to_hex(dot.get_markerfacecolor()) for dot in dots(ax)]
    white = "#ffffff"
    assert [face == white for face in faces] == [True, True, False, False, True]
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert bold == ["Headache", "2 studies pooled", "Nausea"]


def test_rows_stand_in_order_under_the_heading_of_their_group(ax):
    shown = [text for text in words(ax) if text != "10 of 100"]
    assert shown == ["Headache", ROWS[0].label, ROWS[1].label, "Nausea", ROWS[2].label]
    heights = [text.get_position()[1] for text in ax.texts if text.get_text() != "10 of 100"]
    assert heights == sorted(heights)


def test_dots_lie_below_their_words_and_above_the_next(ax):
    of = {text.get_text(): text.get_position()[1] for text in ax.texts}
    first, second = (dot.get_ydata()[0] for dot in dots(ax)[:2])
    assert of["One: 3 of 10"] < first < second < of["2 studies pooled"]


def test_the_threshold_is_a_dashed_line_with_its_words(ax):
    (dashed,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert list(dashed.get_xdata()) == [10, 10]
    assert "10 of 100" in words(ax)
    bare = draw_harms(ROWS)
    assert "10 of 100" not in words(bare)
    assert not [line for line in bare.lines if line.get_linestyle() == "--"]


def test_the_axis_holds_every_percent(ax):
    low, high = ax.get_xlim()
    assert low <= 0
    assert high >= 100
    assert "%" in ax.get_xlabel()


def test_without_rows_the_figure_says_so():
    ax = draw_harms([])
    assert words(ax) == ["nobody counted it"]
    assert ax.get_legend() is None
    assert dots(ax) == []


def test_the_axes_given_are_drawn_into_and_no_figure_is_opened():
    before = plt.get_fignums()
    mine = Figure().add_subplot()
    assert draw_harms(ROWS, ax=mine) is mine
    assert plt.get_fignums() == before


def test_an_unknown_group_is_named():
    row = HarmRow(label="x", marks=(HarmMark(group="ect", percent=1, low=0, high=2),))
    with pytest.raises(et.UnknownTermError, match="ect"):
        draw_harms([row])


@pytest.mark.parametrize("part", ["named", "unnamed"])
def test_no_word_of_the_shipped_figures_is_cut_off(evidence, part):
    picture = et.side_effect_frequency(evidence).picture(part)
    axes, figure = picture.axes, picture.figure
    assert picture.png()  # drawing it puts every word in its place
    width, height = figure.bbox.width, figure.bbox.height
    legend = axes.get_legend()
    for drawn in [*axes.texts, legend, axes.xaxis.label]:
        box = drawn.get_window_extent()
        assert 0 <= box.x0 < box.x1 <= width, drawn
        assert 0 <= box.y0 < box.y1 <= height, drawn
    assert legend.get_window_extent().y1 <= axes.xaxis.label.get_window_extent().y0 + 1
