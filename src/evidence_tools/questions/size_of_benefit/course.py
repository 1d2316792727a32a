"""Time course of benefit: standardised effects over time after one dose, rung by rung.

A line over the logarithm of time is fitted where enough programmes carry one. Several times of one
programme are ratings of the same people, so their effects are correlated: the model is the
correlated-and-hierarchical one with robust inference. Where the rows carry no line, the answer says
so and keeps the points.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence_tools.arithmetic.pooling.dependence import MultilevelEffect, correlated_hierarchical
from evidence_tools.arithmetic.pooling.working_covariance import (
    WorkingCovariance,
    working_covariance,
)
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.questions.size_of_benefit.contrasts import Contrasts, all_contrasts

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import CourseRules

"""Rungs on which benefit is studied."""
_HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCourse:
    """Effects of one rung over time, and the line through them if they carry one.

    Attributes
    ----------
    rung : str
    rows : DataFrame
        Contrasts of the rung with `used` and `why_not`; negative `yi` favours the active arm,
        `time_h` is hours after the dose.
    fit : MultilevelEffect or None
        Effect at one day, and its change per doubling of time; None without a line.
    line : DataFrame
        `time_h`, `estimate`, `ci_low`, `ci_high`, `df` at the hours of the rules, only within the
        times that were seen; empty without a line that may be read.
    notes : tuple of str
        Why there is no line, or what to beware of.
    """

    rung: str
    rows: pd.DataFrame
    fit: MultilevelEffect | None
    line: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def used(self) -> pd.DataFrame:
        """The contrasts that are points of the course."""
        return self.rows[self.rows["used"]]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the contrasts, used or not."""
        return self.rows.copy()

    def summary(self) -> str:
        """Counts, the line if there is one, and the notes."""
        studies = self.used["study_id"].nunique()
        lines = [f"{self.rung}: {len(self.used)} effects of {studies} studies after one dose"]
        if self.fit is not None:
            lines.append(self.fit.summary())
        return "\n".join([*lines, *self.notes])


def time_courses(evidence: Evidence, *, contrasts: Contrasts | None = None) -> list[TimeCourse]:
    """The course of benefit after one dose, one answer per rung.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence; the thresholds stand in its rules.
    contrasts : Contrasts, optional
        From `all_contrasts`, if already made.

    Returns
    -------
    list of TimeCourse
        Nearest rung first; every contrast of the rung is in its rows.

    Notes
    -----
    yi = b0 + b1 log2(t / 24 h) + u_programme + w_effect + e, with the sampling errors of one
    programme correlated by `correlation_of_times`. The line is read off at other times by moving
    the zero of log2 t there, so that b0 and its robust interval are those of that time.

    References
    ----------
    Pustejovsky and Tipton (2022), Prevention Science 23, 425-438. doi:10.1007/s11121-021-01246-3
    Tipton (2015), Psychological Methods 20, 375-393. doi:10.1037/met0000011
    """
    made = contrasts if contrasts is not None else all_contrasts(evidence)
    rules = evidence.rules.course
    rows = made.rows[made.rows["construct"].isin(rules.constructs)]
    return [_course(rung, rows[rows["directness"] == rung], rules) for rung in rules.rungs]


def _course(rung: str, rows: pd.DataFrame, rules: CourseRules) -> TimeCourse:
    reasons = [_why_not(row, rules.anchors) for _, row in rows.iterrows()]
    used_rows = pd.Series([not reason for reason in reasons], index=rows.index, dtype="bool")
    rows = rows.assign(why_not=reasons, used=used_rows)
    used = rows[rows["used"]]
    fit, notes = _fit(used, rules)
    line = _line(used, rules) if fit is not None and not notes else _line(used.iloc[:0], rules)
    own = fit.notes if fit is not None else ()
    return TimeCourse(rung=rung, rows=rows, fit=fit, line=line, notes=(*notes, *own))


def _why_not(row: pd.Series[Any], anchors: Container[str]) -> str:
    """Why a contrast is no point of the course, or nothing."""
    reasons = {
        row["reason"] or "not to be pooled": not row["included"],
        "not a standardised difference": row["measure"] != "SMD",
        "not after a single dose": row["n_doses"] != 1,
        "time not stated": not row["time_h"] > 0,
        "not counted from the dose": row["time_anchor"] not in anchors,
        "an average over a window": row["from_min"] != row["to_min"],
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _fit(used: pd.DataFrame, rules: CourseRules) -> tuple[MultilevelEffect | None, list[str]]:
    """The line, and why it may not be read; no note where it may."""
    programmes = _programmes(used).nunique()
    if programmes < rules.fewest_programmes:
        words = "1 programme" if programmes == 1 else f"{programmes or 'no'} programmes"
        return None, [f"no line: effects of {words}, at least {rules.fewest_programmes} are needed"]
    try:
        fit = fit_line(used, at_hours=_HOURS_PER_DAY, rho=rules.correlation_of_times)
    except NotEstimableError as error:
        return None, [f"no line: {error}"]
    fewest = rules.fewest_degrees_of_freedom
    if any(df is None or df < fewest for df in fit.df):
        return fit, [f"the line is not to be read: fewer than {fewest} degrees of freedom"]
    return fit, []


def fit_line(used: pd.DataFrame, *, at_hours: float, rho: float) -> MultilevelEffect:
    """A line over log2 of time through standardised effects, clustered by programme.

    "effect" at that time in units of a standard deviation, and its change per "doubling" of time.
    Raises NotEstimableError if there are too few programmes for two coefficients, or all times are
    the same.

    `used`: contrasts with `yi`, `vi`, `time_h`, `programme` and `study_id`.
    `at_hours`: hours after the dose to which the first coefficient belongs.
    `rho`: correlation of the sampling errors of one programme.
    """
    yi, vi, hours = (used[name].to_numpy(float) for name in ("yi", "vi", "time_h"))
    doublings = np.log2(hours / at_hours)
    design = np.column_stack([np.ones(len(used)), doublings])
    covariance: WorkingCovariance = working_covariance(vi, list(_programmes(used)), rho=rho)
    return correlated_hierarchical(yi, covariance, design=design, names=("effect", "doubling"))


def _programmes(rows: pd.DataFrame) -> pd.Series[Any]:
    """The programme, or the study where none is stated."""
    return rows["programme"].fillna(rows["study_id"])


def _line(used: pd.DataFrame, rules: CourseRules) -> pd.DataFrame:
    """The line at the hours of the rules, as far as they lie within the times seen."""
    seen = used["time_h"]
    hours = [hour for hour in rules.read_off_hours if seen.min() <= hour <= seen.max()]
    records = []
    for hour in hours:
        fit = fit_line(used, at_hours=hour, rho=rules.correlation_of_times)
        numbers = (fit.coefficients[0], fit.ci_low[0], fit.ci_high[0], fit.df[0])
        records.append((hour, *numbers))
    columns = ["time_h", "estimate", "ci_low", "ci_high", "df"]
    return pd.DataFrame(records, columns=columns).astype("float64")
