"""p-values and test statistics as papers print them, read into numbers and their decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from evidence_tools.consistency import Bounds, Statistic, decimals_of, rounded

_NUMBER = r"[-+−]?\s*\d*\.?\d+"
_P = re.compile(r"^\s*[pP]?\s*(?P<sign>[<>=≤≥]=?)?\s*(?P<number>\d*\.?\d+)\s*$")
_DF = r"\s*\(?\s*(?P<df>\d+(?:\.\d+)?)(?:\s*,\s*(?P<df_within>\d+(?:\.\d+)?))?\s*\)?"
_BEFORE = re.compile(rf"\b(?P<kind>F|t|chi2){_DF}\s*=\s*(?P<value>{_NUMBER})")
_AFTER = re.compile(
    rf"\b(?P<kind>F|t|chi2)\s*=\s*(?P<value>{_NUMBER}),\s*df\s*=?\s*"
    r"(?P<df>\d+(?:\.\d+)?)(?:\s*/\s*(?P<df_within>\d+(?:\.\d+)?))?"
)
_Z = re.compile(rf"\b(?P<kind>z)\s*=\s*(?P<value>{_NUMBER})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStatistic:
    """A test statistic: its distribution, every number it can stand for, degrees of freedom."""

    kind: Statistic
    value: Bounds
    df: float | None
    df_within: float | None


def printed_p(p_text: str, p_value: str) -> Bounds | None:
    """Every p-value that the printed one can stand for.

    Parameters
    ----------
    p_text : str
        In the source's own characters, such as "p < .001"; decides where it can be read.
    p_value : str
        The number, as it stands in the table.

    Returns
    -------
    Bounds or None
        None where nothing is printed, or only words are.

    Examples
    --------
    >>> printed_p("p < .001", "")
    Bounds(low=0.0, high=0.001)
    >>> printed_p("P = .010", "0.01").high
    0.0105
    """
    match = _P.match(p_text) or _P.match(p_value)
    if match is None:
        return None
    number, sign = float(match["number"]), (match["sign"] or "=")[0]
    if sign in "<≤":
        return Bounds(low=0.0, high=number)
    if sign in ">≥":
        return Bounds(low=number, high=1.0)
    bounds = rounded(number, decimals_of(match["number"]))
    return Bounds(low=max(bounds.low, 0.0), high=min(bounds.high, 1.0))


def printed_statistic(text: str) -> PrintedStatistic | None:
    """The first test statistic in a text that comes with all its degrees of freedom.

    Parameters
    ----------
    text : str
        Such as "F(1, 14) = 10.14; r = 0.65", "t=-4.29, df=150", "Wilcoxon z=2.24".

    Returns
    -------
    PrintedStatistic or None
        None where there is none, or an F, t or chi2 without degrees of freedom.

    Examples
    --------
    >>> printed_statistic("F(1, 14) = 10.14").df_within
    14.0
    """
    for pattern in (_BEFORE, _AFTER, _Z):
        for match in pattern.finditer(text):
            found = _statistic(match.groupdict())
            if found is not None:
                return found
    return None


def _statistic(parts: dict[str, str | None]) -> PrintedStatistic | None:
    kind, within = parts["kind"], parts.get("df_within")
    if (kind == "F") != (within is not None):
        return None
    number = str(parts["value"]).replace("−", "-").replace(" ", "")
    df = parts.get("df")
    return PrintedStatistic(
        kind=next(name for name in get_args(Statistic) if name == kind),
        value=rounded(float(number), decimals_of(number)),
        df=None if df is None else float(df),
        df_within=None if within is None else float(within),
    )
