"""Periods of relief: what may be joined, what may not, and that no row disappears."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.evidence.clock import ClockTimes, clock_times
from evidence_tools.evidence.relief import AVERAGE_EVENTS, LOSS_EVENTS, relief_periods
from made import made_evidence

DAY = 1440.0


@pytest.fixture(scope="module")
def rows(evidence) -> pd.DataFrame:
    return clock_times(evidence).rows


@pytest.fixture(scope="module")
def periods(rows) -> pd.DataFrame:
    return periods_of(rows)


@pytest.fixture(scope="module")
def pair() -> pd.DataFrame:
    """Last seen at day 3 (t01) and lost between day 3 and day 7 (t04), of the same people."""
    row = {"arm_id": "duo-2010/ketamine", "effect": "depression", "lower": 3, "n": 18}
    row |= {"unit": "d", "anchor": "infusion-end"}
    seen = row | {"timing_id": "duo-2010/t01", "event": "relief-last-seen"}
    lost = row | {"timing_id": "duo-2010/t04", "event": "relief-lost", "upper": 7}
    lost |= {"loss_kind": "no-longer-different-from-control"}
    unknown = {"arm_id": "duo-2010/ketamine", "infusion_minutes": None}
    return clock_times(made_evidence(arms=[unknown], timing=[seen, lost])).rows


def periods_of(frame: pd.DataFrame) -> pd.DataFrame:
    return relief_periods(ClockTimes(rows=frame, longest_infusion=100)).rows


def changed(pair: pd.DataFrame, column: str, value, *, at: int = 1) -> pd.DataFrame:
    frame = pair.copy()
    frame.loc[at, column] = value
    return frame


def bounds(period: pd.Series) -> tuple[float | None, float | None]:
    return tuple(
        None if pd.isna(period[column]) else period[column]
        for column in ("seen_until_min", "gone_by_min")
    )


def ids_in(frame: pd.DataFrame) -> list[str]:
    return [timing_id for ids in frame["timing_ids"] for timing_id in ids]


def test_last_seen_and_lost_of_the_same_people_make_one_loss(pair):
    (_, period), *others = periods_of(pair).iterrows()
    assert others == []
    assert period["kind"] == "loss"
    assert bounds(period) == (3 * DAY, 7 * DAY + 100)
    assert period["timing_ids"] == ("duo-2010/t01", "duo-2010/t04")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("study_id", "zarate-2012"),
        ("arm_id", "duo-2010/placebo"),
        ("arm_id", None),
        ("clock", "first-dose"),
        ("anchor", "dose"),
        ("anchor", None),
        ("phase", "after-course"),
        ("n", 17),
        ("n", None),
        ("effect", "anxiety"),
        ("basis", "significant-vs-baseline"),
        ("basis", None),
    ],
)
def test_one_difference_prevents_the_join(pair, key, value):
    apart = periods_of(changed(pair, key, value))
    assert sorted(apart["kind"]) == ["loss", "still-there"]
    assert sorted(ids_in(apart)) == sorted(pair["timing_id"])


@pytest.mark.parametrize(
    "same",
    [
        {"source_level": ["abstract", "secondary"]},
        {"note": ["words", "other words"]},
        {"loss_kind": [None, "unknown"]},
        {"n": [pd.NA, pd.NA], "arm_id": [None, None]},
    ],
    ids=["another level", "another note", "another kind of loss", "keys that both leave out"],
)
def test_other_differences_do_not_prevent_it(pair, same):
    (_, period), *others = periods_of(pair.assign(**same)).iterrows()
    assert others == []
    assert (period["kind"], *bounds(period)) == ("loss", 3 * DAY, 7 * DAY + 100)
    if "source_level" in same:
        assert period["source_level"] == "abstract; secondary"
        assert period["basis"] == "significant-vs-control"


def test_what_cannot_be_joined_stays_apart(pair):
    """Last seen after the first loss; or without any time."""
    late = periods_of(changed(pair, "lower_min", 8 * DAY, at=0)).set_index("kind")
    assert bounds(late.loc["still-there"]) == (8 * DAY, None)
    assert bounds(late.loc["loss"]) == (3 * DAY, 7 * DAY + 100)
    silent = periods_of(pair.assign(lower_min=float("nan"), upper_min=float("nan")))
    assert sorted(ids_in(silent)) == sorted(pair["timing_id"])
    assert silent[["seen_until_min", "gone_by_min"]].isna().all(axis=None)
    assert periods_of(pair.assign(event="relief-onset")).empty


def test_last_seen_when_first_lost_is_a_loss_at_that_time(pair):
    (_, period), *others = periods_of(changed(pair, "lower_min", 7 * DAY + 100, at=0)).iterrows()
    assert others == []
    assert bounds(period) == (7 * DAY + 100, 7 * DAY + 100)


@pytest.mark.parametrize(
    ("seen", "lost_from", "begin"), [(5 * DAY, 3 * DAY, 5 * DAY), (2 * DAY, 3 * DAY, 3 * DAY)]
)
def test_the_later_of_two_last_looks_begins_the_loss(pair, seen, lost_from, begin):
    frame = changed(changed(pair, "lower_min", seen, at=0), "lower_min", lost_from)
    (period,) = periods_of(frame)["seen_until_min"]
    assert period == begin


def test_losses_that_exclude_each_other_are_not_joined(pair):
    """Seen until day 2, lost by day 3, and lost between day 5 and day 7: bounds were reversed."""
    early = changed(pair, "lower_min", 2 * DAY, at=0)
    early = changed(changed(early, "lower_min", 1 * DAY), "upper_min", 3 * DAY)
    late = pair.iloc[[1]].assign(timing_id="late", lower_min=5 * DAY, upper_min=7 * DAY)
    apart = periods_of(pd.concat([early, late], ignore_index=True))
    assert sorted(ids_in(apart)) == ["duo-2010/t01", "duo-2010/t04", "late"]
    both = apart.dropna(subset=["gone_by_min"])
    assert (both["seen_until_min"] <= both["gone_by_min"]).all()


@pytest.mark.parametrize(
    ("at", "lower", "kind", "upper"),
    [
        (1, 3 * DAY, "loss", 7 * DAY + 100),
        (1, 0.0, "lost", 7 * DAY + 100),
        (0, 3 * DAY, "still-there", None),
    ],
)
def test_lost_alone_is_a_loss_only_if_it_was_seen_before(pair, at, lower, kind, upper):
    (_, period), *others = periods_of(pair.iloc[[at]].assign(lower_min=lower)).iterrows()
    assert others == []
    assert (period["kind"], *bounds(period)) == (kind, lower, upper)


@pytest.mark.parametrize(("event", "kind"), AVERAGE_EVENTS.items())
@pytest.mark.parametrize("partner", LOSS_EVENTS)
def test_an_average_never_bounds_a_group(pair, event, kind, partner):
    """The average stands at day 5, between the last look and the first loss."""
    partner_row = pair[pair["event"] == partner]
    average = partner_row.assign(event=event, timing_id="average")
    average = average.assign(lower_min=5 * DAY, upper_min=5 * DAY)
    alone = periods_of(partner_row)
    beside = periods_of(pd.concat([partner_row, average], ignore_index=True))
    assert sorted(beside["kind"]) == sorted([*alone["kind"], kind])
    group = beside[beside["kind"] != kind]
    assert bounds(group.iloc[0]) == bounds(alone.iloc[0])
    assert ids_in(beside[beside["kind"] == kind]) == ["average"]


@pytest.mark.parametrize("known", [True, False])
def test_a_period_says_whether_its_start_is_stated(pair, known):
    average = pair.iloc[[0]].assign(event="response-mean-duration", timing_id="average")
    frame = pd.concat([pair, average], ignore_index=True).assign(anchor_known=known)
    assert list(periods_of(frame)["anchor_known"]) == [known, known]
    assert list(periods_of(frame.iloc[[0]])["anchor_known"]) == [known]


@pytest.mark.parametrize("at", [0, 1])
def test_one_retracted_row_marks_the_whole_period(pair, at):
    assert list(periods_of(changed(pair, "retracted", True, at=at))["retracted"]) == [True]
    assert list(periods_of(pair)["retracted"]) == [False]


@given(
    st.lists(
        st.tuples(st.sampled_from(LOSS_EVENTS), st.integers(0, 30), st.none() | st.integers(0, 30)),
        min_size=1,
        max_size=5,
    )
)
def test_any_rows_give_ordered_periods_and_each_row_once(pair, looks):
    frame = pd.concat([pair.iloc[[0]]] * len(looks), ignore_index=True)
    frame["event"] = [event for event, _, _ in looks]
    frame["timing_id"] = [f"t{number}" for number in range(len(looks))]
    frame["lower_min"] = [float(begin) for _, begin, _ in looks]
    frame["upper_min"] = [
        float("nan") if more is None or event == "relief-last-seen" else float(begin + more)
        for event, begin, more in looks
    ]
    result = periods_of(frame)
    assert list(result.columns) == list(periods_of(pair).columns)
    assert set(result["anchor_known"]) == {True}
    assert sorted(ids_in(result)) == sorted(frame["timing_id"])
    both = result.dropna(subset=["gone_by_min"])
    assert (both["seen_until_min"] <= both["gone_by_min"]).all()


# The made-up world


def test_every_row_on_relief_is_in_exactly_one_period(rows, periods):
    events = [*LOSS_EVENTS, *AVERAGE_EVENTS]
    expected = rows.loc[rows["event"].isin(events), "timing_id"]
    assert len(expected)
    assert Counter(ids_in(periods)) == Counter(expected)
    assert set(periods.loc[periods["retracted"], "study_id"]) == {"void-2025"}
    assert set(periods["anchor_known"]) == {True, False}
    for event, kind in AVERAGE_EVENTS.items():
        averages = set(rows.loc[rows["event"] == event, "timing_id"])
        assert set(ids_in(periods[periods["kind"] == kind])) == averages != set()


def test_the_one_pair_of_the_world_is_joined_and_no_other(periods):
    joined = periods[periods["timing_ids"].map(len) > 1].set_index("study_id")
    assert dict(joined["timing_ids"]) == {"cole-2013": ("cole-2013/t02", "cole-2013/t03")}
    assert set(joined["kind"]) == {"loss"}


def test_different_numbers_of_people_of_one_arm_stay_apart(periods):
    """4 of the 20 people of reed-2017 lost relief by day 4; 16 still had it later."""
    between = periods[periods["timing_ids"].isin([("reed-2017/t02",), ("reed-2017/t03",)])]
    assert dict(zip(between["n"], between["kind"], strict=True)) == {4: "loss", 16: "still-there"}


def test_the_order_of_the_rows_does_not_matter(rows, periods):
    shuffled = rows.sample(frac=1, random_state=2).reset_index(drop=True)
    again = periods_of(shuffled)
    columns = ["study_id", "effect", "kind", "seen_until_min", "gone_by_min"]
    expected = periods[columns].sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(again[columns].sort_values(columns, ignore_index=True), expected)


def test_the_summary_counts_every_period_and_a_frame_is_a_copy(rows, periods):
    result = relief_periods(ClockTimes(rows=rows, longest_infusion=100))
    frame = result.to_frame()
    frame["kind"] = "changed"
    assert "changed" not in set(result.rows["kind"])
    total, kinds = result.summary().split(" periods of relief: ")
    assert int(total) == len(periods)
    assert sum(int(part.split()[0]) for part in kinds.split(", ")) == len(periods)
