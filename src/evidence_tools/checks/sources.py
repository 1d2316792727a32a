"""Rules about sources: every number leads to a document, and every document can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence_tools.base.findings import Finding
from evidence_tools.checks.registry import at, at_reference, once, rule, where
from evidence_tools.evidence.claims_file import CLAIMS
from evidence_tools.evidence.joined import items_of

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence

_NAMING = (
    ("studies", "reference"),
    ("studies", "other_references"),
    ("arms", "reference"),
    ("results", "reference"),
    ("timing", "reference"),
    ("side_effects", "reference"),
    ("statements", "reference"),
    ("contains", "source"),
    ("risk_of_bias", "reference"),
)
_NAMING_FILES = tuple(dict.fromkeys(f"{table}.csv" for table, _ in _NAMING))
_SOURCED = ("studies", "arms", "results", "timing", "side_effects", "statements")
_SOURCED_FILES = tuple(f"{table}.csv" for table in _SOURCED)

_DOI = re.compile(r"10\.\d{4,9}/\S*[^\s.,;]")
_PMID = re.compile(r"[1-9]\d{0,7}")
_PMCID = re.compile(r"PMC\d{4,8}")
_LINK = re.compile(r"https?://\S+")
_REGISTRATION = re.compile(
    r"NCT\d{8}|ACTRN\d{14}|ISRCTN\d{8}|DRKS\d{8}|KCT\d{7}|PACTR\d{15}|TCTR\d{11}"
    r"|ChiCTR(-[A-Z]+-)?\d{8,10}|(EUCTR|EudraCT )?\d{4}-\d{6}-\d{2}(-\w+)?"
    r"|(JPRN-)?(UMIN|jRCT)\w?\d{9,10}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\d{11,14}N\d{1,2}"
    r"|(NTR|NL)\d{3,5}|RBR-\w{6,8}|SLCTR/\d{4}/\d{3}|(PROSPERO )?CRD\d{11}"
)


def _named_references(evidence: Evidence) -> pd.DataFrame:
    """Every key of a source that a row names: table, index, column and key."""
    named = []
    for table, column in _NAMING:
        keys = items_of(evidence.table(table)[column])
        named.append(
            pd.DataFrame({"table": table, "index": keys.index, "column": column, "key": keys})
        )
    return pd.concat(named, ignore_index=True)


@rule(*_NAMING_FILES, CLAIMS, "references.bib")
def unknown_reference(evidence: Evidence) -> Iterator[Finding]:
    """A row whose source is not in the bibliography cannot be traced. Each unknown key is
    reported once, at the first row that names it.
    """
    named = _named_references(evidence)
    hint = "Look for a misspelling, or add the entry to references.bib."
    for number, _, found in once(named.key[~named.key.isin(list(evidence.references))]):
        table, index, column = named.loc[number, ["table", "index", "column"]]
        words = {"found": found, "allowed": "a key of references.bib", "hint": hint}
        yield at(evidence, table, index, column, **words)
    source = evidence.claims_source
    if source and source not in evidence.references:
        yield Finding(file=CLAIMS, column="source", value=source, hint=hint)


@rule(*_NAMING_FILES, CLAIMS, "references.bib")
def unused_reference(evidence: Evidence) -> Iterator[Finding]:
    """A source that nobody names is a row that was lost or a study that was forgotten."""
    named = {*_named_references(evidence).key, evidence.claims_source}
    for key, reference in evidence.references.items():
        if key not in named:
            hint = "Name it where it belongs (`other_references` of a study), or delete it."
            yield at_reference(reference, "key", key, hint=hint)


@rule("references.bib")
def reference_without_title_or_year(evidence: Evidence) -> Iterator[Finding]:
    """A citation needs a title and a year. Where the page that was read did not show them, the
    note says so.
    """
    for reference in evidence.references.values():
        for column in ("title", "year"):
            if not getattr(reference, column) and not reference.note:
                hint = f"Add it, or the note '{column} not seen'."
                found = f"no {column} and no note"
                yield at_reference(reference, column, "", found=found, hint=hint)


def _malformed(
    evidence: Evidence, column: str, pattern: re.Pattern[str], allowed: str
) -> Iterator[Finding]:
    for reference in evidence.references.values():
        value = getattr(reference, column)
        if value and not pattern.fullmatch(value):
            hint = "Copy it from the document's page."
            yield at_reference(reference, column, value, allowed=allowed, hint=hint)


@rule("references.bib")
def malformed_doi(evidence: Evidence) -> Iterator[Finding]:
    """A DOI with a slip in it leads nowhere, and duplicates are not recognised by it."""
    yield from _malformed(evidence, "doi", _DOI, "10.1234/name, without https://doi.org/")


@rule("references.bib")
def malformed_pmid(evidence: Evidence) -> Iterator[Finding]:
    """A PubMed number has digits only, at most eight."""
    yield from _malformed(evidence, "pmid", _PMID, "up to eight digits")


@rule("references.bib")
def malformed_pmcid(evidence: Evidence) -> Iterator[Finding]:
    """A PubMed Central number begins with PMC, which tells it from a PubMed number."""
    yield from _malformed(evidence, "pmcid", _PMCID, "PMC and digits, such as PMC1234567")


@rule("references.bib", "rules.yml")
def malformed_year(evidence: Evidence) -> Iterator[Finding]:
    """A year of publication is four digits and not far in the future; works are sorted by it."""
    first, last = evidence.rules.validation.publication_years
    for reference in evidence.references.values():
        year = reference.year
        if year and not (re.fullmatch(r"\d{4}", year) and first <= int(year) <= last):
            allowed = f"four digits, {first} to {last}"
            yield at_reference(
                reference, "year", year, allowed=allowed, hint="Compare with the source."
            )


@rule("references.bib")
def malformed_link(evidence: Evidence) -> Iterator[Finding]:
    """A link with a blank or without http:// cannot be followed. The links of the tables are held
    against the data dictionary under the same name.
    """
    allowed = "an address that begins with http:// or https://, without blanks"
    for column in ("url", "status_url"):
        yield from _malformed(evidence, column, _LINK, allowed)


@rule("studies.csv")
def malformed_registration(evidence: Evidence) -> Iterator[Finding]:
    """A registration number leads to the protocol, and two studies with the same one are
    recognised as one trial, if it is written in its registry's form.
    """
    items = items_of(evidence.studies.registration)
    for index, item in items[~items.str.fullmatch(_REGISTRATION)].items():
        allowed = "a number such as NCT01234567, ACTRN12345678901234 or ISRCTN12345678"
        hint = "Copy it from the registry; separate several by semicolons."
        yield at(
            evidence, "studies", index, "registration", found=repr(item), allowed=allowed, hint=hint
        )


@rule(*_SOURCED_FILES, severity="note")
def only_secondary_source(evidence: Evidence) -> Iterator[Finding]:
    """A number seen only in somebody else's summary never decides a claim; the original is
    wanted.
    """
    for table in _SOURCED:
        for index in where(evidence.table(table).source_level == "secondary"):
            hint = "Look for the original document."
            yield at(evidence, table, index, "source_level", hint=hint)


def _sources(evidence: Evidence, table: str) -> pd.Series[Any]:
    """The source of each row: its own reference, else its study's."""
    rows = evidence.table(table)
    if "study_id" not in rows.columns or table == "studies":
        return rows.reference
    main = evidence.studies.drop_duplicates("study_id").set_index("study_id").reference
    return rows.reference.fillna(rows.study_id.map(main))


@rule(*_SOURCED_FILES, "references.bib", severity="note")
def retracted_source(evidence: Evidence) -> Iterator[Finding]:
    """What a retracted document reported is marked wherever it appears; it neither pools nor
    decides unless a reader asks for it.
    """
    retracted = [key for key, source in evidence.references.items() if source.retracted]
    for table in _SOURCED:
        keys = _sources(evidence, table)
        for index in where(keys.isin(retracted)):
            found = f"a row whose source {keys[index]!r} was retracted"
            yield at(evidence, table, index, "reference", found=found)


@rule("references.bib")
def status_without_date_and_link(evidence: Evidence) -> Iterator[Finding]:
    """That a document was retracted or corrected is a serious statement, so it says when and
    where that was announced.
    """
    for reference in evidence.references.values():
        for column in ("status_date", "status_url"):
            if reference.status and not getattr(reference, column):
                found = f"status {reference.status!r} without {column}"
                hint = "Add the date and the link of the notice."
                yield at_reference(reference, column, "", found=found, hint=hint)


@rule("references.bib")
def unknown_status(evidence: Evidence) -> Iterator[Finding]:
    """Only a status spelled as expected is acted upon; a misspelt retraction is overlooked."""
    for reference in evidence.references.values():
        status = reference.status
        if status and status not in ("retracted", "concern", "corrected"):
            allowed = "retracted, concern, corrected"
            yield at_reference(
                reference, "status", status, allowed=allowed, hint="Choose one of these words."
            )


@rule(*_SOURCED_FILES, "references.bib", severity="note")
def number_without_source(evidence: Evidence) -> Iterator[Finding]:
    """A reader follows a number to its source by a link, of the row or of its document. Without
    one only the words of the citation remain.
    """
    linked = [key for key, source in evidence.references.items() if source.link]
    for table in _SOURCED:
        rows, keys = evidence.table(table), _sources(evidence, table)
        for index in where(rows.url.isna() & ~keys.isin(linked)):
            found = f"no link, here or in the source {keys[index]!r}"
            yield at(evidence, table, index, "url", found=found, hint="Add one if there is one.")


@rule()
def unsorted_rows(evidence: Evidence) -> Iterator[Finding]:
    """Rows sorted by their id keep a difference in git to what really changed. The first row that
    is out of order is reported.
    """
    for name, table in evidence.schema.tables.items():
        printed = evidence.text[name]
        keys = list(zip(*(printed[column] for column in table.primary_key), strict=True))
        for index in range(1, len(keys)):
            if keys[index] < keys[index - 1]:
                before = " ".join(keys[index - 1])
                hint = f"Move it before {before!r}; ids are compared letter by letter."
                yield at(evidence, name, index, table.primary_key[0], hint=hint)
                break
