"""Standardised changes against the tables of Morris (2008) and against metafor.

Numbers of metafor 5.1-12 were printed by `validation/metafor/change.R`; the data are those of
Morris (2008), Table 5, as in metafor's `test_analysis_example_morris2008.r`.
"""

import itertools

import pytest

from evidence_tools.arithmetic.effects import effect_sizes
from evidence_tools.base.errors import NotEstimableError

TREATED = {
    "mean_pre_active": [30.6, 23.5, 0.5, 53.4, 35.6],
    "mean_post_active": [38.5, 26.8, 0.7, 75.9, 36.0],
    "sd_pre_active": [15.0, 3.1, 0.1, 14.5, 4.7],
    "n_active": [20, 50, 9, 10, 14],
}
SD_POST = [11.6, 4.1, 0.1, 4.4, 4.6]
CONTROL = {
    "mean_pre_control": [23.1, 24.9, 0.6, 55.7, 34.8],
    "mean_post_control": [19.7, 25.3, 0.6, 60.7, 33.4],
    "sd_pre_control": [13.8, 4.1, 0.2, 17.3, 3.1],
    "n_control": [20, 42, 9, 11, 14],
}
R = [0.47, 0.64, 0.77, 0.89, 0.44]
PAIRS = {
    "mean_1": TREATED["mean_post_active"],
    "mean_2": TREATED["mean_pre_active"],
    "sd_1": SD_POST,
    "sd_2": TREATED["sd_pre_active"],
    "n": TREATED["n_active"],
    "r": R,
}
TABLE_2 = [
    *(0.413, 0.162, 0.080, 0.227, 0.089, 0.044, 0.041, 0.016, 0.008),
    *(0.421, 0.164, 0.082, 0.235, 0.092, 0.046, 0.049, 0.019, 0.009),
    *(0.444, 0.173, 0.086, 0.259, 0.100, 0.049, 0.073, 0.027, 0.013),
]
TABLE_3 = [
    *(0.414, 0.162, 0.081, 0.228, 0.089, 0.044, 0.043, 0.017, 0.008),
    *(0.416, 0.163, 0.081, 0.230, 0.090, 0.045, 0.044, 0.017, 0.009),
    *(0.433, 0.169, 0.084, 0.247, 0.096, 0.048, 0.062, 0.023, 0.011),
]
"""Morris (2008), pages 375 and 376: theoretical variance of d_ppc2 where the control changes by 0
and by 0.2; by change of the active arm (0, 0.5, 1), then r (0, 0.45, 0.9), then n (10, 25, 50)."""


def test_the_change_against_control_agrees_with_metafor():
    found = effect_sizes("PPC", TREATED | CONTROL | {"r": R})
    assert found.yi.tolist() == pytest.approx(
        [0.7684476468038, 0.8009868480587, 1.204516411445, 1.047626735602, 0.4389341925298], 1e-11
    )


@pytest.mark.parametrize(("control", "table"), [(0.0, TABLE_2), (0.2, TABLE_3)])
def test_its_variance_is_that_of_the_paper(control, table):
    cases = list(itertools.product((0, 0.5, 1), (0, 0.45, 0.9), (10, 25, 50)))
    for (active, r, n), known in zip(cases, table, strict=True):
        unit = {"sd_pre_active": 1, "sd_pre_control": 1, "n_active": n, "n_control": n, "r": r}
        means = {"mean_pre_active": 0, "mean_pre_control": 0, "mean_post_control": 0}
        one = effect_sizes("PPC", unit | means | {"mean_post_active": 1})
        wanted = (active - control) / one.yi[0]  # the change that makes yi the paper's delta
        found = effect_sizes("PPC", unit | means | {"mean_post_active": wanted})
        assert found.yi[0] == pytest.approx(active - control)
        assert found.vi[0] == pytest.approx(known, abs=0.00051)


YI = [0.5748594314435, 0.8981152145202, 1.846197322064, 1.938422393498, 0.08301468907781]


@pytest.mark.parametrize(
    ("measure", "vi"),
    [
        (
            "SMCRP",
            [0.05804328404314, 0.02008499389492, 0.2019253146355, 0.1903445593309]
            + [0.08014688609136],
        ),
        (
            "SMCRPH",
            [0.06290312194367, 0.02166407808684, 0.2271659789649, 0.3143596999976]
            + [0.08632773199002],
        ),
    ],
)
def test_changes_by_both_standard_deviations_agree_with_metafor(measure, vi):
    found = effect_sizes(measure, PAIRS)
    assert found.yi.tolist() == pytest.approx(YI, rel=1e-11)
    assert found.vi.tolist() == pytest.approx(vi, rel=1e-11)


@pytest.mark.parametrize("measure", ["SMCRP", "SMCRPH"])
def test_two_persons_have_no_standardised_change(measure):
    found = effect_sizes(measure, PAIRS | {"n": [20, 50, 2, 10, 14]})
    assert found.notes == ("study 3 (index 2): not estimable, fewer than 3 persons",)


def test_four_people_in_two_arms_have_no_variance():
    found = effect_sizes("PPC", TREATED | CONTROL | {"r": R, "n_active": [2] * 5, "n_control": 2})
    assert len(found.notes) == 5
    with pytest.raises(NotEstimableError, match=r"r: found 1\.2; allowed: -1 to 1"):
        effect_sizes("PPC", TREATED | CONTROL | {"r": 1.2})
