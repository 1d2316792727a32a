"""Running the notebooks: all of them, two at a time, only where something has changed."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from evidence_tools.errors import EvidenceFileError

_TIMEOUT = 300
_FINGERPRINT = "evidence_fingerprint"
_LIBRARIES = ("pandas", "matplotlib", "numpy", "ipykernel")


def find_notebooks(start: Path) -> list[Path]:
    """The notebooks of the repository around a folder, in reading order.

    Parameters
    ----------
    start : Path
        A folder within the repository.

    Returns
    -------
    list of Path
        ``notebooks/*.ipynb``, sorted by name.

    Raises
    ------
    EvidenceFileError
        If neither the folder nor one above it has notebooks.
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
    """Execute notebooks into a folder; those whose inputs are unchanged are kept.

    Parameters
    ----------
    paths : iterable of Path
        Notebooks to execute.
    target : Path
        Folder for the executed copies; may be the notebooks' own.
    inputs : iterable of Path
        Folders whose files decide the outputs: the evidence and the package.
    done : callable, optional
        Called after each notebook with its path and whether it was run.

    Returns
    -------
    list of Path
        The executed notebooks, in the order given.

    Raises
    ------
    EvidenceFileError
        If a cell fails; names the notebook and the cell's error.
    """
    target.mkdir(parents=True, exist_ok=True)
    shared = _digest(inputs)
    paths = list(paths)
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {pool.submit(_run, path, target / path.name, shared): path for path in paths}
        for job in as_completed(jobs):
            done(jobs[job], job.result())
    return [target / path.name for path in paths]


def _run(path: Path, target: Path, shared: str) -> bool:
    """Execute one notebook unless its executed copy is up to date; True if it ran."""
    notebook = nbformat.read(path, as_version=4)
    fingerprint = _fingerprint(notebook, shared)
    in_place = target.resolve() == path.resolve()
    if not in_place and _stored_fingerprint(target) == fingerprint:
        return False
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
    if not in_place:
        notebook.metadata[_FINGERPRINT] = fingerprint
    partial = target.with_suffix(".partial")
    nbformat.write(notebook, partial)
    partial.replace(target)
    return True


def _clean(notebook: NotebookNode) -> None:
    """Keep what a reader needs; drop what differs between machines."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = NotebookNode(kernelspec=kernel, language_info={"name": "python"})
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def _stored_fingerprint(path: Path) -> str:
    if not path.is_file():
        return ""
    return str(nbformat.read(path, as_version=4).metadata.get(_FINGERPRINT, ""))


def _fingerprint(notebook: NotebookNode, shared: str) -> str:
    sources = [cell.source for cell in notebook.cells]
    return hashlib.sha256("\0".join([shared, *sources]).encode()).hexdigest()


def _digest(folders: Iterable[Path]) -> str:
    """One digest of all files that decide the outputs, and of the libraries that draw them."""
    digest = hashlib.sha256(sys.version.encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
