"""Names and explanations of the sliders of the tone, free of torch."""

from distill_app.tone.tone import TONE_CONTROLS
from distill_app.ui.translation import tr

RATE = "modulation_rate"
"""Id of the rate of the modulation, which is a value of the tone but has no middle."""
_NAMES = {each.id: each.name for each in TONE_CONTROLS}


def step_text(control: str) -> str:
    """Name of the undo step of a movement."""
    if control == RATE:
        return tr("change modulation rate")
    return tr("move {slider} (tone)").format(slider=tr(_NAMES[control]))


def tone_effect(control: str) -> str:
    """Sentence on what moving a slider of the tone does."""
    return _effects().get(control, "")


def _effects() -> dict[str, str]:
    return {
        "loudness": tr("To the right: louder, up to 6 dB. To the left: softer, down to −18 dB."),
        "pitch": tr("To the right: higher, up to an octave. To the left: lower. The pace stays."),
        "brightness": tr("To the right: brighter, with more treble. To the left: darker."),
        "warmth": tr("To the right: warmer, with more bass. To the left: thinner."),
        "air": tr("To the right: airier, with more of the very highest frequencies. To the left: duller."),
        "noisiness": tr("To the right: noisier, more hiss and less tone. To the left: clearer, less hiss."),
        "motion": tr("To the right: more restless, every frequency on its own. To the left: calmer."),
        "roughness": tr("To the right: rougher, as if it were growling. To the left: smoother."),
        "modulation": tr("To the right: a tremolo at the rate beside it. To the left: a steadier level."),
        RATE: tr("How fast the tremolo of Modulation is."),
        "attack": tr("To the right: a slower, softer beginning."),
        "decay": tr("To the right: it rings longer. To the left: it dies away sooner."),
        "speed": tr("To the right: it moves on faster, up to four times. To the left: slower. The pitch stays."),
    }
