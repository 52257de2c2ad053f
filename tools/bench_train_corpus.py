"""Recordings of the training bench: 20 files, 75 seconds of sound."""

from pathlib import Path

import soundfile

from tools.bench_architectures import SAMPLES, SUSTAINED
from tools.crash_test import make_recordings

_LONGEST_SECONDS = 5.7
"""Length to which recordings are cut, so that they last 75 seconds together."""


def make_corpus(folder: Path) -> str:
    """Writes the files and returns their source: recordings if installed, else generated tones."""
    if not SAMPLES.is_dir():
        make_recordings(folder)
        return "generated tones"
    folder.mkdir(parents=True)
    for name in SUSTAINED.split():
        samples, rate = soundfile.read(SAMPLES / f"{name}.flac")
        soundfile.write(folder / f"{name}.flac", samples[: round(_LONGEST_SECONDS * rate)], rate)
    return "sonic-pi-samples"
