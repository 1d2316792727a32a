"""Test statistics read from text: every form that papers print, and text that is not read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.arithmetic.printed import Bounds
from evidence_tools.arithmetic.printed.statistics import printed_p, statistics_in


def only(text):
    """The one statistic of a text."""
    (found,) = statistics_in(text)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "value", "df_numerator", "df"),
    [
        ("t(18)=2.3", "t", 2.3, None, 18),
        ("t(18) = -2.3", "t", -2.3, None, 18),
        ("t(18) = −2.3", "t", -2.3, None, 18),
        ("t [17.4] = 2.3", "t", 2.3, None, 17.4),
        ("t18 = 2.3", "t", 2.3, None, 18),
        ("t = .98", "t", 0.98, None, None),
        ("t=-4.29, df=150", "t", -4.29, None, 150),
        ("F(1, 22) = 5.1", "F", 5.1, 1, 22),
        ("F(1,22)=5", "F", 5, 1, 22),
        ("F[1; 22] = 5.1", "F", 5.1, 1, 22),
        ("F5,35=14.275, eta2=0.67", "F", 14.275, 5, 35),
        ("z=2.24", "z", 2.24, None, None),
        ("Z = -2.24", "z", -2.24, None, None),
        ("F=0.50, df 6/2021", "F", 0.5, 6, 2021),
        ("chi2=9.30", "chi2", 9.3, None, None),
        ("chi2(1) = 0.17", "chi2", 0.17, None, 1),
    ],
)
def test_forms_of_a_statistic(text, kind, value, df_numerator, df):
    found = only(text)
    assert (found.kind, found.number) == (kind, value)
    assert found.df_of_error == df
    assert found.df == (df_numerator if kind == "F" else df)
    assert found.words == ""
    assert found.complete == (kind == "z" or df is not None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Time x Treatment F(9,115)=2.6", "time x treatment"),
        ("Wilcoxon signed-rank z=2.24", "wilcoxon signed rank"),
        ("dose [linear], F(1, 9) = 6.5", "dose linear"),
        ("group × time: F(1, 9) = 6.5, p = .03", "group × time"),
        ("t(18) = 2.3 for the interaction", "for the interaction"),
        ("F(1, 14) = 10.14; r = 0.65", ""),
        ("t(18) = 2.3, p < 0.05, d = −0.4", ""),
    ],
)
def test_words_beside_the_statistic_are_kept_and_other_numbers_are_not(text, words):
    assert only(text).words == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p = 0.02",
        "F = 5.1",
        "F(1, 22) = −5.1",
        "95% C.I. 1.37-8.11",
        "median 9 (IQR 7-11)",
        "t(18) < 1",
    ],
)
def test_text_without_a_statistic_is_not_read(text):
    assert statistics_in(text) == ()


@pytest.mark.parametrize(
    ("text", "t"),
    [
        ("t(18) = -2.3", 2.3),
        ("z = −2.24", 2.24),
        ("F(1, 9) = 6.25", 2.5),
        ("F(2, 9) = 6.25", None),
        ("F(0, 9) = 6.25", None),
    ],
)
def test_size_of_the_t_of_the_same_test(text, t):
    assert only(text).as_t == t


numbers = st.floats(0.01, 99.99).map(lambda value: round(value, 2))


@given(value=numbers, df=st.integers(1, 999))
def test_a_printed_number_comes_back(value, df):
    assert only(f"t({df}) = {value}").number == value
    assert only(f"t({df}) = -{value}").as_t == value
    found = only(f"F(1, {df})={value}")
    assert (found.df_of_error, found.as_t) == (df, math.sqrt(value))


def test_several_statistics_come_in_their_order():
    found = statistics_in("t(18) = 2.3, z = 1.2 and F(1, 18) = 5.3, chi2(2) = 4")
    assert [(one.kind, one.number) for one in found] == [
        ("t", 2.3),
        ("z", 1.2),
        ("F", 5.3),
        ("chi2", 4.0),
    ]


def test_the_sign_and_the_digits_of_a_statistic_are_kept():
    value = only("t(46) = −10.31").value
    assert value == Bounds(low=pytest.approx(-10.315), high=pytest.approx(-10.305))


@pytest.mark.parametrize(
    ("p_text", "p_value", "low", "high"),
    [
        ("p < .001", "", 0, 0.001),
        ("P<0.05", "", 0, 0.05),
        ("p <= 0.0001", "", 0, 0.0001),
        ("p>0.99", "", 0.99, 1),
        (".81", "0.81", 0.805, 0.815),
        ("P = .010", "0.01", 0.0095, 0.0105),
        ("", "0.03", 0.025, 0.035),
        ("p=004 (decimal point missing on this host)", "0.004", 0.0035, 0.0045),
    ],
)
def test_a_printed_p_stands_for_a_range(p_text, p_value, low, high):
    found = printed_p(p_text, p_value)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("words", ["", "not significant", "P < 0.05 to P < 0.01", "all p > 0.28"])
def test_words_are_no_p(words):
    assert printed_p(words, "") is None
