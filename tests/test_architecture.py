"""Tests of the architecture: rooms from the command line down to the base, imports go down only.

Each test lists every offender, so that one run shows all that is to be mended.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import evidence_tools as et

PACKAGE = Path(et.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

ROOMS = {
    "base": (),
    "arithmetic": ("base",),
    "evidence": ("base",),
    "display": ("evidence", "base"),
    "questions": ("display", "arithmetic", "evidence", "base"),
    "verdicts": ("questions", "display", "arithmetic", "evidence", "base"),
    "checks": ("verdicts", "questions", "display", "arithmetic", "evidence", "base"),
    "site": ("checks", "verdicts", "questions", "display", "arithmetic", "evidence", "base"),
}
"""The rooms from the ground up, and what each may import."""
ROOMS["command_line"] = (*ROOMS,)

READERS = {"evidence", "site", "command_line"}
"""Who may open files: the evidence its own, the site templates, the command line those named."""
WRITERS = {
    "site",
    "command_line",
    "display/display.py",
    "display/files.py",
    "verdicts/page_of_findings.py",
}
"""Who may write, a figure's bytes and a table's text included."""
TABLES = {"evidence", "command_line/csv_files.py"}
"""Who may read CSV: of other people's files the command line."""
DRAWERS = {"display"}
SHOWN = {"matplotlib.axes", "matplotlib.figure"}
"""What a room that hands on a figure may name of matplotlib."""
PRINTERS = {"command_line"}
READING = {"open", "read_text", "read_bytes", "read_json", "read_excel", "parse_file"}
WRITING = {"write_text", "write_bytes", "savefig", "to_csv", "to_excel", "to_parquet", "write_file"}
COMPUTING = {"scipy", "joblib", "dask"}
DRAWER_NAMES = {"utils", "helpers", "common", "misc"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def none(offenders: list[str]) -> None:
    """Fails with every offender on a line of its own."""
    assert not offenders, "\n" + "\n".join(offenders)


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    """The room of a file; a file beside the rooms stands for itself."""
    return place(path).split("/")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, those within functions and for types included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            parts = [f"{module}.{alias.name}" for alias in node.names]
            submodules = [part for part in parts if own_file(part)]
            yield from submodules or [module]


def own_file(module: str) -> Path | None:
    """The file of a module of the project, None for any other name."""
    if not module.startswith("evidence_tools."):
        return None
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((f for f in (base.with_suffix(".py"), base / "__init__.py") if f.exists()), None)


def own_imports(path: Path) -> list[Path]:
    return sorted({file for name in imports(path) if (file := own_file(name))} - {path})


def calls(path: Path) -> set[str]:
    """Names of the functions and methods that a file calls."""
    functions = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return {f.id for f in functions if isinstance(f, ast.Name)} | {
        f.attr for f in functions if isinstance(f, ast.Attribute)
    }


def callers(names: set[str], allowed: set[str]) -> list[str]:
    """Files outside these rooms or places that call one of these functions."""
    return [
        f"{place(path)}: {', '.join(sorted(found))}"
        for path in FILES
        if not {room(path), place(path)} & allowed and (found := calls(path) & names)
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def imports_upwards() -> list[str]:
    return [
        f"{place(path)} imports {place(other)}"
        for path in FILES
        if room(path) in ROOMS
        for other in own_imports(path)
        if room(other) not in {room(path), *ROOMS[room(path)]}
    ]


def imports_sideways() -> list[str]:
    """Imports from the folder of one question into that of another."""
    inside = [path for path in FILES if place(path).count("/") >= 2 and room(path) == "questions"]
    return [
        f"{place(path)} imports {place(other)}"
        for path in inside
        for other in own_imports(path)
        if other in inside and place(other).split("/")[1] != place(path).split("/")[1]
    ]


def test_every_module_is_in_a_room():
    beside = {room(path) for path in FILES} - set(ROOMS)
    assert beside == {"__init__.py", "__main__.py"}


def test_imports_go_down_only():
    none(imports_upwards())


def test_no_question_imports_another():
    none(imports_sideways())


def test_imports_name_what_they_bring():
    stars = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    none(stars)


def test_arithmetic_sees_no_table():
    """Types may name a table; what runs may not."""
    seen = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        if room(path) == "arithmetic"
        for node in tree(path).body
        if isinstance(node, ast.Import) and any(alias.name == "pandas" for alias in node.names)
    ]
    none(seen)


def test_display_draws_and_computes_nothing():
    """Only it draws, and it leaves computing to the rooms that hand it numbers."""
    drawing = [
        f"{place(path)}: {name}"
        for path in FILES
        if room(path) not in DRAWERS
        for name in imports(path)
        if name.split(".")[0] == "matplotlib" and name not in SHOWN
    ]
    computing = [
        f"{place(path)}: {name}"
        for path in FILES
        if room(path) == "display"
        for name in imports(path)
        if name.split(".")[0] in COMPUTING
    ]
    none(drawing + computing)


def test_few_rooms_read_and_write_files():
    none(callers(READING, READERS))
    none(callers(WRITING, WRITERS))
    none(callers({"read_csv"}, TABLES))


def test_only_the_command_line_prints():
    none(callers({"print"}, PRINTERS))


def test_no_module_is_a_drawer():
    none([place(path) for path in FILES if DRAWER_NAMES & {*path.with_suffix("").parts}])


def test_files_and_functions_stay_short():
    """Where one grows longer, its second subject has become visible: split there."""
    files = {place(path): path.read_text(encoding="utf-8").count("\n") for path in FILES}
    bodies = {f"{place(path)}:{f.name}": body_lines(f) for path in FILES for f in functions(path)}
    none([f"{name}: {lines}" for name, lines in files.items() if lines > LONGEST_FILE])
    none([f"{name}: {lines}" for name, lines in bodies.items() if lines > LONGEST_FUNCTION])


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    documented = ast.get_docstring(function) and len(function.body) > 1
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_every_public_name_can_be_had():
    """And no room of the same name hides it."""
    for name in ROOMS:
        importlib.import_module(f"evidence_tools.{name}")
    things = {name: getattr(et, name, None) for name in et.__all__}
    none([name for name, thing in things.items() if thing is None or inspect.ismodule(thing)])


def test_private_functions_are_described_in_one_sentence():
    long = [
        f"{place(path)}:{function.name}"
        for path in FILES
        for function in functions(path)
        if function.name.startswith("_") and not function.name.endswith("__")
        if sentences(ast.get_docstring(function) or "") > 1
    ]
    none(long)


def sentences(words: str) -> int:
    """How many sentences a docstring has; a blank line ends one too."""
    parts = [part for block in words.split("\n\n") for part in block.replace("\n", " ").split(". ")]
    return len([part for part in parts if part.strip()])
