"""What becomes of a network when it has learned: its sliders are measured and named, and it is saved as a model.

What has been measured of a slider is written down at once: a program that is killed meanwhile goes on with the next.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import numpy as np
import torch

from distill_app.errors import ModelFileError
from distill_app.log import logger
from distill_app.models.file import load_model, save_model
from distill_app.models.model import DistillModel
from distill_app.training.analysis import Audition, Sweep, analyse
from distill_app.training.checkpoints import Checkpoints
from distill_app.training.control import Control
from distill_app.training.course import Progress, SessionProgress, leave_if_asked, paused
from distill_app.training.loop import Trainer
from distill_app.training.places import origin_path
from distill_app.training.state import TrainingState


class Finishing:
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

    def run(self, assembled: Callable[[], DistillModel], audition: Audition, out: Path) -> Progress[DistillModel]:
        """The model, saved: its checkpoint is gone then, unless the hand has ended the learning, which can go on.

        Raises TrainingLeftError where the hand asks for it between two sliders.
        """
        yield self._told("Finding the sliders", 0.0)
        sweeps = self._measured()
        self._write_down(sweeps)
        unnamed = model = assembled()
        count = len(model.axes.axes)
        for done, named in enumerate(analyse(unnamed, audition, sweeps), 1):
            model = named
            self._write_down(sweeps)
            yield from paused(self._told(f"Listening to slider {done} of {count}", done / count), self._control)
            leave_if_asked(self._control)
        yield SessionProgress("save", f"Saving “{out.name}”", 0.0)
        model = self._with_its_vocoder(model, out)
        save_model(model, out)
        self._put_away(out)
        yield SessionProgress("save", f"Saved “{out.name}”", 1.0)
        return model

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

    def _told(self, words: str, fraction: float) -> SessionProgress:
        return SessionProgress("analyse", words, fraction, trouble=self._checkpoints.trouble)

    def _measured(self) -> list[Sweep]:
        """Before the program was ended, of the very network that it is about."""
        if self._resumed is None or self._resumed.step != self._trainer.state().step:
            return []
        return [Sweep(values.numpy()) for values in self._resumed.sweeps]

    def _write_down(self, sweeps: list[Sweep]) -> None:
        known = takewhile(lambda sweep: np.isfinite(sweep.values).all(), sweeps)
        values = tuple(torch.from_numpy(sweep.values) for sweep in known)
        self._checkpoints.save(replace(self._trainer.state(), stopped=self._control.stopped, sweeps=values))

    def _put_away(self, out: Path) -> None:
        if self._control.stopped:
            self._checkpoints.save(replace(self._trainer.state(), saved=True))
        else:
            origin_path(out).unlink(missing_ok=True)
            self._checkpoints.remove()
