"""Conversion of a trained network into a model with sliders."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from distill_app import __version__
from distill_app.common.generators import FractionProgress, drain
from distill_app.common.parsing import replace_surrogates
from distill_app.corpus.corpus import Corpus
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.axes import LatentAxes
from distill_app.models.half_precision import rounded_network, rounding_db
from distill_app.models.header import CEILING_DBFS_MAX, CEILING_DBFS_MIN, CorpusFile, ModelHeader
from distill_app.models.loudness import frame_levels
from distill_app.models.model import DistillModel
from distill_app.models.window import LEAD_FRAMES, WINDOW_FRAMES
from distill_app.training.axes.found_axes import Windows, with_found_axes
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.memory_estimate import ANALYSED_MAX
from distill_app.training.vae.novelty import novelty
from distill_app.training.vae.result import TrainingResult
from distill_app.vocoders.embedded.vocoder import mark_outdated

_ENCODE_BATCH = 64
HOP = WINDOW_FRAMES // 16
_HEADROOM_DB = 3.0
"""Level that sliders may add above the loudest recording."""


def build_model(corpus: Corpus, trained: TrainingResult, name: str, base: BaseModel | None = None) -> DistillModel:
    """Result of `build_model_steps`."""
    return drain(build_model_steps(corpus, trained, name, base))


def build_model_steps(
    corpus: Corpus, trained: TrainingResult, name: str, base: BaseModel | None = None
) -> FractionProgress[DistillModel]:
    """Model with its axes found and named, and the novelty of its random sounds.

    Yields the fraction done once it has axes.

    Args:
        base: base model of the training.
    """
    header = ModelHeader(
        name=name,
        mel_format=corpus.mel_format,
        architecture=dict(trained.architecture),
        axes=(),
        corpus=(*_files(corpus), *(base.files if base else ())),
        training=trained.record | _versions(),
    )
    latent = trained.vae.latent
    nothing = LatentAxes((), torch.zeros(latent), torch.zeros(0, latent))
    vae = rounded_network(trained.vae.requires_grad_(False))
    model = DistillModel(header, vae, trained.mean, trained.std, nothing)
    windows = Windows.of(corpus, HOP, ANALYSED_MAX, None if base is None else base.windows)
    known = windows.mels
    header = replace(header, ceiling_dbfs=_ceiling_dbfs(known, header.mel_format), peak_dbfs=_peak_dbfs(corpus, base))
    model = replace(model, header=replace(header, lead_frames=_lead_frames(corpus, base)))
    found, explained_variance = with_found_axes(model, windows, None if base is None else base.model)
    yield 1.0
    record = {
        "half_precision_null_db": _rounding_db(replace(model, vae=trained.vae), model, known),
        "axis_shares_of_sound": explained_variance,
        "novelty": novelty(found, corpus, known[:0] if base is None else base.windows).to_record(),
    }
    whole = replace(found, header=replace(found.header, training=header.training | record | _source(base)))
    return whole if base is None else _with_vocoder(whole, base.model)


def _rounding_db(unrounded: DistillModel, model: DistillModel, windows: Tensor) -> float:
    """Level of what rounding changes in some of the windows `[n, bands, frames]`, in dB."""
    return round(rounding_db(unrounded, model, windows[:: -(-len(windows) // _ENCODE_BATCH)]), 1)


def _with_vocoder(model: DistillModel, before: DistillModel) -> DistillModel:
    """Model with the embedded vocoder of the base model, marked as outdated if there are new recordings."""
    carrying = model.with_vocoder_of(before)
    vocoder = carrying.header.vocoder
    if vocoder is None or set(model.header.corpus) <= set(before.header.corpus):
        return carrying
    return replace(carrying, header=replace(carrying.header, vocoder=mark_outdated(vocoder)))


def _ceiling_dbfs(windows: Tensor, mel_format: MelFormat) -> float:
    """Level ceiling slightly above the loudest frame of windows `[n, bands, frames]`."""
    loudest = max(float(frame_levels(batch, mel_format).max()) for batch in torch.split(windows, _ENCODE_BATCH))
    return round(min(CEILING_DBFS_MAX, max(CEILING_DBFS_MIN, loudest + _HEADROOM_DB)), 2)


def _peak_dbfs(corpus: Corpus, base: BaseModel | None) -> float | None:
    """Sample peak of the loudest recording, including those of the base model; None if one is unknown."""
    known = [amplitude_to_db(corpus.peak)] if corpus.peak else [None]
    peaks = known if base is None else [*known, base.model.header.peak_dbfs]
    found = [min(CEILING_DBFS_MAX, max(CEILING_DBFS_MIN, peak)) for peak in peaks if peak is not None]
    return round(max(found), 2) if len(found) == len(peaks) else None


def _lead_frames(corpus: Corpus, base: BaseModel | None) -> int:
    """Number of silent frames that every window begins with; 0 unless all files of the corpus are one-shots."""
    one_shots = all(file.starts is not None for file in corpus.files)
    return LEAD_FRAMES if one_shots and (base is None or base.model.header.lead_frames == LEAD_FRAMES) else 0


def _files(corpus: Corpus) -> list[CorpusFile]:
    return [CorpusFile(replace_surrogates(file.name), round(file.seconds, 3), file.kind) for file in corpus.files]


def _source(base: BaseModel | None) -> dict[str, Any]:
    return {} if base is None else {"continued_from": base.model.header.name}


def _versions() -> dict[str, Any]:
    return {"distill": __version__, "torch": torch.__version__}
