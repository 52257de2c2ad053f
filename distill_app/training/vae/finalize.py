"""End of a training: the sliders are found, and the model is saved."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from distill_app.common.errors import ModelFileError
from distill_app.common.generators import FractionProgress
from distill_app.common.logging_setup import logger
from distill_app.common.training_paths import BASE_MODEL
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.runner import Training, pausable, raise_if_suspended
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.checkpoint import TrainingState
from distill_app.training.vae.trainer import Trainer

_FINDING = "Analysing: finding the sliders"


class Finalizer:
    """Last steps of one training.

    Args:
        resumed: state from which the training was resumed.
    """

    def __init__(
        self,
        trainer: Trainer,
        control: Control,
        checkpoints: Checkpoints[TrainingState],
        resumed: TrainingState | None,
    ) -> None:
        self._trainer, self._control, self._checkpoints = trainer, control, checkpoints
        self._resumed = resumed

    def run(
        self,
        build: Callable[[], FractionProgress[DistillModel]],
        add_grain: Callable[[DistillModel], Training[DistillModel]],
        out: Path,
    ) -> Training[DistillModel]:
        """Build and save the model; keeps the checkpoint only if the user stopped the training early.

        Args:
            add_grain: gives the model its recordings.

        Raises TrainingSuspendedError if the user suspends it before the sliders are found.
        """
        self._checkpoints.save(replace(self._trainer.state(), stopped=self._control.stopped))
        yield self._status(_FINDING, 0.0)
        model = yield from self._pausable(build())
        model = yield from add_grain(model)
        raise_if_suspended(self._control)
        yield TrainingStatus("save", f"Saving “{out.name}”", 0.0)
        model = self._with_vocoder_of_replaced(model, out)
        save_model(model, out)
        self._discard_checkpoint()
        yield TrainingStatus("save", f"Saved “{out.name}”", 1.0)
        return model

    def _pausable(self, build: FractionProgress[DistillModel]) -> Training[DistillModel]:
        """Model from `build`, which is paused or suspended at the user's request."""
        while True:
            try:
                fraction = next(build)
            except StopIteration as end:
                model: DistillModel = end.value
                return model
            yield from pausable(self._status(_FINDING, fraction), self._control)
            raise_if_suspended(self._control)

    def _with_vocoder_of_replaced(self, model: DistillModel, out: Path) -> DistillModel:
        """Model with the vocoder that was embedded since the training stopped, if the recordings are the same."""
        if self._resumed is None or not out.is_file():
            return model
        try:
            replaced = load_model(out)
        except ModelFileError as error:
            logger.info("the model that is replaced: %s", error)
            return model
        return model.with_vocoder_of(replaced) if replaced.header.corpus == model.header.corpus else model

    def _status(self, words: str, fraction: float) -> TrainingStatus:
        return TrainingStatus("analyse", words, fraction, trouble=self._checkpoints.trouble)

    def _discard_checkpoint(self) -> None:
        if self._control.stopped:
            self._checkpoints.save(replace(self._trainer.state(), saved=True))
        else:
            self._checkpoints.remove(BASE_MODEL)
