"""From a weighted fit to a standard error, an interval and a p-value; and the checks at the door.

Shared by `pool`, `regression`, `influence` and `gosh`, so that a method or a test means the same
everywhere and wrong numbers are turned away once, with the same words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from evidence_tools.arithmetic.pooling.tau2 import METHODS, Array
from evidence_tools.base.errors import NotEstimableError, UnknownTermError

TESTS = ("normal", "knapp-hartung", "knapp-hartung-guarded")
UNSTABLE_RATIO = 1e7
"""Largest to smallest sampling variance beyond which sums of weights lose their digits."""
ROUNDING = 1e-20
"""A variance ratio below this is rounding error around 0: effects are equal, or fitted exactly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inference:
    """Standard errors and intervals, one per estimate.

    Attributes
    ----------
    se, ci_low, ci_high : array of float
        In units of the estimate.
    p_value : array of float
        Two-sided, against 0; NaN where the standard error is 0.
    quantile : array of float
        Standard errors from the estimate to the ends of the interval.
    ratio : array of float
        Variance ratio that was applied; 1 under the normal test.
    """

    se: Array
    ci_low: Array
    ci_high: Array
    p_value: Array
    quantile: Array
    ratio: Array


def infer(
    estimate: Array, variance: Array, ratio: Array, df: Array, test: str, ci_level: float
) -> Inference:
    """Standard errors, intervals and p-values of estimates with given variances.

    `variance` holds if the weights were the true ones, `ratio` is sum(w r²) / df. Normal: z, ratio
    1 (also where df is 0). Knapp-Hartung: t on df, variance times the ratio; guarded, times no less
    than 1.

    Source: Hartung and Knapp (2001). Guard: Röver, Knapp and Friede (2015).
    """
    upper = 1 - (1 - ci_level / 100) / 2
    use_t = (df > 0) & (test != "normal")
    applied = np.where(use_t, np.where(ratio < ROUNDING, 0.0, ratio), 1.0)
    if test == "knapp-hartung-guarded":
        applied = np.maximum(applied, 1.0)
    df_t = np.where(use_t, df, 1.0)
    se = np.sqrt(variance * applied)
    quantile = np.where(use_t, stdtrit(df_t, upper), ndtri(upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(se > 0, -np.abs(estimate / se), np.nan)
    return Inference(
        se=se,
        ci_low=estimate - quantile * se,
        ci_high=estimate + quantile * se,
        p_value=2 * np.where(use_t, stdtr(df_t, statistic), ndtr(statistic)),
        quantile=quantile,
        ratio=applied,
    )


def check_choices(method: str, test: str, ci_level: float) -> None:
    """Refuse a method, a test or a level that does not exist."""
    if method not in METHODS:
        raise UnknownTermError("method", found=repr(method), allowed=", ".join(METHODS))
    if test not in TESTS:
        raise UnknownTermError("test", found=repr(test), allowed=", ".join(TESTS))
    if not 1 <= ci_level < 100:
        raise NotEstimableError(
            "ci_level",
            found=f"{ci_level}",
            allowed="a percent from 1 to below 100",
            hint="For 95% write 95.",
        )


def check_effects(yi: npt.ArrayLike, vi: npt.ArrayLike) -> tuple[Array, Array]:
    """Effect sizes and sampling variances as copies, or a refusal that names the number."""
    effects, variances = as_column(yi, "yi"), as_column(vi, "vi")
    if len(effects) == 0:
        raise NotEstimableError("yi", found="no studies", allowed="one or more")
    if len(effects) != len(variances):
        raise NotEstimableError(
            "vi",
            found=f"{len(variances)} sampling variances for {len(effects)} effect sizes",
            allowed="one for each",
        )
    _refuse("yi", effects, np.isfinite(effects), "finite numbers")
    good = np.isfinite(variances) & (variances > 0)
    _refuse("vi", variances, good, "finite numbers above 0")
    return effects, variances


def as_column(numbers: npt.ArrayLike, name: str) -> Array:
    """Numbers as an array of floats of one dimension."""
    try:
        column = np.array(numbers, dtype=float)
    except (TypeError, ValueError) as error:
        raise NotEstimableError(name, found=repr(numbers), allowed="numbers only") from error
    if column.ndim != 1:
        raise NotEstimableError(
            name, found=f"an array of shape {column.shape}", allowed="one number per study"
        )
    return column


def check_finite(yi: Array, vi: Array, *results: Array) -> None:
    """Refuse results that overflowed."""
    if not all(np.isfinite(result).all() for result in results):
        raise NotEstimableError(
            "yi, vi",
            found=f"effects from {yi.min():g} to {yi.max():g} with sampling variances from "
            f"{vi.min():g} to {vi.max():g}",
            allowed="numbers whose squares and reciprocals a computer can hold",
            hint="Change the unit of the effects.",
        )


def shared_notes(vi: Array, converged: bool) -> list[str]:
    """Notes that every fit may need."""
    notes = []
    if not converged:
        notes.append("The search for tau² was cut off; tau² is its last iterate.")
    if vi.max() / UNSTABLE_RATIO > vi.min():
        notes.append(
            "The largest sampling variance is more than ten million times the smallest: "
            "digits may be lost."
        )
    return notes


def _refuse(name: str, numbers: Array, good: npt.NDArray[np.bool_], allowed: str) -> None:
    if not good.all():
        where = np.flatnonzero(~good)
        listed = ", ".join(f"{numbers[i]:g} (study {i + 1})" for i in where[:5])
        more = f" and {len(where) - 5} more" if len(where) > 5 else ""
        raise NotEstimableError(name, found=listed + more, allowed=allowed)
