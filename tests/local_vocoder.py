"""Fake vocoders whose samples depend on three frames only, so that previews equal the render."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.built_in import GRIFFIN_LIM

LOCAL = replace(GRIFFIN_LIM, id="local", title="Local")
TONE = replace(LOCAL, id="tone", title="Tone")
SLOW = replace(LOCAL, id="slow", title="Slow", live=False)
TONE_HZ, TONE_LEVEL = 203.7193, 0.5


class LocalVocoder:
    """Fake vocoder: each hop of samples is the mean band of a frame and its neighbours.

    Args:
        wait: called before each block of a stream.
    """

    context_frames = 1

    def __init__(self, info: VocoderInfo = LOCAL, wait: Callable[[], object] = bool) -> None:
        self.info = info
        self._wait = wait
        self.read = torch.empty(0)

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    def preview(self, mel: Tensor) -> Tensor:
        self.read = mel
        return self.mel_to_waveform(mel[None])[0]

    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        return self._levels(mel).repeat_interleave(self.info.mel_format.hop, dim=1)[:, None]

    def _levels(self, mel: Tensor) -> Tensor:
        around = torch.nn.functional.pad(mel.mean(dim=1), (1, 1))
        return (around[:, :-2] + around[:, 1:-1] + around[:, 2:]) / 30

    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        whole = self.mel_to_waveform(torch.cat(list(blocks), dim=1)[None])[0]
        for block in torch.split(whole, whole.shape[1] // 10 + 1, dim=1):
            self._wait()
            yield block


class BrokenVocoder(LocalVocoder):
    """Fake vocoder with an invalid sample in the middle of each sound.

    Args:
        value: the invalid sample.
    """

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = value

    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        samples = super().mel_to_waveform(mel)
        samples[..., samples.shape[-1] // 2] = self._value
        return samples


class ToneVocoder(LocalVocoder):
    """Fake vocoder: a tone of TONE_HZ for any mel, whose phase starts anew in each block."""

    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        moments = torch.arange(mel.shape[2] * self.info.mel_format.hop, dtype=torch.float64) / self.sample_rate
        tone = TONE_LEVEL * torch.cos(2 * torch.pi * TONE_HZ * moments)
        return tone.float().expand(len(mel), 1, -1)
