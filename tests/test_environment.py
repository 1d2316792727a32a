"""Tests of the set-up: conda, pins and pyproject name the same packages and versions."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ASKED_FOR = {"jupyterlab", "pandas", "matplotlib", "bibtexparser", "pytest", "nbval"}
"""What a reader who knows notebooks expects to find in the environment."""

SET_UP_ONLY = {"python", "pip"}


def parsed(lines) -> dict[str, Requirement]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def needed(project) -> dict[str, Requirement]:
    """The dependencies of pyproject.toml, those of the tests included."""
    return parsed([*project["dependencies"], *project["optional-dependencies"]["dev"]])


@pytest.fixture(scope="module")
def conda(root) -> dict:
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def in_conda(conda) -> dict[str, Requirement]:
    return parsed([entry for entry in conda["dependencies"] if isinstance(entry, str)])


@pytest.fixture(scope="module")
def pinned(root) -> dict[str, Requirement]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return parsed([line for line in lines if line and not line.startswith("#")])


def test_conda_has_the_same_packages_in_the_same_versions(needed, in_conda):
    ranges = {name: str(requirement.specifier) for name, requirement in needed.items()}
    assert {
        name: str(requirement.specifier)
        for name, requirement in in_conda.items()
        if name not in SET_UP_ONLY
    } == ranges


def test_conda_has_the_same_python(project, in_conda):
    assert str(in_conda["python"].specifier) == project["requires-python"]


def test_conda_uses_one_channel_and_installs_the_project_itself(conda):
    assert conda["channels"] == ["conda-forge"]
    assert [entry for entry in conda["dependencies"] if isinstance(entry, dict)] == [
        {"pip": ["-e ."]}
    ]


def test_the_packages_that_readers_expect_are_named(in_conda):
    assert ASKED_FOR - set(in_conda) == set()


def test_every_dependency_is_pinned_within_its_range(needed, pinned):
    assert set(needed) - set(pinned) == set()
    for name, requirement in needed.items():
        (pin,) = pinned[name].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{name} {pin.version}"


def test_every_pin_is_exact_and_comes_from_no_address(pinned):
    for name, requirement in pinned.items():
        assert [pin.operator for pin in requirement.specifier] == ["=="], name
        assert requirement.url is None, name


def test_the_version_is_the_same_everywhere(project, root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert str(citation["version"]) == project["version"]
    assert f"## {project['version']}" in changelog


def test_no_file_names_a_package_registry_or_a_home_folder(root):
    registry = re.compile(
        rb"://[^\s/]*(?:py"
        rb"pi|python"
        rb"hosted|npm"
        rb"js|anaconda)\.[a-z]+|/simp"
        rb"le/|"
        rb"(?:--)?(?:extra-)?index-ur"
        rb"l\b"
    )
    home = re.compile(rb"(?<![\w.])/(?:ro" rb"ot|ho" rb"me|Us" rb"ers)/[\w.]+/?")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout
    files = [name.decode() for name in listed.split(b"\0") if name]
    assert "pyproject.toml" in files
    hits = [
        f"{name}: {match[0].decode(errors='replace')}"
        for name in files
        if (root / name).is_file()
        for pattern in (registry, home)
        for match in pattern.finditer((root / name).read_bytes())
    ]
    assert hits == []
