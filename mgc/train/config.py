"""What a run is: a frozen configuration that refuses what it does not know.

The command line, YAML files and papermill parameters all come through `RunConfig.from_dict`.
"""

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mgc.data.datasets import check_name, require_dataset
from mgc.data.representation import REPRESENTATIONS, representation
from mgc.data.splits import SPLITS
from mgc.errors import ConfigError
from mgc.models.registry import CLASSIFIERS, MODELS
from mgc.optim.factories import OPTIMIZERS, SETTINGS, require_setting
from mgc.optim.schedules import SCHEDULES


def _one_of(default: str, choices: Iterable[str], about: str) -> Any:
    return field(default=default, metadata={"choices": tuple(choices), "help": about})


def _number(default: Any, low: float, high: float, about: str) -> Any:
    return field(default=default, metadata={"range": (low, high), "help": about})


#: Fields that mean nothing to a classical model.
_OF_NETWORKS = (
    "width", "learning_rate", "batch_size", "epochs", "spec_augment", "monitor",
    "early_stopping_patience", "plateau_patience", "plateau_factor", "seed", "dtype", "momentum",
    "beta_1", "beta_2", "rho", "epsilon", "weight_decay", "schedule", "keep", "mixup",
    "label_smoothing", "crops",
)  # fmt: skip

#: Numbers that some optimizers have.
_SETTINGS = tuple({name: None for numbers in SETTINGS.values() for name in numbers})

#: First layers whose weights are learnt.
_LEARNT = ("gabor_learnable", "free")


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything that decides what a run computes.

    Two equal configurations have the same `uid` and the same run folder.  Wrong types are never
    converted silently: ``"true"`` is no bool and ``"1e-3"`` no float.

    Raises
    ------
    ConfigError
        If a value is of the wrong type or out of range; the message names the field, the value and
        what is allowed.

    Examples
    --------
    >>> RunConfig(model="unet_lite", optimizer="rmsprop").learning_rate
    0.001
    >>> RunConfig().uid == RunConfig(learning_rate=0.001).uid
    True

    Book: Training with papermill
    """

    dataset: str = field(
        default="synthetic",
        metadata={"check": check_name, "help": "data set: synthetic, gtzan, or one's own by name"},
    )
    split: str = _one_of("fault_filtered", SPLITS, "which clips train, validate and test")
    fold: int = _number(0, 0, 4, "test fold of a split with folds")
    split_seed: int = _number(0, 0, 2**31 - 1, "draws of the split")
    train_per_genre: int = _number(0, 0, 100_000, "training clips of each genre; 0 takes all")
    train_on_valid: bool = field(default=False, metadata={"help": "learn from the valid part, too"})
    features: str = _one_of("log_mel", REPRESENTATIONS, "what is made of the stored levels")
    model: str = _one_of("simple_cnn", (*MODELS, *CLASSIFIERS), "architecture")
    width: int = _number(32, 1, 512, "channels of the first stage")
    optimizer: str = _one_of("adam", (*OPTIMIZERS, "none"), "optimizer; none for a classical model")
    learning_rate: float | None = _number(None, 1e-12, 1e3, "initial rate; the optimizer's if none")
    batch_size: int = _number(64, 1, 65536, "segments a step")
    epochs: int = _number(60, 1, 100_000, "most epochs")
    segment_seconds: float = _number(6.0, 0.05, 3600.0, "length of a segment")
    spec_augment: bool = field(default=True, metadata={"help": "mask training segments"})
    monitor: str = _one_of(
        "val_loss", ("val_loss", "val_accuracy"), "what selects weights, stops and lowers the rate"
    )
    early_stopping_patience: int = _number(15, 1, 100_000, "epochs without progress before the end")
    plateau_patience: int = _number(5, 1, 100_000, "epochs without progress before a lower rate")
    plateau_factor: float = _number(0.5, 0.001, 0.999, "factor of the lower rate")
    seed: int = _number(0, 0, 2**31 - 1, "initial weights, order, dropout, masks")
    tune: bool = field(
        default=False, metadata={"help": "choose a classical model's settings on the valid part"}
    )
    dtype: str = _one_of(
        "float32", ("float32", "mixed_float16", "mixed_bfloat16"), "precision policy"
    )
    momentum: float | None = _number(None, 0.0, 0.9999, "of SGD; the optimizer's if none")
    beta_1: float | None = _number(None, 0.0, 0.9999, "memory of Adam's mean; 0.9 if none")
    beta_2: float | None = _number(None, 0.0, 0.999999, "memory of Adam's squares; 0.999 if none")
    rho: float | None = _number(None, 0.0, 0.999999, "memory of RMSprop's squares; 0.9 if none")
    epsilon: float | None = _number(None, 1e-16, 1e3, "beside the root; 1e-7 if none")
    weight_decay: float | None = _number(None, 0.0, 1e3, "L2 penalty; decoupled with adamw")
    schedule: str = _one_of("plateau", SCHEDULES, "how the learning rate changes")
    blind: bool = field(default=False, metadata={"help": "leave the test part alone (a trial)"})
    keep: str = _one_of("best", ("best", "last"), "weights of which epoch; last: no early end")
    mixup: float = _number(0.0, 0.0, 10.0, "alpha of the share of a second segment; 0: none")
    label_smoothing: float = _number(0.0, 0.0, 0.9, "share of a label spread over all genres")
    crops: str = _one_of("fixed", ("fixed", "random"), "where training segments begin")
    penalty: float | None = _number(None, 1e-6, 1e6, "of a classical model's margins; 10 if none")
    sharpness: float | None = _number(None, 1e-6, 1e6, "of a classical model's kernel; 1 if none")

    def __post_init__(self) -> None:
        if self.model in CLASSIFIERS:
            self._be_classical()
        elif self.optimizer in OPTIMIZERS:
            self._settle_optimizer()
        for item in fields(self):
            value = _checked(item.name, getattr(self, item.name), item.type, item.metadata)
            object.__setattr__(self, item.name, value)
        if self.fold and self.split == "fault_filtered":
            raise ConfigError(
                f"fold is {self.fold}, but split {self.split} has no folds: leave fold at 0 or "
                f"use split {' or '.join(SPLITS[1:])}"
            )
        if self.model in MODELS:
            self._be_a_network()
        elif self.tune and (self.penalty or self.sharpness):
            raise ConfigError(
                f"tune is true, but penalty is {self.penalty} and sharpness {self.sharpness}: "
                "what is given cannot be chosen; leave one out"
            )
        elif self.tune and self.train_on_valid:
            raise ConfigError(
                "tune and train_on_valid are both true: a valid part that is learnt from cannot "
                "choose settings; leave one out"
            )

    def _be_a_network(self) -> None:
        if self.optimizer == "none" or self.tune or self.penalty or self.sharpness:
            raise ConfigError(
                f"{self.model} was given optimizer {self.optimizer}, tune {self.tune}, penalty "
                f"{self.penalty} and sharpness {self.sharpness}: a network needs an optimizer, has "
                "no margins, and mgc sweep varies its settings"
            )
        if self.train_on_valid and self.keep == "best":
            raise ConfigError(
                "train_on_valid is true, but keep is 'best': a valid part that is learnt from "
                "cannot choose the epoch; set keep to last"
            )
        if self.keep == "last" and self.schedule == "plateau":
            raise ConfigError(
                "keep is 'last', but schedule is 'plateau', which looks at the valid part: set "
                "schedule to cosine or constant"
            )
        if self.crops == "random" and self.split == "segment_random":
            raise ConfigError(
                "crops is 'random', but split is 'segment_random', which parts the segments of a "
                "clip: training would hear those of the test part whole; set crops to fixed"
            )
        if self.spec_augment and representation(self.features).kind == "texture":
            raise ConfigError(
                f"spec_augment is true, but features is {self.features!r}, which has neither time "
                "nor bands to mask: set spec_augment to false"
            )

    def _settle_optimizer(self) -> None:
        """Fill in the rate; a number at its default is none, so that equal runs have one name."""
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", OPTIMIZERS[self.optimizer])
        for name in _SETTINGS:
            if getattr(self, name) is not None:
                require_setting(self.optimizer, name)
                if getattr(self, name) == SETTINGS[self.optimizer][name]:
                    object.__setattr__(self, name, None)
        for name in ("plateau_patience", "plateau_factor"):
            if self.schedule != "plateau" and getattr(self, name) != getattr(RunConfig, name):
                raise ConfigError(
                    f"{name} is {getattr(self, name)!r}, but schedule is {self.schedule!r}, which "
                    "waits for no plateau: leave it out"
                )

    @property
    def settings(self) -> dict[str, float]:
        """Numbers of the optimizer, besides its learning rate, that are not its default."""
        values = {name: getattr(self, name) for name in _SETTINGS}
        return {name: value for name, value in values.items() if value is not None}

    def _be_classical(self) -> None:
        """Refuse what a classical model does not know, so that no such value is claimed."""
        if self.optimizer == "adam":
            object.__setattr__(self, "optimizer", "none")
        for item in fields(self):
            value, meant = getattr(self, item.name), CLASSIFIERS[self.model]
            if item.name in _OF_NETWORKS and item.name not in meant and value != item.default:
                raise ConfigError(
                    f"{item.name} is {value!r}, but model {self.model} is classical and has no "
                    f"{item.name}: leave it out"
                )
        features = representation(self.features) if self.features in REPRESENTATIONS else None
        if features and (features.scaler != "band" or features.first_layer in _LEARNT):
            raise ConfigError(
                f"features is {self.features!r}, but model {self.model} standardises its own "
                f"statistics and has no layer to learn: leave it to a network"
            )
        chosen = (self.tune, self.penalty, self.sharpness, self.features != RunConfig.features)
        if self.model == "majority" and any(chosen):
            raise ConfigError(
                "model majority looks at labels alone: leave out tune, penalty, sharpness and "
                "features"
            )
        if self.optimizer != "none":
            raise ConfigError(
                f"optimizer is {self.optimizer!r}, but model {self.model} is classical and has "
                "none: leave it out"
            )

    @property
    def uid(self) -> str:
        """Twelve hexadecimal digits that name the run folder.

        Fields at their default do not count, so that a field added later leaves the names of
        older runs alone; for the same reason a default never changes.
        """
        values = asdict(self)
        chosen = {f.name: values[f.name] for f in fields(self) if values[f.name] != f.default}
        canonical = json.dumps(chosen, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    @property
    def label(self) -> str:
        """A name for people, for example ``'simple_cnn adam seed 0'``."""
        usual = self.features == RunConfig.features
        seen = self.model if usual else f"{self.model} {self.features}"
        if self.model in CLASSIFIERS:
            drawn = f" seed {self.seed}" if "seed" in CLASSIFIERS[self.model] else ""
            return f"{seen} {self.split} fold {self.fold} split seed {self.split_seed}{drawn}"
        return f"{seen} {self.optimizer} seed {self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Make a configuration from plain values; fields left out keep their defaults.

        Raises
        ------
        ConfigError
            If a key is unknown (the message lists the allowed ones and the nearest) or a value
            is refused, or there is no such data set.
        """
        allowed = [item.name for item in fields(cls)]
        for name in values:
            if name not in allowed:
                near = difflib.get_close_matches(str(name), allowed, n=1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                raise ConfigError(
                    f"{name} is no parameter of a run{hint}: allowed are {', '.join(allowed)}"
                )
        config = cls(**values)
        require_dataset(config.dataset)
        return config


def _checked(name: str, value: Any, annotation: Any, rule: Mapping[str, Any]) -> Any:
    """Return the value if it is allowed, with a whole number accepted where a float is due."""
    kind = {"float | None": float}.get(str(annotation), annotation)
    if value is None and kind is not annotation:
        return None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        allowed = f" of {', '.join(rule['choices'])}" if "choices" in rule else ""
        raise ConfigError(
            f"{name} is {value!r} ({type(value).__name__}), but must be a {kind.__name__}{allowed}"
        )
    if "check" in rule:
        rule["check"](value)
    if "choices" in rule and value not in rule["choices"]:
        raise ConfigError(f"{name} is {value!r}, but must be one of {', '.join(rule['choices'])}")
    if "range" in rule and not rule["range"][0] <= value <= rule["range"][1]:
        low, high = rule["range"]
        raise ConfigError(f"{name} is {value}, but must lie between {low:g} and {high:g}")
    return value
