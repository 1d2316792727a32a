"""How an interval of evidence lies to a claimed one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tools.arithmetic.intervals import relate, relation_to_claim

CASES = [
    # name, lower, upper, against 15 to 45, relation
    ("in the middle", 30, 40, "inside"),
    ("the claim itself", 15, 45, "inside"),
    ("exact and inside", 30, 30, "inside"),
    ("exact on the lower edge", 15, 15, "inside"),
    ("exact on the upper edge", 45, 45, "inside"),
    ("reaches below", 10, 30, "overlapping"),
    ("reaches above", 30, 60, "overlapping"),
    ("contains the claim", 0, 60, "overlapping"),
    ("touches from below", 0, 15, "overlapping"),
    ("touches from above", 45, 60, "overlapping"),
    ("before", 0, 14.9, "outside"),
    ("after", 45.1, 60, "outside"),
    ("exact and before", 10, 10, "outside"),
    ("exact and after", 50, 50, "outside"),
    ("open below, ends before", None, 10, "outside"),
    ("open below, touches", None, 15, "overlapping"),
    ("open below, ends inside", None, 30, "overlapping"),
    ("open below, ends after", None, 60, "overlapping"),
    ("open above, begins before", 0, None, "overlapping"),
    ("open above, begins inside", 30, None, "overlapping"),
    ("open above, touches", 45, None, "overlapping"),
    ("open above, begins after", 60, None, "outside"),
    ("open on both sides", None, None, "overlapping"),
]


@pytest.mark.parametrize(
    ("lower", "upper", "relation"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_relation_to_15_to_45(lower, upper, relation):
    assert relate(lower, upper, 15, 45) == relation


def test_a_reversed_claim_raises_and_names_both_bounds():
    with pytest.raises(ValueError, match="claimed interval reversed: 45 after 15"):
        relate(30, 40, 45, 15)


def test_a_claim_of_one_point_is_no_reversed_claim():
    assert relate(60, 60, 60, 60) == "inside"
    assert relate(59, 61, 60, 60) == "overlapping"
    assert relate(61, 61, 60, 60) == "outside"


whole = st.integers(-10_000, 10_000)


@st.composite
def intervals(draw):
    return tuple(sorted((draw(whole), draw(whole))))


def moved(bound, by):
    return None if bound is None else bound + by


opened = st.sampled_from([(True, True), (True, False), (False, True), (False, False)])


@given(intervals(), intervals(), opened, whole)
def test_moving_both_by_the_same_time_changes_nothing(seen, claimed, known, by):
    lower, upper = (bound if kept else None for bound, kept in zip(seen, known, strict=True))
    before = relate(lower, upper, *claimed)
    assert relate(moved(lower, by), moved(upper, by), *(moved(c, by) for c in claimed)) == before


@given(intervals(), intervals())
def test_inside_and_outside_are_what_every_point_says(seen, claimed):
    def within(point):
        return claimed[0] <= point <= claimed[1]

    relation = relate(*seen, *claimed)
    assert (relation == "inside") == (within(seen[0]) and within(seen[1]))
    disjoint = seen[1] < claimed[0] or claimed[1] < seen[0]
    assert (relation == "outside") == disjoint


@given(intervals(), intervals(), st.integers(0, 1000))
def test_wider_evidence_never_decides_more(seen, claimed, by):
    narrow, wide = relate(*seen, *claimed), relate(seen[0] - by, seen[1] + by, *claimed)
    assert wide in {narrow, "overlapping"}


@given(st.lists(whole, min_size=4, max_size=4).map(sorted))
def test_what_lies_between_the_bounds_is_inside_however_wide_the_claim(bounds):
    first, second, third, last = bounds
    assert relate(second, third, first, last) == "inside"


@given(intervals(), intervals())
def test_disjoint_and_overlapping_do_not_depend_on_who_claims(seen, claimed):
    assert (relate(*seen, *claimed) == "outside") == (relate(*claimed, *seen) == "outside")


WORDS = {"inside": "consistent", "outside": "inconsistent", "overlapping": "compatible"}


@pytest.mark.parametrize(
    ("lower", "upper", "relation"),
    [case[1:] for case in CASES[:-1]],
    ids=[case[0] for case in CASES[:-1]],
)
def test_what_a_relation_says_of_the_claim(lower, upper, relation):
    found = relation_to_claim(lower, upper, 15, 45)
    assert found.word == WORDS[relation]
    assert found.decides == (relation != "overlapping")


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        (30, 40, "lies within the claimed time"),
        (0, 14.9, "lies before the claimed time"),
        (60, None, "lies after the claimed time"),
        (30, None, "the watching ended before it could tell"),
        (45, None, "the watching ended before it could tell"),
        (0, 30, "may have been earlier"),
        (None, 15, "may have been earlier"),
        (30, 60, "may have been later"),
        (45, 60, "may have been later"),
        (0, 60, "wider than the claimed time on both sides"),
    ],
)
def test_the_reason_of_a_relation(lower, upper, reason):
    assert relation_to_claim(lower, upper, 15, 45).reason == reason


@pytest.mark.parametrize(("lower", "upper"), [(30, 40), (60, None), (0, 60)])
def test_an_unknown_anchor_decides_nothing(lower, upper):
    found = relation_to_claim(lower, upper, 15, 45, anchor_known=False)
    assert (found.word, found.reason, found.decides) == ("undetermined", "start not stated", False)


def test_without_any_bound_nothing_is_determined():
    found = relation_to_claim(None, None, 15, 45)
    assert (found.word, found.reason) == ("undetermined", "no time given")


def test_a_reversed_claim_raises_before_anything_else():
    with pytest.raises(ValueError, match="claimed interval reversed"):
        relation_to_claim(None, None, 45, 15, anchor_known=False)
