"""One pooled effect from one effect per study.

Effect sizes and their sampling variances in, a `PooledEffect` out: estimate, confidence and
prediction interval, heterogeneity and its interval, weights, and in `notes` what a reader has to
know before using them. With moderators see `regression`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from evidence_tools.arithmetic.pooling.heterogeneity import Fits, Stack, fit, q_profile, weigh
from evidence_tools.arithmetic.pooling.inference import (
    Inference,
    check_choices,
    check_effects,
    check_finite,
    infer,
    shared_notes,
)

if TYPE_CHECKING:
    import pandas as pd

    from evidence_tools.arithmetic.pooling.tau2 import Array

FEWEST_FOR_PREDICTION = 3
NEAR_ONE = 1e-6
"""Under PM and EB the variance ratio is 1 but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledEffect:
    """The pooled effect of k studies.

    Attributes
    ----------
    estimate, se : float
        Pooled effect and its standard error, in units of the measure (logs for ratios).
    ci_low, ci_high : float
        Confidence interval of the mean effect.
    p_value : float or None
        Two-sided, against no effect.
    tau2 : float or None
        Between-study variance, in squared units; 0 under FE.
    tau2_ci_low, tau2_ci_high : float or None
        Its Q-profile interval.
    i2, h2 : float or None
        I² in percent; H², 1 if there is no heterogeneity (below 1 possible under FE).
    i2_ci_low, i2_ci_high, h2_ci_low, h2_ci_high : float or None
        Their intervals, from that of tau².
    q, q_df, q_p : float, int, float or None
        Cochran's Q, its degrees of freedom and p-value.
    pi_low, pi_high : float or None
        Prediction interval: where the effect of a new study would be expected.
    k : int
        Studies.
    weights : array of float, shape (k,)
        Share of each study; they sum to 1.
    method, test : str
        As asked for.
    ci_level : float
        Percent, of all intervals.
    notes : tuple of str
        What could not be estimated and why; what to beware of.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float | None
    tau2: float | None
    tau2_ci_low: float | None
    tau2_ci_high: float | None
    i2: float | None
    i2_ci_low: float | None
    i2_ci_high: float | None
    h2: float | None
    h2_ci_low: float | None
    h2_ci_high: float | None
    q: float
    q_df: int
    q_p: float | None
    pi_low: float | None
    pi_high: float | None
    k: int
    weights: Array
    method: str
    test: str
    ci_level: float
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row: every number and setting, unrounded; the weights are left out."""
        import pandas as pd

        row = {field.name: getattr(self, field.name) for field in fields(self)}
        del row["weights"]
        return pd.DataFrame([{**row, "notes": " ".join(self.notes)}])

    def summary(self) -> str:
        """Two to four lines: the effect, the heterogeneity, the prediction interval, notes."""
        studies = "1 study" if self.k == 1 else f"{self.k} studies"
        level = f"{self.ci_level:g}%"
        lines = [
            f"Effect {self.estimate:.3g} ({level} CI {self.ci_low:.3g} to {self.ci_high:.3g}); "
            f"{studies}, {self.method}, {self.test}."
        ]
        if self.tau2 is not None:
            known = self.tau2_ci_low is not None and self.tau2_ci_high is not None
            span = f" ({self.tau2_ci_low:.3g} to {self.tau2_ci_high:.3g})" if known else ""
            lines.append(
                f"Between-study variance tau² {self.tau2:.3g}{span}; I² {self.i2:.0f}%; "
                f"Q {self.q:.3g} on {self.q_df} degrees of freedom."
            )
        if self.pi_low is not None:
            lines.append(
                f"A new study would be expected between {self.pi_low:.3g} and {self.pi_high:.3g} "
                f"({level} prediction interval)."
            )
        if self.notes:
            lines.append(" ".join(self.notes))
        return "\n".join(lines)


def pool(
    yi: npt.ArrayLike,
    vi: npt.ArrayLike,
    *,
    method: str = "REML",
    test: str = "knapp-hartung-guarded",
    ci_level: float = 95,
) -> PooledEffect:
    """The pooled effect of independent studies, by inverse-variance weights.

    Parameters
    ----------
    yi, vi : array of float, shape (k,)
        Effect sizes, in units of the measure (logs for ratios), and their sampling variances.
    method : {"REML", "FE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"}
        Estimator of the between-study variance tau²; FE has none. See
        `tau2.estimate_tau2` for the formulas.
    test : {"knapp-hartung-guarded", "knapp-hartung", "normal"}
        How the interval is made.
    ci_level : float, default 95
        Percent.

    Returns
    -------
    PooledEffect
        ``estimate`` with its intervals, ``tau2``, ``i2``, ``weights``, ``notes``.

    Raises
    ------
    NotEstimableError
        If there is no study, a number is not finite, a variance is not above 0, or the numbers
        are too large or too small to compute with.
    UnknownTermError
        If `method` or `test` is not known.

    Notes
    -----
    y_i ~ N(mu, v_i + tau²), v_i taken as known, studies independent. With w = 1 / (v + tau²):
    estimate = sum(w y) / sum(w). Normal: se² = 1 / sum(w), quantile of the normal.
    Knapp-Hartung: se² = q / sum(w), q = sum(w (y - estimate)²) / (k - 1), quantile of t on k - 1
    degrees of freedom. Guarded: q is raised to 1 if it is below, so that the interval is never
    narrower than its weights warrant. Prediction interval, from three studies on:
    estimate ± quantile sqrt(se² + tau²), with the same quantile.

    One study is returned as it is, with a normal interval; tau², I² and the prediction interval
    are None. Two studies are answered, with a note not to read them as pooled. FE tau² is 0 and
    has no interval. The interval of tau² is the Q-profile, whatever the method. Whatever cannot
    be had is None, with a sentence in ``notes``.

    References
    ----------
    Viechtbauer (2005) (estimators), (2007) (Q-profile). Hartung and Knapp (2001). Röver, Knapp
    and Friede (2015) (guard). Higgins, Thompson and Spiegelhalter (2009) (prediction interval;
    theirs takes t on k - 2).

    Examples
    --------
    >>> pooled = pool([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], method="DL", test="normal")
    >>> pooled.estimate, pooled.tau2, pooled.q
    (1.0, 0.0, 2.0)
    """
    check_choices(method, test, ci_level)
    effects, variances = check_effects(yi, vi)
    with np.errstate(all="ignore"):  # overflow is refused below, with the numbers
        fits = fit(Stack.of(effects, variances), method)
        return describe(effects, variances, fits, method, test, ci_level)


def describe(
    yi: Array, vi: Array, fits: Fits, method: str, test: str, ci_level: float
) -> PooledEffect:
    """The pooled effect that follows from a fit of one meta-analysis, its tau² included."""
    k, estimate, tau2 = len(yi), float(fits.estimate[0]), float(fits.tau2[0])
    with np.errstate(invalid="ignore"):
        made = infer(fits.estimate, fits.variance, fits.ratio, fits.k - 1, test, ci_level)
    check_finite(yi, vi, fits.estimate, fits.tau2, fits.i2, fits.q, made.ci_low, made.ci_high)
    weights, _, _ = weigh(Stack.of(yi, vi), fits.tau2)
    se, collapsed = float(made.se[0]), made.se[0] == 0
    notes = _notes(k, made, fits, method, test) + shared_notes(vi, bool(fits.converged[0]))
    span = q_profile(yi, vi, ci_level) if k > 1 and method != "FE" else None
    if span is None and k > 1 and method != "FE":
        notes.append(
            "The studies agree more closely than their own errors would let them: no tau² fits, "
            "and its interval is empty."
        )
    reach = float(made.quantile[0]) * float(np.sqrt(se**2 + tau2))
    predicts = k >= FEWEST_FOR_PREDICTION and method != "FE"
    h2 = None if k == 1 else float(fits.h2[0])
    h2_span = _h2_span(vi, span)
    return PooledEffect(
        estimate=estimate,
        se=se,
        ci_low=float(made.ci_low[0]),
        ci_high=float(made.ci_high[0]),
        p_value=None if collapsed else float(made.p_value[0]),
        tau2=None if k == 1 else tau2,
        tau2_ci_low=span[0] if span else None,
        tau2_ci_high=span[1] if span else None,
        i2=None if k == 1 else float(fits.i2[0]),
        i2_ci_low=_i2(h2_span[0]) if h2_span else None,
        i2_ci_high=_i2(h2_span[1]) if h2_span else None,
        h2=h2,
        h2_ci_low=h2_span[0] if h2_span else None,
        h2_ci_high=h2_span[1] if h2_span else None,
        q=float(fits.q[0]),
        q_df=k - 1,
        q_p=float(chdtrc(k - 1, fits.q[0])) if k > 1 else None,
        pi_low=estimate - reach if predicts else None,
        pi_high=estimate + reach if predicts else None,
        k=k,
        weights=weights[:, 0] / weights.sum(),
        method=method,
        test=test,
        ci_level=ci_level,
        notes=tuple(notes),
    )


def _h2_span(vi: Array, span: tuple[float, float] | None) -> tuple[float, float] | None:
    """H² at both ends of the interval of tau²."""
    if span is None:
        return None
    fixed = 1 / vi
    typical = (len(vi) - 1) / (fixed.sum() - (fixed**2).sum() / fixed.sum())
    return float(span[0] / typical + 1), float(span[1] / typical + 1)


def _i2(h2: float) -> float:
    return 100 * (1 - 1 / h2)


def _notes(k: int, made: Inference, fits: Fits, method: str, test: str) -> list[str]:
    notes = []
    if k == 1:
        notes.append(
            "One study: this is the study itself, with a normal interval. Between-study variance, "
            "I² and a prediction interval need more."
        )
        return notes
    if k == 2:
        notes.append("Two studies: do not read as pooled; see the Bayesian fit.")
    if method == "FE":
        notes.append("Fixed effect: tau² is 0 by definition; no prediction interval.")
        if test != "normal":
            notes.append("Knapp-Hartung is meant for random effects.")
    elif k < FEWEST_FOR_PREDICTION:
        notes.append(f"No prediction interval below {FEWEST_FOR_PREDICTION} studies.")
    if made.se[0] == 0:
        notes.append("Equal effects: the Knapp-Hartung interval collapses; use the guarded one.")
    elif test != "normal" and fits.ratio[0] < 1 - NEAR_ONE:
        raised = "raised to 1" if test == "knapp-hartung-guarded" else "kept"
        notes.append(f"Knapp-Hartung variance ratio {fits.ratio[0]:.2g}, below 1: {raised}.")
    return notes
