"""The file that a drag out of the window hands over."""

import hashlib
import wave
from pathlib import Path

import numpy as np

from distill_app.atomic import atomic_path
from distill_app.dsp.sound import Sound
from distill_app.engine.jobs import RenderRequest, RenderResult
from distill_app.paths import cache_folder

_FULL_SCALE = 2**23 - 1


def write_for_drag(result: RenderResult, folder: Path | None = None) -> Path:
    """A 24-bit WAV of the sound in the cache folder, written once per sound. Raises OSError."""
    folder = folder or cache_folder() / "dragged"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _name(result.request)
    if not path.exists():
        with atomic_path(path) as temporary:
            _write_wav(result.sound, temporary)
    return path


def _name(request: RenderRequest) -> str:
    """The same sound has the same name, another sound another one."""
    return f"{request.model.stem} {hashlib.sha256(repr(request).encode()).hexdigest()[:8]}.wav"


def _write_wav(sound: Sound, path: Path) -> None:
    whole = np.rint(np.clip(sound.samples.T, -1, 1) * _FULL_SCALE).astype("<i4")
    octets = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.channels)
        file.setsampwidth(3)
        file.setframerate(sound.sample_rate)
        file.writeframes(octets)
