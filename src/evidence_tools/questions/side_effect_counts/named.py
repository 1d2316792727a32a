"""The claim on the common side effects: those the page names, and those it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from evidence_tools.questions.side_effect_counts.exposure import LADDER
from evidence_tools.questions.side_effect_counts.frequencies import (
    Frequency,
    HarmContrast,
    HarmFrequencies,
    harm_frequencies,
)
from evidence_tools.questions.side_effect_counts.rates import TREATED_GROUP

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.evidence.rules import HarmRules

Common = Literal["yes", "no", "cannot-tell", "not-counted"]
_EFFECT = "effect"
_PLACEBO_FIRST = ("inactive", "midazolam", "other-active", "untreated")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFrequency:
    """How common one side effect is on one rung, and whether that is more than under control.

    `term`, `label`: the effect.
    `named_as`: the page's own word for it; empty for an effect that the page does not name.
    `rung`, `definition`: rung of the ladder of harms and definition; empty where nobody counted it.
    `percent`, `ci_low`, `ci_high`: percent of people treated, with its 95% interval.
    `k`, `programmes`, `events`, `n`: studies, research programmes, people with the effect and
        people.
    `common`: whether the whole interval lies at or above the threshold, below it, or neither.
    `comparator`: class of the controls of the same trials, placebo or saline first; empty without
        any.
    `control_percent`: percent of all controls of those trials.
    `difference`, `difference_low`, `difference_high`: percentage points, treated minus control,
        with the 95% interval.
    `more_often`: whether the whole interval of the difference lies above zero; None without a
        control.
    `side_effect_ids`: rows behind all of this.
    """

    term: str
    label: str
    named_as: str
    rung: str = ""
    definition: str = ""
    percent: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    k: int = 0
    programmes: int = 0
    events: int = 0
    n: int = 0
    common: Common = "not-counted"
    comparator: str = ""
    control_percent: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    more_often: bool | None = None
    side_effect_ids: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row, unrounded."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return pd.DataFrame([row | {"side_effect_ids": ";".join(self.side_effect_ids)}])

    def summary(self) -> str:
        """One line."""
        if self.percent is None or self.ci_low is None or self.ci_high is None:
            return f"{self.label}: not counted in any study"
        words = (
            f"{self.label} ({self.rung}, {self.definition}): {self.percent:.0f}% "
            f"({self.ci_low:.0f} to {self.ci_high:.0f}%; {self.events} of {self.n}, k {self.k})"
        )
        if self.difference is None:
            return f"{words}; no control"
        return f"{words}; {self.control_percent:.0f}% with {self.comparator}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonSideEffects:
    """The named effects, and the unnamed ones that are at least as common.

    Attributes
    ----------
    threshold : float
        Percent of people from which an effect is common.
    named : tuple of TermFrequency
        For each effect that the page names, one per rung on which it was counted under a deciding
        definition, the ladder's order; one with `common` "not-counted" where nobody counted it.
    unnamed : tuple of TermFrequency
        Effects that the page does not name, nor one near to them, and that are at least as common
        as the least common named one on the same rung and under the same definition; the
        commonest of a cell first.
    """

    threshold: float
    named: tuple[TermFrequency, ...]
    unnamed: tuple[TermFrequency, ...]

    def names(self) -> list[str]:
        """The page's own words for the effects that it names, in the order of ``rules.yml``."""
        return list(dict.fromkeys(one.named_as for one in self.named))

    def deciding(self) -> tuple[TermFrequency, ...]:
        """Of each named effect the count on the highest rung of the ladder."""
        first: dict[str, TermFrequency] = {}
        for one in self.named:
            first.setdefault(one.named_as, one)
        return tuple(first.values())

    def to_frame(self) -> pd.DataFrame:
        """One row per effect and rung, the named ones first."""
        return pd.concat(
            [one.to_frame() for one in (*self.named, *self.unnamed)], ignore_index=True
        )

    def summary(self) -> str:
        """One line per named effect on its highest rung, and one for the unnamed."""
        lines = [one.summary() for one in self.deciding()]
        names = list(dict.fromkeys(one.label.lower() for one in self.unnamed))
        return "\n".join([*lines, f"not named, at least as common: {', '.join(names) or 'none'}"])


def side_effects_common(
    evidence: Evidence, frequencies: HarmFrequencies | None = None
) -> CommonSideEffects:
    """Whether the effects that the page names are common, and which it leaves out.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence; the named effects and the threshold stand in ``rules.yml``.
    frequencies : HarmFrequencies, optional
        From `harm_frequencies`, if they are at hand.

    Returns
    -------
    CommonSideEffects
    """
    rules = evidence.rules.harms
    found = frequencies or harm_frequencies(evidence)
    labels = evidence.side_effect_terms.set_index("term")["label"]
    counted = [
        _term_frequency(one, found, rules)
        for one in sorted(found.frequencies, key=lambda one: _place(one, rules))
        if one.group == TREATED_GROUP and one.kind == _EFFECT and _may_decide(one, rules)
    ]
    named: list[TermFrequency] = []
    for words, term in rules.named.items():
        mine = [one for one in counted if one.term == term]
        named += mine or [TermFrequency(term=term, label=str(labels[term]), named_as=words)]
    near = {term for terms in rules.near_named.values() for term in terms}
    known = near | set(rules.named.values())
    others = [one for one in counted if one.term not in known]
    return CommonSideEffects(
        threshold=float(rules.common_percent),
        named=tuple(named),
        unnamed=tuple(_as_common(others, named)),
    )


def _place(one: Frequency, rules: HarmRules) -> tuple[int, int]:
    definitions = list(rules.deciding_definitions)
    known = one.definition in definitions
    return LADDER.index(one.rung), definitions.index(one.definition) if known else len(definitions)


def _may_decide(one: Frequency, rules: HarmRules) -> bool:
    single = one.term not in rules.no_single_effect
    return single and one.definition in rules.deciding_definitions


def _term_frequency(one: Frequency, found: HarmFrequencies, rules: HarmRules) -> TermFrequency:
    words = {term: words for words, term in rules.named.items()}
    contrast = _contrast(one, found)
    effect = contrast.difference if contrast else None
    pooled = one.pooled
    ids = one.side_effect_ids + (contrast.side_effect_ids if contrast else ())
    return TermFrequency(
        term=one.term,
        label=one.label,
        named_as=words.get(one.term, ""),
        rung=one.rung,
        definition=one.definition,
        percent=_percent(pooled.proportion),
        ci_low=_percent(pooled.ci_low),
        ci_high=_percent(pooled.ci_high),
        k=one.k,
        programmes=one.programmes,
        events=pooled.events,
        n=pooled.n,
        common=_common(_percent(pooled.ci_low), _percent(pooled.ci_high), rules.common_percent),
        comparator=contrast.comparator if contrast else "",
        control_percent=_percent(contrast.control_risk) if contrast else None,
        difference=_percent(effect.estimate) if effect else None,
        difference_low=_percent(effect.ci_low) if effect else None,
        difference_high=_percent(effect.ci_high) if effect else None,
        more_often=contrast.more_often if contrast else None,
        side_effect_ids=tuple(dict.fromkeys(ids)),
    )


def _contrast(one: Frequency, found: HarmFrequencies) -> HarmContrast | None:
    """The contrast of the same cell, against placebo or saline where there is one."""
    cell = (one.kind, one.rung, one.term, one.definition)
    same = [c for c in found.contrasts if (c.kind, c.rung, c.term, c.definition) == cell]
    return min(same, key=lambda c: _PLACEBO_FIRST.index(c.comparator), default=None)


def _common(low: float | None, high: float | None, threshold: float) -> Common:
    if low is None or high is None:
        return "cannot-tell"
    return "yes" if low >= threshold else "no" if high < threshold else "cannot-tell"


def _as_common(others: list[TermFrequency], named: list[TermFrequency]) -> Iterator[TermFrequency]:
    """Unnamed effects at least as common as the least common named one of the same cell."""
    least: dict[tuple[str, str], float] = {}
    for one in sorted(named, key=lambda one: LADDER.index(one.rung) if one.rung else 0):
        if one.percent is not None:
            cell = (one.rung, one.definition)
            least[cell] = min(one.percent, least.get(cell, one.percent))
    for cell, lowest in least.items():
        # Of the same counts the optimiser makes shares that differ in their last digit.
        lowest -= 1e-6
        mine = [one for one in others if (one.rung, one.definition) == cell]
        common = [one for one in mine if one.percent is not None and one.percent >= lowest]
        yield from sorted(common, key=lambda one: -(one.percent or 0))


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
