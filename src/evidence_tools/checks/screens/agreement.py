"""Screens of estimates, intervals, p-values and statistics: do they follow from each other?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.arithmetic.printed import (
    Bounds,
    decimals_of,
    off_centre,
    p_of_interval,
    p_of_statistic,
    rounded,
    se_of_sd,
)
from evidence_tools.arithmetic.printed.statistics import PrintedStatistic, printed_p, statistics_in
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.checks.registry import RULES, Seen, screen_of, where

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_INTERVAL = ("estimate", "ci_low", "ci_high")


@screen_of("results.csv", "rules.yml")
def p_against_statistic(evidence: Evidence) -> Iterator[Seen]:
    """A p-value follows from its test statistic and degrees of freedom. One that does not is of
    another test, one-sided, corrected, or misprinted.
    """
    printed, factor = evidence.text["results"], evidence.rules.integrity.statistic_p_factor
    for index in where(printed.statistic != ""):
        p, statistic = _p(printed, index), first_complete(printed.statistic[index])
        if p is None or statistic is None:
            continue
        expected = p_of_statistic(
            statistic.kind, statistic.value, df=statistic.df, df_within=statistic.df_within
        )
        allowed = f"{_range(expected)}, from {printed.statistic[index]}"
        column = _p_column(printed, index) if p.misses(expected, factor=factor) else ""
        yield Seen(table="results", index=index, column=column, allowed=allowed)


@screen_of("results.csv", "rules.yml")
def p_against_interval(evidence: Evidence) -> Iterator[Seen]:
    """An estimate and its interval tell roughly how small p is. A p-value far from that belongs to
    another comparison, or one of the numbers was misread. Where the two even disagree on which
    side of the level p lies, validation says so.
    """
    results, printed = evidence.results, evidence.text["results"]
    factor = evidence.rules.integrity.interval_p_factor
    said = {f.row_id for f in RULES["p-and-interval-disagree"].findings(evidence)}
    for index in _symmetric(evidence):
        p = _p(printed, index)
        if p is None or pd.isna(results.ci_level[index]) or results.result_id[index] in said:
            continue
        try:
            expected = p_of_interval(
                *_bounds(evidence, index),
                ci_level=results.ci_level[index],
                log_scale=_is_ratio(evidence, index),
                df=_fewest_df(evidence, index),
            )
        except NotEstimableError:
            continue
        allowed = f"{_range(expected)}, from {printed.estimate[index]} ({_ends(printed, index)})"
        column = _p_column(printed, index) if p.misses(expected, factor=factor) else ""
        yield Seen(table="results", index=index, column=column, allowed=allowed)


@screen_of("results.csv", "rules.yml")
def interval_off_centre(evidence: Evidence) -> Iterator[Seen]:
    """The usual interval has its estimate in the middle, of a ratio on the log scale. If it has
    not, an end or the estimate was misprinted, or the interval was made in another way.
    """
    printed, largest = evidence.text["results"], evidence.rules.integrity.off_centre_share
    for index in _symmetric(evidence):
        try:
            share = off_centre(*_bounds(evidence, index), log_scale=_is_ratio(evidence, index))
        except NotEstimableError:
            continue
        middle = f"{_ends(printed, index)}{' in logs' if _is_ratio(evidence, index) else ''}"
        allowed = f"the middle of {middle}, which it misses by {100 * share:.0f}% of the width"
        column = "estimate" if share > largest else ""
        yield Seen(table="results", index=index, column=column, allowed=allowed)


@screen_of("results.csv", "rules.yml")
def se_against_sd(evidence: Evidence) -> Iterator[Seen]:
    """The standard error of a mean is its standard deviation over the root of n. If it is not, one
    of the three belongs to other people.
    """
    results, printed = evidence.results, evidence.text["results"]
    share = evidence.rules.integrity.se_share
    known = results[["sd", "se", "n"]].notna().all(axis=1) & (results.n > 0)
    for index in where(known & results.measure.isin(["mean", "mean-change"])):
        se, sd = (_rounded(evidence, index, name) for name in ("se", "sd"))
        expected = se_of_sd(sd, int(results.n[index]))
        allowed = f"{_range(expected)}, SD {printed.sd[index]} over the root of n"
        column = "se" if se.misses(expected, factor=1 + share) else ""
        yield Seen(table="results", index=index, column=column, allowed=allowed)


def first_complete(text: str) -> PrintedStatistic | None:
    """The first statistic in a text that comes with all its degrees of freedom."""
    return next((found for found in statistics_in(text) if found.complete), None)


def _symmetric(evidence: Evidence) -> list[Any]:
    """Rows with an estimate and both ends of an interval that should be symmetric around it."""
    results = evidence.results
    known = results[list(_INTERVAL)].notna().all(axis=1) & (results.ci_low < results.ci_high)
    return where(known & results.measure.isin(evidence.rules.integrity.symmetric_measures))


def _is_ratio(evidence: Evidence, index: Any) -> bool:
    nulls = evidence.rules.validation.null_value
    return bool(nulls.get(evidence.results.measure[index]) == 1)


def _bounds(evidence: Evidence, index: Any) -> list[Bounds]:
    """Estimate, lower and upper end, each with its rounding."""
    return [_rounded(evidence, index, name) for name in _INTERVAL]


def _rounded(evidence: Evidence, index: Any, column: str) -> Bounds:
    """Every number that a cell of results.csv can stand for."""
    printed = evidence.text["results"][column][index]
    return rounded(float(printed), decimals_of(printed))


def _fewest_df(evidence: Evidence, index: Any) -> float:
    """Degrees of freedom of the smallest sample that may stand behind a row."""
    n = evidence.results.n[index]
    fewest = evidence.rules.validation.fewest_people_behind_an_interval
    return float(max(fewest if pd.isna(n) else n, fewest) - 2)


def _p(printed: pd.DataFrame, index: Any) -> Bounds | None:
    return printed_p(printed.p_text[index], printed.p_value[index])


def _p_column(printed: pd.DataFrame, index: Any) -> str:
    return "p_text" if printed.p_text[index] else "p_value"


def _ends(printed: pd.DataFrame, index: Any) -> str:
    return f"{printed.ci_low[index]} to {printed.ci_high[index]}"


def _range(bounds: Bounds) -> str:
    """Both ends in two significant digits, or one number where they do not differ."""
    low, high = f"{bounds.low:.2g}", f"{bounds.high:.2g}"
    return f"about {low}" if low == high else f"{low} to {high}"
