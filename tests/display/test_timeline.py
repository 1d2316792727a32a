"""Intervals on an axis of time: artists, not pixels; then the pictures of the real evidence."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Annotation, Text

from drawn import beyond, box_of, covered, legend_words, rendered
from evidence_tools.display.style import MARK, MUTED, RUNGS, SHADE
from evidence_tools.display.timeline import Span, TimelineRow, draw_timeline
from evidence_tools.questions.duration.page import duration_answer
from evidence_tools.questions.onset.page import onset_answer
from evidence_tools.questions.side_effect_times.page import side_effect_timing

LEFT, RIGHT = 10.0, 1000.0
PALE = "pale: somewhere in here"
LOST = "pale: lost somewhere in here"
UNDECIDED = "cannot decide (the table says why)"
INFUSION = Span(words="infusion of 40 minutes", begin=0, end=40, group="Vein")


def row(lower, upper, **others) -> TimelineRow:
    words = {"label": "A study", "rung": "direct", **others}
    return TimelineRow(lower=lower, upper=upper, **words)


def draw(*rows, **others) -> Axes:
    return draw_timeline(rows, **{"limits": (LEFT, RIGHT), **others})


def bars(ax: Axes) -> list[tuple[float, float]]:
    """Begin and end of every bar, from top to bottom and from left to right."""
    return [tuple(line.get_xdata()) for line in bar_lines(ax)]


def bar_lines(ax: Axes):
    return [
        line
        for line in ax.lines
        if line.get_linestyle() != "None" and to_hex(line.get_color()) != MARK
    ]


def symbols(ax: Axes) -> list[list[float]]:
    """The times at which each row has a symbol."""
    return [list(line.get_xdata()) for line in symbol_lines(ax)]


def symbol_lines(ax: Axes):
    return [line for line in ax.lines if line.get_linestyle() == "None"]


def arrows(ax: Axes) -> list[tuple[float, float]]:
    """Where each arrow begins and ends in time."""
    found = [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    return [(arrow.xyann[0], arrow.xy[0]) for arrow in found]


def words(ax: Axes) -> list[str]:
    """Words beside the rows, from top to bottom."""
    plain = [text for text in ax.texts if not isinstance(text, Annotation)]
    return [text.get_text() for text in sorted(plain, key=lambda text: text.get_position()[1])]


def legend_alpha(ax: Axes, entry: str) -> float:
    handles = ax.get_legend().legend_handles
    return handles[legend_words(ax).index(entry)].get_alpha()


def shaded(ax: Axes) -> list[tuple[float, float, float, float]]:
    """Begin and end in time, then top and bottom in rows, of every shaded stretch."""
    boxes = [path.get_extents() for shade in ax.collections for path in shade.get_paths()]
    return [(box.x0, box.x1, box.y0, box.y1) for box in boxes]


# Words


def test_one_label_per_row_in_order():
    names = ["Charlie", "Alpha", "Bravo", "Alpha"]
    ax = draw(*[row(30, 40, label=name) for name in names])
    assert words(ax) == names


def test_a_heading_is_written_once_per_group():
    rows = [row(30, 40, label=str(i), group=group) for i, group in enumerate("AABBC")]
    ax = draw(*rows)
    assert words(ax) == ["A", "0", "1", "B", "2", "3", "C", "4"]
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert bold == ["A", "B", "C"]
    assert words(draw(row(30, 40, label="one"), row(30, 40, label="two"))) == ["one", "two"]


def test_a_bar_stands_below_its_label_and_above_the_next():
    ax = draw(row(30, 40, label="one", group="A"), row(30, 40, label="two", group="B"))
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    first, second = (line.get_ydata()[0] for line in bar_lines(ax))
    assert heights["A"] < heights["one"] < first < heights["B"] < heights["two"] < second
    bottom, top = ax.get_ylim()
    assert top < heights["A"]
    assert second < bottom


def test_a_row_without_time_says_so_and_has_no_bar():
    ax = draw(row(None, None), row(None, None, period=True))
    assert words(ax) == ["A study", "no time given"] * 2
    assert (bars(ax), symbols(ax), arrows(ax)) == ([], [], [])


# Moments


@pytest.mark.parametrize(
    ("lower", "upper", "bar", "ends"),
    [
        (30, 40, (30, 40), [30, 40]),
        (20, 20, (20, 20), [20]),
        (0, 60, (LEFT, 60), [60]),
        (None, 60, (LEFT, 60), [60]),
        (5, 60, (LEFT, 60), [60]),
        (60, 2000, (60, RIGHT), [60]),
    ],
)
def test_a_moment_spans_what_is_possible(lower, upper, bar, ends):
    ax = draw(row(lower, upper))
    assert bars(ax) == [bar]
    assert symbols(ax) == [ends]
    assert len(arrows(ax)) == (upper > RIGHT)


@pytest.mark.parametrize(("lower", "upper"), [(30, 40), (None, 60), (60, None), (60, 2000)])
@pytest.mark.parametrize("faint", [False, True])
def test_the_bar_of_a_moment_is_as_pale_as_that_of_a_loss_and_its_symbols_are_not(
    lower, upper, faint
):
    ax = draw(row(lower, upper, faint=faint), row(0, 400, period=True))
    moment, loss = bar_lines(ax)
    assert moment.get_alpha() == loss.get_alpha() == legend_alpha(ax, LOST) < 0.5
    assert [line.get_alpha() for line in symbol_lines(ax)] == [None, None]


@pytest.mark.parametrize("upper", [None, 2000])
def test_a_moment_that_may_lie_beyond_the_axis_has_an_arrow_to_its_edge(upper):
    ax = draw(row(60, upper))
    ((begin, end),) = arrows(ax)
    assert LEFT < begin < end == RIGHT
    assert bars(ax) == [(60, RIGHT)]


@pytest.mark.parametrize(
    ("lower", "upper", "edge"),
    [*((low, 5, LEFT) for low in (2, 0, None, 5)), (0, 0, LEFT), (2000, 3000, RIGHT)],
)
def test_a_moment_wholly_beside_the_axis_has_an_arrow_to_that_edge(lower, upper, edge):
    ax = draw(row(lower, upper))
    ((begin, end),) = arrows(ax)
    assert end == edge
    assert LEFT < begin < RIGHT
    assert symbols(ax) == [[]]
    assert all(at <= LEFT if edge == LEFT else at >= RIGHT for bar in bars(ax) for at in bar)


# Periods


@pytest.mark.parametrize(
    ("lower", "upper", "full", "pale", "arrow_from"),
    [
        (100, 400, [(LEFT, 100)], [(100, 400)], None),
        (100, None, [(LEFT, 100)], [], 100),
        (0, 400, [], [(LEFT, 400)], None),
        (5000, None, [(LEFT, RIGHT)], [], 0),
    ],
    ids=["lost", "followed no further", "seen at no time", "beyond the axis"],
)
def test_a_period_is_full_until_last_seen_pale_until_gone_with_an_arrow_if_it_goes_on(
    lower, upper, full, pale, arrow_from
):
    ax = draw(row(lower, upper, period=True))
    assert bars(ax) == full + pale
    alphas = [line.get_alpha() for line in bar_lines(ax)]
    assert alphas[: len(full)] == [1] * len(full)
    assert all(alpha < 0.5 for alpha in alphas[len(full) :])
    if arrow_from is None:
        assert arrows(ax) == []
        assert symbols(ax) == [[at for at in (lower, upper) if at]]
    else:
        ((begin, end),) = arrows(ax)
        assert begin == (arrow_from or begin)
        assert LEFT < begin < end <= RIGHT


# Looks


@pytest.mark.parametrize("period", [False, True])
def test_rows_that_cannot_decide_are_dotted_grey_and_hollow(period):
    ax = draw(row(30, 40, faint=True, period=period))
    for bar in bar_lines(ax):
        assert bar.get_color() == MUTED
        assert bar.is_dashed()
    (symbol,) = symbol_lines(ax)
    assert (symbol.get_color(), symbol.get_markerfacecolor()) == (MUTED, "white")
    assert symbol.get_marker() == RUNGS["direct"].symbol


def test_the_legend_names_the_rungs_that_are_there_in_the_order_of_the_ladder():
    ax = draw(row(30, 40, rung="indirect"), row(30, 40, rung="direct"), row(1, 2, rung="direct"))
    assert legend_words(ax) == [RUNGS["direct"].words, RUNGS["indirect"].words, PALE]


def test_the_legend_names_a_rung_only_if_one_of_its_rows_can_decide():
    faint = row(30, 40, rung="direct", faint=True)
    assert legend_words(draw(faint)) == [PALE, UNDECIDED]
    ax = draw(faint, row(30, 40, rung="related"))
    assert legend_words(ax) == [RUNGS["related"].words, PALE, UNDECIDED]
    ax = draw(faint, row(30, 40, rung="direct"))
    assert legend_words(ax) == [RUNGS["direct"].words, PALE, UNDECIDED]


@pytest.mark.parametrize(
    ("upper", "others", "entries"),
    [
        (40, {}, [RUNGS["direct"].words, PALE]),
        (40, {"faint": True}, [PALE, UNDECIDED]),
        (40, {"period": True}, [RUNGS["direct"].words, LOST]),
        (40, {"period": True, "faint": True}, [LOST, UNDECIDED]),
        (30, {}, [RUNGS["direct"].words]),
        (None, {"period": True}, [RUNGS["direct"].words]),
    ],
)
def test_the_legend_explains_a_look_only_where_it_occurs(upper, others, entries):
    assert legend_words(draw(row(30, upper, **others))) == entries


# Context


def test_marks_are_vertical_lines_at_their_minutes_with_their_words():
    marks = {"1 hour": 60.0, "3 hours": 180.0, "half a day": 720.0}
    ax = draw(row(30, 40), marks=marks)
    lines = [line for line in ax.lines if to_hex(line.get_color()) == MARK]
    assert [list(line.get_xdata()) for line in lines] == [[at, at] for at in marks.values()]
    assert all(list(line.get_ydata()) == [0, 1] for line in lines)
    notes = {text.get_text(): text for text in ax.texts if isinstance(text, Annotation)}
    assert {name: note.xy[0] for name, note in notes.items()} == marks
    assert len({note.xyann[1] for note in notes.values()}) == 3


def test_a_span_is_shaded_from_begin_to_end_and_named():
    span = Span(words="infusion of 40 minutes", begin=20, end=40, group="Vein")
    ax = draw(row(30, 40, group="Vein"), marks={"1 hour": 60}, span=span)
    assert shaded(ax) == [(20, 40, 0, 2)]
    (shade,) = ax.collections
    assert shade.get_zorder() < min(artist.get_zorder() for artist in [*ax.lines, *ax.texts])
    assert ax.get_xlim() == (LEFT, RIGHT)
    assert to_hex(shade.get_facecolor()[0]) == SHADE
    assert legend_words(ax)[-1] == "infusion of 40 minutes"
    assert to_hex(ax.get_legend().legend_handles[-1].get_facecolor()) == SHADE


@pytest.mark.parametrize(
    ("groups", "top", "bottom"),
    [
        (["Vein"], 0, 2),
        (["Vein", "Vein", "Nose"], 0, 3),
        (["Nose", "Vein", "Vein"], 2, 5),
        (["Nose", "Nose", "Vein", "Vein", "Mouth"], 3, 6),
        (["Nose", "Mouth", "Vein", "Skin"], 4, 6),
        (["", "Vein"], 1, 3),
    ],
)
def test_a_span_is_shaded_behind_the_rows_of_its_group_with_their_heading(groups, top, bottom):
    rows = [row(30, 40, label=f"row {i}", group=group) for i, group in enumerate(groups)]
    ax = draw(*rows, span=INFUSION)
    assert shaded(ax) == [(LEFT, 40, top, bottom)]
    inside = {text.get_text() for text in ax.texts if top < text.get_position()[1] < bottom}
    names = {f"row {index}" for index, group in enumerate(groups) if group == "Vein"}
    assert inside == {"Vein", *names}
    behind = [top < line.get_ydata()[0] < bottom for line in bar_lines(ax)]
    assert behind == [group == "Vein" for group in groups]
    assert ax.get_ylim() == (len(groups) + len(set(groups) - {""}), 0)


def test_without_a_row_of_its_group_a_span_shades_nothing():
    assert shaded(draw(row(30, 40, group="Nose"), span=INFUSION)) == []
    assert shaded(draw(span=INFUSION)) == []


def test_the_axis_is_logarithmic_with_ticks_within_its_limits():
    ax = draw(row(30, 40), xlabel="Time since the dose began")
    assert ax.get_xscale() == "log"
    assert ax.get_xlim() == (LEFT, RIGHT)
    ticks = dict(zip([t.get_text() for t in ax.get_xticklabels()], ax.get_xticks(), strict=True))
    assert ticks == {"10 min": 10, "30 min": 30, "1 h": 60, "4 h": 240, "12 h": 720}
    assert ax.get_xlabel() == "Time since the dose began"
    assert list(ax.get_yticks()) == []


# The pictures of the real evidence

PICTURES = ["onset", "single", "repeated", "peak", "gone"]


@pytest.fixture(scope="module")
def answers(evidence):
    return onset_answer(evidence), duration_answer(evidence), side_effect_timing(evidence)


@pytest.fixture(scope="module")
def pictures(answers) -> dict[str, Axes]:
    onset, duration, timing = answers
    drawn = {
        "onset": onset.picture(),
        "single": duration.picture("single"),
        "repeated": duration.picture("repeated"),
        "peak": timing.picture("peak"),
        "gone": timing.picture("gone"),
    }
    return {name: rendered(picture.axes) for name, picture in drawn.items()}


@pytest.fixture(scope="module")
def numbers_of_rows(answers) -> dict[str, int]:
    onset, duration, timing = answers
    return {
        "onset": len(onset.on_clock),
        "single": len(duration.single),
        "repeated": len(duration.repeated),
        "peak": len(timing.peak.rows),
        "gone": len(timing.gone.rows),
    }


def labels_of(ax: Axes) -> list[Text]:
    """Labels of rows: plain words that are no heading and no remark."""
    plain = [text for text in ax.texts if not isinstance(text, Annotation)]
    return [
        text for text in plain if text.get_weight() != "bold" and text.get_text() != "no time given"
    ]


@pytest.mark.parametrize("name", PICTURES)
def test_words_of_a_picture_stay_in_the_figure_and_apart(pictures, name):
    """Rows of repeated dosing count from starts of their own: no mark would be right for all."""
    ax = pictures[name]
    assert beyond(ax) == []
    legend = box_of(ax.get_legend(), ax)
    assert 0 <= legend.y0 < legend.y1 <= box_of(ax.xaxis.label, ax).y0
    assert covered(ax) == []
    notes = [text for text in ax.texts if isinstance(text, Annotation) and text.get_text()]
    lines = [line for line in ax.lines if to_hex(line.get_color()) == MARK]
    assert [note.xy[0] for note in notes] == [line.get_xdata()[0] for line in lines]
    assert len(notes) == (0 if name == "repeated" else 2)


@pytest.mark.parametrize("name", ["peak", "gone"])
def test_the_infusion_is_shaded_behind_the_rows_on_infusions_and_no_others(pictures, answers, name):
    ax, timing = pictures[name], answers[2]
    rows = getattr(timing, name).rows
    ((begin, end, top, bottom),) = shaded(ax)
    assert (begin, end) == (ax.get_xlim()[0], timing.infusion) == (5, 40)
    labels = [top < label.get_position()[1] < bottom for label in labels_of(ax)]
    assert sum(labels) == (rows["route"] == "iv").sum() == bottom - top - 1
    headings = [text for text in ax.texts if text.get_weight() == "bold"]
    inside = [text.get_text() for text in headings if top < text.get_position()[1] < bottom]
    assert inside == ["Infusion into a vein"]
    assert len(headings) > 1
    assert "infusion of 40 minutes" in legend_words(ax)
    assert shaded(pictures["onset"]) == shaded(pictures["repeated"]) == []


def test_the_claimed_time_is_shaded_behind_all_rows(pictures, answers):
    ax, duration = pictures["single"], answers[1]
    ((begin, end, top, bottom),) = shaded(ax)
    assert (begin, end) == (duration.one_week, duration.two_weeks) == (10080, 20160)
    assert all(top < text.get_position()[1] < bottom for text in labels_of(ax))
    assert top == 0
    assert any(words.startswith("shaded: 7 days to 2 weeks") for words in legend_words(ax))


def test_every_time_of_the_evidence_is_within_the_limits_of_its_picture(pictures, answers):
    onset, duration, timing = answers
    frames = {
        "onset": onset.on_clock[["lower_min", "upper_min"]],
        "single": duration.single[["seen_until_min", "gone_by_min"]],
        "repeated": duration.repeated[["seen_until_min", "gone_by_min"]],
        "peak": timing.peak.rows[["lower_min", "upper_min"]],
        "gone": timing.gone.rows[["lower_min", "upper_min"]],
    }
    for name, frame in frames.items():
        left, right = pictures[name].get_xlim()
        times = frame.to_numpy(dtype=float)
        times = times[~np.isnan(times) & (times > 0)]
        assert len(times) > 5
        assert times.min() >= left
        assert times.max() <= right


@pytest.mark.parametrize("name", PICTURES)
def test_each_row_has_a_label_and_is_drawn_or_says_that_no_time_is_given(
    pictures, numbers_of_rows, name
):
    ax = pictures[name]
    assert len(labels_of(ax)) == numbers_of_rows[name] > 4
    drawn = {
        round(line.get_ydata()[0], 6)
        for line in [*bar_lines(ax), *symbol_lines(ax)]
        if len(line.get_ydata())
    }
    silent = [text for text in ax.texts if text.get_text() == "no time given"]
    assert len(drawn) + len(silent) == numbers_of_rows[name]
