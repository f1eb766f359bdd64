"""``mgc notebooks``: execute what is stale, check what is committed, run templates."""

import os
from pathlib import Path

import click

from mgc.errors import NotebookError
from mgc.paths import PROJECT

_NOTEBOOK = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Keep the notebooks of the book true.

    A notebook is stale when its code, the modules of mgc that it reaches, its declared inputs or
    requirements.txt changed since it was executed.
    """


@command.command()
@click.argument("notebooks", nargs=-1, type=_NOTEBOOK)
@click.option("--all", "everything", is_flag=True, help="Execute fresh notebooks as well.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="How many run at the same time.",
)
def execute(notebooks: tuple[Path, ...], everything: bool, jobs: int) -> None:
    """Execute stale notebooks in place (all of the book, or those named)."""
    from mgc.book.execute import execute as run
    from mgc.book.freshness import check

    paths = _chosen(notebooks)
    due = paths if everything else [path for path, reasons in check(paths).items() if reasons]
    run(due, jobs=jobs, report=lambda path, s: click.echo(f"executed {_shown(path)} in {s:.1f} s"))
    click.echo(f"{len(due)} executed, {len(paths) - len(due)} were fresh")


@command.command()
@click.argument("notebooks", nargs=-1, type=_NOTEBOOK)
def check(notebooks: tuple[Path, ...]) -> None:
    """Fail, naming reasons, if a notebook may not be published as it is."""
    from mgc.book import freshness, rules

    paths = _chosen(notebooks)
    found = freshness.check(paths)
    lines = [
        f"{_shown(path)}: {reason}"
        for path, reasons in found.items()
        for reason in [*reasons, *rules.violations(path)]
    ]
    if lines:
        raise NotebookError("\n".join([*lines, "stale ones: run 'mgc notebooks execute'"]))
    click.echo(f"{len(paths)} notebooks are fresh, clean and follow the rules")


@command.command("list")
def list_() -> None:
    """List the notebooks of the book and why they are stale, if they are."""
    from mgc.book.freshness import check

    for path, reasons in check(_chosen(())).items():
        click.echo(f"{_shown(path):50} {'; '.join(reasons) or 'fresh'}")


@command.command()
@click.argument("template", type=_NOTEBOOK)
@click.argument("out", type=_NOTEBOOK)
@click.option(
    "-p",
    "parameters",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter that the template declares; may be repeated.",
)
@click.option("--title", help="Heading of the copy, in place of the template's.")
def run(
    template: Path, out: Path, parameters: tuple[tuple[str, str], ...], title: str | None
) -> None:
    """Execute TEMPLATE with parameters into OUT.

    Like papermill, but strict: unknown parameters, wrong types and values that the configuration
    refuses are errors before anything runs.

    \b
    Example:
      mgc notebooks run book/training/train.ipynb out.ipynb -p model unet_lite -p epochs 2
    """  # noqa: D301 (click reads the escaped b)
    from mgc.book import template as strict

    strict.run_template(template, out, strict.parse(template, dict(parameters)), title=title)
    click.echo(f"wrote {_shown(out)}")


def _chosen(notebooks: tuple[Path, ...]) -> list[Path]:
    from mgc.book.freshness import find_notebooks

    return [path.resolve() for path in notebooks] or find_notebooks()


def _shown(path: Path) -> str:
    path = path.resolve()
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else str(path)
