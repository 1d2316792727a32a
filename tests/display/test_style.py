"""That every rung has a look of its own, and that the looks can be seen."""

import pytest
from matplotlib.colors import to_rgb

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.display import style
from evidence_tools.display.style import JUDGEMENTS, RUNGS, SOURCE_LEVELS, TIME_TICKS, rung


def test_every_rung_of_the_descriptor_has_a_look_and_no_other(evidence):
    vocabulary = evidence.schema["studies"]["directness"].vocabulary
    assert list(RUNGS) == list(vocabulary)
    for word in vocabulary:
        assert rung(word) is RUNGS[word]


def test_every_source_level_of_the_descriptor_has_words_and_no_other(evidence):
    assert set(SOURCE_LEVELS) == set(evidence.schema["timing"]["source_level"].vocabulary)


@pytest.mark.parametrize("part", ["colour", "symbol", "words"])
def test_rungs_are_told_apart_by_each_part_of_their_look(part):
    assert len({getattr(look, part) for look in RUNGS.values()}) == len(RUNGS)


def contrast_with_white(colour: str) -> float:
    """Contrast ratio of a colour on white, by the formula of WCAG 2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize(
    "colour",
    [*(look.colour for looks in (RUNGS, JUDGEMENTS) for look in looks.values())]
    + [style.INK, style.MUTED, style.MARK],
)
def test_colours_of_words_and_symbols_are_readable_on_white(colour):
    assert contrast_with_white(colour) >= 4.5


def test_unknown_rung_is_named_with_the_allowed_ones():
    with pytest.raises(UnknownTermError, match="found 'near'; allowed: direct, related, indirect"):
        rung("near")


def test_ticks_of_time_rise_and_say_what_they_are():
    values = list(TIME_TICKS.values())
    assert values == sorted(set(values))
    assert (TIME_TICKS["1 h"], TIME_TICKS["1 wk"]) == (60, 7 * 1440)
    assert TIME_TICKS["1 yr"] == 365.25 * 1440
