import json

import pytest

from evidence_tools.base.errors import EvidenceFileError, UnknownTermError
from evidence_tools.evidence.dictionary import DESCRIPTOR, ForeignKey, parse_schema, read_descriptor

DOSE = {
    "name": "dose",
    "type": "number",
    "title": "Dose",
    "description": "Dose of one administration.",
    "unit": "dose_unit",
    "constraints": {"exclusiveMinimum": 0, "maximum": 1000},
}
ROUTE = {
    "name": "route",
    "type": "string",
    "constraints": {"required": True, "enum": ["iv", "oral"], "pattern": "^[a-z]+$"},
    "categories": [{"value": "iv", "label": "Into a vein."}],
}


def write(folder, *fields, **schema):
    arms = {"name": "arms", "path": "arms.csv", "schema": {"fields": list(fields)} | schema}
    (folder / DESCRIPTOR).write_text(json.dumps({"resources": [arms]}))
    return parse_schema(read_descriptor(folder))


def test_field_takes_every_property_from_the_descriptor(tmp_path):
    field = write(tmp_path, DOSE)["arms"]["dose"]
    assert (field.type, field.title, field.unit) == ("number", "Dose", "dose_unit")
    assert field.description == "Dose of one administration."
    assert (field.minimum, field.above, field.maximum) == (None, 0, 1000)
    assert not field.required
    assert field.vocabulary == {}


def test_vocabulary_gives_each_word_its_meaning(tmp_path):
    field = write(tmp_path, ROUTE)["arms"]["route"]
    assert field.vocabulary == {"iv": "Into a vein.", "oral": ""}
    assert field.required
    assert field.pattern == "^[a-z]+$"


@pytest.mark.parametrize("key", ["dose", ["dose"]])
def test_keys_may_be_written_as_a_word_or_a_list(tmp_path, key):
    link = {"fields": key, "reference": {"resource": "doses", "fields": key}}
    table = write(tmp_path, DOSE, primaryKey=key, foreignKeys=[link])["arms"]
    assert table.primary_key == ("dose",)
    assert table.foreign_keys == (ForeignKey(column="dose", table="doses", target="dose"),)


def test_unknown_table_or_column_is_named_with_the_known_ones(tmp_path):
    schema = write(tmp_path, DOSE, ROUTE)
    assert schema["arms"].columns == ["dose", "route"]
    with pytest.raises(UnknownTermError, match="found table 'arm'; allowed: arms"):
        schema["arm"]
    with pytest.raises(UnknownTermError, match="found column 'way'; allowed: dose, route"):
        schema["arms"]["way"]


SHAPE = "allowed: a Frictionless Data Package"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, r"found no datapackage\.json\. Name the folder"),
        (b'{\n  "resources": [,]\n}', r"datapackage\.json, line 2, column 17"),
        (b'{"title": "\xe9"}', "not UTF-8 at position 11"),
        *((data, SHAPE) for data in (b"{}", b"[]", b'{"resources": [{"name": "arms"}]}')),
    ],
)
def test_a_descriptor_that_cannot_be_read_says_where_and_what_to_do(tmp_path, data, said):
    if data is not None:
        (tmp_path / DESCRIPTOR).write_bytes(data)
    with pytest.raises(EvidenceFileError, match=said):
        parse_schema(read_descriptor(tmp_path))
