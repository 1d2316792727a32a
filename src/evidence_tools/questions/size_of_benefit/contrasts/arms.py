"""Contrasts from two arms of one trial: means, medians and numbers of responders.

An active arm is paired with the one control arm that has the same study, instrument, construct,
measure and time. Periods of a crossover trial are correlated; the correlation is stated in
``questions.yml`` where the paper does not give it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from evidence_tools.arithmetic.conversions import mean_from_quartiles, sd_from_quartiles
from evidence_tools.arithmetic.effects import (
    EffectSizes,
    risk_ratio,
    risk_ratio_paired,
    standardised_mean_change_raw,
    standardised_mean_difference,
)
from evidence_tools.arithmetic.printed import people_of_percent
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.evidence.joined import text_of
from evidence_tools.questions.size_of_benefit.contrasts.candidates import missing, why

SCORES = ("mean", "median")
EVENTS = ("response", "remission")
NO_PARTNER = "one arm's value without that of the other arm"
SEVERAL = "more than one value of the control arm to compare with"
NO_ARM = "the arm is not stated"
SKEWED = "quartiles say that the scores are skewed"

_SAME = ["study_id", "construct", "scale", "measure", "from_min", "to_min", "time_anchor"]
_QUARTILES = re.compile(r"IQR\s*([\d.]+)\s*(?:-|–|to)\s*([\d.]+)")


def arm_contrasts(rows: pd.DataFrame, period_correlation: float) -> Iterator[dict[str, Any]]:
    """One record per active arm that has a partner, and one per value without a partner.

    `active` and `control` (the rows; control None without a partner), `yi`, `vi`, `measure`,
    `derivation`, `reason` (why it has no effect; empty if it has one).

    `rows`: from `candidates`, only rows with a measure in `SCORES` or `EVENTS`.
    """
    for _, group in rows.groupby(_SAME, dropna=False, sort=True):
        controls = group[group["role"] == "control"]
        alone = SEVERAL if len(controls) > 1 else NO_PARTNER
        for _, active in group[group["role"] != "control"].iterrows():
            if len(controls) == 1 and active["role"] == "active":
                yield _pair(active, controls.iloc[0], period_correlation)
            else:
                yield _without(active, NO_ARM if pd.isna(active["role"]) else alone)
        if len(controls) > 1 or not (group["role"] == "active").any():
            for _, control in controls.iterrows():
                yield _without(control, alone)


def _without(row: pd.Series[Any], reason: str) -> dict[str, Any]:
    effect = {"yi": math.nan, "vi": math.nan, "measure": _measure(row), "derivation": ""}
    return {"active": row, "control": None, **effect, "reason": reason}


def _measure(row: pd.Series[Any]) -> str:
    return "RR" if row["measure"] in EVENTS else "SMD"


def _pair(active: pd.Series[Any], control: pd.Series[Any], r: float) -> dict[str, Any]:
    record: dict[str, Any] = {"active": active, "control": control, "measure": _measure(active)}
    try:
        if active["measure"] in EVENTS:
            effect, derivation = _events(active, control, r)
        else:
            effect, derivation = _scores(active, control, r)
    except NotEstimableError as error:
        nothing = {"yi": math.nan, "vi": math.nan, "derivation": ""}
        return record | nothing | {"reason": why(error, active, control)}
    yi, vi = float(effect.yi[0]), float(effect.vi[0])
    return record | {"yi": yi, "vi": vi, "derivation": derivation, "reason": ""}


def _scores(active: pd.Series[Any], control: pd.Series[Any], r: float) -> tuple[EffectSizes, str]:
    a_mean, a_sd, a_n = _moments(active)
    c_mean, c_sd, c_n = _moments(control)
    how = ("medians" if active["measure"] == "median" else "arm-means") + _unseen(active, control)
    if active["direction"] == "higher-is-better":
        a_mean, c_mean = -a_mean, -c_mean
    if _same_people(active, a_n, c_n):
        change = standardised_mean_change_raw(
            mean_1=a_mean, mean_2=c_mean, sd_1=c_sd, n=min(a_n, c_n), r=r
        )
        return change, f"{how}; crossover, correlation of periods {r:g}"
    effect = standardised_mean_difference(
        mean_active=a_mean,
        sd_active=a_sd,
        n_active=a_n,
        mean_control=c_mean,
        sd_control=c_sd,
        n_control=c_n,
    )
    return effect, how


def _unseen(*rows: pd.Series[Any]) -> str:
    """Words where people missing from a reading would be counted."""
    unseen = any(pd.isna(row["n"]) for row in rows)
    return "; people of the whole arms, those of the reading not seen" if unseen else ""


def _moments(row: pd.Series[Any]) -> tuple[float, float, float]:
    """Mean, SD and n of an arm; from quartiles only where they do not say that it is skewed."""
    # Shi et al. (2023), the test of skewness by which metafor's `conv.fivenum` leaves studies out.
    # doi:10.1177/09622802231172043
    n = _n(row)
    if row["measure"] == "mean":
        if pd.isna(row["estimate"]) or pd.isna(row["sd"]):
            raise missing(row, "no mean with a standard deviation")
        return float(row["estimate"]), float(row["sd"]), n
    quartiles = _QUARTILES.search(text_of(row["statistic"]))
    if quartiles is None or pd.isna(row["estimate"]):
        raise missing(row, "no median with quartiles")
    q1, q3 = float(quartiles[1]), float(quartiles[2])
    mean = mean_from_quartiles(q1=q1, median=float(row["estimate"]), q3=q3, n=n)
    if mean.notes:
        raise missing(row, SKEWED)
    return mean.value, sd_from_quartiles(q1=q1, q3=q3, n=n).value, n


def _events(active: pd.Series[Any], control: pd.Series[Any], r: float) -> tuple[EffectSizes, str]:
    """Risk ratio of not responding, so that below 1 favours the active arm."""
    # Nothing is added where an arm has no responder: the events compared are those who do not.
    a_events, a_n, a_how = _responders(active)
    c_events, c_n, c_how = _responders(control)
    counts = {"events_active": a_n - a_events, "n_active": a_n}
    counts |= {"events_control": c_n - c_events, "n_control": c_n}
    estimable = a_events < a_n and c_events < c_n and a_events + c_events > 0
    add = 0.0 if estimable else 0.5
    how = (a_how if a_how == c_how else f"{a_how}; {c_how}") + _unseen(active, control)
    if _same_people(active, a_n, c_n):
        effect = risk_ratio_paired(**counts, r=r, add=add)
        how += f"; crossover, correlation of periods {r:g}"
    else:
        effect = risk_ratio(**counts, add=add)
    return effect, how + "".join(f"; {note.partition(': ')[2]}" for note in effect.notes)


def _same_people(active: pd.Series[Any], a_n: float, c_n: float) -> bool:
    """Whether both arms of a crossover trial are periods of the same people."""
    # Where both together are no more than were enrolled, the row is on the first period only.
    enrolled = active["people"]
    first_period = pd.notna(enrolled) and a_n + c_n <= enrolled
    return bool(active["design"] == "rct-crossover" and not first_period)


def _responders(row: pd.Series[Any]) -> tuple[float, float, str]:
    """Responders and people of an arm; from a percentage only if it gives whole people."""
    n = _n(row)
    if pd.notna(row["events"]):
        return float(row["events"]), n, "counts"
    if pd.isna(row["percent"]):
        raise missing(row, "neither a count nor a percentage")
    fitting = people_of_percent(
        float(row["percent"]), n=int(n), decimals=int(row["percent_decimals"])
    )
    if len(fitting) != 1:
        raise missing(row, f"{row['percent']:g}% of {n:g} gives no single number of people")
    return float(fitting[0]), n, "counts from a percentage that gives whole people"


def _n(row: pd.Series[Any]) -> float:
    n = row["n"] if pd.notna(row["n"]) else row["n_arm"]
    if pd.isna(n):
        raise missing(row, "the number of people in the arm was not seen")
    return float(n)
