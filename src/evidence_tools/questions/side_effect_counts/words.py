"""How common a side effect is, in words: per hundred people, with what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_tools.base.words import count_words, percent_words
from evidence_tools.display.style import HARM_RUNGS, harm_group

if TYPE_CHECKING:
    from evidence_tools.questions.side_effect_counts.rates import Frequency, HarmContrast

DEFINITIONS = {
    "any-time": "at any time",
    "during-infusion": "during the infusion",
    "first-week": "in the first week",
    "long-term-course": "over years of treatment",
    "lasting-over-24-h": "lasting more than a day",
    "investigator-reported": "reported by the investigator",
    "scale-based": "by a rating scale",
    "mild-or-minor": "mild or minor",
    "needing-treatment": "needing treatment",
    "drug-related": "related to the drug",
}
"""Definitions in words; any other is written as its key."""


def definition_words(definition: str) -> str:
    """A definition as readers see it.

    >>> definition_words("any-time"), definition_words("threshold-systolic-180")
    ('at any time', 'threshold systolic 180')
    """
    return DEFINITIONS.get(definition, definition.replace("-", " "))


def who_words(frequency: Frequency) -> str:
    """Who was counted: the rung for treated people, else the class of the control."""
    if frequency.group == "treated":
        return HARM_RUNGS[frequency.rung]
    return harm_group(frequency.group).words


def share_words(frequency: Frequency) -> str:
    """The percent with its interval, or what none of so many people leaves possible."""
    pooled = frequency.pooled
    if pooled.proportion is None or pooled.ci_low is None or pooled.ci_high is None:
        return "not estimable"
    if frequency.upper_if_none is not None:
        return f"none; up to {percent_words(100 * frequency.upper_if_none)} possible"
    low, high = (percent_words(100 * end) for end in (pooled.ci_low, pooled.ci_high))
    return f"{percent_words(100 * pooled.proportion)} ({low} to {high})"


def extent_words(frequency: Frequency) -> str:
    """Studies, and research programmes where they are fewer."""
    studies = count_words(frequency.k, "study", "studies")
    if frequency.programmes == frequency.k:
        return studies
    return f"{studies}, {count_words(frequency.programmes, 'programme')}"


def difference_words(contrast: HarmContrast) -> str:
    """More or fewer people per hundred, with the interval."""
    effect = contrast.difference
    if effect.estimate is None:
        return "not estimable"
    middle = _signed(100 * effect.estimate)
    if effect.ci_low is None or effect.ci_high is None:
        return middle
    return f"{middle} ({_signed(100 * effect.ci_low)} to {_signed(100 * effect.ci_high)})"


def per_hundred(frequency: Frequency, contrast: HarmContrast | None) -> str:
    """Of a hundred people treated, and of a hundred controls of the same trials. One or two
    sentences. The number needed to harm stands beside the risk of the controls to which it belongs,
    and only where the whole interval of the difference lies above zero.
    """
    pooled = frequency.pooled
    name = frequency.label.lower()
    if pooled.proportion is None or pooled.ci_low is None or pooled.ci_high is None:
        return f"How common {name} is cannot be estimated: {' '.join(frequency.notes)}"
    middle, low, high = (
        f"{100 * share:.0f}" for share in (pooled.proportion, pooled.ci_low, pooled.ci_high)
    )
    words = (
        f"Of 100 people given {HARM_RUNGS[frequency.rung]}, about {middle} had {name} "
        f"{definition_words(frequency.definition)} ({low} to {high}; {pooled.events} of {pooled.n} "
        f"people, {extent_words(frequency)})"
    )
    if contrast is None:
        return f"{words}; no placebo or other control that counts stood beside them."
    effect = contrast.difference
    words += (
        f"; of 100 given {harm_group(contrast.comparator).words} in the same trials, "
        f"{100 * contrast.control_risk:.0f} ({effect.events_control} of {effect.n_control}). "
        f"The difference is {difference_words(contrast)} per 100"
    )
    needed = contrast.number_needed_to_harm
    if needed is None:
        return f"{words}."
    return f"{words}: at that risk of the controls, one more for about every {needed:.0f} treated."


def _signed(value: float) -> str:
    """A whole number with its sign; no sign for zero."""
    whole = round(value)
    return f"+{whole}" if whole > 0 else f"−{-whole}" if whole < 0 else "0"
