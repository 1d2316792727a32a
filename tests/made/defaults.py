"""What a made-up row holds where a test does not say."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]

CLINIC = "clinic2024page"
SOURCE_COLUMNS = ("reference", "source")

STUDY = {
    "design": "rct-parallel",
    "condition": "gad",
    "population": "adults",
    "refractory": "unclear",
    "blinding": "double",
    "comparator": "saline",
    "directness": "direct",
    "summary": "A made-up study.",
}
INFUSION = {"role": "active", "drug": "ketamine", "dose": 0.5, "dose_unit": "mg/kg", "route": "iv"}
INFUSION |= {"infusion_minutes": 40, "n_doses": 1}
SPRAY = {"role": "active", "drug": "esketamine", "dose": 84, "dose_unit": "mg"}
SPRAY |= {"route": "intranasal", "infusion_minutes": None}
CONTROLS = {"placebo": "placebo", "saline": "saline", "midazolam": "midazolam"}
RESULT = {
    "construct": "anxiety",
    "instrument": "HAM-A",
    "instrument_id": "ham-a",
    "measure": "mean",
    "direction": "lower-is-better",
    "favours": "unclear",
}
TIMING = {"event": "relief-onset", "basis": "significant-vs-control", "phase": "after-single-dose"}
TIMING |= {"unit": "h", "anchor": "dose"}
SIDE_EFFECT = {"measure": "events", "instrument_or_unit": "participants"}
INSTRUMENT = {"construct": "anxiety", "direction": "lower-is-better"}
TERM = {"body_system": "nervous-system", "description": "A made-up description of a term."}
CLAIM = {
    "claim": "Ketamine helps.",
    "headline": False,
    "topic": "onset",
    "locator": "A heading",
    "strength": "can",
}
JUDGED = {"rater": "draft-rule", "date": "2026-01-01", "status": "draft"}
VERDICT = {
    "verdict": "not-tested",
    "reason": "No row could tell.",
    "does_not_mean": "It does not mean that the claim is false.",
    "would_change": "A trial that looked.",
    "basis": "made up",
}
CERTAINTY = {"rating": "very-low", "reason": "Nothing decides.", "basis": "made up"}
RISK = {"domain": "overall", "outcome": "symptom-severity", "judgement": "low"}
RISK |= {"reason": "All was done as it should be."}
LINK = {"table": "statements", "relation": "supports", "reason": "It says so."}
STATEMENT = {"topic": "other", "statement": "A made-up sentence.", "reference": CLINIC}
EXCLUDED = {"title": "A made-up title", "year": 2020, "reason": "animal"}
SEARCH = {"searched_on": "2026-01-01", "query": "ketamine", "results_seen": 8}
WANTED = {"what": "a trial", "why": "none was found", "where_likely": "a library"}
ACCEPTED = {"reason": "The source prints it so.", "date": "2026-01-01"}

_NUMBERED = {
    "results": ("result_id", "{study}/r{i:02}", RESULT),
    "timing": ("timing_id", "{study}/t{i:02}", TIMING),
    "side_effects": ("side_effect_id", "{study}/s{i:02}", SIDE_EFFECT),
    "statements": ("statement_id", "said/{i:02}", STATEMENT),
    "excluded": ("excluded_id", "x{i:03}", EXCLUDED),
    "searches": ("search_id", "q{i:03}", SEARCH | {"corpus": "public web pages"}),
    "wanted": ("wanted_id", "w{i:03}", WANTED),
}
_PLAIN = {
    "claim_links": LINK,
    "risk_of_bias": RISK | JUDGED,
    "verdicts": VERDICT | JUDGED,
    "certainty": CERTAINTY | JUDGED,
    "accepted": ACCEPTED,
    "contains": {"source": CLINIC, "locator": "a table"},
    "side_effect_terms": TERM,
    "side_effect_row_terms": {},
}


def with_defaults(tables: Tables) -> Tables:
    """The tables with every cell that is needed, and the rows that others name."""
    made = {
        name: [default | row for row in tables.get(name, ())] for name, default in _PLAIN.items()
    }
    for name, (key, form, default) in _NUMBERED.items():
        made[name] = [
            default | {key: form.format(study=study_of(row), i=i)} | row
            for i, row in enumerate(tables.get(name, ()), 1)
        ]
    facts = [row for name in ("results", "timing", "side_effects") for row in made[name]]
    for row in facts:
        row.setdefault("study_id", study_of(row))
    made["arms"] = _arms(tables.get("arms", []), facts)
    made["studies"] = _studies(tables.get("studies", []), [*made["arms"], *facts])
    _add_sources(made)
    _add_terms(made)
    made["instruments"] = _instruments(tables.get("instruments", []), facts)
    return made


def study_of(row: Row) -> str:
    """The study a row belongs to: its own cell, or the front of the ids it holds."""
    if row.get("study_id"):
        return str(row["study_id"])
    ids = ("arm_id", "result_id", "timing_id", "side_effect_id")
    return next((str(row[name]).split("/")[0] for name in ids if row.get(name)), "made")


def _arms(given: list[Row], facts: list[Row]) -> list[Row]:
    """Arms as given, and those that rows name: an infusion, or a control of that name."""
    stated = {row["arm_id"]: row for row in given}
    columns = ("arm_id", "comparator_arm_id")
    named = [row[column] for row in facts for column in columns if row.get(column)]
    return [
        _arm(name) | {"arm_id": name, "study_id": study_of({"arm_id": name})} | stated.get(name, {})
        for name in dict.fromkeys([*stated, *named])
    ]


def _arm(name: str) -> Row:
    drug = CONTROLS.get(name.split("/")[-1])
    return {"role": "control", "drug": drug, "route": "iv", "n_doses": 1} if drug else INFUSION


def _studies(given: list[Row], others: list[Row]) -> list[Row]:
    """Studies as given, and those of other rows; each its own programme, unless it is a review."""
    stated = {row["study_id"]: row for row in given}
    names = dict.fromkeys([*stated, *(row["study_id"] for row in others)])
    made = []
    for name in names:
        row = STUDY | {"study_id": name, "label": name, "reference": name.replace("-", "")}
        made.append(row | {"programme": name} | stated.get(name, {}))
    return made


def _add_sources(made: Tables) -> None:
    """Where each row was seen."""
    keys = {row["study_id"]: row["reference"] for row in made["studies"]}
    for name in ("studies", "arms", "results", "timing", "side_effects", "risk_of_bias"):
        for row in made[name]:
            key = row.setdefault("reference", keys.get(row["study_id"]))
            if name != "risk_of_bias":
                row.setdefault("extractions", 1)
            _seen(row, key)
    for row in made["statements"]:
        _seen(row, row["reference"])


def _seen(row: Row, key: str) -> None:
    row.setdefault("source_level", "abstract")
    row.setdefault("locator", "abstract, results")
    row.setdefault("url", f"https://example.org/{key}")


def _add_terms(made: Tables) -> None:
    """Terms of side effects: of the rows that state one, and a line for each that is named."""
    for row in made["side_effects"]:
        terms = [term.strip() for term in row.pop("term", "").split(";") if term.strip()]
        row.setdefault("effect", terms[0].replace("-", " ") if terms else "an effect")
        made["side_effect_row_terms"] += [
            {"side_effect_id": row["side_effect_id"], "term": term} for term in terms
        ]
    named = [row["term"] for row in made["side_effect_row_terms"]]
    named += [term for row in made["timing"] for term in _split(row.get("term"))]
    known = {row["term"] for row in made["side_effect_terms"]}
    for term in dict.fromkeys([*_TERMS, *named]):
        if term not in known:
            label = term.replace("-", " ").capitalize()
            made["side_effect_terms"].append(
                TERM | {"term": term, "label": label} | _TERMS.get(term, {})
            )


def _split(cell: Any) -> list[str]:
    return [part.strip() for part in str(cell).split(";") if part.strip()] if cell else []


def _instruments(given: list[Row], facts: list[Row]) -> list[Row]:
    """Instruments as given, and those that rows name, measuring what the first row says."""
    stated = {row["instrument_id"]: row for row in given}
    named = {row["instrument_id"]: row for row in reversed(facts) if row.get("instrument_id")}
    made = []
    for name in dict.fromkeys([*stated, *named]):
        row = INSTRUMENT | {"instrument_id": name, "name": name.upper()}
        shared = ("construct", "direction")
        row |= {column: named[name][column] for column in shared if named.get(name, {}).get(column)}
        made.append(row | stated.get(name, {}))
    return made


def _of_system(system: str, *terms: str) -> dict[str, Row]:
    return {term: {"body_system": system} for term in terms}


_TERMS = (
    _of_system("psychiatric", "dissociation", "depersonalisation-or-derealisation")
    | _of_system(
        "psychiatric", "confusion", "perceptual-disturbance", "anxiety", "anxiety-worsened"
    )
    | _of_system("cardiovascular", "blood-pressure-change", "blood-pressure-increased")
    | _of_system("cardiovascular", "systolic-blood-pressure", "diastolic-blood-pressure")
    | _of_system("cardiovascular", "heart-rate-change", "heart-rate-abnormal", "tachycardia")
    | _of_system("cardiovascular", "bradycardia", "vital-signs-change")
    | _of_system("nervous-system", "sedation", "somnolence", "lethargy", "headache", "dizziness")
    | _of_system("nervous-system", "cognitive-impairment", "driving-impairment")
    | _of_system("nervous-system", "mental-effort", "memory-impairment", "dizziness-postural")
    | _of_system("gastrointestinal", "nausea", "vomiting")
    | _of_system("ear-and-balance", "vertigo")
    | _of_system("general", "fatigue", "any-adverse-event", "serious-adverse-event", "death")
    | _of_system("study-conduct", "did-not-complete", "stopped-for-side-effects")
)
