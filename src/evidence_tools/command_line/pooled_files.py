"""The pooled effect of any CSV file, by the model that its columns and the options ask for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.command_line.calculator import bayesian_record, pooled_record
from evidence_tools.command_line.csv_files import (
    FileEffects,
    Numbers,
    chance_below_zero,
    labels_of,
    naming,
    numbers,
    read_columns,
    read_effects,
    refuse,
    require_columns,
)

if TYPE_CHECKING:
    from evidence_tools.arithmetic.pooling.dependence import MultilevelEffect
    from evidence_tools.arithmetic.pooling.working_covariance import Arms
    from evidence_tools.display.display import Picture

METHOD, TEST = "REML", "knapp-hartung-guarded"
FILE = "a FILE alone"
_GO_TOGETHER = {
    "--question": (),
    "--model": ("--measure",),
    "--bayes": ("--out",),
    "--cluster": ("--rho", "--shared-arms", "--moderators", "--out"),
    "--moderators": ("--method", "--test"),
    FILE: ("--method", "--test", "--out"),
}
"""The options that go with the one that chooses the model, the first of these that is given."""
_TWO_ARMS = ("events_active", "n_active", "events_control", "n_control")
MODELS = {
    "peto": _TWO_ARMS,
    "mantel-haenszel": _TWO_ARMS,
    "beta-binomial": _TWO_ARMS,
    "binomial": ("events", "n"),
}
"""Models of counted events, and the columns that each needs."""
_MOST_PEOPLE = 10_000_000
"""The beta-binomial model counts them one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOfFile:
    """What was fitted to a file, as words, as a record for JSON and, for some, as a picture."""

    summary: str
    record: dict[str, Any]
    picture: Callable[[], Picture] | None = None


def check_options(given: Mapping[str, object]) -> str:
    """The option that chooses the model; UnknownTermError if another does not go with it."""
    leading = next(name for name in _GO_TOGETHER if name in given or name == FILE)
    allowed = _GO_TOGETHER[leading]
    if leading == "--cluster" and "--moderators" in given:
        allowed, leading = ("--rho", "--shared-arms"), "--cluster and --moderators"
    if "--shared-arms" in given:  # the correlation then follows from the sizes of the arms
        allowed = tuple(name for name in allowed if name != "--rho")
    strange = [name for name in given if name not in (*leading.split(" and "), *allowed)]
    if strange:
        with_it = ", ".join(("--json", *allowed))
        raise UnknownTermError("options", found=f"{strange[0]} with {leading}", allowed=with_it)
    return leading.partition(" and ")[0]


def pool_file(path: Path, given: Mapping[str, Any]) -> PoolOfFile:
    """The pooled effect of a CSV file, by the options that were given on the command line."""
    leading = check_options(given)
    if leading == "--model":
        return _counted(path, given["--model"], given.get("--measure", "OR"))
    effects = read_effects(path)
    settings: dict[str, Any] = {
        "method": given.get("--method", METHOD),
        "test": given.get("--test", TEST),
    }
    with naming(path):
        match leading:
            case "--bayes":
                return _bayesian(effects)
            case "--cluster":
                return _clustered(effects, given)
            case "--moderators":
                return _regressed(effects, given["--moderators"], settings)
        return _pooled(effects, settings)


def _pooled(effects: FileEffects, settings: dict[str, Any]) -> PoolOfFile:
    from evidence_tools.arithmetic.pooling.pool import pool

    fit = pool(effects.yi, effects.vi, method=settings["method"], test=settings["test"])

    def picture() -> Picture:
        from evidence_tools.command_line.pooled_pictures import forest

        reach = None if fit.pi_low is None or fit.pi_high is None else (fit.pi_low, fit.pi_high)
        ends = (fit.estimate, fit.ci_low, fit.ci_high)
        return forest(effects, ends, fit.summary(), weights=list(fit.weights), reach=reach)

    return PoolOfFile(summary=fit.summary(), record=pooled_record(fit), picture=picture)


def _bayesian(effects: FileEffects) -> PoolOfFile:
    from evidence_tools.arithmetic.pooling.bayes import pool_bayesian

    fit = pool_bayesian(effects.yi, effects.vi)
    record = bayesian_record(fit) | {
        "pi_low": fit.new_effect.ci_low,
        "pi_high": fit.new_effect.ci_high,
        "ci_level": fit.ci_level,
        "notes": list(fit.notes),
    }

    def picture() -> Picture:
        from evidence_tools.command_line.pooled_pictures import posterior

        return posterior(fit)

    summary = "\n".join([fit.summary(), chance_below_zero(fit.probability_below(0.0)), *fit.notes])
    return PoolOfFile(summary=summary, record=record, picture=picture)


def _clustered(effects: FileEffects, given: Mapping[str, Any]) -> PoolOfFile:
    from evidence_tools.arithmetic.pooling.dependence import correlated_hierarchical, three_level
    from evidence_tools.arithmetic.pooling.working_covariance import working_covariance

    studies = labels_of(effects, given["--cluster"], "--cluster")
    terms = _moderators(effects, given["--moderators"]) if "--moderators" in given else {}
    rho, model = given.get("--rho", 0.0), dict[str, Any]()
    if not 0 <= rho < 1:
        raise UnknownTermError("--rho", found=f"{rho:g}", allowed="0 to below 1")
    if terms:
        ones = np.ones(len(effects.yi))
        model = {"design": np.column_stack([ones, *terms.values()])}
        model["names"] = ("intercept", *terms)
    if "--shared-arms" in given:
        one_outcome = [0] * len(effects.yi)
        covariance = working_covariance(
            effects.vi, studies, rho=0.0, outcome=one_outcome, arms=_arms(effects)
        )
        words = "hierarchical effects that share arms"
        fit = correlated_hierarchical(effects.yi, covariance, method=words, **model)
    elif "--rho" in given:
        covariance = working_covariance(effects.vi, studies, rho=rho)
        fit = correlated_hierarchical(effects.yi, covariance, **model)
    else:
        fit = three_level(effects.yi, effects.vi, studies, **model)

    def picture() -> Picture:
        from evidence_tools.command_line.pooled_pictures import forest

        low, high = fit.ci_low[0], fit.ci_high[0]
        ends = None if low is None or high is None else (float(fit.coefficients[0]), low, high)
        return forest(effects, ends, fit.summary())

    return PoolOfFile(summary=fit.summary(), record=_multilevel_record(fit), picture=picture)


def _arms(effects: FileEffects) -> Arms:
    """The two arms of each effect and their sizes."""
    from evidence_tools.arithmetic.pooling.working_covariance import Arms

    frame, names = effects.frame, ("arm_active", "arm_control", "n_active", "n_control")
    require_columns(effects.path, frame, names, "--shared-arms")
    active, control = (labels_of(effects, name, "--shared-arms") for name in names[:2])
    sizes = [numbers(effects.path, frame, name) for name in names[2:]]
    for name, size in zip(names[2:], sizes, strict=True):
        if (size < 1).any():
            refuse(effects.path, frame, name, int(np.argmax(size < 1)), "people, 1 or more")
    return Arms(active=active, control=control, n_active=sizes[0], n_control=sizes[1])


def _multilevel_record(fit: MultilevelEffect) -> dict[str, Any]:
    columns = ("names", "coefficients", "se", "se_robust", "df", "ci_low", "ci_high", "p_values")
    keys = ("term", "estimate", "se", "se_robust", "df", "ci_low", "ci_high", "p_value")
    rows = zip(*(list(getattr(fit, name)) for name in columns), strict=True)
    plain = {f.name: getattr(fit, f.name) for f in dataclasses.fields(fit) if f.name not in columns}
    coefficients = [dict(zip(keys, row, strict=True)) for row in rows]
    return {"coefficients": coefficients, **plain, "notes": list(fit.notes)}


def _regressed(effects: FileEffects, columns: str, settings: dict[str, Any]) -> PoolOfFile:
    from evidence_tools.arithmetic.pooling.regression import regress

    fit = regress(effects.yi, effects.vi, _moderators(effects, columns), **settings)
    rows = fit.to_frame().to_dict("records")
    arrays = {*rows[0], "terms", "coefficients"}
    plain = {f.name: getattr(fit, f.name) for f in dataclasses.fields(fit) if f.name not in arrays}
    return PoolOfFile(
        summary=fit.summary(), record={"coefficients": rows, **plain, "notes": list(fit.notes)}
    )


def _moderators(effects: FileEffects, columns: str) -> dict[str, Numbers]:
    """Columns of numbers as they are; of a column of words one indicator per word but the first."""
    terms: dict[str, Numbers] = {}
    named = [name.strip() for name in columns.split(",") if name.strip()]
    if not named:
        allowed = ", ".join(effects.frame.columns)
        raise UnknownTermError("--moderators", found="no column", allowed=allowed)
    for column in named:
        require_columns(effects.path, effects.frame, [column], "--moderators")
        words = list(effects.frame[column])
        if any(_is_number(word) for word in words):
            terms[column] = numbers(effects.path, effects.frame, column)
            continue
        known = sorted(set(labels_of(effects, column, "--moderators")))
        for word in known[1:]:
            terms[f"{column} {word}, not {known[0]}"] = np.array([w == word for w in words], float)
    return terms


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _counted(path: Path, model: str, measure: str) -> PoolOfFile:
    if model not in MODELS:
        raise UnknownTermError("--model", found=repr(model), allowed=", ".join(MODELS))
    frame = read_columns(path)
    require_columns(path, frame, MODELS[model], f"--model {model}")
    columns = [numbers(path, frame, name) for name in MODELS[model]]
    for name, column in zip(MODELS[model], columns, strict=True):
        if (column > _MOST_PEOPLE).any():
            allowed = f"people, up to {_MOST_PEOPLE:,}"
            refuse(path, frame, name, int(np.argmax(column > _MOST_PEOPLE)), allowed)
    with naming(path):
        fit = _fit_of_counts(model, measure, columns)
    record = dataclasses.asdict(fit)
    return PoolOfFile(summary=fit.summary(), record=record | {"notes": list(fit.notes)})


def _fit_of_counts(model: str, measure: Any, columns: list[Numbers]) -> Any:
    from evidence_tools.arithmetic.pooling.beta_binomial import beta_binomial
    from evidence_tools.arithmetic.pooling.rare_events import mantel_haenszel, peto
    from evidence_tools.arithmetic.proportions import pool_proportions

    if measure not in ("OR", "RR", "RD"):
        raise UnknownTermError("--measure", found=repr(measure), allowed="OR, RR, RD")
    if model == "mantel-haenszel":
        return mantel_haenszel(*columns, measure=measure)
    if measure != "OR":
        hint = "Mantel-Haenszel pools RR and RD too."
        raise UnknownTermError(f"--model {model}", found=measure, allowed="OR", hint=hint)
    fits: dict[str, Callable[..., Any]] = {"peto": peto, "beta-binomial": beta_binomial}
    return fits.get(model, pool_proportions)(*columns)
