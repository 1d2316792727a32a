"""The pooled effect refitted to parts of the studies: without each in turn, or as they came.

Every refit is a column of one stack, so k refits cost little more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evidence_tools.arithmetic.pooling.heterogeneity import Fits, Stack, fit
from evidence_tools.arithmetic.pooling.inference import (
    Inference,
    check_choices,
    check_effects,
    check_finite,
    infer,
    shared_notes,
)
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.pooling.tau2 import Array

Labels = Sequence[str] | None
CI_LEVEL: float = 95
"""Percent, of every refit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refits:
    """The pooled effect refitted to parts of the studies; one entry per refit.

    Attributes
    ----------
    label : tuple of str
        What was left out (leave-one-out), or added last (cumulative).
    k : array of int
        Studies in the refit.
    estimate, se, ci_low, ci_high : array of float
        Pooled effect, standard error, confidence interval.
    tau2, i2, q : array of float
        Between-study variance, I² in percent, Cochran's Q; all 0 for one study.
    word : {"without", "up to"}
        What stands before a label in a sentence.
    method, test : str
        As asked for.
    ci_level : float
        Percent.
    notes : tuple of str
        What to beware of.
    """

    label: tuple[str, ...]
    k: npt.NDArray[np.int64]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    tau2: Array
    i2: Array
    q: Array
    word: str
    method: str
    test: str
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per refit, unrounded."""
        import pandas as pd

        names = ("label", "k", "estimate", "se", "ci_low", "ci_high", "tau2", "i2", "q")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def summary(self) -> str:
        """Two or three lines: the range of the estimates, and what made its ends."""
        low, high = int(np.argmin(self.estimate)), int(np.argmax(self.estimate))
        lines = [
            f"{len(self.label)} refits, {self.method}, {self.test}.",
            f"Estimates from {self.estimate[low]:.3g} ({self.word} {self.label[low]}) to "
            f"{self.estimate[high]:.3g} ({self.word} {self.label[high]}).",
        ]
        if self.notes:
            lines.append(" ".join(self.notes))
        return "\n".join(lines)


def leave_one_out(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    labels: Labels = None,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
) -> Refits:
    """The pooled effect without each study in turn.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances.
    labels : sequence of str, shape (k,), optional
        Names of the studies; "study 1" and so on by default.
    method, test : str
        As in `pool`.

    Returns
    -------
    Refits
        One per study.

    Raises
    ------
    NotEstimableError
        If the numbers cannot be pooled, or nothing would be left.

    Notes
    -----
    Each refit estimates tau² anew. A refit to one study is that study, with a normal interval.

    References
    ----------
    Viechtbauer and Cheung (2010).

    Examples
    --------
    >>> leave_one_out([0.0, 1.0, 4.0], [1.0] * 3, method="FE").estimate.tolist()
    [2.5, 2.0, 0.5]
    """
    effects, variances, names = named_effects(yi, vi, labels, method, test)
    if len(names) < 2:
        raise NotEstimableError(
            "leave_one_out", found=f"only {names[0]}", allowed="two or more to leave out"
        )
    member = 1 - np.eye(len(effects))
    return _refits(effects, variances, member, names, "without", method, test)


def cumulate(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    labels: Labels = None,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
) -> Refits:
    """The pooled effect as studies are added one by one, in the order given.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances.
    labels : sequence of str, shape (k,), optional
        Names of the studies; "study 1" and so on by default.
    method, test : str
        As in `pool`.

    Returns
    -------
    Refits
        Entry j is the fit to the first j + 1 studies.

    Raises
    ------
    NotEstimableError
        If the numbers cannot be pooled.

    Notes
    -----
    The first entry is the first study itself, with a normal interval. Looking after every study
    inflates the chance of an early "significant" result: read it as history, not as a test.

    References
    ----------
    Lau et al. (1992).

    Examples
    --------
    >>> cumulate([5.0, 1.0, 0.0], [1.0] * 3, method="FE").estimate.tolist()
    [5.0, 3.0, 2.0]
    """
    effects, variances, names = named_effects(yi, vi, labels, method, test)
    member = np.triu(np.ones((len(effects), len(effects))))
    return _refits(effects, variances, member, names, "up to", method, test)


def _refits(
    yi: Array,
    vi: Array,
    member: Array,
    names: tuple[str, ...],
    word: str,
    method: str,
    test: str,
) -> Refits:
    with np.errstate(all="ignore"):  # overflow is refused below, with the numbers
        fits, made = fit_and_infer(Stack.of(yi, vi, member), method, test)
    check_finite(yi, vi, fits.estimate, made.ci_low, made.ci_high, fits.tau2, fits.i2, fits.q)
    return Refits(
        label=names,
        k=fits.k.astype(np.int64),
        estimate=fits.estimate,
        se=made.se,
        ci_low=made.ci_low,
        ci_high=made.ci_high,
        tau2=fits.tau2,
        i2=fits.i2,
        q=fits.q,
        word=word,
        method=method,
        test=test,
        ci_level=CI_LEVEL,
        notes=tuple(refit_notes(fits, vi)),
    )


def fit_and_infer(stack: Stack, method: str, test: str) -> tuple[Fits, Inference]:
    """Fits of a stack with the inference that follows."""
    fits = fit(stack, method)
    return fits, infer(fits.estimate, fits.variance, fits.ratio, fits.k - 1, test, CI_LEVEL)


def named_effects(
    yi: npt.ArrayLike, vi: npt.ArrayLike, labels: Labels, method: str, test: str
) -> tuple[Array, Array, tuple[str, ...]]:
    """Effects, sampling variances and names of the studies."""
    check_choices(method, test, CI_LEVEL)
    effects, variances = check_effects(yi, vi)
    if labels is None:
        return effects, variances, tuple(f"study {i + 1}" for i in range(len(effects)))
    if len(labels) != len(effects):
        found, allowed = f"{len(labels)} entries", f"{len(effects)}, one per study"
        raise NotEstimableError("labels", found=found, allowed=allowed)
    return effects, variances, tuple(str(label) for label in labels)


def refit_notes(fits: Fits, vi: Array) -> list[str]:
    """Notes on refits."""
    notes = shared_notes(vi, bool(fits.converged.all()))
    if (fits.k == 1).any():
        notes.append("A refit to one study is the study itself.")
    return notes
