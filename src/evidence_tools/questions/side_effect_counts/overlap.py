"""Nobody is counted twice: which of the rows that count the same people enters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_tools.evidence.joined import joined
from evidence_tools.questions.side_effect_counts.exposure import TREATED

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

_CELL = ["rung", "term", "definition"]
_SAME_ARM = ["arm_id", "term", "definition"]


def once_each(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Rows of which those that count people a second time are left out, with the reason. The same
    rows, some of them no longer `included`.
    """
    kept = rows.copy()
    _once_per_arm(kept)
    _same_people_once(kept, evidence)
    _pooled_after_primary(kept, evidence)
    _programme_once(kept)
    _controls_beside_treated(kept)
    return kept


def _leave_out(rows: pd.DataFrame, chosen: pd.Index, reason: str) -> None:
    rows.loc[chosen, "reason"] = reason
    rows.loc[chosen, "included"] = False


def _treated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["included"] & rows["role"].isin(TREATED)]


def _once_per_arm(rows: pd.DataFrame) -> None:
    """Of one arm, term and definition: the longest time, most people, a count, the first."""
    counted = rows[rows["included"]]
    ranked = counted.assign(converted=counted["derivation"] != "reported").sort_values(
        ["window_min", "n", "converted", "side_effect_id"], ascending=[False, False, True, True]
    )
    for _, group in ranked[ranked.duplicated(_SAME_ARM, keep=False)].groupby(_SAME_ARM):
        first = group["side_effect_id"].iloc[0]
        _leave_out(rows, group.index[1:], f"the same people are counted in another row: {first}")


def _same_people_once(rows: pd.DataFrame, evidence: Evidence) -> None:
    """One treated arm per rung of a trial whose arms are the same people: the largest dose."""
    treated = _treated(rows)
    designs = evidence.rules.harms.same_people_designs
    repeated = treated[treated["design"].isin(designs)]
    ranked = repeated.sort_values(["dose", "side_effect_id"], ascending=[False, True])
    for _, group in ranked.groupby(["study_id", *_CELL], sort=False):
        first = group["arm_id"].iloc[0]
        _leave_out(rows, group.index[1:], f"the same people under another treatment: {first}")


def _pooled_after_primary(rows: pd.DataFrame, evidence: Evidence) -> None:
    """A pooled analysis enters a cell only where no primary study does, and then the largest."""
    treated = _treated(rows)
    # A regulator's page is no review, but it may count the people of trials as well.
    pooled = treated["review"] | (treated["design"] == "regulatory")
    studies = treated[~pooled].groupby(_CELL)["study_id"].agg(set).to_dict()
    for cell, group in treated[pooled].groupby(_CELL):
        primary = studies.get(cell, set())
        people = group.groupby("study_id")["n"].sum()
        largest = people.sort_index().idxmax()
        for study, mine in group.groupby("study_id"):
            shared = joined(evidence).speaking_trials(str(study), primary)
            if shared:
                reason = f"pools trials that enter themselves: {', '.join(shared)}"
            elif primary:
                others = ", ".join(sorted(primary))
                reason = f"may pool trials that enter themselves: {others}"
            elif study != largest:
                reason = f"may share trials with a larger pooled analysis: {largest}"
            else:
                continue
            _leave_out(rows, mine.index, reason)


def _programme_once(rows: pd.DataFrame) -> None:
    """Studies of one programme may share people: the one with most people treated enters."""
    treated = _treated(rows)
    studies = treated.groupby(["programme", *_CELL])["study_id"].transform("nunique")
    for (programme, *_), group in treated[studies > 1].groupby(["programme", *_CELL]):
        people = group.groupby("study_id")["n"].sum()
        largest = people.sort_index().idxmax()
        others = group.index[group["study_id"] != largest]
        _leave_out(rows, others, f"programme enters once: {programme}, with {largest}")


def _controls_beside_treated(rows: pd.DataFrame) -> None:
    """A control arm says something only beside a treated arm of its study."""
    same = ["study_id", "term", "definition"]
    treated = set(map(tuple, _treated(rows)[same].to_numpy()))
    controls = rows[rows["included"] & (rows["role"] == "control")]
    alone = [tuple(row) not in treated for row in controls[same].to_numpy()]
    _leave_out(rows, controls.index[alone], "no treated arm of its study enters beside it")
