"""Parameters of a training chapter: the usual ones by name, all others in one line of text."""

from collections.abc import Mapping
from typing import Any

from mgc.errors import ConfigError
from mgc.train.config import RunConfig
from mgc.train.parameters import parse_value


class ChapterParameters:
    """What the parameters cell of ``book/training/train.ipynb`` declares.

    Book: Training with papermill
    """

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunConfig:
        """Make a configuration from plain values.

        Parameters
        ----------
        values : mapping
            Fields of `RunConfig`, and ``settings``: more of them as ``name: value`` with commas,
            as in a file of a grid.

        Returns
        -------
        RunConfig
            Checked.

        Raises
        ------
        ConfigError
            If `settings` is no such text, names a field a second time, or `RunConfig` refuses.

        Examples
        --------
        >>> chosen = {"optimizer": "adam", "settings": "schedule: cosine, beta_1: 0.5"}
        >>> ChapterParameters.from_dict(chosen).settings
        {'beta_1': 0.5}

        Book: Training with papermill
        """
        named = {name: value for name, value in values.items() if name != "settings"}
        text = values.get("settings", "")
        more = parse_value(f"{{{text}}}")
        if not isinstance(more, dict) or any(v is None for v in more.values()):
            raise ConfigError(
                f"settings is {text!r}, but must be like 'schedule: cosine, beta_1: 0.5'"
            )
        if twice := sorted(named.keys() & more.keys()):
            raise ConfigError(
                f"settings names {', '.join(twice)}, which have parameters of their own: say each "
                "once"
            )
        return RunConfig.from_dict(named | more)
