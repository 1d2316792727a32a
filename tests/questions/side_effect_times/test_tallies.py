"""Voices of studies and programmes on side-effect timing: hand-made rows, then the evidence."""

import csv
from dataclasses import replace

import pandas as pd
import pytest

from evidence_tools.evidence.joined import OTHERS, group_of
from evidence_tools.questions.side_effect_times.readings import CANNOT_TELL
from evidence_tools.questions.side_effect_times.tallies import (
    ALL,
    BOTH,
    CONTRADICTS,
    OWN_TRIALS,
    SUPPORTS,
    VOICES,
    gone_within_hour,
    lasting_longer,
    midway_and_faded,
    peak_after_infusion,
)

PEAK, GONE = "side-effect-peak", "side-effect-resolved"
VEIN = ("lane-2018", "lane-2018/ketamine")
"""A study with one arm, infused over 40 minutes."""
VEIN_TOO = ("ford-2014", "ford-2014/ketamine")
SPRAY = ("nash-2018", "nash-2018/esketamine")
FUNCTIONS = [peak_after_infusion, gone_within_hour, midway_and_faded]


@pytest.fixture
def with_rows(evidence):
    """The evidence with nothing but these timing rows."""
    template = evidence.timing[evidence.timing["timing_id"] == f"{VEIN[0]}/t03"]

    def made(*rows):
        timing = [
            template.assign(
                study_id=study,
                arm_id=arm,
                timing_id=f"{study}/t{index:02d}",
                basis="median",
                unit="min",
                **{"event": PEAK, "anchor": "infusion-start", "term": "dissociation", **values},
            )
            for index, ((study, arm), values) in enumerate(rows, start=1)
        ]
        return replace(evidence, timing=pd.concat(timing, ignore_index=True))

    return made


def counts(line):
    return tuple(line[voice] for voice in VOICES)


def test_the_arms_used_here_are_what_the_tests_take_them_for(evidence):
    arms = evidence.arms.set_index("arm_id")
    assert arms.loc[[VEIN[1], VEIN_TOO[1]], "infusion_minutes"].tolist() == [40, 40]
    assert arms.loc[SPRAY[1], "route"] == "intranasal"


def test_a_study_supports_contradicts_says_both_or_cannot_tell(with_rows):
    tally = peak_after_infusion(
        with_rows(
            (VEIN, {"lower": 30, "upper": 40}),
            (VEIN_TOO, {"lower": 60, "upper": 70}),
            (SPRAY, {"lower": 20, "upper": 30, "anchor": "dose"}),
            (SPRAY, {"lower": 90, "upper": 99, "anchor": "dose", "term": "sedation"}),
            (("cole-2013", "cole-2013/ketamine"), {"lower": 0, "upper": 300}),
        )
    )
    line = tally.line("peak", "from_start")
    assert counts(line) == (1, 1, 1, 1)
    assert (line["total"], line["could_tell"]) == (4, 3)
    assert line["share"] == pytest.approx(1 / 3)
    assert counts(tally.line("peak", "from_start", "Dissociation")) == (2, 1, 0, 1)
    assert counts(tally.line("peak", "from_start", "Sedation and sleepiness")) == (0, 1, 0, 0)


def test_the_end_of_the_infusion_is_another_reading(with_rows):
    evidence = with_rows((VEIN, {"lower": 30, "upper": 40}), (VEIN_TOO, {"lower": 60, "upper": 70}))
    tally = peak_after_infusion(evidence)
    assert counts(tally.line("peak", "from_start")) == (1, 1, 0, 0)
    assert counts(tally.line("peak", "from_end")) == (1, 1, 0, 0)
    voted = tally.votes.set_index(["study_id", "reading"])["answer"]
    assert voted["ford-2014", "from_end"] == "yes"
    assert voted[VEIN[0], "from_end"] == "no"


@pytest.mark.parametrize(
    ("studies", "voices"),
    [(("reed-2016", "reed-2017"), 1), (("spraylabel", "nash-2018"), 2)],
    ids=["one programme", "a study without a programme"],
)
def test_one_programme_has_one_voice(with_rows, evidence, studies, voices):
    programmes = evidence.studies.set_index("study_id")["programme"][list(studies)]
    assert programmes.nunique(dropna=False) == voices
    values = {"lower": 20, "upper": 30, "anchor": "dose"}
    tally = peak_after_infusion(with_rows(*(((study, None), values) for study in studies)))
    assert tally.line("peak", "from_start")[SUPPORTS] == 2
    assert tally.line("peak", "from_start", by="programmes")[SUPPORTS] == voices


def test_a_review_keeps_silent_where_its_own_trial_decides(with_rows, evidence):
    contains = evidence.table("contains")
    trials = set(contains.loc[contains["review"] == "review-2021", "study"])
    assert VEIN[0] in trials
    review = ("review-2021", None)
    values = {"lower": 20, "upper": 30}
    alone = peak_after_infusion(with_rows((review, values)))
    assert counts(alone.line("peak", "from_start")) == (1, 0, 0, 0)
    both = peak_after_infusion(with_rows((review, values), (VEIN, values)))
    assert counts(both.line("peak", "from_start")) == (1, 0, 0, 1)
    assert OWN_TRIALS in set(both.votes["answer"])


@pytest.mark.parametrize("anchor", [None, "first-dose", "baseline"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_unknown_or_another_anchor_never_decides(with_rows, function, anchor):
    rows = [
        (VEIN, {"event": event, "lower": low, "upper": low + 5, "anchor": anchor})
        for event in (PEAK, GONE)
        for low in (5, 20, 60, 200)
    ]
    assert (function(with_rows(*rows)).rows["could_tell"] == 0).all()


def test_a_row_on_two_effects_is_in_both_groups_and_once_in_all(with_rows):
    terms = "blood-pressure-increased;heart-rate-abnormal"
    tally = peak_after_infusion(with_rows((VEIN, {"lower": 30, "upper": 40, "term": terms})))
    assert set(tally.rows["group"]) == {ALL, "Blood pressure", "Heart rate"}
    assert tally.line("peak", "from_start")["total"] == 1


@pytest.mark.parametrize(
    ("lower", "upper", "voice"),
    [(10, 30, SUPPORTS), (15, 20, SUPPORTS), (31, 40, CONTRADICTS), (0, 9, CONTRADICTS)]
    + [(0, 20, CANNOT_TELL), (30, 40, CANNOT_TELL)],
)
def test_midway_is_the_middle_half_of_the_infusion(with_rows, lower, upper, voice):
    """Of 40 minutes that is from 10 to 30; intervals that touch in a point cannot tell."""
    tally = midway_and_faded(with_rows((VEIN, {"lower": lower, "upper": upper})))
    assert tally.line("peak midway", "midway")[voice] == 1


def test_midway_needs_an_infusion_of_known_length(with_rows):
    unknown = ("ford-2021", "ford-2021/ketamine")
    spray = {"lower": 15, "upper": 20, "anchor": "dose"}
    tally = midway_and_faded(with_rows((unknown, {"lower": 15, "upper": 20}), (SPRAY, spray)))
    assert tally.line("peak midway", "midway")["could_tell"] == 0
    assert list(tally.votes["answer"]) == [
        f"{CANNOT_TELL}: length of the infusion not stated",
        "no infusion, so no middle",
    ]


@pytest.mark.parametrize(
    ("lower", "upper", "anchor", "voice"),
    [(0, 30, "infusion-end", SUPPORTS), (0, 70, "infusion-start", SUPPORTS)]
    + [(31, 45, "infusion-end", CONTRADICTS), (71, 90, "infusion-start", CONTRADICTS)]
    + [(0, 31, "infusion-end", CANNOT_TELL)],
)
def test_faded_counts_from_the_end_and_an_earlier_end_is_faded_too(
    with_rows, lower, upper, anchor, voice
):
    row = {"event": GONE, "lower": lower, "upper": upper, "anchor": anchor}
    assert midway_and_faded(with_rows((VEIN, row))).line("faded", "from_end")[voice] == 1


def test_nobody_who_could_tell_has_no_share(with_rows):
    tally = gone_within_hour(with_rows((VEIN, {"event": GONE, "lower": 0, "upper": 300})))
    line = tally.line("gone", "from_start")
    assert counts(line) == (0, 0, 0, 1)
    assert pd.isna(line["share"])
    assert tally.summary().split("\n")[0] == (
        "gone, from the start: 0 of 0 studies that could tell support it; 1 of 1 cannot tell"
    )


def test_a_line_that_does_not_exist_is_an_error(with_rows):
    tally = peak_after_infusion(with_rows((VEIN, {"lower": 30, "upper": 40})))
    with pytest.raises(KeyError, match="Headache"):
        tally.line("peak", "from_start", "Headache")


# The made-up world


@pytest.mark.parametrize("function", FUNCTIONS)
def test_voices_add_up_and_groups_lie_within_all(evidence, function):
    rows = function(evidence).rows
    assert (rows[list(VOICES)].sum(axis=1) == rows["total"]).all()
    assert (rows["could_tell"] == rows[[SUPPORTS, CONTRADICTS, BOTH]].sum(axis=1)).all()
    assert rows["share"].isna().equals(rows["could_tell"] == 0)
    for _, cell in rows.groupby(["part", "reading", "by"]):
        everything = cell.loc[cell["group"] == ALL, "total"].item()
        assert (cell["total"] <= everything).all()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_row_votes_once_per_reading(evidence, function):
    tally = function(evidence)
    for _, votes in tally.votes.groupby(["part", "reading"]):
        event = votes["event"].iloc[0]
        expected = evidence.timing.loc[evidence.timing["event"] == event, "timing_id"]
        assert sorted(votes["timing_id"]) == sorted(expected)


def test_those_in_whom_it_lasted_are_counted_from_the_files(evidence):
    folder = evidence.folder
    text = (folder / "side_effects.csv").read_text(encoding="utf-8").splitlines()
    roles = {
        row["arm_id"]: row["role"]
        for row in csv.DictReader((folder / "arms.csv").read_text(encoding="utf-8").splitlines())
    }
    counted = [
        (row["study_id"], int(row["events"]), int(row["n"]))
        for row in csv.DictReader(text)
        if row["qualifier"] == "lasting-over-24-h" and roles[row["arm_id"]] != "control"
    ]
    lines = lasting_longer(evidence)
    told = lines.dropna(subset=["events"]).drop_duplicates(
        ["study_id", "arm_id", "events", "n", "term"]
    )
    assert {(s, e, n) for s, e, n in counted} == set(
        told[["study_id", "events", "n"]].itertuples(index=False, name=None)
    )
    ranges = evidence.timing[evidence.timing["basis"] == "range-among-affected"]
    assert int(lines["longest_min"].notna().sum()) == len(ranges)
    assert (told["events"] <= told["n"]).all()


def test_groups_name_terms_of_the_vocabulary_each_once(evidence):
    groups = evidence.rules.side_effect_timing.groups
    named = [term for terms in groups.values() for term in terms]
    assert len(named) == len(set(named))
    assert set(named) <= set(evidence.side_effect_terms["term"])
    assert group_of(["fatigue"], groups) == OTHERS


def test_the_range_of_those_affected_stands_beside_their_number(evidence):
    lines = lasting_longer(evidence).set_index("term")
    row = lines.loc["dissociation"]
    assert (row["events"], row["n"], row["longest_min"]) == (7, 90, 11 * 1440)
    assert pd.isna(lines.loc["nausea", "longest_min"])
