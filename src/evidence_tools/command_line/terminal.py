"""What the command line prints: tables and words, for a terminal or for a pipe.

Results go to standard output, everything else to standard error. On a terminal tables are drawn
by rich; in a pipe they are lines of cells separated by tabs, with a header line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

if TYPE_CHECKING:  # what the words come from is imported by the command that makes them
    from evidence_tools.base.findings import Finding, ValidationReport
    from evidence_tools.command_line.lookup import Match
    from evidence_tools.display.display import Table

_RESULTS = Console(highlight=False, markup=False, emoji=False)
_REMARKS = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
_ON_STDERR: dict[str, Any] = {"console": _REMARKS, "transient": True}


def say(words: str) -> None:
    """A line of results."""
    _write(words + "\n")


def remark(words: str) -> None:
    """A line about what is going on, to standard error."""
    _REMARKS.print(words)


def print_json(data: Any) -> None:
    """Data as JSON, numbers unrounded."""
    plain = not str(sys.stdout.encoding).lower().startswith("utf")  # such a pipe gets \u escapes
    _write(json.dumps(data, ensure_ascii=plain, indent=2, allow_nan=False) + "\n")


def _write(text: str) -> None:
    """Text to standard output; a reader who has seen enough, such as `head`, ends the program."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere, or Python would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def print_table(table: Table) -> None:
    """A table, drawn on a terminal and tab-separated in a pipe."""
    if not table.rows:
        say(table.empty)
        return
    if not _RESULTS.is_terminal:
        for row in (table.columns, *table.rows):
            say("\t".join(str(cell) for cell in row))
        return
    drawn = RichTable(header_style="bold", row_styles=("", "dim"))
    for head in table.columns:  # folded, so that ids stay whole
        side: Literal["left", "right"] = "right" if head in table.right else "left"
        drawn.add_column(head, overflow="fold", justify=side)
    for row in table.rows:
        drawn.add_row(*(str(cell) for cell in row))
    _RESULTS.print(drawn)


def print_report(report: ValidationReport, *, notes: bool) -> None:
    """Errors one by one, notes by rule unless all are asked for, and a last line."""
    for finding in report.errors:
        say(f"error {finding.rule}: {finding.message}")
    if notes:
        for finding in report.notes:
            say(f"note {finding.rule}: {finding.message}")
    else:
        for (severity, rule), count in report.by_rule().items():
            if severity == "note":
                first = next(f for f in report.notes if f.rule == rule)
                say(f"note {rule}: {count} (first: {_place(first)})")
    say(report.verdict() + ("" if notes else " (--notes lists them)"))


def _place(finding: Finding) -> str:
    return f"{finding.file}, line {finding.line}" if finding.line else finding.file


def print_match(match: Match) -> None:
    """One match: its status and source first, then its facts, then what hangs on it."""
    say(f"{match.kind} {match.id}")
    if match.status:
        say(f"  !! {match.status}")
    for name, value in match.source.items():
        say(f"  {name}: {value}")
    say("")
    for name, value in match.facts.items():
        words = ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
        say(f"  {name}: {'not judged' if words is None else words}")
    for table, rows in match.related.items():
        say(f"\n  {table} ({len(rows)})")
        for row in rows:
            say("    - " + " · ".join(_cells(table, row)))
    say("")


_LEFT_OUT = {"study_id", "extractions", "read_at", "checked", "check_note", "url", "locator"}
_LEFT_OUT |= {"reference"}
_IDS = {"studies": "study_id", "arms": "arm_id", "results": "result_id", "timing": "timing_id"}
_IDS |= {"side_effects": "side_effect_id", "statements": "statement_id", "wanted": "wanted_id"}
_IDS |= {"claims": "claim_id"}
_IDS |= {"risk_of_bias": "domain"}


def _cells(table: str, row: dict[str, Any]) -> list[str]:
    """The cells of a related row: its id first, then each with its name."""
    key = "row_id" if "row_id" in row else _IDS.get(table, "")
    ids = [str(row[key])] if key in row else []
    names = [name for name in row if name not in _LEFT_OUT and name != key]
    return ids + [f"{name} {row[name]}" for name in names]


class SlowProgress:
    """A progress bar on a terminal's standard error, if the work is not soon done."""

    PATIENCE = 2.0
    """Seconds without a bar."""

    def __init__(self, words: str) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            disable=not _REMARKS.is_terminal,
            **_ON_STDERR,
        )
        self._task = self._progress.add_task(words)
        self._begin = time.monotonic()

    def __enter__(self) -> Callable[[int, int], None]:
        return self._done

    def __exit__(self, *_: object) -> None:
        if self._progress.live.is_started:
            self._progress.stop()

    def _done(self, done: int, total: int) -> None:
        if time.monotonic() - self._begin > self.PATIENCE:
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total)


class NotebookProgress:
    """A progress bar over the notebooks, on standard error."""

    def __init__(self, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            **_ON_STDERR,
        )
        self._task = self._progress.add_task("running notebooks", total=total)

    def __enter__(self) -> Callable[[Path, bool], None]:
        self._progress.start()
        return self._done

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _done(self, path: Path, ran: bool) -> None:
        self._progress.advance(self._task)
        remark(f"  {path.name}: {'executed' if ran else 'unchanged'}")
