"""Random training windows, augmented in pitch, tempo, colour and level, and mixed in pairs."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from distill_app.corpus.mel_sources import Mel, OneShot
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.augment import NATS_PER_DB, PitchWarp, random_tilts, time_stretch
from distill_app.training.vae.config import TrainingConfig

_START_SHARE = 0.15
"""Fraction of windows taken from the start of their slice."""
_ATTACK_FRAMES = 4
"""Number of frames at the beginning of a one-shot's window that contain its onset."""
_VARIED_SHARE = 0.7
"""Fraction of windows that are transposed, and of those that are stretched."""


class WindowSampler:
    """Samples batches; every window of every slice is equally likely, starts of slices more so.

    Args:
        slices: log-mels of at least WINDOW_FRAMES frames.
        mean, std: `[bands]`, of the z-score.
    """

    def __init__(
        self,
        slices: Sequence[Mel],
        mel_format: MelFormat,
        mean: Tensor,
        std: Tensor,
        config: TrainingConfig,
        random: torch.Generator,
    ) -> None:
        self._slices, self._mean, self._std = slices, mean, std
        self._floor = math.log(mel_format.floor)
        self._config, self._random = config, random
        self._warp = PitchWarp(mel_format, config.pitch_semitones)
        self._starts = torch.tensor([mel.frames - WINDOW_FRAMES + 1 for mel in slices])
        self._weights = self._starts + WINDOW_FRAMES / 2

    @property
    def windows(self) -> int:
        """Number of different windows."""
        return int(self._starts.sum())

    @property
    def epoch_steps(self) -> int:
        """Batches that hold as many frames as the training material."""
        frames = sum(mel.frames for mel in self._slices)
        return max(1, math.ceil(frames / WINDOW_FRAMES / self._config.batch))

    def batch(self) -> Tensor:
        """Z-scored windows `[batch, bands, WINDOW_FRAMES]`."""
        chosen = torch.multinomial(self._weights, self._config.batch, replacement=True, generator=self._random)
        windows = self._mix_pairs(self._shift_pitch(torch.stack([self._window(int(index)) for index in chosen])))
        coloured = windows + self._gains() + self._tilts(windows.shape[1])
        return self.scaled(coloured.clamp_min(self._floor))

    def scaled(self, windows: Tensor) -> Tensor:
        """Z-score of log-mels `[…, bands, frames]`."""
        return (windows - self._mean[:, None]) / self._std[:, None]

    def _window(self, index: int) -> Tensor:
        mel, (draw, at_start) = self._slices[index], torch.rand(2, generator=self._random).tolist()
        if isinstance(mel, OneShot):
            return _stretch_after_onset(mel.read(0, self._random_length()))
        frames = min(mel.frames, self._random_length())
        start = 0 if at_start < _START_SHARE else int(draw * (mel.frames - frames + 1))
        return time_stretch(mel.read(start, start + frames), WINDOW_FRAMES)

    def _random_length(self) -> int:
        """Random number of recorded frames to be stretched to one window."""
        draw, varied = torch.rand(2, generator=self._random).tolist()
        return round(WINDOW_FRAMES * (1 + (2 * draw - 1) * self._config.stretch * (varied < _VARIED_SHARE)))

    def _shift_pitch(self, windows: Tensor) -> Tensor:
        if not self._config.pitch_semitones:
            return windows
        return self._warp(windows, self._warp.sample_steps(len(windows), _VARIED_SHARE, self._random))

    def _mix_pairs(self, windows: Tensor) -> Tensor:
        """Windows of which some are mixed with their neighbour in the batch, as magnitudes at a random balance."""
        count = round(self._config.mixed * len(windows))
        balance = torch.rand(count, 1, 1, generator=self._random).clamp(1e-3, 1 - 1e-3)
        first, second = windows[:count] + balance.log(), windows.roll(1, 0)[:count] + (1 - balance).log()
        return torch.cat([torch.logaddexp(first, second), windows[count:]])

    def _gains(self) -> Tensor:
        """Random gains in nats, `[batch, 1, 1]`."""
        return (
            (torch.rand(self._config.batch, 1, 1, generator=self._random) * 2 - 1) * self._config.gain_db * NATS_PER_DB
        )

    def _tilts(self, bands: int) -> Tensor:
        return random_tilts(self._config.batch, bands, self._config.tilt_db, self._random)


def _stretch_after_onset(window: Tensor) -> Tensor:
    """Window `[bands, WINDOW_FRAMES]` stretched from its onset on, which stays in place."""
    attack, rest = window[:, :_ATTACK_FRAMES], window[:, _ATTACK_FRAMES:]
    return torch.cat([attack, time_stretch(rest, WINDOW_FRAMES - _ATTACK_FRAMES)], 1)
