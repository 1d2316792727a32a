"""What several files on the size of the benefit ask of the made-up world."""

import pytest

from made.changes import changed


@pytest.fixture(scope="session")
def with_pairs(evidence):
    """As if ford-2014 had printed that 29 people had both periods; without, it has no effect."""
    return changed(evidence, "results", "ford-2014/r01", n=29)
