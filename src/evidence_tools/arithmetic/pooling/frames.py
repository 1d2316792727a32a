"""A result as a table of one row."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def one_row(result: Any, *, without: Collection[str] = ()) -> pd.DataFrame:
    """The fields of a result, in their order, as one row."""
    import pandas as pd

    names = [name for name in result.__dataclass_fields__ if name not in (*without, "notes")]
    row = {name: getattr(result, name) for name in names}
    if "notes" in result.__dataclass_fields__:
        row["notes"] = " ".join(result.notes)
    return pd.DataFrame([row])
