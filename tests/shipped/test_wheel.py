"""The wheel, installed in a fresh environment, brings the evidence along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # builds a wheel and makes an environment for it

ASK = """
import json
import evidence_tools as et

evidence = et.load()
rows = {name: len(evidence.table(name)) for name in evidence.schema.tables}
print(json.dumps({"module": et.__file__, "folder": str(evidence.folder), "rows": rows}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("EVIDENCE_DIR", "PYTHONPATH")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(root, tmp_path_factory) -> dict:
    """What a program outside the repository sees of the installed package."""
    place = tmp_path_factory.mktemp("wheel")
    build = ["hatchling", "build", "--target", "wheel", "--directory", str(place / "dist")]
    run(sys.executable, "-m", *build, cwd=root)
    (wheel,) = (place / "dist").glob("*.whl")

    environment = place / "fresh"
    venv.create(environment, with_pip=False, symlinks=True)
    scheme = sysconfig.get_paths("venv", {"base": str(environment), "platbase": str(environment)})
    python = Path(scheme["scripts"]) / "python"
    packages = Path(scheme["purelib"])
    # The libraries are lent by the running interpreter; a .pth file named in another is not
    # followed, so the checkout stays invisible.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=place)
    return json.loads(run(python, "-c", ASK, cwd=place)) | {"packages": str(packages)}


def test_the_package_comes_from_the_wheel_and_not_from_the_checkout(installed):
    assert Path(installed["module"]).is_relative_to(installed["packages"])


def test_the_evidence_comes_from_the_wheel(installed):
    assert Path(installed["folder"]).parent == Path(installed["module"]).parent


def test_the_installed_evidence_has_the_same_rows(installed, evidence):
    assert installed["rows"] == {name: len(evidence.table(name)) for name in evidence.schema.tables}
