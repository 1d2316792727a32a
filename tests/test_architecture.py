"""Tests of the architecture: seven floors, imports go down, few modules touch files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import evidence_tools as et

PACKAGE = Path(et.__file__).parent
FLOORS = {
    "ground": ("errors", "findings", "units", "words"),
    "arithmetic": (
        *("conversions", "effects", "synthesis", "proportions", "timecourse", "consistency"),
    ),
    "files": (
        *("schema", "form", "bibliography", "typed_yaml", "rules", "yaml_files", "loading"),
        "joined",
    ),
    "bridge": (
        *("published", "clock", "relief", "readings", "questions", "contrasts", "incidence"),
        "tallies",
    ),
    "interpretation": (
        *("answers", "harms", "duration", "course", "claims", "certainty", "validation"),
    ),
    "presentation": ("style", "plots", "report"),
    "entry": ("terminal", "cli_synthesis", "cli", "__main__"),
}
"""The floors from the ground up; on a floor, a module may import those to its left."""

ORDER = [module for floor in FLOORS.values() for module in floor]
STRANGERS = [("arithmetic", "files"), ("files", "arithmetic")]
"""Floors that do not know each other: arithmetic never sees a table, loading never computes."""

READERS = {"schema", "loading", "report", "cli", "terminal"}
"""Who may open files; the terminal opens the null device when a pipe closes early."""
WRITERS = {"report", "cli"}
DRAWERS = {"style", "plots"}
SHOWS_FIGURES = {"report": {"matplotlib", "matplotlib.axes", "matplotlib.figure"}}
"""Who may name or save a figure without drawing in it, and by which modules of matplotlib."""
PRINTERS = {"terminal", "cli"}
READING = {"open", "read_text", "read_bytes", "read_json", "read_excel", "parse_file"}
WRITING = {"write_text", "write_bytes", "savefig", "to_csv", "to_excel", "to_parquet", "write_file"}
DRAWER_NAMES = {"utils", "helpers", "common", "misc"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [path.relative_to(PACKAGE).as_posix() for path in FILES]
every_file = pytest.mark.parametrize("path", FILES, ids=IDS)


def module_of(path: Path) -> str:
    """The module or subpackage of a file, as it stands in `FLOORS`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return named(parts)


def named(parts: Sequence[str]) -> str:
    """The first part; the room of the evidence lies across floors, the screens are validation."""
    if parts[0] == "evidence":
        return parts[1]
    return "validation" if parts[0] == "integrity" else parts[0]


def floor_of(module: str) -> str:
    return next(floor for floor, modules in FLOORS.items() if module in modules)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, those within functions included."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield base
            if base == "evidence_tools":
                yield from (f"{base}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """The modules of the project that a file imports, itself left out."""
    own = [name.split(".")[1:] for name in imports(path) if name.startswith("evidence_tools.")]
    names = {named(parts) for parts in own}
    return names - {module_of(path)}


def calls(path: Path) -> set[str]:
    """Names of the functions and methods that a file calls."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                found.add(function.id)
            elif isinstance(function, ast.Attribute):
                found.add(function.attr)
    return found


def test_every_module_is_on_a_floor():
    unknown = {module_of(path) for path in FILES} - set(ORDER) - {"__init__"}
    assert unknown == set(), (
        f"{', '.join(sorted(unknown))}: add it to its floor in FLOORS "
        "(tests/test_architecture.py) and to the picture in docs/architecture.md"
    )


def test_no_module_is_on_two_floors():
    assert len(ORDER) == len(set(ORDER))


@every_file
def test_imports_go_down_only(path):
    module = module_of(path)
    if module == "__init__":
        allowed = set()
    else:
        allowed = set(ORDER[: ORDER.index(module)])
        floor = floor_of(module)
        allowed -= {m for one, other in STRANGERS if floor == one for m in FLOORS[other]}
    up = own_imports(path) - allowed
    assert up == set(), f"{module} may import only what stands below it in FLOORS"


@every_file
def test_imports_name_what_they_bring(path):
    stars = [
        node.lineno
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert stars == []


@every_file
def test_only_presentation_draws(path):
    drawing = {name for name in imports(path) if name.split(".")[0] == "matplotlib"}
    module = module_of(path)
    assert module in DRAWERS or drawing <= SHOWS_FIGURES.get(module, set())


@every_file
def test_arithmetic_sees_no_table_and_no_file(path):
    if module_of(path) not in FLOORS["arithmetic"]:
        return
    top = ast.parse(path.read_text(encoding="utf-8")).body
    names = [n.name for node in top if isinstance(node, ast.Import) for n in node.names]
    assert "pandas" not in names


@every_file
def test_few_modules_read_files(path):
    assert module_of(path) in READERS or not calls(path) & READING


@every_file
def test_few_modules_write_files(path):
    assert module_of(path) in WRITERS or not calls(path) & WRITING


@every_file
def test_tables_are_read_by_loading_only(path):
    assert module_of(path) == "loading" or "read_csv" not in calls(path)


@every_file
def test_only_the_command_line_prints(path):
    assert module_of(path) in PRINTERS or "print" not in calls(path)


@every_file
def test_no_module_is_a_drawer(path):
    assert path.stem not in DRAWER_NAMES
    assert path.parent.name not in DRAWER_NAMES


@every_file
def test_files_and_functions_stay_short(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, "its second subject has become visible: split there"
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} lines of body"


def test_every_public_name_can_be_had():
    missing = [name for name in et.__all__ if getattr(et, name, None) is None]
    assert missing == []


@pytest.fixture(scope="module")
def architecture(root):
    return (root / "docs" / "architecture.md").read_text(encoding="utf-8")


def drawn(text: str) -> dict[str, list[list[str]]]:
    """The floors of the picture, lowest first: modules in steps, what may be imported first."""
    picture = text.split("## Seven floors")[1].split("```")[1].strip().splitlines()
    floors = {}
    for line in reversed(picture):
        _, floor, modules = line.split(maxsplit=2)
        steps = [step.split("·") for step in modules.split("→")]
        floors[floor] = [[module.strip() for module in step] for step in reversed(steps)]
    return floors


def listed(text: str) -> dict[str, set[str]]:
    """The modules of each floor in the table under the picture."""
    table = text.split("| module | floor |")[1].split("\n\n")[0]
    floors: dict[str, set[str]] = {}
    for module, floor in re.findall(r"^\| `([a-z_]+)` \| ([a-z]+) \| \S", table, re.MULTILINE):
        floors.setdefault(floor, set()).add(module)
    return floors


def test_picture_and_table_show_the_floors_and_nothing_else(architecture):
    floors = {floor: set(modules) - {"__main__"} for floor, modules in FLOORS.items()}
    picture = drawn(architecture)
    assert list(picture) == list(FLOORS)
    assert {
        floor: {m for step in steps for m in step} for floor, steps in picture.items()
    } == floors
    assert listed(architecture) == floors
    assert {module for floor in floors.values() for module in floor} == (
        {module_of(path) for path in FILES} - {"__init__", "__main__"}
    )


def test_an_arrow_of_the_picture_stands_for_every_import_on_a_floor(architecture):
    for floor, steps in drawn(architecture).items():
        step_of = {module: i for i, step in enumerate(steps) for module in step}
        wrong = {
            (module_of(path), name)
            for path in FILES
            if module_of(path) in step_of
            for name in own_imports(path) & set(step_of)
            if step_of[name] >= step_of[module_of(path)]
        }
        assert wrong == set(), f"{floor}: an import against the arrows, or between neighbours"
