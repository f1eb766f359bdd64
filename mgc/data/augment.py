"""What is changed about training segments from epoch to epoch: where they begin, what is mixed in.

Every draw depends on the seed and the epoch alone, so that a resumed run sees what an uninterrupted
one would have seen.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Numbers that keep the draws of one epoch apart from each other and from its order.
_STARTS, _PARTNERS = 1, 2


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Changes of training segments; the defaults change nothing.

    Attributes
    ----------
    mixup : float >= 0
        Alpha of the Beta distribution from which the share of a second segment is drawn (Zhang et
        al. 2018, arXiv:1710.09412); 0 mixes nothing.
    label_smoothing : float, 0 to below 1
        Share of each label that is spread over all genres (Szegedy et al. 2016,
        doi:10.1109/CVPR.2016.308).
    crops : {'fixed', 'random'}
        Whether segments begin where they were cut, or anywhere in their clip.

    Book: The best honest model

    Examples
    --------
    >>> Augmentation(label_smoothing=0.1).targets(np.array([1]), 2).tolist()
    [[0.05000000074505806, 0.949999988079071]]
    """

    mixup: float = 0.0
    label_smoothing: float = 0.0
    crops: str = "fixed"

    @property
    def soft(self) -> bool:
        """Whether targets are probabilities rather than labels."""
        return self.mixup > 0 or self.label_smoothing > 0

    def targets(self, labels: npt.NDArray[np.int64], n_classes: int) -> npt.NDArray[np.float32]:
        """Return smoothed one-hot targets, float32 (n, n_classes)."""
        hot = np.eye(n_classes, dtype=np.float32)[labels]
        smoothed = (1 - self.label_smoothing) * hot + self.label_smoothing / n_classes
        return np.asarray(smoothed, dtype=np.float32)


def drawn_starts(n: int, latest: int, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """Draw for each of `n` segments the column at which it begins, 0 to `latest`.

    Examples
    --------
    >>> starts = drawn_starts(1000, 310, seed=0, epoch=2)
    >>> int(starts.min()) < 5, int(starts.max()) > 305
    (True, True)
    """
    return np.random.default_rng([seed, epoch, _STARTS]).integers(0, latest + 1, n)


def drawn_partners(
    n: int, alpha: float, seed: int, epoch: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Draw for each of `n` segments a second one and the share that the first keeps.

    Parameters
    ----------
    n : int
        Segments.
    alpha : float > 0
        Of Beta(alpha, alpha): small values mix little, 1 any share alike.
    seed, epoch : int
        What the draws depend on.

    Returns
    -------
    partners : ndarray of int64, shape (n,)
        A permutation.
    shares : ndarray of float32, shape (n,)
        Between 0 and 1.

    Examples
    --------
    >>> partners, shares = drawn_partners(4, 0.4, seed=0, epoch=1)
    >>> sorted(partners.tolist()), bool(((0 <= shares) & (shares <= 1)).all())
    ([0, 1, 2, 3], True)
    """
    rng = np.random.default_rng([seed, epoch, _PARTNERS])
    return rng.permutation(n), rng.beta(alpha, alpha, n).astype(np.float32)
