"""Events of the same persons under two conditions, where only the counts of each are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.events import EMPTY_CELL, Counts
from evidence_tools.arithmetic.effects.studies import EffectSizes, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def risk_ratio_paired(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    r: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Log risk ratio of the same persons under two conditions, from the counts of each (MPRR).

    v = 1 / events - 1 / n is the variance of a log risk; vi = v_1 + v_2 - 2 c, where the
    covariance c = r sqrt(v_1 v_2) is at most the smaller of v_1 and v_2: then every person with
    the event under one condition has it under the other. Where r is known from the table of
    pairs, vi is that of metafor's MPRR. A note says where the counts do not allow so high an r.

    Source: Becker and Balagtas (1993), marginal ratios. doi:10.2307/2532242 Elbourne et al. (2002),
    crossover trials. doi:10.1093/ije/31.1.140 Zou (2007), paired risk ratios.
    doi:10.1177/1740774506075667

    v_1 = 1 / 5 - 1 / 10 and v_2 = 1 / 2.5 - 1 / 5 are 0.1 and 0.2:

    >>> effect = risk_ratio_paired(
    ...     events_active=5, n_active=10, events_control=2.5, n_control=5, r=0.5)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.0], [0.1586])
    """
    counts = Counts.read("RR", (events_active, n_active, events_control, n_control), add)
    a, n1, c, n2 = counts.values()
    rho = Studies.read("RR", r=r, events_active=a)
    rho.refuse("r", np.abs(rho.columns["r"]) > 1, "-1 to 1")
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi, v1, v2 = np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1, 1 / c - 1 / n2
        wanted, most = rho.columns["r"] * np.sqrt(v1 * v2), np.minimum(v1, v2)
        vi = v1 + v2 - 2 * np.minimum(wanted, most)
    remarks = [*counts.remarks, (wanted > most, "the counts allow a lower correlation only")]
    empty = [((a == 0) | (c == 0), EMPTY_CELL)]
    return counts.studies.effects(yi, vi, empty=empty, remarks=remarks)
