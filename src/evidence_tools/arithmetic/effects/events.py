"""Effects of two independent arms that report events of participants.

`yi` is always active against control: a log ratio, or a difference. Where one of the four cells
(events and non-events of both arms) is empty, `add` (1/2, metafor's default, ``to="only0"``) is
added to all four cells of that study and of no other; studies without any event stay in
(``drop00=FALSE``). A note names each such study, since its effect then rests on the addition.
With ``add=0`` a study whose effect needs the missing cell has none. Counts need not be whole:
they may have been recovered from percentages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evidence_tools.arithmetic.effects.studies import EffectSizes, Floats, Mask, Studies

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

EMPTY_CELL = "an empty cell and nothing added"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """Events and participants of both arms, after what was added to empty cells."""

    studies: Studies
    events_active: Floats
    n_active: Floats
    events_control: Floats
    n_control: Floats
    remarks: tuple[tuple[Mask, str], ...]

    @classmethod
    def read(
        cls,
        measure: str,
        given: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
        add: float,
    ) -> Counts:
        """The four columns, refused where a number cannot be."""
        names = ("events_active", "n_active", "events_control", "n_control")
        studies = Studies.read(measure, **dict(zip(names, given, strict=True)))
        refuse_impossible(studies, ("events_active", "n_active"), ("events_control", "n_control"))
        a, n1, c, n2 = studies.values()
        none, all_of_them = (a == 0) & (c == 0), (a == n1) & (c == n2)
        empty = (a == 0) | (c == 0) | (a == n1) | (c == n2)
        extra = np.where(empty, add_checked(measure, add), 0.0)
        return cls(
            studies=studies,
            events_active=a + extra,
            n_active=n1 + 2 * extra,
            events_control=c + extra,
            n_control=n2 + 2 * extra,
            remarks=_remarks(empty, none, all_of_them, add),
        )

    def values(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Events and participants of the active arm, then of the control arm."""
        return self.events_active, self.n_active, self.events_control, self.n_control


def risk_ratio(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Log risk ratio (RR) of two independent arms.

    yi = log((a / n_1) / (c / n_2)); vi = 1 / a - 1 / n_1 + 1 / c - 1 / n_2, where a and c are the
    events of the active and the control arm.

    Source: Fleiss and Berlin (2009), in The Handbook of Research Synthesis and Meta-Analysis, 2nd
    ed.

    >>> effect = risk_ratio(events_active=2, n_active=10, events_control=4, n_control=10)
    >>> effect.yi.round(4).tolist(), effect.vi.round(2).tolist()
    ([-0.6931], [0.55])
    """
    counts = Counts.read("RR", (events_active, n_active, events_control, n_control), add)
    a, n1, c, n2 = counts.values()
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = np.log(a / n1) - np.log(c / n2)
        vi = 1 / a - 1 / n1 + 1 / c - 1 / n2
    empty = [((a == 0) | (c == 0) | ((a == n1) & (c == n2)), EMPTY_CELL)]
    return counts.studies.effects(yi, vi, empty=empty, remarks=counts.remarks)


def odds_ratio(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Log odds ratio (OR) of two independent arms.

    yi = log(a d / (b c)); vi = 1 / a + 1 / b + 1 / c + 1 / d, where a and b are events and
    non-events of the active arm, c and d of the control arm.

    Source: Fleiss and Berlin (2009), in The Handbook of Research Synthesis and Meta-Analysis, 2nd
    ed.

    >>> effect = odds_ratio(events_active=2, n_active=4, events_control=1, n_control=5)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([1.3863], [2.25])
    """
    counts = Counts.read("OR", (events_active, n_active, events_control, n_control), add)
    a, n1, c, n2 = counts.values()
    b, d = n1 - a, n2 - c
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        yi = np.log(a / b) - np.log(c / d)
        vi = 1 / a + 1 / b + 1 / c + 1 / d
    empty = [((a == 0) | (b == 0) | (c == 0) | (d == 0), EMPTY_CELL)]
    return counts.studies.effects(yi, vi, empty=empty, remarks=counts.remarks)


def risk_difference(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Risk difference (RD) of two independent arms.

    yi = p_1 - p_2; vi = p_1 (1 - p_1) / n_1 + p_2 (1 - p_2) / n_2, where p is the events over
    the participants of an arm.

    Source: Fleiss and Berlin (2009), in The Handbook of Research Synthesis and Meta-Analysis, 2nd
    ed.

    >>> effect = risk_difference(events_active=5, n_active=10, events_control=1, n_control=2)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([0.0], [0.15])
    """
    counts = Counts.read("RD", (events_active, n_active, events_control, n_control), add)
    a, n1, c, n2 = counts.values()
    p1, p2 = a / n1, c / n2
    yi, vi = p1 - p2, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    empty = [(vi == 0, "no variance: each arm has no event or only events, and nothing is added")]
    return counts.studies.effects(yi, vi, empty=empty, remarks=counts.remarks)


def peto_odds_ratio(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    add: float = 0.5,
) -> EffectSizes:
    """Log odds ratio by Peto's method (PETO) of two independent arms.

    With x events and y non-events of N persons: V = x y n_1 n_2 / (N^2 (N - 1));
    yi = (a - x n_1 / N) / V; vi = 1 / V. The method needs nothing added: give 0 for rare events.

    Source: Yusuf et al. (1985). doi:10.1016/s0033-0620(85)80003-7

    One event among four: V = 1 * 3 * 2 * 2 / (16 * 3) = 1 / 4.

    >>> effect = peto_odds_ratio(
    ...     events_active=1, n_active=2, events_control=0, n_control=2, add=0)
    >>> effect.yi.tolist(), effect.vi.tolist()
    ([2.0], [4.0])
    """
    counts = Counts.read("PETO", (events_active, n_active, events_control, n_control), add)
    a, n1, c, n2 = counts.values()
    persons, events = n1 + n2, a + c
    with np.errstate(all="ignore"):  # what is not finite is named in the notes
        v = events * (persons - events) * n1 * n2 / (persons**2 * (persons - 1))
        yi, vi = (a - events * n1 / persons) / v, 1 / v
    empty = [(v == 0, "no event in either arm, or only events, and nothing added")]
    return counts.studies.effects(yi, vi, empty=empty, remarks=counts.remarks)


def arcsine_difference(
    *,
    events_active: ArrayLike,
    n_active: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
) -> EffectSizes:
    """Difference of arcsine-transformed risks (AS) of two independent arms.

    yi = arcsin(sqrt(a / n_1)) - arcsin(sqrt(c / n_2)); vi = 1 / (4 n_1) + 1 / (4 n_2).
    In radians. Nothing is ever added: the measure is made for empty cells.

    Source: Ruecker et al. (2009). doi:10.1002/sim.3511

    All against none is a quarter turn:

    >>> effect = arcsine_difference(events_active=5, n_active=5, events_control=0, n_control=5)
    >>> effect.yi.round(4).tolist(), effect.vi.tolist()
    ([1.5708], [0.1])
    """
    counts = Counts.read("AS", (events_active, n_active, events_control, n_control), add=0)
    a, n1, c, n2 = counts.values()
    yi = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2))
    return counts.studies.effects(yi, 1 / (4 * n1) + 1 / (4 * n2))


def refuse_impossible(studies: Studies, *arms: tuple[str, str]) -> None:
    """An error where an arm is empty, or its events cannot be events of its participants."""
    for events, n in arms:
        studies.refuse_below(1, n)
        studies.refuse_below(0, events)
        studies.refuse(events, studies.columns[events] > studies.columns[n], f"at most {n}")


def add_checked(measure: str, add: float) -> float:
    """What is added to empty cells, refused if below 0."""
    Studies.read(measure, add=add).refuse_below(0, "add")
    return add


def _remarks(
    empty: Mask, none: Mask, all_of_them: Mask, add: float
) -> tuple[tuple[Mask, str], ...]:
    """Words for what was added to empty cells."""
    if add == 0:
        return ()
    added = f"{add:g} added to all four cells"
    rests = f"the effect rests on the {add:g} added to all four cells"
    return (
        (empty & ~none & ~all_of_them, f"an empty cell, {added}"),
        (none, f"no event in either arm, {rests}"),
        (all_of_them, f"only events in both arms, {rests}"),
    )
