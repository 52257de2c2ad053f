"""How far a copy of a sound is from it, in one number: 0 for the same samples. Mono samples `[n]` at 44.1 kHz."""

import torch
from torch import Tensor

from distill_app.dsp.mel import to_mel

_RESOLUTIONS = ((1_024, 120, 600), (2_048, 240, 1_200), (512, 50, 240))  # n_fft, hop, window in samples
_POWER_FLOOR = 1e-7
_PHASE_FFT, _PHASE_HOP = 1_024, 256
_SILENCE = 1e-12
_TINY = 1e-14


def trimmed(original: Tensor, copy: Tensor) -> tuple[Tensor, Tensor]:
    """Both as float32 `[n]` of the shorter one's length."""
    length = min(len(original), len(copy))
    return original[:length].float(), copy[:length].float()


def log_mel_l1(original: Tensor, copy: Tensor) -> float:
    """Mean absolute difference of the app's log-mels, in nepers: a gain of 1 dB gives 0.115."""
    one, other = trimmed(original, copy)
    return float((to_mel(one) - to_mel(other)).abs().mean())


def multi_resolution_stft(original: Tensor, copy: Tensor) -> float:
    """Spectral convergence plus mean absolute log magnitude difference (nepers), mean of three resolutions.

    Yamamoto, Song & Kim 2020 (Parallel WaveGAN), eq. 3-6, with its window sizes; power is kept above 1e-7 as there.
    """
    one, other = trimmed(original, copy)
    return sum(_resolution(one, other, *sizes) for sizes in _RESOLUTIONS) / len(_RESOLUTIONS)


def _resolution(one: Tensor, other: Tensor, n_fft: int, hop: int, window: int) -> float:
    powers = (spectrum(each, n_fft, hop, window).abs().square() for each in (one, other))
    first, second = (power.clamp_min(_POWER_FLOOR).sqrt() for power in powers)
    convergence = (first - second).norm() / first.norm()
    distance = (first.log() - second.log()).abs().mean()
    return float(convergence + distance)


def group_delay_error(original: Tensor, copy: Tensor) -> float:
    """Mean |wrapped difference| of the phase steps from bin to bin, in rad: n samples late give 2πn/1024.

    STFT 1024/256, Hann; each step counts with the geometric mean of both magnitudes in its first cell. Phases drawn
    for each cell give π/2, two unrelated noises 1.08 because neighbouring cells of a sound are never independent.
    """
    one, other = _phase_spectra(original, copy)
    return _phase_error(one[1:] * one[:-1].conj(), other[1:] * other[:-1].conj(), _weight(one, other)[:-1])


def instantaneous_frequency_error(original: Tensor, copy: Tensor) -> float:
    """Mean |wrapped difference| of the phase steps from frame to frame, in rad: f Hz off give 2πf·256/44100.

    Each step's expected advance, 2πk·256/1024 for bin k, is the same on both sides and so in no difference. STFT,
    weight and what unrelated sounds give as for the group delay.
    """
    one, other = _phase_spectra(original, copy)
    return _phase_error(
        one[:, 1:] * one[:, :-1].conj(), other[:, 1:] * other[:, :-1].conj(), _weight(one, other)[:, :-1]
    )


def _phase_spectra(original: Tensor, copy: Tensor) -> tuple[Tensor, Tensor]:
    one, other = (spectrum(each, _PHASE_FFT, _PHASE_HOP, _PHASE_FFT) for each in trimmed(original, copy))
    return one, other


def _weight(one: Tensor, other: Tensor) -> Tensor:
    return (one.abs() * other.abs()).sqrt()


def _phase_error(one: Tensor, other: Tensor, weight: Tensor) -> float:
    """Of two fields of phase steps, given as complex numbers that carry them."""
    wrapped = (one * other.conj()).angle().abs()
    return float((wrapped * weight).sum() / weight.sum().clamp_min(_TINY))


def level_difference(original: Tensor, copy: Tensor) -> float:
    """|difference| of the RMS levels in dB."""
    one, other = (each.double().square().mean().clamp_min(_SILENCE) for each in trimmed(original, copy))
    return abs(10 * float(torch.log10(other / one)))


def spectrum(samples: Tensor, n_fft: int, hop: int, window: int) -> Tensor:
    """Complex `[bins, frames]` through a Hann window, frames centred, in double precision."""
    hann = torch.hann_window(window, dtype=torch.float64)
    return torch.stft(samples.double(), n_fft, hop, window, hann, return_complex=True)
