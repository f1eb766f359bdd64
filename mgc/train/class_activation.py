"""Where in the picture a network finds its genre: gradient-weighted class activation maps.

Keras hands gradients to an optimizer on every backend, so nothing here names one: a map of zeros
that could be trained is added to the last feature map, and its gradient is the one looked for.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.backend import keras
from mgc.errors import ConfigError, DataError
from mgc.optim.gradient_probe import probe_gradients


def split_at_last_map(model: Any) -> tuple[Any, Any]:
    """Cut a network behind its last feature map.

    Parameters
    ----------
    model : keras.Model
        Takes pictures, gives genre probabilities.

    Returns
    -------
    body, head : keras.Model
        Picture to map ``(batch, height, width, channels)``, and map to probabilities.  They share
        the weights of `model`.

    Raises
    ------
    ConfigError
        If no map, more than one pixel high and wide, is all that the rest is computed from.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> body, head = split_at_last_map(build_model("simple_cnn", (32, 20, 1), width=2))
    >>> body.output.shape
    (None, 8, 5, 8)

    Book: Where and why it errs
    """
    for layer in reversed(model.layers[1:]):
        shape = tuple(layer.output.shape)
        if len(shape) == 4 and min(shape[1:3]) > 1:
            try:
                head = keras.Model(layer.output, model.outputs[0])
            except ValueError:  # a branch passes by
                continue
            return keras.Model(model.inputs[0], layer.output), head
    raise ConfigError(
        f"{model.name} has no last feature map: class activation needs a network whose output is "
        "computed from one map of convolutions"
    )


def has_map(model: Any) -> bool:
    """Tell whether a network can be cut behind a last feature map.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> has_map(build_model("simple_cnn", (32, 20, 1), width=2))
    True

    Book: Where and why it errs
    """
    try:
        split_at_last_map(model)
    except ConfigError:
        return False
    return True


class _AddMap(keras.layers.Layer):  # type: ignore[misc]
    """Add zeros that count as weights, one for each number of a batch."""

    def build(self, shape: Any) -> None:
        """Create the zeros."""
        self.zeros = self.add_weight(shape=shape, initializer="zeros", name="map")

    def call(self, maps: Any) -> Any:
        """Add them."""
        return maps + self.zeros


class _AtRest(keras.layers.Layer):  # type: ignore[misc]
    """A network that never trains: no dropout, and statistics as they are."""

    def __init__(self, net: Any) -> None:
        super().__init__(trainable=False)
        # In a list that Keras does not follow, so that the flags of its layers stay as they are.
        self._held = (lambda: net,)

    def call(self, maps: Any) -> Any:
        """Apply it."""
        return self._held[0]()(maps, training=False)


def activation_maps(
    model: Any, x: ArrayLike, classes: ArrayLike, batch_size: int = 64
) -> NDArray[np.float32]:
    """Return where a network finds a class in each picture.

    Parameters
    ----------
    model : keras.Model
        Takes pictures, gives probabilities; compiled or not, it is left as it is.
    x : array_like of shape (n, rows, frames, channels)
        Pictures as the network takes them.
    classes : array_like of int, shape (n,)
        The class that is asked for in each.
    batch_size : int > 0
        Pictures at once.

    Returns
    -------
    ndarray of float32, shape (n, height, width)
        In the grid of the last feature map, 0 or more: what speaks for the class against the
        others.

    Raises
    ------
    DataError
        If there is no picture, or not one class for each.
    ConfigError
        If the network has no last feature map.

    Notes
    -----
    With the last map A and the log-probability s of the class, channel k has the weight
    ``mean over pixels of ds/dA_k``; the map is the positive part of the weighted sum of channels.
    For a network of global average pooling and one dense layer it is Zhou's class activation map,
    but for what all classes share.

    References
    ----------
    Selvaraju et al. (2017), Grad-CAM: visual explanations from deep networks via gradient-based
    localization, ICCV, 618-626, doi:10.1109/ICCV.2017.74.

    Examples
    --------
    >>> from mgc.models.registry import build_model
    >>> net = build_model("simple_cnn", (32, 20, 1), width=2)
    >>> activation_maps(net, np.ones((3, 32, 20, 1), "float32"), [0, 1, 2]).shape
    (3, 8, 5)

    Book: Where and why it errs
    """
    pictures, wanted = np.asarray(x, dtype=np.float32), np.asarray(classes, dtype=np.int64)
    if pictures.ndim != 4 or not len(pictures) or wanted.shape != (len(pictures),):
        raise DataError(
            f"pictures of shape {pictures.shape} and classes of shape {wanted.shape}: pass "
            "(n, rows, frames, channels) and one class for each"
        )
    body, head = split_at_last_map(model)
    found = []
    for start in range(0, len(pictures), batch_size):
        part = slice(start, start + batch_size)
        maps = keras.ops.convert_to_numpy(body(pictures[part], training=False))
        slopes = _slopes(head, maps, wanted[part])
        weighted = np.einsum("nhwc,nc->nhw", maps, slopes.mean(axis=(1, 2)))
        found.append(np.maximum(weighted, 0.0).astype(np.float32))
    return np.concatenate(found)


def band_profile(maps: ArrayLike, n_bands: int) -> NDArray[np.float64]:
    """Say over which bands the maps are spread, whatever the time.

    Parameters
    ----------
    maps : array_like of shape (n, height, width)
        Of :func:`activation_maps`.
    n_bands : int
        Mel bands of the pictures; the rows of a map stand for equal shares of them.

    Returns
    -------
    ndarray of float64, shape (n, n_bands)
        Each row sums to 1, or is 0 where nothing speaks for the class.

    Examples
    --------
    >>> band_profile(np.array([[[3.0, 3.0], [1.0, 1.0]]]), 4).tolist()
    [[0.375, 0.375, 0.125, 0.125]]

    Book: Where and why it errs
    """
    rows = np.asarray(maps, dtype=np.float64).mean(axis=2)
    spread = rows[:, (np.arange(n_bands) + 0.5).astype(int) * rows.shape[1] // n_bands]
    total = spread.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = np.divide(
        spread, total, out=np.zeros_like(spread), where=total > 0
    )
    return found


def _slopes(head: Any, maps: NDArray[np.float32], classes: NDArray[np.int64]) -> NDArray[Any]:
    """Differentiate each log-probability by its own map; the shape is that of `maps`."""
    inputs = keras.Input(batch_shape=maps.shape)
    probe = keras.Model(inputs, _AtRest(head)(_AddMap()(inputs)))
    [slopes] = probe_gradients(probe, maps, classes).values()
    return np.asarray(-len(maps) * slopes)  # of the mean cross-entropy, turned
