"""From side-effect rows to incidences: who had the effect, out of how many, under which dose.

Every row of ``side_effects.csv`` becomes a line of one table, with whole people, or with the
reason why it is none. Nobody is counted twice: one arm enters once per effect and definition, one
programme once per cell, and a pooled analysis only where no trial of the same cell does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.evidence.joined import once
from evidence_tools.questions.side_effect_counts.counts import counted
from evidence_tools.questions.side_effect_counts.exposure import exposed_rows
from evidence_tools.questions.side_effect_counts.overlap import once_each

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

__all__ = ["Incidences", "incidences"]

COLUMNS = [
    *("side_effect_id", "study_id", "label", "programme", "terms", "term", "body_system"),
    *("kind", "arm_id", "role", "drug", "route", "dose", "dose_unit", "n_doses", "schedule"),
    *("rung", "rungs", "comparator", "events", "n", "derivation", "definition", "window_min"),
    *("elicitation", "serious", "design", "directness", "condition", "source_level"),
    *("included", "reason", "note", "locator", "url", "reference"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidences:
    """All side-effect rows as incidences.

    Attributes
    ----------
    rows : DataFrame
        One line per row of ``side_effects.csv``, in its order: `terms` (a tuple) and
        `term` (empty where there are several), `kind` (effect, serious or stopping), the arm and
        its `rungs` of the ladder of harms (of a control arm: all that it stands beside) and `rung`
        (empty unless there is one), `comparator` (the class of the
        control arms of the study, or the control's own), `events` of `n` people with their
        `derivation`, `definition` (any-time, or the qualifier), `window_min` (minutes over which
        was counted, where stated), `elicitation` (asked, measured, volunteered or not-stated),
        `included` and `reason` (why not).
    """

    rows: pd.DataFrame

    @property
    def included(self) -> pd.DataFrame:
        """Rows that count people once each."""
        return self.rows[self.rows["included"]]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows."""
        return self.rows.copy()

    def reasons(self) -> pd.Series[int]:
        """How many rows are left out for each reason; what it names is left away."""
        left_out = self.rows.loc[~self.rows["included"], "reason"]
        return left_out.str.partition(":")[0].value_counts()

    def summary(self) -> str:
        """Two lines: how many rows count people, and why the others do not."""
        words = "; ".join(f"{reason}: {count}" for reason, count in self.reasons().items())
        return (
            f"{len(self.included)} of {len(self.rows)} side-effect rows count people once each, "
            f"from {self.included['study_id'].nunique()} studies\nthe others: {words or 'none'}"
        )


@once
def incidences(evidence: Evidence) -> Incidences:
    """Every side-effect row as whole people of those treated, or with the reason why not.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Incidences
        In the order of ``side_effects.csv``; none is left out.

    Notes
    -----
    Of several rows on one arm, term and definition the one counted over the longest stated time
    enters, then the one with most people, then one with a printed count, then the first. In a
    trial whose arms are the same people one treated arm per rung enters, that of the largest
    dose. A programme enters a cell (rung, term, definition) once, with the study that has most
    people treated; a pooled analysis, review or label only where no primary study does, and then
    the largest. A control arm enters beside a treated arm of its study only.
    """
    rows = once_each(counted(exposed_rows(evidence), evidence), evidence)
    return Incidences(rows=rows[COLUMNS].reset_index(drop=True))
