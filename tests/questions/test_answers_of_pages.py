"""Answers show every row, count what they show, and draw what they list.

The counts are made again here from the files themselves, by another route than the package's.
"""

import csv
import io
import re
from collections import Counter

import pytest

import evidence_tools as et
from drawn import words as words_of
from evidence_tools.display.display import Link
from evidence_tools.site.overview import table_of_gaps_by_claim
from made.changes import changed

OF_ANXIETY = re.compile(r"\b(anxiety|ptsd|ocd)\b", re.IGNORECASE)
OWN_CLOCKS = {"baseline", "first-dose", "last-dose", "primary-outcome-day"}
REVIEWS = {"meta-analysis", "systematic-review", "pooled-analysis"}
SEEN_TABLES = ("arms", "results", "timing", "side_effects", "statements")


FOLDER, STUDIES, TIMING, ARMS, LABELS = [], {}, {}, {}, {}


@pytest.fixture(scope="module", autouse=True)
def files(world_folder):
    """The files as they stand, read without the package."""
    FOLDER.append(world_folder)
    STUDIES.update({row["study_id"]: row for row in read("studies")})
    TIMING.update({row["timing_id"]: row for row in read("timing")})
    ARMS.update({row["arm_id"]: row for row in read("arms")})
    LABELS.update({row["term"]: row["label"] for row in read("side_effect_terms")})


def text_of(name):
    return (FOLDER[0] / name).read_text(encoding="utf-8")


def read(table):
    return list(csv.DictReader(io.StringIO(text_of(f"{table}.csv"), newline="")))


def ids_of(*events, aim=None):
    """Ids of the rows with these events; of anxiety, PTSD and OCD, or of everything else."""
    return sorted(
        timing_id
        for timing_id, row in TIMING.items()
        if row["event"] in events and aim in (None, bool(OF_ANXIETY.search(row["effect"])))
    )


def decides(row):
    """A stated start, read in the source itself, not retracted, not only those who were ill."""
    retracted = row["study_id"] == "void-2025"
    second_hand = row["source_level"] == "secondary"
    partial = row["basis"] == "range-among-affected"
    return bool(row["anchor"]) and not (retracted or second_hand or partial)


def counted(number, one, many):
    return f"{number or 'no'} {one if number == 1 else many}"


def lone_reading(row):
    """One reading, of whose neighbours the text says nothing."""
    exact = row["lower"] and row["lower"] == row["upper"]
    return bool(exact) and row["basis"] == "assessment-schedule"


def remark_of(*timing_ids):
    """What must stand beside rows: why they cannot decide, and what was noted of them."""
    rows = [TIMING[timing_id] for timing_id in timing_ids]
    holds = {
        "its source was retracted": any(row["study_id"] == "void-2025" for row in rows),
        "read second-hand": any(row["source_level"] == "secondary" for row in rows),
        "only those in whom it lasted": any(row["basis"] == "range-among-affected" for row in rows),
        "start not stated": not rows[0]["anchor"],
        "one reading, its neighbours not stated": any(map(lone_reading, rows)),
    }
    reason = "; ".join(words for words, true in holds.items() if true)
    notes = dict.fromkeys(row["note"] for row in rows if row["note"])
    return "; ".join([f"cannot decide: {reason}", *notes] if reason else notes)


def spoken(alt):
    """The rows of an alternative text, without the remark on what cannot decide."""
    rows = alt.partition(". ")[2].removesuffix(".")
    return re.sub(r" \(cannot decide: [^)]*\)", "", rows)


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


# What the answers say of the world


SAID = {
    "onset": [
        "within one hour of a dose is reported in 3 studies of people with an anxiety disorder, "
        "from 1 research programme; none of the reports rests on a comparison with a control",
        "9 reports on anxiety, PTSD or OCD give a latest time by which relief was seen; none of "
        "them says when it was still absent.",
    ],
    "duration": [
        "up to one week or longer is reported in 2 primary studies of people with an anxiety "
        "disorder, from 1 research programme; none of them names two weeks or later.",
        "How soon symptoms return after a single dose has not been measured in an anxiety disorder",
    ],
    "harms": [
        "The peak of a side effect is timed in 6 rows of 5 studies. Counted from the start of the "
        "dose, a peak within 15 to 45 minutes is supported by 3 of the 3 studies that could tell; "
        "counted from the end of an infusion, by none (one study could tell).",
        "The end of a side effect is timed in 12 rows of 6 studies. Counted from the start of the "
        "dose, an end within 60 minutes is supported by 1 of the 2 studies that could tell; "
        "counted from the end of an infusion, by no study: none of the 6 could tell.",
        "A peak midway through the infusion is supported by the one study that could tell; an end "
        "within 30 minutes of the infusion's end, by no study: none of the 6 could tell.",
        "6 rows of 5 studies may hold an end within 60 minutes of the start and could not have",
        "1 row of 1 study gives a latest time within 60 minutes.",
    ],
}
"""Counts of the rows of `made/world.py` that could tell, agreed with a second count of them."""


@pytest.mark.parametrize("answer", SAID)
def test_numbers_of_the_answers(onset, duration, harms, answer):
    words = {
        "onset": onset.summary(),
        "duration": duration.summary(),
        "harms": f"{harms.summary()} {harms.answer('unseen')}",
    }[answer]
    assert [said for said in SAID[answer] if said not in words] == []


PARTS = {
    "onset": (
        {"on-clock": "on_clock", "other-clocks": "other_clocks", "background": "background"},
        ("relief-onset",),
    ),
    "duration": (
        {name: name for name in ("single", "repeated", "background")},
        (
            *("relief-last-seen", "relief-lost"),
            *("response-median-duration", "response-mean-duration"),
        ),
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_every_row_on_relief_is_in_exactly_one_table(onset, duration, name):
    answer = {"onset": onset, "duration": duration}[name]
    tables, events = PARTS[name]
    frames = {part: getattr(answer, rows) for part, rows in tables.items()}
    assert [len(answer.table(p).rows) for p in frames] == [len(f) for f in frames.values()]
    shown = {
        part: [t for ids in frame["timing_ids"] for t in ids]
        if name == "duration"
        else list(frame["timing_id"])
        for part, frame in frames.items()
    }
    assert sorted(t for ids in shown.values() for t in ids) == ids_of(*events)
    assert sorted(shown["background"]) == ids_of(*events, aim=False)
    folded = answer.table("background").folded
    assert folded == f"{len(frames['background'])} rows on depression and suicidality"


# Onset


def test_onset_on_other_clocks_is_not_mixed_and_the_nearest_rung_stands_first(onset):
    aimed = ids_of("relief-onset", aim=True)
    own = [timing_id for timing_id in aimed if TIMING[timing_id]["anchor"] in OWN_CLOCKS]
    assert sorted(onset.other_clocks["timing_id"]) == own != []
    order = ["Anxiety disorder", "PTSD or OCD", "Anxiety symptoms in another condition"]
    assert list(dict.fromkeys(plain(onset.table(), "Rung"))) == order


WITHIN_THE_HOUR = ["reed-2016/t01", "reed-2017/t01", "reed-2019/t01"]
CONTROLLED = {"basis": "significant-vs-control"}


@pytest.mark.parametrize(
    ("timing_ids", "cells", "words"),
    [
        (WITHIN_THE_HOUR[2:], {"upper": 2.0}, "in 2 studies of people with an anxiety disorder"),
        (WITHIN_THE_HOUR[:2], CONTROLLED, "; 2 of the reports rest on a comparison with a control"),
        (WITHIN_THE_HOUR, {"lower": 0.5}, "; 3 of them say when it was still absent."),
        (WITHIN_THE_HOUR, {"lower": 1.0}, "; none of them says when it was still absent."),
    ],
    ids=["later", "controlled", "still absent", "exact"],
)
def test_answer_on_onset_moves_with_the_evidence(evidence, timing_ids, cells, words):
    assert {TIMING[t]["event"] for t in timing_ids} == {"relief-onset"}
    assert words in et.onset_answer(changed(evidence, "timing", *timing_ids, **cells)).summary()


def test_figure_and_table_of_onset_show_the_same_rows(onset):
    picture, studies = onset.picture(), plain(onset.table(), "Study")
    assert [words for words in words_of(picture.axes) if words in studies] == studies
    seen = zip(studies, plain(onset.table(), "Relief seen"), strict=True)
    assert spoken(picture.alt) == "; ".join(f"{study}: {words}" for study, words in seen)
    labels = [STUDIES[study_id]["label"] for study_id in onset.on_clock["study_id"]]
    assert all(map(str.startswith, studies, labels))


def test_caption_of_onset_counts_what_cannot_decide(onset):
    unable = [t for t in onset.on_clock["timing_id"] if not decides(TIMING[t])]
    assert unable
    assert f"({len(unable)})" in onset.caption().text
    assert f"({len(onset.on_clock)} rows" in onset.caption().text


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("onset.on-clock", "on_clock"),
        ("onset.other-clocks", "other_clocks"),
        ("onset.background", "background"),
        ("duration.single", "single"),
        ("duration.repeated", "repeated"),
        ("duration.background", "background"),
    ],
)
def test_table_says_of_every_row_whether_it_can_decide(onset, duration, name, rows):
    answer, _, part = name.partition(".")
    answer = {"onset": onset, "duration": duration}[answer]
    frame, table = getattr(answer, rows), answer.table(part)
    alone = [(timing_id,) for timing_id in frame.get("timing_id", ())]
    groups = list(frame.get("timing_ids", alone))
    remarks = plain(table, "Remark")
    assert table.columns[-1] == "Remark"
    assert remarks == [remark_of(*group) for group in groups]
    deciding = [all(decides(TIMING[t]) for t in group) for group in groups]
    assert [not remark.startswith("cannot decide: ") for remark in remarks] == deciding


def test_times_are_shown_as_entered_beside_the_clock(onset):
    shown = dict(zip(onset.on_clock["timing_id"], plain(onset.table(), "As entered"), strict=True))
    for timing_id, words in shown.items():
        row = TIMING[timing_id]
        if row["upper"]:
            assert f"{float(row['upper']):g} {row['unit']}" in words
        assert ("start not stated" in words) == (row["anchor"] == "")


# Duration


def test_duration_is_split_by_dosing_and_by_what_relief_is_of(duration):
    for part, aim, single in (
        (duration.single, True, {True}),
        (duration.repeated, True, {False}),
        (duration.background, False, {True, False}),
    ):
        rows = [TIMING[t] for ids in part["timing_ids"] for t in ids]
        assert {bool(OF_ANXIETY.search(row["effect"])) for row in rows} == {aim}
        assert {row["phase"] == "after-single-dose" for row in rows} <= single


UP_TO_A_WEEK = ["reed-2016/t02", "reed-2019/t02"]


@pytest.mark.parametrize(
    ("timing_ids", "days", "words"),
    [
        (UP_TO_A_WEEK, 13, "in 2 primary studies of people with an anxiety disorder, from 1 "),
        (UP_TO_A_WEEK, 13, "; none of them names two weeks or later."),
        (UP_TO_A_WEEK[:1], 14, "; one of them names two weeks or later."),
        (UP_TO_A_WEEK, 14, "; 2 of them name two weeks or later."),
        (UP_TO_A_WEEK[:1], 6, "in 1 primary study of people with an anxiety disorder, from 1 "),
        (UP_TO_A_WEEK, 6, "in no primary studies of people with an anxiety disorder, from no "),
    ],
)
def test_answer_on_duration_moves_with_the_evidence(evidence, timing_ids, days, words):
    assert {TIMING[t]["event"] for t in timing_ids} == {"relief-last-seen"}
    moved = changed(evidence, "timing", *timing_ids, lower=float(days), unit="d")
    assert words in et.duration_answer(moved).summary()


def test_an_observed_end_of_relief_changes_the_answer(evidence):
    assert TIMING["reed-2017/t02"]["event"] == "relief-lost"
    moved = changed(
        evidence, "timing", "reed-2017/t02", phase="after-single-dose", source_level="abstract"
    )
    words = et.duration_answer(moved).summary()
    assert "after a single dose has been measured in an anxiety disorder" in words
    assert "not been" not in words


@pytest.mark.parametrize("part", ["single", "repeated", "background"])
def test_periods_of_relief_are_said_by_what_was_seen_and_not_rounded(duration, part):
    means = [words for words in plain(duration.table("single"), "Relief") if "mean" in words]
    assert means == ["mean 33.4 days"]
    frame = getattr(duration, part)
    for kind, words in zip(frame["kind"], plain(duration.table(part), "Relief"), strict=True):
        forms = {
            "still-there": "seen up to [^,]+",
            "loss": "(seen up to [^,]+, gone by|gone at) [^,]+",
            "lost": "gone by [^,]+",
            "median": "median [^,]+",
            "mean": "mean [^,]+",
        }
        assert words == "no time given" or re.fullmatch(forms[kind], words), (kind, words)


@pytest.mark.parametrize("dosing", ["single", "repeated"])
def test_figure_and_table_of_duration_show_the_same_rows(duration, dosing):
    picture = duration.picture(dosing)
    table = duration.table(dosing)
    records = table.to_records()
    assert spoken(picture.alt) == "; ".join(f"{r['Study']}: {r['Relief']}" for r in records)
    drawn = [re.sub(r" \((median|mean)\)$", "", words) for words in words_of(picture.axes)]
    studies = [record["Study"] for record in records]
    assert [words for words in drawn if words in studies] == studies


def test_a_retracted_source_is_marked_wherever_it_is_shown(duration):
    table, picture = duration.table("repeated"), duration.picture("repeated")
    mills = [t for t in ids_of("relief-last-seen", "relief-lost") if t.startswith("void-2025/")]
    assert len(mills) == 2
    for words in (plain(table, "Study"), words_of(picture.axes), picture.alt.split("; ")):
        shown = [text for text in words if "Void 2025" in text]
        assert len(shown) == len(mills)
        assert all("RETRACTED" in text for text in shown)


# Side effects


def test_every_row_on_side_effects_is_in_exactly_one_part(harms):
    parts = {"peak": harms.peak.rows, "gone": harms.gone.rows, "beginnings": harms.began}
    shown = [timing_id for rows in parts.values() for timing_id in rows["timing_id"]]
    assert sorted(shown) == ids_of("side-effect-peak", "side-effect-resolved", "side-effect-onset")
    assert [len(harms.table(part).rows) for part in parts] == [len(r) for r in parts.values()]


def side_effects_of(row):
    return ", ".join(LABELS[term] for term in row["term"].split(";"))


def test_a_single_study_that_could_tell(evidence):
    """All rows on the end made silent but one."""
    silent = [t for t in ids_of("side-effect-resolved") if t != "nash-2018/t03"]
    words = et.side_effect_timing(
        changed(evidence, "timing", *silent, source_level="secondary")
    ).summary()
    assert "is supported by none (one study could tell)" in words
    assert (
        "With 1 programme that could tell, fewer than 3, no share of studies can be named." in words
    )


def test_people_in_whom_it_lasted_stand_beside_the_share(harms):
    words = "21 of 90 people given ketamine had a side effect for more than a day."
    assert words in harms.summary()
    records = harms.table("shares").to_records()
    lasted = {
        r["Side effect"]: r["Lasted more than a day in"] for r in records if "hour" in r["The page"]
    }
    assert lasted["Dissociation"] == "7 of 90 people"
    assert lasted["Blood pressure"] == ""
    effects = [r["Side effect"] for r in harms.table("lasting").to_records()]
    assert len(effects) == len(set(effects)) == len(harms.longer)


def test_shares_are_told_for_every_effect_in_both_readings(harms):
    records = harms.table("shares").to_records()
    for part, page in (("peak", "Peak about 30"), ("gone", "Gone within")):
        tally = harms.tallies[part].rows
        told = [r for r in records if r["The page"].startswith(page)]
        assert [r["Side effect"] for r in told] == list(dict.fromkeys(tally["group"]))
        for record in told:
            for reading in ("start", "end"):
                line = harms.tallies[part].line(part, f"from_{reading}", record["Side effect"])
                cell = record[f"Counted from the {reading}"]
                total = counted(line["total"], "study", "studies")
                assert cell.endswith(f"{line['cannot tell']} of {total} cannot tell")
                if line["could_tell"]:
                    against = line["contradicts"] + line["says both"]
                    assert cell.startswith(f"{line['supports']} for, {against} against (")
    assert len(harms.table("midway").rows) == len(set(harms.tallies["midway"].rows["group"]))


def test_reasons_for_not_telling_cover_every_row_that_cannot(harms):
    rows = [record["Rows"].split(" ")[0] for record in harms.table("unseen").to_records()]
    silent = [
        answer
        for tally in harms.tallies.values()
        for answer in tally.votes["answer"]
        if answer not in ("yes", "no")
    ]
    assert sum(map(int, rows)) == len(silent)


def test_a_row_on_another_clock_is_in_the_table_and_not_in_the_figure(harms, evidence):
    moved = changed(evidence, "timing", "nash-2018/t03", anchor="first-dose")
    other = et.side_effect_timing(moved)
    study = STUDIES["nash-2018"]["label"]

    def answers(part):
        return [
            (record["Fits, from start?"], record["Fits, from end?"])
            for record in part.table("gone").to_records()
            if (record["Study"], record["Side effect"]) == (study, "Somnolence")
        ]

    assert answers(harms) == [("no", "no infusion, so no end")]
    assert answers(other) == [("cannot tell: counted from another start",) * 2]
    assert harms.picture("gone").alt.count(study) == other.picture("gone").alt.count(study) + 1
    assert len(other.gone.rows) == len(harms.gone.rows)


def test_tables_of_side_effects_say_yes_and_no_where_the_answer_counts_them(harms):
    for part, table in ((harms.peak, harms.table("peak")), (harms.gone, harms.table("gone"))):
        for reading, column in (
            ("from_start", "Fits, from start?"),
            ("from_end", "Fits, from end?"),
        ):
            words = Counter(plain(table, column))
            assert (words["yes"], words["no"]) == part.counts(reading)[:2]


SIDE_EFFECT_TABLES = [
    ("peak", "side-effect-peak"),
    ("gone", "side-effect-resolved"),
    ("beginnings", "side-effect-onset"),
]


@pytest.mark.parametrize(("part", "event"), SIDE_EFFECT_TABLES)
def test_side_effect_tables_name_every_term_and_say_whether_a_row_can_decide(harms, part, event):
    table = harms.table(part)
    assert table.columns[-1] == "Remark"
    shown = [(r["Study"], r["Side effect"], r["Remark"]) for r in table.to_records()]
    rows = [TIMING[timing_id] for timing_id in ids_of(event)]
    assert sorted(shown) == sorted(
        (STUDIES[row["study_id"]]["label"], side_effects_of(row), remark_of(row["timing_id"]))
        for row in rows
    )


@pytest.mark.parametrize("part", ["peak", "gone"])
def test_figure_and_table_of_side_effects_show_the_same_rows(harms, part):
    picture = harms.picture(part)
    records = harms.table(part).to_records()
    parts = [f"{r['Study']}: {r['Side effect']}, {r['When']}" for r in records]
    assert spoken(picture.alt) == "; ".join(parts)
    labels = [f"{r['Side effect']} — {r['Study']}" for r in records]
    drawn = [text.rstrip("…") for text in words_of(picture.axes) if " — " in text]
    assert len(drawn) == len(labels)
    assert all(map(str.startswith, labels, drawn))


def test_the_shaded_infusion_is_the_most_frequent_one(harms):
    lengths = Counter(arm["infusion_minutes"] for arm in ARMS.values() if arm["infusion_minutes"])
    assert harms.infusion == float(lengths.most_common(1)[0][0])


# Every table leads to its source


def test_every_row_of_an_answer_says_where_it_was_read_and_as_what(onset, duration, harms):
    tables = [onset.table(), onset.table("other-clocks"), onset.table("background")]
    tables += [duration.table("single"), duration.table("repeated"), duration.table("background")]
    tables += [harms.table("peak"), harms.table("gone"), harms.table("beginnings")]
    assert all("As entered" in table.columns for table in [tables[0], *tables[3:]])
    cells = [row[table.columns.index("Read in")] for table in tables for row in table.rows]
    assert all(isinstance(cell, Link) and cell.words for cell in cells)
    without = [cell for cell in cells if not cell.url]
    assert all(cell.words == "secondary source" for cell in without)
    assert all(cell.url.startswith(("http://", "https://")) for cell in cells if cell.url)


# What a page folds away


def test_tables_that_carry_an_answer_are_never_folded(onset, duration, harms, evidence):
    tables = [onset.table(), onset.table("other-clocks"), duration.table("single")]
    tables += [duration.table("repeated"), harms.table("peak"), harms.table("gone")]
    tables += [harms.table("beginnings"), et.comparators(evidence, "anxiety", "fear").table()]
    assert [table.folded for table in tables] == [""] * len(tables)


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
    assert len(answer.drawn) > 1
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
    parts = picture.alt.partition(". ")[2].split("; ")
    assert len(parts) == len(answer.drawn)
    names = [words.replace("\n", " ") for words in words_of(picture.axes)]
    for part, label in zip(parts, answer.drawn["label"], strict=True):
        assert part.startswith(f"{label}, ")
        assert label in names
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
    results = {row["result_id"]: row for row in read("results")}
    levels = {results[result_id]["ci_level"] for result_id in answer.drawn["result_id"]}
    assert levels == {"95"}
    assert answer.caption().text == (
        f"Pooled estimates of {counted(len(reviews), 'review', 'reviews')}, several windows or "
        f"subgroups each, with their 95% intervals, turned so that negative favours ketamine. "
        f"{left} further results of reviews, on other scales or without an interval: see the table."
    )


MEASURES = {
    **dict.fromkeys(("smd", "hedges-g", "cohens-d"), "standardised difference"),
    "mean-difference": "mean difference",
    "odds-ratio": "odds ratio",
    "risk-ratio": "risk ratio",
}
FAVOURS = {"active": "ketamine"}


def test_measures_and_favours_are_words_and_every_review_is_labelled(published):
    answer, _ = published
    results = {row["result_id"]: row for row in read("results")}
    records = answer.table().to_records()
    assert "People" not in answer.table().columns
    assert answer.table().columns[-1] == "Remark"
    for result_id, record in zip(answer.rows["result_id"], records, strict=True):
        row = results[result_id]
        estimate, _, measure = record["Estimate as printed"].partition(" ")
        assert float(estimate.replace("−", "-")) == float(row["estimate"])
        if "(days)" not in row["instrument"]:
            assert measure == f"({MEASURES[row['measure']]})"
        assert record["Favours"] == FAVOURS.get(row["favours"], row["favours"])
        assert record["Review"] == STUDIES[row["study_id"]]["label"] != ""
        assert record["Remark"] == row["note"]


# Overview


def test_numbers_of_the_overview(evidence):
    words = et.summary_of_evidence(evidence).text
    levels = Counter(row["source_level"] for name in SEEN_TABLES for row in read(name))
    claims = text_of("claims.yml")
    sources = text_of("references.bib")
    direct = [study for study in STUDIES.values() if study["directness"] == "direct"]
    trials = sum(study["design"] in ("rct-parallel", "rct-crossover") for study in direct)
    sources = len(re.findall("^@", sources, re.MULTILINE))
    assert words == (
        f"{len(re.findall(r'claim_id:', claims))} claims of one clinic's page, "
        f"{len(re.findall(r'headline: true', claims))} of them headline claims, are held against "
        f"{len(STUDIES)} trials, cohorts and reviews from {sources} sources. Only {len(direct)} of "
        f"them are about people with a primary anxiety disorder, and {trials} of those are "
        f"randomised trials. Of {levels.total()} facts with a source, {levels['abstract']} were "
        f"read in an abstract only. An empty cell means that nobody has seen the number; it never "
        f"means zero."
    )


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


def test_table_of_gaps_has_each_thing_once_folded_and_counted(evidence):
    chosen = ("onset-three-hours", "onset-one-hour")
    everything = read("wanted")
    some = [row for row in everything if set(row["claim_ids"].split(";")) & set(chosen)]
    for rows, claims in ((everything, ()), (some, chosen)):
        table = et.table_of_gaps(evidence, *claims)
        things = counted(len(rows), "thing", "things")
        assert sorted(plain(table, "Wanted")) == sorted(row["what"] for row in rows) != []
        assert table.folded == f"{things} known to exist and not seen"
    free = [row["wanted_id"] for row in everything if not row["claim_ids"]]
    records = table_of_gaps_by_claim(evidence).to_records()
    assert sorted(r["Wanted"] for r in records if r["Claim"] == "(no claim)") == sorted(free)
    assert repr(et.table_of_gaps(evidence, "no-such-claim")) == "Nothing is known to be missing."
