import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence_tools.base.errors import UnitError
from evidence_tools.base.units import (
    MINUTES_PER,
    best_unit,
    duration_words,
    minutes_per,
    to_minutes,
)

UNIT_OF_WORD = {"minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo"}
units = st.sampled_from(sorted(MINUTES_PER))


def test_a_month_is_a_twelfth_of_a_julian_year():
    assert minutes_per("mo") == 365.25 / 12 * 24 * 60


def test_each_unit_holds_a_whole_number_of_the_smaller_one():
    assert [minutes_per(unit) for unit in ("min", "h", "d", "wk")] == [1, 60, 24 * 60, 7 * 24 * 60]


def test_unknown_unit_is_named_with_the_allowed_ones():
    with pytest.raises(UnitError, match="found 'hours'; allowed: min, h, d, wk, mo"):
        to_minutes(2, "hours")


@given(st.floats(0, 1e6), units)
def test_to_minutes_and_back_is_the_same_time(value, unit):
    assert to_minutes(value, unit) / minutes_per(unit) == pytest.approx(value)


@given(st.floats(0, 1e6), units, st.floats(1.01, 10))
def test_to_minutes_keeps_the_order_of_times(value, unit, factor):
    assert to_minutes(value * factor, unit) >= to_minutes(value, unit)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (40, "40 minutes"),
        (90, "90 minutes"),
        (119, "119 minutes"),
        (120, "2 hours"),
        (150, "2.5 hours"),
        (24 * 60, "24 hours"),
        (2 * 1440, "2 days"),
        (7 * 1440, "7 days"),
        (12 * 1440, "12 days"),
        (14 * 1440, "2 weeks"),
        (27.5 * 1440, "27.5 days"),
        (30 * 1440, "30 days"),
        (43830, "1 month"),
        (43831, "30.4 days"),
        (31 * 1440, "31 days"),
        (10 * 10080, "10 weeks"),
        (2 * 43830, "2 months"),
        (89.5 * 1440, "89.5 days"),
        (3 * 43830 - 1, "91.3 days"),
        (3 * 43830, "3 months"),
        (13 * 10080, "13 weeks"),
        (100 * 1440, "3.3 months"),
        (12 * 43830, "12 months"),
    ],
)
def test_duration_is_said_as_a_reader_would_say_it(minutes, words):
    assert duration_words(minutes) == words


@given(st.floats(0, 1e7))
@example(60.0)
@example(43830.0)
def test_words_read_back_give_the_duration_to_a_tenth_of_the_unit(minutes):
    number, word = duration_words(minutes).split(" ")
    unit = UNIT_OF_WORD[word.removesuffix("s")]
    assert unit == best_unit(minutes)
    assert to_minutes(float(number), unit) == pytest.approx(
        minutes, abs=0.05001 * minutes_per(unit)
    )
    assert word.endswith("s") == (number != "1")


@given(st.integers(2, 60))
def test_even_weeks_are_said_in_weeks(weeks):
    assert duration_words(weeks * minutes_per("wk")) == f"{weeks} weeks"


@given(st.integers(1, 240))
def test_even_months_are_said_in_months(months):
    words = "1 month" if months == 1 else f"{months} months"
    assert duration_words(months * minutes_per("mo")) == words


@given(st.floats(2 * 1440, 3 * 43830, exclude_max=True).filter(lambda m: m % 43830))
def test_months_are_said_only_where_they_come_out_even_or_from_three_on(minutes):
    assert best_unit(minutes) in ("d", "wk")
