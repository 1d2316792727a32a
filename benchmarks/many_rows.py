"""Effect sizes of many rows at once: time should grow as the rows do, memory stay below 1 GB."""

# ruff: noqa: T201

from __future__ import annotations

import resource
import sys

import numpy as np

from benchmarks.timing import best_of, duration
from evidence_tools.arithmetic.effects import effect_sizes

ROWS = (2_000, 20_000, 200_000)
Columns = dict[str, np.ndarray]


def main() -> None:
    """Print a line per measure, then the most memory that the process ever held."""
    for measure, columns in {"SMD": means(max(ROWS)), "RR": events(max(ROWS))}.items():
        seconds = [timed(measure, columns, n) for n in ROWS]
        times = ", ".join(f"{n:,} rows {duration(t)}" for n, t in zip(ROWS, seconds, strict=True))
        growth = seconds[-1] / seconds[0]
        print(f"  {measure}: {times}; a hundred times the rows, {growth:.0f} times the time")
    print(f"  most memory held: {most_memory():.0f} MB; goal below 1,000 MB")


def timed(measure: str, columns: Columns, rows: int) -> float:
    """Seconds for the first rows."""
    first = {name: values[:rows] for name, values in columns.items()}
    return best_of(20, lambda: effect_sizes(measure, first))


def means(rows: int) -> Columns:
    """Made-up trials with two arms and means, the same at every run."""
    generator = np.random.default_rng(1)
    columns = {}
    for arm in ("active", "control"):
        columns[f"mean_{arm}"] = generator.normal(20, 4, rows)
        columns[f"sd_{arm}"] = generator.uniform(4, 9, rows)
        columns[f"n_{arm}"] = generator.integers(8, 120, rows)
    return columns


def events(rows: int) -> Columns:
    """Made-up trials with two arms and events, some arms without any."""
    generator = np.random.default_rng(2)
    columns = {}
    for arm in ("active", "control"):
        columns[f"n_{arm}"] = generator.integers(8, 120, rows)
        columns[f"events_{arm}"] = generator.binomial(columns[f"n_{arm}"], 0.15)
    return columns


def most_memory() -> float:
    """Peak of the process in MB; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
