"""Sources and printed statistics as they are shipped can be read."""

from evidence_tools.arithmetic.printed.statistics import statistics_in
from evidence_tools.evidence.bibliography import parse_bibliography


def test_every_shipped_entry_is_read(evidence):
    text = (evidence.folder / "references.bib").read_text(encoding="utf-8")
    references, findings = parse_bibliography(text)
    assert findings == ()
    assert len(references) == text.count("\n@") + text.startswith("@")


def test_what_the_evidence_prints_is_read(evidence):
    """Every t, z or F in results.csv that comes with its numbers, found by its letter alone."""
    printed = evidence.results["statistic"].dropna()
    marked = printed[printed.str.contains(r"F\(|\bz=|\bt\(")]
    assert [text for text in marked if not statistics_in(text)] == []
