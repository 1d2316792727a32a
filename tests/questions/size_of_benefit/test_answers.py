"""Answers: which contrasts enter, why the others do not, and what is said of the pooled effect."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import evidence_tools as et
from evidence_tools.arithmetic.pooling.bayes import HalfNormal, pool_bayesian
from evidence_tools.questions.estimands import all_questions, find_question
from evidence_tools.questions.size_of_benefit.answers import answer_question
from evidence_tools.questions.size_of_benefit.contrasts import COLUMNS, Contrasts, all_contrasts

APART = ["12h", "24h", "2-3d", "7d", "14d", "28d"]
QUESTION = "direct/24h/single/any/severity"
BASE = {
    "yi": -0.5,
    "vi": 0.1,
    "measure": "SMD",
    "derivation": "arm-means",
    "source_level": "abstract",
    "included": True,
    "reason": "",
    "from_min": 1440.0,
    "to_min": 1440.0,
    "time_anchor": "dose",
    "construct": "anxiety",
    "directness": "direct",
    "design": "rct-parallel",
    "drug": "ketamine",
    "n_doses": 1,
    "control_drug": "saline",
    "n": 40.0,
    "retracted": False,
}


def made(*changes):
    """Contrasts c1, c2 … of programmes p1, p2 …, each like `BASE` but for its changes."""
    rows = [
        {"contrast_id": f"c{i}", "study_id": f"s{i}", "programme": f"p{i}"} | BASE | change
        for i, change in enumerate(changes, start=1)
    ]
    for row in rows:
        row.setdefault("earliest_min", row["from_min"])
        row.setdefault("latest_min", row["to_min"])
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return Contrasts(rows=frame.assign(time_h=frame["to_min"] / 60))


@pytest.fixture
def ask(evidence):
    def call(*changes, question=QUESTION):
        return answer_question(
            evidence, find_question(evidence, question), contrasts=made(*changes)
        )

    return call


@pytest.fixture(scope="module")
def answers(evidence):
    """Every question answered of the made-up world; contrasts are made once."""
    contrasts = all_contrasts(evidence)
    return {
        q.question_id: answer_question(evidence, q, contrasts=contrasts)
        for q in all_questions(evidence)
    }


def entered(answer):
    return answer.included["contrast_id"].tolist()


def reasons(answer):
    return dict(zip(answer.rows["contrast_id"], answer.rows["reason"], strict=True))


# The made-up world


def test_no_programme_twice_in_any_answer(answers):
    assert answers
    for answer in answers.values():
        assert answer.included["programme"].is_unique, answer.question.question_id


def test_no_contrast_in_two_windows_that_do_not_overlap(answers):
    seen = Counter()
    for answer in answers.values():
        q = answer.question
        if q.window in APART and q.comparator == "any":
            for contrast in entered(answer):
                seen[q.population, q.dosing, q.outcome, contrast] += 1
    assert seen
    assert set(seen.values()) == {1}


def test_every_row_out_has_a_reason_and_every_row_in_has_none(answers):
    for answer in answers.values():
        rows = answer.rows
        assert (rows["included"] == (rows["reason"] == "")).all(), answer.question.question_id


def test_rows_are_all_those_of_the_population_and_the_outcome(answers, evidence):
    contrasts = all_contrasts(evidence).rows
    for answer in answers.values():
        q = answer.question
        mine = contrasts[
            contrasts["directness"].isin(q.directness)
            & contrasts["construct"].isin(q.constructs)
            & (contrasts["measure"] == q.measure)
        ]
        assert sorted(answer.rows["contrast_id"]) == sorted(mine["contrast_id"])


def test_included_rows_answer_their_question(answers):
    for answer in answers.values():
        q = answer.question
        for row in answer.included.to_dict("records"):
            assert q.after_min < row["earliest_min"] <= row["latest_min"] <= q.to_min
            assert row["time_anchor"] in q.anchors
            assert (row["n_doses"] == 1) == (q.dosing == "single")
            assert not q.drugs or row["control_drug"] in q.drugs
            assert not row["retracted"]
            assert row["source_level"] != "secondary"


def test_any_control_holds_both_kinds(answers):
    """Before the rule of one contrast per programme, any = inactive or active or unnamed."""
    for question_id, answer in answers.items():
        if answer.question.comparator != "any":
            continue
        once = {c for c, reason in reasons(answer).items() if "enters once" in reason}
        own = set(entered(answer)) | once
        for kind in ("inactive", "active"):
            narrow = answers[question_id.replace("/any/", f"/{kind}/")]
            assert set(entered(narrow)) <= own


def test_what_can_be_answered(answers):
    found = {
        name: entered(answer)
        for name, answer in answers.items()
        if len(answer.included) and answer.question.comparator == "any"
    }
    assert {len(answer.included) for answer in answers.values()} == {0, 1}
    for name, answer in answers.items():
        assert (answer.pooled is None) == (len(answer.included) == 0), name
        assert answer.bayesian is None, name
    assert found == {
        "related-ptsd/14d/course/any/severity": ["ford-2021/r02"],
        "related-ptsd/14d/course/any/no-response": ["ford-2021/r03 v ford-2021/r04"],
        "related-ocd/7d/single/any/no-response": ["cole-2013/r01 v cole-2013/r02"],
        "indirect/24h/single/any/severity": ["ames-2025/r01"],
        "indirect/2-3d/single/any/severity": ["ames-2025/r02"],
    }


def test_a_crossover_difference_answers_once_its_people_are_known(evidence, answers, with_pairs):
    name = "related-ptsd/24h/single/any/severity"
    reason = "the number of people with both periods was not seen"
    assert entered(answers[name]) == []
    assert reasons(answers[name])["ford-2014/r01"] == reason
    known = answer_question(with_pairs, find_question(evidence, name))
    assert entered(known) == ["ford-2014/r01"]
    assert known.bayesian is None


def test_another_correlation_of_periods_reaches_the_answer(with_pairs):
    question = find_question(with_pairs, "related-ptsd/24h/single/any/severity")
    swept = all_contrasts(with_pairs, period_correlation=0.7)
    answer = answer_question(with_pairs, question, contrasts=swept)
    ratio = answer.pooled.estimate / answer_question(with_pairs, question).pooled.estimate
    assert ratio == pytest.approx(math.sqrt(0.3 / 0.5), rel=1e-9)


# How many


def test_without_a_contrast_there_is_no_number(ask):
    answer = ask()
    assert (answer.pooled, answer.bayesian, len(answer.rows)) == (None, None, 0)
    assert answer.notes == ("no contrast in the evidence can answer this question yet",)
    assert answer.summary().splitlines() == [
        f"{answer.question.words}: no contrasts in, 0 out",
        "no contrast in the evidence can answer this question yet",
    ]


def test_one_contrast_is_its_own_result(ask):
    answer = ask({"yi": -0.7, "vi": 0.2})
    half = 1.959963984540054 * math.sqrt(0.2)
    assert answer.pooled.estimate == pytest.approx(-0.7, rel=1e-12)
    assert answer.pooled.ci_low == pytest.approx(-0.7 - half, rel=1e-9)
    assert answer.pooled.ci_high == pytest.approx(-0.7 + half, rel=1e-9)
    assert answer.bayesian is None
    assert answer.notes == ("one study: its own result, nothing is pooled",)
    assert "Bayesian random effects" not in answer.summary()


EFFECTS = [(-0.9, 0.05), (-0.1, 0.1), (-0.5, 0.2), (0.2, 0.08), (-1.2, 0.3)]


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_pooled_is_what_pool_says_and_few_are_sent_to_the_bayesian_interval(ask, k):
    answer = ask(*[{"yi": y, "vi": v} for y, v in EFFECTS[:k]])
    yi, vi = map(np.array, zip(*EFFECTS[:k], strict=True))
    expected = et.pool(yi, vi)
    for field in dataclasses.fields(expected):
        one, other = getattr(answer.pooled, field.name), getattr(expected, field.name)
        assert np.array_equal(one, other), field.name
    assert (answer.pooled.method, answer.pooled.test) == ("REML", "knapp-hartung-guarded")
    bayesian = pool_bayesian(yi, vi, tau_prior=HalfNormal(scale=0.5))
    assert answer.bayesian.mu == bayesian.mu
    assert answer.bayesian.tau_prior == HalfNormal(scale=0.5)
    note = f"only {k} studies: read the Bayesian interval, which allows for that"
    assert answer.notes == ((note,) if k < 5 else ())
    assert answer.bayesian.summary() in answer.summary()


def test_a_risk_ratio_is_turned_back_for_readers(ask):
    answer = ask(
        {"measure": "RR", "yi": math.log(0.5), "vi": 0.04},
        question="direct/24h/single/any/no-response",
    )
    low, high = (0.5 * math.exp(sign * 1.959963984540054 * 0.2) for sign in (-1, 1))
    words = f"Effects are logs; as a risk ratio 0.5 ({low:.3g} to {high:.3g})."
    assert words in answer.summary().splitlines()


# In or out


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"included": False, "reason": "no number, only words"}, "no number, only words"),
        ({"n_doses": None}, "the number of doses was not seen"),
        ({"n_doses": 6}, "repeated dosing"),
        ({"time_anchor": "baseline"}, "counted from the baseline"),
        ({"time_anchor": None}, "start not stated"),
        ({"from_min": None, "to_min": None}, "time not stated"),
        ({"from_min": 0.0}, "outside the window"),
        ({"to_min": 2161.0}, "outside the window"),
        ({"from_min": 720.0, "to_min": 720.0}, "outside the window"),
        ({"earliest_min": 720.0}, "outside the window"),
        ({"latest_min": 2161.0}, "outside the window"),
        ({"control_drug": "ketamine"}, "against ketamine"),
        ({"control_drug": "midazolam"}, "against midazolam"),
        ({"control_drug": None}, "the comparator was not stated"),
    ],
)
def test_a_contrast_left_out_says_why(ask, change, reason):
    kinds = {"inactive" if "control_drug" in change else "any"}
    for kind in kinds | ({"any"} if reason == "against ketamine" else set()):
        answer = ask({}, change, question=f"direct/24h/single/{kind}/severity")
        assert entered(answer) == ["c1"]
        assert reasons(answer)["c2"] == reason
        assert answer.summary().startswith(f"{answer.question.words}: 1 contrast in, 1 out\n")


@pytest.mark.parametrize(
    "change",
    [{"directness": "related"}, {"construct": "ptsd"}, {"measure": "RR"}],
    ids=["rung", "construct", "measure"],
)
def test_another_population_or_outcome_is_not_listed(ask, change):
    assert ask({}, change).rows["contrast_id"].tolist() == ["c1"]
    assert entered(ask({"construct": "fear"})) == ["c1"]


@pytest.mark.parametrize(
    ("minutes", "latest", "windows"),
    [
        (0.0, None, ["4h", "12h"]),
        (240.0, None, ["4h", "12h"]),
        (720.0, None, ["12h"]),
        (721.0, None, ["24h"]),
        (1440.0, None, ["24h"]),
        (2160.0, None, ["24h"]),
        (5760.0, None, ["2-3d"]),
        (10080.0, None, ["7d"]),
        (20160.0, None, ["14d"]),
        (43830.0, None, ["28d"]),
        (240.0, 280.0, ["12h"]),
        (720.0, 760.0, []),
        (2160.0, 2260.0, []),
        (700.0, 720.0, ["12h"]),
    ],
)
def test_a_reading_enters_its_window_unless_it_may_lie_beyond(
    ask, evidence, minutes, latest, windows
):
    """A window holds its end but not its start."""
    row = {"from_min": minutes, "to_min": minutes, "latest_min": latest or minutes}
    found = [
        window
        for window in evidence.questions.windows
        if entered(ask(row, question=f"direct/{window}/single/any/severity"))
    ]
    assert found == windows


@pytest.mark.parametrize(
    ("anchor", "n_doses", "dosing"),
    [
        ("dose", 1, "single"),
        ("infusion-start", 1, "single"),
        ("infusion-end", 1, "single"),
        ("first-dose", 6, "course"),
        ("baseline", 6, "course"),
        ("last-dose", 6, "after-course"),
        ("last-dose", 1, None),
        ("dose", 6, None),
        ("baseline", 1, None),
    ],
)
def test_single_and_repeated_dosing_stay_apart(ask, anchor, n_doses, dosing):
    row = {"time_anchor": anchor, "n_doses": n_doses}
    found = [
        name
        for name in ("single", "course", "after-course")
        if entered(ask(row, question=f"direct/24h/{name}/any/severity"))
    ]
    assert found == ([dosing] if dosing else [])


# One contrast per programme

SMALL_MEANS = {"derivation": "arm-means", "n": 10.0, "to_min": 2000.0}
LARGE_PRINTED = {"derivation": "printed; SE from the interval", "n": 90.0}
DIFFERENCE = {"derivation": "mean difference by its t; SE as printed", "n": 95.0}
TEST = {"derivation": "test by its p-value, as of t", "n": 97.0}
MEDIANS = {"derivation": "medians", "n": 100.0}
COUNTS = {"derivation": "counts", "n": 110.0}


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (LARGE_PRINTED, SMALL_MEANS),
        (DIFFERENCE, LARGE_PRINTED),
        (TEST, DIFFERENCE),
        (MEDIANS, TEST),
        (COUNTS, MEDIANS),
        ({"n": 39.0}, {"n": 40.0, "to_min": 2000.0}),
        ({"n": None}, {"n": 10.0}),
        ({"to_min": 1500.0}, {"to_min": 1440.0}),
    ],
    ids=["means", "printed", "difference", "test", "medians", "larger", "known n", "earlier"],
)
def test_a_programme_enters_once_by_derivation_then_size_then_time(ask, worse, better):
    for first, second, kept in ((worse, better, "c2"), (better, worse, "c1")):
        answer = ask(first | {"programme": "p"}, second | {"programme": "p"})
        assert entered(answer) == [kept]
        left = next(reason for name, reason in reasons(answer).items() if name != kept)
        assert left == f"programme p enters once, with {kept}"


HAM_A, LSAS = {"instrument_id": "ham-a"}, {"instrument_id": "lsas"}
VAS, FQ = {"instrument_id": "vas-anxiety"}, {"instrument_id": "fq", "construct": "fear"}
UNNAMED = {"instrument_id": None, "instrument": "an anxiety scale"}


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (LSAS | {"n": 95.0}, HAM_A),
        (VAS | {"to_min": 900.0}, LSAS),
        (FQ | {"n": 95.0}, VAS),
        (LSAS | {"n": 95.0}, HAM_A | {"derivation": "medians"}),
        (UNNAMED | {"n": 95.0}, FQ),
        ({"instrument_id": "bdi-ii", "n": 95.0}, VAS),
        (HAM_A | {"study_id": "lane-2018"}, VAS | {"study_id": "lane-2018"}),
        (HAM_A, HAM_A | {"n": 95.0}),
        (UNNAMED, UNNAMED | {"n": 95.0}),
    ],
    ids=[
        *("not the larger", "not the earlier", "anxiety before fear", "not the derivation"),
        *("unnamed last", "unlisted last", "primary first", "then the larger", "unnamed larger"),
    ],
)
def test_the_instrument_that_speaks_for_a_programme_is_stated(ask, worse, better):
    for first, second, kept in ((worse, better, "c2"), (better, worse, "c1")):
        answer = ask(first | {"programme": "p"}, second | {"programme": "p"})
        assert entered(answer) == [kept]


def test_the_order_of_rows_does_not_choose(ask, evidence):
    assert entered(ask({"programme": "p"}, {"programme": "p"})) == ["c1"]
    rows = [{"programme": "p"} | r for r in (SMALL_MEANS, LARGE_PRINTED, DIFFERENCE, MEDIANS)]
    frame = made(*rows).rows
    question = find_question(evidence, QUESTION)
    for order in list(permutations(range(4)))[::5]:
        shuffled = Contrasts(rows=frame.iloc[list(order)])
        assert entered(answer_question(evidence, question, contrasts=shuffled)) == ["c1"]


def test_programmes_are_chosen_one_by_one(ask):
    rows = [{"programme": p, "n": n} for p, n in (("a", 10.0), ("b", 10.0), ("a", 20.0))]
    answer = ask(*rows)
    assert entered(answer) == ["c2", "c3"]
    assert answer.pooled.k == 2


def test_a_contrast_that_is_out_does_not_stand_for_its_programme(ask):
    rows = [{"programme": "p", "n": 10.0}, {"programme": "p", "n": 99.0, "n_doses": 6}]
    answer = ask(*rows)
    assert entered(answer) == ["c1"]
    assert reasons(answer)["c2"] == "repeated dosing"


# The object


def test_rows_in_come_first_and_neither_contrasts_nor_rows_can_be_changed(evidence):
    contrasts = made({"n_doses": 6}, {}, {"n_doses": None}, {}, {"programme": "p2"})
    before = contrasts.to_frame()
    answer = answer_question(evidence, find_question(evidence, QUESTION), contrasts=contrasts)
    assert answer.rows["contrast_id"].tolist() == ["c2", "c4", "c1", "c3", "c5"]
    copy = answer.to_frame()
    copy["included"] = False
    assert len(answer.included) == 2
    pd.testing.assert_frame_equal(contrasts.rows, before)
