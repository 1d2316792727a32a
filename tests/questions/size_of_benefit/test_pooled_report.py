"""Pooled answers show every question that can be answered, and every row in and out with a reason.

The selection is made again here, in plain loops over the contrasts; what is printed in a paper is
read from the files themselves.
"""

import csv
import io
import re
from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
import yaml
from scipy.stats import norm

import evidence_tools as et
from evidence_tools.arithmetic.pooling.bayes import HalfNormal, pool_bayesian
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.display.display import Link
from evidence_tools.display.forest import Diamond, ForestRow
from evidence_tools.display.style import INK, MARK, MUTED
from evidence_tools.questions.size_of_benefit.page import forest_rows, pooled_answers
from evidence_tools.questions.size_of_benefit.page_published import comparators
from made.changes import changed

WINDOWS = {"onset": ("4h", "12h", "24h"), "duration": ("2-3d", "7d", "14d", "28d")}
REVIEWS = {"meta-analysis", "systematic-review", "pooled-analysis"}
FAVOURS = ["← favours ketamine", "favours control →"]
EFFECT, BAYESIAN = "Effect (95% interval)", "Bayesian (95% interval)"
SHARE, NOT_FOR_ONE = "Probability that it favours ketamine", "not for one trial"


@pytest.fixture(scope="module", autouse=True)
def files(world_folder):
    """The files as they stand, read without the package."""
    stated = (world_folder / "questions.yml").read_text(encoding="utf-8")
    STATED.update(yaml.safe_load(stated))
    for table, found in FILES.items():
        text = (world_folder / f"{table}.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        found.update({row[KEYS[table]]: row for row in rows})


STATED = {}
KEYS = {"results": "result_id", "studies": "study_id", "instruments": "instrument_id"}
FILES = {table: {} for table in KEYS}
RESULTS, STUDIES, INSTRUMENTS = FILES.values()


def two_digits(value):
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def spoken(estimate, low, high):
    return f"{two_digits(estimate)} ({two_digits(low)} to {two_digits(high)})"


def counted(number, noun):
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def labels(ax):
    """Names of the rows, from top to bottom."""
    named = [text for text in ax.texts if text.get_color() == INK]
    ordered = sorted(named, key=lambda text: text.get_position()[1])
    return [text.get_text().replace("\n", " ") for text in ordered]


def cells(ax, heading):
    """Words under a heading, from top to bottom."""
    (top,) = [t for t in ax.texts if t.get_text() == heading]
    column = [t for t in ax.texts if t.get_color() == MUTED and t is not top]
    below = [t for t in column if t.get_position()[0] == top.get_position()[0]]
    ordered = sorted(below, key=lambda text: text.get_position()[1])
    return [t.get_text().replace("\n", " ") for t in ordered if t.get_text() not in FAVOURS]


def ends(ax):
    """Effect and interval of every row, from top to bottom."""
    drawn = [line for line in ax.lines if line.get_transform() == ax.transData]
    lines = [line for line in drawn if line.get_color() != MARK]
    bars = [tuple(line.get_xdata()) for line in lines if line.get_marker() == "None"]
    effects = [line.get_xdata()[0] for line in lines if line.get_marker() != "None"]
    return [(effect, *bar) for effect, bar in zip(effects, bars, strict=True)]


def populations():
    """Every population of the questions with its rungs and constructs."""
    return STATED["populations"].values()


def of_population(row, population):
    return (
        row["directness"] in population["directness"]
        and row["construct"] in population["constructs"]
        and row["measure"] == "SMD"
    )


@pytest.fixture(scope="module")
def contrasts(evidence):
    return et.all_contrasts(evidence).rows.to_dict("records")


@pytest.fixture(scope="module")
def both(evidence):
    return {name: pooled_answers(evidence, *windows) for name, windows in WINDOWS.items()}


@pytest.fixture(scope="module")
def tables(both):
    """Rows in and out."""
    return {name: answers.table("rows") for name, answers in both.items()}


@pytest.fixture(params=WINDOWS)
def name(request):
    return request.param


@pytest.fixture
def part(both, name):
    return both[name], WINDOWS[name]


@pytest.fixture
def table(tables, name):
    return tables[name]


@pytest.fixture(scope="module")
def two_trials(with_pairs):
    """As if the people of ames-2025 had the disorder of those of ford-2014."""
    studies, results = with_pairs.studies.copy(), with_pairs.results.copy()
    studies.loc[studies["study_id"] == "ames-2025", "directness"] = "related"
    moved = (results["study_id"] == "ames-2025") & (results["construct"] == "anxiety")
    results.loc[moved, "construct"] = "ptsd"
    return pooled_answers(replace(with_pairs, studies=studies, results=results), "24h")


# Questions


def test_every_population_window_and_dosing_is_a_question_in_the_order_of_the_file(part):
    answers, windows = part
    parts = (STATED["populations"], windows, STATED["dosing"])
    expected = [f"{p}/{w}/{d}/any/severity" for p, w, d in product(*parts)]
    assert [answer.question.question_id for answer in answers.asked] == expected
    records = answers.table().to_records()
    sizes = [len(answer.included) for answer in answers.answered]
    assert [record["Trials"] for record in records] == list(map(str, sizes))
    words = [answer.question.words for answer in answers.answered]
    assert [record["Question"] for record in records] == words != []
    assert answers.summary().startswith(f"Of {counted(len(expected), 'question')} on the severity")
    assert max(sizes) == 1
    assert "nothing is pooled: no window of one rung has more than one trial." in answers.summary()


def included(answer):
    return [row for row in answer.rows.to_dict("records") if row["reason"] == ""]


def test_two_trials_in_one_window_are_counted_and_pooled(two_trials):
    (answer,) = two_trials.answered
    assert sorted(answer.included["study_id"]) == ["ames-2025", "ford-2014"]
    assert "1 question can be answered from our rows, by 2 trials" in two_trials.summary()
    assert "at most 2 trials meet in one window." in two_trials.summary()
    assert "nothing is pooled" not in two_trials.summary()
    assert [record["Trials"] for record in two_trials.table().to_records()] == ["2"]


def test_the_summary_moves_with_the_evidence(evidence, with_pairs):
    found = []
    for one in (evidence, with_pairs):
        without = replace(one, results=one.results[one.results["study_id"] != "ames-2025"])
        found += [pooled_answers(each, *WINDOWS["onset"]).summary() for each in (without, one)]
    expected = [
        "no questions can be answered from our rows, by no trials",
        "1 question can be answered from our rows, by 1 trial;",
        "1 question can be answered from our rows, by 1 trial;",
        "2 questions can be answered from our rows, by 2 trials;",
    ]
    for words, part_of_it in zip(found, expected, strict=True):
        assert part_of_it in words


# The cells of the table


@pytest.mark.parametrize("which", [*WINDOWS, "two trials"])
def test_cells_are_the_pool_and_the_bayesian_pool_of_the_rows_that_are_in(both, two_trials, which):
    answers = two_trials if which == "two trials" else both[which]
    prior = HalfNormal(scale=STATED["pooling"]["tau_prior_scale"])
    for answer, record in zip(answers.answered, answers.table().to_records(), strict=True):
        yi = [row["yi"] for row in included(answer)]
        vi = [row["vi"] for row in included(answer)]
        classical = pool(yi, vi)
        shown = spoken(classical.estimate, classical.ci_low, classical.ci_high)
        assert record[EFFECT] == shown
        assert record["Rows left out"] == str(len(answer.rows) - len(yi))
        assert len(yi) == (2 if which == "two trials" else 1)
        if len(yi) == 1:
            assert (record[BAYESIAN], record[SHARE]) == (NOT_FOR_ONE, NOT_FOR_ONE)
            continue
        bayesian = pool_bayesian(yi, vi, tau_prior=prior)
        mu = bayesian.mu
        assert record[BAYESIAN] == spoken(mu.median, mu.ci_low, mu.ci_high)
        assert record[SHARE] == f"{100 * bayesian.probability_below(0.0):.0f}%"


# Rows in and out


def test_every_row_of_the_populations_is_in_the_table_once(table, contrasts):
    wanted = [row for row in contrasts if any(of_population(row, p) for p in populations())]
    records = table.to_records()
    assert [r["Contrast"] for r in records] == sorted(row["contrast_id"] for row in wanted)
    assert f"{len(wanted)} rows in and out" in table.folded
    effects = {
        row["contrast_id"]: "none" if pd.isna(row["yi"]) else two_digits(row["yi"])
        for row in wanted
    }
    assert {r["Contrast"]: r["Effect"] for r in records} == effects


def test_a_row_is_in_where_an_answer_rests_on_it_and_has_a_reason_where_not(part, table):
    answers, _ = part
    used = {row["contrast_id"] for answer in answers.asked for row in included(answer)}
    records = table.to_records()
    assert {r["Contrast"] for r in records if r["In?"] == "yes"} == used
    assert used
    for record in records:
        assert record["In?"] in ("yes", "no")
        assert (record["Why not"] == "") == (record["In?"] == "yes")
        if record["In?"] == "yes":
            assert record["Effect"] != "none"
            assert record["How it was derived"]


def test_a_second_contrast_of_a_programme_names_the_first_as_its_reason(tables):
    """It was said to be out for the reason of another question, such as "repeated dosing"."""
    reasons = {r["Contrast"]: r["Why not"] for r in tables["duration"].to_records()}
    assert reasons["ford-2021/r01"] == "programme ford-2021 enters once, with ford-2021/r02"


def test_the_reason_is_that_of_the_question_that_the_row_came_nearest_to(part, table):
    answers, _ = part
    reasons = {}
    for answer in answers.asked:
        for row in answer.rows.to_dict("records"):
            reasons.setdefault(row["contrast_id"], set()).add(row["reason"])
    for record in table.to_records():
        possible = reasons[record["Contrast"]]
        assert record["Why not"] in possible
        if record["In?"] == "no":
            if any(reason.startswith("programme ") for reason in possible):
                assert record["Why not"].startswith("programme ")
            elif "outside the window" in possible:
                assert record["Why not"] == "outside the window"


def test_every_row_says_where_it_was_read(table):
    cells = [row[table.columns.index("Read in")] for row in table.rows]
    assert all(isinstance(cell, Link) and cell.words for cell in cells)
    for cell, record in zip(cells, table.to_records(), strict=True):
        first = RESULTS[record["Contrast"].split(" v ")[0]]
        assert cell.url == first["url"] or not first["url"]


# Points of a scale


def points(answers):
    return re.findall(r"In points: .*?\.(?= In points|$)", answers.answer().text)


def test_points_are_those_printed_in_the_paper_and_of_the_scale(with_pairs, both):
    onset = pooled_answers(with_pairs, *WINDOWS["onset"])
    row = RESULTS["ford-2014/r01"]
    scale = INSTRUMENTS[row["instrument_id"]]
    assert row["measure"] == "mean-difference"
    expected = (
        f"In points: ford-2014 found a difference of {row['estimate']} (95% interval "
        f"{row['ci_low']} to {row['ci_high']}) in favour of ketamine on the "
        f"{row['instrument']}, a scale from "
        f"{scale['minimum']} to {scale['maximum']}."
    )
    assert points(onset) == [expected]
    assert onset.answer().text == f"{onset.summary()} {expected}"
    assert points(both["onset"]) == []
    assert both["onset"].answer().text == both["onset"].summary()


@pytest.mark.parametrize(("pairs", "expected"), [(False, []), (True, ["ford-2014"])])
def test_points_are_given_for_every_printed_difference_that_is_in_and_for_no_other(
    evidence, with_pairs, name, pairs, expected
):
    answers = pooled_answers(with_pairs if pairs else evidence, *WINDOWS[name])
    used = {row["contrast_id"] for answer in answers.asked for row in included(answer)}
    printed = [row for row in sorted(used) if RESULTS.get(row, {}).get("measure")]
    wanted = [row for row in printed if RESULTS[row]["measure"] == "mean-difference"]
    said = [sentence.split(" found ")[0].split(": ")[1] for sentence in points(answers)]
    assert said == [RESULTS[row]["study_id"] for row in wanted]
    assert said == (expected if name == "onset" else [])


# Published estimates


def test_published_estimates_are_in_no_answer_and_move_none(evidence, both):
    shown = {s for part in both.values() for a in part.asked for s in a.rows["study_id"]}
    assert {STUDIES[study]["design"] for study in shown} & REVIEWS == set() != shown
    answers, windows = both["duration"], WINDOWS["duration"]
    results = evidence.results.copy()
    designs = {study: row["design"] for study, row in STUDIES.items()}
    reviews = results["study_id"].map(designs).isin(REVIEWS)
    assert reviews.any()
    numbers = ["estimate", "ci_low", "ci_high"]
    results.loc[reviews, numbers] = results.loc[reviews, numbers] - 50.0
    moved = pooled_answers(replace(evidence, results=results), *windows)
    assert moved.summary() == answers.summary()
    assert moved.table() == answers.table()
    assert moved.table("rows") == answers.table("rows")
    assert ends(moved.picture().axes) == ends(answers.picture().axes)


# The picture


@pytest.mark.parametrize("outside", [(), ("anxiety", "ptsd"), ("ptsd",)])
def test_the_picture_shows_the_rows_that_are_in_and_then_the_published_ones(
    evidence, part, outside
):
    answers, _ = part
    ax = replace(answers, beside=outside).picture().axes
    half = norm.ppf(0.975)
    ours = [
        (row["yi"], row["yi"] - half * row["vi"] ** 0.5, row["yi"] + half * row["vi"] ** 0.5)
        for answer in answers.answered
        for row in included(answer)
    ]
    others = comparators(evidence, *outside).forest_rows() if outside else []
    published = [(row.yi, row.low, row.high) for row in others]
    assert bool(published) == bool(outside)
    assert [pytest.approx(row) for row in ours + published] == ends(ax)
    assert labels(ax)[len(ours) :] == [row.label for row in others]


def test_rows_carry_the_printed_label_dose_control_time_and_people(part):
    answers, _ = part
    rows = [row for a in answers.answered for row in included(a)]
    ax = answers.picture().axes
    assert labels(ax) == [STUDIES[row["study_id"]]["label"] for row in rows]
    assert f"Above the line: {counted(len(rows), 'contrast')} from" in answers.caption().text
    assert "weight" not in [text.get_text() for text in ax.texts]
    assert {type(row) for row in forest_rows(answers.evidence, answers.answered)} == {ForestRow}
    assert cells(ax, "against") == [row["control_drug"] for row in rows]
    assert cells(ax, "n") == [f"{row['n']:.0f}" for row in rows]
    for row, dose, time in zip(rows, cells(ax, "drug and dose"), cells(ax, "time"), strict=True):
        assert dose.startswith(f"{row['drug']} {row['dose']:g} {row['dose_unit']}")
        assert dose.endswith(f"× {row['n_doses']:.0f}") == (row["n_doses"] > 1)
        first = RESULTS[row["contrast_id"].split(" v ")[0]]
        assert time == f"{first['time_value']} {first['time_unit']} after {first['time_anchor']}"


def test_two_trials_of_a_question_have_their_weights_and_a_diamond(two_trials):
    (answer,) = two_trials.answered
    *ours, pooled = forest_rows(two_trials.evidence, two_trials.answered)
    assert [row.label for row in ours] == [row["label"] for row in included(answer)]
    inverse = [1 / (row["vi"] + answer.pooled.tau2) for row in included(answer)]
    assert [row.weight for row in ours] == pytest.approx([w / sum(inverse) for w in inverse])
    assert isinstance(pooled, Diamond)
    shown = (pooled.estimate, pooled.low, pooled.high)
    assert shown == (answer.pooled.estimate, answer.pooled.ci_low, answer.pooled.ci_high)
    picture = two_trials.picture()
    assert labels(picture.axes)[-1] == f"Pooled: {answer.question.words}"
    assert f"Pooled: {answer.question.words}: {spoken(*shown)}" in picture.alt
    assert f"weight {100 * ours[0].weight:.0f}%" in picture.alt


@pytest.mark.parametrize("outside", [(), ("anxiety", "ptsd")])
def test_the_alternative_text_lists_the_rows_of_the_figure(part, outside):
    answers, _ = part
    picture = replace(answers, beside=outside).picture()
    opening, _, rest = picture.alt.partition(". ")
    assert ("published" in opening) == bool(outside)
    shown = rest.removesuffix(".").split("; ")
    names = labels(picture.axes)
    assert len(shown) == len(names)
    for words, name, (effect, low, high) in zip(shown, names, ends(picture.axes), strict=True):
        assert words.startswith(f"{name}, ")
        numbers = re.findall(r"−?\d+(?:\.\d+)?", words.rpartition(": ")[2])
        found = [float(number.replace("−", "-")) for number in numbers]
        assert found == pytest.approx([effect, low, high], abs=0.00501)


TURNED = {"estimate": -11.4, "ci_low": -21.6, "ci_high": -1.2}
ACROSS = {"ci_low": -1.2, "ci_high": 27.9}
HIGHER = {"favours": "neither", "direction": "higher-is-better"}
FOR, AGAINST = "in favour of ketamine", "against ketamine"
PRINTED = "a difference of 11.4 (95% interval 1.2 to 21.6)"
BOTH_SIDES = "a difference of 11.4 (95% interval −1.2 to 27.9)"
SAID = {
    "as printed": ({}, f"{PRINTED} {FOR}"),
    "turned": (TURNED, f"{PRINTED} {FOR}"),
    "both sides": (ACROSS, f"{BOTH_SIDES} {FOR}"),
    "both sides, turned": (TURNED | {"ci_low": -27.9, "ci_high": 1.2}, f"{BOTH_SIDES} {FOR}"),
    "from zero": ({"ci_low": 0.0}, f"a difference of 11.4 (95% interval 0 to 21.6) {FOR}"),
    "90%": ({"ci_level": 90.0}, f"a difference of 11.4 (90% interval 1.2 to 21.6) {FOR}"),
    "control": ({"favours": "control"}, f"{PRINTED} {AGAINST}"),
    "control, turned": (TURNED | {"favours": "control"}, f"{PRINTED} {AGAINST}"),
    "neither, lower is better": (ACROSS | {"favours": "neither"}, f"{BOTH_SIDES} {AGAINST}"),
    "neither, higher is better": (ACROSS | HIGHER, f"{BOTH_SIDES} {FOR}"),
    "nothing": (
        {"estimate": 0.0, "ci_low": -3.5, "ci_high": 3.5},
        "no difference (95% interval −3.5 to 3.5)",
    ),
}


@pytest.mark.parametrize(("cells", "words"), SAID.values(), ids=SAID)
def test_points_keep_signs_and_level_of_their_interval_and_say_whom_they_favour(
    with_pairs, cells, words
):
    """An interval on both sides of no difference was printed as if it were on one side."""
    answers = pooled_answers(changed(with_pairs, "results", "ford-2014/r01", **cells), "24h")
    (sentence,) = points(answers)
    assert f"ford-2014 found {words} on the IES-R" in sentence


def test_points_name_the_drug_that_was_given(with_pairs):
    arms = with_pairs.arms.copy()
    arms.loc[arms["arm_id"] == "ford-2014/ketamine", "drug"] = "esketamine"
    (sentence,) = points(pooled_answers(replace(with_pairs, arms=arms), "24h"))
    assert "in favour of esketamine on the IES-R" in sentence


def test_a_contrast_that_answers_two_windows_is_said_drawn_and_counted_once(with_pairs):
    """The window of 12 hours holds that of 4 hours."""
    answers = pooled_answers(
        changed(with_pairs, "results", "ford-2014/r01", time_value=3.0), "4h", "12h"
    )
    assert [list(a.included["contrast_id"]) for a in answers.answered] == [["ford-2014/r01"]] * 2
    assert len(points(answers)) == 1
    assert labels(answers.picture().axes) == [STUDIES["ford-2014"]["label"]]
    assert "Above the line: 1 contrast from our rows" in answers.caption().text


@pytest.mark.parametrize("windows", [("24",), ("4h", "1d")])
def test_an_unknown_window_is_refused_with_those_that_are_known(evidence, windows):
    words = "found '(24|1d)'; allowed: 4h, 12h, 24h, 2-3d, 7d, 14d, 28d"
    with pytest.raises(UnknownTermError, match=words):
        pooled_answers(evidence, *windows)


# Nothing to say


def test_windows_without_an_answer_say_so_everywhere(evidence):
    nothing = pooled_answers(evidence, "4h")
    assert nothing.answered == ()
    assert "no questions can be answered from our rows, by no trials" in nothing.summary()
    assert nothing.answer().text == nothing.summary()
    assert repr(nothing.table()) == "None of these questions can be answered from our rows yet."
    picture = nothing.picture()
    assert labels(picture.axes) == []
    assert "no eligible studies" in [text.get_text() for text in picture.axes.texts]
    assert picture.alt.endswith("ketamine. No eligible studies.")
    rows = nothing.table("rows").to_records()
    assert rows
    assert {record["In?"] for record in rows} == {"no"}
