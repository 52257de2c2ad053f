"""Fitting the VAE: a generator that can be stopped at any step and keeps the best network so far.

A network that begins as principal components (models/basis.py) gets them before the first step, and is judged so.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from distill_app.common.errors import TrainingError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_sources import Mel
from distill_app.corpus.split import span_slices, split_corpus, validation_windows
from distill_app.models.pca_vae import PcaVAE
from distill_app.training.run.checkpoint_file import optimizer_moments, restore_moments
from distill_app.training.run.plateau import Point, is_plateau
from distill_app.training.run.process_group import ENDED, SINGLE_PROCESS, SYNC_WEIGHTS, WAITING, SingleProcess
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.checkpoint import TrainingState
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.ema import Networks, initialised
from distill_app.training.vae.evaluation import evaluate
from distill_app.training.vae.loss import negative_elbo
from distill_app.training.vae.pca_init import begin
from distill_app.training.vae.result import TrainingResult
from distill_app.training.vae.sampler import WindowSampler
from distill_app.training.vae.schedule import kl_weight, learning_rate

_FAILURES_MAX = 3
_OTHER_RECORDINGS = (
    "The recordings are not those that this training began with; put them back, or start anew without --resume."
)
_OTHER_NETWORK = "The checkpoint is of another network; start anew without --resume."


class Trainer:
    """One training. `run()` yields progress; `result()` is the best network at any time, also after an interruption.

    Deterministic for a corpus, a configuration in epochs and a number of threads; a budget in minutes gives as many
    steps as the machine makes in that time.

    Args:
        origin: the model to go on from.
        clock: seconds; the wall's, unless a benchmark counts processor time.
        processes: that make each step together: `run()` in the first one, `follow()` in the others.
    """

    def __init__(
        self,
        corpus: Corpus,
        config: TrainingConfig,
        clock: Callable[[], float] = time.monotonic,
        processes: SingleProcess = SINGLE_PROCESS,
        origin: BaseModel | None = None,
    ) -> None:
        self._corpus, self._config, self._clock, self._processes = corpus, config, clock, processes
        self._random = torch.Generator().manual_seed(config.seed)
        self._origin, self._fingerprint = origin, corpus.fingerprint + (origin.fingerprint if origin else "")
        self._mean, self._std = corpus.mean_and_std if origin is None else (origin.model.mean, origin.model.std)
        split = split_corpus(corpus, config.seed)
        held_out = (validation_windows(corpus, split) - self._mean[:, None]) / self._std[:, None]
        self._held_out = held_out.to(config.device)
        self._learned: list[Mel] = [*span_slices(corpus, split.train), *(origin.mels if origin else ())]
        self._sampler = self._draws(self._random)
        self._networks = Networks(initialised(corpus.mel_format.bands, config).to(config.device))
        self._vae, self._average = self._networks.trained, self._networks.average
        self._optimizer = torch.optim.AdamW(
            self._vae.parameters(), config.learning_rate, (0.9, 0.98), weight_decay=0.02
        )
        self._steps, self._failures, self._seconds = 0, 0, 0.0
        self._best = self._latest = evaluate(self._average, self._held_out, self._std)
        self._curve: tuple[Point, ...] = ()

    def run(self) -> Iterator[TrainingStatus]:
        """Trains until the budget is used up, yielding about every second; evaluates every `evaluation_seconds`.

        The time between a yield and what follows it does not count.
        """
        yield from self._begin()
        self._processes.broadcast_float(SYNC_WEIGHTS)
        self._networks.level(self._processes)
        reported = evaluated = self._seconds
        last, loss = self._clock(), math.nan
        while (fraction := self._fraction(self._seconds)) < 1:
            loss = self._step(self._processes.broadcast_float(fraction))
            last, before = self._clock(), last
            self._seconds += last - before
            if self._due(self._seconds - evaluated):
                self._evaluate()
                evaluated = self._seconds
            if self._seconds - reported >= 0.5 or self._config.epochs is not None:
                reported = self._seconds
                yield self._status(loss)
                last = self._clock()
        self._evaluate()
        yield self._status(loss)

    def follow(self) -> None:
        """Makes the steps that the first process makes, until it makes no more."""
        while (fraction := self._processes.broadcast_float(WAITING)) < ENDED:
            if fraction == SYNC_WEIGHTS:
                self._networks.level(self._processes)
            elif fraction != WAITING:
                self._step(fraction)

    def _begin(self) -> Iterator[TrainingStatus]:
        """What is computed rather than learned, as a part of the training's time; nothing where it has been done."""
        if not isinstance(self._vae, PcaVAE) or self._vae.initialized:
            return
        last = self._clock()
        draws = self._draws(torch.Generator().manual_seed(self._config.seed))  # begun again it is the same beginning
        for _ in begin(self._vae, self._learned, draws, self._config.seed):
            self._seconds += self._clock() - last
            yield self._status(math.nan)
            last = self._clock()
        if self._origin:
            self._origin.hand_on(self._vae)
        self._networks.settle()
        self._seconds += self._clock() - last
        self._evaluate(first=True)
        yield self._status(math.nan)

    def _draws(self, random: torch.Generator) -> WindowSampler:
        return WindowSampler(self._learned, self._corpus.mel_format, self._mean, self._std, self._config, random)

    def _due(self, seconds: float) -> bool:
        if self._config.epochs is None:
            return seconds >= self._config.evaluation_seconds
        return self._steps % max(1, self._config.epochs * self._sampler.epoch_steps // 20) == 0

    def result(self) -> TrainingResult:
        for _ in self._begin():
            pass
        return TrainingResult(self._networks.best(), self._config.architecture, self._mean, self._std, self._record())

    def trial(self) -> tuple[Tensor, Tensor]:
        """The loudest held-out window, and what the averaged network makes of it: log-mels `[bands, frames]`."""
        std, mean = self._std[:, None], self._mean[:, None]
        original = self._held_out.cpu() * std + mean
        chosen = torch.logsumexp(2 * original, (1, 2)).argmax()
        with torch.no_grad():
            latent, _ = self._average.encode(self._held_out[chosen][None])
            rebuilt = self._average.decode(latent)[0].cpu()
        return original[chosen], rebuilt * std + mean

    def state(self) -> TrainingState:
        """All that `restore` needs; to be taken between two steps."""
        parts = {
            **self._networks.parts(),
            "optimizer": optimizer_moments(self._optimizer),
            "random": {"state": self._random.get_state()},
        }
        counted = (self._steps, self._failures, self._seconds, self._best, self._latest, self._curve)
        return TrainingState(asdict(self._config), self._fingerprint, *counted, parts)

    def restore(self, state: TrainingState) -> None:
        """Goes on from there as if nothing had been between. Raises TrainingError where it is not this training's."""
        if state.corpus != self._fingerprint:
            raise TrainingError(_OTHER_RECORDINGS)
        try:
            with parse_guard():
                self._load(state.parts)
        except ParseError as error:
            raise TrainingError(_OTHER_NETWORK) from error
        self._steps, self._failures, self._seconds = state.step, state.failures, state.seconds
        self._best, self._latest, self._curve = state.best, state.latest, state.curve

    def _load(self, parts: Mapping[str, Mapping[str, Tensor]]) -> None:
        self._networks.load(parts)
        self._random.set_state(parts["random"]["state"])
        if parts.get("optimizer"):
            restore_moments(self._optimizer, dict(parts["optimizer"]))

    def _record(self) -> dict[str, Any]:
        return {
            "seconds": round(self._seconds, 1),
            "epochs": self._epochs,
            "steps": self._steps,
            "windows": self._sampler.windows,
            "held_out_windows": len(self._held_out),
            **self._config.to_record(),
            **self._best.to_record(),
        }

    @property
    def _epochs(self) -> int:
        return self._steps // self._sampler.epoch_steps

    def _fraction(self, seconds: float) -> float:
        if self._config.epochs is not None:
            return self._steps / (self._config.epochs * self._sampler.epoch_steps)
        return seconds / (self._config.minutes * 60)

    def _step(self, fraction: float) -> float:
        """One update; the loss in nats per window. Three updates in a row that are not finite end the training."""
        config = self._config
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(config, fraction, self._steps)
        self._vae.train()
        windows = self._processes.shard(self._sampler.batch()).to(config.device)
        values, weight = windows[0].numel(), kl_weight(config, fraction)
        self._optimizer.zero_grad(set_to_none=True)
        share = self._processes.backward(self._vae, lambda: self._loss(windows, weight) / values)
        loss = self._processes.mean(share) * values
        norm = torch.nn.utils.clip_grad_norm_(self._vae.parameters(), 1.0)
        if not torch.isfinite(norm) or not torch.isfinite(loss):
            self._recover()
            return math.nan
        self._optimizer.step()
        self._steps, self._failures = self._steps + 1, 0
        self._networks.follow(self._steps)
        return loss.item()

    def _loss(self, windows: Tensor, kl_weight: float) -> Tensor:
        return negative_elbo(self._vae, windows, kl_weight, self._config, self._random, self._processes)

    def _evaluate(self, first: bool = False) -> None:
        """`first`: what was judged before was no network yet, and none that could be kept."""
        self._latest = evaluate(self._average, self._held_out, self._std)
        self._curve = (*self._curve, Point(self._seconds, self._latest.error_db))
        if first or self._latest.error_db < self._best.error_db:
            self._best = self._latest
            self._networks.keep()

    def _recover(self) -> None:
        """Back to the last good network, with fresh moments and half the learning rate."""
        self._failures += 1
        if self._failures > _FAILURES_MAX:
            raise TrainingError("The training came to numbers that are not finite and cannot go on.")
        self._networks.go_back()
        self._networks.level(self._processes)
        self._optimizer.state.clear()

    def _status(self, loss: float) -> TrainingStatus:
        fraction = min(1.0, self._fraction(self._seconds))
        return TrainingStatus(
            "train",
            f"Learning: epoch {self._epochs}, error {self._best.error_db:.1f} dB on sounds held out",
            fraction,
            epoch=self._epochs,
            step=self._steps,
            seconds=self._seconds,
            remaining_seconds=self._seconds * (1 - fraction) / max(fraction, 1e-6),
            loss=loss,
            error_db=self._latest.error_db,
            best_error_db=self._best.error_db,
            plateau=is_plateau(self._curve),
        )
