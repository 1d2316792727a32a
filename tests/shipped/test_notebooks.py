"""The committed notebooks keep the rules of the house, and the guard sees a broken one."""

import ast
import copy
import re
from pathlib import Path

import nbformat
import pytest

import evidence_tools as et

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
MOST_CODE_CELLS, MOST_LINES, TABLE_WITHIN = 20, 8, 3
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FIRST_CODE = "import evidence_tools as et\n\nevidence = et.load()"
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
FORBIDDEN += (ast.For, ast.While, ast.With, ast.ListComp, ast.SetComp, ast.DictComp)
FORBIDDEN_NAMES = {"open", "warnings", "exec", "eval", "Path"}
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|work|tmp|Users|opt|var|usr)/|\b[A-Z]:\\")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")


def problems(notebook):
    """Everything in a notebook that breaks a rule, as lines that name the cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [*_problems_of_story(notebook.cells), *_problems_of_run(code)]
    for index, cell in enumerate(notebook.cells):
        check = _problems_of_code if cell.cell_type == "code" else _problems_of_prose
        found += [f"cell {index}: {words}" for words in check(cell)]
        found += [f"cell {index}: {words}" for words in _problems_of_text(cell)]
    found += list(_problems_of_pictures(notebook.cells))
    if dict(notebook.metadata) != METADATA or any(cell.metadata for cell in notebook.cells):
        found.append("metadata differs between machines")
    return found


def _problems_of_story(cells):
    first, last = cells[0], cells[-1]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "the first cell is no heading"
    if "short answer" not in first.source.lower():
        yield "the first cell gives no short answer"
    if last.cell_type != "markdown" or "would change" not in last.source:
        yield "the last cell does not say what would change the answer"
    if "medical advice" not in last.source:
        yield "the last cell does not say that it is no medical advice"


def _problems_of_run(code):
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "not every code cell was executed in order"
    if len(code) > MOST_CODE_CELLS:
        yield f"{len(code)} code cells"
    if not code or code[0].source != FIRST_CODE:
        yield "the first code cell does not load the evidence"


def _problems_of_code(cell):
    lines = cell.source.split("\n")
    if len(lines) > MOST_LINES:
        yield f"{len(lines)} lines"
    if any(line.lstrip().startswith(("%", "!")) for line in lines):
        yield "magic or shell"
    elif tree := ast.parse(cell.source):
        yield from _problems_of_syntax(tree)
    if any(line.rstrip().endswith(";") for line in lines):
        yield "a trailing semicolon"
    for output in cell.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            yield "an error or a warning in its output"


def _problems_of_syntax(tree):
    for node in ast.walk(tree):
        if isinstance(node, FORBIDDEN):
            yield f"{type(node).__name__} in a notebook"
        if isinstance(node, ast.Import | ast.ImportFrom):
            if ast.unparse(node) != "import evidence_tools as et":
                yield f"{ast.unparse(node)}"
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            yield f"{node.id} in a notebook"
        elif isinstance(node, ast.Attribute):
            private = node.attr.startswith("_")
            unknown = ast.unparse(node.value) == "et" and node.attr not in et.__all__
            if private or unknown:
                yield f"{ast.unparse(node)} is not public"


def _problems_of_prose(cell):
    """A digit in prose was typed by hand; in a link's target or an anchor it is a name."""
    prose = re.sub(r"\]\([^)]*\)", "]", cell.source)
    prose = re.sub(r'<span id="[^"]*">', "", prose)
    if typed := re.findall(r"\S*\d\S*", prose):
        yield f"typed number {typed[0]!r}"


def _problems_of_text(cell):
    texts = [cell.source]
    for output in cell.get("outputs", []):
        texts += [str(output.get("text", ""))]
        texts += [str(v) for kind, v in output.get("data", {}).items() if kind != "image/png"]
    for text in texts:
        for name, pattern in (("absolute path", ABSOLUTE_PATH), ("memory address", ADDRESS)):
            if match := pattern.search(text):
                yield f"{name} {match[0]!r}"


def _problems_of_pictures(cells):
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if "image/png" not in output.get("data", {}):
                continue
            if not output.metadata.get("image/png", {}).get("alt", "").strip():
                yield f"cell {index}: a picture without alternative text"
            if not any(map(_has_table, cells[index + 1 : index + 1 + TABLE_WITHIN])):
                yield f"cell {index}: a picture without a table under it"


def _has_table(cell):
    """A table that a page folds away is not under a picture."""
    shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
    return any("<table" in markup and "<details" not in markup for markup in shown)


@pytest.fixture(scope="module")
def sound():
    return nbformat.read(NOTEBOOKS[1], as_version=4)


@pytest.fixture
def broken(sound):
    """A copy of a sound notebook that a test may spoil."""
    return copy.deepcopy(sound)


def code_cell(notebook, number=-1):
    return [cell for cell in notebook.cells if cell.cell_type == "code"][number]


def picture(notebook):
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return next(output for output in outputs if "image/png" in output.get("data", {}))


def test_the_notebooks_stand_in_reading_order():
    assert [path.name[:2] for path in NOTEBOOKS] == ["00", "01", "02", "03", "04", "05", "06"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_keeps_the_rules(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert problems(notebook) == []


def headings(notebook):
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return re.findall(r"^## (.+)$", "\n".join(prose), re.MULTILINE)


def test_the_first_notebook_begins_with_the_verdicts(evidence):
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    summary, table = [cell for cell in cells if cell.get("outputs")][:2]
    assert summary.source.endswith("verdicts.answer()")
    assert summary.outputs[0].data["text/markdown"] == et.claim_verdicts(evidence).summary()
    assert table.source == 'verdicts.table("headline")'
    first_heading = next(i for i, cell in enumerate(cells) if cell.source.startswith("## "))
    assert cells.index(table) < first_heading


def test_the_first_notebook_gives_each_answer_under_its_question(evidence):
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    answers = (et.onset_answer, et.duration_answer, et.side_effect_timing)
    answers += (et.side_effect_frequency, et.who_was_studied)
    asked = {cell.source: index for index, cell in enumerate(cells)}
    for answer, path in zip(answers, NOTEBOOKS[1:], strict=False):
        index = asked[f"et.{answer.__name__}(evidence).answer()"]
        title = nbformat.read(path, as_version=4).cells[0].source.split("\n")[0]
        assert cells[index - 1].source == f"##{title}"
        words = cells[index].outputs[0].data["text/markdown"]
        assert words.split() == answer(evidence).summary().split()


def test_side_effects_are_told_as_peak_end_and_beginning():
    notebook = nbformat.read(NOTEBOOKS[3], as_version=4)
    told = headings(notebook)
    assert told == [
        "What the studies say, effect by effect",
        "The peak",
        "The end",
        "The beginning",
        "Benefit and harm on one clock",
        "What could not be seen, and what would change this answer",
    ]
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert re.findall(r'harms\.table\("(\w+)"\)', code) == [
        *("shares", "midway", "peak", "gone", "lasting", "beginnings", "unseen")
    ]


def test_serious_events_sizes_and_doses_are_told_apart_from_the_named_effects():
    notebook = nbformat.read(NOTEBOOKS[4], as_version=4)
    assert headings(notebook) == [
        "The effects that the page names",
        "Effects that the page leaves out",
        "Against control",
        "The definition decides",
        "Serious events and stopping",
        "Blood pressure and heart rate",
        "Dissociation by dose and by repetition",
        "What could not be seen, and what would change this answer",
    ]


def test_every_headline_claim_has_a_block_that_the_first_notebook_leads_to(evidence):
    ledger = nbformat.read(NOTEBOOKS[6], as_version=4)
    sources = [cell.source for cell in ledger.cells]
    for claim in evidence.claims:
        if claim.headline:
            (heading,) = [i for i, text in enumerate(sources) if f'id="{claim.claim_id}"' in text]
            assert sources[heading + 1] == f'verdicts.table("{claim.claim_id}")'


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_links_of_a_notebook_lead_to_files(path):
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\((?!http)([^)#]+)", prose)
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_guard_sees_a_cell_that_was_not_executed(broken):
    code_cell(broken).execution_count = None
    assert problems(broken) == ["not every code cell was executed in order"]


def test_guard_sees_cells_run_out_of_order(broken):
    code_cell(broken).execution_count += 1
    assert problems(broken) == ["not every code cell was executed in order"]


def test_guard_sees_a_warning(broken):
    warning = nbformat.v4.new_output("stream", name="stderr", text="FutureWarning")
    code_cell(broken).outputs.append(warning)
    assert [line.split(": ")[1] for line in problems(broken)] == [
        "an error or a warning in its output"
    ]


def test_guard_sees_a_failed_cell(broken):
    failed = nbformat.v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    code_cell(broken).outputs = [failed]
    assert any("an error or a warning" in line for line in problems(broken))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\n".join(["evidence"] * 9), "9 lines"),
        ("def f():\n    return evidence", "FunctionDef"),
        ("for study in evidence.studies:\n    print(study)", "For"),
        ("[row for row in evidence.claims]", "ListComp"),
        ("with open('x') as file:\n    file.read()", "With"),
        ("import pandas as pd", "import pandas"),
        ("from evidence_tools import clock", "from evidence_tools import clock"),
        ("warnings.simplefilter('ignore')", "warnings"),
        ("et.report", "et.report is not public"),
        ("evidence._private", "evidence._private is not public"),
        ("%matplotlib inline", "magic"),
        ("onset.picture();", "semicolon"),
    ],
)
def test_guard_sees_code_that_belongs_elsewhere(broken, source, said):
    code_cell(broken).source = source
    assert any(said in line for line in problems(broken))


@pytest.mark.parametrize("words", ["Relief came in 3 studies.", "Within 2 h.", "[1 study](a.md)"])
def test_guard_sees_a_number_typed_in_prose(broken, words):
    broken.cells[0].source += f"\n\n{words}"
    assert len(problems(broken)) == 1
    assert "typed number" in problems(broken)[0]


def test_guard_lets_numbers_stand_in_the_target_of_a_link(broken):
    broken.cells[0].source += "\n\n[How long does relief last?](02-duration.ipynb)"
    assert problems(broken) == []


def test_guard_sees_a_picture_without_alternative_text(broken):
    picture(broken).metadata["image/png"]["alt"] = ""
    assert [line.split(": ")[1] for line in problems(broken)] == [
        "a picture without alternative text"
    ]


def test_guard_sees_a_picture_without_a_table(broken):
    for cell in broken.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("text/html", None)
    assert any("a picture without a table" in line for line in problems(broken))


def test_guard_sees_a_picture_whose_table_is_folded_away(broken):
    for cell in broken.cells:
        for output in cell.get("outputs", []):
            if markup := output.get("data", {}).get("text/html"):
                folded = f'<details class="rows"><summary>rows</summary>{markup}</details>'
                output.data["text/html"] = folded
    pictures = sum(
        "image/png" in output.get("data", {})
        for cell in broken.cells
        for output in cell.get("outputs", [])
    )
    found = [line.split(": ")[1] for line in problems(broken)]
    assert found == ["a picture without a table under it"] * pictures


@pytest.mark.parametrize("text", ["<Axes at 0x7f3a2c>", "/" + "home/me/evidence", "C:\\evidence"])
def test_guard_sees_what_differs_between_machines(broken, text):
    code_cell(broken).outputs.append(nbformat.v4.new_output("stream", text=text))
    assert len(problems(broken)) == 1


def test_guard_sees_the_metadata_of_a_machine(broken):
    broken.metadata.language_info.version = "3.11.7"
    assert problems(broken) == ["metadata differs between machines"]


@pytest.mark.parametrize("place", [0, -1])
def test_guard_sees_a_story_without_its_beginning_or_end(broken, place):
    broken.cells[place].source = "Words."
    assert len(problems(broken)) == 2


def test_guard_sees_a_notebook_that_does_not_load_the_evidence(broken):
    code_cell(broken, 0).source = "import evidence_tools as et"
    assert problems(broken) == ["the first code cell does not load the evidence"]


def test_guard_sees_too_many_cells(broken):
    while sum(cell.cell_type == "code" for cell in broken.cells) <= MOST_CODE_CELLS:
        cell = nbformat.v4.new_code_cell("evidence", metadata={})
        cell.execution_count = code_cell(broken).execution_count + 1
        broken.cells.insert(-1, cell)
    assert problems(broken) == [f"{MOST_CODE_CELLS + 1} code cells"]
