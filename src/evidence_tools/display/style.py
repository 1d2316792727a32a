"""One look: colours, symbols and the words that go with them.

Colours are distinguishable for colour-blind readers and never stand alone: each rung of
directness has a symbol too.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.base.units import MINUTES_PER

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "hatch.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlesize": 11,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "figure.dpi": 160,
    "text.parse_math": False,  # a $ in a name is a $
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
    """Colour, symbol and words of a rung of directness. Raises UnknownTermError if it is none of
    the five rungs.
    """
    try:
        return RUNGS[directness]
    except KeyError:
        raise UnknownTermError(
            "directness", found=repr(directness), allowed=", ".join(RUNGS)
        ) from None


def harm_group(name: str) -> Look:
    """Colour, symbol and words of treated people or of a class of controls. Raises UnknownTermError
    if it is none of them.
    """
    try:
        return HARM_GROUPS[name]
    except KeyError:
        raise UnknownTermError("group", found=repr(name), allowed=", ".join(HARM_GROUPS)) from None


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
