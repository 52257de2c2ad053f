"""Log-mel spectrograms in the conventions of HiFi-GAN and BigVGAN, or of torchaudio and Vocos."""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torchaudio.functional import melscale_fbanks

from distill_app.dsp.mel_format import DISTILL_MEL, Framing, MelFormat
from distill_app.dsp.mel_scale import hz_to_mel, mel_to_hz


@lru_cache(maxsize=8)
@torch.inference_mode(False)  # the cached tensor serves training, too
def filterbank(mel_format: MelFormat) -> Tensor:
    """Mel filters `[bands, n_fft // 2 + 1]`: Slaney with equal areas, or HTK with equal heights.

    The result is shared: do not write to it.
    """
    bins, scale = mel_format.n_fft // 2 + 1, mel_format.scale
    norm = "slaney" if scale == "slaney" else None
    low, high = mel_format.low_hz, mel_format.top_hz
    with torch.device("cpu"):  # the first caller may be building a network on another device
        bank = melscale_fbanks(bins, low, high, mel_format.bands, mel_format.sample_rate, norm, scale)
    return bank.T.contiguous()


_FINE_HZ = 0.25


@lru_cache(maxsize=8)
@torch.inference_mode(False)
def band_centres_hz(mel_format: MelFormat) -> Tensor:
    """Peak frequency of each filter in Hz, `[bands]`, on a grid of 0.25 Hz.

    The result is shared: do not write to it.
    """
    nyquist = mel_format.sample_rate / 2
    points = round(nyquist / _FINE_HZ) + 1
    with torch.device("cpu"):
        grid, edges = torch.linspace(0, mel_format.sample_rate // 2, points), _filter_edges_hz(mel_format)
        near = (edges[1:-1] / _FINE_HZ).round().long() + torch.arange(-2, 3)[:, None]
        heights = _filter_heights(grid[near.clamp(0, points - 1)], edges)
    highest = near.clamp(0, points - 1).gather(0, heights.argmax(0, keepdim=True))[0]
    return highest * (nyquist / (points - 1))


def _filter_edges_hz(mel_format: MelFormat) -> Tensor:
    """Lower edge of the first filter, the peak of each, and upper edge of the last, `[bands + 2]`."""
    scale = mel_format.scale
    low, high = (hz_to_mel(hz, scale) for hz in (mel_format.low_hz, mel_format.top_hz))
    return mel_to_hz(torch.linspace(low, high, mel_format.bands + 2), scale)


def _filter_heights(hz: Tensor, edges: Tensor) -> Tensor:
    """Heights of the triangles at frequencies `[n, bands]`, as torchaudio computes them."""
    widths = edges[1:] - edges[:-1]
    return torch.minimum(-(edges[:-2] - hz) / widths[:-1], (edges[2:] - hz) / widths[1:]).clamp_min(0)


@lru_cache(maxsize=8)
@torch.inference_mode(False)
def hann_window(win: int) -> Tensor:
    """Periodic Hann window `[win]`. The result is shared: do not write to it."""
    with torch.device("cpu"):
        return torch.hann_window(win)


def stft(samples: Tensor, mel_format: MelFormat) -> Tensor:
    """Complex spectrum `[batch, n_fft // 2 + 1, frames]` of samples `[batch, n]`, framed as the mel is.

    Raises ValueError unless there are more than `mel_format.padding` samples to reflect.
    """
    if samples.shape[-1] <= mel_format.padding:
        raise ValueError(f"needs more than {mel_format.padding} samples")
    padded = F.pad(samples.unsqueeze(1), (mel_format.padding, mel_format.padding), mode="reflect").squeeze(1)
    return frames_stft(padded, mel_format)


def frames_stft(padded: Tensor, framing: Framing) -> Tensor:
    """Complex spectrum of samples `[batch, n]` that already carry the padding at each end."""
    window = hann_window(framing.win).to(padded)
    n_fft, hop, win = framing.n_fft, framing.hop, framing.win
    return torch.stft(padded, n_fft, hop, win, window, center=False, return_complex=True)


def log_mel(spectrum: Tensor, mel_format: MelFormat) -> Tensor:
    """Log-mel `[batch, bands, frames]` of a complex spectrum `[batch, n_fft // 2 + 1, frames]`."""
    magnitude = torch.sqrt(spectrum.real**2 + spectrum.imag**2 + mel_format.power_floor)
    return (filterbank(mel_format).to(magnitude.device) @ magnitude).clamp_min(mel_format.floor).log()


def to_mel(samples: Tensor | np.ndarray, mel_format: MelFormat = DISTILL_MEL) -> Tensor:
    """Natural-log mel `[..., bands, mel_format.frames(n)]` of samples `[..., n]` at `mel_format.sample_rate`."""
    wave = torch.as_tensor(samples, dtype=torch.float32)
    mel = log_mel(stft(wave.reshape(-1, wave.shape[-1]), mel_format), mel_format)
    return mel.reshape(*wave.shape[:-1], mel_format.bands, -1)
