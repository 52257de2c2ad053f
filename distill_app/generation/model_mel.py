"""Log-mel that a model gives for configurations, with their tone."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from distill_app.generation.config import GenerationConfig
from distill_app.generation.hit_texture import decaying_blocks
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.stretched_texture import Pace
from distill_app.generation.toned_mel import toned_blocks
from distill_app.models.model import DistillModel


class ModelMel:
    """Log-mel of the frames of a sound, from any frame on.

    Args:
        loop: frames of the path that make a loop; towards their end it returns to its beginning.
    """

    def __init__(self, model: DistillModel, loop: range | None) -> None:
        self._model, self._loop = model, loop

    @property
    def one_shot(self) -> bool:
        """Whether a sound of the model is one hit, which its `start` chooses, and not a part of a path."""
        return bool(self._model.header.lead_frames)

    @property
    def silence(self) -> float:
        """Log-mel of silence."""
        return math.log(self._model.header.mel_format.floor)

    def windows(self, config: GenerationConfig) -> MelWindows:
        return MelWindows.of(self._model, config, self._loop)

    def pace(self, config: GenerationConfig) -> Pace:
        """Frames of the path, or of the hit, that are heard at those of the sound."""
        if self.one_shot:
            lead = self._model.header.lead_frames
            return Pace(lead, lead, config.tone.speed_ratio, is_hit=True)
        return Pace(*config.tempo_since, config.tone.speed_ratio)

    @torch.inference_mode()
    def between(self, config: GenerationConfig, start: int, stop: int) -> Iterator[Tensor]:
        """Blocks `[bands, n]` from frame `start` to `stop` of the sound."""
        windows = self.windows(config)
        if config.is_plain:
            yield from _until(self._plain(windows, config, start), stop - start)
            return

        def plain(first: int, last: int) -> Tensor:
            return torch.cat(list(_until(self._plain(windows, config, first), last - first)), 1)

        mel_format = self._model.header.mel_format
        yield from _until(toned_blocks(plain, config.tone, mel_format, start, self.pace(config)), stop - start)

    def _plain(self, windows: MelWindows, config: GenerationConfig, start: int) -> Iterator[Tensor]:
        """Endless blocks without the tone, from frame `start` of the path or of the hit on."""
        if not self.one_shot:
            return windows.blocks(start)
        return decaying_blocks(windows.window(config.start // windows.hop), start, self.silence)


def _until(blocks: Iterator[Tensor], frames: int) -> Iterator[Tensor]:
    """The first `frames` frames of blocks `[bands, n]`."""
    for block in blocks:
        yield block[:, :frames]
        frames -= block.shape[1]
        if frames <= 0:
            return
