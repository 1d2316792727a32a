"""Our own pooled answers by window and rung: picture, table and a sentence in points of a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.answers import Answer, answer_question
from evidence_tools.contrasts import all_contrasts
from evidence_tools.errors import UnknownTermError
from evidence_tools.loading import Evidence
from evidence_tools.plots.forest import draw_forest
from evidence_tools.questions import all_questions
from evidence_tools.report.cells import number, source_link, text
from evidence_tools.report.comparators import comparators, printed_row
from evidence_tools.report.display import Cell, Picture, Prose, Table
from evidence_tools.report.pooled_figure import forest_rows, interval_words, spoken_row
from evidence_tools.words import count_words, effect_words, printed_interval, printed_number


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledAnswers:
    """Answers to all questions on severity of some windows, against any control.

    Attributes
    ----------
    answers : tuple of Answer
        One per population, window and dosing, in the order of ``questions.yml``.
    """

    evidence: Evidence
    answers: tuple[Answer, ...]

    @property
    def answered(self) -> tuple[Answer, ...]:
        """Answers that rest on at least one contrast."""
        return tuple(answer for answer in self.answers if len(answer.included))

    def summary(self) -> str:
        """One or two sentences: how many questions can be answered, and from how many trials."""
        most = max((len(answer.included) for answer in self.answers), default=0)
        trials = {study for a in self.answered for study in a.included["study_id"]}
        pooled = (
            "nothing is pooled: no window of one rung has more than one trial"
            if most < 2
            else f"at most {most} trials meet in one window"
        )
        return (
            f"Of {count_words(len(self.answers), 'question')} on the severity of symptoms in these "
            f"windows, {count_words(len(self.answered), 'question')} can be answered from our "
            f"rows, by {count_words(len(trials), 'trial')}; {pooled}."
        )

    def answer(self) -> Prose:
        """The summary as a paragraph, and what it means in points where a trial prints them."""
        return Prose(" ".join([self.summary(), *self._points()]))

    def picture(self, *outside: str) -> Picture:
        """Contrasts of all answered questions, and published estimates below a line.

        Parameters
        ----------
        *outside : str
            Constructs whose published estimates are shown below the line.
        """
        others = comparators(self.evidence, *outside).forest_rows() if outside else []
        rows = forest_rows(self.evidence, self.answered)
        then = ", then published estimates" if others else ""
        shown = "; ".join(spoken_row(row) for row in rows) or "No eligible studies"
        shown += "".join(f"; {printed_row(row)}" for row in others)
        alt = f"Contrasts from our rows{then}; negative favours ketamine. {shown}."
        return Picture(axes=draw_forest(rows, outside=others), alt=alt)

    def caption(self) -> Prose:
        """What the figure shows, in words under it."""
        shown = len({name for a in self.answered for name in a.included["contrast_id"]})
        return Prose(
            f"Above the line: {count_words(shown, 'contrast')} from our rows, as standardised "
            f"differences with 95% intervals; below it: published pooled estimates, which never "
            f"enter our answers. Negative favours ketamine."
        )

    def table(self) -> Table:
        """Each question: trials in, rows out, the answer, and the Bayesian answer."""
        return Table(
            columns=(
                "Question",
                "Trials",
                "Rows left out",
                "Effect (95% interval)",
                "Bayesian (95% interval)",
                "Probability that it favours ketamine",
            ),
            rows=tuple(_question_cells(answer) for answer in self.answered),
            empty="None of these questions can be answered from our rows yet.",
        )

    def table_of_rows(self) -> Table:
        """Every row of these populations, in or out, with the reason of its nearest question."""
        nearest: dict[str, dict[Any, Any]] = {}
        for answer in self.answers:
            for row in answer.rows.to_dict("records"):
                name = row["contrast_id"]
                if name not in nearest or _nearness(row) > _nearness(nearest[name]):
                    nearest[name] = row
        results = self.evidence.results.set_index("result_id", drop=False)
        return Table(
            columns=("Contrast", "Effect", "How it was derived", "In?", "Why not", "Read in"),
            rows=tuple(_row_cells(self.evidence, results, nearest[n]) for n in sorted(nearest)),
            folded=f"{count_words(len(nearest), 'row')} in and out, and why",
        )

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


def pooled_answers(evidence: Evidence, *windows: str) -> PooledAnswers:
    """Our answers on the severity of symptoms in some windows, against any control.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    *windows : str
        Names of windows in ``questions.yml``, such as ``"24h"``.

    Returns
    -------
    PooledAnswers
        All populations and kinds of dosing.

    Raises
    ------
    UnknownTermError
        If a window is not in ``questions.yml``; names those that are.
    """
    known = evidence.questions["windows"]
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
    return PooledAnswers(evidence=evidence, answers=tuple(answers))


def _question_cells(answer: Answer) -> tuple[Cell, ...]:
    pooled, bayesian = answer.pooled, answer.bayesian
    assert pooled is not None
    mu = None if bayesian is None else bayesian.mu
    likely = None if bayesian is None else bayesian.probability_below(0.0)
    return (
        answer.question.words,
        str(pooled.k),
        str(len(answer.rows) - len(answer.included)),
        interval_words(pooled.estimate, pooled.ci_low, pooled.ci_high),
        "not for one trial" if mu is None else interval_words(mu.median, mu.ci_low, mu.ci_high),
        "not for one trial" if likely is None else f"{100 * likely:.0f}%",
    )


def _nearness(row: dict[Any, Any]) -> int:
    """How near a row came to an answer: in, second of its programme, right but for the time."""
    if row["included"]:
        return 3
    if row["reason"].startswith("programme "):
        return 2
    return int(row["reason"] == "outside the window")


def _row_cells(evidence: Evidence, results: pd.DataFrame, row: dict[Any, Any]) -> tuple[Cell, ...]:
    first = results.loc[[row["contrast_id"].split(" v ")[0]]].iloc[0]
    return (
        row["contrast_id"],
        "none" if pd.isna(row["yi"]) else effect_words(row["yi"]),
        row["derivation"],
        "yes" if row["included"] else "no",
        row["reason"],
        source_link(evidence, first),
    )


def _in_points(evidence: Evidence, row: pd.Series[Any], contrast: dict[Any, Any]) -> str:
    """A printed difference in points of its scale, and whom it favours.

    The direction is that of the contrast; the numbers are turned so that the difference is
    positive, and its interval with it.
    """
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
