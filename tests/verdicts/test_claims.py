"""Claims: how a row votes, how votes are counted, and what the rule makes of them."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidence_tools as et
from evidence_tools.base.errors import UnknownTermError
from evidence_tools.evidence.claims_file import TEST_KINDS, ClaimTest
from evidence_tools.verdicts.ledger import _KINDS, assess_claims, stale, stands_on
from evidence_tools.verdicts.parts import Part, parts_of
from evidence_tools.verdicts.sweeps import sweep_bounds
from evidence_tools.verdicts.tables import prepare
from evidence_tools.verdicts.tally import Proposal, combine, propose, tally_votes
from evidence_tools.verdicts.votes import AGAINST, FOR, MAYBE, SILENT, Vote
from made.changes import changed

RUNGS = ("direct", "related")
TESTED = ["supported", "partly-supported", "mixed", "contradicted"]


def vote(relation=FOR, programme="a", rung="direct", **changes):
    """A vote that says nothing but what is named."""
    stated = {
        "row_ids": (f"{programme}/r1",),
        "table": "timing",
        "study_id": programme,
        "label": programme,
        "programme": programme,
        "rung": rung,
        "relation": relation,
        "reason": "",
        "could_contradict": True,
    }
    return Vote(**(stated | changes))


def part(strength="plain", **changes):
    return Part(claim_id="c", test_id="t", asks="", kind="onset", strength=strength, **changes)


@pytest.fixture(scope="module")
def rules(evidence):
    return evidence.rules.claims


@pytest.fixture
def verdict(rules):
    def call(*votes, strength="plain"):
        return propose(part(strength), tally_votes(votes, RUNGS), rules)

    return call


@pytest.fixture(scope="module")
def ledger(evidence):
    return assess_claims(evidence)


def votes_of(ledger, claim_id, row):
    return [v for result in ledger[claim_id].results for v in result.votes if row in v.row_ids]


# How votes are counted.

SHOWN, AGREED = vote(decisive=True), vote(programme="b", rung="related")
VERDICTS = {
    "two programmes, one randomised": ([SHOWN, vote(programme="b")], "plain", "supported"),
    "one programme with many rows": (
        [vote(decisive=True, row_ids=(f"a/r{i}",)) for i in range(5)],
        "plain",
        "partly-supported",
    ),
    "no contrast": ([vote(), vote(programme="b")], "plain", "partly-supported"),
    "programmes on both sides": ([SHOWN, vote(AGAINST, programme="b")], "plain", "mixed"),
    "against, none for": ([vote(AGAINST), vote(MAYBE, programme="b")], "plain", "contradicted"),
    "nothing could show otherwise": (
        [vote(decisive=name == "a", could_contradict=False, programme=name) for name in "ab"],
        "plain",
        "partly-supported",
    ),
    "cannot tell": ([vote(MAYBE)], "plain", "not-tested"),
    "silent": ([vote(SILENT)], "plain", "not-tested"),
    "a contrast outranks other rows of its programme": (
        [vote(row_ids=("a/r1",)), vote(AGAINST, row_ids=("a/r2",), decisive=True)],
        "plain",
        "contradicted",
    ),
    "a programme at odds with itself": (
        [vote(x, decisive=True, row_ids=(f"a/{x}",)) for x in (FOR, AGAINST)],
        "plain",
        "mixed",
    ),
    "the highest rung that could tell": (
        [vote(SILENT), vote(AGAINST, programme="b", rung="related"), vote(MAYBE, programme="c")],
        "plain",
        "contradicted",
    ),
    "can: one contrast": ([SHOWN], "can", "partly-supported"),
    "can: agreement from any rung": ([SHOWN, AGREED], "can", "supported"),
    "plain: agreement from another rung": ([SHOWN, AGREED], "plain", "partly-supported"),
    "can: against a contrast on a lower rung": (
        [SHOWN, AGREED, vote(AGAINST, programme="c", rung="related", decisive=True)],
        "can",
        "partly-supported",
    ),
    "studies: two": ([vote(programme=name) for name in "ab"], "studies", "partly-supported"),
    "studies: three": ([vote(programme=name) for name in "abc"], "studies", "supported"),
}


@pytest.mark.parametrize(("votes", "strength", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_a_verdict_follows_the_rule(verdict, votes, strength, expected):
    assert verdict(*votes, strength=strength).verdict == expected


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("one programme with many rows", "1 programme (a)"),
        ("no contrast", "no randomised contrast"),
        ("nothing could show otherwise", "no row could have shown otherwise"),
    ],
)
def test_a_verdict_says_why_it_is_no_better_and_on_which_rung_it_stands(verdict, case, why):
    assert why in verdict(*VERDICTS[case][0]).why
    assert verdict(*VERDICTS["no contrast"][0]).why == "no randomised contrast"
    assert verdict(*VERDICTS["the highest rung that could tell"][0]).rung == "related"


@given(
    st.lists(
        st.tuples(st.sampled_from([FOR, AGAINST, MAYBE, SILENT]), st.sampled_from("abc")),
        max_size=8,
    ),
    st.randoms(),
)
def test_the_order_of_rows_does_not_matter(rules, drawn, random):
    votes = [
        vote(relation, programme=name, row_ids=(f"{name}/r{i}",))
        for i, (relation, name) in enumerate(drawn)
    ]
    before = propose(part(), tally_votes(votes, RUNGS), rules)
    random.shuffle(votes)
    assert propose(part(), tally_votes(votes, RUNGS), rules).verdict == before.verdict


@given(st.lists(st.sampled_from([*TESTED, "not-tested"]), min_size=1, max_size=5))
def test_a_claim_never_exceeds_its_weakest_part(verdicts):
    order = [*TESTED, "not-tested"]
    proposals = [Proposal(verdict=v, rung="", why="") for v in verdicts]
    whole = combine(proposals).verdict
    if set(verdicts) == {"not-tested"}:
        assert whole == "not-tested"
        return
    tested = [v for v in verdicts if v != "not-tested"]
    strongest_allowed = max(min(order.index(v), 2) for v in tested)
    assert order.index(whole) >= strongest_allowed
    if "not-tested" in verdicts:
        assert whole != "supported"
    assert (whole == "contradicted") == (set(verdicts) == {"contradicted"})


# How rows vote: made from the world by changing one row.


def test_an_onset_row_votes_for_inside_the_window_and_not_when_it_looked_too_late(evidence, ledger):
    (one,) = votes_of(ledger, "onset-three-hours", "reed-2016/t01")
    assert (one.relation, one.decisive, one.rung) == (FOR, False, "direct")
    (late,) = votes_of(ledger, "onset-three-hours", "ford-2014/t01")
    assert late.relation == SILENT
    assert late.reason.startswith("looked too late")
    later = changed(evidence, "timing", "reed-2016/t01", lower=4.0, upper=6.0)
    votes = votes_of(assess_claims(later), "onset-three-hours", "reed-2016/t01")
    assert [v.relation for v in votes] == [AGAINST]


@pytest.mark.parametrize("change", [{"anchor": None}, {"source_level": "secondary"}])
def test_a_row_without_an_anchor_or_at_second_hand_never_decides(evidence, change):
    unknown = changed(evidence, "timing", "cole-2013/t01", **change)
    votes = votes_of(assess_claims(unknown), "onset-hours", "cole-2013/t01")
    assert {v.relation for v in votes} == {SILENT}


def test_a_row_of_depression_never_votes_on_anxiety(evidence, ledger):
    depression = set(evidence.timing.query("effect == 'depression'")["timing_id"])
    depression |= set(evidence.results.query("construct == 'depression'")["result_id"])
    anxious = [a for a in ledger.assessments if a.claim.topic in ("onset", "duration", "efficacy")]
    voted = {
        row
        for assessment in anxious
        for result in assessment.counting
        if result.part.kind != "links"
        for v in result.votes
        for row in v.row_ids
    }
    assert voted
    assert not voted & depression


def test_a_share_of_responders_never_stands_for_all(evidence):
    some = changed(evidence, "results", "cole-2013/r01", n=6)
    (share,) = [
        v
        for v in votes_of(assess_claims(some), "relief-one-to-two-weeks", "cole-2013/r01")
        if "some of those" in v.reason
    ]
    assert share.relation == SILENT


def test_a_share_is_shown_beside_that_of_the_control(evidence, ledger):
    rows = evidence.results.set_index("result_id")
    arm, control = rows.loc["cole-2013/r01"], rows.loc["cole-2013/r02"]
    (share,) = [
        v
        for v in votes_of(ledger, "relief-one-to-two-weeks", "cole-2013/r01")
        if v.relation == MAYBE
    ]
    treated = f"{arm['percent'] / 100 * arm['n']:.0f} of {arm['n']:.0f} people"
    beside = f"with saline {control['percent'] / 100 * control['n']:.0f} of {control['n']:.0f}"
    assert treated in share.reason
    assert share.reason.endswith(beside)
    alone = changed(evidence, "results", "cole-2013/r02", time_value=2)
    (share,) = [
        v
        for v in votes_of(assess_claims(alone), "relief-one-to-two-weeks", "cole-2013/r01")
        if v.relation == MAYBE
    ]
    assert share.reason.endswith("not counted with a control")


def test_groups_that_nobody_randomised_are_no_evidence_against_an_effect(evidence, ledger):
    (null,) = votes_of(ledger, "psychotherapy-adds", "gray-2025/r01")
    assert null.relation == SILENT
    assert null.reason.startswith("no randomised comparison")
    randomised = changed(evidence, "studies", "gray-2025", design="rct-parallel")
    (null,) = votes_of(assess_claims(randomised), "psychotherapy-adds", "gray-2025/r01")
    assert null.relation == AGAINST


def test_a_null_contrast_counts_only_if_its_whole_window_lies_within(evidence, ledger):
    (looked_later,) = votes_of(ledger, "onset-three-hours", "dale-2020/r01")
    assert looked_later.relation == SILENT
    early = changed(
        evidence, "results", "dale-2020/r01", time_value=2.0, time_unit="h", time_anchor="dose"
    )
    (null,) = votes_of(assess_claims(early), "onset-three-hours", "dale-2020/r01")
    assert (null.relation, null.decisive) == (AGAINST, True)


def test_losing_significance_is_no_return_of_symptoms_nor_an_average_a_bound(evidence, ledger):
    rows = [v for r in ledger["relief-two-weeks"].results for v in r.votes]
    averages = [v for v in rows if "does not bound a group" in v.reason]
    assert all(v.relation == SILENT for v in averages)
    ended = changed(
        evidence,
        "timing",
        "reed-2016/t02",
        event="relief-lost",
        lower=7.0,
        upper=12.0,
        loss_kind="no-longer-different-from-control",
    )
    votes = votes_of(assess_claims(ended), "relief-one-to-two-weeks", "reed-2016/t02")
    assert [v.reason for v in votes] == ["it is not said that symptoms returned"]
    returned = changed(ended, "timing", "reed-2016/t02", loss_kind="group-mean-returned")
    votes = votes_of(assess_claims(returned), "relief-one-to-two-weeks", "reed-2016/t02")
    assert [v.relation for v in votes] == [FOR]


def test_a_spray_has_no_end_of_an_infusion(ledger):
    result = ledger["side-effects-gone-one-hour"].results[0]
    spray = [v for v in result.votes if v.route == "intranasal"]
    assert spray
    assert {v.relation for v in spray} == {SILENT}


def test_a_review_is_silent_where_its_trials_are_not_recorded(evidence, ledger):
    held = [
        v
        for assessment in ledger.assessments
        for result in assessment.results
        for v in result.votes
        if v.reason.startswith("a review")
    ]
    assert {v.relation for v in held} <= {SILENT}
    designs = evidence.studies.set_index("study_id")["design"]
    pooling = evidence.rules.claims.pooling_designs
    for assessment in ledger.assessments:
        for v in assessment.deciding:
            if v.table == "timing" and designs[v.study_id] in pooling:
                assert v.study_id in set(evidence.contains["review"])


def test_relief_rated_within_hours_is_marked_as_unblinded(ledger):
    (early,) = votes_of(ledger, "onset-three-hours", "cole-2013/t01")
    assert early.unblinded
    assert not any(v.unblinded for v in votes_of(ledger, "onset-hours", "ford-2014/r01"))


# The ledger as a whole.


def test_every_kind_of_test_has_rows_that_vote():
    assert set(_KINDS) == set(TEST_KINDS)


def test_an_unknown_mark_is_named(evidence):
    claim = dataclasses.replace(
        evidence.claims[0],
        tests=(ClaimTest(test_id="t", asks="a", kind="onset", window="no-such"),),
    )
    with pytest.raises(UnknownTermError, match="no-such"):
        parts_of(claim, evidence)


def test_no_verdict_rests_on_what_may_not_vote(evidence, ledger):
    times = et.clock_times(evidence).rows.set_index("timing_id")
    for assessment in ledger.assessments:
        for v in assessment.deciding:
            if v.table == "timing":
                rows = times.loc[list(v.row_ids)]
                assert rows["anchor_known"].all()
                assert not rows["retracted"].any()
            if not any(result.part.second_hand for result in assessment.counting):
                assert "secondary" not in v.source_level


def test_one_programme_is_always_said(ledger):
    for assessment in ledger.assessments:
        if len(assessment.programmes) == 1 and assessment.proposal.verdict != "contradicted":
            assert "1 programme" in assessment.proposal.why or "1 source" in assessment.proposal.why


def test_changing_one_row_moves_exactly_the_claims_that_rest_on_it(evidence, ledger):
    recorded = {
        a.claim.claim_id: {"claim_id": a.claim.claim_id, "basis": a.basis}
        for a in ledger.assessments
    }
    frame = evidence.verdicts.iloc[:0].copy()
    for index, row in enumerate(recorded.values()):
        for column in ("claim_id", "basis"):
            frame.loc[index, column] = row[column]
    frame = frame.fillna("").astype("str")
    based = dataclasses.replace(evidence, verdicts=frame)
    assert stale(based, assess_claims(based)) == ()
    moved = changed(based, "timing", "reed-2016/t01", upper=30.0)
    asked = {
        a.claim.claim_id
        for a in ledger.assessments
        for result in a.counting
        for v in result.votes
        if "reed-2016/t01" in v.row_ids and v.decided
    }
    findings = stale(moved, assess_claims(moved))
    assert asked
    assert {finding.row_id for finding in findings} == asked
    assert {(f.rule, f.severity, f.file) for f in findings} == {
        ("read-again", "error", "verdicts.csv")
    }


def test_what_stands_on_one_programme_changes_without_it(evidence, ledger):
    assert all(assessment.counting for assessment in ledger.assessments)
    carriers = stands_on(evidence)
    assert set(carriers) == {a.claim.claim_id for a in ledger.assessments}
    claim_id, names = next((c, names) for c, names in carriers.items() if names)
    without = assess_claims(evidence, without=names[:1])
    assert without[claim_id].proposal.verdict != ledger[claim_id].proposal.verdict
    assert names[0] not in {v.programme for a in without.assessments for v in a.votes}
    assert len(ledger.to_frame()) == len(ledger.assessments)
    assert str(len(ledger.assessments)) in ledger.summary()
    one = ledger[claim_id]
    assert len(one.to_frame()) == sum(len(result.votes) for result in one.results)
    assert one.claim.claim in one.summary()


# The ladders.


def test_a_side_effect_stands_on_the_rung_of_its_arm(evidence):
    tables = prepare(evidence)
    unnamed = {"drug": "ketamine", "route": "iv", "dose": float("nan"), "dose_unit": None}
    unnamed |= {"infusion_minutes": float("nan"), "schedule": None}
    assert tables.harm_rung(unnamed) == "racemic-other"
    arm = unnamed | {"dose": 0.5, "dose_unit": "mg/kg"}
    assert tables.harm_rung(arm) == "racemic-infusion"
    spray = unnamed | {"drug": "esketamine", "route": "intranasal"}
    assert tables.harm_rung(spray) == "esketamine-spray"
    assert tables.harm_rung(unnamed | {"drug": "", "route": ""}) == "other-or-not-stated"


# How common.


@pytest.mark.parametrize(("events", "relation"), [(20, FOR), (9, MAYBE), (0, AGAINST)])
def test_an_exact_interval_is_held_against_one_in_ten(evidence, events, relation):
    counted = changed(evidence, "side_effects", "park-2022/s01", events=events)
    votes = votes_of(assess_claims(counted), "side-effects-common", "park-2022/s01")
    assert [v.relation for v in votes] == [relation, SILENT]


def test_a_count_in_one_arm_is_no_randomised_contrast_and_one_of_nobody_says_why(ledger):
    counting = [v for result in ledger["side-effects-common"].counting for v in result.votes]
    silent = [v for v in counting if v.relation == SILENT]
    assert silent
    assert all(v.reason for v in silent)
    decisive = {
        result.part.kind: {v.decisive for v in result.votes if v.decided}
        for result in ledger["side-effects-common"].results
        if result.deciding
    }
    assert decisive == {"incidence": {False}, "more-than-control": {True}}


@pytest.mark.parametrize(("events", "relation"), [(24, FOR), (6, MAYBE), (1, MAYBE)])
def test_more_than_control_needs_the_whole_interval(evidence, events, relation):
    counted = changed(evidence, "side_effects", "tang-2020/s01", events=events, percent=None)
    votes = votes_of(assess_claims(counted), "side-effects-common", "tang-2020/s01")
    assert votes[1].relation == relation


# Other bounds.


def test_every_swept_mark_exists_and_differs_from_the_stated_one(evidence):
    marks = evidence.rules.marks
    for name, others in evidence.rules.claims.sweeps.items():
        stated = [marks[name].from_, marks[name].to]
        assert all(other != stated for other in others)


def test_a_sweep_moves_the_bound_and_the_contrasts_with_it(evidence):
    sweeps = {(s.part.claim_id, s.part.test_id): s for s in sweep_bounds(evidence)}
    ledger = assess_claims(evidence)
    for (claim_id, test_id), swept in sweeps.items():
        result = next(r for r in ledger[claim_id].counting if r.part.test_id == test_id)
        assert swept.stated == result.proposal
        assert len(swept.others) >= 2


def test_a_verdict_that_hangs_on_its_bound_is_seen(evidence):
    rows = ("reed-2016/t01", "reed-2017/t01", "reed-2019/t01")
    late = changed(evidence, "timing", *rows, upper=80.0, unit="min")
    swept = next(s for s in sweep_bounds(late) if s.part.claim_id == "onset-one-hour")
    later = dict(swept.others)[(0.0, 90.0)]
    assert swept.moves
    assert (swept.stated.rung, later.rung) == ("related", "direct")
