"""Rules about the table of times: intervals, anchors, and in what sense relief was lost.

Claims about onset and duration rest on these rows alone, so an interval must be closed where the
event was seen, open where it was not, and counted from a known moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evidence_tools.base.units import MINUTES_PER
from evidence_tools.checks.registry import at, rule, where
from evidence_tools.evidence.joined import items_of

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.loading import Evidence


@rule("timing.csv")
def lower_after_upper(evidence: Evidence) -> Iterator[Finding]:
    """An interval begins before it ends; otherwise the event happened at no time at all."""
    timing, printed = evidence.timing, evidence.text["timing"]
    for index in where(timing.lower > timing.upper):
        allowed = f"{printed.upper[index]} (upper) or less"
        hint = "Compare both ends with the source; look at the unit too."
        yield at(evidence, "timing", index, "lower", allowed=allowed, hint=hint)


@rule("timing.csv", severity="note")
def anchor_missing(evidence: Evidence) -> Iterator[Finding]:
    """A time without a moment from which it counts can shift by the length of an infusion, so its
    interval is widened and it may decide less.
    """
    for index in where(evidence.timing.anchor.isna()):
        hint = "Fill it in if the source says from when the time counts."
        yield at(evidence, "timing", index, "anchor", found="no anchor", hint=hint)


@rule("timing.csv", severity="note")
def interval_without_bounds(evidence: Evidence) -> Iterator[Finding]:
    """A row with neither end says that something happened, but not when; it cannot vote on a
    claim about time.
    """
    printed = evidence.text["timing"]
    for index in where((printed.lower == "") & (printed.upper == "")):
        hint = "Fill in an end if the source gives a time."
        yield at(evidence, "timing", index, "lower", found="neither lower nor upper", hint=hint)


@rule("timing.csv", "rules.yml")
def loss_without_kind(evidence: Evidence) -> Iterator[Finding]:
    """Relief can be lost in three senses: no longer different from control, the group's mean
    returned, or a person relapsed. They answer different questions and are never mixed.
    """
    timing = evidence.timing
    lost = timing.event.isin(evidence.rules.validation.events_of_loss)
    for index in where(lost & timing.loss_kind.isna()):
        allowed = ", ".join(evidence.schema["timing"]["loss_kind"].vocabulary)
        found = f"no kind of loss for {timing.event[index]!r}"
        hint = "Say in what sense the source means it."
        yield at(evidence, "timing", index, "loss_kind", found=found, allowed=allowed, hint=hint)
    for index in where(~lost & timing.loss_kind.notna()):
        allowed = f"an empty cell for {timing.event[index]!r}"
        yield at(evidence, "timing", index, "loss_kind", allowed=allowed, hint="Delete it.")


@rule("timing.csv")
def last_seen_with_upper_bound(evidence: Evidence) -> Iterator[Finding]:
    """Relief that was last seen at some time may have lasted longer, so its interval is open. An
    upper end would claim that it was seen to stop.
    """
    timing = evidence.timing
    for index in where((timing.event == "relief-last-seen") & timing.upper.notna()):
        hint = "Delete it, or use the event 'relief-lost' if the loss was seen."
        yield at(evidence, "timing", index, "upper", allowed="an empty cell", hint=hint)


_SAME_PEOPLE = ["study_id", "arm_id", "effect", "anchor", "phase", "n", "basis"]


@rule("timing.csv")
def last_seen_after_lost(evidence: Evidence) -> Iterator[Finding]:
    """Relief of the same people, counted in the same way, cannot be seen after it was found gone;
    then one of the two rows is wrong, or they speak of different people.
    """
    timing, printed = evidence.timing, evidence.text["timing"]
    per = timing.unit.map(MINUTES_PER)
    times = timing.assign(low=timing.lower * per, high=timing.upper * per)
    seen = times[(times.event == "relief-last-seen") & times.low.notna()]
    lost = times[(times.event == "relief-lost") & times.high.notna()]
    first = lost.sort_values("high").drop_duplicates(_SAME_PEOPLE)
    pairs = seen.reset_index().merge(first.reset_index(), on=_SAME_PEOPLE, suffixes=("", "_lost"))
    for _, pair in pairs[pairs.low > pairs.high_lost].iterrows():
        gone = f"{printed.upper[pair['index_lost']]} {printed.unit[pair['index_lost']]}"
        allowed = f"{gone} or less, as {pair['timing_id_lost']} found it lost by then"
        hint = "Compare both rows with the source; tell the groups apart by arm, n or basis."
        yield at(evidence, "timing", pair["index"], "lower", allowed=allowed, hint=hint)


@rule("timing.csv")
def censored_without_open_end(evidence: Evidence) -> Iterator[Finding]:
    """`censored_by` says why nothing is known after the last look. Where the interval is closed
    the event itself was seen, and nothing was censored.
    """
    timing = evidence.timing
    for index in where(timing.censored_by.notna() & timing.upper.notna()):
        allowed = "an empty cell, as `upper` is filled"
        hint = "Delete it, or empty `upper` if the event was not seen."
        yield at(evidence, "timing", index, "censored_by", allowed=allowed, hint=hint)


@rule("timing.csv", "side_effect_terms.csv", "rules.yml")
def unknown_timing_term(evidence: Evidence) -> Iterator[Finding]:
    """The time course of a side effect is gathered by its term, so an event of a side effect
    names terms of the vocabulary, and other events name none.
    """
    timing = evidence.timing
    harm = timing.event.isin(evidence.rules.validation.events_of_side_effects)
    items = items_of(timing.term)
    unknown = ~items.isin(evidence.side_effect_terms.term)
    for index in where(unknown.groupby(level=0).any()):
        allowed = "terms of side_effect_terms.csv, separated by semicolons"
        yield at(evidence, "timing", index, "term", allowed=allowed, hint="Look for a misspelling.")
    for index in where(harm & timing.term.isna()):
        found, allowed = "no term for a side effect", "a term of side_effect_terms.csv"
        yield at(
            evidence, "timing", index, "term", found=found, allowed=allowed, hint="Choose one."
        )
    for index in where(~harm & timing.term.notna()):
        allowed = f"an empty cell for {timing.event[index]!r}"
        yield at(evidence, "timing", index, "term", allowed=allowed, hint="Delete it.")
