"""What if studies are missing? Trim and fill.

A sensitivity analysis, no correction to believe: it assumes that what is missing is known but for
its number. It refuses below ten studies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence_tools.arithmetic.pooling.frames import one_row
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.arithmetic.pooling.regression import regress
from evidence_tools.arithmetic.pooling.small_study import admitted
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrimAndFill:
    """The pooled effect after mirror images of the outermost studies were added.

    Attributes
    ----------
    k, k_filled : int
        Studies given, and added.
    side : {"left", "right"}
        Where they were thought missing.
    estimate, se, ci_low, ci_high, tau2
        After filling, in units of the measure.
    estimate_before : float
    filled_yi, filled_vi : array of float, shape (k_filled,)
    estimator, method, test : str
    ci_level : float
        Percent.
    """

    k: int
    k_filled: int
    side: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float | None
    estimate_before: float
    filled_yi: Floats
    filled_vi: Floats
    estimator: str
    method: str
    test: str
    ci_level: float

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self, without=("filled_yi", "filled_vi"))

    def summary(self) -> str:
        """How many were added, and what that does."""
        return (
            f"Trim and fill ({self.estimator}), {self.k} studies: {self.k_filled} added on the "
            f"{self.side}\nestimate {self.estimate_before:.3g} before, {self.estimate:.3g} after "
            f"({self.ci_level:g}% CI {self.ci_low:.3g} to {self.ci_high:.3g})"
        )


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    at_any_k: bool = False,
) -> TrimAndFill:
    """The REML estimate after filling in the mirror images of studies thought missing.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        One effect per independent study.
    at_any_k : bool
        Answer below 10 studies too.

    Returns
    -------
    TrimAndFill

    Raises
    ------
    NotEstimableError
        Below 10 studies (3 with `at_any_k`), or if the number missing never settles.

    Notes
    -----
    Studies are missing opposite to the slope of Egger's regression. On the left: the k0 largest
    effects are trimmed, the rest pooled to m, all yi - m ranked by size with sign, and k0 found
    anew until it stays. T is the sum of ranks of the positive ones; k0 is the estimator
    L0 = (4 T - k (k + 1)) / (2 k - 1), rounded. Then 2 m - yi of the trimmed studies are added
    and all are pooled.

    References
    ----------
    Duval and Tweedie (2000), Biometrics 56, 455-463. doi:10.1111/j.0006-341X.2000.00455.x
    Duval and Tweedie (2000), Journal of the American Statistical Association 95, 89-98.
    doi:10.1080/01621459.2000.10473905

    Examples
    --------
    >>> trim_and_fill([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], at_any_k=True).k_filled
    0
    """
    effects, variances = admitted(yi, vi, at_any_k)
    side = _side(effects, variances)
    sign = 1.0 if side == "left" else -1.0
    order = np.argsort(sign * effects, kind="stable")
    turned, sorted_vi = sign * effects[order], variances[order]
    missing, centre = _settled(turned, sorted_vi)
    last = len(turned) - missing
    filled_yi, filled_vi = sign * (2 * centre - turned[last:]), sorted_vi[last:]
    after = pool(np.append(effects, filled_yi), np.append(variances, filled_vi))
    return TrimAndFill(
        k=len(effects),
        k_filled=missing,
        side=side,
        estimate=after.estimate,
        se=after.se,
        ci_low=after.ci_low,
        ci_high=after.ci_high,
        tau2=after.tau2,
        estimate_before=pool(effects, variances, test="normal").estimate,
        filled_yi=filled_yi,
        filled_vi=filled_vi,
        estimator="L0",
        method=after.method,
        test=after.test,
        ci_level=float(after.ci_level),
    )


def _side(yi: Floats, vi: Floats) -> Side:
    """Opposite to the small studies; left if all are of one size."""
    sei = np.sqrt(vi)
    if np.ptp(sei) <= 1e-12 * sei.max():
        return "left"
    slope = regress(yi, vi, {"sei": sei}, test="normal").coefficients[1]
    return "right" if slope < 0 else "left"


def _settled(yi: Floats, vi: Floats) -> tuple[int, float]:
    """Number missing on the left, and the centre without their counterparts."""
    k, missing = len(yi), 0
    for _ in range(100):
        centre = pool(yi[: k - missing], vi[: k - missing], test="normal").estimate
        found = _missing(yi - centre)
        if found == missing:
            return missing, centre
        missing = found
    raise NotEstimableError("trim and fill", found="a number missing that never settles")


def _missing(deviations: Floats) -> int:
    """The number missing by the estimator L0."""
    k = len(deviations)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(deviations), kind="stable")] = np.arange(1, k + 1)
    positive = ranks[deviations > 0].sum()
    return max(0, round(float((4 * positive - k * (k + 1)) / (2 * k - 1))))
