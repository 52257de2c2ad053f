"""Physical measures of the difference between a recording and a vocoder's copy.

Every measure takes the original and the copy, mono samples `[n]` at 44.1 kHz, trims both to the shorter one, and
returns a number; 0 for a perfect copy. Copies are not aligned in time, so a delay counts as an error. Listener models
are in `vocoder_scores`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from distill_app.dsp import DISTILL_MEL
from distill_app.dsp.distances import (
    group_delay_error,
    instantaneous_frequency_error,
    log_mel_l1,
    multi_resolution_stft,
    spectrum,
    trim_to_shorter,
)
from tools.vocoder_pitch import track_pitch, yin

Measure = Callable[[Tensor, Tensor], float]

RATE_HZ = DISTILL_MEL.sample_rate
"""Sample rate of every sound that is measured."""
_ONSET_FFT, _ONSET_HOP = 256, 64  # 5.8 ms every 1.45 ms
_ONSET_EDGES_HZ = (0, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 22_051)
_ONSET_GATE_DB, _ONSET_RISE_DB = 40.0, 6.0
_ONSET_RISE_SECONDS, _ONSET_NEAR_SECONDS = 0.010, 0.030
_TREBLE_BANDS = slice(6, 8)  # of the octaves: 6.4 kHz and up
_VOICED_SHARE = 0.1
_TINY = 1e-14


@dataclass(frozen=True)
class Kind:
    """Measure with the title of its column and its unit; lower is better."""

    id: str
    title: str
    unit: str
    measure: Measure


def onset_envelope_error(original: Tensor, copy: Tensor) -> float:
    """RMS difference in dB of octave-band energy envelopes around the original's onsets; NaN where it has none.

    Envelopes: power of a 256-sample Hann STFT every 64 samples (1.45 ms), summed in eight octave bands (0, 200, 400,
    800, 1600, 3200, 6400, 12800 Hz and up), in dB over a floor that is added to both: 40 dB below the original's
    maximum in that band, at least 60 dB below its maximum in all bands, so that soft parts make no
    difference. An onset is where a band of the original rises by more than 6 dB in 10 ms, and more than anywhere
    within 30 ms around it; the mean is over the frames and bands within 30 ms of one. Smeared attacks and pre-echo
    differ there by many dB, random phase by the flutter of its envelope.
    """
    one, other = (_octaves(each) for each in trim_to_shorter(original, copy))
    floor = one.amax(1, keepdim=True) * _power(-_ONSET_GATE_DB)
    floor = floor.clamp_min(one.max() * _power(-60)).clamp_min(_TINY)
    first, second = (10 * torch.log10(each + floor) for each in (one, other))
    near = _near_onsets(first)
    return float((first - second)[near].square().mean().sqrt())


def _octaves(samples: Tensor) -> Tensor:
    """Power in each octave band, `[bands, frames]`."""
    power = spectrum(samples, _ONSET_FFT, _ONSET_HOP, _ONSET_FFT).abs().square()
    hertz = torch.arange(power.shape[0]) * (RATE_HZ / _ONSET_FFT)
    edges = pairwise(_ONSET_EDGES_HZ)
    return torch.stack([power[(hertz >= low) & (hertz < high)].sum(0) for low, high in edges])


def _near_onsets(levels_db: Tensor) -> Tensor:
    """Mask `[bands, frames]` of cells within 30 ms of an onset of their band."""
    step, near = (round(each * RATE_HZ / _ONSET_HOP) for each in (_ONSET_RISE_SECONDS, _ONSET_NEAR_SECONDS))
    rise = torch.zeros_like(levels_db)
    rise[:, step:] = levels_db[:, step:] - levels_db[:, :-step]
    onsets = (rise > _ONSET_RISE_DB) & (rise == _sliding_max(rise, near))
    return _sliding_max(onsets.double(), near) > 0


def _sliding_max(values: Tensor, reach: int) -> Tensor:
    """Sliding maximum of each row over `reach` columns on either side."""
    return torch.nn.functional.max_pool1d(values[None], 2 * reach + 1, 1, reach)[0]


def _power(decibels: float) -> float:
    return 10 ** (decibels / 10)


def hop_ripple(original: Tensor, copy: Tensor) -> float:
    """Pulsing of the treble in the mel's frames, in dB: the excess over the original's pulsing, 0 at least.

    Power above 6.4 kHz (envelopes as for the onsets), folded over the mel's hop of 512 samples and averaged; its
    maximum over its minimum. A vocoder that concentrates the energy of noise once per frame buzzes at 86 Hz.
    """
    one, other = (_folded_ripple_db(each) for each in trim_to_shorter(original, copy))
    return max(other - one, 0.0)


def _folded_ripple_db(samples: Tensor) -> float:
    treble, steps = _octaves(samples)[_TREBLE_BANDS].sum(0), DISTILL_MEL.hop // _ONSET_HOP
    folded = treble[: len(treble) // steps * steps].reshape(-1, steps).mean(0)
    return float(10 * torch.log10((folded.max() + _TINY) / (folded.min() + _TINY)))


def pitch_error(original: Tensor, copy: Tensor) -> float:
    """Median |difference| in cents over the original's voiced frames; NaN where fewer than a tenth are voiced.

    The pitch of a frame is YIN's (`vocoder_pitch`). The copy's is the best period within three semitones of it, so that
    a frame in which it is found an octave off is no error of 1,200 cents; 300 are the most that there can be.
    """
    first, second = trim_to_shorter(original, copy)
    one = yin(first, RATE_HZ)
    if one.voiced.double().mean() < _VOICED_SHARE:
        return math.nan
    cents = 1_200 * torch.log2(track_pitch(second, RATE_HZ, one.hertz) / one.hertz)
    return float(cents[one.voiced].abs().median())


MEASURES = (
    Kind("log_mel_l1", "log-mel L1", "neper", log_mel_l1),
    Kind("mr_stft", "MR-STFT", "neper", multi_resolution_stft),
    Kind("group_delay", "group delay", "rad", group_delay_error),
    Kind("instantaneous_frequency", "inst. frequency", "rad", instantaneous_frequency_error),
    Kind("onset_envelope", "onset envelope", "dB", onset_envelope_error),
    Kind("hop_ripple", "hop ripple", "dB", hop_ripple),
    Kind("pitch", "pitch", "cents", pitch_error),
)


def measure(original: Tensor, copy: Tensor) -> dict[str, float]:
    """Values of all measures by id."""
    return {kind.id: kind.measure(original, copy) for kind in MEASURES}
