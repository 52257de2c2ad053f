"""Training loop of a vocoder: one step at a time on any device, exactly resumable at any step."""

import copy

import torch
from torch import Tensor, nn

from distill_app.common.errors import TrainingError
from distill_app.common.parsing import ParseError, parse_guard
from distill_app.training.run.adamw import AdamW
from distill_app.training.run.autocast import mixed_precision
from distill_app.training.run.checkpoint_file import State, optimizer_moments, restore_moments
from distill_app.training.run.process_group import SingleProcess, unwrap
from distill_app.training.vocoder.adversarial import AdversarialLoss
from distill_app.training.vocoder.batches import Batches
from distill_app.training.vocoder.checkpoint import VocoderCheckpoint
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
    """One training. `average` is the resulting network at any time.

    Args:
        batches: training batches.
        init: network with initial weights.
    """

    def __init__(
        self,
        config: VocoderTrainingConfig,
        batches: Batches,
        processes: SingleProcess,
        init: nn.Module | None = None,
    ) -> None:
        self._config, self._batches, self._processes = config, batches, processes
        network = _initial_network(config, init).to(processes.device)
        self.average = copy.deepcopy(network).eval().requires_grad_(False)
        self._generator = processes.data_parallel(network)
        self._loss = SpectralLoss(config.generator.mel_format, config.resolutions, config.lowest_hz).to(
            processes.device
        )
        self._optimizer = AdamW(network.parameters(), betas=_BETAS, weight_decay=_WEIGHT_DECAY, fused=True)
        self.timer = PartTimer()
        self._means = RunningMeans()
        self.step, self._failures = 0, 0
        self._adversarial: AdversarialLoss | None = None

    def advance(self) -> None:
        """One step. Raises TrainingError if losses were not finite for several steps in a row."""
        with self.timer.part("data"):
            mel, recorded = self._batches.draw(self.step)
        with self.timer.part("generator"), mixed_precision(self._processes.device.type):
            predicted = self._generator(mel)
        with self.timer.part("losses"):
            terms = self._loss(predicted, recorded)
        if self._config.adversarial(self.step):
            terms |= self._adversarial_terms(predicted, recorded)
        loss = self._weighted(terms)
        with self.timer.part("backward"):
            self._optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
        with self.timer.part("optimizer"):
            norm = nn.utils.clip_grad_norm_(self._generator.parameters(), _GRADIENT_MAX)
            self._update(norm)
        self._means.add({"loss": loss.detach(), "gradient_norm": norm} | terms)
        self.step += 1

    def _adversarial_terms(self, predicted: Tensor, recorded: Tensor) -> dict[str, Tensor]:
        """Adversarial losses of the generator, after a training step of the discriminators."""
        if self._adversarial is None:
            self._adversarial = self._new_adversarial()
        with self.timer.part("discriminators"):
            loss = self._adversarial.train_step(predicted, recorded, self._config.rate(self.step))
            self._means.add({"discriminator": loss})
            return self._adversarial.generator_losses(predicted, recorded)

    def _new_adversarial(self) -> AdversarialLoss:
        return AdversarialLoss(self._config.discriminator_width, self._config.seed, self._processes)

    def _weighted(self, terms: dict[str, Tensor]) -> Tensor:
        weights = self._config.weights
        return torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()

    def _update(self, norm: Tensor) -> None:
        """Update the weights, unless a gradient is not finite."""
        if not torch.isfinite(norm):
            self._count_failure()
            return
        self._failures = 0
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.rate(self.step)
        self._optimizer.step()
        self._update_average()

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures > _FAILURES_MAX:
            raise TrainingError(
                "The training came to numbers that are not finite and ended; the last good weights are kept."
            )

    @torch.no_grad()
    def _update_average(self) -> None:
        """Move the average towards the trained weights, faster at first."""
        decay = min(self._config.average_decay, (1 + self.step) / (10 + self.step))
        trained = unwrap(self._generator).parameters()
        for averaged, current in zip(self.average.parameters(), trained, strict=True):
            averaged.lerp_(current, 1 - decay)

    def means(self) -> dict[str, float]:
        """Mean losses and timings of the steps since the last call."""
        figures = self._means.take()
        rate = {"learning_rate": self._config.rate(max(0, self.step - 1))}
        return figures | rate | {f"{name}_seconds": seconds for name, seconds in self.timer.take().items()}

    def checkpoint(self, seconds: float) -> VocoderCheckpoint:
        """State for `restore`, after `seconds` of training in all."""
        parts = {
            "generator": unwrap(self._generator).state_dict(),
            "average": self.average.state_dict(),
            "optimizer": optimizer_moments(self._optimizer),
        }
        parts |= self._adversarial.parts() if self._adversarial is not None else {}
        return VocoderCheckpoint(self._config.generator, self.step, seconds, parts)

    def restore(self, checkpoint: VocoderCheckpoint) -> None:
        """Resume from a checkpoint. Raises TrainingError if it is of another network."""
        other = (
            "The checkpoint is of another network; choose the --config that it was made with, or leave out --resume."
        )
        if checkpoint.generator != self._config.generator:
            raise TrainingError(other)
        try:
            with parse_guard():
                unwrap(self._generator).load_state_dict(_tensors(checkpoint, "generator"))
                self.average.load_state_dict(_tensors(checkpoint, "average"))
                restore_moments(self._optimizer, _tensors(checkpoint, "optimizer"))
                self._adversarial = self._restored_adversarial(checkpoint)
        except ParseError as error:
            raise TrainingError(other) from error
        self.step = checkpoint.step

    def _restored_adversarial(self, checkpoint: VocoderCheckpoint) -> AdversarialLoss | None:
        """Discriminators of a checkpoint; None if it has none or this training uses none."""
        if "discriminators" not in checkpoint.parts or self._config.adversarial_step is None:
            return None
        adversarial = self._new_adversarial()
        adversarial.restore(checkpoint.parts)
        return adversarial


def _tensors(checkpoint: VocoderCheckpoint, name: str) -> State:
    return checkpoint.parts.get(name, {})


def _initial_network(config: VocoderTrainingConfig, init: nn.Module | None) -> nn.Module:
    """Network with initial weights that depend only on the seed; the global random state is preserved."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = build_generator(config.generator)
    if init is not None:
        network.load_state_dict(init.state_dict())
    return add_weight_norm(network) if config.generator.family == "hifigan" else network
