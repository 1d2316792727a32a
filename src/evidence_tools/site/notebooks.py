"""Running the notebooks: all of them, two at a time, only where something has changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_tools.base.errors import EvidenceFileError
from evidence_tools.checks.structure import without_link_grammar

if TYPE_CHECKING:  # nothing of it is needed where no notebook has changed
    from nbformat import NotebookNode

_TIMEOUT = 300
_FINGERPRINT = "evidence_fingerprint"
_LIBRARIES = ("pandas", "matplotlib", "numpy", "ipykernel")


def find_notebooks(start: Path) -> list[Path]:
    """The notebooks of the repository around a folder, in reading order. Raises EvidenceFileError
    if neither the folder nor one above it has notebooks.
    """
    for folder in (start, *start.parents):
        found = sorted((folder / "notebooks").glob("[0-9]*.ipynb"))
        if found:
            return found
    raise EvidenceFileError(
        str(start),
        found="no notebooks here or above",
        hint="Run this in a clone of the repository.",
    )


def run_notebooks(
    paths: Iterable[Path],
    target: Path,
    inputs: Iterable[Path],
    *,
    done: Callable[[Path, bool], None] = lambda path, ran: None,
) -> list[Path]:
    """Execute notebooks into a folder; those whose inputs are unchanged are kept. Raises
    EvidenceFileError if a cell fails; names the notebook and the cell's error.
    """
    target.mkdir(parents=True, exist_ok=True)
    shared = digest(inputs, _LIBRARIES)
    paths = list(paths)
    prints = {path: _fingerprint(path, shared) for path in paths}
    stale = [p for p in paths if _same(p, target) or _stored(target / p.name) != prints[p]]
    for path in paths:
        if path not in stale:
            done(path, False)
    stale.sort(key=lambda path: path.stat().st_size, reverse=True)  # the longest first
    if stale:
        with without_link_grammar():
            import nbclient  # noqa: F401
            import nbformat  # noqa: F401
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {pool.submit(_run, p, target / p.name, prints[p]): p for p in stale}
        for job in as_completed(jobs):
            job.result()
            done(jobs[job], True)
    return [target / path.name for path in paths]


def _same(path: Path, target: Path) -> bool:
    """True if a notebook is to be written in its own place."""
    return target.resolve() == path.parent.resolve()


def _run(path: Path, target: Path, fingerprint: str) -> None:
    """Execute one notebook; the old copy stays until the new one is whole."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # not every machine can encrypt a local kernel
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        asyncio.run(client.async_execute())  # closes its event loop; execute() leaves it open
    except CellExecutionError as error:
        last = f"{error.ename}: {error.evalue}".splitlines()[0]
        raise EvidenceFileError(
            f"notebooks/{path.name}",
            found=f"a cell that fails ({last})",
            hint="Open it with `make lab` and run it cell by cell.",
        ) from error
    _clean(notebook)
    if not _same(path, target.parent):
        notebook.metadata[_FINGERPRINT] = fingerprint
    partial = target.with_suffix(".partial")
    nbformat.write(notebook, partial)
    partial.replace(target)


def _clean(notebook: NotebookNode) -> None:
    """Keep what a reader needs; drop what differs between machines."""
    from nbformat import NotebookNode

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = NotebookNode(kernelspec=kernel, language_info={"name": "python"})
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def _stored(path: Path) -> str:
    """The fingerprint of an executed copy; empty where there is none or it cannot be read."""
    if not path.is_file():
        return ""
    return str(_notebook(path)["metadata"].get(_FINGERPRINT, ""))


def _fingerprint(path: Path, shared: str) -> str:
    sources = ["".join(cell["source"]) for cell in _notebook(path)["cells"]]
    return hashlib.sha256("\0".join([shared, *sources]).encode()).hexdigest()


def _notebook(path: Path) -> dict[str, Any]:
    """A notebook as it stands in its file, without the library that checks and renews it."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def digest(places: Iterable[Path], libraries: Iterable[str]) -> str:
    """One digest of files, of all files in folders, and of the libraries that use them."""
    digest = hashlib.sha256(sys.version.encode())
    for library in libraries:
        digest.update(f"{library} {version(library)}".encode())
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(place)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
