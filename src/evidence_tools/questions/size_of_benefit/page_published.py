"""Published pooled estimates as outside comparators: picture, table and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words, printed_interval, printed_number
from evidence_tools.display.cells import (
    by_directness,
    number,
    people,
    read_in,
    text,
    when_words,
)
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.forest import ForestRow, draw_forest
from evidence_tools.questions.size_of_benefit.published import published_estimates

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

MEASURES = {
    "smd": "standardised difference",
    "hedges-g": "standardised difference",
    "cohens-d": "standardised difference",
    "mean-difference": "mean difference",
    "odds-ratio": "odds ratio",
    "risk-ratio": "risk ratio",
}
FAVOURS = {"active": "ketamine", "control": "control", "neither": "neither", "unclear": "unclear"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparators(PageAnswer):
    """What published reviews found for one construct.

    `rows`: rows of reviews; `yi_low` and `yi_high` are missing where a row cannot be drawn.
    """

    evidence: Evidence
    rows: pd.DataFrame

    @property
    def drawn(self) -> pd.DataFrame:
        """Standardised contrasts that have an interval."""
        return self.rows[self.rows["yi_low"].notna()]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows, unrounded."""
        return self.rows.copy()

    def summary(self) -> str:
        """One sentence: how many published estimates, and which windows they cover."""
        reviews = self.drawn["study_id"].nunique()
        timed = int(self.drawn["to_min"].notna().sum())
        return (
            f"{count_words(len(self.drawn), 'published pooled estimate').capitalize()} from "
            f"{count_words(reviews, 'review')} can be drawn on one scale; "
            f"{timed or 'none'} of them name the time after dosing. They are shown beside our own "
            f"reading and never enter it."
        )

    def pictures(self) -> Parts[Picture]:
        """Estimates with their intervals, negative favouring the drug."""
        return {"forest": self._picture}

    def captions(self) -> Parts[Prose]:
        """What the figure shows."""
        return {"forest": self._caption}

    def tables(self) -> Parts[Table]:
        """Every pooled result of the construct as printed, drawn or not."""
        columns = (*_AS_PRINTED, read_in(self.evidence), Column("Remark", _note))
        empty = "No review gives a pooled result."
        return {"printed": lambda: Table.of(columns, self.rows, empty=empty)}

    def _picture(self) -> Picture:
        rows = self.forest_rows()
        shown = "; ".join(printed_row(row) for row in rows) or "None"
        alt = f"Published pooled estimates, negative favours ketamine. {shown}."
        axes = draw_forest(rows, empty="no published estimate with an interval")
        return Picture(axes=axes, alt=alt)

    def forest_rows(self) -> list[ForestRow]:
        """The rows that can be drawn, with the words above each."""
        rows = [row for _, row in self.drawn.iterrows()]
        heads = [(text(row, "label"), when_words(row)) for row in rows]
        return [
            ForestRow(
                label=label,
                rung=text(row, "directness"),
                yi=float(row["yi"]),
                low=float(row["yi_low"]),
                high=float(row["yi_high"]),
                detail=_told_apart(self.drawn, row) if heads.count((label, time)) > 1 else "",
                time=time.removeprefix("time "),
                n="" if pd.isna(row["n_participants"]) else people(row, "n_participants"),
            )
            for (label, time), row in zip(heads, rows, strict=True)
        ]

    def _caption(self) -> Prose:
        reviews = count_words(self.drawn["study_id"].nunique(), "review")
        rest = count_words(len(self.rows) - len(self.drawn), "further result", "further results")
        return Prose(
            f"Pooled estimates of {reviews}, several windows or subgroups each, with their "
            f"{self._levels()}% intervals, turned so that negative favours ketamine. "
            f"{rest.capitalize()} of reviews, on other scales or without an interval: see the "
            f"table."
        )

    def _levels(self) -> str:
        levels = sorted(self.drawn["ci_level"].dropna().unique())
        return " or ".join(printed_number(level) for level in levels)


def comparators(evidence: Evidence, *constructs: str) -> Comparators:
    """Published pooled results on the given constructs.

    Parameters
    ----------
    evidence : Evidence
    *constructs : str
        Such as ``"anxiety"`` or ``"ptsd", "ocd"``.

    Returns
    -------
    Comparators
        Every result of a review on ketamine with a number.
    """
    rows = published_estimates(evidence, constructs).rows
    rows = rows[rows["estimate"].notna() & (rows["directness"] != "context")]
    return Comparators(evidence=evidence, rows=by_directness(rows, "to_min", "study_id"))


def row_words(row: ForestRow) -> str:
    """The words above an interval in one line, for the alternative text."""
    control = f"against {row.comparator}" if row.comparator else ""
    people = f"n {row.n}" if row.n else ""
    time = "time not stated" if row.time == "not stated" else row.time
    parts = (row.label, row.detail, row.dose, control, time, people)
    return ", ".join(part for part in parts if part)


def printed_row(row: ForestRow) -> str:
    """A published estimate for the alternative text, its numbers as printed."""
    return f"{row_words(row)}: {printed_number(row.yi)} ({printed_interval(row.low, row.high)})"


def _told_apart(drawn: pd.DataFrame, row: pd.Series[Any]) -> str:
    """What tells an estimate from others of its review: what was measured, or its note."""
    siblings = drawn[drawn["study_id"] == row["study_id"]]
    if siblings["instrument"].nunique() == len(siblings):
        return text(row, "instrument")
    return text(row, "note").split(";")[0]


def _estimate(row: pd.Series[Any]) -> str:
    measure = text(row, "measure")
    return f"{printed_number(float(row['estimate']))} ({MEASURES.get(measure, measure)})"


def _interval(row: pd.Series[Any]) -> str:
    low, high = number(row, "ci_low"), number(row, "ci_high")
    return "not seen" if low is None or high is None else printed_interval(low, high)


def _note(row: pd.Series[Any]) -> str:
    return text(row, "note")


_AS_PRINTED = (
    Column("Review", lambda row: text(row, "label")),
    Column("Measured by", lambda row: text(row, "instrument") or "not stated"),
    Column("When", when_words),
    Column("Estimate as printed", _estimate),
    Column("Interval", _interval),
    Column("Trials", lambda row: people(row, "k_studies"), "right"),
    Column("Favours", lambda row: FAVOURS[text(row, "favours")]),
)
