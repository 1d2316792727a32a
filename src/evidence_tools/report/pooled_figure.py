"""The rows of a forest plot of our own answers, and the same rows in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import Any

import pandas as pd

from evidence_tools.answers import Answer
from evidence_tools.loading import Evidence
from evidence_tools.plots.forest import Diamond, ForestRow
from evidence_tools.report.cells import when_words
from evidence_tools.report.comparators import row_words
from evidence_tools.words import effect_words

_NORMAL = NormalDist().inv_cdf(0.975)
"""Standard errors in half a 95% interval of a single contrast."""


def forest_rows(evidence: Evidence, answers: Iterable[Answer]) -> list[ForestRow | Diamond]:
    """Contrasts of each answer, with weights and a diamond where it pools several.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence, for the times as they were entered.
    answers : iterable of Answer
        Answers that rest on at least one contrast.

    Returns
    -------
    list of ForestRow or Diamond
        In the order of the answers. A contrast that answers several questions alone is one row.
    """
    results = evidence.results.set_index("result_id", drop=False)
    rows: dict[tuple[str, str], ForestRow | Diamond] = {}
    for answer in answers:
        pooled, question = answer.pooled, answer.question.question_id
        several = pooled is not None and pooled.k > 1
        for index, contrast in enumerate(answer.included.to_dict("records")):
            name = str(contrast["contrast_id"])
            time = when_words(results.loc[[name.split(" v ")[0]]].iloc[0])
            weight = float(pooled.weights[index]) if pooled is not None and several else None
            rows[name, question if several else ""] = _row(contrast, time, weight)
        if several:
            rows["pooled", question] = _diamond(answer)
    return list(rows.values())


def spoken_row(row: ForestRow | Diamond) -> str:
    """A row of the figure for its alternative text."""
    if isinstance(row, ForestRow):
        share = "" if row.weight is None else f", weight {100 * row.weight:.0f}%"
        return f"{row_words(row)}: {interval_words(row.yi, row.low, row.high)}{share}"
    words = f"{row.label}: {interval_words(row.estimate, row.low, row.high)}"
    if row.pi_low is None or row.pi_high is None:
        return words
    expected = f"{effect_words(row.pi_low)} to {effect_words(row.pi_high)}"
    return f"{words}, a new study would be expected at {expected}"


def interval_words(estimate: float, low: float | None, high: float | None) -> str:
    """A computed effect with its interval, two decimals each."""
    if low is None or high is None:
        return effect_words(estimate)
    return f"{effect_words(estimate)} ({effect_words(low)} to {effect_words(high)})"


def _row(contrast: dict[Any, Any], time: str, weight: float | None) -> ForestRow:
    half = _NORMAL * math.sqrt(contrast["vi"])
    return ForestRow(
        label=contrast["label"],
        rung=contrast["directness"],
        yi=contrast["yi"],
        low=contrast["yi"] - half,
        high=contrast["yi"] + half,
        dose=_dose(contrast),
        comparator="" if pd.isna(contrast["control_drug"]) else contrast["control_drug"],
        time=time.removeprefix("time "),
        n="" if pd.isna(contrast["n"]) else f"{contrast['n']:.0f}",
        weight=weight,
    )


def _dose(contrast: dict[Any, Any]) -> str:
    """Drug, dose at one time, and how often it was given, as far as they were seen."""
    drug = "" if pd.isna(contrast["drug"]) else contrast["drug"]
    dose = "" if pd.isna(contrast["dose"]) else f"{contrast['dose']:g} {contrast['dose_unit']}"
    often = contrast["n_doses"]
    times = "" if pd.isna(often) or often == 1 else f"× {often:.0f}"
    return " ".join(part for part in (drug, dose, times) if part)


def _diamond(answer: Answer) -> Diamond:
    pooled = answer.pooled
    assert pooled is not None
    return Diamond(
        label=f"Pooled: {answer.question.words}",
        estimate=pooled.estimate,
        low=pooled.ci_low,
        high=pooled.ci_high,
        pi_low=pooled.pi_low,
        pi_high=pooled.pi_high,
    )
