"""Rules about studies, arms and what belongs to them: links that a table schema cannot express."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.errors import did_you_mean
from evidence_tools.checks.registry import RULES, at, at_reference, once, rule, where
from evidence_tools.evidence.joined import items_of

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.loading import Evidence

_ROWS = ("results.csv", "timing.csv", "side_effects.csv")
_ARM_COLUMNS = (
    ("results", "arm_id"),
    ("results", "comparator_arm_id"),
    ("timing", "arm_id"),
    ("side_effects", "arm_id"),
)


def _of_study(evidence: Evidence, rows: pd.DataFrame, column: str) -> pd.Series[Any]:
    """A column of the studies, for each row of another table."""
    return rows.study_id.map(
        evidence.studies.drop_duplicates("study_id").set_index("study_id")[column]
    )


@rule("arms.csv", *_ROWS)
def arm_of_another_study(evidence: Evidence) -> Iterator[Finding]:
    """A row of one study that names an arm of another would borrow that arm's dose and size."""
    owner = evidence.arms.drop_duplicates("arm_id").set_index("arm_id").study_id
    for table, column in _ARM_COLUMNS:
        rows = evidence.table(table)
        study = rows[column].map(owner)
        for index in where(study.notna() & (study != rows.study_id)):
            allowed = f"an arm of {rows.study_id[index]!r}"
            hint = f"It is an arm of {study[index]!r}; correct the arm or the study."
            yield at(evidence, table, index, column, allowed=allowed, hint=hint)


@rule("arms.csv", *_ROWS)
def id_of_another_study(evidence: Evidence) -> Iterator[Finding]:
    """The id of a row begins with its study's id. If it does not, the row was copied from another
    study and one of the two was not changed.
    """
    for table in ("arms", "results", "timing", "side_effects"):
        rows, key = evidence.table(table), evidence.schema[table].primary_key[0]
        prefix = rows[key].str.rsplit("/", n=1).str[0]
        for index in where(prefix.notna() & rows.study_id.notna() & (prefix != rows.study_id)):
            allowed = f"an id that begins with {rows.study_id[index]}/"
            hint = "Correct the id, or `study_id`."
            yield at(evidence, table, index, key, allowed=allowed, hint=hint)


@rule("results.csv")
def comparator_is_the_arm(evidence: Evidence) -> Iterator[Finding]:
    """An arm compared with itself shows no difference by construction."""
    results = evidence.results
    for index in where(results.arm_id == results.comparator_arm_id):
        allowed = "another arm of the study"
        hint = "Name the arm it was compared with, or leave the cell empty."
        yield at(evidence, "results", index, "comparator_arm_id", allowed=allowed, hint=hint)


def _controlled_contrasts(evidence: Evidence) -> pd.Series[Any]:
    results = evidence.results
    contrast = results.measure.isin(list(evidence.rules.validation.null_value))
    controlled = evidence.rules.validation.controlled_designs
    return contrast & _of_study(evidence, results, "design").isin(controlled)


@rule("results.csv", "studies.csv", "rules.yml")
def contrast_without_comparator(evidence: Evidence) -> Iterator[Finding]:
    """A difference between two arms of a trial has a direction only if both arms are named. A row
    that names the active arm must name the other one too.
    """
    results = evidence.results
    named = _controlled_contrasts(evidence) & results.arm_id.notna()
    for index in where(named & results.comparator_arm_id.isna()):
        found = f"no comparator for a {results.measure[index]}"
        allowed = f"another arm of {results.study_id[index]!r}"
        hint = "Name the arm it was compared with."
        yield at(
            evidence, "results", index, "comparator_arm_id", found=found, allowed=allowed, hint=hint
        )


@rule("results.csv", "studies.csv", "rules.yml", severity="note")
def contrast_without_arms(evidence: Evidence) -> Iterator[Finding]:
    """A difference that names no active arm belongs to the whole trial. That is right where
    several arms were pooled; otherwise naming the arms would give it a dose and a control.
    """
    results = evidence.results
    for index in where(_controlled_contrasts(evidence) & results.arm_id.isna()):
        found = f"no arm for a {results.measure[index]}"
        hint = "Name both arms if the source compares two."
        yield at(evidence, "results", index, "arm_id", found=found, hint=hint)


@rule("studies.csv", "arms.csv", "rules.yml")
def arm_sizes_exceed_study(evidence: Evidence) -> Iterator[Finding]:
    """In a parallel trial each person is in one arm, so the arms together are no larger than the
    study. If they are, an arm was entered twice or a number belongs elsewhere.
    """
    studies = evidence.studies
    parallel = studies.design.isin(evidence.rules.validation.one_arm_each_designs)
    total = studies.n_enrolled.fillna(studies.n_analysed)
    sizes = evidence.arms.groupby("study_id")[["n_randomised", "n_analysed"]].sum().max(axis=1)
    together = studies.study_id.map(sizes)
    for index in where(parallel & (together > total)):
        column = "n_enrolled" if pd.notna(studies.n_enrolled[index]) else "n_analysed"
        allowed = f"{together[index]:g} or more, the sum of its arms"
        hint = "Look for an arm that was entered twice in arms.csv."
        yield at(evidence, "studies", index, column, allowed=allowed, hint=hint)


@rule("studies.csv", *_ROWS, severity="note")
def study_without_rows(evidence: Evidence) -> Iterator[Finding]:
    """A study without a result, a time or a side effect supports nothing yet. It is kept because
    it is known to exist; its numbers are wanted.
    """
    tables = (evidence.results, evidence.timing, evidence.side_effects)
    used = pd.concat([table.study_id for table in tables])
    studies = evidence.studies
    for index in where(studies.study_id.notna() & ~studies.study_id.isin(used)):
        found = f"{studies.study_id[index]!r} in no row of {', '.join(_ROWS)}"
        hint = "Add what its sources report, or say in wanted.csv what was not seen."
        yield at(evidence, "studies", index, "study_id", found=found, hint=hint)


@rule("studies.csv", "rules.yml")
def shared_registration(evidence: Evidence) -> Iterator[Finding]:
    """Two studies with one registration number are mostly one trial entered twice, and its people
    would count twice. Studies of one programme may share it, and so may a review and its trial.
    """
    studies = evidence.studies
    review = studies.design.isin(evidence.rules.validation.review_designs)
    group = studies.programme.fillna(studies.study_id)
    numbers = items_of(studies.registration).rename("number").to_frame()
    if numbers.empty:
        return
    numbers = numbers.assign(review=review, group=group, study=studies.study_id)
    first = numbers.groupby(["number", "review"])[["group", "study"]].transform("first")
    clashes = numbers[first.group != numbers.group]
    for index, number, other in zip(
        clashes.index, clashes.number, first.study[first.group != numbers.group], strict=True
    ):
        found = f"{number!r}, which {other!r} has too"
        hint = "Merge the two studies, or give both the same programme."
        yield at(evidence, "studies", index, "registration", found=found, hint=hint)


@rule("studies.csv", "references.bib")
def shared_doi(evidence: Evidence) -> Iterator[Finding]:
    """One document is one source. Two entries with one DOI, or two studies with one main document,
    would count the same people twice.
    """
    first: dict[str, str] = {}
    for reference in evidence.references.values():
        doi = reference.doi.casefold()
        other = first.setdefault(doi, reference.key) if doi else reference.key
        if other != reference.key:
            hint = f"Keep one of this entry and {other!r}."
            yield at_reference(reference, "doi", reference.doi, hint=hint)
    studies = evidence.studies
    for index in where(studies.reference.notna() & studies.reference.duplicated()):
        hint = "Another study has it too; keep one, or name the document that is this study's own."
        yield at(evidence, "studies", index, "reference", hint=hint)


@rule("studies.csv", "rules.yml")
def programme_missing(evidence: Evidence) -> Iterator[Finding]:
    """Studies that share a team's patients belong to one programme, and one programme has one
    voice. A primary study without a programme would speak for itself by accident.
    """
    studies = evidence.studies
    primary = ~studies.design.isin(evidence.rules.validation.review_designs)
    for index in where(primary & studies.programme.isna()):
        allowed = "a short name, the study's own id if it stands alone"
        hint = "Look which studies come from the same team or trial."
        yield at(
            evidence,
            "studies",
            index,
            "programme",
            found="no programme",
            allowed=allowed,
            hint=hint,
        )


@rule("studies.csv", "rules.yml")
def review_with_programme(evidence: Evidence) -> Iterator[Finding]:
    """A review has no patients of its own. What it contains stands in contains.csv, so that it
    never votes beside its own trials.
    """
    studies = evidence.studies
    review = studies.design.isin(evidence.rules.validation.review_designs)
    for index in where(review & studies.programme.notna()):
        allowed = f"an empty cell for {studies.design[index]!r}"
        hint = "Delete it; list the contained trials in contains.csv."
        yield at(evidence, "studies", index, "programme", allowed=allowed, hint=hint)


@rule("side_effects.csv", "side_effect_row_terms.csv")
def side_effect_without_term(evidence: Evidence) -> Iterator[Finding]:
    """A side effect is found by its term; a row without one would be missing on every page."""
    effects = evidence.side_effects
    named = effects.side_effect_id.isin(evidence.side_effect_row_terms.side_effect_id)
    for index in where(effects.side_effect_id.notna() & ~named):
        found = f"no term for {effects.effect[index]!r}"
        hint = "Add a line to side_effect_row_terms.csv."
        yield at(evidence, "side_effects", index, "side_effect_id", found=found, hint=hint)


@rule("side_effect_terms.csv", "side_effect_row_terms.csv", "timing.csv", severity="note")
def term_unused(evidence: Evidence) -> Iterator[Finding]:
    """A term that no row uses is perhaps a second name for one that is used."""
    terms = evidence.side_effect_terms
    used = pd.concat([evidence.side_effect_row_terms.term, items_of(evidence.timing.term)])
    for index in where(terms.term.notna() & ~terms.term.isin(used)):
        hint = "Use it, or delete it."
        yield at(evidence, "side_effect_terms", index, "term", hint=hint)


@rule("instruments.csv", "statements.csv")
def broken_link_in_list(evidence: Evidence) -> Iterator[Finding]:
    """Each fact about an instrument names the statements in which it was read; a name that leads
    nowhere is a fact without a source.
    """
    instruments = evidence.instruments
    for column in instruments.columns[instruments.columns.str.endswith("_source")]:
        items = items_of(instruments[column])
        for index, item in items[~items.isin(evidence.statements.statement_id)].items():
            found, allowed = f"{item!r}", "ids of statements.csv"
            hint = "Correct the id, or add the statement."
            yield at(
                evidence, "instruments", index, column, found=found, allowed=allowed, hint=hint
            )


@rule("wanted.csv", "claims.yml")
def unknown_claim(evidence: Evidence) -> Iterator[Finding]:
    """What is wanted is shown beside the claim it would settle, so it names claims that exist.
    Each unknown claim is reported once, at the first row that names it.
    """
    known = [claim.claim_id for claim in evidence.claims]
    items = items_of(evidence.wanted.claim_ids)
    for index, item, found in once(items[~items.isin(known)]):
        hint = did_you_mean(item, known, otherwise="Look for a misspelling.")
        words = {"found": found, "allowed": ", ".join(known), "hint": hint}
        yield at(evidence, "wanted", index, "claim_ids", **words)


@rule("accepted.csv")
def unknown_rule(evidence: Evidence) -> Iterator[Finding]:
    """An acceptance for a rule that does not exist excuses nothing, and hides that."""
    rules = evidence.accepted.rule
    known = [slug for slug, one in RULES.items() if not one.late]
    for index in where(rules.notna() & ~rules.isin(known)):
        hint = "Take the name from docs/validation-rules.md."
        yield at(evidence, "accepted", index, "rule", allowed="the name of a rule", hint=hint)
