import pytest

from evidence_tools.base import errors
from evidence_tools.base.errors import (
    EvidenceError,
    EvidenceFileError,
    did_you_mean,
    message,
    nearest,
)


def test_message_has_place_found_allowed_and_hint_in_one_line():
    text = message(
        "results.csv, line 3, time_unit",
        found="'hours'",
        allowed="min, h, d, wk, mo",
        hint="Did you mean 'h'?",
    )
    assert text == (
        "results.csv, line 3, time_unit: found 'hours'; allowed: min, h, d, wk, mo. "
        "Did you mean 'h'?"
    )


def test_message_leaves_out_what_is_not_known():
    assert message("claims.yml", found="no list") == "claims.yml: found no list"
    assert message("claims.yml", found="x", hint="Mend it.") == "claims.yml: found x. Mend it."


def test_error_prints_its_message_and_keeps_the_parts():
    error = EvidenceFileError("arms.csv", found="no such file", hint="Restore it from git.")
    assert str(error) == "arms.csv: found no such file. Restore it from git."
    assert (error.place, error.found, error.allowed, error.hint) == (
        "arms.csv",
        "no such file",
        "",
        "Restore it from git.",
    )


@pytest.mark.parametrize(
    ("found", "near"),
    [
        ("houers", ["hour"]),  # alike
        ("hours", ["hour"]),
        ("mo.", ["mo"]),  # begins with an allowed word
        ("headache-of", ["headache"]),
        ("head", ["headache"]),  # a part of an allowed word
        ("zzz", []),
        ("", []),
    ],
)
def test_the_nearest_word_is_alike_or_a_part(found, near):
    assert nearest(found, ["hour", "mo", "headache", "min"]) == near
    hint = f"Did you mean {near[0]!r}?" if near else "See the list."
    assert did_you_mean(found, ["hour", "mo", "headache"], otherwise="See the list.") == hint


def test_several_near_words_are_named_best_first():
    words = ["mills-2025", "mills-2024", "mills-2025b", "other"]
    assert nearest("mills-2025x", words, most=3) == ["mills-2025", "mills-2025b", "mills-2024"]
    assert did_you_mean("mils-2025", words, most=2) == "Did you mean 'mills-2025' or 'mills-2025b'?"


@pytest.mark.parametrize(
    "name", ["EvidenceFileError", "UnknownTermError", "UnitError", "NotEstimableError"]
)
def test_every_exception_can_be_caught_as_one(name):
    with pytest.raises(EvidenceError, match="found it"):
        raise getattr(errors, name)("here", found="it")
