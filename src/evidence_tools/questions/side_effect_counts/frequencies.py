"""How common each side effect is: per rung of the ladder of harms, definition and comparator.

Incidences in, pooled proportions and contrasts within trials out. Definitions are never joined,
nor are rungs; a study counts once with all its arms of a cell. Serious events and stopping are
kinds of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from evidence_tools.arithmetic.proportions import proportion_intervals
from evidence_tools.base.errors import UnknownTermError, did_you_mean
from evidence_tools.questions.side_effect_counts.exposure import LADDER, NO_COMPARATOR
from evidence_tools.questions.side_effect_counts.incidence import Incidences, incidences
from evidence_tools.questions.side_effect_counts.rates import (
    TREATED_GROUP,
    Frequency,
    HarmContrast,
    contrast_of,
    frequency_of,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

__all__ = ["Frequency", "HarmContrast", "HarmFrequencies", "find_term", "harm_frequencies"]

_CELL = ["kind", "rung", "term", "definition"]
_NUMBERS = ("events", "n", "proportion", "ci_low", "ci_high")
_SUMS = {"label": "first", "programme": "first", "design": "first", "condition": "first"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmFrequencies:
    """Frequencies of all side effects, and contrasts within trials.

    Attributes
    ----------
    incidences : Incidences
        Every row of ``side_effects.csv``, in or out with its reason.
    per_study : DataFrame
        One row per study, cell (`kind`, `rung`, `term`, `definition`) and `group` ("treated" or a
        class of comparator): `events` of `n` over its arms, `proportion` with its exact interval
        `ci_low`, `ci_high`, and `side_effect_ids` (a tuple).
    frequencies : tuple of Frequency
        One per cell and group, the ladder's order first.
    contrasts : tuple of HarmContrast
        One per cell and class of comparator with a randomised comparison.
    """

    incidences: Incidences
    per_study: pd.DataFrame
    frequencies: tuple[Frequency, ...]
    contrasts: tuple[HarmContrast, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per frequency, unrounded."""
        frames = [frequency.to_frame() for frequency in self.frequencies]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def summary(self) -> str:
        """Two lines: what is counted, and how much of it rests on several studies."""
        treated = [f for f in self.frequencies if f.group == TREATED_GROUP]
        several = sum(frequency.k > 1 for frequency in treated)
        return (
            f"{len({f.term for f in treated})} terms are counted among people treated, in "
            f"{len(treated)} cells of rung and definition, {several} of them from several studies"
            f"\n{len(self.contrasts)} contrasts within randomised trials"
        )


def harm_frequencies(evidence: Evidence, *, term: str = "") -> HarmFrequencies:
    """How common each side effect is, pooled per rung of the ladder, definition and group.

    Parameters
    ----------
    evidence : Evidence
    term : str
        Only this term of ``side_effect_terms.csv``.

    Returns
    -------
    HarmFrequencies

    Notes
    -----
    Proportions by the binomial model with normal logits (`pool_proportions`) where there are two
    studies or more, by the exact interval of one study otherwise. The control groups of a cell are
    those of its randomised trials only, so that they stand beside people who were treated there.
    """
    counted = incidences(evidence)
    rows = counted.included
    per_study = _per_study(rows[rows["term"] == term] if term else rows, evidence)
    labels = {name: name for name in per_study["term"]}
    labels |= evidence.side_effect_terms.set_index("term")["label"].to_dict()
    return HarmFrequencies(
        incidences=counted,
        per_study=per_study,
        frequencies=tuple(
            frequency_of(cell, labels[name])
            for (_, _, name, _, _), cell in _in_order(per_study, [*_CELL, "group"])
        ),
        contrasts=tuple(_contrasts(per_study, labels)),
    )


def find_term(evidence: Evidence, words: str) -> str:
    """The term that a reader means, by its key or its label.

    Raises UnknownTermError if no term has that key or label; names the nearest.

    `words`: a term of ``side_effect_terms.csv`` or its label, in any case.
    """
    terms = evidence.side_effect_terms
    known = dict(zip(terms["label"].str.lower(), terms["term"], strict=True))
    known |= {term: term for term in terms["term"]}
    asked = words.strip().lower()
    term = known.get(asked) or known.get("-".join(asked.split()))
    if term is not None:
        return str(term)
    raise UnknownTermError(
        "TERM",
        found=repr(words),
        allowed="a term of side_effect_terms.csv",
        hint=did_you_mean(asked, known, most=3, otherwise="`evidence harms` lists them."),
    )


def _per_study(rows: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Events of n of each study, cell and group, with exact intervals."""
    randomised = evidence.rules.validation.controlled_designs
    is_control = rows["role"] == "control"
    chosen = rows[~is_control | rows["design"].isin(randomised)]
    group = chosen["comparator"].where(chosen["role"] == "control", TREATED_GROUP)
    chosen = chosen.assign(group=group, rung=chosen["rungs"]).explode("rung")
    keys = [*_CELL, "group", "study_id"]
    if chosen.empty:
        return pd.DataFrame(columns=[*keys, *_SUMS, *_NUMBERS, "side_effect_ids"])
    columns = [*keys, *_SUMS, "events", "n", "side_effect_id"]
    sums = (
        chosen[columns]
        .groupby(keys, sort=False)
        .agg(_SUMS | {"events": "sum", "n": "sum", "side_effect_id": tuple})
        .reset_index()
        .rename(columns={"side_effect_id": "side_effect_ids"})
    )
    place = [tuple(row) for row in sums[[*_CELL, "study_id"]].to_numpy()]
    treated = {at for at, who in zip(place, sums["group"], strict=True) if who == TREATED_GROUP}
    beside = [at in treated for at in place]
    return _with_intervals(sums[beside].reset_index(drop=True))


def _with_intervals(sums: pd.DataFrame) -> pd.DataFrame:
    exact = proportion_intervals(sums["events"].astype(int), sums["n"].astype(int))
    return sums.assign(proportion=exact.proportion, ci_low=exact.ci_low, ci_high=exact.ci_high)


def _in_order(
    rows: pd.DataFrame, keys: list[str]
) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Groups of rows, by kind, the ladder's order, term and definition; treated people first."""
    groups = [(tuple(map(str, cell)), group) for cell, group in rows.groupby(keys)]
    yield from sorted(
        groups,
        key=lambda item: (
            item[0][0],
            LADDER.index(item[0][1]),
            item[0][2:4],
            item[0][4:] != (TREATED_GROUP,),
            item[0][4:],
        ),
    )


def _contrasts(per_study: pd.DataFrame, labels: dict[str, str]) -> Iterator[HarmContrast]:
    for (_, _, term, _), cell in _in_order(per_study, _CELL):
        treated = cell[cell["group"] == TREATED_GROUP].set_index("study_id")
        for comparator, controls in cell[cell["group"] != TREATED_GROUP].groupby("group"):
            if comparator == NO_COMPARATOR:
                continue
            beside = controls.set_index("study_id")
            yield contrast_of(treated.loc[beside.index], beside, labels[term])
