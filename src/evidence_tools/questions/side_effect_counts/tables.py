"""Tables on side effects: studies, contrasts, definitions, sizes, doses, and what was left out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.arithmetic.proportions import proportion_intervals
from evidence_tools.base.words import count_words, effect_words, percent_words, printed_number
from evidence_tools.display.cells import PEOPLE, number, read_in, source_link, text
from evidence_tools.display.display import Cell, Column, Prose, Table
from evidence_tools.display.style import HARM_RUNGS, harm_group
from evidence_tools.questions.side_effect_counts.frequencies import (
    Frequency,
    HarmContrast,
    HarmFrequencies,
    harm_frequencies,
)
from evidence_tools.questions.side_effect_counts.measured import (
    measured_changes,
    rated_dissociation,
)
from evidence_tools.questions.side_effect_counts.rates import TREATED_GROUP
from evidence_tools.questions.side_effect_counts.words import (
    definition_words,
    difference_words,
    share_words,
    who_words,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.questions.side_effect_counts.incidence import Incidences

_REGULATORY = "regulatory"
_MEASURES = {
    "mean-change": "mean change",
    "peak-mean": "mean of the largest rises",
    "mean": "mean after the dose",
}


def rows_of(found: HarmFrequencies, one: Frequency) -> pd.DataFrame:
    """The studies of a frequency, with the controls beside them."""
    rows = found.per_study
    same = rows["rung"].eq(one.rung) & rows["term"].eq(one.term) & rows["kind"].eq(one.kind)
    return rows[same & rows["definition"].eq(one.definition)]


def harm_records(evidence: Evidence, term: str = "") -> list[dict[str, Any]]:
    """One record per term, rung, definition and group, with the keys of ``evidence harms --json``.
    Unrounded; a control's record carries the difference and the ratio from treated people.
    """
    found = harm_frequencies(evidence, term=term)
    contrasts = {(*_cell(c), c.comparator): c for c in found.contrasts}
    return [_record(f, contrasts.get((*_cell(f), f.group))) for f in found.frequencies]


def _cell(one: Frequency | HarmContrast) -> tuple[str, ...]:
    return one.kind, one.rung, one.term, one.definition


_OF_FREQUENCY = ("term", "label", "kind", "rung", "definition", "group", "k", "programmes")
_OF_POOLED = ("events", "n", "proportion", "ci_low", "ci_high", "pi_low", "pi_high", "tau2")


def _record(one: Frequency, contrast: HarmContrast | None) -> dict[str, Any]:
    record: dict[str, Any] = {name: getattr(one, name) for name in _OF_FREQUENCY}
    record |= {name: getattr(one.pooled, name) for name in _OF_POOLED}
    record |= {"method": one.pooled.method, "upper_if_none": one.upper_if_none}
    for name in ("risk_difference", "log_risk_ratio"):
        effect = contrast and (contrast.difference if name == "risk_difference" else contrast.ratio)
        record[name] = effect.estimate if effect else None
        record[f"{name}_ci_low"] = effect.ci_low if effect else None
        record[f"{name}_ci_high"] = effect.ci_high if effect else None
    record["number_needed_to_harm"] = contrast.number_needed_to_harm if contrast else None
    record |= {"studies": list(one.studies), "side_effect_ids": list(one.side_effect_ids)}
    return record | {"notes": [*one.notes, *(contrast.notes if contrast else ())]}


def harms_table(evidence: Evidence, term: str = "") -> Table:
    """One line per term, rung, definition and group, of one term or of all."""
    return table_of_frequencies(harm_frequencies(evidence, term=term).frequencies)


EFFECT = Column("Side effect", lambda one: one.label)
COUNTED = Column("Counted", lambda one: definition_words(one.definition))
GIVEN = Column("Given", lambda one: HARM_RUNGS[one.rung])
OF_PEOPLE = Column("People", lambda one: f"{one.pooled.events} of {one.pooled.n}")
PERCENT = Column("Percent (95% interval)", share_words)


def table_of_frequencies(frequencies: Sequence[Frequency], *, folded: str = "") -> Table:
    """Frequencies as finished words, treated people and their controls under one another."""
    columns = (
        *(EFFECT, COUNTED, Column("Among", _among)),
        *(Column("Studies", lambda one: one.k, "right"), OF_PEOPLE, PERCENT),
    )
    empty = "Nobody counted it among people treated."
    return Table.of(columns, frequencies, empty=empty, folded=folded)


def _among(one: Frequency) -> str:
    return who_words(one) if one.group == TREATED_GROUP else f"… {who_words(one)}"


def table_of_studies(evidence: Evidence, found: HarmFrequencies, terms: Collection[str]) -> Table:
    """One line per study and group that counted one of the terms, in the frequencies' order."""
    rows = found.incidences.rows
    sources = {str(row["side_effect_id"]): row for _, row in rows.iterrows()}
    conditions = evidence.schema["studies"]["condition"].vocabulary
    columns = (
        Column("Side effect", lambda pair: pair[0].label),
        Column("Counted", lambda pair: definition_words(pair[0].definition)),
        Column("Study", lambda pair: text(pair[1], "label")),
        Column("People", lambda pair: conditions.get(text(pair[1], "condition"), "").rstrip(".")),
        Column("Given", lambda pair: _among(pair[0])),
        Column("With the effect", lambda pair: f"{pair[1]['events']} of {pair[1]['n']}"),
        Column("Percent (exact 95% interval)", lambda pair: _exact(pair[1])),
        Column("Read in", lambda pair: source_link(evidence, sources[_first(pair[1])])),
    )
    chosen = (f for f in found.frequencies if f.term in terms and f.kind == "effect")
    return Table.of(columns, [pair for one in chosen for pair in _studies(found, one)])


def _studies(found: HarmFrequencies, one: Frequency) -> Iterator[tuple[Frequency, pd.Series[Any]]]:
    """A frequency with each row of the group that it is about."""
    mine = rows_of(found, one)
    return ((one, row) for _, row in mine[mine["group"] == one.group].iterrows())


def _first(row: pd.Series[Any]) -> str:
    return str(row["side_effect_ids"][0])


def _exact(row: pd.Series[Any]) -> str:
    percent, low, high = (
        percent_words(100 * float(row[name])) for name in ("proportion", "ci_low", "ci_high")
    )
    return f"{percent} ({low} to {high})"


def table_of_contrasts(contrasts: Sequence[HarmContrast]) -> Table:
    """Treated people against the controls of their own trials."""
    columns = (
        *(EFFECT, COUNTED, GIVEN, Column("Trials", lambda one: one.k, "right")),
        Column(
            "Treated", lambda one: f"{one.difference.events_active} of {one.difference.n_active}"
        ),
        Column("Control", control_words),
        Column("More per 100 (95% interval)", difference_words),
        Column("Ratio (95% interval)", _ratio),
        Column("One more for every", _needed),
    )
    return Table.of(columns, contrasts, empty="No randomised trial counted it in both arms.")


def control_words(contrast: HarmContrast | None) -> str:
    """Control in words with its counts and percent."""
    if contrast is None:
        return "no control that counts"
    effect = contrast.difference
    share = percent_words(100 * contrast.control_risk)
    name = harm_group(contrast.comparator).words
    return f"{name}: {effect.events_control} of {effect.n_control} ({share})"


def _ratio(contrast: HarmContrast) -> str:
    effect = contrast.ratio
    if effect.estimate is None or effect.ci_low is None or effect.ci_high is None:
        return "none in one arm: no ratio"
    ends = [effect_words(math.exp(value)) for value in (effect.ci_low, effect.ci_high)]
    return f"{effect_words(math.exp(effect.estimate))} ({ends[0]} to {ends[1]})"


def _needed(contrast: HarmContrast) -> str:
    needed, ends = contrast.number_needed_to_harm, contrast.number_needed_interval
    if needed is None or ends is None:
        return "not shown to be more often"
    risk = percent_words(100 * contrast.control_risk)
    return f"{needed:.0f} ({ends[0]:.0f} to {ends[1]:.0f}) treated, where {risk} have it without"


def table_of_definitions(evidence: Evidence, found: HarmFrequencies) -> Table:
    """Dissociation under every definition, and what was only said in words about a scale."""
    term = evidence.rules.harms.dissociation.term
    counted = [f for f in found.frequencies if f.term == term and f.group == TREATED_GROUP]
    rated = rated_dissociation(evidence)
    said = rated[rated["measure"].eq("qualitative") & rated["design"].eq(_REGULATORY)]
    columns = (
        Column("Dissociation counted", lambda line: line[0]),
        Column("Given", lambda line: line[1]),
        Column("People", lambda line: line[2]),
        Column("Percent, or the words", lambda line: line[3]),
        Column("Read in", lambda line: line[4]),
    )
    in_words = (_said(evidence, row) for _, row in said.iterrows())
    return Table.of(columns, [*map(_defined, counted), *in_words])


def _defined(one: Frequency) -> tuple[Cell, ...]:
    counts = f"{one.pooled.events} of {one.pooled.n}"
    return definition_words(one.definition), HARM_RUNGS[one.rung], counts, share_words(one), ""


def _said(evidence: Evidence, row: pd.Series[Any]) -> tuple[Cell, ...]:
    """What was only said in words about a scale."""
    given = HARM_RUNGS.get(text(row, "rung"), "as in the drug's label")
    words = f"{text(row, 'note')} ({text(row, 'label')})"
    counted = definition_words("scale-based")
    return counted, given, "only in words", words, source_link(evidence, row)


def table_of_sizes(evidence: Evidence) -> Table:
    """Blood pressure and heart rate: how much, when, and what kind of mean."""
    labels = evidence.side_effect_terms.set_index("term")["label"]
    columns = (
        Column("What", lambda row: str(labels[row["term"]])),
        Column("Kind of mean", lambda row: _MEASURES[text(row, "measure")]),
        *(Column("Change", _size), Column("When", _when), Column("Given", _given)),
        Column("Study", lambda row: text(row, "label") + " [RETRACTED]" * bool(row["retracted"])),
        *(PEOPLE, read_in(evidence)),
    )
    return Table.of(columns, measured_changes(evidence))


def table_of_ratings(evidence: Evidence) -> Table:
    """CADSS by dose and repetition; most reports give words only."""
    columns = (
        *(_STUDY, Column("Given", _given), Column("Dose", dose_words), Column("CADSS", _size)),
        *(Column("When", _when), PEOPLE),
        *(Column("In words", lambda row: text(row, "note")), read_in(evidence)),
    )
    return Table.of(columns, rated_dissociation(evidence))


def table_by_dose(evidence: Evidence, counted: Incidences) -> Table:
    """People with dissociation per arm with a known dose, those left out of the pool named."""
    rows = counted.rows
    term = evidence.rules.harms.dissociation.term
    known = rows["dose"].notna() & rows["n"].notna() & rows["events"].notna()
    chosen = rows[(rows["term"] == term) & (rows["definition"] == "any-time") & known]
    columns = (
        Column("Given", lambda row: HARM_RUNGS[row["rung"]]),
        *(Column("Dose", dose_words), _STUDY),
        Column("With dissociation", lambda row: f"{row['events']} of {row['n']}"),
        Column("Percent (exact 95% interval)", _exact_share),
        Column("In our pool?", lambda row: text(row, "reason") or "yes"),
        read_in(evidence),
    )
    return Table.of(columns, chosen.sort_values(["rung", "dose_unit", "dose", "study_id"]))


def _exact_share(row: pd.Series[Any]) -> str:
    exact = proportion_intervals([row["events"]], [row["n"]])
    return _exact(pd.Series({n: getattr(exact, n)[0] for n in ("proportion", "ci_low", "ci_high")}))


def table_of_reasons(counted: Incidences) -> Table:
    """Rows that do not count people, by reason."""
    included = len(counted.included)
    rows = [*counted.reasons().items(), (f"in: {included} rows count people once each", included)]
    columns = (
        Column("Why not", lambda pair: str(pair[0])),
        Column("Rows", lambda pair: int(pair[1]), "right"),
    )
    return Table.of(columns, rows)


def table_left_out(evidence: Evidence, counted: Incidences, kinds: Collection[str]) -> Table:
    """What was reported on some kinds of effect without counting people once each."""
    rows = counted.rows
    labels = evidence.side_effect_terms.set_index("term")["label"]
    chosen = rows[rows["kind"].isin(kinds) & ~rows["included"]]
    columns = (
        Column(
            "Side effect",
            lambda row: "; ".join(str(labels[term]) for term in row["terms"]),
        ),
        *(_STUDY, Column("Reported", _reported)),
        *(Column("Why not counted", lambda row: text(row, "reason")), read_in(evidence)),
    )
    folded = f"{count_words(len(chosen), 'row')} that count nobody, with the reason"
    return Table.of(columns, chosen, folded=folded)


_STUDY = Column("Study", lambda row: text(row, "label"))


def _reported(row: pd.Series[Any]) -> str:
    """Count, as far as there is one, and what was noted."""
    events, n = number(row, "events"), number(row, "n")
    of = "how many not seen" if n is None else f"{n:.0f}"
    counts = "" if events is None else f"{events:.0f} of {of}"
    return "; ".join(part for part in (counts, text(row, "note")) if part) or "no count seen"


def how_asked(counted: Incidences) -> Prose:
    """How many of the rows that count people say how effects were found out."""
    ways = counted.included["elicitation"].value_counts()
    everywhere = counted.rows["elicitation"].value_counts()
    known = {name: int(ways.get(name, 0)) for name in ("asked", "volunteered", "measured")}
    silent = int(ways.get("not-stated", 0))
    return Prose(
        f"Of {count_words(len(counted.included), 'row')} that count people, "
        f"{_many(known['asked'])} that people were asked about each effect, "
        f"{_many(known['volunteered'])} that effects were only volunteered, "
        f"{known['measured']} rest on a reading or a scale taken of everybody, and {silent} do not "
        f"say. Among all {len(counted.rows)} rows, those left out included, "
        f"{int(everywhere.get('asked', 0))} say that people were asked and "
        f"{int(everywhere.get('volunteered', 0))} that effects were volunteered. What is asked for "
        f"is found more often than what is volunteered, so percentages of different studies are "
        f"not on one footing."
    )


def _many(count: int) -> str:
    return "none says" if count == 0 else f"{count} say{'s' if count == 1 else ''}"


def dose_words(row: pd.Series[Any]) -> str:
    """The amount given at one time; empty columns say that it was not seen."""
    dose = number(row, "dose")
    return f"{printed_number(dose)} {text(row, 'dose_unit')}" if dose is not None else "not seen"


def _given(row: pd.Series[Any]) -> str:
    if text(row, "role") == "control":
        return f"control: {text(row, 'drug')}"
    return HARM_RUNGS.get(text(row, "rung"), "several drugs or doses, or arm not stated")


def _size(row: pd.Series[Any]) -> str:
    value = number(row, "estimate")
    return (
        "not seen"
        if value is None
        else f"{printed_number(value)} {text(row, 'instrument_or_unit')}"
    )


def _when(row: pd.Series[Any]) -> str:
    at, anchor = number(row, "time_value"), text(row, "time_anchor").replace("-", " ")
    start = f"after {anchor}" if anchor else "start not stated"
    if at is None:
        return start if anchor else "not stated"
    return f"{printed_number(at)} {text(row, 'time_unit')}, {start}"
