"""Segments from free recordings in Debian packages."""

import fnmatch
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from scipy import signal

from . import RATE_HZ
from .programs import fit_length, require_file

SAMPLES = Path("/usr/share/sonic-pi/samples")
CC0_KIT = Path("/usr/share/hydrogen/data/drumkits/Audiophob")

SONGS = Path("/usr/share/games/fretsonfire/data/songs/sectoid")

HELD_OUT = (
    "ambi_choir*",
    "ambi_lunar_land*",
    "ambi_piano*",
    "bass_dnb_f*",
    "bass_trance_c*",
    "drum_cymbal_open*",
    "guit_e_fifths*",
    "guit_harmonics*",
    "loop_amen*",
    "loop_breakbeat*",
    "loop_compus*",
    "loop_garzul*",
    "mehackit_*",
    "tabla_ke*",
    "vinyl_*",
)
"""Recordings that are excluded from training, for listening tests."""

_LONG_SECONDS = 3.0


@dataclass(frozen=True)
class Library:
    """Files to train on: single recordings, and folders of songs."""

    recordings: list[Path]
    songs: list[Path]


def is_held_out(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in HELD_OUT)


def training_recordings(cc0: set[str]) -> list[Path]:
    """CC0 recordings to train on.

    Raises:
        MissingError: one of the packages is not installed.
    """
    require_file(SAMPLES, "sonic-pi-samples")
    require_file(CC0_KIT, "hydrogen-drumkits")
    names = sorted(name for name in cc0 if not is_held_out(name))
    return [SAMPLES / name for name in names] + sorted(CC0_KIT.glob("*.flac"))


def training_songs() -> list[Path]:
    """Folders of songs, each with the lead guitar in one file and the rest of the band in another.

    Raises:
        MissingError: the package is not installed.
    """
    return sorted(file.parent for file in require_file(SONGS, "fretsonfire-songs-sectoid").glob("*/song.ogg"))


def song_excerpt(rng: np.random.Generator, seconds: float, songs: list[Path]) -> np.ndarray:
    """Part of a song at a random speed, sometimes of the guitar or of the rest alone."""
    folder = songs[int(rng.integers(len(songs)))]
    names = (("song", "guitar"), ("guitar",), ("song",))[int(rng.choice(3, p=(0.7, 0.15, 0.15)))]
    speed = 1.0 if rng.random() < 0.6 else rng.uniform(0.8, 1.25)
    place = rng.uniform(0.0, 0.93)
    parts = [_excerpt(folder / f"{name}.ogg", place, seconds * speed) for name in names]
    length = min(map(len, parts))
    return fit_length(at_speed(sum((part[:length] for part in parts), np.zeros(length)), speed), seconds)


def _excerpt(path: Path, place: float, seconds: float) -> np.ndarray:
    """Mono samples of `seconds` from `place` (0 to 1) of a file; fewer at its end."""
    with sf.SoundFile(path) as file:
        file.seek(int(place * file.frames))
        samples = file.read(int(seconds * file.samplerate) + 1, always_2d=True)
        return resample_to_rate(samples.mean(axis=1), file.samplerate)


def recorded_phrase(rng: np.random.Generator, seconds: float, files: list[Path]) -> np.ndarray:
    """Repeated long recording, or a rhythm of short ones, at random speeds."""
    chosen = [load(files[int(i)]) for i in rng.integers(0, len(files), int(rng.integers(1, 6)))]
    longest = max(chosen, key=len)
    if len(longest) > _LONG_SECONDS * RATE_HZ and rng.random() < 0.5:
        played = at_speed(longest, rng.uniform(0.6, 1.6))
        return fit_length(np.tile(played, int(seconds * RATE_HZ / len(played)) + 1), seconds)
    return _rhythm(rng, seconds, [at_speed(sound, 2 ** rng.uniform(-0.8, 0.8)) for sound in chosen])


def load(path: Path) -> np.ndarray:
    """Mono samples of a recording at `RATE_HZ`."""
    samples, rate = sf.read(path, always_2d=True)
    return resample_to_rate(samples.mean(axis=1), rate)


def resample_to_rate(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    divisor = np.gcd(rate_hz, RATE_HZ)
    return signal.resample_poly(samples, RATE_HZ // divisor, rate_hz // divisor)


def at_speed(samples: np.ndarray, speed: float) -> np.ndarray:
    """Faster and higher, or slower and lower, to a hundredth."""
    return signal.resample_poly(samples, 100, round(100 * speed))


def _rhythm(rng: np.random.Generator, seconds: float, sounds: list[np.ndarray]) -> np.ndarray:
    found = np.zeros(round(seconds * RATE_HZ))
    step, chance = rng.uniform(0.1, 0.6), rng.uniform(0.3, 0.9)
    for start in (np.arange(0.0, seconds, step) * RATE_HZ).astype(int):
        if rng.random() < chance:
            part = sounds[int(rng.integers(len(sounds)))][: len(found) - start]
            found[start : start + len(part)] += rng.uniform(0.2, 1.0) * part
    return found
