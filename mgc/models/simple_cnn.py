"""SimpleCNN: three convolutions, global average pooling, one hidden layer.

The baseline that a more complex network has to beat.  Layer by layer the seed notebook's network;
`width` scales all stages together.
"""

from typing import Any

from mgc.backend import keras

layers = keras.layers


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw SimpleCNN on a tensor of segments.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the first convolution; the others have 2 and 4 times as many.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    Book: SimpleCNN
    """
    x = layers.MaxPooling2D(2)(_stage(x, width))
    x = layers.MaxPooling2D(2)(_stage(x, 2 * width))
    x = _stage(x, 4 * width)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(4 * width, activation="relu")(x)
    # Drawn in float32, so that every precision policy drops the same units.
    x = layers.Dropout(0.5, dtype="float32")(x)
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)


def _stage(x: Any, filters: int) -> Any:
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
