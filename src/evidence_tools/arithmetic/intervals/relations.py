"""How an interval of evidence lies to an interval that is claimed, and what that says of the claim.

Plain numbers in, plain words out; nothing here knows a table or an anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal["inside", "outside", "overlapping"]
Word = Literal["consistent", "compatible", "inconsistent", "undetermined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRelation:
    """What one interval says of a claim.

    Attributes
    ----------
    word : {"consistent", "compatible", "inconsistent", "undetermined"}
        Consistent and inconsistent decide; compatible and undetermined do not.
    reason : str
        Why, in words that can stand in a table.
    """

    word: Word
    reason: str

    @property
    def decides(self) -> bool:
        """True where the interval tells for or against the claim."""
        return self.word in ("consistent", "inconsistent")


def relate(
    lower: float | None, upper: float | None, claimed_lower: float, claimed_upper: float
) -> Relation:
    """How an interval in which an event lies relates to a claimed one.

    Parameters
    ----------
    lower, upper : float or None
        Bounds of the event, in minutes; None is open.
    claimed_lower, claimed_upper : float
        Bounds of the claim, in minutes.

    Returns
    -------
    {"inside", "outside", "overlapping"}
        Inside: wherever the event lies, it lies within the claim. Outside: wherever it lies, it
        does not. Overlapping: it may or may not. Intervals that touch in one point overlap.

    Raises
    ------
    ValueError
        If the claim's bounds are reversed.

    Examples
    --------
    >>> relate(30, 40, 15, 45), relate(60, None, 0, 45), relate(0, 60, 15, 45)
    ('inside', 'outside', 'overlapping')
    """
    if claimed_lower > claimed_upper:
        raise ValueError(f"claimed interval reversed: {claimed_lower} after {claimed_upper}")
    begin = lower if lower is not None else float("-inf")
    end = upper if upper is not None else float("inf")
    if begin >= claimed_lower and end <= claimed_upper:
        return "inside"
    if end < claimed_lower or begin > claimed_upper:
        return "outside"
    return "overlapping"


def relation_to_claim(
    lower: float | None,
    upper: float | None,
    claimed_lower: float,
    claimed_upper: float,
    *,
    anchor_known: bool = True,
) -> ClaimRelation:
    """What an interval in which an event lies says of a claimed interval.

    Parameters
    ----------
    lower, upper : float or None
        Bounds of the event in one unit of time; None is open.
    claimed_lower, claimed_upper : float
        Bounds of the claim.
    anchor_known : bool, default True
        Whether it is known from when the event's time counts.

    Returns
    -------
    ClaimRelation
        Consistent: wherever the event lies, it lies within the claim. Inconsistent: wherever it
        lies, it does not. Compatible: the two overlap, if only in one point. Undetermined: the
        interval has no bounds, or nobody knows from when it counts.

    Raises
    ------
    ValueError
        If the claim's bounds are reversed.

    Examples
    --------
    >>> relation_to_claim(8, 12, 7, 14).word, relation_to_claim(15, None, 7, 14).word
    ('consistent', 'inconsistent')
    >>> relation_to_claim(7, None, 7, 14)
    ClaimRelation(word='compatible', reason='the watching ended before it could tell')
    """
    relation = relate(lower, upper, claimed_lower, claimed_upper)
    if lower is None and upper is None:
        return ClaimRelation(word="undetermined", reason="no time given")
    if not anchor_known:
        return ClaimRelation(word="undetermined", reason="start not stated")
    if relation == "inside":
        return ClaimRelation(word="consistent", reason="lies within the claimed time")
    if relation == "outside":
        side = "before" if upper is not None and upper < claimed_lower else "after"
        return ClaimRelation(word="inconsistent", reason=f"lies {side} the claimed time")
    return ClaimRelation(
        word="compatible", reason=_overlap(lower, upper, claimed_lower, claimed_upper)
    )


def _overlap(lower: float | None, upper: float | None, low: float, high: float) -> str:
    """Why an interval that overlaps the claimed one cannot tell."""
    early = lower is None or lower < low
    late = upper is None or upper > high
    if upper is None:
        return "the watching ended before it could tell"
    if early and late:
        return "wider than the claimed time on both sides"
    return "may have been earlier" if early else "may have been later"
