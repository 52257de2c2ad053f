"""Scores of the listener models PESQ, ViSQOL and Zimtohrli; higher is better.

The packages are the extra `bench` of the project; `make bench-vocoder` installs them. All three miss much of
what phase does to a sound, so they complement the measures in `vocoder_measures`.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch import Tensor

from distill_app.dsp.distances import trim_to_shorter
from distill_app.dsp.resample import resample
from tools.vocoder_measures import RATE_HZ


@dataclass(frozen=True)
class Score:
    """Score with the title of its column, and whether it is for speech only."""

    id: str
    title: str
    measure: Callable[[Tensor, Tensor], float]
    speech_only: bool = False


def pesq_wide_band(original: Tensor, copy: Tensor) -> float:
    """PESQ of speech at 16 kHz (ITU-T P.862.2), 1.04 to 4.64, after alignment in time."""
    from pesq import pesq

    one, other = _resample_both(original, copy, 16_000)
    return float(pesq(16_000, one, other, "wb"))


def visqol_audio(original: Tensor, copy: Tensor) -> float:
    """ViSQOL 3's MOS-LQO in audio mode at 48 kHz (Chinen et al. 2020), 1 to about 4.73, after alignment."""
    one, other = _resample_both(original, copy, 48_000)
    return float(_visqol().measure_from_arrays(one.astype("float64"), other.astype("float64"), 48_000).moslqo)


@lru_cache(maxsize=1)
def _visqol() -> Any:
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode="audio")
    return api


def zimtohrli(original: Tensor, copy: Tensor) -> float:
    """Zimtohrli's mean opinion score at 48 kHz (Alakuijala et al. 2025), 1 to 5."""
    from zimtohrli import mos_from_signals

    return float(mos_from_signals(*_resample_both(original, copy, 48_000)))


def _resample_both(original: Tensor, copy: Tensor, rate_hz: int) -> tuple[Any, Any]:
    """Arrays of both sounds at a rate, within full scale."""
    one, other = (resample(each, RATE_HZ, rate_hz).clamp(-1, 1).numpy() for each in trim_to_shorter(original, copy))
    return one, other


SCORES = (
    Score("pesq_wb", "PESQ-WB", pesq_wide_band, speech_only=True),
    Score("visqol", "ViSQOL", visqol_audio),
    Score("zimtohrli", "Zimtohrli", zimtohrli),
)


def score(original: Tensor, copy: Tensor, is_speech: bool) -> dict[str, float]:
    """Scores by id; NaN for a speech score of another sound, or if its package is not installed."""
    return {
        each.id: _compute_or_nan(each, original, copy) if is_speech or not each.speech_only else math.nan
        for each in SCORES
    }


def _compute_or_nan(kind: Score, original: Tensor, copy: Tensor) -> float:
    try:
        return kind.measure(original, copy)
    except ImportError as error:
        _warn_missing(kind.title, str(error.name))
        return math.nan


@lru_cache
def _warn_missing(title: str, package: str) -> None:
    """Warns once for each package."""
    print(
        f"{title} is left out: the package {package} is not installed. `make bench-vocoder` installs it.",
        file=sys.stderr,
    )
