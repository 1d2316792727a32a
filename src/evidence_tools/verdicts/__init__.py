"""Tests of claims, the rows that vote on them, the rule, the certainty, and the page of a claim."""
