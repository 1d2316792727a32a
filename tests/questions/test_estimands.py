"""The estimands: complete, unique, in words, and with windows that partition time."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.questions.estimands import all_questions, find_question

POPULATIONS = {
    "direct": (("direct",), ("anxiety", "fear")),
    "related-ptsd": (("related",), ("ptsd",)),
    "related-ocd": (("related",), ("ocd",)),
    "indirect": (("indirect",), ("anxiety",)),
}
WINDOWS = ["4h", "12h", "24h", "2-3d", "7d", "14d", "28d"]
APART = ["12h", "24h", "2-3d", "7d", "14d", "28d"]
"""Without the first, which lies within the second, the windows follow each other."""
DOSING = {
    "single": ("dose", "infusion-start", "infusion-end"),
    "course": ("first-dose", "baseline"),
    "after-course": ("last-dose",),
}
HOUR, DAY = 60, 24 * 60


@pytest.fixture(scope="module")
def questions(evidence):
    return all_questions(evidence)


@pytest.fixture(scope="module")
def windows(questions):
    """Bounds in minutes of each window; the same in every question."""
    bounds = {}
    for question in questions:
        pair = (question.after_min, question.to_min)
        assert bounds.setdefault(question.window, pair) == pair
    return bounds


def test_every_combination_is_a_question_once(questions):
    expected = [
        "/".join(parts)
        for parts in product(
            POPULATIONS,
            WINDOWS,
            DOSING,
            ["any", "inactive", "active"],
            ["severity", "no-response"],
        )
    ]
    assert [question.question_id for question in questions] == expected
    assert len(set(expected)) == len(expected) == 4 * 7 * 3 * 3 * 2 == 504


def test_the_id_is_made_of_the_parts(questions):
    for q in questions:
        parts = (q.population, q.window, q.dosing, q.comparator, q.outcome)
        assert q.question_id == "/".join(parts)


def test_a_question_asks_for_the_rung_and_the_construct_of_its_population(questions):
    for q in questions:
        assert (q.directness, q.constructs) == POPULATIONS[q.population]


def test_a_question_asks_for_the_clock_of_its_dosing(questions):
    assert {q.dosing: q.anchors for q in questions} == DOSING


def test_no_clock_belongs_to_two_kinds_of_dosing():
    anchors = [anchor for anchors in DOSING.values() for anchor in anchors]
    assert len(anchors) == len(set(anchors))


def test_no_pair_of_rung_and_construct_belongs_to_two_populations():
    pairs = [pair for rungs, words in POPULATIONS.values() for pair in product(rungs, words)]
    assert len(pairs) == len(set(pairs))


def test_outcomes_have_their_measure(questions):
    assert {q.outcome: q.measure for q in questions} == {"severity": "SMD", "no-response": "RR"}


def test_windows_are_as_stated_in_words(windows):
    assert windows == {
        "4h": (-1, 4 * HOUR),
        "12h": (-1, 12 * HOUR),
        "24h": (12 * HOUR, 36 * HOUR),
        "2-3d": (36 * HOUR, 4 * DAY),
        "7d": (4 * DAY, 10 * DAY),
        "14d": (10 * DAY, 21 * DAY),
        "28d": (21 * DAY, 1e9),
    }


@pytest.mark.parametrize(
    "minutes", [0, 1, 720, 721, 1440, 2160, 2161, 5760, 5761, 14400, 14401, 30240, 30241, 1e8]
)
def test_a_time_lies_in_one_window_only(windows, minutes):
    found = [name for name in APART if windows[name][0] < minutes <= windows[name][1]]
    assert len(found) == 1


def test_windows_follow_each_other_without_a_gap(windows):
    ends = [windows[name][1] for name in APART]
    starts = [windows[name][0] for name in APART]
    assert starts[1:] == ends[:-1]


def test_no_comparator_is_both_felt_and_not_felt(questions):
    drugs = {q.comparator: set(q.drugs) for q in questions}
    assert drugs["any"] == set()
    assert drugs["inactive"]
    assert drugs["active"]
    assert drugs["inactive"] & drugs["active"] == set()


def test_words_say_all_five_parts(evidence):
    question = find_question(evidence, "related-ptsd/24h/single/active/severity")
    assert question.words == (
        "severity of symptoms, about 24 hours (12 to 36 hours) after a single dose, against a "
        "control that is felt, or another treatment, in people with post-traumatic stress disorder"
    )


def test_words_tell_questions_apart(questions):
    assert len({question.words for question in questions}) == len(questions)


def test_every_question_is_found_by_its_id(evidence, questions):
    for question in questions[::25]:
        assert find_question(evidence, question.question_id) == question


def test_an_unknown_id_names_the_nearest_and_what_is_allowed(evidence):
    with pytest.raises(UnknownTermError) as caught:
        find_question(evidence, "direct/24h/single/any/severty")
    assert str(caught.value) == (
        "question: found 'direct/24h/single/any/severty'; allowed: "
        "direct|related-ptsd|related-ocd|indirect/4h|12h|24h|2-3d|7d|14d|28d/"
        "single|course|after-course/any|inactive|active/severity|no-response. "
        "Did you mean 'direct/24h/single/any/severity'?"
    )


def test_an_id_near_nothing_gets_no_guess(evidence):
    with pytest.raises(UnknownTermError) as caught:
        find_question(evidence, "zzzz")
    assert caught.value.hint == ""


def test_a_question_cannot_be_changed(questions):
    with pytest.raises(dataclasses.FrozenInstanceError):
        questions[0].measure = "MD"


def test_sections_of_the_file_make_the_questions(evidence, questions):
    asked = evidence.questions
    windows, dosing = {"24h": asked.windows["24h"]}, {"single": asked.dosing["single"]}
    fewer = dataclasses.replace(asked, windows=windows, dosing=dosing)
    small = all_questions(dataclasses.replace(evidence, questions=fewer))
    assert [q for q in questions if q.window == "24h" and q.dosing == "single"] == list(small)
