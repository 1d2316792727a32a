"""The rows of the evidence map: per rung and outcome, what each programme found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_tools.base.words import count_words
from evidence_tools.display.cells import DIRECTNESS_ORDER, RUNG
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Table
from evidence_tools.display.evidence_map import MapCell, draw_evidence_map
from evidence_tools.display.style import DIRECTIONS, RUNGS
from evidence_tools.evidence.joined import joined

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

OUTCOMES = {
    "anxiety": "Anxiety",
    "fear": "Fear",
    "ptsd": "PTSD",
    "ocd": "OCD",
    "depression": "Depression",
    "suicidality": "Suicidality",
}
_FOUND = {"active": "better", "neither": "no-difference", "control": "worse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMap(PageAnswer):
    """What was found, by rung, outcome and programme.

    `programmes`: one row per rung, outcome and programme: `directness`, `construct`, `programme`,
        `direction`, `people` (missing where not seen).
    `cells`: the same counted: `directness`, `construct`, `direction`, `programmes`, `people`.
    """

    programmes: pd.DataFrame
    cells: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per rung, outcome and direction."""
        return self.cells.copy()

    def summary(self) -> str:
        """Two sentences: randomised comparisons on anxiety by rung; the commonest outcome."""
        anxiety = self.programmes[self.programmes["construct"].isin(["anxiety", "fear"])]
        compared = anxiety[~anxiety["direction"].isin(["uncontrolled", "not-told"])]
        by_rung = compared.groupby("directness")["programme"].nunique()
        parts = [
            f"{_within(RUNGS[name].words)}, {int(by_rung.get(name, 0))}" for name in self._rungs()
        ]
        most = self.programmes.groupby("construct")["programme"].nunique()
        largest = OUTCOMES[str(most.idxmax())].lower() if len(most) else "nothing"
        return (
            f"Programmes that compared anxiety or fear in a randomised trial, by the people "
            f"studied: {'; '.join(parts)}. Most programmes measured {largest} "
            f"({count_words(int(most.max()) if len(most) else 0, 'programme')})."
        )

    def pictures(self) -> Parts[Picture]:
        """Outcomes by rung; symbols by direction, their size by people."""
        return {"map": self._picture}

    def tables(self) -> Parts[Table]:
        """The numbers behind the map."""
        empty = "No study reports such an outcome."
        return {"map": lambda: Table.of(_COLUMNS, self.cells, empty=empty)}

    def _picture(self) -> Picture:
        cells = [
            MapCell(
                rung=cell["directness"],
                outcome=OUTCOMES[cell["construct"]],
                direction=cell["direction"],
                people=cell["people"],
                programmes=cell["programmes"],
            )
            for cell in self.cells.to_dict("records")
        ]
        axes = draw_evidence_map(cells, outcomes=list(OUTCOMES.values()), rungs=self._rungs())
        alt = "; ".join(", ".join(map(str, row)) for row in self.table().rows)
        return Picture(axes=axes, alt=f"Outcomes by rung, direction, programmes and people. {alt}.")

    def _rungs(self) -> list[str]:
        present = set(self.cells["directness"])
        return [name for name in DIRECTNESS_ORDER if name in present]


def evidence_map(evidence: Evidence) -> EvidenceMap:
    """What each programme found for each outcome on each rung.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    EvidenceMap
        A programme with rows in both directions is "both"; rows of studies that are no
        randomised trials say nothing about a difference and stand apart.
    """
    rows = joined(evidence).results
    rows = rows[rows["construct"].isin(list(OUTCOMES)) & rows["programme"].notna()]
    near = rows["directness"].isin(evidence.rules.risk_of_bias.rungs_that_decide)
    rows = rows[near & ~rows["retracted"]]
    controlled = rows["design"].isin(evidence.rules.validation.controlled_designs)
    rows = rows.assign(found=rows["favours"].map(_FOUND).where(controlled, "uncontrolled"))
    keys = ["directness", "construct", "programme"]
    programmes = (
        rows.groupby(keys)
        .agg(direction=("found", _direction), people=("people", "max"))
        .reset_index()
    )
    return EvidenceMap(programmes=programmes, cells=_cells(programmes))


def _within(words: str) -> str:
    """Words within a sentence: a small first letter, but not for an abbreviation."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _direction(found: pd.Series[str]) -> str:
    """One word for all rows of a programme on one outcome."""
    compared = set(found.dropna()) - {"uncontrolled"}
    if len(compared) > 1:
        return "mixed"
    if compared:
        return str(compared.pop())
    return "uncontrolled" if "uncontrolled" in set(found.dropna()) else "not-told"


def _cells(programmes: pd.DataFrame) -> pd.DataFrame:
    """Programmes and people by rung, outcome and direction, in the order of the map."""
    orders = {"directness": DIRECTNESS_ORDER, "construct": OUTCOMES, "direction": DIRECTIONS}
    keys = list(orders)
    grouped = programmes.groupby(keys)
    cells = grouped.agg(programmes=("programme", "nunique"), people=("people", "sum"))
    ranks = {column: {word: i for i, word in enumerate(words)} for column, words in orders.items()}
    return cells.reset_index().sort_values(
        keys, key=lambda column: column.map(ranks[str(column.name)]), ignore_index=True
    )


def _people(cell: pd.Series[Any]) -> str:
    return f"{cell['people']:.0f}" if cell["people"] else "not seen"


_COLUMNS = (
    RUNG,
    Column("Outcome", lambda cell: OUTCOMES[cell["construct"]]),
    Column("Found", lambda cell: DIRECTIONS[cell["direction"]].words),
    Column("Programmes", lambda cell: int(cell["programmes"]), "right"),
    Column(
        "People", lambda cell: f"{cell['people']:.0f}" if cell["people"] else "not seen", "right"
    ),
)
