"""One threshold of ``rules.yml`` by name, or a message that says which one is missing."""

from __future__ import annotations

from typing import Any

from evidence_tools.errors import EvidenceFileError
from evidence_tools.loading import Evidence
from evidence_tools.yaml_files import RULES


def threshold(evidence: Evidence, name: str, *, section: str = "validation") -> Any:
    """A threshold of a section of ``rules.yml``.

    Parameters
    ----------
    evidence : Evidence
        The evidence whose ``rules.yml`` counts.
    name : str
        Name of the threshold.
    section : str
        Name of its section.

    Returns
    -------
    Any
        A number, a list of words or a mapping, as it stands in the file.

    Raises
    ------
    EvidenceFileError
        If the file can be read but has no such threshold.
    """
    thresholds = evidence.rules.get(section) or {}
    try:
        return thresholds[name]
    except (KeyError, TypeError):
        raise EvidenceFileError(
            f"{RULES}, {section}", found=f"no threshold {name!r}", hint="Restore it from git."
        ) from None
