"""Weibull, log-normal and log-logistic fits to intervals, with quantiles and their intervals.

A fit that has no answer, or that the search did not reach, is None with a note. The three
families stand beside each other; Akaike's criterion names one, it does not hide the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.special import ndtri

from evidence_tools.arithmetic.intervals.families import FAMILIES, Family, log_likelihood
from evidence_tools.arithmetic.pooling.curvature import curvature_of

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.intervals.intervals import EventIntervals, Floats

CI_LEVEL: float = 95
"""Percent, of the intervals of quantiles."""
PARAMETERS = 2
"""Location and scale, in every family."""

_FLAT = 1e-3
"""A slope of the log-likelihood per unit of weight below this counts as its top."""

_VAGUE = 3.0
"""A standard error of the log scale beyond this: the search followed a ridge, not to a top."""

_IMPOSSIBLE = 1e100


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileEstimate:
    """A quantile of a fitted distribution, in the unit of the times.

    Attributes
    ----------
    probability : float
    estimate, ci_low, ci_high : float
        The interval by the delta method on the logarithm of the time.
    ci_level : float
        Percent.
    """

    probability: float
    estimate: float
    ci_low: float
    ci_high: float
    ci_level: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParametricFit:
    """One family fitted to intervals.

    Attributes
    ----------
    family : {"weibull", "log-normal", "log-logistic"}
    location, scale : float or None
        Of the logarithm of the time.
    covariance : array of float, shape (2, 2), or None
        Of the location and the logarithm of the scale.
    loglik, aic : float or None
    n : int
        Rows.
    weight : float
        Sum of the weights; the intervals of quantiles take it for a number of independent events.
    notes : tuple of str
    """

    family: str
    location: float | None
    scale: float | None
    covariance: Floats | None
    loglik: float | None
    aic: float | None
    n: int
    weight: float
    notes: tuple[str, ...]

    def quantile(self, probability: float) -> QuantileEstimate | None:
        """A quantile with its interval, or None where the family could not be fitted.

        log t_p = location + scale z_p has the gradient (1, scale z_p) in location and log scale,
        so its standard error is the root of gradient' V gradient; the interval is symmetric on
        the logarithm.
        """
        if self.location is None or self.scale is None or self.covariance is None:
            return None
        family = next(family for family in FAMILIES if family.name == self.family)
        error = family.quantile(probability)
        middle = self.location + self.scale * error
        gradient = np.array([1.0, self.scale * error])
        half = float(ndtri(0.5 + CI_LEVEL / 200)) * math.sqrt(
            float(gradient @ self.covariance @ gradient)
        )
        return QuantileEstimate(
            probability=probability,
            estimate=math.exp(middle),
            ci_low=math.exp(middle - half),
            ci_high=math.exp(middle + half),
            ci_level=CI_LEVEL,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFits:
    """All three families fitted to the same intervals.

    Attributes
    ----------
    fits : tuple of ParametricFit
        In the order Weibull, log-normal, log-logistic.
    chosen : str or None
        The family with the smallest AIC; None where none could be fitted.
    """

    fits: tuple[ParametricFit, ...]
    chosen: str | None

    def fit(self, family: str) -> ParametricFit:
        """The fit of one family by its name."""
        return next(fit for fit in self.fits if fit.family == family)

    def to_frame(self) -> pd.DataFrame:
        """One row per family, with its median."""
        import pandas as pd

        return pd.DataFrame([_record(fit, self.chosen) for fit in self.fits])

    def summary(self) -> str:
        """One line per family, the chosen one marked."""
        return "\n".join(_line(fit, self.chosen) for fit in self.fits)


def fit_families(intervals: EventIntervals, *, fewest_seen: int = PARAMETERS) -> FamilyFits:
    """Weibull, log-normal and log-logistic distributions of greatest likelihood.

    Parameters
    ----------
    intervals : EventIntervals
        Intervals, exact times above 0, and open ends; weights count as repetitions of a row.
    fewest_seen : int
        Rows whose event was seen to have happened that are needed; two parameters need two.

    Returns
    -------
    FamilyFits
        Every family, with None and a note where it has no answer.

    Notes
    -----
    log T = location + scale * error. A row adds w log(F(upper) - F(lower)), an exact time
    w log f(t). There is no answer where one short time would explain every row (all contain it),
    or where all events may lie at 0 or at the end of time. AIC = 2 * 2 - 2 log-likelihood. The
    covariance is the inverse of the observed information; by simulation the intervals of 20 rows
    hold the truth somewhat too seldom (benchmarks/README.md).

    References
    ----------
    Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, 2nd ed.
    (log-location-scale models).

    Examples
    --------
    >>> from evidence_tools.arithmetic.intervals import event_intervals
    >>> fits = fit_families(event_intervals([1, 2, 3, 5, 8], [2, 4, 6, 9, None]))
    >>> len(fits.fits), fits.fit("log-normal").quantile(0.5).estimate > 0
    (3, True)
    """
    reason = _why_not(intervals, fewest_seen)
    fits = tuple(
        _unfitted(family, intervals, reason) if reason else _fit(family, intervals)
        for family in FAMILIES
    )
    known = [fit for fit in fits if fit.aic is not None]
    best = min(known, key=lambda fit: fit.aic or 0.0).family if known else None
    return FamilyFits(fits=fits, chosen=best)


def _why_not(intervals: EventIntervals, fewest_seen: int) -> str:
    """Why no family has an answer, or nothing."""
    seen = int(intervals.seen.sum())
    if seen < fewest_seen:
        return f"The event was seen in {seen} rows, and {fewest_seen} are needed."
    if (intervals.upper == 0).any():
        return "A time of 0 has no logarithm."
    if not (intervals.lower > 0).any():
        return "No row says that the event came later than the start."
    exact = intervals.lower == intervals.upper
    if intervals.lower.max() <= intervals.upper.min() and not exact.any():
        return "One time lies in every row, so the spread is not known."
    if exact.any() and len(np.unique(intervals.lower[exact])) == 1:
        only = intervals.lower[exact][0]
        if ((intervals.lower <= only) & (only <= intervals.upper)).all():
            return "One time lies in every row, so the spread is not known."
    return ""


def _fit(family: Family, intervals: EventIntervals) -> ParametricFit:
    def loss(at: Floats) -> float:
        found = log_likelihood(family, intervals, float(at[0]), math.exp(min(float(at[1]), 50.0)))
        return -found if math.isfinite(found) else _IMPOSSIBLE

    with np.errstate(over="ignore", invalid="ignore"):
        start = scipy.optimize.minimize(
            loss, _start(intervals), method="Nelder-Mead", options={"xatol": 1e-6}
        )
        top = scipy.optimize.minimize(
            loss, start.x, jac="3-point", method="BFGS", options={"gtol": 1e-7}
        )
    covariance = _covariance(curvature_of(loss, top.x))
    if covariance is None or np.abs(top.jac).max() > _FLAT * intervals.weight.sum():
        return _unfitted(family, intervals, "The likelihood has no clear top.")
    return ParametricFit(
        family=family.name,
        location=float(top.x[0]),
        scale=math.exp(float(top.x[1])),
        covariance=covariance,
        loglik=-float(top.fun),
        aic=2 * PARAMETERS + 2 * float(top.fun),
        n=len(intervals),
        weight=float(intervals.weight.sum()),
        notes=(),
    )


def _covariance(information: Floats) -> Floats | None:
    """Inverse of the observed information, or None where it shows no clear top."""
    if not np.all(np.isfinite(information)) or np.any(np.linalg.eigvalsh(information) <= 0):
        return None
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return covariance if covariance[1, 1] <= _VAGUE**2 else None


def _start(intervals: EventIntervals) -> Floats:
    """Middle and spread of the logarithms of what is known of each time."""
    low = np.where(intervals.lower > 0, intervals.lower, intervals.upper / 2)
    high = np.where(intervals.seen, intervals.upper, 2 * intervals.lower)
    known = np.isfinite(low) & (low > 0) & (high > 0)
    middles = (np.log(low[known]) + np.log(high[known])) / 2
    return np.array([middles.mean(), math.log(max(float(middles.std()), 0.1))])


def _unfitted(family: Family, intervals: EventIntervals, reason: str) -> ParametricFit:
    return ParametricFit(
        family=family.name,
        location=None,
        scale=None,
        covariance=None,
        loglik=None,
        aic=None,
        n=len(intervals),
        weight=float(intervals.weight.sum()),
        notes=(reason,),
    )


def _record(fit: ParametricFit, chosen: str | None) -> dict[str, object]:
    middle = fit.quantile(0.5)
    return {
        "family": fit.family,
        "location": fit.location,
        "scale": fit.scale,
        "loglik": fit.loglik,
        "aic": fit.aic,
        "median": middle.estimate if middle else None,
        "median_ci_low": middle.ci_low if middle else None,
        "median_ci_high": middle.ci_high if middle else None,
        "chosen": fit.family == chosen,
        "notes": " ".join(fit.notes),
    }


def _line(fit: ParametricFit, chosen: str | None) -> str:
    middle = fit.quantile(0.5)
    if middle is None:
        return f"{fit.family}: {' '.join(fit.notes)}"
    mark = " (smallest AIC)" if fit.family == chosen else ""
    words = f"median {middle.estimate:.3g}, {middle.ci_level:g}% CI"
    ends = f"{middle.ci_low:.3g} to {middle.ci_high:.3g}"
    return f"{fit.family}: {words} {ends}, AIC {fit.aic:.2f}{mark}"
