"""`rules.yml` as typed objects: what the reader takes, and what it says of the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass

import pytest
import yaml

from evidence_tools.evidence.rules import RULES, Mark, Rules, parse_rules
from evidence_tools.evidence.typed_yaml import Share, read_typed


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A section."""

    from_: float | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Small:
    """One of each kind of value."""

    share: Share
    count: int
    word: str
    pair: tuple[int, int]
    inner: Mapping[str, Inner]


WHOLE = "a whole number, 0 or more"
TWICE, GONE = "the name a second time", "no such name"
TEXT = """\
share: 0.5
count: 3
word: yes, it is
pair: [1, 2]
inner:
  first: {from: ~}
  second:
    from: 1
    words: [a, b]
"""


def read(text):
    return read_typed(Small, file="small.yml", text=text, rule="slip")


def told(text):
    return [(f.line, f.row_id, f.column, f.found, f.allowed) for f in read(text)[1]]


def test_every_kind_of_value_is_read():
    small, findings = read(TEXT)
    assert findings == []
    inner = {"first": Inner(from_=None), "second": Inner(from_=1, words=("a", "b"))}
    assert small == Small(share=0.5, count=3, word="yes, it is", pair=(1, 2), inner=inner)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("share: 0.5", "share: 1.5", (1, "", "share", "'1.5'", "a number from 0 to 1")),
        ("share: 0.5", "share: .nan", (1, "", "share", "'.nan'", "a number from 0 to 1")),
        ("share: 0.5", "share: [0.5]", (1, "", "share", "a list", "a number from 0 to 1")),
        ("count: 3", "count: -3", (2, "", "count", "'-3'", WHOLE)),
        ("count: 3", "count: 3.5", (2, "", "count", "'3.5'", WHOLE)),
        ("count: 3", "count: true", (2, "", "count", "'true'", WHOLE)),
        ("count: 3", "count: {a: 3}", (2, "", "count", "names and values", WHOLE)),
        ("word: yes, it is", "word: no", (3, "", "word", "'no'", "words")),
        ("word: yes, it is", "word:", (3, "", "word", "an empty value", "words")),
        ("word: yes, it is", "word: ''", (3, "", "word", "an empty value", "words")),
        ("[1, 2]", "[1]", (4, "", "pair", "a list", "a list of 2: a whole number, 0 or more")),
        ("[1, 2]", "[1, b]", (4, "", "pair", "'b'", WHOLE)),
        ("[a, b]", "a", (9, "inner.second", "words", "'a'", "a list of words")),
        ("[a, b]", "~", (9, "inner.second", "words", "an empty value", "a list of words")),
        ("    from: 1\n", "", (8, "inner.second", "from", GONE, "a number, 0 or more, or ~")),
        ("count: 3", "count: 3\ncount: 4", (3, "", "count", TWICE, "each name once")),
        ("  second:", "  first:", (7, "inner", "first", TWICE, "each name once")),
        ("from: ~", "form: ~", (6, "inner.first", "form", "an unknown name", "from, words")),
        ("{from: ~}", "~", (6, "inner", "first", "an empty value", "the names from, words")),
    ],
)
def test_a_slip_is_found_at_its_line(old, new, expected):
    assert old in TEXT
    assert told(TEXT.replace(old, new)) == [expected]


def test_a_misspelt_name_is_one_finding_that_names_the_nearest():
    _, findings = read(TEXT.replace("share:", "shaer:"))
    assert [f.message for f in findings] == [
        "small.yml, line 1, shaer: found an unknown name; "
        "allowed: share, count, word, pair, inner. Did you mean 'share'?"
    ]


def test_everything_wrong_is_found_at_once_and_nothing_is_read():
    small, findings = read("share: five\ncolour: red\npair: 3\n")
    first = [(1, name) for name in ("share", "count", "word", "inner")]
    assert [(f.line, f.column) for f in findings] == [*first, (2, "colour"), (3, "pair")]
    assert not hasattr(small, "share")


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [("marks", "first", {"named": 30, "from": 45, "to": 15}), ("claims", "sweeps", [[45, 15]])],
)
def test_a_time_that_ends_before_it_begins_is_found(evidence, section, name, value):
    rules = yaml.safe_load((evidence.folder / RULES).read_text(encoding="utf-8"))
    rules[section][name] = {"first": value} if name == "sweeps" else value
    (finding,) = parse_rules(yaml.safe_dump(rules))[1]
    assert finding.found == "a time from 45 to 15, which ends before it begins"
    assert finding.line


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        *((text, ("slip", 1)) for text in ("", "# nothing\n", "- a\n", "words\n")),
        ("share: [1\ncount: 2\n", ("unparsed-yaml", 2)),
    ],
)
def test_a_text_of_another_shape_is_one_finding(text, finding):
    assert [(f.rule, f.line) for f in read(text)[1]] == [finding]


def plain(value):
    """A typed object as YAML would give it, defaults left out."""
    if is_dataclass(value):
        stated = {one.name.rstrip("_"): plain(getattr(value, one.name)) for one in fields(value)}
        return {name: part for name, part in stated.items() if part != []}
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, tuple) else value


def test_the_rules_hold_what_stands_in_the_file(evidence):
    text = (evidence.folder / RULES).read_text(encoding="utf-8")
    rules, findings = parse_rules(text)
    assert findings == []
    assert rules == evidence.rules
    assert plain(rules) == yaml.safe_load(text)
    with pytest.raises(FrozenInstanceError):
        rules.claims.chance = 0.5
    assert Mark(named=5, from_=5, to=None).window == (5, math.inf)
    assert Mark(named=5, from_=None, to=6).window == (-math.inf, 6)


@pytest.mark.parametrize("section", [one.name for one in fields(Rules)])
def test_a_lost_section_is_named(evidence, section):
    text = (evidence.folder / RULES).read_text(encoding="utf-8")
    _, findings = parse_rules(re.sub(rf"(?m)^{section}:", f"{section}s:", text))
    assert [(f.column, f.hint) for f in findings] == [(f"{section}s", f"Did you mean {section!r}?")]
