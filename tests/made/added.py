"""Made-up studies added to a copy of the evidence, as CONTRIBUTING.md asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evidence_tools.checks.registry import RULES
from evidence_tools.evidence.loading import load
from evidence_tools.verdicts.ledger import assess_claims
from made.builder import bibtex
from made.defaults import with_defaults
from spoiling import delete_rows, insert_row, set_cell

KINDS = {
    "direct": ({"condition": "gad"}, "anxiety", "ham-a"),
    "related": ({"condition": "ptsd", "directness": "related"}, "ptsd", "pcl-5"),
    "indirect": ({"condition": "perioperative", "directness": "indirect"}, "anxiety", "hads-a"),
}
DOMAINS = ("randomisation", "deviations", "missing-data", "measurement", "selective-reporting")
ADDED = ("studies", "arms", "results", "timing", "side_effects", "side_effect_row_terms")
ADDED += ("statements", "claim_links", "risk_of_bias", "excluded", "searches", "wanted")


def add_study(folder: Path, name: str, kind: str, *, number: int = 1) -> None:
    """Add a made-up trial with rows of every kind, and the entry of its source."""
    rows = with_defaults(_rows(name, kind, 990 + number))
    for table in ADDED:
        for row in rows[table]:
            insert_row(folder, table, row)
    key = rows["studies"][0]["reference"]
    path = folder / "references.bib"
    entries = [entry.strip() for entry in path.read_text(encoding="utf-8").split("\n\n")]
    entries = sorted([*entries, bibtex(key, {}).strip()], key=lambda entry: entry.split("{")[1])
    path.write_text("\n\n".join(entries) + "\n", encoding="utf-8", newline="\n")


def settle(folder: Path) -> None:
    """Record what the rule proposes now wherever a judgement must be read again."""
    evidence = load(folder)
    proposed = {a.claim.claim_id: a.proposal for a in assess_claims(evidence).assessments}
    for finding in RULES["read-again"].findings(evidence):
        table, row, basis = finding.file.removesuffix(".csv"), finding.row_id, finding.allowed
        cells = {"basis": basis}
        if table == "verdicts":
            cells |= {"verdict": proposed[row].verdict}
        elif basis.startswith("no rating"):
            delete_rows(folder, table, lambda entry, row=row: entry["subject"] == row)
            continue
        else:
            cells |= {"rating": basis.split(" from ")[0]}
        for column, value in cells.items():
            set_cell(folder, table, row, column, value)


def confirm(folder: Path, claim_id: str) -> None:
    """Confirm the verdict on a claim, by name."""
    set_cell(folder, "verdicts", claim_id, "status", "confirmed")
    set_cell(folder, "verdicts", claim_id, "rater", "Ada Maker")


def _rows(name: str, kind: str, number: int) -> dict[str, list[dict[str, Any]]]:
    study, construct, instrument = KINDS[kind]
    active, control = f"{name}/ketamine", f"{name}/saline"
    scale = {"construct": construct, "instrument_id": instrument, "instrument": instrument.upper()}
    after = {"time_value": 24, "time_unit": "h", "time_anchor": "infusion-start"}
    low = {"arm_id": active, "estimate": 9.5, "sd": 4.2, "n": 21} | scale | after
    high = {"arm_id": control, "estimate": 14.5, "sd": 4.6, "n": 20} | scale | after
    better = {"measure": "response", "direction": "higher-is-better"} | scale | after
    relief = {"arm_id": active, "effect": construct, "anchor": "infusion-start", "n": 21}
    harm = {"arm_id": active, "effect": "nausea", "term": "nausea", "anchor": "infusion-start"}
    harm |= {"basis": "authors-statement", "n": 21, "unit": "min"}
    judged = {"study_id": name, "reason": "The abstract says nothing that would tell."}
    return {
        "studies": [{"study_id": name, "n_enrolled": 41, "n_analysed": 41} | study],
        "arms": [{"arm_id": active, "n_analysed": 21}, {"arm_id": control, "n_analysed": 20}],
        "results": [
            low,
            high,
            {"arm_id": active, "events": 12, "n": 21} | better,
            {"arm_id": control, "events": 5, "n": 20} | better,
        ],
        "timing": [
            relief | {"lower": 0, "upper": 2},
            relief | {"event": "relief-last-seen", "lower": 7, "unit": "d"}
            | {"censored_by": "study-end", "basis": "significant-vs-control"},
            harm | {"event": "side-effect-peak", "lower": 20, "upper": 40},
            harm | {"event": "side-effect-resolved", "lower": 0, "upper": 120},
        ],
        "side_effects": [
            {"arm_id": active, "term": "nausea", "events": 6, "n": 21},
            {"arm_id": control, "term": "nausea", "events": 1, "n": 20},
        ],
        "statements": [{"statement_id": f"{name}/monitoring", "topic": "monitoring"}
                       | {"reference": name.replace("-", "")}],
        "claim_links": [{"claim_id": "onset-hours", "row_id": f"{name}/monitoring"}
                        | {"relation": "background", "reason": "It speaks of monitoring only."}],
        "risk_of_bias": [
            judged | {"domain": domain, "judgement": "no-information"}
            for domain in (*DOMAINS, "functional-unblinding", "overall")
        ],
        "excluded": [{"excluded_id": f"x{number}", "doi_or_pmid": f"10.1234/made{number}"}],
        "searches": [{"search_id": f"q{number}", "query": f"made up {number}"}],
        "wanted": [{"wanted_id": f"w{number}", "claim_ids": "onset-hours", "what": name}],
    }  # fmt: skip
