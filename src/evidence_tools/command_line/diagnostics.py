"""What the pooled effect of a CSV file hangs on: single studies, subsets, small studies."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evidence_tools.arithmetic.pooling.gosh import MOST_SUBSETS, Progress, SubsetFits, gosh
from evidence_tools.arithmetic.pooling.influence import Influence, influence
from evidence_tools.arithmetic.pooling.missing_studies import TrimAndFill, trim_and_fill
from evidence_tools.arithmetic.pooling.pool import PooledEffect, pool
from evidence_tools.arithmetic.pooling.refits import Refits, cumulate, leave_one_out
from evidence_tools.arithmetic.pooling.selection_model import SelectionEffect, select
from evidence_tools.arithmetic.pooling.small_study import (
    FEWEST_STUDIES,
    BeggTest,
    EggerTest,
    admitted,
    begg,
    egger,
)
from evidence_tools.base.errors import NotEstimableError
from evidence_tools.base.words import effect_words, printed_number
from evidence_tools.command_line.csv_files import EFFECT, SIDES, FileEffects, read_effects
from evidence_tools.display.display import Column, Picture, Table
from evidence_tools.display.picture_files import PICTURES, check_ending, write_picture

ENDINGS = (*PICTURES, ".csv")
_REACH = ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
_DIAGNOSTICS = {
    "rstudent": "Studentised residual",
    "dffits": "DFFITS",
    "cook_d": "Cook's distance",
    "hat": "Hat",
}
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluenceOfFile:
    """Case diagnostics of each study, and the pooled effect without it."""

    cases: Influence
    without: Refits

    def to_dict(self) -> dict[str, Any]:
        """Settings, notes, and one record per study, for JSON."""
        studies = self.cases.to_frame().drop(columns="weight").to_dict("records")
        without = self.without.to_frame()[["ci_low", "ci_high", "i2"]].add_suffix("_del")
        return {
            "method": self.cases.method,
            "test": self.cases.test,
            "k": len(studies),
            "studies": [a | b for a, b in zip(studies, without.to_dict("records"), strict=True)],
            "notes": self._notes(),
        }

    def summary(self) -> str:
        """Who is influential, how far the estimates without one study reach, and notes."""
        cases, without = (
            dataclasses.replace(part, notes=()).summary() for part in (self.cases, self.without)
        )
        return "\n".join([cases, without.partition("\n")[2], *self._notes()])

    def table(self) -> Table:
        """One row per study."""
        columns = (
            Column("Left out", lambda case: case["label"]),
            *_pool_columns("Effect without it (interval)", "_del"),
            *(_number(*words) for words in _DIAGNOSTICS.items()),
            Column("Influential", lambda case: "yes" if case["is_influential"] else "no"),
        )
        return Table.of(columns, self.to_dict()["studies"])

    def _notes(self) -> list[str]:
        return list(dict.fromkeys([*self.cases.notes, *self.without.notes]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulatedFile:
    """The pooled effect as the studies of a file are added one by one, in its order."""

    refits: Refits

    def to_dict(self) -> dict[str, Any]:
        """Settings, notes, and one record per study added, for JSON."""
        refits = self.refits
        settings = {"method": refits.method, "test": refits.test, "k": len(refits.label)}
        studies = refits.to_frame().to_dict("records")
        return settings | {"studies": studies, "notes": list(refits.notes)}

    def summary(self) -> str:
        """How far the estimates reach."""
        return self.refits.summary()

    def table(self) -> Table:
        """One row per study added."""
        columns = (
            Column("Up to", lambda one: one["label"]),
            Column("Studies", lambda one: str(one["k"])),
            *_pool_columns("Pooled effect (interval)"),
        )
        return Table.of(columns, self.to_dict()["studies"])


@dataclass(frozen=True, slots=True, kw_only=True)
class GoshOfFile:
    """The pooled effect of every subset of the studies, and of all of them."""

    fits: SubsetFits
    pooled: PooledEffect

    def to_dict(self) -> dict[str, Any]:
        """Settings, how far each quantity reaches over the subsets, and notes, for JSON."""
        fits = self.fits
        reach = {
            name: dict(zip(_REACH, np.quantile(getattr(fits, name), _SHARES).tolist(), strict=True))
            for name in ("estimate", "tau2", "i2")
        }
        return {
            "method": fits.method,
            "k": fits.n_studies,
            "subsets": len(fits.subset),
            "subsets_in_all": 2**fits.n_studies - 1,
            "estimate_of_all": self.pooled.estimate,
            "i2_of_all": self.pooled.i2,
            **reach,
            "notes": list(fits.notes),
        }

    def summary(self) -> str:
        """How far the pooled effects of the subsets reach."""
        return self.fits.summary()

    def picture(self) -> Picture:
        """One point per subset, the pool of all studies marked."""
        from evidence_tools.display.gosh import draw_gosh

        fits, pooled = self.fits, self.pooled
        axes = draw_gosh(
            fits.estimate,
            fits.i2,
            whole=None if pooled.i2 is None else (pooled.estimate, pooled.i2),
            subsets=2**fits.n_studies - 1,
            xlabel="Pooled effect of a subset (units of yi)",
        )
        words = f"The pool of all studies is {effect_words(pooled.estimate)}."
        return Picture(axes=axes, alt=f"{self.summary()} {words}")

    def write(self, path: Path) -> None:
        """Write the figure or the subsets, by the ending of the file's name."""
        check_ending(path, ENDINGS)
        if path.suffix.lower() in PICTURES:
            write_picture(self.picture(), path)
        else:
            self.fits.to_frame().to_csv(path, index=False, lineterminator="\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallStudies:
    """Tests and models of small-study effects; None where one has no answer, with a note."""

    effects: FileEffects
    k: int
    egger: EggerTest | None
    begg: BeggTest | None
    trim_and_fill: TrimAndFill | None
    selection: SelectionEffect | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Each result with plain values, for JSON."""
        return {
            "k": self.k,
            **{name: _plain(getattr(self, name)) for name in _SMALL_STUDY},
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Each result in one to four lines, then the notes."""
        found = [getattr(self, name) for name in _SMALL_STUDY]
        return "\n".join([*(one.summary() for one in found if one is not None), *self.notes])

    def picture(self) -> Picture:
        """The funnel: effects against standard errors, with contours of significance."""
        from evidence_tools.display.funnel import draw_funnel

        yi, vi = self.effects.yi, self.effects.vi
        pooled = pool(yi, vi).estimate
        axes = draw_funnel(
            list(yi), list(np.sqrt(vi)), estimate=pooled, xlabel=EFFECT, favours=SIDES
        )
        found = " ".join(self.summary().splitlines())
        alt = f"Funnel plot of {self.k} effects; pooled effect {effect_words(pooled)}. {found}"
        return Picture(axes=axes, alt=alt)


_SMALL_STUDY: dict[str, Callable[..., Any]] = {
    "egger": egger,
    "begg": begg,
    "trim_and_fill": trim_and_fill,
    "selection": select,
}
"""The analyses by the name of their result."""


def cumulated_file(path: Path, *, method: str, test: str) -> CumulatedFile:
    """The pooled effects of the first, the first two and so on of the rows of a CSV file."""
    effects = read_effects(path)
    settings: dict[str, Any] = {"labels": effects.labels, "method": method, "test": test}
    return CumulatedFile(refits=cumulate(effects.yi, effects.vi, **settings))


def influence_of_file(path: Path, *, method: str, test: str) -> InfluenceOfFile:
    """Case diagnostics and leave-one-out of the columns `yi` and `vi` of a CSV file."""
    effects = read_effects(path)
    yi, vi = effects.yi, effects.vi
    settings: dict[str, Any] = {"labels": effects.labels, "method": method, "test": test}
    return InfluenceOfFile(
        cases=influence(yi, vi, **settings), without=leave_one_out(yi, vi, **settings)
    )


def gosh_of_file(
    path: Path, *, method: str, seed: int, scheduler: str = "", progress: Progress | None = None
) -> GoshOfFile:
    """The pooled effect of every subset of the studies of a CSV file, or of a sample of them."""
    effects = read_effects(path)
    yi, vi = effects.yi, effects.vi
    settings: dict[str, Any] = {"method": method, "most_subsets": MOST_SUBSETS, "seed": seed}
    if scheduler:
        from evidence_tools.command_line.cluster import workers_of

        with workers_of(scheduler):
            fits = gosh(yi, vi, **settings, n_jobs=-1, progress=progress)
    else:
        fits = gosh(yi, vi, **settings, progress=progress)
    return GoshOfFile(fits=fits, pooled=pool(yi, vi, method=method))


def small_studies_of_file(path: Path, *, anyway: bool = False) -> SmallStudies:
    """Egger, Begg, trim and fill and the selection model of the studies of a CSV file."""
    effects = read_effects(path)
    yi, vi = effects.yi, effects.vi
    try:
        admitted(yi, vi, anyway)
    except NotEstimableError as error:
        if anyway:
            raise
        hint = f"{error.hint} --anyway answers all the same, from 3 studies on."
        raise NotEstimableError(
            error.place, found=error.found, allowed=error.allowed, hint=hint
        ) from error
    found: dict[str, Any] = {}
    notes = []
    if len(yi) < FEWEST_STUDIES:
        notes.append(f"With fewer than {FEWEST_STUDIES} studies asymmetry is mostly chance.")
    for name, analyse in _SMALL_STUDY.items():
        try:
            found[name] = analyse(yi, vi, at_any_k=anyway)
        except NotEstimableError as error:
            found[name] = None
            notes.append(f"No answer: {error}.")
    return SmallStudies(effects=effects, k=len(yi), notes=tuple(notes), **found)


def _pool_columns(head: str, end: str = "") -> tuple[Column, Column, Column]:
    """Effect with its interval, tau² and I²."""

    def effect(one: dict[str, Any]) -> str:
        words = (effect_words(one[f"{name}{end}"]) for name in ("estimate", "ci_low", "ci_high"))
        return "{} ({} to {})".format(*words)

    return (
        Column(head, effect),
        Column("tau²", lambda one: printed_number(round(one[f"tau2{end}"], 3))),
        Column("I²", lambda one: f"{one[f'i2{end}']:.0f}%"),
    )


def _number(name: str, head: str) -> Column:
    return Column(head, lambda case: effect_words(case[name]))


def _plain(result: Any) -> dict[str, Any] | None:
    """The fields of a result, arrays and tuples as lists."""
    if result is None:
        return None
    record = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {
        name: value.tolist()
        if isinstance(value, np.ndarray)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in record.items()
    }
