"""Validation: every rule over the whole evidence, everything wrong at once.

Order of the checks: the form of the files (made while reading), the structure of the tables
(frictionless against ``datapackage.json``), then the domain rules. A table whose file cannot be
read is one finding; rules and links that need it are skipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from evidence_tools.findings import Finding, ValidationReport
from evidence_tools.loading import Evidence, read
from evidence_tools.validation import design, numbers, sources, times  # noqa: F401  (register rules)
from evidence_tools.validation.registry import RULES
from evidence_tools.validation.structure import check_structure

__all__ = ["validate", "validate_folder"]


def validate(evidence: Evidence) -> ValidationReport:
    """Structure and domain rules over loaded evidence.

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
    folder: Path, *, replace_files: dict[str, Path] | None = None
) -> ValidationReport:
    """Form, structure and domain rules over the files of a folder.

    Parameters
    ----------
    folder : Path
        The evidence folder.
    replace_files : dict of str to Path, optional
        Files to read instead of those of the same name.

    Returns
    -------
    ValidationReport
        All findings at once, those about the files themselves included.
    """
    reading = read(folder, replace=replace_files)
    findings = _findings(reading.evidence, reading.findings)
    return ValidationReport.of(findings, reading.evidence.unreadable)


def _findings(evidence: Evidence, before: Iterable[Finding]) -> list[Finding]:
    findings = list(before)
    unread = {(f.file, f.line, f.column) for f in findings if f.line and f.column}
    findings += [
        finding
        for finding in check_structure(evidence)
        if (finding.file, finding.line, finding.column) not in unread
    ]
    for rule in RULES.values():
        findings += rule.findings(evidence)
    return _accept(evidence, findings)


def _accept(evidence: Evidence, findings: list[Finding]) -> list[Finding]:
    """Accepted findings become notes; an acceptance that nothing needs is a note of its own."""
    accepted = {
        (row.rule, row.row_id, row.column, row.value if isinstance(row.value, str) else ""): row
        for row in evidence.accepted.itertuples()
    }
    used, result = set(), []
    for finding in findings:
        key = (finding.rule, finding.row_id, finding.column, finding.value)
        if finding.severity == "error" and key in accepted:
            used.add(key)
            finding = replace(finding, severity="note", hint=f"Accepted: {accepted[key].reason}")
        result.append(finding)
    for key, row in accepted.items():
        if key not in used:
            result.append(_unused_acceptance(row))
    return result


def _unused_acceptance(row: object) -> Finding:
    return Finding(
        rule="unused-acceptance",
        severity="note",
        file="accepted.csv",
        line=int(row.Index) + 2,  # type: ignore[attr-defined]
        row_id=f"{row.rule} {row.row_id}",  # type: ignore[attr-defined]
        column="value",
        value=str(row.value),  # type: ignore[attr-defined]
        found="an acceptance that no finding needs",
        hint="The value changed or was corrected; delete the line.",
    )
