"""The evidence map: what is drawn, and what is counted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from evidence_tools.display.evidence_map import HEADS, MapCell, draw_evidence_map
from evidence_tools.display.style import DIRECTIONS, RUNGS
from evidence_tools.questions.who_was_studied.map import OUTCOMES, evidence_map
from spoiling import read_rows

NEAR = ("direct", "related", "indirect")


def cell(direction="better", people=10.0, programmes=1, *, rung="direct", outcome="Anxiety"):
    return MapCell(
        rung=rung, outcome=outcome, direction=direction, people=people, programmes=programmes
    )


def draw(*cells, outcomes=("Anxiety", "Fear"), rungs=("direct", "related"), **more) -> Axes:
    return draw_evidence_map(cells, outcomes=outcomes, rungs=rungs, **more)


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def area(ax: Axes, place: int) -> float:
    return float(ax.collections[place].get_sizes()[0])


def test_every_direction_has_its_own_column_colour_and_symbol():
    ax = draw(*(cell(name) for name in DIRECTIONS))
    columns = [float(symbol.get_offsets()[0][0]) for symbol in ax.collections]
    assert columns == sorted(set(columns))
    colours = [to_hex(symbol.get_facecolor()[0]) for symbol in ax.collections]
    assert colours == [look.colour for look in DIRECTIONS.values()]
    assert len({look.symbol for look in DIRECTIONS.values()}) == len(DIRECTIONS)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(HEADS.values()) * 2
    assert list(HEADS) == list(DIRECTIONS)


def test_rows_stand_also_where_nobody_has_looked():
    ax = draw(cell(programmes=12))
    told = [RUNGS["direct"].words, "Anxiety", "Fear", RUNGS["related"].words, "Anxiety", "Fear"]
    assert words(ax) == [*told, "12"]
    assert len(ax.collections) == 1


def test_a_symbol_grows_with_the_people_and_the_largest_is_always_as_large():
    small = draw(cell(people=100.0), cell("worse", people=400.0))
    assert area(small, 1) == pytest.approx(2 * area(small, 0)), "area by the square root"
    large = draw(cell(people=100_000.0), cell("worse", people=400_000.0))
    assert area(large, 1) == area(small, 1)
    unseen = draw(cell(people=0.0), cell("worse", people=500.0))
    assert 0 < area(unseen, 0) < area(unseen, 1)
    assert area(draw(cell(people=0.0)), 0) == area(unseen, 0)


def test_a_cell_stands_in_the_row_of_its_rung_and_outcome():
    ax = draw(cell(rung="related", outcome="Fear"), cell(rung="direct", outcome="Anxiety"))
    low, high = (float(symbol.get_offsets()[0][1]) for symbol in ax.collections)
    heights = [text.get_position()[1] for text in ax.texts if text.get_text() == "Fear"]
    assert low == pytest.approx(heights[1])
    assert high < heights[0]


def test_an_empty_map_says_so_and_passed_axes_come_back():
    before = dict(mpl.rcParams)
    figure = Figure()
    ax = figure.add_subplot()
    drawn = draw_evidence_map([], outcomes=[], rungs=[], ax=ax)
    assert drawn is ax
    assert words(ax) == ["no study reports such an outcome"]
    assert dict(mpl.rcParams) == before


def test_no_words_of_the_shipped_map_are_cut_off(evidence):
    ax = evidence_map(evidence).picture().axes
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    renderer, whole = ax.figure.canvas.get_renderer(), ax.figure.bbox
    ticks = [label for tick in ax.xaxis.get_major_ticks() for label in (tick.label1, tick.label2)]
    for text in [*ax.texts, *ticks]:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= whole.width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= whole.height, text.get_text()


# --- what is counted ---


def test_the_map_is_the_one_counted_by_hand_from_the_files(evidence):
    """An independent route: the files, row by row, without pandas."""
    studies = {row["study_id"]: row for row in read_rows(evidence.folder, "studies")}
    gone = {key for key, reference in evidence.references.items() if reference.retracted}
    found, people = defaultdict(set), defaultdict(float)
    for row in read_rows(evidence.folder, "results"):
        study = studies[row["study_id"]]
        source = row["reference"] or study["reference"]
        if study["directness"] not in NEAR or row["construct"] not in OUTCOMES:
            continue
        if not study["programme"] or source in gone:
            continue
        key = (study["directness"], row["construct"], study["programme"])
        word = row["favours"] if study["design"].startswith("rct-") else "nobody compared"
        found[key].add(word)
        number = float(study["n_enrolled"] or study["n_analysed"] or 0)
        people[key] = max(people[key], number)
    cells = defaultdict(lambda: [0, 0.0])
    for (rung, construct, programme), said in found.items():
        compared = sorted(said & {"active", "neither", "control"})
        if len(compared) > 1:
            direction = "mixed"
        elif compared:
            direction = {"active": "better", "neither": "no-difference", "control": "worse"}[
                compared[0]
            ]
        else:
            direction = "uncontrolled" if "nobody compared" in said else "not-told"
        cells[rung, construct, direction][0] += 1
        cells[rung, construct, direction][1] += people[rung, construct, programme]
    drawn = evidence_map(evidence)
    assert len(drawn.table().rows) == len(drawn.picture().axes.collections) == len(drawn.cells)
    frame = drawn.to_frame()
    counted = {
        (row.directness, row.construct, row.direction): [row.programmes, row.people]
        for row in frame.itertuples()
    }
    assert counted == dict(cells)


def test_a_retracted_source_is_not_on_the_map(evidence):
    results = evidence.results[evidence.results["study_id"] == "void-2025"]
    assert len(results)
    only = replace(evidence, results=results)
    assert evidence_map(only).to_frame().empty
    assert evidence_map(only).summary().endswith("(no programmes).")


def test_two_studies_of_one_programme_count_once(evidence):
    results = evidence.results[evidence.results["study_id"].isin(["reed-2016", "reed-2017"])]
    anxiety = results[results["construct"] == "anxiety"]
    frame = evidence_map(replace(evidence, results=anxiety)).to_frame()
    assert set(anxiety["study_id"]) == {"reed-2016", "reed-2017"}
    assert frame[["programmes", "people"]].to_numpy().tolist() == [[1, 20.0]]
