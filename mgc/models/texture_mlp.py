"""TextureMLP: one hidden layer on the texture of a segment.

A network for vectors (`features: texture`): what convolutions would have to learn from few clips is
given to it as statistics.  It also takes pictures, which it reads as one long vector.
"""

from typing import Any

from mgc.backend import keras

layers = keras.layers


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw TextureMLP on a tensor of segments.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, rows, 1, 1)``, normalised statistics.
    n_classes : int
        Number of genres.
    width : int
        Eighth part of the hidden units.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    Book: The best honest model
    """
    x = layers.Flatten()(x)
    # Drawn in float32, so that every precision policy drops the same units.
    x = layers.Dropout(0.2, dtype="float32")(x)
    x = layers.Dense(8 * width)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Dropout(0.5, dtype="float32")(x)
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)
