"""Means, percentages and standard deviations of whole points: which of them can exist?

People score whole points on a scale, so the total of n people is a whole number and their mean a
multiple of 1/n. Whole-number arithmetic throughout: a limit of rounding is met exactly or not.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from evidence_tools.base.errors import NotEstimableError

_WIDE = 10
"""Half a unit of the last decimal, times this, is the window of Allard's first test."""


def mean_is_possible(mean: float, *, n: int, decimals: int) -> bool:
    """Whether n people with whole-point scores can have this mean (the GRIM test).

    There must be a whole total T with |T / n - mean| at most half a unit of the last
    decimal. The limit itself counts as possible, since a five is rounded up or down. Only where
    n is below 10^decimals can the test fail. Where a score averages items, n is people times items.

    Source: Brown and Heathers (2017), The GRIM test, Social Psychological and Personality Science
    8:363-369.

    >>> mean_is_possible(5.27, n=43, decimals=2)
    False
    >>> mean_is_possible(5.28, n=43, decimals=2)
    True
    """
    return bool(_totals(_exact(mean, decimals), n, decimals))


def people_of_percent(percent: float, *, n: int, decimals: int) -> range:
    """All whole numbers of n people whose share is printed as this percentage.

    The GRIM test of the mean of n zeros and ones, in percent; empty where it is not possible.
    Fewer decimals than were printed only make the test milder.

    Source: Brown and Heathers (2017), The GRIM test, Social Psychological and Personality Science
    8:363-369.

    >>> list(people_of_percent(14.55, n=55, decimals=2))
    [8]
    >>> list(people_of_percent(27, n=12, decimals=0))
    []
    >>> list(people_of_percent(12.8, n=1708, decimals=1))
    [218, 219]
    """
    found = _totals(_exact(percent, decimals) / 100, n, decimals + 2)
    return range(max(found.start, 0), min(found.stop, n + 1))


def why_sd_is_impossible(
    mean: float, sd: float, *, n: int, mean_decimals: int, sd_decimals: int
) -> str:
    """Why n people with whole-point scores cannot have this mean and SD (the GRIMMER test).

    Empty if they can, else the first test that fails: "mean" (GRIM), or Allard's "sum-of-squares",
    "sd", "parity". The SD has n - 1 in its denominator; decimals count trailing zeros.

    With a whole total T the sum of squares is Q = (n - 1) sd^2 + T^2 / n. (1) Near the printed
    SD there must be a whole Q; (2) the SD of such a Q must round to the printed one; (3) Q must
    be even when T is even, since a whole number and its square are both even or both odd. Of (1)
    the window is ten times the rounding error, as in Allard's program, so that (2) is the exact
    test. Allard takes one T; here every T that the mean allows is tried, so that a possible pair
    is never called impossible. Passing is no proof: SDs too small for the total pass as well.

    Source: Anaya (2016), The GRIMMER test: a method for testing the validity of reported measures
    of variability. Allard (2018), Analytic-GRIMMER,
    https://aurelienallard.netlify.app/post/anaytic-grimmer-possibility-standard-deviations/

    >>> why_sd_is_impossible(4.50, 2.51, n=30, mean_decimals=2, sd_decimals=2)
    'parity'
    """
    if n < 2 or sd < 0:
        found = f"n {n}, SD {sd:g}"
        raise NotEstimableError("GRIMMER", found=found, allowed="2 people or more, no negative SD")
    totals = _totals(_exact(mean, mean_decimals), n, mean_decimals)
    if not totals:
        return "mean"
    printed, half = _exact(sd, sd_decimals), Fraction(1, 2 * 10**sd_decimals)
    near = any(_squares(total, n, printed, _WIDE * half) for total in totals)
    exact = any(_squares(total, n, printed, half) for total in totals)
    even = any((q - t) % 2 == 0 for t in totals for q in _squares(t, n, printed, half)[:2])
    steps = (("sum-of-squares", near), ("sd", exact), ("parity", even))
    return next((name for name, passed in steps if not passed), "")


def _exact(value: float, decimals: int) -> Fraction:
    """The printed decimal number without the error of binary fractions."""
    if decimals < 0:
        raise NotEstimableError("GRIM", found=f"{decimals} decimals", allowed="0 or more")
    return Fraction(Decimal(f"{value:.{decimals}f}"))


def _totals(mean: Fraction, parts: int, decimals: int) -> range:
    """The whole totals whose mean over so many parts is printed like this."""
    if parts < 1:
        found = f"{parts} scores"
        raise NotEstimableError("GRIM", found=found, allowed="1 person or more")
    half = Fraction(1, 2 * 10**decimals)
    return range(ceil((mean - half) * parts), floor((mean + half) * parts) + 1)


def _squares(total: int, n: int, sd: Fraction, reach: Fraction) -> range:
    """The whole sums of squares whose SD lies within reach of the printed one."""
    base = Fraction(total * total, n)
    low = base + (n - 1) * max(sd - reach, Fraction(0)) ** 2
    high = base + (n - 1) * (sd + reach) ** 2
    return range(ceil(low), floor(high) + 1)
