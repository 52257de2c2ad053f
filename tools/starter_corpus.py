"""Prepares the recordings of a starter model: `python -m tools.starter_corpus NAME FOLDER` (NAME as in starter_sets).

Recordings come from Debian's package sonic-pi-samples. Files that the package's copyright file does not list one by one
as CC0 are refused. Those of a known pitch are tuned to C by another sample rate, so that the partials of different
sounds coincide and a point between two of them is a tone, too. Silence at both ends is cut, so that the model does not
learn endings.
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import soundfile as sf
from scipy.signal import fftconvolve

from distill_app.common.errors import DistillError
from tools.starter_sets import STARTERS, Sample, StarterSet
from tools.vocoder_audio import RATE_HZ

SAMPLES = Path("/usr/share/sonic-pi/samples")
COPYRIGHT = Path("/usr/share/doc/sonic-pi-samples/copyright")
C_HZ = 65.406
SOUNDING_DB = 20.0
"""Level below the loudest moment at which both ends are cut."""

_ENVELOPE_SAMPLES = 2_048
_RATE_STEP = 50  # Hz, which keeps the ratio to 44,100 simple
_FADE_SECONDS = 0.05
_COMPRESSOR_SECONDS = 0.2
_COMPRESSOR_RATIO, _COMPRESSED_SHARE_MIN = 4.0, 0.01
_VOICE_PEAK_DBFS = -3.0


class CorpusError(DistillError):
    """Recordings are not installed or not free."""


def cc0_files(copyright_text: str) -> set[str]:
    """Names of the sample files that a Debian copyright file lists as CC0."""
    stanzas = copyright_text.split("\n\n")
    found = (re.search(r"^Files: etc/samples/(\S+\.flac)$", stanza, re.MULTILINE) for stanza in stanzas)
    free = (re.search(r"^License: CC0$", stanza, re.MULTILINE) for stanza in stanzas)
    return {file[1] for file, licence in zip(found, free, strict=True) if file and licence}


def tuned_rate(rate: int, pitch_hz: float, octaves: int = 0) -> int:
    """Sample rate in Hz that shifts a recording of that pitch to the nearest C, and up by octaves."""
    steps = np.log2(C_HZ / pitch_hz)
    return _RATE_STEP * round(rate * 2 ** (steps - round(steps) + octaves) / _RATE_STEP)


def trim_silence(samples: np.ndarray) -> np.ndarray:
    """Samples `[n, …]` between the first and the last loud moment, with one envelope window before it."""
    window = np.ones(_ENVELOPE_SAMPLES) / _ENVELOPE_SAMPLES
    power = np.square(samples.reshape(len(samples), -1)).mean(axis=1)
    envelope = np.sqrt(np.convolve(power, window, "same"))
    loud = np.flatnonzero(envelope > envelope.max() * 10 ** (-SOUNDING_DB / 20))
    return samples[max(0, loud[0] - _ENVELOPE_SAMPLES) : loud[-1]]


def prepare(sample: Sample, is_hit: bool) -> tuple[np.ndarray, int]:
    """Samples `[n, channels]` of a recording, and their sample rate in Hz.

    Args:
        is_hit: it is left whole, so that its attack and its end stay as recorded.
    """
    recorded, rate = sf.read(SAMPLES / f"{sample.name}.flac", always_2d=True)
    mixed = recorded if sample.stereo else recorded.mean(axis=1, keepdims=True)
    samples = mixed if is_hit else trim_silence(compress(mixed, rate) if sample.compressed else mixed)
    if sample.pitch_hz is not None:
        rate = tuned_rate(rate, sample.pitch_hz, sample.octaves)
    samples = shorten(samples, round(sample.seconds * rate), round(_FADE_SECONDS * rate))
    return samples if sample.peak_dbfs is None else with_peak(samples, sample.peak_dbfs), rate


def compress(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples `[n, channels]` compressed 4 : 1 over the upper 40 dB, so that what decays sounds longer."""
    window = np.hanning(round(_COMPRESSOR_SECONDS * rate))
    envelope = np.sqrt(fftconvolve(np.square(samples).mean(axis=1), window / window.sum(), "same").clip(0))
    share = np.maximum(envelope / envelope.max(), _COMPRESSED_SHARE_MIN)
    return samples * (share ** (1 / _COMPRESSOR_RATIO - 1))[:, None]


def shorten(samples: np.ndarray, length: int, fade: int) -> np.ndarray:
    """Samples `[n, channels]` cut to `length` with a fade; unchanged where they are not longer."""
    if len(samples) <= length:
        return samples
    return samples[:length] * np.minimum(1.0, np.arange(length, 0, -1) / fade)[:, None]


def with_peak(samples: np.ndarray, peak_dbfs: float) -> np.ndarray:
    """Samples with this peak."""
    return samples * (10 ** (peak_dbfs / 20) / np.abs(samples).max())


def check_free(samples: tuple[Sample, ...]) -> None:
    """Raises CorpusError if recordings are not installed, or not listed as CC0."""
    if samples and not SAMPLES.is_dir():
        raise CorpusError("The recordings are not installed; on Debian: apt-get install sonic-pi-samples")
    names = {f"{sample.name}.flac" for sample in samples}
    not_free = sorted(names - cc0_files(COPYRIGHT.read_text(encoding="utf-8"))) if names else []
    if not_free:
        raise CorpusError(f"Not listed as CC0: {', '.join(not_free)}")


def write_set(starter: StarterSet, folder: Path) -> int:
    """Writes the recordings of a starter; returns their number. Raises CorpusError, MissingError or ProgramError."""
    check_free(starter.samples)
    folder.mkdir(parents=True, exist_ok=True)
    for sample in starter.samples:
        sf.write(folder / f"{sample.name}.flac", *prepare(sample, starter.one_shots))
    for voice in starter.voices:
        sf.write(folder / f"{voice.name}.flac", with_peak(voice.render(), _VOICE_PEAK_DBFS), RATE_HZ)
    return len(starter.samples) + len(starter.voices)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=STARTERS, metavar="NAME", help=", ".join(STARTERS))
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write")
    options = parser.parse_args(arguments)
    starter = STARTERS[options.name]
    try:
        count = write_set(starter, options.folder)
    except DistillError as error:
        sys.exit(str(error))
    print(f"{count} recordings ({starter.what}) are in {options.folder}.")


if __name__ == "__main__":
    main(sys.argv[1:])
