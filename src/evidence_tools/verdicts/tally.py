"""Votes counted by rung and programme, and the verdict that the rule proposes.

One programme has one voice on a rung: its randomised contrasts before its other rows; if those
disagree among themselves, the programme stands on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Vote

if TYPE_CHECKING:
    from evidence_tools.evidence.rules import ClaimRules
    from evidence_tools.verdicts.parts import Part

Verdict = Literal["supported", "partly-supported", "mixed", "contradicted", "not-tested"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Votes on one test from one rung.

    `rung`: name of the rung.
    `counts`: rows by relation; all four are always there.
    `programmes_for`, `programmes_against`: programmes by their voice; one that disagrees with
        itself is in both.
    `decisive_for`, `decisive_against`: those of them whose voice is a randomised contrast, or the
        issuer's own words.
    `could_contradict`: rows that could have shown otherwise.
    """

    rung: str
    counts: Mapping[str, int]
    programmes_for: tuple[str, ...]
    programmes_against: tuple[str, ...]
    decisive_for: tuple[str, ...]
    decisive_against: tuple[str, ...]
    could_contradict: tuple[str, ...]

    @property
    def decided(self) -> bool:
        """True if any row of the rung says yes or no."""
        return bool(self.programmes_for or self.programmes_against)

    def __str__(self) -> str:
        counts = self.counts
        return (
            f"{self.rung}: {counts[FOR]} for ({len(self.programmes_for)}), "
            f"{counts[AGAINST]} against ({len(self.programmes_against)}), "
            f"{counts[MAYBE]} compatible, {counts[SILENT]} cannot tell"
        )


def tally_votes(votes: Sequence[Vote], rungs: Iterable[str]) -> tuple[Tally, ...]:
    """One tally per rung that has any row, in the order of the ladder. Rungs without a row are left
    out.
    """
    by_rung: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_rung[vote.rung].append(vote)
    return tuple(_tally(rung, by_rung[rung]) for rung in rungs if rung in by_rung)


def _tally(rung: str, votes: Sequence[Vote]) -> Tally:
    voices = _voices(votes)
    sides = {
        side: tuple(name for name, voice in voices.items() if side in {v.relation for v in voice})
        for side in (FOR, AGAINST)
    }
    decisive = {
        side: tuple(
            name
            for name in sides[side]
            if any(v.decisive and v.relation == side for v in voices[name])
        )
        for side in (FOR, AGAINST)
    }
    return Tally(
        rung=rung,
        counts={
            relation: sum(v.relation == relation for v in votes)
            for relation in (FOR, AGAINST, MAYBE, SILENT)
        },
        programmes_for=sides[FOR],
        programmes_against=sides[AGAINST],
        decisive_for=decisive[FOR],
        decisive_against=decisive[AGAINST],
        could_contradict=tuple(row for v in votes if v.could_contradict for row in v.row_ids),
    )


def _voices(votes: Sequence[Vote]) -> dict[str, list[Vote]]:
    """The decided votes that speak for each programme: its decisive ones, else all."""
    decided: dict[str, list[Vote]] = defaultdict(list)
    for vote in sorted(votes, key=lambda v: (v.programme, v.row_ids)):
        if vote.decided:
            decided[vote.programme].append(vote)
    return {name: [v for v in group if v.decisive] or group for name, group in decided.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the rule proposes for one test, on which rung, and why."""

    verdict: Verdict
    rung: str
    why: str


def propose(part: Part, tallies: Sequence[Tally], rules: ClaimRules) -> Proposal:
    """The verdict of one test, given by the highest rung that could tell.

    "not-tested" where no rung could tell. Supported: at least the stated number of programmes, one
    of them decisive, none against, and rows that could have contradicted. For "can" and "some" one
    decisive row is enough if another programme agrees on any rung. A share of studies asks for more
    programmes.
    """
    deciding = [tally for tally in tallies if tally.decided]
    if not deciding:
        return Proposal(verdict="not-tested", rung="", why="no row could tell")
    top = deciding[0]
    if top.programmes_for and top.programmes_against:
        sides = _listed(part, top.programmes_for), _listed(part, top.programmes_against)
        why = f"{sides[0]} for, {sides[1]} against"
        return Proposal(verdict="mixed", rung=top.rung, why=why)
    if top.programmes_against:
        why = f"{_listed(part, top.programmes_against)} against, none for"
        return Proposal(verdict="contradicted", rung=top.rung, why=why)
    missing = list(_missing(part, top, deciding, rules))
    verdict: Verdict = "partly-supported" if missing else "supported"
    why = "; ".join(missing) or f"{_listed(part, top.programmes_for)} for, none against"
    if len(top.programmes_for) == 1 and "only" not in why:
        why += f"; on this rung {_listed(part, top.programmes_for)} only"
    return Proposal(verdict=verdict, rung=top.rung, why=why)


def _missing(part: Part, top: Tally, deciding: Sequence[Tally], rules: ClaimRules) -> Iterable[str]:
    """What keeps a test without any row against it from being supported."""
    fewest = rules.fewest_programmes[part.strength]
    agreeing = {name for tally in deciding for name in tally.programmes_for}
    enough = len(agreeing) if part.strength == "can" else len(top.programmes_for)
    if enough < fewest:
        yield f"{_listed(part, agreeing if part.strength == 'can' else top.programmes_for)} only"
    if not top.decisive_for and part.strength not in rules.strengths_without_contrast:
        yield "not read at first hand" if part.strength == "facts" else "no randomised contrast"
    if not top.could_contradict:
        yield "no row could have shown otherwise"
    if part.strength == "can" and any(tally.decisive_against for tally in deciding[1:]):
        yield "a controlled row against on a lower rung"


def _listed(part: Part, names: Iterable[str]) -> str:
    """How many programmes, or sources of facts, and which."""
    noun = "source" if part.kind == "links" and part.strength != "plain" else "programme"
    listed = sorted(names)
    return f"{len(listed)} {noun}{'' if len(listed) == 1 else 's'} ({', '.join(listed)})"


def combine(proposals: Sequence[Proposal]) -> Proposal:
    """The verdict of a claim from those of its parts; it cannot exceed its weakest part.

    An untested part caps it at "partly-supported", a contradicted or mixed part at "mixed"; it is
    contradicted only if every part is. Its rung is that of the first part that could be tested.

    >>> yes = Proposal(verdict="supported", rung="direct", why="")
    >>> combine([yes, Proposal(verdict="not-tested", rung="", why="")]).verdict
    'partly-supported'
    """
    tested = [proposal for proposal in proposals if proposal.verdict != "not-tested"]
    why = "; ".join(dict.fromkeys(proposal.why for proposal in proposals if proposal.why))
    if not tested:
        return Proposal(verdict="not-tested", rung="", why=why or "no test is written")
    return Proposal(verdict=_weakest(proposals, tested), rung=tested[0].rung, why=why)


def _weakest(proposals: Sequence[Proposal], tested: Sequence[Proposal]) -> Verdict:
    found = {proposal.verdict for proposal in tested}
    untested = len(tested) < len(proposals)
    if found == {"contradicted"} and not untested:
        return "contradicted"
    if found & {"contradicted", "mixed"}:
        return "mixed"
    return "partly-supported" if untested or "partly-supported" in found else "supported"
