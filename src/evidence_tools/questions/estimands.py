"""The estimands: what is asked of the data, as typed objects made from ``questions.yml``.

A question is one population, one window of time, one kind of dosing, one kind of comparator and
one outcome. All combinations are questions, stated before any number is seen; most cannot be
answered yet, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from evidence_tools.base.errors import UnknownTermError, did_you_mean

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.questions_file import Questions

_PARTS = ("populations", "windows", "dosing", "comparators", "outcomes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One estimand.

    Attributes
    ----------
    question_id : str
        Population, window, dosing, comparator and outcome, joined by slashes.
    directness, constructs, anchors, drugs : tuple of str
        What a row must have: rung, construct, clock, comparator drug (empty: any).
    after_min, to_min : float
        Window in minutes on the clock; `after_min` is excluded.
    measure : str
        Effect size of the answer, SMD or RR.
    words : str
        The question in plain words.
    """

    question_id: str
    population: str
    window: str
    dosing: str
    comparator: str
    outcome: str
    directness: tuple[str, ...]
    constructs: tuple[str, ...]
    after_min: float
    to_min: float
    anchors: tuple[str, ...]
    drugs: tuple[str, ...]
    measure: str
    words: str


def all_questions(evidence: Evidence) -> tuple[Question, ...]:
    """Every question of ``questions.yml``, in the order of the file.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    tuple of Question
        All combinations of population, window, dosing, comparator and outcome.
    """
    return tuple(_questions(evidence.questions))


def find_question(evidence: Evidence, question_id: str) -> Question:
    """The question with an id.

    Parameters
    ----------
    evidence : Evidence
    question_id : str
        For example ``"direct/24h/single/any/severity"``.

    Returns
    -------
    Question
        The estimand.

    Raises
    ------
    UnknownTermError
        If there is no such question; names the allowed parts and the nearest id.
    """
    questions = {question.question_id: question for question in all_questions(evidence)}
    if question_id in questions:
        return questions[question_id]
    parts = "/".join("|".join(getattr(evidence.questions, part)) for part in _PARTS)
    hint = did_you_mean(question_id, questions)
    raise UnknownTermError("question", found=repr(question_id), allowed=parts, hint=hint)


def _questions(stated: Questions) -> Iterator[Question]:
    for names in product(*(getattr(stated, part) for part in _PARTS)):
        population, window = stated.populations[names[0]], stated.windows[names[1]]
        dosing, comparator = stated.dosing[names[2]], stated.comparators[names[3]]
        outcome = stated.outcomes[names[4]]
        yield Question(
            question_id="/".join(names),
            population=names[0],
            window=names[1],
            dosing=names[2],
            comparator=names[3],
            outcome=names[4],
            directness=population.directness,
            constructs=population.constructs,
            after_min=float(window.after),
            to_min=float(window.to),
            anchors=dosing.anchors,
            drugs=comparator.drugs,
            measure=outcome.measure,
            words=(
                f"{outcome.words}, {window.words} {dosing.words}, "
                f"against {comparator.words}, in {population.words}"
            ),
        )
