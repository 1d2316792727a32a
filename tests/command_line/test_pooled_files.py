"""`evidence pool FILE` by each model, from the file to the printed JSON, against metafor.

Numbers of metafor stand in `tests/reference/metafor.json`; those of counted events were printed by
`validation/metafor/rare_events.R`.
"""

import csv
import io
import json
from functools import partial
from pathlib import Path

import pytest

from evidence_tools.arithmetic.pooling.bayes import pool_bayesian
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.command_line.pooled_files import FILE, check_options, pool_file

ROOT = Path(__file__).resolve().parents[2]
BCG = ROOT / "docs" / "examples" / "bcg-vaccine.csv"
MODELS = json.loads((ROOT / "tests/reference/metafor.json").read_text(encoding="utf-8"))["models"]
TRIALS = {
    "events_active": [1, 0, 3, 0, 7, 2],
    "n_active": [20, 15, 40, 30, 50, 33],
    "events_control": [4, 1, 5, 0, 12, 0],
    "n_control": [22, 15, 38, 31, 51, 30],
}
"""The counts of `rare_events.R`."""


@pytest.fixture
def run(run):
    """`evidence pool` in this process; `record` and `refused` run it too."""
    return partial(run, "pool")


def test_three_levels_agree_with_metafor_and_clubsandwich(record, file):
    (known,) = [m for m in MODELS["multilevel"] if m["dataset"] == "dat.konstantopoulos2011"]
    path = file(yi=known["yi"], vi=known["vi"], district=known["outer"])
    found = record(path, "--cluster", "district")
    (effect,) = found["coefficients"]
    assert [found["sigma2_study"], found["sigma2_effect"]] == pytest.approx(known["sigma2"], 1e-5)
    assert effect["estimate"] == pytest.approx(known["beta"], rel=1e-6)
    assert effect["se_robust"] == pytest.approx(known["cr2"]["se"], rel=1e-6)
    assert found["rho"] == 0


def test_correlated_effects_agree_with_metafor_and_clubsandwich(record, file):
    (known,) = MODELS["che"]
    path = file(yi=known["yi"], vi=known["vi"], study=known["cluster"])
    found = record(path, "--cluster", "study", "--rho", known["rho"])
    (effect,) = found["coefficients"]
    assert effect["estimate"] == pytest.approx(known["beta"], rel=1e-6)
    assert effect["se_robust"] == pytest.approx(known["cr2"]["se"], rel=1e-6)
    assert found["interpretable"] is True


def test_contrasts_that_share_a_control_of_their_size_correlate_by_one_half(refused, record, file):
    """Gleser and Olkin (2009): with equal arms a shared control is a correlation of 1/2."""
    columns = {
        "yi": [0.1, 0.3, 0.2, 0.6, 0.4],
        "vi": [0.1] * 5,
        "study": list("aabcc"),
        "arm_active": list("pqpqr"),
        "arm_control": list("zzzzz"),
        "n_active": [20] * 5,
        "n_control": [20] * 5,
    }
    path = file(**columns)
    shared = record(path, "--cluster", "study", "--shared-arms")
    known = record(path, "--cluster", "study", "--rho", "0.5")
    assert shared["coefficients"] == [pytest.approx(one) for one in known["coefficients"]]
    assert shared["method"] == "hierarchical effects that share arms"
    words = ("--cluster", "study", "--shared-arms")
    refused("evidence: options: found --rho with --cluster;", path, *words, "--rho", "0.5")
    columns["n_control"] = [20, 0, 20, 20, 20]
    refused("line 3, n_control: found '0'", file(**columns), *words)


def test_too_few_degrees_of_freedom_are_said(run, record, file):
    path = file(yi=[0.1, 0.3, 0.2, 0.6], vi=[0.1] * 4, study=["a", "a", "b", "c"])
    code, out, _ = run(path, "--cluster", "study")
    assert code == 0
    assert "Fewer than 4 degrees of freedom, not to be interpreted" in out
    assert record(path, "--cluster", "study")["interpretable"] is False


def test_moderators_agree_with_metafor(record, file):
    known = next(m for m in MODELS["metareg"] if set(m["X"]) == {"ablat"})
    (fit,) = [f for f in known["fits"] if f["method"] == "DL" and f["test"] == "z"]
    path = file(yi=known["yi"], vi=known["vi"], ablat=known["X"]["ablat"])
    words = ("--moderators", "ablat", "--method", "DL", "--test", "normal")
    found = record(path, *words)
    assert [c["term"] for c in found["coefficients"]] == ["intercept", "ablat"]
    assert [c["estimate"] for c in found["coefficients"]] == pytest.approx(fit["beta"], rel=1e-6)
    assert found["tau2"] == pytest.approx(fit["tau2"], rel=1e-6)


def test_a_column_of_words_becomes_indicators(file):
    path = file(yi=[1, 2, 4, 5, 6], vi=[1] * 5, drug=["a", "a", "b", "b", "b"])
    given = {"--moderators": "drug", "--method": "FE"}
    terms = pool_file(path, given).record["coefficients"]
    assert [(t["term"], round(t["estimate"], 9)) for t in terms] == [
        ("intercept", 1.5),
        ("drug b, not a", 3.5),
    ]


def test_moderators_within_studies_go_with_a_cluster(file):
    path = file(
        yi=[0.1, 0.2, 0.4, 0.3, 0.5, 0.2],
        vi=[0.1] * 6,
        study=list("aabbcd"),
        dose=[1, 2, 1, 3, 2, 1],
    )
    terms = pool_file(path, {"--cluster": "study", "--moderators": "dose"}).record["coefficients"]
    assert [term["term"] for term in terms] == ["intercept", "dose"]


def test_the_posterior_is_that_of_the_library(record, run):
    rows = list(csv.DictReader(io.StringIO(BCG.read_text(encoding="utf-8"))))
    fit = pool_bayesian([float(r["yi"]) for r in rows], [float(r["vi"]) for r in rows])
    found = record(BCG, "--bayes")
    assert found["estimate"] == fit.mu.median
    assert found["pi_low"] == fit.new_effect.ci_low
    assert found["tau_prior"] == "HalfNormal(scale=0.5)"
    assert "probability that the effect is below 0: above 99.9%" in run(BCG, "--bayes")[1]


@pytest.mark.parametrize(
    ("words", "measure", "estimate", "se"),
    [
        (["peto"], "OR", -0.5855272682397, 0.3632663101909),
        (["mantel-haenszel"], "OR", -0.6036990893034, 0.3757804543472),
        (["mantel-haenszel", "--measure", "RR"], "RR", -0.5220859040643, 0.3286146152051),
    ],
)
def test_counted_events_agree_with_metafor(record, file, words, measure, estimate, se):
    found = record(file(**TRIALS), "--model", *words)
    assert found["measure"] == measure
    assert [found["estimate"], found["se"]] == pytest.approx([estimate, se], rel=1e-9)


def test_a_proportion_is_pooled_by_the_binomial_model(record, file):
    """`few events` of glmm.json (glmm.R): the model of rma.glmm with 100 points."""
    path = file(events=[2, 0, 5, 1, 9], n=[30, 12, 41, 20, 38])
    found = record(path, "--model", "binomial")
    wanted = [-2.1724550692162, 0.42834292252016, 0.26538666386078]
    assert [found[k] for k in ("estimate", "se", "tau2")] == pytest.approx(wanted, rel=1e-6)


def test_the_beta_binomial_model_says_its_correlation(record, file):
    found = record(file(**TRIALS), "--model", "beta-binomial")
    assert found["method"] == "beta-binomial, ML"
    assert 0 <= found["correlation"] < 1


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("model", [[], ["--bayes"], ["--cluster", "label", "--rho", "0.5"]])
def test_a_picture_is_written_the_same_on_every_run(run, tmp_path, ending, model):
    first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    for path in (first, second):
        code, _, err = run(BCG, *model, "--out", path)
        assert code == 0
        assert "written" in err
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF")


def test_letters_of_an_svg_are_text(run, tmp_path):
    run(BCG, "--out", tmp_path / "forest.svg")
    text = (tmp_path / "forest.svg").read_text(encoding="utf-8")
    assert "Hart &amp; Sutherland 1977" in text
    assert "Pooled: −0.71 (−1.11 to −0.32)" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--rho"], f"found --rho with {FILE}; allowed: --json, --method, --test, --out"),
        (["--bayes", "--test"], "found --test with --bayes; allowed: --json, --out"),
        (["--cluster", "--bayes"], "found --cluster with --bayes"),
        (["--moderators", "--out"], "found --out with --moderators; allowed: --json, --method"),
        (["--cluster", "--moderators", "--out"], "allowed: --json, --rho, --shared-arms"),
        (["--model", "--out"], "found --out with --model; allowed: --json, --measure"),
        (["--question", "--method"], "found --method with --question; allowed: --json"),
    ],
)
def test_options_that_do_not_go_together_are_told_apart(given, said):
    with pytest.raises(UnknownTermError) as refused:
        check_options(dict.fromkeys(given))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cluster", "studie"], "columns of --cluster: found no studie"),
        (["--cluster", "study"], "line 3, study: found ''; allowed: a label in every row"),
        (["--moderators", "dose"], "line 4, dose: found 'high'; allowed: a number"),
        (["--model", "peto"], "columns of --model peto: found no events_active, n_active"),
        (["--model", "petto"], "--model: found 'petto'; allowed: peto, mantel-haenszel"),
        (["--moderators", ""], "--moderators: found no column; allowed: yi, vi, study, dose"),
        (["--cluster", "dose", "--moderators", ","], "--moderators: found no column"),
        (["--cluster", "dose", "--rho", "1"], "evidence: --rho: found 1; allowed: 0 to below 1"),
        (["--out", "forest.gif"], "found the ending '.gif'; allowed: .png, .svg, .pdf"),
    ],
)
def test_what_a_file_lacks_is_one_line_with_its_place(refused, file, words, said):
    path = file(yi=[1, 2, 3], vi=[1, 1, 1], study=["a", "", "b"], dose=[1, 2, "high"])
    refused(said, path, *words)


@pytest.mark.parametrize(
    ("yi", "vi", "said"),
    [
        ([1e308, -1e308], [1, 1], "line 2, yi: found '1e+308'; allowed: a size up to 1e+60"),
        ([1, 2], [1, 1e-300], "line 3, vi: found '1e-300'; allowed: a size from 1e-60 on"),
        ([1e9, -1e9], [1, 1], "yi, vi: found effects that lie 2e+09 standard errors apart"),
    ],
)
@pytest.mark.parametrize("words", [[], ["--bayes"], ["--cluster", "label"], ["--method", "DL"]])
def test_sizes_that_no_study_reports_are_refused(refused, file, words, yi, vi, said):
    refused(said, file(label=["a", "b"], yi=yi, vi=vi), *words)


def test_an_unknown_measure_is_no_fault_of_the_file(refused, file):
    said = "evidence: --measure: found 'XX'; allowed: OR, RR, RD\n"
    refused(said, file(**TRIALS), "--model", "mantel-haenszel", "--measure", "XX")


@pytest.mark.parametrize("model", ["peto", "mantel-haenszel", "beta-binomial"])
def test_an_arm_of_more_people_than_can_be_counted_is_refused(refused, file, model):
    path = file(**(TRIALS | {"n_active": [20, 15, 40, 30, 50, "1e15"]}))
    refused("line 7, n_active: found '1e15'; allowed: people, up to", path, "--model", model)


def test_a_dollar_in_a_name_is_drawn_as_one(run, file, tmp_path):
    path = file(label=["cost in $", "$\\frac{$", "$x_1$"], yi=[1, 2, 3], vi=[1, 1, 1])
    assert run(path, "--out", tmp_path / "forest.svg")[0] == 0
    assert "$x_1$" in (tmp_path / "forest.svg").read_text(encoding="utf-8")
