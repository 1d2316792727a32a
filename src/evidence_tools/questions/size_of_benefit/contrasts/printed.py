"""Contrasts that a paper prints: standardised effects and mean differences between two arms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from evidence_tools.arithmetic.conversions import se_from_ci, se_from_p
from evidence_tools.arithmetic.effects import (
    hedges_correction,
    standardised_mean_change_from_t,
    standardised_mean_difference_from_t,
)
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.questions.size_of_benefit.contrasts.candidates import (
    missing,
    people_of_both_arms,
    people_with_both_periods,
    why,
)

DIFFERENCE = "mean-difference"


def printed_contrasts(rows: pd.DataFrame, period_correlation: float) -> Iterator[dict[str, Any]]:
    """One record per printed contrast, with its effect or the reason why it has none.

    `active` (the row), `control` None, `yi`, `vi`, `measure`, `derivation`, `reason`. A
    standardised effect is taken as printed, its variance from its interval; Cohen's d is corrected
    for small samples where the numbers of people are known. A mean difference is standardised by
    its own t = difference / SE: `standardised_mean_difference_from_t` with parallel arms,
    `standardised_mean_change_from_t` with crossover and the people who had both periods. Intervals
    and p-values are read by t on n1 + n2 - 2 or n - 1. An adjusted analysis has a smaller SE than
    the raw scores, so d is then too large; the derivation says so.

    `rows`: from `candidates`, only standardised differences and those of measure `DIFFERENCE`, each
        interval with its level.
    """
    for _, row in rows.iterrows():
        record = {"active": row, "control": None, "measure": "SMD", "reason": ""}
        try:
            if row["measure"] == DIFFERENCE:
                yi, vi, derivation = _difference(row, period_correlation)
            else:
                yi, vi, derivation = _standardised(row)
        except NotEstimableError as error:
            nothing = {"yi": math.nan, "vi": math.nan, "derivation": ""}
            yield record | nothing | {"reason": why(error, row)}
            continue
        yield record | {"yi": yi, "vi": vi, "derivation": derivation}


def _standardised(row: pd.Series[Any]) -> tuple[float, float, str]:
    se, how = _se(row, _df(row))
    size = abs(float(row["estimate"]))
    if row["measure"] != "cohens-d":
        return _oriented(row, size), se**2, f"printed; SE {how}"
    df = _df(row)
    if df is None:
        return _oriented(row, size), se**2, f"printed d, small-sample bias left in; SE {how}"
    correction = float(hedges_correction(df))
    yi, vi = _oriented(row, size * correction), (se * correction) ** 2
    return yi, vi, f"printed d, corrected for small samples; SE {how}"


def _difference(row: pd.Series[Any], r: float) -> tuple[float, float, str]:
    if row["design"] == "rct-crossover":
        return _paired_difference(row, r)
    active, control = people_of_both_arms(row)
    se, how = _se(row, active + control - 2)
    t = _oriented(row, abs(float(row["estimate"])) / se)
    effect = standardised_mean_difference_from_t(t=t, n_active=active, n_control=control)
    derivation = f"mean difference by its t, too large if adjusted; SE {how}"
    return float(effect.yi[0]), float(effect.vi[0]), derivation


def _paired_difference(row: pd.Series[Any], r: float) -> tuple[float, float, str]:
    n = people_with_both_periods(row)
    se, how = _se(row, n - 1)
    t = _oriented(row, abs(float(row["estimate"])) / se)
    effect = standardised_mean_change_from_t(t=t, n=n, r=r)
    derivation = f"mean difference by its t; SE {how}; crossover, correlation of periods {r:g}"
    return float(effect.yi[0]), float(effect.vi[0]), derivation


def _se(row: pd.Series[Any], df: float | None) -> tuple[float, str]:
    """Standard error of a printed contrast: as printed, from its interval, or from p."""
    if pd.isna(row["estimate"]):
        raise missing(row, "no number")
    if pd.notna(row["se"]):
        return float(row["se"]), "as printed"
    if pd.notna(row["ci_low"]) and pd.notna(row["ci_high"]):
        low, high, level = (float(row[name]) for name in ("ci_low", "ci_high", "ci_level"))
        interval = se_from_ci(ci_low=low, ci_high=high, ci_level=level, df=df)
        return interval.value, "from the interval"
    if pd.notna(row["p_value"]) and row["estimate"] != 0:
        estimate, p_value = abs(float(row["estimate"])), float(row["p_value"])
        return se_from_p(estimate=estimate, p_value=p_value, df=df).value, "from p"
    raise missing(row, "no standard error, interval or p-value")


def _df(row: pd.Series[Any]) -> float | None:
    """Degrees of freedom of two parallel arms; None where their numbers were not seen."""
    if row["design"] == "rct-crossover" or pd.isna(row["n_arm"]) or pd.isna(row["n_control_arm"]):
        return None
    return float(row["n_arm"]) + float(row["n_control_arm"]) - 2


def _oriented(row: pd.Series[Any], size: float) -> float:
    """Negative where the row favours the active arm; where neither is favoured, as printed."""
    if row["favours"] in ("active", "control"):
        return -size if row["favours"] == "active" else size
    better_low = row["direction"] != "higher-is-better"
    printed = math.copysign(size, float(row["estimate"]))
    return printed if better_low else -printed
