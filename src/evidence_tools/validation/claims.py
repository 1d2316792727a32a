"""Rules over the tests of ``claims.yml`` and the verdicts that were recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evidence_tools.findings import Finding
from evidence_tools.loading import Evidence
from evidence_tools.validation.registry import at, rule, where
from evidence_tools.yaml_files import CLAIMS, TEST_KINDS, Claim


@rule(CLAIMS, "rules.yml")
def claim_test_unknown_word(evidence: Evidence) -> Iterator[Finding]:
    """A test of a claim names a kind of vote, marks and strengths that exist, and its own id once.

    A test that names a window nobody stated cannot be run, and two tests of one name hide each
    other in every table.
    """
    known = {
        "kind": TEST_KINDS,
        "window": tuple(evidence.rules.marks),
        "looked": tuple(evidence.rules.marks),
        "strength": tuple(evidence.rules.claims.fewest_programmes),
    }
    for claim in evidence.claims:
        seen: set[str] = set()
        for test in claim.tests:
            yield from _unknown_words(claim, test, known)
            if test["test_id"] in seen:
                yield _at_claim(claim, "test_id", test["test_id"], "a second test of that name")
            seen.add(test["test_id"])


@rule(CLAIMS, "side_effect_terms.csv")
def claim_test_unknown_term(evidence: Evidence) -> Iterator[Finding]:
    """A test on side effects names preferred terms that exist.

    A misspelt term selects no row, and the claim would look untested.
    """
    terms = set(evidence.side_effect_terms["term"])
    for claim in evidence.claims:
        for test in claim.tests:
            for term in test.get("terms", ()):
                if term not in terms:
                    yield _at_claim(claim, "terms", term, "no such preferred term")


@rule(CLAIMS)
def claim_differs_from_no_claim(evidence: Evidence) -> Iterator[Finding]:
    """A claim that contradicts another one on the page names an existing other claim.

    Readers see such claims together; a name that leads nowhere hides the contradiction.
    """
    ids = {claim.claim_id for claim in evidence.claims}
    for claim in evidence.claims:
        for other in claim.differs_from:
            if other not in ids - {claim.claim_id}:
                yield _at_claim(claim, "differs_from", other, "no other claim of that id")


@rule("verdicts.csv", CLAIMS)
def verdict_without_claim(evidence: Evidence) -> Iterator[Finding]:
    """A recorded verdict belongs to a claim of the page.

    A verdict on a claim that nobody makes would be counted and shown nowhere.
    """
    ids = [claim.claim_id for claim in evidence.claims]
    claimed = evidence.verdicts["claim_id"]
    for index in where(claimed.notna() & ~claimed.isin(ids)):
        yield at(
            evidence, "verdicts", index, "claim_id", allowed="a claim of claims.yml", hint=_CHECK
        )


_CHECK = "Compare with claims.yml."


def _unknown_words(
    claim: Claim, test: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    for name, allowed in known.items():
        if name in test and test[name] not in allowed:
            found = f"{test['test_id']}: {name} {test[name]!r}"
            yield _at_claim(claim, name, str(test[name]), found, ", ".join(allowed))


def _at_claim(claim: Claim, column: str, value: str, found: str, allowed: str = "") -> Finding:
    return Finding(
        rule="",
        severity="error",
        file=CLAIMS,
        line=claim.line,
        row_id=claim.claim_id,
        column=column,
        value=value,
        found=found,
        allowed=allowed,
        hint="Compare with the tests of the other claims.",
    )
