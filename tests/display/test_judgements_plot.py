"""Lights and shares of risk of bias: artists, not pixels."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from drawn import beyond, box_of, legend_words, words
from evidence_tools.display.judgements import LightRow, ShareRow, draw_lights, draw_shares
from evidence_tools.display.style import JUDGEMENT_WORDS, JUDGEMENTS
from evidence_tools.questions.who_was_studied.risk_of_bias import HEADS, risk_of_bias

DOMAINS = ["One", "Two", "Three"]


def lights(*rows) -> Axes:
    return draw_lights([LightRow(label=name, lights=words) for name, words in rows], DOMAINS)


def fields(ax: Axes) -> list[str]:
    return [to_hex(patch.get_facecolor()) for patch in ax.patches if isinstance(patch, Rectangle)]


def test_each_light_has_a_colour_a_symbol_and_a_word():
    for name, look in JUDGEMENTS.items():
        ax = lights(("A trial", (name, None, None)))
        assert fields(ax) == [look.colour]
        assert words(ax) == ["A trial", f"{look.symbol} {look.words}", "–", "–"]
    for attribute in ("colour", "symbol", "words"):
        assert len({getattr(look, attribute) for look in JUDGEMENTS.values()}) == len(JUDGEMENTS)


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
    assert legend_words(ax) == [
        f"{JUDGEMENTS[n].symbol}  {JUDGEMENT_WORDS[n]}" for n in ("low", "high")
    ]


# --- the shipped judgements ---


@pytest.mark.parametrize("part", ["near", "indirect", "others"])
def test_no_words_of_the_shipped_lights_are_cut_off_or_run_into_each_other(evidence, part):
    ax = risk_of_bias(evidence).picture(part).axes
    assert beyond(ax) == []
    field = ax.transData.transform([(0.94, 0), (0, 0)])
    widest = field[0][0] - field[1][0]
    inside = {f"{look.symbol} {look.words}" for look in JUDGEMENTS.values()}
    for text in ax.texts:
        if text.get_text() in inside:
            assert box_of(text, ax).width <= widest
    assert beyond(risk_of_bias(evidence).picture("shares").axes) == []


def test_the_shipped_lights_are_those_of_the_table(evidence):
    judged = evidence.risk_of_bias
    trials = evidence.studies.loc[evidence.studies["directness"] == "indirect", "study_id"]
    chosen = judged[judged["study_id"].isin(trials) & judged["domain"].isin(list(HEADS))]
    drawn = fields(risk_of_bias(evidence).picture("indirect").axes)
    for name, look in JUDGEMENTS.items():
        assert drawn.count(look.colour) == (chosen["judgement"] == name).sum()
