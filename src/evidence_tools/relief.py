"""How long relief was seen: last seen and first lost, joined where they may be joined.

A row that says "still seen at day 3" and one that says "gone by day 7" bound the loss together
only if they speak of the same people: same arm, clock, phase of dosing, number of people,
effect and kind of comparison. Medians and means of durations stand beside these periods and never
bound a group.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evidence_tools.clock import ClockTimes

LOSS_EVENTS = ("relief-last-seen", "relief-lost")
AVERAGE_EVENTS = {"response-median-duration": "median", "response-mean-duration": "mean"}

_SAME_PEOPLE = ["study_id", "arm_id", "clock", "anchor", "phase", "n", "effect", "basis"]
_CARRIED = ["label", "programme", "directness", "design", "role", "route", "drug", "retracted"]
_CARRIED += ["anchor_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefPeriods:
    """Periods of relief, one row per group of people.

    Attributes
    ----------
    rows : DataFrame
        `kind` is "loss" (both bounds known), "still-there" (relief seen until the last look),
        "lost" (only the end of the interval is known), "median" or "mean"; `seen_until_min` is
        the last time relief was seen, `gone_by_min` the first time it was found gone, both in
        minutes on `clock`; `timing_ids` names the rows behind it.
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
    rows = times.rows
    relief = rows[rows["event"].isin(LOSS_EVENTS)]
    groups = relief.groupby(_SAME_PEOPLE, dropna=False, sort=True)
    periods = [period for _, group in groups for period in _periods(group)]
    averages = rows[rows["event"].isin(list(AVERAGE_EVENTS))]
    periods += [_average(row) for _, row in averages.iterrows()]
    frame = pd.DataFrame(periods, columns=_COLUMNS)
    ordered = frame.sort_values(["study_id", "arm_id", "effect", "timing_ids"], ignore_index=True)
    return ReliefPeriods(rows=ordered)


_COLUMNS = [
    *("study_id", "arm_id", "effect", "clock", "phase", "kind", "seen_until_min", "gone_by_min"),
    *("n", "basis", "censored_by", "loss_kind", "source_level", "timing_ids"),
    *("note", *_CARRIED),
]


def _periods(group: pd.DataFrame) -> list[dict[str, object]]:
    """One period from the rows of one group of people; several where they contradict."""
    seen = group[group["event"] == "relief-last-seen"]
    lost = group[group["event"] == "relief-lost"]
    begin = max(seen["lower_min"].max(), lost["lower_min"].max())
    end = lost["upper_min"].min()
    if len(seen) and len(lost) and begin <= end:
        return [_period(pd.concat([seen, lost]), "loss", begin, end)]
    periods = [_lone(row) for _, row in lost.iterrows()]
    return periods + [_lone(row) for _, row in seen.iterrows()]


def _lone(row: pd.Series) -> dict[str, object]:
    frame = row.to_frame().T
    if row["event"] == "relief-last-seen":
        return _period(frame, "still-there", row["lower_min"], float("nan"))
    kind = "loss" if row["lower_min"] > 0 else "lost"
    return _period(frame, kind, row["lower_min"], row["upper_min"])


def _average(row: pd.Series) -> dict[str, object]:
    kind = AVERAGE_EVENTS[row["event"]]
    return _period(row.to_frame().T, kind, row["lower_min"], row["upper_min"])


def _period(rows: pd.DataFrame, kind: str, begin: float, end: float) -> dict[str, object]:
    first = rows.iloc[0]
    words = {
        column: "; ".join(rows[column].dropna().unique())
        for column in ("basis", "censored_by", "loss_kind", "note", "source_level")
    }
    same = {column: first[column] for column in ("study_id", "arm_id", "effect", "clock", "phase")}
    return {
        **same,
        **words,
        **{column: first[column] for column in (*_CARRIED, "n")},
        "retracted": bool(rows["retracted"].any()),
        "kind": kind,
        "seen_until_min": begin,
        "gone_by_min": end,
        "timing_ids": "; ".join(rows["timing_id"]),
    }
