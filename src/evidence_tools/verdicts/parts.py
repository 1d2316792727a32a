"""The tests of ``claims.yml`` as typed parts of a claim.

A compound claim is split: each part is one test, and a headline cannot exceed its weakest part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_tools.base.errors import UnknownTermError

if TYPE_CHECKING:
    from evidence_tools.evidence.claims_file import Claim
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import Mark

Window = tuple[float, float]
"""Minutes, both ends included; infinite where the window is open."""

ANY_TIME: Window = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One test of a claim.

    `claim_id`, `test_id`: the claim and its part.
    `asks`: what is asked, in plain words.
    `kind`: which rows vote and how: onset, lasting, loss, side-effect-time, share, contrast,
        incidence, more-than-control, links.
    `strength`: what the word of the page asks for: can, studies, people, plain.
    `beside`: shown beside the claim (another reading, another bound), without a say in the verdict.
    `window`: minutes that the claim names; infinite where it names none.
    `looked`: minutes within which a contrast must have been looked for to count.
    `phases`, `events`, `terms`, `conditions`, `tables`: phase of dosing, events of timing rows,
        preferred terms of side effects, conditions of the study, tables of linked rows; empty: any.
    `reading`: from when the page's time is counted.
    `refractory`: only studies of people who had not responded to other treatment.
    `second_hand`: a page that reproduces an issuer's notice counts: it decides that the notice
        exists.
    """

    claim_id: str
    test_id: str
    asks: str
    kind: str
    strength: str = "plain"
    beside: bool = False
    window: Window = ANY_TIME
    looked: Window | None = None
    phases: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    reading: str = "start"
    refractory: bool = False
    second_hand: bool = False

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
    for stated in claim.tests:
        typed: dict[str, Any] = {
            name: mark_window(marks, value) if name in _MARKS else _typed(value)
            for name, value in stated.items()
        }
        yield Part(claim_id=claim.claim_id, **typed)


_MARKS = ("window", "looked")


def mark_window(marks: Mapping[str, Mark], name: str) -> Window:
    """The interval of a mark of ``rules.yml`` in minutes; a missing end is open."""
    if name not in marks:
        allowed = ", ".join(marks)
        raise UnknownTermError("claims.yml", found=f"mark {name!r}", allowed=allowed)
    return marks[name].window


def _typed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
