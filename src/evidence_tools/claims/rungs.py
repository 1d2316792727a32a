"""The rung of a row: how near the people who were studied are to those of the claim.

The ladder, its order and its words stand in ``rules.yml``; side effects have the ladder of drug and
route of `incidence`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidence_tools.claims.votes import Row, word


def benefit_rung(row: Row, ladder: Mapping[str, Any]) -> str:
    """The first rung of the ladder whose conditions a row's study meets; empty if none.

    Parameters
    ----------
    row : mapping
        With `directness`, `condition` and `design` of its study.
    ladder : mapping
        The section `ladder` of ``rules.yml``: rung to allowed values by column.

    Returns
    -------
    str
        Name of the rung.
    """
    for name, rung in ladder.items():
        asked = {column: values for column, values in rung.items() if isinstance(values, list)}
        asked.pop("constructs", None)
        if all(word(row[column]) in values for column, values in asked.items()):
            return name
    return ""


def construct_fits(row: Row, rung: str, ladder: Mapping[str, Any]) -> bool:
    """True if a row's construct is the one that the claim is about, on that rung."""
    construct = row["construct"] if "construct" in row else row["effect"]
    return rung != "" and word(construct) in ladder[rung]["constructs"]
