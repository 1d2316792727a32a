"""One REML fit, and 10,000 random small meta-analyses, against PyMARE and statsmodels.

Peers do what comes nearest to `pool`. PyMARE: REML fit, Knapp-Hartung interval, Q-profile
interval of tau², heterogeneity. statsmodels: Paule-Mandel fit and its summary table, which has no
interval of tau², against our `pool` with "PM", which has.
"""

# ruff: noqa: T201

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks.timing import best_of, dataset, line
from evidence_tools.arithmetic.pooling.heterogeneity import Stack, fit
from evidence_tools.arithmetic.pooling.pool import pool

HOW_TO = "not installed: pip install pymare statsmodels"
MANY = 10_000
SAMPLE = 300
"""Peers run on so many of the meta-analyses, and their time is scaled up."""

Work = Callable[[np.ndarray, np.ndarray], object]


def main() -> None:
    """Print the ratios for one fit and for many."""
    yi, vi = (np.array(column) for column in dataset("dat.bcg"))
    peers = {"PyMARE": ("REML", pymare()), "statsmodels": ("PM", statsmodels())}
    for name, (method, work) in peers.items():
        ours = best_of(50, lambda m=method: pool(yi, vi, method=m))
        theirs = best_of(20, lambda w=work: w(yi, vi)) if work else None
        print(line(f"one {method} fit of 13 trials", ours, theirs, name if work else HOW_TO))
    studies = random_studies(MANY)
    for name, (method, work) in peers.items():
        ours = best_of(1, lambda m=method: [pool(y, v, method=m) for y, v in studies])
        theirs = best_of(1, lambda w=work: [w(y, v) for y, v in studies[:SAMPLE]]) if work else None
        scaled = theirs * MANY / SAMPLE if theirs else None
        what = f"{MANY:,} {method} fits of 3 to 12 studies"
        print(line(what, ours, scaled, f"{name} (scaled up from {SAMPLE})" if work else HOW_TO))
    stack = side_by_side(studies)
    seconds = best_of(3, lambda: fit(stack, "REML"))
    print(line(f"{MANY:,} REML fits side by side", seconds, None, "estimates without intervals"))


def random_studies(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Random small meta-analyses, the same at every run."""
    generator = np.random.default_rng(1)
    sizes = generator.integers(3, 13, size=n)
    spread = generator.choice([0, 0.2, 0.6], size=n)
    variances = [generator.gamma(2, 0.05, size=k) + 0.005 for k in sizes]
    return [
        (generator.normal(0.4, np.sqrt(v + s**2)), v)
        for v, s in zip(variances, spread, strict=True)
    ]


def side_by_side(studies: list[tuple[np.ndarray, np.ndarray]]) -> Stack:
    """The meta-analyses as the columns of one stack."""
    deepest = max(len(y) for y, _ in studies)
    yi, member = np.zeros((deepest, len(studies))), np.zeros((deepest, len(studies)))
    vi = np.ones_like(yi)
    for j, (y, v) in enumerate(studies):
        yi[: len(y), j], vi[: len(v), j], member[: len(y), j] = y, v, 1
    return Stack(yi=yi, vi=vi, member=member)


def pymare() -> Work | None:
    """PyMARE's nearest to `pool`."""
    if find_spec("pymare") is None:
        return None
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    def work(yi: np.ndarray, vi: np.ndarray) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator = VarianceBasedLikelihoodEstimator(method="REML")
            summary = estimator.fit_dataset(Dataset(yi, vi)).summary()
            return (
                summary.get_fe_stats(),
                summary.get_re_stats(),
                summary.get_heterogeneity_stats(),
            )

    return work


def statsmodels() -> Work | None:
    """The nearest to `pool` in statsmodels."""
    if find_spec("statsmodels") is None:
        return None
    from statsmodels.stats.meta_analysis import combine_effects

    def work(yi: np.ndarray, vi: np.ndarray) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return combine_effects(yi, vi, method_re="iterated", use_t=True).summary_frame()

    return work
