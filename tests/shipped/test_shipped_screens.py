"""The integrity screens on the shipped evidence: thresholds and recorded digits fit its rows."""


def test_recorded_decimals_are_no_fewer_than_the_digits_that_are_left(evidence):
    """Trailing zeros are lost in the table, other digits are not."""
    printed = evidence.text["results"]
    recorded = printed[printed.decimals != ""]
    assert len(recorded)
    for name in ("estimate", "sd"):
        left = recorded[name].str.partition(".")[2].str.rstrip("0").str.len()
        assert (left <= recorded.decimals.astype(int)).all()


def test_words_in_the_thresholds_are_words_of_the_evidence(evidence):
    rules, schema = evidence.rules.integrity, evidence.schema
    assert set(rules.whole_point_instruments) <= set(evidence.instruments.instrument_id)
    assert set(rules.symmetric_measures) <= set(schema["results"]["measure"].vocabulary)
    assert set(rules.units_of_people) <= set(evidence.side_effects.instrument_or_unit)
