"""The register of screens: a slug, the files it reads, and why it matters.

A screen is a function of `Evidence` that yields one `Seen` per row that it could look at; one that
names a column says that the number there does not fit. Its name is its slug and its docstring says
why it matters; the list of rules in the documentation is made from both.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from evidence_tools.findings import Finding
from evidence_tools.loading import Evidence
from evidence_tools.validation.registry import at

_COMPARE = "Compare with the source; if it is printed so, say it in the row's note."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row that a screen could look at.

    Attributes
    ----------
    table, index : str, anything
        The row.
    column : str
        Where a number does not fit; empty where everything does.
    found, allowed : str
        What is wrong in words (default: the value), what would be right.
    """

    table: str
    index: Any
    column: str = ""
    found: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The same with the ids of the study and the row, the rule, and a finding if there is one."""

    study_id: str
    row_id: str
    rule: str
    finding: Finding | None


Look = Callable[[Evidence], Iterator[Seen]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen.

    Attributes
    ----------
    slug : str
        "integrity-" and the function's name.
    files : tuple of str
        Files it reads.
    why : str
        Why it matters, from the function's docstring.
    """

    slug: str
    files: tuple[str, ...]
    why: str
    look: Look

    def checks(self, evidence: Evidence) -> Iterator[Check]:
        """One check per row that could be looked at, findings as notes under the slug."""
        rows = list(self.look(evidence))
        for seen, check in zip(rows, checks_of(evidence, self.slug, rows), strict=True):
            yield replace(check, finding=self._finding(evidence, seen)) if seen.column else check

    def _finding(self, evidence: Evidence, seen: Seen) -> Finding:
        words = {"found": seen.found, "allowed": seen.allowed, "hint": _COMPARE}
        finding = at(evidence, seen.table, seen.index, seen.column, **words)
        return replace(finding, rule=self.slug, severity="note")


SCREENS: dict[str, Screen] = {}


def screen_of(*files: str) -> Callable[[Look], Look]:
    """Register a function as a screen that reads these files.

    Parameters
    ----------
    *files : str
        File names such as ``"results.csv"``.

    Returns
    -------
    callable
        A decorator that leaves the function as it is.
    """

    def register(look: Look) -> Look:
        slug = "integrity-" + look.__name__.replace("_", "-")
        why = inspect.getdoc(look) or ""
        SCREENS[slug] = Screen(slug=slug, files=files, why=why, look=look)
        return look

    return register


def checks_of(evidence: Evidence, rule: str, rows: Iterable[Seen]) -> Iterator[Check]:
    """The rows with the ids of their study and their own, without a finding yet."""
    ids = {}
    for table in ("results", "side_effects"):
        printed, key = evidence.text[table], evidence.schema[table].primary_key[0]
        ids[table] = list(zip(printed.study_id, printed[key], strict=True))
    for seen in rows:
        study_id, row_id = ids[seen.table][seen.index]
        yield Check(study_id=study_id, row_id=row_id, rule=rule, finding=None)
