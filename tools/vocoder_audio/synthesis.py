"""Electronic instruments: oscillators, FM, plucked strings, bells and organs."""

from collections.abc import Callable

import numpy as np
from scipy import signal

from . import RATE_HZ
from .filters import moving_lowpass
from .midi import Note
from .noise import slow_curve
from .phrases import instrument_phrase

Synth = Callable[[float, float], np.ndarray]
"""Samples of a note from its frequency in Hz and its length in seconds."""


def synthetic_phrase(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Random phrase of an electronic instrument, `[seconds · RATE_HZ]`."""
    synth = _SYNTHS[int(rng.integers(len(_SYNTHS)))](rng)
    transposition = int(rng.choice((-24, -12, 0, 0, 0, 12)))
    found = np.zeros(round(seconds * RATE_HZ))
    for note in instrument_phrase(rng, seconds).notes:
        _add(found, note, synth(_hertz(note.pitch + transposition), min(note.seconds, 6.0)))
    return found


def pure_tones(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Sum of one to three sines: steady, gliding or swept."""
    length = round(seconds * RATE_HZ)
    tones = range(int(rng.integers(1, 4)))
    return sum((rng.uniform(0.3, 1.0) * _tone(rng, length) for _ in tones), np.zeros(length))


def _tone(rng: np.random.Generator, length: int) -> np.ndarray:
    low, high = np.sort(rng.uniform(np.log(30.0), np.log(18_000.0), 2))
    way = int(rng.integers(3))
    if way == 0:
        curve = np.full(length, low)
    elif way == 1:
        curve = np.linspace(low, high, length)[:: int(rng.choice((-1, 1)))]
    else:
        curve = low + (high - low) * slow_curve(rng, length, rng.uniform(0.1, 3.0))
    level = np.ones(length) if rng.random() < 0.5 else slow_curve(rng, length, rng.uniform(0.5, 5.0))
    return np.sin(2 * np.pi * np.cumsum(np.exp(curve)) / RATE_HZ) * level


def _subtractive(rng: np.random.Generator) -> Synth:
    """Detuned saws or pulses through a moving low-pass."""
    detunings = 2 ** (rng.uniform(-12, 12, int(rng.integers(1, 5))) / 1200)
    width = rng.uniform(0.1, 0.5) if rng.random() < 0.5 else None
    start, end = np.exp(rng.uniform(np.log(150.0), np.log(18_000.0), 2))
    resonance_db, slope_db = rng.uniform(0.0, 18.0), float(rng.choice((12.0, 24.0)))
    attack, release = _attack_and_release(rng)

    def synth(hertz: float, seconds: float) -> np.ndarray:
        shape = _shape(seconds, attack, release)
        wave = sum((_oscillator(rng, hertz * d, len(shape), width) for d in detunings), np.zeros(len(shape)))
        return moving_lowpass(wave * shape, np.geomspace(start, end, len(shape)), resonance_db, slope_db)

    return synth


def _frequency_modulation(rng: np.random.Generator) -> Synth:
    """Phase modulation of one sine by another (Chowning, 1973)."""
    ratio = float(rng.choice((0.5, 1.0, 1.0, 1.41, 2.0, 3.0, 3.5, 7.0)))
    index, fall = rng.uniform(0.5, 8.0), rng.uniform(0.5, 8.0)
    attack, release = _attack_and_release(rng)

    def synth(hertz: float, seconds: float) -> np.ndarray:
        shape = _shape(seconds, attack, release)
        angle = 2 * np.pi * hertz * np.arange(len(shape)) / RATE_HZ
        highest = max(0.0, (18_000.0 / hertz - 1) / ratio - 1)  # Carson's rule keeps the side bands below 18 kHz
        depth = min(index, highest) * np.exp(-fall * np.arange(len(shape)) / RATE_HZ)
        return np.sin(angle + depth * np.sin(ratio * angle)) * shape

    return synth


def _plucked(rng: np.random.Generator) -> Synth:
    """Plucked string: delay line with a low-pass in its loop (Karplus and Strong, 1983)."""
    loss, brightness = rng.uniform(0.985, 0.9995), rng.uniform(0.3, 1.0)

    def synth(hertz: float, seconds: float) -> np.ndarray:
        period = max(2, round(RATE_HZ / hertz))
        pluck = signal.lfilter([brightness], [1, brightness - 1], rng.uniform(-1, 1, period))
        excitation = np.zeros(int((seconds + 0.3) * RATE_HZ))
        excitation[: min(period, len(excitation))] = pluck[: len(excitation)]
        loop = np.concatenate([[1.0], np.zeros(period - 1), [-loss / 2, -loss / 2]])
        return signal.lfilter([1.0], loop, excitation) * _shape(seconds, 0.001, 0.3)

    return synth


def _bell(rng: np.random.Generator) -> Synth:
    """Inharmonic partials with faster decays at higher frequencies."""
    ratios = np.sort(rng.uniform(0.5, 9.0, int(rng.integers(3, 12))))
    levels, decays = rng.uniform(0.1, 1.0, len(ratios)), rng.uniform(0.5, 4.0) * np.sqrt(ratios)

    def synth(hertz: float, seconds: float) -> np.ndarray:
        times = np.arange(int((seconds + 1.0) * RATE_HZ)) / RATE_HZ
        audible = [(r, a, d) for r, a, d in zip(ratios, levels, decays, strict=True) if r * hertz < 20_000.0]
        partials = (a * np.exp(-d * times) * np.sin(2 * np.pi * r * hertz * times) for r, a, d in audible)
        return sum(partials, np.zeros(len(times))) * np.minimum(1.0, (times[-1] - times) / 0.05)

    return synth


def _organ(rng: np.random.Generator) -> Synth:
    """Sum of harmonics with fixed levels: organ, soft pad or sub bass."""
    count = int(rng.integers(1, 24))
    levels = rng.uniform(0.0, 1.0, count) / np.sqrt(np.arange(1, count + 1))
    attack, release = _attack_and_release(rng)

    def synth(hertz: float, seconds: float) -> np.ndarray:
        shape = _shape(seconds, attack, release)
        angle = 2 * np.pi * hertz * np.arange(len(shape)) / RATE_HZ
        harmonics = [(k, level) for k, level in enumerate(levels, 1) if k * hertz < 20_000.0]
        return sum((level * np.sin(k * angle) for k, level in harmonics), np.zeros(len(shape))) * shape

    return synth


_SYNTHS = (_subtractive, _subtractive, _frequency_modulation, _plucked, _bell, _organ)


def _oscillator(rng: np.random.Generator, hertz: float, length: int, width: float | None) -> np.ndarray:
    """Band-limited saw, or pulse of that width (polyBLEP: Välimäki and Huovilainen, 2007)."""
    step = hertz / RATE_HZ
    phase = (rng.random() + step * np.arange(length)) % 1.0
    saw = _rounded_saw(phase, step)
    return saw if width is None else saw - _rounded_saw((phase + width) % 1.0, step)


def _rounded_saw(phase: np.ndarray, step: float) -> np.ndarray:
    after, before = np.minimum(phase / step, 1.0), np.maximum((phase - 1.0) / step, -1.0)
    return 2 * phase - 1 - (2 * after - after**2 - 1) - (before**2 + 2 * before + 1)


def _attack_and_release(rng: np.random.Generator) -> tuple[float, float]:
    """Random attack and release in seconds."""
    attack = np.exp(rng.uniform(np.log(0.001), np.log(0.8)))
    return float(attack), float(np.exp(rng.uniform(np.log(0.01), np.log(1.5))))


def _shape(seconds: float, attack: float, release: float) -> np.ndarray:
    """Level `[(seconds + release) · RATE_HZ]`: attack, slow decay, and a release to 0."""
    times = np.arange(int((seconds + release) * RATE_HZ)) / RATE_HZ
    rise = np.minimum(1.0, times / attack)
    held = np.exp(-0.5 * np.minimum(times, seconds))
    left = np.clip((seconds + release - times) / release, 0.0, 1.0)
    return rise * held * left**2


def _hertz(pitch: int) -> float:
    return float(np.clip(440.0 * 2 ** ((pitch - 69) / 12), 25.0, 12_000.0))


def _add(found: np.ndarray, note: Note, samples: np.ndarray) -> None:
    start = round(note.start_seconds * RATE_HZ)
    part = samples[: max(0, len(found) - start)]
    found[start : start + len(part)] += note.velocity / 127 * part
