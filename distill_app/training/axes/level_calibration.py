"""Calibration of one-shot models: hits are rendered as loud as the recordings at the same slider positions.

A mel determines the level of its sound only within 1 dB, a vocoder smears an attack over its frames, and what it puts
before the onset is cut off with the lead. So hits are rendered where the sliders place their recordings, and the
differences in loudness are added to the anchor levels there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
_EXTRA_FRAMES = 4, 11, 18
"""Frames after the decay of a hit, one render each: phases, and so the loudness of short noises, differ by 0.5 dB."""


@dataclass(frozen=True, eq=False)
class _Hit:
    """A recorded window `[bands, WINDOW_FRAMES]` and its loudness in LUFS."""

    window: Tensor
    loudness_lufs: float


@torch.inference_mode()
def calibrate_levels(model: DistillModel, corpus: Corpus, render: Render | None = None) -> DistillModel:
    """One-shot model with anchor levels at which its hits are as loud as the recordings; other models unchanged.

    A hit whose peak would exceed the ceiling stays below it.

    Args:
        corpus: recordings the model was trained on.
        render: renders a mel; the built-in vocoder if None.
    """
    anchors, hits = model.axes.anchors, _hits(corpus)
    if not model.header.lead_frames or anchors is None or anchors.levels is None or not hits:
        return model
    render = render or built_in_renderer()
    latents = torch.stack([_nearest_slider_latent(model, hit.window) for hit in hits])
    extra_frames = _EXTRA_FRAMES[: max(1, _RENDERS // len(hits))]
    corrections = [
        _correction_db(model, latent, hit, render, extra_frames) for latent, hit in zip(latents, hits, strict=True)
    ]
    before = torch.stack([level for level in map(model.axes.level, latents) if level is not None])
    wanted = before + NATS_PER_DB * torch.tensor(corrections)
    return model.with_axes(model.axes.with_levels_near(latents, wanted))


def _hits(corpus: Corpus) -> list[_Hit]:
    """Evenly chosen windows of known loudness."""
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


def _nearest_slider_latent(model: DistillModel, window: Tensor) -> Tensor:
    """Latent `[latent]` of the slider position nearest to a window."""
    sliders = model.axes.to_sliders(model.encode(window[None])[0])
    return model.axes.to_latent([float(np.clip(value, -SLIDER_LIMIT, SLIDER_LIMIT)) for value in sliders])


def _correction_db(
    model: DistillModel, latent: Tensor, hit: _Hit, render: Render, extra_frames: Sequence[int]
) -> float:
    """Gain needed at a latent, within what the peak ceiling allows.

    Args:
        extra_frames: frames after the decay of the hit, one render each.
    """
    mel_format = model.header.mel_format
    mel = model.decode_at_corpus_level(latent[None])[0, :, :REPEAT_FRAMES]
    sounding = _sounding_frames(frame_levels(mel[None], mel_format)[0])
    measured = [
        _loudness_and_peak(model, render(mel[:, :frames]))
        for frames in sorted({min(sounding + n, REPEAT_FRAMES) for n in extra_frames})
    ]
    level, peak = np.mean(measured, axis=0)
    correction, recorded = float(np.clip(hit.loudness_lufs - level, -_DB_MAX, _DB_MAX)), model.header.peak_dbfs
    return correction if recorded is None else min(correction, peak_ceiling_dbfs(recorded) - float(peak))


def _loudness_and_peak(model: DistillModel, sound: Sound) -> tuple[float, float]:
    """Loudness in LUFS and peak in dBFS of a rendered window, without its lead."""
    mel_format = model.header.mel_format
    lead = round(model.header.lead_frames * mel_format.hop * sound.sample_rate / mel_format.sample_rate)
    samples = sound.mono()[lead:]
    return loudness_lufs(samples, sound.sample_rate), 20 * float(np.log10(max(1e-6, np.abs(samples).max(initial=0))))


def _sounding_frames(levels: Tensor) -> int:
    """Number of frames of levels `[frames]`, in dBFS, until the sound has decayed."""
    loud = (levels > levels.max() - _DECAYED_DB).nonzero()
    return min(len(levels), int(loud[-1]) + 1)
