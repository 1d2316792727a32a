"""`evidence gosh --scheduler`: a real cluster in this process, and what is said without one."""

import builtins
import csv
from functools import partial
from pathlib import Path

import pytest
from distributed import LocalCluster

from evidence_tools.command_line import cluster, diagnostics

BCG = Path(__file__).resolve().parents[2] / "docs" / "examples" / "bcg-vaccine.csv"
SETTINGS = {"method": "DL", "seed": 1}


@pytest.fixture(scope="module")
def scheduler():
    """The address of a cluster of two workers in threads of this process."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0", protocol="tcp"
    ) as local:
        yield local.scheduler_address


@pytest.fixture
def run(run):
    """`evidence gosh` in this process."""
    return partial(run, "gosh")


def test_a_cluster_fits_the_same_subsets(scheduler):
    here = diagnostics.gosh_of_file(BCG, **SETTINGS)
    there = diagnostics.gosh_of_file(BCG, scheduler=scheduler, **SETTINGS)
    assert (there.fits.subset == here.fits.subset).all()
    assert there.fits.estimate.tolist() == pytest.approx(here.fits.estimate.tolist(), rel=1e-12)


def test_the_command_hands_its_work_to_the_cluster(run, scheduler, tmp_path):
    path = tmp_path / "subsets.csv"
    code, _, err = run(BCG, "--scheduler", scheduler, "--method", "DL", "--out", path)
    assert (code, err.splitlines()[-1]) == (0, f"written: {path}")
    with path.open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 2**13 - 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:9", "no answer from tcp://127.0.0.1:9 in 0.5 seconds. Start one with"),
        ("nowhere://1", "allowed: an address, such as tcp://"),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_address_that_does_not_answer_is_one_line(refused, monkeypatch, address, said):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    refused(said, BCG, "--scheduler", address)


def test_a_cluster_without_workers_is_told(refused):
    with LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0", protocol="tcp"
    ) as empty:
        refused("no worker at tcp://", BCG, "--scheduler", empty.scheduler_address)


def test_without_the_package_the_command_says_how_to_install_it(refused, monkeypatch):
    real = builtins.__import__

    def without(name, *more, **others):
        if name == "distributed":
            raise ImportError(name)
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    refused("python -m pip install distributed", BCG, "--scheduler", "tcp://127.0.0.1:9")
