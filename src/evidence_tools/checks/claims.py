"""Rules over claims: their tests, the rows linked to them, and what was recorded about them.

A verdict rests on the rows that are linked to its claim. A link that leads nowhere loses its row
without a word, and a statement that nobody linked was perhaps never weighed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from evidence_tools.base.errors import did_you_mean
from evidence_tools.base.findings import Finding
from evidence_tools.checks.registry import at, once, rule, state, where
from evidence_tools.evidence.claims_file import CLAIMS, TEST_KINDS, Claim, ClaimTest
from evidence_tools.verdicts.certainty import stale_ratings
from evidence_tools.verdicts.ledger import assess_claims, stale

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_NO_CLAIM = "none"
_LINKED = ("results", "timing", "side_effects", "statements")


@rule(CLAIMS, "rules.yml", ground=True)
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
            if test.test_id in seen:
                yield _at_claim(claim, "test_id", test.test_id, "a second test of that name")
            seen.add(test.test_id)


@rule(CLAIMS, "side_effect_terms.csv")
def claim_test_unknown_term(evidence: Evidence) -> Iterator[Finding]:
    """A test on side effects names preferred terms that exist.

    A misspelt term selects no row, and the claim would look untested.
    """
    terms = set(evidence.side_effect_terms["term"])
    for claim in evidence.claims:
        for test in claim.tests:
            for term in test.terms:
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


@rule("claim_links.csv", CLAIMS)
def link_to_unknown_claim(evidence: Evidence) -> Iterator[Finding]:
    """A link to a claim that does not exist is shown nowhere. Each unknown claim is reported
    once, at the first row that names it.
    """
    known = [claim.claim_id for claim in evidence.claims]
    claims = evidence.claim_links.claim_id.dropna()
    unknown = claims[~claims.isin([*known, _NO_CLAIM])]
    allowed = ", ".join([*known, _NO_CLAIM])
    for index, claim, found in once(unknown):
        hint = did_you_mean(claim, known, otherwise="Look for a misspelling.")
        words = {"found": found, "allowed": allowed, "hint": hint}
        yield at(evidence, "claim_links", index, "claim_id", **words)


@rule("claim_links.csv", *(f"{table}.csv" for table in _LINKED), ground=True)
def link_to_unknown_row(evidence: Evidence) -> Iterator[Finding]:
    """A link to a row that is not in the table it names loses the row for every verdict. Each
    lost row is reported once, at the first link to it.
    """
    links = evidence.claim_links
    for table in _LINKED:
        key = evidence.schema[table].primary_key[0]
        lost = links.row_id[(links.table == table) & ~links.row_id.isin(evidence.table(table)[key])]
        for index, row in lost.drop_duplicates().items():
            found, allowed = f"{row!r}, which is not in {table}.csv", f"a {key} of {table}.csv"
            hint = "Correct the id or the table, or delete the link with the row."
            words = {"found": found, "allowed": allowed, "hint": hint}
            yield at(evidence, "claim_links", index, "row_id", **words)


@rule("statements.csv", "claim_links.csv")
def statement_without_link(evidence: Evidence) -> Iterator[Finding]:
    """Statements carry no claim of their own. One that is linked to no claim, and not marked as
    bearing on none, was perhaps never weighed.
    """
    statements = evidence.statements.statement_id
    linked = evidence.claim_links.row_id[evidence.claim_links.table == "statements"]
    for index in where(statements.notna() & ~statements.isin(linked)):
        words = {
            "found": "a statement that no line of claim_links.csv names",
            "allowed": "a line in claim_links.csv",
            "hint": f"Link it to the claims it bears on, or to {_NO_CLAIM!r} if it bears on none.",
        }
        yield at(evidence, "statements", index, "statement_id", **words)


@rule("claim_links.csv")
def none_beside_a_claim(evidence: Evidence) -> Iterator[Finding]:
    """A row marked as bearing on no claim cannot bear on one; and the mark is there to account
    for statements, so other rows need none.
    """
    links = evidence.claim_links
    marked = links.claim_id == _NO_CLAIM
    elsewhere = links.row_id.isin(links.row_id[~marked])
    for index in where(marked & (elsewhere | (links.table != "statements"))):
        allowed = "a statement that no other link names"
        hint = "Delete this line, or the links to claims."
        yield at(evidence, "claim_links", index, "claim_id", allowed=allowed, hint=hint)


@rule("verdicts.csv", "certainty.csv", CLAIMS, late=True)
def read_again(evidence: Evidence) -> Iterator[Finding]:
    """A verdict rests on the rows that voted when it was recorded. When the evidence has moved
    since, the reason may no longer hold, and a person has to read the rows again.
    """
    ledger = assess_claims(evidence)
    yield from stale(evidence, ledger)
    yield from stale_ratings(evidence, ledger)


state(
    "Claims and verdicts",
    ("certainty.csv",),
    {
        "rate-again": "A recorded certainty names the steps that the rule took. When the rule now "
        "proposes other steps, a person has to rate again."
    },
    late=True,
)


_CHECK = "Compare with claims.yml."


def _unknown_words(
    claim: Claim, test: ClaimTest, known: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    for name, allowed in known.items():
        if (word := getattr(test, name)) and word not in allowed:
            yield _at_claim(claim, name, word, f"{test.test_id}: {name} {word!r}", allowed)


def _at_claim(
    claim: Claim, column: str, value: str, found: str, allowed: Collection[str] = ()
) -> Finding:
    otherwise = "Compare with the tests of the other claims."
    return Finding(
        file=CLAIMS,
        line=claim.line,
        row_id=claim.claim_id,
        column=column,
        value=value,
        found=found,
        allowed=", ".join(allowed),
        hint=did_you_mean(value, allowed, otherwise=otherwise),
    )
