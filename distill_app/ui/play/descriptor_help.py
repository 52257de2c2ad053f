"""What moving a slider does to the sound, in a musician's words. No torch: tool tips are there before it is."""

_EFFECTS = {
    "loudness": "To the right: louder.",
    "centroid": "To the right: brighter, with more treble.",
    "flatness": "To the right: noisier, more hiss and less tone.",
    "low_share": "To the right: warmer, with more bass.",
    "high_share": "To the right: airier, with more of the very highest frequencies.",
    "spread": "To the right: wider, spread over more frequencies.",
    "harmonicity": "To the right: more tonal, with a clearer note.",
    "pitch": "To the right: higher in pitch.",
    "flux": "To the right: more restless, changing faster.",
    "modulation": "To the right: more tremolo.",
    "crest": "To the right: punchier, with stronger peaks.",
    "attack": "To the right: a slower, softer beginning.",
    "decay": "To the right: it rings longer.",
}


def effect(descriptor: str) -> str:
    """One sentence on a descriptor's id; a general one where there is no descriptor, or one of a newer Distill."""
    return _EFFECTS.get(descriptor, "A direction your recordings vary in.")
