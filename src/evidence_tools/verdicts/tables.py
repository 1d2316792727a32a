"""The tables from which rows vote, prepared once for all claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.base.errors import UnknownTermError, did_you_mean
from evidence_tools.evidence.clock import ClockTimes, clock_times
from evidence_tools.evidence.joined import joined
from evidence_tools.evidence.relief import relief_periods
from evidence_tools.questions.side_effect_counts.exposure import LADDER, rung_of
from evidence_tools.questions.side_effect_counts.incidence import incidences
from evidence_tools.questions.side_effect_times.readings import both_readings
from evidence_tools.questions.size_of_benefit.contrasts.candidates import candidates

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import ClaimRules
    from evidence_tools.verdicts.parts import Window
    from evidence_tools.verdicts.votes import Row

OTHER_DRUG = "other-or-not-stated"
"""The rung of side effects of other drugs, and of arms that are not named."""

HARM_RUNGS = (*LADDER, OTHER_DRUG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Timing rows on their clocks, periods of relief, results, and the thresholds.

    `times`: timing rows on their clocks.
    `onsets`, `periods`, `results`: rows on the onset of relief, periods of relief, and results,
        with their study and arm.
    `incidences`: side-effect rows as people with the effect out of people, or the reason why not.
    `rules`: the section `claims` of ``rules.yml``.
    `voices`: by source: the programme of its study, or the product whose papers speak with one
        voice.
    `linked`: rows that are linked to a claim, by table and id.
    `read`: readings that were asked for, by event and window.
    """

    evidence: Evidence
    times: ClockTimes
    onsets: tuple[Row, ...]
    periods: tuple[Row, ...]
    results: tuple[Row, ...]
    incidences: tuple[Row, ...]
    rules: ClaimRules
    voices: Mapping[str, str]
    linked: Mapping[tuple[str, str], Row]
    read: dict[tuple[str, Window], tuple[Row, ...]]

    def voice_of(self, reference: str) -> str:
        """The programme, product or document for which a source speaks."""
        return self.voices.get(reference, reference)

    def linked_row(self, table: str, row_id: str) -> Row:
        """The row that a link names. Raises UnknownTermError if there is none."""
        if row := self.linked.get((table, row_id)):
            return row
        ids = [known for name, known in self.linked if name == table]
        hint = did_you_mean(row_id, ids, otherwise="`evidence validate` names the line.")
        allowed = f"an id of {table}.csv"
        raise UnknownTermError("claim_links.csv", found=repr(row_id), allowed=allowed, hint=hint)

    def harm_rung(self, row: Row) -> str:
        """The rung of drug, route and dose of a row's arm; the last one where they differ."""
        return rung_of(row, self.evidence.rules.harms) or OTHER_DRUG

    def readings(self, event: str, window: Window) -> tuple[Row, ...]:
        """Timing rows of an event, held against a window from the start and from the end."""
        asked = (event, window)
        if asked not in self.read:  # several tests ask for the same window
            self.read[asked] = records(both_readings(self.times, event, window).rows)
        return self.read[asked]


def prepare(evidence: Evidence) -> Tables:
    """The tables of the evidence as the votes need them. Nothing is left out; who may vote is
    decided row by row.
    """
    times = clock_times(evidence)
    return Tables(
        evidence=evidence,
        times=times,
        onsets=records(times.rows[times.rows["event"] == "relief-onset"]),
        periods=records(relief_periods(times).rows),
        results=records(candidates(evidence)),
        incidences=records(incidences(evidence).rows),
        rules=evidence.rules.claims,
        voices=_voices(evidence),
        linked=_linked(evidence),
        read={},
    )


def records(rows: pd.DataFrame) -> tuple[Row, ...]:
    """Rows of a table as mappings by the names of its columns."""
    return tuple({str(name): cell for name, cell in row.items()} for row in rows.to_dict("records"))


def _voices(evidence: Evidence) -> dict[str, str]:
    """Whose voice a source is, where it is not its own."""
    studies = evidence.studies.dropna(subset=["reference", "programme"])
    programmes = dict(zip(studies["reference"], studies["programme"], strict=True))
    papers = evidence.rules.claims.one_voice
    return programmes | {key: name for name, keys in papers.items() for key in keys}


def _linked(evidence: Evidence) -> dict[tuple[str, str], Row]:
    """The rows that ``claim_links.csv`` names, by table and id."""
    every = joined(evidence)
    found: dict[tuple[str, str], Row] = {}
    for name, links in evidence.claim_links.groupby("table"):
        key = evidence.schema.tables[str(name)].primary_key[0]
        table = getattr(every, str(name))
        table = table[table[key].isin(links["row_id"])]
        found |= {(str(name), row[key]): row for row in records(table)}
    return found
