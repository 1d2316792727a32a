"""Which periods of relief belong together, and which of them may be used.

A period of relief is used once for its programme. It is left out, with the reason, where it
cannot decide anything, counts from another start than its group, bounds the loss in a sense that
is not return of symptoms, or comes from a review whose trials speak for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from evidence_tools.clock import DOSE_CLOCK
from evidence_tools.loading import Evidence
from evidence_tools.readings import why_not

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


def condition_of(effect: Any, directness: Any) -> str:
    """Condition of a period, from what relief is of and who was studied.

    Examples
    --------
    >>> condition_of("anxiety", "direct"), condition_of("ptsd", "related")
    ('anxiety-disorder', 'ptsd')
    >>> condition_of("anxiety and depression", "indirect"), condition_of("depression", "related")
    ('anxiety-elsewhere', 'background')
    """
    words = set(re.findall(r"[a-z]+", str(effect).lower()))
    if "anxiety" in words:
        return "anxiety-disorder" if directness == "direct" else "anxiety-elsewhere"
    return next((name for name in ("ptsd", "ocd") if name in words), "background")


def judged_periods(evidence: Evidence, periods: pd.DataFrame) -> pd.DataFrame:
    """Periods of relief with their condition, whether they are used, and why not.

    Parameters
    ----------
    evidence : Evidence
        For the trials that reviews contain and the senses of loss that count.
    periods : DataFrame
        Rows of `relief_periods`.

    Returns
    -------
    DataFrame
        The same rows with `condition`, `voice` (programme, or the study where there is none),
        `used` and `reason`.
    """
    losses = evidence.rules.duration.losses_of_relief
    frame = periods.assign(
        condition=[
            condition_of(effect, directness)
            for effect, directness in zip(periods["effect"], periods["directness"], strict=True)
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
    decided = why_not(row)
    reasons = {
        decided: bool(decided),
        "a control arm": row["role"] == "control",
        "no time given": pd.isna(row["seen_until_min"]) and pd.isna(row["gone_by_min"]),
        "single or repeated dosing not stated": phase not in CLOCKS,
        "counted from another start": phase in CLOCKS and row["clock"] != CLOCKS[phase],
        "a mean, not a median": kind == "mean",
        _loss_words(row["loss_kind"]): kind in LOSSES and row["loss_kind"] not in losses,
    }
    # Where the start is not stated it is no news that the clock is another one.
    if "start not stated" in decided:
        reasons["counted from another start"] = False
    return "; ".join(why for why, holds in reasons.items() if holds)


def _loss_words(loss_kind: Any) -> str:
    return _NOT_RETURN.get(str(loss_kind), "how loss was judged is not stated")


def _review_reasons(evidence: Evidence, frame: pd.DataFrame) -> list[str]:
    """Why a review is left out: a trial of it speaks in its group, or nobody knows its trials."""
    contents = evidence.contains.groupby("review")["study"].agg(set).to_dict()
    free = frame[frame["reason"].eq("") & frame["programme"].notna()]
    speaking = free.groupby(["condition", "phase"])["study_id"].agg(set).to_dict()
    reasons = []
    for _, row in frame.iterrows():
        trials = contents.get(row["study_id"], set())
        shown = trials & speaking.get((row["condition"], row["phase"]), set())
        if isinstance(row["programme"], str):
            reasons.append("")
        elif shown:
            reasons.append(f"a review of {', '.join(sorted(shown))}, shown here already")
        else:
            reasons.append("" if trials else "a review whose trials are not listed")
    return reasons
