"""Benefit and harm on one clock: every row drawn once, nothing else, and said in words."""

import re
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import evidence_tools as et
from evidence_tools.display.cells import can_decide
from evidence_tools.display.effect_lanes import deciding
from evidence_tools.display.lanes import ONE_CLOCK, Lane, LaneMark
from evidence_tools.questions.one_clock.page import one_clock


@pytest.fixture(scope="module")
def clock(evidence):
    return one_clock(evidence)


@pytest.fixture(scope="module")
def picture(clock):
    return clock.picture()


@pytest.fixture(scope="module")
def shown(picture):
    return [text.get_text() for text in picture.axes.texts if text.get_text()]


def test_every_such_row_with_a_time_is_drawn(evidence, clock):
    rows = et.clock_times(evidence).rows
    timed = rows[
        (rows["clock"] == "dose-began") & (rows["lower_min"].notna() | rows["upper_min"].notna())
    ]
    harm = timed["event"].str.startswith("side-effect")
    relief = (
        timed["event"].isin(["relief-onset", "relief-last-seen", "relief-lost"])
        & (timed["phase"] == "after-single-dose")
        & timed["effect"].fillna("").str.contains(r"\banxiety\b|\bptsd\b|\bocd\b", case=False)
    )
    assert clock.timing_ids == set(timed.loc[harm | relief, "timing_id"])
    assert timed.loc[harm | relief, ["lower_min", "upper_min"]].max().max() <= ONE_CLOCK[1]


def test_what_can_decide_is_in_the_alternative_text_and_the_rest_is_counted(clock, picture):
    """The table has every row; the picture says how many of them it leaves out."""
    records = clock.table().to_records()
    assert len(records) == len(clock.to_frame())
    silent = [record for record in records if record["Remark"].startswith("cannot decide")]
    for record in records:
        assert record in silent or f", {record['When']}" in picture.alt
    named = re.findall(r"\(\+(\d+) that cannot|(\d+) reports? that cannot", picture.alt)
    assert sum(int(some or alone) for some, alone in named) == len(silent) > 0
    assert clock.summary() in picture.alt
    assert clock.table().folded == ""


def test_marks_that_cannot_decide_leave_the_picture(shown):
    mark = LaneMark(label="A", rung="direct", lower=5, upper=9)
    faint = replace(mark, label="B", faint=True)
    given = {"Both": (mark, faint), "One": (mark,), "None": (faint, faint)}
    lanes = [Lane(words=name, marks=marks, section="S") for name, marks in given.items()]
    told = deciding(lanes)
    assert [lane.words for lane in told] == [
        "Both (+1 that cannot decide)",
        "One",
        "2 reports that cannot decide: none",
    ]
    assert [lane.marks for lane in told] == [(mark,), (mark,), ()]
    assert deciding([]) == []


def test_what_the_next_dose_cut_off_says_so_at_its_arrow(clock, shown):
    drawn = clock.relief[can_decide(clock.relief) & clock.relief["upper_min"].isna()]
    for word, told in (("next-dose", "next dose"), ("abstract-stops", "text stops")):
        assert shown.count(told) == int((drawn["censored_by"] == word).sum()) > 0


def test_windows_are_those_of_the_rules(evidence, clock, shown):
    marks = evidence.rules.marks
    spans = [(window.begin, window.end) for window in clock.windows]
    length = clock.windows[0].end
    assert spans[0] == (0, evidence.arms["infusion_minutes"].mode()[0])
    peak, gone = (marks[n] for n in ("side_effect_peak", "side_effects_gone"))
    assert spans[1:3] == [(peak.from_ + length, peak.to + length), (peak.from_, peak.to)]
    assert spans[3:5] == [(0, gone.to + length), (gone.from_, gone.to)]
    named = ("relief_one_hour", "relief_three_hours", "relief_one_week", "relief_two_weeks")
    assert spans[5:] == [(marks[name].from_, marks[name].to) for name in named]
    assert {window.words for window in clock.windows} <= set(shown)


def test_the_sentence_counts_what_is_drawn_and_moves_with_the_evidence(evidence, clock):
    words = clock.summary()
    assert words.startswith(f"{len(clock.harm)} reports on side effects and ")
    timing = evidence.timing.copy()
    timing.loc[timing["event"] == "relief-onset", "anchor"] = None
    other = one_clock(replace(evidence, timing=timing)).summary()
    assert "No report that can decide follows relief" in other
    timing.loc[timing["event"] == "side-effect-resolved", "source_level"] = "secondary"
    other = one_clock(replace(evidence, timing=timing)).summary()
    assert "No report that can decide says when a side effect was gone." in other


def test_nothing_to_draw_is_an_empty_picture(evidence):
    empty = one_clock(replace(evidence, timing=evidence.timing.iloc[:0]))
    texts = [text.get_text() for text in empty.picture().axes.texts]
    assert texts == ["no study gives such a time"]
    assert repr(empty.table()) == "No study gives such a time."


def test_no_words_are_cut_off(picture):
    FigureCanvasAgg(picture.figure)
    picture.figure.draw_without_rendering()
    box = picture.figure.bbox
    texts = [text for text in picture.axes.texts if text.get_text()]
    extents = [text.get_window_extent() for text in texts]
    assert all(box.x0 <= one.x0 and one.x1 <= box.x1 for one in extents)
