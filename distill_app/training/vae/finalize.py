"""What becomes of a network when it has learned: its sliders are measured and named, and it is saved as a model.

What has been measured of a slider is written down at once: a program that is killed meanwhile goes on with the next.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import numpy as np
import torch

from distill_app.common.errors import ModelFileError
from distill_app.common.generators import FractionProgress, map_steps
from distill_app.common.logging_setup import logger
from distill_app.common.training_paths import BASE_MODEL
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.training.axes.analysis import Measuring, SliderAudio, Sweep, analyse
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.runner import Training, pausable, raise_if_suspended
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.checkpoint import TrainingState
from distill_app.training.vae.trainer import Trainer

_FINDING = "Analysing: finding the sliders"
_FINDING_SHARE = 0.2
"""Share of the analysis, in time, for an hour of recordings; it is less for a few minutes of them."""

Place = tuple[str, float]
"""Words, and the fraction 0 … 1 of the analysis that is done."""


class Finalizer:
    """The end of one training.

    Args:
        resumed: what the training went on from.
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
        self, assembling: Callable[[], FractionProgress[DistillModel]], audition: SliderAudio, out: Path
    ) -> Training[DistillModel]:
        """The model, saved: its checkpoint is gone then, unless the hand has ended the learning, which can go on.

        Raises TrainingLeftError where the hand asks for it before all sliders are measured.
        """
        yield self._told(_FINDING, 0.0)
        sweeps = self._measured()
        self._write_down(sweeps)
        model = yield from self._followed(_analysis(assembling(), audition, sweeps), sweeps)
        yield TrainingStatus("save", f"Saving “{out.name}”", 0.0)
        model = self._with_its_vocoder(model, out)
        save_model(model, out)
        self._put_away()
        yield TrainingStatus("save", f"Saved “{out.name}”", 1.0)
        return model

    def _followed(self, analysis: Generator[Place, None, DistillModel], sweeps: list[Sweep]) -> Training[DistillModel]:
        """The analysis, written down with each slider that is measured, paused or left as the hand asks."""
        written = len(sweeps)
        while True:
            try:
                words, fraction = next(analysis)
            except StopIteration as end:
                model: DistillModel = end.value
                return model
            if len(sweeps) > written:
                self._write_down(sweeps)
                written = len(sweeps)
            yield from pausable(self._told(words, fraction), self._control)
            raise_if_suspended(self._control)

    def _with_its_vocoder(self, model: DistillModel, out: Path) -> DistillModel:
        """With what was trained, since it was stopped, for the model that is replaced: of the same recordings only."""
        if self._resumed is None or not out.is_file():
            return model
        try:
            replaced = load_model(out)
        except ModelFileError as error:
            logger.info("the model that is replaced: %s", error)
            return model
        return model.with_vocoder_of(replaced) if replaced.header.corpus == model.header.corpus else model

    def _told(self, words: str, fraction: float) -> TrainingStatus:
        return TrainingStatus("analyse", words, fraction, trouble=self._checkpoints.trouble)

    def _measured(self) -> list[Sweep]:
        """Before the program was ended, of the very network that it is about."""
        if self._resumed is None or self._resumed.step != self._trainer.state().step:
            return []
        return [Sweep(values.numpy()) for values in self._resumed.sweeps]

    def _write_down(self, sweeps: list[Sweep]) -> None:
        known = takewhile(lambda sweep: np.isfinite(sweep.values).all(), sweeps)
        values = tuple(torch.from_numpy(sweep.values) for sweep in known)
        self._checkpoints.save(replace(self._trainer.state(), stopped=self._control.stopped, sweeps=values))

    def _put_away(self) -> None:
        if self._control.stopped:
            self._checkpoints.save(replace(self._trainer.state(), saved=True))
        else:
            self._checkpoints.remove(BASE_MODEL)


def _analysis(
    assembling: FractionProgress[DistillModel], audition: SliderAudio, sweeps: list[Sweep]
) -> Generator[Place, None, DistillModel]:
    """The model with its sliders found, measured and named."""
    unnamed = yield from map_steps(assembling, lambda fraction: (_FINDING, _FINDING_SHARE * fraction))
    return (yield from map_steps(analyse(unnamed, audition, sweeps), _measuring))


def _measuring(now: Measuring) -> Place:
    fraction = _FINDING_SHARE + (1 - _FINDING_SHARE) * now.fraction
    return f"Analysing: slider {now.slider} of {now.sliders}", fraction
