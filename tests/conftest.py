"""Fixtures and settings that several test files share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import evidence_tools as et
from made_up_trials import contrasts_of

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is slow, not wrong: no deadline. `make test` draws the same examples every time;
# HYPOTHESIS_PROFILE=fuzz draws many others.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("fuzz", derandomize=False, deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


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
