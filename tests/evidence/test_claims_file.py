import pytest
import yaml

from evidence_tools.evidence.claims_file import Claim, parse_claims
from evidence_tools.evidence.questions_file import QUESTIONS, parse_questions

CLAIM = """\
  - claim_id: onset-hours
    headline: true
    topic: onset
    claim: Relief begins within hours.
    locator: How fast
    strength: can
"""
TEXT = f"source: clinic2024page\nclaims:\n{CLAIM}"


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


NAMES = "source, source_note, claims"
OF_A_CLAIM = "claim_id, claim, headline, topic, locator, strength, note, differs_from, tests"
AT = "claims.onset-hours"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT + CLAIM, (9, "onset-hours", "", "a second 'onset-hours'", "")),
        (TEXT.replace("true", "maybe"), (4, AT, "headline", "'maybe'", "true, false")),
        (TEXT.replace("    topic: onset\n", ""), (3, AT, "topic", "no such name", "words")),
        (TEXT.replace("topic: onset", "topic: "), (5, AT, "topic", "an empty value", "words")),
        (TEXT + "    colour: red\n", (9, AT, "colour", "an unknown name", OF_A_CLAIM)),
        (TEXT + "    topic: side\n", (9, AT, "topic", "the name a second time", "each name once")),
        ("source: s\nclaims:\n- word\n", (3, "", "claims", "'word'", f"the names {OF_A_CLAIM}")),
        ("claims: []\n", (1, "", "source", "no such name", "words")),
        ("- a list\n", (1, "", "", "a list", f"the names {NAMES}")),
    ],
)
def test_each_fault_of_a_claim_is_found_at_its_line(text, expected):
    findings = parse_claims(text)[1]
    assert [(f.line, f.row_id, f.column, f.found, f.allowed) for f in findings] == [expected]


def test_a_misspelt_name_of_a_claim_or_its_test_names_the_nearest():
    claim = CLAIM.replace("topic:", "topci:") + "    tests:\n      - {test_id: a, aks: b}\n"
    hints = [f.hint for f in parse_claims(f"source: s\nclaims:\n{claim}")[1]]
    assert "Did you mean 'topic'?" in hints
    assert "Did you mean 'asks'?" in hints


def test_text_that_is_no_yaml_is_named_by_its_line():
    for text, line in (("source: s\nclaims: [\n", 3), ("source: s\n\tclaims: 1\n", 2)):
        assert [(f.rule, f.line) for f in parse_claims(text)[1]] == [("unparsed-yaml", line)]


def test_of_two_claims_the_first_is_kept_and_of_half_a_claim_nothing():
    file, (finding,) = parse_claims(TEXT + CLAIM.replace("within hours", "within days"))
    assert [claim.claim for claim in file.claims] == ["Relief begins within hours."]
    assert finding.rule == "duplicate-id"
    file, findings = parse_claims(TEXT + CLAIM.replace("onset-hours", "gone").replace("can", ""))
    assert (file.claims, [one.row_id for one in findings]) == ((), ["claims.gone"])


@pytest.fixture
def stated(evidence):
    return yaml.safe_load((evidence.folder / QUESTIONS).read_text(encoding="utf-8"))


def test_a_window_without_a_beginning_begins_with_the_dose(stated):
    del stated["windows"]["24h"]["after"]
    stated["comparators"]["any"]["drugs"] = []
    questions, findings = parse_questions(yaml.safe_dump(stated))
    assert findings == []
    assert questions.windows["24h"].after == -1
    assert questions.comparators["any"].drugs == ()


@pytest.mark.parametrize("section", ["populations", "windows", "dosing", "comparators", "outcomes"])
def test_a_section_that_is_misspelt_names_the_nearest(stated, section):
    stated[f"{section}x"] = stated.pop(section)
    _, findings = parse_questions(yaml.safe_dump(stated))
    assert [f.hint for f in findings] == [f"Did you mean {section!r}?"]


@pytest.mark.parametrize("text", ["", "[1]\n", "clock: [\n"])
def test_sections_that_are_no_mapping_are_found(text):
    findings = parse_questions(text)[1]
    assert {f.rule for f in findings} <= {"unparsed-yaml", "question-malformed"}
    assert len(findings) == 1


def test_the_shipped_claims_are_read(evidence):
    assert len(evidence.claims) == len({claim.claim_id for claim in evidence.claims})
    text = (evidence.folder / "claims.yml").read_text(encoding="utf-8").split("\n")
    for claim in evidence.claims:
        assert text[claim.line - 1].strip() == f"- claim_id: {claim.claim_id}"
