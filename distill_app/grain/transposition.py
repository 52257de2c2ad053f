"""Frames of recordings that are read faster or slower, so that their frequencies change."""

import torch
from torch import Tensor

from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import MelFormat


@torch.inference_mode()
def transposed_spectra(
    samples: Tensor, positions: Tensor, segment: tuple[Tensor, Tensor], ratio: float, mel_format: MelFormat
) -> Tensor:
    """Complex spectra `[channels, n_fft // 2 + 1, n]` of frames read at a ratio of their speed.

    A frame is cut as many times longer as it is read faster; its spectrum, cut off or continued with zeros, is that of
    the resampled frame. Its length is a whole number of samples, which is at most 0.5 cents wrong.

    Args:
        samples: `[channels, samples]`.
        positions: `[n]`, first sample of each frame's hop, also between two samples.
        segment: first sample `[n]`, and the one after the last, of what may sound in each frame.
    """
    n_fft, length = mel_format.n_fft, round(mel_format.n_fft * ratio)
    begins = positions.double() - round(mel_format.padding * length / n_fft)
    whole = begins.floor()
    places = whole.long()[:, None] + torch.arange(length)
    inside = (places >= segment[0][:, None]) & (places < segment[1][:, None])
    cut = samples[:, places.clamp(0, samples.shape[1] - 1)] * inside
    spectra = torch.fft.rfft(cut * hann_window(length), dim=2)
    bins = min(spectra.shape[2], n_fft // 2 + 1)
    kept = spectra[:, :, :bins] * (n_fft / length)
    if bool((begins != whole).any()):
        turns = ((begins - whole)[:, None] * torch.arange(bins) / length).float()
        kept = kept * torch.polar(torch.ones_like(turns), 2 * torch.pi * turns)
    return torch.nn.functional.pad(kept, (0, n_fft // 2 + 1 - bins)).transpose(1, 2)
