"""A small world of made-up evidence, valid as a whole, with every kind of study and of row.

Who is in it: three studies of one group on anxiety disorders (reed-2016, reed-2017, reed-2019), a
crossover trial of them (lane-2018), trials in post-traumatic stress (ford-2014 in two periods,
ford-2021 with six doses, dale-2020 with a finding in words) and in obsessive-compulsive disorder
(cole-2013), an operation (ames-2025), depression (park-2022 against ECT, tang-2020), healthy
people and a spray (nash-2018), a retracted trial (void-2025), a clinic's cohort (gray-2025), a
survey (moss-2022), two reviews and a label. No number in it was read anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from made.added import settle
from made.builder import made_folder
from made.defaults import CLINIC, SPRAY

DOMAINS = ("randomisation", "deviations", "missing-data", "measurement", "selective-reporting")
CROSSOVERS = {"lane-2018", "ford-2014", "cole-2013", "nash-2018"}
JUDGED = (*sorted(CROSSOVERS), "ames-2025", "dale-2020", "ford-2021", "park-2022")
JUDGED += ("tang-2020", "void-2025")

STUDIES = [
    {"study_id": "reed-2016", "programme": "reed-anxiety", "design": "ascending-dose"}
    | {"condition": "gad-sad", "refractory": "yes", "comparator": "dose", "n_enrolled": 12},
    {"study_id": "reed-2017", "programme": "reed-anxiety", "design": "open-label"}
    | {"condition": "gad-sad", "refractory": "yes", "comparator": "none", "blinding": "none"}
    | {"n_enrolled": 20, "other_references": "registryreed"},
    {"study_id": "reed-2019", "programme": "reed-anxiety", "design": "ascending-dose"}
    | {"condition": "gad-sad", "refractory": "yes", "comparator": "midazolam", "n_enrolled": 12},
    {"study_id": "lane-2018", "design": "rct-crossover", "condition": "sad", "n_enrolled": 18}
    | {"label": "Lane 2018 social anxiety", "n_analysed": 18, "registration": "NCT02000001"},
    {"study_id": "ford-2014", "design": "rct-crossover", "condition": "ptsd"}
    | {"directness": "related", "comparator": "midazolam", "n_enrolled": 41},
    {"study_id": "ford-2021", "condition": "ptsd", "directness": "related"}
    | {"comparator": "midazolam", "n_enrolled": 30, "n_analysed": 30},
    {"study_id": "dale-2020", "condition": "ptsd", "directness": "related"}
    | {"comparator": "other-active", "n_enrolled": 40},
    {"study_id": "cole-2013", "design": "rct-crossover", "condition": "ocd"}
    | {"directness": "related", "n_enrolled": 15, "n_analysed": 15},
    {"study_id": "ames-2025", "condition": "perioperative", "directness": "indirect"}
    | {"label": "Åmes 2025 before an operation"}
    | {"n_enrolled": 200, "source_level": "full-text"},
    {"study_id": "park-2022", "condition": "mdd", "directness": "safety-only"}
    | {"comparator": "ect", "blinding": "none", "n_enrolled": 180, "source_level": "full-text"},
    {"study_id": "tang-2020", "condition": "trd", "directness": "context", "refractory": "yes"}
    | {"comparator": "midazolam", "n_enrolled": 80, "n_analysed": 80},
    {"study_id": "nash-2018", "design": "rct-crossover", "condition": "healthy"}
    | {"directness": "safety-only", "refractory": "no", "comparator": "other", "n_enrolled": 24},
    {"study_id": "void-2025", "condition": "trd", "directness": "indirect", "refractory": "yes"}
    | {"label": "Void 2025 RETRACTED", "comparator": "midazolam", "n_analysed": 170},
    {"study_id": "gray-2025", "design": "cohort-retrospective", "condition": "mixed-anxiety"}
    | {"directness": "related", "comparator": "other", "blinding": "none"},
    {"study_id": "moss-2022", "design": "survey", "blinding": "none", "comparator": "none"},
    {"study_id": "review-2021", "design": "meta-analysis", "condition": "mixed-anxiety"}
    | {"programme": None, "comparator": "other", "directness": "direct"},
    {"study_id": "review-2023", "design": "meta-analysis", "condition": "ptsd"}
    | {"programme": None, "comparator": "other", "directness": "related"},
    {"study_id": "review-others", "design": "meta-analysis", "condition": "gad"}
    | {"programme": None, "comparator": "other", "directness": "context"},
    {"study_id": "spraylabel", "design": "regulatory", "condition": "trd"}
    | {"programme": None, "comparator": "other", "directness": "safety-only"}
    | {"source_level": "label"},
]
_DOSES = ({"dose": 0.25}, {"dose": 0.5}, {"dose": 1})
_UNDER_THE_SKIN = {"route": "sc", "infusion_minutes": None}
_SIX = {"n_doses": 6, "infusion_minutes": None}
_FELT = {"role": "control", "drug": "midazolam", "dose": 0.045, "dose_unit": "mg/kg", "route": "iv"}
ARMS = [
    *(
        {"arm_id": f"{study}/ketamine-{100 * dose['dose']:03.0f}"} | _UNDER_THE_SKIN | dose
        for study in ("reed-2016", "reed-2019")
        for dose in _DOSES
    ),
    {"arm_id": "reed-2019/midazolam"} | _FELT | {"dose": 0.01, "route": "sc"},
    {"arm_id": "reed-2017/ketamine", "role": "single", "n_doses": None} | _UNDER_THE_SKIN,
    {"arm_id": "lane-2018/ketamine", "n_randomised": 18},
    {"arm_id": "lane-2018/saline", "infusion_minutes": 40, "n_randomised": 18},
    {"arm_id": "ford-2014/ketamine", "n_randomised": 21},
    {"arm_id": "ford-2014/midazolam", "infusion_minutes": 40, "n_randomised": 20} | _FELT,
    {"arm_id": "ford-2021/ketamine", "n_randomised": 15} | _SIX,
    {"arm_id": "ford-2021/midazolam", "n_randomised": 15} | _FELT | _SIX,
    {"arm_id": "dale-2020/ketorolac", "role": "control", "drug": "ketorolac", "n_doses": 1}
    | {"route": "iv", "infusion_minutes": 40, "dose": 15, "dose_unit": "mg"},
    {"arm_id": "cole-2013/ketamine", "n_analysed": 8},
    {"arm_id": "cole-2013/saline", "infusion_minutes": 40, "n_analysed": 7},
    {"arm_id": "ames-2025/esketamine", "drug": "esketamine", "dose": 0.2, "n_analysed": 100}
    | {"infusion_minutes": None},
    {"arm_id": "ames-2025/saline", "n_analysed": 100},
    {"arm_id": "park-2022/ketamine", "n_analysed": 90},
    {"arm_id": "park-2022/ect", "role": "control", "drug": "ect", "n_analysed": 88}
    | {"dose": None, "dose_unit": None, "route": None, "infusion_minutes": None},
    {"arm_id": "tang-2020/ketamine", "n_randomised": 40, "infusion_minutes": None},
    {"arm_id": "tang-2020/midazolam", "n_randomised": 40} | _FELT,
    {"arm_id": "nash-2018/esketamine", "n_analysed": 24} | SPRAY,
    {"arm_id": "nash-2018/placebo", "route": "intranasal", "n_analysed": 24},
    {"arm_id": "void-2025/ketamine", "n_doses": None} | _UNDER_THE_SKIN,
    {"arm_id": "void-2025/midazolam", "route": "sc", "n_doses": None} | _FELT,
    {"arm_id": "gray-2025/alone", "role": "control", "drug": "ketamine"},
    {"arm_id": "gray-2025/with-talks"},
    {"arm_id": "spraylabel/spray", "n_doses": None, "reference": None} | SPRAY,
]

_ONE_DAY = {"time_value": 24, "time_unit": "h", "time_anchor": "dose"}
_TWO_WEEKS = {"time_value": 2, "time_unit": "wk", "time_anchor": "baseline"}
_PTSD = {"construct": "ptsd", "instrument": "IES-R", "instrument_id": "ies-r"}
_CAPS = {"construct": "ptsd", "instrument": "CAPS-5", "instrument_id": "caps-5"}
_OCD = {"construct": "ocd", "instrument": "Y-BOCS", "instrument_id": "y-bocs"}
_RESPONSE = {"measure": "response", "direction": "higher-is-better", "favours": "active"}
_FORD = {"arm_id": "ford-2014/ketamine", "comparator_arm_id": "ford-2014/midazolam"}
_FORD_COURSE = {"arm_id": "ford-2021/ketamine", "comparator_arm_id": "ford-2021/midazolam"}
_DALE = {"arm_id": "dale-2020/ketamine", "comparator_arm_id": "dale-2020/ketorolac"}
_LANE = {"arm_id": "lane-2018/ketamine", "comparator_arm_id": "lane-2018/saline"}
_AMES = {"arm_id": "ames-2025/esketamine", "comparator_arm_id": "ames-2025/saline"}
_HADS = {"instrument": "HADS-A", "instrument_id": "hads-a", "source_level": "full-text"}
_POOLED = {"measure": "smd", "direction": "lower-is-better", "ci_level": 95}
RESULTS = {
    "reed-2016": [
        {"measure": "response", "direction": "higher-is-better", "events": 9, "n": 12}
        | {"favours": "active", "instrument_id": None, "instrument": "not named"},
    ],
    "reed-2017": [
        _RESPONSE | {"arm_id": "reed-2017/ketamine", "events": 18, "n": 20}
        | {"instrument_id": "fq", "instrument": "FQ", "construct": "anxiety"},
    ],
    "lane-2018": [
        _LANE | {"instrument": "LSAS", "instrument_id": "lsas", "favours": "active"}
        | {"measure": "qualitative", "p_value": 0.03, "time_value": 14, "time_unit": "d"}
        | {"time_anchor": "infusion-end"},
        _RESPONSE | {"arm_id": "lane-2018/ketamine", "instrument": "LSAS"}
        | {"instrument_id": "lsas", "percent": 33.3, "n": 18} | _TWO_WEEKS,
        _RESPONSE | {"arm_id": "lane-2018/saline", "instrument": "LSAS", "favours": "unclear"}
        | {"instrument_id": "lsas", "percent": 0, "n": 18} | _TWO_WEEKS,
        _LANE | {"instrument": "VAS", "instrument_id": "vas-anxiety", "favours": "neither"}
        | {"measure": "qualitative", "p_value": 0.2, "time_value": 14, "time_unit": "d"}
        | {"time_anchor": "infusion-end"},
    ],
    "ford-2014": [
        _FORD | _PTSD | _ONE_DAY | {"measure": "mean-difference", "estimate": 11.4}
        | {"ci_low": 1.2, "ci_high": 21.6, "ci_level": 95, "p_value": 0.03, "favours": "active"},
    ],
    "ford-2021": [
        _FORD_COURSE | _CAPS | _TWO_WEEKS | {"measure": "mean-difference", "estimate": 10.5}
        | {"se": 3.7, "favours": "active"},
        _FORD_COURSE | _CAPS | _TWO_WEEKS | {"measure": "cohens-d", "estimate": 1.05}
        | {"ci_low": 0.29, "ci_high": 1.81, "ci_level": 95, "favours": "active"},
        _RESPONSE | _CAPS | _TWO_WEEKS | {"arm_id": "ford-2021/ketamine", "percent": 60, "n": 15},
        _RESPONSE | _CAPS | _TWO_WEEKS
        | {"arm_id": "ford-2021/midazolam", "percent": 20, "n": 15, "favours": "unclear"},
        _CAPS | {"arm_id": "ford-2021/ketamine", "measure": "incidence", "events": 4, "n": 10}
        | {"note": "relapse within a month of the last dose"},
    ],
    "dale-2020": [
        _DALE | _PTSD | {"measure": "qualitative", "favours": "neither", "p_value": 0.4}
        | {"time_value": 24, "time_unit": "h", "time_anchor": "infusion-end"},
    ],
    "cole-2013": [
        _RESPONSE | _OCD | {"arm_id": "cole-2013/ketamine", "percent": 50, "n": 8}
        | {"time_value": 1, "time_unit": "wk", "time_anchor": "dose"},
        _RESPONSE | _OCD | {"arm_id": "cole-2013/saline", "percent": 0, "n": 7}
        | {"time_value": 1, "time_unit": "wk", "time_anchor": "dose", "favours": "unclear"},
    ],
    "ames-2025": [
        _AMES | _HADS | _ONE_DAY | {"measure": "median-difference", "estimate": -1, "n": 200}
        | {"ci_low": -2, "ci_high": 0, "ci_level": 95, "p_value": 0.021, "favours": "active"},
        _AMES | _HADS | _ONE_DAY | {"time_value": 48, "measure": "median-difference"}
        | {"estimate": -1, "n": 200, "ci_low": -1, "ci_high": 0, "ci_level": 95}
        | {"p_value": 0.034, "favours": "active"},
    ],
    "void-2025": [
        {"arm_id": "void-2025/ketamine", "comparator_arm_id": "void-2025/midazolam"}
        | {"measure": "mean-difference", "estimate": -2.9, "ci_low": -4.3, "ci_high": -0.7}
        | {"ci_level": 95, "p_value": 0.007, "favours": "active", "time_value": 4}
        | {"time_unit": "wk", "time_anchor": "baseline"},
    ],
    "gray-2025": [
        {"arm_id": "gray-2025/with-talks", "comparator_arm_id": "gray-2025/alone"}
        | {"measure": "qualitative", "favours": "neither", "p_value": 0.6}
        | {"instrument": "GAD-7", "instrument_id": "gad-7"},
    ],
    "moss-2022": [
        {"measure": "qualitative", "favours": "active", "note": "most felt better"}
        | {"instrument_id": None, "instrument": "not named"},
    ],
    "review-2021": [
        _POOLED | _ONE_DAY | {"estimate": -0.7, "ci_low": -1.2, "ci_high": -0.2, "k_studies": 4}
        | {"favours": "active", "n_participants": 90, "instrument_id": None},
        _POOLED | _ONE_DAY | {"estimate": 0.4, "ci_low": -0.1, "ci_high": 0.9}
        | {"favours": "neither", "k_studies": 3, "instrument_id": None}
        | {"note": "printed as improvement"},
        _POOLED | {"estimate": -0.5, "ci_level": None, "favours": "active"}
        | {"instrument_id": None},
        _POOLED | {"estimate": -3.5, "ci_level": None, "favours": "active"}
        | {"instrument_id": None},
        _POOLED | {"measure": "mean-difference", "estimate": -3.2, "ci_low": -5.0}
        | {"ci_high": -1.4, "favours": "active"},
    ],
    "review-others": [
        _POOLED | {"estimate": -0.6, "ci_low": -0.8, "ci_high": -0.4, "favours": "active"},
    ],
    "review-2023": [
        _POOLED | _PTSD | _ONE_DAY | {"estimate": -0.3, "ci_low": -0.6, "ci_high": 0.0}
        | {"favours": "active", "k_studies": 5},
        _POOLED | _PTSD | _ONE_DAY | {"time_value": 48, "estimate": -0.2, "ci_low": -0.5}
        | {"ci_high": 0.1, "favours": "neither", "k_studies": 4},
        _POOLED | _PTSD | {"estimate": -0.4, "favours": "active", "ci_level": None},
        _POOLED | _PTSD | {"measure": "mean-difference", "estimate": -6.1, "ci_low": -11.0}
        | {"ci_high": -1.2, "favours": "active", "k_studies": 4},
    ],
}  # fmt: skip

_ONSET = {"event": "relief-onset", "basis": "authors-statement", "effect": "anxiety", "lower": 0}
_SEEN = {"event": "relief-last-seen", "basis": "authors-statement", "effect": "anxiety"}
_SEEN |= {"unit": "d", "upper": None}
_LOST = {"event": "relief-lost", "basis": "authors-statement", "effect": "anxiety", "unit": "wk"}
_HARM = {"basis": "authors-statement", "unit": "min"}
_PEAK, _GONE = _HARM | {"event": "side-effect-peak"}, _HARM | {"event": "side-effect-resolved"}
_BEGAN = _HARM | {"event": "side-effect-onset", "basis": "assessment-schedule"}
_DISSOCIATION = {"effect": "dissociation", "term": "dissociation"}
_PRESSURE = {"effect": "blood-pressure", "term": "blood-pressure-change"}
_VERTIGO = {"effect": "vertigo", "term": "vertigo"}
_LENGTH = {"event": "infusion-duration", "lower": 40, "upper": 40, "unit": "min"}
_LENGTH |= {"anchor": "infusion-start", "phase": "not-applicable", "basis": "authors-statement"}
TIMING = {
    "reed-2016": [
        _ONSET | {"upper": 1, "n": 12},
        _SEEN | {"lower": 7, "censored_by": "next-dose", "n": 12},
        _GONE | _DISSOCIATION | {"arm_id": "reed-2016/ketamine-100", "lower": 0, "upper": 60},
    ],
    "reed-2017": [
        _ONSET | {"upper": 1, "phase": "between-doses", "basis": "assessment-schedule", "n": 20},
        _LOST | {"lower": 4, "upper": 4, "unit": "d", "phase": "between-doses", "n": 4}
        | {"loss_kind": "person-relapsed", "source_level": "secondary"},
        _SEEN | {"lower": 3, "unit": "mo", "anchor": "first-dose", "phase": "during-dosing"}
        | {"censored_by": "unknown", "source_level": "secondary", "n": 16},
        _LOST | {"lower": 0, "upper": 2, "anchor": "last-dose", "phase": "after-course"}
        | {"loss_kind": "person-relapsed"},
        _BEGAN | _PRESSURE | {"lower": 0, "upper": 30, "phase": "between-doses", "n": 20},
    ],
    "reed-2019": [
        _ONSET | {"upper": 1, "n": 12},
        _SEEN | {"lower": 1, "unit": "wk", "censored_by": "next-dose", "n": 12},
    ],
    "lane-2018": [
        _LENGTH | {"n": 18},
        _ONSET | {"upper": 14, "unit": "d", "anchor": "infusion-end", "n": 18}
        | {"basis": "significant-vs-control"},
        _PEAK | _DISSOCIATION | {"lower": 30, "upper": 30, "anchor": "infusion-start"}
        | {"reference": "lanefollowup"},
    ],
    "ford-2014": [
        _ONSET | {"upper": 24, "effect": "ptsd", "basis": "significant-vs-control"},
        _SEEN | {"lower": 1, "effect": "ptsd", "censored_by": "study-end"},
        _PEAK | _DISSOCIATION | {"lower": 40, "upper": 40, "anchor": "infusion-start"}
        | {"basis": "assessment-schedule"},
        _GONE | _DISSOCIATION | {"lower": 40, "upper": 120, "anchor": "infusion-start"},
        _PEAK | _PRESSURE | {"lower": 20, "upper": 40, "source_level": "secondary"},
        _GONE | _PRESSURE | {"lower": 60, "upper": 90, "source_level": "secondary"},
        _GONE | _DISSOCIATION | {"lower": 40, "upper": 80, "anchor": None},
    ],
    "ford-2021": [
        {"event": "response-median-duration", "effect": "ptsd", "lower": 27.5, "upper": 27.5}
        | {"unit": "d", "anchor": "last-dose", "phase": "after-course", "basis": "median"}
        | {"loss_kind": "person-relapsed", "n": 10},
        {"event": "response-mean-duration", "effect": "ptsd", "lower": 33.4, "upper": 33.4}
        | {"unit": "d", "anchor": "dose", "basis": "all-participants"}
        | {"loss_kind": "person-relapsed", "n": 10},
        _ONSET | {"upper": 1, "unit": "wk", "effect": "ptsd", "anchor": "first-dose"}
        | {"phase": "during-dosing"},
        _SEEN | {"lower": 8, "unit": "wk", "effect": "ptsd", "anchor": None}
        | {"phase": "after-course", "censored_by": "study-end"},
    ],
    "dale-2020": [
        _LOST | {"lower": 7, "upper": 14, "unit": "d", "effect": "ptsd", "n": 20}
        | {"loss_kind": "group-mean-returned", "arm_id": "dale-2020/ketamine"},
    ],
    "cole-2013": [
        _ONSET | {"upper": 40, "unit": "min", "effect": "ocd", "anchor": "infusion-start"}
        | {"basis": "significant-vs-control", "n": 8},
        _SEEN | {"lower": 1, "unit": "wk", "effect": "ocd", "censored_by": "unknown", "n": 8},
        _LOST | {"lower": 1, "upper": 2, "effect": "ocd", "n": 8}
        | {"loss_kind": "group-mean-returned"},
    ],
    "ames-2025": [_ONSET | {"upper": 24, "basis": "significant-vs-control"}],
    "park-2022": [
        _GONE | {"effect": "any", "term": "any-adverse-event", "lower": 0, "upper": 24}
        | {"unit": "h", "phase": "between-doses"},
        _GONE | _DISSOCIATION | {"lower": 1, "upper": 11, "unit": "d", "phase": "between-doses"}
        | {"basis": "range-among-affected"},
    ],
    "tang-2020": [
        _SEEN | {"lower": 14, "effect": "depression", "censored_by": "study-end"}
        | {"anchor": None},
        _ONSET | {"upper": 4, "effect": "depression"},
        _ONSET | {"upper": 24, "effect": "depression"},
        _LOST | {"lower": 5, "upper": 7, "unit": "d", "effect": "suicidality"}
        | {"loss_kind": "unknown"},
        _PEAK | _PRESSURE | {"lower": 20, "upper": 40, "anchor": None},
        _GONE | _PRESSURE | {"lower": 40, "upper": 80, "anchor": None},
        _GONE | _VERTIGO | {"unit": None, "anchor": None},
    ],
    "nash-2018": [
        _BEGAN | {"effect": "cognition", "term": "cognitive-impairment", "lower": 0, "upper": 40},
        _PEAK | _PRESSURE | {"lower": 20, "upper": 40},
        _GONE | {"effect": "sedation", "term": "somnolence", "lower": 2, "upper": 4, "unit": "h"},
        _GONE | _PRESSURE | {"lower": 60, "upper": 240},
        _GONE | _VERTIGO | {"lower": 15, "upper": 90, "basis": "range-among-affected"},
    ],
    "void-2025": [
        _SEEN | {"lower": 4, "unit": "wk", "anchor": "baseline", "phase": "during-dosing"}
        | {"basis": "significant-vs-control"},
        _LOST | {"lower": 0, "upper": 4, "anchor": "last-dose", "phase": "after-course"}
        | {"loss_kind": "no-longer-different-from-control"},
    ],
    "gray-2025": [
        _ONSET | {"upper": 4, "source_level": "secondary"},
        _SEEN | {"lower": 5, "source_level": "secondary", "censored_by": "abstract-stops"},
    ],
    "moss-2022": [_SEEN | {"lower": 3, "censored_by": "abstract-stops"}],
    "review-2021": [_ONSET | {"upper": 12, "basis": "assessment-schedule"}],
    "spraylabel": [
        _PEAK | {"effect": "dissociation and blood pressure", "lower": 40, "upper": 40}
        | {"term": "dissociation;blood-pressure-increased", "source_level": "label"},
        _GONE | _DISSOCIATION | {"lower": 0, "upper": 2, "unit": "h", "source_level": "label"},
        _LENGTH | {"event": "drug-onset-other", "effect": "plasma level of the drug"},
        _ONSET | {"event": "drug-onset-other", "effect": "anxiety", "lower": 2, "upper": 4}
        | {"unit": "wk", "anchor": "first-dose", "arm_id": None, "phase": "not-applicable"},
    ],
}  # fmt: skip
_ARM_OF = {"reed-2017": "ketamine", "lane-2018": "ketamine", "ford-2014": "ketamine"}
_ARM_OF |= {"ford-2021": "ketamine", "cole-2013": "ketamine", "ames-2025": "esketamine"}
_ARM_OF |= {"park-2022": "ketamine", "tang-2020": "ketamine", "nash-2018": "esketamine"}
_ARM_OF |= {"void-2025": "ketamine", "spraylabel": "spray"}


def _counts(study: str, arms: str, *rows: tuple[str, int | None, int | None]) -> list[dict]:
    """People with each effect in two arms; n from the arms."""
    sizes = {row["arm_id"]: row.get("n_analysed") or row.get("n_randomised") for row in ARMS}
    names = [f"{study}/{arm}" for arm in arms.split()]
    return [
        {"arm_id": arm, "term": term, "events": events, "n": sizes.get(arm)}
        for term, *both in rows
        for arm, events in zip(names, both, strict=True)
        if events is not None
    ]


SIDE_EFFECTS = {
    "reed-2017": [
        {"arm_id": "reed-2017/ketamine", "term": "dissociation", "measure": "mean"}
        | {"estimate": 20, "instrument_or_unit": "CADSS", "instrument_id": "cadss"}
        | {"time_value": 1, "time_unit": "wk", "time_anchor": "first-dose"},
        {"arm_id": "reed-2017/ketamine", "term": "dissociation", "measure": "events"}
        | {"events": 4, "n": 20, "qualifier": "scale-based"},
        {"arm_id": "reed-2017/ketamine", "term": "systolic-blood-pressure", "measure": "peak-mean"}
        | {"estimate": 21.5, "instrument_or_unit": "mmHg", "n": 20},
        {"arm_id": "reed-2017/ketamine", "term": "dissociation", "measure": "qualitative"}
        | {"instrument_or_unit": "CADSS", "instrument_id": "cadss"},
        {"arm_id": "reed-2017/ketamine", "term": "dissociation", "events": 5, "n": 20}
        | {"source_level": "secondary"},
    ],
    "reed-2016": [
        {"term": "dissociation", "measure": "qualitative"}
        | {"arm_id": "reed-2016/ketamine-025", "instrument_or_unit": None},
    ],
    "lane-2018": [
        {"arm_id": "lane-2018/ketamine", "term": "systolic-blood-pressure"}
        | {"instrument_id": "systolic-blood-pressure", "measure": "mean-change"}
        | {"estimate": 18.5, "sd": 9.1, "n": 18}
        | {"instrument_or_unit": "mmHg", "time_value": 40, "time_unit": "min"}
        | {"time_anchor": "infusion-start"},
        {"arm_id": "lane-2018/ketamine", "term": "dissociation", "measure": "peak-mean"}
        | {"estimate": 14.2, "instrument_or_unit": "CADSS", "instrument_id": "cadss"},
    ],
    "park-2022": [
        *_counts("park-2022", "ketamine ect", ("headache", 20, 30), ("nausea", 12, 15)),
        *_counts("park-2022", "ketamine ect", ("dizziness", 22, 4), ("tachycardia", 6, 2)),
        *_counts("park-2022", "ketamine ect", ("dissociation", 25, 1), ("death", 0, 1)),
        {"arm_id": "park-2022/ketamine", "term": "any-adverse-event", "events": 21, "n": 90}
        | {"qualifier": "lasting-over-24-h"},
        {"arm_id": "park-2022/ketamine", "term": "dissociation", "events": 7, "n": 90}
        | {"qualifier": "lasting-over-24-h"},
        {"arm_id": "park-2022/ketamine", "term": "nausea", "events": 2, "n": 90}
        | {"qualifier": "lasting-over-24-h"},
        {"arm_id": "park-2022/ketamine", "term": "serious-adverse-event", "events": 3, "n": 90}
        | {"serious": "yes"},
        {"arm_id": "park-2022/ketamine", "term": "stopped-for-side-effects", "events": 2, "n": 90},
    ],
    "tang-2020": [
        *_counts("tang-2020", "ketamine midazolam", ("dizziness", 23, 5), ("nausea", 9, 3)),
        *_counts("tang-2020", "ketamine midazolam", ("headache", 6, 5)),
    ],
    "nash-2018": [
        *_counts("nash-2018", "esketamine placebo", ("any-adverse-event", 24, 9)),
        *_counts("nash-2018", "esketamine placebo", ("nausea", 8, 0), ("headache", 5, 3)),
        *_counts("nash-2018", "esketamine placebo", ("somnolence", 6, 1), ("vertigo", 2, 0)),
    ],
    "void-2025": _counts("void-2025", "ketamine", ("nausea", 9)),
    "spraylabel": [
        {"arm_id": "spraylabel/spray", "term": "nausea", "measure": "percent", "percent": 28}
        | {"n": 346, "source_level": "label"},
        {"arm_id": "spraylabel/spray", "term": "headache", "measure": "qualitative"}
        | {"qualifier": "among-most-common", "source_level": "label"},
    ],
}  # fmt: skip

STATEMENTS = [
    {"statement_id": "spray/approval", "reference": "spraylabel", "topic": "approval"}
    | {"statement": "The spray is approved for depression.", "source_level": "label"},
    {"statement_id": "spray/monitoring", "reference": "spraylabel", "topic": "monitoring"}
    | {"statement": "People are watched for two hours.", "source_level": "label"},
    {"statement_id": "heard/misuse", "reference": "gray2025", "topic": "misuse"}
    | {"statement": "Misuse was said to be rare.", "source_level": "secondary"},
]
_RELIEF = {
    "phases": ["after-single-dose", "between-doses"],
    "asks": "relief in time",
    "strength": "can",
}
_AFTER = {"phases": ["after-single-dose"], "asks": "relief", "strength": "plain"}
_TIMES = {"kind": "side-effect-time", "strength": "studies", "asks": "a time"}
CLAIMS = [
    {"claim_id": "onset-hours", "headline": True, "claim": "Relief comes within hours."}
    | {"tests": [
        _RELIEF | {"test_id": "by-12h", "kind": "onset"}
        | dict.fromkeys(("window", "looked"), "onset_twelve_hours"),
        _RELIEF | {"test_id": "at-24h", "kind": "contrast", "beside": True}
        | {"asks": "relief against a control about 24 hours after a dose"}
        | {"looked": "looked_at_one_day", "phases": ["after-single-dose"]},
    ]},
    {"claim_id": "onset-three-hours", "headline": True, "differs_from": ["onset-one-hour"]}
    | {"claim": "Relief was seen at three hours.", "tests": [
        _RELIEF | {"test_id": "by-3h", "kind": "onset", "window": "relief_three_hours"}
        | {"looked": "looked_by_three_hours"},
    ]},
    {"claim_id": "onset-one-hour", "headline": True, "strength": "often"}
    | {"claim": "Relief often begins within one hour.", "tests": [
        _RELIEF | {"test_id": "by-1h", "kind": "onset", "window": "relief_one_hour"}
        | {"looked": "looked_by_one_hour"},
        _RELIEF | {"test_id": "most-by-1h", "kind": "share", "strength": "people"}
        | {"asks": "relief in most people"}
        | {"looked": "looked_by_one_hour"},
    ]},
    {"claim_id": "relief-up-to-one-week", "headline": True, "topic": "duration"}
    | {"claim": "Relief can last a week.", "tests": [
        _AFTER | {"test_id": "at-5-to-7d", "kind": "lasting", "strength": "can"}
        | {"window": "still_there_at_five_days", "looked": "looked_at_one_week"},
    ]},
    {"claim_id": "relief-one-to-two-weeks", "headline": True, "topic": "duration"}
    | {"claim": "Most people have relief for one to two weeks.", "tests": [
        _AFTER | {"test_id": "lost-7-to-14d", "kind": "loss", "window": "lost_in_one_to_two_weeks"},
        _AFTER | {"test_id": "most-at-7d", "kind": "share", "strength": "people"}
        | {"asks": "relief in most people"}
        | {"looked": "looked_at_one_week"},
    ]},
    {"claim_id": "relief-two-weeks", "headline": True, "topic": "duration"}
    | {"claim": "Relief begins to fade at about two weeks.", "tests": [
        _AFTER | {"test_id": "lost", "kind": "loss", "window": "lost_at_about_two_weeks"},
    ]},
    {"claim_id": "psychotherapy-adds", "topic": "duration"}
    | {"claim": "Talks make relief last.", "tests": [
        {"test_id": "linked", "kind": "links", "asks": "talks", "strength": "plain"}
        | {"tables": ["statements", "results"]},
    ]},
    {"claim_id": "effective-gad-sad", "topic": "efficacy"}
    | {"claim": "Ketamine relieves anxiety.", "tests": [
        {"test_id": "any-time", "kind": "contrast", "asks": "relief", "strength": "plain"}
        | {"conditions": ["gad", "sad", "gad-sad"]},
    ]},
    {"claim_id": "side-effects-common", "headline": True, "topic": "side-effects"}
    | {"claim": "Headache and dizziness are common.", "tests": [
        {"test_id": f"{term}{more}", "kind": kind, "asks": f"{term}: {kind}", "terms": [term]}
        | {"strength": strength}
        for term in ("headache", "nausea", "dizziness")
        for more, kind, strength in (
            ("", "incidence", "people"), ("-more", "more-than-control", "plain"),
        )
    ]},
    {"claim_id": "side-effects-peak-30-min", "headline": True, "topic": "side-effect-timing"}
    | {"differs_from": ["side-effects-peak-midway"]}
    | {"claim": "Side effects peak after half an hour.", "tests": [
        _TIMES | {"test_id": f"after-{reading}", "window": "side_effect_peak", "reading": reading}
        | {"asks": f"a peak from the {reading}", "events": ["side-effect-peak"]}
        | {"beside": reading == "start"}
        for reading in ("end", "start")
    ]},
    {"claim_id": "side-effects-gone-one-hour", "headline": True, "topic": "side-effect-timing"}
    | {"claim": "Side effects are gone within an hour.", "tests": [
        _TIMES | {"test_id": f"after-{reading}", "window": "side_effects_gone", "reading": reading}
        | {"asks": f"an end from the {reading}", "events": ["side-effect-resolved"]}
        | {"beside": reading == "start"}
        for reading in ("end", "start")
    ]},
    {"claim_id": "side-effects-peak-midway", "headline": True, "topic": "side-effect-timing"}
    | {"claim": "Side effects peak midway and fade quickly.", "tests": [
        _TIMES | {"test_id": "peak", "window": "side_effect_peak_midway", "reading": "infusion"}
        | {"events": ["side-effect-peak"]},
        _TIMES | {"test_id": "faded", "window": "side_effects_faded", "reading": "end"}
        | {"events": ["side-effect-resolved"], "asks": "an end"},
    ]},
    {"claim_id": "dissociation-dose", "headline": True, "topic": "side-effects"}
    | {"claim": "Dissociation grows with the dose.", "tests": [
        {"test_id": "stronger", "kind": "links", "asks": "a dose", "strength": "plain"}
        | {"tables": ["side_effects", "results"]},
        _TIMES | {"test_id": "gone", "window": "side_effects_gone", "reading": "end"}
        | {"events": ["side-effect-resolved"], "terms": ["dissociation"]},
    ]},
    {"claim_id": "approved-for-depression", "topic": "regulation"}
    | {"claim": "The spray is approved for depression only.", "tests": [
        {"test_id": "approved", "kind": "links", "asks": "approval", "strength": "facts"}
        | {"tables": ["statements"]},
    ]},
]  # fmt: skip
CLAIM_LINKS = [
    {"claim_id": "approved-for-depression", "row_id": "spray/approval", "test_id": "approved"},
    {"claim_id": "psychotherapy-adds", "row_id": "gray-2025/r01", "table": "results"}
    | {"test_id": "linked", "relation": "contradicts", "reason": "No difference was found."},
    {"claim_id": "side-effects-gone-one-hour", "row_id": "spray/monitoring"}
    | {"relation": "background", "reason": "People are watched for longer."},
    {"claim_id": "relief-up-to-one-week", "row_id": "lane-2018/r04", "table": "results"}
    | {"relation": "contradicts", "reason": "No difference was found."},
    {"claim_id": "relief-up-to-one-week", "row_id": "lane-2018/r02", "table": "results"}
    | {"reason": "More people got better."},
    {"claim_id": "onset-hours", "row_id": "lane-2018/r01", "table": "results"}
    | {"relation": "qualifies", "reason": "It was rated after two weeks."},
    {"claim_id": "none", "row_id": "heard/misuse", "relation": "background"},
]
INSTRUMENTS = [
    {"instrument_id": "ham-a", "minimum": 0, "maximum": 56, "range_source": "spray/monitoring"},
    {"instrument_id": "ies-r", "minimum": 0, "maximum": 88, "range_source": "spray/monitoring"},
    {"instrument_id": "cadss", "construct": "dissociation"},
    {"instrument_id": "systolic-blood-pressure", "construct": "blood-pressure"},
]
WANTED = [
    {"claim_ids": "onset-hours;relief-one-to-two-weeks", "what": "lane-2018 in full"},
    {"claim_ids": "onset-three-hours;onset-one-hour", "what": "the times of reed-2016"},
    {"what": "a trial that nobody has seen"},
]
REFERENCES = {
    CLINIC: {"type": "webpage", "url": ""},
    "lane2018": {"title": "Lane on social anxiety", "doi": "10.1234/lane2018", "year": "2018"},
    "void2025": {"status": "retracted", "status_date": "2026-03-31"}
    | {"status_note": "withdrawn", "status_url": "https://example.org/withdrawn"},
    "registryreed": {"type": "registry", "title": "Registry of the reed trials"}
    | {"year": "", "note": "year not seen"},
    "spraylabel": {"type": "label", "title": "Label of the spray"},
}


def world_tables() -> dict[str, Any]:
    """The rows of the world, as `made_folder` and `made_evidence` take them."""
    return {
        "studies": STUDIES,
        "arms": ARMS,
        "results": _rows(RESULTS, {}, "result_id", "r"),
        "timing": _rows(TIMING, _ARM_OF, "timing_id", "t"),
        "side_effects": _rows(SIDE_EFFECTS, {}, "side_effect_id", "s"),
        "statements": STATEMENTS,
        "contains": [
            {"review": "review-2021", "study": "lane-2018"},
            {"review": "review-2023", "study": "ford-2014"},
        ],
        "claims": CLAIMS,
        "claim_links": CLAIM_LINKS,
        "risk_of_bias": list(_judgements()),
        "verdicts": [{"claim_id": claim["claim_id"]} for claim in CLAIMS],
        "certainty": [{"subject": claim["claim_id"]} for claim in CLAIMS],
        "accepted": [
            {"rule": "smd-implausibly-large", "row_id": "review-2021/r04"}
            | {"column": "estimate", "value": "-3.5"}
        ],
        "excluded": [{"doi_or_pmid": "10.1234/mice"}],
        "searches": [{}, {"query": "esketamine"}],
        "wanted": WANTED,
        "instruments": INSTRUMENTS,
        "references": REFERENCES,
        "rules": {"duration": {"fewest_intervals": 2, "fewest_programmes": 2}},
        "questions": {
            "pooling": {"primary_instruments": {"ford-2021": "caps-5", "lane-2018": "vas-anxiety"}}
        },
    }


def made_world(folder: Path) -> Path:
    """The world as a folder, its judgements settled."""
    settle(made_folder(folder, **world_tables()))
    return folder


def _rows(
    groups: dict[str, list[dict[str, Any]]], arms: dict[str, str], key: str, letter: str
) -> list[dict[str, Any]]:
    """Rows of each study, numbered, at its arm where one is named."""
    return [
        {"study_id": study, key: f"{study}/{letter}{number:02}"}
        | ({"arm_id": f"{study}/{arms[study]}"} if study in arms else {})
        | row
        for study, rows in groups.items()
        for number, row in enumerate(rows, 1)
    ]


def _judgements() -> Iterator[dict[str, Any]]:
    """Every domain of every trial that is judged; the worst of them as overall."""
    levels = {row["study_id"]: row.get("source_level", "abstract") for row in STUDIES}
    for study in JUDGED:
        extra = ("period-and-carry-over",) if study in CROSSOVERS else ()
        for domain in (*DOMAINS, *extra, "functional-unblinding", "overall"):
            yield {"study_id": study, "domain": domain, "judgement": "no-information"} | {
                "reason": "The abstract says nothing that would tell.",
                "source_level": levels[study],
            }
