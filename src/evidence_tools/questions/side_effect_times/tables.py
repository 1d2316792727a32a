"""Tables on the timing of side effects: shares, readings, those in whom it lasted, the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evidence_tools.base.units import duration_words
from evidence_tools.base.words import count_words
from evidence_tools.display.cells import (
    PEOPLE,
    REMARK,
    ROUTES,
    STUDY,
    WHEN_ENTERED,
    clock_words,
    number,
    people,
    read_in,
    terms_of,
    text,
)
from evidence_tools.display.display import Column, Table
from evidence_tools.evidence.joined import OTHERS
from evidence_tools.questions.side_effect_times.readings import CANNOT_TELL, READINGS, Readings
from evidence_tools.questions.side_effect_times.tallies import BOTH, CONTRADICTS, SUPPORTS, Tallies

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

VEIN, OTHER_ROUTE, NO_ROUTE = "Infusion into a vein", "Other routes", "Route not stated"

_CLAIMS = {
    "peak": "Peak about 30 minutes after the infusion",
    "gone": "Gone within an hour",
    "peak midway": "Peak midway through the infusion",
    "faded": "Faded soon after the infusion's end",
}


def table_of_shares(tallies: Mapping[str, Tallies], longer: pd.DataFrame) -> Table:
    """Per claim and side effect: who could tell and what they say, in both readings."""
    rows = [(part, group) for part in ("peak", "gone") for group in _groups(tallies[part])]
    columns = (
        Column("The page", lambda row: _CLAIMS[row[0]]),
        Column("Side effect", lambda row: row[1]),
        Column("Counted from the start", lambda row: _share(tallies[row[0]], "from_start", *row)),
        Column("Counted from the end", lambda row: _share(tallies[row[0]], "from_end", *row)),
        Column(
            "Lasted more than a day in",
            lambda row: _lasted(longer, row[1]) if row[0] == "gone" else "",
        ),
    )
    return Table.of(columns, rows)


def table_midway(tally: Tallies) -> Table:
    """Per side effect: a peak midway through the infusion, and an end soon after its end."""
    midway, faded = "peak midway", "faded"
    columns = (
        Column("Side effect", str),
        Column(_CLAIMS[midway], lambda group: _share(tally, "midway", midway, group)),
        Column(_CLAIMS[faded], lambda group: _share(tally, "from_end", faded, group)),
    )
    return Table.of(columns, _groups(tally))


def _groups(tally: Tallies) -> list[str]:
    return list(dict.fromkeys(tally.rows["group"]))


def _share(tally: Tallies, reading: str, part: str, group: str) -> str:
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
    columns = (
        Column("Side effect", lambda row: labels[row["term"]]),
        Column("Study", lambda row: row["label"]),
        Column("Lasted more than a day in", _of),
        Column("Longest", _longest),
    )
    were = "was" if len(longer) == 1 else "were"
    return Table.of(
        columns,
        longer.sort_values(["events", "term"], ascending=[False, True]),
        empty="No study counts those in whom an effect lasted longer.",
        folded=f"{count_words(len(longer), 'effect')} that {were} counted beyond one day",
    )


def _longest(row: pd.Series[Any]) -> str:
    longest = number(row, "longest_min")
    return "not seen" if longest is None else duration_words(longest)


def table_of_unseen(tallies: Mapping[str, Tallies]) -> Table:
    """Why rows cannot tell: how many rows and studies for each claim, reading and reason."""
    silent = [tally.votes[~tally.votes["answer"].isin(["yes", "no"])] for tally in tallies.values()]
    grouped = (
        (*key, rows)
        for votes in silent
        for key, rows in votes.groupby(["part", "reading", "answer"], sort=False)
    )
    columns = (
        Column("The page", lambda row: _CLAIMS[row[0]]),
        Column("Counted", lambda row: READINGS[row[1]]),
        Column("Why it cannot tell", lambda row: _reason(row[2])),
        Column("Rows", lambda row: extent(row[3])),
    )
    return Table.of(columns, grouped)


def _reason(answer: str) -> str:
    if answer == f"{CANNOT_TELL}: too wide":
        return "it may or may not lie in the claimed time: no look in between"
    return answer.removeprefix(f"{CANNOT_TELL}: ")


def extent(rows: pd.DataFrame) -> str:
    """How many rows there are, and from how many studies."""
    studies = count_words(rows["study_id"].nunique(), "study", "studies")
    return f"{count_words(len(rows), 'row')} of {studies}"


def table_of_readings(evidence: Evidence, readings: Readings, labels: Mapping[str, str]) -> Table:
    """Every row of an event with both readings, infusions first."""
    columns = (
        *(_effects(labels), STUDY, Column("Route", lambda row: ROUTES[text(row, "route")])),
        *(Column("When", clock_words), WHEN_ENTERED, PEOPLE),
        Column("Fits, from start?", lambda row: text(row, "from_start")),
        Column("Fits, from end?", lambda row: text(row, "from_end")),
        *(read_in(evidence), REMARK),
    )
    return Table.of(columns, by_route(readings.rows))


def table_of_beginnings(evidence: Evidence, rows: pd.DataFrame, labels: Mapping[str, str]) -> Table:
    """Rows on when a side effect began."""
    columns = (_effects(labels), STUDY, Column("Began", clock_words), WHEN_ENTERED, PEOPLE)
    return Table.of((*columns, read_in(evidence), REMARK), rows)


def _effects(labels: Mapping[str, str]) -> Column:
    return Column("Side effect", lambda row: terms_of(row, labels))


def by_route(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows on infusions first, then other routes, then those that state none."""
    order = {VEIN: 0, OTHER_ROUTE: 1, NO_ROUTE: 2}
    groups = [order[route_group(row)] for _, row in rows.iterrows()]
    ordered = rows.assign(_group=groups).sort_values(
        ["_group", "terms", "lower_min", "study_id"], ignore_index=True
    )
    return ordered.drop(columns="_group")


def route_group(row: pd.Series[Any]) -> str:
    """The heading under which a row stands in a figure."""
    route = text(row, "route")
    return NO_ROUTE if not route else VEIN if route == "iv" else OTHER_ROUTE
