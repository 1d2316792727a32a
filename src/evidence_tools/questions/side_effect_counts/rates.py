"""One cell of the evidence on harms: how common an effect is, alone and against control."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from evidence_tools.arithmetic.pooling.beta_binomial import beta_binomial
from evidence_tools.arithmetic.pooling.rare_events import TwoArmEffect, mantel_haenszel, peto
from evidence_tools.arithmetic.proportions import (
    PooledProportion,
    pool_proportions,
    upper_bound_of_none,
)

TREATED_GROUP = "treated"
"""The group that received ketamine or esketamine; other groups are classes of comparators."""

_CROSSOVER = "rct-crossover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How common an effect is in one group of one cell.

    `term`, `label`, `kind`, `rung`, `definition`: the effect, whether it is an effect, serious or
        stopping, the rung of the ladder of harms, and how the effect was defined.
    `group`: "treated", or the class of the comparator.
    `studies`, `side_effect_ids`: studies, and the rows behind them.
    `programmes`: research programmes; a study without one counts for itself.
    `pooled`: events, n, k and the proportion with its interval.
    `upper_if_none`: without any event: the largest proportion that none among n is compatible with
        (one-sided 95%, which the rule of three rounds to 3 / n).
    """

    term: str
    label: str
    kind: str
    rung: str
    definition: str
    group: str
    studies: tuple[str, ...]
    programmes: int
    side_effect_ids: tuple[str, ...]
    pooled: PooledProportion
    upper_if_none: float | None
    notes: tuple[str, ...]

    @property
    def k(self) -> int:
        """Studies."""
        return self.pooled.k

    def to_frame(self) -> pd.DataFrame:
        """One row, unrounded."""
        names = ("term", "kind", "rung", "definition", "group", "programmes", "upper_if_none")
        row = {name: getattr(self, name) for name in names}
        row |= {
            "studies": ";".join(self.studies),
            "side_effect_ids": ";".join(self.side_effect_ids),
        }
        pooled = self.pooled.to_frame().drop(columns="notes")
        return pd.DataFrame([row]).join(pooled).assign(notes=" ".join(self.notes))

    def summary(self) -> str:
        """Counts, percent with interval, and the notes."""
        head = f"{self.label}, {self.rung}, {self.definition}, {self.group}"
        return "\n".join([head, self.pooled.summary(), *self.notes])


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmContrast:
    """An effect in treated people against controls of the same trials.

    `difference`: Mantel-Haenszel difference of proportions, treated minus control.
    `ratio`, `peto_odds_ratio`: Mantel-Haenszel log risk ratio, and Peto's log odds ratio.
    `beta_binomial_odds_ratio`: log odds ratio of the beta-binomial model, from two trials on.
    """

    term: str
    label: str
    kind: str
    rung: str
    definition: str
    comparator: str
    studies: tuple[str, ...]
    programmes: int
    side_effect_ids: tuple[str, ...]
    difference: TwoArmEffect
    ratio: TwoArmEffect
    peto_odds_ratio: TwoArmEffect
    beta_binomial_odds_ratio: TwoArmEffect | None
    notes: tuple[str, ...]

    @property
    def k(self) -> int:
        """Trials."""
        return self.difference.k

    @property
    def control_risk(self) -> float:
        """Proportion of all controls of these trials who have the effect."""
        return self.difference.events_control / self.difference.n_control

    @property
    def more_often(self) -> bool | None:
        """Whether the difference lies above zero with its whole interval; None without one."""
        low, high = self.difference.ci_low, self.difference.ci_high
        return None if low is None or high is None else low > 0

    @property
    def number_needed_to_harm(self) -> float | None:
        """People treated for one more with the effect; only where `more_often` is true. It belongs
        to the risk of these controls, `control_risk`, and is never shown without it.
        """
        estimate = self.difference.estimate
        return 1 / estimate if self.more_often and estimate else None

    @property
    def number_needed_interval(self) -> tuple[float, float] | None:
        """Interval of `number_needed_to_harm`: one over the ends of the difference's."""
        low, high = self.difference.ci_low, self.difference.ci_high
        return (1 / high, 1 / low) if self.more_often and low and high else None

    def to_frame(self) -> pd.DataFrame:
        """One row, unrounded; ratios as logarithms."""
        names = ("term", "kind", "rung", "definition", "comparator", "k", "programmes")
        row = {name: getattr(self, name) for name in names}
        counted = ("events_active", "n_active", "events_control", "n_control")
        row |= {name: getattr(self.difference, name) for name in counted}
        row |= {"control_risk": self.control_risk}
        effects = {
            "rd": self.difference,
            "log_rr": self.ratio,
            "log_or_peto": self.peto_odds_ratio,
            "log_or_beta_binomial": self.beta_binomial_odds_ratio,
        }
        for name, effect in effects.items():
            row[name] = effect.estimate if effect else None
            row[f"{name}_ci_low"] = effect.ci_low if effect else None
            row[f"{name}_ci_high"] = effect.ci_high if effect else None
        row |= {"number_needed_to_harm": self.number_needed_to_harm}
        row |= {
            "studies": ";".join(self.studies),
            "side_effect_ids": ";".join(self.side_effect_ids),
        }
        return pd.DataFrame([row | {"notes": " ".join(self.notes)}])

    def summary(self) -> str:
        """Head, both effects, and the notes."""
        head = f"{self.label}, {self.rung}, {self.definition}, against {self.comparator}"
        return "\n".join([head, self.difference.summary(), self.ratio.summary(), *self.notes])


def frequency_of(cell: pd.DataFrame, label: str) -> Frequency:
    """The frequency of one group of one cell.

    `cell`: rows of `HarmFrequencies.per_study`, all of one cell and group.
    """
    first = cell.iloc[0]
    pooled = _pooled(tuple(cell["events"].astype(int)), tuple(cell["n"].astype(int)))
    programmes = _programmes(cell)
    none = float(upper_bound_of_none([pooled.n])[0]) if pooled.events == 0 else None
    notes = [*pooled.notes]
    if programmes < pooled.k:
        notes.append(f"{pooled.k} studies of {programmes} programmes.")
    return Frequency(
        **{name: str(first[name]) for name in ("term", "kind", "rung", "definition", "group")},
        label=label,
        studies=tuple(cell["study_id"]),
        programmes=programmes,
        side_effect_ids=_ids(cell),
        pooled=pooled,
        upper_if_none=none,
        notes=tuple(notes),
    )


def contrast_of(treated: pd.DataFrame, control: pd.DataFrame, label: str) -> HarmContrast:
    """Treated people against the controls of their own trials.

    One difference and one ratio common to the trials. The arms of a crossover trial are taken as
    independent, which makes its interval too wide rather than too narrow when people who have an
    effect under one treatment tend to have it under the other.

    `treated`, `control`: rows of `HarmFrequencies.per_study` indexed by study, the same studies in
        the same order.
    """
    columns = (treated["events"], treated["n"], control["events"], control["n"])
    counts = [column.astype(int).to_numpy() for column in columns]
    first = control.iloc[0]
    crossovers = int((control["design"] == _CROSSOVER).sum())
    notes = []
    if crossovers:
        words = "trial is a crossover" if crossovers == 1 else "trials are crossovers"
        notes.append(f"{crossovers} {words}, whose periods are taken as independent.")
    return HarmContrast(
        **{name: str(first[name]) for name in ("term", "kind", "rung", "definition")},
        label=label,
        comparator=str(first["group"]),
        studies=tuple(control.index),
        programmes=_programmes(control.reset_index()),
        side_effect_ids=(*_ids(treated), *_ids(control)),
        difference=mantel_haenszel(*counts, measure="RD"),
        ratio=mantel_haenszel(*counts, measure="RR"),
        peto_odds_ratio=peto(*counts),
        beta_binomial_odds_ratio=_beta_binomial(*map(tuple, counts)) if len(control) > 1 else None,
        notes=tuple(notes),
    )


@cache
def _pooled(events: tuple[int, ...], n: tuple[int, ...]) -> PooledProportion:
    """The same counts are pooled once per process: pages and notebooks ask again."""
    return pool_proportions(events, n)


@cache
def _beta_binomial(*counts: tuple[int, ...]) -> TwoArmEffect:
    return beta_binomial(*counts)


def _programmes(cell: pd.DataFrame) -> int:
    return int(cell["programme"].fillna(cell["study_id"]).nunique())


def _ids(cell: pd.DataFrame) -> tuple[str, ...]:
    return tuple(name for ids in cell["side_effect_ids"] for name in ids)
