"""What an untrained SimpleCNN sees: activations of every stage, pooled, for another classifier."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.backend import keras
from mgc.models.registry import build_model

#: Pictures that pass the network at once.
_BATCH = 64


def random_features(
    images: ArrayLike, width: int = 32, seed: int = 0, first_layer: str = "none"
) -> NDArray[np.float64]:
    """Pool the activations of a SimpleCNN with fresh weights.

    Parameters
    ----------
    images : array_like of shape (n, n_mels, frames)
        Normalised features of n segments.
    width : int > 0
        Channels of the first stage.
    seed : int >= 0
        Decides the weights: those with which a network of this seed would start.
    first_layer : str
        Bank of filters before the network, see `mgc.models.registry.build_model`.

    Returns
    -------
    ndarray of float64, shape (n, 14 * width)
        Of each channel of the three stages (``7 * width`` in all), after its rectifier: the mean
        over bands and frames, then the standard deviation.  A bank is one stage more.

    Raises
    ------
    ConfigError
        If a size is not positive or the picture is too small for the network.

    References
    ----------
    Pons & Serra (2018), Randomly weighted CNNs for (music) audio classification,
    arXiv:1805.00237: how far an architecture gets before it has learnt anything.

    Examples
    --------
    >>> random_features(np.zeros((2, 16, 20)), width=4).shape
    (2, 56)

    Book: Main results
    """
    x = np.asarray(images, dtype=np.float32)[..., np.newaxis]
    network = build_model(
        "simple_cnn", x.shape[1:], width=width, first_layer=first_layer, seed=seed
    )
    stages = [
        layer.output for layer in network.layers if isinstance(layer, keras.layers.Activation)
    ]
    looks = keras.Model(network.input, stages)
    blocks = []
    for start in range(0, len(x), _BATCH):
        seen = [
            keras.ops.convert_to_numpy(stage).astype(np.float64)
            for stage in looks(x[start : start + _BATCH], training=False)
        ]
        pooled = [s.mean(axis=(1, 2)) for s in seen] + [s.std(axis=(1, 2)) for s in seen]
        blocks.append(np.concatenate(pooled, axis=1))
    return np.concatenate(blocks)
