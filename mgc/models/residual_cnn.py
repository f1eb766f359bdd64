"""ResidualCNN: a small residual network that halves the picture early, so that it is cheap.

A strided stem, four residual stages, mean and maximum over what is left of the picture.
"""

from typing import Any

from mgc.backend import keras

layers = keras.layers

#: Channels of the stages, in units of the width.
_STAGES = (1, 2, 4, 8)


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw ResidualCNN on a tensor of segments.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the stem and the first stage; the others have 2, 4 and 8 times as many.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    References
    ----------
    He, Zhang, Ren and Sun (2016), doi 10.1109/CVPR.2016.90 (residual networks).

    Book: The best honest model
    """
    x = layers.Activation("relu")(_convolution(x, width, 5, 2))
    for stage, times in enumerate(_STAGES):
        x = _block(x, times * width, strides=2 if stage else 1)
    x = layers.concatenate([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    # Drawn in float32, so that every precision policy drops the same units.
    x = layers.Dropout(0.5, dtype="float32")(x)
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)


def _block(x: Any, filters: int, strides: int) -> Any:
    """Two convolutions beside a shortcut."""
    shortcut = x
    x = layers.Activation("relu")(_convolution(x, filters, 3, strides))
    x = _convolution(x, filters, 3, 1)
    if strides > 1:
        shortcut = _convolution(shortcut, filters, 1, strides)
    return layers.Activation("relu")(layers.add([x, shortcut]))


def _convolution(x: Any, filters: int, size: int, strides: int) -> Any:
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)
