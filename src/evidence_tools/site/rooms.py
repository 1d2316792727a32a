"""The rooms of the code, told from the code: what each is for, what it imports, its modules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import evidence_tools

PACKAGE = Path(evidence_tools.__file__).parent


def rooms_markdown() -> str:
    """Picture and tables of the rooms, for ``docs/architecture.md``."""
    rooms = _from_the_top()
    width = max(map(len, rooms))
    picture = [f"{room:{width}}  {_arrow(room, rooms)}".rstrip() for room in rooms]
    head = ["```", *picture, "```", "", "| room | lines | what it is for |", "| --- | ---: | --- |"]
    table = [
        f"| `{r}` | {_lines(PACKAGE / r)} | {_says(PACKAGE / r / '__init__.py')} |" for r in rooms
    ]
    return "\n".join([*head, *table, *(line for room in rooms for line in _section(room))])


def _section(room: str) -> list[str]:
    head = ["", f"### `{room}`", "", "| module | lines | says or does |", "| --- | ---: | --- |"]
    return head + [
        f"| `{_name(file, room)}` | {_lines(_place(file))} | {_says(file)} |"
        for file in sorted((PACKAGE / room).rglob("*.py"))
        if file != PACKAGE / room / "__init__.py"
    ]


def _place(file: Path) -> Path:
    """A module's file; a folder for what describes it."""
    return file.parent if file.name == "__init__.py" else file


def _name(file: Path, room: str) -> str:
    """A module as it is written in its room; a folder's own file ends in a slash."""
    path = file.relative_to(PACKAGE / room).as_posix()
    return path.removesuffix("__init__.py").removesuffix(".py")


def _says(file: Path) -> str:
    """The first sentence of a module's docstring."""
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(words.split("\n\n")[0].split()).replace("|", "\\|")


def _lines(place: Path) -> int:
    files = [place] if place.is_file() else place.rglob("*.py")
    return sum(file.read_text(encoding="utf-8").count("\n") for file in files)


def _imports(room: str) -> set[str]:
    """The other rooms that a room's files import."""
    texts = (file.read_text(encoding="utf-8") for file in (PACKAGE / room).rglob("*.py"))
    return {name for text in texts for name in re.findall(r"from evidence_tools\.(\w+)", text)} - {
        room
    }


def _from_the_top() -> list[str]:
    """The rooms, those first that rest on most others."""
    rooms = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    below = {room: _imports(room) for room in rooms}
    for _ in rooms:
        below = {room: names.union(*(below[n] for n in names)) for room, names in below.items()}
    return sorted(rooms, key=lambda room: -len(below[room]))


def _arrow(room: str, order: list[str]) -> str:
    below = [other for other in order if other in _imports(room)]
    return f"→  {' · '.join(below)}" if below else ""
