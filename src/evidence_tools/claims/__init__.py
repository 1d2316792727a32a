"""The ledger of claims: each claim's tests, the rows that vote, and the verdict they propose.

A claim's tests stand in ``claims.yml`` and were written before they were run; every threshold is
in ``rules.yml``. Rows vote, not studies: a row is consistent with a test, inconsistent, compatible,
or cannot tell, always with its reason. Votes are counted by rung and programme; a rule proposes a
verdict, and ``verdicts.csv`` records what was decided and on which tally.
"""

from evidence_tools.claims.ledger import (
    ClaimAssessment,
    ClaimLedger,
    assess_claims,
    stale,
    stands_on,
)

__all__ = ["ClaimAssessment", "ClaimLedger", "assess_claims", "stale", "stands_on"]
