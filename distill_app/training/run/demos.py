"""What a training has come to, to hear and to see: a held-out window, and what the network makes of it.

Both are sung by one vocoder, so that only the network lies between them.
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

Sing = Callable[[Tensor], Sound]
"""The sound of a log-mel `[bands, frames]`."""

_LEAST_SECONDS = 5.0
_GROWTH = 1.5
_PEAK = 0.9
_PICTURE = ".safetensors"


class Demos:
    """Sounds and pictures of one training, in its folder.

    The first one as soon as there is a network, then rarer and rarer as less changes between them, and one at the end.
    `original.wav` is the held-out window, `demo-00045.wav` what the network made of it after 45 seconds of learning,
    and `demo-00045.safetensors` holds both as log-mels, "original" and "rebuilt", `[bands, frames]`.

    Args:
        out: the model's file.
        sing: makes the sounds; None for none.
    """

    def __init__(self, out: Path, sing: Sing | None) -> None:
        self._folder, self._sing = training_folder(out), sing
        self._begun = False
        self.newest: Path | None = None
        self.trouble = ""

    def due(self, seconds: float, last: bool = False) -> bool:
        """After so many seconds of learning, of which no more come where it is the `last` look."""
        if self._sing is None:
            return False
        if not self._begun:
            self._begun = True
            self._begin(seconds)
        newest = max((self._seconds(path) for path in self._written()), default=None)
        if newest is None:
            return True
        return seconds >= newest + 1 if last else seconds >= max(_GROWTH * newest, newest + _LEAST_SECONDS)

    def _begin(self, seconds: float) -> None:
        """Takes away what is of an earlier training, or of learning that was lost when one was killed."""
        earlier = [path for path in self._written() if self._seconds(path) > seconds]
        alone = len(earlier) == len(self._written())
        for path in [*earlier, *([self._folder / ORIGINAL] if alone else [])]:
            self._remove(path)
            self._remove(path.with_suffix(_PICTURE))

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

    def write(self, seconds: float, original: Tensor, rebuilt: Tensor) -> None:
        """Of two log-mels `[bands, frames]`. A disk that is full is told by `trouble` and ends nothing."""
        assert self._sing is not None
        path = self._folder / f"{DEMO_PREFIX}{round(seconds):05}.wav"
        try:
            if not (self._folder / ORIGINAL).is_file():
                _write_sound(self._sing(original), self._folder / ORIGINAL)
            write_tensors(path.with_suffix(_PICTURE), {"original": original, "rebuilt": rebuilt}, "{}")
            _write_sound(self._sing(rebuilt), path)
            self.newest, self.trouble = path, ""
        except (OSError, soundfile.LibsndfileError) as error:
            self.trouble = write_error_message(path, error if isinstance(error, OSError) else OSError(str(error)))


def vocoder_voice() -> Sing:
    """The vocoder that needs nothing. Raises VocoderError."""
    from distill_app.vocoders.registry import get_vocoder

    vocoder = get_vocoder()

    @torch.inference_mode()
    def sing(mel: Tensor) -> Sound:
        return Sound(vocoder.mel_to_waveform(mel[None])[0].numpy().astype(np.float32), vocoder.sample_rate)

    return sing


def _write_sound(sound: Sound, path: Path) -> None:
    peak = max(float(np.abs(sound.samples).max()), _PEAK)
    form = sound.sample_rate, sound.channels, "PCM_16"
    with atomic_path(path) as temporary, soundfile.SoundFile(temporary, "w", *form) as file:
        file.software, file.comment = SOFTWARE, COMMENT
        file.write(sound.samples.T * (_PEAK / peak))
