"""One row's vote on one test, and what keeps a row from voting at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evidence_tools.evidence.joined import text_of

if TYPE_CHECKING:
    from evidence_tools.evidence.joined import Joined

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

    `row_ids`: the row, or the rows that were joined.
    `table`: their table.
    `programme`: studies that share people or a team; one programme has one voice.
    `rung`: the row's place on the ladder of directness, or of drug and route for side effects.
    `relation`: how the row lies to the claim.
    `reason`: why, in plain words.
    `decisive`: True for a randomised contrast at that time, or the issuer's own words; an author's
        statement inside a controlled trial is not one.
    `could_contradict`: True if the row could have shown that the claim is wrong.
    `comparator`, `drug`, `route`: drug of the control arm, and how ketamine was given; empty where
        not known.
    `people`: people behind the row, as far as seen.
    `unblinded`: True if it was rated while drug effects were present, so that blinding was probably
        lost.
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


def hold_back_reviews(votes: Sequence[Vote], every: Joined) -> tuple[Vote, ...]:
    """The votes, with those of reviews silenced where their trials speak, or are not known. In the
    same order; none is dropped.
    """
    deciding = [vote.study_id for vote in votes if vote.decided]
    speaking = {study_id for study_id in deciding if study_id not in every.reviews}
    return tuple(_held_back(vote, every, speaking) for vote in votes)


def _held_back(vote: Vote, every: Joined, speaking: set[str]) -> Vote:
    """A vote, silenced where it is a review's and may not be heard."""
    trials = every.reviews.get(vote.study_id)
    if trials is None or not vote.decided:
        return vote
    heard = every.speaking_trials(vote.study_id, speaking)
    if heard:
        reason = f"a review: its trial {', '.join(heard)} votes itself"
    elif not trials:
        reason = "a review: which trials it contains is not recorded"
    else:
        return vote
    return dataclasses.replace(
        vote, relation=SILENT, reason=reason, decisive=False, could_contradict=False
    )


def voter(row: Row) -> dict[str, Any]:
    """What every vote says of the study and the arm behind its row."""
    study = text_of(row["study_id"])
    return {
        "study_id": study,
        "label": text_of(row["label"]),
        "programme": text_of(row["programme"]) or study,
        "drug": text_of(row["drug"]),
        "route": text_of(row["route"]),
        "source_level": text_of(row["source_level"]),
    }
