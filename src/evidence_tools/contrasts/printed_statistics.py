"""Test statistics as papers print them: t, z and F, read from text with the words around them.

Whether a statistic compares two arms is not decided here; the words say what was tested, so that
others can decide. Text with no statistic, or with more than one, is not read at all.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

_NUMBER = r"([-−–]?\d*\.?\d+)"
_DF = r"(\d+(?:\.\d+)?)"
_FORMS: tuple[tuple[Literal["t", "z", "F"], re.Pattern[str]], ...] = (
    ("F", re.compile(rf"\bF\s*[(\[]?\s*{_DF}\s*[,;]\s*{_DF}\s*[)\]]?\s*=\s*{_NUMBER}")),
    ("t", re.compile(rf"\bt\s*(?:[(\[]\s*{_DF}\s*[)\]]|{_DF})?\s*=\s*{_NUMBER}")),
    ("z", re.compile(rf"\b[zZ]\s*=\s*{_NUMBER}")),
)
_DF_BESIDE = re.compile(rf"\bdf\s*=\s*{_DF}")
_OTHER_NUMBERS = re.compile(r"[\w²η]+\s*[=<>≤≥]\s*[-−–]?\d*\.?\d+")
"""What may stand beside a statistic without saying what was tested: p = .02, r = 0.65."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStatistic:
    """One test statistic as printed.

    Attributes
    ----------
    kind : {"t", "z", "F"}
        Its distribution.
    value : float
        As printed, sign included; an F is 0 or more.
    df_numerator, df : float or None
        Degrees of freedom: both of an F, `df` of a t; None where not printed.
    words : str
        Lower-case words around it, such as "time x treatment"; empty without any.
    """

    kind: Literal["t", "z", "F"]
    value: float
    df_numerator: float | None
    df: float | None
    words: str

    @property
    def as_t(self) -> float | None:
        """Size of the t statistic of the same test; None for an F of several differences."""
        if self.kind != "F":
            return abs(self.value)
        return math.sqrt(self.value) if self.df_numerator == 1 else None


def read_statistic(text: str) -> PrintedStatistic | None:
    """The one test statistic in a printed text.

    Parameters
    ----------
    text : str
        For example "t(18) = 2.3", "F(1, 22)=5.1", "Wilcoxon z=2.24".

    Returns
    -------
    PrintedStatistic or None
        None where the text holds no t, z or F with its value, or more than one.

    Examples
    --------
    >>> read_statistic("F(1, 22) = 4.0").as_t
    2.0
    >>> read_statistic("Time x Treatment F(9,115)=2.6").words
    'time x treatment'
    """
    found = [(kind, match) for kind, form in _FORMS for match in form.finditer(text)]
    if len(found) != 1:
        return None
    kind, match = found[0]
    *printed, value = match.groups()
    if kind == "t" and (beside := _DF_BESIDE.search(text)):
        printed.append(beside[1])
    degrees = [float(number) for number in printed if number is not None]
    if kind == "F" and _number(value) < 0:
        return None
    return PrintedStatistic(
        kind=kind,
        value=_number(value),
        df_numerator=degrees[0] if kind == "F" else None,
        df=degrees[-1] if degrees else None,
        words=_words(text[: match.start()] + " " + text[match.end() :]),
    )


def _words(text: str) -> str:
    """The words of a text without other numbers that are named in it."""
    words = re.findall(r"[^\W\d_]+|×|\*", _OTHER_NUMBERS.sub(" ", text).lower())
    return " ".join(words)


def _number(printed: str) -> float:
    return float(printed.replace("−", "-").replace("–", "-"))
