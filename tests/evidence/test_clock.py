"""Times on one clock: every rule about anchors by name, then properties, then the real rows."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence_tools.evidence.clock import (
    DOSE_CLOCK,
    OFF_CLOCK,
    REPEATED,
    ClockInterval,
    Infusion,
    clock_times,
    on_clock,
)
from made import made_evidence

LONGEST = 100.0
IV_40 = Infusion(route="iv", minutes=40)
IV_UNKNOWN = Infusion(route="iv")
ROUTE_UNKNOWN = Infusion()
NASAL = Infusion(route="intranasal")

OWN_CLOCKS = ["baseline", "first-dose", "last-dose", "primary-outcome-day"]
NO_INFUSION = ["im", "sc", "intranasal", "oral", "sublingual"]
ON_DOSE_CLOCK = ["infusion-start", "infusion-end", "dose", ""]
OFF_EVENTS = ["infusion-duration", "drug-onset-other"]
REPEATED_PHASES = ["after-course", "during-dosing"]
OTHER_PHASES = ["after-single-dose", "between-doses", "not-applicable", "unknown"]
PHASES = [*REPEATED_PHASES, *OTHER_PHASES]


def place(lower, upper, anchor, infusion, **others) -> ClockInterval:
    return on_clock(
        lower=lower,
        upper=upper,
        anchor=anchor,
        infusion=infusion,
        longest=LONGEST,
        **{"event": "side-effect-resolved", **others},
    )


def bounds(interval: ClockInterval) -> tuple[float | None, float | None]:
    return interval.lower, interval.upper


RULES = [
    # name, lower, upper, anchor, infusion, then lower and upper on the clock
    ("infusion start is the zero", 30, 40, "infusion-start", IV_40, 30, 40),
    ("infusion start needs no length", 30, 40, "infusion-start", IV_UNKNOWN, 30, 40),
    ("infusion end adds the minutes of the arm", 230, 240, "infusion-end", IV_40, 270, 280),
    ("a lower bound of 0 stays 0 at the end", 0, 120, "infusion-end", IV_40, 0, 160),
    ("at the very end of the infusion", 0, 0, "infusion-end", IV_40, 0, 40),
    ("infusion end, unknown length", 30, 60, "infusion-end", IV_UNKNOWN, 30, 160),
    ("infusion end, unknown route", 30, 60, "infusion-end", ROUTE_UNKNOWN, 30, 160),
    ("dose may mean start or end", 30, 60, "dose", IV_40, 30, 100),
    ("dose, unknown length", 30, 60, "dose", IV_UNKNOWN, 30, 160),
    ("dose, unknown route", 30, 60, "dose", ROUTE_UNKNOWN, 30, 160),
    ("no anchor, known length", 30, 60, "", IV_40, 30, 100),
    ("no anchor, unknown length", 40, 80, "", IV_UNKNOWN, 40, 180),
    ("no anchor, unknown route", 40, 80, "", ROUTE_UNKNOWN, 40, 180),
    ("no anchor, no infusion", 40, 80, "", NASAL, 40, 80),
    ("no lower bound begins at 0", None, 120, "infusion-start", IV_40, 0, 120),
    ("no lower bound, infusion end", None, 120, "infusion-end", IV_40, 0, 160),
    ("no upper bound stays open", 10080, None, "infusion-end", IV_40, 10120, None),
    ("no upper bound, dose", 10080, None, "dose", IV_40, 10080, None),
]


@pytest.mark.parametrize(
    ("lower", "upper", "anchor", "infusion", "begin", "end"),
    [rule[1:] for rule in RULES],
    ids=[rule[0] for rule in RULES],
)
def test_rule_of_the_clock(lower, upper, anchor, infusion, begin, end):
    interval = place(lower, upper, anchor, infusion)
    assert interval.clock == DOSE_CLOCK
    assert bounds(interval) == (begin, end)


@pytest.mark.parametrize("route", NO_INFUSION)
@pytest.mark.parametrize("anchor", ["dose", "infusion-start", "infusion-end"])
def test_without_an_infusion_the_dose_is_the_zero(route, anchor):
    interval = place(30, 60, anchor, Infusion(route=route))
    assert (interval.clock, *bounds(interval)) == (DOSE_CLOCK, 30, 60)


@pytest.mark.parametrize("anchor", OWN_CLOCKS)
@pytest.mark.parametrize(("lower", "upper"), [(30, 60), (None, 60), (30, None), (None, None)])
def test_own_clocks_are_kept_and_nothing_is_shifted(anchor, lower, upper):
    interval = place(lower, upper, anchor, IV_40)
    assert interval == ClockInterval(clock=anchor, lower=lower, upper=upper)


@pytest.mark.parametrize("event", OFF_EVENTS)
@pytest.mark.parametrize("anchor", ["infusion-start", "infusion-end", "dose", "baseline", ""])
@pytest.mark.parametrize("phase", PHASES)
def test_lengths_of_infusions_and_other_drugs_are_off_the_clock(event, anchor, phase):
    interval = place(40, 50, anchor, IV_40, event=event, phase=phase)
    assert interval == ClockInterval(clock="off-the-clock", lower=40, upper=50)


@pytest.mark.parametrize("phase", REPEATED_PHASES)
@pytest.mark.parametrize("infusion", [IV_40, IV_UNKNOWN, ROUTE_UNKNOWN, NASAL])
@pytest.mark.parametrize(
    ("lower", "upper"), [(30, 60), (0, 60), (None, 60), (30, None), (None, None)]
)
def test_repeated_dosing_without_an_anchor_has_its_own_clock_and_is_not_shifted(
    phase, infusion, lower, upper
):
    assert place(lower, upper, "", infusion, phase=phase) == ClockInterval(
        clock="repeated-dosing",
        lower=lower,
        upper=upper,
        notes=("the source does not say from which dose it counts",),
    )


@pytest.mark.parametrize("phase", REPEATED_PHASES)
@pytest.mark.parametrize("anchor", [*ON_DOSE_CLOCK[:3], *OWN_CLOCKS])
def test_with_an_anchor_repeated_dosing_is_placed_by_it(phase, anchor):
    interval = place(30, 60, anchor, IV_40, phase=phase)
    assert interval == place(30, 60, anchor, IV_40)
    assert interval.clock == (anchor if anchor in OWN_CLOCKS else DOSE_CLOCK)


@pytest.mark.parametrize("phase", OTHER_PHASES)
def test_without_an_anchor_other_phases_stay_on_the_common_clock(phase):
    interval = place(30, 60, "", IV_40, phase=phase)
    assert interval == place(30, 60, "", IV_40)
    assert (interval.clock, *bounds(interval)) == (DOSE_CLOCK, 30, 100)


@pytest.mark.parametrize(
    ("anchor", "infusion", "words"),
    [
        ("", NASAL, "the source does not say from when it counts"),
        ("dose", IV_40, "the dose, which may mean the start or the end"),
        ("dose", IV_40, "up to 40 min of infusion allowed for"),
        ("infusion-end", IV_40, "40 min of infusion added"),
        ("infusion-end", NASAL, "the route has no infusion"),
        ("dose", IV_UNKNOWN, "length of the infusion not stated: 0 to 100 min allowed for"),
        ("dose", ROUTE_UNKNOWN, "route not stated"),
    ],
)
def test_what_was_assumed_is_said(anchor, infusion, words):
    assert words in "; ".join(place(30, 60, anchor, infusion).notes)


@pytest.mark.parametrize(
    ("lower", "anchor", "infusion", "notes"),
    [
        (30, "infusion-start", IV_UNKNOWN, ()),
        (30, "dose", NASAL, ()),
        (0, "dose", NASAL, ()),
        (None, "dose", NASAL, ("no earliest time stated",)),
    ],
)
def test_where_nothing_was_assumed_nothing_is_said(lower, anchor, infusion, notes):
    assert place(lower, 60, anchor, infusion).notes == notes


@pytest.mark.parametrize("anchor", ON_DOSE_CLOCK)
def test_without_any_bound_nothing_is_invented(anchor):
    wanted = ClockInterval(clock=DOSE_CLOCK, lower=None, upper=None, notes=("no time given",))
    assert place(None, None, anchor, IV_UNKNOWN) == wanted


# Properties

times = st.floats(0, 1e6)
lengths = st.floats(0, LONGEST)
anchors = st.sampled_from(ON_DOSE_CLOCK)


@st.composite
def time_bounds(draw):
    lower, upper = sorted((draw(times), draw(times)))
    return draw(
        st.sampled_from(
            [(lower, upper), (None, upper), (lower, None), (lower, lower), (0.0, upper)]
        )
    )


def contains(wide: ClockInterval, narrow: ClockInterval) -> bool:
    return edges(wide)[0] <= edges(narrow)[0] and edges(narrow)[1] <= edges(wide)[1]


def edges(interval: ClockInterval) -> tuple[float, float]:
    lower, upper = bounds(interval)
    return (float("-inf") if lower is None else lower, float("inf") if upper is None else upper)


def width(interval: ClockInterval) -> float:
    return edges(interval)[1] - edges(interval)[0]


@given(time_bounds(), anchors, st.sampled_from(["iv", *NO_INFUSION]), lengths)
def test_unknown_route_contains_every_route(printed, anchor, route, minutes):
    known = place(*printed, anchor, Infusion(route=route, minutes=minutes))
    assert contains(place(*printed, anchor, ROUTE_UNKNOWN), known)


@given(time_bounds(), st.sampled_from(ON_DOSE_CLOCK[:3]), st.none() | lengths)
def test_no_anchor_contains_every_anchor_and_dose_the_start_and_the_end(printed, anchor, minutes):
    infusion = Infusion(route="iv", minutes=minutes)
    known = place(*printed, anchor, infusion)
    assert contains(place(*printed, "", infusion), known)
    assert contains(place(*printed, "dose", infusion), known)


@given(time_bounds(), anchors, lengths)
@example((0.0, 0.0), "infusion-end", 100.0)
def test_unknown_length_contains_every_length_and_is_never_narrower(printed, anchor, minutes):
    known = place(*printed, anchor, Infusion(route="iv", minutes=minutes))
    unknown = place(*printed, anchor, IV_UNKNOWN)
    assert contains(unknown, known)
    assert width(known) <= width(unknown) + 1e-9


@given(time_bounds(), anchors, st.sampled_from(["iv", "", *NO_INFUSION]), st.none() | lengths)
def test_bounds_keep_their_order_and_never_move_back(printed, anchor, route, minutes):
    interval = place(*printed, anchor, Infusion(route=route, minutes=minutes))
    assert interval.lower is not None
    assert 0 <= interval.lower <= edges(interval)[1]
    lower, upper = printed
    assert interval.lower >= (lower or 0)
    assert (interval.upper is None) == (upper is None)
    assert upper is None or interval.upper >= upper


# The shipped evidence


@pytest.fixture(scope="module")
def rows(evidence) -> pd.DataFrame:
    return clock_times(evidence).rows


def row_of(rows: pd.DataFrame, timing_id: str) -> pd.Series:
    (index,) = rows.index[rows["timing_id"] == timing_id]
    return rows.loc[index]


def test_every_row_is_kept_in_its_order_and_has_a_clock(evidence, rows):
    timing = evidence.timing
    printed = timing.drop(columns="term")
    pd.testing.assert_frame_equal(rows[printed.columns], printed)
    assert set(rows["clock"]) == {DOSE_CLOCK, OFF_CLOCK, REPEATED, *OWN_CLOCKS[:3]}
    assert sorted(evidence.schema["timing"]["phase"].vocabulary) == sorted(PHASES)
    assert (rows["anchor_known"] == timing["anchor"].notna()).all()
    silent = (timing["lower"].isna() & timing["upper"].isna()).to_numpy()
    assert silent.any()
    assert rows.loc[silent, ["lower_min", "upper_min"]].isna().all(axis=None)
    assert rows.loc[~silent, "lower_min"].notna().all()
    both = rows.dropna(subset=["lower_min", "upper_min"])
    assert (both["lower_min"] <= both["upper_min"]).all()


@pytest.mark.parametrize("clock", [OFF_CLOCK, REPEATED])
def test_a_clock_of_its_own_holds_the_rows_of_its_rule_and_no_other(evidence, rows, clock):
    timing = evidence.timing
    expected = timing["event"].isin(OFF_EVENTS)
    if clock == REPEATED:
        expected = timing["anchor"].isna() & timing["phase"].isin(REPEATED_PHASES)
    assert expected.any()
    assert list(rows["clock"] == clock) == list(expected)


def test_the_order_of_rows_and_arms_does_not_matter(evidence, rows):
    shuffled = evidence.timing.sample(frac=1, random_state=1).reset_index(drop=True)
    assert list(shuffled["timing_id"]) != list(rows["timing_id"])
    again = clock_times(dataclasses.replace(evidence, timing=shuffled)).rows
    again = again.set_index("timing_id").loc[rows["timing_id"]].reset_index()
    pd.testing.assert_frame_equal(again[rows.columns], rows)
    arms = evidence.arms.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(clock_times(dataclasses.replace(evidence, arms=arms)).rows, rows)


def test_retraction_follows_the_source_of_the_row_before_that_of_its_study(evidence):
    main = evidence.studies.set_index("study_id")["reference"]
    timing = evidence.timing.copy()
    timing.loc[timing["timing_id"] == "void-2025/t01", "reference"] = main["tang-2020"]
    timing.loc[timing["timing_id"] == "tang-2020/t01", "reference"] = main["void-2025"]
    swapped = clock_times(dataclasses.replace(evidence, timing=timing)).rows
    assert not row_of(swapped, "void-2025/t01")["retracted"]
    assert row_of(swapped, "tang-2020/t01")["retracted"]
    for stated in (evidence.timing, timing.assign(reference=pd.Series(dtype="str"))):
        rows = clock_times(dataclasses.replace(evidence, timing=stated)).rows
        assert (rows["retracted"] == (rows["study_id"] == "void-2025")).all()


BY_HAND = [
    # minutes of the infusion (None: not stated), then the row, then the clock
    ("230 min after the end of 40", 40, {"lower": 230, "anchor": "infusion-end"}, 270, None),
    ("30 to 40 min after the start", 40, {"lower": 30, "upper": 40}, 30, 40),
    ("no anchor, no length", None, {"lower": 40, "upper": 80, "anchor": None}, 40, 180),
    ("2 h after the end, no length", None, {"upper": 120, "anchor": "infusion-end"}, 0, 220),
    ("no anchor, 40 min", 40, {"lower": 30, "upper": 30, "anchor": None}, 30, 70),
    ("three months", 40, {"lower": 3, "unit": "mo", "anchor": "first-dose"}, 3 * 43830, None),
]


@pytest.mark.parametrize(
    ("minutes", "row", "lower", "upper"), [r[1:] for r in BY_HAND], ids=[r[0] for r in BY_HAND]
)
def test_row_worked_out_by_hand(minutes, row, lower, upper):
    arm = {"arm_id": "x/ketamine", "infusion_minutes": minutes}
    stated = {"arm_id": "x/ketamine", "unit": "min", "anchor": "infusion-start", "term": "nausea"}
    (placed,) = clock_times(
        made_evidence(arms=[arm], timing=[stated | {"event": "side-effect-peak"} | row])
    ).rows.to_dict("records")
    assert placed["lower_min"] == lower
    assert (None if pd.isna(placed["upper_min"]) else placed["upper_min"]) == upper


@pytest.fixture(scope="module")
def two_arms():
    """Two treated arms and a control, each infused over 40 minutes; t01 names no arm."""
    row = {"study_id": "two", "anchor": "infusion-end", "upper": 1440, "unit": "min"}
    return made_evidence(
        arms=[
            {"arm_id": "two/one"},
            {"arm_id": "two/other"},
            {"arm_id": "two/saline", "infusion_minutes": 40},
        ],
        timing=[
            row | {"timing_id": "two/t01"},
            row | {"timing_id": "two/t02", "arm_id": "two/one"},
        ],
    )


def test_a_row_without_an_arm_uses_what_all_treated_arms_share(two_arms):
    row = row_of(clock_times(two_arms).rows, "two/t01")
    assert pd.isna(row["arm_id"])
    assert (row["route"], row["infusion_minutes"], row["upper_min"]) == ("iv", 40, 1440 + 40)
    assert "what all treated arms of the study share is used" in row["clock_note"]
    own = row_of(clock_times(two_arms).rows, "two/t02")
    assert (own["route"], own["infusion_minutes"], own["drug"]) == ("iv", 40, "ketamine")
    assert "no arm named" not in own["clock_note"]
    control = two_arms.arms["role"] == "control"
    assert control.any()
    longer = two_arms.arms.assign(infusion_minutes=control.map({True: 99.0, False: 40.0}))
    row = row_of(clock_times(dataclasses.replace(two_arms, arms=longer)).rows, "two/t01")
    assert row["infusion_minutes"] == 40, "controls do not speak for the treated"


@pytest.mark.parametrize(
    ("column", "other", "route", "minutes", "upper"),
    [
        # all treated arms: into a vein, 40 min; the row: 24 h after the end
        ("infusion_minutes", 60.0, "iv", None, 1440 + 100),
        ("infusion_minutes", None, "iv", None, 1440 + 100),
        ("route", "im", "", 40.0, 1440 + 40),
        ("route", None, "", 40.0, 1440 + 40),
    ],
)
@pytest.mark.parametrize("arm", ["one", "other"])
def test_where_treated_arms_disagree_nothing_is_taken_from_them(
    two_arms, arm, column, other, route, minutes, upper
):
    arms = two_arms.arms.copy()
    arms.loc[arms["arm_id"] == f"two/{arm}", column] = other
    row = row_of(clock_times(dataclasses.replace(two_arms, arms=arms)).rows, "two/t01")
    assert row["route"] == route
    assert (None if pd.isna(row["infusion_minutes"]) else row["infusion_minutes"]) == minutes
    assert row["upper_min"] == upper


def test_a_study_without_arms_widens_to_the_longest_infusion():
    row = {"study_id": "no-arms", "timing_id": "no-arms/t01", "upper": 7, "unit": "d"}
    evidence = made_evidence(timing=[row])
    assert evidence.arms.empty
    row = row_of(clock_times(evidence).rows, "no-arms/t01")
    assert (row["route"], row["upper_min"]) == ("", 7 * 1440 + 100)


def test_the_longest_infusion_comes_from_the_rules(evidence):
    shorter = dataclasses.replace(evidence.rules.clock, longest_infusion_minutes=10)
    rules = dataclasses.replace(evidence.rules, clock=shorter)
    times = clock_times(dataclasses.replace(evidence, rules=rules))
    assert times.longest_infusion == 10
    assert row_of(times.rows, "tang-2020/t06")["upper_min"] == 80 + 10


def test_the_summary_counts_every_row_once_and_a_frame_is_a_copy(evidence, rows):
    times = clock_times(evidence)
    frame = times.to_frame()
    frame["lower_min"] = -1.0
    assert not (times.rows["lower_min"] == -1).any()
    summary = times.summary()
    on_clock_rows = rows[rows["clock"] == DOSE_CLOCK]
    unknown = (~on_clock_rows["anchor_known"]).sum()
    assert f"{len(on_clock_rows)} of {len(rows)} timing rows are on the common clock" in summary
    assert f"{unknown} of them without a stated anchor" in summary
    others = [int(part.split()[0]) for part in summary.split("own: ")[1].split(", ")]
    assert sum(others) + len(on_clock_rows) == len(rows)
