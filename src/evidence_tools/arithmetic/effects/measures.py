"""The one table of effect measures: codes, words and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.arithmetic.effects import change, events, means, paired, single_arm
from evidence_tools.base.errors import UnknownTermError, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from evidence_tools.arithmetic.effects.studies import EffectSizes


@dataclass(frozen=True, slots=True)
class Measure:
    """One effect measure.

    Attributes
    ----------
    words : str
        Its name for readers.
    compute : function
        Columns by keyword to `EffectSizes`.
    columns : tuple of str
        The columns that it needs.
    """

    words: str
    compute: Callable[..., EffectSizes]
    columns: tuple[str, ...]


_MEANS = ("mean_active", "sd_active", "n_active", "mean_control", "sd_control", "n_control")
_PAIRED = ("mean_1", "mean_2", "sd_1", "sd_2", "n", "r")
_CHANGES = (
    *("mean_pre_active", "mean_post_active", "sd_pre_active", "n_active"),
    *("mean_pre_control", "mean_post_control", "sd_pre_control", "n_control", "r"),
)
_EVENTS = ("events_active", "n_active", "events_control", "n_control")
_ONE_ARM = ("events", "n")
_RATES = ("events_active", "time_active", "events_control", "time_control")

MEASURES = {
    "MD": Measure("mean difference", means.mean_difference, _MEANS),
    "SMD": Measure(
        "standardised mean difference (Hedges' g)", means.standardised_mean_difference, _MEANS
    ),
    "SMDH": Measure(
        "standardised mean difference, unequal variances",
        means.standardised_mean_difference_unequal,
        _MEANS,
    ),
    "ROM": Measure("ratio of means", means.ratio_of_means, _MEANS),
    "MC": Measure("mean difference within persons", paired.mean_change, _PAIRED),
    "SMCC": Measure(
        "standardised mean change, by the SD of the differences",
        paired.standardised_mean_change,
        _PAIRED,
    ),
    "SMCR": Measure(
        "standardised mean change, by the SD of condition 1",
        paired.standardised_mean_change_raw,
        ("mean_1", "mean_2", "sd_1", "n", "r"),
    ),
    "SMCRH": Measure(
        "standardised mean change, by the SD of condition 1, unequal variances",
        paired.standardised_mean_change_raw_unequal,
        _PAIRED,
    ),
    "SMCRP": Measure(
        "standardised mean change, by the SD of both conditions",
        change.standardised_mean_change_pooled,
        _PAIRED,
    ),
    "SMCRPH": Measure(
        "standardised mean change, by the SD of both conditions, unequal variances",
        change.standardised_mean_change_pooled_unequal,
        _PAIRED,
    ),
    "PPC": Measure(
        "standardised change against that of control (d_ppc2)",
        change.standardised_change_against_control,
        _CHANGES,
    ),
    "ROMC": Measure("ratio of means within persons", paired.ratio_of_means_paired, _PAIRED),
    "RR": Measure("risk ratio", events.risk_ratio, _EVENTS),
    "OR": Measure("odds ratio", events.odds_ratio, _EVENTS),
    "RD": Measure("risk difference", events.risk_difference, _EVENTS),
    "PETO": Measure("odds ratio by Peto's method", events.peto_odds_ratio, _EVENTS),
    "AS": Measure("arcsine difference of risks", events.arcsine_difference, _EVENTS),
    "PR": Measure("proportion", single_arm.proportion, _ONE_ARM),
    "PLO": Measure("log odds of a proportion", single_arm.logit_proportion, _ONE_ARM),
    "PAS": Measure("arcsine of a proportion", single_arm.arcsine_proportion, _ONE_ARM),
    "PFT": Measure(
        "double arcsine of a proportion", single_arm.double_arcsine_proportion, _ONE_ARM
    ),
    "IRR": Measure("incidence rate ratio", single_arm.incidence_rate_ratio, _RATES),
}
"""Every measure by its code; the codes are metafor's."""


def effect_sizes(measure: str, columns: Mapping[str, ArrayLike]) -> EffectSizes:
    """Effect sizes of a measure from named columns, for example of a table.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.
    columns : mapping of str to array, shape (k,)
        Columns by name; further ones are ignored.

    Returns
    -------
    EffectSizes
        What the measure's own function gives.

    Raises
    ------
    UnknownTermError
        If there is no such measure, or a column that it needs is missing.
    NotEstimableError
        If a number cannot be, or a column holds something else than numbers.

    Examples
    --------
    >>> effect_sizes("PR", {"events": [5, 2], "n": [10, 8]}).yi.tolist()
    [0.5, 0.25]
    """
    if measure not in MEASURES:
        hint = did_you_mean(measure.upper(), MEASURES)
        allowed = ", ".join(MEASURES)
        raise UnknownTermError("measure", found=repr(measure), allowed=allowed, hint=hint)
    needed = MEASURES[measure].columns
    missing = [name for name in needed if name not in columns]
    if missing:
        raise UnknownTermError(
            f"columns of {measure}",
            found=f"no {', '.join(missing)}",
            allowed=", ".join(needed),
        )
    return MEASURES[measure].compute(**{name: columns[name] for name in needed})
