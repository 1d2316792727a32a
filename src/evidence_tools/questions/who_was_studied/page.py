"""Who was studied: people by rung, where, against what, paid by whom, and who was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words
from evidence_tools.display.cells import DIRECTNESS_ORDER, RUNG, read_in, text
from evidence_tools.display.display import Column, PageAnswer, Parts, Prose, Table
from evidence_tools.display.style import JUDGEMENT_WORDS, RUNGS
from evidence_tools.evidence.joined import joined
from evidence_tools.questions.who_was_studied.map import EvidenceMap, evidence_map
from evidence_tools.questions.who_was_studied.risk_of_bias import (
    RiskOfBias,
    people_of,
    risk_of_bias,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

NEAR = ("direct", "related", "indirect")
REFRACTORY = {
    "yes": "all had failed treatment",
    "mixed": "some had",
    "no": "not asked for",
    "unclear": "not told",
}
COMPARATORS = {
    "saline": "saline",
    "midazolam": "midazolam",
    "other-active": "another active drug",
    "dose": "other doses of the drug",
    "ect": "electroconvulsive therapy",
    "usual-care": "usual care, no dummy drug",
    "other": "a placebo not called saline, or several",
}
_COUNTRIES = {"USA": "United States"}
"""One country printed in two ways by its sources."""

_NOT_SEEN = "not seen"
_UNBLINDING = "functional-unblinding"

_NAMED = {
    "Children or adolescents": r"\bchild|\badolescen",
    "Older people": r"\belder|\baged [67]\d",
    "Pregnant women, or around birth": r"\bpregnan|\bcaesarean",
    "People with schizophrenia": r"\bschizophreni",
    "People with substance use": r"\bcocaine|\balcohol|\bsubstance use",
}
"""Words by which a description of the participants names a group."""


_SEEN = {"Mean age was seen": "age_mean", "Share of women was seen": "percent_female"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoWasStudied(PageAnswer):
    """The people behind the evidence.

    `studies`: primary studies with `people` (missing where not seen) and `trial` (randomised, with
        a result); retracted ones left out.
    `map`: what was found, by rung and outcome.
    `bias`: draft judgements of the controlled trials.
    """

    evidence: Evidence
    studies: pd.DataFrame
    map: EvidenceMap
    bias: RiskOfBias

    def to_frame(self) -> pd.DataFrame:
        """People by rung, each programme once, unrounded."""
        records = []
        for rung, group in self._by_rung():
            largest = group.groupby("programme")["people"].max()
            trials = group[group["trial"]].groupby("programme")["people"].max()
            records.append(
                {
                    "directness": rung,
                    "studies": len(group),
                    "programmes": len(largest),
                    "people": float(largest.sum()),
                    "not_seen": int(largest.isna().sum()),
                    "trial_programmes": len(trials),
                    "people_in_trials": float(trials.sum()),
                    "trials_not_seen": int(trials.isna().sum()),
                }
            )
        return pd.DataFrame(records)

    def summary(self) -> str:
        """Three sentences: people with anxiety disorders, people elsewhere, risk of bias."""
        rungs = {record["directness"]: record for record in self.to_frame().to_dict("records")}
        direct, others = rungs["direct"], rungs["related"]["people"] + rungs["indirect"]["people"]
        overall = self.bias.trials["overall"]
        low = int((overall == "low").sum())
        judged = len(self.evidence.risk_of_bias)
        return (
            f"As far as numbers were seen, {direct['people']:.0f} people with an anxiety disorder "
            f"were studied, in {count_words(direct['programmes'], 'programme')}; "
            f"{direct['people_in_trials']:.0f} of them in a randomised trial that reports a "
            f"result. The other evidence on anxiety comes from {others:,.0f} people with PTSD, "
            f"OCD or another condition. Of {count_words(len(overall), 'controlled trial')} judged, "
            f"{low or 'none'} could be called at low risk of bias; {self.bias.drafts} of {judged} "
            f"judgements are drafts that no person has confirmed."
        )

    def answers(self) -> Parts[Prose]:
        """The summary; who was not studied, as far as the tables tell."""
        return {**PageAnswer.answers(self), "left-out": self._left_out}

    def tables(self) -> Parts[Table]:
        """People by rung; treatment that failed; countries; comparators; funding; groups."""
        return {
            "people": lambda: Table.of(_OF_PEOPLE, self.to_frame()),
            "refractory": self._refractory,
            "countries": self._countries,
            "comparators": self._comparators,
            "funding": self._funding,
            "groups": self._groups,
        }

    def _refractory(self) -> Table:
        """Whether earlier treatment had failed, by rung, in studies."""
        counts = (
            Column(words.capitalize(), partial(_many_of, key, "refractory"), "right")
            for key, words in REFRACTORY.items()
        )
        rung = Column("Rung", lambda pair: RUNGS[pair[0]].words)
        return Table.of((rung, *counts), self._by_rung())

    def _countries(self) -> Table:
        """Where the studies near the claims were made, most frequent first."""
        near = self.studies[self.studies["directness"].isin(NEAR)]
        countries = near["country"].replace(_COUNTRIES).fillna(_NOT_SEEN)
        counts = pd.crosstab(countries, near["directness"]).reindex(columns=NEAR, fill_value=0)
        order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
        names = [*(name for name in order if name != _NOT_SEEN), _NOT_SEEN]
        counts = counts.reindex(names, fill_value=0)
        columns = (
            Column("Country", lambda row: str(row.name)),
            *_by_near_rung(lambda rung, row: int(row[rung])),
        )
        return Table.of(columns, counts)

    def _comparators(self) -> Table:
        """What the judged trials compared with, and whether the drug could give itself away."""
        compared = self.evidence.studies[["study_id", "comparator"]]
        trials = self.bias.trials.merge(compared, on="study_id")
        judged = [
            (words, trials[trials["comparator"] == key]) for key, words in COMPARATORS.items()
        ]
        columns = (
            Column("Compared with", lambda pair: pair[0]),
            Column("Trials", lambda pair: len(pair[1]), "right"),
            *(
                Column(f"Given away: {words}", partial(_many_of, name, _UNBLINDING), "right")
                for name, words in JUDGEMENT_WORDS.items()
            ),
        )
        return Table.of(columns, [pair for pair in judged if len(pair[1])], empty="No trial.")

    def _funding(self) -> Table:
        """Who paid, where a source that was read says so."""
        known = self.studies[self.studies["funding"].notna()]
        columns = (
            *(Column("Study", lambda row: text(row, "label")), RUNG),
            *(Column("Paid by", lambda row: text(row, "funding")), read_in(self.evidence)),
        )
        return Table.of(
            columns,
            known,
            empty="No source that was read names who paid.",
            folded=f"Who paid was seen for {len(known)} of {len(self.studies)} studies",
        )

    def _groups(self) -> Table:
        """Groups that a description of participants names, and who is described at all."""
        named = {words: self._named(pattern) for words, pattern in _NAMED.items()}
        seen = {words: self.studies[column].notna() for words, column in _SEEN.items()}
        directness = self.studies["directness"]
        columns = (
            Column("Group", lambda pair: pair[0]),
            *_by_near_rung(lambda rung, pair: int((pair[1] & (directness == rung)).sum())),
            Column(
                "Studies on these rungs",
                lambda pair: self._labels(pair[1]) if pair[0] in named else "",
            ),
        )
        return Table.of(columns, (named | seen).items())

    def _named(self, pattern: str) -> pd.Series[bool]:
        return self.studies["population"].str.contains(pattern, case=False, regex=True)

    def _left_out(self) -> Prose:
        direct = self.studies["directness"] == "direct"
        absent: list[str] = []
        present: list[str] = []
        for words, pattern in _NAMED.items():
            rows = self.studies[direct & self._named(pattern)]
            with_result = rows["study_id"].isin(self.evidence.results["study_id"]).any()
            (present if with_result else absent).append(words.lower())
        seen = f" Named with a result: {', '.join(present)}." if present else ""
        return Prose(
            f"Among the studies of people with an anxiety disorder, none with a result names "
            f"these groups: {'; '.join(absent)}.{seen} A group that is not named may have been "
            f"among the participants; nobody could tell from what was read."
        )

    def _by_rung(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            (rung, self.studies[self.studies["directness"] == rung]) for rung in DIRECTNESS_ORDER
        ]

    def _labels(self, chosen: pd.Series[Any]) -> str:
        near = self.studies["directness"].isin(NEAR)
        return "; ".join(self.studies.loc[chosen & near, "label"])


def who_was_studied(evidence: Evidence) -> WhoWasStudied:
    """The people behind the evidence: primary studies, the map, the risk of bias.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    WhoWasStudied
        Reviews are left out, so that nobody counts twice, and so are retracted sources.
    """
    studies = evidence.studies
    controlled = studies["design"].isin(evidence.rules.validation.controlled_designs)
    studies = studies.assign(
        people=people_of(studies),
        trial=controlled & studies["study_id"].isin(evidence.results["study_id"]),
    )
    primary = studies["programme"].notna() & ~studies["study_id"].map(
        joined(evidence).studies["retracted"]
    )
    return WhoWasStudied(
        evidence=evidence,
        studies=studies[primary].reset_index(drop=True),
        map=evidence_map(evidence),
        bias=risk_of_bias(evidence),
    )


def _people(number: float, not_seen: int) -> str:
    words = f"{number:,.0f}"
    return f"{words}, and {count_words(not_seen, 'programme')} not seen" if not_seen else words


def _many_of(value: str, column: str, pair: tuple[str, pd.DataFrame]) -> int:
    """How many rows of a named group have a value in a column."""
    return int((pair[1][column] == value).sum())


def _by_near_rung(count: Callable[[str, Any], int]) -> Iterator[Column]:
    """A column of counts for each rung near the claims."""
    for rung in NEAR:
        yield Column(RUNGS[rung].words, partial(count, rung), "right")


_OF_PEOPLE = (
    RUNG,
    Column("Studies", lambda row: int(row["studies"]), "right"),
    Column("Programmes", lambda row: int(row["programmes"]), "right"),
    Column("People", lambda row: _people(row["people"], row["not_seen"])),
    Column(
        "Programmes with a randomised trial that reports a result",
        lambda row: int(row["trial_programmes"]),
        "right",
    ),
    Column("People in them", lambda row: _people(row["people_in_trials"], row["trials_not_seen"])),
)
