"""UNet_Lite: an encoder and a decoder with skip connections, pooled into a classifier.

A light version of the network that Patil et al. (2023) draw, as the seed notebook defines it:
double convolutions with batch normalisation and PReLU, four poolings, a decoder of transposed
convolutions, global average pooling and two hidden layers.
"""

from typing import Any

from mgc.backend import keras

layers = keras.layers

#: Four poolings by 2: the input is padded with zeros to a multiple of this, and cropped back.
_STRIDE = 16
_L2 = 0.005
_DROPOUT = (0.6, 0.6)


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw UNet_Lite on a tensor of segments.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the first stage; the stages below have 2, 4, 8 and 16 times as many.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    References
    ----------
    Ronneberger, Fischer and Brox (2015), doi 10.1007/978-3-319-24574-4_28 (the U-Net).

    Book: UNet_Lite
    """
    return _draw(x, n_classes, width)


def no_skips(x: Any, n_classes: int, width: int) -> Any:
    """Draw UNet_Lite whose decoder reads only the stage below it, as :func:`body` otherwise.

    Book: What they cost
    """
    return _draw(x, n_classes, width, skips=False)


def encoder(x: Any, n_classes: int, width: int) -> Any:
    """Draw UNet_Lite without a decoder: its bottleneck is pooled, as :func:`body` otherwise.

    Book: What they cost
    """
    return _draw(x, n_classes, width, decoder=False)


def lightly_regularised(x: Any, n_classes: int, width: int) -> Any:
    """Draw UNet_Lite with SimpleCNN's regularisation, as :func:`body` otherwise.

    Dropout of one half stands before the last layer alone, and no convolution is penalised.

    Book: What they cost
    """
    return _draw(x, n_classes, width, penalty=0.0, dropout=(0.0, 0.5))


def _draw(
    x: Any,
    n_classes: int,
    width: int,
    *,
    decoder: bool = True,
    skips: bool = True,
    penalty: float = _L2,
    dropout: tuple[float, float] = _DROPOUT,
) -> Any:
    excess = ((0, -x.shape[1] % _STRIDE), (0, -x.shape[2] % _STRIDE))
    padded = excess != ((0, 0), (0, 0))
    if padded:
        x = layers.ZeroPadding2D(excess)(x)
    passed = []
    for stage in range(4):
        x = _double_convolution(x, width * 2**stage, penalty)
        passed.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = _double_convolution(x, width * 16, penalty)
    if decoder:
        for stage, skip in reversed(list(enumerate(passed))):
            x = layers.Conv2DTranspose(width * 2**stage, 2, strides=2, padding="same")(x)
            x = layers.concatenate([skip, x]) if skips else x
            x = _double_convolution(x, width * 2**stage, penalty)
        if padded:
            x = layers.Cropping2D(excess)(x)
    x = layers.GlobalAveragePooling2D()(x)
    for units, rate in zip((8 * width, 4 * width), dropout, strict=True):
        x = layers.Dense(units, activation="relu")(x)
        if rate:  # drawn in float32, so that every precision policy drops the same units
            x = layers.Dropout(rate, dtype="float32")(x)
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)


def _double_convolution(x: Any, filters: int, penalty: float) -> Any:
    for _ in range(2):
        decay = keras.regularizers.L2(penalty) if penalty else None
        x = layers.Conv2D(filters, 3, padding="same", kernel_regularizer=decay)(x)
        x = layers.BatchNormalization()(x)
        x = layers.PReLU(shared_axes=[1, 2])(x)
    return x
