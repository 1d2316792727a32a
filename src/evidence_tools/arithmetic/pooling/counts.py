"""The door for counts: events of n, whole and possible, and the level of an interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence_tools.base.errors import NotEstimableError

Floats = NDArray[np.float64]


def checked_counts(events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Events and n as arrays of equal length.

    >>> checked_counts([1], [10])
    (array([1.]), array([10.]))
    """
    x, size = np.array(events, dtype=float, ndmin=1), np.array(n, dtype=float, ndmin=1)
    if x.ndim != 1 or x.shape != size.shape or not len(x):
        found = f"shapes {x.shape} and {size.shape}"
        raise NotEstimableError("events and n", found=found, allowed="two equal lists, not empty")
    whole = np.isfinite(x) & np.isfinite(size) & (x == np.round(x)) & (size == np.round(size))
    good = whole & (x >= 0) & (x <= size) & (size > 0)
    if not good.all():
        bad = int(np.argmin(good))
        found = f"{x[bad]:g} of {size[bad]:g}"
        raise NotEstimableError("events and n", found=found, allowed="whole, 0 <= events <= n > 0")
    return x, size
