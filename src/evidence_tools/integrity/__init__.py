"""Integrity screens: can the numbers that a study reports stand side by side?

Each screen recomputes one printed number from others, within the limits of rounding. What does
not fit is a note: it asks for a second look at the source and accuses nobody. Simple reasons are
more frequent than bad ones: another test, other people, a slip in an abstract or in our tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from evidence_tools.errors import UnknownTermError, did_you_mean
from evidence_tools.findings import Finding
from evidence_tools.integrity import (  # noqa: F401  (register screens)
    across_rows,
    agreement,
    whole_points,
)
from evidence_tools.integrity.register import SCREENS, Check, Seen, checks_of
from evidence_tools.loading import Evidence
from evidence_tools.validation.registry import RULES, where

__all__ = ["SCREENS", "IntegrityReport", "StudyScreen", "integrity_findings", "screen"]

Status = Literal["no concern", "some concern", "cannot be checked"]

_RULES_OF_VALIDATION: dict[str, tuple[str, tuple[str, ...]]] = {
    "events-exceed-n": ("results side_effects", ("events", "n")),
    "percent-disagrees-with-events": ("results side_effects", ("events", "n", "percent")),
    "p-and-interval-disagree": ("results", ("ci_low", "ci_high", "ci_level", "p_value")),
    "se-and-interval-disagree": ("results", ("se", "ci_low", "ci_high", "ci_level")),
}
"""Rules of validation that count as screens: the tables and the columns that each needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyScreen:
    """What the screens say about one study.

    Attributes
    ----------
    study_id, label : str
        The study.
    status : {"no concern", "some concern", "cannot be checked"}
        Whether a screen found something; the last where no screen could look at any row.
    checked : mapping of str to int
        Rows looked at, by rule; rules that could look at none are left out.
    findings : tuple of Finding
        What does not fit, those of validation included.
    """

    study_id: str
    label: str
    status: Status
    checked: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows with a finding, each once, in order."""
        return tuple(sorted({finding.row_id for finding in self.findings}))

    @property
    def words(self) -> str:
        """The status with what it rests on, one sentence."""
        looked = sum(self.checked.values())
        checks = f"{looked} check{'' if looked == 1 else 's'}"
        if self.status == "cannot be checked":
            return "Cannot be checked: no row prints numbers that can be held against each other."
        if self.status == "no concern":
            return f"No concern in {checks}."
        return f"Some concern: {len(self.findings)} of {checks} did not fit."


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityReport:
    """What the screens found in the whole evidence.

    Attributes
    ----------
    studies : tuple of StudyScreen
        Every study, in the order of ``studies.csv``.
    findings : tuple of Finding
        What the screens found, severity note, rules named "integrity-…"; findings of validation
        are left out, since validation reports them itself.
    """

    studies: tuple[StudyScreen, ...]
    findings: tuple[Finding, ...]

    def study(self, study_id: str) -> StudyScreen:
        """The screens of one study.

        Parameters
        ----------
        study_id : str
            Its id.

        Returns
        -------
        StudyScreen
            Its status, with the rows.

        Raises
        ------
        UnknownTermError
            If there is no such study; names the nearest ids.
        """
        for study in self.studies:
            if study.study_id == study_id:
                return study
        known = [study.study_id for study in self.studies]
        hint = did_you_mean(study_id, known, most=3, otherwise="See evidence/studies.csv.")
        raise UnknownTermError(
            "study", found=repr(study_id), allowed="an id of studies.csv", hint=hint
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study: status, number of checks, rows with a finding, in words."""
        columns = ["study_id", "label", "status", "checks", "rows", "words"]
        rows = [
            (s.study_id, s.label, s.status, sum(s.checked.values()), "; ".join(s.rows), s.words)
            for s in self.studies
        ]
        return pd.DataFrame(rows, columns=columns)

    def summary(self) -> str:
        """How many studies have which status, and what the statuses mean; two lines."""
        counts = Counter(study.status for study in self.studies)
        parts = [
            f"{counts[status]} {status}"
            for status in ("some concern", "no concern", "cannot be checked")
        ]
        return (
            f"{len(self.studies)} studies: {', '.join(parts)}\n"
            "A concern asks for a second look at the source; it is no judgement of the study."
        )


def screen(evidence: Evidence) -> IntegrityReport:
    """Every screen over the whole evidence.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    IntegrityReport
        Findings of severity note, and a status per study.

    Raises
    ------
    EvidenceFileError
        If ``rules.yml`` lacks a threshold.

    Notes
    -----
    A study of "no concern" passed the checks that its printed numbers allow, and no others:
    whether the trial was done as reported cannot be computed.
    """
    own = list(_own_checks(evidence))
    by_study: dict[str, list[Check]] = {}
    for check in (*own, *_checks_of_validation(evidence)):
        by_study.setdefault(check.study_id, []).append(check)
    studies = evidence.studies.dropna(subset=["study_id"])
    return IntegrityReport(
        studies=tuple(
            _study(study_id, label, by_study.get(study_id, []))
            for study_id, label in zip(
                studies.study_id, studies.label.fillna(studies.study_id), strict=True
            )
        ),
        findings=_findings(own),
    )


def integrity_findings(evidence: Evidence) -> tuple[Finding, ...]:
    """The findings of `screen` without the studies, for a validation report."""
    return _findings(_own_checks(evidence))


def _own_checks(evidence: Evidence) -> Iterator[Check]:
    for one in SCREENS.values():
        yield from one.checks(evidence)


def _findings(checks: Iterable[Check]) -> tuple[Finding, ...]:
    return tuple(check.finding for check in checks if check.finding is not None)


def _study(study_id: str, label: str, checks: list[Check]) -> StudyScreen:
    findings = _findings(checks)
    status: Status = "some concern" if findings else "no concern" if checks else "cannot be checked"
    return StudyScreen(
        study_id=study_id,
        label=label,
        status=status,
        checked=Counter(check.rule for check in checks),
        findings=findings,
    )


def _checks_of_validation(evidence: Evidence) -> Iterator[Check]:
    """The rows that rules of validation look at, and what they find there."""
    for slug, (tables, columns) in _RULES_OF_VALIDATION.items():
        found = {(f.file, f.row_id): f for f in RULES[slug].findings(evidence)}
        for table in tables.split():
            rows, path = evidence.table(table), evidence.schema[table].path
            complete = where(rows[list(columns)].notna().all(axis=1))
            seen = [Seen(table=table, index=index) for index in complete]
            for check in checks_of(evidence, slug, seen):
                yield replace(check, finding=found.get((path, check.row_id)))
