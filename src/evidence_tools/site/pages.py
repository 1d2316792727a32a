"""Executed notebooks as web pages: one file each, an index, no outside requests.

The pages are built in a folder beside the target and moved there when all are done, so that a
site is never half written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import nbformat  # noqa: TID253
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from nbconvert import HTMLExporter  # noqa: TID253
from nbformat import NotebookNode  # noqa: TID253

import evidence_tools
from evidence_tools.checks.structure import without_link_grammar
from evidence_tools.evidence.loading import Evidence, find_evidence
from evidence_tools.questions.duration.page import duration_answer
from evidence_tools.questions.onset.page import onset_answer
from evidence_tools.questions.side_effect_counts.page import side_effect_frequency
from evidence_tools.questions.side_effect_times.page import side_effect_timing
from evidence_tools.questions.who_was_studied.page import who_was_studied
from evidence_tools.site.documents import PICTURE, documents, readme_picture
from evidence_tools.site.notebooks import digest, find_notebooks, run_notebooks
from evidence_tools.site.overview import (
    summary_of_evidence,
    table_of_rungs,
    table_of_source_levels,
)
from evidence_tools.verdicts.page import claim_verdicts

if TYPE_CHECKING:
    from evidence_tools.evidence.loading import Evidence


class _Answer(Protocol):
    def summary(self) -> str: ...


_QUESTIONS: dict[str, Callable[[Evidence], _Answer]] = {
    "01-onset": onset_answer,
    "02-duration": duration_answer,
    "03-side-effect-timing": side_effect_timing,
    "04-side-effect-frequency": side_effect_frequency,
    "05-who-was-studied": who_was_studied,
    "06-verdicts-and-certainty": claim_verdicts,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the site: file, title, its few words in the menu, and the short answer."""

    file: str
    title: str
    menu: str
    answer: str = ""


def build_pages(evidence: Evidence, notebooks: list[Path], target: Path) -> list[Path]:
    """Write the executed notebooks and an index page as HTML."""
    loaded = [(path, nbformat.read(path, as_version=4)) for path in notebooks]
    pages = [_page(path, notebook, evidence) for path, notebook in loaded]
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _write(partial / "index.html", "Start", _index(evidence, pages), evidence, pages)
    for page, (_, notebook) in zip(pages, loaded, strict=True):
        _write(partial / page.file, page.title, _body(notebook), evidence, pages)
    _swap(partial, target)
    return [target / name for name in ("index.html", *(page.file for page in pages))]


def _swap(new: Path, target: Path) -> None:
    """Put the new folder in the place of the old one, which stays whole until then."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _page(path: Path, notebook: NotebookNode, evidence: Evidence) -> Page:
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ").strip()
    question = _QUESTIONS.get(path.stem)
    answer = question(evidence).summary() if question else ""
    menu = path.stem.partition("-")[2].replace("-", " ").capitalize()
    return Page(file=f"{path.stem}.html", title=title, menu=menu, answer=answer)


@cache
def _templates() -> Environment:
    """The templates; what they are given is text unless it is marked as HTML."""
    return Environment(loader=PackageLoader("evidence_tools.site"), autoescape=True)


def _write(path: Path, title: str, body: Markup, evidence: Evidence, pages: list[Page]) -> None:
    css = files("evidence_tools.site").joinpath("templates/site.css").read_text("utf-8")
    template = _templates().get_template("page.html.j2")
    text = template.render(
        title=title,
        body=body,
        css=Markup(css),
        pages=pages,
        current=path.name,
        searched_on=evidence.searches["searched_on"].max(),
        version=version("evidence-tools"),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _index(evidence: Evidence, pages: list[Page]) -> Markup:
    judged = claim_verdicts(evidence)
    text = (
        _templates()
        .get_template("index.html.j2")
        .render(
            summary=summary_of_evidence(evidence).text,
            questions=[page for page in pages if page.answer],
            verdicts=judged.summary(),
            claims=_links(judged.table("headline")._repr_html_()),
            rungs=Markup(table_of_rungs(evidence)._repr_html_()),
            levels=Markup(table_of_source_levels(evidence)._repr_html_()),
        )
    )
    return Markup(text)


def _body(notebook: NotebookNode) -> Markup:
    body, _ = _exporter().from_notebook_node(notebook)
    return _links(body)


@cache
def _exporter() -> HTMLExporter:
    """Notebook to HTML; made once, since it compiles its templates."""
    with as_file(files("evidence_tools.site").joinpath("templates")) as templates:
        exporter = HTMLExporter(template_name="notebook", extra_template_basedirs=[str(templates)])
        exporter.exclude_anchor_links = True
        exporter.environment  # noqa: B018  (found while the folder is there)
    return exporter


def _links(html: str) -> Markup:
    """HTML in which links between notebooks are links between pages."""
    return Markup(re.sub(r'href="([0-9a-z-]+)\.ipynb(#[a-z0-9-]+)?"', r'href="\1.html\2"', html))


_LIBRARIES = ("evidence-tools", "pandas", "jinja2", "mistune", "nbconvert")


def notebook_inputs() -> list[Path]:
    """The folders whose files decide what the notebooks show: the evidence and the package."""
    return [find_evidence(), Path(evidence_tools.__file__).parent]


def find_repository(start: Path) -> Path:
    """The repository around a folder. Raises EvidenceFileError if the folder is not within a clone
    of the repository.
    """
    return find_notebooks(start)[0].parent.parent


def write_documents(evidence: Evidence, repository: Path) -> list[Path]:
    """Write the documents made from the evidence, and the README's picture."""
    contents: dict[str, bytes] = {
        name: text.encode() for name, text in documents(evidence, repository).items()
    }
    contents[PICTURE] = readme_picture(evidence).png()
    for name, content in contents.items():
        partial = repository / f"{name}.partial"
        partial.write_bytes(content)
        partial.replace(repository / name)
    return [repository / name for name in contents]


def publish(
    evidence: Evidence, notebooks: list[Path], *, done: Callable[[Path, bool], None]
) -> list[Path]:
    """Execute notebooks into ``build/notebooks`` and write the pages to ``build/site``. Pages whose
    evidence, code, notebooks and libraries are unchanged stay as they are.
    """
    build = notebooks[0].parent.parent / "build"
    executed = run_notebooks(notebooks, build / "notebooks", notebook_inputs(), done=done)
    site, stored = build / "site", build / "site.fingerprint"
    pages = [site / f"{name}.html" for name in ("index", *(path.stem for path in executed))]
    fingerprint = digest([*notebook_inputs(), *executed], _LIBRARIES)
    kept = stored.read_text(encoding="utf-8") if stored.is_file() else ""
    if kept == fingerprint and all(page.is_file() for page in pages):
        return pages
    with without_link_grammar():
        from evidence_tools.site.pages import build_pages
    stored.unlink(missing_ok=True)
    built = build_pages(evidence, executed, site)
    stored.write_text(fingerprint, encoding="utf-8")
    return built
