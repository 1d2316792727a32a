"""Commands for a statistician: what a pooled effect of any CSV file hangs on.

One verb, one library call, no logic, as in `cli`, which registers them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV file with columns yi, vi and perhaps label.")
]
Method = Annotated[str, typer.Option(help="FE DL HE HS SJ ML REML EB PM")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, numbers unrounded.")]


@app.command(epilog="Example: evidence influence docs/examples/bcg-vaccine.csv")
def influence(
    file: File,
    method: Method = "REML",
    test: Annotated[
        str, typer.Option(help="normal, knapp-hartung, knapp-hartung-guarded")
    ] = "knapp-hartung-guarded",
    as_json: Json = False,
) -> None:
    """Show how much each study moves the pooled effect."""
    from evidence_tools import terminal
    from evidence_tools.report import diagnostics

    found = diagnostics.influence_of_file(file, method=method, test=test)
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        terminal.say(found.summary())
        terminal.print_table(found.table())


@app.command(epilog="Example: evidence gosh docs/examples/bcg-vaccine.csv")
def gosh(
    file: File,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the figure (.png) or the subsets (.csv).", show_default=False),
    ] = None,
    method: Method = "REML",
    seed: Annotated[int, typer.Option(help="Of the sample, above 2^20 subsets.")] = 20100,
    as_json: Json = False,
) -> None:
    """Pool every subset of the studies."""
    from evidence_tools import terminal
    from evidence_tools.report import diagnostics

    if out is not None:
        diagnostics.check_ending(out)
    with terminal.SlowProgress("pooling subsets") as done:
        found = diagnostics.gosh_of_file(file, method=method, seed=seed, progress=done)
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        terminal.say(found.summary())
    if out is not None:
        found.write(out)
        terminal.remark(f"written: {out}")


@app.command(epilog="Example: evidence smallstudy docs/examples/bcg-vaccine.csv")
def smallstudy(
    file: File,
    anyway: Annotated[bool, typer.Option("--anyway", help="Below ten studies too.")] = False,
    as_json: Json = False,
) -> None:
    """Ask whether small studies report larger effects."""
    from evidence_tools import terminal
    from evidence_tools.report import diagnostics

    found = diagnostics.small_studies_of_file(file, anyway=anyway)
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        terminal.say(found.summary())
