"""Reading 3 of Fig. 1 of Patil et al. (2023): its U-Net and one stage of two branches, scaled down.

Four such stages follow the printed U-Net.  The third, 256 x 256 x 512 beside 512 x 512 x 256 into
128 x 128 x 1024, is the first whose branches differ in size: it is the one drawn here, with its
channels divided by 16.
"""

from typing import Any

from mgc.backend import keras
from mgc.models.patil import head, stage, unet

layers = keras.layers


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw the reading on a tensor of segments; `mgc.models.patil` says what is guessed.

    Guessed beside that: "convolution with filter" is a convolution of stride 2 to twice the
    channels; "convolution with element-wise sum" is a convolution added to what it reads.  The
    printed sizes of the two do not fit a sum, so the second is brought to the size of the first by
    the average over 2 x 2 and a convolution of 1 x 1.  Their sum passes a convolution of stride 2.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the first stage, 16 in print; the stage of two branches ends with 4 times as
        many.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    References
    ----------
    Patil, Pradeepini and Komati (2023), doi 10.1186/s40537-023-00789-2, Fig. 1.

    Book: Readings of Patil's Fig. 1
    """
    x = unet(x, width)
    filtered = stage(x, 2 * width, strides=2)
    summed = layers.add([x, stage(x, width)])
    resampled = layers.Conv2D(2 * width, 1)(layers.AveragePooling2D(2)(summed))
    x = stage(layers.add([filtered, resampled]), 4 * width, strides=2)
    return head(x, n_classes)
