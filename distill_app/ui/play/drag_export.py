"""WAV files that are dragged out of the window."""

import hashlib
from pathlib import Path

from distill_app.common.atomic_io import atomic_path
from distill_app.common.paths import cache_folder
from distill_app.dsp.sound import Sound
from distill_app.generation import wav
from distill_app.workers.rendering.messages import RenderRequest


def write_for_drag(model: Path, sound: Sound, folder: Path | None = None) -> Path:
    """Path of a 24-bit WAV file of a model's sound in the cache folder, written once per sound.

    Raises:
        OSError: the file cannot be written.
    """
    path = _path(model, sound.samples.tobytes(), folder)
    if not path.exists():
        with atomic_path(path) as temporary:
            temporary.write_bytes(wav.whole(sound.samples, sound.sample_rate, path.stem))
    return path


def drag_path(request: RenderRequest, folder: Path | None = None) -> Path:
    """Path in the cache folder for a WAV file of a sound that is still to be rendered.

    Raises:
        OSError: the folder cannot be made, or the model is gone.
    """
    return _path(request.model, repr((request, request.model.stat().st_mtime_ns)).encode(), folder)


def _path(model: Path, content: bytes, folder: Path | None) -> Path:
    """Path that differs for different sounds, also where a model was trained again under its name."""
    folder = folder or cache_folder() / "dragged"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{model.stem} {hashlib.sha256(content).hexdigest()[:8]}.wav"
