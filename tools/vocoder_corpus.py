"""Makes what the built-in vocoder learns from: `python -m tools.vocoder_corpus OUT --minutes M --seed N`.

Everything in it may be used by anyone: instruments of two MIT-licensed soundfonts, CC0 recordings, MIT-licensed songs,
espeak-ng's speech, and sound computed here. Which, and how much of each, is written beside the recordings as corpus.md
and corpus.json. The same seed makes the same corpus again.
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
from tools.vocoder_audio.report import Written, write_report
from tools.vocoder_audio.segments import SegmentMaker


class OccupiedError(DistillError):
    """There is a corpus in the folder already."""


def installed_library() -> Library:
    """The recordings to learn from, once everything else is known to be there, too.

    Raises:
        MissingError: a program or package is not installed.
    """
    require_program("fluidsynth", "fluidsynth")
    require_program("espeak-ng", "espeak-ng")
    require_file(FLUID_R3, "fluid-soundfont-gm")
    require_file(MUSESCORE_GENERAL, "musescore-general-soundfont")
    require_file(COPYRIGHT, "sonic-pi-samples")
    return Library(training_recordings(cc0_files(COPYRIGHT.read_text(encoding="utf-8"))), training_songs())


def make_corpus(folder: Path, minutes: float, seed: int) -> list[Written]:
    """Writes segments until they last that long together, and what they are.

    Raises:
        MissingError: a program or package is not installed.
        ProgramError: one of the programs failed.
        OccupiedError: the folder holds recordings of another run, which would be taken for this one's.
    """
    return write_corpus(SegmentMaker(seed, installed_library()), folder, minutes)


def write_corpus(maker: SegmentMaker, folder: Path, minutes: float) -> list[Written]:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.flac")):
        raise OccupiedError(f"There are recordings in {folder} already; name an empty folder.")
    written: list[Written] = []
    while sum(item.seconds for item in written) < minutes * 60:
        written.append(_write(maker, len(written), folder))
    write_report(folder, written, maker.seed)
    return written


def _write(maker: SegmentMaker, number: int, folder: Path) -> Written:
    segment = maker.make(number)
    file = f"{number:05d}-{segment.kind}.flac"
    sf.write(folder / file, segment.samples, RATE_HZ, subtype="PCM_16")
    return Written(file, segment.kind, segment.sources, len(segment.samples) / RATE_HZ)


def main(arguments: list[str]) -> None:
    asked = _parser().parse_args(arguments)
    try:
        written = make_corpus(asked.out, asked.minutes, asked.seed)
    except (DistillError, OSError) as error:
        sys.exit(str(error))
    print(f"{len(written)} segments, {sum(item.seconds for item in written) / 60:.0f} minutes, are in {asked.out}.")


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
