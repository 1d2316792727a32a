"""Which periods of relief belong together, and which of them may be used.

A period of relief is used once for its programme. It is left out, with the reason, where it
cannot decide anything, counts from another start than its group, bounds the loss in a sense that
is not return of symptoms, or comes from a review whose trials speak for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.evidence.clock import DOSE_CLOCK, NO_START
from evidence_tools.evidence.joined import joined

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

CONDITIONS = {
    "anxiety-disorder": "Anxiety disorder",
    "ptsd": "PTSD",
    "ocd": "OCD",
    "anxiety-elsewhere": "Anxiety symptoms in another condition",
    "background": "Background (depression, suicidality)",
}
"""Conditions, nearest to the claims first; background decides nothing about anxiety."""

SINGLE = "after-single-dose"

PHASES = {
    SINGLE: "After a single dose",
    "after-course": "After a course of doses",
    "between-doses": "Between the doses of a course",
    "during-dosing": "While dosing went on",
    "unknown": "Single or repeated dosing not stated",
}

CLOCKS = {
    SINGLE: DOSE_CLOCK,
    "after-course": "last-dose",
    "between-doses": DOSE_CLOCK,
    "during-dosing": "first-dose",
}
"""The start from which the times of a phase count; where dosing is not stated there is none."""

LOSSES = ("loss", "lost")
AVERAGES = ("median", "mean")

_NOT_RETURN = {
    "no-longer-different-from-control": "no longer different from control, "
    "which is not return of symptoms",
}


def condition_of(about: str, directness: str) -> str:
    """Condition of a period, from what its relief is about and who was studied.

    >>> condition_of("anxiety", "direct"), condition_of("ptsd", "related")
    ('anxiety-disorder', 'ptsd')
    >>> condition_of("procedural anxiety", "indirect"), condition_of("", "related")
    ('anxiety-elsewhere', 'background')
    """
    if about in ("", "ptsd", "ocd"):
        return about or "background"
    return "anxiety-disorder" if directness == "direct" else "anxiety-elsewhere"


def judged_periods(evidence: Evidence, periods: pd.DataFrame) -> pd.DataFrame:
    """Periods of relief with their condition, whether they are used, and why not. The same rows
    with `condition`, `voice` (programme, or the study where there is none), `used` and `reason`.
    """
    losses = evidence.rules.duration.losses_of_relief
    frame = periods.assign(
        condition=[
            condition_of(about, directness)
            for about, directness in zip(periods["about"], periods["directness"], strict=True)
        ],
        voice=periods["programme"].fillna(periods["study_id"]),
        reason=[_own_reason(row, losses) for _, row in periods.iterrows()],
    )
    reviews = _review_reasons(evidence, frame)
    frame["reason"] = [
        "; ".join(filter(None, pair)) for pair in zip(frame["reason"], reviews, strict=True)
    ]
    return frame.assign(used=frame["reason"] == "")


def _own_reason(row: pd.Series[Any], losses: Sequence[str]) -> str:
    """Why a period cannot be used, as far as its own row tells."""
    phase, kind = row["phase"], row["kind"]
    reasons = {
        "no time given": pd.isna(row["seen_until_min"]) and pd.isna(row["gone_by_min"]),
        "single or repeated dosing not stated": phase not in CLOCKS,
        # Where the start is not stated it is no news that the clock is another one.
        "counted from another start": phase in CLOCKS
        and row["clock"] != CLOCKS[phase]
        and NO_START not in row["why_not"],
        "a mean, not a median": kind == "mean",
        _loss_words(row["loss_kind"]): kind in LOSSES and row["loss_kind"] not in losses,
    }
    return "; ".join([*row["why_not"], *(why for why, holds in reasons.items() if holds)])


def _loss_words(loss_kind: Any) -> str:
    return _NOT_RETURN.get(str(loss_kind), "how loss was judged is not stated")


def _review_reasons(evidence: Evidence, frame: pd.DataFrame) -> list[str]:
    """Why a review is left out: a trial of it speaks in its group, or nobody knows its trials."""
    every = joined(evidence)
    free = frame[frame["reason"].eq("") & ~frame["review"]]
    speaking = free.groupby(["condition", "phase"])["study_id"].agg(set).to_dict()
    reasons = []
    for _, row in frame.iterrows():
        voices = speaking.get((row["condition"], row["phase"]), set())
        shown = every.speaking_trials(row["study_id"], voices)
        known = every.reviews.get(row["study_id"])
        if shown:
            reasons.append(f"a review of {', '.join(shown)}, shown here already")
        else:
            reasons.append("a review whose trials are not listed" if known == frozenset() else "")
    return reasons
