"""Screens across rows: more people than an arm has, and the same numbers in two studies."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from evidence_tools.checks.registry import Seen, screen_of, where
from evidence_tools.checks.screens.agreement import first_complete

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

_COMBINATIONS = (
    ("results", ("estimate", "sd")),
    ("results", ("estimate", "se")),
    ("results", ("estimate", "ci_low", "ci_high")),
    ("results", ("events", "n")),
    ("side_effects", ("events", "n")),
    ("side_effects", ("estimate", "sd")),
)


@screen_of("results.csv", "side_effects.csv", "arms.csv", "rules.yml")
def people_exceed_arms(evidence: Evidence) -> Iterator[Seen]:
    """A number rests on no more people than its arms have. If it does, the row and the arm were
    read in reports that count people differently, or one was misread.
    """
    arms = evidence.arms.drop_duplicates("arm_id").set_index("arm_id")
    size = arms[["n_randomised", "n_analysed"]].max(axis=1).astype("float64")
    for table in ("results", "side_effects"):
        rows = evidence.table(table)
        people = rows.arm_id.map(size)
        if table == "results":
            people += rows.comparator_arm_id.map(size).where(rows.comparator_arm_id.notna(), 0.0)
            of_people = rows.study_id.notna()
        else:
            unit = rows.instrument_or_unit
            of_people = unit.isna() | unit.isin(evidence.rules.integrity.units_of_people)
        more = set(where(rows.n > people))
        for index in where(of_people & rows.n.notna() & people.notna()):
            allowed = f"{people[index]:g} or less, the people of its arms in arms.csv"
            yield Seen(
                table=table, index=index, column="n" if index in more else "", allowed=allowed
            )


@screen_of("results.csv", "side_effects.csv", "studies.csv", "rules.yml")
def same_numbers_in_two_studies(evidence: Evidence) -> Iterator[Seen]:
    """Two studies of different people seldom report the same numbers to the last digit. If they
    do, one was copied from the other, or both are reports of one trial.
    """
    digits = evidence.rules.integrity.duplicate_digits
    for table, columns in _COMBINATIONS:
        yield from _shared(evidence, table, columns[0], _numbers(evidence, table, columns, digits))
    yield from _shared(evidence, "results", "statistic", _statistics(evidence))


def _numbers(
    evidence: Evidence, table: str, columns: tuple[str, ...], digits: int
) -> dict[Any, Hashable]:
    """The numbers of each row that has them all, with enough digits to be no coincidence."""
    rows, printed = evidence.table(table)[list(columns)], evidence.text[table]
    telling = printed[[name for name in columns if name != "n"]]
    enough = sum(_digits(telling[name]) for name in telling) >= digits
    chosen = rows[rows.notna().all(axis=1) & enough].astype("float64")
    return dict(zip(chosen.index, chosen.itertuples(index=False, name=None), strict=True))


def _digits(printed: pd.Series[Any]) -> pd.Series[Any]:
    """Significant digits of printed numbers: 3 in "0.450"."""
    return printed.str.replace(".", "").str.lstrip("-0").str.len()


def _statistics(evidence: Evidence) -> dict[Any, Hashable]:
    """The test statistic of each row that gives its degrees of freedom."""
    printed = evidence.text["results"].statistic
    read = {index: first_complete(printed[index]) for index in where(printed != "")}
    return {
        index: (one.kind, one.value, one.df, one.df_within)
        for index, one in read.items()
        if one is not None and one.df is not None
    }


def _shared(
    evidence: Evidence, table: str, column: str, numbers: dict[Any, Hashable]
) -> Iterator[Seen]:
    """Rows whose numbers an earlier row of another programme has; reviews have no programme."""
    studies = evidence.studies.drop_duplicates("study_id").set_index("study_id")
    programmes = evidence.table(table).study_id.map(studies.programme).dropna().to_dict()
    ids = evidence.text[table][evidence.schema[table].primary_key[0]]
    first: dict[Hashable, Any] = {}
    for index in (index for index in numbers if index in programmes):
        other = first.setdefault(numbers[index], index)
        if programmes[other] != programmes[index]:
            found = f"the numbers of {ids[other]}, of another programme"
            allowed = "numbers of its own"
            yield Seen(table=table, index=index, column=column, found=found, allowed=allowed)
