"""What the command line checks beyond `validate`: findings that need the floors above the files.

Validation itself is structure and domain rules. A check that computes with the evidence stands
here; each is a function of `Evidence` that returns findings, and runs only over a whole folder
that can be read.
"""

from __future__ import annotations

from pathlib import Path

from evidence_tools.claims import stale
from evidence_tools.findings import ValidationReport
from evidence_tools.integrity import integrity_findings
from evidence_tools.validation import FurtherCheck, validate_path

FURTHER_CHECKS: tuple[FurtherCheck, ...] = (integrity_findings, stale)
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
