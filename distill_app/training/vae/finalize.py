"""End of a training: the sliders are measured and named, and the model is saved.

Each measured slider is checkpointed at once, so that a killed program resumes with the next one.
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
from distill_app.training.axes.analysis import AnalysisProgress, RenderSliders, Sweep, analyse
from distill_app.training.run.checkpoints import Checkpoints
from distill_app.training.run.control import Control
from distill_app.training.run.runner import Training, pausable, raise_if_suspended
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.checkpoint import TrainingState
from distill_app.training.vae.trainer import Trainer

_FINDING = "Analysing: finding the sliders"
_FINDING_SHARE = 0.2
"""Share of the analysis time spent on finding the sliders, for an hour of recordings; less for a few minutes."""

Place = tuple[str, float]
"""Message and fraction 0 … 1 of the analysis."""


class Finalizer:
    """Analysis and saving of one training.

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
        render: RenderSliders,
        add_grain: Callable[[DistillModel], Training[DistillModel]],
        out: Path,
    ) -> Training[DistillModel]:
        """Analyse and save the model; keeps the checkpoint only if the user stopped the training early.

        Args:
            add_grain: gives the analysed model its recordings.

        Raises TrainingSuspendedError if the user suspends it before all sliders are measured.
        """
        yield self._status(_FINDING, 0.0)
        sweeps = self._resumed_sweeps()
        self._checkpoint(sweeps)
        model = yield from self._run_analysis(_analysis(build(), render, sweeps), sweeps)
        model = yield from add_grain(model)
        raise_if_suspended(self._control)
        yield TrainingStatus("save", f"Saving “{out.name}”", 0.0)
        model = self._with_vocoder_of_replaced(model, out)
        save_model(model, out)
        self._discard_checkpoint()
        yield TrainingStatus("save", f"Saved “{out.name}”", 1.0)
        return model

    def _run_analysis(
        self, analysis: Generator[Place, None, DistillModel], sweeps: list[Sweep]
    ) -> Training[DistillModel]:
        """Model from the analysis, checkpointed after each slider, paused or suspended at the user's request."""
        written = len(sweeps)
        while True:
            try:
                words, fraction = next(analysis)
            except StopIteration as end:
                model: DistillModel = end.value
                return model
            if len(sweeps) > written:
                self._checkpoint(sweeps)
                written = len(sweeps)
            yield from pausable(self._status(words, fraction), self._control)
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

    def _resumed_sweeps(self) -> list[Sweep]:
        """Sweeps measured before an interruption, if they are of this very network."""
        if self._resumed is None or self._resumed.step != self._trainer.state().step:
            return []
        return [Sweep(values.numpy()) for values in self._resumed.sweeps]

    def _checkpoint(self, sweeps: list[Sweep]) -> None:
        known = takewhile(lambda sweep: np.isfinite(sweep.values).all(), sweeps)
        values = tuple(torch.from_numpy(sweep.values) for sweep in known)
        self._checkpoints.save(replace(self._trainer.state(), stopped=self._control.stopped, sweeps=values))

    def _discard_checkpoint(self) -> None:
        if self._control.stopped:
            self._checkpoints.save(replace(self._trainer.state(), saved=True))
        else:
            self._checkpoints.remove(BASE_MODEL)


def _analysis(
    build: FractionProgress[DistillModel], render: RenderSliders, sweeps: list[Sweep]
) -> Generator[Place, None, DistillModel]:
    """Model with its sliders found, measured and named."""
    unnamed = yield from map_steps(build, lambda fraction: (_FINDING, _FINDING_SHARE * fraction))
    return (yield from map_steps(analyse(unnamed, render, sweeps), _analysis_place))


def _analysis_place(now: AnalysisProgress) -> Place:
    fraction = _FINDING_SHARE + (1 - _FINDING_SHARE) * now.fraction
    return f"Analysing: slider {now.slider} of {now.sliders}", fraction
