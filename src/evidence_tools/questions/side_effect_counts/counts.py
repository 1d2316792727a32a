"""Whole people out of a side-effect row, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence_tools.arithmetic.printed.granularity import people_of_percent
from evidence_tools.evidence.joined import CONTROL_ARM

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import HarmRules


def counted(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Rows with `events`, `derivation` and the first `reason` why they count no people. The same
    rows; `reason` is empty where people can be counted.
    """
    rules = evidence.rules.harms
    records = rows.to_dict("records")
    people = [_events(row) for row in records]
    reasons = [_barred(row, rules) or why for row, (_, _, why) in zip(records, people, strict=True)]
    return rows.assign(
        events=pd.array([events for events, _, _ in people], dtype="Int64"),
        derivation=[how for _, how, _ in people],
        reason=reasons,
        included=np.array([not reason for reason in reasons], dtype=bool),
    )


def _barred(row: Mapping[Any, Any], rules: HarmRules) -> str:
    """Why a row counts no people at risk, whatever its numbers."""
    if bars := [why for why in row["barred"] if why != CONTROL_ARM]:
        return str(bars[0])
    if len(row["terms"]) != 1:
        return "names several effects" if row["terms"] else "names no effect"
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
    return "" if row["rungs"] else f"neither ketamine nor a control beside it: {row['drug']}"


def _events(row: Mapping[Any, Any]) -> tuple[int | None, str, str]:
    """Events, how they came to be, and why there are none."""
    events, n, percent = row["events"], row["n"], row["percent"]
    if pd.isna(n):
        return (None if pd.isna(events) else int(events)), "", "how many were treated was not seen"
    n = int(n)
    fitting: Sequence[int] = ()
    if pd.notna(percent) and n:
        fitting = people_of_percent(float(percent), n=n, decimals=int(row["percent_decimals"]))
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
