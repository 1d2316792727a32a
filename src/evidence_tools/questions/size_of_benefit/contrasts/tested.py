"""Contrasts from tests that papers print without an effect: t, z, F(1, df), or an exact p-value.

Only a comparison of two randomised arms at one time may enter, and the row itself must show that
it is one: both arms are known, the time is one time, and no word beside the statistic says
otherwise. A test of a difference of medians belongs here too, since the medians of a short scale
say little; its p-value says more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from evidence_tools.arithmetic.conversions import t_from_p
from evidence_tools.arithmetic.effects import (
    EffectSizes,
    standardised_mean_change_from_t,
    standardised_mean_difference_from_t,
)
from evidence_tools.arithmetic.printed.statistics import PrintedStatistic, statistics_in
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.questions.size_of_benefit.contrasts.candidates import (
    missing,
    people_of_both_arms,
    people_with_both_periods,
    why,
)

TESTS = ("test-statistic", "median-difference")

SEVERAL_READINGS = "a test over several readings, not of two arms at one time"
TREND = "a trend over doses, not a comparison of two arms"
NOT_TWO_ARMS = "not known to compare two arms"
NOT_ONE_TIME = "not known to be a test at one time"
NO_P = "neither a test statistic nor an exact p-value is printed"
NO_SIGN = "neither arm is favoured and no sign is printed"

_OF_READINGS = {"x", "×", "*", "time", "interaction", "visit", "slope", "slopes", "repeated"}
_OF_DOSES = {"dose", "doses", "linear", "trend"}
_OF_TWO_ARMS = {"student", "unpaired", "paired", "independent", "two", "sample", "samples", "test"}
_OF_TWO_ARMS |= {"treatment", "group", "groups", "between", "drug", "s"}
"""All words that may stand beside the statistic of two arms; any other one is a reason."""

_SAME = ["study_id", "construct", "scale", "from_min", "to_min", "time_anchor"]


def tested_contrasts(
    rows: pd.DataFrame, medians: pd.DataFrame, period_correlation: float
) -> Iterator[dict[str, Any]]:
    """One record per test, with its effect or the reason why it has none.

    `active` (the row), `control` None, `yi`, `vi`, `measure`, `derivation`, `reason`. A printed
    F(1, df) is the square of t, a z is taken for t, and a p-value is read as that of a two-sided t
    test on n1 + n2 - 2 (crossover: n - 1) degrees of freedom; so a rank test gives the difference
    that a t test with the same p-value would. Then as `standardised_mean_difference_from_t`;
    crossover: `standardised_mean_change_from_t`.

    `rows`: from `candidates`, only rows with a measure in `TESTS`.
    `medians`: from `candidates`, the medians of single arms: they give a difference of medians its
        sign where it is printed as 0.
    """
    for _, row in rows.iterrows():
        record = {"active": row, "control": None, "measure": "SMD", "reason": ""}
        try:
            effect, derivation = _effect(row, medians, period_correlation)
        except NotEstimableError as error:
            nothing = {"yi": math.nan, "vi": math.nan, "derivation": ""}
            yield record | nothing | {"reason": why(error, row)}
            continue
        yi, vi = float(effect.yi[0]), float(effect.vi[0])
        yield record | {"yi": yi, "vi": vi, "derivation": derivation}


def _effect(row: pd.Series[Any], medians: pd.DataFrame, r: float) -> tuple[EffectSizes, str]:
    statistic = _statistic(row)
    _require_two_arms_at_one_time(row)
    sign, whence = _sign(row, medians)
    if row["design"] == "rct-crossover":
        n = people_with_both_periods(row)
        t, how = _t(row, statistic, df=n - 1)
        effect = standardised_mean_change_from_t(t=sign * t, n=n, r=r)
        return effect, f"{how}{whence}; crossover, correlation of periods {r:g}"
    active, control = people_of_both_arms(row)
    if pd.notna(row["n"]) and row["n"] != active + control:
        raise missing(row, "the numbers of people in both arms at this time were not seen")
    t, how = _t(row, statistic, df=active + control - 2)
    effect = standardised_mean_difference_from_t(t=sign * t, n_active=active, n_control=control)
    return effect, f"{how}{whence}"


def _statistic(row: pd.Series[Any]) -> PrintedStatistic | None:
    """The statistic that a row prints, refused where it tests something else; None for p alone."""
    if not isinstance(row["statistic"], str):
        exact = pd.notna(row["p_value"]) and not _threshold(row)
        if not exact:
            raise missing(row, "only a threshold of p is printed" if _threshold(row) else NO_P)
        return None
    found = [one for one in statistics_in(row["statistic"]) if one.kind != "chi2"]
    if len(found) != 1:
        raise missing(row, "the printed statistic is no t, z or F of one test")
    statistic = found[0]
    words = set(statistic.words.split())
    if words & _OF_READINGS:
        raise missing(row, SEVERAL_READINGS)
    if words & _OF_DOSES:
        raise missing(row, TREND)
    if statistic.as_t is None:
        raise missing(row, "an F with several numerator degrees of freedom")
    if not words <= _OF_TWO_ARMS:
        raise missing(row, f"a test not known to compare scores: {statistic.words}")
    return statistic


def _threshold(row: pd.Series[Any]) -> bool:
    return isinstance(row["p_text"], str) and any(sign in row["p_text"] for sign in "<>≤≥")


def _require_two_arms_at_one_time(row: pd.Series[Any]) -> None:
    if row["role"] != "active" or row["control_role"] != "control":
        raise missing(row, NOT_TWO_ARMS)
    if pd.isna(row["to_min"]) or row["from_min"] != row["to_min"]:
        raise missing(row, NOT_ONE_TIME)


def _t(row: pd.Series[Any], statistic: PrintedStatistic | None, df: float) -> tuple[float, str]:
    """Size of t on df degrees of freedom, and how it came to be."""
    if statistic is None:
        return t_from_p(p_value=float(row["p_value"]), df=df).value, "test by its p-value, as of t"
    if statistic.df_of_error is not None and statistic.df_of_error > df:
        raise missing(row, f"more degrees of freedom than {df:g}: repeated readings")
    assert statistic.as_t is not None
    return statistic.as_t, f"test by its {statistic.kind}, too large if adjusted"


def _sign(row: pd.Series[Any], medians: pd.DataFrame) -> tuple[float, str]:
    """-1 where the active arm fared better, else 1; and where the sign was taken from."""
    if row["favours"] in ("active", "control"):
        return (-1.0 if row["favours"] == "active" else 1.0), ""
    if row["measure"] != "median-difference":
        raise missing(row, NO_SIGN)
    difference, whence = float(row["estimate"]), ""
    if not difference:
        difference, whence = _difference_of_medians(row, medians), "; sign from the arms' medians"
    if not difference or math.isnan(difference):
        raise missing(row, NO_SIGN)
    lower_is_better = row["direction"] != "higher-is-better"
    return math.copysign(1.0, difference if lower_is_better else -difference), whence


def _difference_of_medians(row: pd.Series[Any], medians: pd.DataFrame) -> float:
    """Median of the active arm minus that of the control arm, as printed for the same reading."""
    same = medians[(medians[_SAME] == row[_SAME]).all(axis=1)]
    arms = [same[same["arm_id"] == row[name]] for name in ("arm_id", "comparator_arm_id")]
    if any(len(arm) != 1 for arm in arms):
        return math.nan
    active, control = (float(arm["estimate"].iloc[0]) for arm in arms)
    return active - control
