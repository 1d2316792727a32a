"""What is in the evidence: claims, rungs, how numbers were seen, and what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words
from evidence_tools.display.display import Column, Prose, Table
from evidence_tools.display.style import RUNGS, SOURCE_LEVELS
from evidence_tools.evidence.joined import joined

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_SEEN_TABLES = ("arms", "results", "timing", "side_effects", "statements")


def table_of_rungs(evidence: Evidence) -> Table:
    """How many studies, programmes and rows each rung of directness has.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Table
        One row per rung, nearest to the claims first.
    """
    studies = evidence.studies

    def rows(table: str) -> Callable[[str], int]:
        """Counts the rows of a table whose study stands on a rung."""
        return lambda rung: int(evidence.table(table)["study_id"].isin(_ids(studies, rung)).sum())

    columns = (
        Column("Rung", lambda rung: RUNGS[rung].words),
        Column("Studies", lambda rung: len(_ids(studies, rung)), "right"),
        Column("Randomised trials", lambda rung: _randomised(_on(studies, rung)), "right"),
        Column("Programmes", lambda rung: _on(studies, rung)["programme"].nunique(), "right"),
        Column("Results", rows("results"), "right"),
        Column("Times", rows("timing"), "right"),
        Column("Side effects", rows("side_effects"), "right"),
    )
    return Table.of(columns, RUNGS)


def _on(studies: pd.DataFrame, rung: str) -> pd.DataFrame:
    return studies[studies["directness"] == rung]


def _ids(studies: pd.DataFrame, rung: str) -> pd.Series[str]:
    return _on(studies, rung)["study_id"]


def _randomised(studies: pd.DataFrame) -> int:
    return int(studies["design"].isin(["rct-parallel", "rct-crossover"]).sum())


def table_of_source_levels(evidence: Evidence) -> Table:
    """How the rows of each table were seen.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Table
        One row per table, one column per level of source.
    """
    levels = {name: evidence.table(name)["source_level"] for name in _SEEN_TABLES}
    counts = (
        Column(words, partial(_seen_at, level), "right") for level, words in SOURCE_LEVELS.items()
    )
    name = Column("Table", lambda pair: pair[0].replace("_", " "))
    return Table.of((name, *counts), levels.items())


def _seen_at(level: str, pair: tuple[str, pd.Series[str]]) -> int:
    return int((pair[1] == level).sum())


def summary_of_evidence(evidence: Evidence) -> Prose:
    """One paragraph: how much there is, and how it was seen.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Prose
        Its numbers are counted from the tables.
    """
    levels = pd.concat([evidence.table(name)["source_level"] for name in _SEEN_TABLES])
    abstract = int((levels == "abstract").sum())
    direct = evidence.studies[evidence.studies["directness"] == "direct"]
    trials = _randomised(direct)
    claims = evidence.claims
    headline = sum(claim.headline for claim in claims)
    return Prose(
        f"{len(claims)} claims of one clinic's page, {headline} of them headline claims, are held "
        f"against {len(evidence.studies)} trials, cohorts and reviews from "
        f"{len(evidence.references)} sources. Only {len(direct)} of them are about people with a "
        f"primary anxiety disorder, and {trials} of those are randomised trials. Of {len(levels)} "
        f"facts with a source, {abstract} were read in an abstract only. An empty cell means that "
        f"nobody has seen the number; it never means zero."
    )


def gap_records(evidence: Evidence) -> list[dict[str, Any]]:
    """What is wanted, by the claim it would settle.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    list of dict
        One per claim in the order of ``claims.yml``, then one with `claim_id` None for what bears
        on no claim; `wanted` lists what is known to exist and was not seen.
    """
    wanted = joined(evidence).wanted
    things = wanted[["wanted_id", "what", "why", "where_likely"]].fillna("").to_dict("records")
    of_claims = list(zip(wanted["claim_ids"], things, strict=True))
    records: list[dict[str, Any]] = [
        {
            "claim_id": claim.claim_id,
            "claim": claim.claim,
            "headline": claim.headline,
            "wanted": [thing for ids, thing in of_claims if claim.claim_id in ids],
        }
        for claim in evidence.claims
    ]
    rest = [thing for ids, thing in of_claims if not ids]
    unclaimed = {"claim_id": None, "claim": "bears on no claim", "headline": False, "wanted": rest}
    return [*records, unclaimed]


def table_of_gaps(evidence: Evidence, *claim_ids: str) -> Table:
    """What is known to exist and was not seen, for the given claims or for all.

    Parameters
    ----------
    evidence : Evidence
    *claim_ids : str
        Claims that the missing thing would settle; all if none is given.

    Returns
    -------
    Table
        Each wanted thing once.
    """
    gaps = [gap for gap in gap_records(evidence) if not claim_ids or gap["claim_id"] in claim_ids]
    wanted = {item["wanted_id"]: item for gap in gaps for item in gap["wanted"]}
    columns = (
        Column("Wanted", lambda item: item["what"]),
        Column("Why", lambda item: item["why"]),
        Column("Where it may be", lambda item: item["where_likely"]),
    )
    folded = f"{count_words(len(wanted), 'thing')} known to exist and not seen"
    return Table.of(columns, wanted.values(), empty=_NOTHING, folded=folded)


def table_of_gaps_by_claim(evidence: Evidence) -> Table:
    """One line per wanted thing and claim, in the order of the claims."""
    columns = (
        Column("Claim", lambda pair: pair[0] or "(no claim)"),
        Column("Wanted", lambda pair: pair[1]["wanted_id"]),
        Column("What", lambda pair: pair[1]["what"]),
        Column("Why", lambda pair: pair[1]["why"]),
        Column("Where it may be", lambda pair: pair[1]["where_likely"]),
    )
    gaps = gap_records(evidence)
    pairs = ((gap["claim_id"], item) for gap in gaps for item in gap["wanted"])
    return Table.of(columns, pairs, empty=_NOTHING)


_NOTHING = "Nothing is known to be missing."
