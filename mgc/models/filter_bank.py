"""The first layer of a network as a bank of 16 filters: Gabor or noise, fixed, guided or free.

Four layers of the same shape differ only in what their kernels may be.
"""

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.signal.gabor_bank import DEFAULT_BANK, GaborBank, random_bank

if TYPE_CHECKING:
    import pandas as pd

layers, ops = keras.layers, keras.ops

#: What may stand before an architecture.
FIRST_LAYERS = ("none", "gabor_fixed", "gabor_learnable", "random_fixed", "free")

_STRIDE = 2


def first_stage(x: Any, kind: str, width: int = 16, seed: int = 0) -> Any:
    """Draw the first layer on a tensor of segments.

    Each bank has filters of 9 x 9 at stride 2 without bias, then batch normalisation and ReLU.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, 1)``, normalised log-mel values.
    kind : {"none", "gabor_fixed", "gabor_learnable", "random_fixed", "free"}
        No layer; `mgc.signal.gabor_bank.DEFAULT_BANK` as it is, or learning its parameters; noise;
        a convolution that learns every weight from Keras' initial values.
    width : int
        Number of filters.  A Gabor bank of another width has more or fewer orientations, so this
        has to be a multiple of 4.
    seed : int
        Decides the noise.

    Returns
    -------
    KerasTensor
        ``(batch, n_mels / 2, frames / 2, width)``, rounded up; `x` itself without a layer.

    Raises
    ------
    ConfigError
        If `kind` is unknown, or a bank cannot have that width or that input.

    Examples
    --------
    >>> first_stage(keras.Input((128, 77, 1)), "gabor_fixed").shape
    (None, 64, 39, 16)

    Book: Front ends compared
    """
    if kind not in FIRST_LAYERS:
        raise ConfigError(f"first_layer is {kind!r}, but must be one of {', '.join(FIRST_LAYERS)}")
    if kind == "none":
        return x
    bank, size = _bank(width), DEFAULT_BANK.size
    if x.shape[-1] != 1:
        raise ConfigError(
            f"first_layer {kind!r} got {x.shape[-1]} channels: a bank of filters works on one"
        )
    if kind == "gabor_learnable":
        x = GaborConv2D(bank, strides=_STRIDE)(x)
    else:
        free = kind == "free"
        conv = layers.Conv2D(
            width, size, strides=_STRIDE, padding="same", use_bias=False, trainable=free
        )
        x = conv(x)
        if not free:
            fixed = bank.kernels() if kind == "gabor_fixed" else random_bank(seed, width, size)
            conv.set_weights([fixed[:, :, np.newaxis, :]])
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def _bank(width: int) -> GaborBank:
    of_one_orientation = len(DEFAULT_BANK) // DEFAULT_BANK.n_orientations
    if width < 1 or width % of_one_orientation:
        raise ConfigError(
            f"width of the first layer is {width}: expected is a multiple of {of_one_orientation}"
        )
    return replace(DEFAULT_BANK, n_orientations=width // of_one_orientation)


@keras.saving.register_keras_serializable(package="mgc")
class GaborConv2D(keras.layers.Layer):  # type: ignore[misc]
    """Convolution whose kernels are Gabor kernels: five numbers each are learnt, no more.

    Parameters
    ----------
    bank : GaborBank
        Where learning starts; its size stays.
    strides : int
        Step in rows and columns.

    Notes
    -----
    Input ``(batch, rows, columns, 1)``, output ``(batch, rows / strides, columns / strides,
    len(bank))``, rounded up.  Learnt are the logarithms of wavelength less 2 pixels, sigma and
    aspect, so that no step can leave their ranges, and orientation and phase as they are.  Each
    kernel is brought to norm 1, and to mean 0 if the bank's are, after each step.

    References
    ----------
    Luan et al. (2018), Gabor convolutional networks, doi 10.1109/TIP.2018.2835143, modulate learnt
    kernels by fixed Gabor ones; here the parameters themselves are learnt, as LEAF does in one
    dimension (Zeghidour et al. 2021, arXiv 2101.08596).

    Examples
    --------
    >>> layer = GaborConv2D()
    >>> layer(np.zeros((1, 8, 6, 1), "float32")).shape == (1, 4, 3, 16)
    True
    >>> layer.count_params()
    80

    Book: Front ends compared
    """

    def __init__(
        self, bank: GaborBank | dict[str, Any] = DEFAULT_BANK, strides: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.bank = bank if isinstance(bank, GaborBank) else GaborBank(**bank)
        self.strides = strides
        #: As Keras' own convolutions say it.
        self.kernel_size = (self.bank.size, self.bank.size)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create one variable of `len(bank)` numbers for each of the five parameters."""
        if input_shape[-1] != 1:
            raise ConfigError(
                f"GaborConv2D got {input_shape[-1]} channels: its kernels work on one"
            )
        for name, value in _to_learnt(self.bank.parameters()).items():
            variable = self.add_weight(
                shape=(len(self.bank),),
                initializer=lambda shape, dtype, value=value: ops.convert_to_tensor(value, dtype),
                name=name,
            )
            setattr(self, f"_{name}", variable)

    def kernels(self) -> Any:
        """Return the kernels as they are now, tensor (size, size, 1, n_filters)."""
        wavelength, sigma = 2 + ops.exp(self._wavelength), ops.exp(self._sigma)
        aspect = ops.exp(self._aspect)
        offsets = np.arange(self.bank.size, dtype="float32") - (self.bank.size - 1) / 2
        y, x = (g[..., np.newaxis] for g in np.meshgrid(offsets, offsets, indexing="ij"))
        cos, sin = ops.cos(self._orientation), ops.sin(self._orientation)
        along, across = x * cos + y * sin, y * cos - x * sin
        envelope = ops.exp(
            -(ops.square(along) + ops.square(aspect * across)) / (2 * ops.square(sigma))
        )
        kernel = envelope * ops.cos(2 * math.pi * along / wavelength + self._phase)
        if self.bank.zero_mean:
            share = ops.sum(kernel, axis=(0, 1)) / ops.sum(envelope, axis=(0, 1))
            kernel = kernel - envelope * share
        # The summand keeps a kernel that vanishes (an odd one of 2 pixels) from dividing 0 by 0.
        kernel = kernel * ops.rsqrt(ops.sum(ops.square(kernel), axis=(0, 1)) + 1e-12)
        return ops.expand_dims(kernel, 2)

    def call(self, inputs: Any) -> Any:
        """Return the response of each filter."""
        kernels = ops.cast(self.kernels(), self.compute_dtype)
        return ops.conv(inputs, kernels, strides=self.strides, padding="same")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the responses."""
        rows, columns = (n and -(-n // self.strides) for n in input_shape[1:3])
        return (input_shape[0], rows, columns, len(self.bank))

    def parameters(self) -> "pd.DataFrame":
        """Return the parameters as they are now.

        Returns
        -------
        DataFrame
            One row a filter: wavelength and sigma in pixels, orientation and phase in radians,
            aspect.

        Examples
        --------
        >>> layer = GaborConv2D()
        >>> layer.build((None, 128, 77, 1))
        >>> layer.parameters().round(2).iloc[3].to_dict()
        {'wavelength': 4.0, 'orientation': 0.79, 'phase': 1.57, 'sigma': 1.57, 'aspect': 1.0}
        """
        import pandas as pd

        names = self.bank.parameters()
        learnt = {name: ops.convert_to_numpy(getattr(self, f"_{name}")) for name in names}
        return pd.DataFrame(_from_learnt({k: v.astype(np.float64) for k, v in learnt.items()}))

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this layer."""
        return {**super().get_config(), "bank": asdict(self.bank), "strides": self.strides}


def _to_learnt(parameters: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Map parameters to numbers without bounds."""
    # A wave of exactly 2 pixels would be infinitely far.
    excess = np.maximum(parameters["wavelength"] - 2, 1e-3)
    logs = {name: np.log(parameters[name]) for name in ("sigma", "aspect")}
    return parameters | {"wavelength": np.log(excess)} | logs


def _from_learnt(learnt: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    exps = {name: np.exp(learnt[name]) for name in ("sigma", "aspect")}
    return learnt | {"wavelength": 2 + np.exp(learnt["wavelength"])} | exps
