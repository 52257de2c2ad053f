"""The mel of a long sound, block after block, so that its spectrum never lies in memory as a whole."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from distill_app.dsp.mel import frames_stft, log_mel
from distill_app.dsp.mel_format import MelFormat

_BLOCK_FRAMES = 512


@torch.inference_mode()
def mel_blocks(samples: Tensor, mel_format: MelFormat) -> Iterator[Tensor]:
    """Log-mel blocks `[bands, frames]` of samples `[n]`; joined they are `to_mel` of the samples.

    The end is padded with silence to a whole frame, and to what the reflection at the edges needs.
    """
    hop, padding = mel_format.hop, mel_format.padding
    length = max(-(-len(samples) // hop) * hop, mel_format.n_fft)
    whole = F.pad(samples, (0, length - len(samples)))
    padded = F.pad(whole[None, None], (padding, padding), mode="reflect")[0]
    for first in range(0, mel_format.frames(length), _BLOCK_FRAMES):
        start, frames = first * hop, min(_BLOCK_FRAMES, mel_format.frames(length) - first)
        spectrum = frames_stft(padded[:, start : start + (frames - 1) * hop + mel_format.n_fft], mel_format)
        yield log_mel(spectrum, mel_format)[0]
