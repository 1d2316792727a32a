"""Both readings of a time "after the infusion": counted from its start, and from its end.

The clinic's page says that side effects peak "30 minutes after the infusion" and are gone
"within an hour" without saying from when. Each timing row is held against both readings; a route
without an infusion has no end. A row without a stated start, read second-hand, or from a
retracted source cannot tell, nor can a peak at a lone reading, which lies somewhere between the
readings around it. "Gone within an hour of the end" includes gone before the end.

The page also says "midway through the infusion": that is a share of the infusion's length, and only
a row whose infusion has a stated length can be held against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from evidence_tools.arithmetic.intervals import relate
from evidence_tools.base.units import minutes_per
from evidence_tools.evidence.clock import DOSE_CLOCK, ClockTimes
from evidence_tools.evidence.joined import number_of

CANNOT_TELL = "cannot tell"

READINGS = {
    "from_start": "from the start",
    "from_end": "from the end",
    "midway": "as a share of the infusion",
}
"""How a claimed time may be read, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Timing rows of one event, held against a claimed time in both readings.

    Attributes
    ----------
    rows : DataFrame
        The clock rows of the event, with `from_start` and `from_end`, or with `midway`: "yes",
        "no" or the reason why the row cannot tell.
    claimed : (float, float)
        The claimed interval in minutes after the anchor, or as shares of the infusion.
    """

    rows: pd.DataFrame
    claimed: tuple[float, float]

    def counts(self, reading: str) -> tuple[int, int, int]:
        """Rows that say yes, that say no, and that cannot tell, for a column of `READINGS`."""
        answers = self.rows[reading]
        yes, no = int((answers == "yes").sum()), int((answers == "no").sum())
        return yes, no, len(answers) - yes - no

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def summary(self) -> str:
        """One line per reading."""
        lines = []
        for reading in (name for name in READINGS if name in self.rows):
            yes, no, unknown = self.counts(reading)
            lines.append(f"{READINGS[reading]}: {yes} yes, {no} no, {unknown} cannot tell")
        return "\n".join(lines)


def both_readings(times: ClockTimes, event: str, claimed: tuple[float, float]) -> Readings:
    """Rows of one event against a claimed time, counted from the start and from the end.

    Parameters
    ----------
    times : ClockTimes
        Timing rows on their clocks.
    event : str
        For example ``"side-effect-peak"``.
    claimed : (float, float)
        Claimed interval in minutes after the start or the end.

    Returns
    -------
    Readings
        All rows of the event, in the order of the table; those on another clock cannot tell.
    """
    rows = times.rows
    chosen = rows[rows["event"] == event].copy()
    chosen["from_start"] = [_from_start(row, claimed) for _, row in chosen.iterrows()]
    chosen["from_end"] = [_from_end(row, claimed) for _, row in chosen.iterrows()]
    return Readings(rows=chosen, claimed=claimed)


def midway_reading(times: ClockTimes, event: str, shares: tuple[float, float]) -> Readings:
    """Rows of one event against a claimed part of the infusion.

    Parameters
    ----------
    times : ClockTimes
        Timing rows on their clocks.
    event : str
        For example ``"side-effect-peak"``.
    shares : (float, float)
        Ends of the claimed part, as shares of the infusion's length: a quarter is 0.25.

    Returns
    -------
    Readings
        All rows of the event, in the order of the table, with the one column `midway`.
    """
    rows = times.rows
    chosen = rows[rows["event"] == event].copy()
    chosen["midway"] = [_midway(row, shares) for _, row in chosen.iterrows()]
    return Readings(rows=chosen, claimed=shares)


def _midway(row: pd.Series, shares: tuple[float, float]) -> str:
    if reason := _silent(row):
        return reason
    if row["route"] not in ("iv", ""):
        return "no infusion, so no middle"
    if pd.isna(row["infusion_minutes"]):
        return f"{CANNOT_TELL}: length of the infusion not stated"
    length = float(row["infusion_minutes"])
    return _answer(row, (shares[0] * length, shares[1] * length))


def _from_start(row: pd.Series, claimed: tuple[float, float]) -> str:
    reason = _silent(row)
    return reason or _answer(row, claimed)


def _from_end(row: pd.Series, claimed: tuple[float, float]) -> str:
    if reason := _silent(row):
        return reason
    if row["route"] not in ("iv", ""):
        return "no infusion, so no end"
    if row["anchor"] == "infusion-end":
        per = minutes_per(row["unit"])
        earliest = claimed[0] if claimed[0] > 0 else -math.inf
        bounds = number_of(row["lower"] * per), number_of(row["upper"] * per)
        return _relation(*bounds, (earliest, claimed[1]))
    if pd.isna(row["infusion_minutes"]):
        return f"{CANNOT_TELL}: length of the infusion not stated"
    shift = float(row["infusion_minutes"])
    earliest = claimed[0] + shift if claimed[0] > 0 else 0.0
    return _answer(row, (earliest, claimed[1] + shift))


def _silent(row: pd.Series) -> str:
    """Why a row cannot speak at all, or nothing."""
    reasons = {
        "counted from another start": row["clock"] != DOSE_CLOCK,
        "no time given": pd.isna(row["lower_min"]) and pd.isna(row["upper_min"]),
    }
    why_not = [*(why for why, holds in reasons.items() if holds), *row["why_not"]]
    return f"{CANNOT_TELL}: {why_not[0]}" if why_not else ""


def _answer(row: pd.Series, claimed: tuple[float, float]) -> str:
    return _relation(number_of(row["lower_min"]), number_of(row["upper_min"]), claimed)


def _relation(lower: float | None, upper: float | None, claimed: tuple[float, float]) -> str:
    words = {"inside": "yes", "outside": "no", "overlapping": f"{CANNOT_TELL}: too wide"}
    return words[relate(lower, upper, *claimed)]
