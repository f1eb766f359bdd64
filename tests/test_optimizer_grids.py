"""The grids of the optimizer comparison hold what was declared, drawn and chosen."""

import pandas as pd
import pytest

from mgc.evaluate.trials import chosen_settings, trials_table
from mgc.optim.factories import OPTIMIZERS
from mgc.optim.spaces import SPACES, draw_settings, second_round
from mgc.paths import PROJECT
from mgc.train.config import RunConfig
from mgc.train.sweep import read_grid, reported_runs

ROUNDS = ("optimizer_trials", "optimizer_second_round")
MAIN = {"adam", "sgd_momentum", "rmsprop"}


def grid(name):
    return read_grid(PROJECT / "data" / "grids" / f"optimizer_{name}.yaml")


def asked(configs):
    """Optimizer to the set of its settings."""
    found = {}
    for config in configs:
        numbers = tuple(sorted(config.settings.items()))
        found.setdefault(config.optimizer, set()).add((config.learning_rate, numbers))
    return found


def settings(drawn):
    return asked(RunConfig(optimizer=name, **row) for name, rows in drawn.items() for row in rows)


@pytest.fixture(scope="module")
def trials():
    return {name: trials_table(reported_runs(name)) for name in ROUNDS}


def best(table):
    table = chosen_settings(table)
    rows = table[table["chosen"]].set_index("optimizer")
    return {name: {f: float(rows.at[name, f]) for f in SPACES[name]} for name in SPACES}


def test_the_first_round_was_drawn_and_the_second_lies_around_its_best(trials):
    drawn = {name: draw_settings(name, 0, 12) for name in SPACES}
    assert asked(grid("trials")) == settings(drawn)
    first = best(trials["optimizer_trials"])
    around = {name: second_round(name, first[name]) for name in SPACES}
    assert asked(grid("second_round")) == settings(around)


def test_what_was_chosen_has_the_least_validation_loss_of_all_trials(trials):
    everything = pd.concat(trials.values(), ignore_index=True)
    assert (everything.groupby("optimizer").size() >= 12).all()
    chosen = settings({name: [row] for name, row in best(everything).items()})
    assert asked(grid("chosen")) == chosen
    three = {name: chosen[name] for name in MAIN}
    assert asked(grid("full")) == three
    crossed = asked(grid("schedules"))
    assert all(three[name] < crossed[name] and len(crossed[name]) == 2 for name in MAIN)


def test_trials_leave_the_test_part_alone():
    for name in ("trials", "second_round", "rates"):
        assert all(config.blind for config in grid(name))


def test_every_optimizer_has_the_same_budget_and_the_same_seeds():
    for name in ("trials", "second_round", "rates", "default", "chosen", "full", "precision"):
        arms = OPTIMIZERS if name in ("trials", "second_round", "default", "chosen") else MAIN
        counts = {o: sum(c.optimizer == o for c in grid(name)) for o in arms}
        assert len(set(counts.values())) == 1 and sum(counts.values()) == len(grid(name)), name
    for name in ("default", "chosen"):
        seeds = {o: {c.seed for c in grid(name) if c.optimizer == o} for o in OPTIMIZERS}
        # Without 0, the seed of the trials.
        assert all(each == set(range(1, 11)) for each in seeds.values())


def test_every_run_of_the_comparison_takes_as_many_steps():
    names = ("trials", "second_round", "rates", "default", "chosen", "schedules")
    configs = [config for name in names for config in grid(name)]
    facts = ("dataset", "split", "fold", "features", "width", "batch_size", "epochs", "model")
    assert len({tuple(getattr(c, fact) for fact in facts) for c in configs}) == 1
    assert all(config.early_stopping_patience == config.epochs for config in configs)
