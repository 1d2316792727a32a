"""Test statistics read from text: every form that papers print, and text that is not read."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.contrasts.printed_statistics import read_statistic


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
    ],
)
def test_forms_of_a_statistic(text, kind, value, df_numerator, df):
    found = read_statistic(text)
    assert (found.kind, found.value) == (kind, value)
    assert (found.df_numerator, found.df) == (df_numerator, df)
    assert found.words == ""


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
    assert read_statistic(text).words == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p = 0.02",
        "F = 5.1",
        "chi2(1) = 5.1",
        "F(1, 22) = −5.1",
        "95% C.I. 1.37-8.11",
        "median 9 (IQR 7-11)",
        "t(18) = 2.3 and t(18) = 0.4",
        "t(18) = 2.3, F(1, 18) = 5.3",
        "t(18) < 1",
    ],
)
def test_text_without_one_statistic_is_not_read(text):
    assert read_statistic(text) is None


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
    assert read_statistic(text).as_t == t


numbers = st.floats(0.01, 99.99).map(lambda value: round(value, 2))


@given(value=numbers, df=st.integers(1, 999))
def test_a_printed_number_comes_back(value, df):
    assert read_statistic(f"t({df}) = {value}").value == value
    assert read_statistic(f"t({df}) = -{value}").as_t == value
    found = read_statistic(f"F(1, {df})={value}")
    assert (found.df, found.as_t) == (df, math.sqrt(value))


def test_what_the_evidence_prints_is_read_or_is_no_such_statistic(evidence):
    """Every t, z or F in results.csv, found here by its letter alone, is read."""
    printed = evidence.results.loc[
        evidence.results["measure"] == "test-statistic", "statistic"
    ].dropna()
    assert len(printed) > 5
    for text in printed:
        marked = re.search(r"F[(\d]|z=|\bt[(=]", text) is not None
        assert (read_statistic(text) is not None) == marked, text
