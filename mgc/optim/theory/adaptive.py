"""Update rules that scale each direction by the gradients it has seen.

Each equals Keras' optimizer of the same name step by step.  Mind where epsilon stands: inside the
root of AdaGrad and RMSprop, outside in Adam.  1e-7 inside acts like 3e-4 outside.

Book: Convergence on problems with known answers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mgc.optim.theory.rules import Rule, State, require


@dataclass(frozen=True, kw_only=True)
class AdaGrad(Rule):
    r"""Divide by the root of the sum of all squared gradients.

    .. math:: v \gets v + g^2, \quad w \gets w - \alpha g / \sqrt{v + \varepsilon}

    Attributes
    ----------
    initial : float >= 0
        First value of :math:`v`; Keras' ``initial_accumulator_value``.
    epsilon : float >= 0
        Inside the root.

    Examples
    --------
    >>> rule = AdaGrad(learning_rate=1.0, initial=0.0, epsilon=0.0)
    >>> rule.step(5.0, 3.0, rule.start(5.0))
    (4.0, (1, 9.0))

    Notes
    -----
    Source: Duchi, Hazan and Singer (2011), Journal of Machine Learning Research 12.
    Book: Convergence on problems with known answers.
    """

    initial: float = 0.1
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.initial >= 0, "initial", self.initial, "0 or more")
        require(self.epsilon >= 0, "epsilon", self.epsilon, "0 or more")

    def start(self, w: Any) -> State:
        """Return a memory that holds the initial sum."""
        return (0, 0.0 * w + self.initial)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t, v = state[0] + 1, state[1] + g * g
        # The power, not np.sqrt: it keeps plain numbers plain, and a million steps quick.
        return w - self.rate(t) * g / (v + self.epsilon) ** 0.5, (t, v)


@dataclass(frozen=True, kw_only=True)
class RMSprop(Rule):
    r"""Divide by the root of a running mean of squared gradients, which starts at zero.

    .. math::
        v \gets \rho v + (1 - \rho) g^2, \quad w \gets w - \alpha g / \sqrt{v + \varepsilon}

    Attributes
    ----------
    rho : float in [0, 1)
        Memory of the mean.
    epsilon : float >= 0
        Inside the root.

    Examples
    --------
    The mean starts at zero and nobody corrects for it: the first step is large.

    >>> rule = RMSprop(learning_rate=1.0, rho=0.75, epsilon=0.0)
    >>> rule.step(5.0, 3.0, rule.start(5.0))[0]
    3.0

    Notes
    -----
    Source: Tieleman and Hinton (2012), lecture 6.5.
    Book: Convergence on problems with known answers.
    """

    rho: float = 0.9
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.rho < 1, "rho", self.rho, "in [0, 1)")
        require(self.epsilon >= 0, "epsilon", self.epsilon, "0 or more")

    def start(self, w: Any) -> State:
        """Return a mean of zero."""
        return (0, 0.0 * w)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t, v = state[0] + 1, self.rho * state[1] + (1 - self.rho) * (g * g)
        return w - self.rate(t) * g / (v + self.epsilon) ** 0.5, (t, v)


@dataclass(frozen=True, kw_only=True)
class Adam(Rule):
    r"""Divide a running mean of gradients by the root of a running mean of their squares.

    .. math::
        m &\gets \beta_1 m + (1 - \beta_1) g, \quad v \gets \beta_2 v + (1 - \beta_2) g^2, \\
        w &\gets w - \alpha \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
        \frac{m}{\sqrt v + \varepsilon}

    Attributes
    ----------
    beta_1, beta_2 : float in [0, 1)
        Memory of the two means.
    epsilon : float >= 0
        Outside the root, added before the means are corrected: the paper's "epsilon hat", which is
        what Keras has.  It acts like :math:`\varepsilon / \sqrt{1 - \beta_2^t}` in the paper's
        Algorithm 1, 32 times as much in the first step.

    Examples
    --------
    >>> rule = Adam(learning_rate=0.5, epsilon=0.0)
    >>> w, state = rule.step(2.0, 100.0, rule.start(2.0))
    >>> round(w, 12), state[0]
    (1.5, 1)

    Notes
    -----
    Source: Kingma and Ba (2015), arXiv:1412.6980.
    Book: Convergence on problems with known answers.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.beta_1 < 1, "beta_1", self.beta_1, "in [0, 1)")
        require(0 <= self.beta_2 < 1, "beta_2", self.beta_2, "in [0, 1)")
        require(self.epsilon >= 0, "epsilon", self.epsilon, "0 or more")

    def start(self, w: Any) -> State:
        """Return means of zero."""
        return (0, 0.0 * w, 0.0 * w)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t, m, v = self._means(g, state)
        return w - self._rate_at(t) * m / (v**0.5 + self.epsilon), (t, m, v)

    def _means(self, g: Any, state: State) -> tuple[int, Any, Any]:
        t, m, v = state[:3]
        m = self.beta_1 * m + (1 - self.beta_1) * g
        return t + 1, m, self.beta_2 * v + (1 - self.beta_2) * (g * g)

    def _rate_at(self, t: int) -> float:
        """Return the learning rate times the correction of both means."""
        correction: float = (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        return self.rate(t) * correction


@dataclass(frozen=True, kw_only=True)
class AMSGrad(Adam):
    r"""Adam, divided by the root of the largest :math:`v` so far.

    Examples
    --------
    A small gradient after a large one: Adam forgets, AMSGrad does not.

    >>> for rule in (Adam, AMSGrad):
    ...     made = rule(learning_rate=1.0, beta_1=0, beta_2=0.5)
    ...     _, state = made.step(0.0, 8.0, made.start(0.0))
    ...     print(round(made.step(0.0, 1.0, state)[0], 3))
    -0.213
    -0.153

    Notes
    -----
    Equal to Keras' ``Adam(amsgrad=True)``, which compares the uncorrected means.
    Source: Reddi, Kale and Kumar (2018), arXiv:1904.09237.
    Book: Convergence on problems with known answers.
    """

    def start(self, w: Any) -> State:
        """Return means and a maximum of zero."""
        return (0, 0.0 * w, 0.0 * w, 0.0 * w)

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        t, m, v = self._means(g, state)
        top = max(state[3], v) if isinstance(v, float) else np.maximum(state[3], v)
        return w - self._rate_at(t) * m / (top**0.5 + self.epsilon), (t, m, v, top)


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    r"""Shrink the weights by themselves, then step as Adam: decay that no denominator divides.

    .. math:: w \gets (1 - \alpha \lambda) w

    Attributes
    ----------
    weight_decay : float >= 0
        The :math:`\lambda`.

    Examples
    --------
    >>> rule = AdamW(learning_rate=0.5, weight_decay=0.5)
    >>> rule.step(8.0, 0.0, rule.start(8.0))[0]
    6.0

    Notes
    -----
    Source: Loshchilov and Hutter (2019), arXiv:1711.05101.
    Book: Convergence on problems with known answers.
    """

    weight_decay: float = 0.004

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "0 or more")

    def step(self, w: Any, g: Any, state: State) -> tuple[Any, State]:
        """Return the next point and memory."""
        shrunk = w - self.rate(state[0] + 1) * self.weight_decay * w
        return super().step(shrunk, g, state)
