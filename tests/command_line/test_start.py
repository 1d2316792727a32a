"""How soon a command can begin: which libraries that take long to import each may bring in."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    *("frictionless", "jsonschema", "joblib", "dask", "IPython"),
    *("matplotlib", "nbclient", "nbconvert", "nbformat", "scipy.optimize", "scipy.stats"),
}
TABLES = {"numpy", "pandas"}
ASK = """
import sys
sys.argv = ["evidence", *sys.argv[1:]]
from evidence_tools.command_line.cli import main
try:
    main()
except SystemExit as end:
    assert end.code in (0, 1, None), end.code
print(*sorted(sys.modules), file=sys.stderr)
"""
BCG = "docs/examples/bcg-vaccine.csv"
QUICK = {"--help": set(), "effects SMD docs/examples/two-arms.csv": TABLES, "timeline": TABLES}
SLOW = {
    "certainty": TABLES,
    "claims": {*TABLES, "scipy.optimize"},  # fits counts with a likelihood
    "duration": {*TABLES, "scipy.optimize", "matplotlib"},
    "gaps": TABLES,
    "harms": {*TABLES, "scipy.optimize"},
    f"influence {BCG}": TABLES,
    f"pool {BCG}": TABLES,
    "screen": TABLES,
    "show lane-2018": {*TABLES, "scipy.optimize"},
    "validate": {*TABLES, "scipy.optimize", "frictionless", "jsonschema"},
}


def brought_in(command: str, root) -> set[str]:
    """The heavy libraries that are loaded when a command has ended."""
    words = [sys.executable, "-c", ASK, *command.split()]
    ended = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.splitlines()[-1].split()) & (HEAVY | TABLES)


@pytest.mark.parametrize("command", QUICK)
def test_a_quick_command_loads_nothing_that_it_does_not_need(command, root):
    assert brought_in(command, root) <= QUICK[command]


@pytest.mark.slow  # ten processes, each of which computes with the whole evidence
def test_a_command_loads_nothing_that_it_does_not_need(root):
    found = {command: brought_in(command, root) - allowed for command, allowed in SLOW.items()}
    assert {command: names for command, names in found.items() if names} == {}
