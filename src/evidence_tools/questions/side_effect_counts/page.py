"""How common side effects are, against control: pictures, tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_tools.base.words import count_words, percent_words
from evidence_tools.display.cells import shorten
from evidence_tools.display.display import Column, PageAnswer, Parts, Picture, Prose, Table
from evidence_tools.display.harms import HarmMark, HarmRow, draw_harms
from evidence_tools.display.style import HARM_RUNGS, harm_group
from evidence_tools.questions.side_effect_counts import tables as harm_tables
from evidence_tools.questions.side_effect_counts.frequencies import (
    Frequency,
    HarmContrast,
    HarmFrequencies,
    harm_frequencies,
)
from evidence_tools.questions.side_effect_counts.named import (
    CommonSideEffects,
    TermFrequency,
    side_effects_common,
)
from evidence_tools.questions.side_effect_counts.rates import TREATED_GROUP
from evidence_tools.questions.side_effect_counts.words import (
    definition_words,
    difference_words,
    extent_words,
    per_hundred,
)

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.evidence.loading import Evidence

_APART = ("serious", "stopping")
"""Kinds that are shown apart from all other effects."""

_SHORT_RUNGS = {
    "racemic-infusion": "Ketamine infusion",
    "racemic-other": "Other ketamine",
    "esketamine-spray": "Esketamine spray",
    "anaesthetic": "Anaesthetic doses",
    "esketamine-other": "Other esketamine",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffectFrequency(PageAnswer):
    """How common each side effect is, and what the page's list leaves out.

    `found`: pooled proportions and contrasts within trials.
    `common`: the effects that the page names, and those at least as common.
    """

    evidence: Evidence
    found: HarmFrequencies
    common: CommonSideEffects

    def to_frame(self) -> pd.DataFrame:
        """All frequencies, unrounded."""
        return self.found.to_frame()

    def summary(self) -> str:
        """Three sentences: the named effects, control, and what is at least as common."""
        said = (self._sentence_named(), self._sentence_control(), self._sentence_unnamed())
        return "\n".join(said)

    def answers(self) -> Parts[Prose]:
        """The summary; each named effect per hundred people; whether people were asked."""
        return {
            **PageAnswer.answers(self),
            "per-hundred": self._per_hundred,
            "how-asked": lambda: harm_tables.how_asked(self.found.incidences),
        }

    def pictures(self) -> Parts[Picture]:
        """One row per study that counted a named effect; one per effect that is left out."""
        return {"named": self._picture_named, "unnamed": self._picture_unnamed}

    def captions(self) -> Parts[Prose]:
        """What both figures show."""
        return {"both": self._caption}

    def tables(self) -> Parts[Table]:
        """The numbers of the figures; against control; by definition, size, dose and reason."""
        evidence, found, counted = self.evidence, self.found, self.found.incidences
        named = {one.term for one in self.common.named if one.term}
        return {
            "named": lambda: harm_tables.table_of_studies(evidence, found, named),
            "near": self._near,
            "unnamed": lambda: self._against(self._of(self.common.unnamed)),
            "all": self._all,
            "against-control": self._against_control,
            "definitions": lambda: harm_tables.table_of_definitions(evidence, found),
            "serious-and-stopping": self._serious_and_stopping,
            "left-out": lambda: harm_tables.table_left_out(evidence, counted, _APART),
            "sizes": lambda: harm_tables.table_of_sizes(evidence),
            "by-dose": lambda: harm_tables.table_by_dose(evidence, counted),
            "ratings": lambda: harm_tables.table_of_ratings(evidence),
            "reasons": lambda: harm_tables.table_of_reasons(counted),
        }

    def _sentence_named(self) -> str:
        counted: dict[str, list[str]] = {}
        for one in self.common.deciding():
            if one.percent is not None:
                counted.setdefault(one.rung, []).append(_named_words(one))
        never = [one.named_as for one in self.common.deciding() if one.percent is None]
        parts = [f"with {HARM_RUNGS[rung]}: {', '.join(found)}" for rung, found in counted.items()]
        said = [f"Of 100 people treated, {'; '.join(parts)}."] if parts else []
        said += [f"Not counted in any study: {', '.join(never)}."] if never else []
        return " ".join(said)

    def _sentence_control(self) -> str:
        beside = [one for one in self.common.named if one.comparator == "inactive"]
        more = [_with_rung(one) for one in beside if one.more_often]
        other = [_with_rung(one) for one in beside if not one.more_often]
        counted = {one.named_as for one in beside}
        alone = [name for name in self.common.names() if name not in counted]
        parts = [
            f"more often than under placebo or saline in the same trials: {_listed(more)}",
            f"not shown to be more often: {_listed(other)}",
            f"never counted beside placebo or saline: {_listed(alone)}",
        ]
        return f"{'; '.join(parts).capitalize()}."

    def _sentence_unnamed(self) -> str:
        names: dict[str, list[str]] = {}
        for one in self.common.unnamed:
            names.setdefault(one.rung, []).append(f"{one.label.lower()} {one.percent:.0f}")
        if not names:
            return "No effect that the page leaves out is as common as those it names."
        parts = [f"with {HARM_RUNGS[rung]}, {', '.join(found)}" for rung, found in names.items()]
        return f"The page leaves out effects that are at least as common: {'; '.join(parts)}."

    def _per_hundred(self) -> Prose:
        lines = [per_hundred(f, self._contrast(f)) for f in self._of(self.common.named)]
        return Prose("\n".join(f"- {line}" for line in lines))

    def _picture_named(self) -> Picture:
        rows = [row for one in self._of(self.common.named) for row in self._study_rows(one)]
        return self._picture(rows, "How common the side effects are that the page names")

    def _picture_unnamed(self) -> Picture:
        rows = [self._pooled_row(one, one.label) for one in self._of(self.common.unnamed)]
        return self._picture(rows, "Side effects that the page leaves out")

    def _caption(self) -> Prose:
        return Prose(
            f"Dots: percent of people with the effect; lines: 95% intervals, exact for one study. "
            f"Counts: treated people, then controls. A pooled percent is that of the middle study, "
            f"so it need not equal the counts added up. "
            f"Open dots are single studies, bold rows and filled dots several studies pooled. "
            f"Dashed line: {self.common.threshold:g} of 100 people. Controls stand beside treated "
            f"people of the same trials only; electroconvulsive therapy is never a control, since "
            f"it has side effects of its own."
        )

    def _near(self) -> Table:
        """Effects so near to a named one that they must be seen beside it."""
        near = self.evidence.rules.harms.near_named.values()
        terms = {term for terms in near for term in terms}
        chosen = [f for f in self.found.frequencies if f.term in terms]
        return harm_tables.table_of_frequencies(chosen)

    def _against_control(self) -> Table:
        """Every contrast within randomised trials, the largest difference first."""
        beside = [c for c in self.found.contrasts if c.kind == "effect"]
        ordered = sorted(beside, key=lambda c: -(c.difference.estimate or 0))
        return harm_tables.table_of_contrasts(ordered)

    def _all(self) -> Table:
        chosen = [f for f in self.found.frequencies if f.kind == "effect"]
        folded = f"{len(chosen)} counts of every side effect"
        return harm_tables.table_of_frequencies(chosen, folded=folded)

    def _serious_and_stopping(self) -> Table:
        """Serious events and deaths, then people who gave up treatment or a trial."""
        apart = [f for f in self.found.frequencies if f.kind in _APART]
        return harm_tables.table_of_frequencies(sorted(apart, key=lambda f: _APART.index(f.kind)))

    def _of(self, chosen: Sequence[TermFrequency]) -> list[Frequency]:
        """The frequencies behind the answers to the claim, in their order."""
        treated = {
            (f.rung, f.term, f.definition): f
            for f in self.found.frequencies
            if f.group == TREATED_GROUP and f.kind == "effect"
        }
        return [treated[c.rung, c.term, c.definition] for c in chosen if c.rung]

    def _contrast(self, one: Frequency) -> HarmContrast | None:
        """The contrast of the same cell that the answer to the claim names."""
        cell = (one.kind, one.rung, one.term, one.definition)
        named = [*self.common.named, *self.common.unnamed]
        beside = {(c.rung, c.term, c.definition): c.comparator for c in named}
        comparator = beside.get(cell[1:])
        for c in self.found.contrasts:
            if (c.kind, c.rung, c.term, c.definition, c.comparator) == (*cell, comparator):
                return c
        return None

    def _against(self, chosen: Sequence[Frequency]) -> Table:
        columns = (
            *(harm_tables.EFFECT, harm_tables.COUNTED, harm_tables.GIVEN),
            *(Column("Studies", extent_words), harm_tables.OF_PEOPLE, harm_tables.PERCENT),
            Column("Control", lambda one: harm_tables.control_words(self._contrast(one))),
            Column("More per 100", lambda one: _difference(self._contrast(one))),
        )
        return Table.of(columns, chosen)

    def _picture(self, rows: list[HarmRow], title: str) -> Picture:
        axes = draw_harms(rows, threshold=self.common.threshold)
        return Picture(axes=axes, alt=f"{title}, in percent of people. {_spoken(rows)}")

    def _study_rows(self, one: Frequency) -> list[HarmRow]:
        """One row per study of a frequency, and a pooled one below several."""
        mine = harm_tables.rows_of(self.found, one)
        heading = (
            f"{one.label} – {_SHORT_RUNGS[one.rung].lower()}, {definition_words(one.definition)}"
        )
        rows = []
        for _, study in mine.groupby("study_id", sort=False):
            words = " · ".join(f"{row.events} of {row.n}" for row in study.itertuples())
            marks = tuple(_mark(row) for _, row in study.iterrows())
            label = f"{shorten(study['label'].iloc[0], 40)}: {words}"
            rows.append(HarmRow(label=label, marks=marks, group=heading))
        if one.k > 1:
            rows.append(self._pooled_row(one, f"{extent_words(one)} pooled", heading))
        return rows

    def _pooled_row(self, one: Frequency, words: str, heading: str = "") -> HarmRow:
        """One row of pooled dots; that of the control is pooled over the same trials."""
        group = heading or f"{_SHORT_RUNGS[one.rung]}, {definition_words(one.definition)}"
        contrast = self._contrast(one)
        comparator = contrast.comparator if contrast else ""
        cell = (one.kind, one.rung, one.term, one.definition)
        marks = [
            HarmMark(
                group=f.group,
                percent=100 * f.pooled.proportion,
                low=100 * f.pooled.ci_low,
                high=100 * f.pooled.ci_high,
            )
            for f in self.found.frequencies
            if (f.kind, f.rung, f.term, f.definition) == cell
            and f.group in (TREATED_GROUP, comparator)
            and f.pooled.proportion is not None
            and f.pooled.ci_low is not None
            and f.pooled.ci_high is not None
        ]
        counts = f"{one.pooled.events} of {one.pooled.n}"
        if contrast:
            effect = contrast.difference
            counts += f" · {effect.events_control} of {effect.n_control}"
        label = f"{words}: {counts}"
        return HarmRow(label=label, marks=tuple(marks), pooled=one.k > 1, group=group)


def side_effect_frequency(evidence: Evidence) -> SideEffectFrequency:
    """Everything in the evidence on how common side effects are.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    SideEffectFrequency
    """
    found = harm_frequencies(evidence)
    common = side_effects_common(evidence, found)
    return SideEffectFrequency(evidence=evidence, found=found, common=common)


def _difference(contrast: HarmContrast | None) -> str:
    return difference_words(contrast) if contrast else "no control"


def _mark(row: pd.Series[Any]) -> HarmMark:
    percent, low, high = (100 * float(row[name]) for name in ("proportion", "ci_low", "ci_high"))
    return HarmMark(group=str(row["group"]), percent=percent, low=low, high=high)


def _named_words(one: TermFrequency) -> str:
    """A named effect with its percent, interval, and what stands behind it."""
    when = "" if one.definition == "any-time" else f"{definition_words(one.definition)}; "
    studies = f"{count_words(one.k, 'study', 'studies')} of {one.n} people"
    return (
        f"{one.named_as} {one.percent:.0f} ({one.ci_low:.0f} to {one.ci_high:.0f}; {when}{studies})"
    )


def _with_rung(one: TermFrequency) -> str:
    return f"{one.named_as} ({HARM_RUNGS[one.rung]})"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _spoken(rows: list[HarmRow]) -> str:
    """All rows for those who cannot see the figure."""
    parts = []
    for row in rows:
        marks = ", ".join(
            f"{harm_group(mark.group).words} {percent_words(mark.percent)} "
            f"({percent_words(mark.low)} to {percent_words(mark.high)})"
            for mark in row.marks
        )
        parts.append(f"{row.group}, {row.label}: {marks}")
    return "; ".join(parts) + "." if parts else "Nobody counted it."
