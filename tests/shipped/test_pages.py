"""The pages: offline, complete, readable with a screen reader, never half written."""

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from evidence_tools.display.display import Prose
from evidence_tools.display.style import VERDICTS
from evidence_tools.questions.onset.page import onset_answer
from evidence_tools.site import pages
from evidence_tools.site.notebooks import find_notebooks
from evidence_tools.site.pages import build_pages

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
        if file and anchor:
            assert f'id="{anchor}"' in (site / file).read_text(encoding="utf-8"), link


def test_a_verdict_carries_its_colour_its_symbol_and_its_word(site, evidence):
    markup = (site / "index.html").read_text(encoding="utf-8")
    headline = {claim.claim_id for claim in evidence.claims if claim.headline}
    recorded = evidence.verdicts[evidence.verdicts["claim_id"].isin(headline)]["verdict"]
    for verdict, count in recorded.value_counts().items():
        look = VERDICTS[verdict]
        mark = f'<b style="color:{look.colour}">{look.symbol} {look.words}</b>'
        assert markup.count(mark) == count


def test_no_raw_word_reaches_a_reader(page):
    assert not re.search(r"\bnan\b|\bNone\b", page.text.partition("The code of this page")[0])


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


def test_every_heading_of_a_table_says_what_it_heads(page):
    assert {attrs.get("scope") for attrs in page.all("th")} <= {"col", "row"}


def test_every_table_can_be_scrolled_with_the_keyboard(page):
    boxes = [a for a in page.all("div") if "table" in a.get("class", "").split()]
    assert len(boxes) == len(page.all("table"))
    assert {box["tabindex"] for box in boxes} <= {"0"}


def test_no_code_stands_between_the_answers(page):
    assert page.markup.count('<details class="code">') <= 1
    after = page.markup.partition('<details class="code">')[2]
    assert "<table" not in after
    assert "<img" not in after


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


@pytest.mark.parametrize("name", ["01-onset", "02-duration"])
def test_background_is_closed_behind_words_that_say_how_much_it_is(site, evidence, name):
    page = Page(site / f"{name}.html")
    words = pages._QUESTIONS[name](evidence).table("background").folded
    assert f'<details class="rows"><summary>{words}</summary><div class="table' in page.markup


def test_wanted_things_are_closed_on_every_page_of_a_question(site):
    for name in pages._QUESTIONS:
        page = Page(site / f"{name}.html")
        assert "known to exist and not seen</summary>" in page.markup
        assert [a for a in page.all("details") if "open" in a] == []


def test_no_figure_stands_beside_a_table_that_is_closed(site):
    for name in pages._QUESTIONS:
        markup = Page(site / f"{name}.html").markup
        for after in markup.split("<img")[1:]:
            before_table = after.partition('<div class="table')[0]
            assert '<details class="rows">' not in before_table


def test_a_notebook_points_to_pages_not_to_notebooks(site):
    assert ".ipynb" not in (site / "00-start-here.html").read_text(encoding="utf-8")


def test_hostile_text_in_the_label_of_a_study_is_shown_as_text(evidence, tmp_path, monkeypatch):
    hostile = "<script>alert(1)</script>"
    labelled = dataclasses.replace(evidence, studies=evidence.studies.assign(label=hostile))
    answer = onset_answer(labelled)
    shown = [
        {"text/html": answer.table("background")._repr_html_()},
        {"text/markdown": Prose(f"Seen in {hostile}.")._repr_markdown_()},
    ]
    outputs = [nbformat.v4.new_output("display_data", data=data) for data in shown]
    cell = nbformat.v4.new_code_cell("answer", outputs=outputs)
    title = nbformat.v4.new_markdown_cell("# Onset")
    path = tmp_path / "01-onset.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[title, cell]), path)
    monkeypatch.setitem(pages._QUESTIONS, "01-onset", lambda _: Prose(hostile))
    monkeypatch.setattr(Prose, "summary", lambda self: self.text, raising=False)
    for built in build_pages(labelled, [path], tmp_path / "site"):
        page = Page(built)
        assert page.all("script") == []
        assert hostile in page.text


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


@pytest.fixture
def old_site(tmp_path):
    """A site of two pages that is to be replaced."""
    target = tmp_path / "site"
    target.mkdir()
    for name in ("index.html", "another.html"):
        (target / name).write_text(f"old {name}", encoding="utf-8")
    return target


def whole_copies(folder):
    """Folders beside each other that hold the whole old site."""
    names = ["another.html", "index.html"]
    return [
        place.name
        for place in sorted(folder.iterdir())
        if sorted(path.name for path in place.iterdir()) == names
        and all((place / n).read_text(encoding="utf-8") == f"old {n}" for n in names)
    ]


@pytest.mark.parametrize(
    ("moved", "kept"), [("site", "site"), ("site.partial", "site.old")], ids=["away", "in place"]
)
def test_an_exception_between_the_swaps_leaves_the_old_site(
    evidence, old_site, monkeypatch, moved, kept
):
    rename = Path.rename

    def fail(path, target):
        if path.name == moved:
            raise OSError("no such luck")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="no such luck"):
        build_pages(evidence, NOTEBOOKS[:1], old_site)
    assert whole_copies(old_site.parent) == [kept]
    monkeypatch.undo()
    built = build_pages(evidence, NOTEBOOKS[:1], old_site)
    assert sorted(old_site.iterdir()) == sorted(built)
    assert list(old_site.parent.iterdir()) == [old_site]


def test_the_old_site_is_whole_at_every_move(evidence, old_site, monkeypatch):
    rename, seen = Path.rename, []

    def watch(path, target):
        seen.append((path.name, whole_copies(old_site.parent)))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", watch)
    build_pages(evidence, NOTEBOOKS[:1], old_site)
    assert seen == [("site", ["site"]), ("site.partial", ["site.old"])]
    assert whole_copies(old_site.parent) == []
