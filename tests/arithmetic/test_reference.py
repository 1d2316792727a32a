"""Every number of `tests/reference/metafor.json` has a counterpart of ours that agrees with it.

The tests of single modules compare these numbers too, more tightly and with reasons where metafor
stopped early. This one walks over the file, so that an entry which nobody compares is found.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import evidence_tools as et
from evidence_tools.arithmetic.effects import effect_sizes
from evidence_tools.arithmetic.pooling.missing_studies import trim_and_fill
from evidence_tools.arithmetic.pooling.regression import regress
from evidence_tools.arithmetic.pooling.selection_model import select
from evidence_tools.arithmetic.pooling.small_study import begg, egger
from evidence_tools.arithmetic.pooling.working_covariance import working_covariance
from evidence_tools.arithmetic.proportions import pool_proportions

FILE = Path(__file__).parents[1] / "reference" / "metafor.json"
REFERENCE = json.loads(FILE.read_text(encoding="utf-8"))
TEST_OF = {"z": "normal", "knha": "knapp-hartung"}
ANYWAY = {"at_any_k": True}
NAMES = {
    **{"m1i": "mean_active", "sd1i": "sd_active", "n1i": "n_active"},
    **{"m2i": "mean_control", "sd2i": "sd_control", "n2i": "n_control"},
    **{"x1i": "events_active", "t1i": "time_active"},
    **{"x2i": "events_control", "t2i": "time_control", "xi": "events", "ni": "n"},
}
PAIRED = {"m1i": "mean_1", "m2i": "mean_2", "sd1i": "sd_1", "sd2i": "sd_2", "ni": "n", "ri": "r"}
POOLED = {
    **{"k": "k", "tau2": "tau2", "beta": "estimate", "se": "se", "p": "p_value"},
    **{"ci_lb": "ci_low", "ci_ub": "ci_high", "Q": "q", "Qp": "q_p", "I2": "i2", "H2": "h2"},
    **{"pi_lb": "pi_low", "pi_ub": "pi_high"},
    **{f"{name}_ci_lb": f"{name.lower()}_ci_low" for name in ("tau2", "I2", "H2")},
    **{f"{name}_ci_ub": f"{name.lower()}_ci_high" for name in ("tau2", "I2", "H2")},
}
REGRESSION = {
    **{"tau2": "tau2", "beta": "coefficients", "se": "se", "p": "p_value", "R2": "r2"},
    **{"ci_lb": "ci_low", "ci_ub": "ci_high", "Q": "qe", "Qp": "qe_p", "I2": "i2", "H2": "h2"},
    **{"QM": "qm", "QMp": "qm_p"},
}
GIVEN = {
    "escalc": {"dataset", "measure", *"abcd", *NAMES, *PAIRED} | {f"{cell}i" for cell in "abcd"},
    "fits": {"method", "test", "se_tau2"},
    "univariate": {"dataset", "yi", "vi", "slab"},
    "models": {"dataset", "yi", "vi", "xi", "ni", "X", "outer", "inner", "cluster", "obs", "rho"},
}
"""What goes in, and the standard error of tau², which we do not give."""
SEARCHED = {"rtol": 1e-2, "atol": 1e-3}
"""metafor's searches stop early at their defaults; see `test_pool.py` and `test_influence.py`."""
PRINTED = {"rtol": 1e-6, "atol": 1e-9}


def agree(ours, entry, given, tolerance):
    """Every number of the entry that was not given agrees with ours, by its name there."""
    assert set(entry) - given == set(ours), "an entry that nobody compares"
    for name, value in ours.items():
        wanted = entry[name]
        if isinstance(wanted, str):
            assert value == wanted, name
        else:
            np.testing.assert_allclose(value, wanted, err_msg=name, **tolerance)


def fields(result, names, entry):
    return {name: getattr(result, field) for name, field in names.items() if name in entry}


def ids(entries):
    return [" ".join(str(e[k]) for k in ("dataset", "measure") if k in e) for e in entries]


def test_the_file_has_the_parts_that_are_walked_over():
    assert list(REFERENCE) == ["source", "escalc", "univariate", "models"]
    assert list(REFERENCE["models"]) == ["metareg", "multilevel", "che", "gosh", "glmm"]


@pytest.mark.parametrize("entry", REFERENCE["escalc"], ids=ids(REFERENCE["escalc"]))
def test_escalc(entry):
    columns = {key: np.array(values) for key, values in entry.items() if isinstance(values, list)}
    if "ai" in columns:
        a, b, c, d = (columns[f"{cell}i"] for cell in "abcd")
        ours = {"events_active": a, "n_active": a + b, "events_control": c, "n_control": c + d}
    else:
        names = PAIRED if "ri" in columns else NAMES
        ours = {names[key]: values for key, values in columns.items() if key in names}
    effects = effect_sizes(entry["measure"], ours)
    agree({"yi": effects.yi, "vi": effects.vi}, entry, GIVEN["escalc"], PRINTED)


FITS = [(data, fit) for data in REFERENCE["univariate"] for fit in data["fits"]]


@pytest.mark.parametrize(
    ("data", "fit"), FITS, ids=[f"{d['dataset']} {f['method']} {f['test']}" for d, f in FITS]
)
def test_fits(data, fit):
    pooled = et.pool(data["yi"], data["vi"], method=fit["method"], test=TEST_OF[fit["test"]])
    found = fields(pooled, POOLED, fit) | {"stat": pooled.estimate / pooled.se}
    closed = fit["method"] in ("FE", "DL", "HE", "HS", "SJ")
    searched = {name for name in found if name.endswith(("ci_lb", "ci_ub")) and "_ci" in name}
    rough = {name: found[name] for name in (searched if closed else found)}
    for name in rough:
        np.testing.assert_allclose(found[name], fit[name], err_msg=name, **SEARCHED)
    exact = {name: value for name, value in found.items() if name not in rough}
    agree(exact, fit, GIVEN["fits"] | set(rough), PRINTED)


@pytest.mark.parametrize("data", REFERENCE["univariate"], ids=ids(REFERENCE["univariate"]))
def test_diagnostics_and_small_studies(data):
    yi, vi = data["yi"], data["vi"]
    without = et.leave_one_out(yi, vi, test="normal")
    added, cases = et.cumulate(yi, vi, test="normal"), et.influence(yi, vi, test="normal")
    line, mixed = egger(yi, vi, **ANYWAY), regress(yi, vi, {"se": np.sqrt(vi)}, test="normal")
    ranks, filled = begg(yi, vi, **ANYWAY), trim_and_fill(yi, vi, **ANYWAY)
    both = np.append(yi, filled.filled_yi), np.append(vi, filled.filled_vi)
    chosen = select(yi, vi, **ANYWAY)
    refits = {"estimate": "estimate", "se": "se", "tau2": "tau2", "I2": "i2"}
    shifts = ("rstudent", "cook_d", "hat", "dffits", "dfbetas")
    ours = {
        "leave1out_reml": fields(without, refits, data["leave1out_reml"]),
        "cumulative_reml": fields(added, refits, data["cumulative_reml"]),
        "influence_reml": {name: getattr(cases, name) for name in shifts}
        | {"weight": 100 * cases.weight},
        "egger_lm": {"stat": line.statistic, "df": line.df, "p": line.p_value},
        "egger_rma_reml": {
            **{"stat": mixed.coefficients[1] / mixed.se[1], "p": mixed.p_value[1]},
            "limit": mixed.coefficients[0],
        },
        "begg": {"tau": ranks.tau_b, "p": ranks.p_value},
        "trimfill_reml": {
            **{"k0": filled.k_filled, "side": filled.side},
            **{"beta": filled.estimate, "tau2": filled.tau2},
            "se": et.pool(*both, test="normal").se,
        },
        "selmodel_step025_ml": {
            **{"alternative": chosen.alternative, "beta": chosen.estimate, "se": chosen.se},
            **{"tau2": chosen.tau2, "delta": chosen.weight},
            **{"LRT": chosen.lrt, "LRTp": chosen.lrt_p},
        },
    }
    alone = {"fits", "failsafe_rosenthal"}  # fail-safe numbers are not ours
    assert set(data) - GIVEN["univariate"] - alone == set(ours), "an entry that nobody compares"
    for name, found in ours.items():
        agree(found, data[name], set(), PRINTED if name in ("egger_lm", "begg") else SEARCHED)


@pytest.mark.parametrize("fit", REFERENCE["models"]["metareg"][0]["fits"], ids=str)
def test_metareg(fit):
    (data,) = REFERENCE["models"]["metareg"]
    options = {"method": fit["method"], "test": TEST_OF[fit["test"]]}
    found = regress(data["yi"], data["vi"], data["X"], **options)
    agree(fields(found, REGRESSION, fit), fit, GIVEN["fits"] | {"stat", "k"}, SEARCHED)
    assert set(data) - GIVEN["models"] == {"fits"}


def dependent(fit):
    """A fit with two variances, and its robust part."""
    plain = {
        **{"sigma2": [fit.sigma2_study, fit.sigma2_effect], "beta": fit.coefficients[0]},
        "se": fit.se[0],
    }
    robust = {
        **{"beta": fit.coefficients[0], "se": fit.se_robust[0], "df": fit.df[0]},
        **{"ci_lb": fit.ci_low[0], "ci_ub": fit.ci_high[0], "p": fit.p_values[0]},
    }
    return plain, robust


def test_multilevel():
    (data,) = REFERENCE["models"]["multilevel"]
    fit = et.three_level(data["yi"], data["vi"], data["outer"])
    plain, robust = dependent(fit)
    plain["loglik_reml"] = fit.loglik
    half = 1.959963984540054 * fit.se[0]
    plain |= {"ci_lb": fit.coefficients[0] - half, "ci_ub": fit.coefficients[0] + half}
    agree(plain, data, GIVEN["models"] | {"cr2"}, PRINTED)
    agree(robust, data["cr2"], set(), PRINTED)


def test_che():
    (data,) = REFERENCE["models"]["che"]
    covariance = working_covariance(data["vi"], data["cluster"], rho=data["rho"])
    plain, robust = dependent(et.correlated_hierarchical(data["yi"], covariance))
    agree(plain, data, GIVEN["models"] | {"cr2"}, PRINTED)
    agree(robust, data["cr2"], set(), PRINTED)


def test_gosh():
    (data,) = REFERENCE["models"]["gosh"]
    fits = et.gosh(data["yi"], data["vi"])
    found = {
        **{"n_subsets": len(fits.estimate), "mean_I2": fits.i2.mean()},
        **{"mean_estimate": fits.estimate.mean(), "sd_estimate": fits.estimate.std(ddof=1)},
        **{"min_estimate": fits.estimate.min(), "max_estimate": fits.estimate.max()},
    }
    agree(found, data, GIVEN["models"], {"rtol": 1e-4})


def test_glmm():
    """rma.glmm has 7 points of quadrature; `glmm.json` is its model of these counts with 100."""
    (data,) = REFERENCE["models"]["glmm"]
    run_on = json.loads((FILE.parent / "glmm.json").read_text(encoding="utf-8"))["fits"][0]
    fit = pool_proportions(data["xi"], data["ni"])
    low, high = (np.log(p / (1 - p)) for p in (fit.ci_low, fit.ci_high))
    found = {"tau2": fit.tau2, "beta": fit.estimate, "se": fit.se, "ci_lb": low, "ci_ub": high}
    assert {name: data[name] for name in ("xi", "ni")} == {n: run_on[n] for n in ("xi", "ni")}
    agree(found, run_on, GIVEN["models"], {"rtol": 1e-6, "atol": 1e-6})
