"""What narrow number formats would do to the features of GTZAN; writes the tables of the book.

python benchmarks/precision.py --out data/precision
"""

import argparse
from pathlib import Path

from mgc import paths
from mgc.audit.report import write_tables
from mgc.data.audio import load_audio
from mgc.data.compute import find_clips
from mgc.data.precision import level_errors, mel_ranges, spectrum_ranges, statistics_errors
from mgc.data.store import FeatureStore


def main() -> None:
    """Read the options, count, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, default=paths.gtzan_store(), help="feature store")
    parser.add_argument(
        "--audio", type=Path, default=paths.gtzan_audio(), help="folder of genre folders"
    )
    parser.add_argument("--out", type=Path, help="folder for the tables")
    arguments = parser.parse_args()
    store = FeatureStore.open(arguments.store)
    tables = {
        "mel": mel_ranges(store),
        "levels": level_errors(store),
        "statistics": statistics_errors(store),
    }
    clips = find_clips(arguments.audio)
    tables["spectrum"] = spectrum_ranges(load_audio(source).y for _, _, source in clips)
    for name, table in tables.items():
        print(f"{name}\n{table.to_string(index=False)}\n")
    if arguments.out:
        write_tables(tables, arguments.out)


if __name__ == "__main__":
    main()
