"""Adding a study or confirming a verdict breaks no test, once the outputs are made again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from made.added import KINDS, add_study, confirm, settle

COPIED = ("docs", "evidence", "notebooks", "tests", "validation")
NOT_COPIED = (".venv", ".git", "src")


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The repository with another evidence folder, its code shared."""
    for path in root.iterdir():
        target = tmp_path / path.name
        if path.name in COPIED:
            shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file() and path.name not in NOT_COPIED:
            shutil.copy(path, target)
    (tmp_path / "src").symlink_to(root / "src")
    return tmp_path


def run(copy: Path, *words: str) -> str:
    """What a command prints that runs in the copy; it must succeed."""
    environment = {k: v for k, v in os.environ.items() if k != "EVIDENCE_DIR"}
    environment |= {"PYTHONPATH": str(copy / "src")}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow  # runs all notebooks and the tests of this folder in processes of their own
def test_a_study_more_and_a_confirmed_verdict_break_no_test(copy: Path) -> None:
    """The tests of this folder: no other loads the evidence (`tests/test_made.py`)."""
    for number, kind in enumerate(KINDS, 1):
        add_study(copy / "evidence", f"maker-200{number}", kind, number=number)
    settle(copy / "evidence")
    confirm(copy / "evidence", "onset-hours")
    assert "no errors" in run(copy, "evidence_tools", "validate")
    run(copy, "evidence_tools", "notebooks")
    run(copy, "evidence_tools", "docs")
    run(copy, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "tests/shipped")
