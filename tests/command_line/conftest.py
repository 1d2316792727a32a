"""What the tests of the commands share: a file, a record, and a refusal in one line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest


def strict_json(text: str):
    """JSON as the standard has it: NaN and Infinity are no numbers."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def file(tmp_path: Path):
    """A CSV file with that text, those bytes, or those columns."""

    def write(text: str | bytes = "", **columns) -> Path:
        path = tmp_path / "given.csv"
        if columns:
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
            text = out.getvalue()
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def record(run):
    """What a command prints as JSON when nothing is wrong."""

    def call(*words):
        code, out, err = run(*words, "--json")
        assert (code, err) == (0, "")
        return strict_json(out)

    return call


@pytest.fixture
def refused(run):
    """The one line with which a command ends that says so."""

    def call(said: str, *words) -> str:
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert said in err
        assert err.startswith("evidence: ")
        assert err.count("\n") == 1
        return err

    return call
