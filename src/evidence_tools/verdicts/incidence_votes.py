"""Votes on how common a side effect is, and whether it is more common than under control."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING

from evidence_tools.arithmetic.effects import risk_difference
from evidence_tools.arithmetic.proportions import proportion_intervals
from evidence_tools.evidence.joined import text_of
from evidence_tools.questions.side_effect_counts.exposure import TREATED
from evidence_tools.verdicts.tables import OTHER_DRUG, Tables
from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Relation, Row, Vote, voter

if TYPE_CHECKING:
    from evidence_tools.evidence.rules import HarmRules
    from evidence_tools.verdicts.parts import Part

Said = tuple[Relation, str]

_HALF_WIDTH = NormalDist().inv_cdf(0.975)
"""Standard errors in half a 95% interval."""


def incidence_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes on whether at least a stated share of the people treated have a side effect.

    One per row on a treated arm that names the term. Consistent if the whole exact interval lies at
    or above the share of ``rules.yml``, inconsistent if it lies below, else compatible. A count in
    one arm is no randomised contrast.
    """
    for row in _treated(part, tables):
        relation, reason = _common(row, tables.evidence.rules.harms)
        yield _vote(row, relation, reason, decisive=False)


def more_than_control_votes(part: Part, tables: Tables) -> Iterator[Vote]:
    """Votes on whether a side effect is more common than in the control arm of the same trial.

    One per row on a treated arm that names the term. Consistent if the 95% interval of the
    difference of proportions (Wald) lies above zero, inconsistent if below, else compatible: a
    difference that was not shown is not shown absent.
    """
    controls = _controls(part, tables)
    for row in _treated(part, tables):
        control = controls.get((row["study_id"], row["definition"]))
        relation, reason = _more(row, control, tables.evidence.rules.harms)
        yield _vote(row, relation, reason, decisive=relation in (FOR, AGAINST))


def _treated(part: Part, tables: Tables) -> Iterator[Row]:
    for row in tables.incidences:
        if row["role"] in TREATED and set(row["terms"]) & set(part.terms):
            yield row


def _controls(part: Part, tables: Tables) -> dict[tuple[str, str], Row]:
    """The control of each study and definition; placebo or saline where there is a choice."""
    rows = [
        row
        for row in tables.incidences
        if row["included"] and row["role"] == "control" and row["term"] in part.terms
    ]
    rows.sort(key=lambda row: (row["comparator"] != "inactive", row["side_effect_id"]))
    chosen: dict[tuple[str, str], Row] = {}
    for row in rows:
        chosen.setdefault((row["study_id"], row["definition"]), row)
    return chosen


def _silent(row: Row, rules: HarmRules) -> str:
    if not row["included"]:
        return text_of(row["reason"])
    if row["definition"] not in rules.deciding_definitions:
        return f"counted as {row['definition'].replace('-', ' ')}"
    return ""


def _common(row: Row, rules: HarmRules) -> Said:
    if reason := _silent(row, rules):
        return SILENT, reason
    interval = proportion_intervals(events=[row["events"]], n=[row["n"]])
    low, high = 100 * float(interval.ci_low[0]), 100 * float(interval.ci_high[0])
    words = f"{row['events']:.0f} of {row['n']:.0f} ({low:.0f} to {high:.0f}%)"
    if low >= rules.common_percent:
        return FOR, words
    return (AGAINST, words) if high < rules.common_percent else (MAYBE, words)


def _more(row: Row, control: Row | None, rules: HarmRules) -> Said:
    if reason := _silent(row, rules):
        return SILENT, reason
    if control is None:
        return SILENT, "not counted in a control arm"
    effect = risk_difference(
        events_active=row["events"],
        n_active=row["n"],
        events_control=control["events"],
        n_control=control["n"],
    )
    difference, half = 100 * float(effect.yi[0]), 100 * _HALF_WIDTH * math.sqrt(effect.vi[0])
    words = (
        f"{row['events']:.0f} of {row['n']:.0f} against {control['events']:.0f} of "
        f"{control['n']:.0f} with {control['drug']}"
    )
    if difference - half > 0:
        return FOR, words
    return (AGAINST, words) if difference + half < 0 else (MAYBE, words)


def _vote(row: Row, relation: Relation, reason: str, *, decisive: bool) -> Vote:
    return Vote(
        **voter(row),
        row_ids=(row["side_effect_id"],),
        table="side_effects",
        rung=text_of(row["rung"]) or OTHER_DRUG,
        relation=relation,
        reason=reason,
        decisive=decisive,
        could_contradict=relation in (FOR, AGAINST, MAYBE),
        comparator=text_of(row["comparator"]),
        people=float(row["n"]) if row["included"] else None,
    )
