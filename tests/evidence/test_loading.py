import dataclasses
import io
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidence_tools as et
from evidence_tools.base.errors import EvidenceFileError, UnknownTermError
from evidence_tools.evidence import loading
from evidence_tools.evidence.dictionary import Field, TableSchema
from evidence_tools.evidence.loading import Evidence, find_evidence, read, row_id


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def column(kind: str, *cells: str) -> pd.Series:
    """The typed column that these printed cells make."""
    table = TableSchema(
        name="t",
        path="t.csv",
        description="",
        fields=(Field(name="x", type=kind), Field(name="note", type="string")),
        primary_key=("x",),
        foreign_keys=(),
    )
    printed = loading._parse_table(table, "x,note\n" + "".join(f"{cell},\n" for cell in cells))
    typed, findings = loading._typed(table, printed)
    assert findings == []
    return typed["x"]


# --- which folder ---


def test_the_argument_goes_before_the_environment_variable(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    assert find_evidence() == folder
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path / "elsewhere"))
    for named in (folder, str(folder), folder.parent):  # also the repository around it
        assert find_evidence(named) == folder


def test_the_repository_around_the_working_directory_is_found(folder, monkeypatch):
    deep = folder.parent / "notebooks" / "drafts"
    deep.mkdir(parents=True)
    monkeypatch.delenv("EVIDENCE_DIR", raising=False)
    monkeypatch.chdir(deep)
    assert find_evidence() == folder


def test_the_installed_copy_is_found_from_anywhere(folder, monkeypatch, tmp_path):
    package = tmp_path / "site-packages" / "evidence_tools"
    shutil.copytree(folder, package / "_evidence")
    (tmp_path / "work").mkdir()
    shutil.rmtree(folder)
    monkeypatch.delenv("EVIDENCE_DIR", raising=False)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(loading, "__file__", str(package / "evidence" / "loading.py"))
    assert find_evidence() == package / "_evidence"


def test_a_folder_without_evidence_is_refused_with_a_hint(tmp_path, monkeypatch):
    with pytest.raises(EvidenceFileError, match="found no folder of evidence"):
        find_evidence(tmp_path)
    with pytest.raises(EvidenceFileError, match="found no such folder"):
        find_evidence(tmp_path / "nowhere")
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path))
    with pytest.raises(EvidenceFileError, match="Check the path in EVIDENCE_DIR"):
        find_evidence()


def test_without_any_evidence_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("EVIDENCE_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "__file__", str(tmp_path / "a" / "b" / "evidence" / "loading.py"))
    with pytest.raises(EvidenceFileError, match="Name the folder, or set EVIDENCE_DIR"):
        find_evidence()


# --- what a cell becomes ---


def test_text_numbers_and_whole_numbers_have_their_types(evidence):
    kinds = {"string": "str", "date": "str", "number": "float64", "integer": "Int64"}
    for table in evidence.schema.tables.values():
        dtypes = evidence.table(table.name).dtypes
        assert {f.name: str(dtypes[f.name]) for f in table.fields} == {
            f.name: kinds[f.type] for f in table.fields
        }


@pytest.mark.parametrize("kind", ["string", "number", "integer"])
def test_only_an_empty_cell_is_missing(kind):
    assert column(kind, "1", "").isna().tolist() == [False, True]


def test_numbers_become_numbers_and_words_for_nothing_stay_words():
    assert column("number", "0.5", "-3", "1e-3").tolist() == [0.5, -3.0, 0.001]
    assert column("integer", "12", "12.0").tolist() == [12, 12]
    words = ["NA", "None", "null", "n/a", "nan", "N/A", "<NA>"]
    assert column("string", *words).tolist() == words


def test_the_digits_as_printed_are_kept_beside_the_numbers(folder):
    edit(folder / "arms.csv", ",0.5,mg/kg,", ",0.50,mg/kg,")
    evidence = et.load(folder)
    index = evidence.text["arms"].index[evidence.text["arms"]["dose"] == "0.50"][0]
    assert evidence.arms.at[index, "dose"] == 0.5


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_a_number_written_and_read_again_is_equal(numbers):
    assert column("number", *[repr(number) for number in numbers]).tolist() == numbers


words = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=8)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=5))
def test_a_table_written_and_read_again_is_equal(rows):
    table = TableSchema(
        name="t",
        path="t.csv",
        description="",
        fields=(Field(name="a", type="string"), Field(name="b", type="string")),
        primary_key=("a",),
        foreign_keys=(),
    )
    written = io.StringIO()
    pd.DataFrame(rows, columns=["a", "b"]).to_csv(written, index=False, lineterminator="\n")
    again = loading._parse_table(table, written.getvalue())
    assert list(again.itertuples(index=False, name=None)) == rows


def test_tables_written_and_read_again_are_equal(evidence, folder):
    for table in evidence.schema.tables.values():
        path = folder / table.path
        evidence.text[table.name].to_csv(path, index=False, lineterminator="\n")
    again = et.load(folder)
    for name in evidence.schema.tables:
        pd.testing.assert_frame_equal(again.table(name), evidence.table(name))


# --- strict, once, frozen ---


def test_each_file_is_read_once(folder, monkeypatch):
    opened: Counter[str] = Counter()
    for method in ("read_bytes", "read_text"):
        original = getattr(Path, method)

        def counted(self, *args, original=original, **kwargs):
            opened[self.name] += 1
            return original(self, *args, **kwargs)

        monkeypatch.setattr(Path, method, counted)
    evidence = et.load(folder)
    files = {table.path for table in evidence.schema.tables.values()}
    files |= {"datapackage.json", "references.bib", "claims.yml", "rules.yml", "questions.yml"}
    assert set(opened) == files
    assert {name: n for name, n in opened.items() if n > 1} == {}


def test_every_table_of_the_dictionary_has_its_place(evidence):
    fields = {field.name for field in dataclasses.fields(Evidence)}
    assert set(evidence.schema.tables) <= fields
    assert evidence.table("arms") is evidence.arms
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence.studies = evidence.arms
    with pytest.raises(UnknownTermError, match="found table 'arm'"):
        evidence.table("arm")


def test_summary_counts_what_is_there(evidence):
    first, second = evidence.summary().split("\n")
    assert first == f"{len(evidence.claims)} claims, {len(evidence.references)} sources"
    assert f"{len(evidence.results)} results" in second


def test_a_number_that_is_none_is_named_by_file_line_row_and_column(folder):
    edit(
        folder / "arms.csv",
        "cole-2013/ketamine,active,ketamine,0.5,",
        "cole-2013/ketamine,active,ketamine,half,",
    )
    with pytest.raises(EvidenceFileError) as caught:
        et.load(folder)
    line = (folder / "arms.csv").read_text(encoding="utf-8").split(",half,")[0].count("\n") + 1
    assert str(caught.value).startswith(
        f"arms.csv, line {line}, row cole-2013/ketamine, dose: found 'half'; "
        "allowed: a number with a decimal point"
    )


@pytest.mark.parametrize(
    ("cell", "rule"), [("inf", "not-finite"), ("NaN", "not-finite"), ("0,5", "wrong-type")]
)
def test_a_cell_that_is_no_number_becomes_a_finding_and_is_missing(folder, cell, rule):
    edit(folder / "arms.csv", "ketamine,0.5,mg/kg", f'ketamine,"{cell}",mg/kg')
    reading = read(folder)
    assert [f.rule for f in reading.findings] == [rule]
    index = reading.findings[0].line - 2
    assert pd.isna(reading.evidence.arms.at[index, "dose"])
    assert reading.evidence.text["arms"].at[index, "dose"] == cell


def test_half_a_person_is_no_whole_number(folder):
    edit(folder / "studies.csv", ",unclear,200,", ",unclear,200.5,")
    (one,) = read(folder).findings
    assert (one.column, one.value, one.allowed) == ("n_enrolled", "200.5", "a whole number")


def test_a_missing_file_is_one_finding_and_an_empty_table(folder):
    (folder / "timing.csv").unlink()
    reading = read(folder)
    assert [(f.rule, f.file) for f in reading.findings] == [("missing-file", "timing.csv")]
    assert len(reading.evidence.timing) == 0
    assert list(reading.evidence.timing.columns) == reading.evidence.schema["timing"].columns
    assert reading.evidence.unreadable == {"timing.csv"}
    with pytest.raises(EvidenceFileError, match=r"timing\.csv: found no such file"):
        et.load(folder)


def test_a_file_that_cannot_be_parsed_does_not_spoil_the_others(folder):
    edit(folder / "timing.csv", "\n", "\nragged,row\n")
    reading = read(folder)
    assert [(f.rule, f.line) for f in reading.findings] == [("ragged-row", 2)]
    assert len(reading.evidence.timing) == 0
    assert len(reading.evidence.results) > 0


def test_a_byte_order_mark_is_found_and_read_over(folder):
    path = folder / "arms.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    reading = read(folder)
    assert [f.rule for f in reading.findings] == ["byte-order-mark"]
    assert reading.evidence.arms.columns[0] == "study_id"


def test_a_file_may_be_replaced_by_a_draft(folder, tmp_path):
    draft = tmp_path / "draft.csv"
    draft.write_text((folder / "wanted.csv").read_text(encoding="utf-8").split("\n")[0] + "\n")
    reading = read(folder, replace={"wanted.csv": draft})
    assert len(reading.evidence.wanted) == 0
    assert len(reading.evidence.studies) > 0


def test_a_row_stands_two_lines_below_its_index(evidence):
    lines = (evidence.folder / "timing.csv").read_text(encoding="utf-8").split("\n")
    index = evidence.timing.index[-1]
    assert evidence.timing.at[index, "timing_id"] in lines[index + 1]


def test_links_of_claims_are_text_and_called_by_claim_and_row(evidence):
    links, table = evidence.claim_links, evidence.schema["claim_links"]
    assert table.columns == ["claim_id", "row_id", "test_id", "table", "relation", "reason"]
    assert all(links[column].dtype == "str" for column in table.columns)
    assert links.drop(columns="test_id").notna().all(axis=None)
    assert row_id(table, links, 0) == f"{links.claim_id[0]} {links.row_id[0]}"
    terms = evidence.side_effect_row_terms
    first = terms.iloc[0]
    several = row_id(evidence.schema["side_effect_row_terms"], terms, 0)
    assert several == f"{first['side_effect_id']} {first['term']}"
