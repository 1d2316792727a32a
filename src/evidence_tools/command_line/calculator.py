"""Effect sizes of any CSV file, and answers to questions, as records and tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evidence_tools.arithmetic.effects import MEASURES, effect_sizes
from evidence_tools.base.words import printed_number
from evidence_tools.command_line.csv_files import naming, numbers, read_columns, require_columns
from evidence_tools.display.display import Column, Table

if TYPE_CHECKING:
    from evidence_tools.arithmetic.pooling.bayes import BayesianEffect
    from evidence_tools.arithmetic.pooling.pool import PooledEffect
    from evidence_tools.questions.size_of_benefit.answers import Answer


def effects_of_file(measure: str, path: Path) -> list[dict[str, Any]]:
    """Effect and variance of each row of a CSV file."""
    frame = read_columns(path)
    needed: tuple[str, ...] = ()
    if measure in MEASURES:
        needed = MEASURES[measure].columns
        require_columns(path, frame, needed, f"{measure}, {MEASURES[measure].words}")
    known = {name: numbers(path, frame, name) for name in needed}
    with naming(path):
        effects = effect_sizes(measure, known)
    notes: dict[str, list[str]] = {}
    for note in effects.notes:
        notes.setdefault(note.partition(" (")[0], []).append(note)
    return [
        {
            "row": index + 1,
            "yi": _none(yi),
            "vi": _none(vi),
            "notes": notes.get(f"study {index + 1}", []),
        }
        for index, (yi, vi) in enumerate(zip(effects.yi, effects.vi, strict=True))
    ]


def pooled_record(pooled: PooledEffect) -> dict[str, Any]:
    """A pooled effect with plain values, for JSON."""
    record = {field.name: getattr(pooled, field.name) for field in dataclasses.fields(pooled)}
    return record | {"weights": pooled.weights.tolist(), "notes": list(pooled.notes)}


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer with its rows in and out, for JSON."""
    rows = answer.rows.astype(object).where(answer.rows.notna(), None)
    kept = ["contrast_id", "study_id", "programme", "yi", "vi", "measure", "time_h"]
    kept += ["derivation", "source_level", "included", "reason"]
    return {
        "question_id": answer.question.question_id,
        "question": answer.question.words,
        "pooled": None if answer.pooled is None else pooled_record(answer.pooled),
        "bayesian": None if answer.bayesian is None else bayesian_record(answer.bayesian),
        "rows": rows[kept].to_dict("records"),
        "notes": list(answer.notes),
    }


def bayesian_record(fit: BayesianEffect) -> dict[str, Any]:
    """The main numbers of a posterior, for JSON."""
    return {
        "estimate": fit.mu.median,
        "ci_low": fit.mu.ci_low,
        "ci_high": fit.mu.ci_high,
        "tau": fit.tau.median,
        "tau_ci_low": fit.tau.ci_low,
        "tau_ci_high": fit.tau.ci_high,
        "probability_below_zero": fit.probability_below(0.0),
        "tau_prior": str(fit.tau_prior),
        "k": fit.k,
    }


def effects_table(records: list[dict[str, Any]]) -> Table:
    """Effects of a file as a table of words."""
    columns = (
        Column("Row", lambda r: str(r["row"])),
        Column("yi", lambda r: _words(r["yi"])),
        Column("vi", lambda r: _words(r["vi"])),
        Column("Notes", lambda r: "; ".join(r["notes"])),
    )
    return Table.of(columns, records, empty="The file has no rows.")


def answer_table(answer: Answer) -> Table:
    """The contrasts of an answer, those that entered first, with the reasons of the others."""
    columns = (
        Column("Contrast", lambda row: row["contrast_id"]),
        Column("Effect", lambda row: _words(row["yi"])),
        Column("Variance", lambda row: _words(row["vi"])),
        Column("How it was derived", lambda row: row["derivation"]),
        Column("In?", lambda row: "yes" if row["included"] else "no"),
        Column("Why not", lambda row: row["reason"]),
    )
    empty = "The evidence has no row on this population and outcome."
    return Table.of(columns, answer.rows.to_dict("records"), empty=empty)


def _none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _words(value: float | None) -> str:
    return "none" if value is None or not np.isfinite(value) else printed_number(round(value, 6))
