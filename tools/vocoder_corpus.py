"""Makes the training corpus of the built-in vocoder: `python -m tools.vocoder_corpus OUT --minutes M --seed N`.

All sources have free licences: instruments of two MIT-licensed soundfonts, CC0 recordings, MIT-licensed songs, speech
of espeak-ng, and computed sound. corpus.md and corpus.json list them with their amounts. The seed determines the
corpus.
"""

import argparse
import sys
from pathlib import Path

import soundfile as sf

from distill_app.common.errors import DistillError
from tools.starter_corpus import COPYRIGHT, cc0_files
from tools.vocoder_audio import RATE_HZ
from tools.vocoder_audio.programs import FLUID_R3, MUSESCORE_GENERAL, require_file, require_program
from tools.vocoder_audio.recordings import Library, training_recordings, training_songs
from tools.vocoder_audio.report import SegmentFile, write_report
from tools.vocoder_audio.segments import SegmentMaker


class OccupiedError(DistillError):
    """The folder already holds a corpus."""


def find_library() -> Library:
    """Recordings to train on, after a check that all programs and packages are installed.

    Raises:
        MissingError: a program or package is not installed.
    """
    require_program("fluidsynth", "fluidsynth")
    require_program("espeak-ng", "espeak-ng")
    require_file(FLUID_R3, "fluid-soundfont-gm")
    require_file(MUSESCORE_GENERAL, "musescore-general-soundfont")
    require_file(COPYRIGHT, "sonic-pi-samples")
    return Library(training_recordings(cc0_files(COPYRIGHT.read_text(encoding="utf-8"))), training_songs())


def make_corpus(folder: Path, minutes: float, seed: int) -> list[SegmentFile]:
    """Writes segments of `minutes` in total, and the report of their sources.

    Raises:
        MissingError: a program or package is not installed.
        ProgramError: one of the programs failed.
        OccupiedError: the folder holds recordings of another run.
    """
    return write_corpus(SegmentMaker(seed, find_library()), folder, minutes)


def write_corpus(maker: SegmentMaker, folder: Path, minutes: float) -> list[SegmentFile]:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.flac")):
        raise OccupiedError(f"There are recordings in {folder} already; name an empty folder.")
    written: list[SegmentFile] = []
    while sum(item.seconds for item in written) < minutes * 60:
        written.append(_write(maker, len(written), folder))
    write_report(folder, written, maker.seed)
    return written


def _write(maker: SegmentMaker, number: int, folder: Path) -> SegmentFile:
    segment = maker.make(number)
    file = f"{number:05d}-{segment.kind}.flac"
    sf.write(folder / file, segment.samples, RATE_HZ, subtype="PCM_16")
    return SegmentFile(file, segment.kind, segment.sources, len(segment.samples) / RATE_HZ)


def main(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    try:
        written = make_corpus(options.out, options.minutes, options.seed)
    except (DistillError, OSError) as error:
        sys.exit(str(error))
    print(f"{len(written)} segments, {sum(item.seconds for item in written) / 60:.0f} minutes, are in {options.out}.")


def _parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("out", type=Path, metavar="OUT", help="an empty folder for the segments")
    found.add_argument("--minutes", type=_minutes, default=60.0, help="how much sound to make (60)")
    found.add_argument("--seed", type=int, default=1, help="another number makes other music (1)")
    return found


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 < minutes < 100_000:
        raise argparse.ArgumentTypeError(f"{text} is no length; try 60")
    return minutes


if __name__ == "__main__":
    main(sys.argv[1:])
