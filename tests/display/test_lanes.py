"""Lanes of time: artists, not pixels."""

import pytest
from matplotlib.colors import to_hex

from drawn import box_of, legend_words, rendered, words
from evidence_tools.display.lanes import Lane, LaneMark, Window, draw_lanes
from evidence_tools.display.style import MARK, MUTED, RUNGS

LEFT, RIGHT = 5.0, 50_000.0


def mark(lower, upper, **others) -> LaneMark:
    words = {"label": "A 2020", "rung": "direct", **others}
    return LaneMark(lower=lower, upper=upper, **words)


def draw(*marks, **others):
    lanes = [Lane(words="Headache", marks=marks, section="Harm")] if marks else []
    return draw_lanes(lanes, limits=(LEFT, RIGHT), **others)


def lines(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def bars(ax):
    """Begin and end of every bar of a mark."""
    plain = [line for line in lines(ax, "None") if to_hex(line.get_color()) != MARK]
    return [tuple(line.get_xdata()) for line in plain]


def arrows(ax):
    """Begin and end of every arrow."""
    found = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    return [(text.xyann[0], text.xy[0]) for text in found]


@pytest.mark.parametrize(
    ("lower", "upper", "bar", "known", "ends"),
    [
        (30, 60, [(30, 60)], [30, 60], []),
        (40, 40, [], [40], []),
        (60, 10 * RIGHT, [(60, RIGHT)], [60], [RIGHT]),
        (0, None, [(LEFT, RIGHT)], None, [RIGHT]),
    ],
    ids=["both", "exact", "beyond the axis", "from the start and open"],
)
def test_an_interval_is_a_bar_with_a_symbol_at_each_known_bound(lower, upper, bar, known, ends):
    ax = draw(mark(lower, upper))
    assert [one for one in bars(ax) if one[0] != one[-1]] == bar
    symbols = [list(line.get_xdata()) for line in lines(ax, RUNGS["direct"].symbol)]
    assert [at for at in symbols if at] == ([known] if known else [])
    assert [end for _, end in arrows(ax)] == ends
    assert "A 2020" in words(ax)
    assert bool(lines(ax, "<")) == (lower == 0)


@pytest.mark.parametrize("lower", [0, None])
def test_from_the_start_is_an_arrowhead_at_the_left_edge(lower):
    ax = draw(mark(lower, 60))
    assert bars(ax) == [(LEFT, 60)]
    (head,) = lines(ax, "<")
    assert list(head.get_xdata()) == [LEFT]
    (symbols,) = lines(ax, RUNGS["direct"].symbol)
    assert list(symbols.get_xdata()) == [60]
    assert "no earlier look: it may be from the start" in legend_words(ax)


def test_seen_at_the_last_look_is_a_symbol_and_an_arrow_with_what_cut_it_off():
    ax = draw(mark(10_080, None, cut_off="next dose"))
    assert bars(ax) == []
    ((begin, end),) = arrows(ax)
    assert (begin, end) == (10_080, pytest.approx(15_120))
    assert "next dose" in words(ax)
    label = next(text for text in ax.texts if text.get_text() == "A 2020")
    assert (label.get_ha(), label.xy[0]) == ("right", 10_080)


def test_what_cannot_decide_is_dotted_and_hollow_and_says_so():
    ax = draw(mark(30, 60, faint=True))
    bar = next(line for line in lines(ax, "None"))
    assert bar.get_linestyle() != "-"
    assert to_hex(bar.get_color()) == MUTED
    (symbols,) = [line for line in ax.lines if list(line.get_xdata()) == [30, 60] and line != bar]
    assert symbols.get_markerfacecolor() == "white"
    assert "cannot decide (the table says why)" in legend_words(ax)
    assert RUNGS["direct"].words not in legend_words(ax)


def test_the_infusion_is_shaded_only_behind_its_own_mark():
    ax = draw(mark(30, 60, infusion=40), mark(30, 60))
    (shade,) = ax.collections
    box = shade.get_paths()[0].get_extents()
    assert (box.x0, box.x1) == (LEFT, 40)
    assert "infusion, where its length is stated" in legend_words(ax)
    assert "infusion, where its length is stated" not in legend_words(draw(mark(30, 60)))


def test_windows_are_shaded_and_named_in_their_own_section():
    windows = [
        Window(words="page: gone", begin=0, end=60, section="Harm"),
        Window(words="page: relief", begin=0, end=60, section="Benefit"),
    ]
    ax = draw(mark(30, 60), windows=windows)
    assert "page: gone" in words(ax)
    assert "page: relief" not in words(ax)
    (shade,) = ax.collections
    box = shade.get_paths()[0].get_extents()
    assert (box.x0, box.x1) == (LEFT, 60)


def test_each_section_has_its_heading_and_its_ticks():
    lanes = [
        Lane(words="Headache", marks=(mark(30, 60),), section="Harm"),
        Lane(words="First seen", marks=(mark(30, 60),), section="Benefit"),
    ]
    ax = draw_lanes(lanes, limits=(LEFT, RIGHT))
    shown = words(ax)
    assert shown.index("Harm") < shown.index("Headache") < shown.index("Benefit")
    assert shown.count("1 wk") == 2
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [
        *("5 min", "15", "30 min", "1 h", "4 h", "1 d", "3 d", "1 wk", "2 wk", "4 wk")
    ]


@pytest.mark.parametrize("span", [(0, 6), (0, 400), (20_000, 49_000), (300, 3000), (0, 4000)])
def test_long_words_stay_on_the_picture_and_off_their_bar(span):
    ax = draw(mark(*span, label="gone: an effect with a long name · A study of 2020 and more"))
    rendered(ax)
    (label,) = [text for text in ax.texts if text.get_text().startswith("gone: ")]
    box = box_of(label, ax)
    assert ax.figure.bbox.x0 <= box.x0
    assert box.x1 <= ax.figure.bbox.x1
    begin, end = (ax.transData.transform((max(at, LEFT), 0))[0] for at in span)
    assert box.x1 <= begin or box.x0 >= end
