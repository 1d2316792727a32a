"""The documents say what the program does, and those made from data are in step with it."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from typer.main import get_command

import evidence_tools as et
from evidence_tools.command_line.cli import app
from evidence_tools.site.documents import PICTURE, documents

REPOSITORY = Path(__file__).resolve().parents[2]
COMMANDS = sorted(get_command(app).commands)


def text(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(evidence):
    return documents(evidence, REPOSITORY)


@pytest.mark.parametrize("name", ["evidence/README.md", "docs/validation-rules.md", "README.md"])
def test_document_made_from_data_is_in_step(made, name):
    assert text(name) == made[name], "run `evidence docs` and commit what it writes"


def test_readme_shows_its_picture_with_alternative_text(evidence):
    alt = et.onset_answer(evidence).picture().alt
    assert f"![{alt}]({PICTURE})" in text("README.md")
    assert (REPOSITORY / PICTURE).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_names_every_command(command):
    assert f"evidence {command}" in text("README.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_prints_data_has_its_json_documented(command):
    options = {option for p in get_command(app).commands[command].params for option in p.opts}
    documented = f"## `evidence {command}" in text("docs/json.md")
    assert documented == ("--json" in options)


def test_readme_links_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text("README.md"))
    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []


def test_every_make_target_of_the_readme_exists():
    named = set(re.findall(r"^make ([a-z]+)", text("README.md"), re.MULTILINE))
    assert named == {"report", "test"}
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("name", sorted(et.__all__))
def test_public_name_is_documented(name):
    thing = getattr(et, name)
    documentation = inspect.getdoc(thing) or ""
    assert documentation.split("\n")[0].rstrip().endswith((".", ":", ";", ","))
    if inspect.isfunction(thing):
        parameters = [p for p in inspect.signature(thing).parameters if p != "_"]
        assert not parameters or "Parameters\n---" in documentation
        assert "Returns\n---" in documentation


def test_public_names_with_notes_name_their_source():
    for name in et.__all__:
        documentation = inspect.getdoc(getattr(et, name)) or ""
        formula = re.search(r"Notes\n-+\n(.*?)(?:\n\n|$)", documentation, re.DOTALL)
        if formula and "=" in formula[1]:
            assert "References\n---" in documentation, name


def test_a_submodule_never_hides_a_public_function():
    for name in et.__all__:
        importlib.import_module("evidence_tools.checks")
        assert not inspect.ismodule(getattr(et, name)), name
