"""Summary of Findings: each answered question in absolute terms, with its certainty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words, effect_words
from evidence_tools.display.display import Column, PageAnswer, Parts, Table
from evidence_tools.questions.estimands import all_questions, find_question
from evidence_tools.questions.size_of_benefit.answers import Answer, answer_question
from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts
from evidence_tools.verdicts.certainty import DOMAINS, Certainty, question_certainty
from evidence_tools.verdicts.words import certainty_words

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryOfFindings(PageAnswer):
    """The questions that can be answered against any control, with what GRADE asks for.

    `rows`: one per answered question, in the order of ``questions.yml``.
    """

    evidence: Evidence
    rows: tuple[tuple[Answer, Certainty], ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per question: effect, interval, people, absolute terms, rating, steps."""
        return pd.DataFrame([finding_record(self.evidence, *row) for row in self.rows])

    def tables(self) -> Parts[Table]:
        """One line per question for readers."""
        evidence = self.evidence
        columns = (
            Column("Question", lambda row: row[0].question.words),
            Column("Trials (people)", lambda row: _extent(row[0])),
            Column("Effect", lambda row: _effect(row[0])),
            Column("In absolute terms", lambda row: absolute_words(evidence, row[0])),
            Column("Certainty", lambda row: certainty_words(recorded_rating(evidence, row[1]))),
            Column("Why", lambda row: _lowered(row[1])),
        )
        empty = "No question can be answered from our rows yet."
        return {"findings": lambda: Table.of(columns, self.rows, empty=empty)}

    def summary(self) -> str:
        """How many questions can be answered, and how sure the best of them is."""
        asked = sum(question.comparator == "any" for question in all_questions(self.evidence))
        best = min(
            (recorded_rating(self.evidence, c) for _, c in self.rows),
            key=self.evidence.rules.certainty.ratings.index,
            default="",
        )
        sure = f"; the surest answer is of {best.replace('-', ' ')} certainty" if best else ""
        return (
            f"Of {count_words(asked, 'question')} against any control, "
            f"{count_words(len(self.rows), 'question')} can be answered from our rows{sure}. "
            f"The ratings are proposed by rule and are drafts."
        )


def summary_of_findings(evidence: Evidence) -> SummaryOfFindings:
    """Every question against any control that can be answered, with its certainty.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    SummaryOfFindings
    """
    contrasts = all_contrasts(evidence)
    rows = []
    for question in all_questions(evidence):
        if question.comparator != "any":
            continue
        answer = answer_question(evidence, question, contrasts=contrasts)
        certainty = question_certainty(answer, evidence)
        if certainty is not None:
            rows.append((answer, certainty))
    return SummaryOfFindings(evidence=evidence, rows=tuple(rows))


def certainty_records(evidence: Evidence, question_id: str = "") -> list[dict[str, Any]]:
    """The questions with the keys of ``evidence certainty --json``. Empty if the question cannot be
    answered yet. Raises UnknownTermError if there is no such question.
    """
    if not question_id:
        return [finding_record(evidence, *row) for row in summary_of_findings(evidence).rows]
    answer = answer_question(evidence, find_question(evidence, question_id))
    certainty = question_certainty(answer, evidence)
    return [] if certainty is None else [finding_record(evidence, answer, certainty)]


def finding_record(evidence: Evidence, answer: Answer, certainty: Certainty) -> dict[str, Any]:
    """One question with plain keys: effect, people, rating, and each domain's steps and reasons."""
    pooled = answer.pooled
    assert pooled is not None
    return {
        "question_id": answer.question.question_id,
        "question": answer.question.words,
        "k": pooled.k,
        "n": float(answer.included["n"].sum()),
        "measure": answer.question.measure,
        "estimate": pooled.estimate,
        "ci_low": pooled.ci_low,
        "ci_high": pooled.ci_high,
        "absolute": absolute_words(evidence, answer),
        "rating": recorded_rating(evidence, certainty),
        "proposed_rating": certainty.rating,
        "domains": {name: list(_domain(certainty, name)) for name in DOMAINS},
        "rests_on": certainty.rests_on,
    }


def certainty_table(records: list[dict[str, Any]]) -> Table:
    """The records of `certainty_records` for a terminal."""
    columns = (
        Column("question", lambda record: record["question_id"]),
        Column("k", lambda record: record["k"], "right"),
        Column("n", lambda record: f"{record['n']:.0f}", "right"),
        Column("effect", _short_effect),
        Column("rating", lambda record: record["rating"]),
        Column("steps down", _steps_down),
    )
    empty = "No contrast in the evidence can answer this yet, so nothing can be rated."
    return Table.of(columns, records, empty=empty)


def _short_effect(record: dict[str, Any]) -> str:
    ends = f"{record['ci_low']:.3g} to {record['ci_high']:.3g}"
    return f"{record['estimate']:.3g} ({ends})"


def _steps_down(record: dict[str, Any]) -> str:
    domains = record["domains"].items()
    steps = ((name, step) for name, steps in domains for step in steps if step["levels"])
    return "; ".join(f"{name}: {step['reason']}" for name, step in steps)


def _extent(answer: Answer) -> str:
    assert answer.pooled is not None
    return f"{answer.pooled.k} ({answer.included['n'].sum():.0f})"


def _effect(answer: Answer) -> str:
    pooled = answer.pooled
    assert pooled is not None
    ends = f"{effect_words(pooled.ci_low)} to {effect_words(pooled.ci_high)}"
    return f"{effect_words(pooled.estimate)} ({ends})"


def _lowered(certainty: Certainty) -> str:
    return "; ".join(f"{step.domain}: {step.reason}" for step in certainty.steps if step.levels)


def _domain(certainty: Certainty, name: str) -> Iterator[dict[str, Any]]:
    for step in certainty.steps:
        if step.domain == name:
            yield {"levels": step.levels, "reason": step.reason}


def recorded_rating(evidence: Evidence, certainty: Certainty) -> str:
    """The recorded rating of a question, else the proposed one."""
    recorded = evidence.certainty.set_index("subject")["rating"]
    return str(recorded.get(certainty.subject, certainty.rating))


def absolute_words(evidence: Evidence, answer: Answer) -> str:
    """Per 1,000 people where a baseline risk was seen, points on a named scale otherwise. Says so
    where neither was seen.
    """
    if answer.question.measure == "RR":
        return _per_thousand(evidence, answer)
    return _in_points(evidence, answer)


def _per_thousand(evidence: Evidence, answer: Answer) -> str:
    """People per 1,000 who do not respond, at the control risk of the contrasts that entered."""
    events, n = 0.0, 0.0
    results = evidence.results.set_index("result_id")
    for contrast in answer.included["contrast_id"]:
        control = contrast.rpartition(" v ")[2]
        row = results.loc[control]
        if pd.isna(row["events"]) or pd.isna(row["n"]):
            return "the control risk was not seen as a count"
        events, n = events + float(row["n"] - row["events"]), n + float(row["n"])
    pooled = answer.pooled
    assert pooled is not None
    risk = 1000 * events / n
    low, middle, high = (
        min(1000.0, risk * math.exp(x)) for x in (pooled.ci_low, pooled.estimate, pooled.ci_high)
    )
    return (
        f"{risk:.0f} of 1,000 do not respond under control; {middle:.0f} ({low:.0f} to {high:.0f}) "
        f"with ketamine"
    )


def _in_points(evidence: Evidence, answer: Answer) -> str:
    """The standardised effect in points of the scale, by the SD of the control arms."""
    results = evidence.results.set_index("result_id")
    spreads = []
    for contrast in answer.included["contrast_id"]:
        row = results.loc[contrast.rpartition(" v ")[2]]
        if pd.notna(row["sd"]):
            spreads.append((str(row["instrument"]), float(row["sd"])))
    if len({name for name, _ in spreads}) != 1:
        return "no SD on one scale was seen, so no points"
    name, sd = spreads[0][0], sum(value for _, value in spreads) / len(spreads)
    pooled = answer.pooled
    assert pooled is not None
    low, middle, high = (sd * x for x in (pooled.ci_low, pooled.estimate, pooled.ci_high))
    ends = f"{effect_words(low)} to {effect_words(high)}"
    return f"{effect_words(middle)} points ({ends}) on the {name}, at an SD of {sd:.1f}"
