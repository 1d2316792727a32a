"""Tables on side effects: studies, contrasts, definitions, sizes, doses, and what was left out."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from evidence_tools.harms import Frequency, HarmContrast, HarmFrequencies
from evidence_tools.harms.rates import TREATED_GROUP
from evidence_tools.incidence import Incidences
from evidence_tools.incidence.measured import measured_changes, rated_dissociation
from evidence_tools.loading import Evidence
from evidence_tools.proportions import proportion_intervals
from evidence_tools.report.cells import number, people, source_link, text
from evidence_tools.report.display import Cell, Prose, Table
from evidence_tools.report.harm_words import definition_words, difference_words, share_words
from evidence_tools.style import HARM_RUNGS, harm_group
from evidence_tools.words import count_words, effect_words, percent_words, printed_number

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


def table_of_studies(evidence: Evidence, found: HarmFrequencies, terms: Collection[str]) -> Table:
    """One line per study and group that counted one of the terms.

    Parameters
    ----------
    evidence : Evidence
        For the links of the sources.
    found : HarmFrequencies
        Where the counts are.
    terms : collection of str
        Terms of ``side_effect_terms.csv``.

    Returns
    -------
    Table
        In the order of the frequencies.
    """
    chosen = [f for f in found.frequencies if f.term in terms and f.kind == "effect"]
    rows = found.incidences.rows
    sources = {str(row["side_effect_id"]): row for _, row in rows.iterrows()}
    conditions = evidence.schema["studies"]["condition"].vocabulary
    lines: list[tuple[Cell, ...]] = []
    for one in chosen:
        mine = rows_of(found, one)
        for _, row in mine[mine["group"] == one.group].iterrows():
            treated = one.group == TREATED_GROUP
            source = sources[str(row["side_effect_ids"]).partition(";")[0]]
            lines.append(
                (
                    one.label,
                    definition_words(one.definition),
                    text(row, "label"),
                    conditions.get(text(row, "condition"), "").rstrip("."),
                    HARM_RUNGS[one.rung] if treated else f"… {harm_group(one.group).words}",
                    f"{row['events']} of {row['n']}",
                    _exact(row),
                    source_link(evidence, source),
                )
            )
    columns = ("Side effect", "Counted", "Study", "People", "Given", "With the effect")
    return Table(columns=(*columns, "Percent (exact 95% interval)", "Read in"), rows=tuple(lines))


def _exact(row: pd.Series[Any]) -> str:
    percent, low, high = (
        percent_words(100 * float(row[name])) for name in ("proportion", "ci_low", "ci_high")
    )
    return f"{percent} ({low} to {high})"


def table_of_contrasts(contrasts: Sequence[HarmContrast]) -> Table:
    """Treated people against the controls of their own trials."""
    columns = ("Side effect", "Counted", "Given", "Trials", "Treated", "Control")
    effects = ("More per 100 (95% interval)", "Ratio (95% interval)", "One more for every")
    return Table(
        columns=(*columns, *effects),
        rows=tuple(
            (
                c.label,
                definition_words(c.definition),
                HARM_RUNGS[c.rung],
                str(c.k),
                f"{c.difference.events_active} of {c.difference.n_active}",
                control_words(c),
                difference_words(c),
                _ratio(c),
                _needed(c),
            )
            for c in contrasts
        ),
        empty="No randomised trial counted it in both arms.",
    )


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
    lines: list[tuple[Cell, ...]] = []
    for one in found.frequencies:
        if one.term == term and one.group == TREATED_GROUP:
            counts = f"{one.pooled.events} of {one.pooled.n}"
            given = HARM_RUNGS[one.rung]
            lines.append((definition_words(one.definition), given, counts, share_words(one), ""))
    for _, row in rated_dissociation(evidence).iterrows():
        if text(row, "measure") == "qualitative" and text(row, "design") == _REGULATORY:
            given = HARM_RUNGS.get(text(row, "rung"), "as in the drug's label")
            words = f"{text(row, 'note')} ({text(row, 'label')})"
            link = source_link(evidence, row)
            lines.append((definition_words("scale-based"), given, "only in words", words, link))
    columns = ("Dissociation counted", "Given", "People", "Percent, or the words", "Read in")
    return Table(columns=columns, rows=tuple(lines))


def table_of_sizes(evidence: Evidence) -> Table:
    """Blood pressure and heart rate: how much, when, and what kind of mean."""
    labels = evidence.side_effect_terms.set_index("term")["label"]
    columns = ("What", "Kind of mean", "Change", "When", "Given", "Study", "n", "Read in")
    return Table(
        columns=columns,
        rows=tuple(
            (
                str(labels[row["term"]]),
                _MEASURES[text(row, "measure")],
                _size(row),
                _when(row),
                _given(row),
                text(row, "label") + (" [RETRACTED]" if row["retracted"] else ""),
                people(row),
                source_link(evidence, row),
            )
            for _, row in measured_changes(evidence).iterrows()
        ),
    )


def table_of_ratings(evidence: Evidence) -> Table:
    """CADSS by dose and repetition; most reports give words only."""
    columns = ("Study", "Given", "Dose", "CADSS", "When", "n", "In words", "Read in")
    return Table(
        columns=columns,
        rows=tuple(
            (
                text(row, "label"),
                _given(row),
                dose_words(row),
                _size(row) if number(row, "estimate") is not None else "not seen",
                _when(row),
                people(row),
                text(row, "note"),
                source_link(evidence, row),
            )
            for _, row in rated_dissociation(evidence).iterrows()
        ),
    )


def table_by_dose(evidence: Evidence, counted: Incidences) -> Table:
    """People with dissociation per arm with a known dose, those left out of the pool named."""
    rows = counted.rows
    term = evidence.rules.harms.dissociation.term
    known = rows["dose"].notna() & rows["n"].notna() & rows["events"].notna()
    chosen = rows[(rows["term"] == term) & (rows["definition"] == "any-time") & known]
    ordered = chosen.sort_values(["rung", "dose_unit", "dose", "study_id"])
    lines: list[tuple[Cell, ...]] = []
    for _, row in ordered.iterrows():
        exact = proportion_intervals([row["events"]], [row["n"]])
        share = pd.Series({n: getattr(exact, n)[0] for n in ("proportion", "ci_low", "ci_high")})
        given = HARM_RUNGS[row["rung"]]
        count = f"{row['events']} of {row['n']}"
        link = source_link(evidence, row)
        lines.append(
            (
                given,
                dose_words(row),
                text(row, "label"),
                count,
                _exact(share),
                text(row, "reason") or "yes",
                link,
            )
        )
    columns = ("Given", "Dose", "Study", "With dissociation", "Percent (exact 95% interval)")
    return Table(columns=(*columns, "In our pool?", "Read in"), rows=tuple(lines))


def table_of_reasons(counted: Incidences) -> Table:
    """Rows that do not count people, by reason."""
    reasons = counted.reasons()
    included = (
        f"in: {len(counted.included)} rows count people once each",
        str(len(counted.included)),
    )
    lines = [(str(reason), str(count)) for reason, count in reasons.items()]
    return Table(columns=("Why not", "Rows"), rows=(*lines, included))


def table_left_out(evidence: Evidence, counted: Incidences, kinds: Collection[str]) -> Table:
    """What was reported on some kinds of effect without counting people once each."""
    rows = counted.rows
    labels = evidence.side_effect_terms.set_index("term")["label"]
    chosen = rows[rows["kind"].isin(kinds) & ~rows["included"]]
    columns = ("Side effect", "Study", "Reported", "Why not counted", "Read in")
    return Table(
        columns=columns,
        rows=tuple(
            (
                "; ".join(str(labels[term]) for term in row["term"].split(";")),
                text(row, "label"),
                _reported(row),
                text(row, "reason"),
                source_link(evidence, row),
            )
            for _, row in chosen.iterrows()
        ),
        folded=f"{count_words(len(chosen), 'row')} that count nobody, with the reason",
    )


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
