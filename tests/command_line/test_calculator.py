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
from evidence_tools.questions.estimands import all_questions, find_question
from evidence_tools.questions.size_of_benefit.answers import answer_question
from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts

METHODS = ["FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
TESTS = ["normal", "knapp-hartung", "knapp-hartung-guarded"]
POOLED = [
    *("estimate", "se", "ci_low", "ci_high", "p_value", "tau2", "tau2_ci_low", "tau2_ci_high"),
    *("i2", "i2_ci_low", "i2_ci_high", "h2", "h2_ci_low", "h2_ci_high", "q", "q_df", "q_p"),
    *("pi_low", "pi_high", "k", "weights", "method", "test", "ci_level", "notes"),
]
BAYESIAN = [
    *("estimate", "ci_low", "ci_high", "tau", "tau_ci_low", "tau_ci_high"),
    *("probability_below_zero", "tau_prior", "k"),
]
PAIRED_COLUMNS = "mean_1,mean_2,sd_1,sd_2,n,r"
CHANGE_COLUMNS = (
    "mean_pre_active,mean_post_active,sd_pre_active,n_active,"
    "mean_pre_control,mean_post_control,sd_pre_control,n_control,r"
)
COLUMNS = {
    "means": "mean_active,sd_active,n_active,mean_control,sd_control,n_control",
    "events": "events_active,n_active,events_control,n_control",
    "one arm": "events,n",
    "pairs": PAIRED_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "rates": "events_active,time_active,events_control,time_control",
}
"""The columns that docs/json.md names."""
LINES = {
    "means": "5,2,10,6,3,12",
    "events": "2,10,4,12",
    "one arm": "2,10",
    "pairs": "5,6,2,3,10,0.5",
    "changes": "30.6,38.5,15,20,23.1,19.7,13.8,20,0.47",
    "rates": "2,10,4,12",
}
KIND = {
    **dict.fromkeys(["MD", "SMD", "SMDH", "ROM"], "means"),
    **dict.fromkeys(["RR", "OR", "RD", "PETO", "AS"], "events"),
    **dict.fromkeys(["PR", "PLO", "PAS", "PFT"], "one arm"),
    **dict.fromkeys(["MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC"], "pairs"),
    "PPC": "changes",
    "IRR": "rates",
}


@pytest.fixture
def file(tmp_path):
    """A CSV file with that text, or those bytes."""

    def write(text):
        path = tmp_path / "given.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def strict_json(text):
    """JSON as the standard has it: NaN and Infinity are no numbers."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


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


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_line_with_its_place(run, file, name):
    text, words = BROKEN[name]
    code, out, err = run("pool", file(text))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("evidence: ")
    assert words in err
    assert err.endswith(".\n"), "what to do"


@pytest.mark.parametrize("command", [["pool"], ["effects", "SMD"]])
def test_a_missing_file_and_a_folder_are_wrong_use(run, tmp_path, command):
    code, out, err = run(*command, tmp_path / "none.csv")
    assert (code, out, err) == (
        *(2, ""),
        f"evidence: {tmp_path}/none.csv: found no such file. Check the path.\n",
    )
    code, out, err = run(*command, tmp_path)
    assert (code, out) == (2, "")
    assert "found a folder" in err


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


def test_every_measure_has_its_columns_here():
    assert set(KIND) == set(MEASURES)


@pytest.mark.parametrize("kind", COLUMNS)
def test_documented_columns_are_in_the_documentation(root, kind):
    text = " ".join((root / "docs" / "json.md").read_text(encoding="utf-8").split())
    words = ", ".join(f"`{column}`" for column in COLUMNS[kind].split(","))
    assert f"({words})" in text


@pytest.mark.parametrize("measure", KIND)
def test_every_measure_works_on_its_documented_columns(run, file, measure):
    path = file(f"{COLUMNS[KIND[measure]]}\n{LINES[KIND[measure]]}\n")
    code, out, err = run("effects", measure, path, "--json")
    (record,) = strict_json(out)
    assert (code, err) == (0, "")
    assert list(record) == ["row", "yi", "vi", "notes"]
    columns = dict(
        zip(COLUMNS[KIND[measure]].split(","), LINES[KIND[measure]].split(","), strict=True)
    )
    expected = et.effect_sizes(measure, {name: [float(x)] for name, x in columns.items()})
    assert (record["row"], record["notes"]) == (1, [])
    assert (record["yi"], record["vi"]) == (expected.yi[0], expected.vi[0])


def test_numbers_are_unrounded_and_by_hand(run, file):
    path = file(f"{COLUMNS['events']}\n2,10,4,12\n")
    (record,) = strict_json(run("effects", "RR", path, "--json")[1])
    assert record["yi"] == pytest.approx(math.log((2 / 10) / (4 / 12)), rel=1e-12)
    assert record["vi"] == pytest.approx(1 / 2 - 1 / 10 + 1 / 4 - 1 / 12, rel=1e-12)


def test_further_columns_are_ignored_whatever_they_hold(run, file):
    path = file(f"label,{COLUMNS['one arm']},note\n2014,1,10,3\nFeder,2,10,none\n,3,10,\n")
    code, out, err = run("effects", "PR", path, "--json")
    assert (code, err) == (0, "")
    assert [record["yi"] for record in strict_json(out)] == [0.1, 0.2, 0.3]


def test_a_column_of_words_is_told_by_its_line(run, file):
    code, out, err = run("effects", "PR", file("events,n\nfew,10\nmany,10\n"))
    assert (code, out) == (2, "")
    assert "line 2, events: found 'few'" in err


def test_a_missing_column_names_what_is_needed(run, file):
    code, out, err = run("effects", "RR", file("events_active,n_active\n1,2\n"))
    assert (code, out) == (2, "")
    assert "given.csv, columns of RR, risk ratio: found no events_control, n_control;" in err
    assert err.endswith("Add them, or rename the columns that hold them.\n")


def test_a_row_without_an_answer_is_null_and_says_why(run, file):
    path = file(f"{COLUMNS['means']}\n5,2,10,6,3,12\n5,0,10,6,0,12\n" + "5,2,10,6,3,12\n" * 9)
    code, out, err = run("effects", "SMD", path, "--json")
    records = strict_json(out)
    assert (code, err) == (0, "")
    assert [r["row"] for r in records if r["yi"] is None] == [2]
    assert records[1]["vi"] is None
    (note,) = records[1]["notes"]
    assert "both standard deviations are 0" in note
    assert all(r["notes"] == [] for r in records if r["row"] != 2)


def test_notes_stand_with_their_own_row(run, file):
    path = file(f"{COLUMNS['events']}\n" + "0,10,4,12\n" * 11)
    records = strict_json(run("effects", "RR", path, "--json")[1])
    assert [len(record["notes"]) for record in records] == [1] * 11
    assert records[0]["notes"][0].startswith("study 1 ")
    assert records[10]["notes"][0].startswith("study 11 ")


IMPOSSIBLE = {
    "more events than people": ("PR", "events,n\n1,10\n12,10\n", "events: found 12; allowed: at"),
    "nobody in an arm": (
        "SMD",
        f"{COLUMNS['means']}\n{LINES['means']}\n5,2,0,6,3,12\n",
        "n_active",
    ),
    "an SD below 0": ("MD", f"{COLUMNS['means']}\n{LINES['means']}\n5,-2,9,6,3,12\n", "sd_active"),
    "a correlation above 1": ("SMCC", f"{COLUMNS['pairs']}\n{LINES['pairs']}\n5,6,2,3,9,2\n", "r"),
    "no time": ("IRR", f"{COLUMNS['rates']}\n{LINES['rates']}\n2,0,4,12\n", "time_active"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_numbers_are_one_line_with_file_study_and_column(run, file, name):
    measure, text, words = IMPOSSIBLE[name]
    code, out, err = run("effects", measure, file(text))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert f"given.csv, {measure}, study 2 (index 1), {words}" in err
    assert "; allowed: " in err
    assert err.endswith("Correct the file; studies are counted from below its header.\n")


@pytest.mark.parametrize("measure", [m for m, kind in KIND.items() if kind in ("means", "pairs")])
def test_a_single_person_has_no_spread_and_its_row_says_so(run, file, measure):
    kind = KIND[measure]
    one = LINES[kind].replace(",10", ",1")
    path = file(f"{COLUMNS[kind]}\n{LINES[kind]}\n{one}\n")
    code, out, err = run("effects", measure, path, "--json")
    first, second = strict_json(out)
    assert (code, err, first["notes"]) == (0, "", [])
    assert first["vi"] > 0
    assert (second["yi"], second["vi"]) == (None, None)
    assert "fewer than" in second["notes"][0]


def test_a_file_without_rows_has_no_effects(run, file):
    path = file("events,n\n")
    assert run("effects", "PR", path, "--json") == (0, "[]\n", "")
    assert run("effects", "PR", path) == (0, "The file has no rows.\n", "")


def test_effects_as_a_table(run, file):
    code, out, err = run("effects", "PR", file("events,n\n1,10\n0,10\n"))
    assert (code, err) == (0, "")
    header, one, other = out.splitlines()
    assert header.split("\t") == ["Row", "yi", "vi", "Notes"]
    assert one.split("\t")[:3] == ["1", "0.1", "0.009"]
    assert other.startswith("2\t")


def test_an_unknown_measure_names_the_nearest(run, file):
    code, out, err = run("effects", "smd", file("events,n\n1,2\n"))
    assert (code, out) == (2, "")
    assert err.startswith("evidence: measure: found 'smd'; allowed: MD, SMD, ")
    assert err.endswith("Did you mean 'SMD'?\n")


# evidence pool FILE

EXAMPLE = (-1.099413, -0.187364), (0.135499, 0.019694)
"""The rows of docs/examples/effects.csv."""


@pytest.mark.parametrize(("method", "test"), list(product(METHODS, TESTS)))
def test_every_method_and_test_on_the_example(run, root, method, test):
    path = root / "docs" / "examples" / "effects.csv"
    code, out, err = run("pool", path, "--method", method, "--test", test, "--json")
    record = strict_json(out)
    assert (code, err) == (0, "")
    assert list(record) == POOLED
    assert (record["method"], record["test"], record["k"]) == (method, test, 2)
    yi, vi = EXAMPLE
    expected = et.pool(yi, vi, method=method, test=test)
    assert record["estimate"] == expected.estimate
    assert record["weights"] == expected.weights.tolist()
    assert record["notes"] == list(expected.notes)


def test_the_pooled_record_has_the_keys_of_the_documentation(root):
    text = (root / "docs" / "json.md").read_text(encoding="utf-8")
    part = text.split("## `evidence pool FILE")[1].split("## ")[0]
    assert [key for key in POOLED if f"`{key}`" not in part] == []


def test_fixed_effect_by_hand(run, file):
    path = file("yi,vi\n-1,0.1\n0,0.4\n")
    record = strict_json(run("pool", path, "--method", "FE", "--test", "normal", "--json")[1])
    half = stats.norm.ppf(0.975) * math.sqrt(1 / 12.5)
    assert record["estimate"] == pytest.approx(-0.8, rel=1e-12)
    assert (record["ci_low"], record["ci_high"]) == pytest.approx((-0.8 - half, -0.8 + half))
    assert record["weights"] == pytest.approx([0.8, 0.2], rel=1e-12)
    assert record["tau2"] == 0


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
def test_what_cannot_be_had_is_null_and_never_nan(run, file, text, test):
    code, out, err = run("pool", file(text), "--test", test, "--json")
    record = strict_json(out)
    assert (code, err) == (0, "")
    assert record["k"] == text.count("\n") - 1
    assert sum(record["weights"]) == pytest.approx(1)
    assert (record["pi_low"] is None) == (record["k"] < 3)


def test_the_default_is_reml_with_the_guarded_interval(run, root):
    path = root / "docs" / "examples" / "effects.csv"
    record = strict_json(run("pool", path, "--json")[1])
    assert (record["method"], record["test"]) == ("REML", "knapp-hartung-guarded")


def test_a_pool_in_words(run, root):
    path = root / "docs" / "examples" / "effects.csv"
    code, out, err = run("pool", path)
    assert (code, err) == (0, "")
    pooled = et.pool(*EXAMPLE)
    assert out == pooled.summary() + "\n"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--method", "reml"], "method: found 'reml'; allowed: FE, DL"),
        (["--test", "t"], "test: found 't'; allowed: normal"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_unknown_choices_are_wrong_use(run, root, option, words):
    code, out, err = run("pool", root / "docs" / "examples" / "effects.csv", *option)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


# evidence pool --question


@pytest.mark.parametrize("words", [[], ["docs/examples/effects.csv", "--question", "x"]])
def test_neither_or_both_of_file_and_question_is_wrong_use(run, words):
    code, out, err = run("pool", *words)
    assert (code, out) == (2, "")
    assert "name a FILE or a --question, and not both" in err
    assert "Traceback" not in err


def test_an_unknown_question_names_the_nearest(run):
    code, out, err = run("pool", "--question", "direct/24h/single/any/severty")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Did you mean 'direct/24h/single/any/severity'?" in err


QUESTIONS = [
    "related-ptsd/24h/single/any/severity",
    "related-ocd/7d/single/inactive/no-response",
    "direct/24h/single/any/severity",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_the_keys_of_the_documentation(run, evidence, question):
    code, out, err = run("pool", "--question", question, "--json")
    record = strict_json(out)
    assert (code, err) == (0, "")
    assert list(record) == ["question_id", "question", "pooled", "bayesian", "rows", "notes"]
    assert record["question_id"] == question
    assert record["question"] == find_question(evidence, question).words
    for row in record["rows"]:
        assert list(row) == [
            *("contrast_id", "study_id", "programme", "yi", "vi", "measure", "time_h"),
            *("derivation", "source_level", "included", "reason"),
        ]
        assert isinstance(row["included"], bool)
        assert row["included"] == (row["reason"] == "")
        assert (row["yi"] is None) == (row["vi"] is None)


ONE_TRIAL = "related-ptsd/14d/course/any/severity"


def test_an_answer_with_one_contrast(run):
    record = strict_json(run("pool", "--question", ONE_TRIAL, "--json")[1])
    assert list(record["pooled"]) == POOLED
    assert record["bayesian"] is None
    assert [r["contrast_id"] for r in record["rows"] if r["included"]] == ["ford-2021/r02"]
    assert record["pooled"]["estimate"] == pytest.approx(record["rows"][0]["yi"], rel=1e-12)


def test_an_answer_with_two_contrasts_has_a_bayesian_part(evidence):
    contrasts = all_contrasts(evidence)
    twice = contrasts.rows.copy()
    again = twice[twice["contrast_id"] == "ford-2021/r02"].assign(
        contrast_id="another/r01", programme="another", yi=-0.5
    )
    two = dataclasses.replace(contrasts, rows=pd.concat([twice, again], ignore_index=True))
    answer = answer_question(evidence, find_question(evidence, ONE_TRIAL), contrasts=two)
    record = calculator.answer_record(answer)
    assert list(record["bayesian"]) == BAYESIAN
    assert 0.5 < record["bayesian"]["probability_below_zero"] < 1
    assert record["bayesian"]["tau_prior"] == "HalfNormal(scale=0.5)"


def test_an_answer_without_a_contrast(run):
    record = strict_json(run("pool", "--question", QUESTIONS[2], "--json")[1])
    assert (record["pooled"], record["bayesian"]) == (None, None)
    assert record["rows"]
    assert record["notes"] == ["no contrast in the evidence can answer this question yet"]


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
        record = calculator.answer_record(answer_question(evidence, question, contrasts=contrasts))
        assert strict_json(json.dumps(record, allow_nan=False)) == record


@pytest.mark.parametrize("option", [["--method", "DL"], ["--test", "normal"]])
def test_a_question_has_its_own_method_and_test(run, option):
    code, out, err = run("pool", "--question", ONE_TRIAL, *option)
    assert (code, out) == (2, "")
    assert f"found {option[0]} with --question; allowed: --json" in err
