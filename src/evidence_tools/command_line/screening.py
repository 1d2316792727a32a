"""The integrity screens for people: a table of studies, and one study in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from evidence_tools.display.display import Table

if TYPE_CHECKING:
    from evidence_tools.checks.screens import IntegrityReport, StudyScreen


def screen_records(studies: Iterable[StudyScreen]) -> list[dict[str, Any]]:
    """Studies in the shape of ``evidence screen --json``."""
    return [
        {
            "study_id": study.study_id,
            "label": study.label,
            "status": study.status,
            "words": study.words,
            "rows": list(study.rows),
            "checked": dict(study.checked),
            "findings": [
                {"rule": f.rule, "row_id": f.row_id, "column": f.column, "message": f.message}
                for f in study.findings
            ],
        }
        for study in studies
    ]


def screen_table(report: IntegrityReport) -> Table:
    """Every study with its status and the rows that do not fit, concerns first."""
    order = ("some concern", "no concern", "cannot be checked")
    studies = sorted(report.studies, key=lambda study: order.index(study.status))
    return Table(
        columns=("Study", "Status", "Checks", "Rows that do not fit"),
        rows=tuple(
            (s.study_id, s.status, str(sum(s.checked.values())), ", ".join(s.rows)) for s in studies
        ),
    )


def study_words(study: StudyScreen) -> str:
    """One study: its status, what was looked at, and each finding, a line each."""
    looked = [f"  {rule}: {rows} looked at" for rule, rows in study.checked.items()]
    found = [f"  ! {finding.rule}: {finding.message}" for finding in study.findings]
    return "\n".join([f"{study.study_id} ({study.label})", study.words, *looked, *found])
