"""Timing rows on one clock: minutes since the infusion, or the dose, began.

A time counted from the end of an infusion gets the infusion's minutes added. Where it is not
known from when a time counts, or how long the infusion was, the interval grows by what is
possible instead of guessing. Times counted from the first or the last of several doses, or from
baseline, stay on clocks of their own and are never mixed with single doses; so do times of
repeated dosing whose source does not say from which dose they count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import to_minutes
from evidence_tools.evidence.joined import joined, number_of, once, text_of, tuples

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

DOSE_CLOCK = "dose-began"
"""The common clock: minutes since the infusion or the dose began."""

OFF_CLOCK = "off-the-clock"
"""Lengths of infusions, plasma levels and other drugs: no effects of a dose of ketamine."""

REPEATED = "repeated-dosing"
"""Times after or during repeated dosing whose source does not say from which dose they count."""

_OFF_EVENTS = ("infusion-duration", "drug-onset-other")
_REPEATED_PHASES = ("after-course", "during-dosing")

_OWN_CLOCKS = ("baseline", "first-dose", "last-dose", "primary-outcome-day")


NO_START = "start not stated"
LONE_READING = "one reading, its neighbours not stated"
"""What was seen at one reading lies somewhere between the readings around it."""

_GIVEN = ("route", "infusion_minutes", "drug")
_SHARED = "no arm named; what all treated arms of the study share is used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """How a dose was given, as far as it decides where a time stands on the clock.

    `route`: route of the arm; empty where it is not known.
    `minutes`: length of the infusion; None where it is not known.
    """

    route: str = ""
    minutes: float | None = None

    def bounds(self, longest: float) -> tuple[float, float]:
        """Shortest and longest possible infusion in minutes. A route without an infusion has no
        length; an unknown route may be an infusion.
        """
        if self.route not in ("iv", ""):
            return 0.0, 0.0
        if self.minutes is not None:
            return self.minutes, self.minutes
        return 0.0, longest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockInterval:
    """An interval on a clock, in minutes; None is an open or unknown bound."""

    clock: str
    lower: float | None
    upper: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTimes:
    """All timing rows on their clocks.

    Attributes
    ----------
    rows : DataFrame
        The timing rows of `Joined` with `clock`, `lower_min` and `upper_min` (minutes, missing =
        open or not given), `anchor_known`, `clock_note`, `why_not` (reasons why the row decides
        nothing about times, as a tuple); `role`, `route` and `drug` are empty where not known.
    longest_infusion : float
        Minutes that an infusion of unknown length may have lasted.
    """

    rows: pd.DataFrame
    longest_infusion: float

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def summary(self) -> str:
        """Two lines: how many rows are on the common clock, and how many anchors are unknown."""
        on_clock = self.rows["clock"] == DOSE_CLOCK
        unknown = int((~self.rows.loc[on_clock, "anchor_known"]).sum())
        own = self.rows.loc[~on_clock, "clock"].value_counts()
        others = ", ".join(f"{count} {clock}" for clock, count in own.items())
        return (
            f"{int(on_clock.sum())} of {len(self.rows)} timing rows are on the common clock, "
            f"{unknown} of them without a stated anchor\non clocks of their own: {others or 'none'}"
        )


@once
def clock_times(evidence: Evidence) -> ClockTimes:
    """Timing rows on the common clock, or on the clock of their own that they count from.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    ClockTimes
        One row per row of ``timing.csv``, in its order; none is left out.

    Notes
    -----
    Anchor at the infusion's start: as printed. At its end: the infusion's minutes are added, but
    a lower bound of 0 stays 0, since it means "first look". "Dose" on an infusion may mean start
    or end, so the upper bound grows by the infusion's minutes; so it does where no anchor is
    stated. An infusion of unknown length may have lasted 0 to the longest seen.
    """
    longest = float(evidence.rules.clock.longest_infusion_minutes)
    rows = _with_arms_shared(joined(evidence).timing, evidence)
    placed = [_placed(row, longest) for row in rows.to_dict("records")]
    notes = [(*at.notes, *shared) for at, shared in zip(placed, rows["shared"], strict=True)]
    rows = rows.drop(columns="shared").assign(
        clock=[at.clock for at in placed],
        lower_min=pd.Series([at.lower for at in placed], index=rows.index, dtype="float64"),
        upper_min=pd.Series([at.upper for at in placed], index=rows.index, dtype="float64"),
        anchor_known=rows["anchor"].notna(),
        clock_note=["; ".join(words) for words in notes],
        why_not=tuples(map(times_barred, rows.to_dict("records")), rows),
    )
    return ClockTimes(rows=rows, longest_infusion=longest)


def on_clock(
    *,
    lower: float | None,
    upper: float | None,
    anchor: str,
    event: str,
    infusion: Infusion,
    longest: float,
    phase: str = "unknown",
) -> ClockInterval:
    """One time statement on its clock, and what was assumed for that.

    `lower`, `upper`: bounds in minutes after the anchor; None is open or not given.
    `anchor`: from when it counts; empty where the source does not say.
    `event`: lengths of infusions and other drugs stay off the clock.
    `longest`: minutes that an infusion of unknown length may have lasted.
    `phase`: phase of dosing; without an anchor, repeated dosing is never mixed with single doses.

    >>> given = Infusion(route="iv", minutes=40.0)
    >>> on_clock(lower=60.0, upper=120.0, anchor="infusion-end", event="side-effect-resolved",
    ...          infusion=given, longest=100).upper
    160.0
    """
    if event in _OFF_EVENTS:
        return ClockInterval(clock=OFF_CLOCK, lower=lower, upper=upper)
    if anchor in _OWN_CLOCKS:
        return ClockInterval(clock=anchor, lower=lower, upper=upper)
    if anchor == "" and phase in _REPEATED_PHASES:
        notes = ("the source does not say from which dose it counts",)
        return ClockInterval(clock=REPEATED, lower=lower, upper=upper, notes=notes)
    if lower is None and upper is None:
        return ClockInterval(clock=DOSE_CLOCK, lower=None, upper=None, notes=("no time given",))
    shift_low, shift_high = _shift(anchor, infusion, longest)
    earliest = lower or 0.0
    return ClockInterval(
        clock=DOSE_CLOCK,
        lower=earliest + shift_low if earliest > 0 else 0.0,
        upper=None if upper is None else upper + shift_high,
        notes=_notes(anchor, infusion, longest, no_lower=lower is None),
    )


def _shift(anchor: str, infusion: Infusion, longest: float) -> tuple[float, float]:
    """Minutes to add to the lower and to the upper bound."""
    shortest_length, longest_length = infusion.bounds(longest)
    if anchor == "infusion-start":
        return 0.0, 0.0
    if anchor == "infusion-end":
        return shortest_length, longest_length
    return 0.0, longest_length


def _notes(anchor: str, infusion: Infusion, longest: float, *, no_lower: bool) -> tuple[str, ...]:
    notes = []
    may_be_infusion = infusion.route in ("iv", "")
    if anchor == "":
        notes.append("the source does not say from when it counts")
    elif anchor == "dose" and may_be_infusion:
        notes.append("counted from the dose, which may mean the start or the end of the infusion")
    elif anchor == "infusion-end" and not may_be_infusion:
        notes.append("an infusion's end is named, but the route has no infusion")
    if may_be_infusion and anchor != "infusion-start":
        if infusion.route == "":
            notes.append("route not stated")
        if infusion.minutes is None:
            notes.append(f"length of the infusion not stated: 0 to {longest:g} min allowed for")
        elif anchor == "infusion-end":
            notes.append(f"{infusion.minutes:g} min of infusion added")
        else:
            notes.append(f"up to {infusion.minutes:g} min of infusion allowed for")
    if no_lower:
        notes.append("no earliest time stated")
    return tuple(notes)


def _with_arms_shared(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Rows with, where no arm is named, what all treated arms of their study share."""
    treated = evidence.arms[evidence.arms["role"] != "control"]
    given = {name: treated.groupby("study_id")[name].agg(_agreed) for name in _GIVEN}
    unnamed = rows["role"].isna()
    for name, agreed in given.items():
        rows = rows.assign(**{name: rows[name].where(~unnamed, rows["study_id"].map(agreed))})
    words = {name: rows[name].fillna("") for name in ("role", "route", "drug")}
    shared = unnamed & rows["study_id"].isin(treated["study_id"])
    return rows.assign(**words, shared=tuples(((_SHARED,) if one else () for one in shared), rows))


def _agreed(values: pd.Series[Any]) -> Any:
    """The one value that all rows share, or a missing value."""
    return values.iloc[0] if values.notna().all() and values.nunique() == 1 else math.nan


def _placed(row: dict[Any, Any], longest: float) -> ClockInterval:
    return on_clock(
        lower=_minutes(row["lower"], row["unit"]),
        upper=_minutes(row["upper"], row["unit"]),
        anchor=text_of(row["anchor"]),
        event=row["event"],
        phase=row["phase"],
        infusion=Infusion(route=row["route"], minutes=number_of(row["infusion_minutes"])),
        longest=longest,
    )


def times_barred(row: dict[Any, Any]) -> tuple[str, ...]:
    """Why a timing row of `Joined` decides nothing about times, in words."""
    start = () if isinstance(row["anchor"], str) else (NO_START,)
    alone = row["lower"] == row["upper"] and row["basis"] == "assessment-schedule"
    return (*row["barred"], *start, *((LONE_READING,) if alone else ()))


def _minutes(value: Any, unit: str) -> float | None:
    number = number_of(value)
    return None if number is None else to_minutes(number, unit)
