"""Durations group by group for readers: tables, picture, sentences and records agree."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import evidence_tools as et
from evidence_tools.arithmetic.intervals import event_intervals
from evidence_tools.arithmetic.intervals.bootstrap import bootstrap_band
from evidence_tools.arithmetic.intervals.parametric import fit_families
from evidence_tools.questions.duration.groups import CONDITIONS, PHASES
from evidence_tools.questions.duration.page_groups import _models


@pytest.fixture(scope="module")
def groups(evidence):
    return et.duration_groups(evidence)


def plain(table, column):
    return [record[column] for record in table.to_records()]


def test_table_has_one_row_per_group(groups):
    table = groups.table()
    shown = list(zip(plain(table, "Group"), plain(table, "Dosing"), strict=True))
    assert shown == [(CONDITIONS[g.condition], PHASES[g.phase]) for g in groups.synthesis.groups]
    used = [f"{len(g.intervals)} of {len(g.periods)}" for g in groups.synthesis.groups]
    assert plain(table, "Used") == used


def test_everything_left_out_is_in_the_folded_table_with_its_reason(groups):
    left, table = groups.synthesis.left_out(), groups.table("left-out")
    assert plain(table, "Left out because") == list(left["reason"])
    assert all(plain(table, "Left out because"))
    assert table.folded == f"{len(left)} periods left out, with the reason"


def test_windows_table_and_sentence_count_the_same(groups):
    table = groups.table("windows")
    assert len(table.rows) == len(CONDITIONS) * len(groups.windows)
    first = [row for row in table.to_records() if row["Lost after"] == "one to two weeks"]
    near = [row for row in first if row["Group"] != CONDITIONS["background"]]
    told = sum(int(row["Could tell"]) for row in near)
    words = f"{told} could tell" if told else "none could tell"
    assert words in groups.summary()
    assert f"Of {sum(int(row['Studies']) for row in near)} studies" in groups.summary()
    for row in table.to_records():
        nobody = row["Share of those that could tell"] == "nobody could tell"
        assert nobody == (row["Could tell"] == "0")


def test_picture_has_one_lane_per_group_after_a_single_dose(groups):
    picture = groups.picture()
    single = [g for g in groups.synthesis.groups if g.phase == "after-single-dose"]
    lanes = [text for text in picture.axes.texts if "programme" in text.get_text()]
    assert len(lanes) == len(single)
    assert all(CONDITIONS[group.condition] in picture.alt for group in single)
    assert picture.axes.get_xlabel() == "Time since the dose began"
    assert "no usable period" in picture.alt or all(len(g.intervals) for g in single)


def test_schedule_counts_the_usable_periods(groups):
    rows = groups.windows["one-to-two-weeks"].rows
    near = rows[rows["used"] & (rows["condition"] != "background")]
    later = int((near["seen_until_min"] > 7 * 1440).sum())
    text = groups.answer("schedule").text
    assert f"Of {len(near)} usable periods" in text
    assert f"{later} tell of relief later than 7 days" in text
    open_ended = near[near["gone_by_min"].isna()]
    counts = [int(part.split(")")[0]) for part in text.split("watching: ")[1].split("(")[1:]]
    assert sum(counts) == len(open_ended)


def test_relapse_is_shown_as_printed(groups, evidence):
    rows = dict(
        zip(
            groups.synthesis.relapse["result_id"],
            plain(groups.table("relapse"), "What was printed"),
            strict=True,
        )
    )
    printed = evidence.results.set_index("result_id")
    for result_id, words in rows.items():
        estimate = printed.at[result_id, "estimate"]
        if not np.isnan(estimate):
            assert f"{estimate:g}" in words.replace("−", "-")


def test_records_are_json_and_hold_every_row_once(groups):
    records = json.loads(json.dumps(groups.records(), allow_nan=False))
    ids = [row["timing_ids"] for g in records["groups"] for row in g["periods"] + g["averages"]]
    assert sorted(ids) == sorted("; ".join(one) for one in groups.to_frame()["timing_ids"])
    assert [window["name"] for window in records["windows"]] == list(groups.windows)
    assert {row["condition"] for row in records["windows"][0]["shares"]} == set(CONDITIONS)


def test_curves_say_band_and_fits_or_why_there_is_none():
    intervals = event_intervals(
        [1e4, 2e4, 2e4, 3e4, 5e4], [2e4, 3e4, 4e4, 5e4, None], clusters=list("abcde")
    )
    group = SimpleNamespace(
        band=bootstrap_band(intervals, [0.0, 1e4, 2e4, 4e4], n_resamples=50, seed=1),
        families=fit_families(intervals, fewest_seen=3),
    )
    said = dict(_models(group, (10080.0, 20160.0)))
    assert list(said)[1:] == ["weibull", "log-normal", "log-logistic"]
    assert "100% to 100% at 7 days" in said["no model, programmes drawn anew"]
    best = [model for model, words in said.items() if words.endswith("the smallest AIC")]
    assert best == [group.families.chosen]
    group.families = fit_families(intervals, fewest_seen=9)
    assert "9 are needed" in dict(_models(group, (10080.0, 20160.0)))["weibull"]
    assert list(_models(SimpleNamespace(band=None, families=None), (1.0, 2.0))) == []
