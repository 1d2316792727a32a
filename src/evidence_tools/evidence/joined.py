"""Every row with its study, its arm and its source: joined once, read by all questions.

Here alone cells that list several things are split, and here alone it is said what keeps a row
from deciding, whatever is asked. What a window or a part excludes is said where it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from itertools import compress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import Rung

RETRACTED = "its source was retracted"
SECOND_HAND = "read second-hand"
AMONG_AFFECTED = "only those in whom it lasted"
CONTROL_ARM = "a control arm"

_BARS: tuple[tuple[str, str, Any], ...] = (
    (RETRACTED, "retracted", True),
    (SECOND_HAND, "source_level", "secondary"),
    (AMONG_AFFECTED, "basis", "range-among-affected"),
    (CONTROL_ARM, "role", "control"),
)
"""Why a row decides nothing, whatever is asked, and the cell that says so."""

_STUDY = ["label", "programme", "condition", "design", "directness", "refractory", "comparator"]
_ARM = ["role", "drug", "dose", "dose_unit", "route", "infusion_minutes", "n_doses", "schedule"]

_ASKED = ("directness", "condition", "design")
"""What a rung asks of a study; a rung that names no value of a column takes any."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The rows of the evidence with what is known of their study, arm and source.

    `results`, `timing`, `side_effects`: in the order and with the index of their tables. From the
        study: `label`, `programme`, `condition`, `design`, `directness`, `refractory`,
        `comparator`, `people` (enrolled, else analysed), `year`, `control_drugs` (of its control
        arms, joined by commas), `rung` (on the ladder of ``rules.yml``; empty on none), `review` (a
        design that pools the studies of others; no page of a regulator), `randomised`. From the
        arm: `role`, `drug`, `dose`, `dose_unit`, `route`, `infusion_minutes`, `n_doses`,
        `schedule`, `n_arm` (analysed, else randomised). From the source (the row's, else its
        study's): `source`, `source_status`, `retracted`. Made of all: `barred` (reasons why the row
        decides nothing whatever is asked, as a tuple); of results and timing `about` (what was
        measured or relieved, where the claims are about that on this rung; else empty); of timing
        and side effects `terms`, as tuples; of results and side effects `percent_decimals`, as
        printed.
    `statements`: with `source`, `source_status`, `retracted` and `barred`.
    `studies`, `arms`: by id, with the columns that rows take from them; the source of a study is
        its main one.
    `claim_links`, `wanted`: with `test_id` and `claim_ids` as tuples.
    `reviews`: the studies that each review is known to contain; none where that is not recorded.
    """

    results: pd.DataFrame
    timing: pd.DataFrame
    side_effects: pd.DataFrame
    statements: pd.DataFrame
    studies: pd.DataFrame
    arms: pd.DataFrame
    claim_links: pd.DataFrame
    wanted: pd.DataFrame
    reviews: Mapping[str, frozenset[str]]

    def speaking_trials(self, study_id: str, speaking: Collection[str]) -> tuple[str, ...]:
        """Which studies of a review speak for themselves, in order; none if it is no review."""
        return tuple(sorted(self.reviews.get(study_id, frozenset()).intersection(speaking)))


def once(make: Callable[[Evidence], Made]) -> Callable[[Evidence], Made]:
    """Make something of an `Evidence` once; ``dataclasses.replace`` begins anew."""

    @wraps(make)
    def made(evidence: Evidence) -> Made:
        if make not in evidence.made:
            evidence.made[make] = make(evidence)
        kept: Made = evidence.made[make]
        return kept

    return made


@once
def joined(evidence: Evidence) -> Joined:
    """The rows of an evidence with their studies, arms and sources. Made once per `evidence`; no
    row is left out. A row whose study or arm is unknown has missing cells there.
    """
    studies, arms = _studies(evidence), _arms(evidence)
    row_terms = evidence.side_effect_row_terms.groupby("side_effect_id")["term"].agg(tuple)
    side_effects = _printed(evidence, "side_effects").pipe(_row, evidence, studies, arms)
    terms = side_effects["side_effect_id"].map(row_terms.to_dict())
    timing = _row(evidence.timing, evidence, studies, arms)
    results = _printed(evidence, "results").pipe(_row, evidence, studies, arms)
    ladder = evidence.rules.claims.ladder
    contained = evidence.contains.groupby("review")["study"].agg(frozenset)
    return Joined(
        results=_about(results, "construct", ladder),
        timing=_about(_split(timing, "term", "terms").drop(columns="term"), "effect", ladder),
        side_effects=side_effects.assign(
            terms=tuples((one if isinstance(one, tuple) else () for one in terms), side_effects)
        ),
        statements=with_bars(
            _sourced(evidence, evidence.statements, evidence.statements["reference"])
        ),
        studies=studies,
        arms=arms,
        claim_links=_split(evidence.claim_links, "test_id"),
        wanted=_split(evidence.wanted, "claim_ids"),
        reviews={
            str(study_id): contained.get(study_id, frozenset())
            for study_id in studies.index[studies["review"]]
        },
    )


def text_of(cell: Any) -> str:
    """A cell as words; empty where it is missing."""
    return cell if isinstance(cell, str) else ""


def number_of(cell: Any) -> float | None:
    """A cell as a number; None where it is missing."""
    return None if cell is None or pd.isna(cell) else float(cell)


def listed(cell: Any) -> tuple[str, ...]:
    """The items of a cell that lists several, separated by semicolons; none where it is empty.

    >>> listed("nausea; vomiting;headache")
    ('nausea', 'vomiting', 'headache')
    """
    items = cell.split(";") if isinstance(cell, str) else ()
    return tuple(item for item in map(str.strip, items) if item)


def items_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """The items of a column of lists, one a row, under the index of their rows."""
    return column.map(listed).explode().dropna()


def tuples(values: Iterable[tuple[str, ...]], rows: pd.DataFrame) -> pd.Series[Any]:
    """Tuples as a column of a table."""
    return pd.Series(list(values), index=rows.index, dtype="object")


def beside(rows: pd.DataFrame, key: str, facts: pd.DataFrame) -> pd.DataFrame:
    """Rows with the facts of the study or arm that a column names, missing where it names none.

    The same rows in the same order, with the same index.

    `rows`: rows with the column `key`; columns of the same names as those of `facts` are replaced.
    `key`: holds ids.
    """
    found = facts.reindex(rows[key]).set_axis(rows.index)
    return rows.assign(**{str(column): found[column] for column in found})


def _row(
    rows: pd.DataFrame, evidence: Evidence, studies: pd.DataFrame, arms: pd.DataFrame
) -> pd.DataFrame:
    rows = rows.pipe(beside, "study_id", studies).pipe(beside, "arm_id", arms)
    for column in ("review", "randomised"):
        rows[column] = rows[column].eq(True)
    return with_bars(_sourced(evidence, rows, rows["reference"].fillna(rows["source"])))


def _sourced(evidence: Evidence, rows: pd.DataFrame, source: pd.Series[Any]) -> pd.DataFrame:
    """Rows with their source and its status."""
    status = {key: reference.status for key, reference in evidence.references.items()}
    rows = rows.assign(source=source, source_status=source.map(status).fillna(""))
    return rows.assign(retracted=rows["source_status"] == "retracted")


def with_bars(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with what keeps them from deciding, whatever is asked."""
    bars = {why: rows[column] == value for why, column, value in _BARS if column in rows}
    held = zip(*bars.values(), strict=True)
    return rows.assign(barred=tuples((tuple(compress(bars, row)) for row in held), rows))


def _printed(evidence: Evidence, table: str) -> pd.DataFrame:
    """Rows with the number of decimals of their percentages, as printed where that is kept."""
    rows = evidence.table(table)
    printed = evidence.text[table]["percent"].reindex(rows.index).fillna("")
    same = pd.to_numeric(printed, errors="coerce") == rows["percent"]
    cells = printed.where(same, rows["percent"].map("{:.12g}".format))
    return rows.assign(percent_decimals=[len(str(cell).partition(".")[2]) for cell in cells])


def _studies(evidence: Evidence) -> pd.DataFrame:
    studies = evidence.studies.drop_duplicates("study_id").set_index("study_id")
    years = {key: reference.year for key, reference in evidence.references.items()}
    controls = evidence.arms[evidence.arms["role"] == "control"].dropna(subset="drug")
    drugs = controls.groupby("study_id")["drug"].agg(lambda own: ", ".join(sorted(set(own))))
    design, ladder = studies["design"], evidence.rules.claims.ladder
    return _sourced(evidence, studies[_STUDY], studies["reference"]).assign(
        people=studies["n_enrolled"].fillna(studies["n_analysed"]).astype("float64"),
        year=studies["reference"].map(years),
        control_drugs=drugs.reindex(studies.index).fillna(""),
        rung=[_rung(row, ladder) for row in studies.to_dict("records")],
        review=design.isin(evidence.rules.claims.pooling_designs),
        randomised=design.isin(evidence.rules.validation.controlled_designs),
    )


def _arms(evidence: Evidence) -> pd.DataFrame:
    arms = evidence.arms.drop_duplicates("arm_id").set_index("arm_id")
    people = arms["n_analysed"].fillna(arms["n_randomised"]).astype("float64")
    return arms[_ARM].assign(n_arm=people)


def _rung(study: Mapping[Any, Any], ladder: Mapping[str, Rung]) -> str:
    """The first rung whose conditions a study meets; empty if none."""
    for name, rung in ladder.items():
        asked = {column: getattr(rung, column) for column in _ASKED}
        if all(not values or study[column] in values for column, values in asked.items()):
            return name
    return ""


def _about(rows: pd.DataFrame, column: str, ladder: Mapping[str, Rung]) -> pd.DataFrame:
    """What a row is about, where a claim on its rung is about that."""
    words = zip(rows[column], rows["rung"], strict=True)
    fits = [rung in ladder and word in ladder[rung].constructs for word, rung in words]
    return rows.assign(about=rows[column].where(np.array(fits, dtype=bool), "").astype("str"))


def _split(rows: pd.DataFrame, column: str, name: str = "") -> pd.DataFrame:
    """Rows with a column of lists as tuples."""
    return rows.assign(**{name or column: tuples(map(listed, rows[column]), rows)})


OTHERS = "Other side effects"


def group_of(terms: Collection[str], groups: Mapping[str, Collection[str]]) -> str:
    """The first group that holds one of the terms.

    >>> group_of(["vertigo", "nausea"], {"Nausea": ["nausea"], "Dizziness": ["vertigo"]})
    'Nausea'
    >>> group_of(["cystitis"], {"Nausea": ["nausea"]})
    'Other side effects'
    """
    return next((name for name, own in groups.items() if set(terms) & set(own)), OTHERS)
