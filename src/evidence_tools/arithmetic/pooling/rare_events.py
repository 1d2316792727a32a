"""Events in two arms when they are rare: Mantel-Haenszel and Peto.

Counts in, one frozen result out. Nothing is ever added to a cell: a study without events in either
arm says nothing about a ratio and is counted in a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from evidence_tools.arithmetic.pooling.counts import checked_counts
from evidence_tools.arithmetic.pooling.frames import one_row
from evidence_tools.base.errors import NotEstimableError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

CI_LEVEL: float = 95
"""Percent, of every interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoArmEffect:
    """Events of the active arm against those of the control arm, pooled over studies.

    Attributes
    ----------
    measure : {"RR", "OR", "RD"}
    estimate, se, ci_low, ci_high : float or None
        Logarithms for RR and OR, differences of proportions for RD; active minus control.
    p_value : float or None
        Two-sided, normal.
    k : int
        Studies given.
    events_active, n_active, events_control, n_control : int
        Sums.
    correlation : float or None
        Of two people in one arm, in the beta-binomial model; else None.
    loglik : float or None
        In the beta-binomial model; else None.
    method : str
    ci_level : float
        Percent.
    notes : tuple of str
    """

    measure: str
    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    k: int
    events_active: int
    n_active: int
    events_control: int
    n_control: int
    correlation: float | None = None
    loglik: float | None = None
    method: str
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return one_row(self)

    def summary(self) -> str:
        """Counts, estimate (ratios as ratios) with interval, and the notes."""
        studies = "1 study" if self.k == 1 else f"{self.k} studies"
        counts = f"{self.events_active} of {self.n_active} against "
        counts += f"{self.events_control} of {self.n_control}"
        lines = [f"{self.method}, {studies}, {counts}"]
        if self.estimate is not None and self.ci_low is not None and self.ci_high is not None:
            turn: Callable[[float], float] = float if self.measure == "RD" else math.exp
            low, high = turn(self.ci_low), turn(self.ci_high)
            level = f"{self.ci_level:g}% CI"
            lines.append(
                f"{self.measure} {turn(self.estimate):.3g} ({level} {low:.3g} to {high:.3g})"
            )
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True, slots=True)
class TwoArmCounts:
    """Events a of n1 in the active arm, c of n2 in the control arm."""

    a: Floats
    n1: Floats
    c: Floats
    n2: Floats

    def effect(
        self,
        measure: str,
        method: str,
        estimate: float | None,
        se: float | None,
        notes: list[str],
        correlation: float | None = None,
        loglik: float | None = None,
    ) -> TwoArmEffect:
        """The result with its normal interval; empty where there is no estimate."""
        low = high = p_value = None
        if estimate is not None and se is not None:
            z = -float(ndtri((100 - CI_LEVEL) / 200))
            low, high = estimate - z * se, estimate + z * se
            p_value = float(2 * ndtr(-abs(estimate / se)))
        silent = int(((self.a + self.c == 0) | (self.a + self.c == self.n1 + self.n2)).sum())
        if silent and measure != "RD":
            words = "study has" if silent == 1 else "studies have"
            notes = [*notes, f"{silent} {words} the same outcome in everyone."]
        return TwoArmEffect(
            measure=measure,
            estimate=estimate,
            se=se,
            ci_low=low,
            ci_high=high,
            p_value=p_value,
            k=len(self.a),
            events_active=int(self.a.sum()),
            n_active=int(self.n1.sum()),
            events_control=int(self.c.sum()),
            n_control=int(self.n2.sum()),
            correlation=correlation,
            loglik=loglik,
            method=method,
            ci_level=CI_LEVEL,
            notes=tuple(notes),
        )


def mantel_haenszel(
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    measure: Literal["RR", "OR", "RD"] = "RR",
) -> TwoArmEffect:
    """Mantel-Haenszel ratio or difference: one common effect, weights by study size.

    Parameters
    ----------
    events_active, n_active, events_control, n_control : array of int, shape (k,)
    measure : {"RR", "OR", "RD"}

    Returns
    -------
    TwoArmEffect

    Raises
    ------
    NotEstimableError
        If a count is not whole or events exceed n.

    Notes
    -----
    With a of n1 (b without), c of n2 (d without), N = n1 + n2, sums over studies:
    RR = R / S, R = sum a n2 / N, S = sum c n1 / N,
    Var(log RR) = sum (n1 n2 (a + c) - a c N) / N² / (R S).
    OR = R / S, R = sum a d / N, S = sum b c / N, P = (a + d) / N, Q = (b + c) / N,
    Var(log OR) = sum P ad/N / (2R²) + sum (P bc/N + Q ad/N) / (2RS) + sum Q bc/N / (2S²).
    RD = sum (a n2 - c n1) / N / sum n1 n2 / N,
    Var(RD) = sum (a b n2³ + c d n1³) / (n1 n2 N²) / (sum n1 n2 / N)². metafor uses the later
    variance of Sato for RD; for a single study ours is the usual p q / n.
    With no events in one arm of any study the logarithm of a ratio does not exist.

    References
    ----------
    Greenland and Robins (1985), Biometrics 41, 55-68 (RR, RD). doi:10.2307/2530643
    Robins, Breslow and Greenland (1986), Biometrics 42, 311-323 (OR). doi:10.2307/2531052

    Examples
    --------
    >>> fit = mantel_haenszel([2, 0], [10, 20], [4, 0], [10, 20])
    >>> round(math.exp(fit.estimate), 6), fit.notes
    (0.5, ('1 study has the same outcome in everyone.',))
    """
    counts = two_arm_counts(events_active, n_active, events_control, n_control)
    if measure not in ("RR", "OR", "RD"):
        raise NotEstimableError("measure", found=repr(measure), allowed="RR, OR, RD")
    upper, lower, variance = {"RR": _mh_rr, "OR": _mh_or, "RD": _mh_rd}[measure](counts)
    method = "Mantel-Haenszel"
    if measure == "RD":
        se = math.sqrt(variance)
        notes = [] if se else ["Each arm has no events or only events: no standard error."]
        return counts.effect(measure, method, upper / lower, se or None, notes)
    if upper == 0 or lower == 0:
        note = "One side of the ratio is 0 in every study: its logarithm does not exist."
        return counts.effect(measure, method, None, None, [note])
    if variance == 0:
        note = "Everyone has the event: the ratio is 1 without a standard error."
        return counts.effect(measure, method, 0.0, None, [note])
    se = math.sqrt(variance)
    return counts.effect(measure, method, math.log(upper / lower), se, [])


def _mh_rr(t: TwoArmCounts) -> tuple[float, float, float]:
    total = t.n1 + t.n2
    upper, lower = float((t.a * t.n2 / total).sum()), float((t.c * t.n1 / total).sum())
    spread = float(((t.n1 * t.n2 * (t.a + t.c) - t.a * t.c * total) / total**2).sum())
    return upper, lower, spread / (upper * lower) if upper and lower else 0.0


def _mh_or(t: TwoArmCounts) -> tuple[float, float, float]:
    b, d, total = t.n1 - t.a, t.n2 - t.c, t.n1 + t.n2
    ad, bc = t.a * d / total, b * t.c / total
    upper, lower = float(ad.sum()), float(bc.sum())
    if not upper or not lower:
        return upper, lower, 0.0
    p, q = (t.a + d) / total, (b + t.c) / total
    variance = (p * ad).sum() / upper**2 + (q * bc).sum() / lower**2
    variance += (p * bc + q * ad).sum() / (upper * lower)
    return upper, lower, float(variance / 2)


def _mh_rd(t: TwoArmCounts) -> tuple[float, float, float]:
    b, d, total = t.n1 - t.a, t.n2 - t.c, t.n1 + t.n2
    weight = float((t.n1 * t.n2 / total).sum())
    spread = (t.a * b * t.n2**3 + t.c * d * t.n1**3) / (t.n1 * t.n2 * total**2)
    difference = float(((t.a * t.n2 - t.c * t.n1) / total).sum())
    return difference, weight, float(spread.sum()) / weight**2


def peto(
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
) -> TwoArmEffect:
    """Peto's one-step log odds ratio; for rare events and arms of similar size.

    Parameters
    ----------
    events_active, n_active, events_control, n_control : array of int, shape (k,)

    Returns
    -------
    TwoArmEffect

    Raises
    ------
    NotEstimableError
        If a count is not whole or events exceed n.

    Notes
    -----
    log OR = sum (a - E) / sum V, se = 1 / sqrt(sum V), E = n1 m / N,
    V = n1 n2 m (N - m) / (N² (N - 1)), m = a + c. It exists with no events in one arm, but is
    biased with arms of unequal size or large effects.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985), Progress in Cardiovascular Diseases 27,
    335-371. doi:10.1016/S0033-0620(85)80003-7

    Examples
    --------
    >>> round(peto([0], [20], [4], [20]).estimate, 3)
    -2.167
    """
    t = two_arm_counts(events_active, n_active, events_control, n_control)
    total, events = t.n1 + t.n2, t.a + t.c
    variance = float((t.n1 * t.n2 * events * (total - events) / total**2 / (total - 1)).sum())
    if variance == 0:
        note = "In every study everyone has the same outcome: no odds ratio can be had."
        return t.effect("OR", "Peto", None, None, [note])
    difference = float((t.a - t.n1 * events / total).sum())
    return t.effect("OR", "Peto", difference / variance, variance**-0.5, [])


def two_arm_counts(
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
) -> TwoArmCounts:
    """Counts of both arms, checked."""
    a, n1 = checked_counts(events_active, n_active)
    c, n2 = checked_counts(events_control, n_control)
    if len(a) != len(c):
        found = f"{len(a)} active and {len(c)} control arms"
        raise NotEstimableError("counts", found=found, allowed="one of each per study")
    return TwoArmCounts(a, n1, c, n2)
