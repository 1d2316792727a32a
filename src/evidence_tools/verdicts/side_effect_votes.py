"""Votes on side effects: when they peak and when they are gone, by drug and route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence_tools.arithmetic.intervals import relate
from evidence_tools.base.units import duration_words
from evidence_tools.evidence.joined import number_of, text_of
from evidence_tools.questions.side_effect_times.readings import CANNOT_TELL
from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Relation, Row, Vote, voter

if TYPE_CHECKING:
    from evidence_tools.verdicts.parts import Part
    from evidence_tools.verdicts.tables import Tables

Said = tuple[Relation, str]

_ANSWERS: dict[str, Relation] = {"yes": FOR, "no": AGAINST, f"{CANNOT_TELL}: too wide": MAYBE}


def side_effect_time_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes of the rows that say when a side effect peaked or was gone.

    One per row of the event and the terms.

    `part`: with `events`, `terms`, `reading` and the window; in the reading "infusion" the window
        is in shares of the infusion, 1 being its end.
    """
    for event in part.events:
        for row in tables.readings(event, part.window):
            if not part.terms or set(row["terms"]) & set(part.terms):
                yield _vote(row, part, tables)


def _vote(row: Row, part: Part, tables: Tables) -> Vote:
    relation, reason = _timed(row, part)
    named = ", ".join(term.replace("-", " ") for term in row["terms"])
    return Vote(
        **voter(row),
        row_ids=(row["timing_id"],),
        table="timing",
        rung=tables.harm_rung(row),
        relation=relation,
        reason=f"{named}: {reason}",
        could_contradict=relation in (FOR, AGAINST),
        comparator=row["control_drugs"],
        people=number_of(row["n"]),
    )


def _timed(row: Row, part: Part) -> Said:
    if row["barred"]:
        return SILENT, row["barred"][0]
    if part.reading == "infusion":
        return _within_infusion(row, part)
    answer = row["from_end" if part.reading == "end" else "from_start"]
    relation = _ANSWERS.get(answer, SILENT)
    reason = answer.removeprefix(f"{CANNOT_TELL}: ")
    return relation, _interval_words(row) if relation in (FOR, AGAINST) else reason


def _within_infusion(row: Row, part: Part) -> Said:
    """A time held against shares of the infusion of the row's own arm."""
    answer = row["from_start"]
    if answer.startswith(CANNOT_TELL) and answer not in _ANSWERS:
        return SILENT, answer.removeprefix(f"{CANNOT_TELL}: ")
    minutes = number_of(row["infusion_minutes"])
    if text_of(row["route"]) not in ("iv", ""):
        return SILENT, "no infusion"
    if minutes is None:
        return SILENT, "length of the infusion not stated"
    low, high = (share * minutes for share in part.window)
    relation = relate(number_of(row["lower_min"]), number_of(row["upper_min"]), low, high)
    said: dict[str, Relation] = {"inside": FOR, "outside": AGAINST, "overlapping": MAYBE}
    return said[relation], f"{_interval_words(row)}; infusion of {duration_words(minutes)}"


def _interval_words(row: Row) -> str:
    lower, upper = number_of(row["lower_min"]) or 0.0, number_of(row["upper_min"])
    if upper is None:
        return f"later than {duration_words(lower)} after the start"
    if lower == upper:
        return f"{duration_words(upper)} after the start"
    return f"{duration_words(lower)} to {duration_words(upper)} after the start"
