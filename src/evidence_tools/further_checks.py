"""What the command line checks beyond `validate`: findings that need the floors above the files.

Validation itself is structure and domain rules. A check that computes with the evidence stands
here; each is a function of `Evidence` that returns findings, and runs only over a whole folder
that can be read.
"""

from __future__ import annotations

from pathlib import Path

from evidence_tools.certainty import stale_ratings
from evidence_tools.claims import assess_claims, stale
from evidence_tools.findings import Finding, ValidationReport
from evidence_tools.integrity import integrity_findings
from evidence_tools.loading import Evidence
from evidence_tools.validation import FurtherCheck, validate_path


def moved_judgements(evidence: Evidence) -> tuple[Finding, ...]:
    """Recorded verdicts and certainties whose basis is another one now.

    Parameters
    ----------
    evidence : Evidence
        Evidence that could be read whole.

    Returns
    -------
    tuple of Finding
        Rules "read-again" and "rate-again".
    """
    ledger = assess_claims(evidence)
    return (*stale(evidence, ledger), *stale_ratings(evidence, ledger))


FURTHER_CHECKS: tuple[FurtherCheck, ...] = (integrity_findings, moved_judgements)
"""Add a check here and ``evidence validate`` runs it."""


def check_path(path: Path | None = None) -> ValidationReport:
    """Validation of a folder or file, with the further checks of a whole readable folder.

    Parameters
    ----------
    path : Path, optional
        As for `validate_path`.

    Returns
    -------
    ValidationReport
        All findings at once.

    Raises
    ------
    EvidenceFileError
        If there is no such folder or file, or ``rules.yml`` lacks a threshold.
    """
    return validate_path(path, further=FURTHER_CHECKS)
