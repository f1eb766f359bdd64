"""Parameters as people write them: YAML files and single values of a command line."""

import re
from pathlib import Path
from typing import Any

import yaml

from mgc.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """YAML whose floats are those people write: 1e-3 is a number, not a word."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read a YAML mapping; `ConfigError` names the file if it is missing or something else."""
    try:
        values = yaml.load(Path(path).read_text(encoding="utf8"), Loader=_Loader)  # noqa: S506
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist: name a YAML file of parameters") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds {type(values).__name__}, but must be 'name: value' lines")
    return values


def parse_value(text: str) -> Any:
    """Read one value from a command line: ``1e-3`` is a float, ``true`` a bool, ``adam`` a word.

    Examples
    --------
    >>> parse_value("1e-3"), parse_value("true"), parse_value("adam"), parse_value("none")
    (0.001, True, 'adam', None)
    """
    if text.lower() in ("none", "null"):
        return None
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError:
        return text
