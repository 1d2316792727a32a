"""The only door to the files: an evidence folder in, one frozen `Evidence` out.

Each file is read once, and the same bytes are parsed once in a process. `load` is strict and
raises at the first thing that cannot be read; `read` is lenient, keeps what can be read and reports
the rest as findings, for validation.
Nothing is computed and nothing is dropped silently: empty cells are missing, every other text
stays as it is ("NA" is text), numbers become numbers or are named as unreadable.
"""

from __future__ import annotations

import dataclasses
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evidence_tools.base.errors import EvidenceFileError, UnknownTermError
from evidence_tools.base.findings import Finding
from evidence_tools.evidence import form
from evidence_tools.evidence.bibliography import BIBLIOGRAPHY, Reference, parse_bibliography
from evidence_tools.evidence.claims_file import CLAIMS, Claim, parse_claims
from evidence_tools.evidence.dictionary import (
    DESCRIPTOR,
    Schema,
    TableSchema,
    parse_schema,
    read_descriptor,
)
from evidence_tools.evidence.questions_file import QUESTIONS, Questions, parse_questions
from evidence_tools.evidence.rules import RULES, Rules, parse_rules

ENVIRONMENT_VARIABLE = "EVIDENCE_DIR"
_TEXT_FILES = (BIBLIOGRAPHY, CLAIMS, RULES, QUESTIONS)
Cells = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All tables of the evidence, typed, with the sources, the claims and the thresholds.

    Text columns have pandas' ``str`` type, numbers are float64, whole numbers Int64; an empty
    cell is missing. The row with index i stands on line i + 2 of its file. `text` holds the same
    tables as printed, for checks that need the digits; `made` keeps what was made of them once.
    """

    folder: Path
    schema: Schema
    studies: pd.DataFrame
    arms: pd.DataFrame
    results: pd.DataFrame
    timing: pd.DataFrame
    side_effects: pd.DataFrame
    side_effect_terms: pd.DataFrame
    side_effect_row_terms: pd.DataFrame
    instruments: pd.DataFrame
    statements: pd.DataFrame
    contains: pd.DataFrame
    claim_links: pd.DataFrame
    risk_of_bias: pd.DataFrame
    excluded: pd.DataFrame
    searches: pd.DataFrame
    wanted: pd.DataFrame
    accepted: pd.DataFrame
    verdicts: pd.DataFrame
    certainty: pd.DataFrame
    references: Mapping[str, Reference]
    claims: tuple[Claim, ...]
    claims_source: str
    rules: Rules
    questions: Questions
    text: Mapping[str, pd.DataFrame]
    unreadable: frozenset[str] = frozenset()
    made: dict[Any, Any] = dataclasses.field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def table(self, name: str) -> pd.DataFrame:
        """The typed table of that name."""
        if name not in self.schema.tables:
            raise UnknownTermError(
                "evidence", found=f"table {name!r}", allowed=", ".join(self.schema.tables)
            )
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def summary(self) -> str:
        """Two lines: what is in the tables."""
        rows = ", ".join(f"{len(self.table(name))} {name}" for name in self.schema.tables)
        return f"{len(self.claims)} claims, {len(self.references)} sources\n{rows}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the lenient reader kept, and what it could not read."""

    evidence: Evidence
    findings: tuple[Finding, ...]


def load(path: str | os.PathLike[str] | None = None) -> Evidence:
    """The evidence of a folder, typed and frozen.

    Parameters
    ----------
    path : path, optional
        The folder that holds ``datapackage.json``. Without it: the folder named by the
        environment variable EVIDENCE_DIR, the repository around the working directory, or the
        copy that was installed with the package.

    Returns
    -------
    Evidence
        All tables, sources, claims and thresholds.

    Raises
    ------
    EvidenceFileError
        If a file is missing or cannot be read; names file, line and column.
    """
    reading = read(find_evidence(path))
    for finding in reading.findings:
        raise EvidenceFileError(
            finding.place,
            found=finding.found or repr(finding.value),
            allowed=finding.allowed,
            hint=finding.hint or "Run `evidence validate` to see every problem.",
        )
    return reading.evidence


def find_evidence(path: str | os.PathLike[str] | None = None) -> Path:
    """The evidence folder: the argument, EVIDENCE_DIR, the repository, or the installed copy.
    Raises EvidenceFileError if the named folder holds no evidence, or none can be found.
    """
    named = path if path is not None else os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        folder = Path(named)
        for candidate in (folder, folder / "evidence"):
            if (candidate / DESCRIPTOR).is_file():
                return candidate
        raise EvidenceFileError(
            str(folder),
            found="no folder of evidence" if folder.is_dir() else "no such folder",
            allowed=f"a folder that holds {DESCRIPTOR}",
            hint=f"Check the path{'' if path is not None else f' in {ENVIRONMENT_VARIABLE}'}.",
        )
    here = Path.cwd()
    package = Path(__file__).resolve().parents[1]
    candidates = [folder / "evidence" for folder in (here, *here.parents)]
    candidates += [package.parents[1] / "evidence", package / "_evidence"]
    for candidate in candidates:
        if (candidate / DESCRIPTOR).is_file():
            return candidate
    raise EvidenceFileError(
        str(here),
        found="no evidence folder here or above",
        hint=f"Name the folder, or set {ENVIRONMENT_VARIABLE}.",
    )


def read(folder: Path, *, replace: Mapping[str, Path] | None = None) -> Reading:
    """Everything that can be read in a folder, and findings about the rest. Evidence with empty
    tables where a file could not be read, and the findings. Raises EvidenceFileError if
    ``datapackage.json`` itself cannot be read: without it nothing has a meaning.
    """
    descriptor = read_descriptor(folder)
    names = [table.path for table in parse_schema(descriptor).tables.values()]
    paths = {name: (replace or {}).get(name, folder / name) for name in (*names, *_TEXT_FILES)}
    contents = tuple((name, _content(path)) for name, path in paths.items())
    return _read(folder, descriptor, contents)


def _content(path: Path) -> bytes | str:
    """The bytes of a file, or in words why there are none."""
    try:
        return path.read_bytes()
    except OSError as error:
        return f"no such file ({error.strerror})"


@lru_cache(maxsize=4)
def _read(
    folder: Path, descriptor: bytes, contents: tuple[tuple[str, bytes | str], ...]
) -> Reading:
    """What these contents say; an `Evidence` that was not changed on disk stays the same object."""
    data = dict(contents)
    schema = parse_schema(descriptor)
    parsed = {t.name: _parsed(descriptor, t.name, data[t.path]) for t in schema.tables.values()}
    findings = [finding for table in parsed.values() for finding in table.findings]
    texts = {name: _checked_text(name, data[name]) for name in _TEXT_FILES}
    findings += [finding for _, problems in texts.values() for finding in problems]
    content = {name: text or "" for name, (text, _) in texts.items()}
    references, problems = parse_bibliography(content[BIBLIOGRAPHY])
    claims, claim_problems = parse_claims(content[CLAIMS])
    rules, rule_problems = parse_rules(content[RULES])
    questions, question_problems = parse_questions(content[QUESTIONS])
    findings += problems
    # A file that could not be read is a finding already.
    findings += claim_problems if content[CLAIMS] else []
    findings += rule_problems if content[RULES] else []
    findings += question_problems if content[QUESTIONS] else []
    evidence = Evidence(
        folder=folder,
        schema=schema,
        references=dict(references),
        claims=claims.claims,
        claims_source=claims.source,
        rules=rules,
        questions=questions,
        text={name: table.printed.copy(deep=False) for name, table in parsed.items()},
        unreadable=frozenset(f.file for f in findings if f.rule in form.UNREADABLE),
        **{name: table.typed.copy(deep=False) for name, table in parsed.items()},
    )
    return Reading(evidence=evidence, findings=tuple(findings))


def _unreadable(findings: list[Finding]) -> bool:
    return any(finding.rule in form.UNREADABLE for finding in findings)


def _checked_text(name: str, data: bytes | str) -> tuple[str | None, list[Finding]]:
    """The text of a file, none where it cannot be read, and what is wrong with its form."""
    if isinstance(data, str):
        hint = "Restore it from git."
        return None, [Finding(rule="missing-file", file=name, found=data, hint=hint)]
    findings = list(form.check_text(name, data))
    return (None if _unreadable(findings) else data.decode("utf-8")), findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """A table as printed and as typed, with what is wrong with its file and its cells."""

    printed: pd.DataFrame
    typed: pd.DataFrame
    findings: tuple[Finding, ...]


@lru_cache(maxsize=64)
def _parsed(descriptor: bytes, name: str, data: bytes | str) -> _Parsed:
    table = parse_schema(descriptor).tables[name]
    text, problems = _checked_text(table.path, data)
    if text is not None:
        problems += list(form.check_table(table, text.removeprefix("\ufeff")))
    printed = _parse_table(table, None if _unreadable(problems) else text)
    typed, cells = _typed(table, printed)
    return _Parsed(printed=printed, typed=typed, findings=(*problems, *cells))


def _parse_table(table: TableSchema, text: str | None) -> pd.DataFrame:
    """The cells as printed; no rows where the file could not be read."""
    if text is None:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in table.columns})
    frame = pd.read_csv(
        io.StringIO(text.removeprefix("\ufeff")),
        dtype=str,
        keep_default_na=False,
        skip_blank_lines=False,
    )
    return frame[table.columns]


def _typed(table: TableSchema, printed: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    columns: dict[str, pd.Series[Any]] = {}
    findings: list[Finding] = []
    for field in table.fields:
        cells = printed[field.name].to_numpy(dtype=object, copy=True)
        if field.type in ("number", "integer"):
            columns[field.name], bad = _numbers(cells, whole=field.type == "integer")
            findings += list(_unread_cells(table, printed, field.name, bad, field.type))
        else:
            cells[cells == ""] = np.nan
            columns[field.name] = pd.Series(cells, dtype="str")
    return pd.DataFrame(columns, index=printed.index), findings


def _numbers(cells: Cells, *, whole: bool) -> tuple[pd.Series[Any], npt.NDArray[np.bool_]]:
    """Numbers of a text column, and where a text is no finite (or no whole) number."""
    numbers = np.asarray(pd.to_numeric(cells, errors="coerce"), dtype="float64")
    bad = (cells != "") & ~np.isfinite(numbers)
    if whole:
        bad |= np.isfinite(numbers) & (numbers % 1 != 0)
    typed = pd.Series(np.where(bad, np.nan, numbers))
    return (typed.astype("Int64") if whole else typed), bad


def _unread_cells(
    table: TableSchema, printed: pd.DataFrame, column: str, bad: npt.NDArray[np.bool_], kind: str
) -> Iterator[Finding]:
    for index in printed.index[bad]:
        value = str(printed.at[index, column])
        rule = "not-finite" if value.lower().lstrip("+-") in _NOT_FINITE else "wrong-type"
        yield at_cell(
            table,
            printed,
            index,
            column,
            rule=rule,
            allowed="a whole number" if kind == "integer" else "a number with a decimal point",
            hint="Leave the cell empty if the number was not seen; words belong in the note.",
        )


_NOT_FINITE = {"nan", "inf", "infinity"}


def at_cell(
    table: TableSchema, printed: pd.DataFrame, index: Any, column: str, **words: Any
) -> Finding:
    """A finding at one cell of a table, with the value as printed."""
    return Finding(
        file=table.path,
        line=int(index) + 2,
        row_id=row_id(table, printed, index),
        column=column,
        value=str(printed.at[index, column]) if column in printed else "",
        **words,
    )


def row_id(table: TableSchema, frame: pd.DataFrame, index: Any) -> str:
    """The id of a row: its key, the parts joined by a space where there are several."""
    parts = [frame.at[index, column] for column in table.primary_key]
    return " ".join(str(part) for part in parts if isinstance(part, str))
