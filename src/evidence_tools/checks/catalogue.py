"""The rules whose findings are made while reading, and the page that is made from the register.

Rules over rows carry their reason in their docstring; those of form and structure have it here.
"""

from __future__ import annotations

from evidence_tools.checks.registry import RULES, state

_ANY_FILE = {
    "missing-file": "Every file of the folder is needed; without one its rows would be missing "
    "from every page without a word.",
    "empty-file": "An empty file is a save that failed.",
    "not-utf-8": "In another encoding names and signs such as ± and µ turn into other characters.",
    "byte-order-mark": "The invisible mark becomes part of the first column's name.",
    "mixed-line-ends": "Changed line ends make git show every line as changed.",
    "control-character": "An invisible character makes two equal words differ.",
    "tab": "A tab cannot be told from blanks by eye, and YAML forbids it.",
    "conflict-marker": "A merge was not finished, so the file holds two versions of some rows.",
}

_TABLES = {
    "stray-quote": "A quotation mark out of place can swallow the rows that follow.",
    "line-break-in-cell": "One row on one line keeps differences readable and line numbers true.",
    "missing-column": "A column that is gone takes its facts along.",
    "extra-column": "A column that the data dictionary does not describe has no meaning.",
    "column-order": "Columns in one order keep differences in git to what really changed.",
    "ragged-row": "With a comma too many or too few, cells slip into the wrong columns.",
    "wrong-type": "Words in a column of numbers would be lost from every computation.",
    "not-finite": "NaN and infinity are no facts; a number that was not seen is an empty cell.",
    "missing-required-value": "Without this cell the row cannot be used or traced.",
    "unknown-term": "A misspelt word is a group of its own and drops out of every count.",
    "out-of-range": "The number is impossible, so it was misread or stands in the wrong column.",
    "malformed-value": "Ids, dates and lists are found only if all are written in one form.",
    "duplicate-id": "Two rows with one id cannot be told apart, and a link leads to either.",
    "broken-link": "A link to a row that does not exist loses the row at the next join.",
    "table-structure": "The table departs from the data dictionary in another way.",
}

_BIBLIOGRAPHY = {
    "bib-missing-comma": "The field that follows becomes part of this one and is lost.",
    "bib-empty-key": "A source without a key cannot be named.",
    "bib-malformed-key": "Keys of one form can be typed and searched without a doubt.",
    "bib-keys-differ-in-case": "Two keys that differ only in case are confused.",
    "bib-undefined-string": "A word outside braces is the name of a string; without a definition "
    "its text is lost.",
    "bib-concatenation": "Values joined by # are read as one piece of odd text.",
    "bib-bare-percent": "LaTeX takes what follows a bare % for a comment, so the text is cut.",
    "bib-duplicate-field": "Of two fields of one name only one is read, and nobody knows which.",
    "bib-unbalanced-braces": "An open brace can swallow the entries that follow.",
    "bib-unparsed-block": "An entry that cannot be read is missing from the bibliography.",
}

_YAML = {
    "question-malformed": "A part that is misspelt or lost takes its questions with it.",
    "threshold-malformed": "A threshold that is misspelt, lost or of another kind would decide "
    "nothing, or everything.",
    "unparsed-yaml": "Claims or thresholds that cannot be read leave nothing to check against.",
    "claim-malformed": "A claim without its words or its place on the page cannot be judged.",
}

_ACCEPTANCES = {
    "unused-acceptance": "An acceptance lapses when its value changes; a lapsed one would hide "
    "the next mistake.",
}

state("Form of every file", ("every file",), _ANY_FILE)
state("Form and structure of the tables", ("every table",), _TABLES)
state("Form of the bibliography", ("references.bib",), _BIBLIOGRAPHY)
state("Claims, thresholds, acceptances", ("claims.yml, questions.yml, rules.yml",), _YAML)
state("Claims, thresholds, acceptances", ("accepted.csv",), _ACCEPTANCES, severity="note")

_GROUPS = (
    *("Form of every file", "Form and structure of the tables", "Form of the bibliography"),
    *("Claims, thresholds, acceptances", "Numbers", "Times", "Studies and arms", "Sources"),
    *("Judgements", "Claims and verdicts", "Integrity screens"),
)
"""The order of the page."""

_HEAD = """# Validation rules

This page is made from the code; do not edit it. `evidence validate` applies every rule below to
the whole evidence and reports everything at once. An *error* fails the validation; a *note* is
shown. A row that rightly breaks an error rule stands in `evidence/accepted.csv` with the reason,
and then shows as a note until its value changes. Thresholds stand in `evidence/rules.yml`.
"""


def rules_markdown() -> str:
    """The page ``docs/validation-rules.md``: every rule with severity, files and reason."""
    return "\n".join([_HEAD, *(_section(group) for group in _GROUPS)])


def _section(group: str) -> str:
    """One group of rules: a table of slug, severity, files and why."""
    lines = [f"## {group}", "", "| rule | severity | files | why |", "| --- | --- | --- | --- |"]
    for slug, rule in sorted(RULES.items()):
        if rule.group == group:
            files, why = ", ".join(rule.files) or "every table", " ".join(rule.why.split())
            lines.append(f"| `{slug}` | {rule.severity} | {files} | {why} |")
    return "\n".join(lines) + "\n"
