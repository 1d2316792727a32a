"""The command line: one verb, one library call, no logic.

Results go to standard output, everything else to standard error. Exit 0: fine; 1: findings;
2: wrong use, or input that cannot be read. Libraries are imported inside the commands, so that
``evidence --help`` answers at once.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from evidence_tools.command_line import file_commands

app = typer.Typer(
    name="evidence",
    help="Claims about ketamine for anxiety, held against the published evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(file_commands.app)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, numbers unrounded.")]


@app.command(epilog="Example: evidence validate --notes")
def validate(
    path: Annotated[
        Path | None, typer.Argument(help="Evidence folder, or one file of it.", show_default=False)
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="List every note.")] = False,
    as_json: Json = False,
) -> None:
    """Check the evidence; list everything wrong at once."""
    from evidence_tools.checks import check_path
    from evidence_tools.command_line import terminal

    report = check_path(path)
    if as_json:
        terminal.print_json(report.to_dict())
    else:
        terminal.print_report(report, notes=notes)
    raise typer.Exit(0 if report.ok else 2 if report.unreadable else 1)


@app.command(epilog="Example: evidence show taylor-2018")
def show(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="Id of a study, row or claim.")],
    as_json: Json = False,
) -> None:
    """Show what carries an id, its source first."""
    from evidence_tools.command_line import terminal
    from evidence_tools.command_line.lookup import look_up
    from evidence_tools.evidence.loading import load

    matches = look_up(load(), wanted)
    if as_json:
        terminal.print_json([match.to_dict() for match in matches])
        return
    for match in matches:
        terminal.print_match(match)


@app.command(epilog="Example: evidence timeline --event side-effect-peak --term dissociation")
def timeline(
    event: Annotated[str, typer.Option(help="Only this event, such as relief-onset.")] = "",
    term: Annotated[
        str, typer.Option("--term", "--effect", help="Only this symptom or side effect.")
    ] = "",
    rung: Annotated[
        str, typer.Option(help="Only direct, related, indirect, safety-only or context.")
    ] = "",
    as_json: Json = False,
) -> None:
    """List time statements in minutes since the dose began."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.questions.one_clock.timeline import timeline_records, timeline_table

    records = timeline_records(load(), event=event, term=term, rung=rung)
    if as_json:
        terminal.print_json(records)
    else:
        terminal.print_table(timeline_table(records))


@app.command(epilog="Example: evidence harms nausea")
def harms(
    term: Annotated[
        str, typer.Argument(metavar="[TERM]", help="Only this side effect.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """List how common side effects are, by what was given and against control."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.questions.side_effect_counts.frequencies import find_term
    from evidence_tools.questions.side_effect_counts.tables import harm_records, harms_table

    evidence = load()
    chosen = find_term(evidence, term) if term else ""
    if as_json:
        terminal.print_json(harm_records(evidence, chosen))
    else:
        terminal.print_table(harms_table(evidence, chosen))


@app.command(epilog="Example: evidence duration")
def duration(as_json: Json = False) -> None:
    """Say how long relief lasts, by condition and dosing."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.questions.duration.page_groups import duration_groups

    groups = duration_groups(load())
    if as_json:
        terminal.print_json(groups.records())
        return
    for table in (groups.table(), groups.table("windows"), groups.table("curves")):
        terminal.print_table(table)
    terminal.say(groups.summary())


@app.command(epilog="Example: evidence claims --without-programme otago-anxiety")
def claims(
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without-programme", help="Withdraw this programme's rows; may be repeated."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the claims of the clinic's page with their verdicts."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.verdicts.page import claim_records, claim_verdicts

    evidence = load()
    if as_json:
        terminal.print_json(claim_records(evidence, without=without or ()))
    else:
        terminal.print_table(claim_verdicts(evidence, without=without or ()).table("proposals"))


@app.command(epilog="Example: evidence certainty related-ptsd/14d/course/any/severity")
def certainty(
    question: Annotated[
        str, typer.Argument(help="Id of a question of questions.yml.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """Say how sure the answers to our questions are, and why."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.verdicts.page_of_findings import certainty_records, certainty_table

    records = certainty_records(load(), question)
    if as_json:
        terminal.print_json(records)
    else:
        terminal.print_table(certainty_table(records))


@app.command(epilog="Example: evidence gaps")
def gaps(as_json: Json = False) -> None:
    """List what is wanted, by the claim it would settle."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.site.overview import gap_records, table_of_gaps_by_claim

    evidence = load()
    if as_json:
        terminal.print_json(gap_records(evidence))
    else:
        terminal.print_table(table_of_gaps_by_claim(evidence))


@app.command(epilog="Example: evidence screen mills-2025")
def screen(
    study: Annotated[
        str, typer.Argument(help="Id of a study; without it all.", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """Screen the numbers of each study for what cannot be."""
    from evidence_tools.checks.screens import screen as screen_all
    from evidence_tools.command_line import screening, terminal
    from evidence_tools.evidence.loading import load

    screened = screen_all(load())
    studies = (screened.study(study),) if study else screened.studies
    if as_json:
        terminal.print_json(screening.screen_records(studies))
    elif study:
        terminal.say(screening.study_words(studies[0]))
    else:
        terminal.print_table(screening.screen_table(screened))
        terminal.remark(screened.summary())


@app.command(epilog="Example: evidence notebooks")
def notebooks() -> None:
    """Rerun the committed notebooks in place."""
    from evidence_tools.command_line import terminal
    from evidence_tools.site.notebooks import find_notebooks, run_notebooks
    from evidence_tools.site.pages import notebook_inputs

    paths = find_notebooks(Path.cwd())
    with terminal.NotebookProgress(len(paths)) as done:
        run_notebooks(paths, paths[0].parent, notebook_inputs(), done=done)
    terminal.say(f"{len(paths)} notebooks rerun in {paths[0].parent}")


@app.command(epilog="Example: evidence docs")
def docs() -> None:
    """Rewrite the documents that are made from the evidence."""
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.site.pages import find_repository, write_documents

    for path in write_documents(load(), find_repository(Path.cwd())):
        terminal.say(f"written: {path}")


@app.command(epilog="Example: evidence report")
def report() -> None:
    """Validate, rerun notebooks, build pages into build/site."""
    from evidence_tools.checks import check_path
    from evidence_tools.command_line import terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.site.notebooks import find_notebooks
    from evidence_tools.site.pages import publish
    from evidence_tools.verdicts.page import claim_verdicts

    checked = check_path()
    terminal.remark(f"validation: {checked.verdict()}")
    if not checked.ok:
        terminal.print_report(checked, notes=False)
        raise typer.Exit(2 if checked.unreadable else 1)
    evidence = load()
    paths = find_notebooks(Path.cwd())
    with terminal.NotebookProgress(len(paths)) as done:
        pages = publish(evidence, paths, done=done)
    terminal.print_table(claim_verdicts(evidence).table("headline"))
    terminal.say(f"\nPages: {pages[0].resolve().as_uri()}")


def main() -> None:
    """Run the command line; every failure a user can cause is one line, never a traceback."""
    from evidence_tools.base.errors import EvidenceError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe may not know every letter
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except EvidenceError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("stopped")
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}")


def _fail(words: str) -> None:
    sys.stderr.write(f"evidence: {words}\n")
    sys.exit(2)
