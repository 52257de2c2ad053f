"""The part of a tone that is made of samples."""

import numpy as np
import pytest

from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.sound import Samples
from distill_app.tone.sample_tone import SampleTone
from distill_app.tone.tone import TONE_CONTROLS, Tone

RATE = 44_100
MADE_OF_SAMPLES = ("noisiness", "roughness")


def chord(seconds: float = 3.0) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 331.0, 1_470.0))
    noise = 0.02 * np.random.default_rng(1).standard_normal(len(time))
    beats = 0.2 + np.exp(-8 * (time % 0.5))
    return np.asarray(0.1 * (tones + noise) * beats, np.float32)[None]


def between_partials(samples: Samples) -> float:
    """Share of the energy away from the chord's partials."""
    power = np.square(np.abs(np.fft.rfft(samples[0, RATE // 2 : -RATE // 2] * np.hanning(2 * RATE))))
    hertz = np.fft.rfftfreq(2 * RATE, 1 / RATE)
    near = np.any([np.abs(hertz - partial) < 25 for partial in (220, 331, 1_470)], 0)
    return float(power[~near].sum() / power.sum())


def fluctuation(samples: Samples, low_hz: float, high_hz: float) -> float:
    """Relative deviation of the envelope between two rates."""
    envelope = np.abs(samples[0, RATE // 2 : -RATE // 2])
    spectrum = np.abs(np.fft.rfft(envelope * np.hanning(len(envelope)))) / len(envelope)
    hertz = np.fft.rfftfreq(len(envelope), 1 / RATE)
    return float(np.sqrt(np.square(spectrum[(hertz > low_hz) & (hertz < high_hz)]).sum()) / spectrum[0])


@pytest.mark.parametrize("control", MADE_OF_SAMPLES)
@pytest.mark.parametrize("value", [-1.0, -0.3, 0.3, 1.0])
def test_loudness_is_held(control: str, value: float) -> None:
    sound = chord()
    changed = SampleTone(Tone().with_value(control, value), RATE).process(sound, 0)
    assert loudness_lufs(changed, RATE) == pytest.approx(loudness_lufs(sound, RATE), abs=0.6)


def test_noisiness_fills_or_empties_what_lies_between_partials() -> None:
    tones = [SampleTone(Tone(noisiness=value), RATE) for value in (-1, 0, 0.5, 1)]
    shares = [between_partials(tone.process(chord(), 0)) for tone in tones]
    assert shares[0] < 0.5 * shares[1] < shares[1] < 0.5 * shares[2] < shares[2] < 0.7 * shares[3]


def test_roughness_is_a_fast_fluctuation() -> None:
    def moved(control: str, low_hz: float, high_hz: float) -> list[float]:
        tones = [SampleTone(Tone().with_value(control, value), RATE) for value in (-1.0, 0.0, 1.0)]
        return [fluctuation(tone.process(chord(), 0), low_hz, high_hz) for tone in tones]

    rough = moved("roughness", 66, 74)
    assert rough[2] > 5 * rough[1]
    beating = moved("roughness", 100, 120)  # of the partials at 220 and 331 Hz
    assert beating[0] < 0.8 * beating[1]


@pytest.mark.parametrize("control", [each.id for each in TONE_CONTROLS])
def test_a_part_gets_the_tone_of_the_whole(control: str) -> None:
    sound = chord()
    for value in (-1.0, 1.0)[control == "attack" :]:
        tone = SampleTone(Tone().with_value(control, value), RATE)
        context = round(tone.context_seconds * RATE)
        first, last = 60_000 - context, 80_000 + context
        part = tone.process(sound[:, first:last], first)[:, context:-context]
        np.testing.assert_allclose(part, tone.process(sound, 0)[:, 60_000:80_000], atol=1e-4)


def test_no_sample_exceeds_the_ceiling() -> None:
    sound = 4 * chord()
    changed = SampleTone(Tone(loudness=1.0), RATE).process(sound, 0)
    assert np.abs(changed).max() <= 10 ** (-0.2 / 20) + 1e-6 < np.abs(sound).max()


def test_channels_keep_their_balance() -> None:
    stereo = np.concatenate([chord(), 0.5 * chord()])
    for value in (-1.0, 1.0):
        changed = SampleTone(Tone(roughness=value), RATE).process(stereo, 0)
        np.testing.assert_allclose(changed[1], 0.5 * changed[0], atol=1e-6)


def test_silence_and_nothing_stay_as_they_are() -> None:
    tone = SampleTone(Tone(noisiness=1.0, roughness=1.0), RATE)
    assert not tone.process(np.zeros((2, 9_000), np.float32), 0).any()
    assert tone.process(np.zeros((1, 0), np.float32), 0).shape == (1, 0)
