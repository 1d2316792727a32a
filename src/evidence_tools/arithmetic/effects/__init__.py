"""Effect sizes with their sampling variances, one function per measure.

Columns of k studies go in by spelled-out names (a single number holds for every study); a frozen
`EffectSizes` comes out. A study whose numbers cannot be (a negative standard deviation) is an
error. A study for which the measure has no answer has NaN in `yi` and `vi` and a note that names
it; if it came alone as bare numbers it is an error too. Formulas and zero-cell conventions are the
defaults of metafor 3.8-1. Nothing here pools, turns signs, or knows a table.

Columns, each of shape (k,): `mean_…` in points of one instrument, for ratios on a scale with a true
zero; `sd_…` standard deviations of the values, never standard errors; `n…` participants (of pairs:
persons with both readings); `events…` persons with the event; `r` the correlation within persons,
-1 to 1; `_active` and `_control` independent arms, `_1` and `_2` conditions of the same persons.
Refused with NotEstimableError: a standard deviation or events below 0, an empty arm, more events
than participants, r beyond -1 to 1.
"""

from evidence_tools.arithmetic.effects.events import (
    arcsine_difference,
    odds_ratio,
    peto_odds_ratio,
    risk_difference,
    risk_ratio,
)
from evidence_tools.arithmetic.effects.from_t import (
    standardised_mean_change_from_t,
    standardised_mean_difference_from_t,
)
from evidence_tools.arithmetic.effects.means import (
    hedges_correction,
    mean_difference,
    ratio_of_means,
    standardised_mean_difference,
    standardised_mean_difference_unequal,
)
from evidence_tools.arithmetic.effects.measures import (
    MEASURES,
    Measure,
    effect_sizes,
)
from evidence_tools.arithmetic.effects.paired import (
    mean_change,
    ratio_of_means_paired,
    standardised_mean_change,
    standardised_mean_change_raw,
    standardised_mean_change_raw_unequal,
)
from evidence_tools.arithmetic.effects.paired_events import risk_ratio_paired
from evidence_tools.arithmetic.effects.single_arm import (
    arcsine_proportion,
    double_arcsine_proportion,
    incidence_rate_ratio,
    logit_proportion,
    proportion,
)
from evidence_tools.arithmetic.effects.studies import EffectSizes

__all__ = [
    "MEASURES",
    "EffectSizes",
    "Measure",
    "arcsine_difference",
    "arcsine_proportion",
    "double_arcsine_proportion",
    "effect_sizes",
    "hedges_correction",
    "incidence_rate_ratio",
    "logit_proportion",
    "mean_change",
    "mean_difference",
    "odds_ratio",
    "peto_odds_ratio",
    "proportion",
    "ratio_of_means",
    "ratio_of_means_paired",
    "risk_difference",
    "risk_ratio",
    "risk_ratio_paired",
    "standardised_mean_change",
    "standardised_mean_change_from_t",
    "standardised_mean_change_raw",
    "standardised_mean_change_raw_unequal",
    "standardised_mean_difference",
    "standardised_mean_difference_from_t",
    "standardised_mean_difference_unequal",
]
