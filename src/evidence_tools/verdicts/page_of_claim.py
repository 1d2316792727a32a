"""Everything behind one claim's verdict, what a reader needs first on top."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_tools.base.words import count_words
from evidence_tools.display.cells import ROUTES, source_link
from evidence_tools.display.display import Cell, Lines, Link, Piece, Table
from evidence_tools.display.style import HARM_GROUPS
from evidence_tools.questions.side_effect_counts.named import side_effects_common
from evidence_tools.questions.side_effect_times.tallies import GONE, lasting_longer
from evidence_tools.verdicts.certainty import claim_certainty
from evidence_tools.verdicts.votes import AGAINST, FOR, Vote
from evidence_tools.verdicts.words import (
    certainty_words,
    find_assessment,
    look_mark,
    rating_of,
    rung_words,
    source_words,
    verdict_line,
    why,
)

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence
    from evidence_tools.verdicts.ledger import ClaimAssessment, ClaimLedger, PartResult
    from evidence_tools.verdicts.tally import Tally

_SIDES = {FOR: "for", AGAINST: "against"}
_CONTROLS = {name: look.words for name, look in HARM_GROUPS.items()}
_CONTROLS |= {"": "no control group", "none": "no control group"}
_CONTROLS |= {"ect": "electroconvulsive therapy", "ketamine": "another dose of ketamine"}
_NAMES = re.compile(r" \([a-z0-9_, -]+\)")
"""Programmes in brackets, as the rule names them; the tallies say whose rows they are."""

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBlock:
    """One claim with the evidence it was held against.

    `assessment`: the claim with its votes.
    `ledger`: all claims, for what the page says elsewhere.
    """

    evidence: Evidence
    assessment: ClaimAssessment
    ledger: ClaimLedger

    def table(self) -> Table:
        """Verdict, certainty and reason; what it does not mean; then the tests and their rows."""
        counting = self.assessment.counting
        rows = [
            *self._answer(),
            *((f"Test: {result.part.asks}", self._test(result)) for result in counting),
            *self._deciding(),
            ("Could have shown otherwise", self._could_contradict()),
            *self._how_given(),
            *self._blinding(),
            *self._beside(),
            *harms_beside(self.assessment, self.evidence),
            *self._elsewhere(),
        ]
        columns = ("The page says", self.assessment.claim.claim)
        return Table(columns=columns, rows=tuple(rows), stacked=True)

    def _answer(self) -> Iterator[Row]:
        recorded = self.assessment.recorded or {}
        yield ("Verdict", Lines((verdict_line(self.assessment),)))
        yield ("How sure we are", self._certainty())
        yield ("Why", why(self.assessment))
        if recorded:
            yield ("What it does not mean", recorded["does_not_mean"])
            yield ("What would change it", recorded["would_change"])

    def _certainty(self) -> Lines:
        proposed = claim_certainty(self.assessment, self.evidence)
        rating = certainty_words(rating_of(self.evidence, self.assessment))
        if proposed is None:
            facts = "it rests on facts, which are not rated" if self.assessment.deciding else ""
            return Lines(((f"{rating}: {facts or 'nothing could decide'}",),))
        steps = "; ".join(_unnamed(s.reason) for s in proposed.steps if s.levels)
        lines = [(f"{rating}{self._draft()}",), (f"rests on {proposed.rests_on}",)]
        return Lines((*lines, *([(f"lowered because: {steps}",)] if steps else [])))

    def _draft(self) -> str:
        """A certainty is a draft until a person has confirmed it."""
        recorded = self.evidence.certainty
        mine = recorded[recorded["subject"] == self.assessment.claim.claim_id]
        return "" if (mine["status"] == "confirmed").any() else ", draft"

    def _test(self, result: PartResult) -> Lines:
        """The verdict of one test, what is missing for a better one, and who said what."""
        proposal = result.proposal
        missing = _unnamed(proposal.why)
        told = [tally for tally in result.tallies if tally.decided]
        silent = len(result.votes) - sum(vote.decided for vote in result.votes)
        could_not = f"{count_words(silent, 'row')} could not tell" if silent else ""
        first: tuple[Piece, ...] = (look_mark(proposal.verdict),)
        if told:
            first = (*first, f" ({rung_words(proposal.rung)}): {missing}")
        lines = [first, *((self._tally(tally, result.votes),) for tally in told)]
        return Lines((*lines, *([(could_not,)] if could_not else [])))

    def _tally(self, tally: Tally, votes: Sequence[Vote]) -> str:
        """The rows of one rung for and against, with the programmes and studies behind them."""
        programmes = {FOR: tally.programmes_for, AGAINST: tally.programmes_against}
        told = []
        for side, word in _SIDES.items():
            labels = (self._short(v) for v in votes if (v.rung, v.relation) == (tally.rung, side))
            studies = ", ".join(dict.fromkeys(labels))
            voices = count_words(len(programmes[side]), "programme")
            rows = count_words(tally.counts[side], "row")
            told.append(f"{rows} {word}, from {voices} ({studies})" if studies else f"none {word}")
        return f"{rung_words(tally.rung)}: {'; '.join(told)}"

    def _short(self, vote: Vote) -> str:
        """The label up to its first comma, colon or bracket."""
        return re.split(r" \(|, |: ", self._label(vote))[0]

    def _deciding(self) -> Iterator[Row]:
        votes = self.assessment.deciding
        for side, word in _SIDES.items():
            chosen = [vote for vote in votes if vote.relation == side]
            if chosen:
                yield (f"Rows {word} it that decide", self._rows(chosen))

    def _rows(self, votes: Iterable[Vote]) -> Lines:
        """Study, what it says, and a link to the page where that was read; each row once."""
        lines: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for vote in votes:
            lines[self._label(vote), vote.reason.rstrip(".")] += self._links(vote)
        return Lines(tuple(_said(label, reason, links) for (label, reason), links in lines.items()))

    def _label(self, vote: Vote) -> str:
        known = vote.label in self.evidence.references
        return source_words(self.evidence, vote.label) if known else vote.label

    def _links(self, vote: Vote) -> Iterator[Link]:
        """The source of each row of a vote; hovering names the row and the place."""
        rows = self.evidence.table(vote.table)
        key = self.evidence.schema[vote.table].primary_key[0]
        for row_id in vote.row_ids:
            link = source_link(self.evidence, rows[rows[key] == row_id].iloc[0])
            yield Link(link.words, link.url, f"{row_id}: {link.title}".rstrip(": "))

    def _could_contradict(self) -> Lines:
        found: dict[str, list[Link]] = defaultdict(list)
        for vote in self.assessment.votes:
            if vote.could_contradict:
                found[self._label(vote)] += self._links(vote)
        lines = tuple(_said(label, "", links) for label, links in found.items())
        return Lines(lines, empty="nothing in the evidence could have")

    def _how_given(self) -> Iterator[Row]:
        """By which route and against which control the rows that decide were seen."""
        votes = [vote for vote in self.assessment.deciding if vote.drug]
        if votes:
            yield ("Given", _counted(f"{v.drug}, {ROUTES.get(v.route, v.route)}" for v in votes))
            controls = (_CONTROLS.get(v.comparator, v.comparator) for v in votes)
            yield ("Control in the study", _counted(controls))

    def _blinding(self) -> Iterator[Row]:
        """Whether blinding was probably lost, with what was found once the drug had worn off."""
        votes = self.assessment.deciding
        early = sum(vote.unblinded for vote in votes)
        if not early:
            return
        share = f"{early} of {count_words(len(votes), 'row')}"
        felt = f"{share} rated while drug effects were present; blinding was probably lost"
        lines: list[tuple[Piece, ...]] = [(felt,)]
        for result in self.assessment.results:
            if _is_later(result):
                first, *others = self._test(result).lines
                lines += [(f"later, {result.part.asks}: ", *first), *others]
        yield ("Could people tell?", Lines(tuple(lines)))

    def _beside(self) -> Iterator[Row]:
        for result in self.assessment.results:
            if result.part.beside and not (_is_later(result) and self._is_early()):
                yield (f"Beside it: {result.part.asks}", self._test(result))

    def _is_early(self) -> bool:
        return any(vote.unblinded for vote in self.assessment.deciding)

    def _elsewhere(self) -> Iterator[Row]:
        """What the page says elsewhere against this claim."""
        for claim_id in self.assessment.claim.differs_from:
            other = find_assessment(self.ledger, claim_id)
            where = f"#{claim_id}" if other.claim.headline else ""
            line = (Link(other.claim.claim, where), " ", *verdict_line(other))
            yield ("The page also says", Lines((line,)))


def _is_later(result: PartResult) -> bool:
    """True for the reading beside a claim that compares with a control when the drug is over."""
    return result.part.beside and result.part.kind == "contrast"


def _said(label: str, reason: str, links: Sequence[Link]) -> tuple[Piece, ...]:
    """Study, reason, and one link per page that was read, with all its rows on hovering."""
    titles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in links:
        titles[link.words, link.url].append(link.title)
    said: list[Piece] = [f"{label}: {reason} (" if reason else f"{label} ("]
    for place, ((words, url), found) in enumerate(titles.items()):
        said += [*([", "] if place else []), Link(words, url, "; ".join(dict.fromkeys(found)))]
    return (*said, ")")


def _unnamed(words: str) -> str:
    return _NAMES.sub("", words)


def _counted(names: Iterable[str]) -> str:
    """Names with the number of rows of each."""
    return "; ".join(f"{name} ({count_words(n, 'row')})" for name, n in Counter(names).items())


LONGER = "Lasted more than a day"
NOBODY = "not counted in any study"
LEFT_OUT = "As common, and not named by the page"


def harms_beside(assessment: ClaimAssessment, evidence: Evidence) -> Iterator[Row]:
    """What a claim on side effects leaves out; nothing for every other claim. Of a claim that they
    are gone, the people in whom they lasted longer, a part of those treated, which never votes; of
    one that names common ones, those as common and not named.
    """
    parts = [result.part for result in assessment.counting]
    if any(GONE in part.events for part in parts):
        yield (LONGER, _longer(evidence, {term for part in parts for term in part.terms}))
    if any(part.kind == "incidence" for part in parts):
        left_out = side_effects_common(evidence).unnamed
        names = dict.fromkeys(one.label.lower() for one in left_out)
        yield (LEFT_OUT, ", ".join(names) or "none")


def _longer(evidence: Evidence, terms: Collection[str]) -> str:
    """People in whom an effect lasted longer; all effects where a claim names none."""
    lines = lasting_longer(evidence).dropna(subset=["events", "n"])
    labels = evidence.side_effect_terms.set_index("term")["label"]
    told: dict[str, list[str]] = defaultdict(list)
    for line in lines.to_dict("records"):
        if line["events"] and (not terms or line["term"] in terms):
            name = str(labels[line["term"]]).lower()
            words = f"{name} in {line['events']:.0f} of {line['n']:.0f} people"
            told[line["label"]].append(words)
    return "; ".join(f"{label}: {', '.join(words)}" for label, words in told.items()) or NOBODY
