"""Paired data (crossover, before and after): standard deviations and their correlation."""

from __future__ import annotations

import math

from evidence_tools.arithmetic.conversions.derived import Derived, require, require_positive


def correlation_from_sds(*, sd_1: float, sd_2: float, sd_difference: float) -> Derived:
    """Correlation within persons from the standard deviations of both conditions and of the change.

    r = (sd_1^2 + sd_2^2 - sd_difference^2) / (2 sd_1 sd_2). Where the three fit no correlation,
    one of them is something else, often a standard error.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 16.4.6.3.

    >>> correlation_from_sds(sd_1=3, sd_2=4, sd_difference=5).value
    0.0
    """
    require_positive("correlation", sd_1=sd_1, sd_2=sd_2, sd_difference=sd_difference)
    r = (sd_1**2 + sd_2**2 - sd_difference**2) / (2 * sd_1 * sd_2)
    require(
        -1 <= r <= 1,
        f"correlation from sd_1 {sd_1:g}, sd_2 {sd_2:g}, sd_difference {sd_difference:g}",
        found=f"{r:.3g}",
        allowed="-1 to 1",
        hint="Is one of them a standard error?",
    )
    return Derived(quantity="r", value=r, derivation="from-sds", method="law of cosines")


def sd_of_difference(*, sd_1: float, sd_2: float, r: float) -> Derived:
    """Standard deviation of the differences within persons, from those of both conditions.

    sd = sqrt(sd_1^2 + sd_2^2 - 2 r sd_1 sd_2); the inverse of `correlation_from_sds`.

    Source: Higgins and Green (eds), Cochrane Handbook 5.1, section 16.4.6.4 (2.38, 2.21, r 0.68 and
    10 persons: standard error of the difference 0.583).

    >>> sd_of_difference(sd_1=3, sd_2=4, r=0).value
    5.0
    """
    require_positive("difference", sd_1=sd_1, sd_2=sd_2)
    require(-1 <= r <= 1, "correlation", found=f"{r:g}", allowed="-1 to 1")
    sd = math.sqrt(max(sd_1**2 + sd_2**2 - 2 * r * sd_1 * sd_2, 0.0))
    return Derived(quantity="sd", value=sd, derivation="from-r", method=f"correlation {r:g}")
