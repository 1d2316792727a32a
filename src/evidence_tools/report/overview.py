"""What is in the evidence: claims, rungs, how numbers were seen, and what is wanted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evidence_tools.loading import Evidence
from evidence_tools.report.cells import DIRECTNESS_ORDER
from evidence_tools.report.display import Prose, Table
from evidence_tools.style import RUNGS, SOURCE_LEVELS
from evidence_tools.words import count_words

_SEEN_TABLES = ("arms", "results", "timing", "side_effects", "statements")


def table_of_rungs(evidence: Evidence) -> Table:
    """How many studies, programmes and rows each rung of directness has.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    Table
        One row per rung, nearest to the claims first.
    """
    studies = evidence.studies
    rows = []
    for directness in DIRECTNESS_ORDER:
        group = studies[studies["directness"] == directness]
        trials = group["design"].isin(["rct-parallel", "rct-crossover"]).sum()
        counts = [
            int(evidence.table(name)["study_id"].isin(group["study_id"]).sum())
            for name in ("results", "timing", "side_effects")
        ]
        numbers = (len(group), int(trials), group["programme"].nunique(), *counts)
        rows.append((RUNGS[directness].words, *map(str, numbers)))
    return Table(
        columns=(
            "Rung",
            "Studies",
            "Randomised trials",
            "Programmes",
            "Results",
            "Times",
            "Side effects",
        ),
        rows=tuple(rows),
    )


def table_of_source_levels(evidence: Evidence) -> Table:
    """How the rows of each table were seen.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    Table
        One row per table, one column per level of source.
    """
    rows = []
    for name in _SEEN_TABLES:
        counts = evidence.table(name)["source_level"].value_counts()
        rows.append(
            (name.replace("_", " "), *(str(int(counts.get(level, 0))) for level in SOURCE_LEVELS))
        )
    return Table(columns=("Table", *SOURCE_LEVELS.values()), rows=tuple(rows))


def summary_of_evidence(evidence: Evidence) -> Prose:
    """One paragraph: how much there is, and how it was seen.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    Prose
        Its numbers are counted from the tables.
    """
    levels = pd.concat([evidence.table(name)["source_level"] for name in _SEEN_TABLES])
    abstract = int((levels == "abstract").sum())
    direct = evidence.studies[evidence.studies["directness"] == "direct"]
    trials = int(direct["design"].isin(["rct-parallel", "rct-crossover"]).sum())
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
        Loaded evidence.

    Returns
    -------
    list of dict
        One per claim in the order of ``claims.yml``, then one with `claim_id` None for what bears
        on no claim; `wanted` lists what is known to exist and was not seen.
    """
    wanted = evidence.wanted.assign(ids=evidence.wanted["claim_ids"].fillna("").str.split(";"))
    records = []
    for claim in evidence.claims:
        chosen = wanted[wanted["ids"].map(lambda ids, claim=claim: claim.claim_id in ids)]
        records.append(_gap(claim.claim_id, claim.claim, claim.headline, chosen))
    rest = wanted[wanted["claim_ids"].isna()]
    return [*records, _gap(None, "bears on no claim", False, rest)]


def _gap(claim_id: str | None, words: str, headline: bool, rows: pd.DataFrame) -> dict[str, Any]:
    columns = ["wanted_id", "what", "why", "where_likely"]
    return {
        "claim_id": claim_id,
        "claim": words,
        "headline": headline,
        "wanted": rows[columns].fillna("").to_dict("records"),
    }


def table_of_gaps(evidence: Evidence, *claim_ids: str) -> Table:
    """What is known to exist and was not seen, for the given claims or for all.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    *claim_ids : str
        Claims that the missing thing would settle; all if none is given.

    Returns
    -------
    Table
        Each wanted thing once.
    """
    gaps = [gap for gap in gap_records(evidence) if not claim_ids or gap["claim_id"] in claim_ids]
    seen: dict[str, tuple[str, str, str]] = {}
    for gap in gaps:
        for item in gap["wanted"]:
            seen[item["wanted_id"]] = (item["what"], item["why"], item["where_likely"])
    return Table(
        columns=("Wanted", "Why", "Where it may be"),
        rows=tuple(seen.values()),
        empty="Nothing is known to be missing.",
        folded=f"{count_words(len(seen), 'thing')} known to exist and not seen",
    )


def table_of_gaps_by_claim(evidence: Evidence) -> Table:
    """One line per wanted thing and claim, in the order of the claims."""
    return Table(
        columns=("Claim", "Wanted", "What", "Why", "Where it may be"),
        rows=tuple(
            (
                gap["claim_id"] or "(no claim)",
                item["wanted_id"],
                item["what"],
                item["why"],
                item["where_likely"],
            )
            for gap in gap_records(evidence)
            for item in gap["wanted"]
        ),
        empty="Nothing is known to be missing.",
    )
