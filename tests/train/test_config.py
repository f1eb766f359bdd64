"""Configurations refuse what they do not know, and name what is allowed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgc.errors import ConfigError
from mgc.train.config import RunConfig
from mgc.train.parameters import parse_value, read_yaml


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"optimzer": "adam"}, "did you mean optimizer.*allowed are dataset, split"),
        ({"model": "resnet"}, "'resnet'.*simple_cnn, unet_lite"),
        ({"epochs": "three"}, "epochs is 'three' .str., but must be a int"),
        ({"epochs": -1}, "epochs is -1.*between 1 and"),
        ({"epochs": 2.0}, "epochs is 2.0 .float."),
        ({"epochs": True}, "epochs is True .bool."),
        ({"spec_augment": "true"}, "spec_augment is 'true' .str., but must be a bool"),
        ({"spec_augment": 1}, "spec_augment is 1 .int., but must be a bool"),
        ({"learning_rate": "1e-3"}, "learning_rate is '1e-3' .str., but must be a float"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"learning_rate": 0}, "learning_rate is 0.0"),
        ({"seed": None}, "seed is None"),
        ({"fold": 2}, "no folds"),
        ({"split": "artist_cv", "fold": 5}, "between 0 and 4"),
        ({"train_on_valid": True}, "learnt from cannot choose the epoch"),
        ({"keep": "last"}, "which looks at the valid part"),
        ({"crops": "random", "split": "segment_random"}, "hear those of the test part whole"),
        ({"optimizer": "none"}, "needs an optimizer"),
        ({"model": "rbf_svm", "epochs": 3}, "epochs is 3, but model rbf_svm is classical"),
        ({"model": "rbf_svm", "optimizer": "rmsprop"}, "rbf_svm is classical and has none"),
        ({"model": "rbf_svm", "seed": 3}, "seed is 3, but model rbf_svm is classical"),
        ({"model": "random_cnn_svm", "epochs": 3}, "epochs is 3, but model random_cnn_svm"),
        ({"model": "majority", "tune": True}, "looks at labels alone"),
        ({"model": "majority", "features": "mfcc"}, "looks at labels alone"),
        ({"model": "majority", "penalty": 2.0}, "looks at labels alone"),
        ({"train_per_genre": -1}, "between 0 and"),
        ({"momentum": 0.5}, "adam has no momentum: its numbers are beta_1, beta_2"),
        ({"optimizer": "rmsprop", "rho": 1.5}, "rho is 1.5.*between 0 and"),
        ({"model": "rbf_svm", "beta_1": 0.5}, "rbf_svm is classical and has no beta_1"),
        ({"schedule": "cosine", "plateau_patience": 3}, "plateau_patience is 3, but schedule"),
        ({"schedule": "step"}, "plateau, constant, cosine"),
    ],
)
def test_refusals_say_what_came_and_what_is_allowed(values, named):
    with pytest.raises(ConfigError, match=named):
        RunConfig.from_dict(values)


def test_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RunConfig().epochs = 3


def test_the_rate_is_the_optimizers_unless_given():
    assert RunConfig(optimizer="sgd_momentum").learning_rate == 0.01
    assert RunConfig(optimizer="sgd_momentum", learning_rate=1).learning_rate == 1.0


CHANGES = {
    "dataset": "gtzan", "split": "track_random", "model": "unet_lite", "width": 8,
    "optimizer": "rmsprop", "learning_rate": 0.5, "batch_size": 32, "epochs": 3,
    "segment_seconds": 3.0, "spec_augment": False, "monitor": "val_accuracy",
    "early_stopping_patience": 2, "plateau_patience": 2, "plateau_factor": 0.1, "seed": 1,
    "dtype": "mixed_float16", "split_seed": 1, "train_per_genre": 40,
    "features": "mfcc", "beta_1": 0.5, "beta_2": 0.5, "epsilon": 1e-3, "weight_decay": 1e-3,
    "schedule": "cosine", "blind": True, "mixup": 0.2, "label_smoothing": 0.1, "crops": "random",
}  # fmt: skip


def test_every_field_changes_the_uid():
    assert set(CHANGES) | {
        "fold",
        "train_on_valid",
        "tune",
        "momentum",
        "rho",
        "keep",
        "penalty",
        "sharpness",
    } == {f.name for f in dataclasses.fields(RunConfig)}
    uids = {RunConfig(**{name: value}).uid for name, value in CHANGES.items()}
    uids |= {RunConfig().uid, *(RunConfig(split="artist_cv", fold=k).uid for k in range(5))}
    uids |= {RunConfig(model="rbf_svm", train_on_valid=on).uid for on in (False, True)}
    uids |= {RunConfig(model="rbf_svm", tune=True).uid}
    uids |= {RunConfig(model="random_cnn_svm", seed=seed).uid for seed in (0, 1)}
    uids |= {RunConfig(model="rbf_svm", **{name: 0.2}).uid for name in ("penalty", "sharpness")}
    uids |= {
        RunConfig(schedule="cosine", keep="last", train_on_valid=on).uid for on in (False, True)
    }
    uids |= {RunConfig(optimizer="sgd_momentum", momentum=value).uid for value in (0.5, 0.9)}
    uids |= {RunConfig(optimizer="rmsprop", rho=0.5).uid}
    assert len(uids) == len(CHANGES) + 1 + 5 + 3 + 2 + 2 + 2 + 3


def test_a_number_at_the_optimizers_default_is_the_same_run():
    config = RunConfig(optimizer="nesterov", momentum=0.9, weight_decay=0)
    assert config == RunConfig(optimizer="nesterov")
    assert config.settings == {}
    assert RunConfig(optimizer="adamw", weight_decay=0).settings == {"weight_decay": 0.0}


def test_labels_tell_the_features_apart_from_the_usual_ones():
    assert RunConfig(seed=2).label == "simple_cnn adam seed 2"
    assert RunConfig(features="mfcc").label == "simple_cnn mfcc adam seed 0"
    assert RunConfig(model="rbf_svm", features="mel").label.startswith("rbf_svm mel fault_filtered")
    assert RunConfig(model="random_cnn_svm", seed=2).label.endswith("split seed 0 seed 2")


def test_uid_is_pinned_because_committed_folders_bear_it():
    assert RunConfig(dataset="gtzan").uid == "0a1159afb641"


@given(st.sampled_from(sorted(CHANGES)), st.integers(0, 5))
def test_round_trip(name, seed):
    config = RunConfig.from_dict({"seed": seed, **{name: CHANGES[name]}})
    assert RunConfig.from_dict(config.to_dict()) == config


def test_yaml_reads_numbers_as_people_write_them(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("learning_rate: 1e-3\nseed: 10\nspec_augment: false\nmodel: unet_lite\n")
    config = RunConfig.from_dict(read_yaml(path))
    assert (config.learning_rate, config.seed, config.spec_augment) == (1e-3, 10, False)


@pytest.mark.parametrize(
    ("text", "named"), [("- a\n- b\n", "name: value"), ("a: [1", "not valid YAML")]
)
def test_odd_yaml_is_refused_with_its_name(tmp_path, text, named):
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=f"odd.yaml.*{named}"):
        read_yaml(path)
    with pytest.raises(ConfigError, match="does not exist"):
        read_yaml(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 1e-3), ("2", 2), ("False", False), ("adam", "adam"), ("none", None), ("1.", 1.0)],
)
def test_parse_value(text, value):
    parsed = parse_value(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"tune": True}, "simple_cnn was given optimizer adam, tune True.*: a network needs"),
        ({"model": "rbf_svm", "tune": True, "train_on_valid": True}, "cannot choose settings"),
        ({"model": "rbf_svm", "tune": True, "sharpness": 0.2}, "what is given cannot be chosen"),
        ({"penalty": 1.0}, "penalty 1.0 .* has no margins"),
        ({"model": "rbf_svm", "features": "pixel_scaler"}, "standardises its own statistics"),
        ({"model": "rbf_svm", "features": "gabor_learnable"}, "no layer to learn"),
        ({"model": "rbf_svm", "features": "free"}, "leave it to a network"),
        ({"features": "texture"}, "neither time nor bands to mask"),
        ({"features": "wavelets"}, "must be one of log_mel"),
        ({"model": "rbf_svm", "features": "wavelets"}, "must be one of log_mel"),
    ],
)
def test_features_that_a_model_cannot_use_are_refused(values, named):
    with pytest.raises(ConfigError, match=named):
        RunConfig(**values)
