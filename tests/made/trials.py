"""Trials made up for the tests of contrasts, and their effects by hand.

Effects are computed with plain arithmetic and scipy's quantiles; none of the package's formulas
is used.
"""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest
from scipy import stats

from evidence_tools.questions.size_of_benefit.contrasts import all_contrasts

TIGHT = {"rel": 1e-9}

MEAN = {"measure": "mean", "estimate": 10.0, "sd": 4.0, "n": 20}
ACTIVE, CONTROL = MEAN | {"arm_id": "a", "estimate": 8.0}, MEAN | {"arm_id": "c"}
RESPONSE = {"measure": "response", "direction": "higher-is-better"}
PRINTED = {"arm_id": "a", "comparator_arm_id": "c", "measure": "mean-difference"}


def hedges(m):
    """The exact factor, gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2))."""
    return math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))


def g_of(m1, s1, n1, m2, s2, n2):
    """Hedges' g and its large-sample variance."""
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    g = hedges(n1 + n2 - 2) * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def check(row, yi, vi, derivation):
    assert row["yi"] == pytest.approx(yi, **TIGHT)
    assert row["vi"] == pytest.approx(vi, **TIGHT)
    assert row["derivation"] == derivation


def from_quartiles(q1, median, q3, n):
    """Luo (2018), equation 11, and Wan (2014), equation 16."""
    w = 0.7 + 0.39 / n
    mean = w * (q1 + q3) / 2 + (1 - w) * median
    return mean, (q3 - q1) / (2 * stats.norm.ppf((0.75 * n - 0.125) / (n + 0.25)))


def contrasts_of(evidence, *rows, **trial):
    """Lines of contrasts of one made-up trial, as dicts; each given row is a result of it.

    `design`, `n` (people per arm), `study` and `arm` (other cells), `two_arms` (instead of two
    active ones and two controls) and `questions` shape the trial.
    """
    n = trial.get("n", 40)
    base = {"construct": "anxiety", "instrument": "HAM-A", "instrument_id": "ham-a"}
    base |= {"direction": "lower-is-better", "favours": "unclear", "source_level": "abstract"}
    base |= {"time_value": 1, "time_unit": "d", "time_anchor": "dose", "study_id": "x"}
    study = {"study_id": "x", "programme": "x", "label": "X", "directness": "direct"}
    study |= {"design": trial.get("design", "rct-parallel"), "n_enrolled": 2 * n}
    tables = {
        "studies": [study | trial.get("study", {})],
        "arms": _arms(n, trial.get("two_arms", False), trial.get("arm", {})),
        "results": [base | {"result_id": f"x/r{i:02}"} | row for i, row in enumerate(rows, 1)],
    }
    frames = {}
    for name, records in tables.items():
        shape = evidence.table(name)
        frame = pd.DataFrame(records).reindex(columns=shape.columns)
        frames[name] = frame.astype(shape.dtypes.to_dict())
    questions = trial.get("questions", evidence.questions)
    made_up = dataclasses.replace(evidence, **frames, questions=questions)
    return all_contrasts(made_up).rows.to_dict("records")


def _arms(n, two_arms, cells):
    """Arms a and c, and beside them another active and another control arm, a2 and c2."""
    drugs = {"a": "ketamine", "c": "saline", "a2": "esketamine", "c2": "midazolam"}
    chosen = list(drugs)[: 2 if two_arms else 4]
    roles = {"a": "active", "c": "control"}
    return [
        {"study_id": "x", "arm_id": arm, "role": roles[arm[0]], "drug": drugs[arm]}
        | {"n_doses": 1, "n_analysed": n}
        | cells
        for arm in chosen
    ]
