"""One threshold of ``rules.yml`` by name, or a message that says which one is missing."""

from __future__ import annotations

from typing import Any

from evidence_tools.errors import EvidenceFileError
from evidence_tools.loading import Evidence
from evidence_tools.yaml_files import RULES


def threshold(evidence: Evidence, name: str) -> Any:
    """A threshold of the section ``validation``.

    Parameters
    ----------
    evidence : Evidence
        The evidence whose ``rules.yml`` counts.
    name : str
        Name of the threshold.

    Returns
    -------
    Any
        A number, a list of words or a mapping, as it stands in the file.

    Raises
    ------
    EvidenceFileError
        If the file can be read but has no such threshold.
    """
    section = evidence.rules.get("validation") or {}
    try:
        return section[name]
    except (KeyError, TypeError):
        raise EvidenceFileError(
            f"{RULES}, validation", found=f"no threshold {name!r}", hint="Restore it from git."
        ) from None
