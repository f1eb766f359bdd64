"""What a split gives away: test clips that meet themselves, a copy or their artist in training."""

from collections.abc import Hashable, Iterable, Mapping

import pandas as pd

from mgc.data.assign import limit_units
from mgc.data.manifest import N_FOLDS, repetition_groups
from mgc.data.splits import Split

#: What may leak, from the worst.
LEAKS = ("clip", "repetition", "artist")


def learnt_clips(
    split: Split, manifest: pd.DataFrame, per_clip: int = 5, per_genre: int = 0
) -> set[str]:
    """Return the clips that a model learns from, wholly or in part.

    Parameters
    ----------
    split : Split
        Of the manifest.
    manifest : pandas.DataFrame
        With the columns clip and genre.
    per_clip : int > 0
        Segments a clip; they matter to a leaky split alone.
    per_genre : int >= 0
        Training clips of each genre, drawn as :func:`mgc.data.segments.limit_clips` does, of a
        leaky split as many segments as these have; 0 takes all.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    The same number of training segments comes from many more clips where segments are drawn:

    >>> from mgc.data.manifest import load_manifest
    >>> from mgc.data.splits import make_split
    >>> gtzan = load_manifest("gtzan")
    >>> [len(learnt_clips(make_split(gtzan, name), gtzan, per_genre=40))
    ...  for name in ("artist_cv", "segment_random")]
    [400, 918]
    """
    genre = dict(zip(manifest["clip"], manifest["genre"], strict=True))
    numbers = range(per_clip if split.leaky else 1)
    rows = [
        (genre[clip], clip, k)
        for clip in split.parts["train"]
        for k in numbers
        if split.keeps("train", clip, k)
    ]
    units = pd.DataFrame(rows, columns=["genre", "clip", "segment"])
    if per_genre:
        named = units if split.leaky else units.drop(columns="segment")
        units = limit_units(named, per_genre * len(numbers), split.seed)
    return set(units["clip"])


def leak_shares(
    split: Split, manifest: pd.DataFrame, per_clip: int = 5, per_genre: int = 0
) -> dict[str, float]:
    """Return which share of the test part meets a relative in the training part.

    Parameters
    ----------
    split, manifest, per_clip, per_genre
        As in :func:`learnt_clips`; of the manifest also group, faults and fault_groups.

    Returns
    -------
    dict of str to float
        For each of `LEAKS`, in [0, 1], among the tested segments: ``clip``, another segment of the
        clip is learnt from; ``repetition``, another clip that repeats it exactly; ``artist``,
        another clip of its artist group.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> from mgc.data.manifest import load_manifest
    >>> from mgc.data.splits import make_split
    >>> gtzan = load_manifest("gtzan")
    >>> leak_shares(make_split(gtzan, "artist_cv"), gtzan)
    {'clip': 0.0, 'repetition': 0.0, 'artist': 0.0}
    """
    learnt = learnt_clips(split, manifest, per_clip, per_genre)
    numbers = range(per_clip if split.leaky else 1)
    tested = [c for c in split.parts["test"] for k in numbers if split.keeps("test", c, k)]
    copies, artists = _relatives(manifest)
    met = [
        (clip in learnt, bool(copies[clip] & learnt), bool(artists[clip] & learnt))
        for clip in tested
    ]
    shares = (sum(column) / len(tested) for column in zip(*met, strict=True))
    return dict(zip(LEAKS, shares, strict=True))


def expected_shares(
    manifest: pd.DataFrame, per_clip: int = 5, learnt: float = (N_FOLDS - 2) / N_FOLDS
) -> dict[str, float]:
    """Return the shares that a random draw of segments or clips leads to expect.

    A clip with m relatives, each learnt from with probability p by itself, meets at least one with
    probability 1 - (1 - p)^m.

    Parameters
    ----------
    manifest : pandas.DataFrame
        With the columns clip, group, faults and fault_groups; every clip is tested.
    per_clip : int > 0
        Segments a clip.
    learnt : float in [0, 1]
        The probability p; three folds of five train.

    Returns
    -------
    dict of str to float
        For each of `LEAKS`: ``clip`` where segments are drawn, the others where clips are drawn.

    Notes
    -----
    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> from mgc.data.manifest import load_manifest
    >>> round(expected_shares(load_manifest("gtzan"))["clip"], 4)
    0.9744
    """

    def mean(counts: Iterable[int]) -> float:
        shares = [1 - (1 - learnt) ** m for m in counts]
        return sum(shares) / len(shares)

    copies, artists = _relatives(manifest)
    return {
        "clip": mean([per_clip - 1]),
        "repetition": mean(map(len, copies.values())),
        "artist": mean(map(len, artists.values())),
    }


def _relatives(manifest: pd.DataFrame) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Map each clip to the clips that repeat it, and to the other clips of its artist group."""
    facts = manifest.set_index("clip")
    repeated = map(repetition_groups, facts["faults"], facts["fault_groups"])
    copies = _sharing(dict(zip(facts.index, repeated, strict=True)))
    artists = _sharing({clip: {group} for clip, group in facts["group"].items()})
    return copies, artists


def _sharing(groups_of: Mapping[Hashable, set[str]]) -> dict[str, set[str]]:
    """Map each clip to the other clips that share a group with it."""
    members: dict[str, set[str]] = {}
    for clip, groups in groups_of.items():
        for group in groups:
            members.setdefault(group, set()).add(str(clip))
    return {
        str(clip): set().union(*(members[group] for group in groups)) - {str(clip)}
        for clip, groups in groups_of.items()
    }
