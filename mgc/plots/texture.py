"""Joint modulation in time and frequency, as a texture holds it, seen as a picture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_modulation(blocks: Mapping[str, ArrayLike], figure: "Figure | None" = None) -> "Figure":
    """Draw modulation spectra side by side, on one scale of brightness.

    Parameters
    ----------
    blocks : mapping of str to array_like of shape (scales, rates)
        Title to :func:`mgc.data.texture.modulation` of one segment, reshaped.
    figure : Figure, optional
        Where to draw; a new one if not given.

    Returns
    -------
    Figure
        One picture each: rate to the right, scale upwards, both slow at the origin.

    Raises
    ------
    DataError
        If there is no picture, or one is no matrix.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = plot_modulation({"flat": np.zeros((3, 4))}, Figure())
    >>> [ax.get_title() for ax in figure.axes if ax.images]
    ['flat']

    Book: The best honest model
    """
    pictures = _require(blocks)
    if figure is None:
        from matplotlib import pyplot as plt

        figure = plt.figure(figsize=(2.6 * len(pictures) + 0.8, 2.8), layout="constrained")
    axes = figure.subplots(1, len(pictures), sharey=True, squeeze=False)[0]
    low = min(float(p.min()) for p in pictures.values())
    high = max(float(p.max()) for p in pictures.values())
    for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
        image = ax.imshow(picture, origin="lower", aspect="auto", vmin=low, vmax=high)
        ax.set(title=title, xlabel="rate (block)")
        ax.grid(False)
    axes[0].set_ylabel("scale (block)")
    figure.colorbar(image, ax=list(axes), label="ln power")
    return figure


def describe_modulation(blocks: Mapping[str, ArrayLike]) -> str:
    """Say in words what :func:`plot_modulation` draws.

    Examples
    --------
    >>> describe_modulation({"a": [[0.0, 1.0], [0.0, 3.0]]})
    'Modulation spectra in blocks of scale and rate. a: strongest at scale block 1, rate block 1.'

    Book: The best honest model
    """
    words = []
    for title, picture in _require(blocks).items():
        scale, rate = np.unravel_index(int(picture.argmax()), picture.shape)
        words.append(f"{title}: strongest at scale block {scale}, rate block {rate}")
    return f"Modulation spectra in blocks of scale and rate. {'; '.join(words)}."


def _require(blocks: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    pictures = {title: np.asarray(p, dtype=np.float64) for title, p in blocks.items()}
    shapes = {title: p.shape for title, p in pictures.items()}
    if not pictures or any(p.ndim != 2 or not p.size for p in pictures.values()):
        raise DataError(
            f"modulation spectra have shapes {shapes or 'none'}: pass one matrix (scales, rates) "
            "each"
        )
    return pictures
