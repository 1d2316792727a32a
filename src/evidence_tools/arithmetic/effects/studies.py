"""The door and the exit of every effect measure: columns in, `EffectSizes` out.

Two things can be wrong with a study. Its numbers cannot be (a negative standard deviation, more
events than participants): that is an error, and nothing is computed. Or its numbers can be, but
the measure has no answer for them (both standard deviations 0, a missing mean): its `yi` and `vi`
are NaN, and a note says which study and why. A single study given as bare numbers has no row to
leave empty, so there the second kind is an error too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence_tools.base.errors import NotEstimableError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Reasons = Iterable[tuple[Mask, str]]

LARGEST = 1e60
"""Beyond it fourth powers leave the range of floating-point numbers, and infinity would pass for
a spread. No instrument comes near."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectSizes:
    """Effect sizes of k studies with their sampling variances.

    Attributes
    ----------
    yi : array of float, shape (k,)
        Effects, in units of the measure (logs for ratios); NaN where not estimable.
    vi : array of float, shape (k,)
        Sampling variances, in squared units of the measure; NaN where not estimable.
    measure : str
        Code of the measure, a key of `MEASURES`.
    notes : tuple of str
        Which studies have no effect and why, and which had something added to empty cells.
        Studies are counted from 1, indices from 0.
    """

    yi: Floats
    vi: Floats
    measure: str
    notes: tuple[str, ...] = ()

    @property
    def estimable(self) -> Mask:
        """Which studies have an effect, shape (k,)."""
        return np.isfinite(self.yi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Studies:
    """The columns of k studies as arrays of one length.

    Attributes
    ----------
    measure : str
        Code of the measure that they are read for.
    columns : dict of str to array of float, shape (k,)
        By name, in the order given.
    single : bool
        Whether they came as bare numbers of one study.
    """

    measure: str
    columns: dict[str, Floats]
    single: bool

    @classmethod
    def read(cls, measure: str, **given: ArrayLike) -> Studies:
        """Columns of equal length, or single numbers that hold for every study."""
        arrays = {name: floats(measure, name, values) for name, values in given.items()}
        lengths = {name: len(array) for name, array in arrays.items() if array.ndim}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise NotEstimableError(measure, found=found, allowed="columns of one length")
        k = next(iter(lengths.values()), 1)
        columns = {name: np.broadcast_to(array, (k,)) for name, array in arrays.items()}
        studies = cls(measure=measure, columns=columns, single=not lengths)
        for name in columns:
            studies.refuse(
                name, np.abs(columns[name]) > LARGEST, f"{LARGEST:g} at most, either sign"
            )
        return studies

    def values(self) -> tuple[Floats, ...]:
        """The columns without their names."""
        return tuple(self.columns.values())

    def refuse(self, column: str, wrong: Mask, allowed: str) -> None:
        """An error for the first study whose number in a column cannot be."""
        if wrong.any():
            index = int(np.flatnonzero(wrong)[0])
            raise NotEstimableError(
                f"{self.measure}, {_name(index)}, {column}",
                found=f"{self.columns[column][index]:g}",
                allowed=allowed,
            )

    def refuse_below(self, least: float, *columns: str) -> None:
        """An error where a number in one of the columns lies below the least that can be."""
        for column in columns:
            self.refuse(column, self.columns[column] < least, f"{least:g} or more")

    def effects(
        self, yi: Floats, vi: Floats, *, empty: Reasons = (), remarks: Reasons = ()
    ) -> EffectSizes:
        """Effects with NaN and a note where a reason of `empty` holds, and notes for remarks."""
        reasons = [*self._missing(), *empty, (_useless(yi, vi), _USELESS)]
        without = np.zeros(len(yi), dtype=bool)
        notes = []
        for mask, reason in reasons:
            notes += [(i, f"not estimable, {reason}") for i in np.flatnonzero(mask & ~without)]
            without = without | mask
        if self.single and without.any():
            self._refuse_single(notes[0][1])
        notes += [(i, words) for mask, words in remarks for i in np.flatnonzero(mask & ~without)]
        return EffectSizes(
            yi=_frozen(np.where(without, np.nan, yi)),
            vi=_frozen(np.where(without, np.nan, vi)),
            measure=self.measure,
            notes=tuple(f"{_name(int(i))}: {words}" for i, words in sorted(notes)),
        )

    def _missing(self) -> list[tuple[Mask, str]]:
        return [(np.isnan(array), f"{name} is missing") for name, array in self.columns.items()]

    def _refuse_single(self, reason: str) -> None:
        found = ", ".join(f"{name} {array[0]:g}" for name, array in self.columns.items())
        raise NotEstimableError(self.measure, found=found, hint=f"It is {reason}.")


_USELESS = "the formula gives no finite effect with a variance above 0"


def _useless(yi: Floats, vi: Floats) -> Mask:
    usable: Mask = np.isfinite(yi) & np.isfinite(vi) & (np.nan_to_num(vi) > 0)
    return ~usable


def _name(index: int) -> str:
    return f"study {index + 1} (index {index})"


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array


def floats(measure: str, name: str, values: ArrayLike) -> Floats:
    """One number, or one per study; a table, or words, are refused."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise NotEstimableError(
            f"{measure}, {name}", found=str(cause), allowed="numbers"
        ) from cause
    if array.ndim > 1:
        shape = " by ".join(str(length) for length in array.shape)
        raise NotEstimableError(
            f"{measure}, {name}", found=f"a table of {shape}", allowed="one number per study"
        )
    return array
