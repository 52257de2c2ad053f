"""Division of recorded samples into segments without silence, which begin at hits where the sounds are one-shots."""

from dataclasses import dataclass

import numpy as np
import torch

from distill_app.corpus.onset_alignment import onset_samples
from distill_app.corpus.requirements import RANGE_DB
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples

_BLOCK = DISTILL_MEL.hop
_PAUSE_BLOCKS = DISTILL_MEL.sample_rate // _BLOCK
"""Shortest silence (1 s) at which a recording is divided."""
_AROUND_BLOCKS = 2
_SILENCE = 10 ** (-RANGE_DB / 20)
_ONSET_PIECE = 30 * DISTILL_MEL.sample_rate
_BEFORE = 3 * DISTILL_MEL.hop
_LAST_HIT_MIN = DISTILL_MEL.sample_rate // 10
"""Samples of a hit at the end of a cut below which it is left out."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Samples `[channels, n]`, and where hits begin in them; None where any moment may be used."""

    samples: Samples
    onsets: tuple[int, ...] | None = None


def cut_textures(samples: Samples, peak: float) -> list[Cut]:
    """Sounding parts of samples `[channels, n]`.

    Args:
        peak: sample peak of the whole recording; what lies more than RANGE_DB below it is silence.
    """
    return [Cut(samples[:, start:stop]) for start, stop in _sounding(samples, peak)]


def cut_hits(samples: Samples, peak: float, begins: bool = True) -> list[Cut]:
    """Sounding parts of samples `[channels, n]`, each from its first hit on.

    Args:
        begins: silence precedes the samples, as at the begin of a file; else a cut may lie before them.
    """
    parts = [samples[:, start:stop] for start, stop in _sounding(samples, peak)]
    return [
        cut for number, part in enumerate(parts) if (cut := _from_first_hit(part, begins or number > 0)).samples.size
    ]


def hit_near(samples: Samples, place: int, begins: bool) -> Cut:
    """Samples `[channels, n]` from the hit that begins nearest to sample `place`.

    Args:
        begins: as for `cut_hits`.
    """
    found = _onsets(samples, begins) or [place]
    first = min(found, key=lambda onset: abs(onset - place))
    length = samples.shape[1] - first
    onsets = [onset - first for onset in found if onset > first]
    if onsets and length - onsets[-1] < _LAST_HIT_MIN:
        length = onsets.pop()
    return Cut(samples[:, first : first + length], (0, *(onset for onset in onsets if onset < length)))


def _from_first_hit(samples: Samples, begins: bool) -> Cut:
    onsets = _onsets(samples, begins) or [0]
    return Cut(samples[:, onsets[0] :], tuple(onset - onsets[0] for onset in onsets))


def _onsets(samples: Samples, begins: bool) -> list[int]:
    """Samples at which hits begin in `[channels, n]`, ascending, each once."""
    mono, found = torch.from_numpy(samples).mean(0), set[int]()
    for at in range(0, len(mono), _ONSET_PIECE):
        before = _BEFORE if begins and at == 0 else 0
        piece = torch.nn.functional.pad(mono[at : at + _ONSET_PIECE], (before, 2 * DISTILL_MEL.n_fft))
        found |= {at + max(0, onset - before) for onset in onset_samples(piece)}
    return sorted(onset for onset in found if onset < len(mono))


def _sounding(samples: Samples, peak: float) -> list[tuple[int, int]]:
    """First sample and end of each part between silences of `_PAUSE_BLOCKS`."""
    length = samples.shape[1]
    loud = (_block_peaks(samples) > peak * _SILENCE).nonzero()[0]
    if not len(loud):
        return []
    breaks = (np.diff(loud) > _PAUSE_BLOCKS).nonzero()[0]
    firsts, lasts = loud[[0, *(breaks + 1)]], loud[[*breaks, -1]]
    begins = np.maximum(0, firsts - _AROUND_BLOCKS) * _BLOCK
    ends = np.minimum(length, (lasts + 1 + _AROUND_BLOCKS) * _BLOCK)
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _block_peaks(samples: Samples) -> Samples:
    loudest = np.abs(samples).max(0)
    padded = np.pad(loudest, (0, -len(loudest) % _BLOCK))
    return padded.reshape(-1, _BLOCK).max(1)
