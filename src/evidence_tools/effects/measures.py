"""The one table of effect measures: codes, columns, scales, and the words of extraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from evidence_tools.effects import change, events, means, paired, single_arm
from evidence_tools.effects.studies import EffectSizes, Floats, Studies, floats
from evidence_tools.errors import NotEstimableError, UnknownTermError, did_you_mean

Scale = Literal["linear", "log", "logit", "arcsine", "double-arcsine", "arcsine-difference"]


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
    scale : str
        Scale of its `yi`: "linear" is the scale of the data.
    """

    words: str
    compute: Callable[..., EffectSizes]
    columns: tuple[str, ...]
    scale: Scale = "linear"


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
    "ROM": Measure(
        words="ratio of means", compute=means.ratio_of_means, columns=_MEANS, scale="log"
    ),
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
        scale="log",
    ),
    "RR": Measure(words="risk ratio", compute=events.risk_ratio, columns=_EVENTS, scale="log"),
    "OR": Measure(words="odds ratio", compute=events.odds_ratio, columns=_EVENTS, scale="log"),
    "RD": Measure(words="risk difference", compute=events.risk_difference, columns=_EVENTS),
    "PETO": Measure(
        words="odds ratio by Peto's method",
        compute=events.peto_odds_ratio,
        columns=_EVENTS,
        scale="log",
    ),
    "AS": Measure(
        words="arcsine difference of risks",
        compute=events.arcsine_difference,
        columns=_EVENTS,
        scale="arcsine-difference",
    ),
    "PR": Measure(words="proportion", compute=single_arm.proportion, columns=_ONE_ARM),
    "PLO": Measure(
        words="log odds of a proportion",
        compute=single_arm.logit_proportion,
        columns=_ONE_ARM,
        scale="logit",
    ),
    "PAS": Measure(
        words="arcsine of a proportion",
        compute=single_arm.arcsine_proportion,
        columns=_ONE_ARM,
        scale="arcsine",
    ),
    "PFT": Measure(
        words="double arcsine of a proportion",
        compute=single_arm.double_arcsine_proportion,
        columns=_ONE_ARM,
        scale="double-arcsine",
    ),
    "IRR": Measure(
        words="incidence rate ratio",
        compute=single_arm.incidence_rate_ratio,
        columns=_RATES,
        scale="log",
    ),
}
"""Every measure by its code; the codes are metafor's."""

MEASURE_OF_WORD = {
    "mean-difference": "MD",
    "mean-change": "MC",
    "smd": "SMD",
    "hedges-g": "SMD",
    "cohens-d": "SMD",
    "risk-ratio": "RR",
    "odds-ratio": "OR",
    "risk-difference": "RD",
}
"""Words of extraction (`results.csv`, column measure) that name an effect, to their measure."""

NO_MEASURE = {
    "mean": "one arm's mean is an effect only beside its control's",
    "median": "recover a mean first (conversions)",
    "median-difference": "a difference of medians has no sampling variance here",
    "percent-change": "a percentage of a mean has no sampling variance here",
    "response": "events of one arm are an effect only beside its control's, or as PLO",
    "remission": "events of one arm are an effect only beside its control's, or as PLO",
    "incidence": "events of one arm are an effect only beside its control's, or as PLO",
    "hazard-ratio": "its log and standard error are pooled as they are printed (conversions)",
    "correlation": "not an effect of a treatment",
    "test-statistic": "recover a standard error first (conversions)",
    "qualitative": "no number",
}
"""Words of extraction that name no effect by themselves, and why."""


def measure_of(word: str) -> str:
    """The measure that a word of extraction names.

    Parameters
    ----------
    word : str
        Column measure of `results.csv`, for example "hedges-g".

    Returns
    -------
    str
        A key of `MEASURES`. Cohen's d is an SMD too, before the correction for small samples
        (`hedges_correction`).

    Raises
    ------
    UnknownTermError
        If the word names no effect measure; the message says why where it is known.

    Examples
    --------
    >>> measure_of("hedges-g"), measure_of("risk-ratio")
    ('SMD', 'RR')
    """
    try:
        return MEASURE_OF_WORD[word]
    except KeyError:
        hint = NO_MEASURE.get(word) or did_you_mean(word, MEASURE_OF_WORD)
        allowed = ", ".join(MEASURE_OF_WORD)
        raise UnknownTermError("measure", found=repr(word), allowed=allowed, hint=hint) from None


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


def back_transform(measure: str, yi: ArrayLike, *, n: ArrayLike | None = None) -> Floats:
    """Effects, pooled or not, from the scale of their measure to the one that readers know.

    Parameters
    ----------
    measure : str
        A key of `MEASURES`.
    yi : array of float, shape (k,)
        Effects, or bounds of intervals, on the scale of the measure; NaN stays NaN.
    n : array of float, shape (k,), optional
        Participants, for PFT only; of a pooled effect the harmonic mean over studies.

    Returns
    -------
    array of float, shape (k,)
        Ratios for RR, OR, PETO, ROM, ROMC, IRR; proportions for PLO, PAS, PFT; unchanged for the
        measures on the scale of the data. Bounds beyond the ends of PAS and PFT are 0 or 1.

    Raises
    ------
    UnknownTermError
        If there is no such measure.
    NotEstimableError
        If the measure has no such scale (AS), or PFT comes without `n`.

    Notes
    -----
    Ratios: exp(yi). PLO: 1 / (1 + exp(-yi)). PAS: sin(yi)^2. PFT, with s = sin(2 yi):
    (1 - sign(cos(2 yi)) sqrt(1 - (s + (s - 1 / s) / n)^2)) / 2.

    References
    ----------
    Miller (1978), for PFT. doi:10.1080/00031305.1978.10479283

    Examples
    --------
    >>> float(back_transform("RR", 0)), float(back_transform("PLO", 0))
    (1.0, 0.5)
    """
    if measure not in MEASURES:
        raise UnknownTermError("measure", found=repr(measure), allowed=", ".join(MEASURES))
    effects = floats(measure, "yi", yi)
    match MEASURES[measure].scale:
        case "linear":
            return effects.copy()
        case "log":
            return np.exp(effects)
        case "logit":
            proportions: Floats = expit(effects)
            return proportions
        case "arcsine":
            return np.sin(np.clip(effects, 0, np.pi / 2)) ** 2
        case "double-arcsine":
            return _from_double_arcsine(effects, n)
        case "arcsine-difference":
            raise NotEstimableError(
                "back-transformation",
                found=measure,
                allowed=", ".join(m for m in MEASURES if m != measure),
                hint="A difference of arcsines is no difference of risks.",
            )


def _from_double_arcsine(yi: Floats, n: ArrayLike | None) -> Floats:
    """Miller's inverse of the double arcsine, held between 0 and 1."""
    if n is None:
        raise NotEstimableError("back-transformation of PFT", found="no n", allowed="participants")
    studies = Studies.read("PFT", yi=yi, n=n)
    studies.refuse_below(1, "n")
    z, total = studies.values()
    with np.errstate(invalid="ignore", divide="ignore"):  # beyond the ends, replaced below
        s = np.sin(2 * z)
        inner = np.sqrt(1 - (s + (s - 1 / s) / total) ** 2)
        share = (1 - np.sign(np.cos(2 * z)) * inner) / 2
    share = np.where(z <= single_arm.double_arcsine(np.zeros_like(total), total), 0.0, share)
    share = np.where(z >= single_arm.double_arcsine(total, total), 1.0, share)
    return share.reshape(()) if studies.single else share
