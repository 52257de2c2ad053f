"""Fitting a vocoder: one step at a time, on any device; stopped at any step it goes on as if it had not been."""

import copy

import torch
from torch import Tensor, nn

from distill_app.common.errors import TrainingError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.training.run.autocast import mixed_precision
from distill_app.training.run.checkpoint_file import State, optimizer_moments, restore_moments
from distill_app.training.run.process_group import SingleProcess, unwrap
from distill_app.training.vocoder.adversarial import AdversarialLoss
from distill_app.training.vocoder.batches import Batches
from distill_app.training.vocoder.checkpoint import Checkpoint
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.losses import SpectralLoss
from distill_app.training.vocoder.meters import PartTimer, RunningMeans
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.hifigan import add_weight_norm

_GRADIENT_MAX = 5.0
_BETAS = (0.8, 0.99)
_WEIGHT_DECAY = 0.01
_FAILURES_MAX = 5


class VocoderTrainer:
    """One training. `average` is the network to keep at any time.

    Args:
        batches: what is learned from.
        init: weights to start from, as a weights file holds them.
    """

    def __init__(
        self,
        config: VocoderTrainingConfig,
        batches: Batches,
        processes: SingleProcess,
        init: nn.Module | None = None,
    ) -> None:
        self._config, self._batches, self._processes = config, batches, processes
        network = _initialised(config, init).to(processes.device)
        self.average = copy.deepcopy(network).eval().requires_grad_(False)
        self._generator = processes.data_parallel(network)
        self._loss = SpectralLoss(config.generator.mel_format, config.resolutions, config.lowest_hz).to(
            processes.device
        )
        self._optimizer = torch.optim.AdamW(network.parameters(), betas=_BETAS, weight_decay=_WEIGHT_DECAY, fused=True)
        self.watch = PartTimer()
        self._means = RunningMeans()
        self.step, self._failures = 0, 0
        self._adversary: AdversarialLoss | None = None

    def advance(self) -> None:
        """One step. Raises TrainingError where losses have not been finite for some steps in a row."""
        with self.watch.part("data"):
            mel, recorded = self._batches.draw(self.step)
        with self.watch.part("generator"), mixed_precision(self._processes.device.type):
            predicted = self._generator(mel)
        with self.watch.part("losses"):
            terms = self._loss(predicted, recorded)
        if self._config.adversarial(self.step):
            terms |= self._contested(predicted, recorded)
        loss = self._weighted(terms)
        with self.watch.part("backward"):
            self._optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
        with self.watch.part("optimizer"):
            norm = nn.utils.clip_grad_norm_(self._generator.parameters(), _GRADIENT_MAX)
            self._update(norm)
        self._means.add({"loss": loss.detach(), "gradient_norm": norm} | terms)
        self.step += 1

    def _contested(self, predicted: Tensor, recorded: Tensor) -> dict[str, Tensor]:
        """What the discriminators say, after they have learned from the batch."""
        if self._adversary is None:
            self._adversary = self._new_adversary()
        with self.watch.part("discriminators"):
            loss = self._adversary.learn(predicted, recorded, self._config.rate(self.step))
            self._means.add({"discriminator": loss})
            return self._adversary.judge(predicted, recorded)

    def _new_adversary(self) -> AdversarialLoss:
        return AdversarialLoss(self._config.discriminator_width, self._config.seed, self._processes)

    def _weighted(self, terms: dict[str, Tensor]) -> Tensor:
        weights = self._config.weights
        return torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()

    def _update(self, norm: Tensor) -> None:
        """Moves the weights, unless a gradient is not finite: no bad step ever reaches them."""
        if not torch.isfinite(norm):
            self._fail()
            return
        self._failures = 0
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.rate(self.step)
        self._optimizer.step()
        self._follow()

    def _fail(self) -> None:
        self._failures += 1
        if self._failures > _FAILURES_MAX:
            raise TrainingError(
                "The training came to numbers that are not finite and ended; the last good weights are kept."
            )

    @torch.no_grad()
    def _follow(self) -> None:
        """Moves the average towards the trained weights, fast at first."""
        decay = min(self._config.average_decay, (1 + self.step) / (10 + self.step))
        trained = unwrap(self._generator).parameters()
        for averaged, current in zip(self.average.parameters(), trained, strict=True):
            averaged.lerp_(current, 1 - decay)

    def means(self) -> dict[str, float]:
        """Of the figures and the seconds of the steps since this was last asked for."""
        figures = self._means.take()
        rate = {"learning_rate": self._config.rate(max(0, self.step - 1))}
        return figures | rate | {f"{name}_seconds": seconds for name, seconds in self.watch.take().items()}

    def checkpoint(self, seconds: float) -> Checkpoint:
        """Everything that `restore` needs, after `seconds` of training in all."""
        parts = {
            "generator": unwrap(self._generator).state_dict(),
            "average": self.average.state_dict(),
            "optimizer": optimizer_moments(self._optimizer),
        }
        parts |= self._adversary.parts() if self._adversary is not None else {}
        return Checkpoint(self._config.generator, self.step, seconds, parts)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes on where the checkpoint stands. Raises TrainingError where it is of another network."""
        other = (
            "The checkpoint is of another network; choose the --config that it was made with, or leave out --resume."
        )
        if checkpoint.generator != self._config.generator:
            raise TrainingError(other)
        try:
            with parse_guard():
                unwrap(self._generator).load_state_dict(_part(checkpoint, "generator"))
                self.average.load_state_dict(_part(checkpoint, "average"))
                restore_moments(self._optimizer, _part(checkpoint, "optimizer"))
                self._adversary = self._restored_adversary(checkpoint)
        except ParseError as error:
            raise TrainingError(other) from error
        self.step = checkpoint.step

    def _restored_adversary(self, checkpoint: Checkpoint) -> AdversarialLoss | None:
        """None where there was none, or this training has none."""
        if "discriminators" not in checkpoint.parts or self._config.adversarial_step is None:
            return None
        adversary = self._new_adversary()
        adversary.restore(checkpoint.parts)
        return adversary


def _part(checkpoint: Checkpoint, name: str) -> State:
    return checkpoint.parts.get(name, {})


def _initialised(config: VocoderTrainingConfig, init: nn.Module | None) -> nn.Module:
    """A network whose first weights depend on the seed alone; the caller's random state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = build_generator(config.generator)
    if init is not None:
        network.load_state_dict(init.state_dict())
    return add_weight_norm(network) if config.generator.family == "hifigan" else network
