"""A YAML text read into frozen dataclasses: their types say which names and values may stand where.

A name is a field of a dataclass, or stands for data in a mapping; a value is a word, a number, a
tuple or a dataclass again. Whatever does not fit is a finding with its line, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import lru_cache, partial
from types import UnionType
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

import yaml

from evidence_tools.base.errors import did_you_mean, nearest
from evidence_tools.base.findings import Finding

T = TypeVar("T")

Words = tuple[str, ...]
Share = Annotated[float, 1]
Percent = Annotated[float, 100]
"""Numbers with the largest that they may be. Every number is 0 or more."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST = 1e300
_LINE = "line"
_TAGS = {str: ("str",), bool: ("bool",), int: ("int",), float: ("int", "float")}
_WORDS = {str: "words", bool: "true, false"}
_WORDS |= {int: "a whole number, 0 or more", float: "a number, 0 or more"}


def read_typed(kind: type[T], *, file: str, text: str, rule: str) -> tuple[T, list[Finding]]:
    """The object that a YAML text describes, and everything in which the text departs from it.

    `kind`: a dataclass. A field without a default must stand in the text, under its name without a
        trailing underscore; one called `line` holds the line of its names.
    `object`: without attributes if there is a finding: nobody reads half of it.
    `findings`: rules "unparsed-yaml" or `rule`, in the order of the lines.
    """
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return object.__new__(kind), [unparsed(file, error)]
    reader = _Reader(file=file, rule=rule)
    found = reader.read(kind, root, ())
    if reader.findings:
        return object.__new__(kind), sorted(reader.findings, key=lambda one: one.line or 0)
    return cast("T", found), []


def unparsed(file: str, error: yaml.YAMLError) -> Finding:
    """The finding about a text that is no YAML."""
    mark = getattr(error, "problem_mark", None)
    return Finding(
        rule="unparsed-yaml",
        file=file,
        line=mark.line + 1 if mark else 1,
        found=str(getattr(error, "problem", None) or error).removeprefix("found "),
        hint="Mend the YAML.",
    )


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One pass over the nodes of a file, collecting what does not fit."""

    file: str
    rule: str
    findings: list[Finding] = field(default_factory=list)

    def read(self, kind: Any, node: yaml.Node | None, path: tuple[str, ...]) -> Any:
        """The value of a node; None, and a finding, where it is not of that kind."""
        origin, parts = get_origin(kind), get_args(kind)
        empty = node is None or node.tag.endswith(":null")
        if origin is UnionType:
            return None if empty else self.read(parts[0], node, path)
        if node is None or empty:
            return self._wrong(kind, node, path)
        if is_dataclass(kind):
            return self._dataclass(kind, node, path)
        if origin is tuple:
            return self._tuple(kind, node, path)
        if origin is Mapping:
            pairs = self._pairs(kind, node, path)
            return {name: self.read(parts[1], value, (*path, name)) for name, value in pairs}
        return self._scalar(kind, node, path)

    def _dataclass(self, kind: Any, node: yaml.Node, path: tuple[str, ...]) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._wrong(kind, node, path)
        hints = _hints(kind)
        names = _named(kind)
        values: dict[str, Any] = {_LINE: node.start_mark.line + 1} if _LINE in hints else {}
        meant: set[str] = set()
        for name, value in self._pairs(kind, node, path):
            if name in names and names[name].default == () and _is_empty_list(value):
                continue
            if name in names:
                own = names[name].name
                values[own] = self.read(hints[own], value, (*path, name))
            else:
                meant.update(nearest(name, names))
                self._unknown(value, (*path, name), list(names))
        for name, one in names.items():
            if one.name not in values and name not in meant and _required(one):
                self._note(node, (*path, name), "no such name", _words(hints[one.name]))
        if not self.findings:
            try:
                return kind(**values)
            except ValueError as error:  # each value fits, and not beside the others
                self._note(node, path, str(error), "")
        return None

    def _pairs(
        self, kind: Any, node: yaml.Node, path: tuple[str, ...]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """Names and values of a mapping; of a name that stands twice only the first."""
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self._wrong(kind, node, path)
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else _shown(key)
            if name in seen:
                self._note(key, (*path, name), "the name a second time", "each name once")
            else:
                yield name, value
            seen.add(name)

    def _tuple(self, kind: Any, node: yaml.Node, path: tuple[str, ...]) -> Any:
        parts = get_args(kind)
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        kinds = [parts[0]] * len(items) if parts[-1] is Ellipsis else list(parts)
        if not items or len(items) != len(kinds):
            return self._wrong(kind, node, path)
        pairs = zip(kinds, items, strict=True)
        return tuple(self.read(one, item, (*path, *_id_of(item))) for one, item in pairs)

    def _scalar(self, kind: Any, node: yaml.Node, path: tuple[str, ...]) -> Any:
        base, *most = get_args(kind) or (kind,)
        if isinstance(node, yaml.ScalarNode) and node.tag.rsplit(":", 1)[1] in _TAGS[base]:
            value = yaml.constructor.SafeConstructor().construct_object(node)
            if value if base is str else 0 <= value <= min(most, default=_LARGEST):
                return value
        return self._wrong(kind, node, path)

    def _unknown(self, node: yaml.Node, path: tuple[str, ...], names: list[str]) -> None:
        hint = did_you_mean(path[-1], names, otherwise="Delete it.")
        self._note(node, path, "an unknown name", ", ".join(names), hint)

    def _wrong(self, kind: Any, node: yaml.Node | None, path: tuple[str, ...]) -> None:
        self._note(node, path, _shown(node), _words(kind))

    def _note(
        self,
        node: yaml.Node | None,
        path: tuple[str, ...],
        found: str,
        allowed: str,
        hint: str = "Compare with the last version in git.",
    ) -> None:
        self.findings.append(
            Finding(
                rule=self.rule,
                file=self.file,
                line=node.start_mark.line + 1 if node else 1,
                row_id=".".join(path[:-1]),
                column=path[-1] if path else "",
                value=node.value if isinstance(node, yaml.ScalarNode) else "",
                found=found,
                allowed=allowed,
                hint=hint,
            )
        )


_hints = lru_cache(partial(get_type_hints, include_extras=True))


def _is_empty_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode) and not node.value


def _id_of(node: yaml.Node) -> tuple[str, ...]:
    """The id with which an item of a list begins."""
    first = node.value[:1] if isinstance(node, yaml.MappingNode) else []
    return tuple(str(value.value) for key, value in first if str(key.value).endswith("_id"))


def _named(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass by the names that stand for them in a text."""
    return {one.name.rstrip("_"): one for one in fields(kind) if one.name != _LINE}


def _required(one: Any) -> bool:
    return one.default is MISSING


def _shown(node: yaml.Node | None) -> str:
    """What stands at a node, in words."""
    if isinstance(node, yaml.ScalarNode) and node.value and not node.tag.endswith(":null"):
        return repr(node.value)
    if node is None or not node.value or isinstance(node, yaml.ScalarNode):
        return "an empty value"
    return "a list" if isinstance(node, yaml.SequenceNode) else "names and values"


def _words(kind: Any) -> str:
    """What may stand there, in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return f"the names {', '.join(_named(kind))}"
    if origin is tuple:
        number = "a list of" if parts[-1] is Ellipsis else f"a list of {len(parts)}:"
        return f"{number} {_words(parts[0])}"
    if origin is Mapping:
        return f"names, each with {_words(parts[1])}"
    if origin is UnionType:
        return f"{_words(parts[0])}, or ~"
    if parts:
        return f"a number from 0 to {parts[1]}"
    return _WORDS[kind]
