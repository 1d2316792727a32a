"""How soon the program is there: its import beside that of pandas, and `evidence --help`."""

# ruff: noqa: T201

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import best_of, duration

RUNS = 10


def main() -> None:
    """Print what the import adds to that of pandas, and how long the help takes."""
    alone, both = _in_turn(("-c", "import pandas"), ("-c", "import pandas, evidence_tools"))
    added = duration(max(both - alone, 0))
    print(f"  import evidence_tools: {added} on top of pandas ({duration(alone)}); goal 150 ms")
    (helped,) = _in_turn(("-m", "evidence_tools", "--help"))
    print(f"  evidence --help: {duration(helped)}; goal 300 ms")


def _in_turn(*several: tuple[str, ...]) -> tuple[float, ...]:
    """Seconds of the fastest process of each kind, run in turn so that all meet the same load."""
    rounds = [[best_of(1, lambda w=words: _run(w)) for words in several] for _ in range(RUNS)]
    return tuple(min(seconds) for seconds in zip(*rounds, strict=True))


def _run(words: tuple[str, ...]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
