"""How numbers, intervals and times are written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.base.units import MINUTES_PER, best_unit
from evidence_tools.base.words import (
    count_words,
    entered_time,
    printed_interval,
    printed_number,
    time_words,
)

DAY, WEEK, MONTH = 1440.0, 10080.0, 43830.0
UNIT_OF_WORD = {"minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.003, "0.003"),
        (-0.003, "−0.003"),
        (-1.17, "−1.17"),
        (0.5, "0.5"),
        (12, "12"),
        (12.0, "12"),
        (34.44, "34.44"),
        (1234567, "1234567"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_number_as_printed(value, words):
    assert printed_number(value) == words


@given(st.decimals(-9999, 9999, places=3))
def test_a_number_reads_back_as_itself(value):
    words = printed_number(float(value))
    assert "-" not in words
    assert float(words.replace("−", "-")) == float(value)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-1.89, -0.44, "−1.89 to −0.44"),
        (-0.84, 0.003, "−0.84 to 0.003"),
        (-0.0, 0.48, "0 to 0.48"),
        (3.45, 242.57, "3.45 to 242.57"),
    ],
)
def test_interval_is_written_with_to_and_a_true_minus(low, high, words):
    assert printed_interval(low, high) == words
    assert not re.search("[-–—]", printed_interval(low, high))


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (None, None, "no time given"),
        (0, 60, "by 60 minutes"),
        (None, 60, "by 60 minutes"),
        (0, 0, "by 0 minutes"),
        (WEEK, None, "7 days or later"),
        (1, None, "1 minute or later"),
        (0, None, "no latest time"),
        (40, 40, "40 minutes"),
        (2 * WEEK, 2 * WEEK, "2 weeks"),
        (30, 40, "30 to 40 minutes"),
        (1, 40, "1 to 40 minutes"),
        (40, 180, "40 minutes to 3 hours"),
        (120, DAY, "2 to 24 hours"),
        (DAY, 11 * DAY, "24 hours to 11 days"),
        (2 * WEEK, 6 * WEEK, "2 to 6 weeks"),
        (3 * MONTH, 6 * MONTH, "3 to 6 months"),
        (19 * DAY, 19 * DAY, "19 days"),
        (MONTH, MONTH, "1 month"),
        (MONTH, 2 * MONTH, "1 to 2 months"),
        (40, MONTH, "40 minutes to 1 month"),
    ],
)
def test_interval_of_time_in_words(lower, upper, words):
    assert time_words(lower, upper) == words


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (0, 1480, "by 25 hours"),
        (1480, None, "24 hours or later"),
        (1480, 1480, "24 to 25 hours"),
        (26.5 * DAY, 26.5 * DAY, "26 to 27 days"),
        (19 * DAY, 19 * DAY + 40, "19 to 20 days"),
        (0, 10.2 * MONTH, "by 11 months"),
        (10.2 * MONTH, None, "10 months or later"),
        (10.5, 20.5, "10 to 21 minutes"),
        (0, 119.5, "by 120 minutes"),
        (0, 13.1 * DAY, "by 14 days"),
    ],
)
def test_a_bound_of_ten_units_and_more_is_rounded_outward(lower, upper, words):
    assert time_words(lower, upper) == words


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (0, 9.5, "by 9.5 minutes"),
        (0, 9.5 * 60, "by 9.5 hours"),
        (9.5 * 60, None, "9.5 hours or later"),
        (2.5 * 60, 5.5 * 60, "2.5 to 5.5 hours"),
        (0, 9.5 * DAY, "by 9.5 days"),
        (0, 5.5 * MONTH, "by 5.5 months"),
    ],
)
def test_a_bound_below_ten_units_keeps_its_decimal(lower, upper, words):
    assert time_words(lower, upper) == words


def minutes_of(words):
    number, word = words.split(" ")
    return float(number) * MINUTES_PER[UNIT_OF_WORD[word.removesuffix("s")]]


@given(st.floats(10, 1e6))
def test_rounding_a_bound_never_narrows_and_widens_by_less_than_a_unit(minutes):
    unit = MINUTES_PER[best_unit(minutes)]
    latest = minutes_of(time_words(0, minutes).removeprefix("by "))
    earliest = minutes_of(time_words(minutes, None).removesuffix(" or later"))
    if minutes / unit >= 10:
        assert earliest - 1e-5 * unit <= minutes <= latest + 1e-5 * unit
        assert latest - earliest <= unit * (1 + 1e-5)
        assert (latest / unit) % 1 == (earliest / unit) % 1 == 0
    else:
        assert latest == earliest == pytest.approx(minutes, abs=0.05001 * unit)


@pytest.mark.parametrize(
    ("lower", "upper", "unit", "anchor", "words"),
    [
        (None, None, "", "", "no time given"),
        (None, None, "min", "dose", "no time given"),
        (0, 1, "h", "dose", "0 to 1 h after dose"),
        (30, 40, "min", "infusion-start", "30 to 40 min after infusion start"),
        (230, None, "min", "infusion-end", "230 min or later after infusion end"),
        (None, 2, "h", "infusion-end", "by 2 h after infusion end"),
        (27.5, 27.5, "d", "last-dose", "27.5 d after last dose"),
        (3, None, "mo", "first-dose", "3 mo or later after first dose"),
        (40, 80, "min", "", "40 to 80 min, start not stated"),
        (7, None, "d", "", "7 d or later, start not stated"),
    ],
)
def test_time_as_it_was_entered(lower, upper, unit, anchor, words):
    assert entered_time(lower, upper, unit, anchor) == words


@pytest.mark.parametrize(
    ("number", "nouns", "words"),
    [
        (0, ("study", "studies"), "no studies"),
        (1, ("study", "studies"), "1 study"),
        (2, ("study", "studies"), "2 studies"),
        (0, ("row",), "no rows"),
        (1, ("row",), "1 row"),
        (21, ("row",), "21 rows"),
    ],
)
def test_count_with_its_noun(number, nouns, words):
    assert count_words(number, *nouns) == words
