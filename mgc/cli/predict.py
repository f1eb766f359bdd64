"""``mgc predict``: the genres of songs, with the networks that come with the package."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

if TYPE_CHECKING:
    from mgc.songs.predict import Prediction

_EPILOG = """\b
Examples:
  mgc predict song.mp3
  mgc predict Music/ --top 1               every song in a folder and below
  mgc predict song.flac --json             one JSON object a song and line
  mgc predict song.ogg --timeline song.png

\b
Exit codes:
  0  every song was classified
  1  at least one was not; each has its line on stderr
  2  the command was called wrongly
"""

# Picture formats of --timeline; a place without an ending is a folder, as is one that there is.
_PICTURES = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".webp")


@click.command(epilog=_EPILOG)
@click.argument("songs", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option("--top", type=click.IntRange(min=1), default=3, show_default=True, help="Genres.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, all genres.")
@click.option(
    "--timeline",
    type=click.Path(path_type=Path),
    metavar="PICTURE|FOLDER",
    help="Draw the probabilities over time: a picture of one song, or a folder of pictures.",
)
@click.option(
    "--model", type=click.Path(), help="Folder made by 'mgc export'  [default: the shipped one]."
)
def command(
    songs: tuple[str, ...], top: int, as_json: bool, timeline: Path | None, model: str | None
) -> None:
    """Say what genre songs are: WAV, FLAC, MP3, Ogg, AIFF or AU, of any rate.

    A folder stands for all songs in it and below. The ten genres are those of GTZAN, and every
    song gets one of them, fitting or not. With --json a song that cannot be used has the keys
    "file" and "error".
    """
    from mgc.songs.classifier import opened
    from mgc.songs.find import find_songs

    found = find_songs(songs)
    pictures = _places(timeline, found)
    opened(model)  # damaged networks are no fault of the first song
    failed = 0
    show = sys.stderr.isatty() and len(found) > 1
    with tqdm(found, unit="song", disable=not show, file=sys.stderr, leave=False) as bar:
        for song in bar:
            answer = _ask(song, model)
            failed += isinstance(answer, str)
            with bar.external_write_mode():
                _say(song, answer, top, as_json)
                if pictures and not isinstance(answer, str):
                    _draw(answer, pictures[song], as_json)
    if failed:
        click.echo(f"{failed} of {len(found)} song(s) could not be classified", err=True)
        raise SystemExit(1)


def _ask(song: Path, model: str | None) -> "Prediction | str":
    """Return the answer, or why there is none."""
    from mgc.errors import AudioError
    from mgc.songs.predict import predict

    if song.is_dir():
        return f"{song} holds no song that can be read: name another folder, or files"
    try:
        return predict(song, model)
    except AudioError as error:
        text = str(error)
        return text if str(song) in text else f"{song}: {text}"
    except OSError as error:
        return f"{song} cannot be read ({error.strerror}): check its permissions"


def _say(song: Path, answer: "Prediction | str", top: int, as_json: bool) -> None:
    if isinstance(answer, str):
        if as_json:
            click.echo(json.dumps({"file": str(song), "error": answer}, ensure_ascii=False))
        click.echo(f"Error: {answer}", err=True)
    elif as_json:
        click.echo(json.dumps(answer.to_dict(), ensure_ascii=False))
    else:
        genres = ", ".join(f"{genre} {100 * p:.0f} %" for genre, p in answer.top(top))
        heard = [note for note in answer.notes if "repeated" in note or "silent" in note]
        click.echo(f"{song}: {genres}" + (f" ({'; '.join(heard)})" if heard else ""))


def _places(timeline: Path | None, songs: Iterable[Path]) -> dict[Path, Path]:
    """Say where the picture of each song goes; no two at the same place."""
    songs = list(songs)
    if timeline is None:
        return {}
    if not timeline.is_dir() and (timeline.suffix or timeline.exists()):
        if timeline.suffix.lower() not in _PICTURES:
            raise click.UsageError(
                f"--timeline {timeline} is neither a folder nor a picture: name a folder that "
                "there is, or a new one without an ending, or a picture that ends in "
                f"{', '.join(_PICTURES[:-1])} or {_PICTURES[-1]}"
            )
        if len(songs) > 1:
            raise click.UsageError(
                f"--timeline {timeline} is one picture, but there are {len(songs)} songs: name a "
                "folder"
            )
        return {song: timeline for song in songs}
    places: dict[Path, Path] = {}
    for song in songs:
        place, k = timeline / f"{song.stem}.png", 1
        while place in places.values():
            k += 1
            place = timeline / f"{song.stem}-{k}.png"
        places[song] = place
    return places


def _draw(answer: "Prediction", place: Path, as_json: bool) -> None:
    """Draw the timeline, with its description inside the file and on the terminal."""
    import matplotlib.style
    import numpy as np
    from matplotlib.figure import Figure

    from mgc.files import atomic_file
    from mgc.plots.style import STYLE_FILE, labels_of
    from mgc.plots.timeline import describe_timeline, plot_timeline

    facts = answer.starts, answer.ends, np.exp(answer.segment_logp), answer.genres
    words = describe_timeline(*facts)
    with matplotlib.style.context(STYLE_FILE):
        figure = Figure()
        ax = plot_timeline(*facts, ax=figure.add_subplot())
        ax.set_title(labels_of([Path(answer.file).name])[0])
        described = {"Description": words} if place.suffix in (".png", ".svg") else None
        try:
            with atomic_file(place) as temporary:
                figure.savefig(temporary, metadata=described)
        except OSError as error:
            raise click.ClickException(
                f"{place} cannot be written ({error.strerror}): name another place with --timeline"
            ) from error
    if not as_json:
        click.echo(f"  {place}: {words}")
