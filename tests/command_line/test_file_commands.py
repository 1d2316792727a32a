"""Commands for a statistician, against metafor on the trials of BCG vaccine, and at the edges."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from evidence_tools.arithmetic.pooling.gosh import gosh
from evidence_tools.arithmetic.pooling.pool import pool
from evidence_tools.command_line import diagnostics, terminal

ROOT = Path(__file__).resolve().parents[2]
BCG = ROOT / "docs" / "examples" / "bcg-vaccine.csv"
REFERENCE = ROOT / "tests" / "reference"
STUDIES = list(csv.DictReader(io.StringIO(BCG.read_text(encoding="utf-8"))))
YI, VI = ([float(row[name]) for row in STUDIES] for name in ("yi", "vi"))
TEST_OF = {"z": "normal", "knha": "knapp-hartung"}
DIAGNOSTICS = {
    **{"rstudent": "rstudent", "dffits": "dffits", "cook.d": "cook_d", "cov.r": "cov_ratio"},
    **{"hat": "hat", "dfbetas": "dfbetas", "tau2.del": "tau2_del", "QE.del": "q_del"},
}
LEFT_OUT = {
    **{"estimate": "estimate_del", "se": "se_del", "ci.lb": "ci_low_del", "ci.ub": "ci_high_del"},
    **{"I2": "i2_del"},
}


def reference(name, key):
    """The numbers of metafor on the data set of the example."""
    found = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))[key]
    return next(one for one in found if one["dataset"] == "dat.bcg RR")


METAFOR = reference("metafor-converged", "univariate")
SMALL = reference("small_study", "sets")


def close(found, wanted):
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-8)


def test_the_example_holds_the_numbers_of_metafor():
    close(YI, METAFOR["yi"])
    close(VI, METAFOR["vi"])


# Influence


@pytest.mark.parametrize("case", METAFOR["cases"], ids=lambda c: f"{c['method']}-{c['test']}")
def test_influence_agrees_with_metafor(record, case):
    options = ("--method", case["method"], "--test", TEST_OF[case["test"]])
    found = record("influence", BCG, *options)
    assert (found["method"], found["test"], found["k"]) == (*options[1::2], 13)
    assert [study["label"] for study in found["studies"]] == [row["label"] for row in STUDIES]
    for name, field in DIAGNOSTICS.items():
        close([study[field] for study in found["studies"]], case["influence"][name])
    for name, field in LEFT_OUT.items():
        close([study[field] for study in found["studies"]], case["leave1out"][name])
    flags = [study["is_influential"] for study in found["studies"]]
    assert flags == case["influence"]["is_infl"]


@pytest.mark.parametrize("case", METAFOR["cases"], ids=lambda c: f"{c['method']}-{c['test']}")
def test_cumulative_agrees_with_metafor(record, run, case):
    options = ("--method", case["method"], "--test", TEST_OF[case["test"]], "--cumulative")
    found = record("influence", BCG, *options)
    assert [study["k"] for study in found["studies"]] == list(range(1, 14))
    for name in {"estimate", "se", "tau2"} & set(case["cumulative"]):
        close([study[name] for study in found["studies"]], case["cumulative"][name])
    lines = [line.split("\t") for line in run("influence", BCG, *options)[1].splitlines()]
    assert [line[1] for line in lines if len(line) == 5][1:] == [str(k) for k in range(1, 14)]


def test_influence_as_a_table_has_a_line_per_study_and_says_who_is_influential(file, run):
    code, out, err = run("influence", file(yi=[0.1, 0.2, 0.15, 0.1, 9.0], vi=[0.1] * 5))
    lines = out.splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    assert (code, err) == (0, "")
    assert lines[0].endswith("influential: study 5.")
    assert "without study 5" in out
    assert [row[0] for row in rows] == ["Left out", *(f"study {i}" for i in range(1, 6))]
    assert [row[-1] for row in rows[1:]] == ["no"] * 4 + ["yes"]


def test_numbers_of_the_influence_table_are_those_of_the_json(record, run):
    studies = record("influence", BCG)["studies"]
    lines = [line.split("\t") for line in run("influence", BCG)[1].splitlines() if "\t" in line]
    for study, cells in zip(studies, lines[1:], strict=True):
        numbers = [float(cell.replace("−", "-")) for cell in cells[4:8]]
        wanted = [study[name] for name in ("rstudent", "dffits", "cook_d", "hat")]
        assert numbers == pytest.approx(wanted, abs=0.00501)
        low, high = (
            f"{study[name]:.2f}".replace("-", "−") for name in ("ci_low_del", "ci_high_del")
        )
        assert cells[1].endswith(f"({low} to {high})")


def test_influence_of_two_studies_notes_that_each_refit_is_one_study_once(run):
    code, out, _ = run("influence", ROOT / "docs" / "examples" / "effects.csv")
    assert code == 0
    assert out.count("A refit to one study is the study itself.") == 1


# GOSH


def test_gosh_as_json_has_the_reach_of_the_subsets(record, run):
    found, fits = record("gosh", BCG), gosh(YI, VI)
    assert run("gosh", BCG) == (0, fits.summary() + "\n", "")
    assert (found["method"], found["k"]) == ("REML", 13)
    assert found["subsets"] == found["subsets_in_all"] == 8191
    for name in ("estimate", "tau2", "i2"):
        reach = list(found[name].values())
        assert reach == sorted(reach)
        assert (reach[0], reach[-1]) == (getattr(fits, name).min(), getattr(fits, name).max())
        assert found[name]["median"] == np.median(getattr(fits, name))
    close(found["estimate_of_all"], pool(YI, VI).estimate)
    close(found["i2_of_all"], pool(YI, VI).i2)
    assert found["notes"] == []


def test_gosh_writes_every_subset(file, run, tmp_path):
    target = tmp_path / "subsets.csv"
    path = file(yi=YI[:4], vi=VI[:4])
    code, out, err = run("gosh", path, "--out", target, "--method", "DL")
    assert (code, err.replace("\n", "")) == (0, f"written: {target}")
    assert out.startswith("15 subsets of 4 studies, DL")
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [int(row["subset"]) for row in rows] == list(range(1, 16))
    for row in rows:
        held = [i for i in range(4) if int(row["subset"]) >> i & 1]
        alone = pool([YI[i] for i in held], [VI[i] for i in held], method="DL")
        assert float(row["estimate"]) == pytest.approx(alone.estimate)
        assert int(row["k"]) == len(held)


def test_the_figure_says_how_many_subsets_there_are_and_marks_the_pool_of_all(run, tmp_path):
    target = tmp_path / "subsets.PNG"
    assert run("gosh", BCG, "--out", target)[0] == 0
    pixels = imread(io.BytesIO(target.read_bytes()), format="png")
    assert pixels.shape[1] > 800
    assert pixels[..., :3].min() < 0.5
    found = diagnostics.gosh_of_file(BCG, method="REML", seed=1)
    picture = found.picture()
    words = [text.get_text() for text in picture.axes.get_legend().get_texts()]
    assert words == ["pool of one subset of the studies (8,191 in all)", "pool of all studies"]
    assert picture.axes.lines[-1].get_xdata()[0] == pytest.approx(pool(YI, VI).estimate)
    assert "The pool of all studies is −0.71." in picture.alt


def test_a_sample_of_too_many_subsets_moves_with_the_seed_and_says_so(run, monkeypatch, tmp_path):
    monkeypatch.setattr(diagnostics, "MOST_SUBSETS", 500)
    chosen = {}
    for seed, name in ((1, "a"), (1, "b"), (2, "c")):
        target = tmp_path / f"{name}.csv"
        _, out, _ = run("gosh", BCG, "--out", target, "--seed", seed)
        assert f"A random sample of 500 of the 8,191 subsets (seed {seed})." in out
        chosen[name] = target.read_text(encoding="utf-8")
    assert chosen["a"] == chosen["b"] != chosen["c"]
    picture = diagnostics.gosh_of_file(BCG, method="REML", seed=1).picture()
    legend = picture.axes.get_legend().get_texts()[0].get_text()
    assert legend.endswith("(500 drawn from 8,191)")


def test_the_seed_of_the_command_is_that_of_the_library(monkeypatch, run):
    monkeypatch.setattr(diagnostics, "MOST_SUBSETS", 100)
    assert run("gosh", BCG)[1] == gosh(YI, VI, most_subsets=100).summary() + "\n"


def test_progress_is_a_bar_on_standard_error_of_a_slow_command_only(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    progress = terminal.SlowProgress("pooling")
    started = []
    monkeypatch.setattr(progress._progress, "start", lambda: started.append(now[0]))
    with progress as done:
        for second in (1, 2, 3):
            now[0] = float(second)
            done(second, 3)
    assert started == [3.0]
    assert progress._progress.tasks[0].completed == progress._progress.tasks[0].total == 3
    assert capsys.readouterr().out == ""
    with terminal.SlowProgress("pooling") as done:
        done(1, 2)
    assert capsys.readouterr() == ("", "")


def test_progress_reaches_the_command_line(run, monkeypatch):
    told = []
    monkeypatch.setattr(
        terminal.SlowProgress, "_done", lambda _, done, total: told.append((done, total))
    )
    assert run("gosh", BCG)[0] == 0
    assert told == [(4096, 8191), (8191, 8191)]


# Small studies


def test_small_study_results_agree_with_metafor(record):
    found = record("smallstudy", BCG)
    assert (found["k"], found["notes"]) == (13, [])
    for ours, theirs in (("bias", "bias"), ("se", "se"), ("p_value", "p"), ("limit", "limit")):
        close(found["egger"][ours], SMALL["egger"][theirs])
    close([found["begg"]["tau_b"], found["begg"]["p_value"]], list(SMALL["begg"].values()))
    filled, wanted = found["trim_and_fill"], SMALL["fill_L0"]
    assert (filled["k_filled"], filled["side"]) == (wanted["k0"], wanted["side"])
    close(filled["estimate"], wanted["estimate"])
    assert len(filled["filled_yi"]) == len(filled["filled_vi"]) == wanted["k0"]
    selection = found["selection"]
    for name in ("estimate", "weight", "tau2", "lrt_p"):
        assert selection[name] == pytest.approx(SMALL["selection"][name], rel=1e-3)


def test_small_study_results_in_words(run):
    code, out, err = run("smallstudy", BCG)
    assert (code, err) == (0, "")
    starts = ("Egger's", "Begg", "Trim and fill", "Three-parameter selection model")
    assert [any(line.startswith(s) for line in out.splitlines()) for s in starts] == [True] * 4


@pytest.mark.parametrize("k", [3, 9])
def test_below_ten_studies_the_command_refuses_and_says_why(run, refused, file, k):
    path = file(yi=YI[:k], vi=VI[:k])
    said = f"evidence: small-study effects: found {k} studies; allowed: at least 10"
    err = refused(said, "smallstudy", path)
    assert "is chance" in err
    assert "--anyway" in err
    code, out, err = run("smallstudy", path, "--anyway")
    assert (code, err) == (0, "")
    assert "With fewer than 10 studies asymmetry is mostly chance." in out
    assert "mostly chance" not in run("smallstudy", file(yi=YI[:10], vi=VI[:10]))[1]


@pytest.mark.parametrize(
    ("command", "columns", "said"),
    [
        (["smallstudy", "--anyway"], {"yi": YI[:2], "vi": VI[:2]}, "found 2 studies; allowed: at"),
        (["smallstudy"], {"yi": [0.1, 0.2, 0.3], "vi": [0.1, -0.2, 0.3]}, "line 3, vi: found"),
        (["influence"], {"yi": [0.1], "vi": [0.2]}, "found 1 study; allowed: two or more"),
    ],
    ids=["two studies, even so", "a wrong variance", "no others to leave out"],
)
def test_what_has_no_answer_is_not_answered_by_anyway(refused, file, command, columns, said):
    assert "--anyway" not in refused(said, *command, file(**columns))


def test_an_analysis_without_an_answer_is_null_with_its_reason(record, file, run):
    path = file(yi=np.linspace(-0.2, 0.2, 12), vi=[0.5] * 12)
    found = record("smallstudy", path)
    assert found["egger"] is found["begg"] is found["selection"] is None
    assert found["trim_and_fill"]["k"] == 12
    assert len(found["notes"]) == 3
    assert "same standard error in all studies" in found["notes"][0]
    assert found["notes"][0] in run("smallstudy", path)[1]


# Wrong use


@pytest.mark.parametrize("command", ["influence", "gosh", "smallstudy"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("", "an empty file"),
        ("yi,sei\n0.1,0.2\n", "no column 'vi'"),
        ("yi,vi\n0.1,0.2\nx,0.3\n", "line 3, yi: found 'x'"),
        ("yi,vi\n0.1,-0.2\n0.1,0.2\n", "line 2, vi: found '-0.2'"),
        ("yi,vi\n", "found no studies"),
    ],
    ids=["missing", "empty", "no variance", "no number", "negative variance", "no rows"],
)
def test_a_file_that_cannot_be_used_exits_with_two_and_says_where(
    refused, file, tmp_path, command, text, said
):
    refused(said, command, tmp_path / "none.csv" if text is None else file(text))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["influence", BCG, "--method", "XX"], "allowed: "),
        (["influence", BCG, "--test", "t"], "allowed: "),
        (["gosh", BCG, "--method", "XX"], "allowed: "),
        (["gosh", BCG, "--out", "figure.gif"], "found the ending '.gif'; allowed: .png, .svg"),
        (["gosh", BCG, "--out", "figure"], "found the ending ''; allowed: .png, .svg, .pdf, .csv"),
        (["gosh", BCG, "--seed", "-1"], "seed: found -1; allowed: 0 or more"),
        (["gosh", BCG, "--out", "/no/such/folder/a.csv"], "/no/such/folder"),
        (["gosh", BCG, "--out", "/no/such/folder/a.png"], "/no/such/folder"),
        (["influence"], "Missing argument 'FILE'"),
    ],
)
def test_wrong_use_exits_with_two_and_says_what_is_allowed(run, words, said):
    code, _, err = run(*words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
