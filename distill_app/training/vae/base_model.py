"""The model that a training goes on from, and what it remembers of recordings that are not given again."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import TrainingError
from distill_app.common.owned_files import remove_file
from distill_app.common.parsing import replace_surrogates
from distill_app.common.training_paths import base_model_path
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.models.header import CorpusFile
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model
from distill_app.models.pca_vae import PcaVAE
from distill_app.models.slider_sampling import sample_sliders
from distill_app.models.window import WINDOW_FRAMES

_DRAWN = 200
"""Sounds taken from a model that has no anchors."""


@dataclass(frozen=True, eq=False)
class BaseModel:
    """What a training begins with.

    Args:
        model: goes on being right: its z-score is that of what comes of it, its decoder for the rest the first one.
        mels: windows of what it learned from, as it has them; none where all of that is given again.
        files: the recordings behind them.
    """

    model: DistillModel
    mels: tuple[MemoryMel, ...]
    files: tuple[CorpusFile, ...]

    @classmethod
    def of(cls, path: Path, corpus: Corpus) -> "BaseModel":
        """Raises ModelFileError, or TrainingError where it is of another mel or gives no numbers."""
        model = load_model(path)
        if model.header.mel_format != corpus.mel_format:
            raise TrainingError(f"“{path.name}” was learned from another kind of mel and cannot be gone on with.")
        given = {(replace_surrogates(file.name), round(file.seconds, 3)) for file in corpus.files}
        gone = tuple(file for file in model.header.corpus if (file.name, round(file.seconds, 3)) not in given)
        remembered = tuple(_remembered(model)) if gone else ()
        if not all(mel.isfinite().all() for mel in remembered):
            raise TrainingError(f"“{path.name}” gives no sound and cannot be gone on with.")
        return cls(model, tuple(map(MemoryMel, remembered)), gone)

    @classmethod
    def kept(cls, begin_with: Path | None, out: Path, corpus: Corpus, resumed: bool) -> "BaseModel | None":
        """That of a training into `out`, copied beside its checkpoint where it is new, and read from there.

        Raises ModelFileError or TrainingError.
        """
        place = base_model_path(out)
        if not resumed and begin_with is not None:
            if not begin_with.exists():
                raise TrainingError(f"“{begin_with}” does not exist; there is no model to go on with.")
            cls.of(begin_with, corpus)  # what is wrong with it is told by its own name and not by the copy's
        try:
            if not resumed:
                remove_file(place, place.parent)
            if not resumed and begin_with is not None:
                with atomic_path(place, owner=place.parent) as temporary:
                    shutil.copyfile(begin_with, temporary)
        except OSError as error:
            raise TrainingError(write_error_message(place, error)) from error
        return cls.of(place, corpus) if place.is_file() else None

    @property
    def fingerprint(self) -> str:
        """Another one for another model."""
        return hashlib.sha256(self.model.header.to_json().encode()).hexdigest()

    @property
    def windows(self) -> Tensor:
        """Log-mels `[n, bands, WINDOW_FRAMES]` of what is remembered."""
        bands = self.model.header.mel_format.bands
        return torch.stack([mel.values for mel in self.mels]) if self.mels else torch.empty(0, bands, WINDOW_FRAMES)

    def hand_on(self, vae: PcaVAE) -> None:
        """Gives a network that has begun what descent has come to before."""
        if isinstance(self.model.vae, PcaVAE):
            vae.copy_decoder_from(self.model.vae)


def _remembered(model: DistillModel) -> Tensor:
    """Log-mels `[n, bands, WINDOW_FRAMES]`: of the anchors, or random ones."""
    axes = model.axes
    if axes.anchors is not None:
        latents = axes.mean + axes.anchors.coordinates @ axes.directions + axes.anchors.residuals
    else:
        random, centre = np.random.default_rng(0), np.zeros(len(axes.axes))
        latents = torch.stack([axes.to_latent(sample_sliders(axes, centre, random).tolist()) for _ in range(_DRAWN)])
    return torch.cat([model.decode(part) for part in torch.split(latents, 64)]).clone()
