"""Which quality each control is to move, and by which measures that is judged; fixed before any was tuned on it."""

from dataclasses import dataclass

from tools.bench_sliders.independent import BY_ID, Independent


@dataclass(frozen=True)
class Control:
    """Quality that a slider can be named after.

    Args:
        own: id of the independent descriptor that it is to raise.
        project: id of the app's descriptor of the same quality (`distill_app.dsp.descriptors`); "" if there is none.
    """

    id: str
    own: str
    project: str = ""

    @property
    def descriptor(self) -> Independent:
        return BY_ID[self.own]

    def is_defined(self, is_one_shots: bool) -> bool:
        return self.descriptor.is_defined(is_one_shots)


CONTROLS = (
    Control("loudness", "level", "loudness"),
    Control("brightness", "brightness", "centroid"),
    Control("warmth", "warmth", "low_share"),
    Control("air", "air", "high_share"),
    Control("noisiness", "noisiness", "flatness"),
    Control("pitch", "pitch", "pitch"),
    Control("motion", "motion", "flux"),
    Control("roughness", "roughness"),
    Control("modulation", "modulation", "modulation"),
    Control("attack", "attack", "attack"),
    Control("decay", "decay", "decay"),
    Control("punch", "punch", "crest"),
    Control("speed", "speed"),
    Control("bandwidth", "bandwidth", "spread"),
    Control("tonality", "tonality", "harmonicity"),
    Control("density", "onsets"),
)
"""All raise their descriptor as they go up: Attack and Decay last longer."""

CONTROL = {each.id: each for each in CONTROLS}
OF_PROJECT = {each.project: each.id for each in CONTROLS if each.project}

POINTS = tuple(round(-1 + 0.2 * number, 1) for number in range(11))
"""Slider values at which each control is measured."""

ASKED_SEMITONES = (-12, -5, 5, 12)
"""Transpositions at which Pitch is compared with what it says; ±1 is ±12 semitones."""

KINDS = {
    "loops": "loops",
    "drones": "sustained",
    "drums": "one-shots",
    "percussion": "one-shots",
    "starter": "synthesiser",
    "strings": "sustained",
    "beats": "drum machines and synthesiser basses",
    "plucked": "plucked",
    "acoustic-kit": "one-shots",
    "speech": "speech",
    "places": "field recordings",
}
"""Kind of each set of `tools.bench_sound.sets`."""
