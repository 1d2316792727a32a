"""Side-effect frequencies as plain records and as the tables of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidence_tools.harms import Frequency, HarmContrast, harm_frequencies
from evidence_tools.harms.rates import TREATED_GROUP
from evidence_tools.loading import Evidence
from evidence_tools.report.display import Table
from evidence_tools.report.harm_words import definition_words, share_words, who_words

_OF_FREQUENCY = ("term", "label", "kind", "rung", "definition", "group", "k", "programmes")
_OF_POOLED = ("events", "n", "proportion", "ci_low", "ci_high", "pi_low", "pi_high", "tau2")


def harm_records(evidence: Evidence, term: str = "") -> list[dict[str, Any]]:
    """One record per term, rung, definition and group, with the keys of ``evidence harms --json``.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    term : str
        Only this term of ``side_effect_terms.csv``.

    Returns
    -------
    list of dict
        Unrounded; a control's record carries the difference and the ratio from treated people.
    """
    found = harm_frequencies(evidence, term=term)
    contrasts = {_cell(c, c.comparator): c for c in found.contrasts}
    return [_record(f, contrasts.get(_cell(f, f.group))) for f in found.frequencies]


def _cell(one: Frequency | HarmContrast, group: str) -> tuple[str, ...]:
    return one.kind, one.rung, one.term, one.definition, group


def _record(one: Frequency, contrast: HarmContrast | None) -> dict[str, Any]:
    record: dict[str, Any] = {name: getattr(one, name) for name in _OF_FREQUENCY}
    record |= {name: getattr(one.pooled, name) for name in _OF_POOLED}
    record |= {"method": one.pooled.method, "upper_if_none": one.upper_if_none}
    difference = contrast.difference if contrast else None
    ratio = contrast.ratio if contrast else None
    record |= {
        "risk_difference": difference.estimate if difference else None,
        "risk_difference_ci_low": difference.ci_low if difference else None,
        "risk_difference_ci_high": difference.ci_high if difference else None,
        "log_risk_ratio": ratio.estimate if ratio else None,
        "log_risk_ratio_ci_low": ratio.ci_low if ratio else None,
        "log_risk_ratio_ci_high": ratio.ci_high if ratio else None,
        "number_needed_to_harm": contrast.number_needed_to_harm if contrast else None,
    }
    record |= {"studies": list(one.studies), "side_effect_ids": list(one.side_effect_ids)}
    return record | {"notes": [*one.notes, *(contrast.notes if contrast else ())]}


def harms_table(evidence: Evidence, term: str = "") -> Table:
    """One line per term, rung, definition and group.

    Parameters
    ----------
    evidence : Evidence
        Loaded evidence.
    term : str
        Only this term.

    Returns
    -------
    Table
    """
    return table_of_frequencies(harm_frequencies(evidence, term=term).frequencies)


def table_of_frequencies(frequencies: Sequence[Frequency], *, folded: str = "") -> Table:
    """Frequencies as finished words, treated people and their controls under one another."""
    columns = ("Side effect", "Counted", "Among", "Studies", "People", "Percent (95% interval)")
    rows = tuple(
        (
            one.label,
            definition_words(one.definition),
            who_words(one) if one.group == TREATED_GROUP else f"… {who_words(one)}",
            str(one.k),
            f"{one.pooled.events} of {one.pooled.n}",
            share_words(one),
        )
        for one in frequencies
    )
    return Table(
        columns=columns, rows=rows, empty="Nobody counted it among people treated.", folded=folded
    )
