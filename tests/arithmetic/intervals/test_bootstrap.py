"""Bands of Turnbull's estimate by resampling clusters."""

from itertools import product

import numpy as np

from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.arithmetic.intervals.bootstrap import bootstrap_band
from evidence_tools.arithmetic.intervals.npmle import npmle

LOWER, UPPER = [0, 2, 4, 7, 7, 10], [3, 5, 8, None, 14, None]


def band(clusters=None, **more):
    intervals = event_intervals(LOWER, UPPER, clusters=clusters)
    return bootstrap_band(intervals, [1, 4, 7, 12], n_resamples=100, **more)


def test_the_same_seed_gives_the_same_band():
    assert band(seed=3).low.tolist() == band(seed=3).low.tolist()
    assert band(seed=3).low.tolist() != band(seed=4).low.tolist()


def test_low_lies_below_high_and_both_fall():
    found = band()
    assert (found.low <= found.high).all()
    assert ((found.low >= 0) & (found.high <= 1)).all()
    assert (np.diff(found.low) <= 0).all()
    assert (np.diff(found.high) <= 0).all()


def test_one_cluster_cannot_be_resampled():
    found = band(clusters=["one"] * 6)
    assert (found.low, found.high, found.k) == (None, None, 1)
    assert found.notes == ("Below two clusters there is nothing to resample.",)
    assert found.to_frame()[["low", "high"]].isna().all(axis=None)


def test_without_rows_there_is_no_band():
    found = bootstrap_band(event_intervals([], []), [1])
    assert (found.low, found.high, found.k) == (None, None, 0)


def test_rows_of_a_cluster_are_drawn_together():
    """Two clusters: a resample is one, the other, or both; every curve is one of these."""
    intervals = event_intervals([1, 1, 5], [1, 1, 5], clusters=["a", "a", "b"])
    found = bootstrap_band(intervals, [2], n_resamples=200)
    possible = {
        round(npmle(intervals.take(np.concatenate(parts))).survival_at(2)[0], 9)
        for parts in product([np.array([0, 1]), np.array([2])], repeat=2)
    }
    assert possible == {0, round(1 / 3, 9), 1}
    assert (found.low[0], found.high[0]) == (0, 1)


def test_what_the_data_leave_open_widens_the_band():
    """Within [3, 8] nobody knows, however often the same rows are drawn."""
    found = bootstrap_band(event_intervals([3, 3], [8, 8]), [5], n_resamples=20)
    assert (found.low.tolist(), found.high.tolist()) == ([0], [1])


def test_the_summary_says_what_was_resampled():
    assert "100 resamples of 6 clusters" in band().summary()
