"""One look and one rounding: colours, symbols, and how each kind of number is written.

Colours are distinguishable for colour-blind readers and never stand alone: each rung of
directness has a symbol too. Rounding happens here and nowhere else, on the way to a table or a
figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from evidence_tools.errors import UnknownTermError
from evidence_tools.units import MINUTES_PER, best_unit, duration_words

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlesize": 11,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "figure.dpi": 160,
}
"""Settings of every figure, applied around the drawing only."""

FIGURE_WIDTH = 5.4
"""Inches; narrow enough that the words stay readable on a phone."""

INK = "#1b2733"
MUTED = "#5b6770"
SHADE = "#e9edf0"
MARK = "#b5420f"
INFUSION = "#c3ced6"
LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85}
"""Box behind words that stand over lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colour, symbol and words of one kind of thing."""

    colour: str
    symbol: str
    words: str


RUNGS = {
    "direct": Look(colour="#0b5fa5", symbol="o", words="Anxiety disorder"),
    "related": Look(colour="#00785a", symbol="s", words="PTSD or OCD"),
    "indirect": Look(colour="#9a5b00", symbol="D", words="Anxiety symptoms in another condition"),
    "safety-only": Look(colour="#7a3e8f", symbol="^", words="Studied for safety only"),
    "context": Look(colour="#5b6770", symbol="v", words="Background (depression, other drugs)"),
}
"""The ladder of directness, nearest to the claims first."""

HARM_GROUPS = {
    "treated": Look(colour="#b5420f", symbol="o", words="ketamine or esketamine"),
    "inactive": Look(colour="#0b5fa5", symbol="s", words="placebo or saline"),
    "midazolam": Look(colour="#00785a", symbol="D", words="midazolam"),
    "other-active": Look(colour="#7a3e8f", symbol="^", words="another active drug"),
    "untreated": Look(colour="#5b6770", symbol="v", words="no drug in its place"),
}
"""Who had a side effect: treated people, or a class of controls."""

HARM_RUNGS = {
    "racemic-infusion": "ketamine into a vein, about 0.5 mg/kg over about 40 minutes",
    "racemic-other": "ketamine by another route or dose, or dose not seen",
    "esketamine-spray": "esketamine nasal spray",
    "anaesthetic": "ketamine at anaesthetic doses",
    "esketamine-other": "esketamine by another route",
}
"""The ladder of harms in words, what the clinic gives first."""

CLAIM_RUNGS = {
    "direct": "anxiety disorders",
    "related": "PTSD or OCD",
    "depression-or-bipolar": "depression or bipolar disorder",
    "serious-illness": "cancer or palliative care",
    "perioperative": "operations",
    "clinic-cohorts": "clinic patients, no control",
    "other-conditions": "other conditions",
    "racemic-infusion": "ketamine infusion",
    "racemic-other": "other ways of giving ketamine",
    "esketamine-spray": "esketamine spray",
    "anaesthetic": "anaesthetic doses",
    "esketamine-other": "other ways of giving esketamine",
    "sources": "facts that were read",
}
"""The rung on which a verdict stands, in the few words that fit beside it."""

VERDICTS = {
    "supported": Look(colour="#00785a", symbol="●", words="supported"),
    "partly-supported": Look(colour="#0b5fa5", symbol="◐", words="partly supported"),
    "mixed": Look(colour="#9a5b00", symbol="◆", words="mixed"),
    "contradicted": Look(colour="#b5420f", symbol="✕", words="contradicted"),
    "not-tested": Look(colour="#5b6770", symbol="○", words="not tested"),
}
"""Verdicts on claims; a symbol and a word as well as a colour."""

CERTAINTIES = {"high": "⊕⊕⊕⊕", "moderate": "⊕⊕⊕◯", "low": "⊕⊕◯◯", "very-low": "⊕◯◯◯"}
"""GRADE's signs of how sure we are."""

SOURCE_LEVELS = {
    "abstract": "abstract",
    "full-text": "full text",
    "registry": "registry",
    "label": "drug label",
    "secondary": "secondary source",
}


def rung(directness: str) -> Look:
    """Colour, symbol and words of a rung of directness.

    Raises
    ------
    UnknownTermError
        If it is none of the five rungs.
    """
    try:
        return RUNGS[directness]
    except KeyError:
        raise UnknownTermError(
            "directness", found=repr(directness), allowed=", ".join(RUNGS)
        ) from None


def harm_group(name: str) -> Look:
    """Colour, symbol and words of treated people or of a class of controls.

    Raises
    ------
    UnknownTermError
        If it is none of them.
    """
    try:
        return HARM_GROUPS[name]
    except KeyError:
        raise UnknownTermError("group", found=repr(name), allowed=", ".join(HARM_GROUPS)) from None


def percent_words(percent: float) -> str:
    """A percentage in whole numbers; below one in a hundred it says so.

    Examples
    --------
    >>> percent_words(31.2), percent_words(0.4), percent_words(0.0)
    ('31%', 'under 1%', '0%')
    """
    return "under 1%" if 0 < percent < 0.5 else f"{percent:.0f}%"


def printed_number(value: float) -> str:
    """A number with the digits that it was read with, and a true minus sign.

    Examples
    --------
    >>> printed_number(0.003), printed_number(-1.17)
    ('0.003', '−1.17')
    """
    return f"{value + 0.0:.12g}".replace("-", "−")


def effect_words(value: float) -> str:
    """A computed effect with two decimals and a true minus sign.

    Examples
    --------
    >>> effect_words(-0.538783), effect_words(-0.001)
    ('−0.54', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def printed_interval(low: float, high: float) -> str:
    """An interval as printed, with "to", since a dash would look like a minus.

    Examples
    --------
    >>> printed_interval(-1.89, -0.44)
    '−1.89 to −0.44'
    """
    return f"{printed_number(low)} to {printed_number(high)}"


def time_words(lower: float | None, upper: float | None) -> str:
    """An interval on the clock in words; None is an open bound.

    Bounds of ten units and more are rounded outward to whole units: they are often widened by
    the length of an infusion, which makes their decimals meaningless.

    Examples
    --------
    >>> time_words(0, 60), time_words(10080, None), time_words(30, 40), time_words(40, 40)
    ('by 60 minutes', '7 days or later', '30 to 40 minutes', '40 minutes')
    >>> time_words(0, 1480)
    'by 25 hours'
    """
    if lower is None and upper is None:
        return "no time given"
    if upper is None:
        return f"{_bound(lower, math.floor)} or later" if lower else "no latest time"
    if not lower:
        return f"by {_bound(upper, math.ceil)}"
    first, second = _bound(lower, math.floor), _bound(upper, math.ceil)
    if first == second:
        return second
    same_unit = first.split()[1].rstrip("s") == second.split()[1].rstrip("s")
    return f"{first.split()[0]} to {second}" if same_unit else f"{first} to {second}"


def _bound(minutes: float, outward: Callable[[float], int]) -> str:
    """A bound in its best unit, rounded outward where it has ten units or more."""
    unit = best_unit(minutes)
    number = minutes / MINUTES_PER[unit]
    whole = outward(round(number, 6)) if number >= 10 else number
    return duration_words(whole * MINUTES_PER[unit], unit)


def entered_time(lower: float | None, upper: float | None, unit: str, anchor: str) -> str:
    """A time as it was entered: bounds, unit and anchor, unconverted.

    Examples
    --------
    >>> entered_time(0, 1, "h", "dose"), entered_time(7, None, "d", "")
    ('0 to 1 h after dose', '7 d or later, start not stated')
    """
    if lower is None and upper is None:
        return "no time given"
    if upper is None:
        span = f"{lower:g} {unit} or later"
    elif lower is None:
        span = f"by {upper:g} {unit}"
    elif lower == upper:
        span = f"{upper:g} {unit}"
    else:
        span = f"{lower:g} to {upper:g} {unit}"
    start = f" after {anchor.replace('-', ' ')}" if anchor else ", start not stated"
    return span + start


def count_words(number: int, singular: str, plural: str = "") -> str:
    """A count with its noun, "no" for none.

    Examples
    --------
    >>> count_words(0, "study", "studies"), count_words(1, "row"), count_words(3, "row")
    ('no studies', '1 row', '3 rows')
    """
    many = plural or f"{singular}s"
    if number == 0:
        return f"no {many}"
    return f"{number} {singular if number == 1 else many}"


TIME_TICKS = {
    "10 min": 10 * MINUTES_PER["min"],
    "30 min": 30 * MINUTES_PER["min"],
    "1 h": MINUTES_PER["h"],
    "4 h": 4 * MINUTES_PER["h"],
    "12 h": 12 * MINUTES_PER["h"],
    "1 d": MINUTES_PER["d"],
    "3 d": 3 * MINUTES_PER["d"],
    "1 wk": MINUTES_PER["wk"],
    "2 wk": 2 * MINUTES_PER["wk"],
    "1 mo": MINUTES_PER["mo"],
    "3 mo": 3 * MINUTES_PER["mo"],
    "1 yr": 12 * MINUTES_PER["mo"],
}
"""Ticks of a logarithmic axis of time, in minutes."""

CLOCK_TICKS = {
    "5 min": 5 * MINUTES_PER["min"],
    "15": 15 * MINUTES_PER["min"],
    "30 min": 30 * MINUTES_PER["min"],
    "1 h": MINUTES_PER["h"],
    "4 h": 4 * MINUTES_PER["h"],
    "1 d": MINUTES_PER["d"],
    "3 d": 3 * MINUTES_PER["d"],
    "1 wk": MINUTES_PER["wk"],
    "2 wk": 2 * MINUTES_PER["wk"],
    "4 wk": 4 * MINUTES_PER["wk"],
    "12 wk": 12 * MINUTES_PER["wk"],
}
"""Ticks where minutes and weeks stand on one axis, in minutes."""

JUDGEMENTS = {
    "low": Look(colour="#00785a", symbol="+", words="low"),
    "no-information": Look(colour="#66717a", symbol="?", words="no info"),
    "some-concerns": Look(colour="#8f5f00", symbol="!", words="some"),
    "high": Look(colour="#a3202c", symbol="×", words="high"),
}
"""Risk of bias, the least first; "no info" stands for no information, "some" for some concerns."""

JUDGEMENT_WORDS = {
    "low": "low risk",
    "no-information": "no information",
    "some-concerns": "some concerns",
    "high": "high risk",
}
"""The same in full, for legends and tables."""

DIRECTIONS = {
    "better": Look(colour="#0b5fa5", symbol="o", words="better than control"),
    "mixed": Look(colour="#7a3e8f", symbol="D", words="both, in different rows"),
    "no-difference": Look(colour="#5b6770", symbol="s", words="no different from control"),
    "worse": Look(colour="#a3202c", symbol="v", words="control better"),
    "uncontrolled": Look(colour="#00785a", symbol="^", words="no randomised trial"),
    "not-told": Look(colour="#8a949c", symbol="x", words="direction not told"),
}
"""What the studies of one programme found for one outcome."""
