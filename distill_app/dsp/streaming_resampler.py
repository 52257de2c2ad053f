"""Sample-rate conversion of consecutive blocks, identical to `resample` of the whole signal."""

import math

import numpy as np
import torch

from distill_app.dsp.resample import kernel
from distill_app.dsp.sound import Samples


class StreamingResampler:
    """Resampler of consecutive blocks `[channels, n]`, in constant memory.

    The joined output of `push` and `flush` equals `resample` of the joined input. One step maps `old` input samples to
    `new` output samples (the rates without their common factor); the sinc needs `width` more on either side:

        |  width  |   old   |  width  |   one step's input
                  |   new   |             its output
    """

    def __init__(self, from_rate: int, to_rate: int, channels: int = 2) -> None:
        common = math.gcd(from_rate, to_rate)
        self._old, self._new = from_rate // common, to_rate // common
        self._is_identity = from_rate == to_rate
        self._channels = channels
        if not self._is_identity:
            self._kernel, self._width = kernel(from_rate, to_rate)
            self._pending = np.zeros((channels, self._width), np.float32)
        self._received = self._sent = 0

    def push(self, block: Samples) -> Samples:
        """Output samples `[channels, m]` that `block` completes."""
        self._received += block.shape[-1]
        return block if self._is_identity else self._resample_steps(block)

    def flush(self) -> Samples:
        """Remaining output, for `ceil(n * to_rate / from_rate)` samples in all."""
        if self._is_identity:
            return np.zeros((self._channels, 0), np.float32)
        padding = np.zeros((self._channels, self._width + self._old), np.float32)
        left = math.ceil(self._received * self._new / self._old) - self._sent
        return self._resample_steps(padding)[:, :left]

    def _resample_steps(self, block: Samples) -> Samples:
        pending = np.concatenate([self._pending, block], axis=1)
        steps = max(0, (pending.shape[1] - self._kernel.shape[-1]) // self._old + 1)
        self._pending = pending[:, steps * self._old :].copy()
        self._sent += steps * self._new
        if not steps:
            return np.zeros((len(pending), 0), np.float32)
        return self._convolve(pending[:, : (steps - 1) * self._old + self._kernel.shape[-1]])

    @torch.inference_mode()
    def _convolve(self, pending: Samples) -> Samples:
        frames = torch.nn.functional.conv1d(torch.from_numpy(pending)[:, None], self._kernel, stride=self._old)
        return frames.transpose(1, 2).flatten(1).numpy()
