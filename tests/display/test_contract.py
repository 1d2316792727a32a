"""What every plot keeps to: the axes that were passed, no pyplot, no global settings."""

import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from evidence_tools.display.forest import Diamond, ForestRow, draw_forest
from evidence_tools.display.funnel import draw_funnel
from evidence_tools.display.gosh import draw_gosh
from evidence_tools.display.posterior import draw_posterior
from evidence_tools.display.timeline import Span, TimelineRow, draw_timeline

ROW = ForestRow(label="A", rung="direct", yi=0, low=-1, high=1)
POOLED = Diamond(label="B", estimate=0, low=-1, high=1, pi_low=-2, pi_high=2)
TIME = TimelineRow(label="A", rung="direct", lower=30, upper=40)
INFUSION = Span(words="infusion of 40 minutes", begin=0, end=40, group="Vein")
PLOTS = {
    "forest": lambda **ax: draw_forest([ROW, POOLED], outside=[ROW], ratio=True, **ax),
    "funnel": lambda **ax: draw_funnel([-1, 1], [0.2, 0.3], estimate=0, **ax),
    "gosh": lambda **ax: draw_gosh([-1, 1], [0, 50], whole=(0, 20), **ax),
    "posterior": lambda **ax: draw_posterior(
        [-1, 0, 1], [0, 1, 0], interval=(-0.5, 0.5), words="half", **ax
    ),
    "timeline": lambda **ax: draw_timeline(
        [TIME], limits=(10, 1000), marks={"1 hour": 60}, span=INFUSION, **ax
    ),
}


@pytest.mark.parametrize("name", PLOTS)
def test_the_axes_that_were_passed_come_back(name):
    ax = Figure().add_subplot()
    assert PLOTS[name](ax=ax) is ax
    assert ax.figure.axes == [ax]
    assert ax.has_data()


@pytest.mark.parametrize("name", PLOTS)
def test_without_axes_each_call_makes_a_figure_of_its_own_and_no_setting_changes(name):
    before = dict(mpl.rcParams)
    first, second = PLOTS[name](), PLOTS[name]()
    assert first.figure is not second.figure
    assert first.figure.axes == [first]
    assert dict(mpl.rcParams) == before
    assert first.xaxis.label.get_fontsize() != before["font.size"]


def test_drawing_does_not_bring_pyplot_in(root):
    code = (
        f"import sys; sys.path.insert(0, {str(root / 'tests')!r})\n"
        "from display.test_contract import PLOTS\n"
        "for plot in PLOTS.values(): plot()\n"
        "print('matplotlib.pyplot' in sys.modules, 'matplotlib.figure' in sys.modules)\n"
    )
    words = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(root / 'tests')!r})\n{code}",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
