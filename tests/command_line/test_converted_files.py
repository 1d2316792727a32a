"""`evidence convert FILE`: which columns lead to which number, and what a row without any says.

The formulas are held against their papers in `test_conversions.py`.
"""

import re
from functools import partial

import pytest

from evidence_tools.arithmetic import conversions as conv
from evidence_tools.arithmetic.effects import effect_sizes
from evidence_tools.base.errors import EvidenceFileError
from evidence_tools.command_line.converted_files import COLUMNS, CONVERSIONS, convert_file


@pytest.fixture
def run(run):
    """`evidence convert` in this process."""
    return partial(run, "convert")


FROM_P = conv.sd_from_p(estimate=6, p_value=0.05, n=9)
FROM_CI = conv.sd_from_ci(ci_low=0, ci_high=4.128, n=25, ci_level=90)
NO_EFFECT = {"yi": None, "vi": None}


def derived(path):
    """Quantities and values of the first row."""
    return {one["quantity"]: one["value"] for one in convert_file(path)[0]["derived"]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mean,n,se\n20,36,2", {"sd": 12}),
        ("mean,n,t\n6,9,3", {"sd": 6, "se": 2}),
        ("mean,n,z\n6,9,-3", {"sd": 6, "se": 2}),
        ("mean,n,f\n6,9,9", {"sd": 6, "se": 2}),
        ("mean,n,p_value\n6,9,0.05", {"sd": FROM_P.value, "se": None}),
        ("mean,n,ci_low,ci_high,ci_level\n2,25,0,4.128,90", {"sd": FROM_CI.value, "se": None}),
        ("median,q1,q3,n\n6,4,10,20", {"mean": None, "sd": 4.7871, "se": None}),
        ("median,minimum,maximum,n\n6,2,14,20", {"mean": None, "sd": 3.2116, "se": None}),
        (
            "minimum,q1,median,q3,maximum,n\n2,4,6,10,14,20",
            {"mean": None, "sd": 3.6794, "se": None},
        ),
        ("mean_difference,n_active,n_control,se\n1,10,10,2", {"sd": 2 / 0.2**0.5}),
        ("mean_change,n,t,sd_1,sd_2\n6,9,3,5,6", {"sd_change": 6, "r": 25 / 60} | NO_EFFECT),
        ("sd_1,sd_2,r\n3,4,0", {"sd_change": 5}),
        ("estimate,t\n-6,2", {"se": 3, "yi": -6, "vi": 9}),
        ("ratio,z\n2.718281828459045,2", {"se": 0.5, "yi": 1, "vi": 0.25}),
        ("sd_active,n_active\n12,36", {"se_active": 2}),
        ("sd,n\n12,36", {"se": 2}),
    ],
)
def test_columns_lead_to_numbers(file, text, wanted):
    found = derived(file(text + "\n"))
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        if value is not None:
            assert found[name] == pytest.approx(value, rel=1e-4), name


def test_both_groups_of_a_trial_become_what_an_smd_needs(file):
    head = [
        f"{name}_{arm}" for arm in ("active", "control") for name in ("q1", "median", "q3", "n")
    ]
    found = derived(file(f"{','.join(head)}\n4,6,10,20,5,7,12,22\n"))
    columns = {name: [value] for name, value in found.items()} | {"n_active": 20, "n_control": 22}
    assert effect_sizes("SMD", columns).estimable.all()


def test_a_t_test_of_two_arms_is_an_smd(file):
    found = derived(file("t,n_active,n_control\n-1,2,2\n"))
    assert (round(found["yi"], 4), round(found["vi"], 4)) == (-0.5642, 1.0398)


def test_printed_numbers_are_never_derived(file):
    assert "sd" not in derived(file("mean,n,se,sd\n20,36,2,11\n"))


def test_a_statistic_goes_before_an_interval(file):
    (row,) = convert_file(file("mean,n,t,ci_low,ci_high\n6,9,3,1,11\n"))
    assert row["derived"][0]["derivation"] == "from-t"


def test_cells_of_a_row_decide_and_others_stand(record, run, file):
    path = file("label,estimate,t,p_value\na,1,2,\nb,0,,1\nc,,,\nd,1,,0.05\n")
    rows = record(path)
    assert [row["row"] for row in rows] == [1, 2, 3, 4]
    assert [bool(row["derived"]) for row in rows] == [True, False, False, True]
    assert "no se: p-value of 0: found 1; allowed: above 0, below 1" in rows[1]["notes"][0]
    assert rows[2]["notes"] == ["no conversion for the cells that are filled"]
    assert "from a two-sided p-value (normal)" in run(path)[1]


def test_a_ratio_of_0_has_no_log_and_its_row_says_so(file):
    (row,) = convert_file(file("ratio,t\n0,2\n"))
    assert row["notes"] == ["no se: ratio: found 0; allowed: above 0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found an empty file"),
        ("yi,vi\n1,1\n", "line 1: found yi, vi; allowed: columns that lead to a conversion"),
        ("mean,n,se\n1,ten,1\n", "line 2, n: found 'ten'; allowed: a number"),
    ],
)
def test_a_file_that_leads_to_nothing_is_one_line(refused, file, text, said):
    path = file(text)
    refused(said, path)
    with pytest.raises(EvidenceFileError):
        convert_file(path)


def test_the_help_names_every_column(run):
    text = run("--help")[1]
    plain = {re.sub("_(active|control)$", "", name) for name in COLUMNS}
    assert {name for name in plain if not re.search(rf"\b{name}\b", text)} == set()


def test_every_public_conversion_is_reached():
    def functions(by):
        inner = getattr(by, "args", ())
        return {getattr(by, "func", by), *inner}

    reached = set().union(*(functions(one.by) for one in CONVERSIONS))
    offered = {getattr(conv, name) for name in conv.__all__ if re.match("(mean|sd|se)_|corr", name)}
    assert offered - reached == set()
