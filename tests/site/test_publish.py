"""Publishing: pages are built when something of theirs has changed, and only then."""

import pytest

from evidence_tools.site import pages


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Publishes one executed notebook; how often pages were built."""
    data, executed = tmp_path / "evidence", tmp_path / "build" / "notebooks" / "01-tiny.ipynb"
    data.mkdir()
    executed.parent.mkdir(parents=True)
    (data / "timing.csv").write_text("a\n", encoding="utf-8")
    executed.write_text("{}", encoding="utf-8")
    times = []

    def build(evidence, notebooks, target):
        times.append(evidence)
        target.mkdir(exist_ok=True)
        written = [target / name for name in ("index.html", "01-tiny.html")]
        for page in written:
            page.write_text("whole", encoding="utf-8")
        return written

    monkeypatch.setattr(pages, "build_pages", build)
    monkeypatch.setattr(pages, "notebook_inputs", lambda: [data])
    monkeypatch.setattr(pages, "run_notebooks", lambda *_, **__: [executed])

    def run():
        found = pages.publish(None, [tmp_path / "notebooks" / "01-tiny.ipynb"], done=print)
        assert [page.name for page in found] == ["index.html", "01-tiny.html"]
        assert all(page.is_file() for page in found)
        return len(times)

    return run


def test_pages_are_built_once_while_nothing_changes(built):
    assert [built(), built()] == [1, 1]


@pytest.mark.parametrize("changed", ["evidence/timing.csv", "build/notebooks/01-tiny.ipynb"])
def test_changed_evidence_or_notebooks_build_them_again(built, tmp_path, changed):
    built()
    (tmp_path / changed).write_text("b\n", encoding="utf-8")
    assert [built(), built()] == [2, 2]


def test_a_page_that_was_lost_is_built_again(built, tmp_path):
    built()
    (tmp_path / "build" / "site" / "01-tiny.html").unlink()
    assert built() == 2


def test_another_version_of_a_library_builds_them_again(built, monkeypatch):
    built()
    monkeypatch.setattr("evidence_tools.site.notebooks.version", lambda name: "0")
    assert built() == 2


def test_a_build_that_failed_is_made_again(built, tmp_path, monkeypatch):
    built()
    (tmp_path / "evidence" / "timing.csv").write_text("b\n", encoding="utf-8")

    def fail(*_):
        raise OSError("no space")

    with monkeypatch.context() as broken:
        broken.setattr(pages, "build_pages", fail)
        with pytest.raises(OSError, match="no space"):
            built()
    (tmp_path / "evidence" / "timing.csv").write_text("a\n", encoding="utf-8")
    assert built() == 2
