"""Benefit over time after one dose: our trials, the line if there is one, and what reviews say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence_tools.course import TimeCourse, time_courses
from evidence_tools.loading import Evidence
from evidence_tools.plots.benefit_course import CourseEstimate, draw_benefit_course
from evidence_tools.published import published_estimates
from evidence_tools.report.cells import short_name
from evidence_tools.report.display import Picture, Prose, Table
from evidence_tools.style import RUNGS
from evidence_tools.words import count_words, effect_words, time_words

_Z = 1.959963984540054
"""Normal quantile of a 95% interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCourse:
    """Courses of benefit by rung, with published window estimates.

    Attributes
    ----------
    courses : tuple of TimeCourse
        Nearest rung first.
    published : DataFrame
        Pooled estimates of reviews that name a window and an interval.
    """

    courses: tuple[TimeCourse, ...]
    published: pd.DataFrame

    @property
    def points(self) -> pd.DataFrame:
        """Our contrasts that can be placed in time, with the ends of their intervals."""
        rows = pd.concat([course.used for course in self.courses], ignore_index=True)
        half = _Z * rows["vi"] ** 0.5
        return rows.assign(low=rows["yi"] - half, high=rows["yi"] + half)

    def to_frame(self) -> pd.DataFrame:
        """Every contrast of the three rungs, used or not, with the reason."""
        return pd.concat([course.rows for course in self.courses], ignore_index=True)

    def summary(self) -> str:
        """One or two sentences: how many effects there are, and whether they carry a line."""
        points = self.points
        lines = [RUNGS[course.rung].words for course in self.courses if len(course.line)]
        carried = f"A line is drawn for: {', '.join(lines)}." if lines else self._no_line()
        return (
            f"{count_words(len(points), 'standardised effect').capitalize()} of "
            f"{count_words(points['study_id'].nunique(), 'trial')} can be placed in time after "
            f"one dose. {carried}"
        )

    def words(self) -> Prose:
        """The summary as a paragraph."""
        return Prose(self.summary())

    def _no_line(self) -> str:
        """Why there is no line; rungs with the same reason stand together."""
        rungs: dict[str, list[str]] = {}
        for course in self.courses:
            reason = course.notes[0].removeprefix("no line: ")
            rungs.setdefault(reason, []).append(RUNGS[course.rung].words)
        reasons = "; ".join(f"{', '.join(words)}: {reason}" for reason, words in rungs.items())
        return f"They carry no curve ({reasons})."

    def picture(self) -> Picture:
        """Points, published windows, and a line where there is one."""
        points = [_estimate(row, row["low"], row["high"]) for _, row in self.points.iterrows()]
        published = [
            _estimate(row, row["yi_low"], row["yi_high"]) for _, row in self.published.iterrows()
        ]
        lines = [_line(course) for course in self.courses if len(course.line)]
        remark = "" if lines else "too few programmes for a curve"
        axes = draw_benefit_course(points, published=published, lines=lines, remark=remark)
        parts = [
            f"{what}, {when}: {effect} ({interval})"
            for what, _, when, effect, interval in self._all()
        ]
        return Picture(axes=axes, alt="Benefit over time after a dose. " + "; ".join(parts) + ".")

    def table(self) -> Table:
        """The numbers of the picture."""
        return Table(
            columns=("Trial or review", "Rung", "When", "Standardised difference", "95% interval"),
            rows=tuple(self._all()),
            empty="No effect after one dose can be placed in time.",
        )

    def _all(self) -> list[tuple[str, str, str, str, str]]:
        ours = [_cells(row, row["low"], row["high"]) for _, row in self.points.iterrows()]
        theirs = [
            _cells(row, row["yi_low"], row["yi_high"]) for _, row in self.published.iterrows()
        ]
        return ours + theirs


def benefit_course(evidence: Evidence) -> BenefitCourse:
    """Benefit over time after one dose, as far as the evidence carries it.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.

    Returns
    -------
    BenefitCourse
        Published estimates stand beside our contrasts and never enter a line.
    """
    published = published_estimates(evidence, evidence.rules.course.constructs).rows
    drawn = published["yi_low"].notna() & published["to_min"].notna()
    rows = published[drawn].assign(retracted=False).sort_values(["directness", "to_min", "yi"])
    return BenefitCourse(courses=tuple(time_courses(evidence)), published=rows)


def _estimate(row: pd.Series[Any], low: float, high: float) -> CourseEstimate:
    return CourseEstimate(
        rung=row["directness"],
        estimate=float(row["yi"]),
        low=float(low),
        high=float(high),
        begin=float(row["from_min"]),
        end=float(row["to_min"]),
    )


def _line(course: TimeCourse) -> list[CourseEstimate]:
    return [
        CourseEstimate(
            rung=course.rung,
            estimate=row["estimate"],
            low=row["ci_low"],
            high=row["ci_high"],
            begin=row["time_h"] * 60,
            end=row["time_h"] * 60,
        )
        for _, row in course.line.iterrows()
    ]


def _cells(row: pd.Series[Any], low: float, high: float) -> tuple[str, str, str, str, str]:
    return (
        short_name(row),
        RUNGS[row["directness"]].words,
        time_words(float(row["from_min"]), float(row["to_min"])),
        effect_words(float(row["yi"])),
        f"{effect_words(float(low))} to {effect_words(float(high))}",
    )
