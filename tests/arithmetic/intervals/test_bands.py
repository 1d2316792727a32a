"""Known still there, unknown, known gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.arithmetic.intervals.bands import knowledge_bands


def states(lower, upper, time, **more):
    bands = knowledge_bands(event_intervals(lower, upper, **more), [time])
    return bands.still_there[0], bands.unknown[0], bands.gone[0]


@pytest.mark.parametrize(
    ("time", "state"),
    [(0, "there"), (3, "there"), (3.1, "unknown"), (6.9, "unknown"), (7, "gone"), (9, "gone")],
)
def test_a_row_last_seen_at_3_and_gone_by_7(time, state):
    names = ("there", "unknown", "gone")
    assert dict(zip(names, states([3], [7], time), strict=True))[state] == 1


def test_an_exact_loss_is_gone_at_its_time():
    assert states([7], [7], 6.9) == (1, 0, 0)
    assert states([7], [7], 7) == (0, 0, 1)


def test_an_open_end_is_never_gone():
    assert states([7], [None], 1e9) == (0, 1, 0)


def test_weights_are_shares():
    assert states([7, 0], [None, 5], 6, weights=[3, 1]) == pytest.approx((0.75, 0, 0.25))


def test_without_rows_all_is_unknown():
    bands = knowledge_bands(event_intervals([], []), [1, 2])
    assert bands.unknown.tolist() == [1, 1]
    assert (bands.n, bands.k, bands.weight) == (0, 0, 0)
    assert bands.summary() == "no intervals"


def test_clusters_are_counted():
    intervals = event_intervals([1, 2, 3], [4, 5, 6], clusters=["a", "a", "b"])
    bands = knowledge_bands(intervals, [4])
    assert (bands.n, bands.k) == (3, 2)
    assert list(bands.to_frame().columns) == ["time", "still_there", "unknown", "gone"]
    assert "3 rows" in bands.summary()


def test_six_rows_of_six_are_all_of_them_at_every_time():
    """1.0 was followed by 0.9999999999999999 when shares were added and not counted."""
    bands = knowledge_bands(event_intervals([0, 0, 1, 0, 0, 0], [2, 2, 2, 0, 0, 0]), range(6))
    assert bands.gone.tolist() == [0.5, 0.5, 1, 1, 1, 1]
    assert bands.still_there[2:].tolist() == bands.unknown[2:].tolist() == [0] * 4


def test_weights_that_no_binary_fraction_holds_move_one_way_too():
    intervals = event_intervals([0, 0, 1], [1, 2, 3], weights=[0.1, 0.2, 0.3])
    bands = knowledge_bands(intervals, range(5))
    assert bands.gone.tolist() == pytest.approx([0, 1 / 6, 1 / 2, 1, 1], rel=1e-15)
    assert bands.gone[-1] == 1


row = st.integers(0, 20).flatmap(
    lambda low: st.tuples(st.just(low), st.none() | st.integers(low, 25))
)


@given(st.lists(row, min_size=1, max_size=10), st.lists(st.integers(0, 30), min_size=2, max_size=6))
def test_shares_sum_to_one_and_knowledge_moves_one_way(rows, times):
    bands = knowledge_bands(event_intervals(*zip(*rows, strict=True)), sorted(times))
    total = bands.still_there + bands.unknown + bands.gone
    assert total == pytest.approx([1] * len(times))
    assert sorted(bands.gone) == bands.gone.tolist()
    assert sorted(bands.still_there, reverse=True) == bands.still_there.tolist()
