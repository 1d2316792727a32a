"""Every mistake that validation promises to find, made one at a time in a made-up folder.

Each corruption names the rule, the file and the column that must be reported; the line comes from
the edit itself. A mistake in one place must not be reported in fifty.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence_tools.checks import validate_folder
from evidence_tools.checks.registry import RULES
from made import made_folder
from made.added import DOMAINS, settle
from made.world import world_tables
from spoiling import (
    KEYS,
    Condition,
    Row,
    delete_rows,
    edit_field,
    edit_text,
    entry_line,
    insert_row,
    line_of,
    pick,
    read_rows,
    row_id,
    set_cell,
    write_rows,
)

SOURCE = "hill2015"
A_FLOOD = 7
"""A lost claim is named once by each of the tables that hang on it; more than that is a flood."""


@dataclass(frozen=True, kw_only=True)
class Corruption:
    """One mistake: how to make it, and what validation must say."""

    name: str
    rule: str
    file: str
    column: str
    spoil: Callable[[Path], int | None]
    severity: str = "error"
    also: frozenset[str] = frozenset()
    says: str = ""


CORRUPTIONS: list[Corruption] = []


def corruption(rule: str, file: str, column: str = "", **more) -> Callable:
    """Register a function that spoils a folder and returns the line of the finding."""

    def register(spoil: Callable[[Path], int | None]) -> Callable[[Path], int | None]:
        name = f"{rule}: {spoil.__name__}"
        more["also"] = frozenset(more.get("also", ()))
        entry = Corruption(name=name, rule=rule, file=file, column=column, spoil=spoil, **more)
        CORRUPTIONS.append(entry)
        return spoil

    return register


def cell(
    rule: str,
    table: str,
    column: str,
    value: str | Callable[[Row], str],
    condition: Condition,
    *,
    found_at: str = "",
    **more,
) -> None:
    """Register a corruption that changes one cell of the first row that meets a condition."""

    def spoil(folder: Path) -> int:
        row = pick(folder, table, condition)
        new = value(row) if callable(value) else value
        return set_cell(folder, table, row_id(table, row), column, new)

    spoil.__name__ = f"{table} {column} {value if isinstance(value, str) else 'computed'!r}"
    corruption(rule, f"{table}.csv", found_at or column, **more)(spoil)


def plus(column: str, amount: float) -> Callable[[Row], str]:
    return lambda row: f"{float(row[column]) + amount:g}"


def has(*columns: str, **values: str) -> Condition:
    """The columns are filled, and the named ones have these values ('' for empty)."""
    return lambda row: (
        all(row[c] for c in columns) and all(row[c] == value for c, value in values.items())
    )


SCORED_AT = {"time_value": 1, "time_unit": "d"}
WINDOW = {"time_window_low": 1, "time_window_high": 4, "time_unit": "wk"}
WINDOW |= {"time_anchor": "dose"}
HILL = {"arm_id": "hill-2015/ketamine", "comparator_arm_id": "hill-2015/saline"}
HILL |= {"measure": "mean-difference", "ci_level": 95, "favours": "active"}
SCORES = [
    {"arm_id": f"hill-2015/{arm}", "n": 30, "estimate": mean} | spread
    for spread in ({"sd": 5.5}, {"se": 1.1, "time_value": 2, "time_unit": "d"})
    for arm, mean in (("ketamine", 9.5), ("saline", 14.5))
]
RESULTS = [
    *(row | {"time_anchor": "dose"} | ({} if "se" in row else SCORED_AT) for row in SCORES),
    HILL | {"estimate": -5, "ci_low": -8, "ci_high": -2, **WINDOW},
    HILL | {"estimate": -1, "ci_low": -4, "ci_high": 2, "favours": "neither"},
    HILL | {"measure": "odds-ratio", "estimate": 3, "ci_low": 1.5, "ci_high": 6},
    HILL | {"measure": "cohens-d", "estimate": -0.6, "ci_level": None},
    HILL | {"measure": "qualitative", "favours": "unclear", "note": "said to be alike"},
    {"arm_id": "hill-2015/ketamine", "measure": "response", "direction": "higher-is-better"}
    | {"events": 15, "n": 30, "percent": 50, "favours": "active"},
]
RELIEF = {"arm_id": "hill-2015/ketamine", "effect": "anxiety", "unit": "d", "n": 30}
TIMING = [
    RELIEF | {"event": "relief-last-seen", "lower": 5, "censored_by": "unknown"},
    RELIEF | {"event": "relief-lost", "lower": 5, "upper": 7, "loss_kind": "person-relapsed"},
]
MORE = {
    "studies": [{"study_id": "hill-2015", "n_enrolled": 60, "n_analysed": 60}],
    "arms": [
        {"arm_id": HILL[name], "n_randomised": 30} for name in ("arm_id", "comparator_arm_id")
    ],
    "results": [{"result_id": f"hill-2015/r{i:02}"} | row for i, row in enumerate(RESULTS, 1)],
    "timing": [{"timing_id": f"hill-2015/t{i:02}"} | row for i, row in enumerate(TIMING, 1)],
    "side_effects": [
        {"side_effect_id": "hill-2015/s01", "arm_id": "hill-2015/ketamine", "term": "nausea"}
        | {"events": 9, "n": 30, "percent": 30}
    ],
    "statements": [{"statement_id": "said/dated", "date": "2020-05-01"}],
    "claim_links": [{"claim_id": "none", "row_id": "said/dated", "relation": "background"}],
    "risk_of_bias": [
        {"study_id": "hill-2015", "domain": domain, "judgement": judgement}
        | {"reason": "The abstract says how it was done."}
        for domain in (*DOMAINS, "functional-unblinding", "overall")
        for judgement in ["some-concerns" if domain in ("measurement", "overall") else "low"]
    ],
}
"""A trial beside the world, with a row of each kind that a mistake is made in."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The world and the trial beside it, with the thresholds and questions as they are shipped."""
    tables = world_tables() | {"rules": None, "questions": None}
    tables |= {name: [*tables[name], *rows] for name, rows in MORE.items()}
    folder = made_folder(tmp_path_factory.mktemp("whole") / "evidence", **tables)
    settle(folder)
    return folder


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "evidence"))


def test_the_folder_is_without_a_mistake(whole):
    assert [finding.message for finding in validate_folder(whole).errors] == []


def test_the_keys_used_here_are_those_of_the_data_dictionary(evidence):
    assert {n: list(t.primary_key) for n, t in evidence.schema.tables.items()} == KEYS


# Structure of the tables

cell(
    "unknown-term",
    "results",
    "construct",
    "anxeity",
    has(construct="anxiety"),
    says="Did you mean 'anxiety'?",
)
cell("unknown-term", "timing", "event", "relief-onsets", has(event="relief-onset"), says="relief-")
cell("missing-required-value", "results", "locator", "", has("locator"))
cell("missing-required-value", "statements", "statement", "", has("statement"))
cell("wrong-type", "results", "n", "twelve", has("n", events=""))
cell("wrong-type", "arms", "n_doses", "1-3", has("n_doses"))
cell("wrong-type", "studies", "n_enrolled", "12.5", has("n_enrolled", design="open-label"))
cell("not-finite", "results", "estimate", "inf", has("estimate", ci_low="", measure="mean"))
cell("not-finite", "side_effects", "percent", "NaN", has("percent", events=""))
cell("out-of-range", "side_effects", "percent", "140", has("percent", events=""))
cell("out-of-range", "results", "percent", "-3", has("percent", events=""))
cell("out-of-range", "results", "p_value", "1.2", has("p_value", ci_low=""))
cell("out-of-range", "results", "p_value", "-0.01", has("p_value", ci_low=""))
cell("malformed-value", "statements", "date", "May 2020", has("date"))
cell("malformed-link", "arms", "url", "www.example.org/a page", has("url"))
cell("broken-link", "results", "arm_id", "nobody-2000/ketamine", has("arm_id"))
cell("broken-link", "side_effect_row_terms", "term", "zzz-not-a-term", has("term"))


@corruption("duplicate-id", "results.csv", "result_id")
def an_id_twice(folder: Path) -> int:
    first, second = read_rows(folder, "results")[:2]
    assert first["study_id"] == second["study_id"]
    return set_cell(folder, "results", second["result_id"], "result_id", first["result_id"])


# Numbers

DIFFERENCE = has("estimate", "ci_low", "ci_high", measure="mean-difference", p_value="")

cell("estimate-outside-its-interval", "results", "estimate", plus("ci_high", 0.1), DIFFERENCE)
cell("estimate-outside-its-interval", "results", "estimate", plus("ci_low", -0.1), DIFFERENCE)
cell("interval-reversed", "results", "ci_low", plus("ci_high", 1), DIFFERENCE)
cell(
    "window-reversed",
    "results",
    "time_window_low",
    plus("time_window_high", 1),
    has("time_window_low", "time_window_high"),
)
cell("half-an-interval", "results", "ci_high", "", DIFFERENCE, severity="note")
cell("interval-without-level", "results", "ci_level", "", DIFFERENCE, severity="note")
cell("events-exceed-n", "side_effects", "events", plus("n", 1), has("events", "n", percent=""))
cell("events-exceed-n", "results", "events", plus("n", 1), has("events", "n", percent=""))
cell(
    "percent-disagrees-with-events",
    "side_effects",
    "percent",
    plus("percent", 2),
    lambda row: bool(row["events"] and row["n"] and row["percent"]) and float(row["percent"]) < 90,
)
cell(
    "percent-disagrees-with-events",
    "results",
    "n",
    plus("n", 40),
    has("events", "n", "percent"),
    found_at="percent",
)
cell("value-without-unit", "results", "time_unit", "", has("time_value", "time_unit"))
cell("value-without-unit", "timing", "unit", "", has("upper", "unit"))
cell("value-without-unit", "arms", "dose_unit", "", has("dose", "dose_unit"))
cell(
    "unit-without-value",
    "arms",
    "dose",
    "",
    has("dose", "dose_unit", schedule=""),
    found_at="dose_unit",
)
cell(
    "unit-without-value",
    "side_effects",
    "time_value",
    "",
    has("time_value", "time_unit"),
    found_at="time_unit",
)


def clearly_below_zero(row: Row) -> bool:
    return DIFFERENCE(row) and row["ci_level"] == "95" and float(row["ci_high"]) < -1


def clearly_around_zero(row: Row) -> bool:
    ends = DIFFERENCE(row) and row["ci_level"] == "95"
    return ends and float(row["ci_low"]) < -1 and float(row["ci_high"]) > 1


cell("p-and-interval-disagree", "results", "p_value", "0.4", clearly_below_zero)
cell("p-and-interval-disagree", "results", "p_value", "0.001", clearly_around_zero)
cell(
    "p-and-interval-disagree",
    "results",
    "p_value",
    "0.3",
    lambda row: (
        row["measure"] == "odds-ratio" and bool(row["ci_level"]) and float(row["ci_low"]) > 1.1
    ),
)
cell(
    "se-and-interval-disagree",
    "results",
    "se",
    lambda row: f"{(float(row['ci_high']) - float(row['ci_low'])) / 2:g}",
    clearly_below_zero,
)
cell(
    "se-and-interval-disagree",
    "results",
    "se",
    lambda row: f"{(float(row['ci_high']) - float(row['ci_low'])) / 40:g}",
    clearly_below_zero,
)
cell(
    "sd-looks-like-se",
    "results",
    "sd",
    lambda row: f"{float(row['sd']) / float(row['n']) ** 0.5:.2f}",
    lambda row: bool(row["sd"] and row["n"]) and float(row["n"]) > 15,
)
cell(
    "se-looks-like-sd",
    "results",
    "se",
    lambda row: f"{float(row['se']) * float(row['n']) ** 0.5:.2f}",
    lambda row: bool(row["se"] and row["n"]) and float(row["n"]) > 15,
)
cell("se-looks-like-sd", "results", "se", lambda row: row["sd"], has("sd", ci_low=""))
cell(
    "smd-implausibly-large", "results", "estimate", "3.2", has("estimate", measure="smd", ci_low="")
)
cell(
    "smd-implausibly-large",
    "results",
    "estimate",
    "-7",
    has("estimate", measure="cohens-d", ci_low=""),
)
cell(
    "result-without-value",
    "results",
    "estimate",
    "",
    has(
        "estimate",
        measure="mean",
        statistic="",
        p_text="",
        percent="",
        ci_low="",
        p_value="",
        events="",
    ),
)
cell(
    "result-without-value",
    "results",
    "note",
    "",
    has(
        "note",
        measure="qualitative",
        statistic="",
        p_text="",
        favours="unclear",
        p_value="",
        percent="",
    ),
    found_at="estimate",
)

# Times

cell("lower-after-upper", "timing", "lower", plus("upper", 1), has("lower", "upper"))
cell("anchor-missing", "timing", "anchor", "", has("anchor"), severity="note")
cell("loss-without-kind", "timing", "loss_kind", "", has("loss_kind"))
cell("loss-without-kind", "timing", "loss_kind", "unknown", has(event="relief-onset"))
cell(
    "last-seen-with-upper-bound",
    "timing",
    "upper",
    "1000",
    has("lower", event="relief-last-seen", censored_by=""),
)
cell(
    "last-seen-after-lost",
    "timing",
    "lower",
    "7.5",
    has(timing_id="hill-2015/t01"),
    says="7 d or less, as hill-2015/t02 found it lost by then",
)
cell("censored-without-open-end", "timing", "censored_by", "study-end", has("upper"))
cell("unknown-timing-term", "timing", "term", "zzz-not-a-term", has("term"))
cell("unknown-timing-term", "timing", "term", "", has("term", event="side-effect-peak"))
cell("unknown-timing-term", "timing", "term", "dissociation", has(event="relief-lost"))


@corruption("interval-without-bounds", "timing.csv", "lower", severity="note")
def both_ends_lost(folder: Path) -> int:
    row = pick(folder, "timing", has("lower", upper="", event="relief-last-seen"))
    set_cell(folder, "timing", row["timing_id"], "unit", "")
    return set_cell(folder, "timing", row["timing_id"], "lower", "")


# Studies and arms

cell("arm-of-another-study", "results", "arm_id", "lane-2018/ketamine", has("arm_id"))
cell(
    "arm-of-another-study",
    "results",
    "comparator_arm_id",
    "lane-2018/saline",
    has("comparator_arm_id"),
)
cell("arm-of-another-study", "side_effects", "arm_id", "lane-2018/ketamine", has("arm_id"))
cell("arm-of-another-study", "timing", "arm_id", "lane-2018/ketamine", has("arm_id"))
cell(
    "id-of-another-study",
    "timing",
    "study_id",
    "lane-2018",
    has(arm_id=""),
    found_at="timing_id",
)
cell(
    "comparator-is-the-arm",
    "results",
    "comparator_arm_id",
    lambda row: row["arm_id"],
    has("arm_id", "comparator_arm_id"),
)
cell("programme-missing", "studies", "programme", "", has("programme"))
cell("review-with-programme", "studies", "programme", "otago", has(design="meta-analysis"))
cell("broken-link-in-list", "instruments", "range_source", "no/such-statement", has("range_source"))
cell("link-to-unknown-claim", "claim_links", "claim_id", "after-never", has("claim_id"))
cell(
    "link-to-unknown-row",
    "claim_links",
    "row_id",
    "lane-2018/r99",
    has(row_id="lane-2018/r04"),
)
cell(
    "link-to-unknown-row",
    "claim_links",
    "table",
    "timing",
    has(row_id="lane-2018/r02"),
    found_at="row_id",
    says="which is not in timing.csv",
)
cell("unknown-term", "claim_links", "relation", "proves", has(relation="supports"))
cell("missing-required-value", "claim_links", "reason", "", has("reason"))
cell("unknown-claim", "wanted", "claim_ids", "onset-hours; onset-never", has("claim_ids"))
cell(
    "unknown-rule",
    "accepted",
    "rule",
    "smd-implausibly-larges",
    has(rule="smd-implausibly-large"),
    also=["smd-implausibly-large"],
)


def controlled_contrast(folder: Path) -> Row:
    controlled = {
        row["study_id"]
        for row in read_rows(folder, "studies")
        if row["design"] in ("rct-parallel", "rct-crossover")
    }
    return pick(
        folder,
        "results",
        lambda row: (
            row["study_id"] in controlled
            and row["measure"] in ("mean-difference", "odds-ratio")
            and bool(row["arm_id"] and row["comparator_arm_id"])
        ),
    )


@corruption("contrast-without-comparator", "results.csv", "comparator_arm_id")
def comparator_lost(folder: Path) -> int:
    row = controlled_contrast(folder)
    return set_cell(folder, "results", row["result_id"], "comparator_arm_id", "")


@corruption("contrast-without-arms", "results.csv", "arm_id", severity="note")
def both_arms_lost(folder: Path) -> int:
    row = controlled_contrast(folder)
    set_cell(folder, "results", row["result_id"], "comparator_arm_id", "")
    return set_cell(folder, "results", row["result_id"], "arm_id", "")


@corruption("arm-sizes-exceed-study", "studies.csv", "n_enrolled")
def an_arm_larger_than_its_trial(folder: Path) -> int:
    sized = {row["study_id"] for row in read_rows(folder, "arms") if row["n_randomised"]}
    accepted = {row["row_id"] for row in read_rows(folder, "accepted")}
    study = pick(
        folder,
        "studies",
        lambda row: (
            row["design"] == "rct-parallel"
            and bool(row["n_enrolled"])
            and row["study_id"] in sized - accepted
        ),
    )
    arm = pick(folder, "arms", has("n_randomised", study_id=study["study_id"]))
    set_cell(folder, "arms", arm["arm_id"], "n_randomised", plus("n_enrolled", 1)(study))
    return line_of(folder, "studies.csv", study["study_id"] + ",")


@corruption("study-without-rows", "studies.csv", "study_id", severity="note")
def the_rows_of_a_study_lost(folder: Path) -> int:
    study = pick(folder, "results", has("study_id"))["study_id"]
    named = {
        row["side_effect_id"]
        for row in read_rows(folder, "side_effects")
        if row["study_id"] == study
    }
    delete_rows(folder, "side_effect_row_terms", lambda row: row["side_effect_id"] in named)
    for table in ("results", "timing", "side_effects"):
        delete_rows(folder, table, has(study_id=study))
    delete_rows(folder, "claim_links", lambda row: row["row_id"].startswith(f"{study}/"))
    return line_of(folder, "studies.csv", study + ",")


@corruption("shared-registration", "studies.csv", "registration", says="NCT00000001")
def one_number_for_two_trials(folder: Path) -> int:
    rows = [
        row for row in read_rows(folder, "studies") if row["programme"] and not row["registration"]
    ]
    first = rows[0]
    second = next(row for row in rows if row["programme"] != first["programme"])
    set_cell(folder, "studies", first["study_id"], "registration", "NCT00000001")
    return set_cell(
        folder, "studies", second["study_id"], "registration", "NCT00000002; NCT00000001"
    )


@corruption("shared-doi", "studies.csv", "reference")
def one_document_for_two_studies(folder: Path) -> int:
    first, second = read_rows(folder, "studies")[:2]
    return set_cell(folder, "studies", second["study_id"], "reference", first["reference"])


@corruption("shared-doi", "references.bib", "doi")
def one_doi_for_two_entries(folder: Path) -> int:
    other = pick(folder, "studies", lambda row: row["reference"] > SOURCE)["reference"]
    edit_field(folder, SOURCE, "doi", "doi = {10.1234/ABC},")
    edit_field(folder, other, "doi", "doi = {10.1234/abc},")
    return entry_line(folder, other)


@corruption("side-effect-without-term", "side_effects.csv", "side_effect_id")
def a_term_lost(folder: Path) -> int:
    rows = read_rows(folder, "side_effect_row_terms")
    write_rows(folder, "side_effect_row_terms", rows[1:])
    return line_of(folder, "side_effects.csv", rows[0]["side_effect_id"])


@corruption("term-unused", "side_effect_terms.csv", "term", severity="note")
def a_term_for_nothing(folder: Path) -> int:
    row = read_rows(folder, "side_effect_terms")[0]
    return insert_row(folder, "side_effect_terms", row | {"term": "hiccups"})


@corruption("statement-without-link", "statements.csv", "statement_id")
def a_statement_that_nobody_linked(folder: Path) -> int:
    row = pick(folder, "claim_links", has(claim_id="none"))
    delete_rows(folder, "claim_links", has(row_id=row["row_id"]))
    return line_of(folder, "statements.csv", row["row_id"])


@corruption("none-beside-a-claim", "claim_links.csv", "claim_id")
def a_result_marked_as_bearing_on_nothing(folder: Path) -> int:
    row = pick(folder, "claim_links", has(table="results"))
    return insert_row(folder, "claim_links", row | {"claim_id": "none"})


@corruption("duplicate-id", "claim_links.csv", "claim_id, row_id")
def one_link_twice(folder: Path) -> int:
    row = pick(folder, "claim_links", has(claim_id="psychotherapy-adds"))
    return insert_row(folder, "claim_links", row | {"relation": "background"})


# Sources

cell("unknown-reference", "results", "reference", "nobody2000nothing", has("reference"))
cell(
    "unknown-reference",
    "studies",
    "other_references",
    "nobody2000nothing",
    has(other_references=""),
)
cell(
    "only-secondary-source",
    "results",
    "source_level",
    "secondary",
    has(source_level="abstract"),
    severity="note",
)
cell("malformed-registration", "studies", "registration", "NCT123", has(registration=""))
cell("malformed-registration", "studies", "registration", "see paper", has(registration=""))


@corruption("unknown-reference", "claims.yml", "source")
def the_page_of_the_claims_unknown(folder: Path) -> None:
    edit_text(folder, "claims.yml", "source: ", "source: x")


@corruption("unused-reference", "references.bib", "key")
def a_source_that_nobody_names(folder: Path) -> int:
    entry = "@article{zzz2026,\n  title = {A},\n  year = {2026},\n  url = {https://a.org}\n}\n\n"
    return edit_text(folder, "references.bib", "@", entry + "@")


@corruption("unsorted-rows", "instruments.csv", "instrument_id")
def two_rows_swapped(folder: Path) -> int:
    rows = read_rows(folder, "instruments")
    write_rows(folder, "instruments", [*rows[:4], rows[5], rows[4], *rows[6:]])
    return 7


@corruption("retracted-source", "results.csv", "reference", severity="note")
def a_retraction(folder: Path) -> int:
    row = pick(folder, "results", has("reference"))
    edit_field(folder, row["reference"], "status", "status = {retracted},")
    edit_field(folder, row["reference"], "status_date", "status_date = {2026-01-02},")
    edit_field(folder, row["reference"], "status_url", "status_url = {https://example.org},")
    return line_of(folder, "results.csv", row["result_id"])


@corruption("number-without-source", "studies.csv", "url", severity="note")
def no_link_anywhere(folder: Path) -> int:
    study = read_rows(folder, "studies")[0]
    edit_field(folder, study["reference"], "url", "")
    edit_field(folder, study["reference"], "doi", "")
    return set_cell(folder, "studies", study["study_id"], "url", "")


def field(rule: str, column: str, line: str, name: str = "", **more) -> None:
    """Register a corruption of one field of a BibTeX entry, found at the entry's first line."""

    def spoil(folder: Path) -> int:
        edit_field(folder, SOURCE, name or column, line)
        return entry_line(folder, SOURCE)

    spoil.__name__ = line or f"no {column}"
    corruption(rule, "references.bib", column, **more)(spoil)


field("reference-without-title-or-year", "year", "")
field("reference-without-title-or-year", "title", "")
field("malformed-doi", "doi", "doi = {https://doi.org/10.1177/0269881117720762},")
field("malformed-doi", "doi", "doi = {10.1177 0269881117720762},")
field("malformed-pmid", "pmid", "pmid = {PMID 123},")
field("malformed-pmcid", "pmcid", "pmcid = {5700000},")
field("malformed-year", "year", "year = {20l8},")
field("malformed-year", "year", "year = {2081},")
field("malformed-link", "url", "url = {www.example.org},")
field("malformed-link", "url", "url = {https://example.org/a page},")
field("status-without-date-and-link", "status_date", "status = {concern},", "status")
field("status-without-date-and-link", "status_url", "status = {corrected},", "status")
field(
    "unknown-status",
    "status",
    "status = {retratced}, status_date = {2026-01-02}, status_url = {https://example.org},",
)


# Form of the bibliography


def syntax(rule: str, column: str, name: str, line: str, **more) -> None:
    """Register a corruption of one field of a BibTeX entry, found at that field's line."""

    def spoil(folder: Path) -> int:
        return edit_field(folder, SOURCE, name, line)

    spoil.__name__ = line
    corruption(rule, "references.bib", column, **more)(spoil)


syntax(
    "bib-missing-comma",
    "journal",
    "journal",
    "journal = {A}",
    also=["reference-without-title-or-year"],
)
syntax("bib-undefined-string", "journal", "journal", "journal = jpsychopharm,")
syntax("bib-concatenation", "journal", "journal", 'journal = "A" # "B",')
syntax("bib-bare-percent", "title", "title", "title = {Relief in 50% of people},")
syntax("bib-unbalanced-braces", "journal", "journal", 'journal = "A{B",')


def key_becomes(rule: str, new: str, column: str = "key", **more) -> None:
    """Register a change of an entry's key, found at the entry's first line."""

    def spoil(folder: Path) -> int:
        return edit_text(folder, "references.bib", f"{{{SOURCE},", f"{{{new},")

    spoil.__name__ = f"key {new!r}"
    corruption(rule, "references.bib", column, **more)(spoil)


key_becomes("bib-empty-key", "", also=["unknown-reference"])
key_becomes("bib-malformed-key", "hill 2015", also=["unknown-reference", "unused-reference"])


@corruption(
    "bib-keys-differ-in-case",
    "references.bib",
    "key",
    also=["bib-malformed-key", "unused-reference"],
)
def a_key_in_capitals(folder: Path) -> int:
    entry = f"@misc{{{SOURCE.upper()},\n  title = {{A}},\n  year = {{2026}}\n}}\n"
    path = folder / "references.bib"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{entry}", encoding="utf-8", newline="\n")
    return entry_line(folder, SOURCE.upper())


@corruption("duplicate-id", "references.bib", "key")
def a_key_twice(folder: Path) -> int:
    entry = f"@misc{{{SOURCE},\n  title = {{A}},\n  year = {{2026}}\n}}\n"
    path = folder / "references.bib"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{entry}", encoding="utf-8", newline="\n")
    return text.count("\n") + 2


@corruption("bib-duplicate-field", "references.bib", "year", also=["unknown-reference"])
def a_field_twice(folder: Path) -> int:
    edit_text(folder, "references.bib", ",\n", ",\n  year = {2018},\n", after=f"{{{SOURCE},")
    return entry_line(folder, SOURCE)


@corruption("bib-unparsed-block", "references.bib", also=["unknown-reference"])
def a_closing_brace_lost(folder: Path) -> int:
    edit_text(folder, "references.bib", "\n}\n", "\n", after=f"{{{SOURCE},")
    return entry_line(folder, SOURCE)


# Form of the files


def bytes_of(
    rule: str,
    file: str,
    change: Callable[[bytes], bytes],
    line: int | None,
    column: str = "",
    **more,
) -> None:
    """Register a change of a file's bytes."""

    def spoil(folder: Path) -> int | None:
        path = folder / file
        path.write_bytes(change(path.read_bytes()))
        return line

    spoil.__name__ = f"{file} {more.pop('how', '')}"
    corruption(rule, file, column, **more)(spoil)


def on_line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        lines = data.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return edit


def without(column: str) -> Callable[[Path], int]:
    def spoil(folder: Path) -> int:
        rows = read_rows(folder, "results")
        write_rows(
            folder, "results", [{c: v for c, v in row.items() if c != column} for row in rows]
        )
        return 1

    spoil.__name__ = f"without {column}"
    return spoil


BOM = b"\xef\xbb\xbf"
MARKER = b"<<<<<<< HEAD\n"

bytes_of("not-utf-8", "results.csv", on_line(3, lambda line: line + b"\xe9"), 3)
bytes_of("not-utf-8", "references.bib", on_line(3, lambda line: line + b"\xe9"), 3)
bytes_of("byte-order-mark", "results.csv", lambda data: BOM + data, 1)
bytes_of("byte-order-mark", "claims.yml", lambda data: BOM + data, 1)
bytes_of("mixed-line-ends", "results.csv", on_line(2, lambda line: line + b"\r"), 2)
bytes_of("mixed-line-ends", "references.bib", on_line(2, lambda line: line + b"\r"), 2)
bytes_of("empty-file", "results.csv", lambda data: b"", None)
bytes_of("empty-file", "rules.yml", lambda data: b"", None)
bytes_of("empty-file", "questions.yml", lambda data: b"", None)
bytes_of("conflict-marker", "results.csv", on_line(2, lambda line: MARKER + line), 2)
bytes_of("conflict-marker", "claims.yml", on_line(2, lambda line: MARKER + line), 2)
bytes_of("tab", "results.csv", on_line(5, lambda line: line.replace(b" ", b"\t", 1)), 5)
bytes_of(
    "control-character",
    "statements.csv",
    on_line(2, lambda line: line.replace(b" ", b" \x0b", 1)),
    2,
)
bytes_of("stray-quote", "timing.csv", on_line(4, lambda line: line.replace(b",", b',x"y', 1)), 4)
bytes_of("ragged-row", "side_effects.csv", on_line(6, lambda line: line + b",surplus"), 6)
bytes_of("ragged-row", "arms.csv", on_line(6, lambda line: line.rsplit(b",", 1)[0]), 6)


@corruption("mixed-line-ends", "arms.csv")
def no_last_line_end(folder: Path) -> int:
    path = folder / "arms.csv"
    data = path.read_bytes().rstrip(b"\n")
    path.write_bytes(data)
    return data.count(b"\n") + 1


@corruption("extra-column", "arms.csv", "colour", also=["missing-column"])
def a_column_renamed(folder: Path) -> int:
    return edit_text(folder, "arms.csv", ",read_at\n", ",colour\n")


corruption("missing-column", "results.csv", "estimate")(without("estimate"))


@corruption("column-order", "excluded.csv", "year")
def two_columns_swapped(folder: Path) -> int:
    rows = read_rows(folder, "excluded")
    names = [name for name in rows[0] if name != "title"]
    write_rows(
        folder, "excluded", [{name: row[name] for name in [*names, "title"]} for row in rows]
    )
    return 1


@corruption("extra-column", "excluded.csv", "colour")
def a_column_more(folder: Path) -> int:
    write_rows(
        folder, "excluded", [row | {"colour": "red"} for row in read_rows(folder, "excluded")]
    )
    return 1


@corruption("line-break-in-cell", "excluded.csv")
def a_cell_over_two_lines(folder: Path) -> int:
    row = read_rows(folder, "excluded")[0]
    return set_cell(folder, "excluded", row["excluded_id"], "title", "First line\nsecond line")


@corruption("missing-file", "results.csv")
def no_results(folder: Path) -> None:
    (folder / "results.csv").unlink()


@corruption("missing-file", "references.bib")
def no_bibliography(folder: Path) -> None:
    (folder / "references.bib").unlink()


@corruption("missing-file", "rules.yml")
def no_rules(folder: Path) -> None:
    (folder / "rules.yml").unlink()


@corruption("missing-file", "questions.yml")
def no_questions(folder: Path) -> None:
    (folder / "questions.yml").unlink()


@corruption("unparsed-yaml", "claims.yml")
def broken_claims(folder: Path) -> int:
    return edit_text(folder, "claims.yml", "headline: true", "headline: [true") + 1


@corruption("unparsed-yaml", "rules.yml")
def broken_rules(folder: Path) -> int:
    return edit_text(folder, "rules.yml", "longest_infusion_minutes: 100", "a: b: c")


@corruption("unparsed-yaml", "questions.yml")
def broken_questions(folder: Path) -> int:
    return edit_text(folder, "questions.yml", "few_studies: 4", "a: b: c")


def question(column: str, old: str, new: str, says: str) -> None:
    """Register a slip in ``questions.yml``, found on its own line."""

    def spoil(folder: Path) -> int:
        return edit_text(folder, "questions.yml", old, new)

    spoil.__name__ = says
    corruption("question-malformed", "questions.yml", column, says=says)(spoil)


question("few_studys", "few_studies: 4", "few_studys: 4", "Did you mean 'few_studies'?")
question("to", "to: 240}", "to: soon}", "found 'soon'; allowed: a number")


def threshold(column: str, old: str, new: str, says: str) -> None:
    """Register a slip in ``rules.yml``, found on its own line."""

    def spoil(folder: Path) -> int:
        return edit_text(folder, "rules.yml", old, new)

    spoil.__name__ = says
    corruption("threshold-malformed", "rules.yml", column, says=says)(spoil)


threshold("chanse", "  chance:", "  chanse:", "Did you mean 'chance'?")
threshold("fewest_intervals", "fewest_intervals: 5", "fewest_intervals: five", "found 'five'")
threshold("seed", "seed: 1", "seed: 1.5", "found '1.5'; allowed: a whole number")
threshold("largest_i2", "largest_i2: 50", "largest_i2: -50", "allowed: a number from 0 to 100")
threshold(
    "pooling_designs",
    "pooling_designs: [",
    "pooling_designs: abstract #",
    "allowed: a list of words",
)
threshold("stopping_system", "stopping_system: study-conduct", "stopping_system:", "empty value")
threshold(
    "minutes_from", "minutes_from: 30, ", "minutes_from: 30, minutes_from: 30, ", "a second time"
)
# Judgements


cell("reason-says-too-little", "risk_of_bias", "reason", "not clear", has(domain="randomisation"))
cell("missing-required-value", "risk_of_bias", "reason", "", has(domain="randomisation"))
cell("unknown-term", "risk_of_bias", "judgement", "unclear", has(domain="functional-unblinding"))
for _table in ("risk_of_bias", "verdicts", "certainty"):
    cell("confirmed-by-a-rule", _table, "status", "confirmed", has(rater="draft-rule"))
cell(
    "overall-is-not-the-worst",
    "risk_of_bias",
    "judgement",
    "low",
    has(domain="overall", judgement="some-concerns"),
    says="allowed: 'some-concerns'",
)


@corruption("overall-is-not-the-worst", "risk_of_bias.csv", "judgement", says="allowed: 'high'")
def a_domain_judged_again_without_the_overall(folder: Path) -> int:
    row = pick(folder, "risk_of_bias", has(domain="deviations", judgement="no-information"))
    set_cell(folder, "risk_of_bias", row_id("risk_of_bias", row), "judgement", "high")
    rows = read_rows(folder, "risk_of_bias")
    return [(r["study_id"], r["domain"]) for r in rows].index((row["study_id"], "overall")) + 2


@corruption(
    "domain-missing",
    "risk_of_bias.csv",
    "domain",
    says="no period-and-carry-over for 'lane-2018'",
)
def a_crossover_without_its_domain(folder: Path) -> int:
    gone = has(study_id="lane-2018", domain="period-and-carry-over")
    delete_rows(folder, "risk_of_bias", gone)
    rows = read_rows(folder, "risk_of_bias")
    return [row["study_id"] for row in rows].index("lane-2018") + 2


@corruption("domain-of-another-design", "risk_of_bias.csv", "domain", says="'rct-parallel'")
def a_parallel_trial_with_the_domain_of_crossovers(folder: Path) -> int:
    row = pick(folder, "risk_of_bias", has(study_id="ford-2021", domain="randomisation"))
    return insert_row(folder, "risk_of_bias", row | {"domain": "period-and-carry-over"})


@corruption("trial-without-judgement", "studies.csv", "study_id", severity="note")
def a_trial_that_nobody_judged(folder: Path) -> int:
    delete_rows(folder, "risk_of_bias", has(study_id="lane-2018"))
    rows = read_rows(folder, "studies")
    return [row["study_id"] for row in rows].index("lane-2018") + 2


@corruption("claim-malformed", "claims.yml", "topics", says="Did you mean 'topic'?")
def a_claim_without_words(folder: Path) -> int:
    return edit_text(folder, "claims.yml", "  topic:", "  topics:")


@corruption("duplicate-id", "claims.yml", also=["unknown-claim", "verdict-without-claim"])
def a_claim_twice(folder: Path) -> int:
    first = line_of(folder, "claims.yml", "- claim_id: ")
    text = (folder / "claims.yml").read_text(encoding="utf-8").split("\n")
    claim_id = text[first - 1].split(": ")[1]
    return edit_text(folder, "claims.yml", "claim_id: onset-three-hours", f"claim_id: {claim_id}")


def in_a_claim(folder: Path, old: str, new: str) -> int:
    """Change the first such words in the claims; the line on which their claim begins."""
    line = edit_text(folder, "claims.yml", old, new)
    above = (folder / "claims.yml").read_text(encoding="utf-8").split("\n")[:line]
    return max(number for number, text in enumerate(above, start=1) if "- claim_id: " in text)


@corruption("claim-test-unknown-word", "claims.yml", "kind", says="onsett")
def a_test_of_no_known_kind(folder: Path) -> int:
    return in_a_claim(folder, "kind: onset\n", "kind: onsett\n")


@corruption("claim-test-unknown-term", "claims.yml", "terms", says="no such preferred term")
def a_test_on_a_misspelt_side_effect(folder: Path) -> int:
    return in_a_claim(folder, "    - headache\n", "    - hedache\n")


@corruption("claim-differs-from-no-claim", "claims.yml", "differs_from")
def a_claim_that_contradicts_nothing(folder: Path) -> int:
    return in_a_claim(folder, "differs_from:\n", "differs_from:\n  - no-such-claim\n")


cell("verdict-without-claim", "verdicts", "claim_id", "onset-minutes", has(claim_id="onset-hours"))


@corruption(
    "unused-acceptance", "accepted.csv", "value", severity="note", also=["smd-implausibly-large"]
)
def an_accepted_value_changed(folder: Path) -> int:
    accepted = pick(folder, "accepted", has(rule="smd-implausibly-large"))
    set_cell(folder, "results", accepted["row_id"], "estimate", "3.1")
    return line_of(folder, "accepted.csv", "smd-implausibly-large")


@pytest.mark.parametrize("mistake", CORRUPTIONS, ids=[entry.name for entry in CORRUPTIONS])
def test_a_mistake_is_found_at_its_place_and_nowhere_else(folder, mistake):
    line = mistake.spoil(folder)
    report = validate_folder(folder)
    told = [f.message for f in report.findings if f.rule == mistake.rule]
    place = (mistake.severity, mistake.file, line, mistake.column)
    hits = [
        finding
        for finding in report.findings
        if finding.rule == mistake.rule
        and (finding.severity, finding.file, finding.line, finding.column) == place
    ]
    assert hits, f"{place} not among {told} and {[f.message for f in report.errors]}"
    assert mistake.says in hits[0].message
    expected = {mistake.rule} | mistake.also if mistake.severity == "error" else set(mistake.also)
    assert {finding.rule for finding in report.errors} == expected
    assert len(report.errors) < A_FLOOD


def test_every_rule_has_a_mistake_that_breaks_it():
    broken = {entry.rule for entry in CORRUPTIONS}
    catch_all = {"table-structure"}
    early = {slug for slug, rule in RULES.items() if not rule.late}
    assert early - catch_all - broken == set()
