"""From evidence to pages: rerun the notebooks into ``build/``, then build the site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import evidence_tools
from evidence_tools.loading import Evidence, find_evidence
from evidence_tools.report.execution import run_notebooks
from evidence_tools.report.pages import build_pages


def notebook_inputs() -> list[Path]:
    """The folders whose files decide what the notebooks show: the evidence and the package."""
    return [find_evidence(), Path(evidence_tools.__file__).parent]


def publish(
    evidence: Evidence, notebooks: list[Path], *, done: Callable[[Path, bool], None]
) -> list[Path]:
    """Execute notebooks into ``build/notebooks`` and write the pages to ``build/site``.

    Parameters
    ----------
    evidence : Evidence
        For the index page.
    notebooks : list of Path
        The committed notebooks; they are not changed.
    done : callable
        Called after each notebook with its path and whether it was run.

    Returns
    -------
    list of Path
        The written pages, the index first.
    """
    build = notebooks[0].parent.parent / "build"
    executed = run_notebooks(notebooks, build / "notebooks", notebook_inputs(), done=done)
    return build_pages(evidence, executed, build / "site")
