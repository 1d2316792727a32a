"""Rules about judgements: risk of bias, domain by domain, and the overall that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evidence_tools.checks.registry import at, rule, where

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.loading import Evidence

_TABLE = "risk_of_bias"
_FILES = ("risk_of_bias.csv", "rules.yml")
_OVERALL = "overall"
_JUDGED = ("risk_of_bias", "verdicts", "certainty")


def _design(evidence: Evidence, rows: pd.DataFrame) -> pd.Series[Any]:
    studies = evidence.studies.drop_duplicates("study_id").set_index("study_id")
    return rows.study_id.map(studies.design)


@rule(*_FILES)
def reason_says_too_little(evidence: Evidence) -> Iterator[Finding]:
    """A judgement without a reason cannot be checked by the next reader. An empty reason is a
    missing cell; one of a word or two explains nothing either.
    """
    judged = evidence.risk_of_bias
    fewest = evidence.rules.risk_of_bias.fewest_words_of_a_reason
    short = judged.reason.str.count(r"\S+") < fewest
    for index in where(judged.reason.notna() & short):
        allowed = f"a sentence of at least {fewest} words"
        hint = "Say what the study's rows tell, or that they do not tell."
        yield at(evidence, _TABLE, index, "reason", allowed=allowed, hint=hint)


@rule("studies.csv", *_FILES)
def domain_missing(evidence: Evidence) -> Iterator[Finding]:
    """A domain that nobody judged would be left out of the overall judgement without a word. What
    the source does not tell is judged too: no information. Crossover trials have one domain more.
    """
    rules = evidence.rules.risk_of_bias
    domains = [*rules.domains, *rules.domains_beside, _OVERALL]
    judged = evidence.risk_of_bias
    designs = _design(evidence, judged)
    for study, rows in judged.groupby("study_id", sort=False):
        crossover = designs[rows.index[0]] in rules.crossover_designs
        needed = [name for name in domains if crossover or name not in rules.domains_of_crossovers]
        absent = [name for name in needed if name not in set(rows.domain)]
        if absent:
            found = f"no {', no '.join(absent)} for {study!r}"
            hint = "Add the row; if the source does not tell, judge no-information."
            yield at(evidence, _TABLE, rows.index[0], "domain", found=found, hint=hint)


@rule("studies.csv", *_FILES)
def domain_of_another_design(evidence: Evidence) -> Iterator[Finding]:
    """Only where each person received the treatments one after the other can one treatment carry
    over into the next. In a parallel trial the domain was filled in by mistake.
    """
    judged = evidence.risk_of_bias
    designs = _design(evidence, judged)
    crossover = designs.isin(evidence.rules.risk_of_bias.crossover_designs)
    special = judged.domain.isin(evidence.rules.risk_of_bias.domains_of_crossovers)
    for index in where(designs.notna() & special & ~crossover):
        allowed = f"the domains of {designs[index]!r}"
        hint = "Delete the row, or correct the design in studies.csv."
        yield at(evidence, _TABLE, index, "domain", allowed=allowed, hint=hint)


@rule(*_FILES)
def overall_is_not_the_worst(evidence: Evidence) -> Iterator[Finding]:
    """The overall judgement is that of the worst domain, and no information is worse than low: a
    trial of which nothing is known is not a trial at low risk.
    """
    judged = evidence.risk_of_bias
    severity = list(evidence.rules.risk_of_bias.severity)
    rank = judged.judgement.map({word: place for place, word in enumerate(severity)})
    counted = judged.domain.isin(evidence.rules.risk_of_bias.domains)
    worst = rank[counted].groupby(judged.study_id[counted]).max()
    overall = judged.study_id.map(worst).where(judged.domain == _OVERALL)
    for index in where(overall.notna() & rank.notna() & (overall != rank)):
        allowed = repr(severity[int(overall[index])])
        hint = "Follow the worst of the domains, or judge that domain again."
        yield at(evidence, _TABLE, index, "judgement", allowed=allowed, hint=hint)


@rule(*(f"{table}.csv" for table in _JUDGED), "rules.yml")
def confirmed_by_a_rule(evidence: Evidence) -> Iterator[Finding]:
    """A judgement is confirmed by a person, and readers trust it because somebody stands behind
    it. A rule can only draft it.
    """
    rules = evidence.rules.validation.raters_that_are_rules
    for table in _JUDGED:
        judged = evidence.table(table)
        rater = judged.rater.fillna("").str.lower().str.replace(r"[\s_-]+", "-", regex=True)
        for index in where((judged.status == "confirmed") & rater.str.startswith(rules)):
            hint = "Name the person who confirmed it as rater, or leave the status at draft."
            yield at(evidence, table, index, "status", allowed="'draft'", hint=hint)


def may_decide(evidence: Evidence) -> pd.Series[bool]:
    """Which studies are controlled trials whose risk of bias is needed. Under the index of
    ``evidence.studies``: primary trials of a controlled design that report an outcome of the claims
    or a time on one of the rungs that decide, or a time or a side effect on the others.
    """
    studies, results = evidence.studies, evidence.results
    trial = studies.design.isin(evidence.rules.validation.controlled_designs)
    trial &= studies.programme.notna() & (studies.comparator != "none")
    near = studies.directness.isin(evidence.rules.risk_of_bias.rungs_that_decide)
    constructs = results.construct.isin(evidence.rules.risk_of_bias.constructs_that_decide)
    outcome = studies.study_id.isin(results.study_id[constructs])
    time = studies.study_id.isin(evidence.timing.study_id)
    harm = studies.study_id.isin(evidence.side_effects.study_id)
    return trial & (time | (near & outcome) | (~near & harm))


@rule(
    "studies.csv",
    "results.csv",
    "timing.csv",
    "side_effects.csv",
    *_FILES,
    severity="note",
)
def trial_without_judgement(evidence: Evidence) -> Iterator[Finding]:
    """A controlled trial that may decide a claim, or enter a pool, counts with its risk of bias.
    Until somebody has judged it, pages can only say that nobody has.
    """
    studies = evidence.studies
    judged = studies.study_id.isin(evidence.risk_of_bias.study_id)
    for index in where(may_decide(evidence) & ~judged):
        found = f"no judgement of {studies.study_id[index]!r}"
        hint = "Add its rows to risk_of_bias.csv; docs/risk-of-bias.md says how."
        yield at(evidence, "studies", index, "study_id", found=found, hint=hint)
