"""Splits: which clips a network learns from, is chosen on and is tested on.

A split is a list of clip ids per part.  Segments are cut afterwards, so that a segment can never
choose its side; the one exception is ``segment_random``, which exists to measure that leak.
Every random draw is a hash of the seed and the clip, so that a split depends neither on the order
of the manifest nor on the version of a random number generator.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from mgc.data.assign import artist_folds, fault_filtered_labels, random_folds, segment_fold
from mgc.data.manifest import N_FOLDS, PARTS
from mgc.errors import ConfigError, DataError

#: Names of the splits, from the headline down the ladder of leaks; all but the first have folds.
SPLITS = (
    "fault_filtered", "artist_cv", "inner_cv", "duplicate_free", "track_random", "segment_random"
)  # fmt: skip


#: Splits whose folds keep artist groups apart.
_GROUPED = ("artist_cv", "inner_cv")


@dataclass(frozen=True)
class Split:
    """Clip ids per part.

    Parameters
    ----------
    name : str
        One of `SPLITS`, or a name of your own.
    parts : mapping of str to tuple of str
        For each of ``train``, ``valid``, ``test`` its clips; kept sorted.
    leaky : bool
        Whether the parts share clips on purpose, so that `keeps` decides segment by segment.
    fold : int
        Which fold is the test part; 0 for a split without folds.
    seed : int
        Seed of the random draws.

    Raises
    ------
    DataError
        If a part is unknown, missing or empty, or a clip is named twice although the split is not
        leaky.

    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> Split("mine", {"train": ("c", "a"), "valid": ("b",), "test": ("d",)}).parts["train"]
    ('a', 'c')
    >>> Split("mine", {"train": ("a",), "valid": ("b",), "test": ("a",)})
    Traceback (most recent call last):
    ...
    mgc.errors.DataError: split 'mine' names a clip twice (a): put each clip into one part, once
    """

    name: str
    parts: Mapping[str, tuple[str, ...]]
    leaky: bool = False
    fold: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Sort the clips and refuse what is no split."""
        unknown = ", ".join(sorted(set(self.parts) - set(PARTS)))
        if unknown:
            raise DataError(
                f"split '{self.name}' has a part {unknown}: the parts are {', '.join(PARTS)}"
            )
        parts = {part: tuple(sorted(self.parts.get(part, ()))) for part in PARTS}
        object.__setattr__(self, "parts", parts)
        empty = ", ".join(part for part, clips in parts.items() if not clips)
        if empty:
            raise DataError(
                f"split '{self.name}' has no clip in {empty}: give a manifest with more clips and "
                "artists, or the store that belongs to this manifest"
            )
        named = Counter(clip for clips in parts.values() for clip in clips)
        twice = sorted(clip for clip, count in named.items() if count > 1)
        if twice and not self.leaky:
            raise DataError(
                f"split '{self.name}' names a clip twice ({', '.join(twice[:5])}): put each clip "
                "into one part, once"
            )

    @property
    def clips(self) -> tuple[str, ...]:
        """Every clip of the split, sorted."""
        return tuple(sorted(set().union(*self.parts.values())))

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the parts as canonical JSON (with seed and fold if it is leaky).

        Examples
        --------
        >>> Split("mine", {"train": ("a",), "valid": ("b",), "test": ("c",)}).sha256[:8]
        '003af2ed'
        """
        drawn = {"segment_seed": self.seed, "segment_fold": self.fold} if self.leaky else {}
        content = {"parts": self.parts} | drawn
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def keeps(self, part: str, clip: str, segment: int) -> bool:
        """Whether segment number `segment` (from 0) of `clip` belongs to `part`.

        Always true for an honest split.  In ``segment_random`` each segment draws a fold of its
        own: the usual mistake of cutting first and splitting afterwards, made here on purpose, to
        measure how much it flatters.

        Examples
        --------
        >>> everywhere = dict.fromkeys(PARTS, ("a",))
        >>> leaky = Split("segment_random", everywhere, leaky=True)
        >>> [part for part in PARTS if leaky.keeps(part, "a", segment=3)]
        ['train']
        """
        if not self.leaky:
            return True
        turn = (segment_fold(self.seed, clip, segment) - self.fold) % N_FOLDS
        return part == {0: "test", 1: "valid"}.get(turn, "train")

    def restrict(self, available: Collection[str]) -> tuple["Split", tuple[str, ...]]:
        """Leave out the clips that a store lacks, and list them.

        Parameters
        ----------
        available : collection of str
            The clips that the store has.

        Returns
        -------
        split : Split
            This split without the missing clips.
        missing : tuple of str
            The clips left out, sorted.

        Raises
        ------
        DataError
            If nothing is left of a part.

        Examples
        --------
        >>> split = Split("mine", {"train": ("a", "d"), "valid": ("b",), "test": ("c",)})
        >>> split.restrict({"a", "b", "c"})[1]
        ('d',)
        """
        there = set(available)
        parts = {
            part: tuple(clip for clip in clips if clip in there)
            for part, clips in self.parts.items()
        }
        missing = tuple(clip for clip in self.clips if clip not in there)
        return replace(self, parts=parts), missing


def make_split(manifest: pd.DataFrame, name: str, *, fold: int = 0, seed: int = 0) -> Split:
    """Make the named split of a manifest.

    Parameters
    ----------
    manifest : pandas.DataFrame
        See :mod:`mgc.data.manifest`.
    name : str
        ``fault_filtered``: repetitions dropped, artists kept apart; for GTZAN the published lists
        of Kereliuk, Sturm and Larsen (2015, arXiv:1507.04761), whatever the seed.
        The others are five folds: fold f is tested, fold f + 1 chooses, the other three train.
        ``artist_cv``: the same clips, artist groups kept apart.
        ``inner_cv``: likewise, but without the test part of the lists: for choosing, not telling.
        ``duplicate_free``: the same clips, drawn at random; artists leak.
        ``track_random``: all clips, drawn at random; repetitions leak, too.
        ``segment_random``: all clips, each segment drawn by itself; clips leak, too.
    fold : int
        0 to 4; 0 for ``fault_filtered``.
    seed : int
        Seed of the draws, not negative.  Seed 0 reads the assignment that the manifest commits.

    Raises
    ------
    ConfigError
        If there is no such split, fold or seed.
    DataError
        If the manifest has too few clips or artists, or commits folds that share an artist group.

    Book: Splits and the leakage ladder.

    Examples
    --------
    >>> from mgc.data.manifest import load_manifest
    >>> split = make_split(load_manifest("gtzan"), "fault_filtered")
    >>> {part: len(clips) for part, clips in split.parts.items()}
    {'train': 443, 'valid': 197, 'test': 290}
    """
    _check_request(name, fold, seed)
    if name == "segment_random":
        everything = tuple(manifest["clip"])
        return Split(name, dict.fromkeys(PARTS, everything), leaky=True, fold=fold, seed=seed)
    clips = _labelled(manifest, name, seed)
    if name == "fault_filtered":
        parts = {part: clips.get(part, ()) for part in PARTS}
    else:
        turned = [clips.get(str((fold + i) % N_FOLDS), ()) for i in range(N_FOLDS)]
        parts = {"test": turned[0], "valid": turned[1], "train": sum(turned[2:], ())}
    split = Split(name, parts, fold=fold, seed=seed)
    shared = shared_groups(split, manifest) if name in _GROUPED else {}
    if shared:
        raise DataError(
            f"the folds of the manifest share artist groups ({', '.join(shared)}): give all clips "
            "of a group the same artist_cv, or leave the column out"
        )
    return split


def shared_groups(split: Split, manifest: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """List the artist groups that have clips in several parts, with those parts.

    Parameters
    ----------
    split : Split
        Whose parts are compared.
    manifest : pandas.DataFrame
        Tells the artist group of each clip.

    Raises
    ------
    DataError
        If the split names a clip that the manifest lacks.

    Book: Splits and the leakage ladder.

    Examples
    --------
    The published lists keep artist names apart, but three collaborations cross them:

    >>> from mgc.data.manifest import load_manifest
    >>> gtzan = load_manifest("gtzan")
    >>> shared_groups(make_split(gtzan, "fault_filtered"), gtzan)
    {'A019': ('train', 'valid'), 'A022': ('train', 'valid'), 'A033': ('train', 'test')}
    """
    group = dict(zip(manifest["clip"], manifest["group"], strict=True))
    unknown = [clip for clip in split.clips if clip not in group]
    if unknown:
        raise DataError(
            f"split '{split.name}' names {len(unknown)} clips that the manifest lacks "
            f"({', '.join(unknown[:5])}): give the manifest that the split was made from"
        )
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for part, clips in split.parts.items():
        for name in {group[clip] for clip in clips}:
            seen[name].append(part)
    return {name: tuple(parts) for name, parts in sorted(seen.items()) if len(parts) > 1}


def _check_request(name: str, fold: int, seed: int) -> None:
    if name not in SPLITS:
        raise ConfigError(f"split is '{name}' and should be one of {', '.join(SPLITS)}")
    folds = 1 if name == "fault_filtered" else N_FOLDS
    if type(fold) is not int or not 0 <= fold < folds:
        allowed = (
            f"a whole number from 0 to {N_FOLDS - 1}" if folds > 1 else "0, as it has no folds"
        )
        raise ConfigError(f"fold of split '{name}' is {fold!r} and should be {allowed}")
    if type(seed) is not int or seed < 0:
        raise ConfigError(f"seed of split '{name}' is {seed!r} and should be a whole number from 0")


def _labelled(manifest: pd.DataFrame, name: str, seed: int) -> dict[str, tuple[str, ...]]:
    """Clips by label."""
    clips: defaultdict[str, list[str]] = defaultdict(list)
    for clip, label in _labels(manifest, name, seed).items():
        clips[label].append(clip)
    return {label: tuple(names) for label, names in clips.items()}


def _labels(manifest: pd.DataFrame, name: str, seed: int) -> dict[str, str]:
    """Label of each clip: as the manifest commits it, else drawn."""
    if name in manifest.columns and (seed == 0 or name == "fault_filtered"):
        return dict(zip(manifest["clip"], manifest[name], strict=True))
    if name == "fault_filtered":
        return fault_filtered_labels(manifest)
    if name == "track_random":
        return random_folds(manifest, manifest["clip"], seed)
    filtered = _labels(manifest, "fault_filtered", seed)
    left_out = ("removed", "test") if name == "inner_cv" else ("removed",)
    kept = [clip for clip in filtered if filtered[clip] not in left_out]
    draw_folds = artist_folds if name in _GROUPED else random_folds
    return draw_folds(manifest, kept, seed)
