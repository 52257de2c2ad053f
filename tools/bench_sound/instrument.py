"""A set's recordings with the model that learned them."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile as sf
import torch
from torch import Tensor

from distill_app.common.generators import drain
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.loudness_normalization import GainMel
from distill_app.corpus.scan import scan_files
from distill_app.dsp.mel import to_mel
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, REPEAT_FRAMES, WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec, Mode
from distill_app.training.axes.level_calibration import calibrate_levels
from distill_app.training.grain.bank_builder import grain_bank_steps
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tools.bench_sound.measures import HOP, PIECE_SAMPLES, Samples, piece_mel, pooled_windows
from tools.bench_sound.set_files import file_name
from tools.bench_sound.sets import SoundSet, next_set

HIT_SAMPLES = (REPEAT_FRAMES - LEAD_FRAMES) * HOP
"""Length in which one-shots are compared: until their window repeats, 1.09 s."""

_CONFIG = TrainingConfig(epochs=60, seed=0)
_ONSET_LEVEL = 0.01  # of the peak: -40 dB
_AUDIBLE_LEVEL = 0.01
_WINDOW_STEP = 8


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Part of a recording as long as a window of the model.

    Args:
        file: name of the recording.
        start: first sample.
        samples: `PIECE_SAMPLES`, of one-shots `HIT_SAMPLES`, at the level that the model learned.
        mel: the model's window, `[bands, WINDOW_FRAMES]`; a one-shot's begins with the silent lead.
    """

    file: str
    start: int
    samples: Samples
    mel: Tensor


@dataclass(frozen=True, eq=False)
class Instrument:
    """Model of a set, with its recordings.

    Args:
        model: carries its grain bank, made anew by the code of today.
        recordings: samples `[n]` by file name, at the level that the model learned.
        foreign: recordings of another set.
    """

    sound_set: SoundSet
    model: DistillModel
    recordings: dict[str, Samples]
    foreign: tuple[Samples, ...] = ()

    @property
    def is_one_shots(self) -> bool:
        return self.sound_set.kind == "one-shots"

    @cached_property
    def excerpts(self) -> list[Excerpt]:
        """All audible excerpts, half overlapping; the first hit of each one-shot."""
        cut = _hits if self.is_one_shots else _windows
        return [each for name, samples in self.recordings.items() for each in cut(name, samples)]

    @cached_property
    def known_windows(self) -> Tensor:
        """Features of the recordings' windows, for the novelty of a render."""
        if self.is_one_shots:
            return torch.cat([pooled_windows(piece_mel(each.samples), 1) for each in self.excerpts])
        return torch.cat([pooled_windows(piece_mel(each), _WINDOW_STEP) for each in self.recordings.values()])


def load_instrument(sound_set: SoundSet, folder: Path) -> Instrument:
    """Instrument of a set whose files are in `folder`; its model is trained where it is not there yet."""
    corpus = corpus_of(sound_set, folder)
    trained = _load_or_train(sound_set.name, corpus, folder)
    model = trained.with_grain(drain(grain_bank_steps(trained, corpus, _CONFIG.grain_minutes)))
    recordings = {each.name: _learned_level(each, folder / sound_set.name) for each in corpus.files}
    other = next_set(sound_set)
    foreign = tuple(read_samples(folder / other.name / file_name(each)) for each in other.files)
    return Instrument(sound_set, model, recordings, foreign)


def corpus_of(sound_set: SoundSet, folder: Path) -> Corpus:
    """Recordings of a set whose files are in `folder`."""
    paths = tuple(folder / sound_set.name / file_name(each) for each in sound_set.files)
    mode: Mode = "one-shots" if sound_set.kind == "one-shots" else "textures"
    return drain(scan_files([CorpusSpec(sound_set.name, paths, mode)], folder / "cache"))


def _load_or_train(name: str, corpus: Corpus, folder: Path) -> DistillModel:
    path, stamp = folder / f"{name}.distillgan", folder / f"{name}.trained"
    wanted = hashlib.sha256(repr((corpus.fingerprint, asdict(_CONFIG))).encode()).hexdigest()
    if not (path.is_file() and stamp.is_file() and stamp.read_text() == wanted):
        print(f"Training the model of “{name}”", flush=True)
        save_model(_train(name, corpus), path)
        stamp.write_text(wanted)
    return load_model(path)


def _train(name: str, corpus: Corpus) -> DistillModel:
    """Model with sliders that are found but not named."""
    trainer = Trainer(corpus, _CONFIG)
    for _ in trainer.run():
        pass
    return calibrate_levels(build_model(corpus, trainer.result(), name), corpus)


def _learned_level(recording: Recording, folder: Path) -> Samples:
    nepers = recording.mel.nats if isinstance(recording.mel, GainMel) else 0.0
    return read_samples(folder / recording.name) * np.float32(math.exp(nepers))


def read_samples(path: Path) -> Samples:
    samples, _ = sf.read(path, dtype="float32")
    return samples


def _windows(name: str, samples: Samples) -> Sequence[Excerpt]:
    """Excerpts of a texture whose peak is not far below that of the recording."""
    padded = np.pad(samples, (0, max(0, PIECE_SAMPLES - len(samples))))
    mel, peak = to_mel(padded), float(np.abs(padded).max())
    found = []
    for frame in range(0, len(padded) // HOP - WINDOW_FRAMES + 1, WINDOW_FRAMES // 2):
        part = padded[frame * HOP : frame * HOP + PIECE_SAMPLES]
        if np.abs(part).max() > _AUDIBLE_LEVEL * peak:
            found.append(Excerpt(name, frame * HOP, part, mel[:, frame : frame + WINDOW_FRAMES]))
    return found


def _hits(name: str, samples: Samples) -> Sequence[Excerpt]:
    """First hit of a recording, with as many samples before its onset as the model's windows have."""
    onset = int(np.argmax(np.abs(samples) >= _ONSET_LEVEL * np.abs(samples).max()))
    start = max(0, onset - ONSET_SAMPLES)
    part = samples[start : start + HIT_SAMPLES]
    hit = np.pad(part, (max(0, ONSET_SAMPLES - onset), 0))[:HIT_SAMPLES]
    hit = np.pad(hit, (0, HIT_SAMPLES - len(hit)))
    led = np.pad(samples[start : start + PIECE_SAMPLES], (LEAD_FRAMES * HOP + max(0, ONSET_SAMPLES - onset), 0))
    return [Excerpt(name, start, hit, piece_mel(led)[:, :WINDOW_FRAMES])]
