"""Corpora made of known factors, as mels, so that a test knows what there is to find."""

import torch
from torch import Tensor

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.models.window import WINDOW_FRAMES

SMALL = {"name": "conv1d", "latent": 6, "width": 24, "blocks": 0, "stride": 8}


def factor_mel(factors: Tensor) -> Tensor:
    """Log-mel `[128, WINDOW_FRAMES]` of three factors: tilt, a formant's height, and tremolo."""
    bands = torch.linspace(-1, 1, 128)[:, None]
    time = torch.linspace(0, 6 * torch.pi, WINDOW_FRAMES)[None]
    formant = 3 * factors[1] * torch.exp(-((bands - 0.3) ** 2) / 0.02)
    return -5 + 2 * factors[0] * bands + formant + 1.5 * factors[2] * torch.sin(time).expand(128, -1)


def factor_corpus(files: int = 60, seed: int = 0) -> Corpus:
    """One window per file, each with its own three factors, and a little noise."""
    random = torch.Generator().manual_seed(seed)
    recordings = []
    for number in range(files):
        mel = factor_mel(torch.randn(3, generator=random)) + 0.05 * torch.randn(128, WINDOW_FRAMES, generator=random)
        recordings.append(Recording(f"{number}.wav", WINDOW_FRAMES * 512 / 44_100, MemoryMel(mel)))
    return Corpus(tuple(recordings))


def known(value: float | None) -> float:
    """Figure of a status that has to have it."""
    assert value is not None
    return value
