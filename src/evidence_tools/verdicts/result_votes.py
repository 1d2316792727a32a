"""Votes of ``results.csv``: randomised contrasts, null ones included, and shares of people.

Null results seldom appear as times, so contrasts that were looked for and not shown vote here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.arithmetic.printed import people_of_percent
from evidence_tools.arithmetic.proportions import proportion_intervals
from evidence_tools.base.units import duration_words
from evidence_tools.evidence.joined import number_of, text_of
from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Relation, Row, Vote, voter

if TYPE_CHECKING:
    from evidence_tools.evidence.rules import ClaimRules
    from evidence_tools.verdicts.parts import Part
    from evidence_tools.verdicts.tables import Tables

_FROM_DOSE = ("dose", "infusion-start", "infusion-end")
_FROM_FIRST = ("first-dose", "baseline")

Said = tuple[Relation, str]


def contrast_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes of the randomised contrasts that were looked for within a part's window.

    One per result that names its comparator arm. A contrast counts only if its whole window lies
    within `looked`. It is consistent if it favours ketamine and its own interval or p-value does
    not say otherwise; "neither" and "control" are inconsistent: looked for, not shown.
    """
    for row in tables.results:
        named = text_of(row["comparator_arm_id"]) and row["randomised"]
        if not named or not _asked(row, part):
            continue
        relation, reason = _contrast(row, part, tables.rules)
        yield Vote(
            **voter(row),
            row_ids=(row["result_id"],),
            table="results",
            rung=row["rung"],
            relation=relation,
            reason=reason,
            decisive=True,
            could_contradict=relation in (FOR, AGAINST),
            comparator=text_of(row["control_drug"]),
            people=_people(row),
            unblinded=bool(row["to_min"] <= tables.rules.unblinded_until_min),
        )


def _asked(row: Row, part: Part) -> bool:
    """Whether a row's study is one that a part asks about."""
    condition = not part.conditions or text_of(row["condition"]) in part.conditions
    return condition and (not part.refractory or text_of(row["refractory"]) == "yes")


def _contrast(row: Row, part: Part, rules: ClaimRules) -> Said:
    if reason := next(iter(row["barred"]), "") or _elsewhen(row, part):
        return SILENT, reason
    when = _when(row)
    if row["favours"] == "unclear":
        return SILENT, "which side is favoured was not seen"
    if row["favours"] == "active" and _not_shown(row, rules):
        return AGAINST, f"no clear difference {when}"
    if row["favours"] == "active":
        return FOR, f"better than {text_of(row['comparator']) or 'control'} {when}"
    return AGAINST, f"no better than {text_of(row['comparator']) or 'control'} {when}"


def _elsewhen(row: Row, part: Part) -> str:
    """Why a contrast does not lie in the window; empty if it does, or if any time will do."""
    if row["time_anchor"] == "baseline" and row["to_min"] == 0:
        return "before treatment"
    if part.looked is None:
        return ""
    doses, begin, end = (
        number_of(row["n_doses"]),
        number_of(row["from_min"]),
        number_of(row["to_min"]),
    )
    if doses is None:
        return "the number of doses was not seen"
    if "after-single-dose" in part.phases and doses > 1:
        return "repeated dosing"
    if begin is None or end is None:
        return "time not stated"
    allowed = _FROM_DOSE if doses == 1 else (*_FROM_DOSE, *_FROM_FIRST)
    if text_of(row["time_anchor"]) not in allowed:
        return "from when it counts is not stated"
    low, high = part.looked
    inside = low <= begin and end <= high
    return "" if inside else f"looked at another time: {_when(row)}"


def _when(row: Row) -> str:
    low, high = number_of(row["from_min"]), number_of(row["to_min"])
    if high is None:
        return "(time not stated)"
    return f"at {duration_words(high)}" if low == high else f"by {duration_words(high)}"


def _not_shown(row: Row, rules: ClaimRules) -> bool:
    """A contrast that favours ketamine, but not beyond chance by its own p-value or interval."""
    p_value = number_of(row["p_value"])
    if p_value is not None:
        return p_value >= rules.chance
    low, high = number_of(row["ci_low"]), number_of(row["ci_high"])
    if low is None or high is None:
        return False
    null = rules.no_difference.get(row["measure"], 0)
    return bool(low <= null <= high)


def _people(row: Row) -> float | None:
    n = number_of(row["n"])
    return n if n is not None else number_of(row["n_arm"])


def share_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes on whether most of all people who were dosed were well within a part's window.

    One per number of responders in a treated arm. The share of all who were dosed, with its exact
    interval, is held against the share that ``rules.yml`` asks for. A share among responders or
    completers, or of people whose number was not seen, cannot tell. The share of the control arm at
    the same time is named beside it.
    """
    for row in tables.results:
        if row["measure"] not in ("response", "remission") or row["role"] == "control":
            continue
        relation, reason = _share(row, part, tables.rules.most_people_percent)
        if relation != SILENT:
            reason += _beside_control(row, tables)
        yield Vote(
            **voter(row),
            row_ids=(row["result_id"],),
            table="results",
            rung=row["rung"],
            relation=relation,
            reason=reason,
            could_contradict=relation in (FOR, AGAINST, MAYBE),
            comparator=text_of(row["control_drug"]),
            people=_people(row),
        )


def _share(row: Row, part: Part, most: float) -> Said:
    if reason := next(iter(row["barred"]), "") or _elsewhen(row, part):
        return SILENT, reason
    events, n = _counts(row)
    if events is None or n is None:
        return SILENT, "of how many people who were dosed was not seen"
    dosed = number_of(row["n_arm"])
    if dosed is None or n < dosed:
        return SILENT, "a share of some of those who were dosed, not of all"
    interval = proportion_intervals(events=[events], n=[n])
    low, high = float(interval.ci_low[0]), float(interval.ci_high[0])
    words = f"{events:.0f} of {n:.0f} people {_when(row)}"
    if low * 100 > most:
        return FOR, words
    return (AGAINST, words) if high * 100 < most else (MAYBE, f"{words}, too few to tell")


_SAME_COUNT = ("study_id", "measure", "scale", "response_definition", "from_min", "to_min")


def _beside_control(row: Row, tables: Tables) -> str:
    """The same count in a control arm, in words; the page must not show one without the other."""
    for other in tables.results:
        if other["role"] == "control" and all(_same(row[c], other[c]) for c in _SAME_COUNT):
            events, n = _counts(other)
            if events is not None and n is not None:
                return f"; with {text_of(other['drug']) or 'control'} {events:.0f} of {n:.0f}"
    return "; not counted with a control"


def _same(one: Any, other: Any) -> bool:
    """Equal cells; two missing ones are equal."""
    return bool(one == other or (pd.isna(one) and pd.isna(other)))


def _counts(row: Row) -> tuple[float | None, float | None]:
    """Responders and people; a percentage counts where it gives one whole number of people."""
    events, n, percent = number_of(row["events"]), _people(row), number_of(row["percent"])
    if events is not None or not n or percent is None:
        return events, n
    fitting = people_of_percent(percent, n=int(n), decimals=int(row["percent_decimals"]))
    return (float(fitting[0]) if len(fitting) == 1 else None), n
