"""Figures as files: the same bytes on every run, and letters of an SVG as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import rc_context

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_UNDATED = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
_AS_TEXT = {"svg.fonttype": "none", "svg.hashsalt": "evidence", "pdf.fonttype": 42}


def save(figure: Figure, path: Path) -> None:
    """A figure in the format of the ending: .png, .svg or .pdf."""
    ending = path.suffix.lower()
    with rc_context(_AS_TEXT):
        figure.savefig(path, format=ending[1:], metadata=_UNDATED[ending], facecolor="white")
