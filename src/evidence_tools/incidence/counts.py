"""Whole people out of a side-effect row, or why there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from evidence_tools.evidence.rules import HarmRules
from evidence_tools.loading import Evidence

_EDGE = 1e-9
"""Room for binary fractions when a share lies on the edge of a rounding interval."""


def counted(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Rows with `events`, `derivation` and the first `reason` why they count no people.

    Parameters
    ----------
    rows : DataFrame
        From `exposed_rows`.
    evidence : Evidence
        For the rules.

    Returns
    -------
    DataFrame
        The same rows; `reason` is empty where people can be counted.
    """
    rules = evidence.rules.harms
    records = rows.to_dict("records")
    people = [_events(row) for row in records]
    reasons = [_barred(row, rules) or why for row, (_, _, why) in zip(records, people, strict=True)]
    return rows.assign(
        events=pd.array([events for events, _, _ in people], dtype="Int64"),
        derivation=[how for _, how, _ in people],
        reason=reasons,
        included=[not reason for reason in reasons],
    )


def people_of_percent(percent: float, n: int, decimals: int) -> list[int]:
    """All numbers of people whose share, rounded, is the printed percent.

    Parameters
    ----------
    percent : float
        As printed, 0 to 100.
    n : int
        People.
    decimals : int
        Digits printed after the point.

    Returns
    -------
    list of int
        Every x with 100 x / n no further from the percent than half a unit of its last digit.

    Examples
    --------
    >>> people_of_percent(14.55, 55, 2), people_of_percent(56.4, 203, 1)
    ([8], [])
    >>> people_of_percent(12.8, 1708, 1)
    [218, 219]
    """
    half = 0.5 * 10.0**-decimals + _EDGE
    first = max(math.ceil((percent - half) * n / 100), 0)
    last = min(math.floor((percent + half) * n / 100), n)
    return list(range(first, last + 1))


def _barred(row: Mapping[Any, Any], rules: HarmRules) -> str:
    """Why a row counts no people at risk, whatever its numbers."""
    if row["retracted"]:
        return "its source was retracted"
    if row["source_level"] == "secondary":
        return "read second-hand"
    if ";" in row["term"]:
        return "names several effects"
    if row["definition"] in rules.no_share:
        return f"no share of people: {rules.no_share[row['definition']]}"
    if row["measure"] not in ("events", "percent"):
        words = "a finding in words" if row["measure"] == "qualitative" else "a size, not a count"
        return words
    unit = row["instrument_or_unit"]
    if isinstance(unit, str) and unit not in rules.units_of_people:
        return f"counts something else than the people treated: {unit}"
    if not isinstance(row["arm_id"], str):
        return "the arm is not stated"
    if row["role"] == "control" and row["comparator"] in rules.never_a_control:
        return f"never a control for side effects: {row['drug']}"
    return "" if row["rung"] else f"neither ketamine nor a control beside it: {row['drug']}"


def _events(row: Mapping[Any, Any]) -> tuple[int | None, str, str]:
    """Events, how they came to be, and why there are none."""
    events, n, percent = row["events"], row["n"], row["percent"]
    if pd.isna(n):
        return (None if pd.isna(events) else int(events)), "", "how many were treated was not seen"
    n, decimals = int(n), len(str(row["percent_printed"]).partition(".")[2])
    fitting = [] if pd.isna(percent) else people_of_percent(float(percent), n, decimals)
    if pd.notna(events):
        if pd.notna(percent) and int(events) not in fitting:
            why = f"printed count and percent disagree: {int(events)} of {n} and {percent:g}%"
            return int(events), "reported", why
        return int(events), "reported", ""
    if pd.isna(percent):
        return None, "", "how many had it was not seen"
    if len(fitting) == 1:
        return fitting[0], f"from percent: {percent:g}% of {n}", ""
    if not fitting:
        return None, "", f"the percent is no whole number of people: {percent:g}% of {n}"
    between = f"{fitting[0]} to {fitting[-1]}"
    return None, "", f"the percent fits several numbers of people: {between} of {n}"
