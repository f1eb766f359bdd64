"""Update rules as small frozen objects; here those that treat all directions alike.

A rule knows its numbers and nothing else.  What it remembers between steps is a tuple that the
caller holds, so one rule may serve many runs at once, on plain numbers and on arrays of any shape.

Book: Convergence on problems with known answers.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from mgc.errors import ConfigError

#: What a rule remembers: the number of steps so far, then whatever it accumulates.
State = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """What all rules share: a learning rate that may fall as a power of time.

    Attributes
    ----------
    learning_rate : float > 0
        Of the first step.
    power : float >= 0
        Step ``t = 1, 2, ...`` uses ``learning_rate / t**power``.

    Raises
    ------
    ConfigError
        If a number is out of range.

    Notes
    -----
    Book: Convergence on problems with known answers.
    """

    learning_rate: float
    power: float = 0.0

    def __post_init__(self) -> None:
        require(self.learning_rate > 0, "learning_rate", self.learning_rate, "above 0")
        require(self.power >= 0, "power", self.power, "0 or more")

    def rate(self, t: int) -> float:
        """Return the learning rate of step `t`, counted from 1."""
        return self.learning_rate if self.power == 0 else self.learning_rate / t**self.power

    def start(self, w: Any) -> State:
        """Return what the rule remembers before its first step from `w`."""
        return (0,)

    @abstractmethod
    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory.

        Parameters
        ----------
        w, g : float or ndarray of float64, of one shape
            Point, and gradient at it.
        state : tuple
            From :meth:`start` or the step before.
        """


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Rule):
    r"""Walk downhill: :math:`w \gets w - \alpha g`.

    Examples
    --------
    >>> rule = GradientDescent(learning_rate=0.5)
    >>> rule.step(1.0, 0.5, rule.start(1.0))
    (0.75, (1,))

    Notes
    -----
    Equal to Keras' ``SGD``.  Book: Convergence on problems with known answers.
    """

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t = state[0] + 1
        return w - self.rate(t) * g, (t,)


@dataclass(frozen=True, kw_only=True)
class HeavyBall(Rule):
    r"""Keep a share of the last movement.

    .. math:: m \gets \beta m - \alpha g, \quad w \gets w + m

    Attributes
    ----------
    momentum : float in [0, 1)
        The share :math:`\beta`.

    Examples
    --------
    >>> rule = HeavyBall(learning_rate=1.0, momentum=0.5)
    >>> w, state = rule.step(4.0, 1.0, rule.start(4.0))
    >>> rule.step(w, 1.0, state)[0]
    1.5

    Notes
    -----
    Equal to Keras' ``SGD(momentum=...)``.  Source: Polyak (1964),
    doi:10.1016/0041-5553(64)90137-5.  Book: Convergence on problems with known answers.
    """

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.momentum < 1, "momentum", self.momentum, "in [0, 1)")

    def start(self, w: Any) -> State:
        """Return a memory without movement."""
        return (0, 0.0 * w)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t = state[0] + 1
        m = self.momentum * state[1] - self.rate(t) * g
        return w + m, (t, m)


@dataclass(frozen=True, kw_only=True)
class Nesterov(HeavyBall):
    r"""Look ahead before turning: as heavy ball, but :math:`w \gets w + \beta m - \alpha g`.

    Here `w` is the point at which the gradient is taken, one movement ahead of the usual iterate.

    Examples
    --------
    >>> rule = Nesterov(learning_rate=1.0, momentum=0.5)
    >>> rule.step(4.0, 1.0, rule.start(4.0))[0]
    2.5

    Notes
    -----
    Equal to Keras' ``SGD(momentum=..., nesterov=True)``.  Source: Nesterov (1983).
    Book: Convergence on problems with known answers.
    """

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        _, (t, m) = super().step(w, g, state)
        return w + self.momentum * m - self.rate(t) * g, (t, m)


@dataclass(frozen=True, kw_only=True)
class Preconditioned(Rule):
    r"""Adam with a denominator that does not move.

    .. math:: m \gets \beta_1 m + (1 - \beta_1) g, \quad w \gets w - \alpha m / s

    Attributes
    ----------
    beta_1 : float in [0, 1)
        Memory of the mean; 0 makes it RMSprop with a fixed denominator.
    scale : float or ndarray > 0
        The denominator :math:`s`.

    Examples
    --------
    >>> rule = Preconditioned(learning_rate=1.0, beta_1=0.5, scale=2.0)
    >>> rule.step(4.0, 1.0, rule.start(4.0))[0]
    3.75

    Notes
    -----
    It is the heavy ball with the learning rate :math:`(1 - \beta_1) \alpha / s`.
    Source: Cohen et al. (2022), arXiv:2207.14484.
    Book: Convergence on problems with known answers.
    """

    beta_1: float = 0.9
    scale: Any = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.beta_1 < 1, "beta_1", self.beta_1, "in [0, 1)")

    def start(self, w: Any) -> State:
        """Return a mean of zero."""
        return (0, 0.0 * w)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t = state[0] + 1
        m = self.beta_1 * state[1] + (1 - self.beta_1) * g
        return w - self.rate(t) * m / self.scale, (t, m)


def require(fine: bool, name: str, value: float, allowed: str) -> None:
    """Refuse a number that is out of range.

    Raises
    ------
    ConfigError
        If it is not `fine`.

    Examples
    --------
    >>> require(False, "momentum", 1.5, "in [0, 1)")
    Traceback (most recent call last):
        ...
    mgc.errors.ConfigError: momentum is 1.5, but must be in [0, 1)
    """
    if not fine:
        raise ConfigError(f"{name} is {value}, but must be {allowed}")
