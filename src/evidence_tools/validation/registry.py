"""The register of domain rules: a slug, a severity, the tables it needs, and why it matters.

A rule is a function of `Evidence` that yields findings made with `at`. Its name is its slug and
its docstring says why it matters; the list of rules in the documentation is made from both.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from evidence_tools.bibliography import BIBLIOGRAPHY, Reference
from evidence_tools.findings import Finding, Severity
from evidence_tools.loading import Evidence, row_id

Check = Callable[[Evidence], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One domain rule.

    Attributes
    ----------
    slug : str
        Name by which findings, `accepted.csv` and the documentation call it.
    files : tuple of str
        Files it reads; it is skipped while one of them cannot be read.
    why : str
        Why it matters, from the function's docstring.
    """

    slug: str
    severity: Severity
    files: tuple[str, ...]
    why: str
    check: Check

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """What the rule finds; nothing while a file it needs cannot be read."""
        if not evidence.unreadable.isdisjoint(self.files):
            return
        for finding in self.check(evidence):
            yield replace(finding, rule=self.slug, severity=self.severity)


RULES: dict[str, Rule] = {}


def rule(*files: str, severity: Severity = "error") -> Callable[[Check], Check]:
    """Register a function as a rule that reads these files.

    Parameters
    ----------
    *files : str
        File names such as ``"results.csv"``.
    severity : {"error", "note"}
        Whether a finding fails the validation.

    Returns
    -------
    callable
        A decorator that leaves the function as it is.
    """

    def register(check: Check) -> Check:
        slug = check.__name__.replace("_", "-")
        why = inspect.getdoc(check) or ""
        RULES[slug] = Rule(slug=slug, severity=severity, files=files, why=why, check=check)
        return check

    return register


def at(
    evidence: Evidence,
    table: str,
    index: Any,
    column: str,
    *,
    found: str = "",
    allowed: str = "",
    hint: str = "",
) -> Finding:
    """A finding at one cell, with the value as printed.

    Parameters
    ----------
    evidence : Evidence
        The evidence that holds the row.
    table, index, column : str, int, str
        Table name, row index and column.
    found, allowed, hint : str
        What is wrong in words (default: the value), what would be right, what to do.

    Returns
    -------
    Finding
        Without rule and severity, which the register adds.
    """
    schema = evidence.schema[table]
    printed = evidence.text[table]
    return Finding(
        rule="",
        severity="error",
        file=schema.path,
        line=int(index) + 2,
        row_id=row_id(schema, printed, index),
        column=column,
        value=str(printed.at[index, column]),
        found=found,
        allowed=allowed,
        hint=hint,
    )


def where(mask: pd.Series[Any]) -> list[Any]:
    """The index of the rows in which a condition holds; missing counts as not."""
    return list(mask.index[mask.fillna(False).astype(bool)])


def at_reference(
    reference: Reference,
    column: str,
    value: str,
    *,
    found: str = "",
    allowed: str = "",
    hint: str = "",
) -> Finding:
    """A finding at one entry of the bibliography.

    Parameters
    ----------
    reference : Reference
        The entry.
    column, value : str
        Field and its value.
    found, allowed, hint : str
        What is wrong in words (default: the value), what would be right, what to do.

    Returns
    -------
    Finding
        Without rule and severity, which the register adds.
    """
    return Finding(
        rule="",
        severity="error",
        file=BIBLIOGRAPHY,
        line=reference.line,
        row_id=reference.key,
        column=column,
        value=value,
        found=found,
        allowed=allowed,
        hint=hint,
    )
