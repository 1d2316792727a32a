"""Who was studied: people by rung, where, against what, paid by whom, and who was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.clock import retracted
from evidence_tools.loading import Evidence
from evidence_tools.report.cells import DIRECTNESS_ORDER, source_link, text
from evidence_tools.report.display import Prose, Table
from evidence_tools.report.evidence_map import EvidenceMap, evidence_map
from evidence_tools.report.risk_of_bias import RiskOfBias, people_of, risk_of_bias
from evidence_tools.style import JUDGEMENT_WORDS, JUDGEMENTS, RUNGS
from evidence_tools.words import count_words

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

_NAMED = {
    "Children or adolescents": r"\bchild|\badolescen",
    "Older people": r"\belder|\baged [67]\d",
    "Pregnant women, or around birth": r"\bpregnan|\bcaesarean",
    "People with schizophrenia": r"\bschizophreni",
    "People with substance use": r"\bcocaine|\balcohol|\bsubstance use",
}
"""Words by which a description of the participants names a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoWasStudied:
    """The people behind the evidence.

    Attributes
    ----------
    studies : DataFrame
        Primary studies with `people` (missing where not seen) and `trial` (randomised, with a
        result); retracted ones left out.
    map : EvidenceMap
        What was found, by rung and outcome.
    bias : RiskOfBias
        Draft judgements of the controlled trials.
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

    def answer(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def table_of_people(self) -> Table:
        """People by rung, each programme once with its largest study."""
        return Table(
            columns=(
                "Rung",
                "Studies",
                "Programmes",
                "People",
                "Programmes with a randomised trial that reports a result",
                "People in them",
            ),
            rows=tuple(
                (
                    RUNGS[str(row["directness"])].words,
                    str(row["studies"]),
                    str(row["programmes"]),
                    _people(row["people"], row["not_seen"]),
                    str(row["trial_programmes"]),
                    _people(row["people_in_trials"], row["trials_not_seen"]),
                )
                for _, row in self.to_frame().iterrows()
            ),
        )

    def table_of_refractory(self) -> Table:
        """Whether earlier treatment had failed, by rung, in studies."""
        return Table(
            columns=("Rung", *(words.capitalize() for words in REFRACTORY.values())),
            rows=tuple(
                (
                    RUNGS[rung].words,
                    *(str(int((group["refractory"] == key).sum())) for key in REFRACTORY),
                )
                for rung, group in self._by_rung()
            ),
        )

    def table_of_countries(self) -> Table:
        """Where the studies near the claims were made, most frequent first."""
        near = self.studies[self.studies["directness"].isin(NEAR)]
        countries = near["country"].replace(_COUNTRIES).fillna(_NOT_SEEN)
        counts = pd.crosstab(countries, near["directness"]).reindex(columns=NEAR, fill_value=0)
        order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
        names = [*(name for name in order if name != _NOT_SEEN), _NOT_SEEN]
        counts = counts.reindex(names, fill_value=0)
        return Table(
            columns=("Country", *(RUNGS[rung].words for rung in NEAR)),
            rows=tuple((str(name), *map(str, counts.loc[name])) for name in names),
        )

    def table_of_comparators(self) -> Table:
        """What the judged trials compared with, and whether the drug could give itself away."""
        compared = self.evidence.studies[["study_id", "comparator"]]
        trials = self.bias.trials.merge(compared, on="study_id")
        rows = []
        for key, words in COMPARATORS.items():
            judged = trials.loc[trials["comparator"] == key, "functional-unblinding"]
            if len(judged):
                counts = [str(int((judged == name).sum())) for name in JUDGEMENTS]
                rows.append((words, str(len(judged)), *counts))
        heads = (f"Given away: {words}" for words in JUDGEMENT_WORDS.values())
        return Table(
            columns=("Compared with", "Trials", *heads), rows=tuple(rows), empty="No trial."
        )

    def table_of_funding(self) -> Table:
        """Who paid, where a source that was read says so."""
        known = self.studies[self.studies["funding"].notna()]
        rows = [
            (
                text(row, "label"),
                RUNGS[text(row, "directness")].words,
                text(row, "funding"),
                source_link(self.evidence, row),
            )
            for _, row in known.iterrows()
        ]
        return Table(
            columns=("Study", "Rung", "Paid by", "Read in"),
            rows=tuple(rows),
            empty="No source that was read names who paid.",
            folded=f"Who paid was seen for {len(rows)} of {len(self.studies)} studies",
        )

    def table_of_groups(self) -> Table:
        """Groups that a description of participants names, and who is described at all."""
        rows = []
        for words, pattern in _NAMED.items():
            named = self.studies["population"].str.contains(pattern, case=False, regex=True)
            rows.append((words, *self._counts(named), self._labels(named)))
        for words, column in (
            ("Mean age was seen", "age_mean"),
            ("Share of women was seen", "percent_female"),
        ):
            seen = self.studies[column].notna()
            rows.append((words, *self._counts(seen), ""))
        heads = (RUNGS[rung].words for rung in NEAR)
        return Table(columns=("Group", *heads, "Studies on these rungs"), rows=tuple(rows))

    def left_out(self) -> Prose:
        """Who was not studied, as far as the tables tell."""
        direct = self.studies["directness"] == "direct"
        absent: list[str] = []
        present: list[str] = []
        for words, pattern in _NAMED.items():
            named = self.studies["population"].str.contains(pattern, case=False, regex=True)
            rows = self.studies[direct & named]
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

    def _counts(self, chosen: pd.Series[Any]) -> tuple[str, ...]:
        return tuple(
            str(int((chosen & (self.studies["directness"] == rung)).sum())) for rung in NEAR
        )

    def _labels(self, chosen: pd.Series[Any]) -> str:
        near = self.studies["directness"].isin(NEAR)
        return "; ".join(self.studies.loc[chosen & near, "label"])


def who_was_studied(evidence: Evidence) -> WhoWasStudied:
    """The people behind the evidence: primary studies, the map, the risk of bias.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

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
    primary = studies["programme"].notna() & ~retracted(evidence, studies)
    return WhoWasStudied(
        evidence=evidence,
        studies=studies[primary].reset_index(drop=True),
        map=evidence_map(evidence),
        bias=risk_of_bias(evidence),
    )


def _people(number: float, not_seen: int) -> str:
    words = f"{number:,.0f}"
    return f"{words}, and {count_words(not_seen, 'programme')} not seen" if not_seen else words
