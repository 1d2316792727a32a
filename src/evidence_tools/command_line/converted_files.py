"""What the rows of any CSV file did not print, recovered from what they did.

A row's filled cells decide which conversions apply; of those that give the same number the first in
`CONVERSIONS` wins, and a number that the row prints itself is never derived. What one conversion
gives another may need: a paired t gives the SD of the changes, and that the correlation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from evidence_tools.arithmetic import conversions as conv
from evidence_tools.arithmetic.conversions import Derived
from evidence_tools.arithmetic.effects import (
    standardised_mean_change_from_t,
    standardised_mean_difference_from_t,
)
from evidence_tools.base.errors import EvidenceFileError, NotEstimableError
from evidence_tools.base.words import printed_number
from evidence_tools.command_line.csv_files import numbers, read_columns
from evidence_tools.display.display import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One way from columns to a number.

    Attributes
    ----------
    gives : str
        Column that it fills.
    by : function
        Numbers by keyword to `Derived`.
    columns : mapping of str to str
        Arguments of the function, to the columns they come from.
    beside : tuple of str
        Columns that must be filled too: they say what kind of row it is.
    may : mapping of str to str
        Arguments that are handed over where their column is filled.
    """

    gives: str
    by: Callable[..., Derived]
    columns: Mapping[str, str]
    beside: tuple[str, ...] = ()
    may: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """Every column that must be filled."""
        return tuple(dict.fromkeys((*self.beside, *self.columns.values())))

    def of(self, row: Mapping[str, float]) -> Derived:
        """The number that a row leads to."""
        more = {name: row[column] for name, column in self.may.items() if column in row}
        return self.by(**{name: row[column] for name, column in self.columns.items()}, **more)


_SDS: dict[str, Callable[..., Derived]]
_SDS = {"t": conv.sd_from_t, "z": conv.sd_from_z, "f": conv.sd_from_f}
_SES: dict[str, Callable[..., Derived]]
_SES = {"t": conv.se_from_t, "z": conv.se_from_z, "f": conv.se_from_f}
_LEVEL = {"ci_level": "ci_level"}
_DF = {"df": "df"}


def _spreads(estimate: str, gives: str, n: dict[str, str], end: str = "") -> Iterator[Conversion]:
    """A standard deviation from what was printed about a mean, a difference or a change."""
    yield Conversion(
        gives=gives, by=conv.sd_from_se, columns={"se": f"se{end}"} | n, beside=(estimate,)
    )
    for name, function in _SDS.items():
        columns = {"estimate": estimate, name: f"{name}{end}"} | n
        yield Conversion(gives=gives, by=function, columns=columns)
    ends = {"ci_low": f"ci_low{end}", "ci_high": f"ci_high{end}"}
    yield Conversion(
        gives=gives, by=conv.sd_from_ci, columns=ends | n, beside=(estimate,), may=_LEVEL
    )
    columns = {"estimate": estimate, "p_value": f"p_value{end}"} | n
    yield Conversion(gives=gives, by=conv.sd_from_p, columns=columns)


def _five_numbers(end: str) -> Iterator[Conversion]:
    """Mean and standard deviation of a group from its median, quartiles and range."""
    ways: dict[tuple[str, ...], tuple[Callable[..., Derived], Callable[..., Derived]]] = {
        ("minimum", "q1", "median", "q3", "maximum"): (
            conv.mean_from_five_numbers,
            conv.sd_from_five_numbers,
        ),
        ("q1", "median", "q3"): (conv.mean_from_quartiles, conv.sd_from_quartiles),
        ("minimum", "median", "maximum"): (conv.mean_from_range, conv.sd_from_range),
    }
    for names, (mean, sd) in ways.items():
        columns = {name: f"{name}{end}" for name in (*names, "n")}
        median = columns["median"]
        yield Conversion(gives=f"mean{end}", by=mean, columns=columns)
        without = {name: column for name, column in columns.items() if name != "median"}
        yield Conversion(gives=f"sd{end}", by=sd, columns=without, beside=(median,))


def _errors(estimate: str, log_scale: bool) -> Iterator[Conversion]:
    """Standard error, effect and variance of an estimate, or of the log of a ratio."""
    scale: dict[str, Any] = {"log_scale": True} if log_scale else {}
    turn: Callable[[float], float] = _log if log_scale else float
    for name, function in _SES.items():
        columns = {"estimate": estimate, name: name}
        yield Conversion(gives="se", by=partial(_on_scale, function, turn), columns=columns)
    yield Conversion(
        gives="se",
        by=partial(conv.se_from_ci, **scale),
        columns={"estimate": estimate, "ci_low": "ci_low", "ci_high": "ci_high"},
        may=_LEVEL | _DF,
    )
    columns = {"estimate": estimate, "p_value": "p_value"}
    yield Conversion(gives="se", by=partial(conv.se_from_p, **scale), columns=columns, may=_DF)
    words = "log of the ratio" if log_scale else "as printed"
    known = {"value": estimate}
    yield Conversion(gives="yi", by=partial(_effect, turn, words), columns=known, beside=("se",))
    yield Conversion(gives="vi", by=_variance, columns={"se": "se"}, beside=(estimate,))


def _on_scale(
    function: Callable[..., Derived], turn: Callable[[float], float], estimate: float, **one: float
) -> Derived:
    return function(estimate=turn(estimate), **one)


def _log(ratio: float) -> float:
    if ratio <= 0:
        raise NotEstimableError("ratio", found=f"{ratio:g}", allowed="above 0")
    return math.log(ratio)


def _effect(turn: Callable[[float], float], words: str, value: float) -> Derived:
    return Derived(quantity="yi", value=turn(value), derivation="reported", method=words)


def _variance(se: float) -> Derived:
    return Derived(quantity="vi", value=se**2, derivation="from-se", method="its square")


def _from_t(quantity: Literal["yi", "vi"], compute: Callable[..., Any], **given: float) -> Derived:
    found = compute(**given)
    value = float(getattr(found, quantity)[0])
    words = "Hedges' g" if found.measure == "SMD" else "SMCR"
    return Derived(quantity=quantity, value=value, derivation="from-t", method=words)


def _effects_from_t() -> Iterator[Conversion]:
    """Standardised differences from a t test of two arms, or of pairs."""
    for compute, names in (
        (standardised_mean_difference_from_t, ("t", "n_active", "n_control")),
        (standardised_mean_change_from_t, ("t", "n", "r")),
    ):
        columns = {name: name for name in names}
        yield Conversion(gives="yi", by=partial(_from_t, "yi", compute), columns=columns)
        yield Conversion(gives="vi", by=partial(_from_t, "vi", compute), columns=columns)


def _all() -> Iterator[Conversion]:
    for end in ("", "_active", "_control"):
        yield from _spreads(f"mean{end}", f"sd{end}", {"n": f"n{end}"}, end)
        yield from _five_numbers(end)
    yield from _spreads("mean_difference", "sd", {"n": "n_active", "n_control": "n_control"})
    yield from _spreads("mean_change", "sd_change", {"n": "n"})
    sds = {"sd_1": "sd_1", "sd_2": "sd_2"}
    yield Conversion(
        gives="r", by=conv.correlation_from_sds, columns=sds | {"sd_difference": "sd_change"}
    )
    yield Conversion(gives="sd_change", by=conv.sd_of_difference, columns=sds | {"r": "r"})
    yield from _errors("estimate", log_scale=False)
    yield from _errors("ratio", log_scale=True)
    yield from _effects_from_t()
    for end in ("", "_active", "_control"):
        columns = {"sd": f"sd{end}", "n": f"n{end}"}
        yield Conversion(gives=f"se{end}", by=conv.se_from_sd, columns=columns)


CONVERSIONS = tuple(_all())
"""Every conversion, the most exact source of a number first."""
COLUMNS = tuple(dict.fromkeys(c for one in CONVERSIONS for c in (*one.needs, *one.may.values())))


def convert_file(path: Path) -> list[dict[str, Any]]:
    """What each row of a CSV file leads to, and in `notes` what could not be had, and why."""
    frame = read_columns(path)
    known = [name for name in COLUMNS if name in frame.columns]
    if not any(set(one.needs) <= set(known) for one in CONVERSIONS):
        raise EvidenceFileError(
            f"{path}, line 1",
            found=", ".join(frame.columns),
            allowed="columns that lead to a conversion",
            hint="`evidence convert --help` lists them.",
        )
    columns = {name: numbers(path, frame, name, gaps=True) for name in known}
    return [
        {"row": index + 1}
        | _converted({name: float(v[index]) for name, v in columns.items() if v[index] == v[index]})
        for index in range(len(frame))
    ]


def _converted(row: dict[str, float]) -> dict[str, Any]:
    """The numbers that a row leads to; `row` grows by them."""
    derived, notes = [], []
    for conversion in CONVERSIONS:
        if conversion.gives in row or not set(conversion.needs) <= set(row):
            continue
        try:
            found = conversion.of(row)
        except NotEstimableError as error:
            notes.append(f"no {conversion.gives}: {error}")
            continue
        row[conversion.gives] = found.value
        derived.append(_record(conversion.gives, found))
    if not derived and not notes:
        notes.append("no conversion for the cells that are filled")
    return {"derived": derived, "notes": notes}


def _record(name: str, found: Derived) -> dict[str, Any]:
    return {
        "quantity": name,
        "value": found.value,
        "derivation": found.derivation,
        "method": found.method,
        "notes": list(found.notes),
    }


def convert_table(records: list[dict[str, Any]]) -> Table:
    """One line per derived number, or per row that leads to none."""
    rows = []
    for record in records:
        number = str(record["row"])
        for one in record["derived"]:
            words = f"{conv.DERIVATIONS[one['derivation']]} ({one['method']})"
            value = printed_number(float(f"{one['value']:.6g}"))
            rows.append((number, one["quantity"], value, words, "; ".join(one["notes"])))
        rows += [(number, "none", "", "", note) for note in record["notes"]]
    return Table(
        columns=("Row", "Quantity", "Value", "How", "Notes"),
        rows=tuple(rows),
        empty="The file has no rows.",
    )
