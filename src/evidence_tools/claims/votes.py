"""One row's vote on one test, and what keeps a row from voting at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Row = Mapping[str, Any]
"""A row of a table by the names of its columns."""

Relation = Literal["consistent", "inconsistent", "compatible", "undetermined"]

FOR: Relation = "consistent"
AGAINST: Relation = "inconsistent"
MAYBE: Relation = "compatible"
SILENT: Relation = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one row says to one test.

    Attributes
    ----------
    row_ids : tuple of str
        The row, or the rows that were joined.
    table : str
        Their table.
    programme : str
        Studies that share people or a team; one programme has one voice.
    rung : str
        The row's place on the ladder of directness, or of drug and route for side effects.
    relation : {"consistent", "inconsistent", "compatible", "undetermined"}
        How the row lies to the claim.
    reason : str
        Why, in plain words.
    decisive : bool
        True for a randomised contrast at that time, or the issuer's own words; an author's
        statement inside a controlled trial is not one.
    could_contradict : bool
        True if the row could have shown that the claim is wrong.
    comparator, drug, route : str
        Drug of the control arm, and how ketamine was given; empty where not known.
    people : float or None
        People behind the row, as far as seen.
    unblinded : bool
        True if it was rated while drug effects were present, so that blinding was probably lost.
    """

    row_ids: tuple[str, ...]
    table: str
    study_id: str
    label: str
    programme: str
    rung: str
    relation: Relation
    reason: str
    decisive: bool = False
    could_contradict: bool = False
    comparator: str = ""
    drug: str = ""
    route: str = ""
    people: float | None = None
    source_level: str = ""
    unblinded: bool = False

    @property
    def decided(self) -> bool:
        """True if the row says yes or no."""
        return self.relation in (FOR, AGAINST)


def barred(row: Row) -> str:
    """Why a row never votes on anything, in words; empty if it may."""
    reasons = {
        "source retracted": bool(row.get("retracted")),
        "read second-hand": "secondary" in word(row.get("source_level")),
        "only those in whom it lasted": word(row.get("basis")) == "range-among-affected",
        "an arm without ketamine": word(row.get("role")) == "control",
    }
    return next((why for why, holds in reasons.items() if holds), "")


def voter(row: Row) -> dict[str, Any]:
    """What every vote says of the study and the arm behind its row."""
    study = word(row["study_id"])
    return {
        "study_id": study,
        "label": word(row["label"]),
        "programme": word(row["programme"]) or study,
        "drug": word(row["drug"]),
        "route": word(row["route"]),
        "source_level": word(row["source_level"]),
    }


def word(value: Any) -> str:
    """A cell as text; empty where it is missing."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> float | None:
    """A cell as a number; None where it is missing."""
    return None if value is None or pd.isna(value) else float(value)
