"""One-shots come out as loud as the recordings that they stand for.

A mel tells the level of its sound by 1 dB or so, a vocoder spreads an attack over its frames, and what it lays before
the onset is cut off with the lead of the window. So hits are made to sound where the sliders say their recordings, and
what they lack is added there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_sources import OneShot
from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.sound import Sound
from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.loudness import NATS_PER_DB, frame_levels, peak_ceiling_dbfs
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES, WINDOW_FRAMES
from distill_app.training.run.demos import Render, built_in_renderer

_HITS_MAX, _RENDERS = 64, 36
_DB_MAX = 6.0
_DECAYED_DB = 60.0
_MORE = 4, 11, 18
"""Frames after a hit has decayed: with each, phases come out differently, and loudness by 0.5 dB of short noises."""


@dataclass(frozen=True, eq=False)
class _Hit:
    """A window of a recording `[bands, WINDOW_FRAMES]`, and its loudness as recorded in LUFS."""

    window: Tensor
    loudness_lufs: float


@torch.inference_mode()
def calibrated(model: DistillModel, corpus: Corpus, render: Render | None = None) -> DistillModel:
    """The model of one-shots with the levels at which its hits have the loudness of the recordings; others as is.

    A hit that would rise above the ceiling of peaks by that stays below it.

    Args:
        corpus: the recordings that the model was learned from.
        render: the built-in vocoder where none is given.
    """
    anchors, hits = model.axes.anchors, _hits(corpus)
    if not model.header.lead_frames or anchors is None or anchors.levels is None or not hits:
        return model
    render = render or built_in_renderer()
    latents = torch.stack([_place(model, hit.window) for hit in hits])
    more = _MORE[: max(1, _RENDERS // len(hits))]
    lacking = [_lacking_db(model, latent, hit, render, more) for latent, hit in zip(latents, hits, strict=True)]
    before = torch.stack([level for level in map(model.axes.level, latents) if level is not None])
    wanted = before + NATS_PER_DB * torch.tensor(lacking)
    places = (latents - model.axes.mean) @ model.axes.directions.T
    matched = anchors.with_levels_near(places, wanted, model.axes.half_ranges)
    return model.with_axes(replace(model.axes, anchors=matched))


def _hits(corpus: Corpus) -> list[_Hit]:
    """Some of those of which the loudness is known, evenly taken."""
    known = [
        (file.mel, start, file.loudnesses[start])
        for file in corpus.files
        for start in file.starts or ()
        if start in file.loudnesses
    ]
    some = known[:: -(-len(known) // _HITS_MAX) or 1]
    return [
        _Hit(OneShot(mel, start, mel.frames, corpus.floor).read(0, WINDOW_FRAMES), level) for mel, start, level in some
    ]


def _place(model: DistillModel, window: Tensor) -> Tensor:
    """The latent `[latent]` of the sliders at which a window stands, as far as they go."""
    sliders = model.axes.to_sliders(model.encode(window[None])[0])
    return model.axes.to_latent([float(np.clip(value, -SLIDER_LIMIT, SLIDER_LIMIT)) for value in sliders])


def _lacking_db(model: DistillModel, latent: Tensor, hit: _Hit, render: Render, more: Sequence[int]) -> float:
    """By how much the sound at a latent is to be louder, within what its peak allows.

    Args:
        more: renders, one for each: frames after the hit has decayed.
    """
    mel_format = model.header.mel_format
    mel = model.decode_at_corpus_level(latent[None])[0, :, :REPEAT_FRAMES]
    sounding = _sounding_frames(frame_levels(mel[None], mel_format)[0])
    heard = [
        _heard(model, render(mel[:, :frames])) for frames in sorted({min(sounding + n, REPEAT_FRAMES) for n in more})
    ]
    level, peak = np.mean(heard, axis=0)
    lacking, recorded = float(np.clip(hit.loudness_lufs - level, -_DB_MAX, _DB_MAX)), model.header.peak_dbfs
    return lacking if recorded is None else min(lacking, peak_ceiling_dbfs(recorded) - float(peak))


def _heard(model: DistillModel, sound: Sound) -> tuple[float, float]:
    """Loudness in LUFS and peak in dBFS of a window's sound, as it is heard after its lead."""
    mel_format = model.header.mel_format
    lead = round(model.header.lead_frames * mel_format.hop * sound.sample_rate / mel_format.sample_rate)
    samples = sound.mono()[lead:]
    return loudness_lufs(samples, sound.sample_rate), 20 * float(np.log10(max(1e-6, np.abs(samples).max(initial=0))))


def _sounding_frames(levels: Tensor) -> int:
    """Number of frames of levels `[frames]`, in dBFS, until the sound has decayed."""
    loud = (levels > levels.max() - _DECAYED_DB).nonzero()
    return min(len(levels), int(loud[-1]) + 1)
