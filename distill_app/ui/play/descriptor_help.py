"""Names and explanations of the sliders by their descriptor, free of torch: tool tips are shown before it loads."""

from distill_app.models.axis import Axis
from distill_app.ui.translation import tr


def shown_name(axis: Axis) -> str:
    """Name of a slider in the window; the name in files and presets stays as it is."""
    return tr("Bandwidth") if axis.descriptor == "spread" and axis.name == "Width" else axis.name


def effect_of(axis: Axis) -> str:
    """Sentence on what moving a slider does: what its ends sound like, where they are known."""
    if axis.low_end and axis.high_end:
        return tr("To the left: more like {low}. To the right: more like {high}.").format(
            low=axis.low_end, high=axis.high_end
        )
    return effect(axis.descriptor)


def effect(descriptor: str) -> str:
    """Sentence on what moving the slider of a descriptor does; a general one where the descriptor is unknown."""
    return _effects().get(descriptor, tr("A direction your recordings vary in."))


def _effects() -> dict[str, str]:
    return {
        "loudness": tr("To the right: louder."),
        "centroid": tr("To the right: brighter, with more treble."),
        "flatness": tr("To the right: noisier, more hiss and less tone."),
        "low_share": tr("To the right: warmer, with more bass."),
        "high_share": tr("To the right: airier, with more of the very highest frequencies."),
        "spread": tr("To the right: wider, spread over more frequencies."),
        "harmonicity": tr("To the right: more tonal, with a clearer note."),
        "pitch": tr("To the right: higher in pitch."),
        "flux": tr("To the right: more restless, changing faster."),
        "modulation": tr("To the right: more tremolo."),
        "crest": tr("To the right: punchier, with stronger peaks."),
        "attack": tr("To the right: a slower, softer beginning."),
        "decay": tr("To the right: it rings longer."),
    }
