"""The pages: offline, complete, readable with a screen reader, never half written."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from evidence_tools.report import pages
from evidence_tools.report.execution import find_notebooks
from evidence_tools.report.pages import build_pages

NOTEBOOKS = find_notebooks(Path(__file__).resolve().parent)
NAMES = ["index.html", *(f"{path.stem}.html" for path in NOTEBOOKS)]
FETCHED = [
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("img", "srcset"),
]
FETCHED += [("source", "src"), ("video", "src"), ("object", "data"), ("embed", "src")]
EMPTY_TAGS = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """A page as a browser meets it: tags with attributes, text, and tags left open."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.words, self.open, self.crossed = [], [], [], []
        self.markup = path.read_text(encoding="utf-8")
        self.feed(self.markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in EMPTY_TAGS and (not self.open or self.open.pop() != tag):
            self.crossed.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def site(evidence, tmp_path_factory):
    target = tmp_path_factory.mktemp("built") / "site"
    assert build_pages(evidence, NOTEBOOKS, target) == [target / name for name in NAMES]
    return target


@pytest.fixture(params=NAMES)
def page(site, request):
    return Page(site / request.param)


def test_nothing_is_built_but_the_pages(site):
    assert sorted(path.name for path in site.iterdir()) == sorted(NAMES)
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_page_is_whole(page):
    assert page.markup.startswith("<!doctype html>")
    assert (page.open, page.crossed) == ([], [])


def test_page_asks_nobody_for_anything(page):
    asked = [attrs.get(name) for tag, name in FETCHED for attrs in page.all(tag)]
    assert [at for at in asked if at and not at.startswith("data:")] == []
    assert page.all("script") == []
    style = page.markup.partition("<style>")[2].partition("</style>")[0]
    assert style
    assert "url(" not in style
    assert "@import" not in style
    assert [a["style"] for _, a in page.tags if "url(" in a.get("style", "")] == []


def test_links_within_the_site_lead_somewhere(page, site):
    anchors = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [attrs["href"] for attrs in page.all("a")]
    inside = [link for link in links if not link.startswith(("http://", "https://"))]
    assert inside
    for link in inside:
        file, _, anchor = link.partition("#")
        assert file or anchor in anchors, link
        assert not file or (site / file).is_file(), link


def test_every_page_can_be_reached_from_every_page(page):
    links = {attrs["href"] for attrs in page.all("a")}
    assert set(NAMES) <= links


def test_page_says_what_a_screen_reader_needs(page):
    assert page.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )
    assert len(page.all("title")) == len(page.all("h1")) == len(page.all("main")) == 1
    links = page.all("a")
    assert links[0] == {"class": "skip", "href": "#content"}
    assert page.all("main")[0]["id"] == "content"
    assert page.all("nav")[0]["aria-label"]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))


def test_every_picture_has_words(page):
    assert all(attrs.get("alt", "").strip() for attrs in page.all("img"))


def test_every_heading_of_a_table_says_that_it_heads_a_column(page):
    assert {attrs.get("scope") for attrs in page.all("th")} == {"col"}


def test_page_gives_no_medical_advice_and_says_so(page):
    assert "it gives no medical advice" in page.text
    assert "Judgements that no human expert has confirmed are drafts" in page.text


def test_pages_have_titles_of_their_own(site):
    titles = [Page(site / name).markup.partition("<title>")[2].partition("<")[0] for name in NAMES]
    assert len(set(titles)) == len(NAMES)


def test_every_picture_of_the_notebooks_is_on_its_page(site):
    shown = [len(Page(site / f"{path.stem}.html").all("img")) for path in NOTEBOOKS]
    kept = [path.read_text(encoding="utf-8").count('"image/png": "') for path in NOTEBOOKS]
    assert shown == kept
    assert sum(kept) > 0


def test_index_gives_the_short_answers(site, evidence):
    text = Page(site / "index.html").text
    for question in pages._QUESTIONS.values():
        assert " ".join(question(evidence).summary().split()) in text


def test_a_notebook_points_to_pages_not_to_notebooks(site):
    assert ".ipynb" not in (site / "00-start-here.html").read_text(encoding="utf-8")


def test_pages_are_the_same_each_time(site, evidence, tmp_path):
    again = build_pages(evidence, NOTEBOOKS[:1], tmp_path / "site")[1]
    assert (
        again.read_text(encoding="utf-8").split("<main")[1]
        == (site / again.name).read_text(encoding="utf-8").split("<main")[1]
    )


def test_an_interrupted_build_leaves_the_old_site(evidence, tmp_path, monkeypatch):
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("old", encoding="utf-8")
    done = []

    def fail_at_the_second(notebook):
        done.append(notebook)
        if len(done) == 2:
            raise KeyboardInterrupt
        return "<h1>new</h1>"

    monkeypatch.setattr(pages, "_body", fail_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        build_pages(evidence, NOTEBOOKS, target)
    assert [path.name for path in target.iterdir()] == ["index.html"]
    assert (target / "index.html").read_text(encoding="utf-8") == "old"
    monkeypatch.undo()
    built = build_pages(evidence, NOTEBOOKS[:1], target)
    assert sorted(path.name for path in target.iterdir()) == sorted(path.name for path in built)
    assert list(tmp_path.iterdir()) == [target]
