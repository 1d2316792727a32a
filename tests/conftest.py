"""Fixtures that several test files share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import evidence_tools as et
from made_up_trials import contrasts_of

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def evidence() -> et.Evidence:
    """The shipped evidence, read once per process."""
    return et.load(ROOT / "evidence")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the evidence folder that a test may spoil."""
    return Path(shutil.copytree(ROOT / "evidence", tmp_path / "evidence"))


@pytest.fixture
def world(evidence: et.Evidence) -> Callable[..., list[dict[str, Any]]]:
    """Lines of contrasts of one made-up trial."""
    return partial(contrasts_of, evidence)
