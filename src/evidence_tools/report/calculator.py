"""Effect sizes and pools of any CSV file, and answers to questions, as records and tables."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evidence_tools.answers import Answer
from evidence_tools.effects import MEASURES, effect_sizes
from evidence_tools.errors import EvidenceFileError, NotEstimableError
from evidence_tools.report.display import Table
from evidence_tools.synthesis.bayes import BayesianEffect
from evidence_tools.synthesis.inference import check_effects
from evidence_tools.synthesis.pool import PooledEffect, pool
from evidence_tools.words import printed_number

Numbers = np.ndarray[Any, np.dtype[Any]]


def read_columns(path: Path) -> pd.DataFrame:
    """A CSV file with a header line, every column as text.

    Parameters
    ----------
    path : Path
        Comma-separated, UTF-8; empty lines are passed over.

    Returns
    -------
    DataFrame
        Cells as they stand, without blanks around them; the index is the line in the file.

    Raises
    ------
    EvidenceFileError
        If the file is missing, empty, not UTF-8 or not a table, or separates cells with something
        else than commas; names the line of a row that has more or fewer cells than the header.
    """
    lines = _lines(path)
    if not lines:
        hint = "Write the names of the columns in its first line."
        raise EvidenceFileError(str(path), found="an empty file", hint=hint)
    _, header = lines.pop(0)
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise EvidenceFileError(
            f"{path}, line 1",
            found=repr(header[0]),
            allowed="names separated by commas",
            hint="Save the table as CSV with commas.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        found = f"two columns {twice[0]!r}"
        raise EvidenceFileError(f"{path}, line 1", found=found, hint="Rename one of them.")
    for line, cells in lines:
        if len(cells) != len(header):
            raise EvidenceFileError(
                f"{path}, line {line}",
                found="1 cell" if len(cells) == 1 else f"{len(cells)} cells",
                allowed=f"{len(header)}, as in the header",
                hint="Put a cell that holds a comma in double quotes.",
            )
    rows = [cells for _, cells in lines]
    return pd.DataFrame(rows, columns=header, index=[line for line, _ in lines], dtype=str)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file that hold anything, with the number on which each ends."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, skipinitialspace=True, strict=True)
            found = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except FileNotFoundError:
        raise EvidenceFileError(str(path), found="no such file", hint="Check the path.") from None
    except (csv.Error, UnicodeDecodeError, IsADirectoryError) as error:
        raise EvidenceFileError(
            str(path),
            found=str(error).strip(),
            allowed="a CSV table in UTF-8",
            hint="Save the table as CSV, with UTF-8 as its encoding.",
        ) from error
    return [(line, cells) for line, cells in found if any(cells)]


def numbers(path: Path, frame: pd.DataFrame, column: str) -> Numbers:
    """A column of numbers.

    Parameters
    ----------
    path, frame, column : Path, DataFrame, str
        The file (for messages), its cells, and the column's name.

    Returns
    -------
    array of float, shape (k,)
        The numbers.

    Raises
    ------
    EvidenceFileError
        If there is no such column, or a cell is no finite number; names the line.
    """
    if column not in frame.columns:
        raise EvidenceFileError(
            str(path),
            found=f"no column {column!r}",
            allowed=f"that name beside {', '.join(frame.columns)}",
            hint="Add it, or rename the column that holds it.",
        )
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype="float64")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        line = frame.index[int(bad[0])]
        found = repr(frame[column].iloc[int(bad[0])])
        place = f"{path}, line {line}, {column}"
        raise EvidenceFileError(
            place,
            found=found,
            allowed="a number with a decimal point",
            hint="Correct the cell, or take the row out.",
        )
    return values


def effects_and_variances(path: Path, frame: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """The columns ``yi`` and ``vi``, fit to be pooled.

    Parameters
    ----------
    path, frame : Path, DataFrame
        The file (for messages) and its cells.

    Returns
    -------
    array of float, shape (k,); array of float, shape (k,)
        Effects and their sampling variances.

    Raises
    ------
    EvidenceFileError
        If a column is missing or a cell is no number.
    NotEstimableError
        If there is no row, or a variance is not above 0; names the file.
    """
    yi, vi = numbers(path, frame, "yi"), numbers(path, frame, "vi")
    with naming(path):
        return check_effects(yi, vi)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Errors of the arithmetic with the file before their place."""
    try:
        yield
    except NotEstimableError as error:
        raise NotEstimableError(
            f"{path}, {error.place}",
            found=error.found,
            allowed=error.allowed,
            hint=error.hint or "Correct the file; studies are counted from below its header.",
        ) from error


def effects_of_file(measure: str, path: Path) -> list[dict[str, Any]]:
    """Effect and variance of each row of a CSV file.

    Parameters
    ----------
    measure : str
        Code of an effect measure, such as SMD or RR.
    path : Path
        A CSV file with the glossary's columns.

    Returns
    -------
    list of dict
        `row` (from 1), `yi`, `vi` (None where not estimable) and `notes`.

    Raises
    ------
    EvidenceFileError
        If the file cannot be read, lacks a column, or a cell that is needed is no number.
    NotEstimableError
        If numbers cannot be (more events than people); names the file.
    UnknownTermError
        If there is no such measure.
    """
    frame = read_columns(path)
    needed = MEASURES[measure].columns if measure in MEASURES else ()
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise EvidenceFileError(
            f"{path}, columns of {measure}",
            found=f"no {', '.join(missing)}",
            allowed=", ".join(needed),
            hint="Add them, or rename the columns that hold them.",
        )
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


def pool_of_file(path: Path, *, method: str, test: str) -> PooledEffect:
    """The pooled effect of the columns ``yi`` and ``vi`` of a CSV file.

    Parameters
    ----------
    path : Path
        A CSV file.
    method, test : str
        Estimator of tau² and kind of interval.

    Returns
    -------
    PooledEffect
        As `pool`.
    """
    yi, vi = effects_and_variances(path, read_columns(path))
    return pool(yi, vi, method=method, test=test)


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
        "bayesian": None if answer.bayesian is None else _bayesian_record(answer.bayesian),
        "rows": rows[kept].to_dict("records"),
        "notes": list(answer.notes),
    }


def _bayesian_record(fit: BayesianEffect) -> dict[str, Any]:
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
    return Table(
        columns=("Row", "yi", "vi", "Notes"),
        rows=tuple(
            (str(r["row"]), _words(r["yi"]), _words(r["vi"]), "; ".join(r["notes"]))
            for r in records
        ),
        empty="The file has no rows.",
    )


def answer_table(answer: Answer) -> Table:
    """The contrasts of an answer, those that entered first, with the reasons of the others."""
    return Table(
        columns=("Contrast", "Effect", "Variance", "How it was derived", "In?", "Why not"),
        rows=tuple(
            (
                row["contrast_id"],
                _words(row["yi"]),
                _words(row["vi"]),
                row["derivation"],
                "yes" if row["included"] else "no",
                row["reason"],
            )
            for row in answer.rows.to_dict("records")
        ),
        empty="The evidence has no row on this population and outcome.",
    )


def _none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _words(value: float | None) -> str:
    return "none" if value is None or not np.isfinite(value) else printed_number(round(value, 6))
