"""Fixtures and settings that several test files share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import evidence_tools as et
from evidence_tools.command_line import cli
from made.trials import contrasts_of
from made.world import made_world

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
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up world as a folder, written once per process."""
    return made_world(tmp_path_factory.mktemp("world") / "evidence")


@pytest.fixture(scope="session")
def evidence(world_folder: Path) -> et.Evidence:
    """The made-up world."""
    return et.load(world_folder)


@pytest.fixture
def folder(world_folder: Path, tmp_path: Path) -> Path:
    """A copy of the folder of the made-up world that a test may spoil."""
    return Path(shutil.copytree(world_folder, tmp_path / "evidence"))


@pytest.fixture(autouse=True)
def found(world_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is loaded where no folder is named, here and in processes of their own."""
    monkeypatch.setenv("EVIDENCE_DIR", str(world_folder))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`evidence` in this process: exit code, standard output, standard error."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["evidence", *map(str, words)])
        try:
            cli.main()
        except SystemExit as stopped:
            code = stopped.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def world(evidence: et.Evidence) -> Callable[..., list[dict[str, Any]]]:
    """Lines of contrasts of one made-up trial."""
    return partial(contrasts_of, evidence)
