"""Time courses: when something began or ended, known only to lie within intervals.

Arrays in, frozen result objects out; nothing here knows a table, an anchor or a study.
`event_intervals` is the door; `npmle`, `fit_families`, `knowledge_bands` and `bootstrap_band` take
what it returns. `relate` and `relation_to_claim` hold one interval against a claimed one, and
`medians` pools what sources print as medians. Units of time are the caller's, one unit throughout.

Examples
--------
>>> from evidence_tools.arithmetic.intervals.npmle import npmle
>>> npmle(event_intervals([0, 7, 7], [7, 14, None])).quantile(0.5)
(7.0, 7.0)
"""

from evidence_tools.arithmetic.intervals.intervals import EventIntervals, event_intervals
from evidence_tools.arithmetic.intervals.relations import (
    ClaimRelation,
    Relation,
    relate,
    relation_to_claim,
)

__all__ = [
    "ClaimRelation",
    "EventIntervals",
    "Relation",
    "event_intervals",
    "relate",
    "relation_to_claim",
]
