"""Programs and packages that make the corpus, with errors that name a missing one."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf

from distill_app.common.errors import DistillError

from . import RATE_HZ
from .midi import Score, write_midi

FLUID_R3 = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
MUSESCORE_GENERAL = Path("/usr/share/sounds/sf3/MuseScore_General.sf3")

_LONGEST_RENDER_SECONDS = 120


class MissingError(DistillError):
    """A program or file is not installed; the message names its package."""


class ProgramError(DistillError):
    """A program failed; the message contains its name and its output."""


def require_program(name: str, package: str) -> str:
    """Path of an installed program.

    Raises:
        MissingError: it is not installed.
    """
    if found := shutil.which(name):
        return found
    raise MissingError(f"The program {name} is not installed; on Debian: apt-get install {package}")


def require_file(path: Path, package: str) -> Path:
    """Path of an installed file or folder.

    Raises:
        MissingError: it is not installed.
    """
    if path.exists():
        return path
    raise MissingError(f"{path} is not installed; on Debian: apt-get install {package}")


def play(score: Score, soundfont: Path, seconds: float, *, reverb: bool) -> np.ndarray:
    """Score rendered by fluidsynth, mono `[seconds · RATE_HZ]` float64.

    Raises:
        MissingError: fluidsynth is not installed.
        ProgramError: fluidsynth failed or wrote nothing.
    """
    program = require_program("fluidsynth", "fluidsynth")
    effects = "1" if reverb else "0"

    def command(folder: Path, wav: Path) -> list[str]:
        write_midi(score, folder / "score.mid")
        options = ["-ni", "-q", "-g", "0.4", "-r", str(RATE_HZ), "-R", effects, "-C", effects]
        lazily = ["-o", "synth.dynamic-sample-loading=1"]  # opens a large font in a tenth of the time
        return [program, *options, *lazily, "-O", "float", "-F", str(wav), str(soundfont), str(folder / "score.mid")]

    return fit_length(_run_program(command)[0], seconds)


def speak(text: str, voice: str, words_per_minute: int, pitch: int) -> tuple[np.ndarray, int]:
    """Text spoken by espeak-ng: mono samples `[n]` and their rate. `pitch` is 0 to 99.

    Raises:
        MissingError: espeak-ng is not installed.
        ProgramError: espeak-ng failed, for example for an unknown voice.
    """
    program = require_program("espeak-ng", "espeak-ng")
    options = ["-v", voice, "-s", str(words_per_minute), "-p", str(pitch)]
    return _run_program(lambda _, wav: [program, *options, "-w", str(wav), text])


def fit_length(samples: np.ndarray, seconds: float) -> np.ndarray:
    """Samples cut or padded with silence to `seconds`."""
    length = round(seconds * RATE_HZ)
    return np.pad(samples[:length], (0, max(0, length - len(samples))))


def _run_program(command: Callable[[Path, Path], list[str]]) -> tuple[np.ndarray, int]:
    """WAV output of a program, mixed to mono, and its sample rate."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "out.wav"
        arguments = command(Path(folder), wav)
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=_LONGEST_RENDER_SECONDS)
        if done.returncode or not wav.is_file():
            raise ProgramError(f"{Path(arguments[0]).name} failed: {done.stderr.strip() or 'it wrote no sound'}")
        samples, rate = sf.read(wav, always_2d=True)
    return samples.mean(axis=1), int(rate)
