"""A period of relief in words: when it was seen, what ended it, or the watching."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evidence_tools.report.cells import number, text
from evidence_tools.units import duration_words
from evidence_tools.words import time_words

ENDINGS = {
    "next-dose": "next dose came",
    "study-end": "study ended",
    "abstract-stops": "abstract says no more",
    "unknown": "why it ends there is not stated",
    "": "",
}
LOSSES = {
    "no-longer-different-from-control": "no longer different from control",
    "group-mean-returned": "the group's mean returned",
    "person-relapsed": "people relapsed",
    "unknown": "how loss was judged is not stated",
    "": "",
}


def period_words(row: pd.Series[Any]) -> str:
    """A period of relief in words."""
    seen, gone = number(row, "seen_until_min"), number(row, "gone_by_min")
    kind = text(row, "kind")
    if seen is None and gone is None:
        return "no time given"
    if kind in ("median", "mean") and seen is not None:
        return f"{kind} {duration_words(seen)}"
    if gone is None:
        return f"seen up to {duration_words(seen or 0)}"
    if not seen:
        return f"gone by {_bound_words(gone)}"
    if seen == gone:
        return f"gone at {duration_words(gone)}"
    return f"seen up to {duration_words(seen)}, gone by {_bound_words(gone)}"


def _bound_words(minutes: float) -> str:
    return time_words(0, minutes).removeprefix("by ")
