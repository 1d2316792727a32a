"""What is written: the notebooks and pages in ``build/``, and the generated documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import evidence_tools
from evidence_tools.checks.structure import without_link_grammar
from evidence_tools.evidence.loading import Evidence, find_evidence
from evidence_tools.site.documents import PICTURE, documents, readme_picture
from evidence_tools.site.notebooks import digest, find_notebooks, run_notebooks

_LIBRARIES = ("evidence-tools", "pandas", "jinja2", "mistune", "nbconvert")


def notebook_inputs() -> list[Path]:
    """The folders whose files decide what the notebooks show: the evidence and the package."""
    return [find_evidence(), Path(evidence_tools.__file__).parent]


def find_repository(start: Path) -> Path:
    """The repository around a folder.

    Raises
    ------
    EvidenceFileError
        If the folder is not within a clone of the repository.
    """
    return find_notebooks(start)[0].parent.parent


def write_documents(evidence: Evidence, repository: Path) -> list[Path]:
    """Write the documents made from the evidence, and the README's picture.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    repository : Path
        Folder of the repository.

    Returns
    -------
    list of Path
        What was written.
    """
    contents: dict[str, bytes] = {
        name: text.encode() for name, text in documents(evidence, repository).items()
    }
    contents[PICTURE] = readme_picture(evidence).png()
    for name, content in contents.items():
        partial = repository / f"{name}.partial"
        partial.write_bytes(content)
        partial.replace(repository / name)
    return [repository / name for name in contents]


def publish(
    evidence: Evidence, notebooks: list[Path], *, done: Callable[[Path, bool], None]
) -> list[Path]:
    """Execute notebooks into ``build/notebooks`` and write the pages to ``build/site``.

    Pages whose evidence, code, notebooks and libraries are unchanged stay as they are.

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
    site, stored = build / "site", build / "site.fingerprint"
    pages = [site / f"{name}.html" for name in ("index", *(path.stem for path in executed))]
    fingerprint = digest([*notebook_inputs(), *executed], _LIBRARIES)
    kept = stored.read_text(encoding="utf-8") if stored.is_file() else ""
    if kept == fingerprint and all(page.is_file() for page in pages):
        return pages
    with without_link_grammar():
        from evidence_tools.site.pages import build_pages
    stored.unlink(missing_ok=True)
    built = build_pages(evidence, executed, site)
    stored.write_text(fingerprint, encoding="utf-8")
    return built
