"""The rung of a row: how near the people who were studied are to those of the claim.

The ladder, its order and its words stand in ``rules.yml``; side effects have the ladder of drug and
route of `incidence`.
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence_tools.claims.votes import Row, word
from evidence_tools.evidence.rules import Rung

_ASKED = ("directness", "condition", "design")
"""What a rung asks of a study; a rung that names no value of a column takes any."""


def benefit_rung(row: Row, ladder: Mapping[str, Rung]) -> str:
    """The first rung of the ladder whose conditions a row's study meets; empty if none.

    Parameters
    ----------
    row : mapping
        With `directness`, `condition` and `design` of its study.
    ladder : mapping of str to Rung
        The section `ladder` of ``rules.yml``: rung to allowed values by column.

    Returns
    -------
    str
        Name of the rung.
    """
    for name, rung in ladder.items():
        asked = {column: getattr(rung, column) for column in _ASKED}
        if all(not values or word(row[column]) in values for column, values in asked.items()):
            return name
    return ""


def construct_fits(row: Row, rung: str, ladder: Mapping[str, Rung]) -> bool:
    """True if a row's construct is the one that the claim is about, on that rung."""
    construct = row["construct"] if "construct" in row else row["effect"]
    return rung != "" and word(construct) in ladder[rung].constructs
