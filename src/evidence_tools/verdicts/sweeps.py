"""Other bounds beside the stated ones: would a verdict be another one if a bound were moved?"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.verdicts.ledger import cast_votes, rungs_of
from evidence_tools.verdicts.parts import ANY_TIME, Part, Window, parts_of
from evidence_tools.verdicts.tables import Tables, prepare
from evidence_tools.verdicts.tally import Proposal, propose, tally_votes

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One test at other bounds.

    `part`: the test as stated.
    `stated`: what the rule proposes at the stated bounds.
    `others`: bounds in the unit of the window, and the proposal there.
    """

    part: Part
    stated: Proposal
    others: tuple[tuple[Window, Proposal], ...]

    @property
    def moves(self) -> bool:
        """True if some other bound gives another verdict, or the same one on another rung."""
        stated = self.stated.verdict, self.stated.rung
        return any((other.verdict, other.rung) != stated for _, other in self.others)


def sweep_bounds(evidence: Evidence) -> tuple[Sweep, ...]:
    """Every test that counts and whose window has other bounds in ``rules.yml``. In the order of
    ``claims.yml``.
    """
    tables = prepare(evidence)
    return tuple(_sweeps(evidence, tables))


def _sweeps(evidence: Evidence, tables: Tables) -> Iterator[Sweep]:
    others = evidence.rules.claims.sweeps
    for claim in evidence.claims:
        for part, test in zip(parts_of(claim, evidence), claim.tests, strict=True):
            mark = test.window or test.looked
            if not part.beside and mark in others:
                yield Sweep(
                    part=part,
                    stated=_proposed(part, tables),
                    others=tuple(_others(part, others[mark], tables)),
                )


def _others(
    part: Part, bounds: Iterable[tuple[float, float | None]], tables: Tables
) -> Iterator[tuple[Window, Proposal]]:
    for low, high in bounds:
        window = (float(low), math.inf if high is None else float(high))
        moved = dataclasses.replace(
            part,
            window=part.window if part.window == ANY_TIME else window,
            looked=None if part.looked is None else window,
        )
        yield window, _proposed(moved, tables)


def _proposed(part: Part, tables: Tables) -> Proposal:
    return propose(
        part, tally_votes(cast_votes(part, tables), rungs_of(tables.rules)), tables.rules
    )
