"""Published pooled estimates: what reviews found, as outside comparators, never in our pools.

Standardised differences are turned once so that negative favours the active drug. Reviews print
them in either direction; the direction of a review is read from those of its rows that name a
winner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from evidence_tools.base.units import to_minutes

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEstimates:
    """Pooled estimates of published reviews.

    Attributes
    ----------
    rows : DataFrame
        Rows of ``results.csv`` from reviews with `label`, `design`, `directness`, `condition`;
        `yi`, `yi_low`, `yi_high` (standardised, negative favours the active drug; missing where
        the row is on another scale or has no interval); `from_min`, `to_min` (window in
        minutes, missing where not stated).
    """

    rows: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def summary(self) -> str:
        """One line: how many estimates, and how many with an interval."""
        drawn = int(self.rows["yi_low"].notna().sum())
        return f"{len(self.rows)} published pooled results, {drawn} standardised with an interval"


def published_estimates(evidence: Evidence, constructs: tuple[str, ...]) -> PublishedEstimates:
    """Pooled results of reviews on the given constructs.

    Parameters
    ----------
    evidence : Evidence
    constructs : tuple of str
        Such as ``("anxiety",)`` or ``("ptsd", "ocd")``.

    Returns
    -------
    PublishedEstimates
        In the order of study and window. A change from before to after treatment is no
        contrast, and a review whose rows name no winner has no direction: both have no `yi`.
    """
    columns = ["study_id", "label", "design", "directness", "condition", "comparator"]
    rows = evidence.results.merge(evidence.studies[columns], on="study_id")
    reviews = evidence.rules.claims.published_designs
    chosen = rows["design"].isin(reviews) & rows["construct"].isin(constructs)
    rows = rows[chosen & (rows["measure"] != "correlation")].copy()
    standardised = evidence.rules.validation.standardised_measures
    contrast = rows["measure"].isin(standardised) & (rows["comparator"] != "none")
    turn = rows["study_id"].map(_direction(rows[contrast]))
    for name, source in (("yi", "estimate"), ("a", "ci_low"), ("b", "ci_high")):
        rows[name] = (rows[source] * turn).where(contrast)
    rows["yi_low"] = rows[["a", "b"]].min(axis=1, skipna=False)
    rows["yi_high"] = rows[["a", "b"]].max(axis=1, skipna=False)
    rows["from_min"] = _window(rows, "time_window_low")
    rows["to_min"] = _window(rows, "time_window_high")
    rows = rows.drop(columns=["a", "b"])
    return PublishedEstimates(rows=rows.sort_values(["study_id", "from_min"], ignore_index=True))


def _direction(rows: pd.DataFrame) -> dict[str, float]:
    """Per review +1 if it prints benefit as negative, -1 if as positive; else left out."""
    directions = {}
    for study_id, group in rows.groupby("study_id"):
        named = group[group["favours"].isin(["active", "control"])]
        gain = named["estimate"].where(named["favours"] == "active", -named["estimate"])
        if gain.notna().any() and gain.median() != 0:
            directions[str(study_id)] = -1.0 if gain.median() > 0 else 1.0
    return directions


def _window(rows: pd.DataFrame, column: str) -> pd.Series[float]:
    """The window's bound in minutes; a single time stands for both bounds."""
    values = rows[column].fillna(rows["time_value"])
    minutes = [
        to_minutes(value, unit) if pd.notna(value) and isinstance(unit, str) else float("nan")
        for value, unit in zip(values, rows["time_unit"], strict=True)
    ]
    return pd.Series(minutes, index=rows.index, dtype="float64")
