"""Resampling in blocks that gives the samples of resampling the whole."""

import math

import numpy as np
import torch

from distill_app.dsp.resample import kernel
from distill_app.dsp.sound import Samples


class StreamingResampler:
    """`push` blocks `[channels, n]` at `from_rate`, get blocks at `to_rate`; `flush` gives the rest.

    The joined result equals `resample` of the joined input, and memory does not grow with the length. One step takes
    `old` input samples to `new` output samples (the rates without their common factor); the sinc needs `width` more
    on either side:

        |  width  |   old   |  width  |   one step's input
                  |   new   |             its output
    """

    def __init__(self, from_rate: int, to_rate: int, channels: int = 2) -> None:
        common = math.gcd(from_rate, to_rate)
        self._old, self._new = from_rate // common, to_rate // common
        self._same = from_rate == to_rate
        self._channels = channels
        if not self._same:
            self._kernel, self._width = kernel(from_rate, to_rate)
            self._held = np.zeros((channels, self._width), np.float32)
        self._received = self._sent = 0

    def push(self, block: Samples) -> Samples:
        """What can be said after `block`, `[channels, m]`."""
        self._received += block.shape[-1]
        return block if self._same else self._step(block)

    def flush(self) -> Samples:
        """The rest, so that `ceil(n * to_rate / from_rate)` samples came out in all."""
        if self._same:
            return np.zeros((self._channels, 0), np.float32)
        padding = np.zeros((self._channels, self._width + self._old), np.float32)
        left = math.ceil(self._received * self._new / self._old) - self._sent
        return self._step(padding)[:, :left]

    def _step(self, block: Samples) -> Samples:
        held = np.concatenate([self._held, block], axis=1)
        steps = max(0, (held.shape[1] - self._kernel.shape[-1]) // self._old + 1)
        self._held = held[:, steps * self._old :].copy()
        self._sent += steps * self._new
        if not steps:
            return np.zeros((len(held), 0), np.float32)
        return self._convolved(held[:, : (steps - 1) * self._old + self._kernel.shape[-1]])

    @torch.inference_mode()
    def _convolved(self, held: Samples) -> Samples:
        frames = torch.nn.functional.conv1d(torch.from_numpy(held)[:, None], self._kernel, stride=self._old)
        return frames.transpose(1, 2).flatten(1).numpy()
