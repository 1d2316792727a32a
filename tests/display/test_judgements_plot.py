"""Lights and shares of risk of bias: artists, not pixels."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from evidence_tools.display.judgements import LightRow, ShareRow, draw_lights, draw_shares
from evidence_tools.display.style import FIGURE_WIDTH, JUDGEMENT_WORDS, JUDGEMENTS
from evidence_tools.questions.who_was_studied.risk_of_bias import HEADS, risk_of_bias

DOMAINS = ["One", "Two", "Three"]


def lights(*rows) -> Axes:
    return draw_lights([LightRow(label=name, lights=words) for name, words in rows], DOMAINS)


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def fields(ax: Axes) -> list[str]:
    return [to_hex(patch.get_facecolor()) for patch in ax.patches if isinstance(patch, Rectangle)]


def beyond(ax: Axes) -> list[str]:
    """Words that are drawn over the edge of the figure."""
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    renderer, whole = ax.figure.canvas.get_renderer(), ax.figure.bbox
    ticks = [label for tick in ax.xaxis.get_major_ticks() for label in (tick.label1, tick.label2)]
    shown = [*ax.texts, ax.xaxis.label, *(label for label in ticks if label.get_visible())]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    return [
        name
        for name, box in boxes
        if name and (box.x0 < 0 or box.x1 > whole.width or box.y0 < 0 or box.y1 > whole.height)
    ]


def test_each_light_has_a_colour_a_symbol_and_a_word():
    for name, look in JUDGEMENTS.items():
        ax = lights(("A trial", (name, None, None)))
        assert fields(ax) == [look.colour]
        assert words(ax) == ["A trial", f"{look.symbol} {look.words}", "–", "–"]


def test_no_two_judgements_share_a_colour_a_symbol_or_a_word():
    looks = list(JUDGEMENTS.values())
    for attribute in ("colour", "symbol", "words"):
        assert len({getattr(look, attribute) for look in looks}) == len(looks)


def test_no_information_is_a_judgement_and_not_an_empty_field():
    judged = lights(("A", ("no-information",) * 3))
    assert len(fields(judged)) == 3
    assert len(fields(lights(("A", (None,) * 3)))) == 0


def test_trials_stand_in_order_under_each_other_and_domains_above_and_below():
    ax = lights(("Charlie", ("low",) * 3), ("Alpha", ("high",) * 3))
    names = [text for text in ax.texts if text.get_text() in ("Charlie", "Alpha")]
    assert [text.get_text() for text in names] == ["Charlie", "Alpha"]
    heights = [text.get_position()[1] for text in names]
    assert heights == sorted(heights)
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first trial is on top"
    assert [label.get_text() for label in ax.get_xticklabels()] == DOMAINS * 2
    tick = ax.xaxis.get_major_ticks()[0]
    assert tick.label1.get_visible()
    assert tick.label2.get_visible()


def test_the_axes_that_were_passed_come_back_and_settings_stay():
    before = dict(mpl.rcParams)
    figure = Figure()
    ax = figure.add_subplot()
    assert draw_lights([], DOMAINS, ax=ax) is ax
    assert draw_shares([], ax=ax) is ax
    assert figure.axes == [ax]
    assert dict(mpl.rcParams) == before


def test_nothing_judged_is_said():
    assert words(draw_lights([], DOMAINS)) == ["no trial was judged"]
    empty = draw_shares([])
    assert words(empty) == ["no trial was judged"]
    assert empty.get_legend() is None


def test_figures_grow_with_their_rows_and_keep_the_width_of_a_phone():
    heights = [
        lights(*[(str(n), ("low",) * 3) for n in range(number)]).figure.get_figheight()
        for number in (2, 5, 30)
    ]
    assert heights == sorted(set(heights))
    assert lights(("A", ("low",) * 3)).figure.get_figwidth() == FIGURE_WIDTH


# --- shares ---


def test_the_parts_of_a_bar_follow_each_other_from_low_to_high():
    shares = {"high": 0.25, "low": 0.5, "no-information": 0.25}
    ax = draw_shares([ShareRow(label="Missing data", shares=shares)])
    parts = [(patch.get_x(), patch.get_width()) for patch in ax.patches]
    assert parts == [(0, 0.5), (0.5, 0.25), (0.75, 0.25)]
    assert fields(ax) == [JUDGEMENTS[n].colour for n in ("low", "no-information", "high")]
    assert words(ax) == ["Missing data", "+ 50%", "? 25%", "× 25%"]


def test_a_part_too_narrow_for_words_has_none_and_stands_in_the_legend():
    ax = draw_shares([ShareRow(label="A", shares={"low": 0.96, "high": 0.04})])
    assert words(ax) == ["A", "+ 96%"]
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == [f"{JUDGEMENTS[n].symbol}  {JUDGEMENT_WORDS[n]}" for n in ("low", "high")]


# --- the shipped judgements ---


@pytest.mark.parametrize("part", ["near", "indirect", "others"])
def test_no_words_of_the_shipped_lights_are_cut_off_or_run_into_each_other(evidence, part):
    ax = risk_of_bias(evidence).picture(part).axes
    assert beyond(ax) == []
    renderer = ax.figure.canvas.get_renderer()
    field = ax.transData.transform([(0.94, 0), (0, 0)])
    widest = field[0][0] - field[1][0]
    inside = {f"{look.symbol} {look.words}" for look in JUDGEMENTS.values()}
    for text in ax.texts:
        if text.get_text() in inside:
            assert text.get_window_extent(renderer).width <= widest


def test_no_words_of_the_shipped_shares_are_cut_off(evidence):
    ax = risk_of_bias(evidence).picture("shares").axes
    assert beyond(ax) == []
    box = ax.get_legend().get_window_extent(ax.figure.canvas.get_renderer())
    assert box.y0 >= 0
    assert box.x1 <= ax.figure.bbox.width


def test_the_shipped_lights_are_those_of_the_table(evidence):
    judged = evidence.risk_of_bias
    trials = evidence.studies.loc[evidence.studies["directness"] == "indirect", "study_id"]
    chosen = judged[judged["study_id"].isin(trials) & judged["domain"].isin(list(HEADS))]
    drawn = fields(risk_of_bias(evidence).picture("indirect").axes)
    for name, look in JUDGEMENTS.items():
        assert drawn.count(look.colour) == (chosen["judgement"] == name).sum()


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", JUDGEMENTS)
def test_white_words_can_be_read_on_every_light(name):
    assert 1.05 / (luminance(JUDGEMENTS[name].colour) + 0.05) >= 4.5
