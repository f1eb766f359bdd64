"""How noisy the gradients of batches are, and how the steps that follow from them point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mgc.errors import DataError


@dataclass(frozen=True)
class GradientNoise:
    """What the gradients of several batches say about the mean gradient and its spread.

    Attributes
    ----------
    squared_norm : float
        Estimate of the squared norm of the true gradient; unbiased, so it may be negative where
        noise prevails.
    trace : float
        Estimate of the trace of the covariance of one example's gradient; unbiased.
    scale : float
        Their ratio, the noise scale in examples: with batches of that size noise and signal have
        equal power.  Infinite where `squared_norm` is not positive.

    Book: Curvature and stability of our networks
    """

    squared_norm: float
    trace: float

    @property
    def scale(self) -> float:
        """Noise scale in examples."""
        return self.trace / self.squared_norm if self.squared_norm > 0 else float("inf")


def gradient_noise(gradients: ArrayLike, batch_size: int) -> GradientNoise:
    r"""Estimate the gradient noise from the gradients of independent batches.

    Parameters
    ----------
    gradients : array_like of shape (k, n)
        One row for each of at least two batches of one size.
    batch_size : int > 0
        Examples in a batch.

    Returns
    -------
    GradientNoise

    Raises
    ------
    DataError
        If there are fewer than two batches, or the batch size is not positive.

    Notes
    -----
    With batch gradients :math:`g_i` of covariance :math:`\Sigma / B`, the sample variance
    :math:`S = \sum_i |g_i - \bar g|^2 / (k - 1)` has mean :math:`\mathrm{tr}\,\Sigma / B`, and
    :math:`|\bar g|^2` has mean :math:`|G|^2 + \mathrm{tr}\,\Sigma / (kB)`.  Of the ratio of the two
    unbiased estimates neither is true: it is consistent only.  With batch normalisation a batch's
    gradient is no mean over its examples, for they share their moments; the noise scale is then
    that of batches of this size.
    Source: McCandlish et al. (2018), arXiv 1812.06162.
    Book: Curvature and stability of our networks.

    Examples
    --------
    >>> noise = gradient_noise([[1.0, 1.0], [1.0, -1.0]], batch_size=8)
    >>> noise.trace, noise.squared_norm, noise.scale
    (16.0, 0.0, inf)
    """
    g = np.asarray(gradients, dtype=np.float64)
    if g.ndim != 2 or len(g) < 2 or batch_size < 1:
        raise DataError(
            f"gradients have shape {g.shape} for batches of {batch_size}: expected are at least "
            "two rows, one for each batch of at least one example"
        )
    mean = g.mean(axis=0)
    spread = float(((g - mean) ** 2).sum() / (len(g) - 1))
    return GradientNoise(float(mean @ mean) - spread / len(g), batch_size * spread)


def successive_cosines(points: ArrayLike) -> NDArray[np.float64]:
    """Return the cosine between each step of a path and the next one.

    Parameters
    ----------
    points : array_like of shape (k, n)
        Places passed, at least three.

    Returns
    -------
    ndarray of float64, shape (k - 2,)
        1 where the path goes straight on, -1 where it turns back, NaN beside a step of length 0.

    Raises
    ------
    DataError
        If there are fewer than three places.

    Examples
    --------
    >>> successive_cosines([[0, 0], [1, 0], [2, 0], [2, 1], [2, 0]]).tolist()
    [1.0, 0.0, -1.0]

    Book: Curvature and stability of our networks
    """
    path = np.asarray(points, dtype=np.float64)
    if path.ndim != 2 or len(path) < 3:
        raise DataError(f"a path of shape {path.shape} has no two steps: give at least 3 places")
    steps = np.diff(path, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray((steps[:-1] * steps[1:]).sum(axis=1) / (lengths[:-1] * lengths[1:]))


def effective_rates(
    weights: ArrayLike, learning_rate: float, *, adaptive: bool = False
) -> NDArray[np.float64]:
    r"""Return the rate at which a kernel in front of batch normalisation turns.

    Parameters
    ----------
    weights : array_like of shape (k, n)
        The kernel at several times, as rows.
    learning_rate : float > 0
        Of the optimizer.
    adaptive : bool
        Whether the length of a step does not depend on that of the gradient.

    Returns
    -------
    ndarray of float64, shape (k,)
        :math:`\eta/|w|^2`, for an adaptive optimizer :math:`\eta/|w|`.

    Notes
    -----
    Such a kernel may be stretched without changing the output: only its direction counts.  As the
    gradient shrinks like :math:`1/|w|`, a step of gradient descent turns the direction by an angle
    in proportion to :math:`\eta/|w|^2`; of Adam and RMSprop, whose steps do not shrink, to
    :math:`\eta/|w|`.  And as the gradient is at right angles to the kernel, steps make it longer:
    batch normalisation has a learning rate schedule of its own.
    Source: van Laarhoven (2017), arXiv 1706.05350.
    Book: Curvature and stability of our networks.

    Examples
    --------
    >>> effective_rates([[3.0, 4.0]], 0.5).tolist()
    [0.02]
    """
    norms = np.linalg.norm(np.atleast_2d(np.asarray(weights, dtype=np.float64)), axis=1)
    return np.asarray(learning_rate / (norms if adaptive else norms**2))
