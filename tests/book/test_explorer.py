"""The interactive figure: its numbers, and a real browser that moves its slider."""

import base64
import html
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import myst_nb
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mgc.book import audio, explorer, normalise
from mgc.book.explorer import glue_explorer, views
from mgc.errors import NotebookError, SignalError
from mgc.paths import PROJECT
from mgc.signal.windows import hann_moments

Report = dict[str, Any]
Run = Callable[[str, Path], Report]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

#: Moves the slider over all its places and writes down what a reader would see.
DRIVER = """
<script>
window.addEventListener("load", function () {
  var report = { errors: window.failures, states: [], sounds: [] };
  var root = document.querySelector(".mgc-explorer");
  function text(name) { return root.querySelector("[data-show=" + name + "]").textContent; }
  function numbers(selector, keys) {
    var node = root.querySelector(selector);
    return keys.map(function (key) { return Number(node.getAttribute(key)); });
  }
  if (root) {
    var slider = root.querySelector("input");
    slider.focus();
    report.focused = document.activeElement === slider;
    report.label = slider.labels[0].textContent;
    report.control = !root.querySelector(".control").hidden;
    report.first = Number(slider.value);
    for (var i = Number(slider.min); i <= Number(slider.max); i += 1) {
      slider.value = i;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      report.states.push({
        window: text("window"), spoken: slider.getAttribute("aria-valuetext"), alt: text("alt"),
        verdict: text("verdict"), frame: text("frame"),
        numbers: ["sigma_t", "sigma_f", "product", "hertz", "seconds", "A", "B", "ratio"].map(text),
        picture: root.querySelector("[data-picture]").getAttribute("href"),
        box: numbers("[data-box]", ["x", "y", "width", "height"]),
        floor: numbers("[data-floor]", ["y1", "y2"]),
        curve: root.querySelector("[data-curve]").getAttribute("d")
      });
    }
  }
  document.querySelectorAll("audio").forEach(function (player) {
    report.sounds.push([player.duration, player.error && player.error.message]);
  });
  report.loaded = performance.getEntriesByType("resource").map(function (e) { return e.name; })
    .filter(function (name) { return !/^(data|file):/.test(name); });
  var node = document.createElement("script");
  node.type = "application/json";
  node.id = "report";
  node.textContent = JSON.stringify(report);
  document.body.appendChild(node);
});
</script>
"""

#: Nothing may be loaded; what is tried nevertheless, and every error, is written down.
WATCH = """
<script>
window.failures = [];
window.addEventListener("error", function (e) { window.failures.push(String(e.message)); });
window.addEventListener("unhandledrejection", function (e) {
  window.failures.push(String(e.reason));
});
document.addEventListener("securitypolicyviolation", function (e) {
  window.failures.push("refused: " + e.blockedURI);
});
</script>
"""
SEALED = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
connect-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; media-src data:">"""


@pytest.fixture(scope="module")
def fragment() -> str:
    """The figure as it goes into the page."""
    return explorer.page_of("explorer-fig-a", views.all_views())


@pytest.fixture(scope="module")
def run() -> Run:
    """Open HTML from the file system in a browser without network and return its report."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Chromium or Chrome on PATH to open the page with")

    def run_(page: str, path: Path) -> Report:
        path.write_text(page, encoding="utf-8")
        command = [found[0], "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-dev-shm-usage", "--disable-extensions"]
        command += ["--host-resolver-rules=MAP * ~NOTFOUND"]
        command += [f"--user-data-dir={path.parent / 'profile'}", "--dump-dom", path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        shown = re.search(
            r'<script type="application/json" id="report">(.*?)</script>', done.stdout
        )
        assert shown, f"the page did not report:\n{done.stderr[-2000:]}"
        return dict(json.loads(shown.group(1)))

    return run_


@pytest.fixture(scope="module")
def report(run: Run, fragment: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What the browser saw at each place of the slider, and of a sound beside it."""
    tone = np.sin(2 * np.pi * 440 * np.arange(4410) / 22050)
    sound = audio.audio_bundle({"tone": tone}, 22050, "A tone.").data["text/html"]
    # The page is not loaded before the browser has decoded the beginning.
    sound = sound.replace('preload="none"', 'preload="auto"')
    page = f'<!doctype html><meta charset="utf-8">{SEALED}{WATCH}<body>{fragment}{sound}{DRIVER}'
    return run(page, tmp_path_factory.mktemp("explorer") / "page.html")


def test_nothing_fails_and_nothing_is_fetched(report: Report) -> None:
    assert report["errors"] == []
    assert report["loaded"] == []


def test_the_slider_can_be_reached_and_says_what_it_does(report: Report) -> None:
    assert report["control"]
    assert report["focused"]
    assert report["label"] == "Window length"
    assert report["first"] == views.LENGTHS.index(explorer.START)
    for n, state in zip(views.LENGTHS, report["states"], strict=True):
        assert state["window"] == state["spoken"] == f"{n} samples = {1000 * n / 22050:.1f} ms"
        assert f"window of {n} samples" in state["alt"]


@pytest.mark.parametrize(
    # Below, the three tight frames and the almost tight one at 5792 look the same: flat.
    ("key", "different"),
    [("picture", 13), ("box", 13), ("curve", 10)],
)
def test_all_move_together(report: Report, key: str, different: int) -> None:
    assert len({json.dumps(state[key]) for state in report["states"]}) == different


def test_the_browser_shows_the_numbers_of_the_package(report: Report) -> None:
    for view, state in zip(views.all_views(), report["states"], strict=True):
        hann = hann_moments(view.n / 22050)
        sigma_t, sigma_f, product, hertz, seconds, low, high, ratio = state["numbers"]
        assert float(sigma_t) == pytest.approx(1000 * hann.sigma_t, rel=5e-3)
        assert float(sigma_f) == pytest.approx(hann.sigma_f, rel=5e-3)
        assert float(product) == pytest.approx(0.0816651569, abs=6e-5)
        assert float(hertz) == pytest.approx(2 * 22050 / view.n, abs=0.051)
        assert float(seconds) == pytest.approx(1000 * view.n / 2 / 22050, abs=0.15)
        assert (low == "0") == (view.n <= views.HOP)
        assert float(low) == pytest.approx(view.bounds[0], abs=6e-4)
        assert float(high) == pytest.approx(view.bounds[1], abs=6e-4)
        assert ratio == ("∞" if low == "0" else f"{view.bounds[1] / view.bounds[0]:.4f}")


def test_the_browser_paints_the_levels_of_the_package(report: Report) -> None:
    from matplotlib import colormaps

    colours = colormaps["cividis"](np.linspace(0, 1, views.LEVELS), bytes=True)[:, :3]
    for view, state in zip(views.all_views(), report["states"], strict=True):
        head, _, text = state["picture"].partition(",")
        assert head == "data:image/png;base64"
        painted = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"))
        assert np.array_equal(painted, colours[view.levels[::-1]])


def test_the_box_is_to_scale_and_keeps_its_area(report: Report, fragment: str) -> None:
    def tick(axis: str, label: str) -> float:
        (text,) = re.findall(rf"<text ([^>]*)>{re.escape(label)}</text>", fragment)
        return float(re.search(rf'{axis}="([\d.]+)"', text).group(1))  # type: ignore[union-attr]

    second = tick("x", "1.0") - tick("x", "0.0")
    hertz = (tick("y", "400") - tick("y", "1400")) / 1000
    for n, state in zip(views.LENGTHS, report["states"], strict=True):
        x, y, width, height = state["box"]
        hann = hann_moments(n / 22050)
        assert width / second == pytest.approx(4 * hann.sigma_t, abs=0.02 / second)
        assert height / hertz == pytest.approx(4 * hann.sigma_f, abs=0.02 / hertz)
        middle = (x + width / 2 - tick("x", "0.0")) / second, tick("y", "400") - 5 - y - height / 2
        assert middle == pytest.approx((0.82, 100 * hertz), abs=0.05)


def test_the_dashed_line_is_the_least_of_the_curve(report: Report) -> None:
    for view, state in zip(views.all_views(), report["states"], strict=True):
        heights = [float(pair.split()[1]) for pair in re.split("[ML]", state["curve"])[1:]]
        assert state["floor"] == [max(heights)] * 2
        share = (max(heights) - 390) / (min(heights) - 390)
        assert share == pytest.approx(view.bounds[0] / view.bounds[1], abs=2e-3)


def test_a_sound_is_decoded(report: Report) -> None:
    assert report["sounds"] == [[pytest.approx(0.2), None]]


def test_the_page_carries_everything_and_is_small(fragment: str) -> None:
    assert len(fragment.encode()) < 600_000
    text = re.sub(r'"pixels":"[^"]*"|data:image/bmp;base64,[^"]*', "", fragment)
    assert not re.search(r"https?:|//\w|\bimport\b|\bfetch\b|url\((?!#)", text)
    sources = re.findall(r'\b(?:src|href)="([^"]{1,20})', fragment)
    assert all(source.startswith(("data:image/bmp;", "#explorer-fig-a")) for source in sources)


def test_without_a_script_one_length_is_shown(fragment: str) -> None:
    still = re.sub(r"<script.*?</script>", "", fragment, flags=re.DOTALL)
    assert '<p class="control" hidden>' in still
    assert "this is one of 13 lengths: <b>2048 samples = 92.9 ms</b>" in still
    view = views.window_view(2048)
    for key, text in explorer.words_of(view).items():
        assert f'data-show="{key}"' in still
        assert html.escape(text) in still
    (bitmap,) = re.findall(r"data:image/bmp;base64,([\w+/=]+)", still)
    image = Image.open(io.BytesIO(base64.b64decode(bitmap)))
    assert np.array_equal(np.asarray(image), view.levels[::-1])


def test_a_built_page_moves_too(run: Run, tmp_path: Path) -> None:
    folder = PROJECT / "book" / "_build" / "html" / "theory"
    page = folder / "gabor_atoms.html"
    if not page.is_file() or "mgc-explorer" not in page.read_text(encoding="utf-8"):
        pytest.skip("the page with the interactive figure is not built (make site)")
    base = f'<head><base href="{folder.as_uri()}/">{WATCH}'
    text = page.read_text(encoding="utf-8").replace("<head>", base, 1)
    report = run(text.replace("</body>", f"{DRIVER}</body>", 1), tmp_path / "page.html")
    # Jupyter Book itself declares this constant twice, on every page.
    assert [error for error in report["errors"] if "THEBE_JS_URL" not in error] == []
    assert report["control"]
    assert report["loaded"] == []
    assert len({json.dumps(state["box"]) for state in report["states"]}) == len(views.LENGTHS)
    assert len({state["picture"] for state in report["states"]}) == len(views.LENGTHS)


@pytest.mark.parametrize("n", [128, 724, 1024, 2048, 8192])
def test_bounds_are_those_of_the_squared_windows(n: int) -> None:
    """The painless case by hand: n times the sum of the squared windows."""
    g = np.sin(np.pi * np.arange(n) / n) ** 2
    squares = np.zeros(-(-n // 512) * 512)
    squares[:n] = g**2 / np.sum(g**2)
    total = n * squares.reshape(-1, 512).sum(axis=0)
    view = views.window_view(n)
    assert view.bounds == pytest.approx((total.min(), total.max()), abs=1e-12)
    assert np.allclose(np.roll(view.coverage, n // 2), total, atol=1e-12)


def test_a_column_is_the_spectrum_around_its_middle() -> None:
    y, column, n = views.probe_signal(), 100, 724
    start = column * views.STEP + views.STEP // 2 - n // 2
    frame = np.sin(np.pi * np.arange(n) / n) ** 2 * y[start : start + n]
    level = 20 * np.log10(np.abs(np.fft.rfft(frame, views.CHANNELS)))[112 : 112 + 3 * 144 : 3]
    found = views.window_view(n).levels[:, column].astype(float)
    seen = found > 0
    offset = level[seen] - found[seen] * 60 / 63
    assert np.ptp(offset) < 60 / 63 + 1e-9


def maxima(levels: NDArray[np.uint8]) -> NDArray[np.intp]:
    steps = np.diff(levels.astype(int))
    return 1 + np.flatnonzero((steps[:-1] > 0) & (steps[1:] <= 0))


def test_the_picture_has_tones_clicks_and_chirp_where_they_are() -> None:
    low, high = views.frequency_range()
    hertz = low + (high - low) * (np.arange(views.ROWS) + 0.5) / views.ROWS
    seconds = (np.arange(views.COLUMNS) + 0.5) * views.STEP / views.SR
    long, short = views.window_view(4096).levels, views.window_view(256).levels
    peaks = hertz[maxima(long[:, np.searchsorted(seconds, 0.35)])]
    for tone in (600.0, 640.0):
        assert np.abs(peaks - tone).min() < 5
    peaks = seconds[maxima(short[np.searchsorted(hertz, 400)])]
    assert peaks[peaks > 0.8] == pytest.approx([0.94, 0.96], abs=0.0065)
    middle = np.searchsorted(seconds, 0.8)
    glide = hertz[views.window_view(1024).levels[:, middle].argmax()]
    assert glide == pytest.approx(800 + 600 * 0.8 / 1.2016, abs=8)


def test_no_length_separates_both_pairs() -> None:
    words = {view.n: views.verdict(view) for view in views.all_views()}
    assert words[512] == "The tones have merged, the clicks are separate."
    assert words[1024] == "Tones and clicks have merged."
    assert words[2048] == "The tones are separate, the clicks have merged."
    assert "Tones and clicks are separate." not in words.values()


def test_kinds_of_frames() -> None:
    words = {view.n: views.frame_words(view) for view in views.all_views()}
    assert words[362] == "no frame: samples between the windows are lost"
    assert words[512] == "no frame: the windows only touch, with their zeros"
    assert words[1448] == "a frame"
    assert words[4096] == "a tight frame"


@pytest.mark.parametrize("n", [127, 14, 8194])
def test_lengths_out_of_range_are_refused(n: int) -> None:
    with pytest.raises(SignalError, match=f"the window has {n} samples; expected is an even"):
        views.window_view(n)


def test_it_is_glued_as_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: found.update({name: value}))
    glue_explorer("fig-a", "Move the slider.")
    data, metadata = found["fig-a"]._repr_mimebundle_()
    assert data["text/html"] == explorer.page_of("explorer-fig-a", views.all_views())
    assert data["text/plain"].startswith(
        "Move the slider.\n[128 samples = 5.8 ms: A = 0, B = 2.667"
    )
    assert metadata == {"mgc": {"caption": "Move the slider."}}
    assert normalise.machine_words(data["text/html"]) == []
    with pytest.raises(NotebookError, match="needs the argument caption"):
        glue_explorer("fig-a", "")
