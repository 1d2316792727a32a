"""Both readings of "after the infusion": from its start, and from its end."""

import dataclasses

import pandas as pd
import pytest

from evidence_tools.base.units import to_minutes
from evidence_tools.evidence.clock import ClockTimes, Infusion, clock_times, on_clock, times_barred
from evidence_tools.evidence.joined import with_bars
from evidence_tools.questions.side_effect_times.readings import CANNOT_TELL, both_readings

PEAK, GONE = "side-effect-peak", "side-effect-resolved"
ABOUT_30 = (15.0, 45.0)
WITHIN_60 = (0.0, 60.0)
WIDE = f"{CANNOT_TELL}: too wide"


@pytest.fixture(scope="module")
def rows(evidence) -> pd.DataFrame:
    return clock_times(evidence).rows


@pytest.fixture(scope="module")
def read(rows):
    """Both answers to one row with the given time, as the clock would place it."""
    template = rows[rows["timing_id"] == "lane-2018/t03"]

    def answers(
        lower,
        upper,
        anchor,
        *,
        minutes=None,
        route="iv",
        basis="median",
        unit="min",
        source_level="abstract",
        retracted=False,
        clock=None,
        claimed=ABOUT_30,
    ) -> tuple[str, str]:
        placed = on_clock(
            lower=None if lower is None else to_minutes(lower, unit),
            upper=None if upper is None else to_minutes(upper, unit),
            anchor=anchor,
            event=PEAK,
            infusion=Infusion(route=route, minutes=minutes),
            longest=100,
        )
        nothing = float("nan")
        row = template.assign(
            lower=nothing if lower is None else lower,
            upper=nothing if upper is None else upper,
            unit=unit,
            anchor=anchor or None,
            anchor_known=anchor != "",
            clock=clock or placed.clock,
            lower_min=nothing if placed.lower is None else placed.lower,
            upper_min=nothing if placed.upper is None else placed.upper,
            route=route,
            infusion_minutes=nothing if minutes is None else minutes,
            basis=basis,
            source_level=source_level,
            retracted=retracted,
        )
        row = with_bars(row.reset_index(drop=True))
        row["why_not"] = [times_barred(row.iloc[0])]
        times = ClockTimes(rows=row, longest_infusion=100)
        (answer,) = both_readings(times, PEAK, claimed).rows.itertuples()
        return answer.from_start, answer.from_end

    return answers


@pytest.mark.parametrize(
    ("lower", "upper", "anchor", "minutes", "from_start", "from_end"),
    [
        (30, 40, "infusion-start", 40, "yes", "no"),
        (70, 80, "infusion-start", 40, "no", "yes"),
        (100, 120, "infusion-start", 40, "no", "no"),
        (0, 60, "infusion-start", 40, WIDE, WIDE),
        (20, None, "infusion-start", 40, WIDE, WIDE),
        (50, None, "infusion-start", 40, "no", WIDE),
        (20, 25, "infusion-end", None, WIDE, "yes"),
        (30, 35, "dose", 40, WIDE, WIDE),  # 30 to 75 min after the start
        (200, 210, "dose", 40, "no", "no"),
    ],
)
def test_inside_the_claim_is_yes_outside_no_and_too_wide_cannot_tell(
    read, lower, upper, anchor, minutes, from_start, from_end
):
    assert read(lower, upper, anchor, minutes=minutes) == (from_start, from_end)


@pytest.mark.parametrize("anchor", ["", "dose", "infusion-start", "infusion-end"])
def test_no_time_is_the_reason_where_no_time_is_given(read, anchor):
    reason = f"{CANNOT_TELL}: no time given"
    assert read(None, None, anchor, minutes=40) == (reason, reason)


# Why a row cannot tell, in the fixed order, and the facts of a row of which that is true.
REASONS = [
    ("counted from another start", {"clock": "first-dose"}),
    ("no time given", {"lower": None, "upper": None}),
    ("its source was retracted", {"retracted": True}),
    ("read second-hand", {"source_level": "secondary"}),
    ("only those in whom it lasted", {"basis": "range-among-affected"}),
    ("start not stated", {"anchor": ""}),
    ("one reading, its neighbours not stated", {"basis": "assessment-schedule"}),
]


@pytest.mark.parametrize(("reason", "facts"), REASONS, ids=[reason for reason, _ in REASONS])
@pytest.mark.parametrize("time", [30, 500])
def test_each_reason_alone_silences_a_row_that_would_say_yes_or_no(read, reason, facts, time):
    row = {"lower": time, "upper": time, "anchor": "infusion-start", "minutes": 40}
    assert read(**row) == (("yes", "no") if time == 30 else ("no", "no"))
    assert read(**{**row, **facts}) == (f"{CANNOT_TELL}: {reason}",) * 2


@pytest.mark.parametrize("first", range(len(REASONS)), ids=[reason for reason, _ in REASONS])
def test_of_several_reasons_the_first_in_the_fixed_order_is_given(read, first):
    """A row of which this reason holds and all that come after it."""
    row = {"lower": 30, "upper": 30, "anchor": "infusion-start", "minutes": 40}
    for _, facts in reversed(REASONS[first:]):
        row |= facts
    assert read(**row) == (f"{CANNOT_TELL}: {REASONS[first][0]}",) * 2


@pytest.mark.parametrize(
    ("level", "silent"),
    [(level, False) for level in ("abstract", "full-text", "registry", "label")]
    + [("secondary", True)],
)
def test_only_what_was_read_second_hand_is_silent(read, level, silent):
    answers = read(30, 40, "infusion-start", minutes=40, source_level=level)
    reason = f"{CANNOT_TELL}: read second-hand"
    assert answers == ((reason, reason) if silent else ("yes", "no"))


@pytest.mark.parametrize("anchor", ["infusion-start", "infusion-end", "dose"])
@pytest.mark.parametrize("route", ["iv", "intranasal"])
def test_a_lone_reading_cannot_tell_whatever_its_anchor_and_route(read, anchor, route):
    """On the clock the interval of a lone reading may be wide; as printed it is one time."""
    reason = f"{CANNOT_TELL}: one reading, its neighbours not stated"
    minutes = 40 if route == "iv" else None
    facts = {"minutes": minutes, "route": route, "basis": "assessment-schedule"}
    assert read(200, 200, anchor, **facts) == (reason, reason)


def test_two_readings_with_a_stated_gap_and_a_lone_time_of_another_kind_can_tell(read):
    assert read(30, 40, "infusion-start", minutes=40, basis="assessment-schedule") == ("yes", "no")
    assert read(30, 30, "infusion-start", minutes=40, basis="authors-statement") == ("yes", "no")


@pytest.mark.parametrize(
    ("lower", "upper", "from_start", "from_end"),
    [
        *((lower, 30, "yes", "yes") for lower in (0, None, 20, 30)),
        (20, 60, "yes", "yes"),
        (60, 100, WIDE, "yes"),
        (70, 100, "no", "yes"),
        (70, 101, "no", WIDE),
        (101, 120, "no", "no"),
        (20, None, WIDE, WIDE),
    ],
)
def test_gone_within_an_hour_of_the_start_and_of_the_end(read, lower, upper, from_start, from_end):
    answers = read(lower, upper, "infusion-start", minutes=40, claimed=WITHIN_60)
    assert answers == (from_start, from_end)


@pytest.mark.parametrize("minutes", [None, 40])
@pytest.mark.parametrize(
    ("lower", "upper", "from_end"),
    [
        (0, 0, "yes"),
        (None, 0, "yes"),
        (None, 60, "yes"),
        (0, 60, "yes"),
        (-20, -10, "yes"),
        (None, 61, WIDE),
        (61, 90, "no"),
    ],
)
def test_gone_before_the_end_counts_where_the_row_counts_from_the_end(
    read, minutes, lower, upper, from_end
):
    answer = read(lower, upper, "infusion-end", minutes=minutes, claimed=WITHIN_60)
    assert answer[1] == from_end


def test_a_claim_that_begins_later_does_not_count_what_was_before(read):
    """About 30 min after the end of 40 min: 55 to 85 min after the start."""
    assert read(20, 30, "infusion-start", minutes=40) == ("yes", "no")
    assert read(50, 85, "infusion-start", minutes=40)[1] == WIDE
    assert read(55, 85, "infusion-start", minutes=40)[1] == "yes"
    assert read(None, 30, "infusion-end", minutes=40)[1] == WIDE
    assert read(0, 14, "infusion-end", minutes=40)[1] == "no"


@pytest.mark.parametrize("route", ["im", "sc", "intranasal", "oral", "sublingual"])
@pytest.mark.parametrize(("time", "from_start"), [(30, "yes"), (60, "no")])
def test_a_route_without_an_infusion_has_no_end(read, route, time, from_start):
    assert read(time, time, "dose", route=route) == (from_start, "no infusion, so no end")


@pytest.mark.parametrize("route", ["iv", ""])
def test_unknown_length_cannot_tell_from_the_end(read, route):
    assert read(30, 40, "infusion-start", route=route) == (
        "yes",
        f"{CANNOT_TELL}: length of the infusion not stated",
    )


@pytest.mark.parametrize("minutes", [None, 40.0])
@pytest.mark.parametrize(("time", "from_end"), [(30, "yes"), (60, "no")])
def test_counted_from_the_end_it_is_judged_from_the_end_whatever_the_length(
    read, minutes, time, from_end
):
    assert read(time, time, "infusion-end", minutes=minutes)[1] == from_end


@pytest.mark.parametrize("anchor", ["infusion-start", "infusion-end"])
def test_units_of_the_row_are_turned_into_minutes(read, anchor):
    reading = 0 if anchor == "infusion-start" else 1
    assert read(0.5, 0.7, anchor, minutes=40, unit="h")[reading] == "yes"
    assert read(0.5, 1, anchor, minutes=40, unit="h")[reading] == WIDE
    assert read(20, 30, anchor, minutes=40, unit="h")[reading] == "no"


# The made-up world


@pytest.fixture(scope="module")
def peak(evidence):
    return both_readings(clock_times(evidence), PEAK, ABOUT_30)


@pytest.fixture(scope="module")
def gone(evidence):
    return both_readings(clock_times(evidence), GONE, WITHIN_60)


@pytest.mark.parametrize("event", [PEAK, GONE, "side-effect-onset"])
def test_all_rows_of_the_event_are_judged_in_their_order(evidence, rows, event):
    readings = both_readings(clock_times(evidence), event, WITHIN_60)
    expected = rows[rows["event"] == event]
    assert list(readings.to_frame()["timing_id"]) == list(expected["timing_id"])
    assert len(expected)


@pytest.mark.parametrize("reading", ["from_start", "from_end"])
def test_counts_add_up_and_every_other_answer_has_a_reason(peak, gone, reading):
    for readings in (peak, gone):
        yes, no, unknown = readings.counts(reading)
        answers = readings.rows[reading]
        assert yes + no + unknown == len(answers)
        reasons = answers[~answers.isin(["yes", "no"])]
        assert len(reasons) == unknown
        assert f": {yes} yes, {no} no, {unknown} cannot tell" in readings.summary()
        assert all(
            reason == "no infusion, so no end" or reason.startswith(f"{CANNOT_TELL}: ")
            for reason in reasons
        )


def test_rows_without_a_stated_start_or_read_second_hand_decide_nothing(peak, gone):
    for readings in (peak, gone):
        unknown = readings.rows[~readings.rows["anchor_known"]]
        assert len(unknown) > 0
        answers = [*unknown["from_start"], *unknown["from_end"]]
        assert all(answer.startswith(CANNOT_TELL) for answer in answers)
        second_hand = readings.rows[readings.rows["source_level"] == "secondary"]
        answers = {*second_hand["from_start"], *second_hand["from_end"]}
        assert answers == {f"{CANNOT_TELL}: read second-hand"}


def test_rows_of_a_source_that_is_retracted_decide_nothing(evidence):
    timing_ids = ("lane-2018/t03", "spraylabel/t01")
    chosen = evidence.timing["timing_id"].isin(timing_ids)
    gone = {
        key: dataclasses.replace(evidence.references[key], status="retracted")
        for key in evidence.timing.loc[chosen, "reference"]
    }
    withdrawn = dataclasses.replace(evidence, references={**evidence.references, **gone})
    peaks = both_readings(clock_times(withdrawn), PEAK, ABOUT_30).rows.set_index("timing_id")
    answers = peaks.loc[list(timing_ids), ["from_start", "from_end"]].to_numpy()
    assert (answers == f"{CANNOT_TELL}: its source was retracted").all()


@pytest.mark.parametrize("anchor", ["first-dose", "last-dose", "baseline", "primary-outcome-day"])
@pytest.mark.parametrize("time", [30, 500])
@pytest.mark.parametrize("route", ["iv", "intranasal"])
def test_a_time_counted_from_another_start_cannot_tell(read, anchor, time, route):
    reason = f"{CANNOT_TELL}: counted from another start"
    minutes = 40 if route == "iv" else None
    assert read(time, time, anchor, minutes=minutes, route=route) == (reason, reason)
