"""Tables on the timing of side effects: shares, readings, those in whom it lasted, the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evidence_tools.loading import Evidence
from evidence_tools.readings import CANNOT_TELL, READINGS, Readings
from evidence_tools.report.cells import (
    ROUTES,
    as_entered,
    number,
    people,
    remark,
    source_link,
    study_words,
    text,
)
from evidence_tools.report.display import Cell, Table
from evidence_tools.tallies import BOTH, CONTRADICTS, OTHERS, SUPPORTS, Tallies
from evidence_tools.units import duration_words
from evidence_tools.words import count_words, time_words

VEIN, OTHER_ROUTE, NO_ROUTE = "Infusion into a vein", "Other routes", "Route not stated"

_CLAIMS = {
    "peak": "Peak about 30 minutes after the infusion",
    "gone": "Gone within an hour",
    "peak midway": "Peak midway through the infusion",
    "faded": "Faded soon after the infusion's end",
}


def table_of_shares(tallies: Mapping[str, Tallies], longer: pd.DataFrame) -> Table:
    """Per claim and side effect: who could tell and what they say, in both readings."""
    rows = []
    for part in ("peak", "gone"):
        for group in tallies[part].rows["group"].unique():
            cells = [
                _share(tallies[part], part, name, group) for name in ("from_start", "from_end")
            ]
            lasted = _lasted(longer, group) if part == "gone" else ""
            rows.append((_CLAIMS[part], group, *cells, lasted))
    return Table(
        columns=(
            "The page",
            "Side effect",
            "Counted from the start",
            "Counted from the end",
            "Lasted more than a day in",
        ),
        rows=tuple(rows),
    )


def table_midway(tally: Tallies) -> Table:
    """Per side effect: a peak midway through the infusion, and an end soon after its end."""
    groups = list(dict.fromkeys(tally.rows["group"]))
    return Table(
        columns=("Side effect", _CLAIMS["peak midway"], _CLAIMS["faded"]),
        rows=tuple(
            (
                group,
                _share(tally, "peak midway", "midway", group),
                _share(tally, "faded", "from_end", group),
            )
            for group in groups
        ),
    )


def _share(tally: Tallies, part: str, reading: str, group: str) -> str:
    """Support among those that could tell, by study and by programme, and who could not."""
    lines = tally.rows
    known = (lines["part"] == part) & (lines["reading"] == reading) & (lines["group"] == group)
    if not known.any():
        return "no row"
    study = tally.line(part, reading, group)
    programme = tally.line(part, reading, group, by="programmes")
    silent = (
        f"{study[CANNOT_TELL]} of {count_words(study['total'], 'study', 'studies')} cannot tell"
    )
    if not study["could_tell"]:
        return silent
    against = study[CONTRADICTS] + study[BOTH]
    return (
        f"{study[SUPPORTS]} for, {against} against ({programme[SUPPORTS]} of "
        f"{count_words(programme['could_tell'], 'programme')} for); {silent}"
    )


def _lasted(longer: pd.DataFrame, group: str) -> str:
    rows = longer[(longer["group"] == group) & (longer["events"] > 0)]
    if group == OTHERS and len(rows):
        return "see the table below"
    return "; ".join(_of(row) for _, row in rows.iterrows())


def _of(row: pd.Series[Any]) -> str:
    return f"{people(row, 'events')} of {people(row)} people"


def table_of_lasting(longer: pd.DataFrame, labels: Mapping[str, str]) -> Table:
    """People in whom an effect lasted more than a day, and the longest that it lasted."""
    ordered = longer.sort_values(["events", "term"], ascending=[False, True])
    rows = tuple(
        (labels[row["term"]], row["label"], _of(row), _longest(row))
        for _, row in ordered.iterrows()
    )
    return Table(
        columns=("Side effect", "Study", "Lasted more than a day in", "Longest"),
        rows=rows,
        empty="No study counts those in whom an effect lasted longer.",
        folded=f"{count_words(len(rows), 'effect')} that {'was' if len(rows) == 1 else 'were'} "
        f"counted beyond one day",
    )


def _longest(row: pd.Series[Any]) -> str:
    longest = number(row, "longest_min")
    return "not seen" if longest is None else duration_words(longest)


def table_of_unseen(tallies: Mapping[str, Tallies]) -> Table:
    """Why rows cannot tell: how many rows and studies for each claim, reading and reason."""
    rows = []
    for tally in tallies.values():
        votes = tally.votes[~tally.votes["answer"].isin(["yes", "no"])]
        grouped = votes.groupby(["part", "reading", "answer"], sort=False)
        for key, inside in grouped:
            part, reading, answer = (str(word) for word in key)
            reason = answer.removeprefix(f"{CANNOT_TELL}: ")
            studies = count_words(inside["study_id"].nunique(), "study", "studies")
            extent = f"{count_words(len(inside), 'row')} of {studies}"
            rows.append((_CLAIMS[part], READINGS[reading], _REASONS.get(reason, reason), extent))
    return Table(columns=("The page", "Counted", "Why it cannot tell", "Rows"), rows=tuple(rows))


_REASONS = {"too wide": "it may or may not lie in the claimed time: no look in between"}


def table_of_readings(evidence: Evidence, readings: Readings, labels: Mapping[str, str]) -> Table:
    """Every row of an event with both readings, infusions first."""
    return Table(
        columns=(
            "Side effect",
            "Study",
            "Route",
            "When",
            "As entered",
            "n",
            "Fits, from start?",
            "Fits, from end?",
            "Read in",
            "Remark",
        ),
        rows=tuple(_cells(evidence, row, labels) for _, row in by_route(readings.rows).iterrows()),
    )


def table_of_beginnings(evidence: Evidence, rows: pd.DataFrame, labels: Mapping[str, str]) -> Table:
    """Rows on when a side effect began."""
    return Table(
        columns=("Side effect", "Study", "Began", "As entered", "n", "Read in", "Remark"),
        rows=tuple(
            (
                terms_of(row, labels),
                study_words(row),
                when(row),
                as_entered(row),
                people(row),
                source_link(evidence, row),
                remark(row),
            )
            for _, row in rows.iterrows()
        ),
    )


def _cells(evidence: Evidence, row: pd.Series[Any], labels: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        terms_of(row, labels),
        study_words(row),
        ROUTES[text(row, "route")],
        when(row),
        as_entered(row),
        people(row),
        text(row, "from_start"),
        text(row, "from_end"),
        source_link(evidence, row),
        remark(row),
    )


def terms_of(row: pd.Series[Any], labels: Mapping[str, str]) -> str:
    """The side effects that a row names, in words."""
    return ", ".join(labels[term] for term in text(row, "term").split(";"))


def by_route(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows on infusions first, then other routes, then those that state none."""
    order = {VEIN: 0, OTHER_ROUTE: 1, NO_ROUTE: 2}
    groups = [order[route_group(row)] for _, row in rows.iterrows()]
    ordered = rows.assign(_group=groups).sort_values(
        ["_group", "term", "lower_min", "study_id"], ignore_index=True
    )
    return ordered.drop(columns="_group")


def route_group(row: pd.Series[Any]) -> str:
    """The heading under which a row stands in a figure."""
    route = text(row, "route")
    return NO_ROUTE if not route else VEIN if route == "iv" else OTHER_ROUTE


def when(row: pd.Series[Any]) -> str:
    """The row's interval on the clock, in words."""
    return time_words(number(row, "lower_min"), number(row, "upper_min"))
