"""Random windows of the learned stretches, varied in level and mixed with each other."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from distill_app.models.vae import WINDOW_FRAMES
from distill_app.training.config import TrainingConfig
from distill_app.training.mels import Mel

_START_SHARE = 0.15
_NATS_PER_DB = math.log(10) / 20


class WindowSampler:
    """Draws batches; every window of every stretch is equally likely, starts of stretches more so.

    Args:
        stretches: z-scored mels of at least WINDOW_FRAMES frames.
        std: `[bands]`, nats per unit of the z-score.
        floor: `[bands]`, silence in the z-score.
    """

    def __init__(
        self, stretches: Sequence[Mel], std: Tensor, floor: Tensor, config: TrainingConfig, random: torch.Generator
    ) -> None:
        self._stretches, self._std, self._floor = stretches, std, floor
        self._config, self._random = config, random
        self._starts = torch.tensor([mel.frames - WINDOW_FRAMES + 1 for mel in stretches])
        self._weights = self._starts + WINDOW_FRAMES / 2

    @property
    def windows(self) -> int:
        """How many different windows there are."""
        return int(self._starts.sum())

    @property
    def epoch_steps(self) -> int:
        """Batches that hold as many frames as there are to learn from."""
        frames = sum(mel.frames for mel in self._stretches)
        return max(1, math.ceil(frames / WINDOW_FRAMES / self._config.batch))

    def batch(self) -> Tensor:
        """Z-scored windows `[batch, bands, WINDOW_FRAMES]`."""
        chosen = torch.multinomial(self._weights, self._config.batch, replacement=True, generator=self._random)
        windows = torch.stack([self._window(int(index)) for index in chosen])
        return torch.maximum(self._mixed(windows) + self._gains(), self._floor[:, None])

    def _mixed(self, windows: Tensor) -> Tensor:
        """Some windows with their neighbour in the batch mixed in, as magnitudes, at any balance.

        What lies between two sounds in the latent space then is both at once; else it is their geometric mean, in
        which the partials of neither are left.
        """
        count = round(self._config.mixed * len(windows))
        balance = torch.rand(count, 1, 1, generator=self._random).clamp(1e-3, 1 - 1e-3)
        nats = windows * self._std[:, None]  # without the mean, which a weighted sum of both would only carry through
        first, second = nats[:count] + balance.log(), nats.roll(1, 0)[:count] + (1 - balance).log()
        return torch.cat([torch.logaddexp(first, second) / self._std[:, None], windows[count:]])

    def _window(self, index: int) -> Tensor:
        draw, at_start = torch.rand(2, generator=self._random).tolist()
        start = 0 if at_start < _START_SHARE else int(draw * int(self._starts[index]))
        return self._stretches[index].read(start, start + WINDOW_FRAMES)

    def _gains(self) -> Tensor:
        """`[batch, bands, 1]`: a gain adds the same nats to all bands."""
        nats = (torch.rand(self._config.batch, 1, generator=self._random) * 2 - 1) * self._config.gain_db * _NATS_PER_DB
        return (nats / self._std)[:, :, None]
