"""What the help promises works on the evidence as it is shipped."""

import re

import pytest
from typer.main import get_command

from evidence_tools.command_line import cli

WRITERS = {"docs", "notebooks", "report"}
"""They write files of the repository: their examples are not run here."""
PRINTERS = sorted(set(get_command(cli.app).commands) - WRITERS)


@pytest.mark.parametrize("name", PRINTERS)
def test_example_works_on_the_repository(run, name):
    example = re.findall(r"Example: evidence (.+)", run(name, "--help")[1])[0]
    code, out, err = run(*example.split())
    assert (code, err) == (0, "")
    assert len(out.splitlines()) > 1
