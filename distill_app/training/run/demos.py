"""Demos of a training: a validation sound and its reconstruction by the network, as sounds and as mels.

Both are rendered by one vocoder, so that they differ by the network alone.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.owned_files import remove_file
from distill_app.common.safetensors_io import write_tensors
from distill_app.common.training_paths import DEMO_PREFIX, ORIGINAL, training_folder
from distill_app.dsp.provenance import COMMENT, SOFTWARE
from distill_app.dsp.sound import Sound

Render = Callable[[Tensor], Sound]
"""Sound of a log-mel `[bands, frames]`."""
DemoMels = Callable[[], tuple[Tensor, Tensor]]
"""Validation sound and its reconstruction, log-mels `[bands, frames]`."""

_MIN_GAP_SECONDS = 5.0
_GROWTH = 1.5
_PEAK = 0.9
_MELS = ".safetensors"


class Demos:
    """Demo files of one training, in its folder.

    The first one is due as soon as there is a network, the next ones at growing distances, and one at the end.
    `original.wav` is the validation sound, `demo-00045.wav` its reconstruction after 45 seconds of training, and
    `demo-00045.safetensors` holds both as log-mels, "original" and "rebuilt", `[bands, frames]`.

    Args:
        out: file of the model.
    """

    def __init__(self, out: Path, render: Render, demo_mels: DemoMels) -> None:
        self._folder, self._render, self._demo_mels = training_folder(out), render, demo_mels
        self._begun = False
        self.newest: Path | None = None
        self.trouble = ""
        """A sentence where the last demo could not be written, else ""."""

    def due(self, seconds: float, last: bool = False) -> bool:
        """Whether a demo is due after so many seconds of training, which end here where it is the `last` chance."""
        if not self._begun:
            self._begun = True
            self._begin(seconds)
        newest = max((self._seconds(path) for path in self._written()), default=None)
        if newest is None:
            return True
        return seconds >= newest + 1 if last else seconds >= max(_GROWTH * newest, newest + _MIN_GAP_SECONDS)

    def _begin(self, seconds: float) -> None:
        """Removes demos of an earlier training, and of training that was lost when the program was killed."""
        earlier = [path for path in self._written() if self._seconds(path) > seconds]
        alone = len(earlier) == len(self._written())
        for path in [*earlier, *([self._folder / ORIGINAL] if alone else [])]:
            self._remove(path)
            self._remove(path.with_suffix(_MELS))

    def _remove(self, path: Path) -> None:
        try:
            remove_file(path, self._folder)
        except OSError as error:
            self.trouble = f"“{path.name}” cannot be removed ({error.strerror})."

    def _written(self) -> list[Path]:
        return [
            path for path in self._folder.glob(f"{DEMO_PREFIX}*.wav") if path.is_file() and self._seconds(path) >= 0
        ]

    @staticmethod
    def _seconds(path: Path) -> float:
        number = path.stem.removeprefix(DEMO_PREFIX)
        return float(number) if number.isdecimal() else -1.0

    def write(self, seconds: float) -> None:
        """Writes a demo; a full disk is reported by `trouble`."""
        original, rebuilt = self._demo_mels()
        path = self._folder / f"{DEMO_PREFIX}{round(seconds):05}.wav"
        try:
            if not (self._folder / ORIGINAL).is_file():
                _write_sound(self._render(original), self._folder / ORIGINAL)
            write_tensors(path.with_suffix(_MELS), {"original": original, "rebuilt": rebuilt}, "{}")
            _write_sound(self._render(rebuilt), path)
            self.newest, self.trouble = path, ""
        except (OSError, soundfile.LibsndfileError) as error:
            self.trouble = write_error_message(path, error if isinstance(error, OSError) else OSError(str(error)))


def built_in_renderer() -> Render:
    """Renderer of mels by the built-in vocoder. Raises VocoderError."""
    from distill_app.vocoders.registry import get_vocoder

    vocoder = get_vocoder()

    @torch.inference_mode()
    def render(mel: Tensor) -> Sound:
        return Sound(vocoder.mel_to_waveform(mel[None])[0].numpy().astype(np.float32), vocoder.sample_rate)

    return render


def _write_sound(sound: Sound, path: Path) -> None:
    peak = max(float(np.abs(sound.samples).max()), _PEAK)
    form = sound.sample_rate, sound.channels, "PCM_16"
    with atomic_path(path) as temporary, soundfile.SoundFile(temporary, "w", *form) as file:
        file.software, file.comment = SOFTWARE, COMMENT
        file.write(sound.samples.T * (_PEAK / peak))
