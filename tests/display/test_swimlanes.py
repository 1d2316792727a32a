"""Side effects in lanes: the figure's axis, and the lanes of the shipped evidence."""

import pytest

import evidence_tools as et
from drawn import beyond, box_of, rendered
from evidence_tools.display.effect_lanes import effect_lanes, on_the_clock
from evidence_tools.display.lanes import SIDE_EFFECTS
from evidence_tools.evidence.joined import group_of


@pytest.fixture(scope="module")
def rows(evidence):
    return et.clock_times(evidence).rows


@pytest.fixture(scope="module")
def lanes(evidence, rows):
    return effect_lanes(evidence, rows, infusions=True)


def test_the_axis_holds_every_time_that_is_drawn(rows):
    drawn = on_the_clock(rows)
    assert drawn["upper_min"].max() <= SIDE_EFFECTS[1]
    assert drawn.loc[drawn["lower_min"] > 0, "lower_min"].min() >= SIDE_EFFECTS[0]


def test_each_row_that_can_be_drawn_is_one_mark_in_the_lane_of_its_effect(evidence, rows, lanes):
    drawn = on_the_clock(rows)
    groups = evidence.rules.side_effect_timing.groups
    expected = [group_of(terms, groups) for terms in drawn["terms"]]
    assert {lane.words: len(lane.marks) for lane in lanes} == {
        name: expected.count(name) for name in set(expected)
    }
    order = [*groups, "Other side effects"]
    assert [lane.words for lane in lanes] == [name for name in order if name in expected]


def test_marks_carry_bounds_rung_and_infusion_of_their_row(rows, lanes):
    drawn = on_the_clock(rows)
    bounds = sorted(zip(drawn["lower_min"], drawn["upper_min"], drawn["directness"], strict=True))
    marks = [mark for lane in lanes for mark in lane.marks]
    assert sorted((mark.lower, mark.upper, mark.rung) for mark in marks) == bounds
    known = drawn[(drawn["route"] == "iv") & drawn["infusion_minutes"].notna()]
    assert sorted(m.infusion for m in marks if m.infusion) == sorted(known["infusion_minutes"])


def test_in_a_lane_beginning_comes_before_peak_and_peak_before_end(lanes):
    order = {"began": 0, "peak": 1, "gone": 2}
    for lane in lanes:
        told = [order[mark.label.split("· ")[1].split(":")[0]] for mark in lane.marks]
        assert told == sorted(told)


def test_no_words_are_cut_off_or_lie_over_each_other(evidence):
    ax = rendered(et.side_effect_timing(evidence).picture("lanes").axes)
    assert beyond(ax) == []
    boxes = [box_of(text, ax).shrunk(0.9, 0.7) for text in ax.texts if text.get_text()]
    assert not [
        (one, other)
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
        if one.overlaps(other)
    ]
