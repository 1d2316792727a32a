"""``claims.yml`` as typed objects: what the clinic claims, and the tests written for it."""

from __future__ import annotations

from dataclasses import dataclass

from evidence_tools.base.findings import Finding
from evidence_tools.evidence.typed_yaml import Words, read_typed

CLAIMS = "claims.yml"
TEST_KINDS = (
    *("onset", "lasting", "loss", "side-effect-time", "share", "contrast"),
    *("incidence", "more-than-control", "links"),
)
"""Kinds of tests: which rows vote on a part of a claim, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a test of a claim asks for.

    `asks`: what is asked, in plain words.
    `kind`: which rows vote and how, one of `TEST_KINDS`.
    `strength`: what the word of the page asks for: can, studies, people, plain, facts.
    `beside`: shown beside the claim (another reading, another bound), without a say in the verdict.
    `phases`, `events`, `terms`, `conditions`, `tables`: phase of dosing, events of timing rows,
        preferred terms of side effects, conditions of the study, tables of linked rows; empty: any.
    `reading`: from when the page's time is counted.
    `refractory`: only studies of people who had not responded to other treatment.
    `second_hand`: a page that reproduces an issuer's notice counts: it decides that the notice
        exists.
    """

    test_id: str
    asks: str
    kind: str
    strength: str = "plain"
    beside: bool = False
    phases: Words = ()
    events: Words = ()
    terms: Words = ()
    conditions: Words = ()
    tables: Words = ()
    reading: str = "start"
    refractory: bool = False
    second_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTest(Asked):
    """A test as stated: `window` and `looked` name marks of ``rules.yml``, or are empty."""

    window: str = ""
    looked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim of the clinic's page, in our words.

    `headline`: True for the claims a patient acts on: onset, duration, side effects.
    `locator`: the headings under which it stands on the page.
    `strength`: the words on which it leans: "can", "often", "most".
    `differs_from`: claims of the same page that say something else.
    `tests`: its tests, written before they were run.
    """

    claim_id: str
    claim: str
    headline: bool
    topic: str
    locator: str
    strength: str
    note: str = ""
    differs_from: Words = ()
    tests: tuple[ClaimTest, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """The claims and the reference key of the page on which they stand."""

    source: str
    source_note: str = ""
    claims: tuple[Claim, ...] = ()


def parse_claims(text: str) -> tuple[ClaimFile, list[Finding]]:
    """The claims in a YAML text, none if one is malformed, and everything that is wrong with it:
    ``unparsed-yaml``, ``claim-malformed`` or ``duplicate-id``.
    """
    file, findings = read_typed(ClaimFile, file=CLAIMS, text=text, rule="claim-malformed")
    if findings:
        return ClaimFile(source=""), findings
    kept: dict[str, Claim] = {}
    for claim in file.claims:
        if kept.setdefault(claim.claim_id, claim) is not claim:
            findings.append(_second(claim))
    return ClaimFile(source=file.source, claims=tuple(kept.values())), findings


def _second(claim: Claim) -> Finding:
    return Finding(
        rule="duplicate-id",
        file=CLAIMS,
        line=claim.line,
        row_id=claim.claim_id,
        found=f"a second {claim.claim_id!r}",
        hint="Rename one of them.",
    )
