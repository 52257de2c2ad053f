"""Exact receptive fields, computed from kernels backwards from the samples of a frame to the mel. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_app.dsp.mel_format import MelFormat

EDGE_KERNEL = 7
"""Kernel of the first and the last convolution of HiFi-GAN and BigVGAN, and of every convolution of Vocos."""
FILTER_TAPS = 12
"""Taps of BigVGAN's anti-aliasing filters."""
SNAKE_CONTEXT = FILTER_TAPS // 2 - 1
"""Samples on either side that an anti-aliased activation depends on."""


@dataclass(frozen=True)
class _Span:
    """Positions from `first` to `last`, inclusive."""

    first: int
    last: int

    def widened(self, samples: int) -> "_Span":
        return _Span(self.first - samples, self.last + samples)

    def before_upsampling(self, rate: int, kernel: int) -> "_Span":
        """Inputs `i` of a transposed convolution for these outputs `o`: 0 <= o + padding - i * rate < kernel."""
        padding = (kernel - rate) // 2
        return _Span(_ceil(self.first + padding - kernel + 1, rate), (self.last + padding) // rate)

    @property
    def either_side(self) -> int:
        """Distance of the farther end from position 0."""
        return max(-self.first, self.last)


def gan_context(rates: Sequence[int], kernels: Sequence[int], residual_context: int, activation_context: int) -> int:
    """Context in frames of HiFi-GAN (`activation_context` 0) and BigVGAN."""
    span = _hop_of_samples(rates).widened(EDGE_KERNEL // 2 + activation_context)
    for rate, kernel in zip(reversed(rates), reversed(kernels), strict=True):
        span = span.widened(residual_context).before_upsampling(rate, kernel)
    return span.widened(EDGE_KERNEL // 2).either_side


def _hop_of_samples(rates: Sequence[int]) -> _Span:
    hop = 1
    for rate in rates:
        hop *= rate
    return _Span(0, hop - 1)


def residual_context(kind: int, kernel: int, dilations: Sequence[int], activation_context: int) -> int:
    """Context in samples of a residual block; kind 1 has an undilated convolution after each dilated one."""
    side = (kernel - 1) // 2
    dilated = sum(side * dilation + activation_context for dilation in dilations)
    return dilated + (side + activation_context) * len(dilations) * (kind == 1)


def inverse_stft_context(mel_format: MelFormat, blocks: int) -> int:
    """Context in frames of a network at frame rate with an inverse STFT."""
    first = _ceil(mel_format.padding - mel_format.n_fft + 1, mel_format.hop)
    last = (mel_format.hop - 1 + mel_format.padding) // mel_format.hop
    return _Span(first, last).widened((1 + blocks) * (EDGE_KERNEL // 2)).either_side


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
