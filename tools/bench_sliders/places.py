"""Places at which sliders are judged: of the set's own recordings, and random ones."""

from dataclasses import replace

from tools.bench_sliders.bands import RATE_HZ
from tools.bench_sound.instrument import HIT_SAMPLES, Instrument
from tools.bench_sound.places import Place
from tools.bench_sound.places import places as all_places

SECONDS = 4.0
OWN, RANDOM = 2, 2


def judged_places(instrument: Instrument, own: int = OWN, random: int = RANDOM) -> list[Place]:
    """Fixed places: some of the recordings, evenly over the set, and some drawn by chance."""
    found = all_places(instrument, "own")
    count = min(own, len(found))
    chosen = [found[int((number + 0.5) * len(found) / count)] for number in range(count)]
    drawn = all_places(instrument, "random")[:random]
    samples = HIT_SAMPLES if instrument.is_one_shots else round(SECONDS * RATE_HZ)
    return [replace(each, samples=samples, seed=seed) for seed, each in enumerate([*chosen, *drawn])]
