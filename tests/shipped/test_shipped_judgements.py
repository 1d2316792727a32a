"""Judgements of risk of bias as they are shipped: whole, of one document, drafts until signed."""

from evidence_tools.checks import judgements


def test_every_trial_that_may_decide_is_judged_and_no_other(evidence):
    needed = evidence.studies.loc[judgements.may_decide(evidence), "study_id"]
    assert set(needed) == set(evidence.risk_of_bias["study_id"])


def test_one_trial_is_judged_for_one_outcome(evidence):
    assert evidence.risk_of_bias.groupby("study_id")["outcome"].nunique().max() == 1


def test_what_no_person_confirmed_is_a_draft(evidence):
    judged = evidence.risk_of_bias
    by_rule = judged["rater"].isin(evidence.rules.validation.raters_that_are_rules)
    assert set(judged.loc[by_rule, "status"]) <= {"draft"}


def test_the_document_judged_is_the_one_of_the_study(evidence):
    judged = evidence.risk_of_bias
    studies = evidence.studies.set_index("study_id")
    for column in ("reference", "source_level"):
        assert (judged[column] == judged["study_id"].map(studies[column])).all()


def test_trials_called_open_are_not_judged_as_blinded(evidence):
    studies = evidence.studies.set_index("study_id")
    judged = evidence.risk_of_bias.assign(
        blinding=evidence.risk_of_bias["study_id"].map(studies["blinding"])
    )
    blind = judged["reason"].str.startswith("Described as double-blind")
    assert set(judged.loc[blind, "blinding"]) <= {"double"}
    open_ones = judged[(judged["blinding"] == "none") & (judged["domain"] == "deviations")]
    assert "low" not in set(open_ones["judgement"])


def test_people_named_in_a_reason_are_numbers_of_the_study(evidence):
    """Each "all N are in the analysis" agrees with what the study, its arms or its rows say."""
    judged = evidence.risk_of_bias
    whole = judged["reason"].str.extract(r"^All (\d+) ")[0].dropna().astype(int)
    studies = evidence.studies.set_index("study_id")
    for index, people in whole.items():
        study = judged.at[index, "study_id"]
        own = studies.loc[study, ["n_enrolled", "n_analysed"]].dropna().astype(int).tolist()
        arms = evidence.arms[evidence.arms["study_id"] == study]
        own += [int(arms[column].sum()) for column in ("n_randomised", "n_analysed")]
        own += arms["n_randomised"].dropna().astype(int).tolist()
        assert people in own, study
