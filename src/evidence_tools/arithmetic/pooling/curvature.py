"""Curvature of a likelihood at its maximum, from which standard errors come."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def curvature_of(loss: Callable[[Floats], float], at: Floats) -> Floats:
    """Second derivatives of a loss at its least: central differences, then Richardson's rule.

    >>> curvature_of(lambda x: 3 * x[0] ** 2, np.array([0.0])).round(6).tolist()
    [[6.0]]
    """

    def differences(step: float) -> Floats:
        shifts = np.diag(step * np.maximum(np.abs(at), 0.1))
        found = np.empty((len(at), len(at)))
        for i, one in enumerate(shifts):
            for j, other in enumerate(shifts):
                corners = loss(at + one + other) - loss(at + one - other)
                corners += loss(at - one - other) - loss(at - one + other)
                found[i, j] = corners / (4 * one[i] * other[j])
        return found

    return (4 * differences(0.002) - differences(0.004)) / 3
