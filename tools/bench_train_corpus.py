"""The recordings that trainings are measured with: 20 files, 75 seconds of sound."""

from pathlib import Path

import soundfile

from tools.bench_architectures import SAMPLES, SUSTAINED
from tools.crash_test import make_recordings

_LONGEST_SECONDS = 5.7
"""Length at which longer recordings are cut, so that all together are 75 seconds."""


def make_corpus(folder: Path) -> str:
    """Writes the files, and says what they are: recordings where they are installed, else tones."""
    if not SAMPLES.is_dir():
        make_recordings(folder)
        return "generated tones"
    folder.mkdir(parents=True)
    for name in SUSTAINED.split():
        samples, rate = soundfile.read(SAMPLES / f"{name}.flac")
        soundfile.write(folder / f"{name}.flac", samples[: round(_LONGEST_SECONDS * rate)], rate)
    return "sonic-pi-samples"
