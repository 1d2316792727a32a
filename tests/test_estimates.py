"""Published estimates around the line of no effect: artists, not pixels."""

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from evidence_tools.plots.estimates import EstimateRow, draw_estimates
from evidence_tools.report.comparators import comparators
from evidence_tools.style import INK, RUNGS

FAVOURS = ["← favours ketamine", "favours control →"]


def row(low=-1.0, estimate=-0.5, high=-0.25, *, label="A review", rung="direct") -> EstimateRow:
    return EstimateRow(label=label, rung=rung, estimate=estimate, low=low, high=high)


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def labels(ax: Axes) -> list[str]:
    return [name for name in words(ax) if name not in FAVOURS]


def intervals(ax: Axes):
    """Lines of the intervals; the line of no effect and the symbols left out."""
    return [line for line in ax.lines if line.get_marker() == "None" and line.get_color() != INK]


def symbols(ax: Axes):
    return [line for line in ax.lines if line.get_marker() != "None"]


def draw(ax: Axes) -> None:
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()


def extent(text, ax: Axes):
    return text.get_window_extent(ax.figure.canvas.get_renderer())


def outside(ax: Axes) -> list[str]:
    """Words that are drawn beyond the edge of the figure; ticks beyond the axis are not drawn."""
    draw(ax)
    left, right = ax.get_xlim()
    ticks = [
        label
        for label, at in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)
        if left <= at <= right
    ]
    assert len(ticks) >= 3
    beyond = []
    for text in [*ax.texts, *ticks, ax.xaxis.label]:
        box = extent(text, ax)
        across = box.x0 < 0 or box.x1 > ax.figure.bbox.width
        if across or box.y0 < 0 or box.y1 > ax.figure.bbox.height:
            beyond.append(text.get_text())
    return beyond


def test_the_axes_that_were_passed_come_back():
    figure = Figure()
    ax = figure.add_subplot()
    assert draw_estimates([row()], ax=ax) is ax
    assert figure.axes == [ax]
    assert labels(ax) == ["A review"]


def test_without_axes_each_call_makes_a_figure_that_grows_with_its_rows():
    drawn = [draw_estimates([row()] * number) for number in (2, 3, 10)]
    heights = [ax.figure.get_figheight() for ax in drawn]
    assert heights == sorted(set(heights))


def test_global_settings_are_left_alone():
    before = dict(mpl.rcParams)
    ax = draw_estimates([row()])
    assert dict(mpl.rcParams) == before
    assert ax.xaxis.label.get_fontsize() != before["font.size"]


def test_one_label_per_row_in_order():
    names = ["Charlie", "Alpha", "Bravo"]
    ax = draw_estimates([row(label=name) for name in names])
    assert labels(ax) == names
    heights = [text.get_position()[1] for text in ax.texts if text.get_text() in names]
    bottom, top = ax.get_ylim()
    assert top < heights[0] < heights[1] < heights[2] < bottom


def test_intervals_and_estimates_stand_where_they_were_given():
    ax = draw_estimates([row(-1.89, -1.17, -0.44), row(-0.84, -0.42, 0.003)])
    assert [list(line.get_xdata()) for line in intervals(ax)] == [[-1.89, -0.44], [-0.84, 0.003]]
    assert [list(line.get_xdata()) for line in symbols(ax)] == [[-1.17], [-0.42]]
    for line, symbol in zip(intervals(ax), symbols(ax), strict=True):
        assert set(line.get_ydata()) == set(symbol.get_ydata())


@pytest.mark.parametrize("name", RUNGS)
def test_each_rung_has_its_colour_and_symbol(name):
    ax = draw_estimates([row(rung=name)])
    look = RUNGS[name]
    (line,), (symbol,) = intervals(ax), symbols(ax)
    assert (line.get_color(), symbol.get_color()) == (look.colour, look.colour)
    assert symbol.get_marker() == look.symbol


def test_the_line_of_no_effect_stands_at_zero():
    (line,) = [line for line in draw_estimates([row()]).lines if line.get_color() == INK]
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([0, 0], [0, 1])


EXTREMES = {
    "all below zero": [(-1.89, -1.17, -0.44)],
    "all above zero": [(0.5, 1.0, 1.5)],
    "far below zero": [(-40.0, -28.0, -16.0)],
    "far above zero": [(3.0, 15.0, 30.0)],
    "narrow and near zero": [(-0.01, 0.0, 0.01)],
    "a tick at the left edge": [(-1.846, -1.0, -0.5)],
    "a tick at the right edge": [(0.5, 1.0, 1.846)],
    "both sides": [(-2.0, 0.0, 2.0)],
    "nothing": [],
}


@pytest.mark.parametrize("rows", EXTREMES.values(), ids=EXTREMES)
def test_the_axis_covers_every_interval_and_zero(rows):
    left, right = draw_estimates([row(*numbers) for numbers in rows]).get_xlim()
    assert left < min([0, *(low for low, _, _ in rows)])
    assert right > max([0, *(high for _, _, high in rows)])


@pytest.mark.parametrize("rows", EXTREMES.values(), ids=EXTREMES)
def test_words_on_both_sides_of_zero_stay_in_the_figure(rows):
    """The words left of zero ran out of the figure where all intervals lay above zero."""
    ax = draw_estimates([row(*numbers) for numbers in rows])
    assert outside(ax) == []


@pytest.mark.parametrize("rows", EXTREMES.values(), ids=EXTREMES)
def test_words_stand_on_their_own_side_of_zero(rows):
    ax = draw_estimates([row(*numbers) for numbers in rows])
    draw(ax)
    zero = ax.transData.transform((0, 0))[0]
    boxes = {text.get_text(): extent(text, ax) for text in ax.texts}
    assert boxes[FAVOURS[0]].x1 < zero < boxes[FAVOURS[1]].x0


def test_words_of_the_axis_and_of_its_sides_can_be_given():
    ax = draw_estimates([row()], xlabel="Points of HAM-A", favours=("less", "more"))
    assert ax.get_xlabel() == "Points of HAM-A"
    assert {"← less", "more →"} <= set(words(ax))
    assert not set(FAVOURS) & set(words(ax))


def test_empty_input_says_so_and_draws_nothing():
    ax = draw_estimates([], empty="no published estimate")
    assert labels(ax) == ["no published estimate"]
    assert intervals(ax) == symbols(ax) == []


def test_the_sentence_for_empty_input_is_not_written_over_rows():
    assert labels(draw_estimates([row()], empty="nothing")) == ["A review"]


# The pictures of the real evidence


CONSTRUCTS = [("anxiety",), ("ptsd", "ocd"), ("depression",)]


@pytest.mark.parametrize("constructs", CONSTRUCTS)
def test_no_words_of_a_picture_stand_outside_the_figure(evidence, constructs):
    assert outside(comparators(evidence, *constructs).picture().axes) == []


@pytest.mark.parametrize(("constructs", "drawn"), [(("anxiety",), 6), (("ptsd", "ocd"), 6)])
def test_a_picture_shows_every_estimate_with_an_interval(evidence, constructs, drawn):
    answer = comparators(evidence, *constructs)
    ax = answer.picture().axes
    assert len(labels(ax)) == len(intervals(ax)) == len(symbols(ax)) == len(answer.drawn) == drawn
    shown = [tuple(line.get_xdata()) for line in intervals(ax)]
    rows = answer.drawn
    assert shown == list(zip(rows["yi_low"], rows["yi_high"], strict=True))


@pytest.mark.parametrize("constructs", CONSTRUCTS[:2])
def test_labels_of_a_picture_tell_its_rows_apart(evidence, constructs):
    """A comma was left at the end of a name: "Marchi 2022,: subgroup"."""
    names = labels(comparators(evidence, *constructs).picture().axes)
    assert len(set(names)) == len(names)
    assert [name for name in names if ",:" in name or ", ," in name] == []


def test_background_on_other_drugs_and_depression_is_never_drawn_as_anxiety(evidence):
    answer = comparators(evidence, "anxiety")
    assert "context" not in set(answer.rows["directness"])
    assert "slee-2019" not in set(answer.rows["study_id"])
    assert "slee-2019" in set(evidence.results["study_id"])
