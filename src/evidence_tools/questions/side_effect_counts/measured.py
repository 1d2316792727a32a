"""Sizes instead of counts: blood pressure, heart rate and ratings of dissociation, as reported.

Nothing is pooled: a mean change, the mean of the largest rises and a mean after the dose are three
things, and each row keeps its own time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_tools.questions.side_effect_counts.exposure import exposed_rows

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

_SIZES = ("mean", "mean-change", "peak-mean")
_SAME_NUMBER = ["arm_id", "term", "measure", "estimate"]
_COLUMNS = [
    *("side_effect_id", "study_id", "label", "term", "arm_id", "role", "drug", "route", "dose"),
    *(
        "dose_unit",
        "infusion_minutes",
        "n_doses",
        "schedule",
        "rung",
        "rungs",
        "measure",
        "estimate",
        "sd",
    ),
    *("instrument_or_unit", "n", "time_value", "time_unit", "time_anchor", "definition"),
    *("directness", "design", "source_level", "retracted", "note", "locator", "url", "reference"),
]


def measured_changes(evidence: Evidence) -> pd.DataFrame:
    """Rows with the size of a change of blood pressure, heart rate or vital signs. One line per
    number, by term, rung and study; of two rows with one number of one arm the one that says how
    many people it rests on.
    """
    rows = exposed_rows(evidence)
    terms = evidence.rules.harms.measured_terms
    sized = rows["measure"].isin(_SIZES) & rows["estimate"].notna() & rows["term"].isin(terms)
    chosen = rows.loc[sized, _COLUMNS].sort_values(["term", "rungs", "study_id", "n"])
    again = chosen.duplicated(_SAME_NUMBER) & chosen["arm_id"].notna()
    return chosen[~again].reset_index(drop=True)


def rated_dissociation(evidence: Evidence) -> pd.DataFrame:
    """Rows on dissociation rated with CADSS, with or without a number. By study and row; `estimate`
    is missing where only words were seen.
    """
    rows = exposed_rows(evidence)
    chosen = evidence.rules.harms.dissociation
    rated = rows["instrument_id"].eq(chosen.instrument) & rows["term"].eq(chosen.term)
    return rows.loc[rated, _COLUMNS].sort_values("side_effect_id").reset_index(drop=True)
