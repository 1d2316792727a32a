"""How long something takes, and how it stands against a peer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "tests" / "reference" / "metafor.json"


def best_of(
    repeats: int, work: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds of the fastest run: the one that other programs disturbed least."""
    seconds = []
    for _ in range(repeats):
        start = clock()
        work()
        seconds.append(clock() - start)
    return min(seconds)


def dataset(name: str) -> tuple[list[float], list[float]]:
    """Effect sizes and sampling variances of a data set of the tests' reference."""
    everything = json.loads(REFERENCE.read_text(encoding="utf-8"))["univariate"]
    (found,) = (data for data in everything if data["dataset"].startswith(name))
    return found["yi"], found["vi"]


def line(what: str, ours: float, theirs: float | None, peer: str) -> str:
    """One line: our time, the peer's, and the ratio."""
    mine = f"  {what}: ours {duration(ours)}"
    if theirs is None:
        return f"{mine}; {peer}"
    ratio = theirs / ours
    times = f"{ratio:,.0f}" if ratio >= 20 else f"{ratio:.1f}"
    return f"{mine}, {peer} {duration(theirs)}: {times} times as fast"


def duration(seconds: float) -> str:
    """Seconds in a unit that reads well."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
