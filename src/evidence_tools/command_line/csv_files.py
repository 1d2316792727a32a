"""CSV files of other people: columns as text and as numbers, and errors that name the line.

Whatever is wrong with a file (missing, no table, a column or a number missing) is an
EvidenceFileError; what its numbers cannot be, a NotEstimableError that names the file.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from evidence_tools.arithmetic.pooling.inference import check_effects
from evidence_tools.base.errors import EvidenceFileError, NotEstimableError, did_you_mean

EFFECT = "Effect (units of yi)"
SIDES = ("below 0", "above 0")
"""Words of the axis and of both sides of it, in pictures of effects of unknown kind."""
_LARGEST = 1e60
_FARTHEST = 1e7
"""Sizes of effects, and distances in standard errors, above which digits would be lost."""
Numbers = np.ndarray[Any, np.dtype[Any]]


def read_columns(path: Path) -> pd.DataFrame:
    """A CSV file with a header line, every column as text; the index is the line in the file."""
    lines = _lines(path)
    if not lines:
        hint = "Write the names of the columns in its first line."
        raise EvidenceFileError(str(path), found="an empty file", hint=hint)
    _, header = lines.pop(0)
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise EvidenceFileError(
            f"{path}, line 1",
            found=repr(header[0]),
            allowed="names separated by commas",
            hint="Save the table as CSV with commas.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        found = f"two columns {twice[0]!r}"
        raise EvidenceFileError(f"{path}, line 1", found=found, hint="Rename one of them.")
    for line, cells in lines:
        if len(cells) != len(header):
            raise EvidenceFileError(
                f"{path}, line {line}",
                found="1 cell" if len(cells) == 1 else f"{len(cells)} cells",
                allowed=f"{len(header)}, as in the header",
                hint="Put a cell that holds a comma in double quotes.",
            )
    rows = [cells for _, cells in lines]
    return pd.DataFrame(rows, columns=header, index=[line for line, _ in lines], dtype=str)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file that hold anything, with the number on which each ends."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, skipinitialspace=True, strict=True)
            found = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except FileNotFoundError:
        raise EvidenceFileError(str(path), found="no such file", hint="Check the path.") from None
    except IsADirectoryError:
        raise EvidenceFileError(str(path), found="a folder", allowed="a CSV file") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise EvidenceFileError(
            str(path),
            found=str(error).strip(),
            allowed="a CSV table in UTF-8",
            hint="Save the table as CSV, with UTF-8 as its encoding.",
        ) from error
    return [(line, cells) for line, cells in found if any(cells)]


def numbers(path: Path, frame: pd.DataFrame, column: str, *, gaps: bool = False) -> Numbers:
    """A column of numbers."""
    if column not in frame.columns:
        raise EvidenceFileError(
            str(path),
            found=f"no column {column!r}",
            allowed=f"that name beside {', '.join(frame.columns)}",
            hint="Add it, or rename the column that holds it.",
        )
    cells = frame[column]
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype="float64")
    wrong = ~np.isfinite(values) & ~(gaps & (cells == "").to_numpy())
    if wrong.any():
        refuse(path, frame, column, int(np.argmax(wrong)), "a number with a decimal point")
    if (abs(values) > _LARGEST).any():
        row = int(np.argmax(abs(values) > _LARGEST))
        refuse(path, frame, column, row, f"a size up to {_LARGEST:g}")
    return values


def require_columns(
    path: Path, frame: pd.DataFrame, needed: Collection[str], asked_by: str
) -> None:
    """Refuse a file that lacks columns; says what needs them."""
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        strangers = [name for name in frame.columns if name not in needed]
        rename = "Add them, or rename the columns that hold them."
        raise EvidenceFileError(
            f"{path}, columns of {asked_by}",
            found=f"no {', '.join(missing)}",
            allowed=", ".join(needed if len(needed) > 1 else frame.columns),
            hint=did_you_mean(missing[0], strangers, otherwise=rename),
        )


def refuse(path: Path, frame: pd.DataFrame, column: str, row: int, allowed: str) -> NoReturn:
    """An error that names the line of a cell and what it holds."""
    raise EvidenceFileError(
        f"{path}, line {frame.index[row]}, {column}",
        found=repr(frame[column].iloc[row]),
        allowed=allowed,
        hint="Correct the cell, or take the row out.",
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileEffects:
    """The effects of a CSV file.

    Attributes
    ----------
    path, frame : Path, DataFrame
        The file, and its cells as text.
    yi, vi : array of float, shape (k,)
        Effects and their sampling variances.
    labels : list of str, length k
        The column ``label``, or "study 1" and so on.
    """

    path: Path
    frame: pd.DataFrame
    yi: Numbers
    vi: Numbers
    labels: list[str]


def read_effects(path: Path) -> FileEffects:
    """The columns ``yi``, ``vi`` and, if there is one, ``label`` of a CSV file."""
    frame = read_columns(path)
    yi, vi = numbers(path, frame, "yi"), numbers(path, frame, "vi")
    if (vi <= 0).any():
        refuse(path, frame, "vi", int(np.argmax(vi <= 0)), "a variance, above 0")
    with naming(path):
        check_effects(yi, vi)
    _check_sizes(path, frame, yi, vi)
    named = "label" in frame.columns
    labels = list(frame["label"]) if named else [f"study {i + 1}" for i in range(len(yi))]
    return FileEffects(path=path, frame=frame, yi=yi, vi=vi, labels=labels)


def _check_sizes(path: Path, frame: pd.DataFrame, yi: Numbers, vi: Numbers) -> None:
    """Refuse numbers that no study reports, whose squares and determinants would be lost."""
    if (vi < 1 / _LARGEST).any():
        allowed = f"a size from {1 / _LARGEST:g} on"
        refuse(path, frame, "vi", int(np.argmax(vi < 1 / _LARGEST)), allowed)
    apart = float(np.ptp(yi) / np.sqrt(vi.min()))
    if apart > _FARTHEST:
        raise EvidenceFileError(
            f"{path}, yi, vi",
            found=f"effects that lie {apart:.2g} standard errors apart",
            allowed=f"up to {_FARTHEST:g}",
            hint="Is vi the variance of yi, in the square of its unit?",
        )


def labels_of(effects: FileEffects, column: str, asked_by: str) -> list[str]:
    """A column of labels, none of them empty."""
    require_columns(effects.path, effects.frame, [column], asked_by)
    labels = list(effects.frame[column])
    if "" in labels:
        refuse(effects.path, effects.frame, column, labels.index(""), "a label in every row")
    return labels


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Errors of the arithmetic with the file before their place."""
    try:
        yield
    except NotEstimableError as error:
        raise NotEstimableError(
            f"{path}, {error.place}",
            found=error.found,
            allowed=error.allowed,
            hint=error.hint or "Correct the file; studies are counted from below its header.",
        ) from error


def chance_below_zero(probability: float) -> str:
    """The posterior probability of an effect below 0, in words that never say certainty."""
    edge = "above " * (probability > 0.999) or "below " * (probability < 0.001)
    share = min(max(probability, 0.001), 0.999)
    return f"probability that the effect is below 0: {edge}{share:.1%}"
