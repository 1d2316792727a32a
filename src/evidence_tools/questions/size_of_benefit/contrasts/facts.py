"""What a row says of the people in its arms, and why it says nothing: shared by all routes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evidence_tools.base.errors import NotEstimableError


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
