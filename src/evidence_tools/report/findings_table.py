"""Summary of Findings: each answered question in absolute terms, with its certainty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.answers import Answer, answer_question
from evidence_tools.certainty import DOMAINS, Certainty, question_certainty
from evidence_tools.contrasts import all_contrasts
from evidence_tools.loading import Evidence
from evidence_tools.questions import all_questions, find_question
from evidence_tools.report.claim_words import certainty_words
from evidence_tools.report.display import Cell, Prose, Table
from evidence_tools.words import count_words, effect_words

_COLUMNS = ("Question", "Trials (people)", "Effect", "In absolute terms", "Certainty", "Why")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryOfFindings:
    """The questions that can be answered against any control, with what GRADE asks for.

    Attributes
    ----------
    evidence : Evidence
        Loaded evidence.
    rows : tuple of (Answer, Certainty)
        One per answered question, in the order of ``questions.yml``.
    """

    evidence: Evidence
    rows: tuple[tuple[Answer, Certainty], ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per question: effect, interval, people, absolute terms, rating, steps."""
        return pd.DataFrame([finding_record(self.evidence, *row) for row in self.rows])

    def to_csv(self) -> str:
        """The frame as CSV text."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))

    def table(self) -> Table:
        """The table for readers."""
        return Table(
            columns=_COLUMNS,
            rows=tuple(self._cells(*row) for row in self.rows),
            empty="No question can be answered from our rows yet.",
        )

    def _cells(self, answer: Answer, certainty: Certainty) -> tuple[Cell, ...]:
        pooled = answer.pooled
        assert pooled is not None
        people = answer.included["n"].sum()
        ends = f"{effect_words(pooled.ci_low)} to {effect_words(pooled.ci_high)}"
        return (
            answer.question.words,
            f"{pooled.k} ({people:.0f})",
            f"{effect_words(pooled.estimate)} ({ends})",
            absolute_words(self.evidence, answer),
            certainty_words(recorded_rating(self.evidence, certainty)),
            "; ".join(f"{s.domain}: {s.reason}" for s in certainty.steps if s.levels),
        )

    def answer(self) -> Prose:
        """How many questions can be answered, and how sure the best of them is."""
        asked = sum(question.comparator == "any" for question in all_questions(self.evidence))
        best = min(
            (recorded_rating(self.evidence, c) for _, c in self.rows),
            key=self.evidence.rules.certainty.ratings.index,
            default="",
        )
        sure = f"; the surest answer is of {best.replace('-', ' ')} certainty" if best else ""
        return Prose(
            f"Of {count_words(asked, 'question')} against any control, "
            f"{count_words(len(self.rows), 'question')} can be answered from our rows{sure}. "
            f"The ratings are proposed by rule and are drafts."
        )


def summary_of_findings(evidence: Evidence) -> SummaryOfFindings:
    """Every question against any control that can be answered, with its certainty.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

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
    """The questions with the keys of ``evidence certainty --json``.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    question_id : str
        Only this question; empty: all that can be answered.

    Returns
    -------
    list of dict
        Empty if the question cannot be answered yet.

    Raises
    ------
    UnknownTermError
        If there is no such question.
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
    return Table(
        columns=("question", "k", "n", "effect", "rating", "steps down"),
        rows=tuple(
            (
                record["question_id"],
                str(record["k"]),
                f"{record['n']:.0f}",
                f"{record['estimate']:.3g} ({record['ci_low']:.3g} to {record['ci_high']:.3g})",
                record["rating"],
                "; ".join(
                    f"{name}: {step['reason']}"
                    for name, steps in record["domains"].items()
                    for step in steps
                    if step["levels"]
                ),
            )
            for record in records
        ),
        empty="No contrast in the evidence can answer this yet, so nothing can be rated.",
    )


def _domain(certainty: Certainty, name: str) -> Iterator[dict[str, Any]]:
    for step in certainty.steps:
        if step.domain == name:
            yield {"levels": step.levels, "reason": step.reason}


def recorded_rating(evidence: Evidence, certainty: Certainty) -> str:
    """The recorded rating of a question, else the proposed one."""
    recorded = evidence.certainty.set_index("subject")["rating"]
    return str(recorded.get(certainty.subject, certainty.rating))


def absolute_words(evidence: Evidence, answer: Answer) -> str:
    """Per 1,000 people where a baseline risk was seen, points on a named scale otherwise.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    answer : Answer
        With at least one contrast.

    Returns
    -------
    str
        Says so where neither was seen.
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
