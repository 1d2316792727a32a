"""How long relief was seen: last seen and first lost, joined where they may be joined.

A row that says "still seen at day 3" and one that says "gone by day 7" bound the loss together
only if they speak of the same people: same arm, clock, phase of dosing, number of people,
effect and kind of comparison. Medians and means of durations stand beside these periods and never
bound a group.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.evidence.clock import LONE_READING, ClockTimes

Row = dict[Any, Any]

LOSS_EVENTS = ("relief-last-seen", "relief-lost")
AVERAGE_EVENTS = {"response-median-duration": "median", "response-mean-duration": "mean"}

_SAME_PEOPLE = ["study_id", "arm_id", "clock", "anchor", "phase", "n", "effect", "basis"]
_CARRIED = ["label", "programme", "directness", "design", "condition", "rung", "about", "review"]
_CARRIED += ["randomised", "control_drugs", "role", "route", "drug", "retracted", "anchor_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefPeriods:
    """Periods of relief, one row per group of people.

    Attributes
    ----------
    rows : DataFrame
        `kind` is "loss" (both bounds known), "still-there" (relief seen until the last look),
        "lost" (only the end of the interval is known), "median" or "mean"; `seen_until_min` is
        the last time relief was seen, `gone_by_min` the first time it was found gone, both in
        minutes on `clock`; `timing_ids` (a tuple) names the rows behind it, `why_not` (a
        tuple) why they decide nothing; the study's columns are those of `ClockTimes`.
    """

    rows: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def summary(self) -> str:
        """One line: how many periods of each kind."""
        counts = self.rows["kind"].value_counts()
        kinds = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        return f"{len(self.rows)} periods of relief: {kinds or 'none'}"


def relief_periods(times: ClockTimes) -> ReliefPeriods:
    """Periods of relief from all timing rows on relief.

    Parameters
    ----------
    times : ClockTimes
        Timing rows on their clocks.

    Returns
    -------
    ReliefPeriods
        In the order of study and arm. Rows that give no time at all are left in with both
        bounds missing, so that nothing disappears.
    """
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    periods = []
    for row in times.rows.to_dict("records"):
        if row["event"] in LOSS_EVENTS:
            groups[tuple(_present(row[column]) for column in _SAME_PEOPLE)].append(row)
        elif row["event"] in AVERAGE_EVENTS:
            kind = AVERAGE_EVENTS[row["event"]]
            periods.append(_period([row], kind, row["lower_min"], row["upper_min"]))
    periods += [period for group in groups.values() for period in _periods(group)]
    frame = pd.DataFrame(periods, columns=_COLUMNS)
    ordered = frame.sort_values(["study_id", "arm_id", "effect", "timing_ids"], ignore_index=True)
    return ReliefPeriods(rows=ordered)


_COLUMNS = [
    *("study_id", "arm_id", "effect", "clock", "phase", "kind", "seen_until_min", "gone_by_min"),
    *("n", "basis", "censored_by", "loss_kind", "source_level", "timing_ids", "barred", "why_not"),
    *("note", *_CARRIED),
]


def _present(value: Any) -> object:
    """A cell as part of a key: missing ones are alike."""
    return None if pd.isna(value) else value


def _periods(group: list[Row]) -> list[Row]:
    """One period from the rows of one group of people; several where they contradict."""
    seen = [row for row in group if row["event"] == "relief-last-seen"]
    lost = [row for row in group if row["event"] == "relief-lost"]
    begin = max(_bounds("lower_min", [*seen, *lost]), default=math.nan)
    end = min(_bounds("upper_min", lost), default=math.nan)
    if seen and lost and begin <= end:
        return [_period([*seen, *lost], "loss", begin, end)]
    return [*(_lone_loss(row) for row in lost), *(_still_there(row) for row in seen)]


def _bounds(column: str, rows: list[Row]) -> list[float]:
    return [row[column] for row in rows if not pd.isna(row[column])]


def _still_there(row: Row) -> Row:
    return _period([row], "still-there", row["lower_min"], math.nan)


def _lone_loss(row: Row) -> Row:
    kind = "loss" if row["lower_min"] > 0 else "lost"
    return _period([row], kind, row["lower_min"], row["upper_min"])


def _period(rows: list[Row], kind: str, begin: float, end: float) -> Row:
    first = rows[0]
    words = {
        column: "; ".join(dict.fromkeys(row[column] for row in rows if not pd.isna(row[column])))
        for column in ("basis", "censored_by", "loss_kind", "note", "source_level")
    }
    same = {column: first[column] for column in ("study_id", "arm_id", "effect", "clock", "phase")}
    return {
        **same,
        **words,
        **{column: first[column] for column in (*_CARRIED, "n")},
        "retracted": any(row["retracted"] for row in rows),
        "barred": _united(rows, "barred"),
        # A lone look bounds relief as well as any: nothing is said of the time around it.
        "why_not": tuple(why for why in _united(rows, "why_not") if why != LONE_READING),
        "kind": kind,
        "seen_until_min": begin,
        "gone_by_min": end,
        "timing_ids": tuple(row["timing_id"] for row in rows),
    }


def _united(rows: list[Row], column: str) -> tuple[str, ...]:
    """All that the rows list in a column, each once."""
    return tuple(dict.fromkeys(item for row in rows for item in row[column]))
