"""GOSH over the 13 BCG trials against metafor, and over 18 studies on one and two workers."""

# ruff: noqa: T201

from __future__ import annotations

import shutil
import subprocess

from benchmarks.timing import best_of, dataset, line
from evidence_tools.arithmetic.pooling.gosh import gosh

METAFOR = """
suppressMessages(library(metafor))
yi <- c({yi}); vi <- c({vi})
fitted <- rma(yi, vi)
cat(system.time(g <- gosh(fitted, progbar = FALSE))[["elapsed"]], nrow(g$res))
"""
HOW_TO = "Rscript with metafor is not there: apt-get install r-cran-metafor"


def main() -> None:
    """Print the ratio to metafor, then two times of our own."""
    yi, vi = dataset("dat.bcg")
    gosh(yi, vi)
    ours = best_of(5, lambda: gosh(yi, vi))
    theirs = metafor_seconds(yi, vi)
    print(line("8,191 REML fits of 13 trials", ours, theirs, "metafor" if theirs else HOW_TO))
    yi, vi = dataset("dat.nielweise2007")
    for workers in (1, 2):
        seconds = best_of(2, lambda n=workers: gosh(yi, vi, n_jobs=n))
        print(
            line(f"262,143 REML fits of 18 trials, {workers} worker(s)", seconds, None, "goal 8 s")
        )


def metafor_seconds(yi: list[float], vi: list[float]) -> float | None:
    """What metafor takes for the same subsets, R's own start not counted; None without R."""
    if shutil.which("Rscript") is None:
        return None
    numbers = {"yi": ",".join(map(repr, yi)), "vi": ",".join(map(repr, vi))}
    ran = subprocess.run(
        ["Rscript", "-e", METAFOR.format(**numbers)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        return None
    seconds, subsets = ran.stdout.split()
    if int(subsets) != 2 ** len(yi) - 1:
        raise RuntimeError(f"metafor fitted {subsets} subsets, not {2 ** len(yi) - 1}")
    return float(seconds)
