"""Where every timing row stands: in which answer, figure or table, or why in none.

The places are read off the answers themselves, so that a row which an answer drops is found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_tools.base.words import count_words
from evidence_tools.display.cells import clock_words, text
from evidence_tools.display.display import Column, PageAnswer, Parts, Table
from evidence_tools.display.effect_lanes import on_the_clock
from evidence_tools.evidence.clock import OFF_CLOCK, clock_times
from evidence_tools.questions.duration.page import duration_answer
from evidence_tools.questions.one_clock.page import one_clock
from evidence_tools.questions.onset.page import onset_answer
from evidence_tools.questions.side_effect_times.page import side_effect_timing

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

ONSET, DURATION, HARM = "onset of relief", "duration of relief", "timing of side effects"
COMPARATORS, OFF = "onset of other drugs", "off the clock"
PLACES = (ONSET, DURATION, HARM, COMPARATORS, OFF)

_PLASMA = "plasma"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingRowPlaces(PageAnswer):
    """Every timing row with the place where it is used.

    `rows`: one line per row of ``timing.csv``, in its order: `timing_id`, `label`, `event`,
        `effect`, `lower_min`, `upper_min`, `clock`, `place` (one of `PLACES`; empty would mean that
        the row is lost), `shown` (what shows it there) and `one_clock` (drawn with benefit and
        harm).
    """

    rows: pd.DataFrame

    @property
    def lost(self) -> pd.DataFrame:
        """Rows that no answer uses and no reason leaves out; there should be none."""
        return self.rows[self.rows["place"] == ""]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the lines."""
        return self.rows.copy()

    def summary(self) -> str:
        """One sentence: how many rows each place has."""
        counts = self.rows["place"].value_counts()
        parts = ", ".join(f"{counts.get(place, 0)} {place}" for place in PLACES)
        drawn = int(self.rows["one_clock"].sum())
        return (
            f"All {len(self.rows)} time statements have a place: {parts}. {drawn} of them are "
            f"drawn on the one clock; {_lost(len(self.lost))}."
        )

    def tables(self) -> Parts[Table]:
        """Every row and where it is shown."""
        folded = f"Where each of the {len(self.rows)} time statements stands"
        return {"rows": lambda: Table.of(_COLUMNS, self.rows, folded=folded)}


_COLUMNS = (
    Column("Row", lambda row: row["timing_id"]),
    Column("Event", lambda row: row["event"].replace("-", " ")),
    Column("Of what", lambda row: text(row, "effect") or "not stated"),
    Column("When", clock_words),
    Column("Clock", lambda row: row["clock"].replace("-", " ")),
    Column("Used for", lambda row: row["place"] or "LOST"),
    Column("Shown", lambda row: row["shown"]),
)


def _lost(number: int) -> str:
    verb = "is" if number <= 1 else "are"
    return f"{count_words(number, 'row') if number else 'none'} {verb} lost"


def places_of_timing_rows(evidence: Evidence) -> TimingRowPlaces:
    """Where each timing row is used, or why it is not.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    TimingRowPlaces
        Every row of ``timing.csv`` once.
    """
    rows = clock_times(evidence).rows
    shown = {timing_id: place for place, ids in _answers(evidence) for timing_id in ids} | _outside(
        rows
    )
    drawn = one_clock(evidence).timing_ids
    columns = ["timing_id", "label", "event", "effect", "lower_min", "upper_min", "clock"]
    places = rows[columns].assign(
        place=[shown.get(timing_id, ("", ""))[0] for timing_id in rows["timing_id"]],
        shown=[shown.get(timing_id, ("", ""))[1] for timing_id in rows["timing_id"]],
        one_clock=rows["timing_id"].isin(drawn),
    )
    return TimingRowPlaces(rows=places.reset_index(drop=True))


def _answers(evidence: Evidence) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Place and words of each part of the answers, with the rows in it."""
    onset, harms = onset_answer(evidence), side_effect_timing(evidence).to_frame()
    drawn = on_the_clock(harms)["timing_id"]
    periods = duration_answer(evidence).to_frame()["timing_ids"]
    background = "a table of its own: depression or suicidality"
    yield (ONSET, "figure and table"), list(onset.on_clock["timing_id"])
    yield (ONSET, "a table of its own: another clock"), list(onset.other_clocks["timing_id"])
    yield (ONSET, background), list(onset.background["timing_id"])
    yield (DURATION, "its table of periods"), [one for ids in periods for one in ids]
    yield (HARM, "table only: no time after a dose"), list(harms["timing_id"])
    yield (HARM, "lanes and table"), list(drawn)


def _outside(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Rows that time no effect of a dose of ketamine, with the reason."""
    return {
        row["timing_id"]: _why_outside(row)
        for _, row in rows[rows["clock"] == OFF_CLOCK].iterrows()
    }


def _why_outside(row: pd.Series[Any]) -> tuple[str, str]:
    if row["event"] == "infusion-duration":
        return OFF, "this table only: the length of an infusion, which moves other times"
    if _PLASMA in text(row, "effect"):
        return OFF, "this table only: a plasma level is no effect"
    return COMPARATORS, "this table only: another drug, taken daily, on a clock of its own"
