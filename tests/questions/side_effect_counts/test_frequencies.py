"""How common side effects are: pooled by cell, against control, and the claim on them."""

import json
import math

import pytest
from scipy import stats

import evidence_tools as et
from evidence_tools.questions.side_effect_counts.frequencies import find_term, harm_frequencies
from evidence_tools.questions.side_effect_counts.named import (
    TermFrequency,
    _as_common,
    side_effects_common,
)
from made.side_effects import PLACEBO, SPRAY, made

SPRAYS = {f"{study}/ketamine": SPRAY for study in ("one", "two", "three")}


def counts(study, events, n, term="headache", **facts):
    return {"arm_id": f"{study}/ketamine", "term": term, "events": events, "n": n} | facts


def control(study, events, n, term="headache", **facts):
    return counts(study, events, n, term, **facts) | {"arm_id": f"{study}/placebo"}


def only(found, group="treated"):
    (one,) = [f for f in found.frequencies if f.group == group]
    return one


# Frequencies


def test_one_study_keeps_its_exact_interval(evidence):
    one = only(harm_frequencies(made(evidence, [counts("one", 3, 30)])))
    exact = stats.binomtest(3, 30).proportion_ci(method="exact")
    assert (one.k, one.programmes, one.pooled.events, one.pooled.n) == (1, 1, 3, 30)
    assert one.pooled.ci_low == pytest.approx(exact.low)
    assert one.pooled.ci_high == pytest.approx(exact.high)
    assert one.upper_if_none is None


def test_several_studies_are_pooled_as_lme4_does(evidence, root):
    """The model of metafor's rma.glmm with enough points: validation/metafor/glmm.R."""
    text = (root / "tests" / "reference" / "glmm.json").read_text(encoding="utf-8")
    glmm = json.loads(text)["fits"][0]
    pairs = enumerate(zip(glmm["xi"], glmm["ni"], strict=True))
    rows = [counts(f"study-{i}", x, n) for i, (x, n) in pairs]
    one = only(harm_frequencies(made(evidence, rows)))
    assert one.k == len(rows)
    assert one.pooled.estimate == pytest.approx(glmm["beta"], rel=1e-6)
    assert one.pooled.tau2 == pytest.approx(glmm["tau2"], rel=1e-5)


def test_none_among_many_leaves_the_rule_of_three(evidence):
    rows = [counts("one", 0, 100), counts("two", 0, 200)]
    one = only(harm_frequencies(made(evidence, rows)))
    assert one.pooled.proportion == 0
    assert one.upper_if_none == pytest.approx(1 - 0.05 ** (1 / 300))
    assert one.upper_if_none == pytest.approx(3 / 300, rel=0.01)


def test_arms_of_one_study_on_one_rung_are_one_study(evidence):
    rows = [counts("one", 3, 30), counts("one", 5, 40) | {"arm_id": "one/higher"}]
    found = harm_frequencies(made(evidence, rows, arms={"one/higher": {"dose": 0.6}}))
    one = only(found)
    assert (one.k, one.pooled.events, one.pooled.n) == (1, 8, 70)
    assert one.side_effect_ids == ("made/s01", "made/s02")


def test_rungs_definitions_and_kinds_are_never_joined(evidence):
    rows = [
        counts("one", 3, 30),
        counts("two", 3, 30),
        counts("one", 1, 30, qualifier="lasting-over-24-h"),
        counts("one", 1, 30, serious="yes", qualifier="severe"),
    ]
    found = harm_frequencies(made(evidence, rows, arms={"two/ketamine": SPRAY}))
    nausea = harm_frequencies(
        made(evidence, [*rows, counts("one", 4, 30, "nausea")]), term="nausea"
    )
    assert [f.term for f in nausea.frequencies] == ["nausea"]
    assert len(nausea.incidences.rows) == 5
    cells = [(f.kind, f.rung, f.definition, f.k) for f in found.frequencies]
    assert cells == [
        ("effect", "racemic-infusion", "any-time", 1),
        ("effect", "racemic-infusion", "lasting-over-24-h", 1),
        ("effect", "esketamine-spray", "any-time", 1),
        ("serious", "racemic-infusion", "severe", 1),
    ]


def test_without_any_count_there_is_nothing_and_no_error(evidence):
    rows = [counts("one", 3, 30, source_level="secondary")]
    found = harm_frequencies(made(evidence, rows))
    assert (found.frequencies, found.contrasts) == ((), ())
    assert found.to_frame().empty
    assert found.contrasts == ()
    assert found.per_study.empty


# Against control


@pytest.fixture(scope="module")
def trials(evidence):
    rows = [counts("one", 12, 40), control("one", 4, 40), counts("two", 20, 50)]
    rows += [control("two", 5, 25), counts("three", 9, 30)]
    return harm_frequencies(made(evidence, rows, arms=SPRAYS))


def test_controls_stand_beside_treated_people_of_their_own_trials(trials):
    (contrast,) = trials.contrasts
    assert (contrast.comparator, contrast.studies) == ("inactive", ("one", "two"))
    assert only(trials).k == 3
    assert only(trials, "inactive").pooled.n == 65


def test_the_difference_is_that_of_mantel_haenszel(trials):
    """Computed here from its definition: sum (a n2 - c n1) / N over sum n1 n2 / N."""
    (contrast,) = trials.contrasts
    above = (12 * 40 - 4 * 40) / 80 + (20 * 25 - 5 * 50) / 75
    below = 40 * 40 / 80 + 50 * 25 / 75
    assert contrast.difference.estimate == pytest.approx(above / below)
    ratio = (12 * 40 / 80 + 20 * 25 / 75) / (4 * 40 / 80 + 5 * 50 / 75)
    assert contrast.ratio.estimate == pytest.approx(math.log(ratio))
    assert contrast.beta_binomial_odds_ratio.estimate > 0
    assert contrast.peto_odds_ratio.estimate > 0


def test_a_number_needed_to_harm_belongs_to_the_risk_of_the_controls(trials):
    (contrast,) = trials.contrasts
    assert contrast.control_risk == pytest.approx(9 / 65)
    assert contrast.more_often is True
    assert contrast.number_needed_to_harm == pytest.approx(1 / contrast.difference.estimate)
    low, high = contrast.number_needed_interval
    assert low < contrast.number_needed_to_harm < high


def test_without_a_clear_difference_or_any_event_there_is_no_number_needed(evidence):
    found = harm_frequencies(made(evidence, [counts("one", 3, 20), control("one", 2, 20)]))
    (contrast,) = found.contrasts
    assert contrast.more_often is False
    assert (contrast.number_needed_to_harm, contrast.number_needed_interval) == (None, None)
    assert contrast.beta_binomial_odds_ratio is None
    found = harm_frequencies(made(evidence, [counts("one", 0, 20), control("one", 0, 20)]))
    (nobody,) = found.contrasts
    assert nobody.difference.estimate == 0
    assert (nobody.ratio.estimate, nobody.more_often) == (None, None)


def test_a_cohort_is_no_contrast_and_a_crossover_says_what_is_assumed(evidence):
    rows = [counts("one", 12, 40), control("one", 4, 40)]
    cohort, crossover = (
        harm_frequencies(made(evidence, rows, studies={"one": {"design": design}}))
        for design in ("cohort-retrospective", "rct-crossover")
    )
    assert cohort.contrasts == ()
    assert [f.group for f in cohort.frequencies] == ["treated"]
    assert "crossover" in crossover.contrasts[0].notes[0]


def test_results_show_themselves_as_frames_and_words(trials):
    frame = trials.to_frame()
    assert frame["group"].tolist() == ["treated", "inactive"]
    assert frame["k"].tolist() == [3, 2]
    row = trials.contrasts[0].to_frame().iloc[0]
    assert (row["events_control"], row["n_control"]) == (9, 65)
    assert "41 of 120 in 3 studies" in only(trials).summary()
    assert "against inactive" in trials.contrasts[0].summary()
    assert trials.summary().startswith("1 terms are counted")


# Terms


@pytest.mark.parametrize("words", ["tachycardia", "Tachycardia", " TACHYCARDIA "])
def test_a_term_is_found_by_key_or_label(evidence, words):
    assert find_term(evidence, words) == "tachycardia"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("headach", "Did you mean .*headache"),
        ("tachy", "Did you mean .*tachycardia"),
        ("zzz", "evidence harms"),
    ],
)
def test_an_unknown_term_names_the_nearest_or_the_list(evidence, words, said):
    with pytest.raises(et.UnknownTermError, match=said):
        find_term(evidence, words)


# The claim


def common_of(evidence, rows, **facts):
    return side_effects_common(made(evidence, rows, **facts))


@pytest.mark.parametrize(
    ("events", "answer"), [(60, "yes"), (2, "no"), (12, "cannot-tell"), (10, "cannot-tell")]
)
def test_an_effect_is_common_if_its_whole_interval_says_so(evidence, events, answer):
    (headache, *_) = common_of(evidence, [counts("one", events, 100)]).named
    assert (headache.named_as, headache.common) == ("headache", answer)


def test_a_named_effect_that_nobody_counted_says_so(evidence):
    common = common_of(evidence, [counts("one", 30, 100)])
    assert [one.named_as for one in common.named] == list(evidence.rules.harms.named)
    silent = common.named[-1]
    assert (silent.common, silent.percent, silent.more_often) == ("not-counted", None, None)
    assert "not counted" in silent.summary()


def test_the_highest_rung_decides_and_the_others_stay_beside(evidence):
    rows = [counts("two", 50, 100), control("two", 10, 100), counts("one", 20, 100)]
    common = common_of(evidence, rows, arms={"two/ketamine": SPRAY})
    mine = [one for one in common.named if one.named_as == "headache"]
    assert [one.rung for one in mine] == ["racemic-infusion", "esketamine-spray"]
    assert common.deciding()[0] is mine[0]
    assert (mine[0].more_often, mine[0].control_percent) == (None, None)
    assert (mine[1].more_often, mine[1].control_percent) == (True, 10)
    assert mine[1].difference == pytest.approx(40)
    assert mine[1].side_effect_ids == ("made/s01", "made/s02")


def test_placebo_goes_before_midazolam(evidence):
    rows = [counts("one", 50, 100), control("one", 10, 100)]
    rows += [counts("one", 30, 100) | {"arm_id": "one/midazolam"}]
    arms = {"one/midazolam": PLACEBO | {"drug": "midazolam"}}
    apart = harm_frequencies(made(evidence, rows, arms=arms)).contrasts
    assert [contrast.comparator for contrast in apart] == ["inactive", "midazolam"]
    assert common_of(evidence, rows, arms=arms).named[0].comparator == "inactive"


@pytest.mark.parametrize("definition", ["lasting-over-24-h", "severe", "first-week"])
def test_a_part_of_the_people_never_decides(evidence, definition):
    common = common_of(evidence, [counts("one", 30, 100, qualifier=definition)])
    assert {one.common for one in common.named} == {"not-counted"}


def test_unnamed_effects_at_least_as_common_as_the_least_named_one(evidence):
    rows = [
        counts("one", 30, 100),
        counts("one", 20, 100, "nausea"),
        counts("one", 19, 100, "fatigue"),
        counts("one", 20, 100, "confusion"),
        counts("one", 60, 100, "dissociation"),
        counts("one", 70, 100, "vertigo"),
        counts("one", 90, 100, "any-adverse-event"),
        counts("one", 80, 100, "anxiety", serious="yes"),
        counts("one", 80, 100, "did-not-complete"),
        counts("two", 99, 100, "somnolence"),
    ]
    common = common_of(evidence, rows, arms={"two/ketamine": SPRAY})
    assert [one.term for one in common.unnamed] == ["dissociation", "confusion"]


def test_an_effect_is_as_common_whatever_the_last_digit_of_its_share():
    """77 of 369 people twice, whose pooled shares differed by the optimiser's last digit."""
    facts = {"label": "", "named_as": "", "rung": "anaesthetic"}
    named = TermFrequency(term="headache", percent=20.8 + 1e-13, **facts)
    other = TermFrequency(term="somnolence", percent=20.8, **facts)
    assert list(_as_common([other], [named])) == [other]


def test_the_rows_behind_the_claim_are_included_ones_of_its_term(evidence):
    rows = et.incidences(evidence).rows.set_index("side_effect_id")
    common = side_effects_common(evidence)
    assert len(common.to_frame()) == len(common.named) + len(common.unnamed)
    assert common.threshold == evidence.rules.harms.common_percent
    assert "not named, at least as common" in common.summary()
    for one in (*common.named, *common.unnamed):
        behind = rows.loc[list(one.side_effect_ids)]
        assert behind["included"].all()
        assert set(behind["term"]) <= {one.term}
        treated = behind[behind["role"] != "control"]
        assert (treated["events"].sum(), treated["n"].sum()) == (one.events, one.n)


def test_rules_name_terms_of_the_vocabulary(evidence):
    rules = evidence.rules.harms
    near = [term for terms in rules.near_named.values() for term in terms]
    named = [*rules.named.values(), *rules.near_named, *near, *rules.measured_terms]
    named += [*rules.serious_terms, *rules.no_single_effect, rules.dissociation.term]
    assert set(named) <= set(evidence.side_effect_terms["term"])
    qualifiers = evidence.schema["side_effects"]["qualifier"].vocabulary
    assert set(rules.no_share) <= set(qualifiers)
    assert set(rules.deciding_definitions) <= {*qualifiers, "any-time"}
