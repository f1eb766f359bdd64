"""The interactive figure: a slider over window length moves picture, box and frame bounds.

Everything is computed by the package and lies in the page: no kernel, no server, no library.  The
script in ``page.html`` only picks what is there; without it, the page shows one length.
Book: Gabor atoms and uncertainty.
"""

import base64
import html
import io
import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mgc.book.explorer import views
from mgc.book.explorer.views import WindowView
from mgc.book.glue import Bundle, glue_value, require_words

_PAGE = Path(__file__).with_name("page.html")
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"

#: Length in samples that the slider starts at: that of the GTZAN front end.
START = 2048

# Where things lie in the drawing, in its own units; a second and a hertz have these lengths.
_LEFT, _TOP, _WIDTH, _HEIGHT = 66, 8, 562, 2 * views.ROWS
_STRIP_TOP, _STRIP_HEIGHT = _TOP + _HEIGHT + 30, 64
_BOTTOM = _STRIP_TOP + _STRIP_HEIGHT
_LOW, _HIGH = views.frequency_range()
_SECOND = _WIDTH * views.SR / (views.COLUMNS * views.STEP)
_HERTZ = _HEIGHT / (_HIGH - _LOW)

#: Middle of the uncertainty box (a quiet place), and the standard deviations from there to a side.
BOX_AT, BOX_SIGMAS = (0.82, 500.0), 2.0


def glue_explorer(name: str, caption: str) -> None:
    """Show the interactive figure with number and caption; refer to it by ``{numref}`name```.

    Parameters
    ----------
    name : str
        Label of the figure.
    caption : str
        MyST text, one paragraph.

    Raises
    ------
    NotebookError
        If the name is unusual or the caption empty.

    Notes
    -----
    Book: Gabor atoms and uncertainty.
    """
    require_words(name, caption=caption)
    shown = views.all_views()
    facts = "; ".join(
        f"{words['window']}: A = {words['A']}, B = {words['B']}, {words['frame']}"
        for words in map(words_of, shown)
    )
    data = {"text/html": page_of(f"explorer-{name}", shown), "text/plain": f"{caption}\n[{facts}]"}
    glue_value(name, Bundle(data, {"mgc": {"caption": caption}}))


def page_of(identity: str, shown: tuple[WindowView, ...], start: int = START) -> str:
    """Return the figure as a piece of HTML.

    Parameters
    ----------
    identity : str
        Id of its outer element, and beginning of all others.
    shown : tuple of WindowView
        One for each position of the slider.
    start : int
        Window length that is shown first.

    Raises
    ------
    ValueError
        If no view has the length `start`.

    Examples
    --------
    >>> page = page_of("explorer-a", (views.window_view(2048),))
    >>> len(page) < 600_000, "http" in page
    (True, False)
    """
    index = [view.n for view in shown].index(start)
    view = shown[index]
    box = box_of(view)
    places = {
        "id": identity,
        "start": index,
        "last": len(shown) - 1,
        "count": len(shown),
        "left": _LEFT,
        "right": _LEFT + _WIDTH,
        "top": _TOP,
        "width": _WIDTH,
        "height": _HEIGHT,
        "strip_top": _STRIP_TOP,
        "strip_bottom": _BOTTOM,
        "strip_height": _STRIP_HEIGHT,
        "picture": _static_picture(view),
        "floor": _height_of(view.bounds[0] / view.bounds[1]),
        "curve": curve_of(view),
        **{f"box_{key}": value for key, value in box.items()},
        **{key: html.escape(text) for key, text in words_of(view).items()},
    }
    drawn = {"marks": "\n".join(_marks()), "hops": "".join(_hops(identity, view))}
    template = string.Template(_PAGE.read_text(encoding="utf-8"))
    return template.substitute(places, **drawn, data=_data(shown)).strip()


def words_of(view: WindowView) -> dict[str, str]:
    """Return every text of the figure that depends on the window.

    Examples
    --------
    >>> words = words_of(views.window_view(512))
    >>> words["window"], words["A"], words["B"], words["ratio"]
    ('512 samples = 23.2 ms', '0', '2.667', '∞')
    """
    low, high = view.bounds
    return {
        "window": f"{view.n} samples = {1000 * view.n / views.SR:.1f} ms",
        "sigma_t": f"{1000 * view.moments.sigma_t:.3g}",
        "sigma_f": f"{view.moments.sigma_f:.3g}",
        "product": f"{view.moments.product:.4f}",
        "relative": f"{view.moments.relative:.3f}",
        "hertz": f"{view.resolution.hertz:.1f}",
        "seconds": f"{1000 * view.resolution.seconds:.1f}",
        "verdict": views.verdict(view),
        "A": f"{low:.3f}" if low else "0",
        "B": f"{high:.3f}",
        "ratio": f"{high / low:.4f}" if low else "∞",
        "frame": views.frame_words(view),
        "alt": views.describe_view(view),
    }


def box_of(view: WindowView) -> dict[str, float]:
    """Return the uncertainty box, to the scale of the picture: x, y, width and height.

    Examples
    --------
    Half as long a window has a box of half the width and twice the height.

    >>> a, b = (box_of(views.window_view(n)) for n in (2048, 1024))
    >>> round(a["width"] / b["width"], 2), round(b["height"] / a["height"], 2)
    (2.0, 2.0)
    """
    width = 2 * BOX_SIGMAS * view.moments.sigma_t * _SECOND
    height = 2 * BOX_SIGMAS * view.moments.sigma_f * _HERTZ
    x, y = _column(BOX_AT[0]), _row(BOX_AT[1])
    found = {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}
    return {key: round(value, 2) for key, value in found.items()}


def curve_of(view: WindowView, points: int = 32) -> str:
    """Return one hop of the diagonal of the frame operator, over B, as the path of an SVG.

    Examples
    --------
    >>> curve_of(views.window_view(2048), points=2)
    'M0 326 L5.43 326 L10.86 326'
    """
    hop = len(view.coverage)
    at = np.linspace(0, hop, points + 1)
    heights = np.interp(at, np.arange(hop + 1), np.append(view.coverage, view.coverage[0]))
    pairs = [
        f"{t / views.SR * _SECOND:.2f} {_height_of(height / view.bounds[1]):g}"
        for t, height in zip(at, heights, strict=True)
    ]
    return "M" + " L".join(pair.replace("0.00 ", "0 ", 1) for pair in pairs)


def _height_of(share: float) -> float:
    """Return where a share of B lies in the strip below the picture."""
    return round(_BOTTOM - share * _STRIP_HEIGHT, 2)


def _hops(identity: str, view: WindowView) -> Iterator[str]:
    hop = len(view.coverage) / views.SR * _SECOND
    for k in range(int(_WIDTH / hop) + 1):
        yield f'<use href="#{identity}-hop" x="{_LEFT + k * hop:.2f}"/>'


def _marks() -> Iterator[str]:
    """Yield ticks, labels and the names of what is in the picture."""
    for hertz in range(400, 1401, 200):
        y = _row(hertz)
        yield f'<path class="axis" d="M{_LEFT} {y} h-5"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 5:g}" text-anchor="end">{hertz}</text>'
    for seconds in np.arange(0, 1.2, 0.2):
        x = _column(seconds)
        yield f'<path class="axis" d="M{x} {_BOTTOM} v5"/>'
        yield f'<text x="{x}" y="{_BOTTOM + 21}" text-anchor="middle">{seconds:.1f}</text>'
    yield f'<text x="{_LEFT - 8}" y="{_row(1300) + 5:g}" text-anchor="end">Hz</text>'
    yield f'<text x="{_LEFT + _WIDTH}" y="{_BOTTOM + 21}" text-anchor="end">s</text>'
    words = f"sum of squared windows at hop {views.HOP}; dashed: A"
    yield f'<text x="{_LEFT}" y="{_STRIP_TOP - 8}">{words}</text>'
    for share, label in ((0.0, "0"), (1.0, "B")):
        y = _height_of(share)
        yield f'<text x="{_LEFT - 8}" y="{y + 5:g}" text-anchor="end">{label}</text>'
    for text, at, hertz in (
        ("two tones", 0.2, 480),
        ("chirp", 0.2, 1040),
        ("two clicks", 1.08, 480),
        ("box", BOX_AT[0], 320),
    ):
        place = f'x="{_column(at)}" y="{_row(hertz)}" text-anchor="middle"'
        yield f'<text class="on-picture" {place}>{text}</text>'


def _column(seconds: float) -> float:
    return round(_LEFT + seconds * _SECOND, 2)


def _row(hertz: float) -> float:
    return round(_TOP + (_HIGH - hertz) * _HERTZ, 2)


def _colours() -> NDArray[np.uint8]:
    from matplotlib import colormaps

    found: NDArray[np.uint8] = colormaps["cividis"](np.linspace(0, 1, views.LEVELS), bytes=True)
    return found[:, :3]


def _data(shown: tuple[WindowView, ...]) -> str:
    """Return all views as JSON that may stand in a script element."""
    data: dict[str, Any] = {
        "rows": views.ROWS,
        "columns": views.COLUMNS,
        "alphabet": _ALPHABET,
        "colours": _colours().tolist(),
        "views": [
            {
                "words": words_of(view),
                "box": box_of(view),
                "floor": _height_of(view.bounds[0] / view.bounds[1]),
                "curve": curve_of(view),
                "pixels": "".join(_ALPHABET[level] for level in view.levels[::-1].ravel()),
            }
            for view in shown
        ],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _static_picture(view: WindowView) -> str:
    """Return the picture for readers without JavaScript, as a bitmap in a data address.

    Not compressed, so that the bytes depend on no version of a compressor.
    """
    from PIL import Image

    image = Image.fromarray(view.levels[::-1])
    image = image.convert("P")
    image.putpalette(_colours().tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="BMP")
    return "data:image/bmp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
