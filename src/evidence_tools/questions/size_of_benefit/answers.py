"""Answers to questions: which contrasts enter, which do not and why, and what they say together.

The selection follows rules that stand in ``questions.yml`` and were written before any number was
seen. With few studies the Bayesian answer stands beside the classical one and is the one to read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.arithmetic.pooling.bayes import BayesianEffect, HalfNormal, pool_bayesian
from evidence_tools.arithmetic.pooling.pool import PooledEffect, pool
from evidence_tools.base.words import count_words
from evidence_tools.questions.size_of_benefit.contrasts import Contrasts, all_contrasts

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.questions_file import Pooling
    from evidence_tools.questions.estimands import Question

NO_DRUG = "the comparator was not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the data say to one question.

    Attributes
    ----------
    question : Question
        The estimand.
    rows : DataFrame
        Contrasts of the question's population and outcome, with `included` and `reason` for this
        question.
    pooled : PooledEffect or None
        REML with the guarded Knapp-Hartung interval; None without a contrast.
    bayesian : BayesianEffect or None
        Half-normal prior on tau, flat prior on the effect; None below two contrasts, where the
        prior alone would decide.
    notes : tuple of str
        What a reader must know before reading the numbers.
    """

    question: Question
    rows: pd.DataFrame
    pooled: PooledEffect | None
    bayesian: BayesianEffect | None
    notes: tuple[str, ...]

    @property
    def included(self) -> pd.DataFrame:
        """The contrasts that entered."""
        return self.rows[self.rows["included"]]

    def to_frame(self) -> pd.DataFrame:
        """A copy of the rows in and out."""
        return self.rows.copy()

    def summary(self) -> str:
        """The question, rows in and out, and the answer if there is one, a few lines."""
        lines = [
            f"{self.question.words}: {count_words(len(self.included), 'contrast')} in, "
            f"{len(self.rows) - len(self.included)} out"
        ]
        if self.pooled is not None:
            lines.append(self.pooled.summary())
            if self.question.measure == "RR":
                lines.append(_as_ratio(self.pooled))
        if self.bayesian is not None and self.bayesian.k > 1:
            lines.append(self.bayesian.summary())
        return "\n".join([*lines, *self.notes])


def answer_question(
    evidence: Evidence, question: Question, *, contrasts: Contrasts | None = None
) -> Answer:
    """The pooled answer to a question, with the rows in and out and why.

    Parameters
    ----------
    evidence : Evidence
    question : Question
        The estimand.
    contrasts : Contrasts, optional
        From `all_contrasts`, if already made, or with another correlation of periods.

    Returns
    -------
    Answer
        With `pooled` None where no contrast can answer.
    """
    pooling = evidence.questions.pooling
    made = contrasts if contrasts is not None else all_contrasts(evidence)
    rows = select(made.rows, question, pooling)
    chosen = rows[rows["included"]]
    if chosen.empty:
        note = "no contrast in the evidence can answer this question yet"
        return Answer(question=question, rows=rows, pooled=None, bayesian=None, notes=(note,))
    yi, vi = chosen["yi"].to_numpy(), chosen["vi"].to_numpy()
    prior = HalfNormal(scale=pooling.tau_prior_scale)
    return Answer(
        question=question,
        rows=rows,
        pooled=pool(yi, vi),
        bayesian=pool_bayesian(yi, vi, tau_prior=prior) if len(chosen) > 1 else None,
        notes=_notes(len(chosen), pooling),
    )


def _as_ratio(pooled: PooledEffect) -> str:
    """A pooled log risk ratio turned back."""
    ends = f"{math.exp(pooled.ci_low):.3g} to {math.exp(pooled.ci_high):.3g}"
    return f"Effects are logs; as a risk ratio {math.exp(pooled.estimate):.3g} ({ends})."


def _notes(k: int, pooling: Pooling) -> tuple[str, ...]:
    if k == 1:
        return ("one study: its own result, nothing is pooled",)
    if k <= pooling.few_studies:
        return (f"only {k} studies: read the Bayesian interval, which allows for that",)
    return ()


def select(rows: pd.DataFrame, question: Question, pooling: Pooling) -> pd.DataFrame:
    """Contrasts of a question's population and outcome, each in or out with a reason. The rows of
    the population and the outcome, included ones first.
    """
    mine = (
        rows["directness"].isin(question.directness)
        & rows["construct"].isin(question.constructs)
        & (rows["measure"] == question.measure)
    )
    chosen = rows[mine].copy()
    no_control = pooling.no_control
    chosen["reason"] = [_reason(row, question, no_control) for row in chosen.to_dict("records")]
    chosen["included"] = chosen["reason"] == ""
    _once_per_programme(chosen, pooling)
    return chosen.sort_values(["included", "contrast_id"], ascending=[False, True])


def _reason(row: Mapping[Any, Any], question: Question, no_control: Sequence[str]) -> str:
    """Why a contrast does not answer a question; empty if it does."""
    if row["reason"]:
        return str(row["reason"])
    if pd.isna(row["n_doses"]):
        return "the number of doses was not seen"
    single = row["n_doses"] == 1
    if single != (question.dosing == "single"):
        return "single dose" if single else "repeated dosing"
    if row["time_anchor"] not in question.anchors:
        anchor = row["time_anchor"]
        return f"counted from the {anchor}" if isinstance(anchor, str) else "start not stated"
    if pd.isna(row["latest_min"]):
        return "time not stated"
    if row["earliest_min"] <= question.after_min or row["latest_min"] > question.to_min:
        return "outside the window"
    drug = row["control_drug"]
    if drug in no_control or (question.drugs and drug not in question.drugs):
        return f"against {drug}" if isinstance(drug, str) else NO_DRUG
    return ""


def _once_per_programme(rows: pd.DataFrame, pooling: Pooling) -> None:
    """Keep one contrast per programme: by instrument, derivation, the largest, the earliest."""
    order = list(pooling.derivation_order)
    chosen = rows[rows["included"]]
    ranked = chosen.assign(
        place=[_place(row, pooling) for row in chosen.to_dict("records")],
        rank=[_rank(str(how), order) for how in chosen["derivation"]],
    )
    by = ["place", "rank", "n", "latest_min", "contrast_id"]
    ranked = ranked.sort_values(by, ascending=[name != "n" for name in by])
    for programme, group in ranked.groupby("programme", sort=False):
        kept = group["contrast_id"].iloc[0]
        for index in group.index[1:]:
            rows.loc[index, "included"] = False
            rows.loc[index, "reason"] = f"programme {programme} enters once, with {kept}"


def _place(row: Mapping[Any, Any], pooling: Pooling) -> int:
    """Place of an instrument: the trial's primary one, then the stated order, then unnamed ones."""
    instrument = row["instrument_id"]
    if pooling.primary_instruments.get(row["study_id"], "") == instrument:
        return -1
    order = [name for names in pooling.instrument_order.values() for name in names]
    return order.index(instrument) if instrument in order else len(order)


def _rank(derivation: str, order: list[str]) -> int:
    """Place of a derivation in the stated order; counts and unnamed ones come after."""
    first = derivation.split(";")[0]
    places = [place for place, name in enumerate(order) if first.startswith(name.replace("-", " "))]
    places += [place for place, name in enumerate(order) if first.startswith(name)]
    return min(places, default=len(order))
