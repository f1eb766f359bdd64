"""The one list of architectures, and the one way to build any of them."""

import importlib
from typing import TYPE_CHECKING, Any

from mgc.errors import ConfigError

if TYPE_CHECKING:
    import keras

#: Name -> ``module:function`` that draws the network, called with ``(x, n_classes, width)``.  Names
#: can be listed without starting a deep-learning backend.
MODELS = {
    "simple_cnn": "mgc.models.simple_cnn:body",
    "unet_lite": "mgc.models.unet_lite:body",
    "unet_lite_no_skips": "mgc.models.unet_lite:no_skips",
    "unet_lite_encoder": "mgc.models.unet_lite:encoder",
    "unet_lite_lightly_regularised": "mgc.models.unet_lite:lightly_regularised",
    "residual_cnn": "mgc.models.residual_cnn:body",
    "texture_mlp": "mgc.models.texture_mlp:body",
    "patil_encoder": "mgc.models.patil_encoder:body",
    "patil_unet": "mgc.models.patil_unet:body",
    "patil_two_branch": "mgc.models.patil_two_branch:body",
}

#: Classical models, which are fitted at once and know no optimizer, epochs or masks -> those fields
#: of a network's run that mean something to them all the same.
CLASSIFIERS: dict[str, tuple[str, ...]] = {
    "majority": (),
    "rbf_svm": (),
    "random_cnn_svm": ("seed", "width"),
}


def build_model(
    name: str,
    input_shape: tuple[int, int, int],
    n_classes: int = 10,
    *,
    width: int = 32,
    spec_augment: bool = False,
    first_layer: str = "none",
    seed: int = 0,
) -> "keras.Model":
    """Build one registered architecture with fresh weights.

    Parameters
    ----------
    name : str
        A key of `MODELS`, for example ``'simple_cnn'``.
    input_shape : tuple of int
        ``(n_mels, frames, channels)`` of one segment, for example ``(128, 77, 1)``.
    n_classes : int > 1
        Number of genres.
    width : int > 0
        Channels of the first stage; every other stage is a fixed multiple.  32 is the seed's.
    spec_augment : bool
        Whether training examples pass through `mgc.models.spec_augment.SpecAugment` first.
    first_layer : str
        Bank of filters before the architecture, see `mgc.models.filter_bank.FIRST_LAYERS`.
    seed : int >= 0
        Decides initial weights, dropout and masks.

    Returns
    -------
    keras.Model
        Maps ``(batch, n_mels, frames, channels)`` to genre probabilities ``(batch, n_classes)``.

    Raises
    ------
    ConfigError
        If `name` is not registered, a size is not positive, or the picture is too small.

    Examples
    --------
    >>> build_model("simple_cnn", (128, 259, 1)).count_params()
    111370

    Book: SimpleCNN
    """
    if name not in MODELS:
        raise ConfigError(f"model is {name!r}, but must be one of {', '.join(MODELS)}")
    if width < 1 or n_classes < 2 or min(input_shape) < 1:
        raise ConfigError(
            f"width {width}, n_classes {n_classes} and input_shape {input_shape} were given: "
            "width and each size must be at least 1, n_classes at least 2"
        )
    from mgc.backend import keras
    from mgc.models.spec_augment import SpecAugment

    keras.utils.set_random_seed(seed)
    module, function = MODELS[name].split(":")
    body: Any = getattr(importlib.import_module(module), function)
    inputs = keras.Input(shape=input_shape)
    x = SpecAugment(seed=seed)(inputs) if spec_augment else inputs
    if first_layer != "none":
        from mgc.models.filter_bank import first_stage

        x = first_stage(x, first_layer, seed=seed)
    try:
        outputs = body(x, n_classes, width)
    except ValueError as error:  # pooled to nothing, as Keras says over many lines
        raise ConfigError(
            f"{name} cannot be built on pictures of {input_shape[0]} x {input_shape[1]} with first "
            f"layer {first_layer}: take longer segments or more bands"
        ) from error
    return keras.Model(inputs, outputs, name=name)
