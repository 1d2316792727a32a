"""Our own pooled answers by window and rung: forest plot, table, and points of a scale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.base.words import count_words, effect_words, printed_interval, printed_number
from evidence_tools.display.cells import number, source_link, text, when_words
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.forest import Diamond, ForestRow, draw_forest
from evidence_tools.questions.estimands import all_questions
from evidence_tools.questions.size_of_benefit.answers import Answer, answer_question
from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts
from evidence_tools.questions.size_of_benefit.page_published import (
    comparators,
    printed_row,
    row_words,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_NORMAL = NormalDist().inv_cdf(0.975)
"""Standard errors in half a 95% interval of a single contrast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledAnswers(PageAnswer):
    """Answers to all questions on severity of some windows, against any control.

    `asked`: one per population, window and dosing, in the order of ``questions.yml``.
    `beside`: constructs whose published estimates stand below the line of the figure.
    """

    evidence: Evidence
    asked: tuple[Answer, ...]
    beside: tuple[str, ...] = ()

    @property
    def answered(self) -> tuple[Answer, ...]:
        """Answers that rest on at least one contrast."""
        return tuple(answer for answer in self.asked if len(answer.included))

    def summary(self) -> str:
        """One or two sentences: how many questions can be answered, and from how many trials."""
        most = max((len(answer.included) for answer in self.asked), default=0)
        trials = {study for a in self.answered for study in a.included["study_id"]}
        pooled = (
            "nothing is pooled: no window of one rung has more than one trial"
            if most < 2
            else f"at most {most} trials meet in one window"
        )
        return (
            f"Of {count_words(len(self.asked), 'question')} on the severity of symptoms in these "
            f"windows, {count_words(len(self.answered), 'question')} can be answered from our "
            f"rows, by {count_words(len(trials), 'trial')}; {pooled}."
        )

    def answers(self) -> Parts[Prose]:
        """The summary, and what it means in points where a trial prints them."""
        return {"summary": lambda: Prose(" ".join([self.summary(), *self._points()]))}

    def pictures(self) -> Parts[Picture]:
        """Contrasts of all answered questions, and published estimates below a line."""
        return {"forest": self._picture}

    def captions(self) -> Parts[Prose]:
        """What the figure shows."""
        return {"forest": self._caption}

    def tables(self) -> Parts[Table]:
        """Each question with its answers; every row of these populations, in or out, and why."""
        empty = "None of these questions can be answered from our rows yet."
        return {
            "questions": lambda: Table.of(_OF_A_QUESTION, self.answered, empty=empty),
            "rows": self._rows,
        }

    def _picture(self) -> Picture:
        others = comparators(self.evidence, *self.beside).forest_rows() if self.beside else []
        rows = forest_rows(self.evidence, self.answered)
        then = ", then published estimates" if others else ""
        shown = "; ".join(spoken_row(row) for row in rows) or "No eligible studies"
        shown += "".join(f"; {printed_row(row)}" for row in others)
        alt = f"Contrasts from our rows{then}; negative favours ketamine. {shown}."
        return Picture(axes=draw_forest(rows, outside=others), alt=alt)

    def _caption(self) -> Prose:
        shown = len({name for a in self.answered for name in a.included["contrast_id"]})
        return Prose(
            f"Above the line: {count_words(shown, 'contrast')} from our rows, as standardised "
            f"differences with 95% intervals; below it: published pooled estimates, which never "
            f"enter our answers. Negative favours ketamine."
        )

    def _rows(self) -> Table:
        """Every row with the reason of its nearest question."""
        nearest: dict[str, dict[Any, Any]] = {}
        for answer in self.asked:
            for row in answer.rows.to_dict("records"):
                name = row["contrast_id"]
                if name not in nearest or _nearness(row) > _nearness(nearest[name]):
                    nearest[name] = row
        results = self.evidence.results.set_index("result_id", drop=False)
        columns = (
            Column("Contrast", lambda row: row["contrast_id"]),
            Column("Effect", lambda row: "none" if pd.isna(row["yi"]) else effect_words(row["yi"])),
            Column("How it was derived", lambda row: row["derivation"]),
            Column("In?", lambda row: "yes" if row["included"] else "no"),
            Column("Why not", lambda row: row["reason"]),
            Column("Read in", lambda row: source_link(self.evidence, _result(results, row))),
        )
        folded = f"{count_words(len(nearest), 'row')} in and out, and why"
        return Table.of(columns, [nearest[name] for name in sorted(nearest)], folded=folded)

    def _points(self) -> list[str]:
        """For contrasts made of a printed difference: that difference, in points of its scale."""
        results = self.evidence.results.set_index("result_id", drop=False)
        sentences = []
        for answer in self.answered:
            for contrast in answer.included.to_dict("records"):
                if contrast["contrast_id"] not in results.index:
                    continue
                row = results.loc[[contrast["contrast_id"]]].iloc[0]
                if text(row, "measure") == "mean-difference":
                    sentences.append(_in_points(self.evidence, row, contrast))
        return list(dict.fromkeys(sentences))


def pooled_answers(
    evidence: Evidence, *windows: str, beside: tuple[str, ...] = ()
) -> PooledAnswers:
    """Our answers on the severity of symptoms in some windows, against any control.

    Parameters
    ----------
    evidence : Evidence
    *windows : str
        Names of windows in ``questions.yml``, such as ``"24h"``.
    beside : tuple of str
        Constructs whose published estimates the figure shows below a line.

    Returns
    -------
    PooledAnswers
        All populations and kinds of dosing.

    Raises
    ------
    UnknownTermError
        If a window is not in ``questions.yml``; names those that are.
    """
    known = evidence.questions.windows
    for window in windows:
        if window not in known:
            raise UnknownTermError("window", found=repr(window), allowed=", ".join(known))
    contrasts = all_contrasts(evidence)
    answers = [
        answer_question(evidence, question, contrasts=contrasts)
        for question in all_questions(evidence)
        if question.window in windows
        and question.comparator == "any"
        and question.outcome == "severity"
    ]
    return PooledAnswers(evidence=evidence, asked=tuple(answers), beside=beside)


def _effect(answer: Answer) -> str:
    pooled = answer.pooled
    assert pooled is not None
    return interval_words(pooled.estimate, pooled.ci_low, pooled.ci_high)


def _bayesian(answer: Answer) -> str:
    if answer.bayesian is None:
        return _ONE_TRIAL
    mu = answer.bayesian.mu
    return interval_words(mu.median, mu.ci_low, mu.ci_high)


def _likely(answer: Answer) -> str:
    likely = None if answer.bayesian is None else answer.bayesian.probability_below(0.0)
    return _ONE_TRIAL if likely is None else f"{100 * likely:.0f}%"


_ONE_TRIAL = "not for one trial"
_OF_A_QUESTION = (
    Column("Question", lambda answer: answer.question.words),
    Column("Trials", lambda answer: answer.pooled.k, "right"),
    Column("Rows left out", lambda answer: len(answer.rows) - len(answer.included), "right"),
    Column("Effect (95% interval)", _effect),
    Column("Bayesian (95% interval)", _bayesian),
    Column("Probability that it favours ketamine", _likely),
)


def _nearness(row: dict[Any, Any]) -> int:
    """How near a row came to an answer: in, second of its programme, right but for the time."""
    if row["included"]:
        return 3
    if row["reason"].startswith("programme "):
        return 2
    return int(row["reason"] == "outside the window")


def _result(results: pd.DataFrame, contrast: dict[Any, Any]) -> pd.Series[Any]:
    """The first of the rows of ``results.csv`` that a contrast is made of."""
    return results.loc[[str(contrast["contrast_id"]).split(" v ")[0]]].iloc[0]


def _in_points(evidence: Evidence, row: pd.Series[Any], contrast: dict[Any, Any]) -> str:
    """A printed difference in points of its scale, and whom it favours."""
    # The direction is that of the contrast; the numbers are turned so that the difference is
    # positive, and its interval with it.
    drug = contrast["drug"] if isinstance(contrast["drug"], str) else "ketamine"
    size = float(row["estimate"])
    direction = f"against {drug}" if contrast["yi"] > 0 else f"in favour of {drug}"
    interval = _interval_in_points(row, -1 if size < 0 else 1)
    found = f"a difference of {printed_number(abs(size))}{interval} {direction}"
    if size == 0:
        found = f"no difference{interval}"
    return (
        f"In points: {text(row, 'study_id')} found {found} on the "
        f"{text(row, 'instrument')}{_span(evidence, row)}."
    )


def _interval_in_points(row: pd.Series[Any], sign: int) -> str:
    low, high = number(row, "ci_low"), number(row, "ci_high")
    if low is None or high is None:
        return ""
    level = printed_number(row["ci_level"]) + "% " if pd.notna(row["ci_level"]) else ""
    return f" ({level}interval {printed_interval(*sorted((sign * low, sign * high)))})"


def _span(evidence: Evidence, row: pd.Series[Any]) -> str:
    """The range of the scale, where it is known."""
    scales = evidence.instruments
    scale = scales[scales["instrument_id"] == text(row, "instrument_id")]
    if scale.empty or scale[["minimum", "maximum"]].isna().iloc[0].any():
        return ""
    return f", a scale from {scale['minimum'].iloc[0]:g} to {scale['maximum'].iloc[0]:g}"


def forest_rows(evidence: Evidence, answers: Iterable[Answer]) -> list[ForestRow | Diamond]:
    """Contrasts of each answer, with weights and a diamond where it pools several. In the order of
    the answers. A contrast that answers several questions alone is one row.
    """
    results = evidence.results.set_index("result_id", drop=False)
    rows: dict[tuple[str, str], ForestRow | Diamond] = {}
    for answer in answers:
        pooled, question = answer.pooled, answer.question.question_id
        several = pooled is not None and pooled.k > 1
        for index, contrast in enumerate(answer.included.to_dict("records")):
            name = str(contrast["contrast_id"])
            time = when_words(_result(results, contrast))
            weight = float(pooled.weights[index]) if pooled is not None and several else None
            rows[name, question if several else ""] = _row(contrast, time, weight)
        if several:
            rows["pooled", question] = _diamond(answer)
    return list(rows.values())


def spoken_row(row: ForestRow | Diamond) -> str:
    """A row of the figure for its alternative text."""
    if isinstance(row, ForestRow):
        share = "" if row.weight is None else f", weight {100 * row.weight:.0f}%"
        return f"{row_words(row)}: {interval_words(row.yi, row.low, row.high)}{share}"
    words = f"{row.label}: {interval_words(row.estimate, row.low, row.high)}"
    if row.pi_low is None or row.pi_high is None:
        return words
    expected = f"{effect_words(row.pi_low)} to {effect_words(row.pi_high)}"
    return f"{words}, a new study would be expected at {expected}"


def interval_words(estimate: float, low: float | None, high: float | None) -> str:
    """A computed effect with its interval, two decimals each."""
    if low is None or high is None:
        return effect_words(estimate)
    return f"{effect_words(estimate)} ({effect_words(low)} to {effect_words(high)})"


def _row(contrast: dict[Any, Any], time: str, weight: float | None) -> ForestRow:
    half = _NORMAL * math.sqrt(contrast["vi"])
    return ForestRow(
        label=contrast["label"],
        rung=contrast["directness"],
        yi=contrast["yi"],
        low=contrast["yi"] - half,
        high=contrast["yi"] + half,
        dose=_dose(contrast),
        comparator="" if pd.isna(contrast["control_drug"]) else contrast["control_drug"],
        time=time.removeprefix("time "),
        n="" if pd.isna(contrast["n"]) else f"{contrast['n']:.0f}",
        weight=weight,
    )


def _dose(contrast: dict[Any, Any]) -> str:
    """Drug, dose at one time, and how often it was given, as far as they were seen."""
    drug = "" if pd.isna(contrast["drug"]) else contrast["drug"]
    dose = "" if pd.isna(contrast["dose"]) else f"{contrast['dose']:g} {contrast['dose_unit']}"
    often = contrast["n_doses"]
    times = "" if pd.isna(often) or often == 1 else f"× {often:.0f}"
    return " ".join(part for part in (drug, dose, times) if part)


def _diamond(answer: Answer) -> Diamond:
    pooled = answer.pooled
    assert pooled is not None
    return Diamond(
        label=f"Pooled: {answer.question.words}",
        estimate=pooled.estimate,
        low=pooled.ci_low,
        high=pooled.ci_high,
        pi_low=pooled.pi_low,
        pi_high=pooled.pi_high,
    )
