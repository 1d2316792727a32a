"""Side-effect rows as people: every rule on hand-made rows, and no shipped row disappears."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidence_tools as et
from evidence_tools.arithmetic.printed import people_of_percent
from evidence_tools.questions.side_effect_counts.exposure import LADDER, comparator_class, rung_of
from evidence_tools.questions.side_effect_counts.measured import (
    measured_changes,
    rated_dissociation,
)
from made.side_effects import SPRAY, made

HEADACHE = {"arm_id": "one/ketamine", "term": "headache", "events": 3, "n": 10}


@pytest.fixture
def reason(evidence):
    """Why a row, changed from a good one, does not enter; empty if it does."""

    def of(*, arms=None, studies=None, **changes) -> str:
        row = HEADACHE | changes
        rows = et.incidences(made(evidence, [row], arms=arms, studies=studies)).rows
        assert rows["included"].tolist() == [rows["reason"].iloc[0] == ""]
        return rows["reason"].iloc[0]

    return of


def kept(evidence, rows, **facts) -> dict[str, str]:
    """Reason of each row by its id, empty for those that enter."""
    frame = et.incidences(made(evidence, rows, **facts)).rows
    return dict(zip(frame["side_effect_id"], frame["reason"], strict=True))


# Which rows count people


def test_a_count_of_people_treated_enters(evidence, reason):
    assert reason() == reason(instrument_or_unit=None) == ""
    row = et.incidences(made(evidence, [HEADACHE])).rows.iloc[0]
    assert (row["events"], row["n"], row["derivation"]) == (3, 10, "reported")
    assert (row["rung"], row["definition"], row["kind"]) == (
        "racemic-infusion",
        "any-time",
        "effect",
    )
    assert (row["comparator"], row["elicitation"]) == ("none", "not-stated")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source_level": "secondary"}, "read second-hand"),
        ({"term": "headache;nausea"}, "names several effects"),
        ({"qualifier": "selected-cases"}, "no share of people: everybody was chosen"),
        ({"qualifier": "among-most-common"}, "no share of people: says only that"),
        ({"measure": "qualitative", "events": None}, "a finding in words"),
        ({"measure": "mean-change", "events": None}, "a size, not a count"),
        ({"instrument_or_unit": "infusions"}, "counts something else than the people treated"),
        ({"arm_id": None, "study_id": "one"}, "the arm is not stated"),
        ({"n": None}, "how many were treated was not seen"),
        ({"events": None}, "how many had it was not seen"),
        (
            {"measure": "percent", "events": None, "n": 203, "percent": 56.4},
            "the percent is no whole number of people: 56.4% of 203",
        ),
        (
            {"measure": "percent", "events": None, "n": 1708, "percent": 12.8},
            "the percent fits several numbers of people: 218 to 219 of 1708",
        ),
        ({"percent": 35.0}, "printed count and percent disagree: 3 of 10 and 35%"),
    ],
)
def test_a_row_that_counts_nobody_says_why(reason, changes, expected):
    facts = {"one": {}} if changes.get("study_id") else None
    assert reason(studies=facts, **changes).startswith(expected)


def test_a_retracted_source_never_counts(evidence, reason):
    gone = [key for key, source in evidence.references.items() if source.retracted]
    assert gone
    assert reason(reference=gone[0]) == "its source was retracted"
    assert reason(studies={"one": {"reference": gone[0]}}) == "its source was retracted"


def test_an_arm_of_another_drug_is_neither_treated_nor_control_and_ect_never_is(evidence, reason):
    arms = {"one/ketamine": {"drug": "pregabalin", "role": "active"}}
    assert reason(arms=arms) == "neither ketamine nor a control beside it: pregabalin"
    rows = [HEADACHE, HEADACHE | {"arm_id": "one/ect", "events": 8}]
    found = kept(evidence, rows, arms={"one/ect": {"role": "control", "drug": "ect"}})
    assert found == {"made/s01": "", "made/s02": "never a control for side effects: ect"}


# Percent into people


@pytest.mark.parametrize(
    ("percent", "n", "printed", "events"),
    [(14.55, 55, "14.55", 8), (20.0, 20, "20", 4), (0.0, 30, "0", 0), (100.0, 7, "100", 7)],
)
def test_a_percent_that_is_one_number_of_people_counts_them(evidence, percent, n, printed, events):
    row = HEADACHE | {"measure": "percent", "events": None, "n": n, "percent": percent}
    frame = et.incidences(made(evidence, [row | {"percent_as_printed": printed}])).rows
    assert frame["events"].tolist() == [events]
    assert frame["derivation"].tolist() == [f"from percent: {percent:g}% of {n}"]
    assert frame["included"].tolist() == [True]


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 3),
)
def test_the_people_behind_a_rounded_percent_are_among_those_that_fit(counts, decimals):
    events, n = counts
    assert events in people_of_percent(round(100 * events / n, decimals), n=n, decimals=decimals)


@given(st.floats(0, 100), st.integers(1, 300), st.integers(0, 2))
def test_all_that_fit_round_to_the_percent_and_none_is_forgotten(percent, n, decimals):
    percent, half = round(percent, decimals), 0.5 * 10.0**-decimals
    found = people_of_percent(percent, n=n, decimals=decimals)
    every = [x for x in range(n + 1) if abs(100 * x / n - percent) <= half - 1e-6]
    assert set(every) <= set(found)
    assert all(abs(100 * x / n - percent) <= half + 1e-6 for x in found)


# Rung and comparator


@pytest.mark.parametrize(
    ("arm", "rung"),
    [
        ({}, "racemic-infusion"),
        ({"infusion_minutes": None}, "racemic-infusion"),
        ({"infusion_minutes": 5.0}, "racemic-other"),
        ({"dose": 0.4}, "racemic-infusion"),
        ({"dose": 0.39}, "racemic-other"),
        ({"dose": 0.61}, "racemic-other"),
        ({"dose": None}, "racemic-other"),
        ({"dose": 1.0}, "racemic-other"),
        ({"dose": 1.1}, "anaesthetic"),
        ({"route": "im", "dose": 6.5}, "anaesthetic"),
        ({"route": "im", "dose": 1.0}, "racemic-other"),
        ({"dose": None, "schedule": "anaesthetic doses (IV)"}, "anaesthetic"),
        ({"route": "sc"}, "racemic-other"),
        ({"drug": "esketamine", "route": "intranasal"}, "esketamine-spray"),
        ({"drug": "esketamine"}, "esketamine-other"),
        ({"drug": "midazolam"}, ""),
    ],
)
def test_each_arm_stands_on_its_rung(evidence, arm, rung):
    whole = {"drug": "ketamine", "route": "iv", "dose": 0.5, "dose_unit": "mg/kg"}
    whole |= {"infusion_minutes": 40.0, "schedule": None} | arm
    assert rung_of(whole, evidence.rules.harms) == rung
    assert rung in ("", *LADDER)


@pytest.mark.parametrize(
    ("drug", "expected"),
    [
        ("saline", "inactive"),
        ("placebo", "inactive"),
        ("midazolam", "midazolam"),
        ("fentanyl", "other-active"),
        ("ect", "ect"),
        ("none (usual care)", "untreated"),
    ],
)
def test_each_control_drug_has_its_class(evidence, drug, expected):
    rules = evidence.rules.harms
    assert comparator_class({"role": "control", "drug": drug}, rules) == expected
    assert comparator_class({"role": "active", "drug": drug}, rules) == ""


def test_a_treated_arm_names_the_classes_of_its_controls(evidence):
    rows = [HEADACHE, HEADACHE | {"arm_id": "one/placebo"}]
    arms = {"one/midazolam": {"role": "control", "drug": "midazolam"}}
    frame = et.incidences(made(evidence, rows, arms=arms)).rows
    assert frame["comparator"].tolist() == ["inactive;midazolam", "inactive"]
    assert frame["rung"].tolist() == ["racemic-infusion", "racemic-infusion"]


# Definition, kind, elicitation


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"serious": "yes"}, "serious"),
        ({"qualifier": "serious"}, "serious"),
        ({"term": "serious-adverse-event"}, "serious"),
        ({"term": "death"}, "serious"),
        ({"term": "did-not-complete"}, "stopping"),
        ({"qualifier": "leading-to-stopping"}, "stopping"),
        ({"qualifier": "lasting-over-24-h"}, "effect"),
    ],
)
def test_serious_events_and_stopping_are_kinds_of_their_own(evidence, changes, kind):
    row = et.incidences(made(evidence, [HEADACHE | changes])).rows.iloc[0]
    assert row["kind"] == kind
    assert row["definition"] == changes.get("qualifier", "any-time")


@pytest.mark.parametrize(
    ("changes", "study", "expected"),
    [
        ({}, {}, "not-stated"),
        ({"qualifier": "scale-based"}, {}, "measured"),
        ({"qualifier": "threshold-systolic-180"}, {}, "measured"),
        ({"note": "each of 120 effects was asked about"}, {}, "asked"),
        ({}, {"summary": "120 side effects actively asked about over time."}, "asked"),
        ({"note": "from spontaneous reports"}, {}, "volunteered"),
    ],
)
def test_how_people_were_asked_is_said_only_where_the_evidence_says_so(
    evidence, changes, study, expected
):
    frame = et.incidences(made(evidence, [HEADACHE | changes], studies={"one": study})).rows
    assert frame["elicitation"].tolist() == [expected]


# Nobody is counted twice


def test_of_one_arm_and_definition_the_widest_window_enters(evidence):
    rows = [
        HEADACHE | {"n": 50},
        HEADACHE | {"time_value": 1.0, "time_unit": "d"},
        HEADACHE | {"time_value": 2.0, "time_unit": "h"},
        HEADACHE | {"qualifier": "severe"},
    ]
    again = "the same people are counted in another row: made/s02"
    assert kept(evidence, rows) == {
        "made/s01": again,
        "made/s02": "",
        "made/s03": again,
        "made/s04": "",
    }


def test_without_windows_most_people_then_a_printed_count_then_the_first_enter(evidence):
    more = kept(evidence, [HEADACHE, HEADACHE | {"n": 12}])
    assert [name for name, why in more.items() if not why] == ["made/s02"]
    percent = HEADACHE | {"measure": "percent", "events": None, "percent": 30.0}
    counted = kept(evidence, [percent | {"percent_as_printed": "30"}, HEADACHE])
    assert [name for name, why in counted.items() if not why] == ["made/s02"]
    first = kept(evidence, [HEADACHE, HEADACHE])
    assert [name for name, why in first.items() if not why] == ["made/s01"]


def test_of_a_crossover_the_largest_dose_of_a_rung_enters(evidence):
    rows = [HEADACHE | {"arm_id": f"one/{name}"} for name in ("low", "high", "spray")]
    arms = {"one/low": {"dose": 0.4}, "one/high": {"dose": 0.5}, "one/spray": SPRAY}
    found = kept(evidence, rows, arms=arms, studies={"one": {"design": "rct-crossover"}})
    same = "the same people under another treatment: one/high"
    assert found == {"made/s01": same, "made/s02": "", "made/s03": ""}
    assert set(kept(evidence, rows, arms=arms).values()) == {""}


def test_a_programme_enters_a_cell_once_with_most_people(evidence):
    rows = [
        HEADACHE,
        HEADACHE | {"arm_id": "two/ketamine", "n": 40},
        HEADACHE | {"arm_id": "one/ketamine", "term": "nausea"},
    ]
    studies = {"one": {"programme": "team"}, "two": {"programme": "team"}}
    found = kept(evidence, rows, studies=studies)
    assert found["made/s01"] == "programme enters once: team, with two"
    assert (found["made/s02"], found["made/s03"]) == ("", "")


POOLED = {"design": "pooled-analysis", "programme": None}


def test_a_pooled_analysis_stays_out_where_its_trial_enters_or_may_enter(evidence):
    rows = [HEADACHE, HEADACHE | {"arm_id": "review/ketamine", "n": 500}]
    studies = {"review": POOLED}
    listed = kept(evidence, rows, studies=studies, contains=[("review", "one")])
    assert listed == {"made/s01": "", "made/s02": "pools trials that enter themselves: one"}
    silent = kept(evidence, rows, studies=studies)
    assert silent["made/s02"] == "may pool trials that enter themselves: one"


def test_a_pooled_analysis_enters_where_no_trial_counted_the_effect_so(evidence):
    rows = [
        HEADACHE | {"qualifier": "severe"},
        HEADACHE | {"arm_id": "review/ketamine", "n": 500},
        HEADACHE | {"arm_id": "other/ketamine", "n": 900},
    ]
    found = kept(evidence, rows, studies={"review": POOLED, "other": POOLED})
    assert found["made/s02"] == "may share trials with a larger pooled analysis: other"
    assert (found["made/s01"], found["made/s03"]) == ("", "")


def test_a_control_enters_beside_a_treated_arm_only(evidence):
    alone = HEADACHE | {"arm_id": "one/placebo"}
    why = kept(evidence, [alone], arms={"one/ketamine": {}})
    assert why == {"made/s01": "no treated arm of its study enters beside it"}
    assert set(kept(evidence, [alone, HEADACHE]).values()) == {""}
    other = kept(evidence, [alone, HEADACHE | {"qualifier": "severe"}])
    assert other["made/s01"] == "no treated arm of its study enters beside it"


# The shipped evidence


@pytest.fixture(scope="module")
def shipped(evidence):
    return et.incidences(evidence)


def test_every_row_is_there_once_in_order_and_in_or_says_why_not(evidence, shipped):
    ids = evidence.side_effects["side_effect_id"].tolist()
    assert shipped.to_frame()["side_effect_id"].tolist() == ids
    assert (shipped.rows["included"] == (shipped.rows["reason"] == "")).all()
    assert 0 < len(shipped.included) < len(shipped.rows)
    head = f"{len(shipped.included)} of {len(shipped.rows)} side-effect rows"
    assert shipped.summary().startswith(head)
    assert sum(shipped.reasons()) == len(shipped.rows) - len(shipped.included)


def test_what_enters_is_whole_people_of_one_effect_on_a_rung(shipped):
    rows = shipped.included
    assert ((rows["events"] >= 0) & (rows["events"] <= rows["n"])).all()
    assert (rows["term"] != "").all()
    assert not rows["comparator"].eq("ect")[rows["role"] == "control"].any()
    assert not rows["source_level"].eq("secondary").any()
    assert {rung for rungs in rows["rungs"] for rung in rungs} <= set(LADDER)


def test_no_trial_enters_beside_a_pooled_analysis_that_contains_it(evidence, shipped):
    pairs = set(zip(evidence.contains["review"], evidence.contains["study"], strict=True))
    rows = shipped.included
    for _, cell in rows.groupby(["term", "definition"]):
        studies = set(cell["study_id"])
        assert not {pair for pair in pairs if set(pair) <= studies}


def test_one_programme_has_one_voice_in_a_cell_and_one_arm_one_row(shipped):
    treated = shipped.included[shipped.included["role"] != "control"]
    cells = treated.groupby(["programme", "rung", "term", "definition"])["study_id"].nunique()
    assert cells.max() == 1
    assert not shipped.included.duplicated(["arm_id", "term", "definition"]).any()


# Sizes


def test_every_size_of_pressure_and_pulse_is_tabled_once(evidence):
    rows = measured_changes(evidence)
    assert rows["estimate"].notna().all()
    assert set(rows["term"]) <= set(evidence.rules.harms.measured_terms)
    assert (
        not rows[rows["arm_id"].notna()].duplicated(["arm_id", "term", "measure", "estimate"]).any()
    )


def test_of_two_rows_with_one_number_the_one_with_people_is_kept(evidence):
    size = {"arm_id": "one/ketamine", "term": "systolic-blood-pressure", "events": None}
    size |= {"measure": "mean-change", "instrument_or_unit": "mmHg", "estimate": 7.4}
    rows = [size, size | {"n": 135}, size | {"estimate": 8.0}]
    found = measured_changes(made(evidence, rows))
    assert found["side_effect_id"].tolist() == ["made/s02", "made/s03"]


def test_ratings_of_dissociation_keep_what_is_only_said_in_words(evidence):
    rows = rated_dissociation(evidence)
    assert set(rows["measure"]) == {"peak-mean", "mean", "qualitative"}
    assert rows.loc[rows["measure"] == "mean", "estimate"].notna().all()
    assert rows.loc[rows["measure"] == "qualitative", "estimate"].isna().all()
