"""Effect sizes: every number of metafor's `escalc` in the reference, edge cases, properties.

Where further expected numbers were seen:
- SMDH, SMCRH: metafor's own tests of the version after 3.8-1 (wviechtb/metafor at 70798e7e,
  tests/testthat/test_misc_escalc.r).
- PFT: metafor-project.org/doku.php/analyses:miller1978.
"""

from __future__ import annotations

import inspect
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence_tools.arithmetic import effects as ef
from evidence_tools.base.errors import NotEstimableError, UnknownTermError

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "metafor.json").read_text())
ESCALC = {(entry["dataset"], entry["measure"]): entry for entry in REFERENCE["escalc"]}

WITHOUT_REFERENCE = {"SMDH": "test_smdh_is_the_delta_method_on_means_and_variances"}
"""Measures that the reference does not hold, and the test that derives them independently."""
ELSEWHERE = {"PPC", "SMCRP", "SMCRPH"}
"""Measures that `test_effects_change.py` compares with their paper and with metafor."""

NAMES = {
    "m1i": "mean_active", "sd1i": "sd_active", "n1i": "n_active",
    "m2i": "mean_control", "sd2i": "sd_control", "n2i": "n_control",
    "x1i": "events_active", "t1i": "time_active", "x2i": "events_control", "t2i": "time_control",
    "xi": "events",
}  # fmt: skip
PAIRED_NAMES = {
    "m1i": "mean_1", "m2i": "mean_2", "sd1i": "sd_1", "sd2i": "sd_2", "ri": "r",
}  # fmt: skip
MEANS = {
    "mean_active": 10, "sd_active": 3, "n_active": 12,
    "mean_control": 14, "sd_control": 4, "n_control": 10,
}  # fmt: skip
PAIRED = {"mean_1": 10, "mean_2": 14, "sd_1": 3, "sd_2": 4, "n": 12, "r": 0.5}
EVENTS = {"events_active": 3, "n_active": 12, "events_control": 6, "n_control": 10}
RATES = {"events_active": 3, "time_active": 12, "events_control": 6, "time_control": 10}
ONE_ARM = {"events": 3, "n": 12}
CHANGES = {
    **{"mean_pre_active": 30, "mean_post_active": 24, "sd_pre_active": 6, "n_active": 12},
    **{"mean_pre_control": 29, "mean_post_control": 27, "sd_pre_control": 5, "n_control": 10},
    "r": 0.5,
}
EXAMPLES = {
    **dict.fromkeys(("MD", "SMD", "SMDH", "ROM"), MEANS),
    **dict.fromkeys(("MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC"), PAIRED),
    "PPC": CHANGES,
    **dict.fromkeys(("RR", "OR", "RD", "PETO", "AS"), EVENTS),
    **dict.fromkeys(("PR", "PLO", "PAS", "PFT"), ONE_ARM),
    "IRR": RATES,
}
"""One plain study for every measure."""


def columns_of(entry):
    """The columns of an entry of the reference, by our names."""
    if "ai" in entry:
        a, b, c, d = (np.array(entry[cell]) for cell in ("ai", "bi", "ci", "di"))
        return {"events_active": a, "n_active": a + b, "events_control": c, "n_control": c + d}
    names = PAIRED_NAMES if "ri" in entry else NAMES
    names = names | {"ni": "n"}
    return {names[key]: values for key, values in entry.items() if key in names}


def several(columns, **changes):
    """A plain study before and after one that is changed, as columns of three."""
    return {name: [value, changes.get(name, value), value] for name, value in columns.items()}


def swapped(columns):
    """Active and control, or conditions 1 and 2, exchanged."""
    other = {"active": "control", "control": "active", "1": "2", "2": "1"}
    exchanged = {}
    for name, values in columns.items():
        stem, _, side = name.rpartition("_")
        exchanged[f"{stem}_{other[side]}" if side in other else name] = values
    return exchanged


# Against metafor


@pytest.mark.parametrize(("dataset", "measure"), ESCALC, ids=lambda value: value.replace(" ", "-"))
def test_metafor_escalc(dataset, measure):
    entry = ESCALC[dataset, measure]
    effects = ef.effect_sizes(measure, columns_of(entry))
    np.testing.assert_allclose(effects.yi, entry["yi"], rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(effects.vi, entry["vi"], rtol=1e-11)


def test_reference_is_the_whole_grid():
    assert "metafor 3.8.1" in REFERENCE["source"]
    assert len(REFERENCE["escalc"]) == len(ESCALC) == 18
    grid = {
        "dat.bcg": {"RR", "OR", "RD", "PETO", "AS"},
        "dat.normand1999": {"MD", "SMD", "ROM"},
        "constructed": {"PR", "PLO", "PAS", "PFT"},
        "constructed prepost": {"MC", "SMCC", "SMCR", "SMCRH", "ROMC"},
        "dat.hart1999": {"IRR"},
    }
    assert set(ESCALC) == {(dataset, m) for dataset, ms in grid.items() for m in ms}


def test_every_measure_has_a_reference_or_a_derivation():
    assert {measure for _, measure in ESCALC} | set(WITHOUT_REFERENCE) | ELSEWHERE == set(
        ef.MEASURES
    )
    assert set(WITHOUT_REFERENCE.values()) <= set(globals())
    assert set(EXAMPLES) == set(ef.MEASURES)


def test_reference_holds_an_arm_without_events():
    assert 0 in ESCALC["constructed", "PLO"]["xi"]


def test_smdh_is_the_delta_method_on_means_and_variances():
    n1, n2 = 12, 10
    effect = ef.effect_sizes("SMDH", MEANS | {"n_active": n1, "n_control": n2})
    factor = float(ef.hedges_correction(n1 + n2 - 2))
    point = np.array([10 * factor, 14 * factor, 3.0**2, 4.0**2])
    of_point = np.diag([9 / (n1 - 1), 16 / (n2 - 1), 2 * 9**2 / (n1 - 1), 2 * 16**2 / (n2 - 1)])

    def standardised(p):
        return (p[0] - p[1]) / math.sqrt((p[2] + p[3]) / 2)

    steps = 1e-5 * np.eye(4)
    slope = np.array([(standardised(point + h) - standardised(point - h)) / 2e-5 for h in steps])
    assert effect.yi[0] == pytest.approx(standardised(point), rel=1e-12)
    assert effect.vi[0] == pytest.approx(factor**2 * slope @ of_point @ slope, rel=1e-8)


def test_smdh_dat_normand1999_as_metafor_tests_it():
    entry = ESCALC["dat.normand1999", "SMD"]
    first_four = {name: values[:4] for name, values in columns_of(entry).items()}
    effects = ef.effect_sizes("SMDH", first_four)
    np.testing.assert_allclose(effects.yi, [-0.3553, -0.3465, -2.3018, -1.8880], atol=5e-5)
    np.testing.assert_allclose(effects.vi, [0.0131, 0.0657, 0.0509, 0.1874], atol=5e-5)


def test_smcrh_as_metafor_tests_it():
    study = {"mean_1": 26, "mean_2": 22, "sd_1": 30**0.5, "sd_2": 20**0.5, "n": 60, "r": 0.7}
    effect = ef.effect_sizes("SMCRH", study)
    assert effect.yi[0] == pytest.approx(0.7210, abs=5e-5)
    assert effect.vi[0] == pytest.approx(0.0129, abs=5e-5)


def test_pft_miller_1978():
    events, n = [3, 6, 10, 1], [11, 17, 21, 6]
    effects = ef.double_arcsine_proportion(events=events, n=n)
    np.testing.assert_allclose(effects.yi, [0.5695, 0.6444, 0.7626, 0.4758], atol=5e-5)
    np.testing.assert_allclose(effects.vi, [0.0217, 0.0143, 0.0116, 0.0385], atol=5e-5)


def test_hedges_correction_is_exact_and_near_its_approximation():
    gammas = [math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2)) for m in (2, 9, 40)]
    np.testing.assert_allclose(ef.hedges_correction([2, 9, 40]), gammas, rtol=1e-12)
    assert float(ef.hedges_correction(1000)) == pytest.approx(1 - 3 / 3999, abs=1e-6)
    assert np.isnan(ef.hedges_correction([1, 0])).all()


# Empty cells


def test_one_empty_cell_gets_a_half_in_all_four_and_the_others_nothing():
    columns = several(EVENTS, events_active=0)
    effects = ef.effect_sizes("OR", columns)
    by_hand = math.log(0.5 / 12.5) - math.log(6.5 / 4.5)
    assert effects.yi[1] == pytest.approx(by_hand, rel=1e-12)
    assert effects.vi[1] == pytest.approx(1 / 0.5 + 1 / 12.5 + 1 / 6.5 + 1 / 4.5, rel=1e-12)
    plain = ef.effect_sizes("OR", EVENTS)
    assert effects.yi[0] == effects.yi[2] == plain.yi[0]
    assert plain.notes == ()
    assert effects.notes == ("study 2 (index 1): an empty cell, 0.5 added to all four cells",)


def test_no_events_in_both_arms_rest_on_what_is_added():
    effect = ef.risk_ratio(events_active=0, n_active=9, events_control=0, n_control=19)
    assert effect.yi[0] == pytest.approx(math.log((0.5 / 10) / (0.5 / 20)), rel=1e-12)
    assert "no event in either arm, the effect rests on the 0.5 added" in effect.notes[0]


def test_only_events_in_both_arms_rest_on_what_is_added():
    effect = ef.risk_ratio(events_active=9, n_active=9, events_control=19, n_control=19)
    assert effect.yi[0] == pytest.approx(math.log((9.5 / 10) / (19.5 / 20)), rel=1e-12)
    assert effect.vi[0] == pytest.approx(1 / 9.5 - 1 / 10 + 1 / 19.5 - 1 / 20, rel=1e-12)
    assert "only events in both arms" in effect.notes[0]


@pytest.mark.parametrize("measure", ["RR", "OR", "PETO", "RD"])
def test_no_events_in_both_arms_and_nothing_added_is_not_estimable(measure):
    columns = several(EVENTS, events_active=0, events_control=0)
    effects = ef.MEASURES[measure].compute(**columns, add=0)
    assert effects.estimable.tolist() == [True, False, True]
    assert np.isnan(effects.vi[1])
    assert effects.notes[0].startswith("study 2 (index 1): not estimable, ")


def test_peto_with_one_empty_cell_needs_nothing_added():
    study = {"events_active": 0, "n_active": 10, "events_control": 3, "n_control": 10}
    effect = ef.peto_odds_ratio(**study, add=0)
    v = 3 * 17 * 100 / (400 * 19)
    assert effect.yi[0] == pytest.approx(-1.5 / v, rel=1e-12)
    assert effect.vi[0] == pytest.approx(1 / v, rel=1e-12)
    assert effect.notes == ()
    assert ef.peto_odds_ratio(**study).yi[0] != effect.yi[0]


def test_arcsine_difference_never_adds():
    effect = ef.arcsine_difference(events_active=0, n_active=9, events_control=0, n_control=9)
    assert (effect.yi[0], effect.notes) == (0, ())


@pytest.mark.parametrize("events", [0, 12])
@pytest.mark.parametrize("measure", ["PR", "PLO"])
def test_one_arm_without_events_or_with_only_events(measure, events):
    effect = ef.effect_sizes(measure, {"events": events, "n": 12})
    share = (events + 0.5) / 13
    expected = share if measure == "PR" else math.log(share / (1 - share))
    assert effect.yi[0] == pytest.approx(expected, rel=1e-12)
    assert "0.5 added to events and to non-events" in effect.notes[0]
    with pytest.raises(NotEstimableError, match="nothing added"):
        ef.MEASURES[measure].compute(events=events, n=12, add=0)


def test_rates_of_an_arm_without_events():
    effect = ef.effect_sizes("IRR", RATES | {"events_active": 0})
    assert effect.yi[0] == pytest.approx(math.log((0.5 / 12) / (6.5 / 10)), rel=1e-12)
    assert "0.5 added to the events of both" in effect.notes[0]
    with pytest.raises(NotEstimableError, match="without events and nothing added"):
        ef.incidence_rate_ratio(**RATES | {"events_active": 0}, add=0)


# Not estimable: NaN and a note in a column, an error alone


NOT_ESTIMABLE = {
    "SMD with both SDs 0": ("SMD", {"sd_active": 0, "sd_control": 0}, "both standard deviations"),
    "SMDH with both SDs 0": ("SMDH", {"sd_active": 0, "sd_control": 0}, "both standard deviations"),
    "MD with both SDs 0": ("MD", {"sd_active": 0, "sd_control": 0}, "both standard deviations"),
    "ROM with both SDs 0": ("ROM", {"sd_active": 0, "sd_control": 0}, "both standard deviations"),
    "SMD of an arm of one": ("SMD", {"n_active": 1}, "fewer than 2 participants"),
    "MD of an arm of one": ("MD", {"n_control": 1}, "fewer than 2 participants"),
    "MD without a mean": ("MD", {"mean_active": math.nan}, "mean_active is missing"),
    "ROM of a mean of 0": ("ROM", {"mean_control": 0}, "a mean is 0"),
    "ROM of means of two signs": ("ROM", {"mean_control": -4}, "differ in sign"),
    "ROMC of means of two signs": ("ROMC", {"mean_1": -4}, "differ in sign"),
    "MC of one person": ("MC", {"n": 1}, "fewer than 2 persons"),
    "SMCC of two persons": ("SMCC", {"n": 2}, "fewer than 3 persons"),
    "SMCR of two persons": ("SMCR", {"n": 2}, "fewer than 3 persons"),
    "SMCRH of two persons": ("SMCRH", {"n": 2}, "fewer than 3 persons"),
    "SMCC of equal changes": ("SMCC", {"sd_2": 3, "r": 1}, "standard deviation that is needed"),
    "MC of equal changes": ("MC", {"sd_2": 3, "r": 1}, "standard deviation that is needed"),
    "SMCR with SD 0": ("SMCR", {"sd_1": 0}, "standard deviation that is needed"),
    "SMCRH with SD 0": ("SMCRH", {"sd_1": 0}, "standard deviation that is needed"),
    "SMCR without difference or spread": ("SMCR", {"mean_1": 14, "r": 1}, "no finite effect"),
    "RR without events known": ("RR", {"events_control": math.nan}, "events_control is missing"),
    "PETO of two persons": ("PETO", {"n_active": math.nan}, "n_active is missing"),
    "PLO without n": ("PLO", {"n": math.nan}, "n is missing"),
    "IRR without time": ("IRR", {"time_active": math.nan}, "time_active is missing"),
}


@pytest.mark.parametrize("case", NOT_ESTIMABLE)
def test_not_estimable_leaves_its_row_empty_and_says_why(case):
    measure, changes, reason = NOT_ESTIMABLE[case]
    effects = ef.effect_sizes(measure, several(EXAMPLES[measure], **changes))
    plain = ef.effect_sizes(measure, EXAMPLES[measure])
    np.testing.assert_array_equal(effects.yi[[0, 2]], plain.yi[[0, 0]])
    assert np.isnan(effects.yi[1])
    assert np.isnan(effects.vi[1])
    (note,) = effects.notes
    assert note.startswith("study 2 (index 1): not estimable, ")
    assert reason in note


@pytest.mark.parametrize("case", NOT_ESTIMABLE)
def test_not_estimable_alone_is_refused_with_its_numbers(case):
    measure, changes, reason = NOT_ESTIMABLE[case]
    with pytest.raises(NotEstimableError, match=reason) as refusal:
        ef.effect_sizes(measure, EXAMPLES[measure] | changes)
    name, value = next(iter(changes.items()))
    assert f"{name} {value:g}" in str(refusal.value)


IMPOSSIBLE = {
    "SD below 0": ("MD", {"sd_active": -1}, "sd_active: found -1; allowed: 0 or more"),
    "empty arm": ("SMD", {"n_control": 0}, "n_control: found 0; allowed: 1 or more"),
    "infinite mean": ("ROM", {"mean_active": math.inf}, "mean_active: found inf"),
    "SD beyond arithmetic": ("SMD", {"sd_active": 1e200}, "sd_active: found 1e+200"),
    "paired SD below 0": ("SMCR", {"sd_1": -2}, "sd_1: found -2"),
    "correlation above 1": ("SMCC", {"r": 1.2}, "r: found 1.2; allowed: -1 to 1"),
    "more events than participants": (
        "RR",
        {"events_active": 13},
        "events_active: found 13; allowed: at most n_active",
    ),
    "events below 0": ("OR", {"events_control": -1}, "events_control: found -1"),
    "more events than one arm": ("PLO", {"events": 13}, "events: found 13; allowed: at most n"),
    "no time": ("IRR", {"time_control": 0}, "time_control: found 0; allowed: above 0"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_numbers_that_cannot_be_are_refused_with_their_study(case):
    measure, changes, words = IMPOSSIBLE[case]
    with pytest.raises(NotEstimableError) as refusal:
        ef.effect_sizes(measure, several(EXAMPLES[measure], **changes))
    assert f"{measure}, study 2 (index 1), {words}" in str(refusal.value)


def test_adding_less_than_nothing_is_refused():
    with pytest.raises(NotEstimableError, match="add: found -0.5"):
        ef.risk_ratio(**EVENTS, add=-0.5)


def test_columns_of_two_lengths_are_refused():
    with pytest.raises(NotEstimableError, match="events 2, n 3; allowed: columns of one length"):
        ef.proportion(events=[1, 2], n=[5, 5, 5])


def test_a_bare_table_is_refused():
    with pytest.raises(NotEstimableError, match="events: found a table of 2 by 2"):
        ef.proportion(events=[[1, 2], [3, 4]], n=10)


def test_words_in_a_column_are_refused():
    with pytest.raises(NotEstimableError, match="PR, events: found .*'three'.*; allowed: numbers"):
        ef.proportion(events=["three"], n=[10])


# Small and special


@pytest.mark.parametrize("measure", EXAMPLES)
def test_no_studies_give_no_effects(measure):
    effects = ef.effect_sizes(measure, dict.fromkeys(EXAMPLES[measure], ()))
    assert (len(effects.yi), len(effects.vi), effects.notes) == (0, 0, ())


@pytest.mark.parametrize("measure", EXAMPLES)
def test_one_study_alone_or_as_a_column_or_twice(measure):
    alone = ef.effect_sizes(measure, EXAMPLES[measure])
    twice = ef.effect_sizes(measure, {name: [v, v] for name, v in EXAMPLES[measure].items()})
    column = ef.effect_sizes(measure, {name: [v] for name, v in EXAMPLES[measure].items()})
    assert len(alone.yi) == len(column.yi) == 1
    assert alone.yi.tolist() * 2 == column.yi.tolist() * 2 == twice.yi.tolist()
    assert alone.vi.tolist() * 2 == column.vi.tolist() * 2 == twice.vi.tolist()


def test_smallest_arms_that_have_an_smd():
    effect = ef.effect_sizes("SMD", MEANS | {"n_active": 2, "n_control": 2})
    pooled = math.sqrt((9 + 16) / 2)
    assert effect.yi[0] == pytest.approx(-4 / pooled / math.sqrt(math.pi), rel=1e-12)


def test_equal_means_have_no_effect_and_a_variance():
    for measure in ("MD", "SMD", "SMDH", "ROM"):
        effect = ef.effect_sizes(measure, MEANS | {"mean_control": 10})
        assert effect.yi[0] == 0
        assert effect.vi[0] > 0


def test_smdh_of_equal_sds_and_arms_is_the_smd():
    equal = MEANS | {"sd_control": 3, "n_control": 12}
    assert ef.effect_sizes("SMDH", equal).yi[0] == pytest.approx(
        ef.effect_sizes("SMD", equal).yi[0], rel=1e-12
    )


def test_one_correlation_holds_for_every_study():
    columns = {name: [v, v, v] for name, v in PAIRED.items()}
    assert ef.mean_change(**columns | {"r": 0.5}).vi.tolist() == (
        ef.mean_change(**columns).vi.tolist()
    )


def test_mean_change_from_the_sd_of_the_differences():
    known = ef.mean_change(mean_1=10, mean_2=14, sd_1=13**0.5, sd_2=0, n=12, r=0)
    assert known.vi[0] == pytest.approx(ef.mean_change(**PAIRED).vi[0], rel=1e-12)


# The result


def test_the_result_is_frozen():
    effects = ef.effect_sizes("MD", MEANS)
    with pytest.raises(AttributeError):
        effects.measure = "SMD"
    with pytest.raises(ValueError, match="read-only"):
        effects.yi[0] = 0


def test_the_columns_given_are_not_changed():
    events = np.array([0.0, 3.0])
    ef.logit_proportion(events=events, n=np.array([5, 5]))
    assert events.tolist() == [0, 3]


# By name


def test_every_measure_names_the_columns_of_its_function():
    for code, measure in ef.MEASURES.items():
        parameters = inspect.signature(measure.compute).parameters.values()
        needed = [p.name for p in parameters if p.default is inspect.Parameter.empty]
        assert sorted(needed) == sorted(measure.columns), code
        assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters), code


def test_every_measure_says_its_own_code():
    for code, columns in EXAMPLES.items():
        assert ef.effect_sizes(code, columns).measure == code


def test_a_table_with_more_columns_and_missing_values():
    table = pd.DataFrame(
        {
            "study_id": ["a", "b"],
            "events": pd.array([3, pd.NA], dtype="Int64"),
            "n": pd.array([12, 9], dtype="Int64"),
        }
    )
    effects = ef.effect_sizes("PR", table)
    assert effects.yi[0] == 0.25
    assert effects.notes == ("study 2 (index 1): not estimable, events is missing",)


def test_unknown_measure_is_refused_with_what_is_allowed():
    with pytest.raises(UnknownTermError) as refusal:
        ef.effect_sizes("smdd", {})
    assert "found 'smdd'; allowed: MD, SMD" in str(refusal.value)
    assert "Did you mean 'SMD'?" in str(refusal.value)


def test_missing_columns_are_named_with_the_measure():
    with pytest.raises(UnknownTermError) as refusal:
        ef.effect_sizes("RR", {"events_active": [1], "n_active": [5], "events": [2]})
    assert str(refusal.value) == (
        "columns of RR: found no events_control, n_control; "
        "allowed: events_active, n_active, events_control, n_control"
    )


# Properties


"""The same examples in every run, and no failure because the machine is busy."""


means = st.floats(1, 100)
sds = st.floats(0.5, 50)
sizes = st.integers(3, 500)
correlations = st.floats(-0.95, 0.95)
arms = st.fixed_dictionaries(
    {
        "mean_active": means, "sd_active": sds, "n_active": sizes,
        "mean_control": means, "sd_control": sds, "n_control": sizes,
    }
)  # fmt: skip
pairs = st.fixed_dictionaries(
    {"mean_1": means, "mean_2": means, "sd_1": sds, "sd_2": sds, "n": sizes, "r": correlations}
)
one_arm = sizes.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.tuples(one_arm, one_arm).map(
    lambda t: {
        "events_active": t[0][0], "n_active": t[0][1],
        "events_control": t[1][0], "n_control": t[1][1],
    }
)  # fmt: skip
rates = st.fixed_dictionaries(
    {
        "events_active": st.integers(0, 50), "time_active": sds,
        "events_control": st.integers(0, 50), "time_control": sds,
    }
)  # fmt: skip

SWAPPABLE = (
    *((measure, arms) for measure in ("MD", "SMD", "SMDH", "ROM")),
    *((measure, pairs) for measure in ("MC", "SMCC", "ROMC")),
    *((measure, tables) for measure in ("RR", "OR", "RD", "PETO", "AS")),
    ("IRR", rates),
)
near = {"rel": 1e-7, "abs": 1e-9}


@pytest.mark.parametrize(("measure", "columns"), SWAPPABLE, ids=[m for m, _ in SWAPPABLE])
@given(data=st.data())
def test_swapping_the_arms_negates_yi_and_keeps_vi(measure, columns, data):
    given_columns = data.draw(columns)
    one = ef.effect_sizes(measure, given_columns)
    other = ef.effect_sizes(measure, swapped(given_columns))
    assert other.yi[0] == pytest.approx(-one.yi[0], **near)
    assert other.vi[0] == pytest.approx(one.vi[0], **near)
    assert one.vi[0] > 0


@given(pairs)
def test_swapping_with_the_standardiser_kept_negates_smcr_and_smcrh(study):
    turned = study | {"mean_1": study["mean_2"], "mean_2": study["mean_1"]}
    for measure in ("SMCR", "SMCRH"):
        one, other = ef.effect_sizes(measure, study), ef.effect_sizes(measure, turned)
        assert other.yi[0] == pytest.approx(-one.yi[0], **near)
        assert other.vi[0] == pytest.approx(one.vi[0], **near)
        assert one.vi[0] > 0


def stretched(study, c):
    """The same study on an instrument with c times the points."""
    scaled = ("mean", "sd")
    return {name: value * c if name.startswith(scaled) else value for name, value in study.items()}


@given(arms, st.floats(0.1, 10))
def test_rescaling_the_instrument_of_two_arms(study, c):
    other = stretched(study, c)
    for measure in ("SMD", "SMDH", "ROM"):
        one, two = ef.effect_sizes(measure, study), ef.effect_sizes(measure, other)
        assert two.yi[0] == pytest.approx(one.yi[0], **near)
        assert two.vi[0] == pytest.approx(one.vi[0], **near)
    md, scaled = ef.effect_sizes("MD", study), ef.effect_sizes("MD", other)
    assert scaled.yi[0] == pytest.approx(c * md.yi[0], **near)
    assert scaled.vi[0] == pytest.approx(c**2 * md.vi[0], **near)


@given(pairs, st.floats(0.1, 10))
def test_rescaling_the_instrument_of_pairs(study, c):
    other = stretched(study, c)
    for measure in ("SMCC", "SMCR", "SMCRH", "ROMC"):
        one, two = ef.effect_sizes(measure, study), ef.effect_sizes(measure, other)
        assert two.yi[0] == pytest.approx(one.yi[0], **near)
        assert two.vi[0] == pytest.approx(one.vi[0], **near)
    mc, scaled = ef.effect_sizes("MC", study), ef.effect_sizes("MC", other)
    assert scaled.yi[0] == pytest.approx(c * mc.yi[0], **near)
    assert scaled.vi[0] == pytest.approx(c**2 * mc.vi[0], **near)


@given(arms)
def test_moving_both_means_moves_no_difference(study):
    moved = study | {"mean_active": study["mean_active"] + 50,
                     "mean_control": study["mean_control"] + 50}  # fmt: skip
    for measure in ("MD", "SMD", "SMDH"):
        one, two = ef.effect_sizes(measure, study), ef.effect_sizes(measure, moved)
        assert two.yi[0] == pytest.approx(one.yi[0], **near)
        assert two.vi[0] == pytest.approx(one.vi[0], **near)


@given(one_arm)
def test_proportions_of_events_and_others_add_up_and_have_a_variance(counts):
    events, n = counts
    for measure in ("PR", "PLO", "PAS", "PFT"):
        effect = ef.effect_sizes(measure, {"events": events, "n": n})
        assert effect.vi[0] > 0
        others = ef.effect_sizes(measure, {"events": n - events, "n": n})
        middle = {"PR": 1, "PLO": 0, "PAS": math.pi / 2, "PFT": math.pi / 2}[measure]
        assert effect.yi[0] + others.yi[0] == pytest.approx(middle, rel=1e-9, abs=1e-9)


@given(tables)
def test_swapping_events_and_non_events_negates_log_odds(table):
    others = table | {
        "events_active": table["n_active"] - table["events_active"],
        "events_control": table["n_control"] - table["events_control"],
    }
    for measure in ("OR", "RD", "PETO", "AS"):
        one, other = ef.effect_sizes(measure, table), ef.effect_sizes(measure, others)
        assert other.yi[0] == pytest.approx(-one.yi[0], **near)
        assert other.vi[0] == pytest.approx(one.vi[0], **near)


# From a t statistic, and from the counts of the same persons


@given(arms)
def test_the_t_of_means_leads_to_their_standardised_difference(study):
    """scipy's t test from the same numbers."""
    names = ("mean_active", "sd_active", "n_active", "mean_control", "sd_control", "n_control")
    t = stats.ttest_ind_from_stats(*(study[name] for name in names)).statistic
    counts = {name: study[name] for name in ("n_active", "n_control")}
    found = ef.standardised_mean_difference_from_t(t=float(t), **counts)
    expected = ef.standardised_mean_difference(**study)
    assert found.yi[0] == pytest.approx(expected.yi[0], **near)
    assert found.vi[0] == pytest.approx(expected.vi[0], **near)
    assert found.measure == expected.measure


@pytest.mark.parametrize("r", [-0.3, 0.0, 0.5, 0.9])
def test_a_paired_t_leads_to_the_raw_standardised_change(r):
    """With equal deviations s, the differences have s sqrt(2 (1 - r))."""
    mean_1, mean_2, sd, n = 8.0, 10.0, 4.0, 12
    t = (mean_1 - mean_2) / (sd * math.sqrt(2 * (1 - r)) / math.sqrt(n))
    found = ef.standardised_mean_change_from_t(t=t, n=n, r=r)
    expected = ef.standardised_mean_change_raw(mean_1=mean_1, mean_2=mean_2, sd_1=sd, n=n, r=r)
    assert (found.yi[0], found.vi[0]) == pytest.approx((expected.yi[0], expected.vi[0]), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: ef.standardised_mean_difference_from_t(t=2, n_active=0, n_control=5), "found 0"),
        (lambda: ef.standardised_mean_difference_from_t(t=2, n_active=1, n_control=5), "n_active"),
        (lambda: ef.standardised_mean_change_from_t(t=2, n=2, r=0.5), "fewer than 3 persons"),
        (lambda: ef.standardised_mean_change_from_t(t=2, n=9, r=1.5), "found 1.5"),
        (lambda: ef.standardised_mean_change_from_t(t=0, n=9, r=1), "no finite effect"),
    ],
)
def test_a_t_that_gives_no_effect_is_refused(call, found):
    with pytest.raises(NotEstimableError, match=found):
        call()


PAIRS = [
    ((8, 4, 2, 6), 0.182321556793955, 0.05),
    ((3, 9, 1, 7), 1.09861228866811, 0.208333333333333),
]
"""Persons with the event under both conditions, under 1 only, under 2 only, under none; and what
metafor 3.8-1 printed for them: escalc("MPRR", ai=, bi=, ci=, di=) in R 4.2."""


def correlation(a, b, c, d):
    """Phi of a table of pairs."""
    return (a * d - b * c) / math.sqrt((a + b) * (c + d) * (a + c) * (b + d))


@pytest.mark.parametrize(("pairs", "yi", "vi"), PAIRS)
def test_with_the_correlation_of_the_pairs_it_is_the_marginal_risk_ratio(pairs, yi, vi):
    a, b, c, d = pairs
    n = a + b + c + d
    counts = {"events_active": a + b, "n_active": n, "events_control": a + c, "n_control": n}
    found = ef.risk_ratio_paired(**counts, r=correlation(*pairs))
    assert found.yi[0] == pytest.approx(yi, rel=1e-12)
    assert found.vi[0] == pytest.approx(vi, rel=1e-12)
    assert found.notes == ()


@pytest.mark.parametrize("r", [-1.0, 0.0, 0.5, 1.0])
def test_all_events_under_one_condition_leave_nothing_to_correlate(r):
    """metafor 3.8-1: escalc("MPRR", ai=12, bi=0, ci=6, di=0, add=0) prints 0.0277777777777778."""
    counts = {"events_active": 12, "n_active": 18, "events_control": 18, "n_control": 18}
    found = ef.risk_ratio_paired(**counts, r=r, add=0)
    assert found.yi[0] == pytest.approx(-0.405465108108164, rel=1e-12)
    assert found.vi[0] == pytest.approx(0.0277777777777778, rel=1e-12)


@given(tables)
def test_without_correlation_the_same_persons_are_two_groups(table):
    independent, paired = ef.risk_ratio(**table), ef.risk_ratio_paired(**table, r=0)
    assert paired.yi[0] == pytest.approx(independent.yi[0], **near)
    assert paired.vi[0] == pytest.approx(independent.vi[0], **near)


@given(st.sampled_from([(3, 5), (1, 19), (8, 2), (20, 7)]), st.floats(-1, 1), st.floats(-1, 1))
def test_the_closer_the_periods_the_smaller_the_variance(events, one, other):
    counts = {"events_active": events[0], "n_active": 20}
    counts |= {"events_control": events[1], "n_control": 20}
    low, high = (ef.risk_ratio_paired(**counts, r=r, add=0).vi[0] for r in sorted((one, other)))
    assert low >= high > 0


def test_a_correlation_beyond_the_counts_is_lowered_and_named():
    counts = {"events_active": 18, "n_active": 20, "events_control": 1, "n_control": 20}
    found = ef.risk_ratio_paired(**counts, r=0.9)
    assert found.vi[0] == pytest.approx(17 / 18, rel=1e-12)  # (b + c) / ((a + b) (a + c))
    assert found.notes == ("study 1 (index 0): the counts allow a lower correlation only",)
    with pytest.raises(NotEstimableError, match="-1 to 1"):
        ef.risk_ratio_paired(**counts, r=1.1)
