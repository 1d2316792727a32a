"""Risk of bias: the rules that hold the table, and what the shipped judgements keep to."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from evidence_tools.checks import judgements
from evidence_tools.checks.registry import RULES

BESIDE = "functional-unblinding"
PARALLEL = (
    "randomisation",
    "deviations",
    "missing-data",
    "measurement",
    "selective-reporting",
    BESIDE,
)


def table(evidence, study="ford-2021", *, overall="low", **words) -> pd.DataFrame:
    """Judgements of one trial: low everywhere but where told."""
    names = {domain.replace("-", "_"): domain for domain in (*PARALLEL, "period-and-carry-over")}
    judged = dict.fromkeys(PARALLEL, "low") | {names[key]: word for key, word in words.items()}
    rows = [
        {
            "study_id": study,
            "domain": domain,
            "judgement": word,
            "reason": "The rows tell nothing else.",
            "rater": "draft-rule",
            "status": "draft",
        }
        for domain, word in (judged | {"overall": overall}).items()
        if word is not None
    ]
    frame = pd.DataFrame(rows, columns=evidence.schema["risk_of_bias"].columns)
    return frame.astype("str").where(frame.notna())


def told(evidence, slug: str, judged: pd.DataFrame) -> list[tuple[str, str]]:
    """Row and allowed words of what a rule says about these judgements."""
    text = dict(evidence.text) | {"risk_of_bias": judged.fillna("")}
    changed = replace(evidence, risk_of_bias=judged, text=text)
    return [(f.row_id, f.allowed or f.found) for f in RULES[slug].findings(changed)]


# --- overall ---


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ({}, "low"),
        ({"randomisation": "no-information"}, "no-information"),
        ({"randomisation": "no-information", "measurement": "some-concerns"}, "some-concerns"),
        ({"deviations": "some-concerns", "missing_data": "some-concerns"}, "some-concerns"),
        ({"randomisation": "no-information", "selective_reporting": "high"}, "high"),
    ],
)
def test_overall_is_the_worst_domain_and_no_information_is_worse_than_low(evidence, words, overall):
    for word in ("low", "no-information", "some-concerns", "high"):
        said = told(evidence, "overall-is-not-the-worst", table(evidence, overall=word, **words))
        assert said == ([] if word == overall else [("ford-2021 overall", repr(overall))])


def test_functional_unblinding_stands_beside_and_does_not_enter_overall(evidence):
    judged = table(evidence, functional_unblinding="high")
    assert told(evidence, "overall-is-not-the-worst", judged) == []


def test_carry_over_enters_the_overall_of_a_crossover_trial(evidence):
    judged = table(evidence, "lane-2018", period_and_carry_over="high")
    assert told(evidence, "overall-is-not-the-worst", judged) == [("lane-2018 overall", "'high'")]


# --- domains ---


def test_a_crossover_trial_has_one_domain_more(evidence):
    said = told(evidence, "domain-missing", table(evidence, "lane-2018"))
    assert said == [("lane-2018 randomisation", "no period-and-carry-over for 'lane-2018'")]
    judged = table(evidence, "lane-2018", period_and_carry_over="low")
    assert told(evidence, "domain-missing", judged) == []
    assert told(evidence, "domain-of-another-design", judged) == []


def test_a_parallel_trial_has_no_carry_over(evidence):
    judged = table(evidence, period_and_carry_over="low")
    assert told(evidence, "domain-of-another-design", judged) == [
        ("ford-2021 period-and-carry-over", "the domains of 'rct-parallel'")
    ]
    assert told(evidence, "domain-missing", judged) == []


def test_every_missing_domain_is_named_in_one_finding(evidence):
    judged = table(evidence, overall=None, randomisation=None, functional_unblinding=None)
    assert told(evidence, "domain-missing", judged) == [
        (
            "ford-2021 deviations",
            "no randomisation, no functional-unblinding, no overall for 'ford-2021'",
        )
    ]


# --- which trials ---


def test_a_trial_counts_by_its_rung_its_design_and_what_it_reports(evidence):
    studies = evidence.studies.set_index("study_id").index
    needed = set(studies[judgements.may_decide(evidence).to_numpy()])
    assert {"lane-2018", "ford-2021", "nash-2018", "ames-2025"} <= needed
    assert "reed-2017" not in needed, "open: no controlled design"
    assert "review-2021" not in needed, "a review"


def test_a_trial_without_judgement_is_a_note_that_names_it(evidence):
    judged = evidence.risk_of_bias
    rest = judged[judged["study_id"] != "lane-2018"].reset_index(drop=True)
    assert told(evidence, "trial-without-judgement", rest) == [
        ("lane-2018", "no judgement of 'lane-2018'")
    ]
    assert RULES["trial-without-judgement"].severity == "note"


@pytest.mark.parametrize("rater", ["draft-rule", "Draft Rule", "draft_rule, second edition"])
@pytest.mark.parametrize("table", ["risk_of_bias", "verdicts", "certainty"])
def test_a_rule_never_confirms_however_its_name_is_written(evidence, table, rater):
    judged = evidence.table(table).assign(rater=rater)
    drafts = replace(evidence, **{table: judged.assign(status="draft")})
    assert list(RULES["confirmed-by-a-rule"].findings(drafts)) == []
    signed = replace(evidence, **{table: judged.assign(status="confirmed")})
    found = list(RULES["confirmed-by-a-rule"].findings(signed))
    assert {finding.file for finding in found} == {f"{table}.csv"}
    assert len(found) == len(judged)


def test_words_of_the_rule_are_words_of_the_vocabulary(evidence):
    rule, schema = evidence.rules.risk_of_bias, evidence.schema["risk_of_bias"]
    assert set(rule.severity) == set(schema["judgement"].vocabulary)
    assert [*rule.domains, *rule.domains_beside, "overall"] == list(schema["domain"].vocabulary)
    studies = evidence.schema["studies"]
    assert set(rule.crossover_designs) <= set(studies["design"].vocabulary)
    assert set(rule.rungs_that_decide) <= set(studies["directness"].vocabulary)
    constructs = evidence.schema["results"]["construct"].vocabulary
    assert set(rule.constructs_that_decide) <= set(constructs)
