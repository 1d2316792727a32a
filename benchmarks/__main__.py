"""Every benchmark in turn: ``python -m benchmarks`` from the root of the repository."""

# ruff: noqa: T201

from benchmarks import gosh_subsets, many_rows, single_fits, start


def main() -> None:
    """Print the ratios."""
    print("Effect sizes of many rows")
    many_rows.main()
    print()
    print("Start")
    start.main()
    print()
    print("GOSH: the random-effects model on every subset of the studies")
    gosh_subsets.main()
    print()
    print("Single meta-analyses: estimate, intervals, tau² with its interval, heterogeneity")
    single_fits.main()


if __name__ == "__main__":
    main()
