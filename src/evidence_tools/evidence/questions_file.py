"""``questions.yml`` as typed objects: the parts of a question, and how its answer is pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.evidence.typed_yaml import Share, Words, read_typed

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding

QUESTIONS = "questions.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Rungs and constructs of the rows that speak of these people."""

    words: str
    directness: Words
    constructs: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Minutes after the dose; `after` is excluded, so that a window from the dose on has -1."""

    words: str
    after: float = -1
    to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing:
    """From when a window counts."""

    words: str
    anchors: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparatorKind:
    """Drugs of the control arm; empty: any."""

    words: str
    drugs: Words = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is compared, and by which effect size."""

    words: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """Which contrast of a programme enters, and what is assumed in pooling.

    `no_control`: drugs that are neither kind of control.
    `primary_instruments`: by study.
    `instrument_order`: by construct.
    `tau_prior_scale`: standard deviation of the half-normal prior of tau.
    `few_studies`: up to which number the Bayesian answer stands first.
    """

    period_correlation: Share
    period_correlation_sweep: tuple[Share, ...]
    no_control: Words
    primary_instruments: Mapping[str, str]
    instrument_order: Mapping[str, Words]
    derivation_order: Words
    tau_prior_scale: float
    few_studies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The sections of ``questions.yml``: every combination of the first five is a question."""

    populations: Mapping[str, Population]
    windows: Mapping[str, TimeWindow]
    dosing: Mapping[str, Dosing]
    comparators: Mapping[str, ComparatorKind]
    outcomes: Mapping[str, Outcome]
    pooling: Pooling


def parse_questions(text: str) -> tuple[Questions, list[Finding]]:
    """The sections, without anything if a part is wrong, and everything that is wrong."""
    return read_typed(Questions, file=QUESTIONS, text=text, rule="question-malformed")
