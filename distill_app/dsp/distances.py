"""Distances between a sound and its copy: 0 for equal samples. Mono samples `[n]` at 44.1 kHz."""

import torch
from torch import Tensor

from distill_app.dsp.mel import to_mel

_RESOLUTIONS = ((1_024, 120, 600), (2_048, 240, 1_200), (512, 50, 240))  # n_fft, hop, window in samples
_POWER_FLOOR = 1e-7
_PHASE_FFT, _PHASE_HOP = 1_024, 256
_SILENCE = 1e-12
_TINY = 1e-14


def trim_to_shorter(original: Tensor, copy: Tensor) -> tuple[Tensor, Tensor]:
    """Both signals as float32 `[n]`, cut to the shorter length."""
    length = min(len(original), len(copy))
    return original[:length].float(), copy[:length].float()


def log_mel_l1(original: Tensor, copy: Tensor) -> float:
    """Mean absolute difference of log-mels in nepers: 0.115 for a gain of 1 dB."""
    one, other = trim_to_shorter(original, copy)
    return float((to_mel(one) - to_mel(other)).abs().mean())


def multi_resolution_stft(original: Tensor, copy: Tensor) -> float:
    """Spectral convergence plus mean absolute log-magnitude difference (nepers), mean of three resolutions.

    Yamamoto, Song & Kim 2020 (Parallel WaveGAN), eq. 3-6, with the paper's window sizes and power floor of 1e-7.
    """
    one, other = trim_to_shorter(original, copy)
    return sum(_resolution(one, other, *sizes) for sizes in _RESOLUTIONS) / len(_RESOLUTIONS)


def _resolution(one: Tensor, other: Tensor, n_fft: int, hop: int, window: int) -> float:
    powers = (spectrum(each, n_fft, hop, window).abs().square() for each in (one, other))
    first, second = (power.clamp_min(_POWER_FLOOR).sqrt() for power in powers)
    convergence = (first - second).norm() / first.norm()
    distance = (first.log() - second.log()).abs().mean()
    return float(convergence + distance)


def group_delay_error(original: Tensor, copy: Tensor) -> float:
    """Mean |wrapped difference| of the phase steps from bin to bin, in rad: 2πn/1024 for a delay of n samples.

    STFT 1024/256, Hann. A step's weight is the geometric mean of both magnitudes in its first cell. Random phases per
    cell give π/2; two unrelated noises give 1.08, because neighbouring cells of a sound are dependent.
    """
    one, other = _phase_spectra(original, copy)
    return _phase_error(one[1:] * one[:-1].conj(), other[1:] * other[:-1].conj(), _weight(one, other)[:-1])


def instantaneous_frequency_error(original: Tensor, copy: Tensor) -> float:
    """Mean |wrapped difference| of the phase steps from frame to frame, in rad: 2πf·256/44100 for f Hz off.

    Each step's expected advance, 2πk·256/1024 for bin k, cancels in the difference. STFT and weights are those of
    `group_delay_error`.
    """
    one, other = _phase_spectra(original, copy)
    return _phase_error(
        one[:, 1:] * one[:, :-1].conj(), other[:, 1:] * other[:, :-1].conj(), _weight(one, other)[:, :-1]
    )


def _phase_spectra(original: Tensor, copy: Tensor) -> tuple[Tensor, Tensor]:
    one, other = (spectrum(each, _PHASE_FFT, _PHASE_HOP, _PHASE_FFT) for each in trim_to_shorter(original, copy))
    return one, other


def _weight(one: Tensor, other: Tensor) -> Tensor:
    return (one.abs() * other.abs()).sqrt()


def _phase_error(one: Tensor, other: Tensor, weight: Tensor) -> float:
    """Weighted mean |phase difference| of two fields of complex phase steps."""
    wrapped = (one * other.conj()).angle().abs()
    return float((wrapped * weight).sum() / weight.sum().clamp_min(_TINY))


def level_difference(original: Tensor, copy: Tensor) -> float:
    """Absolute difference of the RMS levels in dB."""
    one, other = (each.double().square().mean().clamp_min(_SILENCE) for each in trim_to_shorter(original, copy))
    return abs(10 * float(torch.log10(other / one)))


def spectrum(samples: Tensor, n_fft: int, hop: int, window: int) -> Tensor:
    """Complex STFT `[bins, frames]` with a Hann window and centred frames, in double precision."""
    hann = torch.hann_window(window, dtype=torch.float64)
    return torch.stft(samples.double(), n_fft, hop, window, hann, return_complex=True)
