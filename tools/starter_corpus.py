"""Prepares the recordings of the starter model: `python tools/starter_corpus.py FOLDER`.

They come from Debian's package sonic-pi-samples. Files that the package's copyright file does not list one by one as
CC0 are refused. Each is tuned to C by another sample rate, so that the partials of different sounds coincide and a
point between two of them is a tone, too. Silence at both ends is cut, so that the model does not learn endings.
"""

import re
import sys
from pathlib import Path

import numpy as np
import soundfile as sf

SAMPLES = Path("/usr/share/sonic-pi/samples")
COPYRIGHT = Path("/usr/share/doc/sonic-pi-samples/copyright")
C_HZ = 65.406
SOUNDING_DB = 20.0
"""Level below the loudest moment at which both ends are cut."""

_ENVELOPE_SAMPLES = 2_048
_RATE_STEP = 50  # Hz, which keeps the ratio to 44,100 simple
PITCHES_HZ = {
    "ambi_choir": 106.8,
    "ambi_drone": 132.4,
    "ambi_glass_hum": 110.2,
    "ambi_haunted_hum": 71.9,
    "ambi_soft_buzz": 47.8,
    "bass_dnb_f": 43.4,
    "bass_drop_c": 64.4,
    "bass_hard_c": 65.1,
    "bass_thick_c": 65.1,
    "bass_trance_c": 65.2,
    "bass_voxy_c": 65.5,
    "bass_woodsy_c": 65.1,
    "guit_e_fifths": 41.1,
    "guit_harmonics": 164.6,
}
"""Measured pitch of each recording: the strongest period in its first two seconds."""


def cc0_files(copyright_text: str) -> set[str]:
    """Names of the sample files that a Debian copyright file lists as CC0."""
    stanzas = copyright_text.split("\n\n")
    found = (re.search(r"^Files: etc/samples/(\S+\.flac)$", stanza, re.MULTILINE) for stanza in stanzas)
    free = (re.search(r"^License: CC0$", stanza, re.MULTILINE) for stanza in stanzas)
    return {file[1] for file, licence in zip(found, free, strict=True) if file and licence}


def tuned_rate(rate: int, pitch_hz: float) -> int:
    """Sample rate in Hz that shifts a recording of that pitch to the nearest C."""
    octaves = np.log2(C_HZ / pitch_hz)
    return _RATE_STEP * round(rate * 2 ** (octaves - round(octaves)) / _RATE_STEP)


def trim_silence(samples: np.ndarray) -> np.ndarray:
    """Samples `[n]` between the first and the last loud moment, with one envelope window before it."""
    window = np.ones(_ENVELOPE_SAMPLES) / _ENVELOPE_SAMPLES
    envelope = np.sqrt(np.convolve(samples**2, window, "same"))
    loud = np.flatnonzero(envelope > envelope.max() * 10 ** (-SOUNDING_DB / 20))
    return samples[max(0, loud[0] - _ENVELOPE_SAMPLES) : loud[-1]]


def prepare(name: str, pitch_hz: float, folder: Path) -> None:
    samples, rate = sf.read(SAMPLES / name, always_2d=True)
    sf.write(folder / name, trim_silence(samples.mean(axis=1)), tuned_rate(rate, pitch_hz))


def main(folder: Path) -> None:
    if not SAMPLES.is_dir():
        sys.exit("The recordings are not installed; on Debian: apt-get install sonic-pi-samples")
    pitches = {f"{name}.flac": pitch for name, pitch in PITCHES_HZ.items()}
    not_free = sorted(set(pitches) - cc0_files(COPYRIGHT.read_text(encoding="utf-8")))
    if not_free:
        sys.exit(f"Not listed as CC0: {', '.join(not_free)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, pitch_hz in pitches.items():
        prepare(name, pitch_hz, folder)
    print(f"{len(pitches)} CC0 recordings, tuned to C, are in {folder}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
