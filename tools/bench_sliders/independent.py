"""Independent descriptors: measures of samples that share nothing with those on which the sliders are built.

Steps are differences that are just clearly heard. Sources: level 1 dB (Zwicker and Fastl 2007, 7.1), centre of the
spectrum about 5 % of frequency and more (McAdams 1999), hence half a Cam; band levels 2 to 3 dB (profile analysis,
Green 1988); depth of modulation 0.05 to 0.1 (Viemeister 1979); roughness 17 % (Zwicker and Fastl, 11.2); times a fifth
to a quarter (Abel 1972), attacks more; pitch 10 cents and less for tones, 25 here for mixtures.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.bench_sliders import partials, shapes, timing
from tools.bench_sliders.bands import Bands, Signal, to_bands
from tools.bench_sliders.levels import k_level
from tools.bench_sliders.partials import Partials, to_partials

Measured = dict[str, float]


@dataclass(frozen=True)
class Independent:
    """Descriptor of one quality.

    Args:
        step: audible difference, in `unit`.
        only_hits: defined for one-shots only; else for what goes on and for hits alike.
        only_lasting: defined for what goes on only.
    """

    id: str
    unit: str
    step: float
    only_hits: bool = False
    only_lasting: bool = False

    def is_defined(self, is_one_shots: bool) -> bool:
        return not (self.only_lasting if is_one_shots else self.only_hits)


INDEPENDENT = (
    Independent("level", "LUFS", 1.0),
    Independent("brightness", "Cam", 0.5),
    Independent("bandwidth", "Cam", 0.4),
    Independent("warmth", "dB", 2.0),
    Independent("air", "dB", 3.0),
    Independent("noisiness", "dB", 2.0),
    Independent("tonality", "", 0.08),
    Independent("pitch", "cents", 25.0),
    Independent("roughness", "", 0.05),
    Independent("modulation", "", 0.08, only_lasting=True),
    Independent("motion", "dB", 1.0),
    Independent("speed", "octaves", 0.25, only_lasting=True),
    Independent("onsets", "octaves", 0.4, only_lasting=True),
    Independent("punch", "dB", 1.5),
    Independent("attack", "octaves", 0.5, only_hits=True),
    Independent("decay", "octaves", 0.35, only_hits=True),
)
BY_ID = {each.id: each for each in INDEPENDENT}

_OF_BANDS: dict[str, Callable[[Bands], float]] = {
    "brightness": shapes.brightness,
    "bandwidth": shapes.bandwidth,
    "warmth": shapes.warmth,
    "air": shapes.air,
    "roughness": timing.roughness,
    "modulation": timing.modulation_depth,
    "motion": timing.motion,
    "speed": timing.speed,
    "onsets": timing.onsets,
    "punch": timing.punch,
    "attack": timing.attack,
    "decay": timing.decay,
}
_OF_PARTIALS: dict[str, Callable[[Partials], float]] = {
    "noisiness": partials.noisiness,
    "tonality": partials.tonality,
    "pitch": partials.pitch_cents,
}
_REFERENCE_LUFS = -23.0


def measure(samples: Signal) -> Measured:
    """All descriptors of mono samples `[n]` at 44.1 kHz by id; all but the level at -23 LUFS."""
    level = k_level(samples)
    even = samples.astype(np.float64) * 10 ** ((_REFERENCE_LUFS - level) / 20)
    bands, lines = to_bands(even), to_partials(even)
    return (
        {"level": level}
        | {name: function(bands) for name, function in _OF_BANDS.items()}
        | {name: function(lines) for name, function in _OF_PARTIALS.items()}
    )
