"""Pictures written to files, in the format that the ending of the name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evidence_tools.base.errors import EvidenceFileError

if TYPE_CHECKING:
    from evidence_tools.display.display import Picture

PICTURES = (".png", ".svg", ".pdf")


def check_ending(path: Path, allowed: tuple[str, ...] = PICTURES) -> None:
    """Refuse a file whose name does not say what to write. Raises EvidenceFileError if it has
    another ending than those.
    """
    if path.suffix.lower() not in allowed:
        raise EvidenceFileError(
            str(path), found=f"the ending {path.suffix!r}", allowed=", ".join(allowed)
        )


def write_picture(picture: Picture, path: Path) -> None:
    """A picture as PNG, SVG (letters as text) or PDF, the same bytes on every run. Raises
    EvidenceFileError if the file has another ending.
    """
    from evidence_tools.display.files import save

    check_ending(path)
    save(picture.figure, path)
