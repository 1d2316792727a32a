"""The exceptions of the project, and the one pattern of their messages.

A message says the place, what was found, what is allowed and what to do, in one line. Nothing
here reads files or knows tables.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class EvidenceError(Exception):
    """Anything wrong that a user of the project can cause."""

    def __init__(self, place: str, *, found: str, allowed: str = "", hint: str = "") -> None:
        self.place = place
        self.found = found
        self.allowed = allowed
        self.hint = hint
        super().__init__(message(place, found=found, allowed=allowed, hint=hint))


class EvidenceFileError(EvidenceError):
    """A file of the evidence is missing or cannot be read."""


class UnknownTermError(EvidenceError):
    """A word that is not in its vocabulary, or an id that nothing carries."""


class UnitError(EvidenceError):
    """A unit of time that the project does not know."""


class NotEstimableError(EvidenceError):
    """The arithmetic has no answer for these numbers."""


def message(place: str, *, found: str, allowed: str = "", hint: str = "") -> str:
    """Place, found, allowed and hint joined to one line.

    >>> message("results.csv, line 3, time_unit", found="'hours'", allowed="min, h, d, wk, mo")
    "results.csv, line 3, time_unit: found 'hours'; allowed: min, h, d, wk, mo"
    """
    parts = [f"{place}: found {found}"]
    if allowed:
        parts.append(f"allowed: {allowed}")
    text = "; ".join(parts)
    return f"{text}. {hint}" if hint else text


_ALIKE = 0.6
"""Share of letters in common from which two words count as alike."""


def nearest(found: str, allowed: Iterable[str], *, most: int = 1) -> list[str]:
    """The allowed words that were probably meant: alike, or one a part of the other."""
    words = [str(word) for word in allowed]
    near = get_close_matches(found, words, n=most, cutoff=_ALIKE)
    parts = [word for word in words if found and word and (found in word or found.startswith(word))]
    parts.sort(key=lambda word: abs(len(word) - len(found)))
    return list(dict.fromkeys([*near, *parts]))[:most]


def did_you_mean(found: str, allowed: Iterable[str], *, most: int = 1, otherwise: str = "") -> str:
    """The hint that names the nearest allowed words, or another hint where none is near.

    >>> did_you_mean("hours", ["min", "h", "d"])
    "Did you mean 'h'?"
    """
    near = nearest(found, allowed, most=most)
    return f"Did you mean {' or '.join(repr(word) for word in near)}?" if near else otherwise
