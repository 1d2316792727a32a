"""Screens of means, SDs and percentages of people counted in whole numbers: can they exist?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evidence_tools.arithmetic.printed import (
    decimals_of,
    mean_is_possible,
    people_of_percent,
    why_sd_is_impossible,
)
from evidence_tools.checks.registry import Seen, screen_of, where

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

_REASONS = {
    "sum-of-squares": "no whole sum of squares gives it",
    "sd": "no whole sum of squares gives it",
    "parity": "the sum of squares would be odd where the sum is even, or the reverse",
}


def _means(evidence: Evidence) -> pd.DataFrame:
    """Means of whole-point scores with their n and the number of printed decimals."""
    results = evidence.results
    whole = results.instrument_id.isin(evidence.rules.integrity.whole_point_instruments)
    known = results[["estimate", "n", "decimals"]].notna().all(axis=1) & (results.n > 0)
    return results[whole & known.fillna(False) & (results.measure == "mean")]


@screen_of("results.csv", "rules.yml")
def mean_impossible(evidence: Evidence) -> Iterator[Seen]:
    """The mean of n whole-point scores is a whole total over n (GRIM). A mean that no total gives
    belongs to other people than n, or was misprinted. It can be told only where the source's
    decimals are recorded and n is small for them.
    """
    for index, row in _means(evidence).iterrows():
        n, decimals = int(row.n), int(row.decimals)
        if n >= 10**decimals:
            continue
        possible = mean_is_possible(row.estimate, n=n, decimals=decimals)
        allowed = f"a whole total of points over {n} people"
        column = "" if possible else "estimate"
        yield Seen(table="results", index=index, column=column, allowed=allowed)


@screen_of("results.csv", "rules.yml")
def sd_impossible(evidence: Evidence) -> Iterator[Seen]:
    """Whole-point scores allow only some standard deviations beside a mean (GRIMMER). An SD that
    none of them gives may be a standard error, or belong to other people.
    """
    rows = _means(evidence)
    for index, row in rows[rows.sd.notna() & (rows.n >= 2)].iterrows():
        n, decimals = int(row.n), int(row.decimals)
        reason = why_sd_is_impossible(
            row.estimate, row.sd, n=n, mean_decimals=decimals, sd_decimals=decimals
        )
        if reason == "mean":  # said by the screen of means
            continue
        allowed = f"an SD that {n} people with this mean can have: {_REASONS.get(reason, '')}"
        yield Seen(table="results", index=index, column="sd" if reason else "", allowed=allowed)


@screen_of("results.csv", "side_effects.csv", "rules.yml")
def percent_impossible(evidence: Evidence) -> Iterator[Seen]:
    """A percentage of n people is a whole number of them. One that is not was counted in other
    people, or in infusions. Rows with a count of their own are held against it by validation.
    """
    for table in ("results", "side_effects"):
        rows, printed = evidence.table(table), evidence.text[table].percent
        counted = rows.percent.notna() & (rows.n > 0) & rows.events.isna()
        for index in where(counted & _of_people(evidence, table)):
            n, decimals = int(rows.n[index]), decimals_of(printed[index])
            if n >= 100 * 10**decimals:
                continue
            possible = bool(people_of_percent(rows.percent[index], n=n, decimals=decimals))
            allowed = f"a whole number of {n} people in percent"
            column = "" if possible else "percent"
            yield Seen(table=table, index=index, column=column, allowed=allowed)


def _of_people(evidence: Evidence, table: str) -> pd.Series[Any]:
    """Where `n` is a number of people; a measure such as percent change is no share of them."""
    rows = evidence.table(table)
    if table == "results":
        return rows.measure.isin(["response", "remission", "incidence"])
    unit = rows.instrument_or_unit
    return unit.isna() | unit.isin(evidence.rules.integrity.units_of_people)
