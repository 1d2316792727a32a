"""Integrity screens: can the numbers that a study reports stand side by side?

Each screen recomputes one printed number from others, within the limits of rounding. What does
not fit is a note: it asks for a second look at the source and accuses nobody. Simple reasons are
more frequent than bad ones: another test, other people, a slip in an abstract or in our tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evidence_tools.base.errors import UnknownTermError, did_you_mean
from evidence_tools.checks.registry import RULES, SCREENS, concern, where
from evidence_tools.checks.screens import across_rows, agreement, whole_points  # noqa: F401  (register screens)

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.loading import Evidence

__all__ = ["SCREENS", "IntegrityReport", "StudyScreen", "screen"]

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

    Returns
    -------
    IntegrityReport
        Findings of severity note, and a status per study.

    Notes
    -----
    A study of "no concern" passed the checks that its printed numbers allow, and no others:
    whether the trial was done as reported cannot be computed.
    """
    own = list(_own(evidence))
    by_study: dict[str, list[_Looked]] = {}
    for looked in (*own, *_of_validation(evidence)):
        by_study.setdefault(looked.study_id, []).append(looked)
    studies = evidence.studies.dropna(subset=["study_id"])
    names = zip(studies.study_id, studies.label.fillna(studies.study_id), strict=True)
    return IntegrityReport(
        studies=tuple(_study(*name, by_study.get(name[0], [])) for name in names),
        findings=_findings(own),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """One row that a rule looked at, and what does not fit."""

    study_id: str
    rule: str
    finding: Finding | None


def _own(evidence: Evidence) -> Iterator[_Looked]:
    for slug, look in SCREENS.items():
        for seen in look(evidence):
            finding = concern(evidence, slug, seen) if seen.column else None
            study = evidence.text[seen.table].study_id[seen.index]
            yield _Looked(study_id=study, rule=slug, finding=finding)


def _findings(looked: Iterable[_Looked]) -> tuple[Finding, ...]:
    return tuple(one.finding for one in looked if one.finding is not None)


def _study(study_id: str, label: str, checks: list[_Looked]) -> StudyScreen:
    findings = _findings(checks)
    status: Status = "some concern" if findings else "no concern" if checks else "cannot be checked"
    return StudyScreen(
        study_id=study_id,
        label=label,
        status=status,
        checked=Counter(check.rule for check in checks),
        findings=findings,
    )


def _of_validation(evidence: Evidence) -> Iterator[_Looked]:
    """The rows that rules of validation look at, and what they find there."""
    for slug, (tables, columns) in _RULES_OF_VALIDATION.items():
        found = {(f.file, f.line): f for f in RULES[slug].findings(evidence)}
        for table in tables.split():
            rows, path = evidence.table(table), evidence.schema[table].path
            for index in where(rows[list(columns)].notna().all(axis=1)):
                study, finding = rows.study_id[index], found.get((path, index + 2))
                yield _Looked(study_id=study, rule=slug, finding=finding)
