"""Events in two arms by a beta-binomial model: proportions vary over studies, none is left out."""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logit

from evidence_tools.arithmetic.pooling.rare_events import TwoArmEffect, two_arm_counts

Floats = NDArray[np.float64]


def beta_binomial(
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
) -> TwoArmEffect:
    """Log odds ratio of a beta-binomial model: proportions vary over studies, none is left out.

    Events of an arm are beta-binomial with mean p (of its arm) and g = correlation /
    (1 - correlation) common to all arms: P(x) = C(n, x) prod_{j<x} (p + j g) prod_{j<n-x}
    (1 - p + j g) / prod_{j<n} (1 + j g). Maximum likelihood: given g the two arms part, so p
    solves one equation in each; g then maximises the profile. Standard errors from the exact
    second derivatives. Arms are treated as independent, so the pairing within a study is lost.
    Refused (NotEstimableError) are counts that are not whole, and more events than people.

    Source: Kuss (2015), Statistics in Medicine 34, 1097-1116. doi:10.1002/sim.6383

    >>> fit = beta_binomial([0, 1, 2], [12, 15, 20], [3, 4, 6], [12, 15, 20])
    >>> round(fit.estimate, 4), fit.correlation
    (-1.7242, 0.0)
    """
    t = two_arm_counts(events_active, n_active, events_control, n_control)
    method, pairs = "beta-binomial, ML", ((t.a, t.n1), (t.c, t.n2))
    if any(x.sum() in (0, n.sum()) for x, n in pairs):
        note = "One arm has no events, or only events, in all studies: no odds ratio can be had."
        return t.effect("OR", method, None, None, [note])
    arms = [_Arm(x, n) for x, n in pairs]
    g = _best_g(arms)
    if g is None:
        note = "Arms have no events or only events: the correlation runs to its limit of 1."
        return t.effect("OR", method, None, None, [note])
    first, second = (arm.best_p(g) for arm in arms)
    loglik = arms[0].loglik(first, g) + arms[1].loglik(second, g)
    notes = [] if g else ["No correlation within arms was found: the likelihood is binomial."]
    estimate, se = float(logit(first) - logit(second)), _log_or_se(arms, (first, second), g)
    return t.effect("OR", method, estimate, se, notes, g / (1 + g), loglik)


class _Arm:
    """The factors j of the likelihood of one arm over all studies."""

    def __init__(self, x: Floats, n: Floats) -> None:
        self.events, self.others, self.people = (
            np.concatenate([np.arange(count) for count in counts]) for counts in (x, n - x, n)
        )
        choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
        self.constant = float(choose.sum())

    def loglik(self, p: float, g: float) -> float:
        """Log-likelihood."""
        logs = np.log(p + g * self.events).sum() + np.log(1 - p + g * self.others).sum()
        return float(logs - np.log1p(g * self.people).sum()) + self.constant

    def best_p(self, g: float) -> float:
        """Proportion with the largest likelihood given g."""

        def slope(p: float) -> float:
            up, down = 1 / (p + g * self.events), 1 / (1 - p + g * self.others)
            return float(up.sum() - down.sum())

        return float(scipy.optimize.brentq(slope, 1e-12, 1 - 1e-12, xtol=1e-15))

    def slope_in_g(self, g: float) -> float:
        """Derivative of the profile likelihood in g."""
        p = self.best_p(g)
        up = (self.events / (p + g * self.events)).sum()
        down = (self.others / (1 - p + g * self.others)).sum()
        return float(up + down - (self.people / (1 + g * self.people)).sum())

    def information(self, p: float, g: float) -> tuple[float, float, float]:
        """Minus the second derivatives: in the logit, in logit and g, and in g."""
        up, down = 1 / (p + g * self.events), 1 / (1 - p + g * self.others)
        everyone = self.people / (1 + g * self.people)
        turn = p * (1 - p)
        in_logit = ((up**2).sum() + (down**2).sum()) * turn**2
        mixed = ((self.events * up**2).sum() - (self.others * down**2).sum()) * turn
        in_g = ((self.events * up) ** 2).sum() + ((self.others * down) ** 2).sum()
        return float(in_logit), float(mixed), float(in_g - (everyone**2).sum())


def _best_g(arms: list[_Arm]) -> float | None:
    """The g with the largest profile likelihood; None where it grows without end."""

    def slope(g: float) -> float:
        return sum(arm.slope_in_g(g) for arm in arms)

    def profile(g: float) -> float:
        return sum(arm.loglik(arm.best_p(g), g) for arm in arms)

    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e3, 55)])
    best = int(np.argmax([profile(g) for g in grid]))
    if best == len(grid) - 1:
        return None
    low, high = grid[max(best - 1, 0)], grid[best + 1]
    return (
        float(scipy.optimize.brentq(slope, low, high, xtol=1e-15))
        if slope(low) > 0 > slope(high)
        else 0.0
    )


def _log_or_se(arms: list[_Arm], proportions: tuple[float, float], g: float) -> float:
    parts = [arm.information(p, g) for arm, p in zip(arms, proportions, strict=True)]
    (one, one_g, one_gg), (two, two_g, two_gg) = parts
    if g == 0:
        return math.sqrt(1 / one + 1 / two)
    matrix = np.array([[one, 0, one_g], [0, two, two_g], [one_g, two_g, one_gg + two_gg]])
    contrast = np.array([1.0, -1.0, 0.0])
    return math.sqrt(contrast @ np.linalg.solve(matrix, contrast))
