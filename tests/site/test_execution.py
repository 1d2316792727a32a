"""Running notebooks: only what changed, nothing half written, nothing of the machine kept."""

import nbformat
import pytest

from evidence_tools.base.errors import EvidenceFileError
from evidence_tools.site.notebooks import find_notebooks, run_notebooks


@pytest.fixture
def data(tmp_path):
    """A folder whose files decide what the notebooks show."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "timing.csv").write_text("a,b\n", encoding="utf-8")
    return folder


@pytest.fixture
def write(tmp_path):
    """Writes a notebook of one cell into ``notebooks/``."""

    def one_cell(source, name="01-tiny.ipynb"):
        path = tmp_path / "notebooks" / name
        path.parent.mkdir(exist_ok=True)
        cell = nbformat.v4.new_code_cell(source, metadata={"scrolled": True})
        words = nbformat.v4.new_markdown_cell("# Tiny")
        metadata = {"language_info": {"name": "python", "version": "2.7.1"}, "author": "me"}
        nbformat.write(nbformat.v4.new_notebook(cells=[words, cell], metadata=metadata), path)
        return path

    return one_cell


@pytest.fixture
def run(tmp_path, data):
    """Runs notebooks into ``build/``; which of them were executed."""

    def into_build(*paths, target=tmp_path / "build"):
        ran = {}
        run_notebooks(paths, target, [data], done=lambda path, did: ran.update({path.name: did}))
        return ran

    return into_build


@pytest.fixture
def no_kernel(monkeypatch):
    """Cells are not run, where only whether they would be is asked."""

    async def unrun(client):
        return client.nb

    monkeypatch.setattr("nbclient.NotebookClient.async_execute", unrun)


def outputs(path):
    cell = nbformat.read(path, as_version=4).cells[-1]
    return "".join(output.get("text", "") for output in cell.outputs)


def test_unchanged_notebooks_are_not_rerun(write, run, tmp_path):
    path = write("print(6 * 7)")
    assert run(path) == {"01-tiny.ipynb": True}
    first = (tmp_path / "build" / "01-tiny.ipynb").read_bytes()
    assert run(path) == {"01-tiny.ipynb": False}
    assert (tmp_path / "build" / "01-tiny.ipynb").read_bytes() == first
    assert outputs(tmp_path / "build" / "01-tiny.ipynb") == "42\n"


@pytest.mark.usefixtures("no_kernel")
def test_changed_evidence_or_cells_make_them_rerun(write, run, data):
    path = write("print(6 * 7)")
    run(path)
    (data / "timing.csv").write_text("a,c\n", encoding="utf-8")
    assert run(path) == {"01-tiny.ipynb": True}
    write("print(6 * 8)")
    assert run(path) == {"01-tiny.ipynb": True}
    (data / "timing.csv").rename(data / "times.csv")
    assert run(path) == {"01-tiny.ipynb": True}


@pytest.mark.usefixtures("no_kernel")
def test_an_executed_copy_that_was_lost_is_made_again(write, run, tmp_path):
    path = write("print(6 * 7)")
    run(path)
    (tmp_path / "build" / "01-tiny.ipynb").unlink()
    assert run(path) == {"01-tiny.ipynb": True}


@pytest.mark.usefixtures("no_kernel")
def test_running_elsewhere_leaves_the_notebook_as_it_is(write, run):
    path = write("print(6 * 7)")
    before = path.read_bytes()
    run(path)
    assert path.read_bytes() == before


def test_metadata_of_the_machine_is_not_kept(write, run, tmp_path):
    path = write("print(6 * 7)")
    run(path, target=path.parent)
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.metadata for cell in notebook.cells] == [{}, {}]
    assert notebook.cells[-1].execution_count == 1


def test_in_place_gives_the_same_file_each_time(write, run):
    path = write("print(6 * 7)")
    assert run(path, target=path.parent) == {"01-tiny.ipynb": True}
    first = path.read_bytes()
    assert run(path, target=path.parent) == {"01-tiny.ipynb": True}
    assert path.read_bytes() == first


def test_a_failing_cell_names_the_notebook_and_keeps_the_old_copy(write, run, tmp_path):
    path = write("print(6 * 7)")
    run(path)
    before = (tmp_path / "build" / "01-tiny.ipynb").read_bytes()
    write("print(7)\n1 / 0")
    with pytest.raises(EvidenceFileError) as failed:
        run(path)
    assert str(failed.value).startswith("notebooks/01-tiny.ipynb: found a cell that fails")
    assert "ZeroDivisionError: division by zero" in str(failed.value)
    assert "\n" not in str(failed.value)
    assert "\x1b" not in str(failed.value)
    assert [file.name for file in (tmp_path / "build").iterdir()] == ["01-tiny.ipynb"]
    assert (tmp_path / "build" / "01-tiny.ipynb").read_bytes() == before


def test_a_failing_cell_in_place_does_not_touch_the_notebook(write, run):
    path = write("1 / 0")
    before = path.read_bytes()
    with pytest.raises(EvidenceFileError, match="01-tiny"):
        run(path, target=path.parent)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_write_keeps_the_old_copy(write, run, tmp_path, monkeypatch):
    path = write("print(6 * 7)")
    run(path)
    before = (tmp_path / "build" / "01-tiny.ipynb").read_bytes()
    write("print(6 * 8)")

    def half(notebook, where):
        where.write_text('{"cells": [', encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nbformat, "write", half)
    with pytest.raises(OSError, match="No space left"):
        run(path)
    assert (tmp_path / "build" / "01-tiny.ipynb").read_bytes() == before


def test_a_reader_of_the_old_copy_never_sees_half_of_the_new_one(write, run, tmp_path):
    path = write("print(6 * 7)")
    run(path)
    before = (tmp_path / "build" / "01-tiny.ipynb").read_bytes()
    write("print(6 * 8)")
    with (tmp_path / "build" / "01-tiny.ipynb").open("rb") as reader:
        run(path)
        assert reader.read() == before
    assert outputs(tmp_path / "build" / "01-tiny.ipynb") == "48\n"


def test_every_notebook_is_reported_and_returned_in_order(write, tmp_path, data):
    paths = [write(f"print({n})", f"0{n}-tiny.ipynb") for n in (3, 1, 2)]
    told = []
    made = run_notebooks(
        paths, tmp_path / "build", [data], done=lambda path, ran: told.append(path)
    )
    assert made == [tmp_path / "build" / path.name for path in paths]
    assert sorted(told) == sorted(paths)
    assert [outputs(path) for path in made] == ["3\n", "1\n", "2\n"]


def test_notebooks_are_found_from_any_folder_of_the_repository(write, tmp_path):
    second, first = write("2", "02-b.ipynb"), write("1", "01-a.ipynb")
    write("0", "scratch.ipynb")
    deep = tmp_path / "src" / "deep"
    deep.mkdir(parents=True)
    assert find_notebooks(deep) == find_notebooks(tmp_path) == [first, second]


def test_a_folder_without_notebooks_says_what_to_do(tmp_path):
    with pytest.raises(EvidenceFileError, match="no notebooks here or above. Run this in a clone"):
        find_notebooks(tmp_path)
