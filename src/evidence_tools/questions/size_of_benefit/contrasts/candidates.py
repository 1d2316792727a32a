"""Rows of ``results.csv`` that could become a contrast, with the facts of their study and arm.

Joins only; nothing is computed but the minutes of a time. Every row on anxiety, fear, PTSD or OCD
of a study of people (not of a review) on one of the three rungs is here, whether or not it can be
used; studies of context and of safety alone are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.errors import NotEstimableError
from evidence_tools.base.units import MINUTES_PER
from evidence_tools.evidence.clock import ClockInterval, Infusion, on_clock
from evidence_tools.evidence.joined import beside, joined, number_of, text_of

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

RANDOMISED = ("rct-parallel", "rct-crossover")
BETWEEN_ARMS = (
    *("smd", "hedges-g", "cohens-d", "mean-difference", "median-difference"),
    "test-statistic",
)
"""Measures of a comparison, which may name both arms, one, or none."""

_CONTROL = {"role": "control_role", "drug": "control_drug", "n_arm": "n_control_arm"}


def candidates(evidence: Evidence) -> pd.DataFrame:
    """Result rows of primary studies on the target constructs, joined with study and arms.

    Those rows of `Joined`, with `arm_id` and `comparator_arm_id` also where only a trial of two
    arms tells them; the comparator's `control_role`, `control_drug`, `n_control_arm`; `scale`
    (instrument id, else its name); `from_min`, `to_min` (minutes after `time_anchor`, as printed);
    `earliest_min`, `latest_min` (minutes after the dose began, or after its own anchor, see
    `on_clock`).
    """
    every = joined(evidence)
    rows = every.results
    rows = rows[(rows["about"] != "") & ~rows["review"]]
    rows["from_min"], rows["to_min"] = _times(rows)
    rows["scale"] = rows["instrument_id"].fillna(rows["instrument"]).fillna("")
    rows = _with_both_arms(rows, evidence.arms)
    rows = rows.pipe(beside, "arm_id", every.arms)
    rows = rows.pipe(
        beside, "comparator_arm_id", every.arms[list(_CONTROL)].rename(columns=_CONTROL)
    )
    longest = float(evidence.rules.clock.longest_infusion_minutes)
    placed = [_on_clock(row, longest) for row in rows.to_dict("records")]
    return rows.assign(
        earliest_min=pd.Series([at.lower for at in placed], index=rows.index, dtype="float64"),
        latest_min=pd.Series([at.upper for at in placed], index=rows.index, dtype="float64"),
    )


def _times(rows: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Minutes after the anchor; a single time is both bounds, a missing lower bound is 0."""
    per = rows["time_unit"].map(MINUTES_PER).astype("float64")
    at = rows["time_value"] * per
    high = (rows["time_window_high"] * per).fillna(at)
    low = (rows["time_window_low"] * per).fillna(at)
    return low.where(low.notna() | high.isna(), 0.0), high


def _with_both_arms(rows: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Both arms for a comparison that names none, where the trial has two and a time is stated."""
    # Without a time the row may be on the whole course of both arms together.
    two = {
        study_id: group.set_index("role")["arm_id"]
        for study_id, group in arms.groupby("study_id")
        if sorted(group["role"]) == ["active", "control"]
    }
    silent = rows["arm_id"].isna() & rows["comparator_arm_id"].isna() & rows["to_min"].notna()
    mine = silent & rows["measure"].isin(BETWEEN_ARMS) & rows["randomised"]
    mine &= rows["study_id"].isin(two)
    studies = rows.loc[mine, "study_id"]
    rows.loc[mine, "arm_id"] = [two[study_id]["active"] for study_id in studies]
    rows.loc[mine, "comparator_arm_id"] = [two[study_id]["control"] for study_id in studies]
    return rows


def _on_clock(row: dict[Any, Any], longest: float) -> ClockInterval:
    """First and last minute at which a reading may have been, counted from the dose's start."""
    return on_clock(
        lower=number_of(row["from_min"]),
        upper=number_of(row["to_min"]),
        anchor=text_of(row["time_anchor"]),
        event="",
        infusion=Infusion(route=text_of(row["route"]), minutes=number_of(row["infusion_minutes"])),
        longest=longest,
    )


def missing(row: pd.Series[Any], found: str) -> NotEstimableError:
    """An error in our own words: what a row lacks for an effect."""
    return NotEstimableError(str(row["result_id"]), found=found)


def why(error: NotEstimableError, *rows: pd.Series[Any]) -> str:
    """Why there is no effect: our own words as they are, those of a formula with their place."""
    ours = error.place in [row["result_id"] for row in rows]
    return error.found if ours else str(error)


def people_of_both_arms(row: pd.Series[Any]) -> tuple[float, float]:
    """People of the active and of the control arm of a row that names both."""
    if pd.isna(row["n_arm"]) or pd.isna(row["n_control_arm"]):
        raise missing(row, "the numbers of people in both arms were not seen")
    return float(row["n_arm"]), float(row["n_control_arm"])


def people_with_both_periods(row: pd.Series[Any]) -> float:
    """People of a crossover row; the arms' numbers do not say how many had both periods."""
    if pd.isna(row["n"]):
        raise missing(row, "the number of people with both periods was not seen")
    return float(row["n"])
