"""How an adaptive optimizer measures each weight, and the Hessian in its units.

Adam and RMSprop divide the step of each weight by a number of its own.  In weights stretched by
the root of these numbers they are plain descent, so what limits their rate is the curvature there.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mgc.backend import keras
from mgc.errors import ConfigError
from mgc.optim.curvature.hessian import flatten
from mgc.optim.curvature.lanczos import Product, Vector


def preconditioner(optimizer: Any) -> Vector:
    r"""Return the divisor of each weight in the last step of an optimizer.

    Parameters
    ----------
    optimizer : keras.optimizers.Optimizer
        Adam, AdamW, RMSprop or SGD of Keras, after at least one step.

    Returns
    -------
    ndarray of float64, shape (n,)
        P, so that a step is :math:`-\eta\, m / P` with m the (averaged) gradient; 1 for SGD.

    Raises
    ------
    ConfigError
        If the optimizer is another one, or has made no step.

    Notes
    -----
    Of Adam after t steps, as Keras computes it, with epsilon *outside* the root of the raw second
    moment, :math:`P = (1 - \beta_1^t)(\sqrt v + \epsilon) / \sqrt{1 - \beta_2^t}`, the corrections
    of both moments included; of RMSprop :math:`P = \sqrt{v + \epsilon}`.
    Source: Cohen et al. (2022), arXiv 2207.14484, for the preconditioned sharpness.
    Book: Curvature and stability of our networks.

    Examples
    --------
    >>> w = keras.Variable([1.0, 1.0])
    >>> optimizer = keras.optimizers.Adam(epsilon=1e-7)
    >>> optimizer.build([w])
    >>> optimizer.apply([keras.ops.array([2.0, 0.5])], [w])
    >>> preconditioner(optimizer).round(4).tolist()
    [0.2, 0.05]
    """
    optimizers = keras.optimizers
    steps = int(keras.ops.convert_to_numpy(optimizer.iterations.value)) if optimizer.built else 0
    if steps < 1:
        raise ConfigError("the optimizer has made no step: its second moments are not there yet")
    if isinstance(optimizer, optimizers.RMSprop) and not optimizer.centered:
        return np.asarray(np.sqrt(flatten(optimizer._velocities) + optimizer.epsilon))
    if isinstance(optimizer, optimizers.Adam) and not optimizer.amsgrad:
        second = np.sqrt(flatten(optimizer._velocities)) + optimizer.epsilon
        corrected = second / np.sqrt(1 - optimizer.beta_2**steps)
        return np.asarray((1 - optimizer.beta_1**steps) * corrected)
    if isinstance(optimizer, optimizers.SGD):
        return np.ones(sum(int(np.prod(v.shape)) for v in optimizer._trainable_variables))
    raise ConfigError(
        f"the optimizer is {type(optimizer).__name__}: its steps are not known to be gradients "
        "divided by fixed numbers; take Adam, AdamW, RMSprop (not centred) or SGD"
    )


def preconditioned(product: Product, scale: ArrayLike) -> Product:
    r"""Return the product with :math:`P^{-1/2} H P^{-1/2}`.

    Its eigenvalues are those of :math:`P^{-1} H`, and it is symmetric.

    Parameters
    ----------
    product : callable
        Multiplies by H.
    scale : array_like of shape (n,)
        The diagonal of P, positive.

    Raises
    ------
    ConfigError
        If a number of the scale is not positive.

    Examples
    --------
    >>> half = preconditioned(lambda v: 2.0 * v, [4.0, 1.0])
    >>> half(np.ones(2)).tolist()
    [0.5, 2.0]

    Book: Curvature and stability of our networks
    """
    p = np.asarray(scale, dtype=np.float64)
    if not (p > 0).all():
        raise ConfigError(f"the smallest scale is {p.min():g}: a preconditioner must be positive")
    root = 1 / np.sqrt(p)
    return lambda v: np.asarray(root * product(root * v))
