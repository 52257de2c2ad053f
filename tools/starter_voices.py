"""Voices of the starter models: choirs of an MIT-licensed soundfont, and computed vowels.

A computed voice is the model of source and filter (Fant 1960): harmonics of a gliding pitch, or noise, shaped by the
formants of vowels (men's, Peterson & Barney 1952), between which it moves.
"""

from dataclasses import dataclass

import numpy as np

from tools.vocoder_audio import RATE_HZ
from tools.vocoder_audio.midi import Note, Score
from tools.vocoder_audio.programs import MUSESCORE_GENERAL, play

FORMANTS_HZ = {
    "a": (730, 1090, 2440, 3400),
    "e": (530, 1840, 2480, 3500),
    "i": (270, 2290, 3010, 3600),
    "o": (570, 840, 2410, 3300),
    "u": (300, 870, 2240, 3300),
}
BANDWIDTHS_HZ = (80, 100, 140, 220)
_FORMANT_GAINS = (1.0, 0.6, 0.35, 0.25)
_CONTROL_HZ = 200
_HIGHEST_HZ = 12_000
_DETUNED_CENTS = (-7.0, 0.0, 8.0)
_VIBRATO_CENTS, _VIBRATO_HZ = 20.0, 5.2
_FADE_SECONDS = 0.08
_NOISE_FRAME = 1_024


@dataclass(frozen=True)
class Choir:
    """Note of MuseScore General (Debian: musescore-general-soundfont); program and pitch as in MIDI."""

    program: int
    pitch: int
    seconds: float

    @property
    def name(self) -> str:
        return f"choir {self.program} {self.pitch}"

    def render(self) -> np.ndarray:
        """Samples `[n]` at RATE_HZ. Raises MissingError or ProgramError."""
        note = Note(0.0, self.seconds, self.pitch, 100)
        samples = play(Score((note,), {0: self.program}), MUSESCORE_GENERAL, self.seconds, reverb=False)
        return _faded(samples)


@dataclass(frozen=True)
class Voice:
    """Computed voice that moves through vowels while its pitch glides; whispered where it has none."""

    vowels: str
    seconds: float
    from_hz: float = 0.0
    to_hz: float = 0.0

    @property
    def name(self) -> str:
        return f"sung {self.vowels} {self.from_hz:.0f}" if self.from_hz else f"whisper {self.vowels}"

    def render(self) -> np.ndarray:
        """Samples `[n]` at RATE_HZ, the same each time."""
        rng = np.random.default_rng(sum(self.name.encode()))
        if not self.from_hz:
            return _faded(_whisper(self, rng))
        return _faded(np.sum([_sing(self, cents, rng) for cents in _DETUNED_CENTS], axis=0))


def _formants(voice: Voice, times: np.ndarray) -> np.ndarray:
    """Formants `[4, n]` in Hz at times `[n]`, from vowel to vowel."""
    vowels = np.array([FORMANTS_HZ[vowel] for vowel in voice.vowels], float)
    places = np.linspace(0.0, voice.seconds, len(vowels))
    return np.stack([np.interp(times, places, formant) for formant in vowels.T])


def _gains(frequencies: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """Gain of the mouth at `frequencies` `[..., n]` where its formants are `[4, n]`: a sum of resonances."""
    shapes = zip(formants, BANDWIDTHS_HZ, _FORMANT_GAINS, strict=True)
    return (
        np.sum([gain / (1 + ((frequencies - centre) / (width / 2)) ** 2) for centre, width, gain in shapes], axis=0)
        + 0.004
    )


def _sing(voice: Voice, cents: float, rng: np.random.Generator) -> np.ndarray:
    """One singer, detuned, with vibrato."""
    count = round(voice.seconds * RATE_HZ)
    control = np.arange(0.0, voice.seconds + 1 / _CONTROL_HZ, 1 / _CONTROL_HZ)
    vibrato = _VIBRATO_CENTS * np.sin(2 * np.pi * (_VIBRATO_HZ * control + rng.random()))
    drift = np.cumsum(rng.standard_normal(len(control))) * 0.3
    glide = np.geomspace(voice.from_hz, voice.to_hz or voice.from_hz, len(control))
    pitch = glide * 2 ** ((cents + vibrato + drift) / 1_200)
    harmonics = np.arange(1, int(_HIGHEST_HZ / pitch.max()) + 1)
    levels = _gains(harmonics[:, None] * pitch, _formants(voice, control)) / harmonics[:, None] ** 0.7
    times = np.arange(count) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(np.interp(times, control, pitch)) / RATE_HZ
    starts = rng.uniform(0, 2 * np.pi, len(harmonics))
    partials = zip(harmonics, levels, starts, strict=True)
    return np.sum([np.interp(times, control, level) * np.sin(k * phase + at) for k, level, at in partials], axis=0)


def _whisper(voice: Voice, rng: np.random.Generator) -> np.ndarray:
    """Noise through the mouth, in frames that overlap by three quarters."""
    hop, count = _NOISE_FRAME // 4, round(voice.seconds * RATE_HZ)
    frames = count // hop + 4
    noise = rng.standard_normal(frames * hop + _NOISE_FRAME)
    window = np.hanning(_NOISE_FRAME + 1)[:-1]
    bins = np.fft.rfftfreq(_NOISE_FRAME, 1 / RATE_HZ)
    formants = _formants(voice, np.arange(frames) * hop / RATE_HZ)
    found = np.zeros(len(noise))
    for frame in range(frames):
        at = slice(frame * hop, frame * hop + _NOISE_FRAME)
        gains = np.sqrt(_gains(bins, formants[:, frame, None])) * (bins > 100)
        found[at] += window * np.fft.irfft(np.fft.rfft(window * noise[at]) * gains)
    return found[_NOISE_FRAME : _NOISE_FRAME + count]


def _faded(samples: np.ndarray) -> np.ndarray:
    """Samples `[n]` with a fade at both ends."""
    ramp = np.minimum(1.0, np.arange(len(samples)) / (_FADE_SECONDS * RATE_HZ))
    return samples * ramp * ramp[::-1]


SUNG = (
    Voice("aeiou", 2.5, 130.8, 130.8),
    Voice("uoa", 2.0, 98.0, 130.8),
    Voice("iai", 2.0, 261.6, 261.6),
    Voice("oaoe", 2.0, 196.0, 196.0),
    Voice("aiu", 1.8, 392.0, 261.6),
)
WHISPERED = (Voice("aiuea", 2.0), Voice("uiao", 1.5))
