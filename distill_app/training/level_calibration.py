"""What one-shots lose of their level on the way from mel to sound is given back.

A vocoder spreads an attack over its frames, and what it lays before the onset is cut off with the lead of the window.
"""

from dataclasses import replace

import numpy as np
import torch

from distill_app.dsp.mel import to_mel
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
    """In nats, of the hit at these sliders; 0 where what renders it has another rate."""
    within = tuple(float(np.clip(value, -1, 1)) for value in sliders)
    mel_format, sound = model.header.mel_format, audition(model, within)
    if sound.sample_rate != mel_format.sample_rate:
        return 0.0
    hit = torch.from_numpy(sound.mono()[: round(_HIT_SECONDS * sound.sample_rate)])
    heard = to_mel(torch.nn.functional.pad(hit, (mel_format.n_fft, mel_format.n_fft)), mel_format)
    wanted = model.sound(model.axes.to_latent(within)[None])
    return float(window_levels(wanted, mel_format)[0] - window_levels(heard[None], mel_format)[0])
