"""Effects of paired data: one group under two conditions (crossover) or before and after.

`yi` is always condition 1 minus condition 2 (of a ratio: the log of 1 over 2); 1 is the active
condition or the later reading. The correlation within persons is rarely printed: where it is
assumed, sweep it. One number may stand for all studies (``r=0.5``). Standardised measures need 3
persons or more, the others 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.means import hedges_correction, no_ratio
from evidence_tools.arithmetic.effects.studies import EffectSizes, Floats, Mask, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NO_SPREAD = "the standard deviation that is needed is 0"


def mean_change(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Mean difference within persons (MC).

    yi = mean_1 - mean_2; vi = (sd_1^2 + sd_2^2 - 2 r sd_1 sd_2) / n. Where the standard deviation
    of the differences itself is known, give it as sd_1, with sd_2 and r 0.

    Source: Viechtbauer (2010), metafor, `escalc` measure MC. doi:10.18637/jss.v036.i03

    >>> effect = mean_change(mean_1=10, mean_2=13, sd_1=3, sd_2=4, n=5, r=0)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([-3.0], [5.0])
    """
    studies = read_pairs("MC", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r)
    m1, m2, s1, s2, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        square = variance_of_change(s1, s2, rho)
        yi, vi = m1 - m2, square / n_pairs
    return studies.effects(yi, vi, empty=[too_few(n_pairs, 2), (square <= 0, NO_SPREAD)])


def standardised_mean_change(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Mean difference within persons in standard deviations of the differences (SMCC).

    s^2 = sd_1^2 + sd_2^2 - 2 r sd_1 sd_2; yi = J(n - 1) (mean_1 - mean_2) / s, J as in
    `hedges_correction`; vi = 1 / n + yi^2 / (2 n). Not comparable with an SMD of independent arms:
    that one is in standard deviations of the values.

    Source: Gibbons, Hedeker, Davis (1993), equation 21 with n for n - 1.
    doi:10.3102/10769986018003271

    With three persons J(2) is 0.5642, and vi is 1 / 3 + 0.3183 / 6:

    >>> effect = standardised_mean_change(mean_1=5, mean_2=0, sd_1=3, sd_2=4, n=3, r=0)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.5642], [0.3864])
    """
    studies = read_pairs("SMCC", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r)
    m1, m2, s1, s2, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        square = variance_of_change(s1, s2, rho)
        yi = hedges_correction(n_pairs - 1) * (m1 - m2) / np.sqrt(square)
        vi = 1 / n_pairs + yi**2 / (2 * n_pairs)
    return studies.effects(yi, vi, empty=[too_few(n_pairs, 3), (square <= 0, NO_SPREAD)])


def standardised_mean_change_raw(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Mean difference within persons in standard deviations of condition 1 (SMCR).

    yi = J(n - 1) (mean_1 - mean_2) / sd_1, J as in `hedges_correction`;
    vi = 2 (1 - r) / n + yi^2 / (2 n). Assumes equal variances under both conditions.
    Before and after treatment sd_1 is usually the one before, whichever mean comes first.
    Comparable with an SMD of independent arms.

    Source: Becker (1988), equation 13. doi:10.1111/j.2044-8317.1988.tb00901.x

    With three persons J(2) is 0.5642, and vi is 2 / 3 + 0.3183 / 6:

    >>> effect = standardised_mean_change_raw(mean_1=5, mean_2=0, sd_1=5, n=3, r=0)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.5642], [0.7197])
    """
    studies = read_pairs("SMCR", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, n=n, r=r)
    m1, m2, s1, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = hedges_correction(n_pairs - 1) * (m1 - m2) / s1
        vi = 2 * (1 - rho) / n_pairs + yi**2 / (2 * n_pairs)
    return studies.effects(yi, vi, empty=[too_few(n_pairs, 3), (s1 == 0, NO_SPREAD)])


def standardised_mean_change_raw_unequal(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """As `standardised_mean_change_raw`, for unequal variances of both conditions (SMCRH).

    yi = J (mean_1 - mean_2) / sd_1, J = J(n - 1);
    vi = J^2 ((sd_1^2 + sd_2^2 - 2 r sd_1 sd_2) / (sd_1^2 (n - 1)) + yi^2 / (2 (n - 1))).
    This is metafor up to 4.4; later versions leave the factor J^2 of the variance out.

    Source: Bonett (2008), equation 13. doi:10.1037/1082-989X.13.2.99

    With three persons J^2 is 1 / pi, so vi = (1 + 1 / (4 pi)) / pi:

    >>> effect = standardised_mean_change_raw_unequal(
    ...     mean_1=5, mean_2=0, sd_1=5, sd_2=5, n=3, r=0)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.5642], [0.3436])
    """
    studies = read_pairs("SMCRH", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r)
    m1, m2, s1, s2, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        factor = hedges_correction(n_pairs - 1)
        yi = factor * (m1 - m2) / s1
        of_means = variance_of_change(s1, s2, rho) / (s1**2 * (n_pairs - 1))
        vi = factor**2 * (of_means + yi**2 / (2 * (n_pairs - 1)))
    return studies.effects(yi, vi, empty=[too_few(n_pairs, 3), (s1 == 0, NO_SPREAD)])


def ratio_of_means_paired(
    *,
    mean_1: ArrayLike,
    mean_2: ArrayLike,
    sd_1: ArrayLike,
    sd_2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> EffectSizes:
    """Log ratio of two means of the same persons (ROMC).

    yi = log(mean_1 / mean_2); vi = (c_1^2 + c_2^2 - 2 r c_1 c_2) / n with c = sd / mean. Without
    the later correction for bias, as metafor before version 5.

    Source: Lajeunesse (2011), equation 6. doi:10.1890/11-0423.1

    >>> effect = ratio_of_means_paired(mean_1=10, mean_2=20, sd_1=10, sd_2=10, n=5, r=0)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([-0.6931], [0.25])
    """
    studies = read_pairs("ROMC", mean_1=mean_1, mean_2=mean_2, sd_1=sd_1, sd_2=sd_2, n=n, r=r)
    m1, m2, s1, s2, n_pairs, rho = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = np.log(m1 / m2)
        vi = variance_of_change(s1 / m1, s2 / m2, rho) / n_pairs
    return studies.effects(yi, vi, empty=[too_few(n_pairs, 2), no_ratio(m1, m2)])


def variance_of_change(first: Floats, second: Floats, r: Floats) -> Floats:
    """Variance of the difference of two correlated values."""
    return first**2 + second**2 - 2 * r * first * second


def too_few(n: Floats, least: int) -> tuple[Mask, str]:
    """Where a study has too few persons, and the words for it."""
    return n < least, f"fewer than {least} persons"


def read_pairs(measure: str, **columns: ArrayLike) -> Studies:
    """The columns, refused where a number cannot be."""
    studies = Studies.read(measure, **columns)
    studies.refuse_below(0, *(name for name in columns if name.startswith("sd_")))
    studies.refuse_below(1, "n")
    studies.refuse("r", np.abs(studies.columns["r"]) > 1, "-1 to 1")
    return studies
