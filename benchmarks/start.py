"""How soon the program is there: its import beside that of pandas, and commands at the bench."""

# ruff: noqa: T201

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import best_of, duration

RUNS = 10
GOALS = {
    "--help": "300 ms",
    "effects SMD docs/examples/two-arms.csv": "1.2 s",
    "timeline": "2 s",
    "validate": "3 s",
}
"""Commands, and within what each should have answered."""


def main() -> None:
    """Print what the import adds to that of pandas, and how long commands take."""
    alone, both = _in_turn(("-c", "import pandas"), ("-c", "import pandas, evidence_tools"))
    added = duration(max(both - alone, 0))
    print(f"  import evidence_tools: {added} on top of pandas ({duration(alone)}); goal 150 ms")
    seconds = _in_turn(*(("-m", "evidence_tools", *words.split()) for words in GOALS))
    for (words, goal), taken in zip(GOALS.items(), seconds, strict=True):
        print(f"  evidence {words}: {duration(taken)}; goal {goal}")


def _in_turn(*several: tuple[str, ...]) -> tuple[float, ...]:
    """Seconds of the fastest process of each kind, run in turn so that all meet the same load."""
    rounds = [[best_of(1, lambda w=words: _run(w)) for words in several] for _ in range(RUNS)]
    return tuple(min(seconds) for seconds in zip(*rounds, strict=True))


def _run(words: tuple[str, ...]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
