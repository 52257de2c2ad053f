"""Fine-tuning loop of a model's embedded vocoder, which keeps the best network by validation gain."""

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
from distill_app.training.vocoder.evaluation import EvaluationResult, MelExcerpt, distance, evaluate_vocoder
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
"""Random segments that count as an epoch, whatever the amount of recordings."""
_PLAIN = ComputeConfig("cpu", "torch")
_REPORT_SECONDS = 0.5
_EVALUATIONS = 10
"""Number of evaluations in a training that is counted in steps."""
_OTHER_RECORDINGS = (
    "The recordings are not those that this training began with; put them back, or start anew without --resume."
)
_OTHER_BASE = "The checkpoint is of a training that began with another network; start anew without --resume."


@dataclass(frozen=True)
class Budget:
    """Length of a training: minutes, or steps in all instead; and seconds between two evaluations."""

    minutes: float
    steps: int | None = None
    look_seconds: float = 30.0


class FinetuneTrainer:
    """One fine-tuning; `best()` is the resulting network at any time. Implements `Trainable` of the runner.

    Args:
        trainer: makes the steps.
        generator: config of its network.
        batch: segments of a step.
        validation: excerpts that select the best network.
        identity: name of the base network, and fingerprint of the recordings.
        clock: seconds.
    """

    def __init__(
        self,
        trainer: VocoderTrainer,
        generator: GeneratorConfig,
        batch: int,
        validation: Sequence[MelExcerpt],
        identity: tuple[str, str],
        budget: Budget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trainer, self._generator, self._batch, self._validation = trainer, generator, batch, validation
        self._identity, self._budget, self._clock = identity, budget, clock
        self._seconds = 0.0
        built_in = get_vocoder(BUILT_IN.id)
        self._reference = [distance(built_in, each) for each in validation]
        self._best = self._latest = self._look()
        self._kept: State = copy.deepcopy(trainer.average.state_dict())
        self._curve: tuple[Point, ...] = ()

    @property
    def gain(self) -> float:
        """Validation gain of the best network."""
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
        """Train until the budget is used up. Time between a yield and the next step does not count."""
        reported = evaluated = self._seconds
        last, stepped = self._clock(), self.step
        while self._fraction() < 1:
            self._trainer.advance()
            last, before = self._clock(), last
            self._seconds += last - before
            if self._is_due(self._seconds - evaluated):
                self._choose()
                evaluated = self._seconds
            if self._seconds - reported >= _REPORT_SECONDS or self._budget.steps is not None:
                reported = self._seconds
                yield self._status()
                last = self._clock()
        if self.step != stepped:
            self._choose()
        yield self._status()

    def _is_due(self, seconds: float) -> bool:
        if self._budget.steps is None:
            return seconds >= self._budget.look_seconds
        return self.step % max(1, self._budget.steps // _EVALUATIONS) == 0

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
        return evaluate_vocoder(self._vocoder(self._trainer.average), self._validation, self._reference)

    def _vocoder(self, network: nn.Module) -> Vocoder:
        """Vocoder of a network, rounded as in a file."""
        plain = network_from_state(self._generator, _stored(network))
        return build_vocoder(plain, self._generator, embedded_info(self._generator, ""), _PLAIN)

    def best(self) -> dict[str, Tensor]:
        """Tensors of the best network as stored in a file."""
        network = copy.deepcopy(self._trainer.average)
        network.load_state_dict(self._kept)
        return _stored(network)

    def state(self) -> FinetuneCheckpoint:
        """State for `restore`, taken between two steps."""
        looks = (self._best, self._latest)
        training = self._trainer.checkpoint(self._seconds)
        return FinetuneCheckpoint(training, *self._identity, *looks, self._curve, self._kept)

    def restore(self, state: FinetuneCheckpoint) -> None:
        """Resume exactly from a state. Raises TrainingError if it belongs to another training."""
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
