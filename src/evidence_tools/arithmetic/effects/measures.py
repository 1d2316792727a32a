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


@dataclass(frozen=True, slots=True, kw_only=True)
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

MEASURES: dict[str, Measure] = {
    "MD": Measure(words="mean difference", compute=means.mean_difference, columns=_MEANS),
    "SMD": Measure(
        words="standardised mean difference (Hedges' g)",
        compute=means.standardised_mean_difference,
        columns=_MEANS,
    ),
    "SMDH": Measure(
        words="standardised mean difference, unequal variances",
        compute=means.standardised_mean_difference_unequal,
        columns=_MEANS,
    ),
    "ROM": Measure(words="ratio of means", compute=means.ratio_of_means, columns=_MEANS),
    "MC": Measure(
        words="mean difference within persons", compute=paired.mean_change, columns=_PAIRED
    ),
    "SMCC": Measure(
        words="standardised mean change, by the SD of the differences",
        compute=paired.standardised_mean_change,
        columns=_PAIRED,
    ),
    "SMCR": Measure(
        words="standardised mean change, by the SD of condition 1",
        compute=paired.standardised_mean_change_raw,
        columns=("mean_1", "mean_2", "sd_1", "n", "r"),
    ),
    "SMCRH": Measure(
        words="standardised mean change, by the SD of condition 1, unequal variances",
        compute=paired.standardised_mean_change_raw_unequal,
        columns=_PAIRED,
    ),
    "SMCRP": Measure(
        words="standardised mean change, by the SD of both conditions",
        compute=change.standardised_mean_change_pooled,
        columns=_PAIRED,
    ),
    "SMCRPH": Measure(
        words="standardised mean change, by the SD of both conditions, unequal variances",
        compute=change.standardised_mean_change_pooled_unequal,
        columns=_PAIRED,
    ),
    "PPC": Measure(
        words="standardised change against that of control (d_ppc2)",
        compute=change.standardised_change_against_control,
        columns=_CHANGES,
    ),
    "ROMC": Measure(
        words="ratio of means within persons",
        compute=paired.ratio_of_means_paired,
        columns=_PAIRED,
    ),
    "RR": Measure(words="risk ratio", compute=events.risk_ratio, columns=_EVENTS),
    "OR": Measure(words="odds ratio", compute=events.odds_ratio, columns=_EVENTS),
    "RD": Measure(words="risk difference", compute=events.risk_difference, columns=_EVENTS),
    "PETO": Measure(
        words="odds ratio by Peto's method",
        compute=events.peto_odds_ratio,
        columns=_EVENTS,
    ),
    "AS": Measure(
        words="arcsine difference of risks",
        compute=events.arcsine_difference,
        columns=_EVENTS,
    ),
    "PR": Measure(words="proportion", compute=single_arm.proportion, columns=_ONE_ARM),
    "PLO": Measure(
        words="log odds of a proportion",
        compute=single_arm.logit_proportion,
        columns=_ONE_ARM,
    ),
    "PAS": Measure(
        words="arcsine of a proportion",
        compute=single_arm.arcsine_proportion,
        columns=_ONE_ARM,
    ),
    "PFT": Measure(
        words="double arcsine of a proportion",
        compute=single_arm.double_arcsine_proportion,
        columns=_ONE_ARM,
    ),
    "IRR": Measure(
        words="incidence rate ratio",
        compute=single_arm.incidence_rate_ratio,
        columns=_RATES,
    ),
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
