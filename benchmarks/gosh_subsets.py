"""GOSH over the 13 BCG trials against metafor, and over 18 studies on one and two workers."""

# ruff: noqa: T201

from __future__ import annotations

import shutil
import subprocess
import time

from benchmarks.timing import best_of, dataset, line
from evidence_tools.arithmetic.pooling.gosh import gosh

METAFOR = """
suppressMessages(library(metafor))
yi <- c({yi}); vi <- c({vi})
fitted <- rma(yi, vi)
spent <- system.time(g <- gosh(fitted, progbar = FALSE))
cat(spent[["user.self"]] + spent[["sys.self"]], nrow(g$res))
"""
HOW_TO = "Rscript with metafor is not there: apt-get install r-cran-metafor"


def main() -> None:
    """Print the ratio of processor times to metafor, then two times of our own by the clock."""
    yi, vi = dataset("dat.bcg")
    gosh(yi, vi)
    ours = best_of(20, lambda: gosh(yi, vi), time.process_time)
    theirs = metafor_seconds(yi, vi)
    print(line("8,191 REML fits of 13 trials", ours, theirs, "metafor" if theirs else HOW_TO))
    yi, vi = dataset("dat.nielweise2007")
    for workers in (1, 2):
        seconds = best_of(2, lambda n=workers: gosh(yi, vi, n_jobs=n))
        print(
            line(f"262,143 REML fits of 18 trials, {workers} worker(s)", seconds, None, "goal 8 s")
        )


def metafor_seconds(yi: list[float], vi: list[float]) -> float | None:
    """Processor time of metafor for the same subsets, without R's own start; None without R."""
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
