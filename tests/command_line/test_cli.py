"""The command line as a user, a script and a pipe meet it."""

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from typer.main import get_command

from evidence_tools import checks
from evidence_tools.command_line import cli, terminal
from evidence_tools.display.display import Table
from evidence_tools.evidence import loading
from spoiling import delete_rows, read_rows, set_cell

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(get_command(cli.app).commands)
WRITERS = ["docs", "notebooks", "report"]
"""They write files of the repository: their examples are not run here."""
ESCAPE, COLOUR = "\x1b", re.compile(r"\x1b\[[0-9;]*(?:3|4|9)[0-7][0-9;]*m")


@pytest.fixture(scope="module")
def checked(world_folder):
    return checks.check_path(world_folder)


@pytest.fixture
def quick(run, monkeypatch, evidence, checked):
    """The same on the made-up world, which is read and checked only once."""
    real = checks.check_path
    monkeypatch.setattr(loading, "load", lambda: evidence)
    monkeypatch.setattr(checks, "check_path", lambda path=None: real(path) if path else checked)
    return run


@pytest.fixture
def record(quick, record):
    """What a command prints as JSON on the made-up world."""
    return record


@pytest.fixture
def rows_of(world_folder):
    """The rows of a table as they stand in its file."""
    return partial(read_rows, world_folder)


def process(*words, **variables):
    """`python -m evidence_tools` as a process of its own, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "evidence_tools", *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        check=False,
        timeout=60,
    )


def on_a_terminal(*words, **variables):
    """What the command writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-m", "evidence_tools", *words],
        cwd=ROOT,
        env=clean | {"TERM": "xterm-256color", "COLUMNS": "80"} | variables,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    ) as child:
        os.close(theirs)
        written = b""
        while piece := _read(ours):
            written += piece
    os.close(ours)
    assert child.returncode == 0
    return written.decode()


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the child closed the terminal
        return b""


# Help


@pytest.fixture
def examples(run):
    """The examples in the help of each command."""
    return {
        name: re.findall(r"Example: evidence (.+)", run(name, "--help")[1]) for name in COMMANDS
    }


def test_help_of_every_command_is_a_sentence_and_one_example(examples):
    for name, found in examples.items():
        sentence = get_command(cli.app).commands[name].help
        assert sentence.endswith("."), name
        assert "\n" not in sentence, name
        assert len(found) == 1, name
        assert found[0].split()[0] == name
        assert name not in WRITERS or found == [name]


def test_help_lists_every_command(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert sorted(re.findall(r"^  (\w+)  ", out.split("Commands:")[1], re.MULTILINE)) == COMMANDS


# JSON: its keys are held against docs/json.md by test_json_shapes.py


def test_every_claim_has_a_recorded_draft_and_a_proposal(record, evidence):
    claims = record("claims")
    assert [claim["claim_id"] for claim in claims] == [c.claim_id for c in evidence.claims]
    assert {claim["status"] for claim in claims} == {"draft"}
    for claim in claims:
        words = ("claim_id", "claim", "reason", "verdict", "proposed_verdict")
        assert all(isinstance(claim[name], str) and claim[name] for name in words)
        assert isinstance(claim["headline"], bool)
        assert isinstance(claim["rungs"], list)


def test_a_withdrawn_programme_is_missed_by_the_proposals_only(record):
    before, after = record("claims"), record("claims", "--without-programme", "lane-2018")
    assert [claim["verdict"] for claim in after] == [claim["verdict"] for claim in before]
    assert any(
        one["proposed_verdict"] != other["proposed_verdict"]
        for one, other in zip(before, after, strict=True)
    )


def test_certainty_names_each_domain_of_a_question_that_is_answered(record):
    records = record("certainty")
    assert records
    domains = ["risk of bias", "inconsistency", "indirectness", "imprecision", "missing studies"]
    for one in records:
        assert list(one["domains"]) == domains
        assert one["rating"] in ("high", "moderate", "low", "very-low")
    assert record("certainty", records[0]["question_id"]) == records[:1]


def test_a_question_without_an_answer_cannot_be_rated(quick, record):
    code, out, err = quick("certainty", "direct/4h/single/active/no-response")
    assert (code, err) == (0, "")
    assert "nothing can be rated" in out
    assert record("certainty", "direct/4h/single/active/no-response") == []


def test_times_are_numbers_as_exact_as_in_the_file_and_open_bounds_null(record, rows_of):
    records, rows = record("timeline"), rows_of("timing")
    assert [one["timing_id"] for one in records] == [row["timing_id"] for row in rows]
    for one in records:
        bounds = (one["lower_min"], one["upper_min"])
        assert all(bound is None or isinstance(bound, float) for bound in bounds)
        assert all(isinstance(one[name], str) for name in set(one) - {"lower_min", "upper_min"})
    by_id = {one["timing_id"]: one for one in records}
    (exact,) = [row for row in rows if row["lower"] == row["upper"] == "33.4"]
    assert exact["unit"] == "d"
    assert by_id[exact["timing_id"]]["lower_min"] == pytest.approx(33.4 * 24 * 60, rel=1e-12)
    still_there = [row for row in rows if row["lower"] and not row["upper"]]
    assert {by_id[row["timing_id"]]["upper_min"] for row in still_there} == {None}


def test_gaps_are_in_the_order_of_the_claims_and_end_with_those_of_none(record, evidence):
    gaps = record("gaps")
    assert [gap["claim_id"] for gap in gaps] == [c.claim_id for c in evidence.claims] + [None]
    wanted = [value for gap in gaps for item in gap["wanted"] for value in item.values()]
    assert all(isinstance(value, str) for value in wanted)


def test_show_gives_numbers_as_they_stand_in_the_file(record, rows_of):
    row = next(row for row in rows_of("results") if "." in row["estimate"])
    (match,) = record("show", row["result_id"])
    numbers = {k: v for k, v in match["facts"].items() if isinstance(v, int | float)}
    assert numbers
    assert numbers == {name: float(row[name]) for name in numbers}


def test_validation_counts_its_findings_and_adds_the_screens(record):
    report = record("validate")
    assert report["ok"] is True
    assert report["counts"] == {"error": 0, "note": len(report["findings"])}
    assert {finding["severity"] for finding in report["findings"]} == {"note"}
    assert any(finding["rule"].startswith("integrity-") for finding in report["findings"])
    for finding in report["findings"]:
        assert finding["line"] is None or isinstance(finding["line"], int)
        assert all(isinstance(finding[name], str) for name in set(finding) - {"line"})


def test_every_study_is_screened_or_one_alone(record, evidence):
    studies = record("screen")
    assert [study["study_id"] for study in studies] == evidence.studies.study_id.tolist()
    assert {study["status"] for study in studies} == {
        *("some concern", "no concern", "cannot be checked")
    }
    (study,) = record("screen", "void-2025")
    assert (study["study_id"], study["status"]) == ("void-2025", "some concern")
    assert {finding["row_id"] for finding in study["findings"]} == set(study["rows"])


def test_the_table_of_the_screens_is_on_standard_output_alone(quick):
    code, out, err = quick("screen")
    assert code == 0
    assert out.splitlines()[0].split("\t") == ["Study", "Status", "Checks", "Rows that do not fit"]
    assert "no judgement of the study" in err
    assert "no judgement of the study" not in out


# Exit codes and streams


def test_evidence_with_an_error_exits_with_one(run, folder, monkeypatch):
    set_cell(folder, "studies", "lane-2018", "directness", "very-direct")
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    code, out, err = run("validate")
    assert (code, err) == (1, "")
    assert "very-direct" in out.splitlines()[0]
    assert out.splitlines()[-1].startswith("1 error,")
    code, out, _ = run("validate", str(folder), "--json")
    report = json.loads(out)
    assert (code, report["ok"], report["counts"]["error"]) == (1, False, 1)
    assert report["findings"][0]["row_id"] == "lane-2018"


@pytest.mark.parametrize(
    ("table", "data", "said"),
    [
        ("arms", b"\xff\n", ": found byte 0xff, which is not UTF-8"),
        ("timing", None, ": found no such file"),
    ],
)
@pytest.mark.parametrize("command", [["validate"], ["claims"], ["timeline"], ["show", "x"]])
def test_a_table_that_cannot_be_read_exits_with_two(
    run, folder, monkeypatch, command, table, data, said
):
    path = folder / f"{table}.csv"
    if data:
        path.write_bytes(path.read_bytes() + data)
    else:
        path.unlink()
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    code, out, err = run(*command)
    assert code == 2
    assert f"{table}.csv{', line' if data else ''}" in out + err
    assert said in out + err
    assert bool(out) == (command == ["validate"])


def test_a_row_whose_study_is_missing_still_has_its_time(run, folder, monkeypatch):
    delete_rows(folder, "studies", lambda row: row["study_id"] == "lane-2018")
    monkeypatch.setenv("EVIDENCE_DIR", str(folder))
    code, out, err = run("timeline", "--json")
    assert (code, err) == (0, "")
    rows = [r for r in json.loads(out) if r["study_id"] == "lane-2018"]
    assert [(r["timing_id"], r["directness"]) for r in rows][2:] == [("lane-2018/t03", "")]


WRONG_USE = {
    "unknown programme": (["claims", "--without-programme", "no-such"], "reed-anxiety"),
    "unknown id": (["show", "lane-208"], "Did you mean 'lane-2018'"),
    "unknown study": (["screen", "vod-2025"], "Did you mean 'void-2025'"),
    "unknown event": (["timeline", "--event", "relief-onst"], "Did you mean 'relief-onset'?"),
    "allowed events": (["timeline", "--event", "x"], "allowed: relief-onset, relief-last-seen"),
    "unknown term": (["timeline", "--term", "dissociaton"], "Did you mean 'dissociation'?"),
    "unknown rung": (["timeline", "--rung", "indrect"], "Did you mean 'indirect'?"),
    "allowed rungs": (
        ["timeline", "--rung", "x"],
        "--rung: found 'x'; allowed: direct, related, indirect, safety-only, context",
    ),
    "missing folder": (["validate", "/no/such/folder"], "/no/such/folder: found no such folder"),
    "not of the evidence": (["validate", str(ROOT / "pyproject.toml")], "allowed: accepted.csv"),
    "wrong option": (["claims", "--csv"], "No such option: --csv"),
    "wrong command": (["pools"], "No such command 'pools'"),
    "missing id": (["show"], "Missing argument 'ID'"),
    "nothing": ([], "[OPTIONS] COMMAND [ARGS]..."),
}


@pytest.mark.parametrize(("words", "said"), WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use_exits_with_two_and_says_what_to_do(quick, words, said):
    code, out, err = quick(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_folder_without_evidence_exits_with_two(refused, tmp_path, monkeypatch):
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path))
    said = f"evidence: {tmp_path}: found no folder of evidence; allowed: a folder that holds "
    assert refused(said, "claims").endswith("datapackage.json. Check the path in EVIDENCE_DIR.\n")


@pytest.mark.parametrize("command", WRITERS)
def test_a_folder_without_notebooks_exits_with_two(quick, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, _, err = quick(command)
    assert code == 2
    assert "found no notebooks here or above" in err


def test_a_process_fails_without_a_traceback():
    done = process("show", "lane-208")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("evidence: id: found 'lane-208'; allowed: ")
    assert done.stderr.count(b"\n") == 1


def test_stopping_by_hand_is_no_traceback(quick, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("evidence_tools.verdicts.page.claim_records", stop)
    code, out, err = quick("claims", "--json")
    assert (code in (2, 130), out) == (True, "")
    assert "Traceback" not in err


def test_progress_is_no_result(capsys):
    with terminal.NotebookProgress(1) as done:
        done(Path("notebooks/01-onset.ipynb"), True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "01-onset.ipynb: executed" in err


# Pipes and terminals


@pytest.mark.parametrize("command", ["timeline", "claims", "gaps"])
def test_a_pipe_gets_lines_of_cells(record, quick, command):
    code, out, err = quick(command)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert ESCAPE not in out
    assert lines[0].count("\t") >= 3
    assert {line.count("\t") for line in lines} == {lines[0].count("\t")}
    rows = record(command)
    many = sum(len(gap["wanted"]) for gap in rows) if command == "gaps" else len(rows)
    assert len(lines) == many + 1


@pytest.mark.parametrize("command", [["claims"], ["claims", "--json"], ["timeline"]])
def test_a_reader_who_has_seen_enough_ends_the_program_quietly(command):
    with subprocess.Popen(
        [sys.executable, "-m", "evidence_tools", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        child.stdout.close()
        err = child.stderr.read()
    assert (child.returncode, err) == (0, b"")


def test_a_pipe_that_knows_few_letters_gets_the_same_data(quick):
    done = process("show", "ames-2025", "--json", PYTHONIOENCODING="ascii")
    same = quick("show", "ames-2025", "--json")[1]
    assert not same.isascii()
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii")) == json.loads(same)


def test_a_terminal_gets_a_drawn_table_with_whole_ids(rows_of):
    shown = on_a_terminal("timeline", "--event", "side-effect-peak")
    assert "\t" not in shown
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    ids = "".join(line.split("│")[1].strip() for line in lines if line.count("│") > 2)
    wanted = [r["timing_id"] for r in rows_of("timing") if r["event"] == "side-effect-peak"]
    assert ids == "".join(wanted)


def test_no_color_is_obeyed():
    shown = on_a_terminal("claims", NO_COLOR="1")
    assert "│" in shown
    assert not COLOUR.search(shown)


def test_brackets_and_colons_in_cells_are_no_markup(monkeypatch):
    screen = io.StringIO()
    drawn = Console(file=screen, force_terminal=True, width=80)
    for option in ("_markup", "_emoji"):
        setattr(drawn, option, getattr(terminal._RESULTS, option))
    monkeypatch.setattr(terminal, "_RESULTS", drawn)
    terminal.print_table(Table(columns=("Study",), rows=(("KADS [bold] [/] :warning:",),)))
    assert "KADS [bold] [/] :warning:" in screen.getvalue()


# Verbs


def test_one_file_is_checked_alone(run, world_folder):
    code, out, _ = run("validate", str(world_folder / "timing.csv"), "--json")
    files = {finding["file"] for finding in json.loads(out)["findings"]}
    assert (code, files) == (0, {"timing.csv"})


def test_one_file_from_elsewhere_is_checked_in_its_place(run, folder, tmp_path):
    set_cell(folder, "timing", "lane-2018/t03", "unit", "fortnight")
    mine = tmp_path / "mine" / "timing.csv"
    mine.parent.mkdir()
    shutil.copy(folder / "timing.csv", mine)
    code, out, _ = run("validate", str(mine))
    assert code == 1
    assert "lane-2018/t03" in out
    assert "'fortnight'" in out


def test_notes_are_counted_by_rule_or_listed(quick):
    short, long = quick("validate")[1].splitlines(), quick("validate", "--notes")[1].splitlines()
    total = int(re.match(r"no errors, (\d+) notes", short[-1])[1])
    by_rule = (re.match(r"note ([a-z-]+): (\d+) \(first: ", line) for line in short[:-1])
    counts = {match[1]: int(match[2]) for match in by_rule}
    listed = [re.match(r"note ([a-z-]+): ", line)[1] for line in long[:-1]]
    assert len(listed) == total
    assert {rule: listed.count(rule) for rule in set(listed)} == counts
    assert long[-1] == f"no errors, {total} notes"


@pytest.mark.parametrize("words", ["dissociation", "blood-pressure-change", "PTSD"])
def test_term_and_effect_are_one_option(quick, words, rows_of):
    code, out, _ = quick("timeline", "--term", words, "--json")
    assert (code, out) == (0, quick("timeline", "--effect", words, "--json")[1])
    wanted = [
        row["timing_id"]
        for row in rows_of("timing")
        if words.lower() in row["term"].split(";") or words.lower() in row["effect"].lower()
    ]
    assert wanted
    assert [record["timing_id"] for record in json.loads(out)] == wanted


@pytest.mark.parametrize("rung", ["direct", "related", "indirect", "safety-only", "context"])
def test_a_rung_keeps_the_rows_of_its_studies(quick, rung, rows_of):
    code, out, _ = quick("timeline", "--rung", rung, "--json")
    studies = {row["study_id"] for row in rows_of("studies") if row["directness"] == rung}
    wanted = [row["timing_id"] for row in rows_of("timing") if row["study_id"] in studies]
    assert wanted
    assert (code, [record["timing_id"] for record in json.loads(out)]) == (0, wanted)


def test_rung_event_and_term_add_up_and_may_leave_nothing(record, quick):
    words = ("--event", "relief-onset", "--term", "anxiety")
    records = record("timeline", *words, "--rung", "direct")
    assert records
    assert {(r["event"], r["effect"], r["directness"]) for r in records} == {
        ("relief-onset", "anxiety", "direct")
    }
    assert record("timeline", *words, "--rung", "safety-only") == []
    assert quick("timeline", *words, "--rung", "safety-only")[1].strip() == "No row."


SHOWN = {
    "reed-2017": ["study"],
    "lane-2018": ["study"],
    "void-2025": ["study"],
    "lane-2018/r01": ["results"],
    "lane2018": ["reference"],
    "onset-hours": ["claim"],
    "spraylabel": ["reference", "study"],
    "systolic-blood-pressure": ["side_effect_terms", "instruments"],
}


@pytest.mark.parametrize(("wanted", "kinds"), SHOWN.items(), ids=SHOWN)
def test_show_prints_every_match_with_its_link_first(record, quick, wanted, kinds):
    code, out, err = quick("show", wanted)
    assert (code, err) == (0, "")
    heads = [f"{kind} {wanted}" for kind in kinds]
    assert [line for line in out.splitlines() if line in heads] == heads
    matches = record("show", wanted)
    assert [match["kind"] for match in matches] == kinds
    for match in matches:
        if match["source"]:
            status = out.splitlines()[1].strip()
            assert status.startswith("!! RETRACTED 2026-03-31: ") is (wanted == "void-2025")
            first = next(iter(match["source"]))
            assert first == ("place" if match["kind"] == "claim" else "link")
            fact = next(iter(match["facts"]))
            assert out.index(f"  {first}: {match['source'][first]}\n") < out.index(f"  {fact}: ")


@pytest.mark.parametrize("wanted", ["park-2022", "lane2018", "onset-one-hour"])
def test_show_names_the_id_of_everything_that_hangs_on_it(record, quick, wanted):
    out = quick("show", wanted)[1]
    (match,) = record("show", wanted)
    for table, rows in match["related"].items():
        part = out.split(f"\n  {table} ({len(rows)})\n")[1].split("\n\n")[0].splitlines()
        ids = [line.removeprefix("    - ").split(" · ")[0] for line in part]
        assert len(ids) == len(rows)
        if table not in ("contains", "contained in"):
            assert all(shown in row.values() for shown, row in zip(ids, rows, strict=True))
            assert len(set(ids)) == len(ids)
