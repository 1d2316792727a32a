"""Rules about the numbers of results and side effects: do they agree with each other?

A typing error seldom breaks one number alone; it breaks the agreement between two. Numbers are
compared as typed columns; the printed digits count where rounding could explain a difference, and
a cell counts as empty only if nothing is printed in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from evidence_tools.checks.registry import at, rule, where

if TYPE_CHECKING:
    from evidence_tools.base.findings import Finding
    from evidence_tools.evidence.loading import Evidence

_COMPARE = "Compare the numbers with the source; a sign or a digit is easily lost."
_ROUNDING = 1e-9
_READING = ["time_value", "time_window_low", "time_window_high"]
_VALUES = ["estimate", "ci_low", "ci_high", "events", "percent", "statistic", "p_value", "p_text"]


def _float(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("float64")


def _half_unit(printed: pd.Series[Any]) -> pd.Series[Any]:
    """Half a unit of the last printed digit: 0.05 for "12.5", 0.5 for "12"."""
    decimals = printed.str.replace(r"^[^.]*\.?", "", regex=True).str.len()
    return (0.5 * 10.0**-decimals).mask(printed.str.contains("e", case=False), 0.0)


@rule("results.csv")
def estimate_outside_its_interval(evidence: Evidence) -> Iterator[Finding]:
    """An estimate lies within its own confidence interval. If it does not, one of the three
    numbers was misread, most often a minus sign.
    """
    results, printed = evidence.results, evidence.text["results"]
    outside = (results.estimate < results.ci_low) | (results.estimate > results.ci_high)
    for index in where(outside & ~(results.ci_low > results.ci_high)):
        interval = f"{printed.ci_low[index] or 'open'} to {printed.ci_high[index] or 'open'}"
        yield at(evidence, "results", index, "estimate", allowed=interval, hint=_COMPARE)


@rule("results.csv")
def interval_reversed(evidence: Evidence) -> Iterator[Finding]:
    """The lower end of a confidence interval comes first. Reversed ends are often a lost minus
    sign, and every width computed from them would be wrong.
    """
    printed = evidence.text["results"]
    for index in where(evidence.results.ci_low > evidence.results.ci_high):
        allowed = f"{printed.ci_high[index]} (ci_high) or less"
        yield at(evidence, "results", index, "ci_low", allowed=allowed, hint=_COMPARE)


@rule("results.csv")
def window_reversed(evidence: Evidence) -> Iterator[Finding]:
    """A window of readings begins before it ends; otherwise the result would belong to no time."""
    results, printed = evidence.results, evidence.text["results"]
    for index in where(results.time_window_low > results.time_window_high):
        allowed = f"{printed.time_window_high[index]} (time_window_high) or less"
        yield at(evidence, "results", index, "time_window_low", allowed=allowed, hint="Swap them.")


@rule("results.csv", severity="note")
def half_an_interval(evidence: Evidence) -> Iterator[Finding]:
    """An interval with one end is right where the source gives only one limit; otherwise the
    other end was forgotten.
    """
    printed = evidence.text["results"]
    for present, absent in (("ci_low", "ci_high"), ("ci_high", "ci_low")):
        for index in where((printed[present] != "") & (printed[absent] == "")):
            yield at(
                evidence,
                "results",
                index,
                absent,
                found=f"an empty cell beside a {present}",
                hint="Fill it in if the source prints it.",
            )


@rule("results.csv", severity="note")
def interval_without_level(evidence: Evidence) -> Iterator[Finding]:
    """Without its level (mostly 95%) an interval says nothing about precision, so it cannot be
    turned into a standard error.
    """
    printed = evidence.text["results"]
    ends = (printed.ci_low != "") | (printed.ci_high != "")
    for index in where(ends & (printed.ci_level == "")):
        hint = "Fill it in if the source prints it."
        yield at(evidence, "results", index, "ci_level", found="an interval of no level", hint=hint)


@rule("results.csv", "side_effects.csv")
def events_exceed_n(evidence: Evidence) -> Iterator[Finding]:
    """No more people can have an outcome than were counted. If they do, the two numbers come from
    different rows or columns of the source.
    """
    for table in ("results", "side_effects"):
        rows, printed = evidence.table(table), evidence.text[table]
        for index in where(_float(rows.events) > _float(rows.n)):
            allowed = f"{printed.n[index]} (n) or less"
            yield at(evidence, table, index, "events", allowed=allowed, hint=_COMPARE)


@rule("results.csv", "side_effects.csv")
def percent_disagrees_with_events(evidence: Evidence) -> Iterator[Finding]:
    """A percentage follows from the count and the number of people, within the rounding of the
    printed digits. A disagreement shows another denominator or a misread number.
    """
    for table in ("results", "side_effects"):
        rows = evidence.table(table)
        computed = 100 * _float(rows.events) / _float(rows.n).replace(0.0, np.nan)
        gap = (computed - rows.percent).abs()
        for index in where(gap > _half_unit(evidence.text[table].percent) + _ROUNDING):
            allowed = f"{computed[index]:.4g}, which is {rows.events[index]} of {rows.n[index]}"
            hint = "Compare with the source; perhaps it counts other people than `n`."
            yield at(evidence, table, index, "percent", allowed=allowed, hint=hint)


def _times_and_doses(
    evidence: Evidence,
) -> Iterator[tuple[str, str, str, pd.Series[Any], pd.Series[Any]]]:
    """Table, column of the value, column of the unit, where a value is and where none need be."""
    for table, columns, unit in (
        ("results", _READING, "time_unit"),
        ("side_effects", ["time_value"], "time_unit"),
        ("timing", ["lower", "upper"], "unit"),
        ("arms", ["dose"], "dose_unit"),
    ):
        printed = evidence.text[table]
        filled = (printed[columns] != "").any(axis=1)
        excused = printed.schedule != "" if table == "arms" else filled & False
        yield table, columns[0], unit, filled, excused


@rule("results.csv", "side_effects.csv", "timing.csv", "arms.csv", ground=True)
def value_without_unit(evidence: Evidence) -> Iterator[Finding]:
    """A time or a dose without its unit is not a fact: 2 may be hours or weeks."""
    for table, _, unit, filled, _ in _times_and_doses(evidence):
        for index in where(filled & evidence.table(table)[unit].isna()):
            allowed = ", ".join(evidence.schema[table][unit].vocabulary)
            found = "an empty cell beside a number"
            hint = "Take the unit from the source."
            yield at(evidence, table, index, unit, found=found, allowed=allowed, hint=hint)


@rule("results.csv", "side_effects.csv", "timing.csv", "arms.csv")
def unit_without_value(evidence: Evidence) -> Iterator[Finding]:
    """A unit without a number usually means that the number was lost. A dose that varied may be
    given as a range in `schedule` instead.
    """
    for table, value, unit, filled, excused in _times_and_doses(evidence):
        for index in where(~filled & ~excused & evidence.table(table)[unit].notna()):
            printed = evidence.text[table].at[index, unit]
            found = f"{printed!r} with no number in {value!r}"
            hint = "Fill in the number, or delete the unit."
            yield at(evidence, table, index, unit, found=found, hint=hint)


@rule("results.csv", "rules.yml")
def p_and_interval_disagree(evidence: Evidence) -> Iterator[Finding]:
    """A 95% interval excludes "no difference" exactly when p is below 0.05. If the two disagree
    by more than rounding, they belong to different analyses or one was misread.
    """
    results, printed = evidence.results, evidence.text["results"]
    null = results.measure.map(evidence.rules.validation.null_value)
    alpha = (1 - results.ci_level / 100).round(6)
    low_slack, high_slack = _half_unit(printed.ci_low), _half_unit(printed.ci_high)
    p_slack = _half_unit(printed.p_value)
    inside = (results.ci_low + low_slack < null) & (results.ci_high - high_slack > null)
    outside = (results.ci_low - low_slack > null) | (results.ci_high + high_slack < null)
    significant = results.p_value + p_slack <= alpha
    not_significant = results.p_value - p_slack >= alpha
    for index in where((inside & significant) | (outside & not_significant)):
        side = "contains" if inside[index] else "excludes"
        allowed = (
            f"{alpha[index]:g} or {'more' if inside[index] else 'less'}, as the interval "
            f"{printed.ci_low[index]} to {printed.ci_high[index]} {side} {null[index]:g}"
        )
        hint = "Look whether both belong to the same comparison, and move the p-value if not."
        yield at(evidence, "results", index, "p_value", allowed=allowed, hint=hint)


@rule("results.csv", "rules.yml")
def se_and_interval_disagree(evidence: Evidence) -> Iterator[Finding]:
    """Half the width of an interval is 1.96 standard errors at the level of 95%, or somewhat more
    in a small sample. If it is not, the standard error may be a standard deviation.
    """
    results, printed = evidence.results, evidence.text["results"]
    low, high = results.ci_low, results.ci_high
    ratio = (results.measure.map(evidence.rules.validation.null_value) == 1) & (low > 0)
    logs = (np.log(high.where(ratio)) - np.log(low.where(ratio))) / 2
    half = ((high - low) / 2).where(~ratio, logs)
    tolerance = evidence.rules.validation.se_interval_tolerance
    widest = _student_quantile(results, evidence.rules.validation.fewest_people_behind_an_interval)
    narrow = half < results.se * _normal_quantile(results) * (1 - tolerance)
    wide = half > results.se * widest * (1 + tolerance)
    for index in where(narrow | wide):
        expected = half[index] / _normal_quantile(results)[index]
        allowed = (
            f"about {expected:.3g}, from {printed.ci_low[index]} to {printed.ci_high[index]}"
            f"{' on the log scale' if ratio[index] else ''}"
        )
        hint = "Look whether the source means a standard deviation."
        yield at(evidence, "results", index, "se", allowed=allowed, hint=hint)


def _normal_quantile(results: pd.DataFrame) -> pd.Series[Any]:
    """Standard errors in half a width of the interval, in a large sample."""
    levels = results.ci_level[results.ci_level < 100].dropna().unique()
    quantiles = {level: NormalDist().inv_cdf(0.5 + level / 200) for level in levels}
    return results.ci_level.map(quantiles).astype("float64")


def _student_quantile(results: pd.DataFrame, fewest: int) -> pd.Series[Any]:
    """The same in a sample of n: the quantile of t on n - 2 degrees of freedom."""
    df = (_float(results.n).fillna(fewest) - 2).clip(lower=fewest - 2)
    quantiles = stdtrit(df, 0.5 + results.ci_level / 200)
    return pd.Series(quantiles, index=results.index)


def _usual_sd(evidence: Evidence) -> pd.Series[Any]:
    """Per row the median SD of its instrument, missing where too few SDs are known."""
    results = evidence.results
    instrument = results.instrument_id.fillna(results.instrument).fillna("")
    sds = results.sd.groupby(instrument)
    enough = sds.transform("count") >= evidence.rules.validation.fewest_sds_to_compare
    return sds.transform("median").where(enough & (instrument != ""))


@rule("results.csv", "rules.yml")
def sd_looks_like_se(evidence: Evidence) -> Iterator[Finding]:
    """A standard error in the place of a standard deviation makes an effect look several times
    too large. An SD far below the median SD of the same instrument is the sign of it.
    """
    usual = _usual_sd(evidence)
    small = evidence.results.sd * evidence.rules.validation.sd_too_small_factor < usual
    for index in where(small):
        allowed = f"about {usual[index]:.3g}, the median SD of this instrument"
        hint = "Look whether the source means a standard error, and move the number to `se`."
        yield at(evidence, "results", index, "sd", allowed=allowed, hint=hint)


@rule("results.csv", "rules.yml")
def se_looks_like_sd(evidence: Evidence) -> Iterator[Finding]:
    """A standard deviation in the place of a standard error makes a study look useless. An SE as
    large as the SD, or one that would mean an SD far above the usual one, is the sign of it.
    """
    results = evidence.results
    usual = results.sd.fillna(_usual_sd(evidence))
    as_large = results.se >= usual * (1 - evidence.rules.validation.sd_se_ratio_tolerance)
    implied = results.se * np.sqrt(_float(results.n))
    too_large = implied > usual * evidence.rules.validation.sd_too_small_factor
    for index in where(as_large | too_large):
        allowed = f"well below {usual[index]:.3g}, the usual SD"
        hint = "Look whether the source means a standard deviation, and move the number to `sd`."
        yield at(evidence, "results", index, "se", allowed=allowed, hint=hint)


@rule("results.csv", "rules.yml")
def smd_implausibly_large(evidence: Evidence) -> Iterator[Finding]:
    """Treatments seldom move people by more than three standard deviations. A larger number
    usually comes from a standard error that was read as a standard deviation.
    """
    results = evidence.results
    largest = evidence.rules.validation.largest_standardised_effect
    standardised = results.measure.isin(evidence.rules.validation.standardised_measures)
    for index in where(standardised & (results.estimate.abs() > largest)):
        allowed = f"-{largest:g} to {largest:g}"
        hint = "Look how the source computed it; accept it only if it is printed so."
        yield at(evidence, "results", index, "estimate", allowed=allowed, hint=hint)


@rule("results.csv", "rules.yml")
def result_without_value(evidence: Evidence) -> Iterator[Finding]:
    """A row must carry something: a number, a statistic or a p-value. A finding in words carries
    a note or says whom it favours.
    """
    results = evidence.results
    empty = (evidence.text["results"][_VALUES] == "").all(axis=1)
    in_words = results.measure.isin(evidence.rules.validation.measures_in_words)
    said = results.note.notna() | results.favours.isin(["active", "control", "neither"])
    for index in where(empty & ~(in_words & said)):
        found = f"no value of any kind in a row of measure {results.measure[index]!r}"
        hint = "Fill in what the source prints, use the measure 'qualitative', or delete the row."
        yield at(evidence, "results", index, "estimate", found=found, hint=hint)
