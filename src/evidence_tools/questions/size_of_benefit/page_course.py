"""Benefit over time after one dose: our trials, the line if there is one, and what reviews say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import count_words, effect_words, time_words
from evidence_tools.display.benefit_course import CourseEstimate, draw_benefit_course
from evidence_tools.display.cells import RUNG, short_name
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Table
from evidence_tools.display.style import RUNGS
from evidence_tools.questions.size_of_benefit.course import TimeCourse, time_courses
from evidence_tools.questions.size_of_benefit.published import published_estimates

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_Z = 1.959963984540054
"""Normal quantile of a 95% interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCourse(PageAnswer):
    """Courses of benefit by rung, with published window estimates.

    `courses`: nearest rung first.
    `published`: pooled estimates of reviews that name a window and an interval.
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

    def pictures(self) -> Parts[Picture]:
        """Points, published windows, and a line where there is one."""
        return {"course": self._picture}

    def tables(self) -> Parts[Table]:
        """The numbers of the picture."""
        empty = "No effect after one dose can be placed in time."
        return {"course": lambda: Table.of(_COLUMNS, self._all(), empty=empty)}

    def _no_line(self) -> str:
        """Why there is no line; rungs with the same reason stand together."""
        rungs: dict[str, list[str]] = {}
        for course in self.courses:
            reason = course.notes[0].removeprefix("no line: ")
            rungs.setdefault(reason, []).append(RUNGS[course.rung].words)
        reasons = "; ".join(f"{', '.join(words)}: {reason}" for reason, words in rungs.items())
        return f"They carry no curve ({reasons})."

    def _picture(self) -> Picture:
        points = [_estimate(row) for _, row in self.points.iterrows()]
        published = [_estimate(row) for _, row in self._published().iterrows()]
        lines = [_line(course) for course in self.courses if len(course.line)]
        remark = "" if lines else "too few programmes for a curve"
        axes = draw_benefit_course(points, published=published, lines=lines, remark=remark)
        parts = "; ".join(
            f"{short_name(row)}, {_when(row)}: {_effect(row)} ({_interval(row)})"
            for _, row in self._all().iterrows()
        )
        return Picture(axes=axes, alt=f"Benefit over time after a dose. {parts}.")

    def _published(self) -> pd.DataFrame:
        return self.published.rename(columns={"yi_low": "low", "yi_high": "high"})

    def _all(self) -> pd.DataFrame:
        """Our contrasts, then what reviews published, with the same names for the interval."""
        return pd.concat([self.points, self._published()], ignore_index=True)


def benefit_course(evidence: Evidence) -> BenefitCourse:
    """Benefit over time after one dose, as far as the evidence carries it.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    BenefitCourse
        Published estimates stand beside our contrasts and never enter a line.
    """
    published = published_estimates(evidence, evidence.rules.course.constructs).rows
    drawn = published["yi_low"].notna() & published["to_min"].notna()
    rows = published[drawn].assign(retracted=False).sort_values(["directness", "to_min", "yi"])
    return BenefitCourse(courses=tuple(time_courses(evidence)), published=rows)


def _estimate(row: pd.Series[Any]) -> CourseEstimate:
    return CourseEstimate(
        rung=row["directness"],
        estimate=float(row["yi"]),
        low=float(row["low"]),
        high=float(row["high"]),
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


def _when(row: pd.Series[Any]) -> str:
    return time_words(float(row["from_min"]), float(row["to_min"]))


def _effect(row: pd.Series[Any]) -> str:
    return effect_words(float(row["yi"]))


def _interval(row: pd.Series[Any]) -> str:
    return f"{effect_words(float(row['low']))} to {effect_words(float(row['high']))}"


_COLUMNS = (
    Column("Trial or review", short_name),
    RUNG,
    Column("When", _when),
    Column("Standardised difference", _effect),
    Column("95% interval", _interval),
)
