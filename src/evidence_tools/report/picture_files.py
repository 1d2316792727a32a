"""Pictures written to files, in the format that the ending of the name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evidence_tools.errors import EvidenceFileError

if TYPE_CHECKING:
    from evidence_tools.report.display import Picture

PICTURES = (".png", ".svg", ".pdf")
_UNDATED = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def check_ending(path: Path, allowed: tuple[str, ...] = PICTURES) -> None:
    """Refuse a file whose name does not say what to write.

    Raises
    ------
    EvidenceFileError
        If it has another ending than those.
    """
    if path.suffix.lower() not in allowed:
        raise EvidenceFileError(
            str(path), found=f"the ending {path.suffix!r}", allowed=", ".join(allowed)
        )


def write_picture(picture: Picture, path: Path) -> None:
    """A picture as PNG, SVG (letters as text) or PDF, the same bytes on every run.

    Raises
    ------
    EvidenceFileError
        If the file has another ending.
    """
    from matplotlib import rc_context

    check_ending(path)
    ending = path.suffix.lower()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "evidence", "pdf.fonttype": 42}):
        picture.figure.savefig(
            path, format=ending[1:], metadata=_UNDATED[ending], facecolor="white"
        )
