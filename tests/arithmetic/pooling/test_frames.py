"""A result as one row: its fields in order, notes as one text."""

from dataclasses import dataclass

from evidence_tools.arithmetic.pooling.frames import one_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    notes: tuple[str, ...] = ("First.", "Second.")
    estimate: float
    se: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    k: int
    values: tuple[float, ...]


def test_notes_stand_last_as_one_text():
    frame = one_row(Result(estimate=0.5, se=None))
    assert list(frame.columns) == ["estimate", "se", "notes"]
    assert frame.iloc[0].tolist() == [0.5, None, "First. Second."]


def test_fields_can_be_left_out_and_notes_need_not_be_there():
    frame = one_row(Bare(k=3, values=(1.0, 2.0)), without=("values",))
    assert frame.to_dict("records") == [{"k": 3}]
