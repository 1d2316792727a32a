"""The tables from which rows vote, prepared once for all claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.claims.parts import Window
from evidence_tools.claims.votes import Row
from evidence_tools.clock import ClockTimes, clock_times, retracted
from evidence_tools.contrasts.candidates import candidates
from evidence_tools.evidence.rules import ClaimRules, Rung
from evidence_tools.incidence import incidences
from evidence_tools.incidence.exposure import LADDER, rung_of
from evidence_tools.loading import Evidence
from evidence_tools.readings import both_readings
from evidence_tools.relief import relief_periods

OTHER_DRUG = "other-or-not-stated"
"""The rung of side effects of other drugs, and of arms that are not named."""

HARM_RUNGS = (*LADDER, OTHER_DRUG)

_NO_ARM: dict[str, Any] = dict.fromkeys(("dose", "dose_unit", "infusion_minutes", "schedule"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Timing rows on their clocks, periods of relief, results, and the thresholds.

    Attributes
    ----------
    times : ClockTimes
        Timing rows on their clocks.
    onsets, periods, results : tuple of mapping
        Rows on the onset of relief, periods of relief, and results, each with the label,
        programme, directness, design and condition of its study.
    incidences : tuple of mapping
        Side-effect rows as people with the effect out of people, or the reason why not.
    rules : ClaimRules
        The section `claims` of ``rules.yml``.
    comparators : mapping of str to str
        Drugs of the control arms, by study.
    arms : mapping of str to mapping
        Arms by id.
    voices : mapping of str to str
        By source: the programme of its study, or the product whose papers speak with one voice.
    reviews : mapping of str to frozenset of str
        The trials that each review is known to contain; none where that is not recorded.
    linked : mapping of (str, str) to mapping
        Rows that are linked to a claim, by table and id.
    read : dict
        Readings that were asked for, by event and window.
    """

    evidence: Evidence
    times: ClockTimes
    onsets: tuple[Row, ...]
    periods: tuple[Row, ...]
    results: tuple[Row, ...]
    incidences: tuple[Row, ...]
    rules: ClaimRules
    comparators: Mapping[str, str]
    arms: Mapping[str, Row]
    voices: Mapping[str, str]
    reviews: Mapping[str, frozenset[str]]
    linked: Mapping[tuple[str, str], Row]
    read: dict[tuple[str, Window], tuple[Row, ...]]

    def comparator(self, row: Row) -> str:
        """Drugs of the control arms of a row's study."""
        return self.comparators.get(row["study_id"], "")

    def voice_of(self, reference: str) -> str:
        """The programme, product or document for which a source speaks."""
        return self.voices.get(reference, reference)

    def harm_rung(self, row: Row) -> str:
        """The rung of drug, route and dose of a row's arm; the last one where they differ."""
        arm = self.arms.get(row["arm_id"], _NO_ARM | {"drug": row["drug"], "route": row["route"]})
        return rung_of(arm, self.evidence.rules.harms) or OTHER_DRUG

    def readings(self, event: str, window: Window) -> tuple[Row, ...]:
        """Timing rows of an event, held against a window from the start and from the end."""
        asked = (event, window)
        if asked not in self.read:  # several tests ask for the same window
            self.read[asked] = records(both_readings(self.times, event, window).rows)
        return self.read[asked]

    @property
    def ladder(self) -> Mapping[str, Rung]:
        """The rungs of benefit."""
        return self.rules.ladder


def prepare(evidence: Evidence) -> Tables:
    """The tables of the evidence as the votes need them.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    Tables
        Nothing is left out; who may vote is decided row by row.
    """
    times = clock_times(evidence)
    facts = evidence.studies.set_index("study_id")
    periods = relief_periods(times).rows
    periods = periods.assign(condition=periods["study_id"].map(facts["condition"]))
    results = candidates(evidence)
    results = results.assign(
        refractory=results["study_id"].map(facts["refractory"]), comparator=results["control_drug"]
    )
    return Tables(
        evidence=evidence,
        times=times,
        onsets=records(times.rows[times.rows["event"] == "relief-onset"]),
        periods=records(periods),
        results=records(results),
        incidences=records(incidences(evidence).rows),
        rules=evidence.rules.claims,
        comparators=_comparators(evidence),
        arms={row["arm_id"]: row for row in records(evidence.arms)},
        voices=_voices(evidence),
        reviews=_reviews(evidence),
        linked=_linked(evidence),
        read={},
    )


def records(rows: pd.DataFrame) -> tuple[Row, ...]:
    """Rows of a table as mappings by the names of its columns."""
    return tuple({str(name): cell for name, cell in row.items()} for row in rows.to_dict("records"))


def _reviews(evidence: Evidence) -> dict[str, frozenset[str]]:
    """The trials of each review, as far as they are recorded."""
    designs = evidence.rules.claims.pooling_designs
    reviews = evidence.studies.loc[evidence.studies["design"].isin(designs), "study_id"]
    contained = evidence.contains.groupby("review")["study"].agg(frozenset)
    return {str(review): contained.get(review, frozenset()) for review in reviews}


def _voices(evidence: Evidence) -> dict[str, str]:
    """Whose voice a source is, where it is not its own."""
    studies = evidence.studies.dropna(subset=["reference", "programme"])
    programmes = dict(zip(studies["reference"], studies["programme"], strict=True))
    papers = evidence.rules.claims.one_voice
    return programmes | {key: name for name, keys in papers.items() for key in keys}


def _linked(evidence: Evidence) -> dict[tuple[str, str], Row]:
    """The rows that ``claim_links.csv`` names, with the programme and design of their studies."""
    studies = evidence.studies[["study_id", "label", "programme", "design"]]
    gone = {key for key, reference in evidence.references.items() if reference.retracted}
    found: dict[tuple[str, str], Row] = {}
    for name, links in evidence.claim_links.groupby("table"):
        key = evidence.schema.tables[str(name)].primary_key[0]
        table = evidence.table(str(name))
        table = table[table[key].isin(links["row_id"])]
        if "study_id" in table.columns:
            table = table.merge(studies, on="study_id", how="left")
            table = table.assign(retracted=retracted(evidence, table))
        else:
            table = table.assign(retracted=table["reference"].isin(gone))
        found |= {(str(name), row[key]): row for row in records(table)}
    return found


def _comparators(evidence: Evidence) -> dict[str, str]:
    """Drugs of each study's control arms, joined by commas."""
    controls = evidence.arms[evidence.arms["role"] == "control"].dropna(subset="drug")
    return {
        str(study): ", ".join(sorted(set(drugs)))
        for study, drugs in controls.groupby("study_id")["drug"]
    }
