"""Examples in docstrings are run and give what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

import evidence_tools as et

PACKAGE = Path(et.__file__).parent


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


WITH_EXAMPLES = sorted(
    module_name(path)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_a_module(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_modules_with_examples_are_found():
    arithmetic_and_words = {"evidence.clock", "arithmetic.intervals", "base.units", "base.words"}
    assert {f"evidence_tools.{name}" for name in arithmetic_and_words} <= set(WITH_EXAMPLES)
