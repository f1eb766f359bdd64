"""The declared spaces in which each optimizer's numbers are searched, and the draws from them.

Declared before the first trial.  ``python -m mgc.optim.spaces FIRST STOP`` prints them as lines
of a grid.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mgc.errors import ConfigError


@dataclass(frozen=True)
class Axis:
    """One number of an optimizer, searched log-uniformly.

    Attributes
    ----------
    low, high : float > 0
        Ends of the number, or of 1 minus the number.
    one_minus : bool
        Whether it is 1 minus the number that is log-uniform: for memories, where 0.9 and 0.99
        differ as 0.99 and 0.999 do.

    Examples
    --------
    >>> Axis(1e-4, 1e-2).value(0.5), Axis(0.01, 1.0, one_minus=True).value(0.5)
    (0.001, 0.9)
    >>> Axis(0.01, 1.0, one_minus=True).place(0.9)
    0.5

    Book: Three optimizers under equal budgets
    """

    low: float
    high: float
    one_minus: bool = False

    def value(self, share: float) -> float:
        """Return the number at a share of the way from `low` to `high`, to three digits."""
        x = float(f"{self.low * (self.high / self.low) ** share:.3g}")
        return round(1 - x, 12) if self.one_minus else x

    def place(self, value: float) -> float:
        """Return how far a number lies on the way from `low` (0) to `high` (1)."""
        x = 1 - value if self.one_minus else value
        return round(float(np.log(x / self.low) / np.log(self.high / self.low)), 12)


_RATE = Axis(1e-4, 1e-1)
_SGD_RATE = Axis(1e-3, 1.0)
_MOMENTUM = Axis(0.02, 0.5, one_minus=True)
_SQUARES = Axis(1e-4, 0.2, one_minus=True)
_EPSILON = Axis(1e-10, 1e-2)
_PENALTY = Axis(1e-6, 1e-2)
_DECAY = Axis(1e-4, 1.0)

#: Optimizer -> field of a run -> its axis.
SPACES: dict[str, dict[str, Axis]] = {
    "adam": {
        "learning_rate": _RATE,
        "beta_1": _MOMENTUM,
        "beta_2": _SQUARES,
        "epsilon": _EPSILON,
        "weight_decay": _PENALTY,
    },
    "sgd_momentum": {
        "learning_rate": _SGD_RATE,
        "momentum": _MOMENTUM,
        "weight_decay": _PENALTY,
    },
    "rmsprop": {
        "learning_rate": _RATE,
        "rho": _SQUARES,
        "epsilon": _EPSILON,
        "weight_decay": _PENALTY,
    },
    "adamw": {
        "learning_rate": _RATE,
        "beta_1": _MOMENTUM,
        "beta_2": _SQUARES,
        "epsilon": _EPSILON,
        "weight_decay": _DECAY,
    },
    "nesterov": {
        "learning_rate": _SGD_RATE,
        "momentum": _MOMENTUM,
        "weight_decay": _PENALTY,
    },
}

#: Numbers that do nothing any more at the low end of their axis.
_WITHOUT_EFFECT = ("epsilon", "weight_decay")

#: Coordinate of the quasi-random points that draws a field: optimizers share them, so that trial k
#: of each lies at the same places of the axes that they have in common.
_COORDINATE = {
    "learning_rate": 0,
    "momentum": 1,
    "beta_1": 1,
    "rho": 2,
    "beta_2": 2,
    "epsilon": 3,
    "weight_decay": 4,
}


def draw_settings(optimizer: str, first: int, stop: int) -> list[dict[str, float]]:
    """Draw settings of an optimizer: points `first` to `stop` (exclusive) of one fixed sequence.

    Parameters
    ----------
    optimizer : str
        Of `SPACES`.
    first, stop : int
        From 0; more trials continue the sequence.

    Returns
    -------
    list of dict
        Field of a run to its value.

    Notes
    -----
    A scrambled Halton sequence covers each axis more evenly than independent draws do (Bousquet et
    al. 2017, arXiv 1706.03200).

    Raises
    ------
    ConfigError
        If the optimizer has no declared space, or the points are in no order.

    Examples
    --------
    >>> [s["learning_rate"] for s in draw_settings("sgd_momentum", 0, 3)]
    [0.00316, 0.1, 0.0178]

    Book: Three optimizers under equal budgets
    """
    if optimizer not in SPACES or not 0 <= first < stop:
        raise ConfigError(
            f"settings of {optimizer} were asked for from {first} to {stop}: name one of "
            f"{', '.join(SPACES)}, and first below stop"
        )
    points = _points(stop)[first:]
    axes = SPACES[optimizer]
    return [{f: axis.value(p[_COORDINATE[f]]) for f, axis in axes.items()} for p in points]


def second_round(optimizer: str, best: dict[str, float]) -> list[dict[str, float]]:
    """Return four more settings around the best one: past the nearest end, and beside it.

    Parameters
    ----------
    optimizer : str
        Of `SPACES`.
    best : dict of str to float
        All its numbers in the best trial so far.

    Returns
    -------
    list of dict
        The number nearest to an end of its axis is moved an eighth and a quarter of the axis
        outwards; then the learning rate is halved and doubled.

    Notes
    -----
    The low ends of ``epsilon`` and ``weight_decay`` do not count: there they have no effect.

    Examples
    --------
    >>> second_round("sgd_momentum", {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.008})
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'learning_rate': 0.1, 'momentum': 0.9, 'weight_decay': 0.0253},
     {'learning_rate': 0.1, 'momentum': 0.9, 'weight_decay': 0.08},
     {'learning_rate': 0.05, 'momentum': 0.9, 'weight_decay': 0.008},
     {'learning_rate': 0.2, 'momentum': 0.9, 'weight_decay': 0.008}]

    Book: Three optimizers under equal budgets
    """
    axes = SPACES[optimizer]
    place = {name: axis.place(best[name]) for name, axis in axes.items()}
    ends = [(1 - place[name], name, 1) for name in axes]
    ends += [(place[name], name, -1) for name in axes if name not in _WITHOUT_EFFECT]
    _, field, outwards = min(ends)
    places = [place[field] + outwards * step for step in (1 / 8, 1 / 4)]
    rates = [float(f"{best['learning_rate'] * factor:.3g}") for factor in (0.5, 2)]
    moved = [{field: axes[field].value(share)} for share in places]
    return [best | change for change in [*moved, *({"learning_rate": rate} for rate in rates)]]


def _points(count: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    points: NDArray[np.float64] = qmc.Halton(d=5, scramble=True, rng=5).random(count)
    return points


def _print_grid(first: int, stop: int) -> None:
    print("any_of:")
    for optimizer in SPACES:
        for settings in draw_settings(optimizer, first, stop):
            numbers = ", ".join(f"{name}: {value!r}" for name, value in settings.items())
            print(f"  - {{optimizer: {optimizer}, {numbers}}}")


if __name__ == "__main__":
    _print_grid(int(sys.argv[1]), int(sys.argv[2]))
