"""Grain bank of a model that was trained, with its progress as status values."""

from distill_app.common.generators import map_steps
from distill_app.corpus.corpus import Corpus
from distill_app.models.model import DistillModel
from distill_app.training.grain.bank_builder import GrainProgress, grain_bank_steps
from distill_app.training.run.runner import Training
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.base_model import BaseModel


def add_grain_bank(
    model: DistillModel, corpus: Corpus, minutes: float, base: BaseModel | None
) -> Training[DistillModel]:
    """Model with a bank of at most `minutes` of its recordings, those of its base model included."""
    known = tuple(note for file in corpus.files for note in file.notes)
    steps = grain_bank_steps(model, corpus, minutes, None if base is None else base.model.grain)

    def status(step: GrainProgress) -> TrainingStatus:
        return TrainingStatus("save", step.message, step.fraction, notes=(*known, *step.notes))

    return model.with_grain((yield from map_steps(steps, status)))
