"""Effects of two independent arms that report means and standard deviations.

`yi` is always active minus control (of a ratio: the log of active over control). Not estimable is
an arm of fewer than 2 participants, or two arms without any spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from evidence_tools.arithmetic.effects.studies import EffectSizes, Floats, Mask, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TOO_FEW = "an arm has fewer than 2 participants"
NO_SPREAD = "both standard deviations are 0"


def hedges_correction(m: ArrayLike) -> Floats:
    """Factor, of m degrees of freedom, that makes a standardised mean difference unbiased.

    J(m) = gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)), the exact factor; the common
    1 - 3 / (4 m - 1) is its approximation. NaN where m is 1 or less: there it does not exist.

    Source: Hedges (1981). doi:10.3102/10769986006002107

    J(2) is 1 / sqrt(pi):

    >>> round(float(hedges_correction(2)), 4)
    0.5642
    """
    degrees = np.asarray(m, dtype=np.float64)
    valid = np.where(degrees > 1, degrees, np.nan)
    logs = gammaln(valid / 2) - np.log(valid / 2) / 2 - gammaln((valid - 1) / 2)
    factor: Floats = np.exp(logs)
    return factor


def mean_difference(
    *,
    mean_active: ArrayLike,
    sd_active: ArrayLike,
    n_active: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Mean difference (MD) of two independent arms.

    yi = mean_active - mean_control; vi = sd_active^2 / n_active + sd_control^2 / n_control,
    without assuming equal variances (metafor's default).

    Source: Viechtbauer (2010), metafor, `escalc` measure MD. doi:10.18637/jss.v036.i03

    >>> effect = mean_difference(mean_active=10, sd_active=3, n_active=9,
    ...                          mean_control=12, sd_control=4, n_control=16)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([-2.0], [2.0])
    """
    studies = _read("MD", mean_active, sd_active, n_active, mean_control, sd_control, n_control)
    m1, s1, n1, m2, s2, n2 = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi, vi = m1 - m2, s1**2 / n1 + s2**2 / n2
    return studies.effects(yi, vi, empty=[_too_few(n1, n2), (vi == 0, NO_SPREAD)])


def standardised_mean_difference(
    *,
    mean_active: ArrayLike,
    sd_active: ArrayLike,
    n_active: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Standardised mean difference (SMD, Hedges' g) of two independent arms.

    m = n_active + n_control - 2;
    s^2 = ((n_active - 1) sd_active^2 + (n_control - 1) sd_control^2) / m;
    yi = J(m) (mean_active - mean_control) / s, J as in `hedges_correction`;
    vi = 1 / n_active + 1 / n_control + yi^2 / (2 (n_active + n_control)), the large-sample
    variance with the corrected yi (metafor's default).

    Source: Hedges (1981). doi:10.3102/10769986006002107 Hedges (1982), equation 8.
    doi:10.1037/0033-2909.92.2.490

    With two per arm J is 0.5642, and vi is 1/2 + 1/2 + 0.3183 / 8:

    >>> effect = standardised_mean_difference(mean_active=1, sd_active=1, n_active=2,
    ...                                       mean_control=0, sd_control=1, n_control=2)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.5642], [1.0398])
    """
    studies = _read("SMD", mean_active, sd_active, n_active, mean_control, sd_control, n_control)
    m1, s1, n1, m2, s2, n2 = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        m = n1 + n2 - 2
        pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / m)
        yi = hedges_correction(m) * (m1 - m2) / pooled
        vi = 1 / n1 + 1 / n2 + yi**2 / (2 * (n1 + n2))
    return studies.effects(yi, vi, empty=[_too_few(n1, n2), (pooled == 0, NO_SPREAD)])


def standardised_mean_difference_unequal(
    *,
    mean_active: ArrayLike,
    sd_active: ArrayLike,
    n_active: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Standardised mean difference of arms with unequal variances (SMDH).

    s^2 = (sd_active^2 + sd_control^2) / 2; J = J(n_active + n_control - 2);
    yi = J (mean_active - mean_control) / s;
    vi = J^2 (yi^2 (sd_active^4 / (n_active - 1) + sd_control^4 / (n_control - 1)) / (8 s^4)
    + (sd_active^2 / (n_active - 1) + sd_control^2 / (n_control - 1)) / s^2).
    This is metafor up to 4.4; later versions leave the factor J^2 of the variance out.

    Source: Bonett (2008), equation 8. doi:10.1037/1082-989X.13.2.99 Bonett (2009), equation 5.
    doi:10.1037/a0016619

    With two per arm J^2 is 1 / pi, so yi^2 = 1 / pi and vi = (1 / (4 pi) + 2) / pi:

    >>> effect = standardised_mean_difference_unequal(
    ...     mean_active=1, sd_active=1, n_active=2, mean_control=0, sd_control=1, n_control=2)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.5642], [0.662])
    """
    studies = _read("SMDH", mean_active, sd_active, n_active, mean_control, sd_control, n_control)
    m1, s1, n1, m2, s2, n2 = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        square = (s1**2 + s2**2) / 2
        factor = hedges_correction(n1 + n2 - 2)
        yi = factor * (m1 - m2) / np.sqrt(square)
        of_sds = yi**2 * (s1**4 / (n1 - 1) + s2**4 / (n2 - 1)) / (8 * square**2)
        of_means = (s1**2 / (n1 - 1) + s2**2 / (n2 - 1)) / square
        vi = factor**2 * (of_sds + of_means)
    return studies.effects(yi, vi, empty=[_too_few(n1, n2), (square == 0, NO_SPREAD)])


def ratio_of_means(
    *,
    mean_active: ArrayLike,
    sd_active: ArrayLike,
    n_active: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Log ratio of the means of two independent arms (ROM).

    yi = log(mean_active / mean_control); vi = sd_active^2 / (n_active mean_active^2)
    + sd_control^2 / (n_control mean_control^2). Without the later correction for bias
    (Lajeunesse 2015), as metafor before version 5.

    Source: Hedges, Gurevitch, Curtis (1999). doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2

    >>> effect = ratio_of_means(mean_active=10, sd_active=10, n_active=4,
    ...                         mean_control=20, sd_control=10, n_control=4)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([-0.6931], [0.3125])
    """
    studies = _read("ROM", mean_active, sd_active, n_active, mean_control, sd_control, n_control)
    m1, s1, n1, m2, s2, n2 = studies.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = np.log(m1 / m2)
        vi = s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2)
    return studies.effects(
        yi, vi, empty=[_too_few(n1, n2), no_ratio(m1, m2), ((s1 == 0) & (s2 == 0), NO_SPREAD)]
    )


def no_ratio(first: Floats, second: Floats) -> tuple[Mask, str]:
    """Where two means have no log of their ratio, and the words for it."""
    return first * second <= 0, "a mean is 0 or the means differ in sign"


def _too_few(n_active: Floats, n_control: Floats) -> tuple[Mask, str]:
    return (n_active < 2) | (n_control < 2), TOO_FEW


def _read(
    measure: str,
    mean_active: ArrayLike,
    sd_active: ArrayLike,
    n_active: ArrayLike,
    mean_control: ArrayLike,
    sd_control: ArrayLike,
    n_control: ArrayLike,
) -> Studies:
    """The six columns, refused where a number cannot be."""
    studies = Studies.read(
        measure,
        mean_active=mean_active,
        sd_active=sd_active,
        n_active=n_active,
        mean_control=mean_control,
        sd_control=sd_control,
        n_control=n_control,
    )
    studies.refuse_below(0, "sd_active", "sd_control")
    studies.refuse_below(1, "n_active", "n_control")
    return studies
