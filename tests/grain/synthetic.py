"""Short recordings made of formulas."""

import numpy as np

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.mono import Mixdown
from distill_app.dsp.sound import Samples
from distill_app.grain.bank import GrainBank, encode_segment

RATE = DISTILL_MEL.sample_rate


def synthetic_recordings(seconds: float = 2.0) -> dict[str, Samples]:
    """By file name, `[1, n]`: a tone with partials that waver, a noise, and a rising chirp."""
    time = np.arange(round(seconds * RATE)) / RATE
    random = np.random.default_rng(0)
    partials = np.arange(1, 8)[:, None]
    tone = (np.sin(2 * np.pi * 220 * partials * time + 0.3 * np.sin(5 * time)) / partials).sum(0)
    noise = random.standard_normal(len(time)) * (1 + 0.5 * np.sin(9 * time))
    chirp = np.sin(2 * np.pi * (300 * time + 400 * time**2))
    sounds = {"tone.wav": 0.2 * tone, "noise.wav": 0.1 * noise, "chirp.wav": 0.4 * chirp}
    return {name: samples[None].astype(np.float32) for name, samples in sounds.items()}


def stereo_recordings(seconds: float = 2.0) -> dict[str, Samples]:
    """By file name, `[channels, n]`: one in mono, one whose left channel is louder, and one of opposed channels."""
    tone, noise, chirp = synthetic_recordings(seconds).values()
    other = noise[:, ::-1]
    wide, opposed = [noise + 0.5 * tone, 0.3 * other + 0.1 * tone], [tone + 0.2 * noise, 0.2 * other - tone]
    return {"mono.wav": chirp, "wide.wav": np.concatenate(wide), "opposed.wav": np.concatenate(opposed)}


WEIGHTS = {"mono.wav": (1.0,), "wide.wav": (0.5, 0.5), "opposed.wav": (0.5, -0.5)}
"""Factors of the channels of `stereo_recordings` in their mono signals."""


def stereo_bank(seconds: float = 2.0) -> GrainBank:
    recorded = stereo_recordings(seconds).items()
    return GrainBank(tuple(encode_segment(name, each, RATE, None, WEIGHTS[name]) for name, each in recorded), RATE)


def mono_bank(seconds: float = 2.0) -> GrainBank:
    """Bank of the mono signals of `stereo_recordings`."""
    recorded = stereo_recordings(seconds).items()
    mono = {name: Mixdown(WEIGHTS[name]).apply(each)[None] for name, each in recorded}
    return GrainBank(tuple(encode_segment(name, each, RATE) for name, each in mono.items()), RATE)


def synthetic_bank(seconds: float = 2.0) -> GrainBank:
    segments = [encode_segment(name, samples, RATE) for name, samples in synthetic_recordings(seconds).items()]
    return GrainBank(tuple(segments), RATE)


def ringing_hits() -> GrainBank:
    """Three hits alike, of noise that rings for three seconds."""
    time, random = np.arange(3 * RATE) / RATE, np.random.default_rng(0)
    hits = [(0.4 * np.exp(-2 * time) * random.standard_normal(len(time))).astype(np.float32) for _ in range(3)]
    segments = [encode_segment(f"{number}.wav", hit[None], RATE, onsets=(0,)) for number, hit in enumerate(hits)]
    return GrainBank(tuple(segments), RATE)
