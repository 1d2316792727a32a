"""What a claim on side effects leaves out: who had them for longer, and which are as common."""

from __future__ import annotations

from collections.abc import Collection

from evidence_tools.claims import ClaimAssessment
from evidence_tools.harms.claim import side_effects_common
from evidence_tools.loading import Evidence
from evidence_tools.report.display import Cell
from evidence_tools.tallies import GONE, lasting_longer

LONGER = "Lasted more than a day"
NOBODY = "not counted in any study"
LEFT_OUT = "As common, and not named by the page"


def harms_beside(assessment: ClaimAssessment, evidence: Evidence) -> list[tuple[Cell, ...]]:
    """Lines that stand beside a claim on side effects.

    Parameters
    ----------
    assessment : ClaimAssessment
        A claim held against the evidence.
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    list of tuple
        For a claim that side effects are gone, the people in whom they lasted longer: a part of
        those treated, which never votes. For a claim that names common ones, the effects that are
        as common and not named. Empty for every other claim.
    """
    parts = [result.part for result in assessment.counting]
    rows: list[tuple[Cell, ...]] = []
    if any(GONE in part.events for part in parts):
        rows.append((LONGER, _longer(evidence, {term for part in parts for term in part.terms})))
    if any(part.kind == "incidence" for part in parts):
        left_out = side_effects_common(evidence).unnamed
        names = dict.fromkeys(one.label.lower() for one in left_out)
        rows.append((LEFT_OUT, ", ".join(names) or "none"))
    return rows


def _longer(evidence: Evidence, terms: Collection[str]) -> str:
    """People in whom an effect lasted longer; all effects where a claim names none."""
    lines = lasting_longer(evidence).dropna(subset=["events", "n"])
    labels = evidence.side_effect_terms.set_index("term")["label"]
    told: dict[str, list[str]] = {}
    for line in lines.to_dict("records"):
        if line["events"] and (not terms or line["term"] in terms):
            name = str(labels[line["term"]]).lower()
            words = f"{name} in {line['events']:.0f} of {line['n']:.0f} people"
            told.setdefault(line["label"], []).append(words)
    return "; ".join(f"{label}: {', '.join(words)}" for label, words in told.items()) or NOBODY
