"""What holds for every figure: where it is drawn, what it leaves alone, and that no word is cut."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from drawn import beyond, box_of, legend_words, words
from evidence_tools.display.benefit_course import CourseEstimate, draw_benefit_course
from evidence_tools.display.evidence_map import MapCell, draw_evidence_map
from evidence_tools.display.forest import Diamond, ForestRow, draw_forest
from evidence_tools.display.funnel import draw_funnel
from evidence_tools.display.gosh import draw_gosh
from evidence_tools.display.harms import HarmMark, HarmRow, draw_harms
from evidence_tools.display.judgements import LightRow, ShareRow, draw_lights, draw_shares
from evidence_tools.display.knowledge_bands import BandLane, draw_knowledge_bands
from evidence_tools.display.lanes import Lane, LaneMark, draw_lanes
from evidence_tools.display.posterior import draw_posterior
from evidence_tools.display.style import RUNGS
from evidence_tools.display.timeline import Span, TimelineRow, draw_timeline

LIMITS = (4.0, 60_000.0)


def effect(rung="direct"):
    return ForestRow(label="A trial", rung=rung, yi=-0.5, low=-1.0, high=-0.25, weight=1.0)


def time(rung="direct"):
    return TimelineRow(label="A study", rung=rung, lower=30, upper=40, group="Vein")


def lane(rung="direct"):
    mark = LaneMark(label="A 2020", rung=rung, lower=30, upper=60, infusion=40)
    return Lane(words="Headache", marks=(mark,), section="Harm")


def at_a_day(rung="direct"):
    return CourseEstimate(rung=rung, estimate=-0.5, low=-0.7, high=-0.3, begin=1440, end=1440)


def cell(rung="direct"):
    return MapCell(rung=rung, outcome="response", direction="better", people=40, programmes=2)


POOLED = Diamond(label="All", estimate=-0.4, low=-0.9, high=0.1, pi_low=-1.6, pi_high=0.8)
INFUSION = Span(words="infusion", begin=0, end=40, group="Vein")
COUNTED = HarmMark(group="treated", percent=30, low=20, high=42)
HARM = HarmRow(label="One: 3 of 10", marks=(COUNTED,), group="Headache")
KNOWN = BandLane(
    label="PTSD",
    times=np.array([0.0, 4320.0, 10080.0]),
    still_there=np.array([1.0, 0.5, 0.5]),
    gone=np.array([0.0, 0.0, 0.5]),
)
LIGHT = LightRow(label="A trial", lights=("low", "high"))
SHARE = ShareRow(label="Missing data", shares={"low": 0.6, "high": 0.4})

FULL = {
    "forest": partial(draw_forest, [effect(), POOLED], outside=[effect()], ratio=True),
    "funnel": partial(draw_funnel, [-0.9, 0.2], [0.4, 0.2], estimate=-0.3),
    "gosh": partial(draw_gosh, [-0.9, -0.4, 0.2], [0, 55, 100], whole=(-0.4, 55)),
    "posterior": partial(draw_posterior, [-1, 0, 1], [0, 1, 0], interval=(-1, 1), words="half"),
    "timeline": partial(
        draw_timeline, [time()], limits=LIMITS, marks={"1 hour": 60}, span=INFUSION
    ),
    "lanes": partial(draw_lanes, [lane()], limits=LIMITS),
    "bands": partial(draw_knowledge_bands, [KNOWN]),
    "harms": partial(draw_harms, [HARM], threshold=10),
    "lights": partial(draw_lights, [LIGHT], ["One", "Two"]),
    "shares": partial(draw_shares, [SHARE]),
    "course": partial(draw_benefit_course, [at_a_day()]),
    "map": partial(draw_evidence_map, [cell()], outcomes=["response"], rungs=["direct"]),
}
EMPTY = {
    "forest": (partial(draw_forest, []), "no eligible studies"),
    "funnel": (partial(draw_funnel, [], []), "no eligible studies"),
    "gosh": (partial(draw_gosh, [], []), "fewer than two studies: no subsets to compare"),
    "timeline": (partial(draw_timeline, [], limits=LIMITS), "no study gives such a time"),
    "lanes": (partial(draw_lanes, [], limits=LIMITS), "no study gives such a time"),
    "bands": (partial(draw_knowledge_bands, []), "no study followed relief"),
    "harms": (partial(draw_harms, []), "nobody counted it"),
    "lights": (partial(draw_lights, [], ["One", "Two"]), "no trial was judged"),
    "shares": (partial(draw_shares, []), "no trial was judged"),
    "course": (
        partial(draw_benefit_course, []),
        "no effect after one dose can be placed in time",
    ),
    "map": (
        partial(draw_evidence_map, [], outcomes=[], rungs=[]),
        "no study reports such an outcome",
    ),
}
ROWS = {
    "forest": lambda n: draw_forest([effect()] * n),
    "timeline": lambda n: draw_timeline([time()] * n, limits=LIMITS),
    "lanes": lambda n: draw_lanes([lane()] * n, limits=LIMITS),
    "bands": lambda n: draw_knowledge_bands([KNOWN] * n),
    "harms": lambda n: draw_harms([HARM] * n),
    "lights": lambda n: draw_lights([LIGHT] * n, ["One", "Two"]),
    "shares": lambda n: draw_shares([SHARE] * n),
}
RUNG = {
    "forest": lambda name: draw_forest([effect(name)]),
    "timeline": lambda name: draw_timeline([time(name)], limits=LIMITS),
    "lanes": lambda name: draw_lanes([lane(name)], limits=LIMITS),
    "course": lambda name: draw_benefit_course([at_a_day(name)]),
}


@pytest.mark.parametrize("name", FULL)
def test_the_axes_that_were_passed_come_back_and_settings_stay(name):
    before = dict(mpl.rcParams)
    figure = Figure(figsize=(6, 6))
    ax = figure.add_subplot()
    assert FULL[name](ax=ax) is ax
    assert figure.axes == [ax]
    assert ax.lines or ax.collections or ax.patches
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", FULL)
def test_without_axes_each_call_makes_a_figure_of_its_own_in_its_own_letters(name):
    first, second = FULL[name](), FULL[name]()
    assert first.figure is not second.figure
    assert first.figure.axes == [first]
    assert first.xaxis.label.get_fontsize() != mpl.rcParams["font.size"]


def test_drawing_does_not_bring_pyplot_in():
    """So that no figure is opened that somebody would have to close."""
    code = (
        "import sys, test_every_figure as here\n"
        "drawn = [draw() for draw in here.FULL.values()]\n"
        "print(len(drawn), 'matplotlib.pyplot' in sys.modules)\n"
    )
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    command = [sys.executable, "-c", f"import sys\nsys.path[:0] = {folders}\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{len(FULL)} False\n"


@pytest.mark.parametrize("name", EMPTY)
def test_empty_input_says_so_and_no_other_does(name):
    draw, nothing = EMPTY[name]
    ax = draw()
    assert nothing in words(ax)
    assert nothing not in words(FULL[name]())
    assert not [line for line in ax.lines if line.get_marker() != "None" and len(line.get_xdata())]
    assert beyond(ax) == []


@pytest.mark.parametrize("name", FULL)
def test_all_words_stay_in_the_figure_and_the_legend_below_the_axis(name):
    ax = FULL[name]()
    assert beyond(ax) == []
    legend = ax.get_legend()
    if legend:
        assert box_of(legend, ax).y1 <= box_of(ax.xaxis.label, ax).y0 + 1
        assert box_of(legend, ax).y0 >= 0


@pytest.mark.parametrize("name", ROWS)
def test_a_figure_grows_with_its_rows(name):
    heights = [ROWS[name](n).figure.get_figheight() for n in (2, 3, 10, 30)]
    assert heights == sorted(set(heights))


@pytest.mark.parametrize("name", RUNG)
def test_each_rung_has_its_colour_its_symbol_and_its_words_in_the_legend(name):
    for rung, look in RUNGS.items():
        ax = RUNG[name](rung)
        symbols = [line for line in ax.lines if line.get_marker() == look.symbol]
        assert {line.get_color() for line in symbols} == {look.colour}
        (named,) = [text for text in legend_words(ax) if text.startswith(look.words)]
        handle = ax.get_legend().legend_handles[legend_words(ax).index(named)]
        assert (handle.get_color(), handle.get_marker()) == (look.colour, look.symbol)
