"""Twenty random sets of intervals and Turnbull's estimate of each, by lifelines.

Run from this folder: ``python npmle.py > ../../tests/reference/npmle.json``. lifelines' own door
(`fit_interval_censoring`) stops when the log-likelihood grows by less than 1e-5, which on the sets
without weights leaves errors of up to 0.03 in the survival curve. Here its innermost intervals and
its self-consistency step are used and repeated until nothing moves, and each answer is checked
against the Kuhn-Tucker conditions.
"""

# ruff: noqa: T201

import json
import sys

import lifelines
import numpy as np
from lifelines.fitters.npmle import (
    E_step_M_step,
    create_observation_intervals,
    create_turnbull_intervals,
    create_turnbull_lookup,
)

SETS = 20
SEED = 20
MOST_STEPS = 400_000


def random_set(generator, number):
    """Visits on a grid or anywhere, rows between two visits, open ends, some exact times."""
    n = int(generator.integers(6, 41))
    on_grid = number % 2 == 0
    rows = []
    for time in generator.weibull(generator.uniform(0.7, 2), size=n) * 12:
        visits = generator.uniform(0, 30, size=generator.integers(1, 5))
        if on_grid:
            visits = np.round(visits)
        visits = np.unique(np.concatenate([[0.0], visits, [np.inf]]))
        place = np.searchsorted(visits, time)
        low, high = visits[place - 1], visits[place]
        if number % 3 == 0 and generator.random() < 0.2:
            low = high = float(np.round(time, 1))
        rows.append((float(low), float(high)))
    weights = generator.integers(1, 5, size=n) if number % 4 == 3 else np.ones(n, dtype=int)
    return rows, [int(weight) for weight in weights]


def turnbull(rows, weights):
    """Innermost intervals and masses by lifelines, a row of weight w standing w times."""
    counted = {}
    for row, weight in zip(rows, weights, strict=True):
        counted[row] = counted.get(row, 0) + weight
    unique = sorted(counted)
    counts = np.array([float(counted[row]) for row in unique])
    left, right = zip(*unique, strict=True)
    innermost = create_turnbull_intervals(list(left), list(right))
    observed = create_observation_intervals(unique)
    lookup = create_turnbull_lookup(innermost, observed)
    mass = np.full(len(innermost), 1 / len(innermost))
    for step in range(MOST_STEPS):
        following = E_step_M_step(observed, mass, lookup, counts, step, False)
        moved = np.abs(following - mass).max()
        mass = following
        if moved < 1e-16:
            break
    return innermost, mass, step + 1, kuhn_tucker(innermost, unique, counts, mass)


def kuhn_tucker(innermost, rows, counts, mass):
    """How far the largest derivative of the mean log-likelihood exceeds 1."""
    member = np.array(
        [[low <= i.left and i.right <= high for i in innermost] for low, high in rows]
    )
    return float(((counts / counts.sum() / (member @ mass)) @ member).max() - 1)


def main():
    """Print the sets as JSON, 17 significant digits."""
    generator = np.random.default_rng(SEED)
    sets = []
    for number in range(SETS):
        rows, weights = random_set(generator, number)
        innermost, mass, steps, gap = turnbull(rows, weights)
        print(f"set {number}: {len(rows)} rows, {steps} steps, gap {gap:.1e}", file=sys.stderr)
        sets.append(
            {
                "lower": [low for low, _ in rows],
                "upper": [None if np.isinf(high) else high for _, high in rows],
                "weights": weights,
                "left": [i.left for i in innermost],
                "right": [None if np.isinf(i.right) else i.right for i in innermost],
                "mass": [float(value) for value in mass],
                "survival": [float(value) for value in 1 - np.cumsum(mass)],
                "gap": gap,
            }
        )
    versions = f"lifelines {lifelines.__version__}, numpy {np.__version__}"
    source = (
        f"validation/lifelines/npmle.py; {versions}; create_turnbull_intervals and E_step_M_step "
        "repeated until no mass moves"
    )
    print(json.dumps({"source": source, "sets": sets}, indent=1))


if __name__ == "__main__":
    main()
