"""Segments of the corpus: kind, sources and effects."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import RATE_HZ
from .filters import add_reverb, equalise, limit_band, mix, normalise_peak, saturate
from .midi import Score
from .noise import noise_texture
from .phrases import drum_phrase, ensemble_phrase, instrument_phrase
from .programs import FLUID_R3, MUSESCORE_GENERAL, play
from .recordings import Library, recorded_phrase, song_excerpt
from .speech import spoken_phrase
from .synthesis import pure_tones, synthetic_phrase

SHORTEST_SECONDS, LONGEST_SECONDS = 10.0, 20.0
SHARES = {
    "instrument": 0.23,
    "ensemble": 0.14,
    "drums": 0.06,
    "recording": 0.11,
    "song": 0.08,
    "speech": 0.09,
    "noise": 0.05,
    "synthesis": 0.11,
    "tones": 0.02,
    "mix": 0.07,
    "decay": 0.04,
}
"""Share of each kind in the corpus."""

_DRY_SHARE = 0.4
_FADE_EDGE_SECONDS = 0.005


@dataclass(frozen=True)
class Segment:
    """Mono samples `[n]` at `RATE_HZ` with their kind and sources."""

    kind: str
    sources: tuple[str, ...]
    samples: np.ndarray


@dataclass(frozen=True)
class RawSound:
    """Sound before effects and normalisation, with its sources."""

    samples: np.ndarray
    sources: tuple[str, ...]


class SegmentMaker:
    """Generator of the segments of a corpus; seed and number determine each."""

    def __init__(self, seed: int, library: Library, shares: dict[str, float] | None = None) -> None:
        self.seed = seed
        self._shares = shares or SHARES
        self._library = library
        self._kinds: dict[str, Callable[[np.random.Generator, float], RawSound]] = {
            "instrument": lambda rng, seconds: _play_soundfont(rng, instrument_phrase, seconds),
            "ensemble": lambda rng, seconds: _play_soundfont(rng, ensemble_phrase, seconds),
            "drums": lambda rng, seconds: _play_soundfont(rng, drum_phrase, seconds),
            "recording": self._recording,
            "song": self._song,
            "speech": lambda rng, seconds: RawSound(spoken_phrase(rng, seconds), ("espeak-ng",)),
            "noise": lambda rng, seconds: RawSound(noise_texture(rng, seconds), ("computed",)),
            "synthesis": self._synthesis,
            "tones": lambda rng, seconds: RawSound(pure_tones(rng, seconds), ("computed",)),
            "mix": self._mix,
            "decay": self._decay,
        }

    def make(self, number: int) -> Segment:
        rng = np.random.default_rng([self.seed, number])
        seconds = float(rng.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        kind = str(rng.choice(list(self._shares), p=list(self._shares.values())))
        sound = self._kinds[kind](rng, seconds)
        shaped = sound.samples if rng.random() < _DRY_SHARE else _apply_effects(rng, sound.samples)
        return Segment(kind, sound.sources, _fade_edges(normalise_peak(shaped, _peak_db(rng))))

    def _recording(self, rng: np.random.Generator, seconds: float) -> RawSound:
        return RawSound(recorded_phrase(rng, seconds, self._library.recordings), ("recordings",))

    def _song(self, rng: np.random.Generator, seconds: float) -> RawSound:
        return RawSound(song_excerpt(rng, seconds, self._library.songs), ("songs",))

    def _synthesis(self, rng: np.random.Generator, seconds: float) -> RawSound:
        layers = [synthetic_phrase(rng, seconds) for _ in range(int(rng.integers(1, 4)))]
        return RawSound(mix(rng, layers), ("computed",))

    def _mix(self, rng: np.random.Generator, seconds: float) -> RawSound:
        """Mix of two to four unrelated sounds."""
        kinds = rng.choice([kind for kind in SHARES if kind not in ("mix", "decay")], int(rng.integers(2, 5)))
        parts = [self._kinds[str(kind)](rng, seconds) for kind in kinds]
        layers = [equalise(rng, part.samples) if rng.random() < 0.3 else part.samples for part in parts]
        return RawSound(mix(rng, layers), tuple(sorted({source for part in parts for source in part.sources})))

    def _decay(self, rng: np.random.Generator, seconds: float) -> RawSound:
        """Short sound with a long reverberation, then silence or faint noise."""
        kind = str(rng.choice(["instrument", "recording", "synthesis", "drums"]))
        part = self._kinds[kind](rng, seconds)
        length = len(part.samples)
        struck = part.samples * (np.arange(length) < rng.uniform(0.2, 0.5) * length)
        floor = 10 ** (rng.uniform(-95.0, -60.0) / 20) * (rng.random() < 0.5)
        rung = normalise_peak(add_reverb(rng, add_reverb(rng, struck)), 0.0)
        return RawSound(rung + floor * rng.standard_normal(length), part.sources)


def _play_soundfont(
    rng: np.random.Generator, phrase: Callable[[np.random.Generator, float], Score], seconds: float
) -> RawSound:
    soundfont, source = ((FLUID_R3, "FluidR3"), (MUSESCORE_GENERAL, "MuseScore General"))[int(rng.integers(2))]
    score = phrase(rng, seconds)
    return RawSound(play(score, soundfont, seconds, reverb=bool(rng.random() < 0.25)), (source,))


def _apply_effects(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    for chance, effect in ((0.1, saturate), (0.6, equalise), (0.6, add_reverb), (0.1, limit_band)):
        if rng.random() < chance:
            samples = effect(rng, samples)
    return samples


def _peak_db(rng: np.random.Generator) -> float:
    """Random peak in dBFS, mostly of music; one in three lower, down to −50."""
    low, high = ((-12.0, -0.5), (-30.0, -12.0), (-50.0, -30.0))[int(rng.choice(3, p=(0.65, 0.2, 0.15)))]
    return float(rng.uniform(low, high))


def _fade_edges(samples: np.ndarray) -> np.ndarray:
    ramp = np.minimum(1.0, np.arange(len(samples)) / (_FADE_EDGE_SECONDS * RATE_HZ))
    return samples * ramp * ramp[::-1]
