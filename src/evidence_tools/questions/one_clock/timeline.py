"""Timing rows on their clocks as records and as a table, chosen by event, term and rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.errors import UnknownTermError, did_you_mean
from evidence_tools.base.words import time_words
from evidence_tools.display.cells import DIRECTNESS_ORDER, number, text
from evidence_tools.display.display import Column, Table
from evidence_tools.evidence.clock import clock_times
from evidence_tools.evidence.joined import joined

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


def timeline_records(
    evidence: Evidence, *, event: str = "", term: str = "", rung: str = ""
) -> list[dict[str, Any]]:
    """Timing rows with the keys of ``evidence timeline --json``.

    In the order of ``timing.csv``; `lower_min` and `upper_min` are minutes on `clock`, None where
    open; `note` says what the clock assumed, then what the row notes. Raises UnknownTermError if
    there is no such event or rung, or no row on that symptom or side effect.

    `term`: only rows on this symptom or side effect: a preferred term, or words of the effect.
    """
    rows = clock_times(evidence).rows
    if event:
        events = list(evidence.schema["timing"]["event"].vocabulary)
        _require("--event", event, events, event in events)
        rows = rows[rows["event"] == event]
    if rung:
        _require("--rung", rung, list(DIRECTNESS_ORDER), rung in DIRECTNESS_ORDER)
        rows = rows[rows["directness"] == rung]
    if term:
        chosen = _names_term(rows, term)
        effects = sorted(set(evidence.timing["effect"].dropna()) | set(_terms(evidence)))
        _require("--term", term, effects, bool(_names_term(clock_times(evidence).rows, term).any()))
        rows = rows[chosen]
    return [_record(row) for _, row in rows.iterrows()]


def _terms(evidence: Evidence) -> list[str]:
    return [term for terms in joined(evidence).timing["terms"] for term in terms]


def _names_term(rows: pd.DataFrame, term: str) -> pd.Series[bool]:
    wanted = term.casefold()
    named = pd.Series([wanted in terms for terms in rows["terms"]], rows.index, dtype="bool")
    words = rows["effect"].fillna("").str.casefold().str.contains(wanted, regex=False)
    return named | words


def _require(option: str, value: str, allowed: list[str], known: bool) -> None:
    if known:
        return
    hint = did_you_mean(value, allowed)
    raise UnknownTermError(option, found=repr(value), allowed=", ".join(allowed), hint=hint)


def _record(row: pd.Series[Any]) -> dict[str, Any]:
    notes = [text(row, "clock_note"), text(row, "note")]
    if row["retracted"]:
        notes.insert(0, "RETRACTED source")
    return {
        "timing_id": row["timing_id"],
        "study_id": row["study_id"],
        "event": row["event"],
        "effect": text(row, "effect"),
        "lower_min": number(row, "lower_min"),
        "upper_min": number(row, "upper_min"),
        "clock": row["clock"],
        "directness": text(row, "directness"),
        "note": "; ".join(note for note in notes if note),
    }


def timeline_table(records: list[dict[str, Any]]) -> Table:
    """Timeline records as a table of words."""
    columns = (
        Column("Row", lambda record: record["timing_id"]),
        Column("Event", lambda record: record["event"]),
        Column("Effect", lambda record: record["effect"]),
        Column("When", lambda record: time_words(record["lower_min"], record["upper_min"])),
        Column("Clock", lambda record: record["clock"]),
        Column("Rung", lambda record: record["directness"]),
        Column("Note", lambda record: record["note"]),
    )
    return Table.of(columns, records, empty="No row.")
