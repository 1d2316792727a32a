"""Rows of ``results.csv`` that could become a contrast, with the facts of their study and arm.

Joins only; nothing is computed but the minutes of a time. Every row on anxiety, fear, PTSD or OCD
of a study of people (not of a review) on one of the three rungs is here, whether or not it can be
used; studies of context and of safety alone are not.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from evidence_tools.clock import Infusion, on_clock, retracted
from evidence_tools.loading import Evidence
from evidence_tools.units import MINUTES_PER

RANDOMISED = ("rct-parallel", "rct-crossover")
CONSTRUCTS = ("anxiety", "fear", "ptsd", "ocd")
RUNGS = ("direct", "related", "indirect")
BETWEEN_ARMS = (
    *("smd", "hedges-g", "cohens-d", "mean-difference", "median-difference"),
    "test-statistic",
)
"""Measures of a comparison, which may name both arms, one, or none."""

_STUDY = ["study_id", "label", "programme", "design", "directness", "condition", "n_enrolled"]
_ARM = ["arm_id", "role", "drug", "dose", "dose_unit", "route", "infusion_minutes", "n_doses"]
_ARM += ["n_arm"]
_CONTROL = {
    "arm_id": "comparator_arm_id",
    "role": "control_role",
    "drug": "control_drug",
    "n_arm": "n_control_arm",
}


def candidates(evidence: Evidence) -> pd.DataFrame:
    """Result rows of primary studies on the target constructs, joined with study and arms.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    DataFrame
        The result's own columns (`arm_id` and `comparator_arm_id` also where only a trial of two
        arms tells them); the study's `label`, `programme`, `design`, `directness`, `condition`,
        `n_enrolled` (else analysed); the arm's `role`, `drug`, `dose`, `dose_unit`, `route`,
        `infusion_minutes`, `n_doses`, `n_arm`; the comparator's `control_role`, `control_drug`,
        `n_control_arm`; `scale` (instrument id, else its name); `from_min`, `to_min` (minutes
        after `time_anchor`, as printed); `earliest_min`, `latest_min` (minutes after the dose
        began, or after its own anchor, see `on_clock`); `retracted`.
    """
    people = evidence.studies["n_enrolled"].fillna(evidence.studies["n_analysed"])
    studies = evidence.studies.assign(n_enrolled=people.astype("float64"))[_STUDY]
    rows = evidence.results.merge(studies, on="study_id", how="left")
    reviews = rows["programme"].isna()
    chosen = rows["construct"].isin(CONSTRUCTS) & rows["directness"].isin(RUNGS) & ~reviews
    rows = rows[chosen].copy()
    rows["from_min"], rows["to_min"] = _times(rows)
    rows["scale"] = rows["instrument_id"].fillna(rows["instrument"]).fillna("")
    rows = _with_both_arms(rows, evidence.arms)
    arms = evidence.arms.assign(n_arm=_people(evidence.arms))
    rows = rows.merge(arms[_ARM], on="arm_id", how="left")
    control = arms[list(_CONTROL)].rename(columns=_CONTROL)
    rows = rows.merge(control, on="comparator_arm_id", how="left")
    longest = float(evidence.rules.clock.longest_infusion_minutes)
    bounds = [_on_clock(row, longest) for row in rows.to_dict("records")]
    rows[["earliest_min", "latest_min"]] = pd.DataFrame(bounds, index=rows.index, columns=[0, 1])
    rows["retracted"] = retracted(evidence, rows)
    return rows


def _people(arms: pd.DataFrame) -> pd.Series[float]:
    """People of an arm: analysed, else randomised."""
    return arms["n_analysed"].fillna(arms["n_randomised"]).astype("float64")


def _times(rows: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Minutes after the anchor; a single time is both bounds, a missing lower bound is 0."""
    per = rows["time_unit"].map(MINUTES_PER).astype("float64")
    at = rows["time_value"] * per
    high = (rows["time_window_high"] * per).fillna(at)
    low = (rows["time_window_low"] * per).fillna(at)
    return low.where(low.notna() | high.isna(), 0.0), high


def _with_both_arms(rows: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Both arms for a comparison that names none, where the trial has two and a time is stated.

    Without a time the row may be on the whole course of both arms together.
    """
    two = {
        study_id: group.set_index("role")["arm_id"]
        for study_id, group in arms.groupby("study_id")
        if sorted(group["role"]) == ["active", "control"]
    }
    silent = rows["arm_id"].isna() & rows["comparator_arm_id"].isna() & rows["to_min"].notna()
    mine = silent & rows["measure"].isin(BETWEEN_ARMS) & rows["design"].isin(RANDOMISED)
    mine &= rows["study_id"].isin(two)
    studies = rows.loc[mine, "study_id"]
    rows.loc[mine, "arm_id"] = [two[study_id]["active"] for study_id in studies]
    rows.loc[mine, "comparator_arm_id"] = [two[study_id]["control"] for study_id in studies]
    return rows


def _on_clock(row: dict[Any, Any], longest: float) -> tuple[float, float]:
    """First and last minute at which a reading may have been, counted from the dose's start."""
    minutes = _number(row["infusion_minutes"])
    interval = on_clock(
        lower=_number(row["from_min"]),
        upper=_number(row["to_min"]),
        anchor=_word(row["time_anchor"]),
        event="",
        infusion=Infusion(route=_word(row["route"]), minutes=minutes),
        longest=longest,
    )
    return (
        math.nan if interval.lower is None else interval.lower,
        math.nan if interval.upper is None else interval.upper,
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
