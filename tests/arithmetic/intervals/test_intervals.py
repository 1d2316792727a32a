"""The door for times of events."""

import numpy as np
import pytest

from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.base.errors import NotEstimableError


def test_missing_bounds_are_open():
    found = event_intervals([None, 3, float("nan")], [7, None, float("inf")])
    assert found.lower.tolist() == [0, 3, 0]
    assert found.upper.tolist() == [7, np.inf, np.inf]
    assert found.seen.tolist() == [True, False, False]


def test_weights_and_clusters_are_one_each_where_left_out():
    found = event_intervals([0, 1], [2, 3])
    assert found.weight.tolist() == [1, 1]
    assert found.cluster.tolist() == [0, 1]


def test_clusters_are_numbered_in_the_order_they_come():
    found = event_intervals([0, 1, 2], [2, 3, 4], clusters=["otago", "kads", "otago"])
    assert found.cluster.tolist() == [0, 1, 0]


def test_rows_can_be_taken_more_than_once():
    found = event_intervals([0, 1], [2, 3], weights=[5, 6]).take(np.array([1, 1]))
    assert (len(found), found.lower.tolist(), found.weight.tolist()) == (2, [1, 1], [6, 6])


def test_no_rows_are_no_error():
    assert len(event_intervals([], [])) == 0


@pytest.mark.parametrize(
    ("lower", "upper", "more", "words"),
    [
        ([0, 9], [7, 8], {}, "row 2, upper: found 8; allowed: lower or more"),
        ([-1], [7], {}, "row 1, lower: found -1"),
        ([float("inf")], [None], {}, "row 1, lower: found inf"),
        ([0, 0], [7, 7], {"weights": [1, 0]}, "row 2, weight: found 0"),
        ([0], [7], {"weights": [None]}, "row 1, weight: found nan"),
        ([0, 0], [7], {}, "found 2 lower, 1 upper"),
        ([0], [7], {"clusters": ["a", "b"]}, "2 clusters; allowed: equally many of each"),
    ],
)
def test_wrong_numbers_are_refused_with_their_row(lower, upper, more, words):
    with pytest.raises(NotEstimableError, match=words):
        event_intervals(lower, upper, **more)
