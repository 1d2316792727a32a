"""Pooled analyses and reviews: they vote only where none of their trials does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from evidence_tools.claims.votes import SILENT, Vote


def hold_back_reviews(
    votes: Sequence[Vote], reviews: Mapping[str, frozenset[str]]
) -> tuple[Vote, ...]:
    """The votes, with those of reviews silenced where their trials speak, or are not known.

    Parameters
    ----------
    votes : sequence of Vote
        Votes on one test.
    reviews : mapping of str to frozenset of str
        The trials that each review is known to contain.

    Returns
    -------
    tuple of Vote
        In the same order; none is dropped.
    """
    speaking = {vote.study_id for vote in votes if vote.decided and vote.study_id not in reviews}
    return tuple(
        _held(vote, reviews[vote.study_id], speaking)
        if vote.decided and vote.study_id in reviews
        else vote
        for vote in votes
    )


def _held(vote: Vote, trials: frozenset[str], speaking: set[str]) -> Vote:
    if not trials:
        reason = "a review: which trials it contains is not recorded"
    elif trials & speaking:
        reason = f"a review: its trial {', '.join(sorted(trials & speaking))} votes itself"
    else:
        return vote
    return dataclasses.replace(
        vote, relation=SILENT, reason=reason, decisive=False, could_contradict=False
    )
