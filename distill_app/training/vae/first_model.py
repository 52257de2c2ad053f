"""The first model of a training: its principal components alone, playable seconds after the recordings are read.

Its sliders are those of the refined model, because only the residual decoder learns from then on.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from distill_app.common.errors import ModelFileError
from distill_app.common.generators import FractionProgress, map_steps
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from distill_app.training.run.control import Control, nothing
from distill_app.training.run.runner import Training, pausable, raise_if_suspended
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.trainer import Trainer

_MAKING = "Making the first model"


class FirstModel:
    """Maker of one first model.

    Args:
        build: model of the network as it is when this is called.
        add_grain: gives the model its recordings.
        meanwhile: called again and again during a pause.
    """

    def __init__(
        self,
        build: Callable[[], FractionProgress[DistillModel]],
        add_grain: Callable[[DistillModel], Training[DistillModel]],
        out: Path,
        control: Control,
        meanwhile: Callable[[], object] = nothing,
    ) -> None:
        self._build, self._add_grain, self._out = build, add_grain, out
        self._control, self._meanwhile = control, meanwhile

    def alone(self, initializing: Iterable[TrainingStatus]) -> Training[DistillModel]:
        """Saved first model, with which the training ends.

        Raises TrainingSuspendedError where `control` is suspended, and ModelFileError.
        """
        status = TrainingStatus("train", _MAKING, 0.0)
        for status in initializing:
            yield from pausable(status, self._control, self._meanwhile)
        model = yield from self._make(status)
        raise_if_suspended(self._control)
        yield TrainingStatus("save", f"Saving “{self._out.name}”", 0.0)
        save_model(model, self._out)
        yield TrainingStatus("save", f"Saved “{self._out.name}”", 1.0)
        return model

    def before(self, fitting: Iterator[TrainingStatus], trainer: Trainer) -> Training[None]:
        """`fitting`, in which the first model is written once there is one; a file that is there already stays."""
        for status in fitting:
            yield status
            if trainer.is_initialized and not self._control.ended:
                if not os.path.lexists(self._out):
                    yield from self._write(status)
                break
        yield from fitting

    def _write(self, status: TrainingStatus) -> Training[None]:
        """Writes the model; a full disk does not end the training."""
        model = yield from self._make(status)
        if self._control.ended:
            return
        try:
            save_model(model, self._out)
        except ModelFileError as error:
            yield replace(status, trouble=str(error))
        else:
            seconds = 0.0 if model.grain is None else model.grain.seconds
            yield replace(status, message=_MAKING, first_model=str(self._out), grain_seconds=seconds)

    def _make(self, status: TrainingStatus) -> Training[DistillModel]:
        making = replace(status, message=_MAKING)
        model = yield from self._pausable(map_steps(self._build(), lambda _fraction: making))
        steps = map_steps(self._add_grain(model), lambda step: replace(making, notes=step.notes))
        return (yield from self._pausable(steps))

    def _pausable(self, work: Training[DistillModel]) -> Training[DistillModel]:
        while True:
            try:
                status = next(work)
            except StopIteration as end:
                model: DistillModel = end.value
                return model
            yield from pausable(status, self._control, self._meanwhile)
