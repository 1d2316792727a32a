"""Evidence like another but for a few cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evidence_tools.evidence.loading import Evidence

_KEYS = {
    "studies": "study_id",
    "results": "result_id",
    "timing": "timing_id",
    "side_effects": "side_effect_id",
}


def changed(evidence: Evidence, table: str, *rows: str, **cells: Any) -> Evidence:
    """The evidence with these cells in each of the rows of a table, named by their ids."""
    frame = evidence.table(table).copy()
    for row in rows:
        chosen = frame[_KEYS[table]] == row
        assert chosen.sum() == 1, row
        for column, value in cells.items():
            frame.loc[chosen, column] = value
    return replace(evidence, **{table: frame})
