"""Units of time, and durations as words.

The one place that says how long a month is: 30.4375 days (365.25 / 12). A week is 7 days, a day
24 hours. Everything on a clock is in minutes.
"""

from __future__ import annotations

from evidence_tools.base.errors import UnitError

MINUTES_PER = {"min": 1.0, "h": 60.0, "d": 1440.0, "wk": 10080.0, "mo": 43830.0}
"""Minutes in each unit of time; a month is 30.4375 days."""

_WORDS = {
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "wk": ("week", "weeks"),
    "mo": ("month", "months"),
}


def minutes_per(unit: str) -> float:
    """Minutes in one unit of time.

    >>> minutes_per("h")
    60.0
    """
    try:
        return MINUTES_PER[unit]
    except KeyError:
        raise UnitError("unit of time", found=repr(unit), allowed=", ".join(MINUTES_PER)) from None


def to_minutes(value: float, unit: str) -> float:
    """A time in minutes.

    Parameters
    ----------
    value : float
        Time in `unit`.
    unit : {"min", "h", "d", "wk", "mo"}
        Unit as it stands in the tables.

    Returns
    -------
    float
        Minutes.

    Examples
    --------
    >>> to_minutes(2, "h")
    120.0
    """
    return value * minutes_per(unit)


def best_unit(minutes: float) -> str:
    """The unit in which a reader would say a duration.

    Minutes up to two hours (90 min, not 1.5 h), hours below two days, then days, and months from
    three months on; weeks (from two on) and months where they come out even.

    >>> best_unit(90), best_unit(1440), best_unit(20160)
    ('min', 'h', 'wk')
    """
    if minutes < 120:
        return "min"
    if minutes < 2 * MINUTES_PER["d"]:
        return "h"
    if minutes % MINUTES_PER["mo"] == 0:
        return "mo"
    if minutes >= 2 * MINUTES_PER["wk"] and minutes % MINUTES_PER["wk"] == 0:
        return "wk"
    return "d" if minutes < 3 * MINUTES_PER["mo"] else "mo"


def duration_words(minutes: float, unit: str = "") -> str:
    """A duration in the unit that reads best, with at most one decimal.

    Parameters
    ----------
    minutes : float
        Duration in minutes.
    unit : {"min", "h", "d", "wk", "mo"}, optional
        Unit to use instead of the one that reads best.

    Returns
    -------
    str
        For example "40 minutes", "24 hours", "27.5 days", "2 weeks".

    Examples
    --------
    >>> duration_words(40), duration_words(27.5 * 1440)
    ('40 minutes', '27.5 days')
    """
    unit = unit or best_unit(minutes)
    number = round(minutes / MINUTES_PER[unit], 1)
    text = f"{number:.1f}".removesuffix(".0")
    return f"{text} {_WORDS[unit][0 if text == '1' else 1]}"
