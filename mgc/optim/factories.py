"""Optimizers as factories: a fresh instance for each run, never a shared one.

The seed notebook handed one optimizer object to two networks.  Its moments belong to the first
network's variables, so the second could not train; a factory makes that impossible.
"""

from typing import TYPE_CHECKING, Any

from mgc.errors import ConfigError

if TYPE_CHECKING:
    import keras

#: Name -> the seed's learning rate.  Names can be listed without starting a backend.
OPTIMIZERS = {"adam": 1e-3, "sgd_momentum": 1e-2, "rmsprop": 1e-3}


def build_optimizer(name: str, learning_rate: float | None = None) -> "keras.optimizers.Optimizer":
    """Return a fresh optimizer that also measures the norm of the gradients it is given.

    Parameters
    ----------
    name : {'adam', 'sgd_momentum', 'rmsprop'}
        Adam (beta 0.9 and 0.999, epsilon 1e-7), SGD with momentum 0.9, or RMSprop (rho 0.9,
        epsilon 1e-7): Keras' definitions and defaults.
    learning_rate : float > 0, optional
        The seed's (1e-3, 1e-2, 1e-3) if not given.

    Returns
    -------
    keras.optimizers.Optimizer
        Its `mean_gradient_norm()` is the mean global 2-norm since `reset_gradient_norm()`.

    Raises
    ------
    ConfigError
        If the name is unknown or the rate not positive.

    References
    ----------
    Kingma and Ba (2015), arXiv 1412.6980; Polyak (1964), doi 10.1016/0041-5553(64)90137-5;
    Tieleman and Hinton (2012), lecture 6.5.

    Examples
    --------
    >>> optimizer = build_optimizer("sgd_momentum")
    >>> round(float(optimizer.learning_rate), 6), optimizer.momentum
    (0.01, 0.9)
    >>> optimizer is build_optimizer("sgd_momentum")
    False

    Book: Training with papermill
    """
    if name not in OPTIMIZERS:
        raise ConfigError(f"optimizer is {name!r}, but must be one of {', '.join(OPTIMIZERS)}")
    rate = OPTIMIZERS[name] if learning_rate is None else learning_rate
    if not rate > 0:
        raise ConfigError(f"learning_rate is {rate}, but must be above 0")
    from mgc.optim import gradient_norm

    makers: dict[str, Any] = {
        "adam": lambda: gradient_norm.Adam(learning_rate=rate),
        "sgd_momentum": lambda: gradient_norm.SGD(learning_rate=rate, momentum=0.9),
        "rmsprop": lambda: gradient_norm.RMSprop(learning_rate=rate),
    }
    return makers[name]()
