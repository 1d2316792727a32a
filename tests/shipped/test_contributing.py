"""The worked example of CONTRIBUTING.md shows the rows as they stand."""

import re

import pytest

EXAMPLE = re.compile(
    r"`evidence/([a-z_]+\.(?:csv|bib))`[^`]*(?:`[^`]+`[^`]*)*?\n```\w+\n(.*?)\n```", re.S
)
MUST = re.compile(
    r"```csv\n([a-z0-9_]+(?:,[a-z0-9_]+)*)\n.*?\n```\n\nMust be filled: ([^.]+)\.", re.S
)


@pytest.fixture(scope="module")
def text(root):
    return (root / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_row_shown_stands_in_its_file(root, text):
    shown = EXAMPLE.findall(text)
    assert len(shown) == 8
    for name, block in shown:
        lines = (root / "evidence" / name).read_text(encoding="utf-8").split("\n")
        assert set(block.split("\n")) - set(lines) == set(), name


def test_the_required_columns_are_those_of_the_dictionary(evidence, text):
    named = {header: re.findall(r"`(\w+)`", words) for header, words in MUST.findall(text)}
    assert len(named) == 6
    for table in evidence.schema.tables.values():
        if (header := ",".join(table.columns)) in named:
            assert named[header] == [f.name for f in table.fields if f.required], table.path
