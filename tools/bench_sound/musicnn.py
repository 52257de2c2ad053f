"""The network of musicnn, which was trained to tag songs, as an embedding.

Pons & Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging" (2019), with the weights of
the Million Song Dataset: log-mels of 96 bands (16 kHz, frames of 512 every 256), convolutions over frequency and over
time, three dense layers over time, the maximum and mean over time, and a dense layer of 200 values: the embedding.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad

from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat

RATE_HZ = 16_000
INDEX, DATA = "musicnn/MSD_musicnn/.index", "musicnn/MSD_musicnn/.data-00000-of-00001"

_FORMAT = MelFormat(RATE_HZ, n_fft=512, hop=256, win=512, bands=96, centred=True)
_SHIFT = 1e4
_TIMBRAL, _TEMPORAL, _MIDDLE, _EMBEDDING = 204, 51, 64, 200
_TIMBRAL_BANDS, _TIMBRAL_FRAMES, _TEMPORAL_FRAMES = (38, 67), 7, (128, 64, 32)
_EPSILON = 1e-3

Weights = Mapping[str, NDArray[np.float32]]


class MusicnnNetwork(nn.Module):
    """Embeddings `[n, embedding]` of spectrograms `[n, frames, 96]`.

    Args:
        sizes: filters over frequency, over time, and in the middle, and size of the embedding.
    """

    def __init__(self, sizes: tuple[int, int, int, int] = (_TIMBRAL, _TEMPORAL, _MIDDLE, _EMBEDDING)) -> None:
        super().__init__()
        timbral, temporal, middle, embedding = sizes
        self.first = nn.BatchNorm2d(1, _EPSILON)
        kernels = [(_TIMBRAL_FRAMES, bands) for bands in _TIMBRAL_BANDS] + [(each, 1) for each in _TEMPORAL_FRAMES]
        outputs = [timbral] * len(_TIMBRAL_BANDS) + [temporal] * len(_TEMPORAL_FRAMES)
        self.front = nn.ModuleList(map(_FrontLayer, kernels, outputs))
        inputs = (sum(outputs), middle, middle)
        self.middle = nn.ModuleList(_MiddleLayer(each, middle) for each in inputs)
        pooled = 2 * (sum(outputs) + 3 * middle)
        self.pooled = nn.BatchNorm1d(pooled, _EPSILON)
        self.dense = nn.Linear(pooled, embedding)
        self.last = nn.BatchNorm1d(embedding, _EPSILON)

    def forward(self, spectrograms: Tensor) -> Tensor:
        values = self.first(spectrograms[:, None])
        levels = [torch.cat([layer(values) for layer in self.front], 1)]
        for number, layer in enumerate(self.middle):
            found = layer(levels[-1])
            levels.append(found + levels[-1] if number else found)
        over_time = torch.cat(levels, 1)
        pooled = torch.stack([over_time.amax(2), over_time.mean(2)], 2).flatten(1)
        return self.last(torch.relu(self.dense(self.pooled(pooled))))


class _FrontLayer(nn.Module):
    """Convolution over frames and bands, and the maximum over what is left of the bands: `[n, outputs, frames]`."""

    def __init__(self, kernel: tuple[int, int], outputs: int) -> None:
        super().__init__()
        self._padding = (0, 0, (kernel[0] - 1) // 2, kernel[0] // 2)
        self.conv = nn.Conv2d(1, outputs, kernel)
        self.norm = nn.BatchNorm2d(outputs, _EPSILON)

    def forward(self, values: Tensor) -> Tensor:
        return self.norm(torch.relu(self.conv(pad(values, self._padding)))).amax(3)


class _MiddleLayer(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, _TIMBRAL_FRAMES, padding=_TIMBRAL_FRAMES // 2)
        self.norm = nn.BatchNorm1d(outputs, _EPSILON)

    def forward(self, values: Tensor) -> Tensor:
        return self.norm(torch.relu(self.conv(values)))


def spectrogram(samples: Tensor) -> Tensor:
    """Input of the network, `[n, frames, bands]`, of samples `[n, samples]`."""
    window = torch.hann_window(_FORMAT.win)
    spectrum = torch.stft(samples, _FORMAT.n_fft, _FORMAT.hop, window=window, pad_mode="constant", return_complex=True)
    return torch.log10(1 + _SHIFT * (filterbank(_FORMAT) @ spectrum.abs().square())).transpose(1, 2)


def load_network(weights: Weights) -> MusicnnNetwork:
    """Network in evaluation mode with the variables of a checkpoint."""
    network = MusicnnNetwork()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in state_of(weights)}, strict=False)
    return network.eval().requires_grad_(False)


def state_of(weights: Weights) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Weights by their names in `MusicnnNetwork`, in torch's order of dimensions.

    The variables are numbered in the order of the network: convolutions and normalisations.
    """
    layers = [f"front.{number}" for number in range(5)] + [f"middle.{number}" for number in range(3)]
    norms = ["first", *(f"{layer}.norm" for layer in layers), "pooled", "last"]
    for number, layer in enumerate(layers):
        kernel, bias = (weights[_numbered("conv2d", number) + each] for each in ("/kernel", "/bias"))
        yield f"{layer}.conv.weight", _kernel(kernel, is_flat=layer.startswith("middle"))
        yield f"{layer}.conv.bias", bias
    for number, norm in enumerate(norms):
        for name, part in _NORM_PARTS.items():
            yield f"{norm}.{name}", weights[f"{_numbered('batch_normalization', number)}/{part}"]
    yield "dense.weight", np.ascontiguousarray(weights["dense/kernel"].T)
    yield "dense.bias", weights["dense/bias"]


_NORM_PARTS = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name


def _kernel(values: NDArray[np.float32], is_flat: bool) -> NDArray[np.float32]:
    """Kernel `[outputs, 1, frames, bands]` of `[frames, bands, 1, outputs]`; `[outputs, bands, frames]` if flat."""
    order = (3, 1, 0, 2) if is_flat else (3, 2, 0, 1)
    found = values.transpose(order)
    return np.ascontiguousarray(found[..., 0] if is_flat else found)
