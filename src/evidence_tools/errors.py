"""The exceptions of the project, and the one pattern of their messages.

A message says the place, what was found, what is allowed and what to do, in one line. Nothing
here reads files or knows tables.
"""


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

    Examples
    --------
    >>> message("results.csv, line 3, time_unit", found="'hours'", allowed="min, h, d, wk, mo")
    "results.csv, line 3, time_unit: found 'hours'; allowed: min, h, d, wk, mo"
    """
    parts = [f"{place}: found {found}"]
    if allowed:
        parts.append(f"allowed: {allowed}")
    text = "; ".join(parts)
    return f"{text}. {hint}" if hint else text
