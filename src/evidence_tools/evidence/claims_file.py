"""The YAML files of words: what the clinic claims, and what is asked.

Text in, plain objects and findings out. Line numbers come from the YAML parser's marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import yaml

from evidence_tools.base.errors import did_you_mean
from evidence_tools.base.findings import Finding
from evidence_tools.evidence.typed_yaml import unparsed

CLAIMS = "claims.yml"
QUESTIONS = "questions.yml"
_SECTIONS = ("populations", "windows", "dosing", "comparators", "outcomes", "pooling")
TEST_KINDS = (
    "onset",
    "lasting",
    "loss",
    "side-effect-time",
    "share",
    "contrast",
    "incidence",
    "more-than-control",
    "links",
)
"""Kinds of tests: which rows vote on a part of a claim, and how."""
_TEST_REQUIRED = ("test_id", "asks", "kind")
TEST_NAMES = (
    *(*_TEST_REQUIRED, "strength", "beside", "window", "looked", "reading", "refractory"),
    *("phases", "events", "terms", "conditions", "tables", "second_hand"),
)
"""What a test may state."""
_LISTS = ("differs_from", "tests")
_REQUIRED = ("claim_id", "headline", "topic", "claim", "locator", "strength")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim of the clinic's page, in our words.

    `headline`: True for the claims a patient acts on: onset, duration, side effects.
    `locator`: the headings under which it stands on the page.
    `strength`: the words on which it leans: "can", "often", "most".
    `differs_from`: claims of the same page that say something else.
    `tests`: its tests as stated, written before they were run.
    `line`: line of the claim in ``claims.yml``.
    """

    claim_id: str
    claim: str
    headline: bool
    topic: str
    locator: str
    strength: str
    note: str = ""
    differs_from: tuple[str, ...] = ()
    tests: tuple[Mapping[str, Any], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """The claims and the reference key of the page on which they stand."""

    source: str
    claims: tuple[Claim, ...]


def parse_claims(text: str) -> tuple[ClaimFile, list[Finding]]:
    """The claims in a YAML text, and everything that is wrong with it.

    `claims`: the claims that could be read, in the order of the file.
    `findings`: ``unparsed-yaml``, ``claim-malformed`` or ``duplicate-id``.
    """
    document, findings = _parse(CLAIMS, text)
    entries = document.get("claims")
    if findings or not isinstance(entries, list):
        findings = findings or [_finding(CLAIMS, "claim-malformed", 1, "", "no list of claims")]
        return ClaimFile(source="", claims=()), findings
    lines = _claim_lines(text)
    claims: list[Claim] = []
    for entry, line in zip(entries, lines, strict=True):
        problems = list(_check_claim(entry, line, {claim.claim_id for claim in claims}))
        findings += problems
        if not problems:
            lists = {name: tuple(entry[name]) for name in _LISTS if name in entry}
            claims.append(Claim(**entry | lists, line=line))
    return ClaimFile(source=str(document.get("source", "")), claims=tuple(claims)), findings


def parse_questions(text: str) -> tuple[Mapping[str, Any], list[Finding]]:
    """The sections of ``questions.yml``, and whether they could be parsed.

    `sections`: sections and what they hold.
    `findings`: ``unparsed-yaml`` or ``section-missing``.
    """
    sections, findings = _parse(QUESTIONS, text)
    if not findings:
        findings = [
            _finding(QUESTIONS, "section-missing", 1, "", f"no section {section!r}")
            for section in _SECTIONS
            if not isinstance(sections.get(section), dict)
        ]
    return sections, findings


_FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C wherever PyYAML was built with it: a tenth of the time for the same nodes."""


class _StrictLoader(_FAST_LOADER):  # type: ignore[misc]
    """YAML in which a name stands once; PyYAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node, unless it holds a name twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the name {key.value!r} a second time"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _parse(name: str, text: str) -> tuple[dict[str, Any], list[Finding]]:
    try:
        document = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        return {}, [unparsed(name, error)]
    if not isinstance(document, dict):
        return {}, [
            _finding(
                name, "unparsed-yaml", 1, "", "no mapping of names to values", hint="Mend the YAML."
            )
        ]
    return document, []


def _claim_lines(text: str) -> list[int]:
    root = yaml.compose(text, Loader=_FAST_LOADER)
    for key, value in root.value if root else ():
        if key.value == "claims":
            return [node.start_mark.line + 1 for node in value.value]
    return []


def _check_claim(entry: Any, line: int, seen: set[str]) -> Iterator[Finding]:
    allowed = [field.name for field in fields(Claim) if field.name != "line"]
    if not isinstance(entry, dict):
        yield _finding(CLAIMS, "claim-malformed", line, "", "an entry without names")
        return
    claim_id = str(entry.get("claim_id", ""))
    for name in entry:
        if name not in allowed:
            yield _unknown(line, claim_id, name, allowed)
    for name in _REQUIRED:
        if entry.get(name) in (None, ""):
            yield _finding(CLAIMS, "claim-malformed", line, claim_id, f"no {name!r}")
    if not isinstance(entry.get("headline", True), bool):
        found = f"headline {entry['headline']!r}"
        yield _finding(CLAIMS, "claim-malformed", line, claim_id, found, "true, false")
    for test in entry.get("tests") or ():
        yield from _check_test(test, line, claim_id)
    if claim_id in seen:
        yield _finding(CLAIMS, "duplicate-id", line, claim_id, f"a second {claim_id!r}")


def _check_test(test: Any, line: int, claim_id: str) -> Iterator[Finding]:
    stated = test if isinstance(test, dict) else {}
    for name in _TEST_REQUIRED:
        if stated.get(name) in (None, ""):
            yield _finding(CLAIMS, "claim-malformed", line, claim_id, f"a test without {name!r}")
    for name in stated:
        if name not in TEST_NAMES:
            yield _unknown(line, claim_id, name, TEST_NAMES, " in a test")


def _unknown(line: int, claim_id: str, name: str, names: Sequence[str], where: str = "") -> Finding:
    found, allowed = f"unknown name {name!r}{where}", ", ".join(names)
    hint = did_you_mean(str(name), names, otherwise="Delete it.")
    return _finding(CLAIMS, "claim-malformed", line, claim_id, found, allowed, hint)


def _finding(
    file: str,
    rule: str,
    line: int,
    row_id: str,
    found: str,
    allowed: str = "",
    hint: str = "Compare with the entries around it.",
) -> Finding:
    return Finding(
        rule=rule,
        file=file,
        line=line,
        row_id=row_id,
        found=found,
        allowed=allowed,
        hint=hint,
    )
