"""Pooled analyses and reviews: they vote only where none of their trials does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from evidence_tools.claims.votes import SILENT, Vote
from evidence_tools.loading import Evidence


def hold_back_reviews(votes: Sequence[Vote], evidence: Evidence) -> tuple[Vote, ...]:
    """The votes, with those of reviews silenced where their trials speak, or are not known.

    Parameters
    ----------
    votes : sequence of Vote
        Votes on one test.
    evidence : Evidence
        Loaded evidence: ``contains.csv`` says which trials a review contains.

    Returns
    -------
    tuple of Vote
        In the same order; none is dropped.
    """
    designs = evidence.studies.set_index("study_id")["design"]
    reviews = set(designs.index[designs.isin(evidence.rules["claims"]["pooling_designs"])])
    contained = evidence.contains.groupby("review")["study"].agg(set).to_dict()
    speaking = {vote.study_id for vote in votes if vote.decided and vote.study_id not in reviews}
    return tuple(
        _held(vote, contained.get(vote.study_id, set()), speaking)
        if vote.decided and vote.study_id in reviews
        else vote
        for vote in votes
    )


def _held(vote: Vote, trials: set[str], speaking: set[str]) -> Vote:
    if not trials:
        reason = "a review: which trials it contains is not recorded"
    elif trials & speaking:
        reason = f"a review: its trial {', '.join(sorted(trials & speaking))} votes itself"
    else:
        return vote
    return dataclasses.replace(
        vote, relation=SILENT, reason=reason, decisive=False, could_contradict=False
    )
