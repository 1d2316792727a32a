"""Pictures of the effects of any CSV file: forest plot and posterior of the pooled effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.base.words import effect_words
from evidence_tools.command_line.csv_files import EFFECT, SIDES, FileEffects, chance_below_zero
from evidence_tools.display.display import Picture
from evidence_tools.display.forest import Diamond, ForestRow, draw_forest
from evidence_tools.display.posterior import draw_posterior

if TYPE_CHECKING:
    from evidence_tools.arithmetic.pooling.bayes import BayesianEffect

_Z = 1.959963984540054
"""Standard errors from an effect to the end of its own 95% interval."""
_BEYOND = 1.5
"""How far the figure goes beyond the credible interval, in parts of its width."""


def forest(
    effects: FileEffects,
    pooled: tuple[float, float, float] | None,
    words: str,
    *,
    weights: Sequence[float] | None = None,
    reach: tuple[float, float] | None = None,
) -> Picture:
    """Each effect with its 95% interval, and the pooled effect below them."""
    half = _Z * np.sqrt(effects.vi)
    shares: Sequence[float | None] = weights or [None] * len(half)
    rows: list[ForestRow | Diamond] = [
        ForestRow(
            label=label,
            rung="",
            yi=float(yi),
            low=float(yi - reach_of_one),
            high=float(yi + reach_of_one),
            detail=_with_interval(yi, yi - reach_of_one, yi + reach_of_one),
            weight=weight,
        )
        for label, yi, reach_of_one, weight in zip(
            effects.labels, effects.yi, half, shares, strict=True
        )
    ]
    if pooled is not None:
        estimate, low, high = pooled
        pi_low, pi_high = reach or (None, None)
        label = f"Pooled: {_with_interval(estimate, low, high)}"
        rows.append(
            Diamond(
                label=label, estimate=estimate, low=low, high=high, pi_low=pi_low, pi_high=pi_high
            )
        )
    alt = f"Forest plot of {len(half)} effects. {' '.join(words.splitlines())}"
    return Picture(axes=draw_forest(rows, xlabel=EFFECT, favours=SIDES), alt=alt)


def posterior(fit: BayesianEffect) -> Picture:
    """The density of the pooled effect with its credible interval."""
    mu = fit.mu
    beyond = _BEYOND * (mu.ci_high - mu.ci_low) / 2
    effect = np.linspace(min(mu.ci_low - beyond, 0.0), max(mu.ci_high + beyond, 0.0), 400)
    below = chance_below_zero(fit.probability_below(0.0))
    words = f"Effect {_with_interval(mu.median, mu.ci_low, mu.ci_high)};\n{below}"
    axes = draw_posterior(
        list(effect),
        list(fit.density_mu(effect)),
        interval=(mu.ci_low, mu.ci_high),
        words=words,
        xlabel=EFFECT,
    )
    alt = " ".join(["Posterior of the pooled effect.", *fit.summary().splitlines()])
    return Picture(axes=axes, alt=f"{alt}; {below}.")


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{effect_words(value)} ({effect_words(low)} to {effect_words(high)})"
