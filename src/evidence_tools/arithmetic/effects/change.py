"""Standardised changes: of two groups before and after, and of one in units of both readings.

Change scores are what abstracts print. The correlation within persons is rarely among them: where
it is assumed, sweep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.means import hedges_correction
from evidence_tools.arithmetic.effects.paired import (
    NO_SPREAD,
    read_pairs,
    too_few,
    variance_of_change,
)
from evidence_tools.arithmetic.effects.studies import EffectSizes, Floats, Mask, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def standardised_change_against_control(
    *,
    mean_pre_active: ArrayLike,
    mean_post_active: ArrayLike,
    sd_pre_active: ArrayLike,
    n_active: ArrayLike,
    mean_pre_control: ArrayLike,
    mean_post_control: ArrayLike,
    sd_pre_control: ArrayLike,
    n_control: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Change of the active arm less that of its control, in pooled SDs before treatment (PPC).

    d_ppc2 of Morris: m = n_active + n_control - 2, J as in `hedges_correction`, s^2 pooled over
    the arms, h = 1 / n_active + 1 / n_control; yi = J(m) (change_active - change_control) / s;
    vi = J(m)^2 (m / (m - 2)) (2 (1 - r) h + yi^2) - yi^2. Standard deviations are those before
    treatment; r holds in both arms, which need 5 participants together. Comparable with an SMD.

    Source: Morris (2008), equations 8 to 10, 22 and 25. doi:10.1177/1094428106291059

    The first study of Morris (2008), Table 5:

    >>> effect = standardised_change_against_control(
    ...     mean_pre_active=30.6, mean_post_active=38.5, sd_pre_active=15, n_active=20,
    ...     mean_pre_control=23.1, mean_post_control=19.7, sd_pre_control=13.8, n_control=20,
    ...     r=0.47)
    >>> effect.yi.round(2).tolist()
    [0.77]
    """
    studies = Studies.read(
        "PPC",
        before_1=mean_pre_active,
        after_1=mean_post_active,
        sd_pre_active=sd_pre_active,
        n_active=n_active,
        before_2=mean_pre_control,
        after_2=mean_post_control,
        sd_pre_control=sd_pre_control,
        n_control=n_control,
        r=r,
    )
    studies.refuse_below(0, "sd_pre_active", "sd_pre_control")
    studies.refuse_below(1, "n_active", "n_control")
    studies.refuse("r", np.abs(studies.columns["r"]) > 1, "-1 to 1")
    before_1, after_1, s1, n1, before_2, after_2, s2, n2, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        m = n1 + n2 - 2
        pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / m)
        factor = hedges_correction(m)
        yi = factor * ((after_1 - before_1) - (after_2 - before_2)) / pooled
        of_means = 2 * (1 - rho) * (1 / n1 + 1 / n2)
        vi = factor**2 * m / (m - 2) * (of_means + yi**2) - yi**2
    few = n1 + n2 < 5, "both arms have fewer than 5 participants together"
    return studies.effects(yi, vi, empty=[few, (pooled == 0, NO_SPREAD)])


def standardised_mean_change_pooled(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Mean difference within persons in standard deviations of both conditions (SMCRP).

    s^2 = (sd_1^2 + sd_2^2) / 2; yi = J(2 (n - 1) / (1 + r^2)) (mean_1 - mean_2) / s, J as in
    `hedges_correction`; vi = 2 (1 - r) / n + yi^2 (1 + r^2) / (4 n). As metafor from version 5.
    Comparable with an SMD of independent arms; of 3 persons or more.

    Source: Bonett (2008), doi:10.1037/1082-989X.13.2.99; Cousineau (2020), equation 2.

    >>> effect = standardised_mean_change_pooled(mean_1=5, mean_2=0, sd_1=3, sd_2=4, n=2001, r=0)
    >>> effect.yi.round(2).tolist()
    [1.41]
    """
    yi, _, (_, _, n_pairs, rho), studies = _pooled(
        "SMCRP", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r
    )
    vi = 2 * (1 - rho) / n_pairs + yi**2 * (1 + rho**2) / (4 * n_pairs)
    return studies.effects(yi, vi, empty=_empty(studies))


def standardised_mean_change_pooled_unequal(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """As `standardised_mean_change_pooled`, for unequal variances of both conditions (SMCRPH).

    vi = (sd_1^2 + sd_2^2 - 2 r sd_1 sd_2) / (s^2 (n - 1))
    + yi^2 (sd_1^4 + sd_2^4 + 2 r^2 sd_1^2 sd_2^2) / (8 s^4 (n - 1)). As metafor from version 5.

    Source: Bonett (2008), equation 10. doi:10.1037/1082-989X.13.2.99

    With one standard deviation, r = 0 and n = 3 both variances differ only in n - 1 for n:

    >>> same = {"mean_1": 5, "mean_2": 0, "sd_1": 5, "sd_2": 5, "n": 3, "r": 0}
    >>> ratio = (standardised_mean_change_pooled_unequal(**same).vi
    ...          / standardised_mean_change_pooled(**same).vi)
    >>> ratio.round(9).tolist()
    [1.5]
    """
    yi, square, (s1, s2, n_pairs, rho), studies = _pooled(
        "SMCRPH", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r
    )
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        of_sds = s1**4 + s2**4 + 2 * rho**2 * s1**2 * s2**2
        vi = variance_of_change(s1, s2, rho) / square + yi**2 * of_sds / (8 * square**2)
        vi = vi / (n_pairs - 1)
    return studies.effects(yi, vi, empty=_empty(studies))


def _pooled(
    measure: str, **columns: ArrayLike
) -> tuple[Floats, Floats, tuple[Floats, ...], Studies]:
    """Effect and s² of both measures, the columns sd_1, sd_2, n and r, and the studies."""
    studies = read_pairs(measure, **columns)
    m1, m2, s1, s2, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        square = (s1**2 + s2**2) / 2
        yi = hedges_correction(2 * (n_pairs - 1) / (1 + rho**2)) * (m1 - m2) / np.sqrt(square)
    return yi, square, (s1, s2, n_pairs, rho), studies


def _empty(studies: Studies) -> list[tuple[Mask, str]]:
    columns = studies.columns
    without = (columns["sd_1"] == 0) & (columns["sd_2"] == 0)
    return [too_few(columns["n"], 3), (without, NO_SPREAD)]
