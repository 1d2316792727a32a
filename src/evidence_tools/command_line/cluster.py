"""The workers of a Dask cluster, for sweeps too heavy for one machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evidence_tools.base.errors import EvidenceError, UnknownTermError

PATIENCE = 10.0
"""Seconds until an address that does not answer is given up."""


@contextmanager
def workers_of(scheduler: str) -> Iterator[None]:
    """A context in which joblib hands its work to a cluster."""
    from joblib import parallel_config

    try:
        from distributed import Client
    except ImportError:
        raise EvidenceError(
            "--scheduler",
            found="no package distributed",
            hint="Install it here and on the workers: python -m pip install distributed",
        ) from None
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise EvidenceError(
            "--scheduler",
            found=f"no answer from {scheduler} in {PATIENCE:g} seconds",
            hint="Start one with `dask scheduler`, workers with `dask worker ADDRESS`.",
        ) from error
    except (ValueError, TypeError) as error:
        raise UnknownTermError(
            "--scheduler", found=repr(scheduler), allowed="an address, such as tcp://10.0.0.5:8786"
        ) from error
    with client, parallel_config(backend="dask", client=client, wait_for_workers_timeout=PATIENCE):
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise EvidenceError(
                "--scheduler",
                found=f"no worker at {scheduler}",
                hint=f"Start one on each machine: dask worker {scheduler}",
            )
        yield
