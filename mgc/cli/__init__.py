"""The command line: ``mgc data | run | sweep | evaluate | collect | export | predict | notebooks``.

One file a command; each is imported only when it is asked for, so that ``mgc --help`` is instant.
"""

import importlib
from typing import Any

import click

from mgc import __version__
from mgc.errors import MGCError

#: Command name -> (module that defines it as `command`, one-line help shown by ``mgc --help``).
COMMANDS = {
    "data": ("mgc.cli.data", "Make, verify and describe corpora and feature stores."),
    "run": ("mgc.cli.run", "Train one network from a configuration into a run folder."),
    "sweep": ("mgc.cli.sweep", "Train a grid of configurations over processes."),
    "evaluate": ("mgc.cli.evaluate", "Recompute every metric of run folders from predictions."),
    "collect": ("mgc.cli.collect", "Count the decisions of many runs into small tables."),
    "export": ("mgc.cli.export", "Write the networks of run folders for 'mgc predict'."),
    "predict": ("mgc.cli.predict", "Say what genre songs are."),
    "notebooks": ("mgc.cli.notebooks", "Execute stale notebooks, check freshness, run templates."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported only on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours becomes one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except MGCError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mgc")
def main() -> None:
    """Music genre classification, examined numerically.

    Every command works without any download: the default data set is a synthetic corpus. Real
    GTZAN results need the feature store (see 'mgc data --help').
    """
