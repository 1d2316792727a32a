"""The pooled effect refitted to parts of the studies: without each in turn, or as they came.

Every refit is a column of one stack, so k refits cost little more than one.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
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
    by: Sequence[object] | None = None,
    labels: Labels = None,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
    ci_level: float = 95,
) -> Refits:
    """The pooled effect without each study, or without each group of studies, in turn.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances.
    by : sequence of shape (k,), optional
        Group of each study, such as its research programme: groups are left out whole.
    labels : sequence of str, shape (k,), optional
        Names of the studies; "study 1" and so on by default.
    method, test, ci_level
        As in `pool`.

    Returns
    -------
    Refits
        One per study, or per group in the order of its first study.

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
    effects, variances, names = named_effects(yi, vi, labels, method, test, ci_level)
    if by is not None:
        _same_length("by", by, len(effects))
    groups = list(names) if by is None else [str(group) for group in by]
    if by is None:
        member = 1 - np.eye(len(effects))
        left_out = names
    else:
        left_out = tuple(dict.fromkeys(groups))
        member = np.array([[group != out for out in left_out] for group in groups], dtype=float)
    if len(left_out) < 2:
        raise NotEstimableError(
            "leave_one_out", found=f"only {left_out[0]}", allowed="two or more to leave out"
        )
    return _refits(effects, variances, member, left_out, "without", method, test, ci_level)


def cumulate(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    order: npt.ArrayLike | None = None,
    labels: Labels = None,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
    ci_level: float = 95,
) -> Refits:
    """The pooled effect as studies are added one by one.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes and their sampling variances.
    order : array of shape (k,), optional
        What to sort the studies by, such as their year; ties stay as given, and so does
        everything by default.
    labels : sequence of str, shape (k,), optional
        Names of the studies; "study 1" and so on by default.
    method, test, ci_level
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
    >>> cumulate([0.0, 1.0, 5.0], [1.0] * 3, order=[3, 2, 1], method="FE").estimate.tolist()
    [5.0, 3.0, 2.0]
    """
    effects, variances, names = named_effects(yi, vi, labels, method, test, ci_level)
    if order is not None:
        keys = np.asarray(order)
        _same_length("order", keys, len(effects))
        turn = np.argsort(keys, kind="stable")
        effects, variances = effects[turn], variances[turn]
        names = tuple(names[i] for i in turn)
    member = np.triu(np.ones((len(effects), len(effects))))
    return _refits(effects, variances, member, names, "up to", method, test, ci_level)


def _refits(
    yi: Array,
    vi: Array,
    member: Array,
    names: tuple[str, ...],
    word: str,
    method: str,
    test: str,
    ci_level: float,
) -> Refits:
    with np.errstate(all="ignore"):  # overflow is refused below, with the numbers
        fits, made = fit_and_infer(Stack.of(yi, vi, member), method, test, ci_level)
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
        ci_level=ci_level,
        notes=tuple(refit_notes(fits, vi)),
    )


def fit_and_infer(stack: Stack, method: str, test: str, ci_level: float) -> tuple[Fits, Inference]:
    """Fits of a stack with the inference that follows."""
    fits = fit(stack, method)
    return fits, infer(fits.estimate, fits.variance, fits.ratio, fits.k - 1, test, ci_level)


def named_effects(
    yi: npt.ArrayLike, vi: npt.ArrayLike, labels: Labels, method: str, test: str, ci_level: float
) -> tuple[Array, Array, tuple[str, ...]]:
    """Effects, sampling variances and names of the studies."""
    check_choices(method, test, ci_level)
    effects, variances = check_effects(yi, vi)
    if labels is None:
        return effects, variances, tuple(f"study {i + 1}" for i in range(len(effects)))
    _same_length("labels", labels, len(effects))
    return effects, variances, tuple(str(label) for label in labels)


def _same_length(name: str, given: Sized, k: int) -> None:
    if len(given) != k:
        raise NotEstimableError(name, found=f"{len(given)} entries", allowed=f"{k}, one per study")


def refit_notes(fits: Fits, vi: Array) -> list[str]:
    """Notes on refits."""
    notes = shared_notes(vi, bool(fits.converged.all()))
    if (fits.k == 1).any():
        notes.append("A refit to one study is the study itself.")
    return notes
