"""How often the interval of a fitted median holds the true one, by simulation.

Times of known distribution, looked at on a schedule of visits that differs from person to person,
so that each is known only to lie between two visits or after the last. Each family is fitted to
its own times.
"""

# ruff: noqa: T201

from __future__ import annotations

import numpy as np

from evidence_tools.arithmetic.intervals import EventIntervals, event_intervals
from evidence_tools.arithmetic.intervals.families import FAMILIES, Family
from evidence_tools.arithmetic.intervals.parametric import fit_families

LOCATION, SCALE = np.log(10.0), 0.7
SIZES = (20, 50, 200)
RUNS = 1000
LEVEL = 95


def main() -> None:
    """Print the coverage of 95% intervals of the median and the upper quartile."""
    for family in FAMILIES:
        for n in SIZES:
            print(coverage(family, n, np.random.default_rng(n)))


def coverage(family: Family, n: int, generator: np.random.Generator) -> str:
    """One line: share of intervals that hold the truth, and fits without an answer."""
    held = {0.5: 0, 0.75: 0}
    missing = 0
    for _ in range(RUNS):
        fit = fit_families(simulated(family, n, generator), families=(family,)).fits[0]
        if fit.location is None:
            missing += 1
            continue
        for probability in held:
            truth = np.exp(LOCATION + SCALE * family.quantile(probability))
            found = fit.quantile(probability, ci_level=LEVEL)
            held[probability] += found is not None and found.ci_low <= truth <= found.ci_high
    fitted = RUNS - missing
    shares = ", ".join(f"quantile {p:g}: {count / fitted:.1%}" for p, count in held.items())
    error = 100 * np.sqrt(LEVEL / 100 * (1 - LEVEL / 100) / fitted)
    words = f"{family.name:>12}, n = {n:>3}: {shares} of {fitted} intervals"
    return f"{words} (nominal {LEVEL}%, simulation error {error:.1f} points), {missing} not fitted"


def simulated(family: Family, n: int, generator: np.random.Generator) -> EventIntervals:
    """Times of a family, each known to lie between two of about four visits."""
    errors = [family.quantile(p) for p in generator.uniform(size=n)]
    times = np.exp(LOCATION + SCALE * np.array(errors))
    visits = np.sort(np.array([3.0, 7.0, 14.0, 28.0]) * generator.uniform(0.7, 1.3, (n, 4)))
    edges = np.column_stack([np.zeros(n), visits, np.full(n, np.inf)])
    place = (edges < times[:, None]).sum(axis=1)
    rows = np.arange(n)
    return event_intervals(edges[rows, place - 1], edges[rows, place])


if __name__ == "__main__":
    main()
