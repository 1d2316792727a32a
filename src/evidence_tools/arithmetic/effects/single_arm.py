"""Proportions of one arm, and the ratio of two rates.

Where a proportion has no event or only events, `add` (1/2, metafor's default, ``to="only0"``) is
added to events and to non-events of that study and of no other; where one of two rates has no
event, to the events of both. A note names each such study. Rare events are better pooled by a
binomial model, which needs nothing added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.events import add_checked, refuse_impossible
from evidence_tools.arithmetic.effects.studies import EffectSizes, Floats, Reasons, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def proportion(*, events: ArrayLike, n: ArrayLike, add: float = 0.5) -> EffectSizes:
    """Proportion with the event (PR) in one arm.

    yi = x / n; vi = yi (1 - yi) / n, where x are the events.

    Source: Viechtbauer (2010), metafor, `escalc` measure PR. doi:10.18637/jss.v036.i03

    >>> effect = proportion(events=5, n=10)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([0.5], [0.025])
    """
    studies, x, total, remarks = _with_added("PR", events, n, add)
    yi = x / total
    vi = yi * (1 - yi) / total
    return studies.effects(yi, vi, empty=[(vi == 0, _ONE_SIDED)], remarks=remarks)


def logit_proportion(*, events: ArrayLike, n: ArrayLike, add: float = 0.5) -> EffectSizes:
    """Log odds of the event (PLO) in one arm.

    yi = log(x / (n - x)); vi = 1 / x + 1 / (n - x), where x are the events.

    Source: Viechtbauer (2010), metafor, `escalc` measure PLO. doi:10.18637/jss.v036.i03

    >>> effect = logit_proportion(events=2, n=4)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([0.0], [1.0])
    """
    studies, x, total, remarks = _with_added("PLO", events, n, add)
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi, vi = np.log(x / (total - x)), 1 / x + 1 / (total - x)
    empty = [((x == 0) | (x == total), _ONE_SIDED)]
    return studies.effects(yi, vi, empty=empty, remarks=remarks)


def arcsine_proportion(*, events: ArrayLike, n: ArrayLike) -> EffectSizes:
    """Arcsine-transformed proportion (PAS) of one arm.

    yi = arcsin(sqrt(x / n)); vi = 1 / (4 n), where x are the events; in radians.
    Nothing is ever added.

    Source: Ruecker et al. (2009). doi:10.1002/sim.3511

    Half is an eighth of a turn:

    >>> effect = arcsine_proportion(events=5, n=10)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([0.7854], [0.025])
    """
    studies, x, total, _ = _with_added("PAS", events, n, add=0)
    return studies.effects(np.arcsin(np.sqrt(x / total)), 1 / (4 * total))


def double_arcsine_proportion(*, events: ArrayLike, n: ArrayLike) -> EffectSizes:
    """Freeman-Tukey double arcsine of a proportion (PFT) of one arm.

    yi = (arcsin(sqrt(x / (n + 1))) + arcsin(sqrt((x + 1) / (n + 1)))) / 2; vi = 1 / (4 n + 2),
    where x are the events; in radians. Nothing is ever added. Not for the main analysis: turned
    back after pooling it can mislead badly (Schwarzer 2019).

    Source: Freeman and Tukey (1950). doi:10.1214/aoms/1177729756 Schwarzer et al. (2019).
    doi:10.1002/jrsm.1348

    No event in one person: (0 + arcsin(sqrt(1 / 2))) / 2 is a sixteenth of a turn.

    >>> effect = double_arcsine_proportion(events=0, n=1)
    >>> effect.yi.round(4).tolist(), effect.vi.round(4).tolist()
    ([0.3927], [0.1667])
    """
    studies, x, total, _ = _with_added("PFT", events, n, add=0)
    return studies.effects(double_arcsine(x, total), 1 / (4 * total + 2))


def double_arcsine(events: Floats, n: Floats) -> Floats:
    """The transformation itself, in radians."""
    lower, upper = np.sqrt(events / (n + 1)), np.sqrt((events + 1) / (n + 1))
    radians: Floats = (np.arcsin(lower) + np.arcsin(upper)) / 2
    return radians


def incidence_rate_ratio(
    *,
    events_active: ArrayLike,
    time_active: ArrayLike,
    events_control: ArrayLike,
    time_control: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Log ratio of two incidence rates (IRR).

    yi = log((x_1 / t_1) / (x_2 / t_2)); vi = 1 / x_1 + 1 / x_2, where x are events,
    which may happen to a person more than once, and t the time under observation summed over
    persons, in one unit for both arms.

    Source: Rothman, Greenland, Lash (2008), Modern Epidemiology, 3rd ed.

    >>> effect = incidence_rate_ratio(
    ...     events_active=2, time_active=10, events_control=4, time_control=10)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([-0.6931], [0.75])
    """
    columns = {
        "events_active": events_active,
        "time_active": time_active,
        "events_control": events_control,
        "time_control": time_control,
    }
    studies = Studies.read("IRR", **columns)
    studies.refuse_below(0, "events_active", "events_control")
    for time in ("time_active", "time_control"):
        studies.refuse(time, studies.columns[time] <= 0, "above 0")
    x1, t1, x2, t2 = studies.values()
    none = (x1 == 0) | (x2 == 0)
    extra = np.where(none, add_checked("IRR", add), 0.0)
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = np.log((x1 + extra) / t1) - np.log((x2 + extra) / t2)
        vi = 1 / (x1 + extra) + 1 / (x2 + extra)
    empty = [(none & (extra == 0), "an arm without events and nothing added")]
    remarks = [(none, f"an arm without events, {add:g} added to the events of both")]
    return studies.effects(yi, vi, empty=empty, remarks=remarks)


_ONE_SIDED = "no event, or only events, and nothing added"


def _with_added(
    measure: str, events: ArrayLike, n: ArrayLike, add: float
) -> tuple[Studies, Floats, Floats, Reasons]:
    """The columns of one arm, its counts after what was added, and the words for that."""
    studies = Studies.read(measure, events=events, n=n)
    refuse_impossible(studies, ("events", "n"))
    x, total = studies.values()
    one_sided = (x == 0) | (x == total)
    extra = np.where(one_sided, add_checked(measure, add), 0.0)
    words = f"no event, or only events, {add:g} added to events and to non-events"
    remarks = [(one_sided, words)] if add else []
    return studies, x + extra, total + 2 * extra, remarks
