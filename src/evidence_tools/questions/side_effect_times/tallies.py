"""How many studies and programmes speak for a claim on the timing of side effects, per effect.

Every row is held against the claim in `readings`. Here the rows of a study, and of a programme,
become one voice: it supports, it contradicts, it says both, or it cannot tell. The share is taken
among those that could tell, and nobody is counted for looking too late. People in whom an effect
lasted longer stand beside the tally: they are a part of those treated, never a study's voice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.units import to_minutes
from evidence_tools.evidence.clock import clock_times
from evidence_tools.evidence.joined import AMONG_AFFECTED, OTHERS, group_of, joined
from evidence_tools.questions.side_effect_times.readings import (
    CANNOT_TELL,
    READINGS,
    Readings,
    both_readings,
    midway_reading,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

PEAK, GONE = "side-effect-peak", "side-effect-resolved"
ALL = "All together"
SUPPORTS, CONTRADICTS, BOTH = "supports", "contradicts", "says both"
VOICES = (SUPPORTS, CONTRADICTS, BOTH, CANNOT_TELL)
LASTING = "lasting-over-24-h"
OWN_TRIALS = f"{CANNOT_TELL}: its own trials speak"

_BY = ("studies", "programmes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """A claim on the timing of side effects, held against the rows effect by effect.

    Attributes
    ----------
    rows : DataFrame
        One line per `part` of the claim, `reading`, `group` of effects ("All together" first) and
        `by` ("studies" or "programmes"): how many there are (`total`), how many support,
        contradict, say both and cannot tell, `could_tell`, and `share` (of those that could tell,
        0 to 1; missing where none could). A group without a row is left out.
    votes : DataFrame
        The timing rows behind it, once per part and reading, with `answer`, `group` and `voice`
        (the programme, or the study where none is stated).
    fewest : int
        Programmes below which a share is no "typically".
    """

    rows: pd.DataFrame
    votes: pd.DataFrame
    fewest: int

    def line(
        self, part: str, reading: str, group: str = ALL, by: str = "studies"
    ) -> pd.Series[Any]:
        """The counts of one part, reading, group and kind of voice.

        Raises
        ------
        KeyError
            If there is no such line.
        """
        wanted = {"part": part, "reading": reading, "group": group, "by": by}
        for _, line in self.rows.astype(object).iterrows():
            if all(line[column] == value for column, value in wanted.items()):
                return line
        raise KeyError(wanted)

    def to_frame(self) -> pd.DataFrame:
        """A copy of the lines."""
        return self.rows.copy()

    def summary(self) -> str:
        """One line per part and reading, all effects together."""
        lines = self.rows[(self.rows["group"] == ALL) & (self.rows["by"] == "studies")]
        return "\n".join(
            f"{line['part']}, {READINGS[line['reading']]}: {line[SUPPORTS]} of "
            f"{line['could_tell']} studies that could tell support it; {line[CANNOT_TELL]} of "
            f"{line['total']} cannot tell"
            for _, line in lines.iterrows()
        )


def peak_after_infusion(evidence: Evidence) -> Tallies:
    """Who supports "side effects peak about thirty minutes after the infusion".

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence; "about" stands in its rules.

    Returns
    -------
    Tallies
        One part, "peak", counted from the start and from the end of the infusion.
    """
    return _both_ways(evidence, "peak", PEAK, "side_effect_peak")


def gone_within_hour(evidence: Evidence) -> Tallies:
    """Who supports "side effects are gone within an hour".

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    Tallies
        One part, "gone", counted from the start and from the end of the infusion.
    """
    return _both_ways(evidence, "gone", GONE, "side_effects_gone")


def _both_ways(evidence: Evidence, part: str, event: str, mark: str) -> Tallies:
    readings = both_readings(clock_times(evidence), event, _claimed(evidence, mark))
    return _tallies(evidence, {(part, name): readings for name in ("from_start", "from_end")})


def midway_and_faded(evidence: Evidence) -> Tallies:
    """Who supports "side effects peak midway through the infusion and fade once it is complete".

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence; what counts as midway and as faded stands in its rules.

    Returns
    -------
    Tallies
        Two parts: "peak midway", as a share of the infusion, and "faded", counted from its end.
    """
    times = clock_times(evidence)
    midway = midway_reading(times, PEAK, _claimed(evidence, "side_effect_peak_midway"))
    faded = both_readings(times, GONE, _claimed(evidence, "side_effects_faded"))
    return _tallies(evidence, {("peak midway", "midway"): midway, ("faded", "from_end"): faded})


def lasting_longer(evidence: Evidence) -> pd.DataFrame:
    """People in whom a side effect lasted more than a day, effect by effect.

    One line per study, treated arm and term: `group`, `events` of `n` people, `longest_min` (the
    longest that it lasted, minutes after the stated start; missing where not seen) and `label` of
    the study. Arms without ketamine are left out.
    """
    counts = joined(evidence).side_effects
    counts = counts[(counts["qualifier"] == LASTING) & (counts["role"] != "control")]
    counts, ranges = _by_term(counts), joined(evidence).timing
    ranges = _by_term(
        ranges[ranges["barred"].map(lambda bars: AMONG_AFFECTED in bars).astype(bool)]
    )
    ranges["longest_min"] = [
        to_minutes(row["upper"], row["unit"]) for row in ranges.to_dict("records")
    ]
    key = ["study_id", "arm_id", "term"]
    lines = counts[[*key, "events", "n"]].merge(
        ranges[[*key, "longest_min", "n"]], on=key, how="outer", suffixes=("", "_affected")
    )
    lines["events"] = lines["events"].fillna(lines["n_affected"])
    lines["group"] = [group_of([term], _groups(evidence)) for term in lines["term"]]
    lines["label"] = lines["study_id"].map(evidence.studies.set_index("study_id")["label"])
    return lines.drop(columns="n_affected").sort_values(key, ignore_index=True)


def _by_term(rows: pd.DataFrame) -> pd.DataFrame:
    """A line for each term of each row."""
    lines = rows.rename(columns={"terms": "term"}).explode("term").dropna(subset="term")
    return lines.astype({"term": "str"}).reset_index(drop=True)


def _groups(evidence: Evidence) -> Mapping[str, tuple[str, ...]]:
    return evidence.rules.side_effect_timing.groups


def _groups_of(terms: Collection[str], groups: Mapping[str, Collection[str]]) -> list[str]:
    """Every group that a row belongs to; a row may name several effects."""
    return list(dict.fromkeys(group_of([term], groups) for term in terms))


def _claimed(evidence: Evidence, mark: str) -> tuple[float, float]:
    return evidence.rules.marks[mark].window


def _tallies(evidence: Evidence, readings: Mapping[tuple[str, str], Readings]) -> Tallies:
    votes = pd.concat(
        [
            _votes(evidence, read.rows.assign(part=part, reading=name, answer=read.rows[name]))
            for (part, name), read in readings.items()
        ],
        ignore_index=True,
    )
    order = [ALL, *_groups(evidence), OTHERS]
    lines = [line for cell in _cells(votes, order) for line in cell]
    table = pd.DataFrame(lines, columns=_COLUMNS).astype({"share": "float64"})
    fewest = evidence.rules.side_effect_timing.fewest_programmes_for_a_share
    return Tallies(rows=table, votes=votes, fewest=fewest)


_COLUMNS = ["part", "reading", "group", "by", "total", *VOICES, "could_tell", "share"]


def _votes(evidence: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with their voice and groups; a review keeps silent where one of its trials decides."""
    decided = rows["answer"].isin(["yes", "no"])
    speaking, every = set(rows.loc[decided, "study_id"]), joined(evidence)
    heard = [bool(every.speaking_trials(study_id, speaking)) for study_id in rows["study_id"]]
    silenced = pd.Series(heard, index=rows.index, dtype="bool") & decided
    groups = _groups(evidence)
    return rows.assign(
        answer=rows["answer"].mask(silenced, OWN_TRIALS),
        voice=rows["programme"].fillna(rows["study_id"]),
        group=rows["terms"].map(lambda terms: _groups_of(terms, groups)),
    )


def _cells(votes: pd.DataFrame, order: list[str]) -> Iterator[list[dict[str, Any]]]:
    """The lines of each part and reading, group after group."""
    for (part, reading), rows in votes.groupby(["part", "reading"], sort=False):
        for group in order:
            inside = rows if group == ALL else rows[[group in own for own in rows["group"]]]
            if len(inside):
                yield [
                    {"part": part, "reading": reading, "group": group, "by": by}
                    | _counts(inside, {"studies": "study_id", "programmes": "voice"}[by])
                    for by in _BY
                ]


def _counts(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    voices = [_voice(set(own["answer"])) for _, own in rows.groupby(column)]
    counts: dict[str, Any] = {voice: voices.count(voice) for voice in VOICES}
    could_tell = len(voices) - counts[CANNOT_TELL]
    share = counts[SUPPORTS] / could_tell if could_tell else None
    return {"total": len(voices), **counts, "could_tell": could_tell, "share": share}


def _voice(answers: set[str]) -> str:
    """What the rows of one study or programme say together."""
    if {"yes", "no"} <= answers:
        return BOTH
    return SUPPORTS if "yes" in answers else CONTRADICTS if "no" in answers else CANNOT_TELL
