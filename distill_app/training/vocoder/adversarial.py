"""Adversarial loss: discriminators are trained on every batch, then score it."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from distill_app.training.run.adamw import AdamW
from distill_app.training.run.autocast import mixed_precision
from distill_app.training.run.checkpoint_file import State, optimizer_moments, restore_moments
from distill_app.training.run.process_group import SingleProcess, unwrap
from distill_app.training.vocoder.discriminators import (
    Discriminators,
    discriminator_loss,
    feature_matching_loss,
    generator_loss,
)

_BETAS = (0.8, 0.99)
_WEIGHT_DECAY = 0.01
_GRADIENT_MAX = 10.0
_LEVEL, _LEVEL_LEAST = 0.1, 1e-4
"""RMS to which samples are normalized, so that soft sounds count as much as loud ones, but not silence."""


class AdversarialLoss:
    """Discriminators and their optimizer.

    Args:
        width: factor of their channels.
        seed: of their initial weights.
    """

    def __init__(self, width: float, seed: int, processes: SingleProcess) -> None:
        self._processes = processes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = Discriminators(width)
        self._network = processes.data_parallel(network.to(processes.device))
        parameters = network.parameters()
        self._optimizer = AdamW(parameters, betas=_BETAS, weight_decay=_WEIGHT_DECAY, fused=True)

    def train_step(self, predicted: Tensor, recorded: Tensor, rate: float) -> Tensor:
        """One training step of the discriminators at this learning rate, unless not finite; returns the loss."""
        predicted, recorded = _normalize_rms(predicted.detach(), recorded)
        with mixed_precision(self._processes.device.type):
            verdicts = self._network(torch.cat([predicted, recorded]))
        loss = discriminator_loss([verdict for verdict, _ in verdicts])
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self._network.parameters(), _GRADIENT_MAX)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        if torch.isfinite(norm):
            self._optimizer.step()
        return loss.detach()

    def generator_losses(self, predicted: Tensor, recorded: Tensor) -> dict[str, Tensor]:
        """Losses "adversarial" and "features" of the generator; the discriminators get no gradient."""
        predicted, recorded = _normalize_rms(predicted, recorded)
        network = unwrap(self._network).requires_grad_(False)
        with mixed_precision(self._processes.device.type):
            with torch.no_grad():
                wanted = network(recorded)
            verdicts = network(predicted)
        network.requires_grad_(True)
        return {"adversarial": generator_loss(verdicts), "features": feature_matching_loss(verdicts, wanted)}

    def parts(self) -> dict[str, State]:
        """Tensors for a checkpoint."""
        state = unwrap(self._network).state_dict()
        return {"discriminators": state, "discriminators_optimizer": optimizer_moments(self._optimizer)}

    def restore(self, parts: Mapping[str, State]) -> None:
        """Restore checkpoint tensors. Raises KeyError, RuntimeError or ValueError if they do not fit."""
        unwrap(self._network).load_state_dict(parts["discriminators"])
        restore_moments(self._optimizer, parts["discriminators_optimizer"])


def _normalize_rms(predicted: Tensor, recorded: Tensor) -> tuple[Tensor, Tensor]:
    """Both `[batch, n]` times the gain that brings the recorded one to `_LEVEL`."""
    rms = recorded.square().mean(1, keepdim=True).sqrt()
    gain = _LEVEL / rms.clamp_min(_LEVEL_LEAST)
    return predicted.float() * gain, recorded * gain
