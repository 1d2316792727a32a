"""Standardised differences from a t statistic, where the means themselves were not printed.

The same effects as those from means and standard deviations, reached from the test. The sign of a
printed t is seldom that of a stated difference: give t the sign that the effect should have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.means import hedges_correction
from evidence_tools.arithmetic.effects.studies import EffectSizes, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def standardised_mean_difference_from_t(
    *, t: ArrayLike, n_active: ArrayLike, n_control: ArrayLike
) -> EffectSizes:
    """Standardised mean difference (SMD, Hedges' g) of two independent arms from their t test.

    yi = J(n_1 + n_2 - 2) t sqrt(1 / n_1 + 1 / n_2), J as in `hedges_correction`;
    vi = 1 / n_1 + 1 / n_2 + yi^2 / (2 (n_1 + n_2)). For t with equal variances; of an adjusted
    analysis, whose standard error is smaller, yi is too large.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, sections 7.7.3.3 and 9.2.3.2 (difference
    over its standard error is t; difference over the pooled standard deviation is d).

    J(2) is 0.5642, and vi is 1 + 0.3183 / 2 with 2 participants per arm and t = 1:

    >>> effect = standardised_mean_difference_from_t(t=-1, n_active=2, n_control=2)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([-0.5642], [1.0398])
    """
    studies = Studies.read("SMD", t=t, n_active=n_active, n_control=n_control)
    studies.refuse_below(1, "n_active", "n_control")
    statistic, n1, n2 = studies.values()
    share = 1 / n1 + 1 / n2
    yi = hedges_correction(n1 + n2 - 2) * statistic * np.sqrt(share)
    vi = share + yi**2 / (2 * (n1 + n2))
    too_few = (n1 < 2) | (n2 < 2), "an arm has fewer than 2 participants"
    return studies.effects(yi, vi, empty=[too_few])


def standardised_mean_change_from_t(*, t: ArrayLike, n: ArrayLike, r: ArrayLike) -> EffectSizes:
    """Mean difference within persons in standard deviations of the values, from a paired t test.

    yi = J(n - 1) t sqrt(2 (1 - r) / n), J as in `hedges_correction`;
    vi = 2 (1 - r) / n + yi^2 / (2 n): `standardised_mean_change_raw` where both conditions have
    one standard deviation.

    Source: Morris and DeShon (2002), Psychological Methods 7:105-125.

    With three persons J(2) is 0.5642, and vi is 1 / 3 + 0.1061 / 6 with r = 0.5:

    >>> effect = standardised_mean_change_from_t(t=1, n=3, r=0.5)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.3257], [0.351])
    """
    studies = Studies.read("SMCR", t=t, n=n, r=r)
    studies.refuse_below(1, "n")
    studies.refuse("r", np.abs(studies.columns["r"]) > 1, "-1 to 1")
    statistic, n_pairs, rho = studies.values()
    share = 2 * (1 - rho) / n_pairs
    yi = hedges_correction(n_pairs - 1) * statistic * np.sqrt(share)
    vi = share + yi**2 / (2 * n_pairs)
    return studies.effects(yi, vi, empty=[(n_pairs < 3, "fewer than 3 persons")])
