"""What a paper did not print, recovered from what it did.

One step before the effect sizes: standard errors and standard deviations from intervals, p-values
and test statistics, means and standard deviations from medians, correlations from standard
deviations. Plain numbers in, one at a time; a `Derived` comes out, which says how it came to be. No
tables, no files, no judgement whether a derived number is good enough.

`estimate` is the mean, change or difference that was tested against 0 (of a ratio: its log); `n`
the participants of the group (paired: persons), of the active arm where `n_control` is given; `t`,
`z` and `f` the statistics, whose sign is not used; `p_value` exact and two-sided (for "p < 0.05"
the limit gives the largest standard error); `ci_level` in percent; `df` the degrees of freedom of a
t distribution, otherwise normal. Everything else is in the unit of the instrument. Numbers that
cannot be (a bound below its other, an estimate of 0 with a statistic, a group of one) are refused
with NotEstimableError.
"""

from evidence_tools.arithmetic.conversions.derived import DERIVATIONS, Derived
from evidence_tools.arithmetic.conversions.intervals import t_from_p
from evidence_tools.arithmetic.conversions.medians import (
    mean_from_five_numbers,
    mean_from_quartiles,
    mean_from_range,
    sd_from_five_numbers,
    sd_from_quartiles,
    sd_from_range,
)
from evidence_tools.arithmetic.conversions.pairs import correlation_from_sds, sd_of_difference
from evidence_tools.arithmetic.conversions.standard_deviations import (
    sd_from_ci,
    sd_from_f,
    sd_from_p,
    sd_from_se,
    sd_from_t,
    sd_from_z,
)
from evidence_tools.arithmetic.conversions.standard_errors import (
    se_from_ci,
    se_from_f,
    se_from_p,
    se_from_sd,
    se_from_t,
    se_from_z,
)

__all__ = [
    "DERIVATIONS",
    "Derived",
    "correlation_from_sds",
    "mean_from_five_numbers",
    "mean_from_quartiles",
    "mean_from_range",
    "sd_from_ci",
    "sd_from_f",
    "sd_from_five_numbers",
    "sd_from_p",
    "sd_from_quartiles",
    "sd_from_range",
    "sd_from_se",
    "sd_from_t",
    "sd_from_z",
    "sd_of_difference",
    "se_from_ci",
    "se_from_f",
    "se_from_p",
    "se_from_sd",
    "se_from_t",
    "se_from_z",
    "t_from_p",
]
