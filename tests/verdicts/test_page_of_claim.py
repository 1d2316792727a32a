"""A claim's block: the answer on top, then tests and rows, each row with its source."""

import re

import pytest

import evidence_tools as et
from evidence_tools.display.display import Lines, Link
from evidence_tools.verdicts.votes import AGAINST, FOR
from evidence_tools.verdicts.words import rating_of


@pytest.fixture(scope="module")
def shown(evidence):
    return et.claim_verdicts(evidence)


@pytest.fixture(scope="module")
def blocks(evidence, shown):
    return {claim.claim_id: shown.table(claim.claim_id) for claim in evidence.claims}


def cells(table):
    return {str(row[0]): row[1] for row in table.rows}


def links(cell):
    return [piece for line in cell.lines for piece in line if isinstance(piece, Link)]


def test_the_answer_stands_first(evidence, blocks):
    first = ["Verdict", "How sure we are", "Why", "What it does not mean", "What would change it"]
    for claim in evidence.claims:
        table = blocks[claim.claim_id]
        assert table.columns == ("The page says", claim.claim)
        assert [str(row[0]) for row in table.rows][:5] == first
        assert table.stacked


def test_every_test_is_named_those_beside_it_too(evidence, shown, blocks):
    for assessment in shown.ledger.assessments:
        names = [str(row[0]) for row in blocks[assessment.claim.claim_id].rows]
        told = str(cells(blocks[assessment.claim.claim_id]).get("Could people tell?"))
        for result in assessment.results:
            asks = result.part.asks
            found = [name for name in names if name.endswith(f": {asks}")]
            assert len(found) == (0 if f"later, {asks}" in told else 1)
        assert names.count("The page also says") == len(assessment.claim.differs_from)


def test_no_id_of_a_test_a_programme_or_a_row_is_shown(evidence, blocks):
    """Labels in place of ids; a row's id appears on hovering only."""
    own = set(evidence.studies["programme"].dropna()) - set(evidence.studies["label"])
    own = {name for name in own if "-" in name}
    tests = {test.test_id for claim in evidence.claims for test in claim.tests}
    known = own | {name for name in tests if "-" in name} | set(evidence.references)
    for table in blocks.values():
        words = re.split(r"[^a-z0-9_-]+", repr(table))
        assert not known & set(words) - {"off-label"}  # a plain word too
        assert not re.search(r"\b[a-z0-9-]+/[rts]\d+\b", repr(table))


def test_every_row_that_decides_has_its_source(shown, blocks):
    for assessment in shown.ledger.assessments:
        block = cells(blocks[assessment.claim.claim_id])
        for side, word in ((FOR, "for"), (AGAINST, "against")):
            chosen = [v for v in assessment.deciding if v.relation == side]
            cell = block.get(f"Rows {word} it that decide")
            assert (cell is None) == (not chosen)
            hovered = " ".join(link.title for link in links(cell)) if cell else ""
            assert all(row_id in hovered for vote in chosen for row_id in vote.row_ids)


def test_a_row_links_to_the_page_on_which_it_was_read(evidence, blocks):
    link = links(cells(blocks["onset-hours"])["Rows for it that decide"])[0]
    row_id = link.title.partition(":")[0]
    row = evidence.timing.set_index("timing_id").loc[row_id]
    assert link.url == row["url"]
    assert link.title == f"{row_id}: {row['locator']}"


def test_what_could_have_shown_otherwise_is_named_or_said_to_be_nothing(shown, blocks):
    for assessment in shown.ledger.assessments:
        cell = cells(blocks[assessment.claim.claim_id])["Could have shown otherwise"]
        hovered = " ".join(link.title for link in links(cell))
        assert all(row_id in hovered for row_id in assessment.could_contradict)
        if not assessment.could_contradict:
            assert str(cell) == "nothing in the evidence could have"


def test_lost_blinding_stands_with_the_later_reading(shown, blocks):
    assessment = shown.ledger["onset-hours"]
    early = [vote for vote in assessment.deciding if vote.unblinded]
    told = str(cells(blocks["onset-hours"])["Could people tell?"])
    assert early
    assert told.startswith(f"{len(early)} of {len(assessment.deciding)} rows rated while")
    assert "later, relief against a control about 24 hours" in told


def test_certainty_says_on_how_many_people_and_programmes_it_rests(evidence, shown, blocks):
    for assessment in shown.ledger.assessments:
        told = str(cells(blocks[assessment.claim.claim_id])["How sure we are"])
        rated = not told.startswith("not rated")
        assert rated == bool(rating_of(evidence, assessment))
        pattern = r"rests on \d+ people( and \d+ stud(y|ies) of unseen size)?, \d+ programmes?, "
        assert not rated or re.search(pattern + "seen in (abstracts|full texts|drug labels)", told)
        assert not rated or ", draft; " in told


def test_what_the_page_also_says_leads_to_its_block(blocks):
    cell = cells(blocks["side-effects-peak-30-min"])["The page also says"]
    assert isinstance(cell, Lines)
    assert [link.url for link in links(cell)] == ["#side-effects-peak-midway"]
