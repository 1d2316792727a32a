"""Risk of bias for readers: figures and tables, counted again from the files."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from evidence_tools.display.style import JUDGEMENT_WORDS, JUDGEMENTS, RUNGS
from evidence_tools.questions.who_was_studied.risk_of_bias import DOMAIN_WORDS, HEADS, risk_of_bias
from spoiling import read_rows


@pytest.fixture(scope="module")
def bias(evidence):
    return risk_of_bias(evidence)


def test_every_domain_and_judgement_of_the_vocabulary_has_its_words(evidence):
    schema = evidence.schema["risk_of_bias"]
    assert set(HEADS) == set(DOMAIN_WORDS) == set(schema["domain"].vocabulary)
    assert list(JUDGEMENTS) == list(JUDGEMENT_WORDS)
    assert tuple(JUDGEMENTS) == evidence.rules.risk_of_bias.severity


def test_every_judged_trial_stands_once_nearest_rung_first(bias, evidence):
    trials = {row["study_id"] for row in read_rows(evidence.folder, "risk_of_bias")}
    assert sorted(bias.trials["study_id"]) == sorted(trials)
    order = [list(RUNGS).index(name) for name in bias.trials["directness"]]
    assert order == sorted(order)


def test_the_table_counts_the_judgements_of_the_file(bias, evidence):
    counts = Counter(
        (row["domain"], row["judgement"]) for row in read_rows(evidence.folder, "risk_of_bias")
    )
    for domain, row in zip(HEADS, bias.table("shares").rows, strict=True):
        assert list(row) == [DOMAIN_WORDS[domain], *(str(counts[domain, n]) for n in JUDGEMENTS)]


def test_shares_are_weighted_by_people_and_make_a_whole(bias, evidence):
    people = {
        row["study_id"]: float(row["n_analysed"] or row["n_enrolled"] or 0)
        for row in read_rows(evidence.folder, "studies")
    }
    weights = defaultdict(float)
    for row in read_rows(evidence.folder, "risk_of_bias"):
        weights[row["domain"], row["judgement"]] += people[row["study_id"]]
    drawn = [text.get_text() for text in bias.picture("shares").axes.texts]
    for domain in HEADS:
        whole = sum(weights[domain, name] for name in JUDGEMENTS)
        shares = {name: weights[domain, name] / whole for name in JUDGEMENTS}
        assert sum(shares.values()) == pytest.approx(1)
        largest = max(shares, key=lambda name: shares[name])
        assert f"{JUDGEMENTS[largest].symbol} {shares[largest]:.0%}" in drawn


def test_the_summary_says_how_the_trials_were_judged_overall(bias, evidence):
    rows = read_rows(evidence.folder, "risk_of_bias")
    overall = Counter(row["judgement"] for row in rows if row["domain"] == "overall")
    for name, words in JUDGEMENT_WORDS.items():
        assert f"{words}: {overall[name]}" in bias.summary()
    assert "no person has confirmed any" in bias.summary()


def test_a_confirmed_judgement_is_no_longer_called_a_draft(evidence):
    judged = evidence.risk_of_bias.copy()
    judged.loc[judged.index[0], "status"] = "confirmed"
    summary = risk_of_bias(replace(evidence, risk_of_bias=judged)).summary()
    assert f"{len(judged) - 1} of {len(judged)} judgements are drafts" in summary
    assert "a person confirmed 1" in summary


def test_a_retracted_trial_is_marked_in_the_figure_and_in_the_table(bias):
    labels = [text.get_text() for text in bias.picture("indirect").axes.texts]
    assert sum("[RETRACTED]" in label for label in labels) == 1
    marked = [str(row[0]) for row in bias.table("indirect").rows if "[RETRACTED]" in str(row[0])]
    assert len(marked) == 1


def test_nothing_judged_draws_an_empty_figure(evidence):
    none = risk_of_bias(replace(evidence, risk_of_bias=evidence.risk_of_bias.iloc[:0]))
    for name in ("near", "shares"):
        texts = [text.get_text() for text in none.picture(name).axes.texts]
        assert texts == ["no trial was judged"]
    assert repr(none.table("near")) == "No trial was judged."
