"""Durations together: groups, reasons, one voice per programme, and claimed times of loss."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evidence_tools.evidence.clock import clock_times
from evidence_tools.evidence.joined import CONTROL_ARM, SECOND_HAND, joined
from evidence_tools.evidence.relief import AVERAGE_EVENTS, LOSS_EVENTS, relief_periods
from evidence_tools.questions.duration.groups import (
    CONDITIONS,
    PHASES,
    SINGLE,
    condition_of,
    judged_periods,
)
from evidence_tools.questions.duration.synthesis import synthesise_duration
from evidence_tools.questions.duration.window import claimed_windows, loss_within

DAY = 1440.0
ON_RELIEF = {*LOSS_EVENTS, *AVERAGE_EVENTS}


@pytest.fixture(scope="module")
def synthesis(evidence):
    return synthesise_duration(evidence)


@pytest.fixture(scope="module")
def periods(evidence):
    return relief_periods(clock_times(evidence)).rows


def made(evidence, **columns):
    """Evidence whose timing table holds only these rows on relief after a single dose.

    They stand on studies of the world, so that programme and directness come from the tables.
    """
    n = len(columns["study_id"])
    template = evidence.timing[evidence.timing["timing_id"] == "dale-2020/t01"]
    rows = pd.concat([template] * n, ignore_index=True)
    rows["arm_id"] = pd.array([None] * n, dtype="str")
    rows["timing_id"] = [f"{study}/t{i}" for i, study in enumerate(columns["study_id"])]
    rows["basis"] = "authors-statement"
    rows["n"] = pd.array(range(1, n + 1), dtype="Int64")  # so that nothing is joined
    for name, values in columns.items():
        rows[name] = pd.array(values, dtype=rows[name].dtype)
    return replace(evidence, timing=rows)


def five(evidence, **more):
    """Five losses and open ends in PTSD, of four programmes, two rows of the first."""
    columns = {
        "study_id": ["dale-2020", "dale-2020", "ford-2014", "ford-2021", "cole-2013"],
        "event": ["relief-lost"] * 3 + ["relief-last-seen"] * 2,
        "lower": [1.0, 3, 7, 7, 14],
        "upper": [5.0, 7, 14, np.nan, np.nan],
        "loss_kind": ["person-relapsed"] * 3 + [None] * 2,
    }
    return made(evidence, **(columns | more))


# Every row


def test_every_row_on_relief_is_used_or_left_out_with_a_reason(synthesis, evidence):
    wanted = evidence.timing.loc[evidence.timing["event"].isin(ON_RELIEF), "timing_id"]
    frame = synthesis.to_frame()
    split = {
        bool(used): [t for ids in rows["timing_ids"] for t in ids]
        for used, rows in frame.groupby("used")
    }
    assert sorted(split[True] + split[False]) == sorted(wanted)
    assert not frame.loc[~frame["anchor_known"].astype(bool), "used"].any()
    assert not frame.loc[frame["retracted"].astype(bool), "used"].any()
    assert not frame.loc[frame["source_level"].str.contains("secondary"), "used"].any()
    assert set(split[True]).isdisjoint(split[False])
    left = synthesis.left_out()
    assert sorted(t for ids in left["timing_ids"] for t in ids) == sorted(split[False])
    assert (left["reason"] != "").all()
    assert (frame.loc[frame["used"], "reason"] == "").all()


def test_groups_stand_in_order_and_hold_what_their_names_say(synthesis):
    order = [(g.condition, g.phase) for g in synthesis.groups]
    possible = [(condition, phase) for condition in CONDITIONS for phase in PHASES]
    assert order == [pair for pair in possible if pair in order]
    for group in synthesis.groups:
        rows = group.to_frame()
        assert set(rows["condition"]) == {group.condition}
        assert set(rows["phase"]) == {group.phase}
        assert set(rows.loc[rows["used"], "clock"]) <= {group.clock}


def test_each_programme_has_one_voice(synthesis):
    for group in synthesis.groups:
        weights = group.periods.groupby("voice")["weight"].sum(min_count=1).dropna()
        assert weights.to_numpy() == pytest.approx(np.ones(len(weights)))
        assert len(weights) == group.n_programmes
        assert group.intervals.weight.sum() == pytest.approx(group.n_programmes)


def test_a_curve_stands_only_on_enough_intervals(synthesis, evidence):
    rules = evidence.rules.duration
    for group in synthesis.groups:
        enough = (
            len(group.intervals) >= rules.fewest_intervals
            and group.n_programmes >= rules.fewest_programmes
            and group.n_losses > 0
        )
        assert (group.survival is not None) == enough
        assert (group.band is not None) == enough
        assert bool(group.notes) != enough


# Conditions and reasons


@pytest.mark.parametrize(
    ("about", "directness", "condition"),
    [
        ("anxiety", "direct", "anxiety-disorder"),
        ("anxiety", "indirect", "anxiety-elsewhere"),
        ("procedural anxiety", "indirect", "anxiety-elsewhere"),
        ("ptsd", "related", "ptsd"),
        ("ocd", "related", "ocd"),
        ("", "related", "background"),
        ("", "direct", "background"),
    ],
)
def test_condition(about, directness, condition):
    assert condition_of(about, directness) == condition


@pytest.fixture
def plain(periods):
    """A used period after a single dose, of a primary study."""
    row = periods[periods["timing_ids"] == ("ford-2014/t02",)]
    assert len(row) == 1
    return row


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"why_not": [("start not stated",)]}, "start not stated"),
        ({"why_not": [(SECOND_HAND, CONTROL_ARM)]}, f"{SECOND_HAND}; {CONTROL_ARM}"),
        ({"why_not": [("start not stated",)], "clock": "baseline"}, "start not stated"),
        ({"clock": "last-dose"}, "counted from another start"),
        ({"phase": "after-course", "clock": "last-dose"}, ""),
        ({"phase": "unknown"}, "single or repeated dosing not stated"),
        ({"kind": "mean"}, "a mean, not a median"),
        ({"seen_until_min": np.nan}, "no time given"),
        ({"kind": "loss", "loss_kind": "person-relapsed"}, ""),
        ({"kind": "loss", "loss_kind": "group-mean-returned"}, ""),
        ({"kind": "loss", "loss_kind": "unknown"}, "how loss was judged is not stated"),
        (
            {"kind": "lost", "loss_kind": "no-longer-different-from-control"},
            "no longer different from control, which is not return of symptoms",
        ),
    ],
)
def test_why_a_period_is_left_out(evidence, plain, changes, reason):
    judged = judged_periods(evidence, plain.assign(**changes))
    assert list(judged["reason"]) == [reason]
    assert list(judged["used"]) == [reason == ""]


@pytest.mark.parametrize(
    ("contained", "why_not", "reason"),
    [
        ("ford-2014", (), "a review of ford-2014, shown here already"),
        ("ford-2014", ("start not stated",), ""),
        ("another", (), ""),
        (None, (), "a review whose trials are not listed"),
    ],
)
def test_a_review_speaks_only_where_none_of_its_trials_does(
    evidence, plain, contained, why_not, reason
):
    name = min(joined(evidence).reviews)
    review = plain.assign(study_id=name, programme=None, review=True)
    contains = evidence.contains.iloc[[0] if contained else []]
    rows = pd.concat([plain.assign(why_not=[why_not]), review], ignore_index=True)
    judged = judged_periods(
        replace(evidence, contains=contains.assign(review=name, study=contained)), rows
    )
    assert judged["reason"][1] == reason
    assert judged["voice"][1] == name


# A made group


def test_curve_band_and_bands_of_a_made_group(evidence):
    group = synthesise_duration(five(evidence)).group("ptsd", SINGLE)
    assert (len(group.intervals), group.n_losses, group.n_programmes) == (5, 3, 4)
    weights = dict(group.periods[["study_id", "weight"]].values)
    assert weights == {"dale-2020": 0.5, "ford-2014": 1, "ford-2021": 1, "cole-2013": 1}
    assert group.notes == ()
    assert group.survival.weight == pytest.approx(4)
    assert group.band.k == 4
    assert set(group.censored()["timing_ids"]) == {("ford-2021/t3",), ("cole-2013/t4",)}
    assert group.known.gone[-1] == pytest.approx(2 / 4)


def test_what_was_last_seen_is_lost_later_not_then(evidence):
    """Lost by day 7, last seen at day 7: mass before and after day 7, none that fits both."""
    rows = {"lower": [1.0, 1, 1, 7, 7], "upper": [7.0, 7, 7, np.nan, np.nan]}
    group = synthesise_duration(five(evidence, **rows, anchor=["infusion-start"] * 5)).group(
        "ptsd", SINGLE
    )
    low, high = group.survival.survival_at(8 * DAY)
    assert (low, high) == pytest.approx((0, 0.5))
    assert group.survival.mass == pytest.approx([0.5, 0.5])


def test_relief_that_nobody_saw_is_unknown_from_the_start(evidence):
    """Gone by day 9, never seen before: it was drawn as still there until day 9."""
    rows = {"lower": [0.0] * 5, "upper": [9.0] * 5, "event": ["relief-lost"] * 5}
    rows |= {"loss_kind": ["person-relapsed"] * 5, "anchor": ["infusion-start"] * 5}
    known = synthesise_duration(five(evidence, **rows)).group("ptsd", SINGLE).known
    between = (known.times > 0) & (known.times < 9 * DAY)
    assert between.any()
    assert known.unknown[between] == pytest.approx(1)
    assert known.gone[known.times >= 9 * DAY] == pytest.approx(1)


def test_without_a_loss_there_is_no_curve(evidence):
    rows = {"event": ["relief-last-seen"] * 5, "upper": [np.nan] * 5, "loss_kind": [None] * 5}
    group = synthesise_duration(five(evidence, **rows)).group("ptsd", SINGLE)
    assert group.survival is None
    assert "in none of which relief was seen to be lost" in group.notes[0]


def test_medians_count_once_per_programme(evidence):
    rows = {
        "event": ["response-median-duration"] * 5,
        "lower": [10.0, 30, 20, 40, 60],
        "upper": [10.0, 30, 20, 40, 60],
        "loss_kind": ["person-relapsed"] * 5,
        "basis": ["median"] * 5,
        "anchor": ["infusion-start"] * 5,
    }
    group = synthesise_duration(five(evidence, **rows)).group("ptsd", SINGLE)
    assert group.median.k == 4
    assert group.median.estimate == pytest.approx(30 * DAY)  # of 20 (middle of 10, 30), 20, 40, 60
    assert group.modelled_median.k == 4
    assert group.modelled_median.notes[0].startswith("Assumed, not seen")


# Claimed times


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [
        (8, 12, "consistent"),
        (1, 5, "inconsistent"),
        (20, None, "inconsistent"),
        (7, None, "compatible"),
        (3, 20, "compatible"),
    ],
)
def test_how_a_row_votes(evidence, lower, upper, word):
    event = "relief-last-seen" if upper is None else "relief-lost"
    one = made(
        evidence,
        study_id=["dale-2020"],
        event=[event],
        lower=[float(lower)],
        upper=[np.nan if upper is None else float(upper)],
        loss_kind=[None if upper is None else "person-relapsed"],
    )
    found = loss_within(synthesise_duration(one), (7 * DAY, 14 * DAY))
    assert list(found.rows["relation"]) == [word]
    row = found.shares.set_index("condition").loc["ptsd"]
    assert row["could_tell"] == (word != "compatible")
    assert row["supports"] == (word == "consistent")
    assert found.share("ptsd") == {"consistent": 1.0, "inconsistent": 0.0}.get(word)
    assert found.share("ocd") is None


def test_a_study_with_rows_on_both_sides_is_split(evidence):
    rows = made(
        evidence,
        study_id=["dale-2020", "dale-2020", "ford-2014"],
        event=["relief-lost"] * 3,
        lower=[8.0, 1, 9],
        upper=[12.0, 5, 13],
        loss_kind=["person-relapsed"] * 3,
    )
    found = loss_within(synthesise_duration(rows), (7 * DAY, 14 * DAY))
    row = found.shares.set_index("condition").loc["ptsd"]
    assert (row["studies"], row["could_tell"], row["supports"], row["split"]) == (2, 2, 1, 1)
    assert (row["programmes"], row["programmes_for"]) == (2, 1)
    assert found.share("ptsd") == 0.5
    assert "PTSD: 1 of 2 that could tell, of 2 studies" in found.summary()


def test_rows_left_out_are_undetermined_with_their_reason(synthesis, evidence):
    for window in claimed_windows(evidence.rules).values():
        rows = loss_within(synthesis, window).rows
        left = rows[~rows["used"]]
        assert (left["relation"] == "undetermined").all()
        assert (left["why"] == left["reason"]).all()
        assert set(rows["phase"]) == {SINGLE}
        assert not rows["kind"].isin(["median", "mean"]).any()
