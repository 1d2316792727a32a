"""Tables, links, paragraphs and pictures as a reader and a screen reader meet them."""

import struct
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib.figure import Figure

from evidence_tools.base.errors import UnknownTermError
from evidence_tools.display.display import (
    Column,
    Lines,
    Link,
    Mark,
    PageAnswer,
    Picture,
    Prose,
    Table,
)

NASTY = '<b>5 < 6 & "7"</b>'


class Reader(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def table():
    link = Link("abstract", "https://example.org/?a=1&b=2", 'place "one"')
    return Table(columns=("Study", NASTY), rows=(("A", NASTY), ("B", link)))


@pytest.fixture
def picture():
    axes = Figure(figsize=(2, 1)).add_subplot()
    axes.plot([1, 2], [3, 4])
    return Picture(axes=axes, alt="Two points <joined>.")


def chunks(png):
    """Names of the chunks of a PNG file."""
    place, names = 8, []
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        names.append(png[place + 4 : place + 8])
        place += 12 + length
    return names


def test_html_of_a_table_is_escaped_with_headed_columns_and_a_cell_for_each(table):
    page = Reader(table._repr_html_())
    assert page.all("th") == [{"scope": "col"}] * 2
    assert (len(page.all("td")), len(page.all("tr"))) == (4, 3)
    assert page.all("b") == []
    assert page.text.count(NASTY) == 2


def test_plain_table_and_records_are_words_without_markup(table):
    records = [{"Study": "A", NASTY: NASTY}, {"Study": "B", NASTY: "abstract"}]
    folded = replace(table, folded="background")
    assert table.to_records() == folded.to_records() == records
    assert repr(table) == repr(folded) == f"Study | {NASTY}\nA | {NASTY}\nB | abstract"


def test_a_row_of_the_wrong_length_is_no_record():
    with pytest.raises(ValueError, match="zip"):
        Table(columns=("a", "b"), rows=(("1",),)).to_records()


@pytest.mark.parametrize("folded", ["", "background"])
def test_an_empty_table_is_a_sentence(folded):
    table = Table(columns=("Study",), rows=(), empty="No study <yet>.", folded=folded)
    assert repr(table) == "No study <yet>."
    assert table._repr_html_() == "<p>No study &lt;yet&gt;.</p>"


def test_a_folded_table_is_closed_behind_its_words_and_no_other_is(table):
    shown = table._repr_html_()
    assert Reader(shown).tags[0] == ("div", {"class": "table pairs", "tabindex": "0"})
    assert Reader(shown).all("details") == Reader(shown).all("summary") == []
    folded = replace(table, folded=NASTY)._repr_html_()
    page = Reader(folded)
    assert page.tags[:2] == [("details", {"class": "rows"}), ("summary", {})]
    assert page.text[0] == NASTY
    assert page.all("b") == []
    assert folded.partition("</summary>")[2] == f"{shown}</details>"


def test_a_mark_is_its_words_in_a_colour():
    mark = Mark("◆ <mixed>", "#9a5b00")
    page = Reader(mark.html())
    assert page.all("b") == [{"style": "color:#9a5b00"}]
    assert page.text == [str(mark)] == ["◆ <mixed>"]


def test_several_lines_are_a_list_and_one_is_not():
    link = Link("abstract", "https://example.org/")
    cell = Lines((("A (", link, ")"), (NASTY,)))
    page = Reader(cell.html())
    assert [len(page.all(tag)) for tag in ("ul", "li", "a", "b")] == [1, 2, 1, 0]
    assert str(cell) == f"A (abstract); {NASTY}"
    assert Reader(Lines((("A ", link),)).html()).all("ul") == []


def test_no_line_says_so():
    assert str(Lines(())) == Lines(()).html() == "none"
    assert str(Lines((), empty="no <row>")) == "no <row>"
    assert Lines((), empty="no <row>").html() == "no &lt;row&gt;"


def test_a_stacked_table_has_headed_rows_and_named_cells(table):
    wide = Table(columns=("Claim", NASTY, "Why"), rows=(("a", "b", "c"),), stacked=True)
    page = Reader(wide._repr_html_())
    assert page.tags[0][1]["class"] == "table stacked"
    assert page.all("th")[-1] == {"scope": "row"}
    assert [cell["data-label"] for cell in page.all("td")] == [NASTY, "Why"]
    pairs = Reader(replace(table, stacked=True)._repr_html_())
    assert pairs.tags[0][1]["class"] == "table stacked pairs"


def test_a_long_cell_is_marked_so_that_a_page_gives_it_room():
    rows = (("a" * 60, "b" * 61, Lines((("c" * 61,),))),)
    page = Reader(Table(columns=("x", "y", "z"), rows=rows)._repr_html_())
    assert [cell.get("class") for cell in page.all("td")] == [None, "long", "long"]


def test_a_link_leads_to_its_page_and_says_the_place(table):
    page = Reader(table._repr_html_())
    assert page.all("a") == [{"href": "https://example.org/?a=1&b=2", "title": 'place "one"'}]


def test_a_link_without_an_address_is_its_words_and_without_a_remark_has_no_title():
    assert Link("drug <label>", "").html() == "drug &lt;label&gt;"
    assert Link("here", "https://example.org").html() == '<a href="https://example.org">here</a>'


def test_a_link_cannot_leave_its_attribute():
    link = Link("x", 'https://example.org/" onclick="evil()')
    assert [sorted(attrs) for attrs in Reader(link.html()).all("a")] == [["href"]]


def test_prose_is_markdown_and_plain_text_alike():
    prose = Prose("Seen in **two** studies.")
    assert prose._repr_markdown_() == repr(prose) == "Seen in **two** studies."


def test_picture_comes_with_its_alternative_text(picture):
    data, metadata = picture._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert data["text/plain"] == f"Figure: {picture.alt}"
    assert metadata == {"image/png": {"alt": picture.alt}}


def test_picture_is_the_same_each_time_and_carries_neither_software_nor_date(picture):
    assert picture.axes in picture.figure.axes
    assert picture.png() == picture.png()
    names = chunks(picture.png())
    assert names[0] == b"IHDR"
    assert names[-1] == b"IEND"
    assert not {b"tEXt", b"iTXt", b"zTXt", b"tIME"} & set(names)


COLUMNS = (
    Column("Study", lambda row: row["study"]),
    Column("n", lambda row: int(row["n"]), "right"),
)


@pytest.mark.parametrize("kind", [list, pd.DataFrame])
def test_a_table_is_made_of_columns_that_speak_of_each_row(kind):
    rows = [{"study": "A", "n": 3}, {"study": "B", "n": 40}]
    table = Table.of(COLUMNS, kind(rows), folded="two")
    assert table.columns == ("Study", "n")
    assert table.rows == (("A", "3"), ("B", "40"))
    assert (table.right, table.folded) == ({"n"}, "two")


def test_columns_without_rows_make_an_empty_table():
    assert repr(Table.of(COLUMNS, [], empty="Nothing.")) == "Nothing."


class Weather(PageAnswer):
    """An answer with two tables and no picture."""

    def summary(self):
        return "It rained.\nThen it stopped."

    def tables(self):
        return {"rain": lambda: Table.of(COLUMNS, []), "sun": lambda: Table.of(COLUMNS[:1], [])}


def test_an_answer_shows_its_first_part_unless_another_is_named():
    weather = Weather()
    assert weather.answer().text == "It rained.\n\nThen it stopped."
    assert weather.table() == weather.table("rain") != weather.table("sun")


@pytest.mark.parametrize(
    ("kind", "part", "allowed"), [("table", "snow", "rain, sun"), ("picture", "", "none")]
)
def test_a_part_that_an_answer_has_not_is_named_with_those_it_has(kind, part, allowed):
    with pytest.raises(UnknownTermError, match=f"{kind}: found '{part}'; allowed: {allowed}"):
        getattr(Weather(), kind)(part)
