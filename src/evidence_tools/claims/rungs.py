"""The rung of a row: who was studied for benefit, which drug and route for side effects.

Both ladders, their order and their words stand in ``rules.yml``.
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


def harm_rung(drug: Any, route: Any, dose: float | None, ladder: Mapping[str, Any]) -> str:
    """The rung of drug, route and dose; the last one where they are not known.

    Parameters
    ----------
    drug, route : str or missing
        As in ``arms.csv``.
    dose : float or None
        In mg/kg, where it was seen.
    ladder : mapping
        The section `harm_ladder` of ``rules.yml``.

    Returns
    -------
    str
        Name of the rung.
    """
    for name, rung in ladder.items():
        highest = rung.get("highest_mg_per_kg")
        low_enough = highest is None or (dose is not None and dose <= highest)
        if word(drug) in rung["drugs"] and word(route) in rung["routes"] and low_enough:
            return name
    return list(ladder)[-1]
