import pytest

from evidence_tools.evidence.bibliography import Reference, parse_bibliography


def parse(*lines, head="@article{glue2018ketamine,"):
    return parse_bibliography("\n".join([head, *lines, "}"]) + "\n")


def one(*lines, head="@article{glue2018ketamine,"):
    """The only reference of a text in which nothing is wrong."""
    references, findings = parse(*lines, head=head)
    assert findings == ()
    (reference,) = references.values()
    return reference


def rules(findings):
    return [(f.rule, f.line, f.column) for f in findings]


def test_fields_arrive_as_they_stand():
    reference = one(
        "  title = {Ketamine's dose-related effects},",
        "  author = {Glue, Paul and Neehoff, Shona},",
        "  year = {2018},",
        "  journal = {Int Clin Psychopharmacol},",
        "  doi = {10.1177/0269881117705089}",
    )
    assert reference == Reference(
        key="glue2018ketamine",
        kind="article",
        title="Ketamine's dose-related effects",
        authors=("Glue, Paul", "Neehoff, Shona"),
        year="2018",
        container="Int Clin Psychopharmacol",
        doi="10.1177/0269881117705089",
    )
    assert reference.line == 1


def test_a_duplicate_key_is_found_and_the_first_entry_kept():
    text = "@article{a1,\n  title = {A}\n}\n\n@article{a1,\n  title = {B}\n}\n"
    references, findings = parse_bibliography(text)
    assert references["a1"].title == "A"
    assert rules(findings) == [("duplicate-id", 5, "key")]


def test_keys_that_differ_only_in_case_are_found():
    text = "@article{Glue2017,\n  title = {A}\n}\n@article{glue2017,\n  title = {B}\n}\n"
    _, findings = parse_bibliography(text)
    assert ("bib-keys-differ-in-case", 4, "key") in rules(findings)
    assert ("bib-malformed-key", 1, "key") in rules(findings)


def test_an_entry_that_is_not_closed_is_found_and_the_next_one_kept():
    text = "@article{a1,\n  title = {A\n}\n\n@article{b1,\n  title = {B}\n}\n"
    references, findings = parse_bibliography(text)
    assert list(references) == ["b1"]
    assert rules(findings) == [("bib-unparsed-block", 1, "")]


def test_a_missing_comma_is_found_although_the_parser_swallows_it():
    _, findings = parse("  title = {A}", "  year = {2020}")
    assert rules(findings) == [("bib-missing-comma", 2, "title")]
    assert "before the field 'year'" in findings[0].hint


@pytest.mark.parametrize(
    ("key", "rule"),
    [("", "bib-empty-key"), ("glue 2018", "bib-malformed-key"), ("reed-2017", "bib-malformed-key")],
)
def test_a_key_is_lower_case_letters_digits_and_underscores(key, rule):
    references, findings = parse("  title = {A}", head=f"@article{{{key},")
    assert rules(findings) == [(rule, 1, "key")]
    assert key or references == {}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("  title = {50% of patients}", "bib-bare-percent"),
        ("  journal = JPharm", "bib-undefined-string"),
        ("  month = jul", "bib-undefined-string"),
        ('  journal = jp # " B"', "bib-concatenation"),
        ('  journal = "A" # " B"', "bib-concatenation"),
    ],
)
def test_only_values_in_braces_or_quotes_are_allowed(line, rule):
    _, findings = parse(line)
    assert [(f.rule, f.line) for f in findings] == [(rule, 2)]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("@string{jp = {J}}\n@article{a1,\n  journal = jp\n}\n", ("bib-undefined-string", 1, "")),
        ("@article{a1,\n  title = {A},\n  title = {B}\n}\n", ("bib-duplicate-field", 1, "title")),
        ("@article{a1,\n  title = {A},\n  Title = {B}\n}\n", ("bib-duplicate-field", 1, "title")),
    ],
)
def test_definitions_and_fields_given_twice_are_found(text, finding):
    assert finding in rules(parse_bibliography(text)[1])


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ("Glue, Paul", ("Glue, Paul",)),
        ("{The Ketamine Group} and Glue, Paul", ("The Ketamine Group", "Glue, Paul")),
        ("{US Food and Drug Administration}", ("US Food and Drug Administration",)),
        (
            "{US Food and Drug Administration} and Glue, P",
            ("US Food and Drug Administration", "Glue, P"),
        ),
    ],
)
@pytest.mark.parametrize("name", ["author", "Author"])
def test_a_group_with_and_in_its_name_stays_one_author(name, author, authors):
    assert one(f"  {name} = {{{author}}}").authors == authors


def test_and_others_is_no_person_and_accents_stay_as_they_are():
    assert one("  author = {Glue, Paul and others}").label == "Glue et al. undated"
    assert one(r"  title = {caf\'{e} -- tea}").title == r"caf\'{e} -- tea"


def test_a_misc_entry_is_of_the_kind_that_its_type_says():
    fields = ("  howpublished = {Agency},", "  type = {label}")
    reference = one(*fields, head="@misc{spravato2020label,")
    assert (reference.kind, reference.container) == ("label", "Agency")


def test_escaped_characters_are_turned_back_in_text_only():
    reference = one(
        r"  title = {Fear \& worry: 50\% of \#1, \$5, x\_y},",
        "  url = {https://example.org/a%20b_c%3F&d},",
        "  doi = {10.1002/(sici)%3C1_2}",
    )
    assert reference.title == "Fear & worry: 50% of #1, $5, x_y"
    assert reference.url == "https://example.org/a%20b_c%3F&d"
    assert reference.doi == "10.1002/(sici)%3C1_2"


@pytest.mark.parametrize(
    ("authors", "year", "label"),
    [
        (None, "", "a1 undated"),
        (("Glue, Paul",), "2018", "Glue 2018"),
        (("Glue, Paul", "Neehoff, Shona"), "2018", "Glue and Neehoff 2018"),
        (("Glue, Paul", "Neehoff, Shona", "X, Y"), "2018", "Glue et al. 2018"),
        (("The Ketamine Group",), "", "The Ketamine Group undated"),
        ((), "2020", "A title 2020"),
    ],
)
def test_label_names_authors_and_year(authors, year, label):
    title = "" if authors is None else "A title"
    facts = {"title": title, "authors": authors or (), "year": year}
    assert Reference(key="a1", kind="article", **facts).label == label


def test_citation_holds_what_is_known_and_says_what_is_not():
    reference = Reference(
        key="a",
        kind="article",
        title="Ketamine.",
        authors=tuple(f"A{n}, B" for n in range(7)),
        year="2018",
        container="J",
        volume="3",
        number="2",
        pages="1-9",
        doi="10.1/x",
    )
    assert reference.citation == (
        "A0, B; A1, B; A2, B; A3, B; A4, B; A5, B; et al. (2018). Ketamine. J 3(2):1-9. "
        "https://doi.org/10.1/x"
    )
    retracted = Reference(key="a", kind="article", status="retracted")
    assert retracted.citation == "(year not seen). [title not seen] [RETRACTED]"
    assert retracted.retracted
    assert not Reference(key="a", kind="article", status="corrected").retracted
    for doi, link in (("10.1/x", "https://doi.org/10.1/x"), ("", "https://example.org")):
        given = Reference(key="a", kind="article", doi=doi, url="https://example.org")
        assert given.link == link
