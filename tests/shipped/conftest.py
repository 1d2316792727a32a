"""The shipped evidence: only the tests of this folder load it."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence_tools as et


@pytest.fixture(scope="session")
def evidence(root: Path) -> et.Evidence:
    """The shipped evidence, read once per process."""
    return et.load(root / "evidence")


@pytest.fixture(autouse=True)
def found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is loaded where no folder is named."""
    monkeypatch.setenv("EVIDENCE_DIR", str(root / "evidence"))
    monkeypatch.chdir(root)
