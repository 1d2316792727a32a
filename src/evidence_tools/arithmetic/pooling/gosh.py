"""GOSH: the model fitted to every subset of the studies, to see which studies the answer hangs on.

A bit mask names a subset: bit i is set where it holds study i. Masks are turned into membership
columns block by block, and each block is fitted at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evidence_tools.arithmetic.pooling.heterogeneity import Fits, Stack, fit
from evidence_tools.arithmetic.pooling.inference import check_choices, check_effects, check_finite
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.pooling.tau2 import Array

Masks = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]
"""Called with the number of subsets fitted so far and of all subsets."""

MOST_SUBSETS = 2**20
MOST_STUDIES = 62
"""A subset is one integer of 64 bits."""
BLOCK = 2**12
"""Subsets fitted at once: small enough for a processor's cache."""
SEED = 20100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubsetFits:
    """One fit per subset of the studies.

    Attributes
    ----------
    subset : array of int, shape (n,)
        Bit i is set where the subset holds study i, counted from 0.
    k : array of int, shape (n,)
        Studies in the subset.
    estimate, tau2, i2, q : array of float, shape (n,)
        Pooled effect, between-study variance, I² in percent, Cochran's Q; for one study the
        effect itself and 0, 0, 0.
    n_studies : int
        Studies in all.
    method : str
        As asked for.
    notes : tuple of str
        Whether the subsets are a sample; how many fits did not come to rest.
    """

    subset: Masks
    k: Masks
    estimate: Array
    tau2: Array
    i2: Array
    q: Array
    n_studies: int
    method: str
    notes: tuple[str, ...]

    def holds(self, study: int) -> npt.NDArray[np.bool_]:
        """Which subsets hold a study, counted from 0; shape (n,)."""
        return (self.subset >> study & 1).astype(bool)

    def to_frame(self) -> pd.DataFrame:
        """One row per subset, unrounded."""
        import pandas as pd

        names = ("subset", "k", "estimate", "tau2", "i2", "q")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def summary(self) -> str:
        """Two to four lines: the range of the estimates, how inconsistent, notes."""
        low, middle, high = np.quantile(self.estimate, [0, 0.5, 1])
        lines = [
            f"{len(self.subset):,} subsets of {self.n_studies} studies, {self.method}: estimates "
            f"from {low:.3g} to {high:.3g}, half of them below {middle:.3g}.",
            f"I² {np.mean(self.i2):.0f}% on average.",
        ]
        if self.notes:
            lines.append(" ".join(self.notes))
        return "\n".join(lines)


def gosh(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    method: str = "REML",
    most_subsets: int = MOST_SUBSETS,
    seed: int = SEED,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> SubsetFits:
    """The random-effects model fitted to every non-empty subset of the studies.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances; up to 62 studies.
    method : {"REML", "FE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"}
        Estimator of the between-study variance.
    most_subsets : int, default 2**20
        If there are more subsets, a random sample of so many, drawn without repetition.
    seed : int
        Of that sample; not negative.
    n_jobs : int, default 1
        Workers of joblib (threads, unless ``joblib.parallel_config`` names another backend,
        such as dask); -1 for all processors. With 1, joblib is not needed.
    progress : callable, optional
        Called after each block with the subsets done and all subsets.

    Returns
    -------
    SubsetFits
        Arrays ``estimate, tau2, i2, k`` over the subsets, in the order of their bit masks.

    Raises
    ------
    NotEstimableError
        If the numbers cannot be pooled (see `pool`), there are more than 62 studies, or the
        seed is negative.
    UnknownTermError
        If `method` is not known.

    Notes
    -----
    Each subset is fitted as `pool` would fit it. Subsets share studies: their spread shows which
    studies matter and is no sampling distribution. One study is its own estimate, with tau² 0;
    with one study in all there is one subset.

    References
    ----------
    Olkin, Dahabreh and Trikalinos (2012).

    Examples
    --------
    >>> fits = gosh([0.0, 1.0, 4.0], [1.0, 1.0, 1.0], method="FE")
    >>> fits.estimate.tolist()
    [0.0, 1.0, 0.5, 4.0, 2.0, 2.5, 1.6666666666666667]
    """
    check_choices(method, "normal", 95)
    effects, variances = check_effects(yi, vi)
    if len(effects) > MOST_STUDIES:
        raise NotEstimableError(
            "gosh", found=f"{len(effects)} studies", allowed=f"up to {MOST_STUDIES}"
        )
    if seed < 0:
        raise NotEstimableError("seed", found=str(seed), allowed="0 or more")
    masks = _masks(len(effects), most_subsets, seed)
    fits = _joined(list(_fitted(effects, variances, masks, method, n_jobs, progress)))
    check_finite(effects, variances, fits.estimate, fits.tau2, fits.i2, fits.q)
    return SubsetFits(
        subset=masks,
        k=fits.k.astype(np.int64),
        estimate=fits.estimate,
        tau2=fits.tau2,
        i2=fits.i2,
        q=fits.q,
        n_studies=len(effects),
        method=method,
        notes=tuple(_notes(len(effects), len(masks), seed, fits)),
    )


def fit_block(yi: Array, vi: Array, masks: Masks, method: str) -> Fits:
    """Fits of the subsets that the masks name."""
    member = masks >> np.arange(len(yi))[:, None] & 1
    with np.errstate(all="ignore"):  # overflow is refused by the caller, with the numbers
        return fit(Stack.of(yi, vi, member), method)


def _masks(k: int, most: int, seed: int) -> Masks:
    """All non-empty subsets, or a sample of them."""
    if 2**k - 1 <= most:
        return np.arange(1, 2**k, dtype=np.int64)
    generator, found = np.random.default_rng(seed), np.empty(0, dtype=np.int64)
    while len(found) < most:
        found = np.union1d(found, generator.integers(1, 2**k, size=most))
    return np.sort(generator.permutation(found)[:most])


def _fitted(
    yi: Array, vi: Array, masks: Masks, method: str, n_jobs: int, progress: Progress | None
) -> Iterator[Fits]:
    blocks = [masks[start : start + BLOCK] for start in range(0, len(masks), BLOCK)]
    done = 0
    for fits in _each(yi, vi, blocks, method, n_jobs):
        done += len(fits.k)
        if progress is not None:
            progress(done, len(masks))
        yield fits


def _each(yi: Array, vi: Array, blocks: list[Masks], method: str, n_jobs: int) -> Iterable[Fits]:
    if n_jobs == 1:
        return (fit_block(yi, vi, block, method) for block in blocks)
    from joblib import Parallel, delayed

    workers = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    fits: Iterable[Fits] = workers(delayed(fit_block)(yi, vi, block, method) for block in blocks)
    return fits


def _joined(blocks: list[Fits]) -> Fits:
    names = Fits.__slots__
    return Fits(**{name: np.concatenate([getattr(b, name) for b in blocks]) for name in names})


def _notes(k: int, subsets: int, seed: int, fits: Fits) -> list[str]:
    notes = []
    if subsets < 2**k - 1:
        notes.append(f"A random sample of {subsets:,} of the {2**k - 1:,} subsets (seed {seed}).")
    cut_off = int(np.sum(~fits.converged))
    if cut_off:
        notes.append(f"The search for tau² was cut off in {cut_off:,} subsets.")
    if k == 1:
        notes.append("One study has one subset: itself.")
    return notes
