"""Cells of tables: a row's study, rung, people and time, and the link to where it was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.words import entered_time, time_words
from evidence_tools.display.display import Column, Link
from evidence_tools.display.style import RUNGS, SOURCE_LEVELS
from evidence_tools.evidence.joined import number_of, text_of

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

ROUTES = {
    "iv": "into a vein",
    "im": "into a muscle",
    "sc": "under the skin",
    "oral": "by mouth",
    "sublingual": "under the tongue",
    "intranasal": "nasal spray",
    "": "route not stated",
}

DIRECTNESS_ORDER = tuple(RUNGS)

_YEAR = re.compile(r"^(.*?\b(?:19|20)\d\d)\b")
_LONGEST_NAME = 24


def source_link(evidence: Evidence, row: pd.Series[Any]) -> Link:
    """How and where a row was seen, leading to the page on which it was read. For example
    "abstract", with the place in the source on hovering.
    """
    key = row.get("reference")
    reference = evidence.references.get(key) if isinstance(key, str) else None
    url = text(row, "url") or (reference.link if reference else "")
    level = SOURCE_LEVELS.get(text(row, "source_level"), text(row, "source_level"))
    return Link(level, url, text(row, "locator"))


def text(row: pd.Series[Any], column: str) -> str:
    """A cell as words; empty where it is missing."""
    return text_of(row.get(column))


def number(row: pd.Series[Any], column: str) -> float | None:
    """A cell as a number; None where it is missing."""
    return number_of(row.get(column))


def people(row: pd.Series[Any], column: str = "n") -> str:
    """A number of people, or a sign that it was not seen."""
    value = number(row, column)
    return "not seen" if value is None else f"{value:.0f}"


def by_directness(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Rows with the rung nearest to the claims first, then by the given columns."""
    order = rows["directness"].map({name: i for i, name in enumerate(DIRECTNESS_ORDER)})
    ordered = rows.assign(_rung=order).sort_values(["_rung", *columns], ignore_index=True)
    return ordered.drop(columns="_rung")


def effect_words(row: pd.Series[Any]) -> str:
    """What relief is of, with the usual capitals."""
    return text(row, "effect").replace("ptsd", "PTSD").replace("ocd", "OCD")


def route_words(row: pd.Series[Any]) -> str:
    """Drug and route in plain words, as far as they are known."""
    route = ROUTES.get(text(row, "route"), text(row, "route"))
    drug = text(row, "drug")
    return f"{drug}, {route}" if drug else route


def as_entered(row: pd.Series[Any]) -> str:
    """The time as it was entered from the source, with its anchor."""
    return entered_time(
        number(row, "lower"), number(row, "upper"), text(row, "unit"), text(row, "anchor")
    )


def when_words(row: pd.Series[Any]) -> str:
    """When a result was measured, as it was entered, with its anchor."""
    low, high = number(row, "time_window_low"), number(row, "time_window_high")
    at = number(row, "time_value")
    if low is None and high is None and at is None:
        return "time not stated"
    if at is not None:
        low = high = at
    return entered_time(low, high, text(row, "time_unit"), text(row, "time_anchor"))


def timing_behind(evidence: Evidence, row: pd.Series[Any]) -> list[pd.Series[Any]]:
    """The timing rows behind a row: itself, or those of a period of relief."""
    if text(row, "timing_id"):
        return [row]
    timing = evidence.timing.set_index("timing_id", drop=False)
    return [timing.loc[[name]].iloc[0] for name in row["timing_ids"]]


def why_not(row: pd.Series[Any]) -> str:
    """Why a row on a time cannot decide anything, in words; empty where it can."""
    return "; ".join(row["why_not"])


def can_decide(rows: pd.DataFrame) -> pd.Series[bool]:
    """True for the rows that `why_not` gives no reason for."""
    return pd.Series([not why for why in rows["why_not"]], index=rows.index, dtype="bool")


def study_words(row: pd.Series[Any]) -> str:
    """The study's label; a control arm is named, a retracted source marked."""
    arm = text(row, "arm_id").rpartition("/")[2]
    control = f" [control arm: {arm}]" if text(row, "role") == "control" else ""
    return text(row, "label") + control + (" [RETRACTED]" if row["retracted"] else "")


def rung_words(row: pd.Series[Any]) -> str:
    """The rung of a row's study, in words."""
    return RUNGS[text(row, "directness")].words


def clock_words(row: pd.Series[Any]) -> str:
    """A row's interval on the clock, in words."""
    return time_words(number(row, "lower_min"), number(row, "upper_min"))


def terms_of(row: pd.Series[Any], labels: Mapping[str, str]) -> str:
    """The side effects that a row names, in words."""
    return ", ".join(labels[term] for term in row["terms"])


def short_name(row: pd.Series[Any]) -> str:
    """The study's label up to its year, or its beginning; a retracted source is marked."""
    label = text(row, "label")
    year = _YEAR.match(label)
    first = re.split(r" \(|, |: ", label)[0]
    name = year[1] if year and len(year[1]) <= _LONGEST_NAME else shorten(first, _LONGEST_NAME)
    return name + (" [RETRACTED]" if row["retracted"] else "")


def shorten(words: str, width: int = 60) -> str:
    """Words that fit on one line of a figure; the table beside it has them in full."""
    return words if len(words) <= width else words[: width - 1].rstrip() + "…"


def remark(row: pd.Series[Any]) -> str:
    """Why a row cannot decide, if so, and what was noted when it was read."""
    reason = why_not(row)
    parts = [f"cannot decide: {reason}" if reason else "", text(row, "note")]
    return "; ".join(part for part in parts if part)


def spoken(row: pd.Series[Any], words: str) -> str:
    """A row of a figure for its alternative text, saying if it cannot decide."""
    reason = why_not(row)
    return f"{study_words(row)}: {words}" + (f" (cannot decide: {reason})" if reason else "")


STUDY = Column("Study", study_words)
RUNG = Column("Rung", rung_words)
WHEN_ENTERED = Column("As entered", as_entered)
PEOPLE = Column("n", people, "right")
REMARK = Column("Remark", remark)


def read_in(evidence: Evidence) -> Column:
    """The column that says how a row was seen and leads to where it was read."""
    return Column("Read in", partial(source_link, evidence))
