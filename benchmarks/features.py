"""Log-mel features: ours beside librosa, Keras and the bare FFT, side by side in one run.

python benchmarks/features.py --out data/benchmarks/features.json
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import librosa
import numpy as np
import scipy.fft
from joblib.externals.loky import get_reusable_executor
from measure import (
    SAMPLE_RATE,
    Rounds,
    describe_machine,
    interleaved,
    load_average,
    positive,
    ratio,
    significant,
    summary,
    write_result,
    write_sounds,
)
from threadpoolctl import threadpool_limits

from mgc.backend import keras
from mgc.data.audio import load_audio
from mgc.data.compute import compute_store, find_clips
from mgc.data.frontend import FrontEnd
from mgc.signal.mel import mel_filterbank
from mgc.signal.stft import padded_window, power_spectrogram
from mgc.threads import cores

FRONT_END = FrontEnd()
SEGMENT = 6 * SAMPLE_RATE
FLOOR_BLOCK = 128

#: Key -> (stage, words); `{n}` is the number of cores, `{jobs}` of processes.
LABELS = {
    "seed": ("file", "seed: librosa, {n} threads"),
    "librosa-1": ("file", "librosa, 1 thread"),
    "ours-1": ("file", "ours, 1 process"),
    "librosa-jobs": ("file", "librosa, {jobs} processes"),
    "librosa-crowd": ("file", "librosa, {jobs} processes of {n} threads"),
    "ours-jobs": ("file", "ours, {jobs} processes"),
    "mel-librosa": ("samples", "librosa, {n} threads"),
    "mel-librosa-1": ("samples", "librosa, 1 thread"),
    "mel-keras": ("samples", "keras.layers.MelSpectrogram, {n} threads"),
    "mel-ours": ("samples", "ours, 1 thread"),
    "floor": ("samples", "only the FFT, 1 thread"),
    "product-dense": ("product", "dense, {n} threads"),
    "product-dense-1": ("product", "dense, 1 thread"),
    "product-sparse": ("product", "sparse, 1 thread"),
}

#: Rows in processes -> what starting these takes; it is shown in a row of its own.
STARTS = {
    "librosa-jobs": "librosa-start",
    "librosa-crowd": "librosa-start",
    "ours-jobs": "ours-start",
}
#: Clips for each process in these rows: enough to wake all of them.
START = 4
#: Of these, rows over all clips; all other rows take each file once.
MANY = ("librosa-jobs", "ours-jobs")
#: What is divided by what; "whole" is a row with its start.
RATIOS = {
    "seed / ours in processes, with the start": ("seed", "ours-jobs whole"),
    "librosa, 1 thread / ours in processes, with the start": ("librosa-1", "ours-jobs whole"),
    "librosa / ours, as many processes, with the start": (
        "librosa-jobs whole",
        "ours-jobs whole",
    ),
    "librosa / ours, as many processes, once started": ("librosa-jobs", "ours-jobs"),
    "librosa / ours, one thread": ("librosa-1", "ours-1"),
    "librosa / ours, without the file": ("mel-librosa-1", "mel-ours"),
    "ours / only the FFT": ("mel-ours", "floor"),
}


def seed_path(path: Path) -> list[np.ndarray]:
    """Do what the seed notebook does with a file: load, five segments, mel, dB."""
    y, _ = librosa.load(path, sr=SAMPLE_RATE)
    return librosa_pictures(y)


def librosa_pictures(y: np.ndarray) -> list[np.ndarray]:
    """Return the log-mel picture of each whole segment of 6 s."""
    starts = range(0, len(y) - SEGMENT + 1, SEGMENT)
    mels = [
        librosa.feature.melspectrogram(
            y=y[start : start + SEGMENT], sr=SAMPLE_RATE, n_mels=128, hop_length=512
        )
        for start in starts[:5]
    ]
    return [librosa.power_to_db(S, ref=np.max) for S in mels]


def limited(threads: int, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function with as many BLAS threads as said."""
    with threadpool_limits(limits=threads):
        return function(*arguments)


def each(function: Callable[..., Any], things: Sequence[Any]) -> None:
    """Call a function for one thing after the other."""
    for thing in things:
        function(thing)


def in_processes(jobs: int, threads: int, paths: Sequence[Path]) -> None:
    """Do the seed's work in new worker processes, which bring the pictures back."""
    call = joblib.delayed(limited)
    joblib.Parallel(n_jobs=jobs)(call(threads, seed_path, path) for path in paths)
    get_reusable_executor().shutdown(wait=True)


def our_pictures(path: Path) -> None:
    """Decode one file and compute its features, as a worker of ours does."""
    FRONT_END.compute(load_audio(path, SAMPLE_RATE).y)


def our_store(jobs: int, folder: str, many: Sequence[tuple[str, Path]]) -> None:
    """Do the whole command: files in, feature store out."""
    sources = [(clip, "noise", path) for clip, path in many]
    compute_store(sources, FRONT_END, Path(folder, "store"), jobs=jobs, overwrite=True)


def file_contenders(
    paths: Sequence[Path], many: Sequence[tuple[str, Path]], jobs: int, folder: str
) -> dict[str, Callable[[], object]]:
    """From a file on disk to its picture; processes are started anew each time."""
    n, all_paths = cores(), [path for _, path in many]
    return {
        "seed": partial(limited, n, each, seed_path, paths),
        "librosa-1": partial(limited, 1, each, seed_path, paths),
        "ours-1": partial(limited, 1, each, our_pictures, paths),
        "librosa-jobs": partial(in_processes, jobs, 1, all_paths),
        "librosa-crowd": partial(in_processes, jobs, n, paths),
        "ours-jobs": partial(our_store, jobs, folder, many),
        "librosa-start": partial(in_processes, jobs, 1, all_paths[: START * jobs]),
        "ours-start": partial(our_store, jobs, folder, many[: START * jobs]),
    }


def sample_contenders(sounds: Sequence[np.ndarray]) -> dict[str, Callable[[], object]]:
    """From samples in memory to the picture; the last one is the least that anybody must do."""
    n, window = cores(), padded_window("hann", 2048, 2048)
    frames = [
        np.lib.stride_tricks.sliding_window_view(np.pad(y, 1024), 2048)[::512] * window
        for y in sounds[:1]
    ]
    blocks = np.array_split(frames[0], len(frames[0]) // FLOOR_BLOCK)
    layer = keras.layers.MelSpectrogram(
        fft_length=2048, sequence_stride=512, sampling_rate=SAMPLE_RATE, num_mel_bins=128
    )

    def floor() -> None:
        for _ in sounds:
            each(partial(scipy.fft.rfft, axis=-1, workers=1), blocks)

    return {
        "mel-librosa": partial(limited, n, each, librosa_pictures, sounds),
        "mel-librosa-1": partial(limited, 1, each, librosa_pictures, sounds),
        "mel-keras": partial(each, lambda y: np.asarray(layer(y[np.newaxis])), sounds),
        "mel-ours": partial(limited, 1, each, FRONT_END.compute, sounds),
        "floor": partial(limited, 1, floor),
    }


def product_contenders(sounds: Sequence[np.ndarray]) -> dict[str, Callable[[], object]]:
    """Time the mel product alone: the same filters, with their zeros and without."""
    import scipy.sparse

    dense = mel_filterbank()
    sparse = scipy.sparse.csr_array(dense)
    S = np.ascontiguousarray(power_spectrogram(sounds[0]))

    def product(filters: Any) -> None:
        for _ in sounds:
            filters @ S

    return {
        "product-dense": partial(limited, cores(), product, dense),
        "product-dense-1": partial(limited, 1, product, dense),
        "product-sparse": partial(limited, 1, product, sparse),
    }


def agreement(sounds: Sequence[np.ndarray]) -> dict[str, float]:
    """Return the largest difference between our levels and librosa's, over all frames, in dB."""
    whole = [replace(FRONT_END, columns=FRONT_END.n_frames(len(y))) for y in sounds]
    worst = {}
    for dtype in ("float32", "uint8"):
        errors = []
        for y, front_end in zip(sounds, whole, strict=True):
            features = replace(front_end, dtype=dtype).compute(y)
            ours = replace(front_end, dtype=dtype).decode(features.values, features.range_db)
            mel = librosa.feature.melspectrogram(y=y, sr=SAMPLE_RATE, n_mels=128, hop_length=512)
            errors.append(np.abs(ours - librosa.power_to_db(mel, ref=np.max)).max())
        worst[dtype] = float(f"{max(errors):.2g}")
    return worst


def each_clip(rounds: dict[str, Rounds], files: int, clips: int, jobs: int) -> dict[str, Rounds]:
    """Divide by the number of clips; of rows in processes, take their start away before."""
    more = max(clips - START * jobs, 1)  # clips that come after those of the start
    found = {}
    for key, seconds in rounds.items():
        count = clips if key in MANY else files
        found[key] = seconds.per(count)
        if key in STARTS:
            found[f"{key} whole"] = found[key]
            found[key] = seconds.less(rounds[STARTS[key]]).per(more if key in MANY else files)
    return found


def measure(arguments: argparse.Namespace, paths: Sequence[Path], folder: str) -> dict[str, Any]:
    """Run all contenders and put the result together."""
    many = [(f"clip.{i:05d}", paths[i % len(paths)]) for i in range(arguments.clips)]
    sounds = [load_audio(path, SAMPLE_RATE).y for path in paths]
    load = load_average()
    rounds = interleaved(
        file_contenders(paths, many, arguments.jobs, folder)
        | sample_contenders(sounds)
        | product_contenders(sounds),
        arguments.repeats,
    )
    per_clip = each_clip(rounds, len(paths), len(many), arguments.jobs)
    numbers = {"n": cores(), "jobs": arguments.jobs}
    return {
        "benchmark": "features",
        "machine": describe_machine(),
        "settings": {
            "clips": len(many),
            "files": len(paths),
            "clip_seconds": round(float(np.mean([len(y) for y in sounds])) / SAMPLE_RATE, 2),
            "sounds": "files of the caller" if arguments.audio else "chords in noise, 16-bit WAV",
            "jobs": arguments.jobs,
            "repeats": arguments.repeats,
            "load_before": load,
        },
        "ms_per_clip": [
            {
                "key": key,
                "stage": LABELS[key][0],
                "name": LABELS[key][1].format(**numbers),
                **summary(found),
            }
            for key, found in per_clip.items()
            if key in LABELS
        ],
        "rounds_s": {key: [significant(t) for t in found.wall] for key, found in rounds.items()},
        "start_ms": {name: summary(rounds[f"{name}-start"]) for name in ("librosa", "ours")},
        "ratios": [
            {
                "name": name,
                "wall": ratio(per_clip[slow].wall, per_clip[fast].wall),
                "cpu": ratio(per_clip[slow].cpu, per_clip[fast].cpu),
            }
            for name, (slow, fast) in RATIOS.items()
        ],
        "agreement_db": agreement(sounds),
    }


def show(result: dict[str, Any]) -> None:
    """Print the table, the ratios and the machine."""
    machine, settings = result["machine"], result["settings"]
    print(
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, Python {machine['python']}, {', '.join(machine['blas'])}"
    )
    print(", ".join(f"{name} {version}" for name, version in machine["versions"].items()))
    print(
        f"{settings['files']} files of {settings['clip_seconds']:g} s ({settings['sounds']}), for "
        f"{' and '.join(MANY)} {settings['clips']} clips; median of {settings['repeats']} "
        f"interleaved rounds, load before: {settings['load_before']}\n"
    )
    names = ("median", "fastest", "slowest", "cpu")
    print(f"{'ms a clip':54}" + "".join(f"{name:>11}" for name in names))
    for row in result["ms_per_clip"]:
        numbers = "".join(f"{row[name]:11.3f}" for name in names)
        print(f"{row['stage']:8}{row['name']:46}{numbers}")
    print()
    for row in result["ratios"]:
        wall, cpu = row["wall"], row["cpu"]
        print(
            f"{row['name']}: {wall['median']:.2f} times (rounds: {wall['least']:.2f} to "
            f"{wall['most']:.2f}), in processor time {cpu['median']:.2f} times"
        )
    for name, start in result["start_ms"].items():
        print(
            f"start of {settings['jobs']} processes, {name}: {start['median'] / 1000:.1f} s, in "
            f"processor time {start['cpu'] / 1000:.1f} s (the least of it is not in the rows above)"
        )
    worst = result["agreement_db"]
    print(
        f"largest difference from librosa: {worst['float32']:g} dB in single precision, "
        f"{worst['uint8']:g} dB in 8 bits"
    )


def main() -> None:
    """Read the options, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--clips", type=positive, default=1000, help="clips of the rows in processes"
    )
    parser.add_argument("--files", type=positive, default=12, help="different files of 30 s")
    parser.add_argument(
        "--jobs", type=positive, default=cores(), help="processes of the parallel rows"
    )
    parser.add_argument("--repeats", type=positive, default=7, help="rounds that are counted")
    parser.add_argument("--audio", type=Path, help="folder of genre folders instead of noise")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.audio:
            paths = [Path(str(s)) for _, _, s in find_clips(arguments.audio)][: arguments.files]
        else:
            paths = write_sounds(Path(folder), arguments.files)
        result = measure(arguments, paths, folder)
    show(result)
    write_result(arguments.out, result)


if __name__ == "__main__":
    main()
