"""From rows to contrasts: the only place that knows both columns and formulas.

Every result on anxiety, fear, PTSD or OCD of a primary study becomes a line of one table, with an
effect that is turned so that negative (a ratio below 1) favours the active arm, or with the reason
why it has none. Published meta-analyses are no rows here, so they can never enter a pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.questions.size_of_benefit.contrasts.arms import EVENTS, SCORES, arm_contrasts
from evidence_tools.questions.size_of_benefit.contrasts.candidates import RANDOMISED, candidates
from evidence_tools.questions.size_of_benefit.contrasts.printed import DIFFERENCE, printed_contrasts
from evidence_tools.questions.size_of_benefit.contrasts.tested import TESTS, tested_contrasts

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

__all__ = ["Contrasts", "all_contrasts"]

COLUMNS = [
    *("contrast_id", "study_id", "programme", "label", "yi", "vi", "measure", "time_h"),
    *("derivation", "source_level", "included", "reason"),
    *("from_min", "to_min", "time_anchor", "earliest_min", "latest_min", "construct"),
    *("instrument", "instrument_id", "directness", "design"),
    *("drug", "route", "dose", "dose_unit", "n_doses", "control_drug", "n", "retracted"),
]

RETRACTED = "its source was retracted"
_OF_THE_ROW = (
    *("from_min", "to_min", "time_anchor", "earliest_min", "latest_min", "construct"),
    *("instrument", "instrument_id", "directness", "design", "drug", "route", "dose"),
    *("dose_unit", "n_doses"),
)
"""What a line takes from the row of its active arm as it is."""

_OF_PEOPLE = (*EVENTS, "incidence", "risk-ratio", "odds-ratio", "risk-difference", "hazard-ratio")
"""Measures that count people; every other one is of a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrasts:
    """All contrasts of the evidence.

    Attributes
    ----------
    rows : DataFrame
        One row per contrast or unusable result: `contrast_id` (result ids joined by " v "),
        `yi`, `vi` (logs for RR; missing without an effect), `measure` (SMD or RR), `time_h`
        (hours after `time_anchor`, the later bound as printed), `earliest_min` and `latest_min`
        (minutes between which the reading lies, after the dose began or after an anchor of its
        own), `derivation`, `included` (has an effect and may enter a pool), `reason` (why not).
    """

    rows: pd.DataFrame

    @property
    def included(self) -> pd.DataFrame:
        """Contrasts that may enter a pool."""
        return self.rows[self.rows["included"]]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def summary(self) -> str:
        """Two lines: how many contrasts there are, and why the others have no effect."""
        reasons = self.rows.loc[~self.rows["included"], "reason"].value_counts()
        words = "; ".join(f"{reason}: {count}" for reason, count in reasons.items())
        studies = self.included["study_id"].nunique()
        return (
            f"{len(self.included)} of {len(self.rows)} lines are contrasts that may be pooled, "
            f"from {studies} studies\nthe others: {words or 'none'}"
        )


def all_contrasts(evidence: Evidence, *, period_correlation: float | None = None) -> Contrasts:
    """Every result on the target constructs as a contrast, or with the reason why it is none.

    Parameters
    ----------
    evidence : Evidence
    period_correlation : float, optional
        Correlation of the periods of a crossover trial; default from ``questions.yml``.

    Returns
    -------
    Contrasts
        In the order of `contrast_id`.
    """
    pooling = evidence.questions.pooling
    r = pooling.period_correlation if period_correlation is None else period_correlation
    level = evidence.rules.contrasts.assumed_ci_level
    rows = candidates(evidence).fillna({"ci_level": level})
    standardised = evidence.rules.validation.standardised_measures
    lines = [_line(record) for record in _records(rows, r, standardised)]
    frame = pd.DataFrame(lines, columns=COLUMNS)
    return Contrasts(rows=frame.sort_values("contrast_id", ignore_index=True))


def _records(rows: pd.DataFrame, r: float, standardised: Iterable[str]) -> Iterator[dict[str, Any]]:
    randomised = rows["design"].isin(RANDOMISED)
    paired = rows["measure"].isin([*SCORES, *EVENTS]) & randomised
    printed = rows["measure"].isin([*standardised, DIFFERENCE]) & randomised
    tested = rows["measure"].isin(TESTS) & randomised
    yield from arm_contrasts(rows[paired], r)
    yield from printed_contrasts(rows[printed], r)
    yield from tested_contrasts(rows[tested], rows[rows["measure"] == "median"], r)
    for _, row in rows[~paired & ~printed & ~tested].iterrows():
        measure_of_row = "RR" if row["measure"] in _OF_PEOPLE else "SMD"
        yield {"active": row, "control": None, "reason": _unusable(row), "measure": measure_of_row}


def _unusable(row: pd.Series[Any]) -> str:
    if row["design"] not in RANDOMISED:
        return "not a randomised comparison"
    words = {
        "qualitative": "no number, only words",
        "incidence": "an incidence, not a response or a score",
        "correlation": "a correlation",
    }
    return words.get(row["measure"], f"no contrast can be made of a {row['measure']}")


def _line(record: dict[str, Any]) -> dict[str, Any]:
    active, control = record["active"], record["control"]
    has_effect = pd.notna(record.get("yi"))
    rows = [active] if control is None else [active, control]
    retracted = any(row["retracted"] for row in rows)
    bars = [RETRACTED if retracted else "", record["reason"], *(_barred(row) for row in rows)]
    reason = next(filter(None, bars), "")
    return {
        "contrast_id": active["result_id"]
        if control is None
        else f"{active['result_id']} v {control['result_id']}",
        **{name: active[name] for name in ("study_id", "programme", "label", "source_level")},
        "yi": record.get("yi"),
        "vi": record.get("vi"),
        "measure": record["measure"],
        "time_h": active["to_min"] / 60,
        "derivation": record.get("derivation", ""),
        "included": bool(has_effect and not reason),
        "reason": reason,
        **{name: active[name] for name in _OF_THE_ROW},
        "retracted": retracted,
        "control_drug": control["drug"] if control is not None else active["control_drug"],
        "n": _n(active, control),
    }


def _barred(row: pd.Series[Any]) -> str:
    """Why a contrast with an effect may still not enter a pool."""
    if row["time_anchor"] == "baseline" and row["to_min"] == 0:
        return "before treatment"
    return "read second-hand" if row["source_level"] == "secondary" else ""


def _n(active: pd.Series[Any], control: pd.Series[Any] | None) -> float:
    """People behind a contrast, as far as they were seen; those of a crossover trial once."""
    if control is not None:
        arms = [row["n_arm"] if pd.isna(row["n"]) else row["n"] for row in (active, control)]
    elif pd.notna(active["n_arm"]) and pd.notna(active["n_control_arm"]):
        arms = [active["n_arm"], active["n_control_arm"]]
    else:
        arms = [active["n_arm"] if pd.isna(active["n"]) else active["n"]]
    total = sum(float(n) for n in arms if pd.notna(n))
    enrolled = active["people"]
    if active["design"] == "rct-crossover" and pd.notna(enrolled):
        total = min(total, float(enrolled))
    return total or float("nan")
