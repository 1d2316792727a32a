"""Verdicts, certainties and programmes in words."""

import pytest

from evidence_tools.display.display import Mark
from evidence_tools.display.style import CLAIM_RUNGS, VERDICTS
from evidence_tools.verdicts.words import (
    certainty_words,
    first_sentence,
    look_mark,
    programme_words,
    rung_words,
    source_words,
)


@pytest.mark.parametrize(
    ("words", "first"),
    [("One. Two.", "One."), ("Only one", "Only one"), ("Only one.", "Only one.")],
)
def test_the_first_sentence_is_cut_out(words, first):
    assert first_sentence(words) == first


def test_a_verdict_has_symbol_word_and_colour():
    look = VERDICTS["mixed"]
    assert look_mark("mixed") == Mark(f"{look.symbol} {look.words}", look.colour)
    assert look_mark("unjudged") == "unjudged"


def test_every_rung_of_the_rules_has_words(evidence):
    assert set(evidence.rules.claims.ladder) <= set(CLAIM_RUNGS)
    recorded = evidence.verdicts["rung"].dropna()
    assert set(recorded) <= set(CLAIM_RUNGS)
    assert rung_words("nan") == rung_words("") == ""
    assert rung_words("direct") == "anxiety disorders"


def test_a_claim_without_a_rating_says_so():
    assert certainty_words("") == "not rated"
    assert certainty_words("very-low") == "⊕◯◯◯ very low"


def test_a_programme_is_named_by_its_studies(evidence):
    studies = evidence.studies
    labels = list(studies.loc[studies["programme"] == "reed-anxiety", "label"])
    words = programme_words(evidence, ["reed-anxiety", "no-such-programme"])
    assert words == f"{labels[0]} and {len(labels) - 1} more of the same team; no such programme"


def test_a_source_is_never_named_by_its_key(evidence):
    for key, reference in evidence.references.items():
        words = source_words(evidence, key)
        assert words.strip()
        assert reference.authors or reference.title or key not in words
