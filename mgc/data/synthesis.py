"""A small band that plays ten genres by rule, for a corpus that needs no download.

A genre is one row of ``RULES``; an artist is a set of :class:`Habits` that all of the
artist's clips share, so that knowing the artist helps to guess the genre: the leak that honest
splits must close.
Book: The pipeline and its cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

SAMPLE_RATE = 22050
STEPS = 16  # per bar

Wave = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """What a genre asks of its players.

    Attributes
    ----------
    tempo : (float, float)
        Slowest and fastest beat, in 1/min.
    kick, snare, hat : str
        One bar of 16 steps each; ``x`` is a stroke.
    bass : str
        One bar; digits are semitones above the root of the chord, in hexadecimal.
    comp : str
        One bar; ``x`` plays the chord.
    chords : tuple of int
        Root of the chord of each bar, in semitones above the key.
    chord, scale : tuple of int
        Semitones of the chord above its root, and of the melody above the key.
    voice : (float, float, float)
        Frequency ratio, modulation index and decay in s of the voice (Chowning 1973).
    melody : float
        Probability of a note of melody per step.
    drums, drive, swing : float
        Level of the drums, gain into the distortion, delay of each second step (in steps).
    """

    tempo: tuple[float, float]
    kick: str
    snare: str
    hat: str
    bass: str
    comp: str
    chords: tuple[int, ...]
    chord: tuple[int, ...]
    scale: tuple[int, ...]
    voice: tuple[float, float, float]
    melody: float
    drums: float
    drive: float
    swing: float


_MAJOR, _MINOR, _BLUES = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 6, 7, 10)
_REST = "." * STEPS

# fmt: off
RULES: Mapping[str, Rule] = {
    "blues": Rule((70, 115), "x.....x.x.......", "....x.......x...", "x..xx..xx..xx..x",
                  "0...4...7...9...", "....x.......x...", (0, 0, 5, 0, 7, 5), (0, 4, 10),
                  _BLUES, (1.0, 1.5, 0.4), 0.25, 0.7, 1.5, 0.33),
    "classical": Rule((60, 120), _REST, _REST, _REST,
                      "0.......7.......", "x...x...x...x...", (0, 5, 7, 0, 9, 2, 7, 0), (0, 4, 7),
                      _MAJOR, (1.0, 0.8, 0.9), 0.45, 0.0, 0.5, 0.0),
    "country": Rule((90, 140), "x.......x.......", "....x..x....x..x", "x.x.x.x.x.x.x.x.",
                    "0.......7.......", "..x...x...x...x.", (0, 0, 5, 0, 7, 7, 0, 0), (0, 4, 7),
                    _MAJOR, (2.0, 1.2, 0.2), 0.35, 0.5, 0.8, 0.1),
    "disco": Rule((110, 132), "x...x...x...x...", "....x.......x...", "..x...x...x...x.",
                  "0.c.0.c.0.c.0.c.", "..x..x....x..x..", (9, 5, 0, 7), (0, 3, 7),
                  _MINOR, (1.0, 2.5, 0.3), 0.15, 0.9, 1.0, 0.0),
    "hiphop": Rule((76, 104), "x..x......x..x..", "....x.......x...", "x.x.x.x.x.x.xxx.",
                   "0.....0...0.....", "x...............", (0, 0, 8, 0), (0, 3, 7),
                   _MINOR, (1.0, 0.7, 0.6), 0.08, 1.1, 1.0, 0.12),
    "jazz": Rule((100, 190), "x...............", "..........x.....", "x...x..xx...x..x",
                 "0...4...7...b...", "...x......x.....", (2, 7, 0, 9), (0, 4, 7, 11),
                 _MAJOR, (3.0, 0.9, 0.5), 0.35, 0.4, 0.6, 0.3),
    "metal": Rule((120, 185), "x.xxx.xxx.xxx.xx", "....x.......x...", "x...x...x...x...",
                  "0.00000.0.003.5.", "x.xxx.x.x.xxx.x.", (0, 0, 1, 3), (0, 7, 12),
                  _MINOR, (1.0, 2.0, 0.25), 0.12, 0.8, 6.0, 0.0),
    "pop": Rule((92, 128), "x.....x.x.......", "....x.......x...", "x.x.x.x.x.x.x.x.",
                "0...0...0...0...", "x...x...x...x...", (0, 7, 9, 5), (0, 4, 7),
                _MAJOR, (1.0, 1.6, 0.5), 0.3, 0.8, 1.0, 0.0),
    "reggae": Rule((68, 98), "........x.......", "........x.......", "x.x.x.x.x.x.x.x.",
                   "0..04..7......4.", "....x.......x...", (0, 5, 0, 7), (0, 4, 7),
                   _MAJOR, (2.0, 1.0, 0.15), 0.12, 0.7, 0.8, 0.15),
    "rock": Rule((104, 148), "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x.",
                 "0.0.0.0.0.0.0.0.", "x..x..x.x..x..x.", (0, 10, 5, 0), (0, 7, 12),
                 _BLUES, (1.0, 1.8, 0.4), 0.2, 0.9, 3.0, 0.0),
}
# fmt: on


@dataclass(frozen=True)
class Habits:
    """What an artist does in every clip, whatever the genre.

    Attributes
    ----------
    tempo : float
        Place between the slowest and the fastest beat of the genre, 0 to 1.
    key : float
        Key of the bass in Hz.
    bright, decay, detune : float
        Factors on the modulation index, decay and frequency ratio of the voice.
    tilt : float
        Treble (above 0) or bass (below 0) of the mix, -0.9 to 0.9.
    drum_pitch, drum_level, bass_level, melody : float
        Factors on what the rule says.
    hiss, level : float
        Root mean square of the tape noise, and peak of the clip (1 is full scale).
    """

    tempo: float
    key: float
    bright: float
    decay: float
    detune: float
    tilt: float
    drum_pitch: float
    drum_level: float
    bass_level: float
    melody: float
    hiss: float
    level: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Habits":
        """Draw the habits of one artist.

        Examples
        --------
        >>> 27 < Habits.draw(np.random.default_rng(0)).key < 66
        True
        """

        def factor(spread: float) -> float:
            return float(np.exp(spread * rng.uniform(-1, 1)))

        return cls(
            tempo=rng.uniform(),
            key=43.0 * factor(0.4),
            bright=factor(0.6),
            decay=factor(0.6),
            detune=1 + 0.02 * rng.uniform(),
            tilt=rng.uniform(-0.6, 0.6),
            drum_pitch=factor(0.4),
            drum_level=factor(0.5),
            bass_level=factor(0.5),
            melody=factor(0.6),
            hiss=1e-3 * factor(1.5),
            level=0.6 * factor(0.5),
        )


def render(
    rule: Rule, habits: Habits, rng: np.random.Generator, seconds: float
) -> NDArray[np.float32]:
    """Play one clip.

    Parameters
    ----------
    rule, habits : Rule, Habits
        What the genre and the artist ask for.
    rng : numpy.random.Generator
        Decides what is free: the key change, the melody, missing and soft strokes.
    seconds : float
        Length of the clip.

    Returns
    -------
    ndarray of float32, shape (round(seconds * 22050),)
        Within [-1, 1], on the grid of 16-bit samples, so that a file keeps it exactly.

    Notes
    -----
    Source of the voice: Chowning (1973), Journal of the Audio Engineering Society 21(7).
    Book: The pipeline and its cost.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = render(RULES["blues"], Habits.draw(rng), rng, 2.0)
    >>> y.shape, bool(abs(y).max() < 1)
    ((44100,), True)
    """
    n = round(seconds * SAMPLE_RATE)
    slow, fast = rule.tempo
    beat = 60 / ((slow + (fast - slow) * habits.tempo) * rng.uniform(0.97, 1.03))
    times = np.arange(int(seconds / beat * 4) + 1, dtype=np.float64)
    starts = ((times + rule.swing * (times % 2)) * beat / 4 * SAMPLE_RATE).astype(int)
    starts = starts[starts < n]
    drums, tones = np.zeros(n), np.zeros(n)
    _play_drums(drums, starts, rule, habits, rng)
    _play_tones(tones, starts, rule, habits, rng)
    tones = np.tanh(rule.drive * tones / (np.abs(tones).max() + 1e-9))
    mix = tones + rule.drums * habits.drum_level * drums
    mix = lfilter([1.0, -habits.tilt], [1.0], mix)
    mix *= habits.level / np.abs(mix).max()
    mix += habits.hiss * rng.standard_normal(n)
    # By way of whole numbers: a file of them cannot keep a negative zero.
    whole = np.round(mix.clip(-0.99, 0.99) * 32768).astype(np.int16)
    y: NDArray[np.float32] = whole.astype(np.float32) / np.float32(32768)
    return y


def _play_drums(
    out: Wave, starts: NDArray[np.int_], rule: Rule, habits: Habits, rng: np.random.Generator
) -> None:
    noise = rng.standard_normal(SAMPLE_RATE // 5)
    t = np.arange(len(noise)) / SAMPLE_RATE
    p = habits.drum_pitch
    sweep = np.sin(2 * np.pi * p * (50 * t - 6 * np.exp(-30 * t)))
    kit = (
        (rule.kick, sweep * np.exp(-18 * t)),
        (rule.snare, 0.5 * (noise + np.sin(2 * np.pi * 190 * p * t)) * np.exp(-22 * p * t)),
        (rule.hat, 0.25 * np.diff(noise, append=0.0) * np.exp(-50 * p * t)),
    )
    for pattern, stroke in kit:
        for i, start in enumerate(starts):
            if pattern[i % STEPS] == "x" and rng.random() < 0.95:
                _add(out, start, stroke * rng.uniform(0.6, 1.0))


def _play_tones(
    out: Wave, starts: NDArray[np.int_], rule: Rule, habits: Habits, rng: np.random.Generator
) -> None:
    # A clip may start anywhere in the song, and lies up to two semitones off the artist's key.
    key = habits.key * 2 ** (rng.integers(-2, 3) / 12)
    first, degree = rng.integers(len(rule.chords)), rng.integers(len(rule.scale))
    notes: dict[int, Wave] = {}

    def play(start: int, semitones: int, level: float) -> None:
        if semitones not in notes:
            notes[semitones] = _note(key * 2 ** (semitones / 12), rule, habits)
        _add(out, start, level * notes[semitones])

    for i, start in enumerate(starts):
        root, step = rule.chords[(first + i // STEPS) % len(rule.chords)], i % STEPS
        if rule.bass[step] != ".":
            play(start, root + int(rule.bass[step], 16), 0.9 * habits.bass_level)
        if rule.comp[step] == "x":
            for semitones in rule.chord:
                play(start, 24 + root + semitones, 0.35)
        if rng.random() < rule.melody * habits.melody:
            degree = (degree + rng.integers(-2, 3)) % len(rule.scale)
            play(start, 36 + rule.scale[degree], 0.6)


def _note(frequency: float, rule: Rule, habits: Habits) -> Wave:
    """Return one tone by frequency modulation, 2.5 decay times long."""
    ratio, index, decay = rule.voice
    decay *= habits.decay
    t = np.arange(int(min(2.5 * decay, 2.0) * SAMPLE_RATE)) / SAMPLE_RATE
    fade = np.exp(-t / decay)
    phase = 2 * np.pi * frequency * t
    modulation = index * habits.bright * fade * np.sin(ratio * habits.detune * phase)
    attack = np.minimum(1.0, t / 0.005)
    note: Wave = attack * fade * np.sin(phase + modulation)
    return note


def _add(out: Wave, start: int, sound: Wave) -> None:
    piece = out[start : start + len(sound)]
    piece += sound[: len(piece)]
