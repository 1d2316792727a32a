import pytest

from evidence_tools.evidence.claims_file import QUESTIONS, Claim, parse_claims, parse_questions

CLAIM = """\
  - claim_id: onset-hours
    headline: true
    topic: onset
    claim: Relief begins within hours.
    locator: How fast
    strength: can
"""
TEXT = f"source: clinic2024page\nclaims:\n{CLAIM}"
SECTIONS = ["populations", "windows", "dosing", "comparators", "outcomes", "pooling"]


def found(text):
    return [(f.rule, f.line, f.row_id, f.found) for f in parse_claims(text)[1]]


def test_a_claim_is_read_with_its_line_and_the_page_it_stands_on():
    file, findings = parse_claims(TEXT)
    assert findings == []
    assert file.source == "clinic2024page"
    assert file.claims == (
        Claim(
            claim_id="onset-hours",
            claim="Relief begins within hours.",
            headline=True,
            topic="onset",
            locator="How fast",
            strength="can",
            line=3,
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT + CLAIM, ("duplicate-id", 9, "onset-hours", "a second 'onset-hours'")),
        (
            TEXT.replace("true", "maybe"),
            ("claim-malformed", 3, "onset-hours", "headline 'maybe'"),
        ),
        (
            TEXT.replace("    topic: onset\n", ""),
            ("claim-malformed", 3, "onset-hours", "no 'topic'"),
        ),
        (
            TEXT.replace("topic: onset", "topic: "),
            ("claim-malformed", 3, "onset-hours", "no 'topic'"),
        ),
        (
            TEXT + "    colour: red\n",
            ("claim-malformed", 3, "onset-hours", "unknown name 'colour'"),
        ),
        ("claims:\n  - a word\n", ("claim-malformed", 2, "", "an entry without names")),
        ("claims: a word\n", ("claim-malformed", 1, "", "no list of claims")),
        ("source: clinic\n", ("claim-malformed", 1, "", "no list of claims")),
        ("- a list\n", ("unparsed-yaml", 1, "", "no mapping of names to values")),
    ],
)
def test_each_fault_of_a_claim_is_found_at_its_line(text, expected):
    assert found(text) == [expected]


def test_a_misspelt_name_of_a_claim_or_its_test_names_the_nearest():
    claim = CLAIM.replace("topic:", "topci:") + "    tests:\n      - {test_id: a, aks: b}\n"
    hints = [f.hint for f in parse_claims(f"source: s\nclaims:\n{claim}")[1]]
    assert "Did you mean 'topic'?" in hints
    assert "Did you mean 'asks'?" in hints


def test_text_that_is_no_yaml_is_named_by_its_line():
    assert [f[:2] for f in found("source: s\nclaims: [\n")] == [("unparsed-yaml", 3)]
    assert [f[:2] for f in found("source: s\n\tclaims: 1\n")] == [("unparsed-yaml", 2)]


def test_a_malformed_claim_is_left_out_and_the_others_are_kept():
    file, findings = parse_claims(TEXT + CLAIM.replace("onset-hours", "gone").replace("can", ""))
    assert [claim.claim_id for claim in file.claims] == ["onset-hours"]
    assert [finding.row_id for finding in findings] == ["gone"]


def whole(**other):
    """A text with all sections, each {a: 1} unless told otherwise; None leaves it out."""
    sections = dict.fromkeys(SECTIONS, "{a: 1}") | other
    lines = [f"{section}: {words}\n" for section, words in sections.items() if words is not None]
    return "".join(lines)


def told(text):
    findings = parse_questions(text)[1]
    return [(f.rule, f.severity, f.file, f.line, f.found) for f in findings]


def test_questions_come_by_section():
    sections, findings = parse_questions(whole(populations="{direct: 1}"))
    assert findings == []
    assert sections == {section: {"a": 1} for section in SECTIONS} | {"populations": {"direct": 1}}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("words", [None, "", "3", "[1]"], ids=["gone", "empty", "number", "list"])
def test_a_section_that_is_gone_or_holds_nothing_is_named(section, words):
    expected = ("section-missing", "error", QUESTIONS, 1, f"no section {section!r}")
    assert told(whole(**{section: words})) == [expected]


def test_every_section_that_is_gone_is_named():
    found = [line[-1] for line in told("other: {a: 1}\n")]
    assert found == [f"no section {section!r}" for section in SECTIONS]


@pytest.mark.parametrize("text", ["", "[1]\n", "clock: [\n"])
def test_sections_that_are_no_mapping_are_found(text):
    sections, findings = parse_questions(text)
    assert sections == {}
    assert [(f.rule, f.file) for f in findings] == [("unparsed-yaml", QUESTIONS)]


@pytest.mark.parametrize("parse", [parse_claims, parse_questions])
def test_a_name_given_twice_is_found_instead_of_taking_the_last(parse):
    _, findings = parse("claims: []\nclaims: []\n")
    assert [(f.rule, f.line) for f in findings] == [("unparsed-yaml", 2)]


def test_the_shipped_claims_are_read(evidence):
    assert len(evidence.claims) == len({claim.claim_id for claim in evidence.claims})
    text = (evidence.folder / "claims.yml").read_text(encoding="utf-8").split("\n")
    for claim in evidence.claims:
        assert text[claim.line - 1].strip() == f"- claim_id: {claim.claim_id}"
