"""Which recordings of a base model's bank a continued training keeps."""

from dataclasses import replace

import torch

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.models.header import CorpusFile
from distill_app.models.model import DistillModel
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.grain_bank import bank_of_missing


def given(*names: str) -> Corpus:
    return Corpus(tuple(Recording(name, 2.0, MemoryMel(torch.zeros(128, 150))) for name in names))


def kept(model: DistillModel, corpus: Corpus, *gone: str) -> tuple[str, ...]:
    bank = bank_of_missing(BaseModel(model, (), tuple(CorpusFile(name, 5.0) for name in gone)), corpus)
    assert bank is not None
    return bank.recordings


def test_recordings_that_are_given_again_are_not_kept_twice(grain_model: DistillModel) -> None:
    assert kept(grain_model, given("tone.wav", "other.wav"), "noise.wav", "chirp.wav") == ("noise.wav", "chirp.wav")
    assert kept(grain_model, given("tone.wav", "noise.wav", "chirp.wav")) == ()


def test_another_recording_of_the_same_name_does_not_replace_one(grain_model: DistillModel) -> None:
    assert kept(grain_model, given("tone.wav"), "tone.wav", "noise.wav") == ("tone.wav", "noise.wav", "chirp.wav")


def test_a_base_without_a_bank_has_nothing_to_keep(grain_model: DistillModel) -> None:
    base = BaseModel(replace(grain_model, grain=None), (), ())
    assert bank_of_missing(base, given("tone.wav")) is None
