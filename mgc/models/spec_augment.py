"""SpecAugment as a layer: one band of frequencies and one stretch of time are masked."""

from typing import Any

from mgc.backend import keras

ops = keras.ops


@keras.saving.register_keras_serializable(package="mgc")
class SpecAugment(keras.layers.Layer):  # type: ignore[misc]
    """Mask one frequency band and one time stretch of each training example.

    Widths are drawn uniformly from 0 to a share of the axis, positions uniformly over all that
    fit; each example of a batch has its own masks.  Outside training the layer is the identity.

    Parameters
    ----------
    frequency_share, time_share : float in [0, 1)
        Widest mask as a share of the axis; 0 switches that mask off.
    mask_value : float
        Written where the mask lies.  The default 0 is the mean of each mel band, because features
        are normalised per band before they arrive.
    seed : int, optional
        Makes the sequence of masks reproducible.  Its state is a variable of the layer, so it is
        part of every checkpoint.

    Raises
    ------
    ValueError
        If a share is outside [0, 1).

    Notes
    -----
    Input and output: ``(batch, n_mels, frames, channels)``.  All channels share the masks.

    References
    ----------
    Park et al. (2019), SpecAugment, doi 10.21437/Interspeech.2019-2680.

    Examples
    --------
    >>> import numpy as np
    >>> layer = SpecAugment(time_share=0.0, seed=1)
    >>> x = np.ones((1, 10, 4, 1), dtype="float32")
    >>> y = keras.ops.convert_to_numpy(layer(x, training=True))
    >>> sorted({float(v) for v in y[0, :, :, 0].mean(axis=1)}) <= [0.0, 1.0]
    True
    >>> bool((keras.ops.convert_to_numpy(layer(x)) == x).all())
    True

    Book: Training with papermill
    """

    def __init__(
        self,
        frequency_share: float = 0.2,
        time_share: float = 0.2,
        mask_value: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, share in (("frequency_share", frequency_share), ("time_share", time_share)):
            if not 0 <= share < 1:
                raise ValueError(f"{name} is {share}, but must be at least 0 and below 1")
        self.frequency_share = frequency_share
        self.time_share = time_share
        self.mask_value = mask_value
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return `inputs`, masked if `training`."""
        if not training:
            return inputs
        batch = ops.shape(inputs)[0]
        hidden = ops.logical_or(
            self._hidden(batch, inputs.shape[1], self.frequency_share)[:, :, None, None],
            self._hidden(batch, inputs.shape[2], self.time_share)[:, None, :, None],
        )
        return ops.where(hidden, ops.cast(self.mask_value, inputs.dtype), inputs)

    def _hidden(self, batch: Any, size: int, share: float) -> Any:
        """Draw a boolean ``(batch, size)`` with one run of True in each row."""
        draws = keras.random.uniform((2, batch, 1), dtype="float32", seed=self.seed_generator)
        width = ops.floor(draws[0] * (int(size * share) + 1))
        start = ops.floor(draws[1] * (size - width + 1))
        position = ops.expand_dims(ops.arange(size, dtype="float32"), 0)
        return ops.logical_and(position >= start, position < start + width)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the unchanged shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds this layer."""
        return {
            **super().get_config(),
            "frequency_share": self.frequency_share,
            "time_share": self.time_share,
            "mask_value": self.mask_value,
            "seed": self.seed,
        }
