"""A derived number with its history, and the checks that every conversion makes at its door."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from evidence_tools.base.errors import NotEstimableError

Quantity = Literal["mean", "sd", "se", "r", "t", "yi", "vi"]

DERIVATIONS = {
    "reported": "printed in the source",
    "from-ci": "from a confidence interval",
    "from-p": "from a two-sided p-value",
    "from-t": "from a t statistic",
    "from-f": "from an F statistic on 1 and some degrees of freedom",
    "from-z": "from a z statistic",
    "from-se": "from a standard error",
    "from-sd": "from a standard deviation",
    "from-sds": "from the standard deviations of both conditions and of their difference",
    "from-r": "from the standard deviations of both conditions and their correlation",
    "from-quartiles": "from the median and the quartiles",
    "from-range": "from the median and the range",
    "from-five-numbers": "from the median, the quartiles and the range",
}
"""How a number can come to be, and the words for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One number, and how it came to be.

    Attributes
    ----------
    quantity : {"mean", "sd", "se", "r", "t", "yi", "vi"}
        What the number is.
    value : float
        The number, in the unit of the instrument (logs, where a function was asked for them; r and
        t have none).
    derivation : str
        One of `DERIVATIONS`.
    method : str
        Distribution or paper whose formula was used.
    notes : tuple of str
        What a reader should know before trusting it.
    """

    quantity: Quantity
    value: float
    derivation: str
    method: str
    notes: tuple[str, ...] = ()


def require(truth: bool, place: str, *, found: str, allowed: str, hint: str = "") -> None:
    """Refuse numbers that cannot be, in the words of the project's errors."""
    if not truth:
        raise NotEstimableError(place, found=found, allowed=allowed, hint=hint)


def require_finite(place: str, **numbers: float) -> None:
    """Refuse a missing or an infinite number."""
    for name, number in numbers.items():
        require(
            math.isfinite(number),
            f"{place}, {name}",
            found=f"{number:g}",
            allowed="a finite number",
        )


def require_positive(place: str, **numbers: float) -> None:
    """Refuse a number that is not above 0."""
    require_finite(place, **numbers)
    for name, number in numbers.items():
        require(number > 0, f"{place}, {name}", found=f"{number:g}", allowed="above 0")


def require_participants(place: str, least: int, **counts: float) -> None:
    """Refuse a number of participants that is not whole or too small for the formula."""
    for name, count in counts.items():
        whole = math.isfinite(count) and float(count).is_integer()
        require(
            whole and count >= least,
            f"{place}, {name}",
            found=f"{count:g}",
            allowed=f"a whole number from {least} on",
        )
