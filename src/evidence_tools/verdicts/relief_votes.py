"""Votes on relief: when it was first seen, and how long it was still there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence_tools.arithmetic.intervals import relate
from evidence_tools.base.units import duration_words
from evidence_tools.evidence.joined import number_of, text_of
from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Relation, Row, Vote, voter

if TYPE_CHECKING:
    from evidence_tools.verdicts.parts import Part, Window
    from evidence_tools.verdicts.tables import Tables

_CLOCKS = {
    "after-single-dose": "dose-began",
    "between-doses": "dose-began",
    "after-course": "last-dose",
    "during-dosing": "first-dose",
}
_GROUP_AVERAGES = ("median", "mean")
_NOT_A_RETURN = ("no-longer-different-from-control", "unknown", "")

Said = tuple[Relation, str]


def onset_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes of the rows that say by when relief was first seen. One per onset row on the claim's
    construct. A row whose interval reaches beyond the window from a lower bound of zero looked too
    late. An author's statement could hardly have said otherwise; a randomised contrast could.
    """
    for row in tables.onsets:
        if not row["about"]:
            continue
        relation, reason = _first_seen(row, part)
        decisive = text_of(row["basis"]) == "significant-vs-control" and row["randomised"]
        upper = number_of(row["upper_min"])
        yield Vote(
            **voter(row),
            row_ids=(row["timing_id"],),
            table="timing",
            rung=row["rung"],
            relation=relation,
            reason=reason,
            decisive=decisive,
            could_contradict=relation == AGAINST or (decisive and relation == FOR),
            comparator=row["control_drugs"],
            people=number_of(row["n"]),
            unblinded=upper is not None and upper <= tables.rules.unblinded_until_min,
        )


def _first_seen(row: Row, part: Part) -> Said:
    if reason := _silenced(row, part):
        return SILENT, reason
    lower, upper = number_of(row["lower_min"]), number_of(row["upper_min"])
    seen = "no latest time" if upper is None else f"first seen by {duration_words(upper)}"
    relation = relate(lower, upper, *part.window)
    if relation == "inside":
        return FOR, seen
    if relation == "outside":
        return AGAINST, f"not before {duration_words(lower or 0)}"
    return (MAYBE, seen) if lower else (SILENT, f"looked too late: {seen}")


def lasting_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes of the rows that say how long relief was still there, and when it was lost.

    One per period of relief on the claim's construct. A median or mean never bounds a group; a
    difference from control that is no longer significant is no return of symptoms; who stopped
    looking before the window cannot tell.

    `part`: with the window in which relief is claimed to be lost; open at the end where the claim
        is only that it lasts until then.
    """
    for row in tables.periods:
        if not row["about"]:
            continue
        relation, reason = _lasted(row, part)
        controlled = "significant-vs-control" in text_of(row["basis"]) and row["randomised"]
        yield Vote(
            **voter(row),
            row_ids=row["timing_ids"],
            table="timing",
            rung=row["rung"],
            relation=relation,
            reason=reason,
            decisive=controlled,
            could_contradict=relation in (FOR, AGAINST) and _both_bounds(row, part.window),
            comparator=row["control_drugs"],
            people=number_of(row["n"]),
        )


def _lasted(row: Row, part: Part) -> Said:
    if reason := _silenced(row, part):
        return SILENT, reason
    if part.kind == "loss" and "clinical-threshold" in text_of(row["basis"]):
        return SILENT, "a share of people, who may have lost it one by one"
    if row["kind"] in _GROUP_AVERAGES:
        return SILENT, f"a {row['kind']} does not bound a group"
    seen, gone = number_of(row["seen_until_min"]), number_of(row["gone_by_min"])
    if seen is None and gone is None:
        return SILENT, "no time given"
    if gone is not None and text_of(row["loss_kind"]) in _NOT_A_RETURN:
        return SILENT, "it is not said that symptoms returned"
    words = _period_words(seen, gone)
    relation = relate(seen, gone, *part.window)
    if relation == "inside":
        return FOR, words
    if relation == "outside":
        return AGAINST, words
    if gone is None:
        cut = text_of(row["censored_by"]).replace("-", " ")
        return SILENT, f"{words}, then nobody looked" + (f" ({cut})" if cut else "")
    return MAYBE, words


def _period_words(seen: float | None, gone: float | None) -> str:
    parts = [f"still seen at {duration_words(seen)}" if seen else ""]
    parts.append(f"lost by {duration_words(gone)}" if gone is not None else "")
    return ", ".join(filter(None, parts))


def _both_bounds(row: Row, window: Window) -> bool:
    """A period could have contradicted a claim if its end was looked for."""
    looked_for_the_end = number_of(row["gone_by_min"]) is not None
    return looked_for_the_end or (
        math.isfinite(window[1]) and number_of(row["seen_until_min"]) is not None
    )


def _silenced(row: Row, part: Part) -> str:
    """Why a row on relief cannot speak to a part at all."""
    if row["barred"]:
        return str(row["barred"][0])
    phase = text_of(row["phase"]) or "unknown"
    if part.phases and phase not in part.phases:
        return f"phase of dosing: {phase.replace('-', ' ')}"
    if not row["anchor_known"]:
        return "from when it counts is not stated"
    clock = _CLOCKS.get(phase, "dose-began")
    if row["clock"] != clock:
        return f"counted from the {text_of(row['clock']).replace('-', ' ')}"
    return ""
