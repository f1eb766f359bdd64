"""Optimizers as factories: a fresh instance for each run, never a shared one.

The seed notebook handed one optimizer object to two networks.  Its moments belong to the first
network's variables, so the second could not train; a factory makes that impossible.
"""

from typing import TYPE_CHECKING, Any

from mgc.errors import ConfigError

if TYPE_CHECKING:
    import keras

_ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}

#: Name -> the seed's learning rate; Keras' and the seed's for the two controls, AdamW and Nesterov.
#: Names can be listed without starting a backend.
OPTIMIZERS = {
    "adam": 1e-3,
    "sgd_momentum": 1e-2,
    "rmsprop": 1e-3,
    "adamw": 1e-3,
    "nesterov": 1e-2,
}

#: Name -> every other number of it, at the seed's or Keras' default.
SETTINGS: dict[str, dict[str, float]] = {
    "adam": _ADAM | {"weight_decay": 0.0},
    "sgd_momentum": {"momentum": 0.9, "weight_decay": 0.0},
    "rmsprop": {"rho": 0.9, "epsilon": 1e-7, "weight_decay": 0.0},
    "adamw": _ADAM | {"weight_decay": 0.004},
    "nesterov": {"momentum": 0.9, "weight_decay": 0.0},
}


def build_optimizer(
    name: str, learning_rate: float | None = None, **settings: float
) -> "keras.optimizers.Optimizer":
    """Return a fresh optimizer that also measures the norm of the gradients it is given.

    Parameters
    ----------
    name : {'adam', 'sgd_momentum', 'rmsprop', 'adamw', 'nesterov'}
        Keras' definitions; ``nesterov`` is SGD with Nesterov's momentum.
    learning_rate : float > 0, optional
        That of `OPTIMIZERS` if not given.
    **settings : float
        Other numbers of the optimizer; those of `SETTINGS` where not given.  ``weight_decay`` of
        AdamW is decoupled from the gradient (each step takes ``learning_rate * weight_decay`` of a
        weight away); of every other optimizer it is the factor of an L2 penalty's gradient
        ``weight_decay * w``, which passes through momentum and scaling.  It acts on every
        trainable variable.

    Returns
    -------
    keras.optimizers.Optimizer
        Its `mean_gradient_norm()` is the mean global 2-norm since `reset_gradient_norm()`.

    Raises
    ------
    ConfigError
        If the name is unknown, the rate not positive, or it has no such number.

    References
    ----------
    Kingma and Ba (2015), arXiv 1412.6980; Polyak (1964), doi 10.1016/0041-5553(64)90137-5;
    Tieleman and Hinton (2012), lecture 6.5; Loshchilov and Hutter (2019), arXiv 1711.05101.

    Examples
    --------
    >>> optimizer = build_optimizer("sgd_momentum", momentum=0.5)
    >>> round(float(optimizer.learning_rate), 6), optimizer.momentum
    (0.01, 0.5)
    >>> optimizer is build_optimizer("sgd_momentum", momentum=0.5)
    False

    Book: Training with papermill
    """
    if name not in OPTIMIZERS:
        raise ConfigError(f"optimizer is {name!r}, but must be one of {', '.join(OPTIMIZERS)}")
    rate = OPTIMIZERS[name] if learning_rate is None else learning_rate
    if not rate > 0:
        raise ConfigError(f"learning_rate is {rate}, but must be above 0")
    for other in settings:
        require_setting(name, other)
    from mgc.optim import gradient_norm

    numbers = SETTINGS[name] | settings
    makers: dict[str, Any] = {
        "adam": _with_penalty(gradient_norm.Adam),
        "sgd_momentum": _with_penalty(gradient_norm.SGD),
        "rmsprop": _with_penalty(gradient_norm.RMSprop),
        "adamw": gradient_norm.AdamW,
        "nesterov": _with_penalty(gradient_norm.SGD, nesterov=True),
    }
    return makers[name](learning_rate=rate, **numbers)


def require_setting(name: str, setting: str) -> None:
    """Refuse a number that an optimizer does not have.

    Examples
    --------
    >>> require_setting("adam", "momentum")
    Traceback (most recent call last):
        ...
    mgc.errors.ConfigError: adam has no momentum: its numbers are beta_1, beta_2, epsilon, \
weight_decay
    """
    if setting not in SETTINGS[name]:
        raise ConfigError(f"{name} has no {setting}: its numbers are {', '.join(SETTINGS[name])}")


def _with_penalty(optimizer: Any, **fixed: Any) -> Any:
    """Make `weight_decay` the factor of an L2 penalty, not Keras' decoupled decay."""

    def make(weight_decay: float, **numbers: float) -> Any:
        return optimizer(l2=weight_decay, **numbers, **fixed)

    return make
