"""Events of n: exact intervals for each study and a binomial random-effects model across them.

Counts in, frozen results out. Studies without events stay in with their likelihood; nothing is
ever added to a cell. Two-arm counts are in `synthesis.rare_events`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, logit, ndtri

from evidence_tools.arithmetic.pooling.binomial_normal import fit_binomial_normal
from evidence_tools.arithmetic.pooling.counts import checked_counts
from evidence_tools.arithmetic.pooling.frames import one_row

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
CI_LEVEL: float = 95
"""Percent, of every interval."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionIntervals:
    """Proportions of single studies with their intervals.

    Attributes
    ----------
    events, n, proportion, ci_low, ci_high : array of float, shape (k,)
        Proportions lie between 0 and 1.
    method : str
    ci_level : float
        Percent.
    """

    events: Floats
    n: Floats
    proportion: Floats
    ci_low: Floats
    ci_high: Floats
    method: str
    ci_level: float

    def to_frame(self) -> pd.DataFrame:
        """One row per study."""
        import pandas as pd

        columns = ("events", "n", "proportion", "ci_low", "ci_high")
        frame = pd.DataFrame({name: getattr(self, name) for name in columns})
        return frame.assign(method=self.method, ci_level=self.ci_level)

    def summary(self) -> str:
        """One line per study."""
        rows = zip(self.events, self.n, self.ci_low, self.ci_high, strict=True)
        level = f"{self.ci_level:g}% CI ({self.method})"
        return "\n".join(f"{x:g} of {n:g}, {level} {a:.1%} to {b:.1%}" for x, n, a, b in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledProportion:
    """A proportion pooled over studies by a binomial model with normal logits.

    Attributes
    ----------
    estimate, se : float or None
        Logit of the proportion of the middle study, and its standard error.
    proportion : float or None
        The same as a proportion.
    ci_low, ci_high : float or None
        Interval of `proportion`.
    pi_low, pi_high : float or None
        Where the proportion of a new study would be expected; from k = 3 on.
    tau2 : float or None
        Between-study variance of the logits.
    k, events, n : int
    loglik : float or None
    method : str
    ci_level : float
        Percent.
    notes : tuple of str
    """

    estimate: float | None
    se: float | None
    proportion: float | None
    ci_low: float | None
    ci_high: float | None
    pi_low: float | None = None
    pi_high: float | None = None
    tau2: float | None
    k: int
    events: int
    n: int
    loglik: float | None = None
    method: str
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self)

    def summary(self) -> str:
        """Counts, estimate with interval, and the notes."""
        studies = "1 study" if self.k == 1 else f"{self.k} studies"
        lines = [f"{self.events} of {self.n} in {studies}, {self.method}"]
        if self.proportion is not None:
            lines.append(
                f"{self.proportion:.1%} ({self.ci_level:g}% CI {self.ci_low:.1%} to "
                f"{self.ci_high:.1%})"
            )
        return "\n".join([*lines, *self.notes])


def proportion_intervals(events: ArrayLike, n: ArrayLike) -> ProportionIntervals:
    """Exact 95% intervals of single proportions; none and all are kept as they are.

    Parameters
    ----------
    events, n : array of int, shape (k,)
        People with the event, and people.

    Returns
    -------
    ProportionIntervals

    Raises
    ------
    NotEstimableError
        If a count is not whole, events exceed n, or n is 0.

    Notes
    -----
    Clopper-Pearson, which never covers less than it says: with x of n, a = 1 - level and B(q; a, b)
    the quantile of a beta distribution, from B(a/2; x, n-x+1) to B(1-a/2; x+1, n-x); the lower end
    is 0 if x = 0 and the upper end is 1 if x = n.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133.

    Examples
    --------
    >>> interval = proportion_intervals([0], [10])
    >>> interval.ci_low[0].item(), round(interval.ci_high[0].item(), 4)
    (0.0, 0.3085)
    """
    x, size = checked_counts(events, n)
    tail = (1 - CI_LEVEL / 100) / 2
    low = betaincinv(np.maximum(x, 0.5), size - x + 1, tail)
    high = betaincinv(x + 1, np.maximum(size - x, 0.5), 1 - tail)
    return ProportionIntervals(
        events=x,
        n=size,
        proportion=x / size,
        ci_low=np.where(x == 0, 0.0, low),
        ci_high=np.where(x == size, 1.0, high),
        method="clopper-pearson",
        ci_level=CI_LEVEL,
    )


def upper_bound_of_none(n: ArrayLike) -> Floats:
    """Largest proportion compatible with no event in n people, one-sided 95% and exact.

    1 - (1 - level)^(1/n), which the "rule of three" rounds to 3 / n.

    Source: Hanley and Lippman-Hand (1983), JAMA 249, 1743-1745.

    >>> upper_bound_of_none([30]).round(4).tolist()
    [0.095]
    """
    _, size = checked_counts(np.zeros_like(np.asarray(n, dtype=float)), n)
    return np.asarray(-np.expm1(math.log1p(-CI_LEVEL / 100) / size))


def pool_proportions(events: ArrayLike, n: ArrayLike) -> PooledProportion:
    """A proportion pooled by a binomial model with a normal random effect on the logit.

    Parameters
    ----------
    events, n : array of int, shape (k,)
    ci_level : float
        Percent.

    Returns
    -------
    PooledProportion
        `proportion` is that of the middle study (the median of the distribution over studies),
        not the mean over all people.

    Raises
    ------
    NotEstimableError
        If a count is not whole, events exceed n, or n is 0.

    Notes
    -----
    x_i ~ Binomial(n_i, p_i), logit(p_i) ~ N(b, tau²); b and tau maximise the marginal
    likelihood, standard errors come from its curvature in both, intervals are normal on the
    logit scale: what metafor calls rma.glmm(measure="PLO"). metafor takes 7 points of Gauss-Hermite
    quadrature, too few where studies differ widely (0, 3 and 10 of 10: tau² 29.4, with 100 points
    36.05); here 101 points are placed so that the likelihood is right to 1e-9. With one study, or
    if no study (or every study) has only non-events, no between-study variance can be had; the
    interval is then the exact one of the summed counts, and a note says so. Where each study has
    none or all, the likelihood grows with tau without end, and nothing is estimated.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010), Statistics in Medicine 29, 3046-3067.
    doi:10.1002/sim.4040

    Examples
    --------
    >>> fit = pool_proportions([0, 0, 0], [10, 20, 30])
    >>> fit.proportion, fit.estimate, round(fit.ci_high, 3)
    (0.0, None, 0.06)
    """
    x, size = checked_counts(events, n)
    if len(x) == 1 or x.sum() in (0, size.sum()):
        return _summed(x, size)
    if np.all((x == 0) | (x == size)):
        return _all_or_none(x, size)
    fit = fit_binomial_normal(x, size)
    z = -float(ndtri((1 - CI_LEVEL / 100) / 2))
    spread = z * math.hypot(fit.se, fit.tau)
    notes = [] if fit.tau else ["No spread between the studies was found: tau2 is 0."]
    if len(x) < 5:
        notes.append(f"With {len(x)} studies the spread between them is poorly known.")
    wide = len(x) >= 3
    return PooledProportion(
        estimate=fit.mean,
        se=fit.se,
        proportion=float(expit(fit.mean)),
        ci_low=float(expit(fit.mean - z * fit.se)),
        ci_high=float(expit(fit.mean + z * fit.se)),
        pi_low=float(expit(fit.mean - spread)) if wide else None,
        pi_high=float(expit(fit.mean + spread)) if wide else None,
        tau2=fit.tau**2,
        k=len(x),
        events=int(x.sum()),
        n=int(size.sum()),
        loglik=fit.loglik,
        method="binomial-normal model, ML",
        ci_level=CI_LEVEL,
        notes=tuple(notes),
    )


def _summed(x: Floats, size: Floats) -> PooledProportion:
    """The exact interval of the summed counts, where no random effect can be had."""
    total, people = x.sum(), size.sum()
    exact = proportion_intervals([total], [people])
    inside = 0 < total < people
    if len(x) == 1:
        note = "One study: its own exact interval; tau2 is not estimable."
    else:
        kind = "No study has" if total == 0 else "All people in all studies have"
        note = (
            f"{kind} events: exact interval of the summed counts, as if all studies shared one "
            "proportion; tau2 is not estimable."
        )
    estimate = float(logit(total / people)) if inside else None
    return PooledProportion(
        estimate=estimate,
        se=math.sqrt(people / (total * (people - total))) if inside else None,
        proportion=float(total / people),
        ci_low=float(exact.ci_low[0]),
        ci_high=float(exact.ci_high[0]),
        tau2=None,
        k=len(x),
        events=int(total),
        n=int(people),
        method="exact binomial",
        ci_level=CI_LEVEL,
        notes=(note,) if inside else (note, "The logit of 0 or 1 does not exist."),
    )


def _all_or_none(x: Floats, size: Floats) -> PooledProportion:
    """Each study has none or all: the likelihood grows with tau without end."""
    note = "Each study has no events or only events: the spread between studies has no estimate."
    return replace(
        _summed(x, size),
        estimate=None,
        se=None,
        proportion=None,
        ci_low=None,
        ci_high=None,
        method="binomial-normal model, ML",
        notes=(note,),
    )
