"""Training loop of the VAE: a generator that can be stopped at any step and keeps the best network."""

import math
import time
from collections.abc import Callable, Iterator
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
from distill_app.training.run.adamw import AdamW
from distill_app.training.run.checkpoint_file import optimizer_moments, restore_moments
from distill_app.training.run.plateau import Point, is_plateau
from distill_app.training.run.process_group import ENDED, SINGLE_PROCESS, SYNC_WEIGHTS, WAITING, SingleProcess
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.budget import ModelBudget
from distill_app.training.vae.checkpoint import TrainingState
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.ema import EmaNetworks, initial_network
from distill_app.training.vae.evaluation import evaluate, reconstruct_loudest
from distill_app.training.vae.loss import negative_elbo
from distill_app.training.vae.pca_init import initialize_from_pca
from distill_app.training.vae.result import TrainingResult
from distill_app.training.vae.sampler import WindowSampler
from distill_app.training.vae.schedule import kl_weight, learning_rate

_FAILURES_MAX = 3
_OTHER_RECORDINGS = (
    "The recordings are not those that this training began with; put them back, or start anew without --resume."
)
_OTHER_NETWORK = "The checkpoint is of another network; start anew without --resume."


class Trainer:
    """One training. `run()` yields its status; `result()` is the best network at any time, also after an interruption.

    Deterministic for a corpus, a config in epochs and a number of threads; a budget in minutes gives as many steps as
    the machine makes in that time.

    Args:
        base: base model to continue.
        clock: seconds; wall time, unless a benchmark counts processor time.
        processes: process group that shares each step: `run()` in the main process, `follow()` in the others.
    """

    def __init__(
        self,
        corpus: Corpus,
        config: TrainingConfig,
        clock: Callable[[], float] = time.monotonic,
        processes: SingleProcess = SINGLE_PROCESS,
        base: BaseModel | None = None,
    ) -> None:
        self._corpus, self._config, self._clock, self._processes = corpus, config, clock, processes
        self._random = torch.Generator().manual_seed(config.seed)
        self._base, self._fingerprint = base, corpus.fingerprint + (base.fingerprint if base else "")
        self._mean, self._std = corpus.mean_and_std if base is None else (base.model.mean, base.model.std)
        split = split_corpus(corpus, config.seed)
        windows = (validation_windows(corpus, split) - self._mean[:, None]) / self._std[:, None]
        self._validation_windows = windows.to(config.device)
        self._training_slices: list[Mel] = [*span_slices(corpus, split.train), *(base.mels if base else ())]
        self._sampler = self._new_sampler(self._random)
        self._budget = ModelBudget(config, self._sampler.epoch_steps)
        self._networks = EmaNetworks(initial_network(corpus.mel_format.bands, config).to(config.device))
        self._vae, self._average = self._networks.trained, self._networks.average
        self._optimizer = AdamW(self._vae.parameters(), config.learning_rate, (0.9, 0.98), weight_decay=0.02)
        self._steps, self._failures, self._seconds = 0, 0, 0.0
        self._best = self._latest = evaluate(self._average, self._validation_windows, self._std)
        self._curve: tuple[Point, ...] = ()

    def run(self) -> Iterator[TrainingStatus]:
        """Train until the budget is used up, yielding about twice a second; evaluates every `evaluation_seconds`.

        Time between a yield and the next step does not count.
        """
        yield from self._initialize()
        self._processes.broadcast_float(SYNC_WEIGHTS)
        self._networks.synchronize(self._processes)
        reported = evaluated = self._seconds
        last, loss = self._clock(), math.nan
        while (fraction := self._fraction) < 1:
            loss = self._step(self._processes.broadcast_float(fraction))
            last, before = self._clock(), last
            self._seconds += last - before
            if self._budget.is_evaluation_due(self._steps, self._seconds - evaluated):
                self._evaluate()
                evaluated = self._seconds
            if self._seconds - reported >= 0.5 or self._config.epochs is not None:
                reported = self._seconds
                yield self._status(loss)
                last = self._clock()
        self._evaluate()
        yield self._status(loss)

    def follow(self) -> None:
        """Take part in the steps of the main process until it makes no more."""
        while (fraction := self._processes.broadcast_float(WAITING)) < ENDED:
            if fraction == SYNC_WEIGHTS:
                self._networks.synchronize(self._processes)
            elif fraction != WAITING:
                self._step(fraction)

    def _initialize(self) -> Iterator[TrainingStatus]:
        """PCA initialization, counted as training time; nothing if already done."""
        if not isinstance(self._vae, PcaVAE) or self.is_initialized:
            return
        last = self._clock()
        sampler = self._new_sampler(torch.Generator().manual_seed(self._config.seed))
        for _ in initialize_from_pca(self._vae, self._training_slices, sampler, self._config.seed):
            self._seconds += self._clock() - last
            yield self._status(math.nan)
            last = self._clock()
        if self._base:
            self._base.initialize_decoder(self._vae)
        self._networks.copy_to_average()
        self._seconds += self._clock() - last
        self._evaluate(first=True)
        yield self._status(math.nan)

    def _new_sampler(self, random: torch.Generator) -> WindowSampler:
        return WindowSampler(
            self._training_slices, self._corpus.mel_format, self._mean, self._std, self._config, random
        )

    def result(self) -> TrainingResult:
        for _ in self._initialize():
            pass
        return TrainingResult(self._networks.best(), self._config.architecture, self._mean, self._std, self._record())

    def demo_mels(self) -> tuple[Tensor, Tensor]:
        """The loudest validation window and its reconstruction by the averaged network: log-mels `[bands, frames]`."""
        return reconstruct_loudest(self._average, self._validation_windows, self._mean, self._std)

    def state(self) -> TrainingState:
        """State for `restore`, taken between two steps."""
        parts = {
            **self._networks.parts(),
            "optimizer": optimizer_moments(self._optimizer),
            "random": {"state": self._random.get_state()},
        }
        counted = (self._steps, self._failures, self._seconds, self._best, self._latest, self._curve)
        return TrainingState(asdict(self._config), self._fingerprint, *counted, parts)

    def restore(self, state: TrainingState) -> None:
        """Resume exactly from a state. Raises TrainingError if it belongs to another training."""
        if state.corpus != self._fingerprint:
            raise TrainingError(_OTHER_RECORDINGS)
        try:
            with parse_guard():
                self._networks.load(state.parts)
                self._random.set_state(state.parts["random"]["state"])
                if state.parts.get("optimizer"):
                    restore_moments(self._optimizer, dict(state.parts["optimizer"]))
        except ParseError as error:
            raise TrainingError(_OTHER_NETWORK) from error
        self._steps, self._failures, self._seconds = state.step, state.failures, state.seconds
        self._best, self._latest, self._curve = state.best, state.latest, state.curve

    def _record(self) -> dict[str, Any]:
        return {
            "seconds": round(self._seconds, 1),
            "epochs": self._steps // self._sampler.epoch_steps,
            "steps": self._steps,
            "windows": self._sampler.windows,
            "held_out_windows": len(self._validation_windows),
            **self._config.to_record(),
            **self._best.to_record(),
            **({} if self._first_error_db is None else {"first_error_db": round(self._first_error_db, 3)}),
        }

    @property
    def _fraction(self) -> float:
        return self._budget.fraction(self._steps, self._seconds, self._curve)

    @property
    def is_initialized(self) -> bool:
        """Whether the network has its principal components, and so is a model before its first step."""
        return isinstance(self._vae, PcaVAE) and self._vae.initialized

    @property
    def _first_error_db(self) -> float | None:
        """Validation error of the principal components alone."""
        return self._curve[0].error_db if self.is_initialized and self._curve else None

    def _step(self, fraction: float) -> float:
        """One update; returns the loss in nats per window. Raises TrainingError after repeated non-finite updates."""
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
        self._networks.update_average(self._steps)
        return loss.item()

    def _loss(self, windows: Tensor, kl_weight: float) -> Tensor:
        return negative_elbo(self._vae, windows, kl_weight, self._config, self._random, self._processes)

    def _evaluate(self, first: bool = False) -> None:
        """Evaluate the average and keep it if it is the best; the `first` one is kept in any case."""
        self._latest = evaluate(self._average, self._validation_windows, self._std)
        self._curve = (*self._curve, Point(self._seconds, self._latest.error_db))
        if first or self._latest.error_db < self._best.error_db:
            self._best = self._latest
            self._networks.keep_as_best()

    def _recover(self) -> None:
        """Restore the best network with fresh moments. Raises TrainingError after too many failures."""
        self._failures += 1
        if self._failures > _FAILURES_MAX:
            raise TrainingError("The training came to numbers that are not finite and cannot continue.")
        self._networks.restore_best()
        self._networks.synchronize(self._processes)
        self._optimizer.state.clear()

    def _status(self, loss: float) -> TrainingStatus:
        fraction, epoch = min(1.0, self._fraction), self._steps // self._sampler.epoch_steps
        return TrainingStatus(
            "train",
            f"Learning: epoch {epoch}, error {self._best.error_db:.1f} dB on sounds held out",
            fraction,
            epoch=epoch,
            step=self._steps,
            seconds=self._seconds,
            remaining_seconds=self._seconds * (1 - fraction) / max(fraction, 1e-6),
            loss=loss,
            error_db=self._latest.error_db,
            best_error_db=self._best.error_db,
            first_error_db=self._first_error_db,
            plateau=is_plateau(self._curve),
        )
