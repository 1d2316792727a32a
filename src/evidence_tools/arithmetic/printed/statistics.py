"""Test statistics and p-values as papers print them, read into numbers and their decimals.

Whether a statistic compares two arms is not decided here; the words around it say what was tested,
so that others can decide.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import get_args

from evidence_tools.arithmetic.printed.agreement import Bounds, Statistic, decimals_of, rounded

_VALUE = r"=\s*(?P<value>[-+−–]?\s*\d*\.?\d+)"
_DF, _WITHIN = r"(?P<df>\d+(?:\.\d+)?)", r"(?P<within>\d+(?:\.\d+)?)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\b(?P<kind>F)\s*[(\[]?\s*{_DF}\s*[,;]\s*{_WITHIN}\s*[)\]]?\s*{_VALUE}",
        rf"\b(?P<kind>F)\s*{_VALUE},\s*df\s*=?\s*{_DF}\s*/\s*{_WITHIN}",
        rf"\b(?P<kind>t|chi2)\s*(?:[(\[]?\s*{_DF}\s*[)\]]?)?\s*{_VALUE}",
        rf"\b(?P<kind>[zZ])\s*{_VALUE}",
    )
)
_DF_BESIDE = re.compile(rf"\bdf\s*=?\s*{_DF}")
_OTHER_NUMBERS = re.compile(r"[\w²η]+\s*[=<>≤≥]\s*[-−–]?\d*\.?\d+")
"""What may stand beside a statistic without saying what was tested: p = .02, r = 0.65."""
_P = re.compile(r"^\s*[pP]?\s*(?P<sign>[<>=≤≥]=?)?\s*(?P<number>\d*\.?\d+)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStatistic:
    """One test statistic as printed.

    Attributes
    ----------
    kind : {"t", "z", "F", "chi2"}
        Its distribution.
    number : float
        As printed, sign included; an F is 0 or more.
    value : Bounds
        Every number that the printed one can stand for.
    df, df_within : float or None
        Degrees of freedom, both of an F; None where not printed.
    words : str
        Lower-case words around it, such as "time x treatment"; empty without any.
    """

    kind: Statistic
    number: float
    value: Bounds
    df: float | None
    df_within: float | None
    words: str

    @property
    def complete(self) -> bool:
        """True if its distribution is known."""
        return self.kind == "z" or self.df is not None

    @property
    def df_of_error(self) -> float | None:
        """Degrees of freedom that grow with the number of people."""
        return self.df_within if self.kind == "F" else self.df

    @property
    def as_t(self) -> float | None:
        """Size of the t statistic of the same test; None for an F of several differences."""
        if self.kind != "F":
            return abs(self.number)
        return math.sqrt(self.number) if self.df == 1 else None


def statistics_in(text: str) -> tuple[PrintedStatistic, ...]:
    """Every t, z, F (with its degrees of freedom) and chi² in a printed text, in its order.

    >>> statistics_in("F(1, 22) = 4.0")[0].as_t
    2.0
    >>> statistics_in("Time x Treatment F(9,115)=2.6")[0].words
    'time x treatment'
    """
    found = (match for form in _FORMS for match in form.finditer(text))
    read = (_read(text, match) for match in sorted(found, key=lambda match: match.start()))
    return tuple(one for one in read if one.kind != "F" or one.number >= 0)


def _read(text: str, match: re.Match[str]) -> PrintedStatistic:
    parts = match.groupdict()
    kind = next(name for name in get_args(Statistic) if name.lower() == parts["kind"].lower())
    printed = re.sub("[−–]", "-", parts["value"]).replace(" ", "")
    beside = _DF_BESIDE.search(text) if kind in ("t", "chi2") else None
    df, within = parts.get("df") or (beside and beside["df"]), parts.get("within")
    return PrintedStatistic(
        kind=kind,
        number=float(printed),
        value=rounded(float(printed), decimals_of(printed)),
        df=float(df) if df else None,
        df_within=float(within) if within else None,
        words=_words(text[: match.start()] + " " + text[match.end() :]),
    )


def _words(text: str) -> str:
    """The words of a text without other numbers that are named in it."""
    return " ".join(re.findall(r"[^\W\d_]+|×|\*", _OTHER_NUMBERS.sub(" ", text).lower()))


def printed_p(p_text: str, p_value: str) -> Bounds | None:
    """Every p-value that the printed one can stand for.

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
