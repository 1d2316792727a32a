"""What the people of a side-effect row received, and beside what: rung and comparator.

Joins rows with their study, arm and terms. The ladder of harms has the clinic's own dose on top;
its bounds stand in ``rules.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evidence_tools.clock import retracted
from evidence_tools.evidence.rules import AnaestheticBounds, HarmRules, InfusionBounds
from evidence_tools.loading import Evidence
from evidence_tools.units import to_minutes

LADDER = (
    *("racemic-infusion", "racemic-other", "esketamine-spray", "anaesthetic"),
    "esketamine-other",
)
"""The ladder of harms from the top; the last stands beside it."""

NO_COMPARATOR = "none"
ANY_TIME = "any-time"
TREATED = ("active", "single")

_STUDY = ["study_id", "label", "programme", "design", "directness", "condition", "summary"]
_ARM = ["arm_id", "role", "drug", "dose", "dose_unit", "route", "infusion_minutes", "n_doses"]


def exposed_rows(evidence: Evidence) -> pd.DataFrame:
    """Side-effect rows with study, arm, terms, rung, comparator, definition and elicitation.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    DataFrame
        One line per row of ``side_effects.csv``, in its order, with `percent_printed` (the
        percent as text) and `retracted` besides the columns of `Incidences`.
    """
    rules = evidence.rules.harms
    arms = evidence.arms[[*_ARM, "schedule", "study_id"]].copy()
    arms["rung"] = [rung_of(arm, rules) for arm in arms.to_dict("records")]
    arms["class"] = [comparator_class(arm, rules) for arm in arms.to_dict("records")]
    rows = evidence.side_effects.assign(
        percent_printed=evidence.text["side_effects"]["percent"],
        retracted=retracted(evidence, evidence.side_effects),
    )
    rows = rows.merge(evidence.studies[_STUDY], on="study_id", how="left")
    rows = rows.merge(arms.drop(columns="study_id"), on="arm_id", how="left")
    rows = _with_terms(rows, evidence)
    rows["comparator"], rows["rung"] = _beside(rows, arms)
    rows["definition"] = rows["qualifier"].fillna(ANY_TIME)
    rows["window_min"] = [_minutes(row) for row in rows.to_dict("records")]
    rows["kind"] = [_kind(row, rules) for row in rows.to_dict("records")]
    rows["elicitation"] = [_elicitation(row, rules) for row in rows.to_dict("records")]
    return rows


def rung_of(arm: Mapping[Any, Any], rules: HarmRules) -> str:
    """The rung of the ladder of harms on which an arm stands; empty for other drugs.

    Parameters
    ----------
    arm : mapping
        `drug`, `route`, `dose`, `dose_unit`, `infusion_minutes`, `schedule`.
    rules : HarmRules
        The section `harms` of ``rules.yml``.

    Returns
    -------
    str
        One of `LADDER`, or "".
    """
    if arm["drug"] == "esketamine":
        return "esketamine-spray" if arm["route"] == "intranasal" else "esketamine-other"
    if arm["drug"] != "ketamine":
        return ""
    if _is_anaesthetic(arm, rules.anaesthetic):
        return "anaesthetic"
    return "racemic-infusion" if _is_infusion(arm, rules.infusion) else "racemic-other"


def _is_infusion(arm: Mapping[Any, Any], bounds: InfusionBounds) -> bool:
    if arm["route"] != "iv" or arm["dose_unit"] != "mg/kg" or pd.isna(arm["dose"]):
        return False
    minutes = arm["infusion_minutes"]
    usual = pd.isna(minutes) or bounds.minutes_from <= minutes <= bounds.minutes_to
    return bool(usual and bounds.dose_from <= arm["dose"] <= bounds.dose_to)


def _is_anaesthetic(arm: Mapping[Any, Any], bounds: AnaestheticBounds) -> bool:
    schedule = arm["schedule"]
    if isinstance(schedule, str) and bounds.schedule_says in schedule:
        return True
    if arm["dose_unit"] != "mg/kg" or pd.isna(arm["dose"]):
        return False
    by_vein = arm["route"] == "iv" and arm["dose"] > bounds.iv_above
    return bool(by_vein or (arm["route"] == "im" and arm["dose"] >= bounds.im_from))


def comparator_class(arm: Mapping[Any, Any], rules: HarmRules) -> str:
    """The class of a control arm's drug; empty for an arm that is no control."""
    if arm["role"] != "control":
        return ""
    classes = rules.comparators.items()
    return next((name for name, drugs in classes if arm["drug"] in drugs), "other-active")


def _with_terms(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Terms joined by ";", and the body system of the one term of a row."""
    terms = evidence.side_effect_row_terms.groupby("side_effect_id")["term"].agg(";".join)
    systems = evidence.side_effect_terms.set_index("term")["body_system"]
    term = rows["side_effect_id"].map(terms).fillna("")
    return rows.assign(term=term, body_system=term.map(systems).fillna(""))


def _beside(rows: pd.DataFrame, arms: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Comparator of each row, and its rung: a control has the rungs of the arms beside it."""
    controls = arms[arms["role"] == "control"].groupby("study_id")["class"].agg(set)
    active = arms[arms["role"] == "active"].groupby("study_id")["rung"].agg(set)
    comparators, rungs = [], []
    for row in rows.to_dict("records"):
        if row["role"] == "control":
            comparators.append(row["class"])
            beside = active.get(row["study_id"], set())
            rungs.append(";".join(rung for rung in LADDER if rung in beside))
        else:
            classes = sorted(controls.get(row["study_id"], set()))
            comparators.append(";".join(classes) if row["role"] == "active" else "")
            rungs.append(row["rung"] if isinstance(row["rung"], str) else "")
    return [name or NO_COMPARATOR for name in comparators], rungs


def _minutes(row: Mapping[Any, Any]) -> float:
    if pd.isna(row["time_value"]) or not isinstance(row["time_unit"], str):
        return float("nan")
    return to_minutes(float(row["time_value"]), row["time_unit"])


def _kind(row: Mapping[Any, Any], rules: HarmRules) -> str:
    """Whether a row is about a serious event, about stopping, or about any other effect."""
    system, definition = row["body_system"], row["definition"]
    if system == rules.stopping_system or definition == "leading-to-stopping":
        return "stopping"
    serious = row["serious"] == "yes" or definition == "serious"
    return "serious" if serious or row["term"] in rules.serious_terms else "effect"


def _elicitation(row: Mapping[Any, Any], rules: HarmRules) -> str:
    """How people were asked, only if the row or its study says; a reading is taken of everyone."""
    words = " ".join(str(row[name]) for name in ("note", "summary")).lower()
    for name, phrases in rules.elicitation.items():
        if any(phrase in words for phrase in phrases):
            return name
    scale = row["definition"] == "scale-based" or row["definition"].startswith("threshold-")
    return "measured" if scale else "not-stated"
