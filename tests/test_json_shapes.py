"""The shapes in docs/json.md are those that the commands print, key by key, both ways."""

import json
import re
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from evidence_tools import checks
from evidence_tools.command_line import cli
from evidence_tools.evidence import loading

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `evidence ([^`]+)`\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
BCG, TWO_ARMS = "docs/examples/bcg-vaccine.csv", "docs/examples/two-arms.csv"
COUNTS, SCHOOLS = "docs/examples/bcg-counts.csv", "docs/examples/school-calendars.csv"
ARMS = ("active", "control")
QUESTION = "related-ptsd/14d/course/any/severity"
CALLS = {
    "validate": [[]],
    "show": [["lane-2018"], ["lane-2018/r01"], ["onset-hours"], ["side-effects-common"]],
    "claims": [[]],
    "certainty": [[]],
    "timeline": [[]],
    "harms": [[]],
    "screen": [[]],
    "duration": [[]],
    "gaps": [[]],
    "effects": [["SMD", TWO_ARMS]],
    "convert": [["docs/examples/as-printed.csv"]],
    "pool FILE [--method": [["docs/examples/effects.csv"]],
    "pool FILE --cluster": [[SCHOOLS, "--cluster", "district"]],
    "pool FILE --moderators": [[BCG, "--moderators", "ablat"]],
    "pool FILE --bayes": [[BCG, "--bayes"]],
    "pool FILE --model": [
        [COUNTS, "--model", "beta-binomial"],
        ["docs/examples/events.csv", "--model", "binomial"],
    ],
    "influence": [[BCG], [BCG, "--cumulative"]],
    "gosh": [[BCG]],
    "smallstudy": [[BCG]],
    "pool --question": [["--question", QUESTION]],
}
OPEN = {"facts", "related", "checked"}
"""Objects whose keys are columns, tables or rules: the documents of those name them."""
LINKS = ("asked whether", "contradicts", "supports", "qualifies", "background", "claims")
"""What is related without being rows of a table."""
BAYESIAN = {
    *("estimate", "ci_low", "ci_high", "tau", "tau_ci_low", "tau_ci_high"),
    *("probability_below_zero", "tau_prior", "k"),
}
"""Keys of an object that is null for the question asked here; `test_calculator.py` checks them."""
SAID = {
    "show": set(LINKS),
    "effects": {
        *(f"{what}_{arm}" for what in ("mean", "sd", "n") for arm in ARMS),
        *("events_active", "events_control", "time_active", "time_control", "events", "n"),
        *("mean_1", "mean_2", "sd_1", "sd_2", "r"),
        *(f"{what}_{arm}" for what in ("mean_pre", "mean_post", "sd_pre") for arm in ARMS),
    },
    "pool FILE [--method": {"yi", "vi", "label"},
    "pool FILE --model": {"peto", "binomial"},
    "pool --question": BAYESIAN,
    "timeline": {"direct", "related", "indirect", "context", "baseline"},
}
"""Words of a section that are columns, values or relations, no keys."""


def section(name):
    (found,) = [text for head, text in SECTIONS.items() if f"{head} ".startswith(f"{name} ")]
    return found


def keys(data):
    """Every key of objects within objects and lists, the open ones left out."""
    if isinstance(data, list):
        return set().union(*map(keys, data))
    if not isinstance(data, dict):
        return set()
    related = data.get("related", {})
    links = [rows for name, rows in related.items() if name.startswith(LINKS)]
    inner = [value for name, value in data.items() if name not in OPEN]
    return set(data).union(*map(keys, inner + links))


@pytest.fixture(scope="module")
def printed(evidence, world_folder):
    """The keys that each command prints on the made-up world and the examples."""
    checked = checks.check_path(world_folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "load", lambda: evidence)
        patch.setattr(checks, "check_path", lambda path=None: checked)
        patch.chdir(ROOT)
        yield lambda name, capsys: set().union(
            *(keys(_output(patch, capsys, name.split()[0], words)) for words in CALLS[name])
        )


def _output(patch, capsys, command, words):
    patch.setattr(sys, "argv", ["evidence", command, *words, "--json"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 0
    return json.loads(capsys.readouterr().out)


def test_every_command_that_prints_json_is_called():
    with_json = {
        name
        for name, command in get_command(cli.app).commands.items()
        if any("--json" in option.opts for option in command.params)
    }
    assert {name.split()[0] for name in CALLS} == with_json
    assert len(SECTIONS) == len(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_keys_of_the_document_are_keys_of_the_output(name, printed, capsys):
    found = printed(name, capsys)
    text = section(name)
    assert found
    assert {key for key in found if f"`{key}`" not in text} - _as_above(name) == set()
    words = set(re.findall(r"`([a-z][a-z0-9_]*)`", text)) - {"null"}
    assert words - found - SAID.get(name, set()) == set()


def _as_above(name):
    """A question's pool has the keys of a file's, which its section does not repeat."""
    if name != "pool --question":
        return set()
    return set(re.findall(r"`([a-z0-9_]+)`", section("pool FILE [--method")))
