"""Answers show every row, count what they show, and draw what they list.

The counts are made again here from the files themselves, by another route than the package's.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import evidence_tools as et
from evidence_tools.report.display import Link
from evidence_tools.report.overview import claim_records, table_of_gaps_by_claim

FOLDER = Path(__file__).resolve().parents[1] / "evidence"
MINUTES = {"min": 1, "h": 60, "d": 1440, "wk": 10080, "mo": 43830}
OF_ANXIETY = re.compile(r"\b(anxiety|ptsd|ocd)\b", re.IGNORECASE)
LONGEST = 100
OWN_CLOCKS = {"baseline", "first-dose", "last-dose", "primary-outcome-day"}
REVIEWS = {"meta-analysis", "systematic-review", "pooled-analysis"}
SEEN_TABLES = ("arms", "results", "timing", "side_effects", "statements")


def read(table):
    text = (FOLDER / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


STUDIES = {row["study_id"]: row for row in read("studies")}
TIMING = {row["timing_id"]: row for row in read("timing")}
ARMS = {row["arm_id"]: row for row in read("arms")}


def ids_of(*events, aim=None):
    """Ids of the rows with these events; of anxiety, PTSD and OCD, or of everything else."""
    return sorted(
        timing_id
        for timing_id, row in TIMING.items()
        if row["event"] in events and aim in (None, bool(OF_ANXIETY.search(row["effect"])))
    )


def minutes(row, column):
    return float(row[column]) * MINUTES[row["unit"]] if row[column] else None


def given(row):
    """Route and minutes of the infusion; without an arm, what all treated arms share."""
    if row["arm_id"]:
        arms = [ARMS[row["arm_id"]]]
    else:
        own = [arm for arm in ARMS.values() if arm["study_id"] == row["study_id"]]
        arms = [arm for arm in own if arm["role"] != "control"]
    routes = {arm["route"] for arm in arms} or {""}
    lengths = {arm["infusion_minutes"] for arm in arms} or {""}
    route = routes.pop() if len(routes) == 1 else ""
    length = lengths.pop() if len(lengths) == 1 else ""
    return route, float(length) if length else None


def latest(row):
    """The latest minute since the dose began; an infusion of unknown length lasted up to 100."""
    route, length = given(row)
    if not row["upper"]:
        return float("inf")
    if row["anchor"] == "infusion-start" or route not in ("iv", ""):
        return minutes(row, "upper")
    return minutes(row, "upper") + (LONGEST if length is None else length)


def earliest(row):
    """The earliest minute since the dose began; 0 means the first look and stays 0."""
    low, (_, length) = minutes(row, "lower") or 0, given(row)
    return low + (length or 0) if low and row["anchor"] == "infusion-end" else low


def decides(row):
    """A stated start, read in the source itself, not retracted, not only those who were ill."""
    retracted = row["study_id"] == "mills-2025"
    second_hand = row["source_level"] == "secondary"
    partial = row["basis"] == "range-among-affected"
    return bool(row["anchor"]) and not (retracted or second_hand or partial)


def counted(number, one, many):
    return f"{number or 'no'} {one if number == 1 else many}"


def spoken(alt):
    """The rows of an alternative text, without the remark on what cannot decide."""
    rows = alt.partition(". ")[2].removesuffix(".")
    return re.sub(r" \(cannot decide: [^)]*\)", "", rows)


def drawn_words(picture):
    return [text.get_text() for text in picture.axes.texts]


def plain(table, column):
    return [record[column] for record in table.to_records()]


@pytest.fixture(scope="module")
def onset(evidence):
    return et.onset_answer(evidence)


@pytest.fixture(scope="module")
def duration(evidence):
    return et.duration_answer(evidence)


@pytest.fixture(scope="module")
def harms(evidence):
    return et.side_effect_timing(evidence)


@pytest.fixture(scope="module", params=[("anxiety", "fear"), ("ptsd", "ocd")], ids=" and ".join)
def published(evidence, request):
    return et.comparators(evidence, *request.param), request.param


# Onset


def test_every_row_on_onset_is_in_exactly_one_table(onset):
    parts = (onset.on_clock, onset.other_clocks, onset.background)
    shown = [timing_id for part in parts for timing_id in part["timing_id"]]
    assert sorted(shown) == ids_of("relief-onset")
    tables = (onset.table(), onset.table_of_other_clocks(), onset.table_of_background())
    assert [len(table.rows) for table in tables] == [len(part) for part in parts]
    assert sorted(onset.to_frame()["timing_id"]) == sorted(shown)


def test_onset_of_depression_is_background(onset):
    assert sorted(onset.background["timing_id"]) == ids_of("relief-onset", aim=False)


def test_onset_on_other_clocks_is_not_mixed_with_single_doses(onset):
    aimed = ids_of("relief-onset", aim=True)
    own = [timing_id for timing_id in aimed if TIMING[timing_id]["anchor"] in OWN_CLOCKS]
    assert sorted(onset.other_clocks["timing_id"]) == own
    assert own


def test_numbers_of_the_answer_on_onset(onset):
    aimed = [TIMING[timing_id] for timing_id in ids_of("relief-onset", aim=True)]
    common = [row for row in aimed if row["anchor"] not in OWN_CLOCKS]
    direct = [row for row in common if STUDIES[row["study_id"]]["directness"] == "direct"]
    hour = [row for row in direct if decides(row) and latest(row) <= 60]
    studies = {row["study_id"] for row in hour}
    programmes = {STUDIES[study_id]["programme"] for study_id in studies}
    controlled = sum(row["basis"] == "significant-vs-control" for row in hour)
    timed = [row for row in common if row["upper"]]
    absent = sum(0 < earliest(row) < latest(row) for row in timed)
    words = onset.summary()
    assert f"in {counted(len(studies), 'study', 'studies')} of people with an" in words
    assert counted(len(programmes), "research programme", "research programmes") in words
    assert f"{controlled or 'none'} of these reports" in words
    assert f"Of {len(timed)} reports" in words
    assert f", {absent or 'none'} also say" in words


def test_answer_on_onset_moves_with_the_evidence(evidence):
    timing = evidence.timing.copy()
    chosen = timing["timing_id"] == "glue-2020/t01"
    assert timing.loc[chosen, "event"].tolist() == ["relief-onset"]
    timing.loc[chosen, "upper"] = 2.0
    later = et.onset_answer(replace(evidence, timing=timing))
    assert "in 2 studies of people with an anxiety disorder" in later.summary()


def test_figure_and_table_of_onset_show_the_same_rows(onset):
    picture, studies = onset.picture(), plain(onset.table(), "Study")
    assert [words for words in drawn_words(picture) if words in studies] == studies
    seen = zip(studies, plain(onset.table(), "Relief seen"), strict=True)
    assert spoken(picture.alt) == "; ".join(f"{study}: {words}" for study, words in seen)
    labels = [STUDIES[study_id]["label"] for study_id in onset.on_clock["study_id"]]
    assert all(map(str.startswith, studies, labels))


def test_nearest_rung_stands_first(onset):
    order = ["Anxiety disorder", "PTSD or OCD", "Anxiety symptoms in another condition"]
    assert list(dict.fromkeys(plain(onset.table(), "Rung"))) == order


def test_caption_of_onset_counts_what_cannot_decide(onset):
    unable = [t for t in onset.on_clock["timing_id"] if not decides(TIMING[t])]
    assert unable
    assert f"({len(unable)})" in onset.caption().text
    assert f"({len(onset.on_clock)} rows" in onset.caption().text


@pytest.mark.parametrize(
    "name", ["onset.table", "duration.table_single", "duration.table_repeated"]
)
def test_table_says_of_every_row_whether_it_can_decide(onset, duration, name):
    answer, _, method = name.partition(".")
    answer = {"onset": onset, "duration": duration}[answer]
    rows = {"table": "on_clock", "table_single": "single", "table_repeated": "repeated"}[method]
    frame = getattr(answer, rows)
    ids = frame["timing_id" if method == "table" else "timing_ids"]
    deciding = [all(decides(TIMING[t]) for t in cell.split("; ")) for cell in ids]
    reasons = plain(getattr(answer, method)(), "Cannot decide")
    assert [reason == "" for reason in reasons] == deciding


def test_times_are_shown_as_printed_beside_the_clock(onset):
    shown = dict(zip(onset.on_clock["timing_id"], plain(onset.table(), "As printed"), strict=True))
    for timing_id, words in shown.items():
        row = TIMING[timing_id]
        if row["upper"]:
            assert f"{float(row['upper']):g} {row['unit']}" in words
        assert ("start not stated" in words) == (row["anchor"] == "")


# Duration


def test_every_row_on_duration_is_in_exactly_one_table(duration):
    parts = (duration.single, duration.repeated, duration.background)
    shown = [t for part in parts for cell in part["timing_ids"] for t in cell.split("; ")]
    assert sorted(shown) == ids_of(
        "relief-last-seen", "relief-lost", "response-median-duration", "response-mean-duration"
    )
    tables = (duration.table_single(), duration.table_repeated(), duration.table_of_background())
    assert [len(table.rows) for table in tables] == [len(part) for part in parts]


def test_duration_is_split_by_dosing_and_by_what_relief_is_of(duration):
    for part, aim, single in (
        (duration.single, True, {True}),
        (duration.repeated, True, {False}),
        (duration.background, False, {True, False}),
    ):
        rows = [TIMING[t] for cell in part["timing_ids"] for t in cell.split("; ")]
        assert {bool(OF_ANXIETY.search(row["effect"])) for row in rows} == {aim}
        assert {row["phase"] == "after-single-dose" for row in rows} <= single


def test_numbers_of_the_answer_on_duration(duration):
    rows = [
        TIMING[t]
        for t in ids_of("relief-last-seen", "relief-lost", aim=True)
        if TIMING[t]["phase"] == "after-single-dose" and decides(TIMING[t])
    ]
    direct = [
        row
        for row in rows
        if STUDIES[row["study_id"]]["directness"] == "direct"
        and STUDIES[row["study_id"]]["programme"]
    ]
    seen = [row for row in direct if row["event"] == "relief-last-seen"]
    week = [row for row in seen if minutes(row, "lower") >= 7 * 1440]
    beyond = [row for row in seen if minutes(row, "lower") >= 14 * 1440]
    programmes = {STUDIES[row["study_id"]]["programme"] for row in week}
    words = duration.summary()
    assert f"in {counted(len(week), 'primary study', 'primary studies')} of people" in words
    assert counted(len(programmes), "research programme", "research programmes") in words
    assert f"later in {counted(len(beyond), 'study', 'studies')}." in words
    assert [row for row in direct if row["event"] == "relief-lost"] == []
    assert "not been measured" in words


def test_an_observed_end_of_relief_changes_the_answer(evidence):
    timing = evidence.timing.copy()
    chosen = timing["timing_id"] == "glue-2018/t02"
    assert timing.loc[chosen, "event"].tolist() == ["relief-lost"]
    timing.loc[chosen, "phase"] = "after-single-dose"
    timing.loc[chosen, "source_level"] = "abstract"
    words = et.duration_answer(replace(evidence, timing=timing)).summary()
    assert "observed in 1 study" in words
    assert "has been measured" in words


@pytest.mark.parametrize("dosing", ["single", "repeated"])
def test_figure_and_table_of_duration_show_the_same_rows(duration, dosing):
    picture = getattr(duration, f"picture_{dosing}")()
    table = getattr(duration, f"table_{dosing}")()
    records = table.to_records()
    assert spoken(picture.alt) == "; ".join(f"{r['Study']}: {r['Relief']}" for r in records)
    drawn = [re.sub(r" \((median|mean)\)$", "", words) for words in drawn_words(picture)]
    studies = [record["Study"] for record in records]
    assert [words for words in drawn if words in studies] == studies


def test_a_retracted_source_is_marked_wherever_it_is_shown(duration):
    table, picture = duration.table_repeated(), duration.picture_repeated()
    mills = [t for t in ids_of("relief-last-seen", "relief-lost") if t.startswith("mills-2025/")]
    assert len(mills) == 2
    for words in (plain(table, "Study"), drawn_words(picture), picture.alt.split("; ")):
        shown = [text for text in words if "Mills 2025" in text]
        assert len(shown) == len(mills)
        assert all("RETRACTED" in text for text in shown)


# Side effects


def test_every_row_on_side_effects_is_in_exactly_one_part(harms):
    parts = (harms.peak.rows, harms.gone.rows, harms.began)
    shown = [timing_id for part in parts for timing_id in part["timing_id"]]
    assert sorted(shown) == ids_of("side-effect-peak", "side-effect-resolved", "side-effect-onset")
    tables = (harms.table_peak(), harms.table_gone(), harms.table_of_beginnings())
    assert [len(table.rows) for table in tables] == [len(part) for part in parts]


def relation(row, claimed, reading):
    """A row held against a claimed interval: yes, no, or None where it cannot tell."""
    lone_reading = row["lower"] == row["upper"] and row["basis"] == "assessment-schedule"
    if not decides(row) or not (row["lower"] or row["upper"]) or lone_reading:
        return None
    route, length = given(row)
    low, high, (begin, end) = earliest(row), latest(row), claimed
    if reading == "from_end":
        if route not in ("iv", ""):
            return None
        if row["anchor"] == "infusion-end":
            low, high = minutes(row, "lower") or 0, minutes(row, "upper") or float("inf")
        elif length is None:
            return None
        else:
            begin, end = begin + length if begin else 0, end + length
    if begin <= low and high <= end:
        return "yes"
    return "no" if high < begin or low > end else None


@pytest.mark.parametrize(
    ("event", "part", "claimed"),
    [("side-effect-peak", "peak", (15, 45)), ("side-effect-resolved", "gone", (0, 60))],
)
def test_numbers_of_the_answer_on_side_effects(harms, event, part, claimed):
    rows = [TIMING[timing_id] for timing_id in ids_of(event)]
    sentence = getattr(harms, f"_sentence_{part}")()
    studies = len({row["study_id"] for row in rows})
    assert f"timed in {len(rows)} rows from {studies} studies" in sentence
    assert sentence in harms.summary()
    said = re.findall(r"(\d+|none) fits? and (\d+|none) contradicts?", sentence)
    ours = [
        Counter(relation(row, claimed, reading) for row in rows)
        for reading in ("from_start", "from_end")
    ]
    assert said == [(str(c["yes"] or "none"), str(c["no"] or "none")) for c in ours]


def test_tables_of_side_effects_say_yes_and_no_where_the_answer_counts_them(harms):
    for part, table in ((harms.peak, harms.table_peak()), (harms.gone, harms.table_gone())):
        for reading, column in (
            ("from_start", "Fits, from start?"),
            ("from_end", "Fits, from end?"),
        ):
            words = Counter(plain(table, column))
            assert (words["yes"], words["no"]) == part.counts(reading)[:2]


def test_rows_by_term_add_up(harms):
    counted = Counter(
        term for t in ids_of("side-effect-resolved") for term in TIMING[t]["term"].split(";")
    )
    labels = {row["term"]: row["label"] for row in read("side_effect_terms")}
    shown = dict(
        zip(
            plain(harms.table_by_term(), "Side effect"),
            plain(harms.table_by_term(), "Rows"),
            strict=True,
        )
    )
    assert shown == {labels[term]: str(count) for term, count in counted.items()}


@pytest.mark.parametrize("part", ["peak", "gone"])
def test_figure_and_table_of_side_effects_show_the_same_rows(harms, part):
    picture = getattr(harms, f"picture_{part}")()
    records = getattr(harms, f"table_{part}")().to_records()
    parts = [f"{r['Study']}: {r['Side effect']}, {r['When']}" for r in records]
    assert spoken(picture.alt) == "; ".join(parts)
    labels = [f"{r['Side effect']} — {r['Study']}" for r in records]
    drawn = [text.rstrip("…") for text in drawn_words(picture) if " — " in text]
    assert len(drawn) == len(labels)
    assert all(map(str.startswith, labels, drawn))


def test_the_shaded_infusion_is_the_most_frequent_one(harms):
    lengths = Counter(arm["infusion_minutes"] for arm in ARMS.values() if arm["infusion_minutes"])
    assert harms.infusion == float(lengths.most_common(1)[0][0])


# Every table leads to its source


def test_every_row_of_an_answer_says_where_it_was_read(onset, duration, harms):
    tables = [onset.table(), onset.table_of_other_clocks(), onset.table_of_background()]
    tables += [duration.table_single(), duration.table_repeated(), duration.table_of_background()]
    tables += [harms.table_peak(), harms.table_gone(), harms.table_of_beginnings()]
    cells = [row[table.columns.index("Read in")] for table in tables for row in table.rows]
    assert all(isinstance(cell, Link) and cell.words for cell in cells)
    without = [cell for cell in cells if not cell.url]
    assert all(cell.words == "secondary source" for cell in without)
    assert all(cell.url.startswith(("http://", "https://")) for cell in cells if cell.url)


# Published reviews


def test_every_pooled_result_is_in_the_table(published):
    answer, constructs = published
    wanted = [
        row
        for row in read("results")
        if row["construct"] in constructs and row["estimate"] and row["measure"] != "correlation"
        if STUDIES[row["study_id"]]["design"] in REVIEWS
        if STUDIES[row["study_id"]]["directness"] != "context"
    ]
    assert wanted
    assert sorted(answer.rows["result_id"]) == sorted(row["result_id"] for row in wanted)
    assert len(answer.table().rows) == len(wanted)


def test_estimates_are_printed_as_in_the_review_and_turned_in_the_figure(published):
    answer, _ = published
    results = {row["result_id"]: row for row in read("results")}
    assert len(answer.drawn) == 6
    for row in answer.drawn.itertuples():
        printed = results[row.result_id]
        assert abs(row.yi) == abs(float(printed["estimate"]))
        assert row.yi_low <= row.yi <= row.yi_high
        width = float(printed["ci_high"]) - float(printed["ci_low"])
        assert row.yi_high - row.yi_low == pytest.approx(width)
        if printed["favours"] == "active":
            assert row.yi < 0


def test_figure_of_reviews_draws_what_its_alternative_text_says(published):
    answer, _ = published
    picture = answer.picture()
    assert len(drawn_words(picture)) == len(answer.drawn) + 2
    alt = picture.alt
    for label in drawn_words(picture)[: len(answer.drawn)]:
        assert f"{label}: " in alt
    low, high = picture.axes.get_xlim()
    assert low < answer.drawn["yi_low"].min()
    assert high > answer.drawn["yi_high"].max()


def test_numbers_of_the_sentence_on_reviews(published):
    answer, _ = published
    timed = [
        row["result_id"]
        for row in read("results")
        if row["result_id"] in set(answer.drawn["result_id"])
        if row["time_unit"] and (row["time_window_high"] or row["time_value"])
    ]
    reviews = {result_id.partition("/")[0] for result_id in answer.drawn["result_id"]}
    words = answer.summary()
    assert words.startswith(f"{len(answer.drawn)} published pooled estimates")
    assert f"{len(reviews)} review" in words
    assert f"{len(timed)} of them name the time" in words
    left = len(answer.rows) - len(answer.drawn)
    assert f"{left} further results" in answer.caption().text


def test_a_construct_without_reviews_is_a_sentence(evidence):
    nothing = et.comparators(evidence, "no-such-construct")
    assert repr(nothing.table()) == "No review gives a pooled result."
    assert "no published estimate with an interval" in drawn_words(nothing.picture())


# Overview


def test_numbers_of_the_overview(evidence):
    words = et.summary_of_evidence(evidence).text
    levels = Counter(row["source_level"] for name in SEEN_TABLES for row in read(name))
    claims = (FOLDER / "claims.yml").read_text(encoding="utf-8")
    sources = (FOLDER / "references.bib").read_text(encoding="utf-8")
    direct = sum(study["directness"] == "direct" for study in STUDIES.values())
    assert f"{len(re.findall(r'claim_id:', claims))} claims of one" in words
    assert f"{len(re.findall(r'headline: true', claims))} of them headline" in words
    assert f"{len(STUDIES)} studies from {len(re.findall('^@', sources, re.MULTILINE))} " in words
    assert f"{direct} studies are about people" in words
    assert f"Of {levels.total()} facts" in words
    assert f" {levels['abstract']} were read in an abstract" in words


def test_numbers_of_the_rungs(evidence):
    table = et.table_of_rungs(evidence)
    tables = [read(name) for name in ("results", "timing", "side_effects")]
    for record, rung in zip(
        table.rows, ("direct", "related", "indirect", "safety-only", "context"), strict=True
    ):
        studies = {s: row for s, row in STUDIES.items() if row["directness"] == rung}
        designs = Counter(row["design"] for row in studies.values())
        programmes = {row["programme"] for row in studies.values()} - {""}
        rows = [sum(row["study_id"] in studies for row in table) for table in tables]
        trials = designs["rct-parallel"] + designs["rct-crossover"]
        assert list(record[1:]) == list(map(str, (len(studies), trials, len(programmes), *rows)))


def test_numbers_of_the_source_levels(evidence):
    table = et.table_of_source_levels(evidence)
    levels = ("abstract", "full-text", "registry", "label", "secondary")
    for row, name in zip(table.rows, SEEN_TABLES, strict=True):
        counts = Counter(entry["source_level"] for entry in read(name))
        assert list(row[1:]) == [str(counts[level]) for level in levels]


def test_headline_claims_are_part_of_all_claims(evidence):
    every, headline = et.table_of_claims(evidence), et.table_of_claims(evidence, headline=True)
    assert len(every.rows) == len(evidence.claims)
    assert set(headline.rows) < set(every.rows)
    flags = [record["headline"] for record in claim_records(evidence)]
    assert len(headline.rows) == sum(flags)


# Gaps


def test_every_wanted_thing_is_under_each_of_its_claims_or_under_none(evidence):
    shown = {
        gap["claim_id"]: [w["wanted_id"] for w in gap["wanted"]] for gap in et.gap_records(evidence)
    }
    for row in read("wanted"):
        where = [claim for claim, wanted in shown.items() if row["wanted_id"] in wanted]
        assert sorted(map(str, where)) == sorted(
            row["claim_ids"].split(";") if row["claim_ids"] else ["None"]
        )
    assert sum(map(len, shown.values())) == sum(
        len(row["claim_ids"].split(";")) for row in read("wanted")
    )


def test_table_of_gaps_has_each_thing_once(evidence):
    assert len(et.table_of_gaps(evidence).rows) == len(read("wanted"))
    chosen = ("onset-three-hours", "onset-one-hour")
    wanted = [row for row in read("wanted") if set(row["claim_ids"].split(";")) & set(chosen)]
    assert wanted
    table = et.table_of_gaps(evidence, *chosen)
    assert sorted(plain(table, "Wanted")) == sorted(row["what"] for row in wanted)


def test_table_of_gaps_by_claim_names_those_that_bear_on_none(evidence):
    table = table_of_gaps_by_claim(evidence)
    free = [row["wanted_id"] for row in read("wanted") if not row["claim_ids"]]
    named = [r["Wanted"] for r in table.to_records() if r["Claim"] == "(no claim)"]
    assert sorted(named) == sorted(free)


def test_a_claim_that_needs_nothing_is_a_sentence(evidence):
    assert repr(et.table_of_gaps(evidence, "no-such-claim")) == "Nothing is known to be missing."
