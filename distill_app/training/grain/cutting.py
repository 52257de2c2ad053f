"""Division of recorded samples into segments without silence, which begin at hits where the sounds are one-shots."""

import numpy as np
import torch

from distill_app.corpus.onset_alignment import onset_samples
from distill_app.corpus.requirements import RANGE_DB
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.sound import Samples
from distill_app.training.grain.excerpts import Excerpt

_BLOCK = DISTILL_MEL.hop
_PAUSE_BLOCKS = DISTILL_MEL.sample_rate // _BLOCK
"""Shortest silence (1 s) at which a recording is divided."""
_AROUND_BLOCKS = 2
_SILENCE = 10 ** (-RANGE_DB / 20)
_ONSET_PIECE = 30 * DISTILL_MEL.sample_rate
_BEFORE = 3 * DISTILL_MEL.hop
_LAST_HIT_MIN = DISTILL_MEL.sample_rate // 10
"""Samples of a hit at the end of a cut below which it is left out."""


def cut_textures(excerpt: Excerpt, peak: float) -> list[Excerpt]:
    """Sounding parts of an excerpt.

    Args:
        peak: sample peak of the whole recording in mono; what lies more than RANGE_DB below it is silence.
    """
    return [excerpt.between(*span) for span in _sounding(excerpt.mono, peak)]


def cut_hits(excerpt: Excerpt, peak: float, begins: bool = True) -> list[Excerpt]:
    """Sounding parts of an excerpt, each from its first hit on.

    Args:
        begins: silence precedes the samples, as at the begin of a file; else a cut may lie before them.
    """
    hits = [_from_first_hit(part, begins or number > 0) for number, part in enumerate(cut_textures(excerpt, peak))]
    return [hit for hit in hits if hit.length]


def hit_near(excerpt: Excerpt, place: int, begins: bool) -> Excerpt:
    """Rest of an excerpt from the hit that begins nearest to sample `place`.

    Args:
        begins: as for `cut_hits`.
    """
    found = _onsets(excerpt.mono, begins) or [place]
    first = min(found, key=lambda onset: abs(onset - place))
    last = found[-1]
    stop = last if first < last and excerpt.length - last < _LAST_HIT_MIN else excerpt.length
    return excerpt.with_onsets(found).between(first, stop)


def _from_first_hit(excerpt: Excerpt, begins: bool) -> Excerpt:
    onsets = _onsets(excerpt.mono, begins) or [0]
    return excerpt.with_onsets(onsets).between(onsets[0], excerpt.length)


def _onsets(samples: Samples, begins: bool) -> list[int]:
    """Samples at which hits begin in `[n]`, ascending, each once."""
    mono, found = torch.from_numpy(samples), set[int]()
    for at in range(0, len(mono), _ONSET_PIECE):
        before = _BEFORE if begins and at == 0 else 0
        piece = torch.nn.functional.pad(mono[at : at + _ONSET_PIECE], (before, 2 * DISTILL_MEL.n_fft))
        found |= {at + max(0, onset - before) for onset in onset_samples(piece)}
    return sorted(onset for onset in found if onset < len(mono))


def _sounding(samples: Samples, peak: float) -> list[tuple[int, int]]:
    """First sample and end of each part between silences of `_PAUSE_BLOCKS`."""
    length = len(samples)
    loud = (_block_peaks(samples) > peak * _SILENCE).nonzero()[0]
    if not len(loud):
        return []
    breaks = (np.diff(loud) > _PAUSE_BLOCKS).nonzero()[0]
    firsts, lasts = loud[[0, *(breaks + 1)]], loud[[*breaks, -1]]
    begins = np.maximum(0, firsts - _AROUND_BLOCKS) * _BLOCK
    ends = np.minimum(length, (lasts + 1 + _AROUND_BLOCKS) * _BLOCK)
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _block_peaks(samples: Samples) -> Samples:
    padded = np.pad(np.abs(samples), (0, -len(samples) % _BLOCK))
    return padded.reshape(-1, _BLOCK).max(1)
