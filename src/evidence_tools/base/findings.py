"""What a check found: one finding, and the report that collects them.

Findings are made by the readers (a file that is not UTF-8) and by the validation rules (an
estimate outside its interval) alike, so their shape lives below both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from evidence_tools.base.errors import message

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule at one place.

    Attributes
    ----------
    rule : str
        Slug of the rule.
    severity : {"error", "note"}
        An error fails the validation, a note is shown.
    file : str
        File name within the evidence folder.
    line : int or None
        Line number in that file, the header being line 1; None where the whole file is meant.
    row_id, column, value : str
        The row's id, the column and what stands there, as printed; empty where not applicable.
    allowed, hint : str
        What would be right, and what to do.
    found : str
        What was found, in words; the value in quotes unless the rule says it better.
    """

    file: str
    rule: str = ""
    severity: Severity = "error"
    line: int | None = None
    row_id: str = ""
    column: str = ""
    value: str = ""
    found: str = ""
    allowed: str = ""
    hint: str = ""

    @property
    def place(self) -> str:
        """File, line, row and column, as far as they are known."""
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.row_id:
            parts.append(f"row {self.row_id}")
        if self.column:
            parts.append(self.column)
        return ", ".join(parts)

    @property
    def message(self) -> str:
        """One line: place, found, allowed, what to do."""
        found = self.found or repr(self.value)
        return message(self.place, found=found, allowed=self.allowed, hint=self.hint)

    def to_dict(self) -> dict[str, Any]:
        """The finding with the keys of the command line's JSON."""
        record = asdict(self)
        keys = ("rule", "severity", "file", "line", "row_id", "column", "value")
        return {key: record[key] for key in keys} | {"message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """Everything that validation found, errors first, in the order of files and lines."""

    findings: tuple[Finding, ...]
    unreadable: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, findings: Iterable[Finding], unreadable: Iterable[str] = ()) -> ValidationReport:
        """A report with its findings in reading order."""
        ordered = sorted(
            findings, key=lambda f: (f.severity, f.file, f.line or 0, f.column, f.rule, f.value)
        )
        return cls(findings=tuple(ordered), unreadable=frozenset(unreadable))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that fail the validation."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that are only shown."""
        return tuple(f for f in self.findings if f.severity == "note")

    @property
    def ok(self) -> bool:
        """True when there is no error."""
        return not self.errors

    def counts(self) -> dict[str, int]:
        """Number of errors and notes."""
        return {"error": len(self.errors), "note": len(self.notes)}

    def by_rule(self) -> dict[tuple[str, str], int]:
        """Number of findings per severity and rule, errors first."""
        return dict(sorted(Counter((f.severity, f.rule) for f in self.findings).items()))

    def to_dict(self) -> dict[str, Any]:
        """The report in the shape of ``evidence validate --json``."""
        return {
            "ok": self.ok,
            "counts": self.counts(),
            "findings": [f.to_dict() for f in self.findings],
        }

    def verdict(self) -> str:
        """How many errors and notes there are, in words."""
        errors, notes = len(self.errors), len(self.notes)
        first = "no errors" if self.ok else f"{errors} error{'s' if errors > 1 else ''}"
        return f"{first}, {notes} note{'' if notes == 1 else 's'}"
