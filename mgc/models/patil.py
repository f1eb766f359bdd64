"""What the declared readings of the network of Patil et al. (2023) share.

Their Fig. 1 prints the sizes of maps and where activations, transposed convolutions and skips are.
It prints no kernel, stride, normalisation, dropout, loss or classifier.  Guessed here, the same for
each reading: kernels of 3 x 3; a stride of 2 wherever the printed size halves or doubles; batch
normalisation after each convolution, which speaks for the network; a skip joins by concatenation
and the next transposed convolution reads both; global average pooling and softmax at the end.
One channel of log-mel levels stands for their picture of 512 x 512 x 3.
"""

from typing import Any

from mgc.backend import keras

layers = keras.layers

#: Each stage of the printed encoder has so many times the channels of the first (16 to 256).
ENCODER = (1, 2, 4, 8, 16)

#: The printed decoder: 128, 64 and 32 channels after a skip each, then 16 without one.
DECODER = (8, 4, 2, 1)

#: Four halvings: what is doubled again has to be a multiple of this.
STRIDE = 16


def stage(x: Any, filters: int, strides: int = 1) -> Any:
    """Draw convolution, batch normalisation and PReLU with one slope a channel."""
    conv = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)
    return _normed(conv(x))


def encoder(x: Any, width: int) -> list[Any]:
    """Draw the five printed stages of the encoder.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``.
    width : int
        Channels of the first stage, 16 in print; it keeps the size, each later one halves it.

    Returns
    -------
    list of KerasTensor
        Outputs of the stages, finest first.

    Book: Readings of Patil's Fig. 1
    """
    found: list[Any] = []
    for factor in ENCODER:
        x = stage(x, factor * width, strides=2 if found else 1)
        found.append(x)
    return found


def unet(x: Any, width: int) -> Any:
    """Draw the printed encoder and decoder, with skips into all but the last stage.

    Parameters
    ----------
    x, width
        As in :func:`encoder`; the sizes of `x` are padded with zeros to multiples of `STRIDE`.

    Returns
    -------
    KerasTensor
        ``(batch, n_mels, frames, width)``, both sizes as padded.

    Book: Readings of Patil's Fig. 1
    """
    excess = ((0, -x.shape[1] % STRIDE), (0, -x.shape[2] % STRIDE))
    if excess != ((0, 0), (0, 0)):
        x = layers.ZeroPadding2D(excess)(x)
    *skips, x = encoder(x, width)
    for factor, skip in zip(DECODER, reversed(skips), strict=True):
        filters = factor * width
        conv = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", use_bias=False)
        x = _normed(conv(x))
        if factor > 1:  # no skip is drawn at the finest size
            x = layers.concatenate([skip, x])
    return x


def head(x: Any, n_classes: int) -> Any:
    """Draw the classifier, of which Fig. 1 shows nothing: average over the picture and softmax."""
    x = layers.GlobalAveragePooling2D()(x)
    # Drawn in float32, so that every precision policy drops the same units.
    x = layers.Dropout(0.5, dtype="float32")(x)
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)


def _normed(x: Any) -> Any:
    return layers.PReLU(shared_axes=[1, 2])(layers.BatchNormalization()(x))
