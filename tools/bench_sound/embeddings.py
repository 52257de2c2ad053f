"""Embeddings of sounds by two independent networks, both of which read log-mels and so hardly hear phase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from distill_app.dsp.resample import resample
from tools.bench_sound import aisfx, musicnn
from tools.bench_sound.kad import Embeddings
from tools.bench_sound.tensor_bundle import read_bundle
from tools.bench_sound.wheels import AISFX, MUSICNN, read_member
from tools.vocoder_audio import RATE_HZ

_BATCH = 16


@dataclass(frozen=True)
class Embedder:
    """Network with its input.

    Args:
        rate_hz: sample rate that it reads.
        spectrogram: its input `[n, frames, bands]`, of samples `[n, samples]`.
    """

    name: str
    rate_hz: int
    spectrogram: Callable[[Tensor], Tensor]
    network: nn.Module

    @torch.inference_mode()
    def embed(self, sounds: Sequence[NDArray[np.float32]]) -> Embeddings:
        """Embeddings `[sounds, dimensions]` of mono samples at 44.1 kHz, all of one length."""
        batches = (sounds[start : start + _BATCH] for start in range(0, len(sounds), _BATCH))
        return np.concatenate([self._embed(torch.from_numpy(np.stack(batch))) for batch in batches])

    def _embed(self, samples: Tensor) -> Embeddings:
        at_rate = torch.stack([resample(each, RATE_HZ, self.rate_hz) for each in samples])
        found: Tensor = self.network(self.spectrogram(at_rate))
        return found.double().numpy()


def load_embedders(folder: Path) -> tuple[Embedder, ...]:
    """Both networks with their weights, from wheels in `folder`, which are downloaded where they are missing.

    Raises:
        WheelError, BundleError: they are not available.
    """
    variables = read_bundle(*(read_member(MUSICNN, each, folder) for each in (musicnn.INDEX, musicnn.DATA)))
    effects = aisfx.load_network(read_member(AISFX, aisfx.CHECKPOINT, folder))
    return (
        Embedder("aisfx", aisfx.RATE_HZ, aisfx.spectrogram, effects),
        Embedder("musicnn", musicnn.RATE_HZ, musicnn.spectrogram, musicnn.load_network(variables)),
    )
