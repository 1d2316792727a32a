"""The one register of rules: slug, severity, the files a rule reads, and why it matters.

A rule over rows is a function of `Evidence` that yields findings made with `at`; a screen is one
that yields a `Seen` per row that it could look at. The function's name is the slug, its docstring
says why it matters. What is found while files are read is registered by its words alone. The page
``docs/validation-rules.md`` is made from this register.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evidence_tools.base.findings import Finding, Severity
from evidence_tools.evidence.bibliography import BIBLIOGRAPHY, Reference
from evidence_tools.evidence.loading import Evidence, at_cell

if TYPE_CHECKING:
    import pandas as pd

Check = Callable[[Evidence], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    `slug`: name by which findings, `accepted.csv` and the documentation call it.
    `group`: heading under which the documentation lists it.
    `files`: files it reads; it is skipped while one of them cannot be read.
    `why`: why it matters.
    `check`: None where the finding is made while files are read, or by the check of another rule.
    `late`: runs only over a whole folder whose form and structure are right.
    `ground`: late rules compute with what it guards, and wait while it finds an error.
    """

    slug: str
    severity: Severity
    group: str
    files: tuple[str, ...]
    why: str
    check: Check | None = None
    late: bool = False
    ground: bool = False

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """What the rule finds; nothing while a file it needs cannot be read."""
        if self.check is None or not evidence.unreadable.isdisjoint(self.files):
            return
        for finding in self.check(evidence):
            yield replace(finding, rule=finding.rule or self.slug, severity=self.severity)


RULES: dict[str, Rule] = {}

_GROUPS = {
    "numbers": "Numbers",
    "times": "Times",
    "design": "Studies and arms",
    "sources": "Sources",
    "judgements": "Judgements",
    "claims": "Claims and verdicts",
}
"""Headings of the rules over rows, by the module that holds them."""


def rule(
    *files: str, severity: Severity = "error", late: bool = False, ground: bool = False
) -> Callable[[Check], Check]:
    """Register a function as a rule that reads these files."""

    def register(check: Check) -> Check:
        _register(
            check.__name__,
            inspect.getdoc(check) or "",
            severity=severity,
            group=_GROUPS[check.__module__.rsplit(".", 1)[-1]],
            files=files,
            check=check,
            late=late,
            ground=ground,
        )
        return check

    return register


def state(group: str, files: tuple[str, ...], reasons: Mapping[str, str], **more: Any) -> None:
    """Register rules without a check of their own: slugs, and why each matters."""
    for slug, why in reasons.items():
        _register(slug, why, **{"severity": "error", "group": group, "files": files} | more)


def _register(name: str, why: str, **more: Any) -> None:
    slug = name.replace("_", "-")
    RULES[slug] = Rule(slug=slug, why=why, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row that a screen could look at.

    `table`, `index`: the row.
    `column`: where a number does not fit; empty where everything does.
    `found`, `allowed`: what is wrong in words (default: the value), what would be right.
    """

    table: str
    index: Any
    column: str = ""
    found: str = ""
    allowed: str = ""


Screen = Callable[[Evidence], Iterator[Seen]]
SCREENS: dict[str, Screen] = {}


def screen_of(*files: str) -> Callable[[Screen], Screen]:
    """Register a function as a screen that reads these files."""

    def register(look: Screen) -> Screen:
        slug = f"integrity-{look.__name__.replace('_', '-')}"

        def check(evidence: Evidence) -> Iterator[Finding]:
            return (concern(evidence, slug, seen) for seen in look(evidence) if seen.column)

        SCREENS[slug] = look
        state(
            "Integrity screens",
            files,
            {slug: inspect.getdoc(look) or ""},
            severity="note",
            check=check,
            late=True,
        )
        return look

    return register


def concern(evidence: Evidence, slug: str, seen: Seen) -> Finding:
    """The note about a number that does not fit."""
    hint = "Compare with the source; if it is printed so, say it in the row's note."
    words = {"found": seen.found, "allowed": seen.allowed, "hint": hint}
    finding = at(evidence, seen.table, seen.index, seen.column, **words)
    return replace(finding, rule=slug, severity="note")


def at(evidence: Evidence, table: str, index: Any, column: str, **words: Any) -> Finding:
    """A finding at one cell, with the value as printed. Without rule, which the register adds."""
    return at_cell(evidence.schema[table], evidence.text[table], index, column, **words)


def at_reference(reference: Reference, column: str, value: str, **words: Any) -> Finding:
    """A finding at one entry of the bibliography. Without rule, which the register adds."""
    return Finding(
        file=BIBLIOGRAPHY,
        line=reference.line,
        row_id=reference.key,
        column=column,
        value=value,
        **words,
    )


def once(named: pd.Series[Any]) -> Iterator[tuple[Any, str, str]]:
    """Each word at the first row that names it, and in words with how many more rows do."""
    rows = named.value_counts()
    for index, word in named.drop_duplicates().items():
        more = f", here and in {rows[word] - 1} more rows" if rows[word] > 1 else ""
        yield index, str(word), repr(word) + more


def where(mask: pd.Series[Any]) -> list[Any]:
    """The index of the rows in which a condition holds; missing counts as not."""
    return list(mask.index[mask.fillna(False).astype(bool)])
