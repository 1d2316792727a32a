"""What the people of a side-effect row received, and beside what: rung and comparator.

The ladder of harms has the clinic's own dose on top;
its bounds stand in ``rules.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import to_minutes
from evidence_tools.evidence.joined import joined, tuples

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import AnaestheticBounds, HarmRules, InfusionBounds

LADDER = (
    *("racemic-infusion", "racemic-other", "esketamine-spray", "anaesthetic"),
    "esketamine-other",
)
"""The ladder of harms from the top; the last stands beside it."""

NO_COMPARATOR = "none"
ANY_TIME = "any-time"
TREATED = ("active", "single")


def exposed_rows(evidence: Evidence) -> pd.DataFrame:
    """Side-effect rows with term, rungs, comparator, definition and elicitation. The side effects
    of `Joined`, in their order, with the columns of `Incidences` that say what they are; `rung` is
    here that of the ladder of harms.
    """
    rules = evidence.rules.harms
    rows = _with_one_term(joined(evidence).side_effects, evidence)
    rows = _with_rungs(rows, evidence.arms, rules)
    rows["definition"] = rows["qualifier"].fillna(ANY_TIME)
    rows["window_min"] = [_minutes(row) for row in rows.to_dict("records")]
    rows["kind"] = [_kind(row, rules) for row in rows.to_dict("records")]
    rows["elicitation"] = _elicitations(rows, evidence)
    return rows


def rung_of(arm: Mapping[Any, Any], rules: HarmRules) -> str:
    """The rung of the ladder of harms on which an arm stands; empty for other drugs. One of
    `LADDER`, or "".
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


def _with_one_term(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """The one term of a row and its body system; empty where a row names several."""
    systems = evidence.side_effect_terms.set_index("term")["body_system"].to_dict()
    terms = [one[0] if len(one) == 1 else "" for one in rows["terms"]]
    return rows.assign(term=terms, body_system=[systems.get(term, "") for term in terms])


def _with_rungs(rows: pd.DataFrame, arms: pd.DataFrame, rules: HarmRules) -> pd.DataFrame:
    """Comparator of each row, and its rungs: a control has those of the arms beside it."""
    known = arms.to_dict("records")
    arms = arms.assign(
        rung=[rung_of(arm, rules) for arm in known],
        kind=[comparator_class(arm, rules) for arm in known],
    )
    controls = arms[arms["role"] == "control"].groupby("study_id")["kind"].agg(set)
    active = arms[arms["role"] == "active"].groupby("study_id")["rung"].agg(set)
    comparators, rungs = [], []
    for row in rows.to_dict("records"):
        if row["role"] == "control":
            comparators.append(comparator_class(row, rules))
            of_arms = active.get(row["study_id"], set())
        else:
            classes = sorted(controls.get(row["study_id"], set()))
            comparators.append(";".join(classes) if row["role"] == "active" else "")
            of_arms = {rung_of(row, rules)}
        rungs.append(tuple(rung for rung in LADDER if rung in of_arms))
    return rows.assign(
        comparator=[name or NO_COMPARATOR for name in comparators],
        rungs=tuples(rungs, rows),
        rung=[one[0] if len(one) == 1 else "" for one in rungs],
    )


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


def _elicitations(rows: pd.DataFrame, evidence: Evidence) -> list[str]:
    """How people were asked, only if the row or its study says; a reading is taken of everyone."""
    summaries = evidence.studies.drop_duplicates("study_id").set_index("study_id")["summary"]
    words = rows["note"].fillna("") + " " + rows["study_id"].map(summaries).fillna("")
    ways = evidence.rules.harms.elicitation
    return [
        next((str(way) for way, phrases in ways.items() if any(p in said for p in phrases)), other)
        for said, other in zip(words.str.lower(), map(_unsaid, rows["definition"]), strict=True)
    ]


def _unsaid(definition: str) -> str:
    scale = definition == "scale-based" or definition.startswith("threshold-")
    return "measured" if scale else "not-stated"
