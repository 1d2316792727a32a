"""Commands for a statistician: effects of any CSV file, their pool, and what it hangs on.

One verb, one library call, no logic, as in `cli`, which registers them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV file with columns yi, vi and perhaps label.")
]
Method = Annotated[str, typer.Option(help="FE DL HE HS SJ ML REML EB PM")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, numbers unrounded.")]


@app.command(epilog="Example: evidence effects SMD docs/examples/two-arms.csv")
def effects(
    measure: Annotated[str, typer.Argument(help="MD, SMD, RR, OR, RD, PLO, SMCR, PPC …")],
    file: Annotated[Path, typer.Argument(help="CSV file with the columns of the measure.")],
    as_json: Json = False,
) -> None:
    """Compute effect and variance of each row of a CSV file."""
    from evidence_tools.command_line import terminal
    from evidence_tools.command_line.calculator import effects_of_file, effects_table

    records = effects_of_file(measure, file)
    if as_json:
        terminal.print_json(records)
    else:
        terminal.print_table(effects_table(records))


CONVERT = """\b
Filled cells of a row               lead to
mean, n, [X]                        sd of a group
median, n, q1 q3, minimum maximum   mean and sd of a group
mean_difference, n_active,
n_control, [X]                      sd common to both arms
mean_change, n, [X]                 sd_change, of the differences
sd_1, sd_2, sd_change or r          r or sd_change
estimate or ratio, [X but se]       se, yi and vi (of the log)
t, n_active, n_control              yi and vi of an SMD
t, n, r                             yi and vi of an SMCR
sd, n                               se of a mean

[X] is se, t, z, f (with 1 numerator degree of freedom), ci_low and ci_high (ci_level), or p_value
(df). Columns of a group may end in _active or _control.

Example: evidence convert docs/examples/as-printed.csv"""


@app.command(epilog=CONVERT)
def convert(
    file: Annotated[Path, typer.Argument(help="CSV file with what papers print.")],
    as_json: Json = False,
) -> None:
    """Recover SD, SE or effect of each row of a CSV file."""
    from evidence_tools.command_line import terminal
    from evidence_tools.command_line.converted_files import convert_file, convert_table

    records = convert_file(file)
    if as_json:
        terminal.print_json(records)
    else:
        terminal.print_table(convert_table(records))


@app.command(epilog="Example: evidence pool docs/examples/bcg-vaccine.csv")
def pool(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV file with yi and vi, or counted events.", show_default=False),
    ] = None,
    question: Annotated[str, typer.Option(help="Id of a question of questions.yml.")] = "",
    method: Annotated[str, typer.Option(help="FE DL HE HS SJ ML REML EB PM")] = "REML",
    test: Annotated[
        str, typer.Option(help="normal, knapp-hartung, knapp-hartung-guarded")
    ] = "knapp-hartung-guarded",
    cluster: Annotated[
        str, typer.Option(help="Column of studies with several effects: three-level model.")
    ] = "",
    rho: Annotated[
        float | None,
        typer.Option(help="Correlation of effects of one study: correlated and hierarchical."),
    ] = None,
    shared_arms: Annotated[
        bool,
        typer.Option("--shared-arms", help="By arm_active, arm_control, n_active, n_control."),
    ] = False,
    moderators: Annotated[str, typer.Option(help="Columns a,b: meta-regression.")] = "",
    bayes: Annotated[bool, typer.Option("--bayes", help="Posterior, half-normal prior.")] = False,
    model: Annotated[
        str, typer.Option(help="Of events: peto, mantel-haenszel, beta-binomial, binomial.")
    ] = "",
    measure: Annotated[str, typer.Option(help="OR, RR or RD, of mantel-haenszel.")] = "OR",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Draw it: .png, .svg, .pdf; with --bayes the posterior.", show_default=False
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Pool the effects of a CSV file, or answer one of our questions."""
    from evidence_tools.command_line import pooled_files, terminal
    from evidence_tools.display import picture_files

    given = _given(context)
    if (file is None) == (not question):
        raise typer.BadParameter("name a FILE or a --question, and not both")
    if file is None:
        pooled_files.check_options(given)
        _answer(question, as_json)
        return
    if out is not None:
        picture_files.check_ending(out)
    pooled = pooled_files.pool_file(file, given)
    if as_json:
        terminal.print_json(pooled.record)
    else:
        terminal.say(pooled.summary)
    if out is not None and pooled.picture is not None:
        picture_files.write_picture(pooled.picture(), out)
        terminal.remark(f"written: {out}")


def _given(context: typer.Context) -> dict[str, Any]:
    """The options on the command line with their values, how it prints left out."""
    values = {name: value for name, value in context.params.items() if value is not False}
    return {
        f"--{name.replace('_', '-')}": value
        for name, value in values.items()
        if name not in ("file", "as_json")
        and str(context.get_parameter_source(name)).endswith("COMMANDLINE")
    }


def _answer(question: str, as_json: bool) -> None:
    from evidence_tools.command_line import calculator, terminal
    from evidence_tools.evidence.loading import load
    from evidence_tools.questions.estimands import find_question
    from evidence_tools.questions.size_of_benefit.answers import answer_question

    evidence = load()
    answer = answer_question(evidence, find_question(evidence, question))
    if as_json:
        terminal.print_json(calculator.answer_record(answer))
    else:
        terminal.say(answer.summary())
        terminal.print_table(calculator.answer_table(answer))


@app.command(epilog="Example: evidence influence docs/examples/bcg-vaccine.csv")
def influence(
    file: File,
    method: Method = "REML",
    test: Annotated[
        str, typer.Option(help="normal, knapp-hartung, knapp-hartung-guarded")
    ] = "knapp-hartung-guarded",
    cumulative: Annotated[
        bool, typer.Option("--cumulative", help="Add the studies one by one, in the file's order.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how much each study moves the pooled effect."""
    from evidence_tools.command_line import diagnostics, terminal

    analyse = diagnostics.cumulated_file if cumulative else diagnostics.influence_of_file
    found = analyse(file, method=method, test=test)
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
        typer.Option(
            help="Write the figure (.png, .svg, .pdf) or the subsets (.csv).", show_default=False
        ),
    ] = None,
    method: Method = "REML",
    seed: Annotated[int, typer.Option(help="Of the sample, above 2^20 subsets.")] = 20100,
    scheduler: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Pool every subset of the studies."""
    from evidence_tools.command_line import diagnostics, terminal
    from evidence_tools.display import picture_files

    if out is not None:
        picture_files.check_ending(out, diagnostics.ENDINGS)
    with terminal.SlowProgress("pooling subsets") as done:
        found = diagnostics.gosh_of_file(
            file, method=method, seed=seed, scheduler=scheduler, progress=done
        )
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
    out: Annotated[
        Path | None,
        typer.Option(help="Draw the funnel: .png, .svg or .pdf.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask whether small studies report larger effects."""
    from evidence_tools.command_line import diagnostics, terminal
    from evidence_tools.display import picture_files

    if out is not None:
        picture_files.check_ending(out)
    found = diagnostics.small_studies_of_file(file, anyway=anyway)
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        terminal.say(found.summary())
    if out is not None:
        picture_files.write_picture(found.picture(), out)
        terminal.remark(f"written: {out}")
