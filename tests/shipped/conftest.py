"""The shipped evidence: only the tests of this folder load it."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence_tools as et


@pytest.fixture(scope="session")
def evidence(root: Path) -> et.Evidence:
    """The shipped evidence, read once per process."""
    return et.load(root / "evidence")
