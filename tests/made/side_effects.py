"""Hand-made evidence on side effects: a few studies, arms and rows, with the words of the world."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

import evidence_tools as et

STUDY = {
    "design": "rct-parallel",
    "directness": "safety-only",
    "condition": "mdd",
    "reference": "park2022",
}
INFUSION = {
    "role": "active",
    "drug": "ketamine",
    "dose": 0.5,
    "dose_unit": "mg/kg",
    "route": "iv",
    "infusion_minutes": 40.0,
}
SPRAY = {"role": "active", "drug": "esketamine", "route": "intranasal", "dose": 84.0}
SPRAY |= {"dose_unit": "mg"}
PLACEBO = {"role": "control", "drug": "placebo"}
ROW = {"measure": "events", "source_level": "full-text", "instrument_or_unit": "participants"}


def made(evidence, rows, *, arms=None, studies=None, contains=()) -> et.Evidence:
    """Evidence with the given rows.

    `rows` are dictionaries with `arm_id` ("study/arm"), `term` (";" joins several) and counts;
    `arms` and `studies` change facts of an arm or a study that are otherwise an infusion of
    ketamine, or placebo for an arm of that name, in a parallel trial of its own programme.
    """
    rows = [ROW | {"side_effect_id": f"made/s{i:02d}"} | row for i, row in enumerate(rows, 1)]
    names = {row["arm_id"]: None for row in rows if row.get("arm_id")} | dict.fromkeys(arms or {})
    arm_rows = [
        {"arm_id": name, "study_id": name.split("/")[0]}
        | (PLACEBO if name.endswith("/placebo") else INFUSION)
        | (arms or {}).get(name, {})
        for name in names
    ]
    study_ids = {name.split("/")[0] for name in names} | set(studies or {})
    study_rows = [
        STUDY | {"study_id": name, "label": name, "programme": name} | (studies or {}).get(name, {})
        for name in sorted(study_ids)
    ]
    terms = [(row["side_effect_id"], term) for row in rows for term in row["term"].split(";")]
    facts = [{"study_id": str(row.get("arm_id")).split("/")[0]} | row for row in rows]
    side_effects = _like(evidence.side_effects, facts)
    percent = [str(row.get("percent_as_printed", row.get("percent", ""))) for row in rows]
    return replace(
        evidence,
        side_effects=side_effects,
        side_effect_row_terms=pd.DataFrame(terms, columns=["side_effect_id", "term"]),
        arms=_like(evidence.arms, arm_rows),
        studies=_like(evidence.studies, study_rows),
        contains=_like(evidence.contains, [dict(review=a, study=b) for a, b in contains]),
        text=dict(evidence.text) | {"side_effects": pd.DataFrame({"percent": percent})},
    )


def _like(frame: pd.DataFrame, records: list[dict]) -> pd.DataFrame:
    """Records with the columns and types of a table."""
    made_of = {name: [record.get(name) for record in records] for name in frame.columns}
    return pd.DataFrame(made_of).astype(frame.dtypes.to_dict())
