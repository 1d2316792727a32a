"""Contrasts, their pooled effect and published estimates: artists, not pixels."""

import math
from dataclasses import replace

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawn import beyond, box_of, covered, legend_words, rendered, ticks, words
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.display.forest import OUTSIDE, Diamond, ForestRow, draw_forest
from evidence_tools.display.style import INK, MARK, MUTED
from evidence_tools.questions.size_of_benefit.page import pooled_answers
from evidence_tools.questions.size_of_benefit.page_published import comparators

FAVOURS = ["← favours ketamine", "favours control →"]
PREDICTION = "where a new study would be expected (prediction interval)"
POOLED = "pooled effect and its interval"
CELLS = {"dose": "ketamine 0.5 mg/kg", "comparator": "saline", "time": "24 h after dose", "n": "18"}


def row(yi=-0.5, low=-1.0, high=-0.25, *, label="A trial", rung="direct", **cells) -> ForestRow:
    return ForestRow(label=label, rung=rung, yi=yi, low=low, high=high, **cells)


def diamond(estimate=-0.4, low=-0.9, high=0.1, *, label="All together", **prediction) -> Diamond:
    return Diamond(label=label, estimate=estimate, low=low, high=high, **prediction)


PREDICTED = diamond(pi_low=-1.6, pi_high=0.8)


def labels(ax: Axes) -> list[str]:
    """Names of the rows, from top to bottom; a wrapped one in one line."""
    named = [text for text in ax.texts if text.get_color() == INK]
    ordered = sorted(named, key=lambda text: text.get_position()[1])
    return [text.get_text().replace("\n", " ") for text in ordered]


def cells(ax: Axes) -> dict[str, list]:
    """Words of the columns by heading, from top to bottom, with the texts themselves."""
    muted = [text for text in ax.texts if text.get_color() == MUTED]
    small = [text for text in muted if text.get_text() not in FAVOURS]
    headings = [t for t in small if t.get_weight() == "bold" and t.get_text() != OUTSIDE]
    plain = sorted((t for t in small if t not in headings), key=lambda t: t.get_position()[1])
    return {
        heading.get_text(): [t for t in plain if t.get_position()[0] == heading.get_position()[0]]
        for heading in headings
    }


def in_data(ax: Axes):
    """Lines that begin and end at an effect; those across the whole axes are left out."""
    return [line for line in ax.lines if line.get_transform() == ax.transData]


def intervals(ax: Axes):
    return [x for x in in_data(ax) if x.get_marker() == "None" and x.get_color() != MARK]


def symbols(ax: Axes):
    return [line for line in in_data(ax) if line.get_marker() != "None"]


def predictions(ax: Axes):
    return [line for line in in_data(ax) if line.get_color() == MARK]


def separators(ax: Axes) -> list[float]:
    """Heights of the lines from side to side."""
    across = [line for line in ax.lines if line.get_transform() != ax.transData]
    return [line.get_ydata()[0] for line in across if line.get_color() != INK]


def ends(ax: Axes) -> list[tuple[float, float]]:
    return [tuple(line.get_xdata()) for line in intervals(ax)]


def heights(lines) -> list[float]:
    return [line.get_ydata()[0] for line in lines]


def test_a_figure_grows_with_its_rows_and_what_stands_below_them():
    rows = [row()] * 3
    drawn = [
        draw_forest(rows[:2]),
        draw_forest(rows),
        draw_forest([row(**CELLS)] * 3),
        draw_forest([*rows, diamond(), diamond()]),
        draw_forest([*rows, diamond(), PREDICTED]),
        draw_forest([*rows, diamond(), PREDICTED], outside=[row()]),
        draw_forest([*rows, diamond(), PREDICTED], outside=[row()] * 2),
    ]
    sizes = [ax.figure.get_figheight() for ax in drawn]
    assert sizes == sorted(set(sizes))


# Rows


def test_one_label_per_row_in_order_with_its_interval_below():
    names = ["Charlie", "Alpha", "Bravo", "Alpha"]
    ax = draw_forest([row(label=name) for name in names])
    assert labels(ax) == names
    named = sorted(t.get_position()[1] for t in ax.texts if t.get_color() == INK)
    order = [at for pair in zip(named, heights(intervals(ax)), strict=True) for at in pair]
    bottom, top = ax.get_ylim()
    assert order == sorted(order)
    assert top < order[0]
    assert order[-1] < bottom


def test_intervals_and_effects_stand_where_they_were_given():
    ax = draw_forest([row(-1.17, -1.89, -0.44), row(-0.42, -0.84, 0.003)])
    assert ends(ax) == [(-1.89, -0.44), (-0.84, 0.003)]
    assert [list(line.get_xdata()) for line in symbols(ax)] == [[-1.17], [-0.42]]
    assert heights(intervals(ax)) == heights(symbols(ax))


def test_an_unknown_rung_is_an_error():
    with pytest.raises(UnknownTermError, match="nearby"):
        draw_forest([row(rung="nearby")])


def test_the_symbol_grows_with_the_weight_and_the_weight_is_written():
    weights = [0.0, 0.01, 0.1, 0.4, 0.9, 1.0]
    ax = draw_forest([row(weight=w) for w in weights])
    sizes = [line.get_markersize() for line in symbols(ax)]
    assert sizes == sorted(set(sizes))
    areas = [(size - sizes[0]) ** 2 for size in sizes]
    assert areas == pytest.approx([area * areas[-1] for area in weights])
    written = [text.get_text() for text in cells(ax)["weight"]]
    assert written == ["0%", "1%", "10%", "40%", "90%", "100%"]


def test_where_nothing_is_pooled_no_weight_is_shown():
    """Rows of different questions were drawn as if each carried the whole weight."""
    ax = draw_forest([row(**CELLS), row(-2, -3, -1, **CELLS)])
    assert "weight" not in cells(ax)
    assert [word for word in words(ax) if "%" in word] == []
    assert len({symbol.get_markersize() for symbol in symbols(ax)}) == 1


# Columns


def test_cells_stand_in_columns_under_their_headings():
    second = {"dose": "esketamine 0.2 mg/kg", "comparator": "midazolam", "time": "7 d", "n": "204"}
    ax = draw_forest([row(**CELLS, weight=0.3), row(**second, weight=0.7)])
    found = {name: [text.get_text() for text in texts] for name, texts in cells(ax).items()}
    assert found == {
        "drug and dose": ["ketamine 0.5 mg/kg", "esketamine 0.2 mg/kg"],
        "against": ["saline", "midazolam"],
        "time": ["24 h after dose", "7 d"],
        "n": ["18", "204"],
        "weight": ["30%", "70%"],
    }
    assert cells(draw_forest([row()])) == {}
    for index in range(2):
        heights_of_row = {texts[index].get_position()[1] for texts in cells(ax).values()}
        assert len(heights_of_row) == 1


def test_a_detail_stands_where_a_review_has_no_drug_and_no_control():
    ax = draw_forest([row(**CELLS), row(detail="against felt controls", dose="x", time="1 d")])
    found = [text.get_text() for text in cells(ax)["drug and dose"]]
    assert found == ["ketamine 0.5 mg/kg", "against felt controls"]
    assert "x" not in words(ax)


def test_a_long_cell_is_wrapped_within_its_column_and_makes_room():
    control = "none (conventional anaesthesia)"
    ax = draw_forest([row(**CELLS | {"comparator": control}), row(**CELLS)])
    (wrapped, _) = cells(ax)["against"]
    assert wrapped.get_text() == "none\n(conventional\nanaesthesia)"
    assert beyond(ax) == covered(ax) == []
    short = draw_forest([row(**CELLS), row(**CELLS)])
    assert ax.figure.get_figheight() > short.figure.get_figheight()


# Legend


def test_the_legend_names_each_rung_once_from_the_nearest_on_outside_included():
    ax = draw_forest([row(rung="indirect"), row(rung="direct")] * 2, outside=[row(rung="related")])
    assert [word.rpartition("(")[2] for word in legend_words(ax)] == [
        *("direct)", "related)", "indirect)")
    ]


# The pooled effect


def test_the_diamond_has_its_corners_at_the_interval_and_the_estimate():
    ax = draw_forest([row(), row(), diamond(-0.4, -0.9, 0.1)])
    (shape,) = ax.patches
    corners = shape.get_xy()[:4]
    assert corners[:, 0].tolist() == [-0.9, -0.4, 0.1, -0.4]
    left, top, right, bottom = corners[:, 1]
    assert left == right == pytest.approx((top + bottom) / 2)
    assert heights(intervals(ax))[-1] < top < bottom < ax.get_ylim()[0]


def test_the_prediction_interval_is_a_thin_line_of_its_own_colour_named_in_the_legend():
    ax = draw_forest([row(), PREDICTED])
    (line,) = predictions(ax)
    assert list(line.get_xdata()) == [-1.6, 0.8]
    assert line.get_linewidth() < intervals(ax)[0].get_linewidth()
    assert legend_words(ax)[1:] == [POOLED, PREDICTION]
    handle = ax.get_legend().legend_handles[-1]
    assert (handle.get_color(), handle.get_linewidth()) == (MARK, line.get_linewidth())


@pytest.mark.parametrize(
    "pooled",
    [diamond(), diamond(pi_low=-1.0), diamond(pi_high=1.0)],
    ids=["neither end", "lower end only", "upper end only"],
)
def test_without_a_prediction_interval_there_is_no_line_and_no_room_for_it(pooled):
    ax = draw_forest([row(), pooled])
    assert predictions(ax) == []
    assert legend_words(ax)[1:] == [POOLED]
    assert ax.get_ylim()[0] < draw_forest([row(), PREDICTED]).get_ylim()[0]


def test_each_question_can_have_a_diamond_of_its_own():
    ax = draw_forest([row(label="A"), diamond(label="One"), row(label="B"), diamond(label="Two")])
    assert labels(ax) == ["A", "One", "B", "Two"]
    tops = [shape.get_xy()[:, 1].min() for shape in ax.patches]
    first, second = heights(intervals(ax))
    assert first < tops[0] < second < tops[1]


@pytest.mark.parametrize("outside", [[], [row()]], ids=["alone", "with others"])
def test_the_prediction_interval_touches_neither_diamond_nor_line_nor_axis(outside):
    """It lay on the separating line, or on the axis where nothing stood below."""
    ax = draw_forest([row(), PREDICTED], outside=outside)
    (height,) = heights(predictions(ax))
    lowest = ax.patches[0].get_xy()[:, 1].max()
    below = separators(ax)[0] if outside else ax.get_ylim()[0]
    assert lowest + 0.05 < height < below - 0.05


# Published estimates


def test_published_estimates_stand_below_a_line_in_order():
    others = [row(label="Review B"), row(label="Review A")]
    ax = draw_forest([row(label="Ours"), diamond()], outside=others)
    assert labels(ax) == ["Ours", "All together", "Review B", "Review A"]
    (line,) = separators(ax)
    at = {text.get_text(): text.get_position()[1] for text in ax.texts}
    lowest = ax.patches[0].get_xy()[:, 1].max()
    assert at["All together"] < lowest < line < at[OUTSIDE] < at["Review B"]
    assert [height > line for height in heights(intervals(ax))] == [False, True, True]


def test_published_estimates_alone_stand_below_the_word_that_there_are_none_of_ours():
    ax = draw_forest([], outside=[row(label="A review")], empty="none of ours")
    assert labels(ax) == ["A review"]
    at = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert 0 < at["none of ours"] < separators(ax)[0] < at["A review"]
    assert beyond(ax) == covered(ax) == []


def test_the_largest_symbol_does_not_touch_the_separating_line():
    ax = draw_forest([row(rung="indirect", weight=1.0)], outside=[row()])
    rendered(ax)
    symbol = symbols(ax)[0]
    half = symbol.get_markersize() / math.sqrt(2) * ax.figure.dpi / 72
    (bottom, line) = (
        ax.transData.transform((0, y))[1] for y in (symbol.get_ydata()[0], separators(ax)[0])
    )
    assert bottom - half > line


# The axis

EXTREMES = {
    "one row": [(-0.5, -1.0, -0.25)],
    "all below zero": [(-1.17, -1.89, -0.44)],
    "all above zero": [(1.0, 0.5, 1.5)],
    "far below zero": [(-28.0, -40.0, -16.0)],
    "far above zero": [(15.0, 3.0, 30.0)],
    "huge": [(-2000.0, -30000.0, 26000.0)],
    "narrow and near zero": [(0.0, -0.01, 0.01)],
    "a tick at the left edge": [(-1.0, -1.846, -0.5)],
    "a tick at the right edge": [(1.0, 0.5, 1.846)],
    "thirty rows": [(0.1 * i - 1.5, 0.1 * i - 2.0, 0.1 * i - 1.0) for i in range(30)],
    "nothing": [],
}


@pytest.mark.parametrize("at", [-9.0, 9.0])
def test_the_axis_covers_diamond_prediction_interval_and_published_estimates(at):
    reach = sorted((at, 0.0))
    for others in (
        {"rows": [row(), diamond(at / 2, *reach)]},
        {"rows": [row(), diamond(pi_low=reach[0], pi_high=reach[1])]},
        {"rows": [row()], "outside": [row(at / 2, *reach)]},
    ):
        left, right = draw_forest(**others).get_xlim()
        assert left < at < right


@pytest.mark.parametrize("pooled", [False, True], ids=["rows only", "pooled"])
@pytest.mark.parametrize("name", EXTREMES)
def test_all_words_stay_in_the_figure_and_apart_and_the_axis_covers_all(name, pooled):
    rows = [row(*numbers, **CELLS, weight=0.25) for numbers in EXTREMES[name]]
    review = row(label="A review", detail="24 h after the first infusion, all controls", n="1101")
    others = {"rows": [*rows, PREDICTED], "outside": [review]} if pooled else {"rows": rows}
    ax = draw_forest(**others)
    assert beyond(ax) == covered(ax) == []
    assert len(ticks(ax.xaxis)) >= 3
    left, right = ax.get_xlim()
    assert left < min([0, *(low for _, low, _ in EXTREMES[name])])
    assert right > max([0, *(high for _, _, high in EXTREMES[name])])
    boxes = {text.get_text(): box_of(text, ax) for text in ax.texts}
    zero = ax.transData.transform((0, 0))[0]
    assert boxes[FAVOURS[0]].x1 < zero < boxes[FAVOURS[1]].x0


@pytest.mark.parametrize("kind", [row, diamond])
@pytest.mark.parametrize("name", ["a long name of a trial, " * 8, "W" * 200, "little " * 40])
def test_very_long_labels_are_wrapped_whole(kind, name):
    """They ran out of the figure, and later they were cut."""
    ax = draw_forest([row(label="first"), kind(label=name.strip()), row(label="last")])
    assert beyond(ax) == covered(ax) == []
    assert [label.replace(" ", "") for label in labels(ax)] == [
        *("first", name.replace(" ", ""), "last")
    ]


def test_words_are_wrapped_to_axes_of_another_width():
    figure = Figure(figsize=(3, 4))
    ax = draw_forest([row(label="a long name of a trial " * 2, **CELLS)], ax=figure.add_subplot())
    rendered(ax)
    (name,) = [text for text in ax.texts if text.get_color() == INK]
    assert box_of(name, ax).x1 <= ax.get_window_extent().x1 + 1


def test_empty_input_says_so_and_draws_nothing():
    ax = draw_forest([], empty="no trial was found")
    assert set(words(ax)) == {"no trial was found", *FAVOURS}
    assert ax.get_legend() is None
    assert intervals(ax) == symbols(ax) == predictions(ax) == separators(ax) == []
    assert list(ax.patches) == []


# Ratios


RATIOS = {
    "narrow": (0.95, 0.9, 1.0),
    "usual": (0.6, 0.3, 1.4),
    "below one": (0.1, 0.03, 0.4),
    "above one": (4.0, 2.0, 8.0),
    "wide": (2.0, 0.05, 40.0),
    "huge": (3.0, 1e-4, 2e4),
    "beyond all": (1.0, 1e-12, 1e12),
    "beyond belief": (1.0, 1e-150, 1e150),
}


@pytest.mark.parametrize("name", RATIOS)
def test_ticks_of_ratios_stand_at_their_logs_are_several_and_do_not_cover_each_other(name):
    """A narrow axis showed the 1 alone; on a wide one 0.1, 0.25 and 0.5 lay on each other."""
    ax = draw_forest([row(*map(math.log, RATIOS[name])), diamond(0, 0, 0)], ratio=True)
    shown = dict(zip((t.get_text() for t in ax.get_xticklabels()), ax.get_xticks(), strict=True))
    assert list(shown.values()) == pytest.approx([math.log(float(ratio)) for ratio in shown])
    left, right = ax.get_xlim()
    assert all(left <= at <= right for at in shown.values())
    assert shown["1"] == 0
    assert len(ticks(ax.xaxis)) >= 3
    assert beyond(ax) == covered(ax) == []


# The pictures of the real evidence

WINDOWS = {"onset": ("4h", "12h", "24h"), "duration": ("2-3d", "7d", "14d", "28d")}


@pytest.fixture(scope="module", params=WINDOWS.values(), ids=WINDOWS)
def answers(evidence, request):
    return pooled_answers(evidence, *request.param)


@pytest.mark.parametrize("outside", [(), ("anxiety", "ptsd")], ids=["ours", "with reviews"])
def test_no_words_of_a_picture_stand_outside_the_figure_or_on_each_other(answers, outside):
    ax = replace(answers, beside=outside).picture().axes
    assert len(labels(ax)) == len(intervals(ax)) > 0
    assert len(separators(ax)) == bool(outside)
    assert beyond(ax) == covered(ax) == []


CONSTRUCTS = [("anxiety",), ("ptsd", "ocd")]


@pytest.mark.parametrize("constructs", CONSTRUCTS)
def test_a_picture_shows_every_published_estimate_with_an_interval(evidence, constructs):
    answer = comparators(evidence, *constructs)
    ax = answer.picture().axes
    rows, told = answer.drawn, answer.forest_rows()
    assert len({(row.label, row.detail, row.time) for row in told}) == len(told)
    assert len(labels(ax)) == len(symbols(ax)) == len(rows) > 0
    assert ends(ax) == list(zip(rows["yi_low"], rows["yi_high"], strict=True))
    assert labels(ax) == list(rows["label"])
    assert beyond(ax) == covered(ax) == []


def test_background_on_other_drugs_and_depression_is_never_drawn_as_anxiety(evidence):
    answer = comparators(evidence, "anxiety")
    assert "context" not in set(answer.rows["directness"])
    assert "review-others" not in set(answer.rows["study_id"])
    assert "review-others" in set(evidence.results["study_id"])


def test_nothing_published_is_said_in_the_figure(evidence):
    nothing = comparators(evidence, "no such construct")
    assert repr(nothing.table()) == "No review gives a pooled result."
    picture = nothing.picture()
    assert "no published estimate with an interval" in words(picture.axes)
    assert picture.alt == "Published pooled estimates, negative favours ketamine. None."
