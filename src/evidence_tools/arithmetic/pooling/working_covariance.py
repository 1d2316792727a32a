"""Working covariance of many effects per study: one block per study, never the whole matrix.

Sampling covariances are rarely reported, so they are assumed: a correlation between outcomes, and
the covariance of contrasts that share an arm. The sandwich estimator in
`dependence` keeps the inference honest where the assumption is wrong.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence_tools.base.errors import NotEstimableError

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingCovariance:
    """Sampling covariances within studies; effects of different studies are independent.

    Attributes
    ----------
    studies : tuple
        Study of each block, in the order of first appearance.
    rows : tuple of array of int
        Rows of each study in the input.
    blocks : tuple of array of float, shape (n_i, n_i)
        Covariances in units of the measure, squared.
    rho : float
        Correlation between outcomes.
    """

    studies: tuple[Hashable, ...]
    rows: tuple[Rows, ...]
    blocks: tuple[Floats, ...]
    rho: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arms:
    """The two arms behind each contrast, where contrasts of a study may share one.

    Attributes
    ----------
    active, control : sequence of labels, length n_effects
    n_active, n_control : array of float, shape (n_effects,)
        People in each.
    """

    active: Sequence[Hashable]
    control: Sequence[Hashable]
    n_active: ArrayLike
    n_control: ArrayLike


def working_covariance(
    vi: ArrayLike,
    study: Sequence[Hashable],
    *,
    rho: float = 0.6,
    outcome: Sequence[Hashable] | None = None,
    arms: Arms | None = None,
) -> WorkingCovariance:
    """Assumed sampling covariance of the effects within each study.

    V_ij = r_ij sqrt(vi vj) within a study, 0 between, with r_ij = o_ij g_ij: o_ij is 1 for the
    same outcome and rho otherwise. Without arms g_ij = 1. With arms, and f = [same arm] /
    sqrt(n n'), g_ij = (f(active_i, active_j)
    - f(active_i, control_j) - f(control_i, active_j) + f(control_i, control_j)) / (s_i s_j),
    s² = 1/n_active + 1/n_control: so contrasts that share a control arm of the same size as
    their active arms correlate by 1/2. The same as metafor's vcalc(cluster, obs, grp1, grp2,
    w1, w2). Effects with one `outcome` measure the same; without outcomes each row is its
    own. Rows of a study need not be adjacent.

    Source: Pustejovsky and Tipton (2022), Prevention Science 23, 425-438.
    doi:10.1007/s11121-021-01246-3 Gleser and Olkin (2009), in Cooper, Hedges and Valentine (eds),
    The Handbook of Research Synthesis and Meta-Analysis (shared arms).

    >>> working_covariance([0.04, 0.09, 1.0], ["a", "a", "b"], rho=0.5).blocks[0].tolist()
    [[0.04, 0.03], [0.03, 0.09]]
    """
    variances = np.array(vi, dtype=float)
    _check(variances, len(study), rho)
    if outcome is None:
        outcome = list(range(len(study)))
    labels = _codes(outcome)
    rows_of: dict[Hashable, list[int]] = {}
    for row, name in enumerate(study):
        rows_of.setdefault(name, []).append(row)
    blocks = []
    for name, members in rows_of.items():
        rows = np.array(members)
        correlation = np.where(labels[rows][:, None] == labels[rows], 1.0, rho)
        if arms is not None:
            correlation *= _of_arms(arms, rows)
        blocks.append(_block(name, correlation, variances[rows]))
    return WorkingCovariance(
        studies=tuple(rows_of),
        rows=tuple(np.array(rows) for rows in rows_of.values()),
        blocks=tuple(blocks),
        rho=rho,
    )


def _check(vi: Floats, n: int, rho: float) -> None:
    if vi.ndim != 1 or len(vi) != n or not n:
        raise NotEstimableError(
            "vi and study", found=f"shape {vi.shape} and {n} labels", allowed="equal, not empty"
        )
    if not (np.isfinite(vi).all() and vi.min() > 0):
        raise NotEstimableError("vi", found=f"{vi.min():g}", allowed="finite and above 0")
    if not 0 <= rho < 1:
        raise NotEstimableError("rho", found=f"{rho:g}", allowed="0 to below 1")


def _codes(labels: Sequence[Hashable]) -> Rows:
    """Labels as whole numbers."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(label, len(known)) for label in labels])


def _of_arms(arms: Arms, rows: Rows) -> Floats:
    """Correlation of contrasts by the arms that they share."""
    both = _codes([*arms.active, *arms.control]).reshape(2, -1)[:, rows]
    share = 1 / np.sqrt(np.array([arms.n_active, arms.n_control], dtype=float)[:, rows])
    total = np.zeros((len(rows), len(rows)))
    for i, sign_i in enumerate((1, -1)):
        for j, sign_j in enumerate((1, -1)):
            same = both[i][:, None] == both[j]
            total += sign_i * sign_j * same * np.outer(share[i], share[j])
    spread = np.sqrt((share**2).sum(axis=0))
    return np.asarray(total / np.outer(spread, spread))


def _block(name: Hashable, correlation: Floats, vi: Floats) -> Floats:
    smallest = np.linalg.eigvalsh(correlation)[0]
    if smallest < 1e-10:
        raise NotEstimableError(
            f"study {name}",
            found=f"a correlation matrix with smallest eigenvalue {smallest:.2g}",
            allowed="positive definite",
            hint="Two rows may be the same outcome, or rho and arms conflict.",
        )
    block = correlation * np.sqrt(np.outer(vi, vi))
    np.fill_diagonal(block, vi)
    return np.asarray(block)
