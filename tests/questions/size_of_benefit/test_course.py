"""Time course of benefit: hand-made contrasts with closed answers, then the evidence."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evidence_tools.arithmetic.pooling.dependence import correlated_hierarchical
from evidence_tools.arithmetic.pooling.working_covariance import working_covariance
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.questions.size_of_benefit.contrasts import Contrasts, all_contrasts
from evidence_tools.questions.size_of_benefit.course import fit_line, time_courses

AT_DAY = [-0.9, -0.4, -0.7, -0.2, -0.5, -0.8]
AT_FOUR_DAYS = [-0.5, -0.1, -0.6, -0.1, -0.1, -0.2]
"""Six programmes, each seen at one and at four days: two doublings of time apart."""


@pytest.fixture(scope="module")
def real(evidence):
    return all_contrasts(evidence)


@pytest.fixture(scope="module")
def made(real):
    """Contrasts with these effects, hours and programmes, of one rung."""
    template = real.included[real.included["measure"] == "SMD"].iloc[[0]]

    def contrasts(yi, hours, programmes, **others):
        values = {"vi": 0.04, "directness": "direct", "construct": "anxiety", "n_doses": 1}
        rows = pd.concat([template] * len(yi), ignore_index=True).assign(
            yi=yi,
            time_h=hours,
            from_min=np.array(hours) * 60.0,
            to_min=np.array(hours) * 60.0,
            programme=programmes,
            study_id=programmes,
            time_anchor="dose",
            **{**values, **others},
        )
        return Contrasts(rows=rows)

    return contrasts


@pytest.fixture(scope="module")
def balanced(made):
    names = [f"p{i}" for i in range(6)]
    return made([*AT_DAY, *AT_FOUR_DAYS], [24.0] * 6 + [96.0] * 6, names * 2)


def direct(evidence, contrasts):
    return time_courses(evidence, contrasts=contrasts)[0]


def test_a_balanced_course_is_a_paired_t_test(evidence, balanced):
    """Equal times and variances: the change is the mean of the programmes' own changes."""
    course = direct(evidence, balanced)
    change = (np.array(AT_FOUR_DAYS) - np.array(AT_DAY)) / 2
    paired = stats.ttest_1samp(change, 0).confidence_interval()
    assert course.fit.coefficients[1] == pytest.approx(change.mean())
    assert course.fit.df[1] == pytest.approx(5)
    assert course.fit.ci_low[1] == pytest.approx(paired.low)
    assert course.fit.ci_high[1] == pytest.approx(paired.high)


def test_the_line_at_a_time_that_was_seen_is_the_mean_there(evidence, balanced):
    """Read off at one day: the six effects of that day by a t interval."""
    course = direct(evidence, balanced)
    assert list(course.line["time_h"]) == [24, 72]
    day = course.line.iloc[0]
    interval = stats.ttest_1samp(AT_DAY, 0).confidence_interval()
    assert day["estimate"] == pytest.approx(np.mean(AT_DAY))
    assert (day["ci_low"], day["ci_high"]) == pytest.approx((interval.low, interval.high))
    slope = course.fit.coefficients[1]
    assert course.line["estimate"][1] == pytest.approx(np.mean(AT_DAY) + slope * np.log2(3))
    assert course.notes == course.fit.notes


def test_it_is_the_model_called_directly(evidence, balanced):
    rows = balanced.rows
    rho = evidence.rules.course.correlation_of_times
    covariance = working_covariance(rows["vi"], list(rows["programme"]), rho=rho)
    design = np.column_stack([np.ones(12), np.log2(rows["time_h"] / 24)])
    expected = correlated_hierarchical(rows["yi"], covariance, design=design)
    fit = direct(evidence, balanced).fit
    assert fit.names == ("effect", "doubling")
    for name in ("coefficients", "se_robust", "df", "ci_low", "ci_high"):
        assert list(getattr(fit, name)) == pytest.approx(list(getattr(expected, name)))


def test_too_few_programmes_carry_no_line(evidence, made):
    course = direct(evidence, made([-0.5, -0.4, -0.3], [24.0, 48.0, 96.0], ["a", "b", "c"]))
    assert course.fit is None
    assert course.line.empty
    assert course.notes == ("no line: effects of 3 programmes, at least 4 are needed",)
    assert "3 effects of 3 studies" in course.summary()


def test_few_degrees_of_freedom_give_a_fit_that_is_not_read(evidence, made):
    course = direct(evidence, made([-0.5, -0.4, -0.1, 0.2], [4.0, 24.0, 96.0, 336.0], list("abcd")))
    assert course.fit is not None
    assert min(course.fit.df) < 4
    assert course.line.empty
    assert course.notes[0] == "the line is not to be read: fewer than 4 degrees of freedom"


def test_one_time_only_carries_no_line(evidence, made):
    course = direct(evidence, made([-0.5, -0.4, -0.1, 0.2, 0.1], [24.0] * 5, list("abcde")))
    assert course.fit is None
    assert course.notes[0].startswith("no line: design")
    with pytest.raises(NotEstimableError, match="depend on each other"):
        fit_line(course.used, at_hours=24.0, rho=0.6)


def test_programmes_are_counted_not_studies(evidence, balanced):
    rows = balanced.rows.assign(programme=["one", "two", "three"] * 4)
    assert direct(evidence, Contrasts(rows=rows)).fit is None


def test_a_study_without_a_programme_is_one_of_its_own(evidence, balanced):
    rows = balanced.rows.assign(programme=None)
    fit = direct(evidence, Contrasts(rows=rows)).fit
    assert fit.coefficients == pytest.approx(direct(evidence, balanced).fit.coefficients)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"measure": "RR"}, "not a standardised difference"),
        ({"n_doses": 6}, "not after a single dose"),
        ({"n_doses": None}, "not after a single dose"),
        ({"time_anchor": "baseline"}, "not counted from the dose"),
        ({"time_h": float("nan")}, "time not stated"),
        ({"from_min": 0.0}, "an average over a window"),
        ({"included": False, "reason": "read second-hand"}, "read second-hand"),
    ],
)
def test_what_is_no_point_of_the_course_says_why(evidence, balanced, values, reason):
    course = direct(evidence, Contrasts(rows=balanced.rows.assign(**values)))
    assert course.used.empty
    assert set(course.rows["why_not"]) == {reason}
    assert course.notes == ("no line: effects of no programmes, at least 4 are needed",)


def test_thresholds_come_from_the_rules(evidence, made):
    fewer = replace(evidence.rules.course, fewest_programmes=3)
    rules = replace(evidence.rules, course=fewer)
    contrasts = made([-0.5, -0.4, -0.3], [24.0, 48.0, 96.0], ["a", "b", "c"])
    assert direct(replace(evidence, rules=rules), contrasts).fit is not None


def test_every_contrast_of_benefit_is_in_one_course_with_a_reason_or_used(evidence, real):
    courses = time_courses(evidence)
    assert [course.rung for course in courses] == list(evidence.rules.course.rungs)
    rows = real.rows[
        real.rows["construct"].isin(["anxiety", "ptsd", "ocd"])
        & real.rows["directness"].isin(evidence.rules.course.rungs)
    ]
    told = pd.concat([course.to_frame() for course in courses])
    assert sorted(told["contrast_id"]) == sorted(rows["contrast_id"])
    assert ((told["why_not"] == "") == told["used"]).all()
    assert told.loc[told["used"], "included"].all()
