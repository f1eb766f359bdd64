"""Each rule does what Keras' optimizer of that name does, step by step."""

import numpy as np
import pytest

from mgc.backend import keras
from mgc.optim.theory.adaptive import AdaGrad, Adam, AdamW, AMSGrad, RMSprop
from mgc.optim.theory.iterations import feed
from mgc.optim.theory.rules import GradientDescent, HeavyBall, Nesterov

STEPS, SHAPES = 100, ((), (7,), (3, 2, 4))
#: Keras computes in float32, whose unit is 6e-8: a hundred steps, each rounded a few times.
TOLERANCE = 1e-5
#: As large as the gradients, so that it matters on which side of the root epsilon stands.
EPSILON = 1e-2

CASES = {
    "sgd": (GradientDescent(learning_rate=0.1), lambda k: k.SGD(0.1)),
    "momentum": (
        HeavyBall(learning_rate=0.01, momentum=0.8),
        lambda k: k.SGD(0.01, momentum=0.8),
    ),
    "nesterov": (
        Nesterov(learning_rate=0.01, momentum=0.9),
        lambda k: k.SGD(0.01, momentum=0.9, nesterov=True),
    ),
    "adagrad": (
        AdaGrad(learning_rate=0.01, initial=1e-4, epsilon=EPSILON),
        lambda k: k.Adagrad(0.01, initial_accumulator_value=1e-4, epsilon=EPSILON),
    ),
    "adagrad by default": (AdaGrad(learning_rate=0.5), lambda k: k.Adagrad(0.5)),
    "rmsprop": (
        RMSprop(learning_rate=0.01, rho=0.7, epsilon=EPSILON),
        lambda k: k.RMSprop(0.01, rho=0.7, epsilon=EPSILON),
    ),
    "rmsprop by default": (RMSprop(learning_rate=1e-3), lambda k: k.RMSprop(1e-3)),
    "adam": (
        Adam(learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=EPSILON),
        lambda k: k.Adam(0.01, 0.8, 0.95, EPSILON),
    ),
    "adam by default": (Adam(learning_rate=1e-3), lambda k: k.Adam(1e-3)),
    "amsgrad": (
        AMSGrad(learning_rate=0.01, beta_2=0.9, epsilon=EPSILON),
        lambda k: k.Adam(0.01, 0.9, 0.9, EPSILON, amsgrad=True),
    ),
    "adamw": (
        AdamW(learning_rate=0.01, weight_decay=0.5, epsilon=EPSILON),
        lambda k: k.AdamW(0.01, weight_decay=0.5, epsilon=EPSILON),
    ),
    "adamw by default": (AdamW(learning_rate=1e-3), lambda k: k.AdamW(1e-3)),
}


def random_gradients(shape):
    """Gradients about as large as EPSILON, fewer and fewer of them, so that a maximum matters."""
    g = np.random.default_rng(1).normal(size=(STEPS, *shape))
    fading = np.linspace(1, 0.1, STEPS).reshape(-1, *[1] * len(shape))
    # Rounded to float32 first: both sides see the same numbers.
    return (EPSILON * fading * g).astype(np.float32).astype(np.float64)


def keras_paths(make, gradients, starts):
    """One optimizer for all the variables, as for a network."""
    variables = [keras.Variable(start, dtype="float32") for start in starts]
    optimizer = make(keras.optimizers)
    optimizer.build(variables)
    paths = [[start] for start in starts]
    for step in range(STEPS):
        optimizer.apply([keras.ops.cast(g[step], "float32") for g in gradients], variables)
        for path, variable in zip(paths, variables, strict=True):
            path.append(keras.ops.convert_to_numpy(variable.value).astype(np.float64))
    return [np.array(path) for path in paths]


def disagreement(rule, path, gradients):
    """Largest difference from the path of Keras, over the largest weight on it."""
    return np.abs(feed(rule, gradients, path[0]) - path).max() / np.abs(path).max()


def problem(shapes):
    starts = [np.random.default_rng(2).normal(size=shape) for shape in shapes]
    starts = [(0.1 * w).astype(np.float32).astype(np.float64) for w in starts]
    return [random_gradients(shape) for shape in shapes], starts


@pytest.mark.parametrize("case", CASES)
def test_a_rule_equals_keras(case):
    rule, make = CASES[case]
    gradients, starts = problem(SHAPES)
    for path, g in zip(keras_paths(make, gradients, starts), gradients, strict=True):
        assert np.abs(path - path[0]).max() > 1e-3
        assert disagreement(rule, path, g) < TOLERANCE


class OutsideAdaGrad(AdaGrad):
    def step(self, w, g, state):
        v = state[1] + g * g
        return w - self.learning_rate * g / (v**0.5 + self.epsilon), (state[0] + 1, v)


class OutsideRMSprop(RMSprop):
    def step(self, w, g, state):
        v = self.rho * state[1] + (1 - self.rho) * g * g
        return w - self.learning_rate * g / (v**0.5 + self.epsilon), (state[0] + 1, v)


class InsideAdam(Adam):
    def step(self, w, g, state):
        t, m, v = self._means(g, state)
        return w - self._rate_at(t) * m / (v + self.epsilon) ** 0.5, (t, m, v)


class PaperAdam(Adam):
    """Algorithm 1 of the paper: epsilon joins after the correction."""

    def step(self, w, g, state):
        t, m, v = self._means(g, state)
        mean, square = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        return w - self.learning_rate * mean / (square**0.5 + self.epsilon), (t, m, v)


@pytest.mark.parametrize(
    ("case", "moved"),
    [
        ("adagrad", OutsideAdaGrad),
        ("rmsprop", OutsideRMSprop),
        ("adam", InsideAdam),
        ("adam", PaperAdam),
    ],
)
def test_epsilon_elsewhere_is_noticed(case, moved):
    rule, make = CASES[case]
    gradients, starts = problem([(7,)])
    [path] = keras_paths(make, gradients, starts)
    assert disagreement(rule, path, gradients[0]) < TOLERANCE
    assert disagreement(moved(**vars(rule)), path, gradients[0]) > 1000 * TOLERANCE


def test_plain_numbers_and_arrays_take_the_same_steps():
    gradients = random_gradients((3,))
    for rule, _ in CASES.values():
        together = feed(rule, gradients, np.ones(3))
        for i in range(3):
            np.testing.assert_allclose(feed(rule, gradients[:, i], 1.0), together[:, i], rtol=1e-13)
