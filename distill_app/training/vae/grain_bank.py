"""Grain bank of a model that was trained, with its progress as status values."""

from dataclasses import replace

from distill_app.common.generators import map_steps
from distill_app.common.parsing import replace_surrogates
from distill_app.corpus.corpus import Corpus
from distill_app.grain.bank import GrainBank
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
    steps = grain_bank_steps(model, corpus, minutes, None if base is None else bank_of_missing(base, corpus))

    def status(step: GrainProgress) -> TrainingStatus:
        return TrainingStatus("save", step.message, step.fraction, notes=(*known, *step.notes))

    return model.with_grain((yield from map_steps(steps, status)))


def bank_of_missing(base: BaseModel, corpus: Corpus) -> GrainBank | None:
    """Bank of a base model without recordings that are given again; of one name, those of other length are kept."""
    if base.model.grain is None:
        return None
    given, gone = {replace_surrogates(file.name) for file in corpus.files}, {file.name for file in base.files}
    segments = base.model.grain.segments
    kept = tuple(each for each in segments if each.recording in gone or each.recording not in given)
    return replace(base.model.grain, segments=kept)
