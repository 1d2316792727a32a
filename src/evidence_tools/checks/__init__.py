"""Validation: every rule over the whole evidence, everything wrong at once.

Order of the checks: the form of the files (made while reading), the structure of the tables
(frictionless against ``datapackage.json``), the rules over rows, and where form and structure are
right the late ones, which compute with the evidence: screens of printed numbers, judgements whose
basis has moved. A table whose file cannot be read is one finding; rules that need it are skipped.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import evidence_tools.checks.screens  # noqa: F401  (register screens)
from evidence_tools.base.errors import EvidenceFileError
from evidence_tools.base.findings import Finding, ValidationReport
from evidence_tools.checks import catalogue, claims, design, judgements, numbers, sources, times  # noqa: F401  (register rules)
from evidence_tools.checks.registry import RULES
from evidence_tools.checks.structure import check_structure
from evidence_tools.evidence.dictionary import DESCRIPTOR
from evidence_tools.evidence.loading import Evidence, find_evidence, read

__all__ = ["check_path", "validate", "validate_folder"]


def validate(evidence: Evidence) -> ValidationReport:
    """Structure and rules over the rows of loaded evidence.

    Parameters
    ----------
    evidence : Evidence
        From `load` or `read`.

    Returns
    -------
    ValidationReport
        All findings at once; ``ok`` means that there is no error.
    """
    return ValidationReport.of(_findings(evidence, ()), evidence.unreadable)


def validate_folder(
    folder: Path, *, replace_files: dict[str, Path] | None = None, late: bool = False
) -> ValidationReport:
    """Form, structure and rules over the files of a folder.

    `late`: whether the late rules run too, unless what they rest on is wrong.
    """
    reading = read(folder, replace=replace_files)
    findings = _findings(reading.evidence, reading.findings)
    if late and not reading.evidence.unreadable and not _broken(findings):
        findings += _found(reading.evidence, late=True)
    return ValidationReport.of(findings, reading.evidence.unreadable)


def _found(evidence: Evidence, *, late: bool) -> list[Finding]:
    rules = (rule for rule in RULES.values() if rule.late == late)
    return [finding for rule in rules for finding in rule.findings(evidence)]


def _broken(findings: Iterable[Finding]) -> bool:
    """True if form, structure or what late rules rest on is wrong: they would compute noise."""
    errors = (RULES[finding.rule] for finding in findings if finding.severity == "error")
    return any(rule.check is None or rule.ground for rule in errors)


def check_path(path: Path | None = None) -> ValidationReport:
    """Every rule over a folder, or those over rows for one file of the evidence.

    For a file, only the findings about that file. Raises EvidenceFileError if there is no such
    folder or file.

    `path`: an evidence folder, or one file of it. A file that stands elsewhere is checked in the
        place of the file of the same name. Without a path: the evidence of the repository.
    """
    if path is None or not path.is_file():
        return validate_folder(find_evidence(path), late=True)
    beside = path.parent
    folder = beside if (beside / DESCRIPTOR).is_file() else find_evidence()
    report = validate_folder(folder, replace_files={path.name: path})
    _require_known(path, folder)
    chosen = [finding for finding in report.findings if finding.file == path.name]
    return ValidationReport.of(chosen, report.unreadable & {path.name})


def _require_known(path: Path, folder: Path) -> None:
    known = sorted(
        file.name for file in folder.iterdir() if file.suffix in (".csv", ".yml", ".bib")
    )
    if path.name not in known:
        raise EvidenceFileError(
            str(path), found="no file of the evidence", allowed=", ".join(known)
        )


def _findings(evidence: Evidence, before: Iterable[Finding]) -> list[Finding]:
    findings = list(before)
    unread = {(f.file, f.line, f.column) for f in findings if f.line and f.column}
    findings += [
        finding
        for finding in check_structure(evidence)
        if (finding.file, finding.line, finding.column) not in unread
    ]
    return _accept(evidence, findings + _found(evidence, late=False))


def _accept(evidence: Evidence, findings: list[Finding]) -> list[Finding]:
    """Accepted findings become notes; an acceptance that nothing needs is a note of its own."""
    printed = evidence.text["accepted"]
    columns = ("rule", "row_id", "column", "value")
    accepted = {
        tuple(str(row[name]) for name in columns): (index, row)
        for index, row in enumerate(printed.to_dict("records"))
    }
    used: set[tuple[str, ...]] = set()
    result = []
    for finding in findings:
        key = (finding.rule, finding.row_id, finding.column, finding.value)
        if finding.severity == "error" and key in accepted:
            used.add(key)
            reason = accepted[key][1]["reason"]
            finding = replace(finding, severity="note", hint=f"Accepted: {reason}")
        result.append(finding)
    # A rule that waits for an unreadable file may need its acceptance once the file is mended.
    idle = {} if evidence.unreadable else accepted
    unused = (place for key, place in idle.items() if key not in used)
    return result + [_unused_acceptance(index, row) for index, row in unused]


def _unused_acceptance(index: int, row: dict[Hashable, Any]) -> Finding:
    return Finding(
        rule="unused-acceptance",
        severity="note",
        file="accepted.csv",
        line=index + 2,
        row_id=f"{row['rule']} {row['row_id']}",
        column="value",
        value=str(row["value"]),
        found="an acceptance that no finding needs",
        hint="The value changed or was corrected; delete the line.",
    )
