"""What a paper did not print, recovered from what it did.

One step before the effect sizes: standard errors and standard deviations from intervals, p-values
and test statistics, means and standard deviations from medians, correlations from standard
deviations. Plain numbers in, one at a time; each number out says how it was derived. No tables,
no files, no judgement whether a derived number is good enough.
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
