"""Can these printed numbers stand side by side? Recomputation within the limits of rounding.

Plain numbers in, one row at a time: the numbers as printed and how many decimals they show. Each
function answers for every unrounded number that the print allows, so that a disagreement is more
than rounding. No tables, no files, and no judgement of why two numbers disagree.
"""

from evidence_tools.arithmetic.printed.agreement import (
    Bounds,
    Statistic,
    decimals_of,
    off_centre,
    p_of_interval,
    p_of_statistic,
    rounded,
    se_of_sd,
)
from evidence_tools.arithmetic.printed.granularity import (
    mean_is_possible,
    people_of_percent,
    why_sd_is_impossible,
)

__all__ = [
    "Bounds",
    "Statistic",
    "decimals_of",
    "mean_is_possible",
    "off_centre",
    "p_of_interval",
    "p_of_statistic",
    "people_of_percent",
    "rounded",
    "se_of_sd",
    "why_sd_is_impossible",
]
