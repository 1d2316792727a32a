"""The sources: ``references.bib`` read through a strict layer.

bibtexparser keeps going whatever it meets; a missing comma, an empty key or an undefined string
pass without a word. So the parsed library is checked here entry by entry, and everything odd
becomes a finding. Values are read as they stand: BibTeX's decoding of LaTeX would cut links at a
percent sign, so only five escaped characters are turned back.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import bibtexparser
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

from evidence_tools.base.findings import Finding

if TYPE_CHECKING:
    from bibtexparser.library import Library

BIBLIOGRAPHY = "references.bib"
KEY_PATTERN = re.compile(r"^[a-z0-9_]+$")

_ESCAPED = re.compile(r"\\([&%#_$])")
_BETWEEN_NAMES = re.compile(r"\s+and\s+(?![^{]*\})")
_RAW_FIELDS = {"url", "doi", "status_url"}
_SWALLOWED = re.compile(r"\n\s*([A-Za-z_]+)\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One source.

    `kind`: article, incollection, or the `type` of a ``@misc`` entry (webpage, registry, label …).
    `authors`: as printed, "Family, Given"; a group author is one string.
    `year`, `title`: empty where the page that was read did not show them.
    `status`: empty, retracted, concern or corrected; with its date, note and link.
    `line`: line of the entry in the file.
    """

    key: str
    kind: str
    title: str = ""
    authors: tuple[str, ...] = ()
    year: str = ""
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    abstract_seen: str = ""
    status: str = ""
    status_date: str = ""
    status_note: str = ""
    status_url: str = ""
    note: str = ""
    line: int = field(default=0, compare=False)

    @property
    def retracted(self) -> bool:
        """True for a source that was withdrawn from the literature."""
        return self.status == "retracted"

    @property
    def label(self) -> str:
        """Short label: first author (or title) and year.

        >>> Reference(key="a", kind="article", authors=("Glue, Paul", "X, Y"), year="2018").label
        'Glue and X 2018'
        """
        names = [author.split(",")[0] for author in self.authors]
        if not names:
            who = self.title or self.key
        elif len(names) == 1:
            who = names[0]
        elif len(names) == 2 and names[1] != "et al.":
            who = f"{names[0]} and {names[1]}"
        else:
            who = f"{names[0]} et al."
        return f"{who} {self.year or 'undated'}"

    @property
    def link(self) -> str:
        """Where a reader finds it: the DOI if there is one, else the address."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def citation(self) -> str:
        """Full citation on one line, of what is known."""
        authors = "; ".join(self.authors[:6]) + ("; et al." if len(self.authors) > 6 else "")
        place = self.container
        if self.volume:
            place += f" {self.volume}" + (f"({self.number})" if self.number else "")
        if self.pages:
            place += f":{self.pages}"
        parts = [authors, f"({self.year})" if self.year else "(year not seen)"]
        parts += [self.title or "[title not seen]", place.strip(), self.link]
        text = ". ".join(part.rstrip(".") for part in parts if part)
        return f"{text} [{self.status.upper()}]" if self.status else text


@lru_cache(maxsize=8)
def parse_bibliography(text: str) -> tuple[Mapping[str, Reference], tuple[Finding, ...]]:
    """The sources in a BibTeX text, and everything that is wrong with it.

    `references`: by key, in the order of the file; entries without a key are left out.
    `findings`: problems of syntax, all of severity error.
    """
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = bibtexparser.parse_string(text)
    findings = [_failed(block) for block in library.failed_blocks]
    findings += list(_check_strings(library))
    lines = text.split("\n")
    for entry in library.entries:
        findings += list(_check_entry(entry, lines))
    findings += list(_check_case(library.entries))
    references = {e.key: _reference(e) for e in library.entries if e.key}
    return references, tuple(findings)


def _reference(entry: Entry) -> Reference:
    values = {f.key.lower(): _plain(f.key.lower(), str(f.value)) for f in entry.fields}
    kind = values.get("type", "misc") if entry.entry_type == "misc" else entry.entry_type
    place = values.get("journal") or values.get("booktitle") or values.get("howpublished", "")
    names = set(Reference.__dataclass_fields__) - {"key", "kind", "line", "authors", "container"}
    return Reference(
        key=entry.key,
        kind=kind,
        authors=_authors(values.get("author", "")),
        container=place,
        line=(entry.start_line or 0) + 1,
        **{name: values[name] for name in names if name in values},
    )


def _plain(key: str, value: str) -> str:
    return value if key in _RAW_FIELDS else _ESCAPED.sub(r"\1", value)


def _authors(text: str) -> tuple[str, ...]:
    """The names as printed; an "and" within braces belongs to a group's name."""
    names = [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]
    whole = (name[1:-1] if name.startswith("{") else name for name in names)
    return tuple("et al." if name == "others" else name for name in whole)


def _failed(block: Block) -> Finding:
    line = (block.start_line or 0) + 1
    if isinstance(block, DuplicateBlockKeyBlock):
        return _finding("duplicate-id", line, block.key, "key", block.key, "Keep one entry.")
    if isinstance(block, DuplicateFieldKeyBlock):
        entry = block.ignore_error_block
        names = Counter(f.key.lower() for f in entry.fields)
        twice = ", ".join(sorted(name for name, n in names.items() if n > 1))
        return _finding("bib-duplicate-field", line, entry.key, twice, twice, "Keep one of them.")
    start = (block.raw or "").strip().split("\n")[0]
    hint = "Look for a brace that is not closed, here or in the entry before."
    return _finding("bib-unparsed-block", line, "", "", start, hint)


def _check_strings(library: Library) -> Iterator[Finding]:
    for block in library.strings:
        hint = "Write the words out in each entry; strings are not used here."
        yield _finding("bib-undefined-string", (block.start_line or 0) + 1, "", "", block.key, hint)


def _check_entry(entry: Entry, lines: list[str]) -> Iterator[Finding]:
    line = (entry.start_line or 0) + 1
    if not entry.key:
        yield _finding("bib-empty-key", line, "", "key", "", "Give the entry a key.")
    elif not KEY_PATTERN.match(entry.key):
        hint = "Use lower-case letters, digits and underscores only."
        yield _finding("bib-malformed-key", line, entry.key, "key", entry.key, hint)
    names = Counter(bib_field.key.lower() for bib_field in entry.fields)
    if twice := ", ".join(sorted(name for name, n in names.items() if n > 1)):
        yield _finding("bib-duplicate-field", line, entry.key, twice, twice, "Keep one of them.")
    for bib_field in entry.fields:
        at = (bib_field.start_line or entry.start_line or 0) + 1
        yield from _check_value(entry.key, bib_field.key.lower(), str(bib_field.value), at, lines)


def _check_value(key: str, name: str, value: str, line: int, lines: list[str]) -> Iterator[Finding]:
    printed = " ".join(value.split())
    if swallowed := _SWALLOWED.search(value):
        hint = f"Put a comma before the field {swallowed[1]!r}."
        yield _finding("bib-missing-comma", line, key, name, printed, hint)
        return
    if value.count("{") != value.count("}"):
        hint = "Close every brace that is opened."
        yield _finding("bib-unbalanced-braces", line, key, name, printed, hint)
    after = _after_equals(lines, line, name)
    if after and after[0] not in '{"':
        rule = "bib-concatenation" if "#" in after else "bib-undefined-string"
        yield _finding(rule, line, key, name, printed, "Write the value in braces.")
    elif re.search(r'["}]\s*#|#\s*["{]', value):
        yield _finding(
            "bib-concatenation", line, key, name, printed, "Write the value in one pair of braces."
        )
    if name not in _RAW_FIELDS and re.search(r"(?<!\\)%", value):
        yield _finding(
            "bib-bare-percent", line, key, name, printed, r"Write \% (a bare one is a comment)."
        )


def _after_equals(lines: list[str], line: int, name: str) -> str:
    """What stands after the equals sign of a field, or nothing if it is not on that line."""
    if line > len(lines):
        return ""
    match = re.search(rf"\b{re.escape(name)}\s*=\s*(\S.*)", lines[line - 1], re.IGNORECASE)
    return match[1] if match else ""


def _check_case(entries: list[Entry]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for entry in entries:
        folded = entry.key.casefold()
        if folded in seen and seen[folded] != entry.key:
            line = (entry.start_line or 0) + 1
            hint = f"Rename it; it differs from {seen[folded]!r} only in case."
            yield _finding("bib-keys-differ-in-case", line, entry.key, "key", entry.key, hint)
        seen.setdefault(folded, entry.key)


def _finding(rule: str, line: int, key: str, column: str, value: str, hint: str) -> Finding:
    return Finding(
        rule=rule,
        file=BIBLIOGRAPHY,
        line=line,
        row_id=key,
        column=column,
        value=value,
        hint=hint,
    )
