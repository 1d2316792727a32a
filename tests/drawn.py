"""What stands on a figure, as a reader meets it: words, ticks, legend, and where they lie."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def rendered(ax: Axes) -> Axes:
    """The axes, with everything of their figure in its place."""
    FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    return ax


def box_of(artist: Artist, ax: Axes) -> Bbox:
    """Where it lies on a figure that was rendered."""
    return artist.get_window_extent(ax.figure.canvas.get_renderer())


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def legend_words(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def ticks(axis: Axis) -> list[Text]:
    """Labels of ticks within the axis; the others are not drawn."""
    low, high = sorted(axis.get_view_interval())
    shown = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for tick in shown for text in (tick.label1, tick.label2) if text.get_visible()]


def all_words(ax: Axes) -> list[Text]:
    """Every word of a figure: beside rows, at ticks, of the axes and of the legend."""
    legend = ax.get_legend()
    texts = [*ax.texts, *ticks(ax.xaxis), *ticks(ax.yaxis), ax.xaxis.label, ax.yaxis.label]
    return [t for t in [*texts, *(legend.get_texts() if legend else [])] if t.get_text()]


def beyond(ax: Axes) -> list[str]:
    """Words that are drawn beyond the edge of the figure."""
    whole = rendered(ax).figure.bbox
    boxes = [(text.get_text(), box_of(text, ax)) for text in all_words(ax)]
    return [
        name
        for name, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > whole.width or box.y1 > whole.height
    ]


def covered(ax: Axes) -> list[tuple[str, str]]:
    """Pairs of words of which one covers the other."""
    rendered(ax)
    boxes = [(text.get_text(), box_of(text, ax).shrunk(0.98, 0.7)) for text in all_words(ax)]
    return [
        (one, other)
        for i, (one, box) in enumerate(boxes)
        for other, second in boxes[i + 1 :]
        if box.overlaps(second)
    ]
