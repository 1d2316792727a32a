"""Does the evidence say that relief is lost within a claimed stretch of time?

The row decides, and a study speaks with one voice: for, against, or split between its rows. A
share is of the studies that could tell, never of all; where none could tell there is no share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.arithmetic.intervals import ClaimRelation, relation_to_claim
from evidence_tools.questions.duration.groups import CONDITIONS, SINGLE

if TYPE_CHECKING:
    from evidence_tools.evidence.rules import Rules
    from evidence_tools.questions.duration.synthesis import DurationSynthesis


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWindow:
    """Periods of relief after a single dose, held against a claimed time of loss.

    Attributes
    ----------
    window : (float, float)
        Claimed interval in minutes since the dose began.
    rows : DataFrame
        Periods after a single dose with `relation` and `why`; a row that is left out of the
        synthesis is undetermined.
    shares : DataFrame
        One row per condition: `studies`, `could_tell`, `supports`, `contradicts`, `split`,
        `share` (of those that could tell, missing where none could), `programmes` (of those that
        could tell), `programmes_for`.
    """

    window: tuple[float, float]
    rows: pd.DataFrame
    shares: pd.DataFrame

    def share(self, condition: str) -> float | None:
        """Share of the studies of a condition that could tell and support; None if none could."""
        found = self.shares.loc[self.shares["condition"] == condition, "share"].dropna()
        return None if found.empty else float(found.iloc[0])

    def to_frame(self) -> pd.DataFrame:
        """A copy of the shares."""
        return self.shares.copy()

    def summary(self) -> str:
        """One line per condition."""
        lines = []
        for row in self.shares.itertuples():
            told = f"{row.supports} of {row.could_tell} that could tell"
            lines.append(f"{CONDITIONS[str(row.condition)]}: {told}, of {row.studies} studies")
        return "\n".join(lines)


def claimed_windows(rules: Rules) -> dict[str, tuple[float, float]]:
    """The stretches of time in which the page says that relief is lost, by name, in minutes.

    Parameters
    ----------
    rules : Rules
        Content of ``rules.yml``; the section marks names the times.

    Returns
    -------
    dict of str to (float, float)
        "one-to-two-weeks" from the one named time to the other, "about-two-weeks" as far around
        two weeks as still counts as that.
    """
    week, two = rules.marks["relief_one_week"], rules.marks["relief_two_weeks"]
    return {
        "one-to-two-weeks": (week.named, two.named),
        "about-two-weeks": two.window,
    }


def loss_within(synthesis: DurationSynthesis, window: tuple[float, float]) -> LossWindow:
    """Which studies say that relief is lost within a stretch of time after a single dose.

    Parameters
    ----------
    synthesis : DurationSynthesis
        Of the whole evidence.
    window : (float, float)
        Claimed interval in minutes since the dose began.

    Returns
    -------
    LossWindow
        Every condition has a row, also without a study. Medians and means never bound a group
        and are not held against the window.
    """
    rows = synthesis.periods(SINGLE)
    relations = [_relation(row, window) for _, row in rows.iterrows()]
    rows = rows.assign(
        relation=[relation.word for relation in relations],
        why=[relation.reason for relation in relations],
    )
    shares = [_share(name, rows[rows["condition"] == name]) for name in CONDITIONS]
    return LossWindow(window=window, rows=rows, shares=pd.DataFrame(shares))


def _relation(row: pd.Series[Any], window: tuple[float, float]) -> ClaimRelation:
    if not row["used"]:
        return ClaimRelation(word="undetermined", reason=row["reason"])
    bounds = (row["seen_until_min"], row["gone_by_min"])
    lower, upper = (None if pd.isna(bound) else float(bound) for bound in bounds)
    return relation_to_claim(lower, upper, *window, anchor_known=bool(row["anchor_known"]))


def _share(condition: str, rows: pd.DataFrame) -> dict[str, Any]:
    yes = set(rows.loc[rows["relation"] == "consistent", "study_id"])
    no = set(rows.loc[rows["relation"] == "inconsistent", "study_id"])
    told = yes | no
    deciding = rows[rows["study_id"].isin(told)]
    return {
        "condition": condition,
        "studies": rows["study_id"].nunique(),
        "could_tell": len(told),
        "supports": len(yes - no),
        "contradicts": len(no - yes),
        "split": len(yes & no),
        "share": len(yes - no) / len(told) if told else None,
        "programmes": deciding["voice"].nunique(),
        "programmes_for": deciding.loc[deciding["study_id"].isin(yes - no), "voice"].nunique(),
    }
