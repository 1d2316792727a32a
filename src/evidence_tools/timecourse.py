"""Times as intervals: how an interval of evidence lies to an interval that is claimed.

Plain numbers in, plain words out; nothing here knows a table or an anchor.
"""

from __future__ import annotations

from typing import Literal

Relation = Literal["inside", "outside", "overlapping"]


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
