"""Renders that must score badly, so that a measure which they please is known to be worthless."""

import numpy as np
import torch

from distill_app.dsp.mel import band_centres_hz, hann_window, to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import REPEAT_FRAMES
from tools.bench_sound.instrument import Instrument
from tools.bench_sound.measures import HOP, Samples, mean_spectrum
from tools.bench_sound.places import Place, asked_mel
from tools.vocoder_audio import RATE_HZ

_LOOP_SAMPLES = REPEAT_FRAMES * HOP
_PATCH_SAMPLES = 32 * HOP


class SpectrumNoise:
    """Steady noise with the mean spectrum of the place: right on average, and dead."""

    title = "noise (bad)"
    uses_recordings = False

    def render(self, instrument: Instrument, place: Place) -> Samples:
        white = torch.randn(place.samples, generator=torch.Generator().manual_seed(place.seed))
        gains = (mean_spectrum(asked_mel(instrument, place)) - mean_spectrum(to_mel(white))).exp()[:, 0]
        bins_hz = np.linspace(0, RATE_HZ / 2, DISTILL_MEL.n_fft // 2 + 1)
        shape = np.interp(bins_hz, band_centres_hz(DISTILL_MEL).numpy(), gains.numpy())
        window = hann_window(DISTILL_MEL.win)
        spectrum = torch.stft(white, DISTILL_MEL.n_fft, HOP, window=window, return_complex=True)
        shaped = spectrum * torch.from_numpy(shape.astype(np.float32))[:, None]
        return torch.istft(shaped, DISTILL_MEL.n_fft, HOP, window=window, length=place.samples).numpy()


class ForeignLoop:
    """One window of another set, repeated every 1.11 s: real sound, but the wrong one, and it stands still."""

    title = "foreign loop (bad)"
    uses_recordings = False

    def render(self, instrument: Instrument, place: Place) -> Samples:
        foreign = instrument.foreign[place.seed % len(instrument.foreign)]
        window = np.pad(foreign[:_LOOP_SAMPLES], (0, max(0, _LOOP_SAMPLES - len(foreign))))
        return np.resize(window, place.samples)


class Patchwork:
    """Pieces of 0.37 s of recordings drawn by chance: each is real and of the set, but no sound goes on."""

    title = "patchwork (bad)"
    uses_recordings = True

    def render(self, instrument: Instrument, place: Place) -> Samples:
        random = np.random.default_rng(place.seed)
        count = -(-place.samples // _PATCH_SAMPLES)
        pieces = [self._piece(each.samples, random) for each in random.choice(np.array(instrument.excerpts), count)]
        return np.concatenate(pieces)[: place.samples]

    def _piece(self, samples: Samples, random: np.random.Generator) -> Samples:
        start = int(random.integers(len(samples) - _PATCH_SAMPLES))
        return samples[start : start + _PATCH_SAMPLES]
