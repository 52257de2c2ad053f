"""WAV file that is dragged out of the window."""

import hashlib
from pathlib import Path

from distill_app.common.atomic_io import atomic_path
from distill_app.common.paths import cache_folder
from distill_app.generation import wav
from distill_app.workers.rendering.messages import RenderResult


def write_for_drag(result: RenderResult, folder: Path | None = None) -> Path:
    """Path of a 24-bit WAV file of the sound in the cache folder, written once per sound.

    Raises:
        OSError: the file cannot be written.
    """
    folder = folder or cache_folder() / "dragged"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _name(result)
    if not path.exists():
        with atomic_path(path) as temporary:
            temporary.write_bytes(wav.whole(result.sound.samples, result.sound.sample_rate, path.stem))
    return path


def _name(result: RenderResult) -> str:
    """File name that differs for different samples, also where a model was trained again under its name."""
    digest = hashlib.sha256(result.sound.samples.tobytes()).hexdigest()
    return f"{result.request.model.stem} {digest[:8]}.wav"
