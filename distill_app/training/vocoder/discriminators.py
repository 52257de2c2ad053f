"""Discriminators that tell predicted samples from recorded ones; used in training only.

* Multi-period (HiFi-GAN, Kong et al. 2020): samples folded into rows of a prime period, convolved along the columns.
* Multi-resolution: the complex STFT as an image of two channels (EnCodec, Défossez et al. 2022), which includes the
  phase.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

_PERIODS = (2, 3, 5, 7, 11)
_WINDOWS = (2_048, 1_024, 512)
_SLOPE = 0.1
_PERIOD_CHANNELS = (32, 128, 512, 1_024, 1_024)
_IMAGE_CHANNELS = 32
_DILATIONS = (1, 2, 4)

DiscriminatorOutput = tuple[Tensor, list[Tensor]]
"""Score at each position, near 1 for recorded and 0 for predicted, and the features of all layers before."""


class _Convolutions(nn.Module):
    """2-D convolutions with leaky ReLUs; the last one gives the score."""

    def __init__(self, layers: list[nn.Conv2d], last: nn.Conv2d) -> None:
        super().__init__()
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)
        self.last = weight_norm(last)

    def forward(self, image: Tensor) -> DiscriminatorOutput:
        features = []
        for layer in self.layers:
            image = F.leaky_relu(layer(image), _SLOPE)
            features.append(image)
        return self.last(image), features


class PeriodDiscriminator(nn.Module):
    """Discriminator of samples `[batch, n]` folded into columns of `period`."""

    def __init__(self, period: int, width: float) -> None:
        super().__init__()
        self._period = period
        channels = [1, *(_scale_channels(count, width) for count in _PERIOD_CHANNELS)]
        strides = [3] * (len(channels) - 2) + [1]
        steps = zip(channels, channels[1:], strides, strict=False)
        layers = [nn.Conv2d(a, b, (5, 1), (stride, 1), (2, 0)) for a, b, stride in steps]
        self.convolutions = _Convolutions(layers, nn.Conv2d(channels[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, samples: Tensor) -> DiscriminatorOutput:
        padded = F.pad(samples[:, None], (0, -samples.shape[-1] % self._period), mode="reflect")
        verdict: DiscriminatorOutput = self.convolutions(padded.reshape(len(samples), 1, -1, self._period))
        return verdict


class SpectrumDiscriminator(nn.Module):
    """Discriminator of the complex STFT of samples `[batch, n]`, with a hop of a quarter window."""

    def __init__(self, window: int, width: float) -> None:
        super().__init__()
        channels = _scale_channels(_IMAGE_CHANNELS, width)
        layers = [nn.Conv2d(2, channels, (9, 3), padding=(4, 1))]
        for dilation in _DILATIONS:
            layers.append(nn.Conv2d(channels, channels, (9, 3), (2, 1), (4, dilation), (1, dilation)))
        layers.append(nn.Conv2d(channels, channels, 3, padding=1))
        self.convolutions = _Convolutions(layers, nn.Conv2d(channels, 1, 3, padding=1))
        self.register_buffer("window", torch.hann_window(window), persistent=False)
        self.window: Tensor

    def forward(self, samples: Tensor) -> DiscriminatorOutput:
        size = len(self.window)
        spectrum = torch.stft(
            samples.float(), size, size // 4, size, self.window, center=False, normalized=True, return_complex=True
        )
        verdict: DiscriminatorOutput = self.convolutions(torch.view_as_real(spectrum).movedim(-1, 1))
        return verdict


class Discriminators(nn.Module):
    """Multi-period and multi-resolution discriminators.

    Args:
        width: factor of their channels, 1 is as published (41 M parameters), 0.5 a quarter of that.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        periods = [PeriodDiscriminator(period, width) for period in _PERIODS]
        self.parts = nn.ModuleList([*periods, *(SpectrumDiscriminator(window, width) for window in _WINDOWS)])

    def forward(self, samples: Tensor) -> list[DiscriminatorOutput]:
        return [part(samples) for part in self.parts]


def _scale_channels(channels: int, width: float) -> int:
    return max(1, round(channels * width))


def discriminator_loss(verdicts: list[Tensor]) -> Tensor:
    """Least-squares GAN loss (Mao et al. 2017) of scores for a batch of predicted samples followed by recorded ones."""
    halves = [verdict.float().chunk(2) for verdict in verdicts]
    return torch.stack([false.square().mean() + (1 - real).square().mean() for false, real in halves]).mean()


def generator_loss(predicted: list[DiscriminatorOutput]) -> Tensor:
    """Least-squares GAN loss of the generator: predicted samples should score 1."""
    return torch.stack([(1 - verdict.float()).square().mean() for verdict, _ in predicted]).mean()


def feature_matching_loss(predicted: list[DiscriminatorOutput], recorded: list[DiscriminatorOutput]) -> Tensor:
    """Mean L1 distance of the features of all layers, relative to the mean magnitude of the recorded ones."""
    pairs = zip(predicted, recorded, strict=True)
    return torch.stack([_distance(*layer) for (_, a), (_, b) in pairs for layer in zip(a, b, strict=True)]).mean()


def _distance(predicted: Tensor, recorded: Tensor) -> Tensor:
    size = recorded.detach().float().abs().mean().clamp_min(1e-6)
    return (predicted.float() - recorded.detach().float()).abs().mean() / size
