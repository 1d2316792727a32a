"""The tests of ``claims.yml`` as typed parts of a claim.

A compound claim is split: each part is one test, and a headline cannot exceed its weakest part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.evidence.claims_file import Asked

if TYPE_CHECKING:
    from evidence_tools.evidence.claims_file import Claim
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import Mark

Window = tuple[float, float]
"""Minutes, both ends included; infinite where the window is open."""

ANY_TIME: Window = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Asked):
    """One test of a claim.

    `window`: minutes that the claim names; infinite where it names none.
    `looked`: minutes within which a contrast must have been looked for to count.
    """

    claim_id: str
    window: Window = ANY_TIME
    looked: Window | None = None

    @property
    def name(self) -> str:
        """Claim and test, joined by a slash."""
        return f"{self.claim_id}/{self.test_id}"


def parts_of(claim: Claim, evidence: Evidence) -> tuple[Part, ...]:
    """The parts of a claim, in the order of the file. Empty where no test is written yet. Raises
    UnknownTermError if a test names a mark that ``rules.yml`` does not hold.
    """
    return tuple(_parts(claim, evidence.rules.marks))


def _parts(claim: Claim, marks: Mapping[str, Mark]) -> Iterator[Part]:
    for test in claim.tests:
        yield Part(
            claim_id=claim.claim_id,
            window=mark_window(marks, test.window) if test.window else ANY_TIME,
            looked=mark_window(marks, test.looked) if test.looked else None,
            **{one.name: getattr(test, one.name) for one in fields(Asked)},
        )


def mark_window(marks: Mapping[str, Mark], name: str) -> Window:
    """The interval of a mark of ``rules.yml`` in minutes; a missing end is open."""
    if name not in marks:
        allowed = ", ".join(marks)
        raise UnknownTermError("claims.yml", found=f"mark {name!r}", allowed=allowed)
    return marks[name].window
