"""Texture statistics of signals whose envelopes are known."""

import numpy as np
import pytest

from tests.tools.bench_sound.signals import RATE, clicks, noise, pulsing, tone
from tools.bench_sound.texture import (
    BANDS,
    Texture,
    deviations_of,
    filter_responses,
    nearest_distance,
    texture,
    texture_distance,
)


@pytest.fixture(scope="module")
def corpus() -> list[Texture]:
    """Textures of noises at several modulations, and of clicks."""
    return [texture(pulsing(hz, noise(round(hz)))) for hz in (2.0, 5.0, 30.0)] + [
        texture(clicks(20)),
        texture(noise(1)),
    ]


@pytest.fixture(scope="module")
def deviations(corpus: list[Texture]) -> Texture:
    return deviations_of(corpus)


def test_squared_responses_sum_to_one_between_the_outer_bands() -> None:
    squares = np.square(filter_responses(4_097, RATE / 2)).sum(0)
    hertz = np.linspace(0, RATE / 2, 4_097)
    assert squares[(hertz > 60) & (hertz < 18_000)] == pytest.approx(1.0)


def test_a_sound_has_no_distance_to_itself_at_any_level(deviations: Texture) -> None:
    sound = noise(2)
    assert texture_distance(texture(sound), texture(0.1 * sound), deviations) == pytest.approx(0, abs=1e-3)


def test_another_noise_is_nearer_than_clicks(deviations: Texture) -> None:
    one, other, far = texture(noise(2)), texture(noise(3)), texture(clicks(20))
    assert 3 * texture_distance(one, other, deviations) < texture_distance(one, far, deviations)


def test_modulation_power_lies_in_the_range_of_its_frequency() -> None:
    shares = texture(pulsing(5.0, noise(4))).modulation.reshape(BANDS, -1)[10:]
    assert (shares.argmax(1) == 1).all()  # 3 to 8 Hz


def test_noise_has_the_envelope_statistics_of_noise() -> None:
    found = texture(noise(5, 3.0))
    # |z| of a complex normal z to the power 0.3 has variation 0.161; bands wider than 200 Hz are smoothed
    assert found.variation[8:13] == pytest.approx(0.161, abs=0.02)
    assert (np.diff(found.variation[14:]) < 0).all()
    assert np.exp(found.log_kurtosis[8:13]) == pytest.approx(3.0, abs=0.5)


def test_common_modulation_correlates_bands_and_separate_noise_does_not() -> None:
    assert texture(pulsing(5.0, noise(6))).correlations.mean() > 0.6
    assert abs(texture(noise(6)).correlations[BANDS:].mean()) < 0.1


def test_silent_bands_are_no_texture() -> None:
    assert texture(tone(1_000)).variation.max() < 0.2


def test_the_nearest_of_the_corpus_is_found(corpus: list[Texture], deviations: Texture) -> None:
    assert nearest_distance(corpus[2], corpus, deviations) == 0
    assert nearest_distance(texture(tone(440)), corpus, deviations) > 0.5
