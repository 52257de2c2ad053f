"""Trained network, its exponential moving average, and the best average so far.

Fixed buffers (`VAE.fixed_buffers`) are identical in all three and stored once.
"""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from distill_app.models.vae import VAE, build_vae
from distill_app.training.run.process_group import SingleProcess
from distill_app.training.vae.config import TrainingConfig

State = dict[str, Tensor]

_AVERAGED_STEPS = 100


class EmaNetworks:
    def __init__(self, trained: VAE) -> None:
        self.trained = trained
        self.average = copy.deepcopy(trained).eval().requires_grad_(False)
        self._best = _trainable_state(self.average)

    def copy_to_average(self) -> None:
        """Copy the trained network into the average, after changes outside of training steps."""
        self.average.load_state_dict(self.trained.state_dict())

    @torch.no_grad()
    def update_average(self, steps: int) -> None:
        """Update the average after `steps` training steps."""
        weight = 1 / min(steps, _AVERAGED_STEPS)
        trained = self.trained.state_dict()
        for name, value in _trainable_state(self.average, copied=False).items():
            value.copy_(value.lerp(trained[name], weight) if value.is_floating_point() else trained[name])

    def keep_as_best(self) -> None:
        """Store the average as the best network."""
        self._best = _trainable_state(self.average)

    def restore_best(self) -> None:
        """Restore trained network and average from the best."""
        for network in (self.trained, self.average):
            network.load_state_dict(self._best, strict=False)

    def synchronize(self, processes: SingleProcess) -> None:
        """Copy both networks of the main process to all processes."""
        for network in (self.trained, self.average):
            processes.broadcast_tensors(network.state_dict().values())

    def best(self) -> VAE:
        """Copy of the best network on the CPU."""
        vae = copy.deepcopy(self.average)
        vae.load_state_dict(self._best, strict=False)
        return vae.cpu()

    def parts(self) -> dict[str, State]:
        halved = self.trained.half_precision_buffers
        network = {name: v.half() if name in halved else v for name, v in self.trained.state_dict().items()}
        return {"network": network, "average": _trainable_state(self.average, copied=False), "best": self._best}

    def load(self, parts: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Restore from checkpoint tensors. Raises KeyError or RuntimeError if they are of another network."""
        self.trained.load_state_dict(parts["network"])
        fixed_buffers = {name: self.trained.state_dict()[name] for name in self.trained.fixed_buffers}
        self.average.load_state_dict({**fixed_buffers, **parts["best"]})
        self.keep_as_best()
        self.average.load_state_dict({**fixed_buffers, **parts["average"]})


def initial_network(bands: int, config: TrainingConfig) -> VAE:
    """Network with initial weights that depend only on the seed; the global random state is preserved."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return build_vae(bands, config.architecture)


def _trainable_state(vae: VAE, copied: bool = True) -> State:
    """Tensors that training steps change."""
    return {name: v.clone() if copied else v for name, v in vae.state_dict().items() if name not in vae.fixed_buffers}
