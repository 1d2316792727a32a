import pytest

from evidence_tools.evidence.dictionary import Field, TableSchema
from evidence_tools.evidence.form import check_table, check_text

ARMS = TableSchema(
    name="arms",
    path="arms.csv",
    description="",
    fields=(Field(name="arm_id", type="string"), Field(name="note", type="string")),
    primary_key=("arm_id",),
    foreign_keys=(),
)


def rules(findings):
    return [(finding.rule, finding.line) for finding in findings]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", []),
        ("Küçük, \u2265 3 \u00b5g\n".encode(), []),
        (b"", [("empty-file", None)]),
        (b" \n\n", [("empty-file", None)]),
        (b"\xef\xbb\xbfa\n", [("byte-order-mark", 1)]),
        (b"a\nb\xe9\n", [("not-utf-8", 2)]),
        (b"a\nb\r\nc\r\n", [("mixed-line-ends", 2)]),
        (b"a\nb", [("mixed-line-ends", 2)]),
        (b"a\nb\tc\n", [("tab", 2)]),
        (b"a\x00\n", [("control-character", 1)]),
        ("a\u2028b\n".encode(), [("control-character", 1)]),
        ("a\x85\n".encode(), [("control-character", 1)]),
        (b"<<<<<<< ours\n=======\n>>>>>>> theirs\n", [("conflict-marker", n) for n in (1, 2, 3)]),
    ],
)
def test_each_fault_of_a_text_is_found_at_its_line(data, expected):
    findings = list(check_text("arms.csv", data))
    assert rules(findings) == expected
    assert all("0xe9" in finding.message for finding in findings if finding.rule == "not-utf-8")


def test_an_underlined_heading_is_no_conflict():
    text = b"Title\n=======\n"
    assert list(check_text("README.md", text)) == []
    assert rules(check_text("arms.csv", text)) == [("conflict-marker", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arm_id,note\na/b,x\n", []),
        ('arm_id,note\na/b,"say ""so"", then"\n', []),
        ("arm_id\na/b\n", [("missing-column", 1)]),
        ("arm_id,note,dose\na/b,,1\n", [("extra-column", 1)]),
        ("arm_id,note,note\na/b,,\n", [("extra-column", 1)]),
        ("note,arm_id\n,a/b\n", [("column-order", 1)]),
        ("arm_id,note\na/b,x,y\n", [("ragged-row", 2)]),
        ("arm_id,note\na/b\n", [("ragged-row", 2)]),
        ("arm_id,note\n\na/b,x\n", [("ragged-row", 2)]),
        ('arm_id,note\na/b,5" tube\n', [("stray-quote", 2)]),
        ('arm_id,note\na/b,"x"y\n', [("stray-quote", 2)]),
        ('arm_id,note\na/b,"x\n', [("stray-quote", 2)]),
    ],
)
def test_each_fault_of_a_table_is_found_at_its_line(text, expected):
    assert rules(check_table(ARMS, text)) == expected


def test_a_cell_over_two_lines_is_named_by_its_first_line():
    findings = list(check_table(ARMS, 'arm_id,note\na/b,"x\ny"\nc/d,z\n'))
    assert rules(findings) == [("line-break-in-cell", 2)]


def test_a_renamed_column_is_missing_and_extra():
    findings = list(check_table(ARMS, "arm_id,notes\na/b,x\n"))
    assert rules(findings) == [("missing-column", 1), ("extra-column", 1)]
    assert [finding.column for finding in findings] == ["note", "notes"]


def test_the_shipped_files_are_sound(evidence):
    for table in evidence.schema.tables.values():
        data = (evidence.folder / table.path).read_bytes()
        assert list(check_text(table.path, data)) == []
        assert list(check_table(table, data.decode())) == []
