"""Risk of bias for readers: lights per trial, shares per domain, the reasons behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words
from evidence_tools.display.cells import RUNG, by_directness, read_in, study_words, text
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Table
from evidence_tools.display.judgements import LightRow, ShareRow, draw_lights, draw_shares
from evidence_tools.display.style import JUDGEMENT_WORDS, JUDGEMENTS
from evidence_tools.evidence.joined import joined

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

HEADS = {
    "randomisation": "Random-\nisation",
    "period-and-carry-over": "Carry-\nover",
    "deviations": "Devia-\ntions",
    "missing-data": "Missing\ndata",
    "measurement": "Measure-\nment",
    "selective-reporting": "Selective\nreporting",
    "overall": "Overall",
    "functional-unblinding": "Un-\nblinding",
}
"""Domains in the order of the figures, with headings narrow enough for eight columns."""

DOMAIN_WORDS = {
    "randomisation": "Randomisation",
    "period-and-carry-over": "Period and carry-over (crossover trials)",
    "deviations": "Deviations from the treatment given by lot",
    "missing-data": "Missing data",
    "measurement": "Measurement of the outcome",
    "selective-reporting": "Selective reporting",
    "overall": "Overall",
    "functional-unblinding": "Functional unblinding (our addition)",
}
_UNBLINDING = "functional-unblinding"
RUNGS_TOGETHER = {
    "near": ("direct", "related"),
    "indirect": ("indirect",),
    "others": ("safety-only", "context"),
}
"""The rungs whose trials stand in one figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias(PageAnswer):
    """The judgements, one row per trial and one column per domain.

    `trials`: `study_id`, `label`, `directness`, `people` (0 where not seen), `outcome`, the
        domains, nearest rung first.
    `drafts`: judgements that no person has confirmed.
    """

    evidence: Evidence
    trials: pd.DataFrame
    drafts: int

    def to_frame(self) -> pd.DataFrame:
        """One row per trial, as judged."""
        return self.trials.copy()

    def summary(self) -> str:
        """Three sentences: how many trials, how judged overall, how many are drafts."""
        overall = self.trials["overall"]
        counts = "; ".join(
            f"{JUDGEMENT_WORDS[name]}: {int((overall == name).sum())}" for name in JUDGEMENTS
        )
        given_away = int((self.trials[_UNBLINDING] == "high").sum())
        confirmed = len(self.evidence.risk_of_bias) - self.drafts
        return (
            f"Of {count_words(len(self.trials), 'controlled trial')} that may decide a claim or "
            f"enter a pool, overall: {counts}. In {given_away} of them the drug probably gave "
            f"itself away. {self.drafts} of {self.drafts + confirmed} judgements are drafts made "
            f"by rule; {_people_confirmed(confirmed)}."
        )

    def pictures(self) -> Parts[Picture]:
        """One bar per domain; one light per trial and domain, for some rungs each."""
        lights = {name: partial(self._lights, rungs) for name, rungs in RUNGS_TOGETHER.items()}
        return {"shares": self._picture_of_shares, **lights}

    def tables(self) -> Parts[Table]:
        """Trials by judgement and domain; the judgements behind the lights, with reasons."""
        reasons = {name: partial(self._reasons, rungs) for name, rungs in RUNGS_TOGETHER.items()}
        return {"shares": self._table_of_shares, **reasons}

    def _lights(self, rungs: tuple[str, ...]) -> Picture:
        trials = self._on(rungs)
        rows = [LightRow(label=_label(row), lights=_lights(row)) for _, row in trials.iterrows()]
        alt = "; ".join(
            f"{_label(row)}: overall {JUDGEMENT_WORDS[row['overall']]}, unblinding "
            f"{JUDGEMENT_WORDS[row[_UNBLINDING]]}"
            for _, row in trials.iterrows()
        )
        return Picture(
            axes=draw_lights(rows, list(HEADS.values())),
            alt=f"Draft judgements of risk of bias, one line per trial. {alt or 'No trial'}.",
        )

    def _reasons(self, rungs: tuple[str, ...]) -> Table:
        columns = (
            *(Column("Trial", study_words), RUNG),
            Column("Judged for", lambda row: text(row, "outcome").replace("-", " ")),
            Column("Overall", lambda row: JUDGEMENT_WORDS[text(row, "overall")]),
            Column("Why", lambda row: text(row, "why_overall")),
            *(Column("Unblinding", _unblinding), read_in(self.evidence)),
        )
        return Table.of(columns, self._on(rungs), empty="No trial was judged.")

    def _picture_of_shares(self) -> Picture:
        """One bar per domain, each trial weighted by its people."""
        shares = self._shares()
        rows = [ShareRow(label=DOMAIN_WORDS[name], shares=part) for name, part in shares.items()]
        alt = "; ".join(
            f"{DOMAIN_WORDS[name]}: "
            + ", ".join(f"{JUDGEMENT_WORDS[key]} {share:.0%}" for key, share in part.items())
            for name, part in shares.items()
        )
        return Picture(
            axes=draw_shares(rows),
            alt=f"Draft judgements, weighted by people. {alt or 'No trial was judged'}.",
        )

    def _table_of_shares(self) -> Table:
        """How many trials have each judgement in each domain, unweighted."""
        counts = (
            Column(words.capitalize(), partial(self._judged, name), "right")
            for name, words in JUDGEMENT_WORDS.items()
        )
        return Table.of((Column("Domain", lambda domain: DOMAIN_WORDS[domain]), *counts), HEADS)

    def _judged(self, judgement: str, domain: str) -> int:
        return int((self.trials[domain] == judgement).sum())

    def _on(self, rungs: tuple[str, ...]) -> pd.DataFrame:
        return self.trials[self.trials["directness"].isin(rungs)]

    def _shares(self) -> dict[str, dict[str, float]]:
        """Share of the people by judgement, for each domain that was judged in somebody."""
        shares = {}
        for domain in HEADS:
            people = self.trials.groupby(domain)["people"].sum()
            if people.sum() > 0:
                whole = float(people.sum())
                shares[domain] = {
                    name: float(people[name]) / whole for name in JUDGEMENTS if name in people
                }
        return shares


def risk_of_bias(evidence: Evidence) -> RiskOfBias:
    """The judgements of all trials, nearest rung first.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    RiskOfBias
        One row per judged trial.
    """
    judged = evidence.risk_of_bias
    wide = judged.pivot(index="study_id", columns="domain", values="judgement")
    wide = wide.reindex(columns=list(HEADS)).reset_index()
    reasons = judged.pivot(index="study_id", columns="domain", values="reason")
    reasons = reasons.reindex(columns=["overall", _UNBLINDING])
    reasons.columns = pd.Index(["why_overall", "why_unblinding"])
    sources = judged[judged["domain"] == "overall"]
    sources = sources[["study_id", "outcome", "source_level", "locator", "url", "reference"]]
    studies = evidence.studies[["study_id", "label", "directness"]].assign(
        people=people_of(evidence.studies, "n_analysed", "n_enrolled").fillna(0.0)
    )
    trials = wide.merge(reasons.reset_index(), on="study_id").merge(sources, on="study_id")
    trials = trials.merge(studies, on="study_id")
    trials["retracted"] = trials["study_id"].map(joined(evidence).studies["retracted"])
    return RiskOfBias(
        evidence=evidence,
        trials=by_directness(trials, "study_id"),
        drafts=int((judged["status"] == "draft").sum()),
    )


def people_of(
    studies: pd.DataFrame, first: str = "n_enrolled", second: str = "n_analysed"
) -> pd.Series[float]:
    """People of each study from one column, else the other; missing where neither was seen."""
    return studies[first].fillna(studies[second]).astype("float64")


def _unblinding(row: pd.Series[Any]) -> str:
    return f"{JUDGEMENT_WORDS[text(row, _UNBLINDING)]}: {text(row, 'why_unblinding')}"


def _label(row: pd.Series[Any]) -> str:
    people = f", {row['people']:.0f} people" if row["people"] else ""
    return f"{study_words(row)}{people}"


def _lights(row: pd.Series[Any]) -> tuple[str | None, ...]:
    return tuple(text(row, domain) or None for domain in HEADS)


def _people_confirmed(number: int) -> str:
    return "no person has confirmed any" if number == 0 else f"a person confirmed {number}"
