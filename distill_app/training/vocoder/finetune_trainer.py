"""Fitting a model's own vocoder: the loop of every vocoder, and the best network so far by held-out sound."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Size, Tensor, nn

from distill_app.common.errors import TrainingError
from distill_app.training.run.checkpoint_file import State
from distill_app.training.run.plateau import Point, is_plateau
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vocoder.evaluation import EvaluationResult, Excerpt, distance, look
from distill_app.training.vocoder.finetune_checkpoint import FinetuneCheckpoint
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import build_vocoder, embedded_info
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.weights_file import network_from_state, stored_state
from distill_app.vocoders.registry import get_vocoder
from distill_app.vocoders.runtime.compute_config import ComputeConfig

EPOCH_SEGMENTS = 2_048
"""Drawn at random, however many recordings there are."""
_PLAIN = ComputeConfig("cpu", "torch")
_TOLD_SECONDS = 0.5
_LOOKS = 10
"""Of a training that is counted in steps."""
_OTHER_RECORDINGS = (
    "The recordings are not those that this training began with; put them back, or start anew without --resume."
)
_OTHER_BASE = "The checkpoint is of a training that began with another network; start anew without --resume."


@dataclass(frozen=True)
class Budget:
    """How long: minutes, or steps in all instead; and the seconds between two looks at held-out sound."""

    minutes: float
    steps: int | None = None
    look_seconds: float = 30.0


class FinetuneTrainer:
    """One training. `best()` is the network to keep at any time. Meets `distill_app.training.run.runner.Trainable`.

    Args:
        trainer: does the steps.
        generator: its network.
        batch: segments of a step.
        choosing: what networks are chosen by.
        identity: what it began with, and the fingerprint of the recordings.
        clock: seconds.
    """

    def __init__(
        self,
        trainer: VocoderTrainer,
        generator: GeneratorConfig,
        batch: int,
        choosing: Sequence[Excerpt],
        identity: tuple[str, str],
        budget: Budget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trainer, self._generator, self._batch, self._choosing = trainer, generator, batch, choosing
        self._identity, self._budget, self._clock = identity, budget, clock
        self._seconds = 0.0
        built_in = get_vocoder(BUILT_IN.id)
        self._beside = [distance(built_in, each) for each in choosing]
        self._best = self._latest = self._look()
        self._kept: State = copy.deepcopy(trainer.average.state_dict())
        self._curve: tuple[Point, ...] = ()

    @property
    def gain(self) -> float:
        """Of the network kept, on what it was chosen by."""
        return self._best.gain

    @property
    def step(self) -> int:
        return self._trainer.step

    @property
    def seconds(self) -> float:
        return self._seconds

    @property
    def epochs(self) -> int:
        return self.step * self._batch // EPOCH_SEGMENTS

    def run(self) -> Iterator[TrainingStatus]:
        """Learns until the budget is used up. The time between a yield and what follows it does not count."""
        told = looked = self._seconds
        last, stepped = self._clock(), self.step
        while self._fraction() < 1:
            self._trainer.advance()
            last, before = self._clock(), last
            self._seconds += last - before
            if self._is_due(self._seconds - looked):
                self._choose()
                looked = self._seconds
            if self._seconds - told >= _TOLD_SECONDS or self._budget.steps is not None:
                told = self._seconds
                yield self._status()
                last = self._clock()
        if self.step != stepped:
            self._choose()
        yield self._status()

    def _is_due(self, seconds: float) -> bool:
        if self._budget.steps is None:
            return seconds >= self._budget.look_seconds
        return self.step % max(1, self._budget.steps // _LOOKS) == 0

    def _fraction(self) -> float:
        if self._budget.steps is not None:
            return self.step / self._budget.steps
        return self._seconds / (60 * self._budget.minutes)

    def _choose(self) -> None:
        self._latest = self._look()
        self._curve = (*self._curve, Point(self._seconds, self._latest.error_db))
        if self._latest.gain > self._best.gain:
            self._best, self._kept = self._latest, copy.deepcopy(self._trainer.average.state_dict())

    def _look(self) -> EvaluationResult:
        return look(self._vocoder(self._trainer.average), self._choosing, self._beside)

    def _vocoder(self, network: nn.Module) -> Vocoder:
        """As it would be stored."""
        plain = network_from_state(self._generator, _stored(network))
        return build_vocoder(plain, self._generator, embedded_info(self._generator, ""), _PLAIN)

    def best(self) -> dict[str, Tensor]:
        """The tensors of the network kept, as a file holds them."""
        network = copy.deepcopy(self._trainer.average)
        network.load_state_dict(self._kept)
        return _stored(network)

    def state(self) -> FinetuneCheckpoint:
        """To be taken between two steps."""
        looks = (self._best, self._latest)
        training = self._trainer.checkpoint(self._seconds)
        return FinetuneCheckpoint(training, *self._identity, *looks, self._curve, self._kept)

    def restore(self, state: FinetuneCheckpoint) -> None:
        """Goes on from there as if nothing had been between. Raises TrainingError where it is not this training's."""
        base, recordings = self._identity
        if state.recordings != recordings:
            raise TrainingError(_OTHER_RECORDINGS)
        if state.base != base:
            raise TrainingError(_OTHER_BASE)
        if _shapes(state.kept) != _shapes(self._kept):
            raise TrainingError(_OTHER_BASE)
        self._trainer.restore(state.training)
        self._seconds, self._kept = state.training.seconds, state.kept
        self._best, self._latest, self._curve = state.best, state.latest, state.curve

    def _status(self) -> TrainingStatus:
        fraction = min(1.0, self._fraction())
        return TrainingStatus(
            "train",
            self._message(),
            fraction,
            epoch=self.epochs,
            step=self.step,
            seconds=self._seconds,
            remaining_seconds=self._seconds * (1 - fraction) / max(fraction, 1e-6),
            loss=self._trainer.means().get("loss", math.nan),
            error_db=self._latest.error_db,
            best_error_db=self._best.error_db,
            plateau=is_plateau(self._curve),
        )

    def _message(self) -> str:
        nearer = f"{100 * self.gain:.1f} % nearer to held-out sound than built-in"
        return f"Learning: step {self.step}, {nearer if self.gain > 0 else 'not yet nearer to held-out sound'}"


def _shapes(state: State) -> dict[str, Size]:
    return {name: tensor.shape for name, tensor in state.items()}


def _stored(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.cpu() for name, tensor in stored_state(network, half=True).items()}
