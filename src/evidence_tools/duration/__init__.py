"""How long relief lasts: what the rows say together, group by group.

A group is a condition (anxiety disorders, PTSD, OCD, anxiety in other conditions, and depression
as background) in one phase of dosing (after a single dose, after a course, between the doses of a
course, while dosing went on). `synthesise_duration` gathers all groups, every row with its use or
the reason why it is left out; `loss_within` holds them against a claimed stretch of time.
"""

from evidence_tools.duration.groups import CONDITIONS, PHASES, SINGLE
from evidence_tools.duration.synthesis import (
    DurationGroup,
    DurationSynthesis,
    synthesise_duration,
)
from evidence_tools.duration.window import LossWindow, claimed_windows, loss_within

__all__ = [
    "CONDITIONS",
    "PHASES",
    "SINGLE",
    "DurationGroup",
    "DurationSynthesis",
    "LossWindow",
    "claimed_windows",
    "loss_within",
    "synthesise_duration",
]
