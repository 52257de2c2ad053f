"""What one-shots lose of their level on the way from mel to sound is given back.

A vocoder spreads an attack over its frames, and what it lays before the onset is cut off with the lead of the window.
"""

from dataclasses import replace

import numpy as np
import torch

from distill_app.dsp.loudness import k_weighted
from distill_app.dsp.sound import Sound
from distill_app.models.loudness import window_levels
from distill_app.models.model import DistillModel
from distill_app.training.analysis import Audition

_PLACES = 6
_HIT_SECONDS = 1.0
"""Of a render: in it lies one hit, and nothing of the next one."""
_NATS_MAX = 0.35
"""3 dB."""


def calibrated(model: DistillModel, audition: Audition) -> DistillModel:
    """The model of one-shots with the levels at which its hits, rendered, have the energy of its mels; others as is.

    Args:
        audition: renders the model.
    """
    anchors = model.axes.anchors
    if not model.header.lead_frames or anchors is None or anchors.levels is None:
        return model
    free = replace(model, header=replace(model.header, peak_dbfs=None))
    landmarks = model.axes.landmarks()
    lost = [_lost(free, place, audition) for place in landmarks[:: -(-len(landmarks) // _PLACES)]]
    nats = float(np.clip(np.median(lost), -_NATS_MAX, _NATS_MAX))
    return model.with_axes(replace(model.axes, anchors=replace(anchors, levels=anchors.levels + nats)))


def _lost(model: DistillModel, sliders: tuple[float, ...], audition: Audition) -> float:
    """In nats, of the hit at these sliders."""
    within = tuple(float(np.clip(value, -1, 1)) for value in sliders)
    mel_format = model.header.mel_format
    wanted = window_levels(model.sound(model.axes.to_latent(within)[None]), mel_format)
    return float(wanted[0]) - _level(audition(model, within), mel_format.hop / mel_format.sample_rate)


def _level(sound: Sound, hop_seconds: float) -> float:
    """As `window_levels` measures it: K-weighted energy by hop, halved log."""
    hit = sound.mono()[: round(_HIT_SECONDS * sound.sample_rate)]
    power = np.square(k_weighted(hit, sound.sample_rate)).sum() / (hop_seconds * sound.sample_rate)
    return float(torch.tensor(power).clamp_min(1e-20).log()) / 2
