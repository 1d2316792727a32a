"""Rows of ``results.csv`` that could become a contrast, with the facts of their study and arm.

Joins only; nothing is computed but the minutes of a time. Every row on anxiety, fear, PTSD or OCD
of a study of people (not of a review) on one of the three rungs is here, whether or not it can be
used; studies of context and of safety alone are not.
"""

from __future__ import annotations

import pandas as pd

from evidence_tools.clock import retracted
from evidence_tools.loading import Evidence
from evidence_tools.units import MINUTES_PER

RANDOMISED = ("rct-parallel", "rct-crossover")
CONSTRUCTS = ("anxiety", "fear", "ptsd", "ocd")
RUNGS = ("direct", "related", "indirect")

_STUDY = ["study_id", "label", "programme", "design", "directness", "condition", "n_enrolled"]
_ARM = ["arm_id", "role", "drug", "dose", "dose_unit", "route", "n_doses", "n_arm"]


def candidates(evidence: Evidence) -> pd.DataFrame:
    """Result rows of primary studies on the target constructs, joined with study and arms.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    DataFrame
        The result's own columns; the study's `label`, `programme`, `design`, `directness`,
        `condition`, `n_enrolled` (else analysed); the arm's `role`, `drug`, `dose`, `dose_unit`,
        `route`, `n_doses`, `n_arm`; the comparator's `control_drug`, `n_control_arm`; `from_min`,
        `to_min` (minutes after `time_anchor`); `retracted`.
    """
    people = evidence.studies["n_enrolled"].fillna(evidence.studies["n_analysed"])
    studies = evidence.studies.assign(n_enrolled=people.astype("float64"))[_STUDY]
    rows = evidence.results.merge(studies, on="study_id", how="left")
    reviews = rows["programme"].isna()
    chosen = rows["construct"].isin(CONSTRUCTS) & rows["directness"].isin(RUNGS) & ~reviews
    arms = evidence.arms.assign(n_arm=_people(evidence.arms))[_ARM]
    rows = rows[chosen].merge(arms, on="arm_id", how="left")
    control = arms[["arm_id", "drug", "n_arm"]].rename(
        columns={"arm_id": "comparator_arm_id", "drug": "control_drug", "n_arm": "n_control_arm"}
    )
    rows = rows.merge(control, on="comparator_arm_id", how="left")
    rows["from_min"], rows["to_min"] = _times(rows)
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
