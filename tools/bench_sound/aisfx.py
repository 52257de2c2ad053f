"""The network of aisfx, which was trained to tell sound effects apart, as an embedding.

Ma & Lerch, "Representation Learning for the Automatic Indexing of Sound Effects Libraries", ISMIR 2022: log-mels of 96
bands (44.1 kHz, frames of 2,048 every 1,024), four blocks of two convolutions, the mean over the bands and the maximum
over time. The classifiers after it are not used.

It hears hiss: white noise 40 dB below a drone with empty bands moves it half as far as another drone does, 60 dB below
a twentieth.
"""

import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

Constructor = Callable[..., Any]

RATE_HZ = 44_100
CHECKPOINT = "aisfx/models/checkpoint.pth"

_FFT, _HOP, _BANDS = 2_048, 1_024, 96
_SHIFT = 1e4
_LARGEST = 9.457798957824707
"""Largest value of the spectrograms that it was trained on, to which they are scaled."""
_WIDTH, _POOLS = 64, (2, 2, 2, 1)


class AisfxNetwork(nn.Module):
    """Embeddings `[n, 8 * width]` of spectrograms `[n, frames, bands]`."""

    def __init__(self, width: int = _WIDTH) -> None:
        super().__init__()
        inputs = (1, width, 2 * width, 4 * width)
        outputs = (width, 2 * width, 4 * width, 8 * width)
        self.blocks = nn.ModuleList(map(_block, inputs, outputs, _POOLS))

    def forward(self, spectrograms: Tensor) -> Tensor:
        values = spectrograms[:, None]
        for block in self.blocks:
            values = block(values)
        return values.mean(3).amax(2)


def _block(inputs: int, outputs: int, pool: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(pool),
    )


def spectrogram(samples: Tensor) -> Tensor:
    """Input of the network, `[n, frames, bands]`, of samples `[n, samples]`."""
    window = torch.hann_window(_FFT)
    power = torch.stft(samples, _FFT, _HOP, window=window, pad_mode="constant", return_complex=True).abs().square()
    mel = _filters() @ power
    return (torch.log10(1 + _SHIFT * mel) / _LARGEST).transpose(1, 2)


@lru_cache(maxsize=1)
def _filters() -> Tensor:
    """Triangles on HTK's mel scale whose weights sum to 1, `[bands, bins]`."""
    bank = melscale_fbanks(_FFT // 2 + 1, 0.0, RATE_HZ / 2, _BANDS, RATE_HZ, None, "htk").T
    return bank / bank.sum(1, keepdim=True)


def load_network(checkpoint: bytes, width: int = _WIDTH) -> AisfxNetwork:
    """Network in evaluation mode with the weights of a checkpoint."""
    with torch.serialization.safe_globals(_numpy_scalars()):
        state, _ = torch.load(io.BytesIO(checkpoint), "cpu", weights_only=True)
    network = AisfxNetwork(width)
    network.load_state_dict(rename_state(state))
    return network.eval().requires_grad_(False)


def _numpy_scalars() -> list[Constructor | tuple[Constructor, str]]:
    """Constructors of the numbers of classes that the checkpoint holds beside its weights."""
    make = cast(Constructor, np.int64(0).__reduce__()[0])
    return [(make, "numpy.core.multiarray.scalar"), make, np.dtype, type(np.dtype(np.int64))]


def rename_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights by their names in `AisfxNetwork`."""
    places = {"conv1": 0, "bn1": 1, "conv2": 3, "bn2": 4}
    found = {}
    for name, value in state.items():
        part, block, layer, last = [*name.split("."), "", ""][:4]
        if part == "embedding_net":
            found[f"blocks.{int(block[-1]) - 1}.{places[layer]}.{last}"] = value
    return found
