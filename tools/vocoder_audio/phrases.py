"""Random music: melodies, chords, arpeggios, long notes and drum patterns."""

from collections.abc import Callable

import numpy as np

from .midi import BEND_RANGE_CENTS, DRUM_CHANNEL, Bend, Note, Score

_SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 8, 11),
    (0, 2, 4, 7, 9),
    (0, 3, 5, 6, 7, 10),
    (0, 2, 4, 6, 8, 10),
    tuple(range(12)),
)
_CHORDS = ((0, 7), (0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 5, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 4, 7, 14), (0, 12, 19))
_DRUM_KITS = (0, 0, 8, 16, 24, 25, 32, 40, 48)
_KICKS, _SNARES, _HATS = (35, 36), (37, 38, 39, 40), (42, 44, 46)
_CYMBALS_AND_TOMS = (41, 43, 45, 47, 48, 49, 50, 51, 52, 53, 55, 57, 59)
_LOWEST, _HIGHEST = 24, 102
_ENSEMBLE_LARGEST = 6


def instrument_phrase(rng: np.random.Generator, seconds: float) -> Score:
    """Phrase of one General MIDI program in a random style."""
    program = int(rng.integers(128))
    return Score(_play_style(rng, seconds, 0), {0: program}, _tuning(rng, seconds, [0]))


def ensemble_phrase(rng: np.random.Generator, seconds: float) -> Score:
    """Phrase of two to six programs, in most cases with drums."""
    channels = list(range(int(rng.integers(2, _ENSEMBLE_LARGEST + 1))))
    notes = [note for channel in channels for note in _play_style(rng, seconds, channel)]
    programs = {channel: int(rng.integers(128)) for channel in channels}
    if rng.random() < 0.6:
        notes += drum_pattern(rng, seconds)
        programs[DRUM_CHANNEL] = int(rng.choice(_DRUM_KITS))
    return Score(tuple(notes), programs, _tuning(rng, seconds, channels))


def drum_phrase(rng: np.random.Generator, seconds: float) -> Score:
    return Score(tuple(drum_pattern(rng, seconds)), {DRUM_CHANNEL: int(rng.choice(_DRUM_KITS))})


def drum_pattern(rng: np.random.Generator, seconds: float) -> list[Note]:
    """Grid of sixteenths with a probability for each drum, or single strokes far apart."""
    if rng.random() < 0.25:
        strokes = np.cumsum(rng.uniform(0.3, 2.0, size=int(seconds)))
        return [_stroke(rng, float(s), int(rng.integers(35, 82))) for s in strokes[strokes < seconds - 0.5]]
    step_seconds = 15.0 / rng.uniform(60.0, 180.0)
    odds = {int(rng.choice(drums)): rng.uniform(0.1, 0.8) for drums in (_KICKS, _SNARES, _HATS)}
    odds |= {int(drum): rng.uniform(0.02, 0.15) for drum in rng.choice(_CYMBALS_AND_TOMS, 3, replace=False)}
    bar = {drum: rng.random(16) < chance for drum, chance in odds.items()}
    steps = range(int((seconds - 0.5) / step_seconds))
    hits = ((step, drum) for step in steps for drum in bar if bar[drum][step % 16] ^ (rng.random() < 0.05))
    return [_stroke(rng, step * step_seconds + abs(rng.normal(0, 0.004)), drum) for step, drum in hits]


def _stroke(rng: np.random.Generator, start_seconds: float, drum: int) -> Note:
    return Note(start_seconds, 0.2, drum, _velocity(rng), DRUM_CHANNEL)


def _play_style(rng: np.random.Generator, seconds: float, channel: int) -> tuple[Note, ...]:
    """Notes in a random register and style; they stop before the end, so that their decay is included."""
    ways: tuple[Callable[..., list[Note]], ...] = (_melody, _melody, _chords, _arpeggio, _long_notes, _leaps)
    way = ways[int(rng.integers(len(ways)))]
    centre = int(np.clip(rng.normal(60, 14), _LOWEST + 8, _HIGHEST - 8))
    return tuple(way(rng, seconds - rng.uniform(0.3, 2.5), centre, channel))


def _melody(rng: np.random.Generator, seconds: float, centre: int, channel: int) -> list[Note]:
    scale = _scale(rng, centre, 12)
    place, legato, rest = len(scale) // 2, rng.uniform(0.3, 1.1), rng.uniform(0.0, 0.2)
    notes = []
    for start, length in _rhythm(rng, seconds):
        place = int(np.clip(place + rng.integers(-3, 4), 0, len(scale) - 1))
        if rng.random() >= rest:
            notes.append(Note(start, length * legato, scale[place], _velocity(rng), channel))
    return notes


def _chords(rng: np.random.Generator, seconds: float, centre: int, channel: int) -> list[Note]:
    roots, legato, strum = _scale(rng, centre - 6, 6), rng.uniform(0.4, 1.0), rng.uniform(0.0, 0.04)
    notes = []
    for start, length in _rhythm(rng, seconds, slowness=2.0):
        root, loudness = int(rng.choice(roots)), _velocity(rng)
        for order, step in enumerate(_CHORDS[int(rng.integers(len(_CHORDS)))]):
            notes.append(Note(start + order * strum, length * legato, _in_range(root + step), loudness, channel))
    return notes


def _arpeggio(rng: np.random.Generator, seconds: float, centre: int, channel: int) -> list[Note]:
    chord = _CHORDS[int(rng.integers(1, len(_CHORDS)))]
    pitches = [_in_range(centre - 12 + 12 * octave + step) for octave in range(2) for step in chord]
    step_seconds, length = rng.uniform(0.08, 0.5), rng.uniform(0.5, 3.0)
    count = max(1, int((seconds - length * step_seconds) / step_seconds))
    return [
        Note(i * step_seconds, length * step_seconds, pitches[i % len(pitches)], _velocity(rng), channel)
        for i in range(count)
    ]


def _long_notes(rng: np.random.Generator, seconds: float, centre: int, channel: int) -> list[Note]:
    """One to three long notes with a pause after each."""
    count = int(rng.integers(1, 4))
    each = seconds / count
    pitches = rng.integers(centre - 8, centre + 9, count)
    return [
        Note(i * each, each * rng.uniform(0.4, 0.9), _in_range(int(p)), _velocity(rng), channel)
        for i, p in enumerate(pitches)
    ]


def _leaps(rng: np.random.Generator, seconds: float, _: int, channel: int) -> list[Note]:
    """Notes of any pitch and velocity."""
    return [
        Note(start, length * 0.9, int(rng.integers(_LOWEST, _HIGHEST)), int(rng.integers(15, 128)), channel)
        for start, length in _rhythm(rng, seconds)
    ]


def _rhythm(rng: np.random.Generator, seconds: float, slowness: float = 1.0) -> list[tuple[float, float]]:
    """Start and length in seconds of successive notes."""
    beat = slowness * 60.0 / rng.uniform(50.0, 180.0)
    start, found = rng.uniform(0.0, 0.3), []
    while start < seconds - 0.2:
        length = min(beat * float(rng.choice((0.25, 0.5, 0.5, 1.0, 1.0, 2.0))), seconds - start)
        found.append((start, length))
        start += length
    return found


def _scale(rng: np.random.Generator, centre: int, reach: int) -> list[int]:
    steps = _SCALES[int(rng.integers(len(_SCALES)))]
    key = int(rng.integers(12))
    inside = (pitch for pitch in range(centre - reach, centre + reach + 1) if (pitch - key) % 12 in steps)
    return [_in_range(pitch) for pitch in inside]


def _tuning(rng: np.random.Generator, seconds: float, channels: list[int]) -> tuple[Bend, ...]:
    """Pitch bends: one random tuning for all channels, and sometimes a slide or vibrato of a channel."""
    offset = rng.uniform(-50.0, 50.0) if rng.random() < 0.7 else 0.0
    bends = [Bend(0.0, channel, offset) for channel in channels]
    for channel in channels:
        if rng.random() < 0.25:
            bends += _wheel(rng, seconds, channel, offset)
    return tuple(bends)


def _wheel(rng: np.random.Generator, seconds: float, channel: int, offset_cents: float) -> list[Bend]:
    slow = rng.random() < 0.5
    rate_hz, depth_cents = (rng.uniform(0.1, 0.5), 150.0) if slow else (rng.uniform(3.0, 8.0), rng.uniform(5.0, 60.0))
    times = np.arange(0.0, seconds, 0.02)
    cents = offset_cents + depth_cents * np.sin(2 * np.pi * rate_hz * times)
    limit = BEND_RANGE_CENTS
    return [Bend(float(t), channel, float(np.clip(c, -limit, limit))) for t, c in zip(times, cents, strict=True)]


def _velocity(rng: np.random.Generator) -> int:
    return int(np.clip(rng.normal(85, 25), 10, 127))


def _in_range(pitch: int) -> int:
    return int(np.clip(pitch, _LOWEST, _HIGHEST))
