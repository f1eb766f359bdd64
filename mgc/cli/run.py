"""``mgc run``: train one network from a configuration into a run folder."""

import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from mgc.train.config import RunConfig
from mgc.train.parameters import read_yaml


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option for each field of `RunConfig`."""
    for item in reversed(fields(RunConfig)):
        kind: click.ParamType[Any]
        flag = f"--{item.name.replace('_', '-')}"
        about = item.metadata["help"] + f"  [default: {_default(item.name)}]"
        if item.type is bool:
            flag, kind = f"{flag}/--no-{flag[2:]}", click.BOOL
        elif "choices" in item.metadata:
            kind = click.Choice(list(item.metadata["choices"]))
        else:
            kind = {int: click.INT, str: click.STRING}.get(item.type, click.FLOAT)
        command = click.option(flag, item.name, type=kind, default=None, help=about)(command)
    return command


def _default(name: str) -> str:
    value = RunConfig.__dataclass_fields__[name].default
    return "of the optimizer" if value is None else str(value)


@click.command(name="run")
@click.option("--config", type=click.Path(dir_okay=False), help="YAML file of 'name: value' lines.")
@click.option("--store", type=click.Path(), help="Feature store  [default: the data set's own].")
@click.option("--runs", type=click.Path(), help="Folder of run folders  [default: data/runs].")
@click.option("--fresh", is_flag=True, help="Train anew, replacing an existing run.")
@config_options
def command(
    config: str | None, store: str | None, runs: str | None, fresh: bool, **values: Any
) -> None:
    """Train one network and write its run folder.

    Options win over the file given with --config. A finished run is not repeated; an interrupted
    one continues after its last whole epoch and ends with the same bits.

    \b
    Examples:
      mgc run --model unet_lite --epochs 2
      mgc run --dataset gtzan --optimizer rmsprop --seed 3
    """  # noqa: D301 (click reads the escaped b)
    given = {name: value for name, value in values.items() if value is not None}
    chosen = RunConfig.from_dict({**(read_yaml(config) if config else {}), **given})
    from mgc.train.run import is_finished, run

    if is_finished(chosen, runs) and not fresh:
        click.echo(f"{chosen.label} ({chosen.uid}) is finished already", err=True)
    with tqdm(total=chosen.epochs, unit="epoch", disable=not sys.stderr.isatty()) as bar:
        folder = run(chosen, store=store, runs=runs, report=_follow(bar), fresh=fresh)
    _summarise(chosen, folder)


def _follow(bar: Any) -> Callable[[int, int, dict[str, float]], None]:
    def follow(epoch: int, epochs: int, values: dict[str, float]) -> None:
        bar.set_postfix({name: f"{values[name]:.3f}" for name in ("loss", "val_loss")})
        bar.update(epoch - bar.n)

    return follow


def _summarise(config: RunConfig, folder: Path) -> None:
    from mgc.evaluate.report import interval_text
    from mgc.evaluate.runs import load_run

    finished = load_run(folder)
    missing = finished.environment["missing_clips"]
    if missing:
        names = ", ".join(missing[:5])
        click.echo(f"{len(missing)} clip(s) of the split are not in the store, left out: {names}")
    part = "valid" if config.blind else "test"
    track = finished.metrics[part]["track"]
    interval = interval_text(track["accuracy_interval"])
    click.echo(
        f"{config.dataset}, split {config.split}, {part} part, track level: accuracy "
        f"{track['accuracy']:.3f} on {track['n']} clips (95 % interval over artists: {interval})"
    )
    click.echo(str(folder))
