"""Numbers, counts and times as words: rounding happens here, on the way to a reader."""

from __future__ import annotations

import math
from collections.abc import Callable

from evidence_tools.base.units import MINUTES_PER, best_unit, duration_words


def percent_words(percent: float) -> str:
    """A percentage in whole numbers; below one in a hundred it says so.

    >>> percent_words(31.2), percent_words(0.4), percent_words(0.0)
    ('31%', 'under 1%', '0%')
    """
    return "under 1%" if 0 < percent < 0.5 else f"{percent:.0f}%"


def printed_number(value: float) -> str:
    """A number with the digits that it was read with, and a true minus sign.

    >>> printed_number(0.003), printed_number(-1.17)
    ('0.003', '−1.17')
    """
    return f"{value + 0.0:.12g}".replace("-", "−")


def effect_words(value: float) -> str:
    """A computed effect with two decimals and a true minus sign.

    >>> effect_words(-0.538783), effect_words(-0.001)
    ('−0.54', '0.00')
    """
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def printed_interval(low: float, high: float) -> str:
    """An interval as printed, with "to", since a dash would look like a minus.

    >>> printed_interval(-1.89, -0.44)
    '−1.89 to −0.44'
    """
    return f"{printed_number(low)} to {printed_number(high)}"


def time_words(lower: float | None, upper: float | None) -> str:
    """An interval on the clock in words; None is an open bound.

    Bounds of ten units and more are rounded outward to whole units: they are often widened by
    the length of an infusion, which makes their decimals meaningless.

    >>> time_words(0, 60), time_words(10080, None), time_words(30, 40), time_words(40, 40)
    ('by 60 minutes', '7 days or later', '30 to 40 minutes', '40 minutes')
    >>> time_words(0, 1480)
    'by 25 hours'
    """
    if lower is None and upper is None:
        return "no time given"
    if upper is None:
        return f"{_bound(lower, math.floor)} or later" if lower else "no latest time"
    if not lower:
        return f"by {_bound(upper, math.ceil)}"
    first, second = _bound(lower, math.floor), _bound(upper, math.ceil)
    if first == second:
        return second
    same_unit = first.split()[1].rstrip("s") == second.split()[1].rstrip("s")
    return f"{first.split()[0]} to {second}" if same_unit else f"{first} to {second}"


def _bound(minutes: float, outward: Callable[[float], int]) -> str:
    """A bound in its best unit, rounded outward where it has ten units or more."""
    unit = best_unit(minutes)
    number = minutes / MINUTES_PER[unit]
    whole = outward(round(number, 6)) if number >= 10 else number
    return duration_words(whole * MINUTES_PER[unit], unit)


def entered_time(lower: float | None, upper: float | None, unit: str, anchor: str) -> str:
    """A time as it was entered: bounds, unit and anchor, unconverted.

    >>> entered_time(0, 1, "h", "dose"), entered_time(7, None, "d", "")
    ('0 to 1 h after dose', '7 d or later, start not stated')
    """
    if lower is None and upper is None:
        return "no time given"
    if upper is None:
        span = f"{lower:g} {unit} or later"
    elif lower is None:
        span = f"by {upper:g} {unit}"
    elif lower == upper:
        span = f"{upper:g} {unit}"
    else:
        span = f"{lower:g} to {upper:g} {unit}"
    start = f" after {anchor.replace('-', ' ')}" if anchor else ", start not stated"
    return span + start


def count_words(number: int, singular: str, plural: str = "") -> str:
    """A count with its noun, "no" for none.

    >>> count_words(0, "study", "studies"), count_words(1, "row"), count_words(3, "row")
    ('no studies', '1 row', '3 rows')
    """
    many = plural or f"{singular}s"
    if number == 0:
        return f"no {many}"
    return f"{number} {singular if number == 1 else many}"
