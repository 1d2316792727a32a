"""Effects and pools of any CSV file, and answers as records; with the commands that print them."""

from __future__ import annotations

import dataclasses
import json
import math
from itertools import product

import pandas as pd
import pytest
from scipy import stats

import evidence_tools as et
from evidence_tools.arithmetic.effects import MEASURES
from evidence_tools.base.errors import EvidenceFileError, NotEstimableError, UnknownTermError
from evidence_tools.command_line import calculator, csv_files
from evidence_tools.command_line.pooled_files import pool_file
from evidence_tools.evidence import loading
from evidence_tools.questions.estimands import all_questions, find_question
from evidence_tools.questions.size_of_benefit.answers import answer_question
from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts

METHODS = ["FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
TESTS = ["normal", "knapp-hartung", "knapp-hartung-guarded"]
BAYESIAN = [
    *("estimate", "ci_low", "ci_high", "tau", "tau_ci_low", "tau_ci_high"),
    *("probability_below_zero", "tau_prior", "k"),
]
GIVEN = {
    "means": ("mean_active,sd_active,n_active,mean_control,sd_control,n_control", "5,2,10,6,3,12"),
    "events": ("events_active,n_active,events_control,n_control", "2,10,4,12"),
    "one arm": ("events,n", "2,10"),
    "pairs": ("mean_1,mean_2,sd_1,sd_2,n,r", "5,6,2,3,10,0.5"),
    "changes": (
        "mean_pre_active,mean_post_active,sd_pre_active,n_active,"
        "mean_pre_control,mean_post_control,sd_pre_control,n_control,r",
        "30.6,38.5,15,20,23.1,19.7,13.8,20,0.47",
    ),
    "rates": ("events_active,time_active,events_control,time_control", "2,10,4,12"),
}
"""The columns that docs/json.md names, and a line of them."""
MEANS, EVENTS, PAIRS, RATES = ("\n".join(GIVEN[k]) for k in ("means", "events", "pairs", "rates"))
KIND = {
    **dict.fromkeys(["MD", "SMD", "SMDH", "ROM"], "means"),
    **dict.fromkeys(["RR", "OR", "RD", "PETO", "AS"], "events"),
    **dict.fromkeys(["PR", "PLO", "PAS", "PFT"], "one arm"),
    **dict.fromkeys(["MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC"], "pairs"),
    "PPC": "changes",
    "IRR": "rates",
}


@pytest.fixture(autouse=True)
def loaded(monkeypatch, evidence):
    """The made-up world, read only once."""
    monkeypatch.setattr(loading, "load", lambda: evidence)


@pytest.fixture
def example(root):
    return root / "docs" / "examples" / "effects.csv"


# Reading


@pytest.mark.parametrize(
    "text",
    [
        "yi,vi\n-0.5,0.1\n0.2,0.3\n",
        "yi,vi\r\n-0.5,0.1\r\n0.2,0.3",
        "\ufeffyi,vi\n-0.5,0.1\n0.2,0.3\n",
        " yi , vi \n -0.5 , 0.1 \n\n0.2,0.3\n\n",
        'vi,label,yi\n"0.1","a, b",-5e-1\n0.3,"two\nlines",+0.2\n',
    ],
    ids=["plain", "windows", "byte-order mark", "blanks", "quotes"],
)
def test_any_csv_is_read(file, text):
    path = file(text)
    frame = csv_files.read_columns(path)
    assert csv_files.numbers(path, frame, "yi").tolist() == [-0.5, 0.2]
    assert csv_files.numbers(path, frame, "vi").tolist() == [0.1, 0.3]


BROKEN = {
    "text cell": ("yi,vi\n0.1,0.2\nabc,0.1\n", "line 3, yi: found 'abc'; allowed: a number"),
    "after a gap": ("yi,vi\n0.1,0.2\n\n\nabc,0.1\n", "line 5, yi: found 'abc'"),
    "after two lines in one": ('l,yi,vi\n"a\nb",1,1\nc,x,1\n', "line 4, yi: found 'x'"),
    "decimal comma": ('yi,vi\n"0,5",0.1\n', "line 2, yi: found '0,5'; allowed: a number with a"),
    "empty cell": ("yi,vi\n0.1,\n", "line 2, vi: found ''"),
    "infinity": ("yi,vi\n0.1,inf\n", "line 2, vi: found 'inf'"),
    "not a number": ("yi,vi\nnan,1\n", "line 2, yi: found 'nan'"),
    "NA": ("yi,vi\n1,NA\n", "line 2, vi: found 'NA'"),
    "missing column": ("yi,se\n1,2\n", "given.csv: found no column 'vi'; allowed: that name"),
    "semicolons": ("yi;vi\n1;2\n", "line 1: found 'yi;vi'; allowed: names separated by commas"),
    "tabs": ("yi\tvi\n1\t2\n", r"line 1: found 'yi\tvi'; allowed: names separated by commas"),
    "one cell more": ("yi,vi\n0.1,0.2,0.3\n", "line 2: found 3 cells; allowed: 2, as in the"),
    "one cell less": ("yi,vi\n1,1\n0.1\n", "line 3: found 1 cell; allowed: 2"),
    "column twice": ("yi,vi,yi\n1,2,3\n", "line 1: found two columns 'yi'"),
    "empty": ("", "given.csv: found an empty file"),
    "blank": ("\n \n", "given.csv: found an empty file"),
    "not UTF-8": (b"yi,vi\n1,1\xff\n", "given.csv: found 'utf-8' codec can't decode byte 0xff"),
    "open quote": ('yi,vi\n"1,1\n', "given.csv: found unexpected end of data"),
    "no rows": ("yi,vi\n", "given.csv, yi: found no studies; allowed: one or more"),
    "variance of 0": ("yi,vi\n1,0\n", "line 2, vi: found '0'; allowed: a variance, above 0"),
    "variance below 0": ("yi,vi\n1,-1\n", "line 2, vi: found '-1'; allowed: a variance, above 0"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_one_line_with_its_place(refused, file, text, said):
    assert refused(said, "pool", file(text)).endswith(".\n"), "what to do"


@pytest.mark.parametrize("command", [["pool"], ["effects", "SMD"]])
def test_a_missing_file_and_a_folder_are_wrong_use(refused, tmp_path, command):
    missing = tmp_path / "none.csv"
    said = f"evidence: {missing}: found no such file. Check the path.\n"
    assert refused(said, *command, missing) == said
    refused(f"{tmp_path}: found a folder; allowed: a CSV file", *command, tmp_path)


def test_errors_are_those_of_the_project(file):
    with pytest.raises(EvidenceFileError, match="no column 'vi'"):
        pool_file(file("yi\n1\n"), {})
    with pytest.raises(NotEstimableError, match="no studies"):
        pool_file(file("yi,vi\n"), {})
    with pytest.raises(UnknownTermError, match="found 'XX'"):
        pool_file(file("yi,vi\n1,1\n"), {"--method": "XX"})
    with pytest.raises(UnknownTermError, match="Did you mean 'SMD'"):
        calculator.effects_of_file("smd", file("yi,vi\n1,1\n"))


# evidence effects


def test_every_measure_has_its_columns_here_and_in_the_documentation(root):
    assert set(KIND) == set(MEASURES)
    text = " ".join((root / "docs" / "json.md").read_text(encoding="utf-8").split())
    for columns, _ in GIVEN.values():
        assert "(" + ", ".join(f"`{column}`" for column in columns.split(",")) + ")" in text


@pytest.mark.parametrize("measure", KIND)
def test_every_measure_works_on_its_documented_columns(record, file, measure):
    columns, line = GIVEN[KIND[measure]]
    (found,) = record("effects", measure, file(f"{columns}\n{line}\n"))
    cells = zip(columns.split(","), map(float, line.split(",")), strict=True)
    expected = et.effect_sizes(measure, {name: [cell] for name, cell in cells})
    assert found == {"row": 1, "yi": expected.yi[0], "vi": expected.vi[0], "notes": []}


def test_numbers_are_unrounded_and_by_hand(record, file):
    (found,) = record("effects", "RR", file(EVENTS))
    assert found["yi"] == pytest.approx(math.log((2 / 10) / (4 / 12)), rel=1e-12)
    assert found["vi"] == pytest.approx(1 / 2 - 1 / 10 + 1 / 4 - 1 / 12, rel=1e-12)


def test_further_columns_are_ignored_whatever_they_hold(record, file):
    path = file("label,events,n,note\n2014,1,10,3\nFeder,2,10,none\n,3,10,\n")
    assert [one["yi"] for one in record("effects", "PR", path)] == [0.1, 0.2, 0.3]


def test_a_row_without_an_answer_is_null_and_says_why(record, file):
    path = file(f"{MEANS}\n5,0,10,6,0,12\n" + "5,2,10,6,3,12\n" * 9)
    records = record("effects", "SMD", path)
    assert [r["row"] for r in records if r["yi"] is None] == [2]
    assert records[1]["vi"] is None
    (note,) = records[1]["notes"]
    assert "both standard deviations are 0" in note
    assert all(r["notes"] == [] for r in records if r["row"] != 2)


def test_notes_stand_with_their_own_row(record, file):
    records = record("effects", "RR", file(f"{GIVEN['events'][0]}\n" + "0,10,4,12\n" * 11))
    assert [len(one["notes"]) for one in records] == [1] * 11
    assert records[0]["notes"][0].startswith("study 1 ")
    assert records[10]["notes"][0].startswith("study 11 ")


IMPOSSIBLE = {
    "more events than people": ("PR", "events,n\n1,10\n12,10\n", "events: found 12; allowed: at"),
    "nobody in an arm": ("SMD", f"{MEANS}\n5,2,0,6,3,12\n", "n_active"),
    "an SD below 0": ("MD", f"{MEANS}\n5,-2,9,6,3,12\n", "sd_active"),
    "a correlation above 1": ("SMCC", f"{PAIRS}\n5,6,2,3,9,2\n", "r"),
    "no time": ("IRR", f"{RATES}\n2,0,4,12\n", "time_active"),
}


@pytest.mark.parametrize(("measure", "text", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_numbers_are_one_line_with_file_study_and_column(
    refused, file, measure, text, said
):
    said = f"given.csv, {measure}, study 2 (index 1), {said}"
    err = refused(said, "effects", measure, file(text))
    assert "; allowed: " in err
    assert err.endswith("Correct the file; studies are counted from below its header.\n")


@pytest.mark.parametrize(
    ("measure", "text", "said", "hint"),
    [
        ("PR", "events,n\nfew,10\nmany,10\n", "line 2, events: found 'few'", ""),
        (
            *("RR", "events_active,n_active\n1,2\n"),
            "given.csv, columns of RR, risk ratio: found no events_control, n_control;",
            "Add them, or rename the columns that hold them.\n",
        ),
        (
            *("smd", "events,n\n1,2\n", "evidence: measure: found 'smd'; allowed: MD, SMD, "),
            "Did you mean 'SMD'?\n",
        ),
    ],
)
def test_what_effects_cannot_use_is_one_line(refused, file, measure, text, said, hint):
    assert refused(said, "effects", measure, file(text)).endswith(hint)


@pytest.mark.parametrize("measure", [m for m, kind in KIND.items() if kind in ("means", "pairs")])
def test_a_single_person_has_no_spread_and_its_row_says_so(record, file, measure):
    columns, line = GIVEN[KIND[measure]]
    one = line.replace(",10", ",1")
    first, second = record("effects", measure, file(f"{columns}\n{line}\n{one}\n"))
    assert first["notes"] == []
    assert first["vi"] > 0
    assert (second["yi"], second["vi"]) == (None, None)
    assert "fewer than" in second["notes"][0]


def test_effects_as_a_table(run, file):
    code, out, err = run("effects", "PR", file("events,n\n1,10\n0,10\n"))
    assert (code, err) == (0, "")
    header, one, other = out.splitlines()
    assert header.split("\t") == ["Row", "yi", "vi", "Notes"]
    assert one.split("\t")[:3] == ["1", "0.1", "0.009"]
    assert other.startswith("2\t")
    path = file("events,n\n")
    assert run("effects", "PR", path, "--json") == (0, "[]\n", "")
    assert run("effects", "PR", path) == (0, "The file has no rows.\n", "")


# evidence pool FILE

EXAMPLE = (-1.099413, -0.187364), (0.135499, 0.019694)
"""The rows of docs/examples/effects.csv."""


@pytest.mark.parametrize(("method", "test"), list(product(METHODS, TESTS)))
def test_every_method_and_test_on_the_example(record, example, method, test):
    found = record("pool", example, "--method", method, "--test", test)
    assert (found["method"], found["test"], found["k"]) == (method, test, 2)
    expected = et.pool(*EXAMPLE, method=method, test=test)
    assert found["estimate"] == expected.estimate
    assert found["weights"] == expected.weights.tolist()
    assert found["notes"] == list(expected.notes)


def test_fixed_effect_by_hand(record, file):
    path = file("yi,vi\n-1,0.1\n0,0.4\n")
    found = record("pool", path, "--method", "FE", "--test", "normal")
    half = stats.norm.ppf(0.975) * math.sqrt(1 / 12.5)
    assert found["estimate"] == pytest.approx(-0.8, rel=1e-12)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((-0.8 - half, -0.8 + half))
    assert found["weights"] == pytest.approx([0.8, 0.2], rel=1e-12)
    assert found["tau2"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "yi,vi\n0.3,0.1\n",
        "yi,vi\n0,1\n0,1\n",
        "yi,vi\n1,1e-9\n-1,1e-9\n",
        "yi,vi\n0.1,1e-6\n5,1000\n0,1\n",
        "yi,vi\n0.1,0.2\n0.1,0.2\n0.1,0.2\n0.1,0.2\n",
        "yi,vi\n1e6,1\n-1e6,1\n0,1\n",
    ],
    ids=["one", "equal effects", "far apart", "unequal variances", "four equal", "huge"],
)
@pytest.mark.parametrize("test", TESTS)
def test_what_cannot_be_had_is_null_and_never_nan(record, file, text, test):
    found = record("pool", file(text), "--test", test)
    assert found["k"] == text.count("\n") - 1
    assert sum(found["weights"]) == pytest.approx(1)
    assert (found["pi_low"] is None) == (found["k"] < 3)


def test_the_default_is_reml_with_the_guarded_interval(run, record, example):
    found = record("pool", example)
    assert (found["method"], found["test"]) == ("REML", "knapp-hartung-guarded")
    assert run("pool", example) == (0, et.pool(*EXAMPLE).summary() + "\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["FILE", "--method", "reml"], "method: found 'reml'; allowed: FE, DL"),
        (["FILE", "--test", "t"], "test: found 't'; allowed: normal"),
        (["FILE", "--no-such-option"], "No such option"),
        ([], "name a FILE or a --question, and not both"),
        (["FILE", "--question", "x"], "name a FILE or a --question, and not both"),
        (["--question", "direct/24h/single/any/severty"], "mean 'direct/24h/single/any/severity'?"),
        (["--question", "x", "--method", "DL"], "found --method with --question; allowed: --json"),
        (["--question", "x", "--test", "t"], "found --test with --question; allowed: --json"),
    ],
)
def test_unknown_choices_are_wrong_use(run, example, words, said):
    code, out, err = run("pool", *(example if word == "FILE" else word for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


# evidence pool --question

ONE_TRIAL = "related-ptsd/14d/course/any/severity"
NO_TRIAL = "direct/24h/single/any/severity"


@pytest.mark.parametrize(
    "question",
    [
        *("related-ptsd/24h/single/any/severity", "related-ocd/7d/single/inactive/no-response"),
        *(NO_TRIAL, ONE_TRIAL),
    ],
)
def test_an_answer_says_of_every_row_whether_it_enters(record, evidence, question):
    found = record("pool", "--question", question)
    assert found["question_id"] == question
    assert found["question"] == find_question(evidence, question).words
    assert found["rows"]
    for row in found["rows"]:
        assert row["included"] is (row["reason"] == "")
        assert (row["yi"] is None) == (row["vi"] is None)


def test_an_answer_with_one_contrast(record):
    found = record("pool", "--question", ONE_TRIAL)
    assert found["bayesian"] is None
    assert [r["contrast_id"] for r in found["rows"] if r["included"]] == ["ford-2021/r02"]
    assert found["pooled"]["estimate"] == pytest.approx(found["rows"][0]["yi"], rel=1e-12)


def test_an_answer_with_two_contrasts_has_a_bayesian_part(evidence):
    contrasts = all_contrasts(evidence)
    twice = contrasts.rows.copy()
    again = twice[twice["contrast_id"] == "ford-2021/r02"].assign(
        contrast_id="another/r01", programme="another", yi=-0.5
    )
    two = dataclasses.replace(contrasts, rows=pd.concat([twice, again], ignore_index=True))
    answer = answer_question(evidence, find_question(evidence, ONE_TRIAL), contrasts=two)
    found = calculator.answer_record(answer)
    assert list(found["bayesian"]) == BAYESIAN
    assert 0.5 < found["bayesian"]["probability_below_zero"] < 1
    assert found["bayesian"]["tau_prior"] == "HalfNormal(scale=0.5)"


def test_an_answer_without_a_contrast(record):
    found = record("pool", "--question", NO_TRIAL)
    assert (found["pooled"], found["bayesian"]) == (None, None)
    assert found["notes"] == ["no contrast in the evidence can answer this question yet"]


def test_an_answer_in_words(run, evidence):
    code, out, err = run("pool", "--question", ONE_TRIAL)
    assert (code, err) == (0, "")
    answer = answer_question(evidence, find_question(evidence, ONE_TRIAL))
    assert out.startswith(answer.summary() + "\n")
    table = out.removeprefix(answer.summary() + "\n").splitlines()
    assert table[0].split("\t")[0] == "Contrast"
    assert len(table) == 1 + len(answer.rows)
    cells = table[1].split("\t")
    printed = f"{round(answer.rows['yi'].iloc[0], 6):.12g}".replace("-", "−")
    assert (cells[0], cells[1], cells[4]) == ("ford-2021/r02", printed, "yes")
    assert all(line.split("\t")[5] for line in table[2:])


def test_every_answer_is_json(evidence):
    contrasts = all_contrasts(evidence)
    for question in all_questions(evidence)[::3]:
        found = calculator.answer_record(answer_question(evidence, question, contrasts=contrasts))
        assert json.loads(json.dumps(found, allow_nan=False)) == found
